//! An account as it is told, by itself or among all.

use std::collections::BTreeMap;

use super::{
    connect::Session,
    role::{Role, name_of},
    valid_until::timestamp,
};
use crate::{AccountRef, Fault, FoundAccount};

/// One account by a fresh look. Every role may look at `pg_roles`, so that what is not there is absent.
///
/// # Errors
/// When the name cannot be one, or the server does not answer.
pub(super) async fn find(session: &mut Session, account: &AccountRef) -> Result<Option<FoundAccount>, Fault> {
    let role = Role::find(session, name_of(account)).await?;
    // A group of that name is no account. But what was known as an account, by its key, still is one if somebody took
    // its LOGIN away by hand: it is not gone.
    Ok(role.filter(|role| role.is_account() || !account.key.is_empty()).map(told))
}

/// What is told of a role: all that a change sets, and what an administrator should see besides.
pub(super) fn told(role: Role) -> FoundAccount {
    let mut attributes = BTreeMap::new();
    let mut put = |name: &str, value: String| attributes.insert(name.to_owned(), vec![value]);
    put("oid", role.oid.to_string());
    put("rolconnlimit", role.mark().map_or(role.connection_limit, |mark| mark.connection_limit).to_string());
    let flags = [
        ("rolsuper", role.superuser),
        ("rolinherit", role.inherit),
        ("rolcreaterole", role.createrole),
        ("rolcreatedb", role.createdb),
        ("rolreplication", role.replication),
        ("rolbypassrls", role.bypassrls),
    ];
    flags.into_iter().for_each(|(name, value)| drop(put(name, value.to_string())));
    if let Some(until) = role.until {
        put("rolvaliduntil", timestamp(until));
    }
    if !role.comment().is_empty() {
        put("comment", role.comment().to_owned());
    }
    let enabled = role.enabled();
    FoundAccount { account: AccountRef { key: role.name.clone(), name: role.name }, enabled, attributes, last_used_at: None }
}
