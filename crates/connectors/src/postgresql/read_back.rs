//! A fresh look at the cluster.

use chrono::{DateTime, Utc};

use super::{
    Postgresql,
    attributes::Wanted,
    connect::Session,
    end_sessions, membership,
    names::{self, shown},
    password::{self, Seen},
    perform::credential_role,
    role::{Role, name_of},
    valid_until::timestamp,
};
use crate::{AccountDraft, AccountRef, Change, CredentialRef, EntitlementRef, Fault, FaultKind, ReadBack};

impl Postgresql {
    pub(super) async fn look(&self, session: &mut Session, change: &Change) -> Result<ReadBack, Fault> {
        match change {
            Change::Create(draft) => look_at_attributes(session, &draft.account.name, draft, true).await,
            Change::Change(draft) => look_at_attributes(session, name_of(&draft.account), draft, false).await,
            Change::Disable(account) => Ok(match Role::find(session, name_of(account)).await? {
                Some(role) if role.login => ReadBack::NotSo(format!("pg_roles: {} can log in", state(&role))),
                Some(role) => ReadBack::So(format!("pg_roles: {}", state(&role))),
                None => absent(name_of(account)),
            }),
            Change::Enable(account) => Ok(match Role::find(session, name_of(account)).await? {
                Some(role) if role.enabled() => ReadBack::So(format!("pg_roles: {}", state(&role))),
                Some(role) => ReadBack::NotSo(format!("pg_roles: {}", state(&role))),
                None => missing(name_of(account)),
            }),
            Change::Delete { account, .. } => Ok(match Role::find(session, name_of(account)).await? {
                Some(role) => ReadBack::NotSo(format!("pg_roles: the role is still there: {}", state(&role))),
                None => absent(name_of(account)),
            }),
            Change::AddMember { account, entitlement } => self.look_held(session, account, entitlement).await,
            Change::RemoveMember { account, entitlement } => self.look_not_held(session, account, entitlement).await,
            Change::SetPassword { account, password } => match Role::find(session, name_of(account)).await? {
                Some(role) => password::is(session, &self.settings, self.limits, &role, password).await,
                None => Ok(missing(name_of(account))),
            },
            Change::EndSessions(account) => look_for_sessions(session, name_of(account)).await,
            Change::RevokeCredential(credential) => look_at_password(session, credential).await,
            Change::ValidUntil { account, until } => look_at_end(session, name_of(account), *until).await,
        }
    }

    async fn look_held(&self, session: &mut Session, account: &AccountRef, entitlement: &EntitlementRef) -> Result<ReadBack, Fault> {
        let Some(role) = Role::find(session, name_of(account)).await? else { return Ok(missing(name_of(account))) };
        let way = membership::way(session, &role, &entitlement.key).await?;
        let held = shown(&entitlement.key);
        Ok(match way {
            Some(way) if way.len() == 2 => ReadBack::So(format!("pg_auth_members: {} is a member of {held}", shown(&role.name))),
            Some(way) => ReadBack::NotSo(format!("pg_auth_members: not directly, only by the way {}", arrows(&way))),
            None => ReadBack::NotSo(format!("pg_auth_members: {} is no member of {held}", shown(&role.name))),
        })
    }

    async fn look_not_held(&self, session: &mut Session, account: &AccountRef, entitlement: &EntitlementRef) -> Result<ReadBack, Fault> {
        let Some(role) = Role::find(session, name_of(account)).await? else { return Ok(absent(name_of(account))) };
        names::check(&entitlement.key).map_err(|why| Fault::new(FaultKind::Refused, why))?;
        let way = membership::way(session, &role, &entitlement.key).await?;
        let held = shown(&entitlement.key);
        Ok(match way {
            None => ReadBack::So(format!("pg_auth_members: no way from {} to {held}", shown(&role.name))),
            Some(way) if way.len() == 2 => {
                let by = membership::grantors(session, &role, &entitlement.key).await?;
                ReadBack::NotSo(format!(
                    "pg_auth_members: {} is a member of {held}, granted by {}",
                    shown(&role.name),
                    shown(&by.join(", "))
                ))
            }
            Some(way) => ReadBack::NotSo(format!("pg_auth_members: still held by the way {}", arrows(&way))),
        })
    }
}

