//! For tests, here and in the crates above: fresh databases on both engines, and a hand that
//! changes rows past all rules.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

use crate::engine::{EventMac, Store, StoreError};

/// Holds the URL of a PostgreSQL server on which tests may create databases. `cargo xtask test`
/// sets it.
pub const URL_VARIABLE: &str = "TENURE_TEST_POSTGRES";

/// A fresh database on each engine, by name: SQLite in memory, and PostgreSQL where
/// [`URL_VARIABLE`] says so. Databases on PostgreSQL go with their server.
///
/// # Panics
/// When one cannot be made.
pub async fn stores(mac: &EventMac) -> Vec<(String, Store)> {
    let mut stores = vec![sqlite(mac).await];
    match std::env::var(URL_VARIABLE) {
        Ok(url) => stores.push(postgres(&url, mac).await),
        Err(_) => println!("no PostgreSQL: {URL_VARIABLE} is not set"),
    }
    stores
}

async fn sqlite(mac: &EventMac) -> (String, Store) {
    let store = Store::open("sqlite::memory:", EventMac::clone(mac)).await;
    ("SQLite".to_owned(), store.expect("SQLite in memory opens"))
}

async fn postgres(url: &str, mac: &EventMac) -> (String, Store) {
    let name = format!("tenure_test_{}", uuid::Uuid::now_v7().simple());
    let mut server = PgConnectOptions::from_str(url).expect("the variable holds a URL").connect().await.expect("the server can be reached");
    // It sorts as people do, not by bytes, so that a query which counts on bytes is found out.
    let people = format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
    if server.execute(AssertSqlSafe(people)).await.is_err() {
        server.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database can be made");
    }
    let store = Store::open(&with_database(url, &name), EventMac::clone(mac)).await;
    ("PostgreSQL".to_owned(), store.expect("the new database opens"))
}

/// Where a database is, as a second process would open it.
///
/// # Panics
/// When the database fails.
pub async fn address(store: &Store) -> String {
    let mut tx = store.write().await.expect("writing begins");
    let (sql, postgres) = match store.engine() {
        crate::Engine::Sqlite => ("SELECT file FROM pragma_database_list WHERE name = 'main'", false),
        crate::Engine::Postgres => ("SELECT current_database()::text", true),
    };
    let (name,): (String,) = match &mut tx.tx.conn {
        crate::engine::Conn::Sqlite(conn) => sqlx::query_as(sql).fetch_one(&mut **conn).await,
        crate::engine::Conn::Postgres(conn) => sqlx::query_as(sql).fetch_one(&mut **conn).await,
    }
    .expect("it says where it is");
    if postgres { with_database(&std::env::var(URL_VARIABLE).unwrap_or_default(), &name) } else { format!("sqlite://{name}") }
}

/// The URL of another database on the same server.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find('/').map_or(address.len(), |at| host + at);
    let question = if options.is_empty() { "" } else { "?" };
    format!("{}/{name}{question}{options}", &address[..end])
}

/// Runs SQL as it is, past proofs and audit events: what a stranger with the database could do.
/// Gives the number of rows it touched.
///
/// # Errors
/// When the database refuses it.
pub async fn execute_raw(store: &Store, sql: &str) -> Result<u64, StoreError> {
    let mut tx = store.write().await?;
    let touched = on_both!(tx.tx, conn => (&mut **conn).execute(AssertSqlSafe(sql.to_owned())).await?.rows_affected());
    tx.unscoped_commit().await?;
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn another_database_keeps_the_rest_of_the_url() {
        for (url, expected) in [
            ("postgres://u:p@h:5/postgres", "postgres://u:p@h:5/x"),
            ("postgres://h", "postgres://h/x"),
            ("postgres://u@h/a?sslmode=disable", "postgres://u@h/x?sslmode=disable"),
        ] {
            assert_eq!(with_database(url, "x"), expected);
        }
    }
}
