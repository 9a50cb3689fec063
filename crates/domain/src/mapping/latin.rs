//! Plain ASCII for Latin letters.
//!
//! Unicode's compatibility decomposition takes marks off letters, and ligatures and wide forms
//! apart. What is left are letters of their own right, such as `ø`, and typographic signs: a table.

use unicode_normalization::UnicodeNormalization;

/// A text in plain ASCII. A character that has no plain form is left out.
pub(super) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd() {
        if c.is_ascii() { out.push(c) } else { out.push_str(plain(c)) }
    }
    out
}

/// The plain form of a character that does not decompose; empty when it has none.
fn plain(c: char) -> &'static str {
    match c {
        'Æ' => "AE",
        'æ' => "ae",
        'Œ' => "OE",
        'œ' => "oe",
        'Þ' => "TH",
        'þ' => "th",
        'ẞ' => "SS",
        'ß' => "ss",
        'Ⱥ' => "A",
        'ⱥ' => "a",
        'Ɓ' | 'Ƃ' | 'Ƀ' => "B",
        'ɓ' | 'ƃ' | 'ƀ' => "b",
        'Ƈ' | 'Ȼ' => "C",
        'ƈ' | 'ȼ' => "c",
        'Ð' | 'Đ' | 'Ɖ' | 'Ɗ' | 'Ƌ' => "D",
        'ð' | 'đ' | 'ɖ' | 'ɗ' | 'ƌ' | 'ẟ' => "d",
        'Ə' | 'Ǝ' | 'Ɛ' => "E",
        'ə' | 'ǝ' | 'ɛ' => "e",
        'Ƒ' => "F",
        'ƒ' => "f",
        'Ɠ' | 'Ǥ' | 'Ɣ' => "G",
        'ɠ' | 'ǥ' | 'ɣ' => "g",
        'Ħ' => "H",
        'ħ' => "h",
        'Ɨ' => "I",
        'ı' | 'ɨ' => "i",
        'Ɉ' => "J",
        'ȷ' | 'ɉ' => "j",
        'Ƙ' => "K",
        'ƙ' => "k",
        'ĸ' => "q",
        'Ł' | 'Ƚ' => "L",
        'ł' | 'ƚ' => "l",
        'Ỻ' => "LL",
        'ỻ' => "ll",
        'Ŋ' | 'Ɲ' => "N",
        'ŋ' | 'ɲ' => "n",
        'Ø' | 'Ɵ' | 'Ɔ' => "O",
        'ø' | 'ɵ' | 'ɔ' => "o",
        'Ƥ' => "P",
        'ƥ' => "p",
        'Ɍ' => "R",
        'ɍ' => "r",
        'ẜ' | 'ẝ' => "s",
        'Ŧ' | 'Ƭ' | 'Ʈ' | 'Ⱦ' => "T",
        'ŧ' | 'ƭ' | 'ʈ' | 'ⱦ' => "t",
        'Ʉ' | 'Ʊ' => "U",
        'ʉ' | 'ʊ' => "u",
        'Ʋ' | 'Ỽ' => "V",
        'ʋ' | 'ỽ' => "v",
        'Ƴ' | 'Ɏ' | 'Ỿ' => "Y",
        'ƴ' | 'ɏ' | 'ỿ' => "y",
        'Ƶ' | 'Ȥ' | 'Ʒ' => "Z",
        'ƶ' | 'ȥ' | 'ʒ' => "z",
        '‘' | '’' | '‚' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʾ' | 'ʿ' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‐' | '‒' | '–' | '—' | '―' | '−' => "-",
        '⁄' => "/",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ascii;

    #[test]
    fn latin_letters_lose_their_marks() {
        for (text, expected) in [
            ("", ""),
            ("Nadia Varga", "Nadia Varga"),
            ("Inês Gonçalves", "Ines Goncalves"),
            ("Jürgen Groß", "Jurgen Gross"),
            ("GROẞ", "GROSS"),
            ("Søren Kjær", "Soren Kjaer"),
            ("Ærø", "AEro"),
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("Đorđe Đoković", "Dorde Dokovic"),
            ("Þórður Œuvré", "THordur OEuvre"),
            ("Nguyễn Thị Hằng", "Nguyen Thi Hang"),
            ("Ştefan Ţîrlea İpek Işık", "Stefan Tirlea Ipek Isik"),
            ("Məmmədov", "Memmedov"),
            ("u\u{308}", "u"),
            ("O’Neill – Lloyd‑Jones\u{a0}…", "O'Neill - Lloyd-Jones ..."),
            ("ﬁﬂ Ａｂ１", "fifl Ab1"),
            ("Ǿǽ", "Oae"),
            ("Иван 小明 👍", "  "),
        ] {
            assert_eq!(ascii(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_outcome_is_plain_and_stays_as_it_is(text in "\\PC{0,20}") {
            let plain = ascii(&text);
            prop_assert!(plain.is_ascii());
            prop_assert_eq!(ascii(&plain), plain);
        }
    }

    #[test]
    fn every_letter_of_the_first_latin_blocks_has_a_plain_form() {
        for c in ('\u{c0}'..='\u{17f}').chain('\u{1e00}'..='\u{1eff}').filter(|c| c.is_alphabetic()) {
            assert!(ascii(&c.to_string()).contains(|c: char| c.is_ascii_alphabetic()), "{c}");
        }
    }
}
