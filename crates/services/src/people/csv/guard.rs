//! The reader between a file and the `csv` crate. It hands out at most one record a read, so that
//! who reads knows its line, and stops at the first byte that no file may have.

use std::io::{self, ErrorKind, Read};

use tenure_domain::people::RejectedRow;

use super::chunks::Chunks;
use super::{MAX_COLUMNS, MAX_RECORD_BYTES, encoding};

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
    chunks: Chunks<R>,
    delimiter: u8,
    state: State,
    /// The byte before was a return: a line feed now belongs to it.
    after_return: bool,
    line: u64,
    column: u64,
    record_line: u64,
    record_bytes: usize,
    record_columns: usize,
    quote_line: u64,
    /// Whether anything was handed out.
    begun: bool,
    fault: Option<RejectedRow>,
}

impl<R: Read> Guard<R> {
    pub(super) fn new(source: R, delimiter: u8) -> Self {
        Self {
            chunks: Chunks::new(source),
            delimiter,
            state: State::Between,
            after_return: false,
            line: 1,
            column: 1,
            record_line: 1,
            record_bytes: 0,
            record_columns: 1,
            quote_line: 1,
            begun: false,
            fault: None,
        }
    }

    /// The line on which the record begins that was handed out last.
    pub(super) fn record_line(&self) -> u64 {
        self.record_line
    }

    /// Whether the file ends without a line break after its last record.
    pub(super) fn ends_in_record(&self) -> bool {
        self.chunks.is_over() && self.state != State::Between
    }

    /// Why reading stopped.
    pub(super) fn take_fault(&mut self) -> Option<RejectedRow> {
        self.fault.take()
    }

    fn refuse(&mut self, line: u64, reason: String) -> io::Error {
        self.fault = Some(RejectedRow { line, field: None, reason, employee_id: None });
        io::Error::from(ErrorKind::InvalidData)
    }

    /// Whether there are bytes to hand out.
    fn fill(&mut self) -> io::Result<bool> {
        if !self.chunks.bytes().is_empty() {
            return Ok(true);
        }
        match self.chunks.fill(self.column) {
            Ok(false) if self.state == State::Quoted => Err(self.refuse(self.quote_line, "a quote that opens on this line is never closed: close it, and write a quote inside a text twice; or the file was cut off: send it again".to_owned())),
            Ok(more) => Ok(more),
            Err(reason) => Err(self.refuse(self.line, reason)),
        }
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
            self.column += u64::from(is_first_of_character(byte));
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
                    return Err(
                        self.refuse(self.record_line, format!("more than {MAX_COLUMNS} fields; send only the columns that are mapped"))
                    );
                }
                State::Field
            }
            (State::Field, b'"') => {
                self.quote_line = line;
                State::Quoted
            }
            (State::Closed, b'"') => State::Quoted,
            (State::Closed, _) => {
                return Err(
                    self.refuse(line, format!("at character {column}, text follows a closing quote: write a quote inside a text twice"))
                );
            }
            (State::Plain, b'"') => {
                return Err(self.refuse(line, format!("at character {column}, a quote stands inside a field without quotes: put the whole field in quotes, and write a quote inside it twice")));
            }
            (State::Between | State::Field | State::Plain, _) => State::Plain,
        };
        Ok(false)
    }

    /// Counts bytes that change nothing but the column: nearly all of a file. Gives how many they
    /// are from `at` on.
    fn plain(&mut self, at: usize, end: usize) -> usize {
        if !matches!(self.state, State::Plain | State::Quoted) {
            return 0;
        }
        let rest = &self.chunks.bytes()[at..end];
        let plain = rest.iter().position(|byte| matches!(*byte, 0 | b'"' | b'\n' | b'\r') || *byte == self.delimiter).unwrap_or(rest.len());
        // The byte that goes over the limit is left to `step`, which says so.
        let plain = plain.min(MAX_RECORD_BYTES - self.record_bytes);
        let characters = rest[..plain].iter().filter(|byte| is_first_of_character(**byte)).count() as u64;
        self.column += characters;
        self.record_bytes += plain;
        self.after_return &= plain == 0;
        plain
    }

    fn too_long(&mut self) -> io::Error {
        let hint = if self.state == State::Quoted {
            format!("; a quote that opens on line {} may never be closed", self.quote_line)
        } else {
            "; it may not be CSV at all, or have no line breaks".to_owned()
        };
        self.refuse(self.record_line, format!("the record that begins on this line is over {} KiB{hint}", MAX_RECORD_BYTES >> 10))
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || !self.fill()? {
            return Ok(0);
        }
        let mut end = self.chunks.bytes().len().min(out.len());
        if !std::mem::replace(&mut self.begun, true) {
            // The crate would skip a second byte order mark, but only if it comes in one piece. The
            // first byte alone keeps it from looking: however a file arrives, it reads the same.
            end = 1;
        }
        let mut at = 0;
        while at < end {
            at += self.plain(at, end);
            let Some(byte) = self.chunks.bytes()[..end].get(at).copied() else { break };
            at += 1;
            if self.step(byte)? {
                break;
            }
        }
        out[..at].copy_from_slice(self.chunks.take(at));
        Ok(at)
    }
}

/// In UTF-8 the other bytes of a character begin with the bits 10.
const fn is_first_of_character(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}
