//! Choosing a name for an account that is to be made: in a transaction of its own, before anything is asked of the
//! target. Whoever ends from then on, ends with that account.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use tenure_domain::access::{May, change};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::{AccountId, ApplicationId, IdentityId, OperationId};
use tenure_domain::identity::Identity;
use tenure_domain::mapping::{Mapping, candidates};
use tenure_domain::operation::OperationKind;
use tenure_domain::target::{Account, AccountState};
use tenure_store::WriteTx;
use tenure_store::targets::{Claimed, PlannedAccount};

use super::about::in_use_first;
use crate::targets::mapping_of;
use crate::{Ctx, ServiceError};

/// How many names are looked at for one account.
const NAMES: usize = 50;

/// Chooses accounts for those of the operations that are to make one and have none; yields, for those that
/// cannot have one, what a person has to do.
///
/// # Errors
/// When the database fails.
pub(super) async fn plan_accounts(
    ctx: &Ctx,
    proof: &(impl May<change::WriteOperations> + Sync),
    target: ApplicationId,
    by: &str,
    claimed: &mut [Claimed],
) -> Result<HashMap<OperationId, String>, ServiceError> {
    let aimless = |o: &&mut Claimed| o.kind == OperationKind::CreateAccount && o.account_id.is_none();
    if claimed.iter_mut().filter(aimless).count() == 0 {
        return Ok(HashMap::new());
    }
    let mut tx = ctx.app.store.write().await?;
    let people: Vec<IdentityId> = claimed.iter_mut().filter(aimless).filter_map(|o| o.identity_id).collect();
    tx.lock_identities(&people).await?;
    // Locked, so that two instances do not choose the same name.
    let Some(row) = tx.lock_target(proof, target).await? else { return Ok(HashMap::new()) };
    let mapping = mapping_of(&row.reach);
    let mut planner = Planner {
        people: tx.identities(&people).await?.into_iter().map(|i| (i.id, i)).collect(),
        holders: tx.holders_on(target, &people).await?.into_iter().collect(),
        accounts: HashMap::new(),
        taken: HashSet::new(),
    };
    let mut there: Vec<Account> = tx.accounts_of_all(target, &people).await?;
    there.retain(|a| a.state != AccountState::Gone);
    there.sort_by_key(in_use_first);
    for account in there {
        if let Some(identity) = account.identity_id {
            planner.accounts.entry(identity).or_insert(account);
        }
    }
    let mut faults = HashMap::new();
    let mut events = Vec::new();
    for operation in claimed.iter_mut().filter(aimless) {
        match planner.plan(ctx, proof, &mut tx, mapping.as_ref(), (target, by), operation).await? {
            Ok((account, name)) => {
                operation.account_id = Some(account);
                let event = ctx.event(Stream::Access, "account.planned").target(&account, name.as_str());
                let event = event.after(json!({ "name": name, "for": operation.identity, "operation": operation.id }));
                events.push(match operation.identity_id {
                    Some(identity) => event.about(identity),
                    None => event,
                });
            }
            Err(words) => {
                faults.insert(operation.id, words);
            }
        }
    }
    if let Some(events) = Events::all(events) {
        tx.commit(events).await?;
    }
    Ok(faults)
}

struct Planner {
    people: HashMap<IdentityId, Identity>,
    /// Who holds something on the target.
    holders: HashSet<IdentityId>,
    /// Who has an account already, by identity: the oldest.
    accounts: HashMap<IdentityId, Account>,
    /// Names that were chosen in this transaction, in lower case.
    taken: HashSet<String>,
}

impl Planner {
    async fn plan(
        &mut self,
        ctx: &Ctx,
        proof: &(impl May<change::WriteOperations> + Sync),
        tx: &mut WriteTx,
        mapping: Option<&Mapping>,
        (target, by): (ApplicationId, &str),
        operation: &Claimed,
    ) -> Result<Result<(AccountId, String), String>, ServiceError> {
        let over = || Ok(Err("it is no longer wanted".to_owned()));
        let Some(person) = operation.identity_id.and_then(|id| self.people.get(&id)) else { return over() };
        if !person.state.may_act() || !self.holders.contains(&person.id) {
            return over();
        }
        if let Some(account) = self.accounts.get(&person.id) {
            let held = tx.aim_at_account(proof, operation.id, account.id, by).await?;
            return if held { Ok(Ok((account.id, account.name.clone()))) } else { over() };
        }
        let Some(mapping) = mapping else {
            return Ok(Err("nobody says how accounts are named on this target: set a mapping, or create it there, read the target and state that it is done".to_owned()));
        };
        let Some(wanted) = mapping.evaluate(person).name else {
            return Ok(Err(format!(
                "the mapping makes no name for {}: one of {} has no value. Complete it at the source, or change the mapping",
                person.display_name,
                mapping.name.attributes().into_iter().collect::<Vec<_>>().join(", ")
            )));
        };
        let names: Vec<String> = candidates(&wanted).take(NAMES).collect();
        let there: HashSet<String> = tx
            .accounts_named(target, &names)
            .await?
            .into_iter()
            // Whoever comes back may have their own name again.
            .filter(|a| a.state != AccountState::Gone || a.identity_id != Some(person.id))
            .map(|a| a.name.to_ascii_lowercase())
            .collect();
        let free = |name: &String| {
            let folded = name.to_ascii_lowercase();
            !there.contains(&folded) && !self.taken.contains(&folded)
        };
        let Some(name) = names.into_iter().find(free) else {
            return Ok(Err(format!("{NAMES} names after {wanted} are taken there: change the mapping, so that it tells people apart")));
        };
        let account = PlannedAccount { id: ctx.id(), target, identity: person.id, name: &name, operation: operation.id, by, at: ctx.now };
        if !tx.plan_account(proof, &account).await? {
            return over();
        }
        let id = account.id;
        self.taken.insert(name.to_ascii_lowercase());
        Ok(Ok((id, name)))
    }
}
