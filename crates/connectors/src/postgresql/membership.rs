//! Who holds a role, and by which way.

use std::collections::HashMap;

use super::{
    connect::Session,
    names::{identifier, shown},
    role::Role,
};
use crate::{Fault, FaultKind, Outcome};

/// From this version on, a membership is there once per grantor, with options of its own.
const PER_GRANTOR: i32 = 160_000;

/// A cluster with more memberships around one account is told in words: half an answer would look like a whole one.
const MOST: usize = 100_000;

/// Grants an entitlement directly.
///
/// # Errors
/// What the server said.
pub(super) async fn add(session: &mut Session, member: &Role, entitlement: &Role) -> Result<Outcome, Fault> {
    if !grantors(session, member, &entitlement.name).await?.is_empty() {
        return Ok(Outcome::AlreadySo);
    }
    session.run(format!("GRANT {} TO {}", entitlement.quoted(), member.quoted()), "grant a role").await?;
    Ok(Outcome::Done)
}

/// Revokes an entitlement, whoever granted it. Whom the member granted it to in turn keeps it.
///
/// # Errors
/// What the server said.
pub(super) async fn remove(session: &mut Session, member: &Role, entitlement: &str) -> Result<Outcome, Fault> {
    let grantors = grantors(session, member, entitlement).await?;
    if grantors.is_empty() {
        return Ok(Outcome::AlreadySo);
    }
    let revoke = format!("REVOKE {} FROM {}", identifier(entitlement), member.quoted());
    let mut statements = take_over(session, member, Some(entitlement)).await?;
    if version(session).await? < PER_GRANTOR {
        statements.push(revoke);
    } else {
        statements.extend(grantors.iter().map(|grantor| format!("{revoke} GRANTED BY {} CASCADE", identifier(grantor))));
    }
    session.run(statements.join("; "), "revoke a role").await?;
    Ok(Outcome::Done)
}

/// By whom a role was granted to a member directly. A grantor that is gone (before version 16) has no name.
///
/// # Errors
/// What the server said.
pub(super) async fn grantors(session: &mut Session, member: &Role, entitlement: &str) -> Result<Vec<String>, Fault> {
    let sql = "SELECT coalesce(g.rolname::text, '') FROM pg_catalog.pg_auth_members m \
               JOIN pg_catalog.pg_roles e ON e.oid = m.roleid LEFT JOIN pg_catalog.pg_roles g ON g.oid = m.grantor \
               WHERE m.member = $1::int8::oid AND e.rolname = $2::text::name ORDER BY 1";
    let rows: Vec<(String,)> = session.all(sqlx::query_as(sql).bind(member.oid).bind(entitlement), "read a membership").await?;
    Ok(rows.into_iter().map(|(grantor,)| grantor).collect())
}

/// Statements that make Tenure the grantor of what a role granted to others, so that they keep it when
/// that role loses the right or is dropped. Before version 16 nothing hangs on the grantor.
///
/// # Errors
/// What the server said.
pub(super) async fn take_over(session: &mut Session, grantor: &Role, only: Option<&str>) -> Result<Vec<String>, Fault> {
    if version(session).await? < PER_GRANTOR {
        return Ok(Vec::new());
    }
    let sql = "SELECT e.rolname::text, t.rolname::text, m.admin_option, m.inherit_option, m.set_option FROM pg_catalog.pg_auth_members m \
               JOIN pg_catalog.pg_roles e ON e.oid = m.roleid JOIN pg_catalog.pg_roles t ON t.oid = m.member \
               WHERE m.grantor = $1::int8::oid AND m.roleid <> m.grantor AND ($2::text IS NULL OR e.rolname = $2::text::name) \
               ORDER BY 1, 2 LIMIT 100000";
    let rows: Vec<(String, String, bool, bool, bool)> =
        session.all(sqlx::query_as(sql).bind(grantor.oid).bind(only), "read what a role granted").await?;
    not_too_many(rows.len(), grantor)?;
    let grant = |(role, to, admin, inherit, set): (String, String, bool, bool, bool)| {
        format!("GRANT {} TO {} WITH ADMIN {admin}, INHERIT {inherit}, SET {set}", identifier(&role), identifier(&to))
    };
    Ok(rows.into_iter().map(grant).collect())
}

/// The shortest way by which a role holds another, as names from the one to the other; two names are
/// direct membership. Every role is visited once, so a circle ends too.
///
/// # Errors
/// What the server said, or that there are too many roles around it.
pub(super) async fn way(session: &mut Session, from: &Role, to: &str) -> Result<Option<Vec<String>>, Fault> {
    // Who led to it first, by the role's name.
    let mut through: HashMap<String, String> = HashMap::new();
    let mut edge = vec![from.name.clone()];
    while !edge.is_empty() {
        let sql = "SELECT DISTINCT m2.rolname::text, e.rolname::text FROM pg_catalog.pg_auth_members m \
                   JOIN pg_catalog.pg_roles e ON e.oid = m.roleid JOIN pg_catalog.pg_roles m2 ON m2.oid = m.member \
                   WHERE m2.rolname = ANY($1::text[]::name[]) ORDER BY 1, 2 LIMIT 100000";
        let rows: Vec<(String, String)> = session.all(sqlx::query_as(sql).bind(&edge), "walk memberships").await?;
        not_too_many(rows.len() + through.len(), from)?;
        edge.clear();
        for (member, role) in rows {
            if role != from.name && !through.contains_key(&role) {
                through.insert(role.clone(), member);
                edge.push(role);
            }
        }
        if through.contains_key(to) {
            return Ok(Some(back(&through, &from.name, to)));
        }
    }
    Ok(None)
}

fn not_too_many(count: usize, role: &Role) -> Result<(), Fault> {
    if count < MOST {
        return Ok(());
    }
    Err(Fault::new(FaultKind::Refused, format!("there are {MOST} memberships or more around {}: too many to follow", shown(&role.name))))
}

fn back(through: &HashMap<String, String>, from: &str, to: &str) -> Vec<String> {
    let mut way = vec![to.to_owned()];
    let mut at = to;
    while let Some(next) = through.get(at) {
        way.push(next.clone());
        at = next;
        if at == from {
            break;
        }
    }
    way.reverse();
    way
}

async fn version(session: &mut Session) -> Result<i32, Fault> {
    let sql = "SELECT pg_catalog.current_setting('server_version_num')::int4";
    Ok(session.one::<(i32,)>(sqlx::query_as(sql), "read the version").await?.0)
}
