//! Records of a CSV file, one by one.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use tenure_domain::people::RejectedRow;

use super::guard::Guard;
use super::header::{self, Column};
use super::{MAX_ROWS, cell};

/// An open CSV file of which the header was read.
pub struct CsvFile<R> {
    reader: csv::Reader<Guard<R>>,
    record: StringRecord,
    header: Vec<String>,
    header_line: u64,
    rows: u64,
}

/// One record with as many fields as the header has names.
pub struct Row<'a> {
    /// The line on which it begins, the first of the file being 1.
    pub line: u64,
    record: &'a StringRecord,
    header: &'a [String],
}

impl<R: Read> CsvFile<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When the file is empty or not text, or the header has a name twice or an empty one.
    pub fn open(source: R, delimiter: char) -> Result<Self, RejectedRow> {
        let delimiter = u8::try_from(delimiter).unwrap_or(b',');
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(Guard::new(source, delimiter));
        let mut file = Self { reader, record: StringRecord::new(), header: Vec::new(), header_line: 1, rows: 0 };
        if !file.read()? {
            return Err(file.refuse(1, "the file is empty; send the full list with its header".to_owned()));
        }
        file.header_line = file.line();
        file.header = header::names(&file.record, file.header_line, delimiter)?;
        Ok(file)
    }

    /// The names of the columns, in the order of the file.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Where each wanted column stands; None for one that is absent and may be.
    ///
    /// # Errors
    /// When a required column is missing, or one is there that is neither wanted nor ignored.
    pub fn columns(&self, wanted: &[Column<'_>], ignored: &[String]) -> Result<Vec<Option<usize>>, RejectedRow> {
        header::find(&self.header, self.header_line, wanted, ignored)
    }

    /// The next record: inside, an error for a row that has too few or too many fields.
    ///
    /// # Errors
    /// For a fault after which nothing of the file can be taken.
    pub fn next_row(&mut self) -> Result<Option<Result<Row<'_>, RejectedRow>>, RejectedRow> {
        if !self.read()? {
            if self.rows == 0 {
                return Err(self.refuse(self.header_line, "the file has a header and no rows; an empty list is not taken, since everything that it does not name would end: send the full list".to_owned()));
            }
            return Ok(None);
        }
        self.rows += 1;
        let line = self.line();
        if self.rows > MAX_ROWS {
            return Err(self.refuse(line, format!("the file has more than {MAX_ROWS} rows; split it by source")));
        }
        let (fields, expected) = (self.record.len(), self.header.len());
        if fields == expected {
            return Ok(Some(Ok(Row { line, record: &self.record, header: &self.header })));
        }
        if self.reader.get_ref().ends_in_record() {
            return Err(self.refuse(
                line,
                format!("the file ends inside this record, which has {fields} of {expected} fields: it was cut off; send it again"),
            ));
        }
        // No field of such a row is sure to be what its place says, not even the key.
        let hint = if fields > expected { "put a field that holds the delimiter in quotes" } else { "write every field, also empty ones" };
        Ok(Some(Err(RejectedRow {
            line,
            field: None,
            reason: format!("{fields} fields where the header has {expected}: {hint}"),
            employee_id: None,
        })))
    }

    fn line(&self) -> u64 {
        self.reader.get_ref().record_line()
    }

    fn read(&mut self) -> Result<bool, RejectedRow> {
        match self.reader.read_record(&mut self.record) {
            Ok(found) => Ok(found),
            Err(error) => {
                let line = self.line();
                Err(self
                    .reader
                    .get_mut()
                    .take_fault()
                    .unwrap_or_else(|| self.refuse(line, format!("the file could not be read on: {error}; send it again"))))
            }
        }
    }

    fn refuse(&self, line: u64, reason: String) -> RejectedRow {
        RejectedRow { line, field: None, reason, employee_id: None }
    }
}

impl<'a> Row<'a> {
    /// A field as it stands in the file.
    pub fn raw(&self, column: usize) -> &'a str {
        self.record.get(column).unwrap_or_default()
    }

    /// A field, checked and without blanks around it. The empty text when there is no such column.
    ///
    /// # Errors
    /// When the field holds what a field of this sort must not.
    pub(super) fn text(&self, column: Option<usize>, sort: &cell::Sort) -> Result<std::borrow::Cow<'a, str>, RejectedRow> {
        match column {
            Some(index) => cell::clean(self.raw(index), sort).map_err(|reason| self.fault(column, reason)),
            None => Ok("".into()),
        }
    }

    /// A field that must not be empty.
    ///
    /// # Errors
    /// Also when it is empty.
    pub(super) fn required(&self, column: Option<usize>, sort: &cell::Sort) -> Result<std::borrow::Cow<'a, str>, RejectedRow> {
        let text = self.text(column, sort)?;
        if text.is_empty() { Err(self.fault(column, "is empty; fill it in at the source".to_owned())) } else { Ok(text) }
    }

    /// A fault of this row.
    pub(super) fn fault(&self, column: Option<usize>, reason: String) -> RejectedRow {
        RejectedRow { line: self.line, field: column.and_then(|index| self.header.get(index).cloned()), reason, employee_id: None }
    }
}
