//! The database past all rules: to look at what is really there, and to change it as a stranger
//! could.

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use std::{str::FromStr, time::Duration};
use tokio::runtime::{Builder, Runtime};

/// One connection.
pub struct Sql {
    runtime: Runtime,
    to: To,
}

enum To {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

macro_rules! each {
    ($self:ident, $conn:ident => $query:expr) => {
        match &mut $self.to {
            To::Sqlite($conn) => $self.runtime.block_on($query),
            To::Postgres($conn) => $self.runtime.block_on($query),
        }
    };
}

impl Sql {
    /// Connects as Tenure's `--database` says.
    pub fn open(url: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let to = runtime.block_on(async {
            if let Some(file) = url.strip_prefix("sqlite://") {
                let options = SqliteConnectOptions::new().filename(file);
                let options = options.busy_timeout(Duration::from_secs(20));
                To::Sqlite(options.connect().await.expect(url))
            } else {
                let options = PgConnectOptions::from_str(url).expect(url);
                To::Postgres(options.connect().await.expect(url))
            }
        });
        Sql { runtime, to }
    }

    /// Runs a statement. Gives how many rows it touched.
    #[track_caller]
    pub fn execute(&mut self, sql: &str) -> u64 {
        self.try_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// Runs a statement that the database may refuse.
    pub fn try_execute(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &mut self.to {
            To::Sqlite(conn) => self.runtime.block_on(conn.execute(sql)).map(|done| done.rows_affected()),
            To::Postgres(conn) => self.runtime.block_on(conn.execute(sql)).map(|done| done.rows_affected()),
        }
    }

    /// The only column of all rows, as text.
    #[track_caller]
    pub fn texts(&mut self, sql: &str) -> Vec<String> {
        let query = || AssertSqlSafe(sql.to_owned());
        let rows = each!(self, conn => sqlx::query_scalar(query()).fetch_all(conn));
        rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// The one text.
    #[track_caller]
    pub fn text(&mut self, sql: &str) -> String {
        self.texts(sql).pop().unwrap_or_else(|| panic!("{sql}"))
    }

    /// The only column of all rows, as numbers.
    #[track_caller]
    pub fn numbers(&mut self, sql: &str) -> Vec<i64> {
        let query = || AssertSqlSafe(sql.to_owned());
        let rows = each!(self, conn => sqlx::query_scalar(query()).fetch_all(conn));
        rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// The one number.
    #[track_caller]
    pub fn number(&mut self, sql: &str) -> i64 {
        let query = || AssertSqlSafe(sql.to_owned());
        let number = each!(self, conn => sqlx::query_scalar(query()).fetch_one(conn));
        number.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// A new key, in SQL.
    pub fn new_id(&self) -> &'static str {
        match self.to {
            To::Sqlite(_) => "randomblob(16)",
            To::Postgres(_) => "gen_random_uuid()",
        }
    }

    /// A key as 32 hexadecimal digits, in SQL.
    pub fn hex(&self, column: &str) -> String {
        match self.to {
            To::Sqlite(_) => format!("lower(hex({column}))"),
            To::Postgres(_) => format!("replace({column}::text, '-', '')"),
        }
    }

    /// Bytes, in SQL.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self.to {
            To::Sqlite(_) => format!("x'{digits}'"),
            To::Postgres(_) => format!("'\\x{digits}'::bytea"),
        }
    }

    /// A key of 16 bytes, in SQL.
    pub fn key(&self, bytes: [u8; 16]) -> String {
        match self.to {
            To::Sqlite(_) => self.bytes(&bytes),
            To::Postgres(_) => format!("'{}'::uuid", uuid::Uuid::from_bytes(bytes)),
        }
    }

    /// Waits until nobody else uses the database: PostgreSQL takes a moment to notice that a
    /// client was killed.
    pub fn wait_until_alone(&mut self) {
        if matches!(self.to, To::Sqlite(_)) {
            return;
        }
        let others = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
              AND backend_type = 'client backend'";
        for _ in 0..2000 {
            if self.number(others) == 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("somebody stays connected");
    }

    /// Closes the connection, and waits for it.
    pub fn close(self) {
        let closed = match self.to {
            To::Sqlite(conn) => self.runtime.block_on(conn.close()),
            To::Postgres(conn) => self.runtime.block_on(conn.close()),
        };
        closed.expect("the connection closes");
    }
}
