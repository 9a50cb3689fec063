//! What follows from a reading that came to its end: what is gone, who holds what, what is owed.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::{AccountId, CredentialId, EntitlementId, Id, IdentityId};
use tenure_domain::target::ReadingState;
use tenure_store::WriteTx;
use tenure_store::identities::IdentityName;
use tenure_store::readings::ReadingEnd;
use tenure_store::reviews::Reviewed;
use uuid::Uuid;

use super::look::{Look, Stop};
use crate::access::{Glance, Holder, MembershipSummary, take_in};
use crate::ids::new_id;
use crate::reviews::close_moot;
use crate::{ServiceError, access};

/// So many may always be gone.
const GONE_AT_MOST: u64 = 10;
/// Beyond that, so many of a hundred.
const GONE_PER_HUNDRED: u64 = 20;

/// How many rows are looked through at a time.
const ROWS: i64 = 10_000;
/// Whose access is compared in one transaction.
const PEOPLE: usize = 1000;
/// How often that is tried when somebody is changed at the same moment.
const TRIES: usize = 5;

impl Look<'_> {
    /// Nothing of it is undone when it breaks off in the middle: each part is right by itself, and the next reading
    /// does the others.
    pub(super) async fn finish(mut self) -> Result<(), Stop> {
        self.owners().await?;
        if self.is_full() {
            self.unseen().await?;
        } else {
            self.told_gone().await?;
        }
        self.access().await?;
        self.end().await
    }

    /// Whose the accounts are may have been decided while the rest was read.
    async fn owners(&mut self) -> Result<(), Stop> {
        let target = self.application.id;
        let mut seen = self.accounts.in_order().into_iter().peekable();
        let mut after = AccountId::from_uuid(Uuid::nil());
        while seen.peek().is_some() {
            let rows = self.ctx.app.store.read().await?.owners_on_target(target, after, ROWS).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = *last;
            for (id, owner) in rows {
                while let Some(account) = seen.next_if(|account| account.id <= id) {
                    if account.id == id {
                        account.owner = owner;
                    }
                }
            }
        }
        Ok(())
    }

    /// What was not seen in a reading of everything is not there.
    async fn unseen(&mut self) -> Result<(), Stop> {
        let accounts = self.unseen_accounts().await?;
        let credentials = self.unseen_credentials().await?;
        if accounts.is_empty() && credentials.is_empty() {
            return Ok(());
        }
        let target = self.application.id;
        let mut tx = self.write().await?;
        let (known, _) = tx.account_counts(target).await?;
        let gone = tx.accounts_are_gone(self.proof, &accounts, self.at()).await?;
        if !self.reading.row.many_gone && are_many(gone, known) {
            return Err(Stop::Doubtful(format!(
                "{gone} of {known} accounts were not seen: is the place right, and may Tenure still read all of it? Nothing follows from this look until you say so"
            )));
        }
        let with = tx.credentials_are_gone_with(self.proof, &accounts, self.at()).await?;
        let alone: Vec<CredentialId> = credentials.iter().map(|(id, _)| *id).collect();
        // Of who may not see passwords any more, none would be left.
        let seen = i64::try_from(self.credentials.len() + alone.len()).unwrap_or(i64::MAX);
        let left = u64::try_from(alone.len()).unwrap_or_default().saturating_sub(with);
        if self.reading.row.many_gone || !are_many(left, seen) {
            self.seen.gone_credentials = with + tx.credentials_are_gone(self.proof, &alone, self.at()).await?;
        } else {
            (self.seen.gone_credentials, self.seen.unseen_credentials) = (with, left);
        }
        self.seen.gone = gone;
        if gone + self.seen.gone_credentials > 0 {
            let names: Vec<&str> = credentials.iter().take(20).map(|(_, label)| label.as_str()).collect();
            self.commit_gone(tx, json!({ "accounts": gone, "credentials": self.seen.gone_credentials, "among_them": names })).await?;
        }
        Ok(())
    }

    /// What the target itself says is gone.
    async fn told_gone(&mut self) -> Result<(), Stop> {
        let keys = std::mem::take(&mut self.gone);
        if keys.is_empty() {
            return Ok(());
        }
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut tx = self.write().await?;
        let ids: Vec<AccountId> = tx.accounts_by_key(self.application.id, &keys).await?.into_iter().map(|(id, ..)| id).collect();
        self.seen.gone = tx.accounts_are_gone(self.proof, &ids, self.at()).await?;
        self.seen.gone_credentials = tx.credentials_are_gone_with(self.proof, &ids, self.at()).await?;
        if self.seen.gone > 0 {
            self.commit_gone(tx, json!({ "accounts": self.seen.gone, "credentials": self.seen.gone_credentials })).await?;
        }
        Ok(())
    }

    async fn commit_gone(&self, tx: WriteTx, after: Value) -> Result<(), Stop> {
        let event = self.now().event(Stream::Access, "target.gone-noticed").target(&self.application.id, self.application.name.as_str());
        Ok(tx.commit(event.after(after)).await?)
    }

    async fn unseen_accounts(&self) -> Result<Vec<AccountId>, Stop> {
        let mut seen: Vec<AccountId> = self.accounts.iter().map(|a| a.id).collect();
        seen.sort_unstable();
        let mut unseen = Vec::new();
        let mut after = AccountId::from_uuid(Uuid::nil());
        loop {
            let rows = self.ctx.app.store.read().await?.accounts_untouched_since(self.application.id, self.at(), after, ROWS).await?;
            let Some(last) = rows.last() else { return Ok(unseen) };
            after = *last;
            unseen.extend(rows.into_iter().filter(|id| seen.binary_search(id).is_err()));
        }
    }

    async fn unseen_credentials(&mut self) -> Result<Vec<(CredentialId, String)>, Stop> {
        if !self.tells_credentials {
            return Ok(Vec::new());
        }
        self.credentials.sort_unstable();
        let mut unseen = Vec::new();
        let mut after = CredentialId::from_uuid(Uuid::nil());
        loop {
            let rows = self.ctx.app.store.read().await?.credentials_found_on(self.application.id, after, ROWS).await?;
            let Some((last, _)) = rows.last() else { return Ok(unseen) };
            after = *last;
            unseen.extend(rows.into_iter().filter(|(id, _)| self.credentials.binary_search(id).is_err()));
        }
    }

    /// Compares who holds what with what is recorded, some people at a time.
    async fn access(&mut self) -> Result<(), Stop> {
        let memberships = std::mem::take(&mut self.memberships);
        let accounts = std::mem::take(&mut self.accounts);
        let (held, keys) = memberships.effective(|account| accounts.get(account).owner);
        let known = self.known.take().unwrap_or_default();
        let by_place: Vec<Option<EntitlementId>> = keys.iter().map(|key| known.by_key(key)).collect();
        // Of what changed only is known who has something, not who has nothing.
        let mut owners: Vec<IdentityId> =
            if self.is_full() { accounts.iter().filter_map(|a| a.owner).collect() } else { held.iter().map(|(owner, _)| *owner).collect() };
        drop((accounts, known, keys));
        owners.sort_unstable();
        owners.dedup();
        let still_here = owners.clone();
        if self.is_full() {
            // Who had an account here before and has none any more holds nothing here either.
            owners.extend(self.ctx.app.store.read().await?.owners_of_gone_accounts(self.application.id, self.at()).await?);
        }
        owners.sort_unstable();
        owners.dedup();
        let real: Vec<(IdentityId, EntitlementId)> =
            held.iter().filter_map(|(owner, at)| Some((*owner, by_place.get(*at as usize).copied()??))).collect();
        drop((held, by_place));
        let mut news = Vec::new();
        let (mut lost, mut known) = (0, 0);
        for piece in owners.chunks(PEOPLE) {
            let glance = self.glance(piece, &of(piece, &real), &still_here).await?;
            (lost, known) = (lost + glance.lost, known + glance.known);
            if glance.is_news {
                news.push(piece);
            } else {
                self.seen.memberships.add(&glance.summary);
            }
        }
        // Who may not read who is in the groups any more would find nobody in them. Of those whose accounts are gone it
        // was said already that they are not too many.
        if self.is_full() && !self.reading.row.many_gone && are_many(lost, known) {
            return Err(Stop::Doubtful(format!(
                "{lost} of {known} memberships were not seen: may Tenure still read who is in the groups? Nothing follows for them from this look until you say so"
            )));
        }
        for piece in news {
            self.access_of(piece, &of(piece, &real)).await?;
        }
        Ok(())
    }

    /// Looks what would follow for some people, without keeping anybody from anything: mostly that is nothing.
    async fn glance(
        &self,
        owners: &[IdentityId],
        real: &HashSet<(IdentityId, EntitlementId)>,
        still_here: &[IdentityId],
    ) -> Result<Glance, Stop> {
        let mut tx = self.ctx.app.store.read().await?;
        let grants = tx.grants_on_target_of(self.application.id, owners).await?;
        let names = tx.identity_names(owners).await?;
        drop(tx);
        let holder = |name: IdentityName| (name.id, Holder { version: 0, ended: name.state.has_ended(), name: String::new() });
        let people: HashMap<IdentityId, Holder> = names.into_values().map(holder).collect();
        let look = access::Look { at: self.at(), real, people: &people, is_whole: self.is_full(), is_reading: true };
        Ok(look.glance(&grants, |owner| still_here.binary_search(&owner).is_ok()))
    }

    async fn access_of(&mut self, owners: &[IdentityId], real: &HashSet<(IdentityId, EntitlementId)>) -> Result<(), Stop> {
        let mut tries = 1;
        let summary = loop {
            match self.compare(owners, real).await {
                // Somebody changed one of them at this moment: read them again.
                Err(Stop::Service(ServiceError::Conflict(_))) if tries < TRIES => tries += 1,
                compared => break compared?,
            }
        };
        self.seen.memberships.add(&summary);
        Ok(())
    }

    async fn compare(&self, owners: &[IdentityId], real: &HashSet<(IdentityId, EntitlementId)>) -> Result<MembershipSummary, Stop> {
        let (target, name) = (self.application.id, self.application.name.as_str());
        let mut tx = self.write().await?;
        let people: HashMap<IdentityId, Holder> = tx.identities(owners).await?.iter().map(|i| (i.id, Holder::from(i))).collect();
        let look = access::Look { at: self.at(), real, people: &people, is_whole: self.is_full(), is_reading: true };
        let mut summary = MembershipSummary { rows: real.len(), ..MembershipSummary::default() };
        let ctx = self.now();
        let taken = take_in(&ctx, self.proof, &mut tx, (target, name), &look, &mut summary).await?;
        if taken.is_news {
            let event = ctx.event(Stream::Access, "target.access-seen").target(&target, name);
            let mut all = Events::one(event.after(json!({ "people": owners.len(), "memberships": real.len() })));
            all.extend(taken.events);
            tx.commit(all).await?;
        }
        Ok(summary)
    }

    /// Owes what is owed to accounts of those who have ended, and keeps that it was read.
    async fn end(mut self) -> Result<(), Stop> {
        let ctx = self.now();
        let (target, at, now) = (self.application.id, self.at(), ctx.now);
        let watermark = self.watermark.take();
        let watermark = watermark.as_ref().map(|w| w.0.as_str()).filter(|w| !w.is_empty());
        let mut tx = self.write().await?;
        let found_alive = tx.owe_to_accounts_of_ended(self.proof, self.reach, now, &move || new_id(now)).await?;
        self.seen.of_ended = found_alive.len();
        let moot = close_moot(&ctx, self.proof, &mut tx, Reviewed::Target(target), None).await?;
        self.seen.moot_reviews = moot.len();
        let result = serde_json::to_value(&self.seen).ok();
        let end = ReadingEnd {
            id: self.reading.id(),
            by: &self.reading.by,
            state: ReadingState::Done,
            said: "",
            result,
            at: now,
            again_within: None,
        };
        if self.reading.row.asker.is_empty() && !self.seen.is_news() {
            drop(tx);
            let held = self.ctx.app.store.nothing_changed(self.proof, &end, target, watermark, at, self.is_full()).await?;
            return if held { Ok(()) } else { Err(Stop::Lost) };
        }
        if self.is_full() {
            tx.note_reconciled(self.proof, target, watermark, at).await?;
        } else {
            tx.note_changes_read(self.proof, target, watermark, at).await?;
        }
        if !tx.end_reading(self.proof, &end).await? {
            return Err(Stop::Lost);
        }
        tx.after_rows(self.seen.changed + self.seen.new_credentials + self.seen.memberships.newly_out_of_band);
        let name = self.application.name.as_str();
        let mut all = Events::one(ctx.event(Stream::Access, "target.reconciled").target(&target, name).after(json!(self.seen)));
        all.extend(moot);
        all.extend(found_alive.into_iter().map(|(identity, account)| {
            let event = ctx.event(Stream::Access, "account.of-ended").target(&target, name).about(identity);
            event.because("the account of somebody who has ended was found alive").after(json!({ "account": account }))
        }));
        tx.commit(all).await?;
        Ok(())
    }
}

/// What some people hold. Both are sorted by people.
fn of(people: &[IdentityId], real: &[(IdentityId, EntitlementId)]) -> HashSet<(IdentityId, EntitlementId)> {
    let from = people.first().map_or(0, |first| real.partition_point(|(owner, _)| owner < first));
    let to = people.last().map_or(0, |last| real.partition_point(|(owner, _)| owner <= last));
    real[from..to].iter().copied().collect()
}

fn are_many(gone: u64, known: i64) -> bool {
    gone > GONE_AT_MOST.max(u64::try_from(known).unwrap_or_default() * GONE_PER_HUNDRED / 100)
}
