//! Opening a database by its address.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};
use tenure_domain::id::CredentialId;

use super::log::Log;
use super::together::Line;
use super::tx::{Conn, EventMac, ReadTx, SqliteTx, Tx, WriteTx};
use super::{StoreError, migrate, undeclared};
use crate::idempotency::Claim;
use crate::private;

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
pub(crate) enum Pools {
    /// One writer, many readers: with WAL they never wait for each other.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
        /// Those who write something short.
        line: std::sync::Arc<Line>,
        /// What was committed and is not in the file yet.
        log: std::sync::Arc<Log>,
    },
    Postgres(PgPool),
}

/// The database.
#[derive(Clone)]
pub struct Store {
    pub(crate) pools: Pools,
    mac: EventMac,
    /// What each change that is committed fulfils, where a program gave a key for it.
    once: Option<std::sync::Arc<Claim>>,
    /// By which session or token each change is made.
    acting: Option<CredentialId>,
    /// Removed with the last clone, when the database is to vanish with the process.
    _scratch: Option<std::sync::Arc<Scratch>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.engine())
    }
}

/// What opening a database may do to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Make it when there is none, and bring its schema up to date.
    MayCreate,
    /// Bring its schema up to date. It must be there.
    MustExist,
    /// Nothing. It must be there, and its schema must be this version's.
    Looks,
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
    /// Opens a database, makes it when there is none, and brings its schema up to this version.
    ///
    /// `sqlite::memory:` is a file in a folder of its own, in memory where the system has such a
    /// place, removed at the end: many connections can read it, as with any other.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Newer`], [`StoreError::Migrate`], or when it cannot be reached.
    pub async fn open(address: &str, mac: EventMac) -> Result<Self, StoreError> {
        Self::open_for(address, mac, Opening::MayCreate).await
    }

    /// Opens a database as far as a command may.
    ///
    /// # Errors
    /// As [`Self::open`]; [`StoreError::Absent`] when there is none to open, [`StoreError::Older`] when the
    /// schema does not fit and may not be changed.
    pub async fn open_for(address: &str, mac: EventMac, opening: Opening) -> Result<Self, StoreError> {
        Self::find(address, opening)?;
        let plain = || address_without_secret(address);
        if is_postgres(address) {
            let options = PgConnectOptions::from_str(address).map_err(|_| StoreError::Address(plain()))?.application_name("tenure");
            let options = secured(options);
            let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(30));
            // One that was in use a moment ago still stands; asking would be a trip to the server with each transaction.
            let pool = pool.test_before_acquire(false).before_acquire(|conn, meta| {
                Box::pin(async move {
                    if meta.idle_for > Duration::from_millis(20) {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            });
            let pool = pool.connect_with(options).await?;
            migrate::check(migrate::postgres_has(&pool).await?.as_deref(), opening, plain)?;
            if opening != Opening::Looks {
                migrate::postgres(&pool).await?;
            }
            return Ok(Self { pools: Pools::Postgres(pool), mac, once: None, acting: None, _scratch: None });
        }
        let (file, scratch) = match sqlite_file(address) {
            Some(SqliteFile::Scratch) => {
                let scratch = scratch_folder()?;
                (scratch.0.join("tenure.db"), Some(std::sync::Arc::new(scratch)))
            }
            Some(SqliteFile::At(path)) => (path, None),
            None => return Err(StoreError::Address(plain())),
        };
        if opening == Opening::MayCreate && !file.exists() {
            make_file(&file).map_err(io)?;
        }
        let mut options = SqliteConnectOptions::new()
            .filename(&file)
            // It is there by now. What SQLite makes beside it gets the same permissions.
            .create_if_missing(false)
            // A committed ending must survive a power cut.
            .synchronous(if scratch.is_some() { SqliteSynchronous::Off } else { SqliteSynchronous::Full })
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(30))
            // Fewer hand-overs between the engine's thread and ours while many rows are read.
            .row_buffer_size(512)
            // A large import leaves a large log behind; give the room back once it is taken over.
            .pragma("journal_size_limit", "67108864");
        if opening == Opening::Looks {
            // The file may be somebody else's: nothing is asked of it that would change it before it is known.
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
            let has = migrate::sqlite_has(&pool).await;
            pool.close().await;
            migrate::check(has?.as_deref(), opening, plain)?;
        }
        if opening != Opening::Looks {
            // It stays with the file; a copy that nobody has written to has none yet.
            options = options.journal_mode(SqliteJournalMode::Wal);
        }
        // Only the writer sorts in memory: a reader that sorts all credentials must not keep them there.
        let writer = options.clone().pragma("cache_size", "-24000").pragma("temp_store", "memory");
        let log = std::sync::Arc::<Log>::default();
        let grew = std::sync::Arc::clone(&log);
        let write = log.spare(sqlite_pool(1, move || grew.grew())).connect_with(writer).await?;
        if opening != Opening::Looks {
            migrate::check(migrate::sqlite_has(&write).await?.as_deref(), opening, plain)?;
            migrate::sqlite(&write).await?;
        }
        // As many as can work at once; each keeps a cache of its own.
        let readers = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8));
        let read = sqlite_pool(u32::try_from(readers).unwrap_or(2), || {})
            .connect_with(options.pragma("cache_size", "-6000").pragma("query_only", "on"))
            .await?;
        Ok(Self { pools: Pools::Sqlite { write, read, line: Line::new(), log }, mac, once: None, acting: None, _scratch: scratch })
    }

    /// Looks whether there is something to open at all, as far as that can be told without opening it.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Absent`].
    pub fn find(address: &str, opening: Opening) -> Result<(), StoreError> {
        if is_postgres(address) {
            return Ok(());
        }
        let there = match sqlite_file(address) {
            // A new one each time.
            Some(SqliteFile::Scratch) => false,
            Some(SqliteFile::At(path)) => path.is_file(),
            None => return Err(StoreError::Address(address_without_secret(address))),
        };
        if there || opening == Opening::MayCreate { Ok(()) } else { Err(StoreError::Absent(address_without_secret(address))) }
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
            Pools::Sqlite { read, .. } => Conn::Sqlite(SqliteTx::Alone(read.begin().await?)),
            Pools::Postgres(pool) => Conn::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        };
        Ok(ReadTx(Tx::new(conn)))
    }

    /// Begins to write.
    ///
    /// # Errors
    /// When the database cannot be reached, or another process writes for longer than the
    /// connection waits; [`StoreError::Over`] when whoever acts may not any more ([`Self::acting`]).
    pub async fn write(&self) -> Result<WriteTx, StoreError> {
        let conn = match &self.pools {
            Pools::Sqlite { write, .. } => Conn::Sqlite(SqliteTx::Alone(write.begin_with("BEGIN IMMEDIATE").await?)),
            Pools::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        };
        let mut tx = self.writing(conn);
        match self.acting {
            Some(credential) if !tx.is_live(credential).await? => Err(StoreError::Over),
            _ => Ok(tx),
        }
    }

    /// Begins to write something short, of which many come at once: where there is only one writer, several of
    /// them reach the disk together. Each is there whole or not at all, as with [`Self::write`], and its commit
    /// ends when it is on the disk. Who does not commit ends it by [`WriteTx::give_up`] before anybody is told what it saw.
    ///
    /// # Errors
    /// As [`Self::write`]; [`StoreError::Collision`], here and from its commit, when another of them took it along:
    /// it is tried again by [`Self::write`], so that it fails only by its own fault.
    pub async fn write_together(&self) -> Result<WriteTx, StoreError> {
        match &self.pools {
            Pools::Sqlite { write, line, .. } => {
                let mut member = line.enter(write, self.acting).await?;
                let seen = member.seen.take();
                let mut tx = self.writing(Conn::Sqlite(SqliteTx::Together(member)));
                tx.tx.is_short = true;
                Ok(match seen {
                    Some(seen) => tx.beginning_with(seen),
                    None => tx,
                })
            }
            Pools::Postgres(_) => {
                let mut tx = self.write().await?;
                tx.tx.is_short = true;
                Ok(tx)
            }
        }
    }

    fn writing(&self, conn: Conn) -> WriteTx {
        WriteTx {
            tx: Tx::new(conn),
            mac: self.mac.clone(),
            once: self.once.clone(),
            holds_model: false,
            model: None,
            source: None,
            reaches_nothing: false,
        }
    }

    /// The same database for what somebody does by a session or token: no change begins after that has ended,
    /// however long ago its request came.
    pub fn acting(&self, credential: CredentialId) -> Self {
        Self { acting: Some(credential), ..self.clone() }
    }

    /// The same database for one request: what it commits fulfils a claim, or is not committed.
    pub fn fulfilling(&self, claim: Claim) -> Self {
        Self { once: Some(std::sync::Arc::new(claim)), ..self.clone() }
    }

    /// The same database for what fulfils nothing: the trace of a refusal.
    pub fn fulfilling_nothing(&self) -> Self {
        Self { once: None, ..self.clone() }
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
                (version, applied, undeclared::faults(pool).await?)
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
                // SQLite takes an empty file as well, and this one is its owner's alone from the first moment.
                private::new_file(Path::new(file)).map_err(io)?;
                let copied = sqlx::query("VACUUM INTO $1").bind(file).execute(&mut conn).await;
                if copied.is_err() {
                    // Half a copy is none.
                    let _ = std::fs::remove_file(file);
                }
                conn.close().await?;
                copied?;
                Ok(())
            }
            Pools::Postgres(_) => Err(StoreError::Address("a PostgreSQL database: back it up with pg_dump".to_owned())),
        }
    }

    /// Lets the connections go, so that the file is whole.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write, log, .. } => {
                read.close().await;
                log.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Connections to an embedded database: there is no server that might have gone away.
