//! What truly differs between the engines. Nothing else may ask which one it is.

use sqlx::error::BoxDynError;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, Database, Encode, PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection, Type};
use tenure_domain::id::Id;
use uuid::Uuid;

use super::BulkInsert;
use super::copy::Copy;

/// The differences, by connection.
pub(crate) trait Dialect {
    /// Where the index of search has to be filled by hand after identities were inserted: what
    /// tells how far it is filled, and what fills it from there. Once for all rows: the index goes
    /// to the disk at each statement that touches it.
    fn fill_search(&self) -> Option<(&'static str, &'static str)>;

    /// What notes that the same is owed for one identity, right behind the statement that inserts it; empty where
    /// nothing is to be done.
    fn fill_search_of_one(&self) -> &'static str;

    /// What writes the index of all of whom that is owed, right before the commit; empty where nothing is to be done.
    fn settle_search(&self) -> &'static str;

    /// Whether there is only one writer, who holds everything: a lock is nothing more then.
    fn has_one_writer(&self) -> bool;

    /// What tells the planner of many new rows, where it goes by what it was told last: until somebody
    /// does, it takes large tables for small ones, and reads all of them.
    fn refresh_statistics(&self) -> &'static [&'static str];
}

impl Dialect for SqliteConnection {
    fn fill_search(&self) -> Option<(&'static str, &'static str)> {
        Some((
            "SELECT COALESCE(MAX(seq), 0) FROM identities",
            "INSERT INTO identity_search (rowid, search_text) SELECT seq, search_text FROM identities WHERE seq > $1 ORDER BY seq",
        ))
    }

    fn fill_search_of_one(&self) -> &'static str {
        "; INSERT INTO identity_search_due (seq) VALUES (last_insert_rowid())"
    }

    fn settle_search(&self) -> &'static str {
        "DELETE FROM identity_search WHERE rowid IN (SELECT seq FROM identity_search_due);
         INSERT INTO identity_search (rowid, search_text)
             SELECT i.seq, i.search_text FROM identity_search_due d JOIN identities i ON i.seq = d.seq ORDER BY d.seq;
         DELETE FROM identity_search_due"
    }

    fn has_one_writer(&self) -> bool {
        true
    }

    fn refresh_statistics(&self) -> &'static [&'static str] {
        &[]
    }
}

impl Dialect for PgConnection {
    fn fill_search(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    fn fill_search_of_one(&self) -> &'static str {
        ""
    }

    fn settle_search(&self) -> &'static str {
        ""
    }

    fn has_one_writer(&self) -> bool {
        false
    }

    fn refresh_statistics(&self) -> &'static [&'static str] {
        // A small sample tells a large table from a small one; its own maintenance looks closer afterwards.
        &[
            "SET LOCAL default_statistics_target = 10",
            "ANALYZE identities, employments, assignments, grants, credentials, accounts, operations, audit_events",
        ]
    }
}

/// The differences, by language.
pub(crate) trait Language: Database + Sized {
    /// Adds a condition: the identity's words begin with all of these (folded) words.
    fn push_search(query: &mut QueryBuilder<Self>, words: &str);

    /// The same condition, for a search that finds so many that it is quicker to go along the order of the
    /// list and ask each.
    fn push_search_along(query: &mut QueryBuilder<Self>, words: &str);

    /// Counts whom a search finds, up to a limit, by its index alone; false where the engine has to look at
    /// the rows for that, and going along the list is no quicker either.
    fn push_hits(query: &mut QueryBuilder<Self>, words: &str, up_to: i64) -> bool;

    /// What makes a SELECT keep others from changing its rows until the transaction ends. Where
    /// there is only one writer, nothing.
    const FOR_UPDATE: &'static str;

    /// As [`Self::FOR_UPDATE`], passing over rows that somebody else has locked.
    const FOR_UPDATE_IF_FREE: &'static str;

    /// What makes a SELECT keep others from changing its rows, while others may do the same.
    const FOR_SHARE: &'static str;
    /// Locks the rows of a query against being taken away.
    const FOR_KEY_SHARE: &'static str;

