//! Comparison of text without regard to case, and without allocation: evaluation of rules is hot.
//!
//! One side, the literal, was folded when the rule was parsed. The other is folded on the way:
//! byte by byte while it is ASCII, character by character from the first byte that is not.

/// The folded form: each character in lower case. A final sigma becomes a plain one, so that a
/// Greek word in capitals equals itself in small letters.
pub(super) fn fold(text: &str) -> String {
    folded(text).collect()
}

fn folded(text: &str) -> impl Iterator<Item = char> + Clone {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c })
}

/// Whether a value equals a folded literal.
pub(super) fn equals(value: &str, literal: &str) -> bool {
    match skip_ascii(value, literal) {
        Skipped::Differ => false,
        Skipped::Rest(value, literal) => folded(value).eq(literal.chars()),
    }
}

/// Whether a value starts with a folded literal.
pub(super) fn starts_with(value: &str, literal: &str) -> bool {
    match skip_ascii(value, literal) {
        Skipped::Differ => false,
        Skipped::Rest(value, literal) => begins(folded(value), literal),
    }
}

/// Whether a value contains a folded literal.
pub(super) fn contains(value: &str, literal: &str) -> bool {
    if value.is_ascii() {
        let literal = literal.as_bytes();
        return literal.is_empty() || value.as_bytes().windows(literal.len()).any(|window| window.eq_ignore_ascii_case(literal));
    }
    let mut rest = folded(value);
    loop {
        if begins(rest.clone(), literal) {
            return true;
        }
        if rest.next().is_none() {
            return false;
        }
    }
}

fn begins(mut value: impl Iterator<Item = char>, literal: &str) -> bool {
    literal.chars().all(|expected| value.next() == Some(expected))
}

enum Skipped<'v, 'l> {
    /// They differ in a place that both have.
    Differ,
    /// What is left of both from the first byte of the value that is not ASCII, or from the end of
    /// the shorter. All before it is equal.
    Rest(&'v str, &'l str),
}

fn skip_ascii<'v, 'l>(value: &'v str, literal: &'l str) -> Skipped<'v, 'l> {
    let mut same = 0;
    for (v, l) in value.bytes().zip(literal.bytes()) {
        if !v.is_ascii() {
            break;
        }
        if v.to_ascii_lowercase() != l {
            return Skipped::Differ;
        }
        same += 1;
    }
    // Both sides are ASCII up to here, so this is a boundary of characters in both.
    Skipped::Rest(&value[same..], &literal[same..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_is_ignored_in_and_beyond_ascii() {
        for (value, literal, expected) in [
            ("Cargo", "CARGO", true),
            ("cargo", "cargos", false),
            ("cargos", "cargo", false),
            ("Öffentlichkeit", "öFFENTLICHKEIT", true),
            ("ΟΔΟΣ", "οδος", true),
            ("\u{212a}elvin", "kelvin", true),
            ("kelvin", "\u{212a}elvin", true),
            ("İ", "i\u{307}", true),
            ("straße", "STRASSE", false),
            ("", "", true),
        ] {
            assert_eq!(equals(value, &fold(literal)), expected, "{value} {literal}");
        }
    }

    proptest! {
        #[test]
        fn each_test_agrees_with_the_same_test_on_folded_copies(value in "[abKkÄäßİi\u{307}\u{212a}Σς ]{0,6}", literal in "[abKkÄäßİi\u{307}\u{212a}Σς ]{0,3}") {
            let (copy, literal) = (fold(&value), fold(&literal));
            prop_assert_eq!(equals(&value, &literal), copy == literal);
            prop_assert_eq!(starts_with(&value, &literal), copy.starts_with(&literal));
            prop_assert_eq!(contains(&value, &literal), copy.contains(&literal));
        }
    }
}
