//! Accounts, a piece at a time: compared with what is recorded, and written where they differ.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use tenure_connectors::FoundAccount;
use tenure_domain::audit::Stream;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_domain::target::{Account, AccountState};
use tenure_store::Tx;
use tenure_store::targets::{Accepted, RecordedAccount, SeenAccount};

use super::keys::SeenAs;
use super::look::{Look, Stop};
use crate::ServiceError;
use crate::targets::owners::suggest;
use crate::targets::seen::{as_seen, differences};

impl Look<'_> {
    /// Takes in the accounts that came, with whose they are as far as anything tells.
    pub(super) async fn write_accounts(&mut self) -> Result<(), Stop> {
        let mut found = std::mem::take(&mut self.new_accounts);
        if found.is_empty() {
            return Ok(());
        }
        // A page that shifts tells of one twice.
        let mut keys = HashSet::new();
        found.retain(|account| keys.insert(account.account.key.clone()));
        let keys: Vec<&str> = found.iter().map(|a| a.account.key.as_str()).collect();
        let mut tx = self.ctx.app.store.read().await?;
        let known: HashMap<String, RecordedAccount> =
            tx.recorded_accounts(self.application.id, &keys).await?.into_iter().map(|a| (a.key.clone(), a)).collect();
        let seen = self.compared(&mut tx, &found, &known).await?;
        drop(tx);
        let is_same = |a: &&SeenAccount| known.get(&a.key).is_some_and(|known| known.is(a));
        for account in seen.iter().filter(is_same) {
            let Some(known) = known.get(&account.key) else { continue };
            self.saw(account, SeenAs { id: known.id, owner: known.identity_id, enabled: known.state == AccountState::Enabled });
        }
        let news: Vec<SeenAccount> = seen.iter().filter(|a| !is_same(a)).cloned().collect();
        self.seen.accounts += seen.len();
        if !news.is_empty() {
            self.write_changed(&news).await?;
        }
        Ok(())
    }

    /// Remembers an account that was seen, as it stands in the database now.
    fn saw(&mut self, account: &SeenAccount, known: SeenAs) {
        self.seen.orphans += usize::from(known.owner.is_none());
        self.seen.drifted += usize::from(account.drift.is_some());
        self.accounts.insert(&account.key, known);
    }

    /// What was seen, as it would be recorded, and what of it is left otherwise.
    async fn compared(
        &self,
        tx: &mut Tx,
        found: &[FoundAccount],
        known: &HashMap<String, RecordedAccount>,
    ) -> Result<Vec<SeenAccount>, ServiceError> {
        let owner_of = |account: &FoundAccount| known.get(&account.account.key).and_then(|known| known.identity_id);
        // What has an owner keeps it: nobody has to look whose the name might be.
        let nobodys: Vec<FoundAccount> = found.iter().filter(|a| owner_of(a).is_none()).cloned().collect();
        let mut suggested = suggest(tx, &nobodys).await?.into_iter();
        let owners: Vec<Option<IdentityId>> = found
            .iter()
            .map(|account| {
                owner_of(account).or_else(|| {
                    // A name that was chosen for one person tells nothing of another who is called so.
                    let chosen: Vec<_> = self.planned_as(account).map(|p| p.identity_id).collect();
                    suggested.next().flatten().filter(|one| chosen.is_empty() || chosen.contains(&Some(*one)))
                })
            })
            .collect();
        let people = self.people(tx, &owners).await?;
        let none = Accepted::new();
        let as_recorded = |(account, identity_id): (&FoundAccount, &Option<IdentityId>)| {
            let person = identity_id.and_then(|id| people.get(&id));
            let was = known.get(&account.account.key).and_then(|known| known.accepted.as_ref()).unwrap_or(&none);
            let (drift, left) = match (&self.mapping, person) {
                (Some(mapping), Some(person)) => differences(mapping, person, &account.attributes, was),
                _ => (None, Accepted::new()),
            };
            SeenAccount { identity_id: *identity_id, drift, left, ..as_seen(self.ctx.id(), account) }
        };
        Ok(found.iter().zip(&owners).map(as_recorded).collect())
    }

    fn planned_as(&self, account: &FoundAccount) -> impl Iterator<Item = &Account> {
        self.planned.iter().filter(move |p| p.name.eq_ignore_ascii_case(&account.account.name))
    }

    /// Those whose accounts are to be as a mapping says.
    async fn people(&self, tx: &mut Tx, owners: &[Option<IdentityId>]) -> Result<HashMap<IdentityId, Identity>, ServiceError> {
        if self.mapping.is_none() {
            return Ok(HashMap::new());
        }
        let mut ids: Vec<IdentityId> = owners.iter().copied().flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(tx.identities(&ids).await?.into_iter().map(|i| (i.id, i)).collect())
    }

    async fn write_changed(&mut self, news: &[SeenAccount]) -> Result<(), Stop> {
        let target = self.application.id;
        let mut tx = self.write().await?;
        for account in news {
            // One that is being created has its name already: this is it, if it is that person's.
            let mine = |a: &&Account| a.name == account.name && a.identity_id.is_some() && a.identity_id == account.identity_id;
            if let Some(planned) = self.planned.iter().find(mine) {
                tx.planned_account_was_seen(self.proof, planned.id, &account.key).await?;
            }
        }
        tx.see_accounts(self.proof, target, news, self.at()).await?;
        // Whose they are, and under which key, is what stands there now.
        let keys: Vec<&str> = news.iter().map(|a| a.key.as_str()).collect();
        let rows = tx.accounts_by_key(target, &keys).await?;
        let event = self.now().event(Stream::Access, "target.accounts-seen").target(&target, self.application.name.as_str());
        tx.commit(event.after(json!({ "accounts": news.len() }))).await?;
        self.seen.changed += news.len();
        let mut by_key: HashMap<String, _> =
            rows.into_iter().map(|(id, key, owner, state)| (key, SeenAs { id, owner, enabled: state == AccountState::Enabled })).collect();
        for account in news {
            if let Some(known) = by_key.remove(&account.key) {
                self.saw(account, known);
            }
        }
        Ok(())
    }

    /// Finds the accounts of members that were not told this time, because they did not change.
    pub(super) async fn find_members(&mut self) -> Result<(), Stop> {
        let members = std::mem::take(&mut self.members);
        if members.is_empty() {
            return Ok(());
        }
        let keys: Vec<&str> = members.iter().map(|(_, key)| key.as_str()).collect();
        for (id, key, owner, state) in self.ctx.app.store.read().await?.accounts_by_key(self.application.id, &keys).await? {
            self.accounts.insert(&key, SeenAs { id, owner, enabled: state == AccountState::Enabled });
        }
        for (entitlement, key) in members {
            if let Some(account) = self.accounts.at(&key) {
                self.memberships.add_account(entitlement, account);
            }
        }
        Ok(())
    }
}
