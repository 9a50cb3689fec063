//! What operations ask of their target, in the connector's words.

use std::collections::{BTreeMap, HashMap};

use tenure_connectors::{AccountDraft, AccountRef, Change, CredentialRef, EntitlementRef};
use tenure_domain::id::{AccountId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::mapping::Mapping;
use tenure_domain::operation::OperationKind;
use tenure_domain::target::{Account, AccountState};
use tenure_store::Tx;
use tenure_store::targets::{Claimed, Differences, Reach, same_values};

use crate::ServiceError;
use crate::targets::mapping_of;

/// One thing that is to become so.
#[derive(Debug, Clone)]
pub struct Step {
    /// What.
    pub(super) change: Change,
    /// Where it takes something away from an account that was never seen on its target, and is known by its name
    /// alone: what the account would be made of, if it is that person's.
    pub(super) whose: Option<AccountDraft>,
}

/// What is known of those that some operations are about.
pub(super) struct About {
    accounts: HashMap<AccountId, Account>,
    by_identity: HashMap<IdentityId, Vec<Account>>,
    people: HashMap<IdentityId, Identity>,
    mapping: Option<Mapping>,
    /// What of them is left otherwise than it is recorded.
    accepted: HashMap<AccountId, Differences>,
    /// Whether Tenure itself is what answers there: its own records are the truth.
    is_own: bool,
}

impl About {
    /// Reads what is known, in a fixed number of queries.
    pub(super) async fn read(tx: &mut Tx, reach: &Reach, operations: &[Claimed]) -> Result<Self, ServiceError> {
        let target = reach.application_id;
        let accounts: Vec<AccountId> = operations.iter().filter_map(|o| o.account_id).collect();
        let whole = |o: &&Claimed| o.account_id.is_none();
        let identities: Vec<IdentityId> = operations.iter().filter(whole).filter_map(|o| o.identity_id).collect();
        let people: Vec<IdentityId> = operations.iter().filter_map(|o| o.identity_id).collect();
        let mut by_identity: HashMap<IdentityId, Vec<Account>> = HashMap::new();
        for account in tx.accounts_of_all(target, &identities).await? {
            if let Some(identity) = account.identity_id {
                by_identity.entry(identity).or_default().push(account);
            }
        }
        for accounts in by_identity.values_mut() {
            // Those that are gone count only where there is no other.
            if accounts.iter().any(|a| a.state != AccountState::Gone) {
                accounts.retain(|a| a.state != AccountState::Gone);
            }
            accounts.sort_by_key(in_use_first);
        }
        let changed = operations.iter().filter(|o| o.kind == OperationKind::ChangeAccount);
        let changed: Vec<AccountId> = changed.filter_map(|o| o.account_id).collect();
        Ok(Self {
            accepted: if changed.is_empty() { HashMap::new() } else { tx.accepted_of(&changed).await? },
            accounts: tx.accounts(&accounts).await?.into_iter().map(|a| (a.id, a)).collect(),
            by_identity,
            people: tx.identities(&people).await?.into_iter().map(|i| (i.id, i)).collect(),
            mapping: mapping_of(reach),
            is_own: reach.kind.is_own(),
        })
    }

    /// What is to become so, for each account that it is about; or, in words, what a person has to do first.
    pub(super) fn steps(&self, operation: &Claimed) -> Result<Vec<Step>, String> {
        let accounts: Vec<&Account> = match (operation.account_id, operation.identity_id) {
            (Some(account), _) => self.accounts.get(&account).into_iter().collect(),
            (None, Some(identity)) => self.by_identity.get(&identity).into_iter().flatten().collect(),
            (None, None) => Vec::new(),
        };
        if accounts.iter().any(|a| a.identity_id != operation.identity_id) {
            return Err("the account is somebody else's now: state that this is done, or say whose it is".to_owned());
        }
        if accounts.is_empty() {
            let who = operation.identity.as_deref().unwrap_or("this credential");
            return Err(format!(
                "no account of {who} is known on this target: read the target, and say whose its accounts are; or state that it is done"
            ));
        }
        // What is given is given to one account; what is taken away, to none of them is it left.
        let given = operation.kind == OperationKind::AddEntitlement;
        accounts.into_iter().take(if given { 1 } else { usize::MAX }).map(|account| self.step(operation, account)).collect()
    }

    fn step(&self, operation: &Claimed, account: &Account) -> Result<Step, String> {
        let change = self.change(operation, account)?;
        let by_name = account.key.is_empty() && operation.kind.takes_away() && !self.is_own;
        let whose = by_name.then(|| {
            let there = AccountRef { key: String::new(), name: account.name.clone() };
            self.draft(operation, there.clone()).unwrap_or(AccountDraft { account: there, attributes: BTreeMap::new() })
        });
        Ok(Step { change, whose })
    }

    fn change(&self, operation: &Claimed, account: &Account) -> Result<Change, String> {
        let there = AccountRef { key: account.key.clone(), name: account.name.clone() };
        Ok(match operation.kind {
            OperationKind::CreateAccount if account.state == AccountState::Planned => Change::Create(self.draft(operation, there)?),
            OperationKind::ChangeAccount | OperationKind::AddEntitlement if account.state == AccountState::Planned => {
                return Err(format!("the account {} is not there yet: its creation needs a person first", account.name));
            }
            OperationKind::CreateAccount | OperationKind::ChangeAccount => Change::Change(self.draft(operation, there)?),
            OperationKind::EndSessions => Change::EndSessions(there),
            OperationKind::DisableAccount => Change::Disable(there),
            OperationKind::EnableAccount => Change::Enable(there),
            OperationKind::DeleteAccount => Change::Delete { account: there, heir: None },
            OperationKind::RemoveEntitlement => Change::RemoveMember { account: there, entitlement: self.entitlement(operation)? },
            OperationKind::AddEntitlement => Change::AddMember { account: there, entitlement: self.entitlement(operation)? },
            OperationKind::RevokeCredential => Change::RevokeCredential(CredentialRef {
                key: operation.credential_key.clone().ok_or("the credential is not recorded any more")?,
                account: there,
            }),
        })
    }

    fn entitlement(&self, operation: &Claimed) -> Result<EntitlementRef, String> {
        match operation.entitlement.clone() {
            Some(key) if self.is_own => Ok(EntitlementRef { key }),
            _ => entitlement(operation),
        }
    }

    /// The account with the attributes that the mapping makes of its identity as it is now, but those that somebody left
    /// otherwise.
    fn draft(&self, operation: &Claimed, account: AccountRef) -> Result<AccountDraft, String> {
        let mapping =
            self.mapping.as_ref().ok_or("nobody says any more how accounts are filled here: set a mapping, or state that it is done")?;
        let person = operation.identity_id.and_then(|id| self.people.get(&id)).ok_or("the identity is not recorded any more")?;
        let mut attributes = mapping.evaluate(person).attributes;
        if let Some(left) = operation.account_id.and_then(|id| self.accepted.get(&id)) {
            // What has changed since, here or there, is made as recorded.
            let is_otherwise = |name: &String| left.drift.as_ref().is_some_and(|drift| drift.contains_key(name));
            let is_left = |name: &String, recorded: &Vec<String>| {
                left.accepted.get(name).is_some_and(|left| same_values(&left.drifted.recorded, recorded)) && !is_otherwise(name)
            };
            attributes.retain(|name, recorded| !is_left(name, recorded));
        }
        Ok(AccountDraft { account, attributes })
    }
}

/// The account that somebody uses, if there is one.
pub(super) fn in_use_first(account: &Account) -> (bool, bool, AccountId) {
    (account.state != AccountState::Enabled, account.state == AccountState::Planned, account.id)
}

fn entitlement(operation: &Claimed) -> Result<EntitlementRef, String> {
    let name = operation.entitlement.clone().ok_or("the entitlement is not recorded any more")?;
    // By a name alone it might be absent under another one, and absence is success.
    let key = operation.entitlement_key.clone().filter(|key| !key.is_empty());
    let unread =
        || format!("nobody has seen {name} on this target yet: read the target; if it is called otherwise there, give it that name here");
    Ok(EntitlementRef { key: key.ok_or_else(unread)? })
}