/// Each time that one was used, that is told.
fn sqlite_pool(most: u32, used: impl Fn() + Send + Sync + 'static) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(most).test_before_acquire(false).after_release(move |conn, _| {
        used();
        Box::pin(async move {
            if conn.is_in_transaction() {
                // Whoever had it gave up; this is answered after that.
                conn.ping().await?;
            }
            // The engine itself ends a transaction that meets a full disk, and its driver does not learn of it: it
            // would refuse to begin another.
            Ok(!conn.is_in_transaction())
        })
    })
}

/// Where an embedded database is.
enum SqliteFile {
    At(PathBuf),
    /// In a folder that vanishes with the process.
    Scratch,
}

fn is_postgres(address: &str) -> bool {
    address.starts_with("postgres://") || address.starts_with("postgresql://")
}

/// Over a network the server proves who it is. What the driver would do by itself, to speak in the clear where no TLS is
/// offered, gives everything to whoever stands between. `sslmode=disable` and `sslmode=require` in the address still hold.
fn secured(options: PgConnectOptions) -> PgConnectOptions {
    let host = options.get_host().trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let is_here = options.get_socket().is_some() || host.starts_with('/') || is_loopback;
    match options.get_ssl_mode() {
        PgSslMode::Prefer | PgSslMode::Allow if !is_here => options.ssl_mode(PgSslMode::VerifyFull),
        _ => options,
    }
}

