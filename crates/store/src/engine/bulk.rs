//! Many rows in one statement: its text, and the values of its rows.

use std::marker::PhantomData;
use std::sync::Arc;

use sqlx::error::BoxDynError;
use sqlx::{Arguments, Connection, Database, Encode, Type};

use super::Language;

/// An `INSERT` of any number of rows.
pub(crate) struct BulkInsert<DB> {
    head: String,
    columns: usize,
    tail: &'static str,
    language: PhantomData<fn() -> DB>,
}

impl<DB: Language> BulkInsert<DB> {
    /// `head` ends before `VALUES`; `tail` is what follows the rows. The connection only tells the language.
    pub(crate) fn new<C: Connection<Database = DB>>(_: &C, head: &'static str, columns: usize, tail: &'static str) -> Self {
        // A conflict that an upsert solves is solved where it occurs; that needs the engine's way back.
        let head = match head.strip_prefix("INSERT INTO") {
            Some(rest) if tail.is_empty() => format!("{}{rest}", DB::INSERT),
            _ => head.to_owned(),
        };
        Self { head, columns, tail, language: PhantomData }
    }

    /// The text for so many rows.
    pub(crate) fn text(&self, rows: usize) -> Arc<str> {
        let mut text = String::with_capacity(self.head.len() + self.tail.len() + rows * self.columns * 7 + 16);
        text.push_str(&self.head);
        text.push_str("VALUES ");
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..self.columns {
                if column > 0 {
                    text.push_str(", ");
                }
                DB::push_placeholder(&mut text, row * self.columns + column + 1);
            }
            text.push(')');
        }
        text.push_str(self.tail);
        text.into()
    }

    /// Room for the values of so many rows.
    pub(crate) fn values(&self, rows: usize) -> Values<DB> {
        let mut arguments = DB::Arguments::default();
        arguments.reserve(rows * self.columns, rows * self.columns * 16);
        Values { arguments, fault: None }
    }
}

/// The values of rows, one after the other.
pub(crate) struct Values<DB: Database> {
    arguments: DB::Arguments,
    fault: Option<BoxDynError>,
}

impl<DB: Database> Values<DB> {
    /// Adds the next value.
    pub(crate) fn push_bind<'t, T: Encode<'t, DB> + Type<DB>>(&mut self, value: T) -> &mut Self {
        if let Err(fault) = self.arguments.add(value) {
            self.fault.get_or_insert(fault);
        }
        self
    }

    /// All of them.
    ///
    /// # Errors
    /// When one could not be written as its type asks.
    pub(crate) fn into_arguments(self) -> Result<DB::Arguments, sqlx::Error> {
        match self.fault {
            None => Ok(self.arguments),
            Some(fault) => Err(sqlx::Error::Encode(fault)),
        }
    }
}
