//! Which files show that something was done: pictures, documents and texts, each with the bytes that its name promises.
//! Whoever opens one later is somebody else.

use crate::text::has_control;

/// What the name of a picture or document ends with, and what its bytes begin with.
const KINDS: [(&str, &[u8]); 6] = [
    ("pdf", b"%PDF-"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("jpg", b"\xff\xd8\xff"),
    ("jpeg", b"\xff\xd8\xff"),
    ("gif", b"GIF8"),
    ("webp", b"RIFF"),
];
/// What the names of texts end with.
const TEXTS: [&str; 5] = ["txt", "csv", "log", "eml", "json"];

/// What is said of another.
pub(super) const OTHER: &str = "choose a picture (PNG, JPEG, GIF, WebP), a PDF, or a text in UTF-8 (.txt, .csv, .log, .eml, .json): this file is none of them, or is not what its name says";

/// Whether a file is of a kind that is taken, and is what its name says.
pub(super) fn is_taken(name: &str, content: &[u8]) -> bool {
    let Some((_, ending)) = name.trim().rsplit_once('.') else { return false };
    let ending = ending.to_ascii_lowercase();
    if TEXTS.contains(&ending.as_str()) {
        return std::str::from_utf8(content).is_ok_and(|text| !has_control(text));
    }
    KINDS.iter().any(|(kind, begins)| *kind == ending && content.starts_with(begins))
}

#[cfg(test)]
mod tests {
    use super::is_taken;

    #[test]
    fn a_file_is_taken_that_is_what_its_name_says() {
        let sound: [(&str, &[u8]); 5] = [
            ("card.JPG", b"\xff\xd8\xff\xe0 and more"),
            ("screen.png", b"\x89PNG\r\n\x1a\n and more"),
            ("letter.pdf", b"%PDF-1.7"),
            ("mail.eml", b"Subject: done\r\n\r\nIt is gone.\r\n"),
            ("export.csv", "név,állapot\n".as_bytes()),
        ];
        for (name, content) in sound {
            assert!(is_taken(name, content), "{name}");
        }
    }

    #[test]
    fn what_could_run_or_pretends_to_be_something_else_is_not() {
        let other: [(&str, &[u8]); 10] = [
            ("card.jpg", b"MZ\x90\x00"),
            ("letter.pdf.exe", b"%PDF-1.7"),
            ("page.html", b"<script>"),
            ("drawing.svg", b"<svg/>"),
            ("macro.docm", b"PK\x03\x04"),
            ("archive.zip", b"PK\x03\x04"),
            ("text.txt", b"MZ\x90\x00"),
            ("text.txt", b"\xff\xfe"),
            ("nothing", b"words"),
            ("", b"words"),
        ];
        for (name, content) in other {
            assert!(!is_taken(name, content), "{name}");
        }
    }
}
