//! Texts that may come from anywhere, made fit for paper and broken into lines.

use unicode_normalization::UnicodeNormalization as _;

use crate::face::Face;

/// Composes characters, makes blanks of white space, and shows as unknown what would act on the text
/// around it or has no agreed look: controls, changes of direction, private use. Lines stay lines.
pub(crate) fn clean(text: &str) -> String {
    text.nfc()
        .map(|c| match c {
            '\n' => '\n',
            '\u{a0}' | '\u{202f}' => c,
            c if c.is_whitespace() => ' ',
            c if c.is_control() || acts(c) || is_private(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Characters that are not seen, but change what is.
const fn acts(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

const fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Breaks a text into lines of at most a width: at blanks, and inside a word that is longer than a line.
pub(crate) fn wrap(text: &str, face: &Face, size: f32, width: f32) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(line, face, size, width)).collect()
}

fn wrap_line(text: &str, face: &Face, size: f32, width: f32) -> Vec<String> {
    let blank = face.width(" ", size);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let wide = face.width(word, size);
        if !line.is_empty() && used + blank + wide > width {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        if !line.is_empty() {
            line.push(' ');
            used += blank;
        }
        for c in word.chars() {
            let advance = face.advance(c) * size;
            // Only a word that is wider than a line comes here; a character is always narrower.
            if used + advance > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(c);
            used += advance;
        }
    }
    lines.push(line);
    lines
}
