//! The write-ahead log of an embedded database, taken over into its file beside the writer.
//!
//! Left to itself, SQLite does that in the commit that makes the log longer than a thousand pages, so that one change
//! in some dozens waits for the disk several times as long as its neighbours. A process that serves does it from a
//! connection of its own, between commits (SQLite, "Write-Ahead Logging", 2.1 and 6).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, SqlitePool};
use tokio::sync::Mutex;

use super::open::Pools;
use super::{Store, StoreError};

/// Pages after which a commit takes the log over by itself, as SQLite has it.
const BY_ITSELF: u32 = 1_000;
/// The same where somebody does it beside the writer: for the case that they do not get on.
const AT_WORST: u32 = 40_000;
/// Pages after which the log is begun anew. While changes come without a pause it never is by itself: it would grow.
const LONG: i64 = 16_000;
/// As much of it may be missing in the file then: what is written while the writer waits is little.
const LITTLE: i64 = 100;
/// How long a writer may be kept waiting for that.
const PATIENCE: Duration = Duration::from_millis(5);
/// So often it is not tried again after somebody was in the way: who reads for long is still there soon, and each try
/// holds the writer up.
const RESTS: u32 = 12;

/// What is known of the log.
#[derive(Default)]
pub(crate) struct Log {
    /// Whether it is taken over beside the writer.
    apart: AtomicBool,
    /// How often the writer was at work.
    commits: AtomicU64,
    keeper: Mutex<Keeper>,
}

/// What whoever takes the log over remembers.
#[derive(Default)]
struct Keeper {
    /// How many commits there were when it was last taken over.
    done: u64,
    /// The connection that does it.
    conn: Option<SqliteConnection>,
    /// How often the log is not begun anew before that is tried again.
    rests: u32,
}

impl Keeper {
    /// Whether the log is begun anew, of which so many pages are there and so many are in the file. What is not there yet
    /// would be written while the writer waits, and cannot be while somebody reads what was before it.
    fn begins_anew(&mut self, pages: i64, taken_over: i64) -> bool {
        let rested = self.rests == 0;
        self.rests = self.rests.saturating_sub(1);
        rested && pages >= LONG && pages - taken_over <= LITTLE
    }
}

impl Log {
    /// The writer was at work.
    pub(super) fn grew(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    /// The writer's connections leave the log alone where somebody else looks after it.
    pub(super) fn spare(self: &Arc<Self>, pool: SqlitePoolOptions) -> SqlitePoolOptions {
        let log = Arc::clone(self);
        pool.after_connect(move |conn, _| {
            let log = Arc::clone(&log);
            Box::pin(async move { log.limit(conn).await })
        })
    }

    async fn limit(&self, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let pages = if self.apart.load(Ordering::SeqCst) { AT_WORST } else { BY_ITSELF };
        sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA wal_autocheckpoint = {pages}"))).execute(conn).await?;
        Ok(())
    }

    async fn take_over(&self, writer: &SqlitePool) -> Result<(), sqlx::Error> {
        let keeper = &mut *self.keeper.lock().await;
        if !self.apart.load(Ordering::SeqCst) {
            let mut open = writer.acquire().await?;
            self.apart.store(true, Ordering::SeqCst);
            self.limit(&mut open).await?;
        }
        let commits = self.commits.load(Ordering::Relaxed);
        if commits == keeper.done {
            return Ok(());
        }
        // One that failed is not used again.
        let mut own = match keeper.conn.take() {
            Some(own) => own,
            None => connect(writer.connect_options().as_ref()).await?,
        };
        let (_, pages, taken_over): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut own).await?;
        if keeper.begins_anew(pages, taken_over) {
            // Nobody else writes while this waits for those who read: not for long, and not again soon.
            let (busy, ..): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(RESTART)").fetch_one(&mut own).await?;
            keeper.rests = if busy == 0 { 0 } else { RESTS };
        }
        keeper.conn = Some(own);
        keeper.done = commits;
        Ok(())
    }

    /// Lets the connection go.
    pub(super) async fn close(&self) {
        let own = self.keeper.lock().await.conn.take();
        if let Some(own) = own {
            // What is left in the log is taken over by the last connection that is closed.
            let _ = own.close().await;
        }
    }
}

async fn connect(writer: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    writer.clone().busy_timeout(PATIENCE).pragma("cache_size", "-2000").connect().await
}

impl Store {
    /// Takes what was committed over from the log of an embedded database into its file, beside whoever writes. From the
    /// first time on no commit does it any more, so it has to be done again and again, some times a second. Does nothing
    /// where nothing was committed since the last time, and on PostgreSQL.
    ///
    /// # Errors
    /// When the disk fails; nothing is lost then, and it can be tried again.
    pub async fn take_over_log(&self) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { write, log, .. } => Ok(log.take_over(write).await?),
            Pools::Postgres(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn a_file() -> (tempfile::TempDir, SqlitePool, Arc<Log>) {
        let folder = tempfile::tempdir().expect("a folder");
        let log = Arc::<Log>::default();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("it.db"))
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        let grew = Arc::clone(&log);
        let pool = SqlitePoolOptions::new().max_connections(1).after_release(move |_, _| {
            grew.grew();
            Box::pin(async { Ok(true) })
        });
        let pool = log.spare(pool).connect_with(options).await.expect("it opens");
        sqlx::query("CREATE TABLE t (x BLOB)").execute(&pool).await.expect("a table");
        (folder, pool, log)
    }

