//! Printing in canonical form.

use std::fmt::{self, Display, Formatter, Write};

/// Prints a text as a literal: in double quotes, with what needs it escaped.
pub(crate) fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

/// The number of characters that something prints, without keeping them.
pub(crate) fn printed_chars(what: &impl Display) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.chars().count();
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting cannot fail, and what is printed here does not fail by itself.
    let _ = write!(count, "{what}");
    count.0
}
