//! What one field may hold.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// A sort of field.
pub(super) struct Sort {
    /// The most characters.
    max_chars: usize,
    /// Whether line breaks and tabs inside are taken, as blanks.
    folds_breaks: bool,
    /// Whether `+` or `-` may begin a number.
    signed_number: bool,
}

/// A key: of a person, a team, a column. Indexes hold it, so it is short.
pub(super) const KEY: Sort = Sort { max_chars: 255, folds_breaks: false, signed_number: false };
/// A mail address.
pub(super) const MAIL: Sort = Sort { max_chars: 320, folds_breaks: false, signed_number: false };
/// A name or a title. Lists sort by it; PostgreSQL indexes at most some 2,700 bytes.
pub(super) const NAME: Sort = Sort { max_chars: 500, folds_breaks: true, signed_number: false };
/// Any other text.
pub(super) const FREE: Sort = Sort { max_chars: 4_096, folds_breaks: true, signed_number: true };

/// A field without blanks around it, in Unicode's composed form, or what is wrong with it.
pub(super) fn clean<'a>(raw: &'a str, sort: &Sort) -> Result<Cow<'a, str>, String> {
    // Spreadsheets take a cell that begins so for a formula, also behind a tab or a return, so
    // this looks before blanks are cut.
    if raw.starts_with(['\t', '\r']) {
        return Err("begins with a tab or a return, behind which spreadsheets run formulas; take it out at the source".to_owned());
    }
    let text = raw.trim();
    let Some(first) = text.chars().next() else { return Ok(Cow::Borrowed("")) };
    if matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') && !(sort.signed_number && is_signed_number(text)) {
        return Err(if text.chars().nth(1).is_none() {
            format!("is only {}; leave the field empty if there is no value", quoted(text))
        } else {
            format!("{} begins with `{first}`, which spreadsheets run as a formula; take it out at the source", quoted(text))
        });
    }
    if text.len() > sort.max_chars {
        let chars = text.chars().count();
        if chars > sort.max_chars {
            return Err(format!("has {chars} characters, at most {} are taken", sort.max_chars));
        }
    }
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(Cow::Borrowed(text));
    }
    if let Some(bad) = text.chars().find(|c| is_refused(*c) && !(sort.folds_breaks && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(refused(bad));
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

fn refused(bad: char) -> String {
    let code = u32::from(bad);
    match bad {
        '\u{fffd}' => {
            "has a replacement character (U+FFFD): a conversion before lost a letter here; correct it at the source and export UTF-8"
                .to_owned()
        }
        '\n' | '\r' | '\t' => "has a line break or a tab; take it out at the source".to_owned(),
        _ => format!("has a control character (U+{code:04X}), which nobody sees; take it out at the source"),
    }
}

/// A text for a message: short, and with everything visible.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    // The quotes around it are backquotes, so those of the text need no escape.
    format!("`{}`", shown.replace("\\\"", "\"").replace("\\'", "'"))
}
