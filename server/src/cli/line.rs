//! The log, a line for each event: what a fault says may be somebody else's words, and a line break in them would begin a
//! line of its own, which reads as if it were ours.

use std::io::{self, Stderr, Write};

/// Standard error, to which the log writes each event at once.
pub(super) struct OneLine(Stderr);

impl OneLine {
    pub(super) fn stderr() -> Self {
        Self(io::stderr())
    }
}

impl Write for OneLine {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_all(&one_line(event))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// An event whose only line break is its end.
fn one_line(event: &[u8]) -> Vec<u8> {
    let words = event.strip_suffix(b"\n").unwrap_or(event);
    let mut line = Vec::with_capacity(event.len());
    for byte in words {
        match byte {
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            byte => line.push(*byte),
        }
    }
    line.extend_from_slice(&event[words.len()..]);
    line
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn an_event_is_one_line_whatever_it_tells() {
        let told = "ERROR the store failed error=no such thing: `x\r\nINFO all is well`\n";
        let line = String::from_utf8(one_line(told.as_bytes())).unwrap();
        assert_eq!(line, "ERROR the store failed error=no such thing: `x\\r\\nINFO all is well`\n");
        assert_eq!(one_line(b"without an end"), b"without an end");
        assert_eq!(one_line(b"\n"), b"\n");
        assert_eq!(one_line(b""), b"");
    }
}
