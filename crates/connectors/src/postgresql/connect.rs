//! One short-lived connection, each exchange of it within the limit.

use std::{future::Future, time::Duration};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, FromRow, PgConnection, Postgres,
    postgres::{PgArguments, PgConnectOptions, PgRow, PgSslMode},
    query::QueryAs,
};

use super::{
    faults::Place,
    settings::{Settings, SslMode},
};
use crate::{Fault, FaultKind, Limits, Secret};

/// A connection to one database.
pub(super) struct Session {
    connection: PgConnection,
    place: Place,
    timeout: Duration,
}

impl Session {
    /// Signs in as Tenure's own role.
    ///
    /// # Errors
    /// Why that does not work.
    pub(super) async fn open(settings: &Settings, password: &Secret, limits: Limits, database: &str) -> Result<Self, Fault> {
        Self::open_as(settings, &settings.user, password, limits, database).await
    }

    /// Signs in as any role.
    ///
    /// # Errors
    /// Why that does not work.
    pub(super) async fn open_as(settings: &Settings, role: &str, password: &Secret, limits: Limits, database: &str) -> Result<Self, Fault> {
        let place = Place::new(settings, database);
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&settings.host)
            .port(settings.port)
            .username(role)
            .password(password.expose())
            .database(database)
            .application_name("tenure")
            .ssl_mode(match settings.ssl_mode {
                SslMode::VerifyFull => PgSslMode::VerifyFull,
                SslMode::Disable => PgSslMode::Disable,
            });
        if let Some(pem) = &settings.ca_pem {
            options = options.ssl_root_cert_from_pem(pem.clone().into_bytes());
        }
        // Statements hold verifiers of passwords: they do not go into Tenure's own log, not even slow ones.
        let options = options.disable_statement_logging();
        let connecting = PgConnection::connect_with(&options);
        let connection = match tokio::time::timeout(limits.timeout, connecting).await {
            Ok(connected) => connected.map_err(|error| place.while_connecting(error))?,
            Err(_) => {
                let words = format!(
                    "{}:{} gave no answer within {} s to: sign in. Nothing was asked of it yet.",
                    settings.host,
                    settings.port,
                    limits.timeout.as_secs_f32()
                );
                return Err(Fault::new(FaultKind::Timeout, words));
            }
        };
        let mut session = Self { connection, place, timeout: limits.timeout };
        session.set_up().await?;
        Ok(session)
    }

    /// The server calls a statement off a little before this side stops to wait, and a wait for a lock
    /// before that, so that nothing goes on unwatched. No name is looked up outside PostgreSQL's own.
    async fn set_up(&mut self) -> Result<(), Fault> {
        let limit = self.timeout.as_millis().clamp(10, 3_600_000);
        let (statement, lock) = (limit * 9 / 10, limit * 6 / 10);
        self.run(
            format!(
                "SET statement_timeout = {statement}; SET lock_timeout = {lock}; SET idle_in_transaction_session_timeout = '10min'; \
                 SET standard_conforming_strings = on; SET search_path = pg_catalog; SET client_min_messages = error"
            ),
            "set up the session",
        )
        .await
    }

    /// Runs statements that take no parameters; what is in them was quoted by `names`. Several in one
    /// text are one transaction.
    ///
    /// # Errors
    /// What the server said; `doing` goes into the words.
    pub(super) async fn run(&mut self, sql: String, doing: &str) -> Result<(), Fault> {
        let Self { connection, place, timeout } = self;
        within(*timeout, place, doing, sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection)).await.map(|_| ())
    }

    /// All rows of a query whose text bounds their number.
    ///
    /// # Errors
    /// What the server said.
    pub(super) async fn all<T>(&mut self, query: QueryAs<'_, Postgres, T, PgArguments>, doing: &str) -> Result<Vec<T>, Fault>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let Self { connection, place, timeout } = self;
        within(*timeout, place, doing, query.fetch_all(connection)).await
    }

    /// The row of a query, if there is one.
    ///
    /// # Errors
    /// What the server said.
    pub(super) async fn optional<T>(&mut self, query: QueryAs<'_, Postgres, T, PgArguments>, doing: &str) -> Result<Option<T>, Fault>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let Self { connection, place, timeout } = self;
        within(*timeout, place, doing, query.fetch_optional(connection)).await
    }

    /// The one row of a query.
    ///
    /// # Errors
    /// What the server said.
    pub(super) async fn one<T>(&mut self, query: QueryAs<'_, Postgres, T, PgArguments>, doing: &str) -> Result<T, Fault>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let Self { connection, place, timeout } = self;
        within(*timeout, place, doing, query.fetch_one(connection)).await
    }

    /// How long one exchange may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Says good-bye. A server that does not hear it any more is no fault.
    pub(super) async fn close(self) {
        let _ = tokio::time::timeout(self.timeout, self.connection.close()).await;
    }
}

async fn within<T>(
    limit: Duration,
    place: &Place,
    doing: &str,
    exchange: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(limit, exchange).await {
        Ok(answer) => answer.map_err(|error| place.while_doing(error, doing)),
        Err(_) => Err(place.timeout(limit, doing)),
    }
}
