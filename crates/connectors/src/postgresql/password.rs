//! The password of a role: set, taken away, and looked at.

use super::{
    connect::Session,
    names::{literal, shown},
    role::Role,
    scram,
    settings::Settings,
};
use crate::{Fault, FaultKind, Limits, Outcome, ReadBack, Secret};

/// What can be seen of a role's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// There is one.
    Set,
    /// There is none.
    None,
    /// Tenure's role may not read `pg_authid`.
    Unreadable,
}

/// Whether Tenure's role may read `pg_authid`, where passwords are.
///
/// # Errors
/// What the server said.
pub(super) async fn readable(session: &mut Session) -> Result<bool, Fault> {
    let sql = "SELECT pg_catalog.has_column_privilege('pg_catalog.pg_authid', 'rolpassword', 'SELECT') \
               AND pg_catalog.has_column_privilege('pg_catalog.pg_authid', 'oid', 'SELECT')";
    Ok(session.one::<(bool,)>(sqlx::query_as(sql), "see whether pg_authid may be read").await?.0)
}

/// Looks whether a role has a password.
///
/// # Errors
/// What the server said.
pub(super) async fn look(session: &mut Session, role: &Role) -> Result<Seen, Fault> {
    if !readable(session).await? {
        return Ok(Seen::Unreadable);
    }
    let sql = "SELECT rolpassword IS NOT NULL FROM pg_catalog.pg_authid WHERE oid = $1::int8::oid";
    let found: Option<(bool,)> = session.optional(sqlx::query_as(sql).bind(role.oid), "look for a password").await?;
    Ok(if found.is_some_and(|(set,)| set) { Seen::Set } else { Seen::None })
}

/// Sets it, as a verifier made on this side.
///
/// # Errors
/// When it cannot be one, and what the server said.
pub(super) async fn set(session: &mut Session, role: &Role, password: &Secret) -> Result<Outcome, Fault> {
    let password = password.expose();
    // PostgreSQL takes an empty one as none, and none of its clients can send a zero byte.
    if password.is_empty() || password.contains('\0') {
        return Err(Fault::new(FaultKind::Refused, "the password is empty or holds a zero byte"));
    }
    if stored_is(session, role, password).await? == Some(true) {
        return Ok(Outcome::AlreadySo);
    }
    let verifier = scram::verifier(password).map_err(|_| Fault::new(FaultKind::Refused, "this machine gives no randomness for a salt"))?;
    session.run(format!("ALTER ROLE {} PASSWORD {}", role.quoted(), literal(&verifier)), "set a role's password").await?;
    Ok(Outcome::Done)
}

/// Takes it away.
///
/// # Errors
/// What the server said.
pub(super) async fn take_away(session: &mut Session, role: &Role) -> Result<Outcome, Fault> {
    if look(session, role).await? == Seen::None {
        return Ok(Outcome::AlreadySo);
    }
    session.run(format!("ALTER ROLE {} PASSWORD NULL", role.quoted()), "take a role's password away").await?;
    Ok(Outcome::Done)
}

/// Whether what is stored is of this password; none when it cannot be told.
async fn stored_is(session: &mut Session, role: &Role, password: &str) -> Result<Option<bool>, Fault> {
    if !readable(session).await? {
        return Ok(None);
    }
    let sql = "SELECT coalesce(left(rolpassword, 1000), '') FROM pg_catalog.pg_authid WHERE oid = $1::int8::oid";
    let found: Option<(String,)> = session.optional(sqlx::query_as(sql).bind(role.oid), "compare a password").await?;
    Ok(found.and_then(|(verifier,)| if verifier.is_empty() { Some(false) } else { scram::is_of(&verifier, password) }))
}

/// Whether the role has this password: by its verifier, or else by signing in with it.
///
/// # Errors
/// When neither can be looked at.
pub(super) async fn is(
    session: &mut Session,
    settings: &Settings,
    limits: Limits,
    role: &Role,
    password: &Secret,
) -> Result<ReadBack, Fault> {
    let name = shown(&role.name);
    match stored_is(session, role, password.expose()).await? {
        Some(true) => return Ok(ReadBack::So(format!("pg_authid: the verifier of {name} is of this password"))),
        Some(false) => return Ok(ReadBack::NotSo(format!("pg_authid: {name} has another password or none"))),
        None => {}
    }
    if !accepted(settings, limits, role, password).await? {
        return Ok(ReadBack::NotSo(format!("signing in as {name} with this password is refused")));
    }
    // Where pg_hba.conf says trust, any password is accepted: that proves nothing.
    let wrong = Secret::new(format!("{} ", password.expose()));
    if accepted(settings, limits, role, &wrong).await? {
        return Ok(ReadBack::NotSo(format!(
            "the server asks no password of {name} from here, and pg_authid may not be read: it cannot be told"
        )));
    }
    Ok(ReadBack::So(format!("signed in as {name} with this password; with another one it is refused")))
}

async fn accepted(settings: &Settings, limits: Limits, role: &Role, password: &Secret) -> Result<bool, Fault> {
    match Session::open_as(settings, &role.name, password, limits, &settings.maintenance_database).await {
        Ok(session) => {
            session.close().await;
            Ok(true)
        }
        Err(fault) if fault.kind == FaultKind::SignIn => Ok(false),
        // The password was right; only this database is closed to it.
        Err(fault) if fault.kind == FaultKind::Forbidden => Ok(true),
        Err(fault) => Err(fault),
    }
}
