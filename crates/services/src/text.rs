//! What one field may hold, whether it stands in a file or was typed into a form.

use std::borrow::Cow;

use tenure_domain::fold::fold;
use unicode_normalization::UnicodeNormalization;

use crate::FieldError;

/// A sort of field.
pub(crate) struct Sort {
    /// The most characters.
    max_chars: usize,
    /// The most bytes, where an index holds it together with something else.
    max_bytes: usize,
    /// Whether line breaks and tabs inside are taken, as blanks.
    folds_breaks: bool,
    /// Whether `+` or `-` may begin a number.
    signed_number: bool,
}

/// A key: of a person, a team, a column. Indexes hold it, so it is short.
pub(crate) const KEY: Sort = Sort { max_chars: 255, max_bytes: usize::MAX, folds_breaks: false, signed_number: false };
/// A mail address.
pub(crate) const MAIL: Sort = Sort { max_chars: 320, max_bytes: usize::MAX, folds_breaks: false, signed_number: false };
/// A name or a title. Lists sort by it; PostgreSQL indexes at most some 2,700 bytes.
pub(crate) const NAME: Sort = Sort { max_chars: 500, max_bytes: usize::MAX, folds_breaks: true, signed_number: false };
/// A department. Lists sort by it and by the name after it, so one index holds both.
pub(crate) const DEPARTMENT: Sort = Sort { max_chars: 500, max_bytes: 1_000, folds_breaks: true, signed_number: false };
/// Any other text.
pub(crate) const FREE: Sort = Sort { max_chars: 4_096, max_bytes: usize::MAX, folds_breaks: true, signed_number: true };

/// The most bytes of a name as lists sort by it: with a department before it and a key behind it,
/// PostgreSQL's index still holds it, which takes 2,704.
const MAX_NAME_KEY: usize = 1_500;

/// Whether an index holds a display name.
pub(crate) fn fits_index(display_name: &str) -> Result<(), String> {
    match fold(display_name).len() {
        bytes if bytes > MAX_NAME_KEY => Err(format!("the name has {bytes} bytes, at most {MAX_NAME_KEY} are taken; shorten it")),
        _ => Ok(()),
    }
}

/// Whether a text has a character that nobody sees and PostgreSQL may not keep. A description may have
/// line breaks.
pub(crate) fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// A text from elsewhere without NUL, which PostgreSQL does not keep.
pub(crate) fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

/// A field of a form, checked as one of a file is; what is wrong with it goes to the faults.
pub(crate) fn typed(field: &'static str, raw: &str, sort: &Sort, faults: &mut Vec<FieldError>) -> String {
    match check(raw.trim(), sort, "") {
        Ok(text) => text.into_owned(),
        Err(reason) => {
            faults.push(FieldError::new(field, reason));
            String::new()
        }
    }
}

/// A field of a file without blanks around it, in Unicode's composed form, or what is wrong with it.
pub(crate) fn clean<'a>(raw: &'a str, sort: &Sort) -> Result<Cow<'a, str>, String> {
    check(raw, sort, " at the source")
}

/// `place` says where it is to be mended.
fn check<'a>(raw: &'a str, sort: &Sort, place: &str) -> Result<Cow<'a, str>, String> {
    // Spreadsheets take a cell that begins so for a formula, also behind a tab or a return, so
    // this looks before blanks are cut.
    if raw.starts_with(['\t', '\r']) {
        return Err(format!("begins with a tab or a return, behind which spreadsheets run formulas; take it out{place}"));
    }
    let text = raw.trim();
    let Some(first) = text.chars().next() else { return Ok(Cow::Borrowed("")) };
    if matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') && !(sort.signed_number && is_signed_number(text)) {
        return Err(if text.chars().nth(1).is_none() {
            format!("is only {}; leave the field empty if there is no value", quoted(text))
        } else {
            format!("{} begins with `{first}`, which spreadsheets run as a formula; take it out{place}", quoted(text))
        });
    }
    if text.len() > sort.max_chars {
        let chars = text.chars().count();
        if chars > sort.max_chars {
            return Err(format!("has {chars} characters, at most {} are taken", sort.max_chars));
        }
    }
    if text.len() > sort.max_bytes {
        return Err(format!("has {} bytes, at most {} are taken", text.len(), sort.max_bytes));
    }
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(Cow::Borrowed(text));
    }
    if let Some(bad) = text.chars().find(|c| is_refused(*c) && !(sort.folds_breaks && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(refused(bad, place));
    }
    let composed: String = text.nfc().collect();
    if composed.contains(['\n', '\r', '\t']) {
        return Ok(Cow::Owned(composed.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    Ok(Cow::Owned(composed))
}

/// A phone number or a negative number, such as `+43 1 23 45` or `-3.5`. It needs a digit, and has
/// nothing that a spreadsheet would calculate with a name in it.
fn is_signed_number(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['+', '-']) else { return false };
    rest.starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'.' | b'-' | b'(' | b')' | b'/' | b','))
}

fn is_refused(c: char) -> bool {
    c.is_control()
        // Marks that turn the direction of text, or are not seen: two names would look the same.
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffd}')
}

fn refused(bad: char, place: &str) -> String {
    let code = u32::from(bad);
    match bad {
        '\u{fffd}' => {
            let export = if place.is_empty() { "" } else { " and export UTF-8" };
            format!("has a replacement character (U+FFFD): a conversion before lost a letter here; correct it{place}{export}")
        }
        '\n' | '\r' | '\t' => format!("has a line break or a tab; take it out{place}"),
        _ => format!("has a control character (U+{code:04X}), which nobody sees; take it out{place}"),
    }
}

/// A text for a message: short, and with everything visible.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    // The quotes around it are backquotes, so those of the text need no escape.
    format!("`{}`", shown.replace("\\\"", "\"").replace("\\'", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_is_wrong_without_speaking_of_a_source() {
        for (text, says) in [
            ("a\u{0}b", "U+0000"),
            ("a\u{7}b", "U+0007"),
            ("=1+1", "formula; take it out"),
            ("a\u{202e}b", "U+202E"),
            ("a\u{fffd}b", "correct it"),
            (&"x".repeat(501), "has 501 characters, at most 500"),
        ] {
            let mut faults = Vec::new();
            assert_eq!(typed("title", text, &NAME, &mut faults), "");
            assert!(faults[0].field == "title" && faults[0].message.contains(says), "{faults:?}");
            assert!(!faults[0].message.contains("source"), "{faults:?}");
        }
        let mut faults = Vec::new();
        assert_eq!((typed("title", "  Zoe\u{308}  ", &NAME, &mut faults).as_str(), faults.len()), ("Zo\u{eb}", 0));
    }

    #[test]
    fn names_and_departments_fit_into_one_index_row() {
        assert!(fits_index(&"x".repeat(1_001)).is_ok());
        assert!(fits_index(&"\u{1f980}".repeat(376)).unwrap_err().contains("1504 bytes, at most 1500"));
        assert!(clean(&"\u{1f980}".repeat(251), &DEPARTMENT).unwrap_err().contains("1004 bytes"));
        assert!(clean(&"\u{1f980}".repeat(250), &DEPARTMENT).is_ok());
    }
}
