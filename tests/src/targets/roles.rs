//! A database cluster in which two people have roles.

use std::sync::Mutex;

use sqlx::{Connection, PgConnection, Row};
use tenure_test_support::postgres::{Durability, Postgres};

use super::configure;
use crate::Client;

/// A PostgreSQL cluster that asks people for their passwords.
pub struct Roles {
    server: Postgres,
    runtime: tokio::runtime::Runtime,
    admin: Mutex<PgConnection>,
}

impl Roles {
    pub fn start() -> Self {
        let server = Postgres::start(Durability::Off).expect("PostgreSQL starts");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let admin = runtime.block_on(PgConnection::connect(&server.url())).expect("a connection");
        let roles = Self { server, runtime, admin: Mutex::new(admin) };
        for statement in [
            "CREATE ROLE heir NOLOGIN",
            "CREATE ROLE \"nadia.varga\" LOGIN",
            "CREATE ROLE \"sam.stone\" LOGIN",
            "CREATE ROLE finance NOLOGIN",
            "GRANT finance TO \"nadia.varga\"",
            "CREATE TABLE ledger (n INTEGER)",
            "ALTER TABLE ledger OWNER TO \"nadia.varga\"",
        ] {
            roles.sql(statement);
        }
        roles
    }

    fn sql(&self, statement: &'static str) {
        let mut admin = self.admin.lock().expect("no thread panicked");
        self.runtime.block_on(sqlx::query(statement).execute(&mut *admin)).expect(statement);
    }

    fn ask(&self, query: &'static str, with: &str) -> Option<String> {
        let mut admin = self.admin.lock().expect("no thread panicked");
        self.runtime.block_on(sqlx::query(query).bind(with).fetch_optional(&mut *admin)).expect(query).map(|row| row.get(0))
    }

    fn port(&self) -> &'static str {
        let url = self.server.url();
        let port = url.split(':').nth(2).and_then(|rest| rest.split('/').next()).expect("a port").to_owned();
        Box::leak(port.into_boxed_str())
    }

    /// Tells Tenure of it; yields the application's address.
    pub fn configure(&self, admin: &mut Client) -> String {
        let settings =
            format!("host = \"127.0.0.1\"\nport = {}\nuser = \"postgres\"\nssl-mode = \"disable\"\nreassign-to = \"heir\"\n", self.port());
        configure(admin, "Books", "postgresql", &settings, "not asked for", "delete")
    }

    fn connect_as(&self, role: &str) -> Result<PgConnection, sqlx::Error> {
        self.runtime.block_on(PgConnection::connect(&format!("postgres://{role}@127.0.0.1:{}/postgres", self.port())))
    }

    pub fn lets_in(&self, role: &str) -> bool {
        self.connect_as(role).is_ok()
    }

    /// A session that stays open.
    pub fn session_of(&self, role: &str) -> PgConnection {
        self.connect_as(role).expect("a session")
    }

    pub fn is_over(&self, mut session: PgConnection) -> bool {
        self.runtime.block_on(sqlx::query("SELECT 1").execute(&mut session)).is_err()
    }

    pub fn exists(&self, role: &str) -> bool {
        self.ask("SELECT rolname::text FROM pg_roles WHERE rolname = $1", role).is_some()
    }

    /// Whether a role is a member of a group, directly or through others.
    pub fn holds(&self, role: &str, group: &str) -> bool {
        let mut admin = self.admin.lock().expect("no thread panicked");
        let query = sqlx::query("SELECT pg_has_role($1, $2, 'member')").bind(role).bind(group);
        self.runtime.block_on(query.fetch_one(&mut *admin)).expect("an answer").get(0)
    }

    pub fn owner_of(&self, table: &str) -> String {
        self.ask("SELECT tableowner::text FROM pg_tables WHERE tablename = $1", table).expect("the table")
    }

    pub fn heir(&self) -> &'static str {
        "heir"
    }
}
