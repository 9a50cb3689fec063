//! What an operation asks of its target, in the connector's words.

use tenure_connectors::{AccountRef, Change, CredentialRef, EntitlementRef};
use tenure_domain::id::ApplicationId;
use tenure_domain::operation::OperationKind;
use tenure_domain::target::Account;
use tenure_store::Tx;
use tenure_store::targets::Claimed;

use crate::ServiceError;

/// What is to become so, for each account that it is about; or, in words, what a person has to do first.
pub(super) async fn changes(tx: &mut Tx, target: ApplicationId, operation: &Claimed) -> Result<Result<Vec<Change>, String>, ServiceError> {
    let accounts = match (operation.account_id, operation.identity_id) {
        (Some(account), _) => tx.account(account).await?.into_iter().collect(),
        (None, Some(identity)) => tx.accounts_on(identity, target).await?,
        (None, None) => Vec::new(),
    };
    if accounts.iter().any(|a: &Account| a.identity_id != operation.identity_id) {
        return Ok(Err("the account is somebody else's now: state that this is done, or say whose it is".to_owned()));
    }
    if accounts.is_empty() {
        let who = operation.identity.as_deref().unwrap_or("this credential");
        return Ok(Err(format!(
            "no account of {who} is known on this target: read the target, and say whose its accounts are; or state that it is done"
        )));
    }
    Ok(accounts.iter().map(|account| change(operation, account)).collect())
}

fn change(operation: &Claimed, account: &Account) -> Result<Change, String> {
    let account = AccountRef { key: account.key.clone(), name: account.name.clone() };
    let entitlement = || {
        let name = operation.entitlement.clone().ok_or("the entitlement is not recorded any more")?;
        // By a name alone it might be absent under another one, and absence is success.
        let key = operation.entitlement_key.clone().filter(|key| !key.is_empty());
        let unread = || {
            format!("nobody has seen {name} on this target yet: read the target; if it is called otherwise there, give it that name here")
        };
        Ok::<_, String>(EntitlementRef { key: key.ok_or_else(unread)? })
    };
    Ok(match operation.kind {
        OperationKind::EndSessions => Change::EndSessions(account),
        OperationKind::DisableAccount => Change::Disable(account),
        OperationKind::EnableAccount => Change::Enable(account),
        OperationKind::DeleteAccount => Change::Delete { account, heir: None },
        OperationKind::RemoveEntitlement => Change::RemoveMember { account, entitlement: entitlement()? },
        OperationKind::AddEntitlement => Change::AddMember { account, entitlement: entitlement()? },
        OperationKind::RevokeCredential => Change::RevokeCredential(CredentialRef {
            key: operation.credential_key.clone().ok_or("the credential is not recorded any more")?,
            account,
        }),
    })
}
