//! Lines of a file that may be anything: bounded, counted.

use std::io::{BufRead, Read};

/// Above this a line is not an event.
const LONGEST: usize = 16 << 20;

/// Why there is nothing to verify.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// The first line is not that of an export.
    #[error("this is not an export of an audit log; its first line: {0}")]
    Header(String),
}

pub(super) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self { reader, line: Vec::new(), number: 0 }
    }

    /// How many lines there were.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The next line without its end, or the length that it exceeds; None at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Result<&[u8], usize>>, std::io::Error> {
        self.line.clear();
        let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        if self.reader.by_ref().take(most + 1).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if self.line.len() > LONGEST {
            self.reader.skip_until(b'\n')?;
            return Ok(Some(Err(LONGEST)));
        }
        Ok(Some(Ok(&self.line)))
    }
}
