//! Folding of text for look-ups: what a person types finds what is stored, whatever its case.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, outer blanks removed, inner runs of white space made one blank.
///
/// Diacritics stay: they tell names apart.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out
}

/// The words of a text as the search index keeps them, on both engines alike: letters and digits
/// only, lower case, without diacritics, separated by one blank.
pub fn search_fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.extend(c.to_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{fold, search_fold};

    #[test]
    fn search_sees_plain_words() {
        assert_eq!(search_fold("Inês  Carvalho, inês.carvalho@example.com"), "ines carvalho ines carvalho example com");
        assert_eq!(search_fold("\"; DROP--"), "drop");
    }

    #[test]
    fn folding_ignores_case_and_white_space() {
        assert_eq!(fold("  Nadia   VARGA\u{a0}"), "nadia varga");
        assert_eq!(fold("ÅSA"), "åsa");
        assert_eq!(fold(" \t"), "");
    }
}
