//! Accounts of nobody's: who might answer for them, and what becomes of those that nobody wants.

use std::collections::HashMap;

use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::fold::fold;
use tenure_domain::id::{AccountId, IdentityId};
use tenure_domain::identity::IdentityKind;
use tenure_domain::target::AccountState;
use tenure_store::operations::OperationRow;
use tenure_store::targets::AccountView;

use super::correlate::correlate_in;
use super::owners::{number_in, unique};
use crate::identities::{NewIdentity, create_in};
use crate::{Ctx, ServiceError};

/// Who might answer for an account, and why. A person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedOwner {
    /// Who, if it is one and no more.
    pub identity: Option<(IdentityId, String)>,
    /// The user name, as it would be typed.
    pub user_name: String,
    /// Why.
    pub because: String,
}

/// Attributes that hold a mail address.
const MAILS: [&str; 4] = ["mail", "userPrincipalName", "emails[type eq \"work\"].value", "email"];
/// Attributes that hold the name that people read.
const NAMES: [&str; 4] = ["displayName", "cn", "name.formatted", "comment"];

/// For accounts of nobody's: who might answer for them. What a reading is sure of (an employee number, a user name that
/// one identity alone has) it has linked already; here is what is only likely.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn suggest_owners(ctx: &Ctx, accounts: &[AccountView]) -> Result<HashMap<AccountId, SuggestedOwner>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let nobodys: Vec<&AccountView> = accounts.iter().filter(|a| a.account.identity_id.is_none()).collect();
    let mut tx = ctx.app.store.read().await?;
    let numbers: Vec<&str> = nobodys.iter().filter_map(|a| number_in(&a.attributes)).collect();
    let mails: Vec<(AccountId, &str)> = nobodys.iter().filter_map(|a| Some((a.account.id, first(a, &MAILS)?))).collect();
    let local = |mail: &str| fold(mail.split('@').next().unwrap_or_default());
    let user_names: Vec<String> = mails.iter().flat_map(|(_, mail)| [fold(mail), local(mail)]).collect();
    let names: Vec<String> = nobodys.iter().filter_map(|a| first(a, &NAMES)).map(fold).collect();
    let by_number = unique(tx.identities_by_employee_id(&numbers).await?);
    let by_user_name = unique(tx.identities_by_user_name_key(&user_names).await?);
    let by_name = unique(tx.identities_by_name_key(&names).await?);
    let mut found: HashMap<AccountId, (Option<IdentityId>, String)> = HashMap::new();
    for account in &nobodys {
        let number = number_in(&account.attributes);
        let mail = first(account, &MAILS);
        let name = first(account, &NAMES);
        let by_mail = mail.and_then(|mail| {
            let answers = |key: String| by_user_name.get(&key).copied().flatten();
            answers(fold(mail)).or_else(|| answers(local(mail)))
        });
        let said = if let Some(None) = number.and_then(|n| by_number.get(n)) {
            (None, format!("several people have the employee number {}", number.unwrap_or_default()))
        } else if let Some(Some(one)) = number.and_then(|n| by_number.get(n)) {
            (Some(*one), format!("the employee number is {}", number.unwrap_or_default()))
        } else if let Some(one) = by_mail {
            (Some(one), format!("the mail address is {}", mail.unwrap_or_default()))
        } else {
            match name.and_then(|n| by_name.get(&fold(n))) {
                Some(Some(one)) => (Some(*one), format!("the name there is {}", name.unwrap_or_default())),
                Some(None) => (None, format!("several people are called {}", name.unwrap_or_default())),
                None => continue,
            }
        };
        found.insert(account.account.id, said);
    }
    let ids: Vec<IdentityId> = found.values().filter_map(|(id, _)| *id).collect();
    let people: HashMap<IdentityId, _> = tx.identities(&ids).await?.into_iter().map(|i| (i.id, i)).collect();
    let whole = |(account, (id, because)): (AccountId, (Option<IdentityId>, String))| {
        let person = id.and_then(|id| people.get(&id));
        let ended = person.filter(|p| p.state.has_ended()).map_or("", |_| "; has ended");
        let suggested = SuggestedOwner {
            identity: person.map(|p| (p.id, p.display_name.clone())),
            user_name: person.map(|p| p.user_name.clone()).unwrap_or_default(),
            because: format!("{because}{ended}"),
        };
        (account, suggested)
    };
    Ok(found.into_iter().map(whole).collect())
}