fn sqlite_file(address: &str) -> Option<SqliteFile> {
    match address.strip_prefix("sqlite:")? {
        ":memory:" | "//:memory:" => Some(SqliteFile::Scratch),
        path => Some(path.trim_start_matches("//")).filter(|path| !path.is_empty()).map(|path| SqliteFile::At(PathBuf::from(path))),
    }
}

fn io(error: std::io::Error) -> StoreError {
    StoreError::Database(sqlx::Error::Io(error))
}

/// Makes an empty file for a database, in a folder that is made too.
fn make_file(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        private::folders(folder)?;
    }
    match private::new_file(file) {
        // Another process was first.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn scratch_folder() -> Result<Scratch, StoreError> {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let folder = base.join(format!("tenure-{}", uuid::Uuid::now_v7()));
    private::new_folder(&folder).map_err(io)?;
    Ok(Scratch(folder))
}

/// The address of a database for people: it may hold a password, and what is shown must not.
pub fn address_without_secret(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}…{}", &address[..scheme + 3], &address[at..]),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_a_network_the_database_proves_who_it_is_unless_the_address_says_otherwise() {
        let mode = |address: &str| format!("{:?}", secured(PgConnectOptions::from_str(address).unwrap()).get_ssl_mode());
        for (address, expected) in [
            ("postgres://tenure@db.internal/tenure?sslmode=prefer", "VerifyFull"),
            ("postgres://tenure@10.1.2.3/tenure?sslmode=allow", "VerifyFull"),
            ("postgres://tenure@db.internal/tenure?sslmode=disable", "Disable"),
            ("postgres://tenure@db.internal/tenure?sslmode=require", "Require"),
            ("postgres://tenure@127.0.0.1:5433/tenure?sslmode=prefer", "Prefer"),
            ("postgres://tenure@[::1]/tenure?sslmode=prefer", "Prefer"),
            ("postgres://tenure@localhost/tenure?sslmode=prefer", "Prefer"),
            ("postgres://tenure@%2Frun%2Fpostgresql/tenure?sslmode=prefer", "Prefer"),
        ] {
            assert_eq!(mode(address), expected, "{address}");
        }
    }
}