    /// Makes the log long in one commit.
    async fn write_long(pool: &SqlitePool) {
        let many =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) INSERT INTO t SELECT zeroblob(4000) FROM n";
        sqlx::query(many).bind(LONG).execute(pool).await.expect("many rows");
    }

    async fn reading(pool: &SqlitePool) -> SqliteConnection {
        let mut reader = connect(pool.connect_options().as_ref()).await.expect("a reader");
        sqlx::query("BEGIN").execute(&mut reader).await.expect("it begins");
        sqlx::query("SELECT COUNT(*) FROM t").execute(&mut reader).await.expect("it reads");
        reader
    }

    async fn rests(log: &Log) -> u32 {
        log.keeper.lock().await.rests
    }

    async fn write(pool: &SqlitePool, pages: u32) {
        for _ in 0..pages {
            sqlx::query("INSERT INTO t VALUES (zeroblob(4000))").execute(pool).await.expect("a row");
        }
    }

    fn pages_in_the_file(folder: &tempfile::TempDir) -> u64 {
        std::fs::metadata(folder.path().join("it.db")).expect("the file").len() / 4096
    }

    #[tokio::test]
    async fn what_is_committed_comes_into_the_file_only_by_the_one_who_takes_it_over() {
        let (folder, pool, log) = a_file().await;
        log.take_over(&pool).await.expect("it is taken over");
        let before = pages_in_the_file(&folder);
        write(&pool, 1_500).await;
        assert_eq!(pages_in_the_file(&folder), before, "no commit did it");
        log.take_over(&pool).await.expect("it is taken over");
        assert!(pages_in_the_file(&folder) > 1_500);
        log.close().await;
    }

    #[tokio::test]
    async fn a_log_that_grew_long_is_begun_anew() {
        let (folder, pool, log) = a_file().await;
        log.take_over(&pool).await.expect("it is taken over");
        write_long(&pool).await;
        log.take_over(&pool).await.expect("it is taken over");
        let long = std::fs::metadata(folder.path().join("it.db-wal")).expect("the log").len();
        write(&pool, 100).await;
        let after = std::fs::metadata(folder.path().join("it.db-wal")).expect("the log").len();
        assert!(after <= long, "it is written from its beginning again: {after} after {long}");
        log.close().await;
    }

    #[tokio::test]
    async fn who_reads_for_long_holds_up_nobody() {
        let (_folder, pool, log) = a_file().await;
        log.take_over(&pool).await.expect("it is taken over");
        let mut reader = reading(&pool).await;
        write(&pool, 20).await;
        log.take_over(&pool).await.expect("as far as it goes");
        write(&pool, 1).await;
        sqlx::query("COMMIT").execute(&mut reader).await.expect("it ends");
        log.take_over(&pool).await.expect("all of it");
    }

    #[tokio::test]
    async fn who_reads_for_long_holds_up_nobody_when_the_log_is_long() {
        let (_folder, pool, log) = a_file().await;
        log.take_over(&pool).await.expect("it is taken over");
        // Who reads what was before the log grew: it cannot be in the file as a whole, so nothing is tried.
        let mut reader = reading(&pool).await;
        write_long(&pool).await;
        log.grew();
        log.take_over(&pool).await.expect("as far as it goes");
        assert_eq!(rests(&log).await, 0, "it was not tried");
        sqlx::query("COMMIT").execute(&mut reader).await.expect("it ends");
        // Who reads what is in the file as a whole is in the way: that is tried once, and then not for a while.
        sqlx::query("BEGIN").execute(&mut reader).await.expect("it begins");
        sqlx::query("SELECT COUNT(*) FROM t").execute(&mut reader).await.expect("it reads");
        for left in (1..=RESTS).rev() {
            log.grew();
            log.take_over(&pool).await.expect("as far as it goes");
            assert_eq!(rests(&log).await, left);
            write(&pool, 1).await;
        }
        // When it ends the log is begun anew, the next time that it is tried.
        sqlx::query("COMMIT").execute(&mut reader).await.expect("it ends");
        log.grew();
        log.take_over(&pool).await.expect("all of it");
        assert_eq!(rests(&log).await, 0);
        log.grew();
        log.take_over(&pool).await.expect("all of it");
        assert_eq!(rests(&log).await, 0, "nobody is in the way");
        write(&pool, 1).await;
        let (_, pages, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&pool).await.expect("it is asked");
        assert!(pages < LONG, "{pages}");
    }
}