fn first<'a>(account: &'a AccountView, of: &[&str]) -> Option<&'a str> {
    let same = |name: &str| account.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    of.iter().find_map(|name| same(name)?.1.first()).map(String::as_str).filter(|value| !value.trim().is_empty())
}

/// Says that an account is used by a service: records a service of that name, which its owner answers for, and that
/// the account is the service's.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] with the field `owner` when there is an
/// identity of that name already or the owner cannot be one, [`ServiceError::Refused`] when the account is somebody's,
/// [`ServiceError::Conflict`] when it becomes somebody's at this moment: then no service is recorded.
pub async fn give_to_service(ctx: &Ctx, id: AccountId, owner: IdentityId) -> Result<IdentityId, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let account = tx.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let application = tx.application(account.application_id).await?.ok_or(ServiceError::NotFound("application"))?;
    drop(tx);
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await?;
    let may_create = ctx.authorize::<actions::CreateIdentity, _>(&Portal).await?;
    if account.identity_id.is_some() {
        return Err(ServiceError::Refused("the account is somebody's already".to_owned()));
    }
    let new = NewIdentity {
        kind: IdentityKind::Service,
        owner_id: Some(owner),
        purpose: format!("Uses the account {} on {}", account.name, application.name),
        ..NewIdentity::person(&account.name, &account.name)
    };
    let mut tx = ctx.app.store.write().await?;
    let (service, mut events) = create_in(ctx, &may_create, &mut tx, &new).await.map_err(|error| match error {
        // The form has one field only.
        ServiceError::Invalid(faults) => {
            let words: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
            ServiceError::field("owner", format!("a service called {} cannot be recorded: {}", account.name, words.join("; ")))
        }
        other => other,
    })?;
    events.extend(correlate_in(ctx, &proof, &mut tx, id, None, Some(service)).await?);
    tx.commit(events).await?;
    Ok(service)
}

/// Owes to an account of nobody's what an account is owed whose identity ends.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is somebody's.
pub async fn owe_removal_of_account(ctx: &Ctx, id: AccountId) -> Result<(), ServiceError> {
    let account = ctx.app.store.read().await?.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let reach = tx.target(account.application_id).await?.ok_or(ServiceError::NotFound("target"))?.reach;
    // Of two clicks at once the second waits, and sees that it is owed.
    let account = tx.lock_account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    if account.identity_id.is_some() {
        return Err(ServiceError::Refused("it is somebody's: end that identity, or take away what it holds".to_owned()));
    }
    if matches!(account.state, AccountState::Gone | AccountState::Planned) || account.key.is_empty() {
        return Err(ServiceError::Refused("it was not seen on its target: there is nothing to take away".to_owned()));
    }
    if tx.is_account_owed(id).await? {
        // A second click: it is owed already.
        return Ok(());
    }
    let owed =
        |kind| OperationRow { account_id: Some(id), ..OperationRow::owed(ctx.id(), kind, Some(account.application_id), None, ctx.now) };
    let rows: Vec<OperationRow> = reach.on_end.of_account(reach.kind).map(owed).collect();
    tx.insert_operations(&proof, &rows).await?;
    let event = ctx.event(Stream::Access, "account.removal-owed").target(&id, account.name.as_str());
    let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
    tx.commit(event.because("nobody answers for it").after(json!({ "account": account.name, "owed": kinds }))).await?;
    Ok(())
}
