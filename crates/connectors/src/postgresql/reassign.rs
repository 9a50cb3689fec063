//! What a role owns, in each database of the cluster, and who gets it.
//!
//! `pg_shdepend` is where PostgreSQL itself looks before it drops a role: it names the databases in
//! which something hangs on it, so that only those need a connection.

use super::{Postgresql, connect::Session, membership, names::shown, role::Role};
use crate::{Fault, FaultKind};

/// How many objects are named to the one who has to decide.
const NAMED: usize = 10;

/// Owned, but not handed over by `REASSIGN OWNED`: default privileges and user mappings mean nothing without their role.
const OWNED: &str = "s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = $1::int8::oid AND s.deptype = 'o' \
    AND s.classid NOT IN ('pg_catalog.pg_default_acl'::regclass, 'pg_catalog.pg_user_mapping'::regclass)";

/// The databases in which something hangs on a role; `shared` stands for what belongs to all of them.
pub(super) struct Hanging {
    databases: Vec<(String, bool)>,
    shared: bool,
}

/// Looks where something hangs on a role: owned or granted.
///
/// # Errors
/// What the server said.
pub(super) async fn hanging(session: &mut Session, role: &Role) -> Result<Hanging, Fault> {
    let sql = "SELECT DISTINCT coalesce(d.datname::text, ''), coalesce(d.datallowconn, true) FROM pg_catalog.pg_shdepend s \
               LEFT JOIN pg_catalog.pg_database d ON d.oid = s.dbid \
               WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = $1::int8::oid ORDER BY 1 LIMIT 10000";
    let mut databases: Vec<(String, bool)> = session.all(sqlx::query_as(sql).bind(role.oid), "look where a role owns something").await?;
    let before = databases.len();
    databases.retain(|(name, _)| !name.is_empty());
    Ok(Hanging { shared: databases.len() < before, databases })
}

impl Hanging {
    /// The databases to go to; those that take no connection are for a person.
    fn to_visit<'a>(&'a self, maintenance: &'a str, role: &Role) -> Result<Vec<&'a str>, Fault> {
        if let Some((closed, _)) = self.databases.iter().find(|(_, open)| !open) {
            let words = format!(
                "something of {} is in database {}, which takes no connections: allow them (ALTER DATABASE … ALLOW_CONNECTIONS true) or drop it",
                shown(&role.name),
                shown(closed)
            );
            return Err(Fault::new(FaultKind::NeedsDecision, words));
        }
        let mut names: Vec<&str> = self.databases.iter().map(|(name, _)| name.as_str()).collect();
        if self.shared && !names.contains(&maintenance) {
            names.push(maintenance);
        }
        Ok(names)
    }
}

impl Postgresql {
    /// Gives what a role owns to the heir, and takes away what was granted to it, in each database in a
    /// transaction of its own. What is done already is not there any more the next time.
    ///
    /// # Errors
    /// [`FaultKind::NeedsDecision`] when it owns something and there is no heir; what the server said.
    pub(super) async fn hand_over(&self, session: &mut Session, role: &Role, heir: Option<&Role>) -> Result<(), Fault> {
        let hanging = hanging(session, role).await?;
        let databases = hanging.to_visit(&self.settings.maintenance_database, role)?;
        if heir.is_none() {
            self.nothing_is_owned(&databases, role).await?;
        }
        for database in databases {
            let mut there = self.session(database).await?;
            hand_over_in(&mut there, role, heir).await?;
            there.close().await;
        }
        Ok(())
    }

    async fn nothing_is_owned(&self, databases: &[&str], role: &Role) -> Result<(), Fault> {
        let mut found: Vec<String> = Vec::new();
        let mut places: Vec<&str> = Vec::new();
        for database in databases {
            let mut there = self.session(database).await?;
            let objects = owned(&mut there, role).await?;
            there.close().await;
            if !objects.is_empty() {
                places.push(database);
                found.extend(objects.into_iter().map(|object| format!("{database}: {object}")));
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        // What belongs to all databases was seen from each.
        found.truncate(NAMED);
        let words = format!(
            "{} owns something in {} and nobody is named to take it over; the first of it: {}. Name an heir, or reassign-to in the settings of this target.",
            shown(&role.name),
            shown(&places.join(", ")),
            found.join("; ")
        );
        Err(Fault::new(FaultKind::NeedsDecision, words))
    }
}

/// The first objects that a role owns, in this database or shared by all.
async fn owned(session: &mut Session, role: &Role) -> Result<Vec<String>, Fault> {
    let sql = format!(
        "SELECT left(coalesce(pg_catalog.pg_describe_object(s.classid, s.objid, s.objsubid), 'an object'), 200) FROM pg_catalog.pg_shdepend s \
         WHERE {OWNED} AND s.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())) \
         ORDER BY s.dbid DESC, s.classid, s.objid LIMIT {NAMED}"
    );
    let rows: Vec<(String,)> = session.all(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(role.oid), "list what a role owns").await?;
    Ok(rows.into_iter().map(|(object,)| shown(&object)).collect())
}

/// One transaction in one database. Cut off anywhere, nothing of it happened.
async fn hand_over_in(session: &mut Session, role: &Role, heir: Option<&Role>) -> Result<(), Fault> {
    let name = role.quoted();
    session.run("BEGIN".into(), "begin").await?;
    let borrowed = borrow_rights(session, role, heir).await?;
    if let Some(heir) = heir {
        session.run(format!("REASSIGN OWNED BY {name} TO {}", heir.quoted()), "give what a role owns to another").await?;
    }
    // DROP OWNED drops what it still finds: never without this look, in the same transaction.
    let left = owned(session, role).await?;
    if !left.is_empty() {
        let words = format!("{} still owns: {}", shown(&role.name), left.join("; "));
        return Err(Fault::new(FaultKind::NeedsDecision, words));
    }
    let grants = membership::take_over(session, role, None).await?;
    if !grants.is_empty() {
        session.run(grants.join("; "), "take over what a role granted").await?;
    }
    session.run(format!("DROP OWNED BY {name}"), "take away what was granted to a role").await?;
    for borrowed in borrowed {
        session.run(format!("REVOKE {borrowed} FROM CURRENT_USER"), "give borrowed rights back").await?;
    }
    session.run("COMMIT".into(), "commit").await
}

/// Only a superuser may act for any role; others must be members of both, here for this transaction.
async fn borrow_rights(session: &mut Session, role: &Role, heir: Option<&Role>) -> Result<Vec<String>, Fault> {
    let mut borrowed = Vec::new();
    for role in [Some(role), heir].into_iter().flatten() {
        let sql = "SELECT pg_catalog.pg_has_role(current_user, $1::int8::oid, 'USAGE')";
        let (has,): (bool,) = session.one(sqlx::query_as(sql).bind(role.oid), "see whether Tenure may act for a role").await?;
        if !has {
            session.run(format!("GRANT {} TO CURRENT_USER", role.quoted()), "act for a role in this transaction").await?;
            borrowed.push(role.quoted());
        }
    }
    Ok(borrowed)
}
