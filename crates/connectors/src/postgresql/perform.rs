//! Makes it so.

use super::{
    Postgresql,
    attributes::Wanted,
    connect::Session,
    disable::{disable, enable},
    end_sessions::end_sessions,
    membership, names, password,
    role::{self, Role, name_of},
    valid_until::valid_until,
};
use crate::{AccountDraft, AccountRef, Change, Fault, FaultKind, Outcome};

impl Postgresql {
    pub(super) async fn do_it(&self, session: &mut Session, change: &Change) -> Result<Outcome, Fault> {
        match change {
            Change::Create(draft) => self.create(session, draft).await,
            Change::Change(draft) => self.change(session, draft).await,
            Change::Disable(account) => match self.if_there(session, name_of(account)).await? {
                Some(role) => disable(session, &role).await,
                None => Ok(Outcome::AlreadySo),
            },
            Change::Enable(account) => {
                let role = self.there(session, account).await?;
                enable(session, &role).await
            }
            Change::Delete { account, heir } => match self.if_there(session, name_of(account)).await? {
                Some(role) => self.delete(session, &role, heir.as_ref()).await,
                None => Ok(Outcome::AlreadySo),
            },
            Change::AddMember { account, entitlement } => {
                let member = self.there(session, account).await?;
                let entitlement = Role::expect_there(session, &entitlement.key).await?;
                entitlement.may_be_changed(&self.settings)?;
                membership::add(session, &member, &entitlement).await
            }
            // What is taken away may be any role, also one that Tenure would never give.
            Change::RemoveMember { account, entitlement } => {
                names::check(&entitlement.key).map_err(|why| Fault::new(FaultKind::Refused, why))?;
                match self.if_there(session, name_of(account)).await? {
                    Some(role) => membership::remove(session, &role, &entitlement.key).await,
                    None => Ok(Outcome::AlreadySo),
                }
            }
            Change::SetPassword { account, password } => {
                let role = self.there(session, account).await?;
                password::set(session, &role, password).await
            }
            Change::EndSessions(account) => match self.if_there(session, name_of(account)).await? {
                Some(role) => end_sessions(session, &role).await,
                None => Ok(Outcome::AlreadySo),
            },
            Change::RevokeCredential(credential) => match self.if_there(session, credential_role(credential)?).await? {
                Some(role) => {
                    let password = password::take_away(session, &role).await?;
                    let sessions = end_sessions(session, &role).await?;
                    Ok(if sessions == Outcome::Done { sessions } else { password })
                }
                None => Ok(Outcome::AlreadySo),
            },
            Change::ValidUntil { account, until } => match self.if_there(session, name_of(account)).await? {
                Some(role) => valid_until(session, &role, *until).await,
                None => Ok(Outcome::AlreadySo),
            },
        }
    }

    async fn create(&self, session: &mut Session, draft: &AccountDraft) -> Result<Outcome, Fault> {
        let name = &draft.account.name;
        role::name_may_be_given(name, &self.settings)?;
        let wanted = Wanted::read(&draft.attributes)?;
        if let Some(role) = Role::find(session, name).await? {
            return wanted.is_made(&role);
        }
        let made = session.run(wanted.creation(&names::identifier(name)), "create a role").await;
        match made {
            Ok(()) => Ok(Outcome::Done),
            // Somebody was quicker: maybe Tenure itself, before it was cut off.
            Err(fault) if matches!(fault.kind, FaultKind::NameTaken | FaultKind::Refused) => match Role::find(session, name).await? {
                Some(role) => wanted.is_made(&role),
                None => Err(fault),
            },
            Err(fault) => Err(fault),
        }
    }

    async fn change(&self, session: &mut Session, draft: &AccountDraft) -> Result<Outcome, Fault> {
        let wanted = Wanted::read(&draft.attributes)?;
        let role = self.there(session, &draft.account).await?;
        if wanted.first_difference(&role).is_none() {
            return Ok(Outcome::AlreadySo);
        }
        session.run(wanted.changes(&role), "change a role").await?;
        Ok(Outcome::Done)
    }

    /// The role, if it is there; that Tenure may change it comes first, since only then absence means anything.
    async fn if_there(&self, session: &mut Session, name: &str) -> Result<Option<Role>, Fault> {
        role::name_may_be_changed(name, &self.settings)?;
        let role = Role::find(session, name).await?;
        role.as_ref().map_or(Ok(()), |role| role.may_be_changed(&self.settings))?;
        Ok(role)
    }

    async fn there(&self, session: &mut Session, account: &AccountRef) -> Result<Role, Fault> {
        let role = Role::expect_there(session, name_of(account)).await?;
        role.may_be_changed(&self.settings)?;
        Ok(role)
    }
}

/// The role whose password it is. A password is known by its role's name; another key may be an SSH key's,
/// or another person's role, and its absence here would prove nothing.
pub(super) fn credential_role(credential: &crate::CredentialRef) -> Result<&str, Fault> {
    let role = name_of(&credential.account);
    if credential.key.is_empty() || credential.key == role {
        return Ok(role);
    }
    Err(Fault::new(
        FaultKind::NeedsDecision,
        format!(
            "`{}` is not the password of the role `{role}`: this target knows a password by its role's name. Look it up and state what became of it",
            credential.key
        ),
    ))
}
