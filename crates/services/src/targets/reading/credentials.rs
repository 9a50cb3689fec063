//! Credentials that were found, a piece at a time: compared with what is recorded, and written where they differ.

use std::collections::{HashMap, HashSet};

use chrono::SubsecRound as _;
use serde_json::json;
use tenure_connectors::FoundCredential;
use tenure_domain::audit::Stream;
use tenure_domain::credential::CredentialState;
use tenure_domain::id::{AccountId, IdentityId};
use tenure_domain::target::{Account, AccountState};
use tenure_store::credentials::{RecordedOnAccount, SeenCredential};

use super::keys::SeenAs;
use super::look::{Look, Stop};

/// The longest name that people read.
const LONGEST: usize = 200;

impl Look<'_> {
    pub(super) async fn write_credentials(&mut self) -> Result<(), Stop> {
        let found = std::mem::take(&mut self.new_credentials);
        // One on an account that is not of this target's accounts is nobody's access here.
        let mut found: Vec<(SeenAs, FoundCredential)> =
            found.into_iter().filter_map(|c| Some((self.accounts.get(self.accounts.at(&c.account)?), c))).collect();
        let mut keys = HashSet::new();
        found.retain(|(account, c)| keys.insert((account.id, c.kind, c.key.clone())));
        if found.is_empty() {
            return Ok(());
        }
        let mut on: Vec<AccountId> = found.iter().map(|(account, _)| account.id).collect();
        on.sort_unstable();
        on.dedup();
        let mut tx = self.ctx.app.store.read().await?;
        let accounts: HashMap<AccountId, Account> = tx.accounts(&on).await?.into_iter().map(|a| (a.id, a)).collect();
        // Whose the account is, and whether it opens anything, may be known better than when it was seen.
        for (account, _) in &mut found {
            if let Some(now) = accounts.get(&account.id) {
                (account.owner, account.enabled) = (now.identity_id, now.state == AccountState::Enabled);
            }
        }
        let known: HashMap<_, RecordedOnAccount> =
            tx.credentials_on(&on).await?.into_iter().map(|c| ((c.account_id, c.kind, c.external_id.clone()), c)).collect();
        // Whether its owner has ended matters to what opens nothing, and to what was to die.
        let matters = |(account, c): &&(SeenAs, FoundCredential)| {
            let is_dying = || known.get(&(account.id, c.kind, c.key.clone())).is_some_and(|k| k.state == CredentialState::Revoking);
            !(account.enabled && c.live) || is_dying()
        };
        let owners: Vec<IdentityId> = found.iter().filter(matters).filter_map(|(account, _)| account.owner).collect();
        let ended: HashSet<IdentityId> = tx.identities(&owners).await?.into_iter().filter(|i| i.state.has_ended()).map(|i| i.id).collect();
        drop(tx);
        let mut news = Vec::new();
        self.seen.credentials += found.len();
        for (account, credential) in found {
            let before = known.get(&(account.id, credential.kind, credential.key.clone()));
            let name = accounts.get(&account.id).map_or("", |a| a.name.as_str());
            let now = self.as_seen(&account, credential, name, before, &ended);
            self.credentials.push(now.id);
            if accounts.get(&account.id).is_some_and(|a| a.seen_at > self.at()) {
                // Somebody settled it while this was read: the next reading sees what has become of it.
                continue;
            }
            match before {
                Some(before) if is_same(before, &now) => {}
                Some(_) => {
                    self.seen.changed_credentials += 1;
                    news.push(now);
                }
                None => {
                    self.seen.new_credentials += 1;
                    news.push(now);
                }
            }
        }
        if news.is_empty() {
            return Ok(());
        }
        let (target, name) = (self.application.id, self.application.name.as_str());
        let mut tx = self.write().await?;
        tx.see_credentials(self.proof, target, name, &news, self.at()).await?;
        let event = self.now().event(Stream::Credential, "target.credentials-seen").target(&target, name);
        tx.commit(event.after(json!({ "credentials": news.len() }))).await?;
        Ok(())
    }

    fn as_seen(
        &self,
        account: &SeenAs,
        found: FoundCredential,
        name: &str,
        before: Option<&RecordedOnAccount>,
        ended: &HashSet<IdentityId>,
    ) -> SeenCredential {
        let is_over = found.expires_at.is_some_and(|end| end <= self.at());
        let usable = account.enabled && found.live && !is_over;
        let state =
            stands(before.map(|b| (b.state, b.is_owed)), usable, is_over, account.owner.is_some_and(|owner| ended.contains(&owner)));
        // To the digit that both engines keep.
        let [rotated_at, expires_at] = [found.changed_at, found.expires_at].map(|at| at.map(|at| at.trunc_subsecs(6)));
        SeenCredential {
            id: before.map_or_else(|| self.ctx.id(), |b| b.id),
            account_id: account.id,
            identity_id: account.owner,
            kind: found.kind,
            external_id: found.key,
            label: format!("{name}: {}", found.label).chars().take(LONGEST).collect(),
            purpose: format!("Signs in to {} as {name}", self.application.name),
            state,
            created_at: rotated_at.map_or(self.at(), |at| at.min(self.at())),
            rotated_at,
            expires_at,
            version: before.map_or(0, |b| b.version),
        }
    }
}

fn is_same(before: &RecordedOnAccount, now: &SeenCredential) -> bool {
    before.identity_id == now.identity_id
        && before.label == now.label.replace('\0', "")
        && before.state == now.state
        && before.rotated_at == now.rotated_at
        && before.expires_at == now.expires_at
}

/// Where a credential stands that was just seen. What somebody wants of it (its end, that it is known to others)
/// stays so until that is done: its end, as long as an operation is to bring it about, be it its own or its account's.
fn stands(before: Option<(CredentialState, bool)>, usable: bool, is_over: bool, owner_ended: bool) -> CredentialState {
    use CredentialState as S;
    match before {
        Some((kept @ (S::Compromised | S::Rotating), _)) => kept,
        Some((S::Revoking, is_owed)) if is_owed || owner_ended => S::Revoking,
        _ if usable => S::Active,
        _ if is_over => S::Expired,
        // It opens nothing, and died with its account.
        Some((S::Revoked, _)) => S::Revoked,
        _ if owner_ended => S::Revoked,
        _ => S::Suspended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_nothing_is_stopped_and_of_who_has_ended_dead() {
        use CredentialState as S;
        assert_eq!(stands(None, true, false, true), S::Active, "it may still work: a finding");
        assert_eq!(stands(None, false, false, true), S::Revoked);
        let was = |state| Some((state, false));
        assert_eq!(stands(was(S::Active), false, false, false), S::Suspended);
        assert_eq!(stands(was(S::Suspended), true, false, false), S::Active);
        assert_eq!(stands(was(S::Revoked), true, false, false), S::Active, "it is back");
        assert_eq!(stands(was(S::Revoked), false, false, false), S::Revoked);
        assert_eq!(stands(was(S::Active), false, true, false), S::Expired);
        assert_eq!(stands(was(S::Revoking), true, false, true), S::Revoking, "it dies with its account");
        assert_eq!(stands(Some((S::Revoking, true)), true, false, false), S::Revoking, "its end is wanted, and not there yet");
        assert_eq!(stands(was(S::Revoking), true, false, false), S::Active, "nobody is to bring its end about");
    }
}
