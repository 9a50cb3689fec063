//! A database cluster in which people have roles.

use std::process::Command;
use std::sync::Mutex;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tenure_test_support::openldap::Authority;
use tenure_test_support::postgres::{Durability, Postgres};

use super::{Setup, Wire};
use crate::Client;

/// Tenure's own role signs in with a password, by TLS or not; everybody else is let in without.
const HBA: &str = "host all tenure 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n";

/// A PostgreSQL cluster, behind a wire.
pub struct Roles {
    server: Postgres,
    runtime: tokio::runtime::Runtime,
    admin: Mutex<PgConnection>,
    pub wire: Wire,
    /// Whose certificates it has.
    authority: Authority,
    password: String,
}

impl Roles {
    /// With two people.
    pub fn start() -> Self {
        let server = Postgres::start(Durability::Off).expect("PostgreSQL starts");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let admin = runtime.block_on(PgConnection::connect(&server.url())).expect("a connection");
        let (authority, password) = (Authority::new().expect("an authority"), "the password of tenure".to_owned());
        let wire = Wire::to(port(&server.url()));
        let roles = Self { server, runtime, admin: Mutex::new(admin), wire, authority, password };
        roles.run("CREATE ROLE tenure SUPERUSER LOGIN");
        roles.run(&format!("ALTER ROLE tenure PASSWORD '{}'", roles.password));
        roles.write("pg_hba.conf", HBA);
        roles.certify();
        for statement in [
            "CREATE ROLE heir NOLOGIN",
            "CREATE ROLE \"nadia.varga\" LOGIN",
            "CREATE ROLE \"sam.stone\" LOGIN",
            "CREATE ROLE finance NOLOGIN",
            "GRANT finance TO \"nadia.varga\"",
            "CREATE TABLE ledger (n INTEGER)",
            "ALTER TABLE ledger OWNER TO \"nadia.varga\"",
        ] {
            roles.run(statement);
        }
        roles
    }

    /// With these people besides.
    pub fn with(names: &[&str]) -> Self {
        let roles = Self::start();
        names.iter().for_each(|name| roles.run(&format!("CREATE ROLE \"{name}\" LOGIN")));
        roles
    }

    /// Runs a statement as the superuser.
    pub fn run(&self, statement: &str) {
        let mut admin = self.admin.lock().expect("no thread panicked");
        let sql = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        self.runtime.block_on(sql.execute(&mut *admin)).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }

    fn ask(&self, query: &'static str, with: &str) -> Option<String> {
        let mut admin = self.admin.lock().expect("no thread panicked");
        self.runtime.block_on(sqlx::query(query).bind(with).fetch_optional(&mut *admin)).expect(query).map(|row| row.get(0))
    }

    /// What `psql` answers to the superuser in a database.
    pub fn psql(&self, database: &str, query: &str) -> String {
        let port = port(&self.server.url()).to_string();
        let output = Command::new("psql")
            .args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-d", database, "-At", "-c", query])
            .output()
            .expect("psql is not installed (Debian: apt-get install postgresql-client)");
        assert!(output.status.success(), "{query}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// How it is reached. Accounts are deleted, and what they own goes to the heir.
    pub fn setup(&self, name: &str) -> Setup {
        self.setup_with(name, "ssl-mode = \"disable\"\n")
    }

    /// The same with TLS, and the authority that it has now.
    pub fn secure_setup(&self, name: &str) -> Setup {
        self.setup_with(name, &format!("ca-pem = \"\"\"{}\"\"\"\n", self.authority.pem()))
    }

    fn setup_with(&self, name: &str, security: &str) -> Setup {
        let port = self.wire.port;
        let settings = format!("host = \"127.0.0.1\"\nport = {port}\nuser = \"tenure\"\nreassign-to = \"heir\"\n{security}");
        Setup { on_end: "delete", ..Setup::new(name, "postgresql", settings, &self.password) }
    }

    /// Tells Tenure of it; yields the application's address.
    pub fn configure(&self, admin: &mut Client) -> String {
        self.setup("Books").record(admin)
    }

    fn connect_as(&self, role: &str, database: &str) -> Result<PgConnection, sqlx::Error> {
        self.runtime.block_on(PgConnection::connect(&format!("postgres://{role}@127.0.0.1:{}/{database}", port(&self.server.url()))))
    }

    pub fn lets_in(&self, role: &str) -> bool {
        self.connect_as(role, "postgres").is_ok()
    }

    /// A session that stays open.
    pub fn session_of(&self, role: &str) -> PgConnection {
        self.session_in(role, "postgres")
    }

    /// A session in a database that stays open.
    pub fn session_in(&self, role: &str, database: &str) -> PgConnection {
        self.connect_as(role, database).expect("a session")
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

    /// Gives Tenure's own role another password.
    pub fn change_password(&mut self) {
        self.password.push_str(" and more");
        self.run(&format!("ALTER ROLE tenure PASSWORD '{}'", self.password));
    }

    /// Shows a certificate of another authority from now on.
    pub fn change_certificate(&mut self) {
        self.authority = Authority::new().expect("an authority");
        self.certify();
    }

    fn certify(&self) {
        let (certificate, key) = self.authority.issue(&["127.0.0.1"]).expect("a certificate");
        self.write("server.crt", &certificate);
        self.write("server.key", &key);
        self.run("ALTER SYSTEM SET ssl = on");
        self.run("SELECT pg_reload_conf()");
    }

    /// Writes a file into its folder, readable for the server alone. There are no backslashes in it.
    fn write(&self, file: &str, text: &str) {
        let lines = format!("SELECT unnest(string_to_array($text${}$text$, E'\\n'))", text.trim_end());
        self.run(&format!("COPY ({lines}) TO PROGRAM 'umask 077; cat > {file}'"));
    }
}

fn port(url: &str) -> u16 {
    url.split(':').nth(2).and_then(|rest| rest.split('/').next()).and_then(|port| port.parse().ok()).expect("a port")
}