    /// Says where the keys lie that a column is to have, beside naming them. PostgreSQL takes a thousand keys for as many
    /// places all over the disk, and would rather read the whole table each time; SQLite goes by the keys anyway.
    fn push_within(query: &mut QueryBuilder<Self>, column: &'static str, keys: (Uuid, Uuid));

    /// Narrows a column to some keys in order, or to those from the first to the last of them, whichever takes the engine
    /// less. For joins: [`Self::push_within`] would have PostgreSQL take them for far fewer rows than they are.
    fn push_around(query: &mut QueryBuilder<Self>, column: &'static str, keys: &[Uuid]);

    /// How so many rows are put in, with nothing after them in the statement if `plain`.
    fn bulk(rows: usize, plain: bool) -> Bulk;

    /// Values of many rows, as they are sent.
    type Values: Send;

    /// Room for the values of so many rows.
    fn values(insert: &BulkInsert<Self>, rows: usize) -> Self::Values;

    /// Adds the next value.
    ///
    /// # Errors
    /// When it cannot be written as its type asks.
    fn push_value<'t, T: Encode<'t, Self> + Type<Self>>(values: &mut Self::Values, value: T) -> Result<(), BoxDynError>;

    /// Sends the rows; yields how many were touched.
    ///
    /// # Errors
    /// When the database refuses.
    fn put(
        conn: &mut Self::Connection,
        insert: &BulkInsert<Self>,
        rows: usize,
        values: Self::Values,
    ) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Adds the placeholder of the n-th value, from 1.
    fn push_placeholder(text: &mut String, n: usize);
}

impl Language for Sqlite {
    const FOR_UPDATE: &'static str = "";
    const FOR_UPDATE_IF_FREE: &'static str = "";
    const FOR_SHARE: &'static str = "";
    const FOR_KEY_SHARE: &'static str = "";

    fn push_within(_: &mut QueryBuilder<Self>, _: &'static str, _: (Uuid, Uuid)) {}

    fn push_around(query: &mut QueryBuilder<Self>, column: &'static str, keys: &[Uuid]) {
        query.push(column).push(" IN (");
        let mut list = query.separated(", ");
        for key in keys {
            list.push_bind(*key);
        }
        query.push(")");
    }

    fn bulk(_: usize, plain: bool) -> Bulk {
        // SQLITE_MAX_VARIABLE_NUMBER is 32,766; beyond this, larger statements are no faster.
        let values_per_statement = 16_000;
        // SQLite keeps a copy of each page that a statement touches, to take back a failed statement
        // alone. Here its failure ends the transaction: nobody needs what costs a fifth of the time.
        // (A conflict that an upsert solves does need that way back.)
        let verb = if plain { "INSERT OR FAIL INTO" } else { "INSERT INTO" };
        Bulk { verb, after_columns: "", values_per_statement }
    }

    type Values = SqliteArguments;

    fn values(insert: &BulkInsert<Self>, rows: usize) -> SqliteArguments {
        insert.arguments(rows)
    }

    fn push_value<'t, T: Encode<'t, Self> + Type<Self>>(values: &mut SqliteArguments, value: T) -> Result<(), BoxDynError> {
        values.add(value)
    }

    async fn put(conn: &mut SqliteConnection, insert: &BulkInsert<Self>, rows: usize, values: SqliteArguments) -> Result<u64, sqlx::Error> {
        let (text, keep) = insert.text(rows);
        Ok(sqlx::query_with(AssertSqlSafe(text), values).persistent(keep).execute(conn).await?.rows_affected())
    }

    fn push_placeholder(text: &mut String, _: usize) {
        text.push('?');
    }

    fn push_search(query: &mut QueryBuilder<Self>, words: &str) {
        query.push("i.seq IN (SELECT rowid FROM identity_search WHERE identity_search MATCH ").push_bind(terms(words)).push(")");
    }

    fn push_search_along(query: &mut QueryBuilder<Self>, words: &str) {
        // The plus keeps the planner from beginning with what is found.
        query.push("+");
        Self::push_search(query, words);
    }

    fn push_hits(query: &mut QueryBuilder<Self>, words: &str, up_to: i64) -> bool {
        query.push("SELECT COUNT(*) FROM (SELECT 1 FROM identity_search WHERE identity_search MATCH ").push_bind(terms(words));
        query.push(" LIMIT ").push_bind(up_to).push(")");
        true
    }
}

/// The beginnings of words, all of which have to be there, as FTS5 asks for them.
fn terms(words: &str) -> String {
    words.split(' ').filter(|w| !w.is_empty()).map(|w| format!("\"{w}\"*")).collect::<Vec<_>>().join(" ")
}

impl Language for Postgres {
    const FOR_UPDATE: &'static str = " FOR UPDATE";
    const FOR_UPDATE_IF_FREE: &'static str = " FOR UPDATE SKIP LOCKED";
    const FOR_SHARE: &'static str = " FOR SHARE";
    const FOR_KEY_SHARE: &'static str = " FOR KEY SHARE";

    fn push_within(query: &mut QueryBuilder<Self>, column: &'static str, (first, last): (Uuid, Uuid)) {
        query.push(" AND ").push(column).push(" BETWEEN ").push_bind(first).push(" AND ").push_bind(last);
    }

    fn push_around(query: &mut QueryBuilder<Self>, column: &'static str, keys: &[Uuid]) {
        let (first, last) = (keys.first().copied().unwrap_or_default(), keys.last().copied().unwrap_or_default());
        query.push(column).push(" BETWEEN ").push_bind(first).push(" AND ").push_bind(last);
    }

    fn bulk(rows: usize, plain: bool) -> Bulk {
        if plain && rows >= WORTH_A_COPY {
            // Bounded by the memory that these take.
            return Bulk { verb: Copy::VERB, after_columns: Copy::AFTER_COLUMNS, values_per_statement: 400_000 };
        }
        // The protocol counts parameters in 16 bits.
        Bulk { verb: "INSERT INTO", after_columns: "", values_per_statement: 30_000 }
    }

    type Values = Rows;

    fn values(insert: &BulkInsert<Self>, rows: usize) -> Rows {
        if insert.bulk.verb == Copy::VERB { Rows::Copied(Copy::new(rows, insert.columns)) } else { Rows::Inserted(insert.arguments(rows)) }
    }

    fn push_value<'t, T: Encode<'t, Self> + Type<Self>>(values: &mut Rows, value: T) -> Result<(), BoxDynError> {
        match values {
            Rows::Copied(copy) => copy.push(&value),
            Rows::Inserted(arguments) => arguments.add(value),
        }
    }

    async fn put(conn: &mut PgConnection, insert: &BulkInsert<Self>, rows: usize, values: Rows) -> Result<u64, sqlx::Error> {
        match values {
            Rows::Copied(copy) => copy.send(conn, &insert.head).await,
            Rows::Inserted(arguments) => {
                let (text, keep) = insert.text(rows);
                Ok(sqlx::query_with(AssertSqlSafe(text), arguments).persistent(keep).execute(conn).await?.rows_affected())
            }
        }
    }

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

    fn push_search_along(query: &mut QueryBuilder<Self>, words: &str) {
        Self::push_search(query, words);
    }

    fn push_hits(_: &mut QueryBuilder<Self>, _: &str, _: i64) -> bool {
        false
    }
}

/// How the rows that a query reads are locked until the transaction ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowLock {
    /// Nobody else changes them. Who wants to, waits.
    Alone,
    /// The same, without those that somebody else has locked.
    AloneIfFree,
    /// Nobody changes them; others may lock them in the same way.
    Shared,
    /// Nobody takes them away: what refers to them may be put in. What they say may change.
    Kept,
}

/// Locking, in the language of the query.
pub(crate) trait LockRows {
    /// Ends a query that locks what it reads.
    fn lock_rows(&mut self, lock: RowLock) -> &mut Self;
}

impl<DB: Language> LockRows for QueryBuilder<DB> {
    fn lock_rows(&mut self, lock: RowLock) -> &mut Self {
        self.push(match lock {
            RowLock::Alone => DB::FOR_UPDATE,
            RowLock::AloneIfFree => DB::FOR_UPDATE_IF_FREE,
            RowLock::Shared => DB::FOR_SHARE,
            RowLock::Kept => DB::FOR_KEY_SHARE,
        })
    }
}

/// Narrowing by keys, in the language of the query.
pub(crate) trait Within {
    /// Adds what [`Language::push_within`] says of these keys.
    fn within<K: Id>(&mut self, column: &'static str, keys: &[K]) -> &mut Self;

    /// Adds what [`Language::push_around`] says of these keys.
    fn around<K: Id>(&mut self, column: &'static str, keys: &[K]) -> &mut Self;
}

impl<DB: Language> Within for QueryBuilder<DB> {
    fn within<K: Id>(&mut self, column: &'static str, keys: &[K]) -> &mut Self {
        let keys = || keys.iter().map(|key| key.uuid());
        if let (Some(first), Some(last)) = (keys().min(), keys().max()) {
            DB::push_within(self, column, (first, last));
        }
        self
    }

    fn around<K: Id>(&mut self, column: &'static str, keys: &[K]) -> &mut Self {
        let mut keys: Vec<Uuid> = keys.iter().map(|key| key.uuid()).collect();
        keys.sort_unstable();
        DB::push_around(self, column, &keys);
        self
    }
}

/// From so many rows on. The driver leaves Nagle's algorithm on, so the end of a `COPY` waits for
/// the acknowledgement of its data, which the system delays by 40 ms.
const WORTH_A_COPY: usize = 4_000;

/// How many rows are put in.
pub(crate) struct Bulk {
    /// What stands before the table.
    pub(super) verb: &'static str,
    /// What stands after the names of the columns.
    pub(super) after_columns: &'static str,
    pub(super) values_per_statement: usize,
}

/// Rows on their way to PostgreSQL.
pub(crate) enum Rows {
    Copied(Copy),
    Inserted(PgArguments),
}
