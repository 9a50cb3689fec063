//! What a short change writes, kept until something is read that it may have to do with, or until the commit: one trip
//! to the engine instead of one for each table.

use std::mem::take;

use futures::TryStreamExt as _;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Either, Encode, Executor as _, PgConnection, Postgres, Sqlite, SqliteConnection, Type};

use super::bulk::Values;
use super::dialect::Rows;
use super::{BulkInsert, StoreError};

/// Rows of several tables that are written in one go. Of the two, the one of the transaction's engine is used.
#[derive(Default)]
pub(crate) struct Owed {
    pub(crate) script: Script,
    pub(crate) parts: Parts,
}

impl Owed {
    /// Whether some of the rows are of a table.
    pub(crate) fn is_of(&self, table: &str) -> bool {
        let texts = std::iter::once(&self.script.text).chain(&self.parts.texts);
        let mut tables = texts.flat_map(|text| text.split("INTO ").skip(1));
        tables.any(|rest| rest.strip_prefix(table).is_some_and(|rest| rest.starts_with(' ')))
    }
}

/// Statements one behind the other.
#[derive(Default)]
pub(crate) struct Script {
    text: String,
    arguments: SqliteArguments,
    /// Changes of rows that were read before, and which of the statements they are: if it finds no row, somebody else
    /// changed that.
    changes: Vec<(usize, &'static str)>,
}

impl Script {
    /// Room for the values of further rows.
    pub(crate) fn values(&mut self) -> Values<Sqlite> {
        Values::after(take(&mut self.arguments))
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When a value could not be written as its type asks.
    pub(crate) fn add(&mut self, insert: &BulkInsert<Sqlite>, rows: usize, values: Values<Sqlite>) -> Result<(), sqlx::Error> {
        self.arguments = values.done()?;
        self.add_text(&insert.write_text(rows, 0));
        Ok(())
    }

    /// Adds a change of one row. `what` it is, for whoever is told that it is not as it was read.
    ///
    /// # Errors
    /// When a value could not be written as its type asks.
    pub(crate) fn add_change(&mut self, what: &'static str, change: Change) -> Result<(), sqlx::Error> {
        self.arguments = change.values.done()?;
        self.add_text(&change.text);
        // Our own texts: nothing but the end of a statement is written so.
        self.changes.push((self.text.matches("; ").count(), what));
        Ok(())
    }

    fn add_text(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push_str("; ");
        }
        self.text.push_str(text);
    }

    /// Writes them.
    ///
    /// # Errors
    /// When the database refuses one of them; [`StoreError::Conflict`] when a row is not as it was read.
    pub(super) async fn write(&mut self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        if self.text.is_empty() {
            return Ok(());
        }
        let Self { text, arguments, changes } = take(self);
        let mut done = conn.fetch_many(sqlx::query_with(AssertSqlSafe(text), arguments));
        let mut statement = 0;
        while let Some(result) = done.try_next().await? {
            let Either::Left(result) = result else { continue };
            let change = changes.iter().find(|(at, _)| *at == statement);
            if let Some((_, what)) = change.filter(|_| result.rows_affected() == 0) {
                return Err(StoreError::Conflict(what));
            }
            statement += 1;
        }
        Ok(())
    }
}

/// A change of one row, to be written with the rest.
pub(crate) struct Change {
    text: String,
    values: Values<Sqlite>,
}

impl Change {
    /// One that begins so.
    pub(crate) fn new(script: &mut Script, text: &str) -> Self {
        Self { text: text.to_owned(), values: script.values() }
    }

    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(crate) fn push_bind<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> &mut Self {
        self.text.push('?');
        self.values.push_bind(value);
        self
    }
}

/// Parts of one statement, which PostgreSQL does at once: `WITH … AS (INSERT …) INSERT …`. References between their rows
/// are looked at when all of them are there (PostgreSQL 15, 7.8.4).
#[derive(Default)]
pub(crate) struct Parts {
    texts: Vec<String>,
    arguments: PgArguments,
    values: usize,
}

impl Parts {
    /// Room for the values of further rows.
    pub(crate) fn values(&mut self) -> Values<Postgres> {
        Values::after(Rows::Inserted(take(&mut self.arguments)))
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When a value could not be written as its type asks.
    pub(crate) fn add(&mut self, insert: &BulkInsert<Postgres>, rows: usize, values: Values<Postgres>) -> Result<(), sqlx::Error> {
        // Few rows are never copied.
        if let Rows::Inserted(arguments) = values.done()? {
            self.arguments = arguments;
        }
        self.texts.push(insert.write_text(rows, self.values).to_string());
        self.values += rows * insert.columns;
        Ok(())
    }

    /// Writes them.
    ///
    /// # Errors
    /// When the database refuses one of them.
    pub(super) async fn write(&mut self, conn: &mut PgConnection) -> Result<(), StoreError> {
        let Self { mut texts, arguments, .. } = take(self);
        let Some(last) = texts.pop() else { return Ok(()) };
        let parts: Vec<String> = texts.iter().enumerate().map(|(n, part)| format!("part{n} AS ({part})")).collect();
        let text = if parts.is_empty() { last } else { format!("WITH {} {last}", parts.join(", ")) };
        sqlx::query_with(AssertSqlSafe(text), arguments).execute(conn).await?;
        Ok(())
    }
}
