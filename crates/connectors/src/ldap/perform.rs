//! Making it so: each change looks first, and does what is missing.

mod account;
mod credential;
mod membership;
mod password;
mod required;
mod standing;
mod whose;

use std::collections::HashSet;

use ldap3::{LdapResult, Mod};

use super::{
    Target, code,
    connection::{Connection, Modification},
    faults,
};
use crate::{AccountRef, Change, Fault, FaultKind, Outcome};

pub(super) use account::{naming_value, wanted_attributes};
pub(super) use password::password_proves;

/// Makes it so.
pub(super) async fn perform(target: &Target, change: &Change) -> Result<Outcome, Fault> {
    if let Some(fault) = impossible(target, change) {
        return Err(fault);
    }
    let mut on = Connection::signed_in(target).await?;
    match change {
        Change::Create(draft) => account::create(&mut on, draft).await,
        Change::Change(draft) => account::change(&mut on, draft).await,
        Change::Disable(account) => standing::disable(&mut on, account).await,
        Change::Enable(account) => standing::enable(&mut on, account).await,
        Change::Delete { account, .. } => account::delete(&mut on, account).await,
        Change::AddMember { account, entitlement } => membership::add(&mut on, account, &entitlement.key).await,
        Change::RemoveMember { account, entitlement } => membership::remove(&mut on, account, &entitlement.key).await,
        Change::SetPassword { account, password } => {
            password::set(&mut on, account, password).await.map_err(|fault| faults::without(fault, password))
        }
        Change::RevokeCredential(credential) => credential::revoke(&mut on, credential).await,
        Change::EndSessions(_) | Change::ValidUntil { .. } => Err(unsupported()),
    }
}

/// What need not be tried.
pub(super) fn impossible(target: &Target, change: &Change) -> Option<Fault> {
    match change {
        Change::EndSessions(_) => Some(Fault::new(
            FaultKind::Unsupported,
            "A directory keeps no sessions that could be ended: those of the systems that ask it must be ended there.",
        )),
        Change::ValidUntil { .. } => Some(unsupported()),
        Change::SetPassword { password, .. } if password.expose().is_empty() => {
            Some(Fault::new(FaultKind::Refused, "An empty password is none: directories let anybody in with it."))
        }
        Change::SetPassword { .. } if target.settings.is_ad() && !target.is_secure() => Some(needs_tls()),
        _ => None,
    }
}

fn unsupported() -> Fault {
    Fault::new(FaultKind::Unsupported, "The LDAP connector cannot set an account's end: disable it when the time comes.")
}

fn needs_tls() -> Fault {
    Fault::new(FaultKind::Refused, "Active Directory takes passwords over TLS only: set an ldaps:// address or start-tls.")
}

/// There must be such an account for this.
fn missing(account: &AccountRef) -> Fault {
    let how = if account.key.is_empty() { String::new() } else { format!(" (key {})", account.key) };
    Fault::new(FaultKind::Refused, format!("There is no account {}{how} in this directory.", account.name))
}

/// Done, or why not.
fn done(result: &LdapResult, doing: &str) -> Result<Outcome, Fault> {
    if result.rc == code::SUCCESS { Ok(Outcome::Done) } else { Err(faults::refused(result, doing)) }
}

fn set_of<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> HashSet<Vec<u8>> {
    values.into_iter().map(|value| value.as_ref().to_vec()).collect()
}

/// The attribute has these values and no others; without values it is taken away.
fn replace<V: AsRef<[u8]>>(name: &str, values: impl IntoIterator<Item = V>) -> Modification {
    Mod::Replace(name.into(), set_of(values))
}

fn remove(name: &str, value: impl AsRef<[u8]>) -> Modification {
    Mod::Delete(name.into(), set_of([value]))
}

fn add(name: &str, value: impl AsRef<[u8]>) -> Modification {
    Mod::Add(name.into(), set_of([value]))
}
