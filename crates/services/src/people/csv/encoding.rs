//! What a file is that is not UTF-8 text, so that the message can say how to make it so.

/// Begins with the UTF-8 byte order mark, which is skipped.
pub(super) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a file that begins with these bytes cannot be read.
pub(super) fn refusal(first: &[u8]) -> Option<String> {
    const KINDS: [(&[u8], &str); 7] = [
        // The mark of UTF-32 begins with that of UTF-16, so it comes first.
        (b"\xff\xfe\0\0", "is UTF-32 text; save it as UTF-8 (in Excel: CSV UTF-8)"),
        (b"\xff\xfe", "is UTF-16 text; save it as UTF-8 (in Excel: CSV UTF-8)"),
        (b"\xfe\xff", "is UTF-16 text; save it as UTF-8 (in Excel: CSV UTF-8)"),
        (b"PK\x03\x04", "is an Excel workbook or a ZIP archive; save the sheet as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0", "is an old Excel workbook; save the sheet as CSV UTF-8"),
        (b"\x1f\x8b", "is compressed with gzip; unpack it first"),
        (b"%PDF", "is a PDF; ask its sender for CSV UTF-8"),
    ];
    KINDS.iter().find(|(mark, _)| first.starts_with(mark)).map(|(_, what)| format!("the file {what}"))
}

/// What to say of a byte that is not UTF-8.
pub(super) fn invalid_byte(byte: u8, column: u64) -> String {
    // From 0xA0 on, Windows-1252 and Latin-1 have the characters of Unicode in its order.
    let guess = if byte >= 0xa0 { format!(" (`{}` in Windows-1252)", char::from(byte)) } else { String::new() };
    format!(
        "the byte 0x{byte:02X}{guess} at character {column} of the line is not UTF-8; the file was probably saved in Windows-1252: save it as UTF-8 (in Excel: CSV UTF-8)"
    )
}

/// What to say of a NUL byte.
pub(super) fn nul_byte(column: u64) -> String {
    format!(
        "a NUL byte at character {column} of the line; the file is damaged, or UTF-16 text without its mark: save it as UTF-8 (in Excel: CSV UTF-8)"
    )
}
