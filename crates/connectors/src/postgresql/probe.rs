//! What cluster this is, and what Tenure's role may do there.

use sqlx::FromRow;

use super::{connect::Session, password};
use crate::{Fault, Probe};

#[derive(FromRow)]
struct Facts {
    version: String,
    version_num: i32,
    me: String,
    superuser: bool,
    createrole: bool,
    may_signal: bool,
    standby: bool,
    tls: bool,
}

/// Looks, and changes nothing.
///
/// # Errors
/// What the server said.
pub(super) async fn probe(session: &mut Session) -> Result<Probe, Fault> {
    let sql = "SELECT pg_catalog.current_setting('server_version') AS version, pg_catalog.current_setting('server_version_num')::int4 AS version_num, \
               current_user::text AS me, r.rolsuper AS superuser, r.rolcreaterole AS createrole, \
               pg_catalog.pg_has_role(current_user, 'pg_signal_backend', 'USAGE') AS may_signal, pg_catalog.pg_is_in_recovery() AS standby, \
               coalesce((SELECT s.ssl FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_catalog.pg_backend_pid()), false) AS tls \
               FROM pg_catalog.pg_roles r WHERE r.rolname = current_user";
    let facts: Facts = session.one(sqlx::query_as(sql), "see what server this is").await?;
    let readable = password::readable(session).await?;
    let rights = match (facts.superuser, facts.createrole) {
        (true, _) => "superuser",
        (_, true) => "CREATEROLE",
        _ => "neither superuser nor CREATEROLE",
    };
    let remarks = [
        (!facts.superuser && !facts.createrole, "Tenure's role may not change roles: ALTER ROLE … CREATEROLE"),
        (
            !facts.superuser && facts.version_num >= 160_000,
            "from version 16 on, CREATEROLE changes only roles on which it has ADMIN OPTION",
        ),
        (!facts.superuser && !facts.may_signal, "Tenure's role may not end sessions: GRANT pg_signal_backend"),
        (!facts.superuser, "without superuser, Tenure cannot drop a role to which others granted rights on what they own; it says which"),
        (
            !readable,
            "pg_authid may not be read: whether a role has a password is not known, and a password is verified by signing in with it",
        ),
        (facts.standby, "this is a standby: it takes no changes"),
        (!facts.tls, "the connection is without TLS"),
        (facts.version_num < 140_000, "this version is out of support; Tenure is tested from 15 on"),
    ];
    Ok(Probe {
        product: format!("PostgreSQL {}", super::names::shown(&facts.version)),
        signed_in_as: format!("{} ({rights})", super::names::shown(&facts.me)),
        remarks: remarks.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words.to_owned()).collect(),
    })
}
