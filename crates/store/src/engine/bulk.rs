//! Many rows in one statement: its text, and the values of its rows.

use std::sync::{Arc, OnceLock};

use sqlx::error::BoxDynError;
use sqlx::{Arguments, Encode, Type};

use super::Language;
use super::dialect::Bulk;

/// So many rows the change of one person has.
pub(crate) const FEW: usize = 16;

/// An `INSERT` of any number of rows.
pub(crate) struct BulkInsert<DB: Language> {
    /// What the rows' places and values follow.
    pub(super) head: String,
    pub(super) columns: usize,
    pub(super) bulk: Bulk,
    tail: &'static str,
    /// The text for as many rows as fit one statement, which is worth keeping prepared.
    whole: OnceLock<Arc<str>>,
    language: std::marker::PhantomData<fn() -> DB>,
}

impl<DB: Language> BulkInsert<DB> {
    /// For so many rows. `head` ends before `VALUES`; `tail` is what follows the rows. The
    /// connection only tells the language.
    pub(crate) fn new<C: sqlx::Connection<Database = DB>>(
        _: &C,
        head: &'static str,
        rows: usize,
        columns: usize,
        tail: &'static str,
    ) -> Self {
        let bulk = DB::bulk(rows, tail.is_empty());
        let head = head.replacen("INSERT INTO", bulk.verb, 1) + bulk.after_columns;
        Self { head, columns, bulk, tail, whole: OnceLock::new(), language: std::marker::PhantomData }
    }

    /// How many rows fit one statement.
    pub(crate) fn rows_per_statement(&self) -> usize {
        (self.bulk.values_per_statement / self.columns).max(1)
    }

    /// Room for the values of so many rows.
    pub(crate) fn values(&self, rows: usize) -> Values<DB> {
        Values { values: DB::values(self, rows), rows, fault: None }
    }

    /// Room for the same as arguments of a statement.
    pub(super) fn arguments<A: Arguments>(&self, rows: usize) -> A {
        let mut arguments = A::default();
        arguments.reserve(rows * self.columns, rows * self.columns * 16);
        arguments
    }

    /// Puts them in; yields how many rows were touched.
    ///
    /// # Errors
    /// When a value could not be written as its type asks, or the database refuses.
    pub(crate) async fn put(&self, conn: &mut DB::Connection, values: Values<DB>) -> Result<u64, sqlx::Error> {
        match values.fault {
            None => DB::put(conn, self, values.rows, values.values).await,
            Some(fault) => Err(sqlx::Error::Encode(fault)),
        }
    }

    /// The text for so many rows, and whether it is worth keeping prepared: those of a whole statement are, and
    /// the few rows of most changes; what is left over of many differs each time.
    pub(super) fn text(&self, rows: usize) -> (Arc<str>, bool) {
        if rows < self.rows_per_statement() {
            return (self.write_text(rows, 0), rows <= FEW);
        }
        (Arc::clone(self.whole.get_or_init(|| self.write_text(rows, 0))), true)
    }

    /// The text for so many rows, whose values follow so many others.
    pub(super) fn write_text(&self, rows: usize, after: usize) -> Arc<str> {
        let mut text = String::with_capacity(self.head.len() + self.tail.len() + rows * self.columns * 7 + 16);
        text.push_str(&self.head);
        text.push_str("VALUES ");
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..self.columns {
                if column > 0 {
                    text.push_str(", ");
                }
                DB::push_placeholder(&mut text, after + row * self.columns + column + 1);
            }
            text.push(')');
        }
        text.push_str(self.tail);
        text.into()
    }
}

/// The values of rows, one after the other.
pub(crate) struct Values<DB: Language> {
    values: DB::Values,
    rows: usize,
    fault: Option<BoxDynError>,
}

impl<DB: Language> Values<DB> {
    /// To go on behind those that are there.
    pub(super) fn after(values: DB::Values) -> Self {
        Self { values, rows: 0, fault: None }
    }

    /// All of them.
    ///
    /// # Errors
    /// When one could not be written as its type asks.
    pub(super) fn done(self) -> Result<DB::Values, sqlx::Error> {
        match self.fault {
            None => Ok(self.values),
            Some(fault) => Err(sqlx::Error::Encode(fault)),
        }
    }

    /// Adds the next value.
    pub(crate) fn push_bind<'t, T: Encode<'t, DB> + Type<DB>>(&mut self, value: T) -> &mut Self {
        if let Err(fault) = DB::push_value(&mut self.values, value) {
            self.fault.get_or_insert(fault);
        }
        self
    }

    /// A value that could not even be made: the rows are refused when they are put. Stands for the value.
    pub(crate) fn refuse<T: Default>(&mut self, fault: impl Into<BoxDynError>) -> T {
        self.fault.get_or_insert(fault.into());
        T::default()
    }
}
