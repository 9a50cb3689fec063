//! Lists as CSV, piece by piece: however long a list is, a page of it is in memory.

use crate::ServiceError;

/// How many rows are in memory at once.
pub(crate) const PIECE: usize = 1000;

/// A column: its head, and the word by which a view shows it. Without a word it is always there.
pub(crate) type SheetColumn = (&'static str, Option<&'static str>);

/// What was asked for, as it stands in the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The view, as its address says it.
    pub view: String,
    /// The columns that the view shows beside those that are always there.
    pub columns: Vec<String>,
}

/// The columns that are written, and whether their heads are written yet.
#[derive(Debug)]
pub(crate) struct Sheet {
    kept: Vec<bool>,
    head: Option<Vec<&'static str>>,
}

impl Sheet {
    pub(crate) fn new(columns: &[SheetColumn], asked: &Asked) -> Self {
        let kept = |(_, word): &SheetColumn| word.is_none_or(|word| asked.columns.iter().any(|shown| shown == word));
        Self { kept: columns.iter().map(kept).collect(), head: Some(columns.iter().map(|(head, _)| *head).collect()) }
    }

    /// The text of some rows; before the first ones the heads. Each row has all columns.
    pub(crate) fn piece<const N: usize>(&mut self, rows: impl IntoIterator<Item = [String; N]>) -> Result<Vec<u8>, ServiceError> {
        let failed = |e: ::csv::Error| ServiceError::Refused(format!("the file could not be written: {e}"));
        let mut out = ::csv::Writer::from_writer(Vec::new());
        if let Some(head) = self.head.take() {
            out.write_record(self.kept(head)).map_err(failed)?;
        }
        for row in rows {
            out.write_record(self.kept(row).map(|cell| safe_cell(&cell))).map_err(failed)?;
        }
        out.into_inner().map_err(|e| ServiceError::Refused(format!("the file could not be written: {e}")))
    }

    fn kept<T>(&self, cells: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        cells.into_iter().zip(&self.kept).filter_map(|(cell, kept)| kept.then_some(cell))
    }
}

/// A spreadsheet takes a cell that begins so for a formula.
pub(crate) fn safe_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert!(safe_cell(text).starts_with('\''));
        }
        assert_eq!(safe_cell("Nadia"), "Nadia");
    }

    #[test]
    fn the_heads_come_once_and_hidden_columns_not_at_all() {
        let asked = Asked { view: String::new(), columns: vec!["shown".to_owned(), "nonsense".to_owned()] };
        let mut sheet = Sheet::new(&[("a", None), ("b", Some("hidden")), ("c", Some("shown"))], &asked);
        let row = |n: u32| [format!("a{n}"), format!("b{n}"), format!("c{n}")];
        assert_eq!(sheet.piece([row(1)]).unwrap(), b"a,c\na1,c1\n");
        assert_eq!(sheet.piece([row(2), row(3)]).unwrap(), b"a2,c2\na3,c3\n");
    }
}
