//! The bytes of a file as far as they are UTF-8, some at a time.

use std::io::{ErrorKind, Read};

use super::{MAX_FILE_BYTES, encoding};

const CHUNK_BYTES: usize = 1 << 16;

pub(super) struct Chunks<R> {
    source: R,
    chunk: Box<[u8]>,
    /// What was not taken yet is from here …
    next: usize,
    /// … to here …
    valid: usize,
    /// … and to here what is not known to be UTF-8: at most the start of one character, unless
    /// `invalid` is set.
    filled: usize,
    invalid: bool,
    begun: bool,
    ended: bool,
    read_bytes: u64,
}

impl<R: Read> Chunks<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            chunk: vec![0; CHUNK_BYTES].into_boxed_slice(),
            next: 0,
            valid: 0,
            filled: 0,
            invalid: false,
            begun: false,
            ended: false,
            read_bytes: 0,
        }
    }

    /// What can be taken now.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.chunk[self.next..self.valid]
    }

    /// Takes that many of [`Self::bytes`].
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let start = self.next;
        self.next = self.valid.min(start + count);
        &self.chunk[start..self.next]
    }

    /// Whether the whole file was taken.
    pub(super) fn is_over(&self) -> bool {
        self.ended && self.next == self.filled
    }

    /// Reads on, once everything was taken. Ok(false) at the end of the file; an error says why it
    /// cannot be read on. `column` is the character of the line at which the next byte stands.
    pub(super) fn fill(&mut self, column: u64) -> Result<bool, String> {
        loop {
            if self.invalid {
                return Err(encoding::invalid_byte(self.chunk[self.valid], column));
            }
            if self.ended {
                return if self.valid == self.filled {
                    Ok(false)
                } else {
                    Err("the file ends in the middle of a character: it was cut off; send it again".to_owned())
                };
            }
            self.chunk.copy_within(self.valid..self.filled, 0);
            self.filled -= self.valid;
            (self.next, self.valid) = (0, 0);
            self.read_source()?;
            if !self.begun && self.filled < 4 && !self.ended {
                continue;
            }
            self.begin()?;
            match std::str::from_utf8(&self.chunk[self.valid..self.filled]) {
                Ok(_) => self.valid = self.filled,
                Err(error) => {
                    self.valid += error.valid_up_to();
                    self.invalid = error.error_len().is_some();
                }
            }
            if self.next < self.valid {
                return Ok(true);
            }
        }
    }

    /// Looks at the first four bytes.
    fn begin(&mut self) -> Result<(), String> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let first = &self.chunk[..self.filled];
        if first.starts_with(encoding::UTF8_MARK) {
            (self.next, self.valid) = (encoding::UTF8_MARK.len(), encoding::UTF8_MARK.len());
        }
        encoding::refusal(first).map_or(Ok(()), Err)
    }

    fn read_source(&mut self) -> Result<(), String> {
        match self.source.read(&mut self.chunk[self.filled..]) {
            Ok(0) => self.ended = true,
            Ok(bytes) => {
                self.filled += bytes;
                self.read_bytes += bytes as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("the file could not be read on: {error}; send it again")),
        }
        if self.read_bytes > MAX_FILE_BYTES {
            return Err(format!("the file is over {} MiB; split it by source", MAX_FILE_BYTES >> 20));
        }
        Ok(())
    }
}
