//! Everything that is there, a page at a time.
//!
//! Four passes over two keysets: roles by number for accounts, entitlements and passwords, memberships
//! by their pair of numbers. One page is in memory, however many roles there are.

use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use sqlx::{AssertSqlSafe, FromRow};
use tenure_domain::credential::CredentialKind;

use super::{
    connect::Session,
    found::told,
    password,
    role::{COLUMNS, Role},
};
use crate::{Fault, Found, FoundCredential, FoundEntitlement, FoundMembership, Watermark};

const PAGE: i64 = 1000;

/// Which pass, and after which keys it goes on.
#[derive(Debug, Clone, Copy)]
enum Pass {
    Accounts(i64),
    Entitlements(i64),
    Memberships(i64, i64),
    Credentials(i64),
    Watermark,
    Over,
}

/// A role with what is known of its password: there is one, there is none, or nobody may look.
#[derive(FromRow)]
struct Proven {
    #[sqlx(flatten)]
    role: Role,
    password: Option<bool>,
}

/// A role, and whether somebody but Tenure's own role is a member: then it is an entitlement, even if it can log in.
#[derive(FromRow)]
struct Held {
    #[sqlx(flatten)]
    role: Role,
    has_members: bool,
}

#[derive(FromRow)]
struct Edge {
    role_oid: i64,
    member_oid: i64,
    entitlement: String,
    #[sqlx(flatten)]
    member: Role,
}

/// The stream. It ends after a fault.
///
/// # Errors
/// When it cannot be begun.
pub(super) async fn everything(mut session: Session) -> Result<BoxStream<'static, Result<Found, Fault>>, Fault> {
    let readable = password::readable(&mut session).await?;
    let pages = stream::try_unfold((session, Pass::Accounts(0)), move |(mut session, pass)| async move {
        Ok(match page(&mut session, pass, readable).await? {
            Some((found, next)) => Some((found, (session, next))),
            None => {
                session.close().await;
                None
            }
        })
    });
    Ok(pages.map_ok(|found| stream::iter(found.into_iter().map(Ok))).try_flatten().boxed())
}

async fn page(session: &mut Session, pass: Pass, readable: bool) -> Result<Option<(Vec<Found>, Pass)>, Fault> {
    let end = |rows: usize| rows < PAGE as usize;
    Ok(Some(match pass {
        Pass::Accounts(after) => {
            let roles = roles(session, after).await?;
            let next = if end(roles.len()) { Pass::Entitlements(0) } else { Pass::Accounts(roles.last().map_or(0, |role| role.oid)) };
            (roles.into_iter().filter(Role::is_account).map(|role| Found::Account(told(role))).collect(), next)
        }
        Pass::Entitlements(after) => {
            let held = held(session, after).await?;
            let next = match held.last() {
                Some(last) if !end(held.len()) => Pass::Entitlements(last.role.oid),
                _ => Pass::Memberships(0, 0),
            };
            (held.into_iter().filter(|held| held.has_members || !held.role.is_account()).map(|held| entitlement(held.role)).collect(), next)
        }
        Pass::Memberships(role, member) => {
            let edges = edges(session, role, member).await?;
            let next = match edges.last() {
                Some(last) if !end(edges.len()) => Pass::Memberships(last.role_oid, last.member_oid),
                _ => Pass::Credentials(0),
            };
            (edges.into_iter().map(membership).collect(), next)
        }
        Pass::Credentials(after) => {
            let proven = passwords(session, after, readable).await?;
            let next = match proven.last() {
                Some(last) if !end(proven.len()) => Pass::Credentials(last.role.oid),
                _ => Pass::Watermark,
            };
            (proven.into_iter().filter(|proven| proven.role.is_account()).filter_map(credential).collect(), next)
        }
        Pass::Watermark => (vec![Found::Watermark(Watermark(String::new()))], Pass::Over),
        Pass::Over => return Ok(None),
    }))
}

async fn roles(session: &mut Session, after: i64) -> Result<Vec<Role>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM pg_catalog.pg_roles r WHERE r.oid > $1::int8::oid ORDER BY r.oid LIMIT {PAGE}");
    session.all(sqlx::query_as(AssertSqlSafe(sql)).bind(after), "list roles").await
}

async fn held(session: &mut Session, after: i64) -> Result<Vec<Held>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS}, EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = r.oid \
             AND m.member <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)) AS has_members \
         FROM pg_catalog.pg_roles r WHERE r.oid > $1::int8::oid ORDER BY r.oid LIMIT {PAGE}"
    );
    session.all(sqlx::query_as(AssertSqlSafe(sql)).bind(after), "list entitlements").await
}

async fn edges(session: &mut Session, role: i64, member: i64) -> Result<Vec<Edge>, Fault> {
    // Since version 16 one membership is there once per grantor.
    let sql = format!(
        "SELECT m.roleid::int8 AS role_oid, m.member::int8 AS member_oid, e.rolname::text AS entitlement, {COLUMNS} \
         FROM (SELECT DISTINCT roleid, member FROM pg_catalog.pg_auth_members \
               WHERE (roleid, member) > ($1::int8::oid, $2::int8::oid) ORDER BY roleid, member LIMIT {PAGE}) m \
         JOIN pg_catalog.pg_roles e ON e.oid = m.roleid JOIN pg_catalog.pg_roles r ON r.oid = m.member ORDER BY m.roleid, m.member"
    );
    session.all(sqlx::query_as(AssertSqlSafe(sql)).bind(role).bind(member), "list memberships").await
}

async fn passwords(session: &mut Session, after: i64, readable: bool) -> Result<Vec<Proven>, Fault> {
    let (password, join) = match readable {
        true => ("a.rolpassword IS NOT NULL", "JOIN pg_catalog.pg_authid a ON a.oid = r.oid"),
        false => ("NULL::bool", ""),
    };
    let sql = format!(
        "SELECT {COLUMNS}, {password} AS password FROM pg_catalog.pg_roles r {join} WHERE r.oid > $1::int8::oid ORDER BY r.oid LIMIT {PAGE}"
    );
    session.all(sqlx::query_as(AssertSqlSafe(sql)).bind(after), "list passwords").await
}

fn entitlement(role: Role) -> Found {
    let description = role.comment().to_owned();
    Found::Entitlement(FoundEntitlement { key: role.name.clone(), name: role.name, description })
}

fn membership(edge: Edge) -> Found {
    let nested = !edge.member.is_account();
    Found::Membership(FoundMembership { entitlement: edge.entitlement, member: edge.member.name, nested })
}

/// A password that nobody may look at is taken to be there.
fn credential(proven: Proven) -> Option<Found> {
    let label = match proven.password {
        Some(false) => return None,
        Some(true) => "password",
        None => "password (pg_authid may not be read: whether there is one is not known)",
    };
    let role = proven.role;
    Some(Found::Credential(FoundCredential {
        key: role.name.clone(),
        kind: CredentialKind::Password,
        label: label.into(),
        changed_at: None,
        expires_at: role.until,
        live: role.enabled(),
        account: role.name,
    }))
}
