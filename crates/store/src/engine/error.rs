//! What can go wrong in the database.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine or the connection failed.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// A migration could not be applied, or the schema is from a newer version.
    #[error("the database schema does not fit this version: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The address of the database is not understood.
    #[error("`{0}` is not a database address: use sqlite://FILE, sqlite::memory: or postgres://USER@HOST/NAME")]
    Address(String),
    /// There is no database, and this command makes none.
    #[error("there is no database of Tenure at {0}: is the address right? Only `tenure serve`, `demo` and `import` make a new one")]
    Absent(String),
    /// The schema is of an older version, and this command only looks.
    #[error(
        "the database is of an older version of Tenure: {missing} of {known} migrations are missing. `tenure serve` brings it up to date; back it up before"
    )]
    Older {
        /// How many migrations it lacks.
        missing: usize,
        /// How many this version knows.
        known: usize,
    },
    /// The schema is of a newer version.
    #[error("the database is of a newer version of Tenure, which made the migration {0} that this one does not know: run the newer one")]
    Newer(i64),
    /// A row that must be unique exists already.
    #[error("{0} exists already")]
    Duplicate(String),
    /// Something changed in between.
    #[error("{0} was changed by somebody else in the meantime; look at it again")]
    Conflict(&'static str),
    /// The session or token by which somebody acts has ended meanwhile.
    #[error("your session or token has ended; nothing was changed. Sign in again")]
    Over,
    /// Two changes waited for each other, and the engine stopped this one.
    #[error("somebody else was changing the same at the same moment; nothing was changed. Try again")]
    Collision,
    /// Something that a row refers to is not there.
    #[error("a row refers to something that does not exist ({0})")]
    Missing(String),
    /// What is stored cannot be understood.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(inner) = &error {
            if inner.is_unique_violation() {
                let what = inner.constraint().map_or_else(|| inner.message().to_owned(), str::to_owned);
                return Self::Duplicate(what);
            }
            if inner.is_foreign_key_violation() {
                return Self::Missing(inner.message().to_owned());
            }
            // Serialization failure and deadlock, in PostgreSQL's words. SQLite has one writer.
            if matches!(inner.code().as_deref(), Some("40001" | "40P01")) {
                return Self::Collision;
            }
        }
        Self::Database(error)
    }
}
