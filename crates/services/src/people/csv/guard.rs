//! The reader between a file and the `csv` crate. It hands out at most one record a read, so that
//! who reads knows its line, and stops at the first byte that no file may have.

use std::io::{self, ErrorKind, Read};

use tenure_domain::people::RejectedRow;

use super::{MAX_COLUMNS, MAX_FILE_BYTES, MAX_RECORD_BYTES, encoding};

const CHUNK_BYTES: usize = 1 << 16;

/// Where in a record the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of a record.
    Between,
    /// Before the first byte of a field.
    Field,
    /// In a field without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote that closes the field, unless another one follows.
    Closed,
}

pub(super) struct Guard<R> {
    source: R,
    delimiter: u8,
    chunk: Box<[u8]>,
    /// The part of the chunk that is UTF-8 and not handed out yet.
    next: usize,
    valid: usize,
    filled: usize,
    /// The byte after `valid` can never be UTF-8.
    invalid: bool,
    source_ended: bool,
    read_bytes: u64,
    state: State,
    after_return: bool,
    line: u64,
    column: u64,
    record_line: u64,
    record_bytes: usize,
    record_columns: usize,
    quote_line: u64,
    fault: Option<RejectedRow>,
}

impl<R: Read> Guard<R> {
    pub(super) fn new(source: R, delimiter: u8) -> Self {
        Self {
            source,
            delimiter,
            chunk: vec![0; CHUNK_BYTES].into_boxed_slice(),
            next: 0,
            valid: 0,
            filled: 0,
            invalid: false,
            source_ended: false,
            read_bytes: 0,
            state: State::Between,
            after_return: false,
            line: 1,
            column: 1,
            record_line: 1,
            record_bytes: 0,
            record_columns: 1,
            quote_line: 1,
            fault: None,
        }
    }

    /// The line on which the record begins that was handed out last.
    pub(super) fn record_line(&self) -> u64 {
        self.record_line
    }

    /// Whether the file ends without a line break after its last record.
    pub(super) fn ends_in_record(&self) -> bool {
        self.source_ended && self.state != State::Between && self.next == self.filled
    }

    /// Why reading stopped.
    pub(super) fn take_fault(&mut self) -> Option<RejectedRow> {
        self.fault.take()
    }

    fn refuse(&mut self, line: u64, reason: String) -> io::Error {
        self.fault = Some(RejectedRow { line, field: None, reason, employee_id: None });
        io::Error::from(ErrorKind::InvalidData)
    }

    /// Makes more bytes valid. Ok(false) at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        let mut first = self.read_bytes == 0;
        loop {
            if self.invalid {
                let reason = encoding::invalid_byte(self.chunk[self.valid], self.column);
                return Err(self.refuse(self.line, reason));
            }
            if self.source_ended {
                return self.end().map(|()| false);
            }
            // At most the first bytes of one character are left over.
            self.chunk.copy_within(self.valid..self.filled, 0);
            self.filled -= self.valid;
            (self.next, self.valid) = (0, 0);
            self.read_source()?;
            if first && self.filled < 4 && !self.source_ended {
                continue;
            }
            if first {
                if let Some(reason) = encoding::refusal(&self.chunk[..self.filled]) {
                    return Err(self.refuse(1, reason));
                }
                if self.chunk[..self.filled].starts_with(encoding::UTF8_MARK) {
                    (self.next, self.valid) = (3, 3);
                }
                first = false;
            }
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

    fn read_source(&mut self) -> io::Result<()> {
        match self.source.read(&mut self.chunk[self.filled..]) {
            Ok(0) => self.source_ended = true,
            Ok(bytes) => {
                self.filled += bytes;
                self.read_bytes += bytes as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(self.refuse(self.line, format!("the file could not be read on: {error}; send it again"))),
        }
        if self.read_bytes > MAX_FILE_BYTES {
            return Err(self.refuse(self.line, format!("the file is over {} MiB; split it by source", MAX_FILE_BYTES >> 20)));
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if self.valid < self.filled {
            return Err(self.refuse(self.line, "the file ends in the middle of a character: it was cut off; send it again".to_owned()));
        }
        if self.state == State::Quoted {
            return Err(self.refuse(self.quote_line, "a quote that opens on this line is never closed: close it, and write a quote inside a text twice; or the file was cut off: send it again".to_owned()));
        }
        Ok(())
    }

    /// Looks at one byte. Ok(true) when it ends a record.
    fn step(&mut self, byte: u8) -> io::Result<bool> {
        if byte == 0 {
            return Err(self.refuse(self.line, encoding::nul_byte(self.column)));
        }
        let line_break = byte == b'\n' || byte == b'\r';
        let second_half = byte == b'\n' && self.after_return;
        self.after_return = byte == b'\r';
        let (line, column) = (self.line, self.column);
        if line_break {
            self.line += u64::from(!second_half);
            self.column = 1;
        } else {
            // Bytes that continue a character do not count.
            self.column += u64::from(byte & 0xc0 != 0x80);
        }
        if self.state == State::Between {
            if line_break {
                return Ok(false);
            }
            (self.record_line, self.record_bytes, self.record_columns, self.state) = (line, 0, 1, State::Field);
        }
        self.record_bytes += 1;
        if self.record_bytes > MAX_RECORD_BYTES {
            return Err(self.too_long());
        }
        self.state = match (self.state, byte) {
            (State::Quoted, b'"') => State::Closed,
            (State::Quoted, _) => State::Quoted,
            (_, b'\n' | b'\r') => {
                self.state = State::Between;
                return Ok(true);
            }
            (_, byte) if byte == self.delimiter => {
                self.record_columns += 1;
                if self.record_columns > MAX_COLUMNS {
                    return Err(self.refuse(self.record_line, format!("more than {MAX_COLUMNS} fields; send only the columns that are mapped")));
                }
                State::Field
            }
            (State::Field, b'"') => {
                self.quote_line = line;
                State::Quoted
            }
            (State::Closed, b'"') => State::Quoted,
            (State::Closed, _) => {
                return Err(self.refuse(line, format!("at character {column}, text follows a closing quote: write a quote inside a text twice")));
            }
            (State::Plain, b'"') => {
                return Err(self.refuse(line, format!("at character {column}, a quote stands inside a field without quotes: put the whole field in quotes, and write a quote inside it twice")));
            }
            (State::Between | State::Field | State::Plain, _) => State::Plain,
        };
        Ok(false)
    }

    fn too_long(&mut self) -> io::Error {
        let hint = if self.state == State::Quoted { format!("; a quote that opens on line {} may never be closed", self.quote_line) } else { "; it may not be CSV at all, or have no line breaks".to_owned() };
        self.refuse(self.record_line, format!("the record that begins on this line is over {} KiB{hint}", MAX_RECORD_BYTES >> 10))
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.next == self.valid && !self.fill()? {
            return Ok(0);
        }
        let start = self.next;
        let end = self.valid.min(start + out.len());
        while self.next < end {
            let record_ends = self.step(self.chunk[self.next])?;
            self.next += 1;
            if record_ends {
                break;
            }
        }
        let taken = &self.chunk[start..self.next];
        out[..taken.len()].copy_from_slice(taken);
        Ok(taken.len())
    }
}
