//! What truly differs between the engines. Nothing else may ask which one it is.

use sqlx::{Database, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection};

/// The differences, by connection.
pub(crate) trait Dialect {
    /// How many rows of so many columns fit one statement.
    fn rows_per_statement(&self, columns: usize) -> usize;
}

impl Dialect for SqliteConnection {
    fn rows_per_statement(&self, columns: usize) -> usize {
        // SQLITE_MAX_VARIABLE_NUMBER is 32,766; smaller statements are prepared more quickly.
        (8_000 / columns).max(1)
    }
}

impl Dialect for PgConnection {
    fn rows_per_statement(&self, columns: usize) -> usize {
        // The protocol counts parameters in 16 bits.
        (30_000 / columns).max(1)
    }
}

/// The differences, by language.
pub(crate) trait Language: Database + Sized {
    /// Adds a condition: the identity's words begin with all of these (folded) words.
    fn push_search(query: &mut QueryBuilder<Self>, words: &str);

    /// What makes a SELECT keep others from changing its rows until the transaction ends. Where
    /// there is only one writer, nothing.
    const FOR_UPDATE: &'static str;

    /// As [`Self::FOR_UPDATE`], passing over rows that somebody else has locked.
    const FOR_UPDATE_IF_FREE: &'static str;

    /// What makes a SELECT keep others from changing its rows, while others may do the same.
    const FOR_SHARE: &'static str;
}

impl Language for Sqlite {
    const FOR_UPDATE: &'static str = "";
    const FOR_UPDATE_IF_FREE: &'static str = "";
    const FOR_SHARE: &'static str = "";

    fn push_search(query: &mut QueryBuilder<Self>, words: &str) {
        let terms: Vec<_> = words.split(' ').filter(|w| !w.is_empty()).map(|w| format!("\"{w}\"*")).collect();
        query.push("i.seq IN (SELECT rowid FROM identity_search WHERE identity_search MATCH ");
        query.push_bind(terms.join(" "));
        query.push(")");
    }
}

impl Language for Postgres {
    const FOR_UPDATE: &'static str = " FOR UPDATE";
    const FOR_UPDATE_IF_FREE: &'static str = " FOR UPDATE SKIP LOCKED";
    const FOR_SHARE: &'static str = " FOR SHARE";

    fn push_search(query: &mut QueryBuilder<Self>, words: &str) {
        let terms: Vec<_> = words.split(' ').filter(|w| !w.is_empty()).map(|w| format!("'{w}':*")).collect();
        query.push("to_tsvector('simple', i.search_text) @@ to_tsquery('simple', ");
        query.push_bind(terms.join(" & "));
        query.push(")");
    }
}
