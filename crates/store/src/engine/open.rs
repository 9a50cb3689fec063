//! Opening a database by its address.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};

use super::tx::{Conn, EventMac, ReadTx, Tx, WriteTx};
use super::{StoreError, migrate};

/// Which engine it is, for people. Queries must not ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// A server.
    Postgres,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

#[derive(Clone)]
enum Pools {
    /// One writer, many readers: with WAL they never wait for each other.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

/// The database.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    mac: EventMac,
    /// Removed with the last clone, when the database is to vanish with the process.
    _scratch: Option<std::sync::Arc<Scratch>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.engine())
    }
}

/// What the doctor sees of a database.
#[derive(Debug, Clone)]
pub struct Doctor {
    /// SQLite or PostgreSQL.
    pub engine: Engine,
    /// Its own version.
    pub version: String,
    /// Migrations that are applied.
    pub applied: i64,
    /// Migrations that this version of Tenure knows.
    pub known: usize,
    /// Faults that the engine's own check finds; empty when sound.
    pub faults: Vec<String>,
}

struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: the folder is in a place that the system empties anyway.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Store {
    /// Opens a database, and brings its schema up to this version.
    ///
    /// `sqlite::memory:` is a file in a folder of its own, in memory where the system has such a
    /// place, removed at the end: many connections can read it, as with any other.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Migrate`], or when it cannot be reached.
    pub async fn open(address: &str, mac: EventMac) -> Result<Self, StoreError> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(address)
                .map_err(|_| StoreError::Address(address_without_secret(address)))?
                .application_name("tenure");
            let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(30)).connect_with(options).await?;
            migrate::postgres(&pool).await?;
            return Ok(Self { pools: Pools::Postgres(pool), mac, _scratch: None });
        }
        let (file, scratch) = match address.strip_prefix("sqlite:") {
            Some(":memory:" | "//:memory:") => {
                let scratch = scratch_folder()?;
                (scratch.0.join("tenure.db"), Some(std::sync::Arc::new(scratch)))
            }
            Some(path) if !path.trim_start_matches("//").is_empty() => (PathBuf::from(path.trim_start_matches("//")), None),
            _ => return Err(StoreError::Address(address_without_secret(address))),
        };
        if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| StoreError::Database(sqlx::Error::Io(e)))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A committed ending must survive a power cut.
            .synchronous(if scratch.is_some() { SqliteSynchronous::Off } else { SqliteSynchronous::Full })
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(30))
            // Fewer hand-overs between the engine's thread and ours while many rows are read.
            .row_buffer_size(512)
            // A large import leaves a large log behind; give the room back once it is taken over.
            .pragma("journal_size_limit", "67108864");
        // Only the writer sorts in memory: a reader that sorts all credentials must not keep them there.
        let writer = options.clone().pragma("cache_size", "-64000").pragma("temp_store", "memory");
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(writer).await?;
        migrate::sqlite(&write).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.pragma("cache_size", "-6000").pragma("query_only", "on"))
            .await?;
        Ok(Self { pools: Pools::Sqlite { write, read }, mac, _scratch: scratch })
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Begins to read: everything read in it is of one moment.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read(&self) -> Result<ReadTx, StoreError> {
        let conn = match &self.pools {
            Pools::Sqlite { read, .. } => Conn::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => Conn::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        };
        Ok(ReadTx(Tx { conn }))
    }

    /// Begins to write.
    ///
    /// # Errors
    /// When the database cannot be reached, or another process writes for longer than the
    /// connection waits.
    pub async fn write(&self) -> Result<WriteTx, StoreError> {
        let conn = match &self.pools {
            Pools::Sqlite { write, .. } => Conn::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        };
        Ok(WriteTx { tx: Tx { conn }, mac: self.mac.clone() })
    }

    /// The check value of an event's text, as [`WriteTx::commit`] writes it.
    pub fn event_mac(&self, body: &[u8]) -> [u8; 32] {
        (self.mac)(body)
    }

    /// Looks at the engine itself.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn doctor(&self) -> Result<Doctor, StoreError> {
        let count = "SELECT COUNT(*) FROM _sqlx_migrations WHERE success";
        let (version, applied, faults) = match &self.pools {
            Pools::Sqlite { read, .. } => {
                let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(read).await?;
                let applied: i64 = sqlx::query_scalar(count).fetch_one(read).await?;
                let faults: Vec<String> = sqlx::query_scalar("PRAGMA quick_check").fetch_all(read).await?;
                (version, applied, faults.into_iter().filter(|f| f != "ok").collect())
            }
            Pools::Postgres(pool) => {
                let version: String = sqlx::query_scalar("SHOW server_version").fetch_one(pool).await?;
                let applied: i64 = sqlx::query_scalar(count).fetch_one(pool).await?;
                (version, applied, Vec::new())
            }
        };
        Ok(Doctor { engine: self.engine(), version, applied, known: migrate::known(), faults })
    }

    /// Writes a copy of an embedded database to a file that must not exist yet.
    ///
    /// # Errors
    /// When the file exists, or on PostgreSQL, which has `pg_dump`.
    pub async fn backup(&self, file: &str) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { read, .. } => {
                // A connection of its own: readers are not allowed to write, not even another file,
                // and writers must not wait for it.
                let options = read.connect_options().as_ref().clone().pragma("query_only", "off");
                let mut conn = options.connect().await?;
                sqlx::query("VACUUM INTO $1").bind(file).execute(&mut conn).await?;
                conn.close().await?;
                Ok(())
            }
            Pools::Postgres(_) => Err(StoreError::Address("a PostgreSQL database: back it up with pg_dump".to_owned())),
        }
    }

    /// Lets the connections go, so that the file is whole.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

fn scratch_folder() -> Result<Scratch, StoreError> {
    let memory = std::path::Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let folder = base.join(format!("tenure-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir(&folder).map_err(|e| StoreError::Database(sqlx::Error::Io(e)))?;
    Ok(Scratch(folder))
}

/// An address may hold a password; an error message must not.
fn address_without_secret(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}…{}", &address[..scheme + 3], &address[at..]),
        _ => address.to_owned(),
    }
}