async fn look_at_attributes(session: &mut Session, name: &str, draft: &AccountDraft, enabled: bool) -> Result<ReadBack, Fault> {
    let wanted = Wanted::read(&draft.attributes)?;
    let Some(role) = Role::find(session, name).await? else { return Ok(missing(name)) };
    if enabled && !role.enabled() {
        return Ok(ReadBack::NotSo(format!("pg_roles: {}", state(&role))));
    }
    Ok(match wanted.first_difference(&role) {
        None => ReadBack::So(format!("pg_roles: {}, attributes as asked for", state(&role))),
        Some(difference) => ReadBack::NotSo(format!("pg_roles: {}: {difference}", shown(name))),
    })
}

async fn look_for_sessions(session: &mut Session, name: &str) -> Result<ReadBack, Fault> {
    let (count, databases) = end_sessions::count(session, name).await?;
    Ok(match count {
        0 => ReadBack::So(format!("pg_stat_activity: no session of {}", shown(name))),
        count => ReadBack::NotSo(format!("pg_stat_activity: {count} sessions of {} in {}", shown(name), shown(&databases))),
    })
}

async fn look_at_password(session: &mut Session, credential: &CredentialRef) -> Result<ReadBack, Fault> {
    let name = credential_role(credential)?;
    let Some(role) = Role::find(session, name).await? else { return Ok(absent(name)) };
    match password::look(session, &role).await? {
        Seen::None => {}
        Seen::Set => return Ok(ReadBack::NotSo(format!("pg_authid: {} has a password", shown(name)))),
        // Without a look at the password, only that nobody gets as far as being asked for it.
        Seen::Unreadable if !role.login => {}
        Seen::Unreadable => {
            let words = format!("{} can log in, and pg_authid may not be read to see whether it has a password", shown(name));
            return Ok(ReadBack::NotSo(words));
        }
    }
    let evidence = if role.login { "pg_authid: rolpassword is null".to_owned() } else { format!("pg_roles: {}", state(&role)) };
    Ok(match look_for_sessions(session, name).await? {
        ReadBack::So(sessions) => ReadBack::So(format!("{evidence}; {sessions}")),
        open => open,
    })
}

async fn look_at_end(session: &mut Session, name: &str, until: DateTime<Utc>) -> Result<ReadBack, Fault> {
    Ok(match Role::find(session, name).await? {
        None => absent(name),
        Some(role) if !role.login => ReadBack::So(format!("pg_roles: {}", state(&role))),
        Some(role) if role.until.is_some_and(|is| is <= until) || (role.until.is_none() && role.expired) => {
            ReadBack::So(format!("pg_roles: {}", state(&role)))
        }
        Some(role) => ReadBack::NotSo(format!("pg_roles: {}", state(&role))),
    })
}

/// What tells whether somebody can sign in, as the columns are called.
fn state(role: &Role) -> String {
    let until = role.until.map_or_else(|| if role.expired { "past".into() } else { "none".into() }, timestamp);
    format!("{} rolcanlogin={} rolconnlimit={} rolvaliduntil={until}", shown(&role.name), role.login, role.connection_limit)
}

fn arrows(way: &[String]) -> String {
    way.iter().map(|name| shown(name)).collect::<Vec<_>>().join(" → ")
}

fn absent(name: &str) -> ReadBack {
    ReadBack::So(format!("pg_roles: no role {}", shown(name)))
}

fn missing(name: &str) -> ReadBack {
    ReadBack::NotSo(format!("pg_roles: no role {}", shown(name)))
}
