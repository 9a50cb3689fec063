//! One role, as the cluster shows it now.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{
    connect::Session,
    mark::{self, Mark},
    names::{self, shown},
    settings::Settings,
};
use crate::{AccountRef, Fault, FaultKind};

/// The columns of a role, from `pg_roles r`. A date that no calendar holds (`infinity`) is none.
pub(super) const COLUMNS: &str = "r.oid::int8 AS oid, r.rolname::text AS name, r.rolcanlogin AS login, r.rolsuper AS superuser, \
    r.rolinherit AS inherit, r.rolcreaterole AS createrole, r.rolcreatedb AS createdb, r.rolreplication AS replication, \
    r.rolbypassrls AS bypassrls, r.rolconnlimit AS connection_limit, \
    CASE WHEN r.rolvaliduntil > '0002-01-01' AND r.rolvaliduntil < '9999-01-01' THEN r.rolvaliduntil END AS until, \
    coalesce(r.rolvaliduntil <= now(), false) AS expired, \
    coalesce(left(pg_catalog.shobj_description(r.oid, 'pg_authid'), 8000), '') AS comment";

/// A role.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Role {
    pub oid: i64,
    pub name: String,
    pub login: bool,
    pub superuser: bool,
    pub inherit: bool,
    pub createrole: bool,
    pub createdb: bool,
    pub replication: bool,
    pub bypassrls: bool,
    pub connection_limit: i32,
    pub until: Option<DateTime<Utc>>,
    /// Whether the end of its password is past.
    pub expired: bool,
    comment: String,
}

impl Role {
    /// The role of that name, if there is one.
    ///
    /// # Errors
    /// When the name cannot be one, or the server does not answer.
    pub(super) async fn find(session: &mut Session, name: &str) -> Result<Option<Self>, Fault> {
        names::check(name).map_err(|why| Fault::new(FaultKind::Refused, why))?;
        let sql = format!("SELECT {COLUMNS} FROM pg_catalog.pg_roles r WHERE r.rolname = $1::text::name");
        session.optional(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(name), "read a role").await
    }

    /// The same, when it must be there.
    ///
    /// # Errors
    /// Also when it is not there.
    pub(super) async fn expect_there(session: &mut Session, name: &str) -> Result<Self, Fault> {
        let absent = || Fault::new(FaultKind::Refused, format!("there is no role {}", shown(name)));
        Self::find(session, name).await?.ok_or_else(absent)
    }

    /// Its comment, without Tenure's mark.
    pub(super) fn comment(&self) -> &str {
        mark::split(&self.comment).1
    }

    /// What it had before Tenure disabled it.
    pub(super) fn mark(&self) -> Option<Mark> {
        // A mark at a role that can log in says nothing: somebody enabled it by hand.
        mark::split(&self.comment).0.filter(|_| !self.login)
    }

    /// Whether it is an account: it can log in, or could before it was disabled. All others are entitlements.
    pub(super) fn is_account(&self) -> bool {
        self.login || self.mark().is_some()
    }

    /// Whether somebody can sign in as it.
    pub(super) fn enabled(&self) -> bool {
        self.login && !self.expired
    }

    /// Its name, ready for a statement.
    pub(super) fn quoted(&self) -> String {
        names::identifier(&self.name)
    }

    /// Whether Tenure may change it.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn may_be_changed(&self, settings: &Settings) -> Result<(), Fault> {
        if self.superuser {
            return Err(refused(&self.name, "is a superuser; Tenure does not change superusers"));
        }
        name_may_be_changed(&self.name, settings)
    }
}

/// Whether Tenure may change a role of this name.
///
/// # Errors
/// Why not.
pub(super) fn name_may_be_changed(name: &str, settings: &Settings) -> Result<(), Fault> {
    if let Some(whose) = reserved(name, settings) {
        return Err(refused(name, whose));
    }
    let all = settings.prefixes.is_empty() && settings.roles.is_empty();
    if all || settings.roles.iter().any(|role| role == name) || settings.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str())) {
        return Ok(());
    }
    Err(refused(name, "is none of the roles that Tenure may change (prefixes and roles in the settings of this target)"))
}

/// Whether a new account may have this name. One that is reserved is like one that is taken: another may do.
///
/// # Errors
/// Why not.
pub(super) fn name_may_be_given(name: &str, settings: &Settings) -> Result<(), Fault> {
    match reserved(name, settings) {
        Some(whose) => Err(taken(name, whose)),
        None => name_may_be_changed(name, settings),
    }
}

fn reserved(name: &str, settings: &Settings) -> Option<&'static str> {
    if name.starts_with("pg_") {
        return Some("belongs to PostgreSQL itself");
    }
    if name == settings.user {
        return Some("is the role that Tenure itself signs in with");
    }
    settings.protected.iter().any(|protected| protected == name).then_some("is protected in the settings of this target")
}

/// A role that cannot be a new account's, because it is somebody else's.
pub(super) fn taken(name: &str, why: &str) -> Fault {
    Fault::new(FaultKind::NameTaken, format!("the role {} {why}: take another name", shown(name)))
}

fn refused(name: &str, why: &str) -> Fault {
    Fault::new(FaultKind::Refused, format!("the role {} {why}", shown(name)))
}

/// The name of an account's role. A role's name is its key: its number does not outlive a restore from a dump.
pub(super) fn name_of(account: &AccountRef) -> &str {
    if account.key.is_empty() { &account.name } else { &account.key }
}
