//! What truly differs between the engines. Nothing else may ask which one it is.

use sqlx::{Database, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection};

/// The differences, by connection.
pub(crate) trait Dialect {
    /// How many rows of so many columns fit one statement.
    fn rows_per_statement(&self, columns: usize) -> usize;

    /// Where the index of search has to be filled by hand after identities were inserted: what
    /// tells how far it is filled, and what fills it from there. Once for all rows: the index goes
    /// to the disk at each statement that touches it.
    fn fill_search(&self) -> Option<(&'static str, &'static str)>;

    /// What tells the planner of many new rows, where it goes by what it was told last: until somebody
    /// does, it takes large tables for small ones, and reads all of them.
    fn refresh_statistics(&self) -> Option<&'static str>;
}

impl Dialect for SqliteConnection {
    fn rows_per_statement(&self, columns: usize) -> usize {
        // SQLITE_MAX_VARIABLE_NUMBER is 32,766; beyond this, larger ones are no faster.
        (16_000 / columns).max(1)
    }

    fn fill_search(&self) -> Option<(&'static str, &'static str)> {
        Some((
            "SELECT COALESCE(MAX(seq), 0) FROM identities",
            "INSERT INTO identity_search (rowid, search_text) SELECT seq, search_text FROM identities WHERE seq > $1 ORDER BY seq",
        ))
    }

    fn refresh_statistics(&self) -> Option<&'static str> {
        None
    }
}

impl Dialect for PgConnection {
    fn rows_per_statement(&self, columns: usize) -> usize {
        // The protocol counts parameters in 16 bits.
        (30_000 / columns).max(1)
    }

    fn fill_search(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    fn refresh_statistics(&self) -> Option<&'static str> {
        Some("ANALYZE identities, employments, assignments, grants, credentials, operations, audit_events")
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

    /// How an insert begins whose failure ends the transaction. SQLite keeps a copy of each page
    /// that a statement touches, to take back a failed statement alone; for the thousand rows of a
    /// bulk insert that costs a fifth of the time, and nobody needs it.
    const INSERT: &'static str;

    /// Adds the placeholder of the n-th value, from 1.
    fn push_placeholder(text: &mut String, n: usize);
}

impl Language for Sqlite {
    const FOR_UPDATE: &'static str = "";
    const FOR_UPDATE_IF_FREE: &'static str = "";
    const FOR_SHARE: &'static str = "";
    const INSERT: &'static str = "INSERT OR FAIL INTO";

    fn push_placeholder(text: &mut String, _: usize) {
        text.push('?');
    }

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
    const INSERT: &'static str = "INSERT INTO";

    fn push_placeholder(text: &mut String, n: usize) {
        text.push('$');
        text.push_str(&n.to_string());
    }

    fn push_search(query: &mut QueryBuilder<Self>, words: &str) {
        let terms: Vec<_> = words.split(' ').filter(|w| !w.is_empty()).map(|w| format!("'{w}':*")).collect();
        query.push("to_tsvector('simple', i.search_text) @@ to_tsquery('simple', ");
        query.push_bind(terms.join(" & "));
        query.push(")");
    }
}
