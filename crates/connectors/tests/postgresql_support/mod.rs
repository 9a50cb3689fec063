//! A cluster of this test binary's own: roles but the superuser sign in with a password.

// Each test binary uses some of it; helpers of tests may unwrap as tests do.
#![allow(dead_code, clippy::unwrap_used)]

use std::{sync::OnceLock, time::Duration};

use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use tenure_connectors::{
    AccountDraft, AccountRef, Change, Connector, Fault, Limits, Outcome, ReadBack, Secret,
    postgresql::{Postgresql, Settings},
};
use tenure_test_support::{Postgres, postgres::Durability};

pub const PASSWORD: &str = "Tenure's own password";

/// Every role but the superuser is asked for its password; the superuser of the tests is not.
const HBA: &str = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";

pub struct Cluster {
    /// Holds the server.
    _server: Option<Postgres>,
    pub port: u16,
    url: String,
}

pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let begun = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(Cluster::start())
        });
        begun.join().unwrap()
    })
}

impl Cluster {
    /// Starts one.
    pub async fn start() -> Self {
        let server = Postgres::start(Durability::Off).unwrap_or_else(|error| panic!("{error}"));
        let url = server.url();
        let port = url.split(':').nth(2).and_then(|rest| rest.split('/').next()).and_then(|port| port.parse().ok()).unwrap();
        let cluster = Self { _server: Some(server), port, url };
        let mut admin = cluster.admin("postgres").await;
        run(&mut admin, "CREATE ROLE tenure SUPERUSER LOGIN").await;
        run(&mut admin, &format!("ALTER ROLE tenure PASSWORD '{}'", PASSWORD.replace('\'', "''"))).await;
        write(&mut admin, "pg_hba.conf", HBA).await;
        run(&mut admin, "SELECT pg_reload_conf()").await;
        cluster
    }

    /// Stops the server.
    pub fn stop(&mut self) {
        self._server = None;
    }

    /// A superuser in a database.
    pub async fn admin(&self, database: &str) -> PgConnection {
        let options: PgConnectOptions = self.url.parse().unwrap();
        PgConnection::connect_with(&options.database(database)).await.unwrap()
    }

    /// Somebody in a database.
    pub async fn sign_in(&self, role: &str, password: &str, database: &str) -> Result<PgConnection, sqlx::Error> {
        let options: PgConnectOptions = self.url.parse().unwrap();
        PgConnection::connect_with(&options.username(role).password(password).database(database)).await
    }

    pub fn settings(&self) -> Settings {
        let text = format!(
            r#"{{"host": "127.0.0.1", "port": {}, "user": "tenure", "ssl-mode": "disable", "protected": ["payroll_owner"]}}"#,
            self.port
        );
        serde_json::from_str(&text).unwrap()
    }

    pub fn connector(&self) -> Postgresql {
        connector(self.settings(), PASSWORD)
    }
}

pub fn connector(settings: Settings, password: &str) -> Postgresql {
    Postgresql::new(settings, Secret::new(password.into()), Limits { timeout: Duration::from_secs(20) }).unwrap()
}

pub async fn run(connection: &mut PgConnection, sql: &str) {
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await {
        panic!("{sql}: {error}");
    }
}

pub async fn truth(connection: &mut PgConnection, sql: &str) -> bool {
    sqlx::query_scalar::<_, bool>(AssertSqlSafe(format!("SELECT {sql}")))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Writes a file into the data folder, readable for the server alone.
pub async fn write(admin: &mut PgConnection, file: &str, text: &str) {
    // COPY's text format doubles backslashes; there are none in what is written here.
    let sql =
        format!("COPY (SELECT unnest(string_to_array($text${}$text$, E'\\n'))) TO PROGRAM 'umask 077; cat > {file}'", text.trim_end());
    run(admin, &sql).await;
}

pub fn account(name: &str) -> AccountRef {
    AccountRef { key: name.into(), name: name.into() }
}

pub fn draft(name: &str, attributes: &[(&str, &str)]) -> AccountDraft {
    let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
    AccountDraft { account: account(name), attributes }
}

/// Performs it, sees that it is so, and performs it again: then there is nothing to do.
pub async fn twice(connector: &dyn Connector, change: &Change) -> String {
    assert_eq!(connector.perform(change).await, Ok(Outcome::Done), "{change:?}");
    let evidence = so(connector, change).await;
    assert_eq!(connector.perform(change).await, Ok(Outcome::AlreadySo), "{change:?} again");
    evidence
}

pub async fn so(connector: &dyn Connector, change: &Change) -> String {
    match connector.read_back(change).await {
        Ok(ReadBack::So(evidence)) => evidence,
        other => panic!("{change:?}: {other:?}"),
    }
}

pub async fn not_so(connector: &dyn Connector, change: &Change) -> String {
    match connector.read_back(change).await {
        Ok(ReadBack::NotSo(why)) => why,
        other => panic!("{change:?}: {other:?}"),
    }
}

pub async fn fault(connector: &dyn Connector, change: &Change) -> Fault {
    connector.perform(change).await.expect_err(&format!("{change:?} must not work"))
}
