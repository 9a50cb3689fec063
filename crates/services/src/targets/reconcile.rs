//! Reading a target: what is really there, compared with what is recorded.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use futures::StreamExt;
use serde::Serialize;
use serde_json::json;
use tenure_connectors::{Found, FoundAccount, FoundEntitlement, Watermark};
use tenure_domain::access::{Authorized, Relation, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::grant::Risk;
use tenure_domain::id::{ApplicationId, EntitlementId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::mapping::Mapping;
use tenure_domain::target::Account;
use tenure_store::WriteTx;
use tenure_store::access::{ApplicationRow, EntitlementRow};
use tenure_store::targets::{Accepted, Differences, Reach, SeenAccount};

use super::connect;
use super::mapping::mapping_of;
use super::membership::Memberships;
use super::seen::{as_seen, differences};
use crate::access::{Holder, Look, MembershipSummary, take_in};
use crate::ids::new_id;
use crate::{Ctx, ServiceError};

/// How many accounts are written at a time.
const PIECE: usize = 1000;

/// So many accounts may always be gone.
const GONE_AT_MOST: u64 = 10;
/// Beyond that, so many of a hundred.
const GONE_PER_HUNDRED: u64 = 20;

/// What a look at a target showed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reconciled {
    /// Accounts that were seen.
    pub accounts: usize,
    /// Of these, those that are nobody's.
    pub orphans: usize,
    /// Of these, those that are otherwise than they are recorded.
    pub drifted: usize,
    /// Accounts that were there before and are not any more.
    pub gone: u64,
    /// Accounts of identities that have ended, found alive: their end is owed now.
    pub of_ended: usize,
    /// Entitlements that were seen.
    pub entitlements: usize,
    /// Of these, those that were not known before.
    pub new_entitlements: usize,
    /// Who holds what, compared with what is recorded.
    pub memberships: MembershipSummary,
}

/// Reads a whole target: accounts, entitlements and who holds them. Accounts are written while they come;
/// what follows for access is one transaction at the end. A look that breaks off has no effect on access and
/// may be begun again.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] with the target's words
/// when it cannot be read.
///
/// When many of the accounts that were there are not there any more, nothing follows from the look unless
/// `many_gone` says that this is right: a wrong base or a lost right looks like that, and absence is a proof.
/// That is [`ServiceError::Invalid`] with the field `many_gone`.
pub async fn reconcile_target(ctx: &Ctx, id: ApplicationId, many_gone: bool) -> Result<Reconciled, ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.read().await?;
    let reach = tx.target(id).await?.ok_or(ServiceError::NotFound("target"))?.reach;
    let application = tx.application(id).await?.ok_or(ServiceError::NotFound("application"))?;
    drop(tx);
    let refused = |fault: tenure_connectors::Fault| ServiceError::Refused(format!("{} cannot be read: {fault}", application.name));
    let connector = connect(ctx, &reach).map_err(refused)?;
    let mapping = mapping_of(&reach);
    let wanted: Vec<String> = mapping.iter().flat_map(|m| m.attributes.keys().cloned()).collect();
    let mut look = Reading {
        planned: ctx.app.store.read().await?.planned_accounts(id).await?,
        mapping,
        ctx,
        proof: &proof,
        application: &application,
        seen: Reconciled::default(),
        owners: HashMap::new(),
        accounts: Vec::new(),
        entitlements: BTreeMap::new(),
        memberships: Memberships::default(),
        watermark: None,
    };
    let mut stream = connector.reconcile(None, &wanted).await.map_err(refused)?;
    while let Some(item) = stream.next().await {
        look.take(item.map_err(refused)?).await?;
    }
    drop(stream);
    look.finish(&reach, many_gone).await
}

/// A reading under way.
struct Reading<'r> {
    ctx: &'r Ctx,
    proof: &'r Authorized<actions::ManageTarget>,
    application: &'r ApplicationRow,
    /// How accounts are filled, if Tenure fills them.
    mapping: Option<Mapping>,
    /// Accounts that are being created.
    planned: Vec<Account>,
    seen: Reconciled,
    /// By the target's key of an account: whose it is.
    owners: HashMap<String, IdentityId>,
    /// Not written yet.
    accounts: Vec<FoundAccount>,
    entitlements: BTreeMap<String, FoundEntitlement>,
    memberships: Memberships,
    watermark: Option<Watermark>,
}

impl Reading<'_> {
    async fn take(&mut self, found: Found) -> Result<(), ServiceError> {
        match found {
            Found::Account(account) => {
                self.seen.accounts += 1;
                self.accounts.push(account);
                if self.accounts.len() >= PIECE {
                    self.write_accounts().await?;
                }
            }
            Found::Entitlement(entitlement) => {
                self.seen.entitlements += 1;
                self.entitlements.insert(entitlement.key.clone(), entitlement);
            }
            Found::Membership(membership) => self.memberships.add(membership),
            Found::Watermark(watermark) => self.watermark = Some(watermark),
            Found::Gone(_) | Found::Credential(_) => {}
        }
        Ok(())
    }

    /// Writes the accounts that came, with whose they are as far as anything tells.
    async fn write_accounts(&mut self) -> Result<(), ServiceError> {
        let mut found = std::mem::take(&mut self.accounts);
        // A page that shifts tells of one twice.
        let mut keys = HashSet::new();
        found.retain(|account| keys.insert(account.account.key.clone()));
        let target = self.application.id;
        // A piece is not the whole reading: that is carried out with its end.
        let mut tx = self.ctx.app.store.fulfilling_nothing().write().await?;
        let keys: Vec<&str> = found.iter().map(|a| a.account.key.as_str()).collect();
        let rows = tx.accounts_by_key(target, &keys).await?;
        let mut left = tx.accepted_of(&rows.iter().map(|(id, _, _)| *id).collect::<Vec<_>>()).await?;
        let left: HashMap<String, Differences> = rows.iter().filter_map(|(id, key, _)| Some((key.clone(), left.remove(id)?))).collect();
        let known: HashMap<String, Option<IdentityId>> = rows.into_iter().map(|(_, key, identity)| (key, identity)).collect();
        let suggested = super::owners::suggest(&mut tx, &found).await?;
        let owner = |(account, suggested): (&FoundAccount, Option<IdentityId>)| {
            // A name that was chosen for one person tells nothing of another who is called so.
            let planned = self.planned.iter().filter(|p| p.name.eq_ignore_ascii_case(&account.account.name));
            let chosen: Vec<_> = planned.map(|p| p.identity_id).collect();
            let suggested = suggested.filter(|_| chosen.is_empty() || chosen.contains(&suggested));
            known.get(&account.account.key).copied().flatten().or(suggested)
        };
        let owners: Vec<Option<IdentityId>> = found.iter().zip(suggested).map(owner).collect();
        let people = self.people(&mut tx, &owners).await?;
        let (mut seen, mut over) = (Vec::with_capacity(found.len()), Vec::new());
        for (account, identity_id) in found.into_iter().zip(owners) {
            match identity_id {
                Some(identity) => {
                    self.owners.insert(account.account.key.clone(), identity);
                }
                None => self.seen.orphans += 1,
            }
            // One that is being created has its name already: this is it, if it is that person's.
            let mine = |a: &&Account| a.name == account.account.name && a.identity_id.is_some() && a.identity_id == identity_id;
            if let Some(planned) = self.planned.iter().find(mine) {
                tx.planned_account_was_seen(self.proof, planned.id, &account.account.key).await?;
            }
            let person = identity_id.and_then(|id| people.get(&id));
            let was_left = left.get(&account.account.key);
            let none = Accepted::new();
            let (drift, accepted) = match (&self.mapping, person) {
                (Some(mapping), Some(person)) => differences(mapping, person, &account, was_left.map_or(&none, |was| &was.accepted)),
                _ => (None, Accepted::new()),
            };
            // What is not so any more is not left so any more.
            if let Some(was) = was_left.filter(|was| was.accepted != accepted) {
                over.push((identity_id, Differences { id: was.id, accepted, drift: drift.clone() }));
            }
            self.seen.drifted += usize::from(drift.is_some());
            seen.push(SeenAccount { identity_id, drift, ..as_seen(self.ctx.id(), &account) });
        }
        tx.see_accounts(self.proof, target, &seen, self.ctx.now).await?;
        for (owner, kept) in &over {
            tx.keep_differences(self.proof, *owner, kept).await?;
        }
        let event = self.ctx.event(Stream::Access, "target.accounts-seen").target(&target, self.application.name.as_str());
        tx.commit(event.after(json!({ "accounts": seen.len() }))).await?;
        Ok(())
    }

    /// Those whose accounts are to be as a mapping says.
    async fn people(&self, tx: &mut WriteTx, owners: &[Option<IdentityId>]) -> Result<HashMap<IdentityId, Identity>, ServiceError> {
        if self.mapping.is_none() {
            return Ok(HashMap::new());
        }
        let mut ids: Vec<IdentityId> = owners.iter().copied().flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(tx.identities(&ids).await?.into_iter().map(|i| (i.id, i)).collect())
    }

    /// Compares who holds what with what is recorded.
    async fn finish(mut self, reach: &Reach, many_gone: bool) -> Result<Reconciled, ServiceError> {
        if !self.accounts.is_empty() {
            self.write_accounts().await?;
        }
        let (ctx, target) = (self.ctx, self.application.id);
        let at: DateTime<Utc> = ctx.now;
        let mut tx = ctx.app.store.write().await?;
        let (known, _) = tx.account_counts(target).await?;
        self.seen.gone = tx.unseen_accounts_are_gone(self.proof, target, at).await?;
        if !many_gone && self.seen.gone > GONE_AT_MOST.max(u64::try_from(known).unwrap_or_default() * GONE_PER_HUNDRED / 100) {
            return Err(ServiceError::field(
                "many_gone",
                format!(
                    "{} of {known} accounts were not seen: is the place right, and may Tenure still read all of it? Nothing follows from this look until you say so",
                    self.seen.gone
                ),
            ));
        }
        let by_key = self.write_entitlements(&mut tx).await?;
        let mut real: HashSet<(IdentityId, EntitlementId)> = HashSet::new();
        for (entitlement, account) in self.memberships.effective() {
            if let (Some(entitlement), Some(owner)) = (by_key.get(entitlement), self.owners.get(account)) {
                real.insert((*owner, *entitlement));
            }
        }
        let mut owners: Vec<IdentityId> = self.owners.values().copied().collect();
        owners.sort_unstable();
        owners.dedup();
        // Who had an account here before and has none any more holds nothing here either.
        owners.extend(tx.owners_of_gone_accounts(target, at).await?.into_iter().filter(|id| !owners.contains(id)).collect::<Vec<_>>());
        let people = tx.identities(&owners).await?.iter().map(|i| (i.id, Holder::from(i))).collect();
        let look = Look { at, real: &real, people: &people, is_whole: true };
        let mut summary = MembershipSummary { rows: real.len(), ..MembershipSummary::default() };
        let events = take_in(ctx, self.proof, &mut tx, (target, &self.application.name), &look, &mut summary).await?;
        self.seen.memberships = summary;
        let now = ctx.now;
        let found_alive = tx.owe_to_accounts_of_ended(self.proof, reach, at, &move || new_id(now)).await?;
        self.seen.of_ended = found_alive.len();
        tx.note_reconciled(self.proof, target, self.watermark.as_ref().map(|w| w.0.as_str()), at).await?;
        let mut all = Events::one(
            ctx.event(Stream::Access, "target.reconciled").target(&target, self.application.name.as_str()).after(json!(self.seen)),
        );
        all.extend(events);
        all.extend(found_alive.into_iter().map(|(identity, name)| {
            let event = ctx.event(Stream::Access, "account.of-ended").target(&target, self.application.name.as_str()).about(identity);
            event.because("the account of somebody who has ended was found alive").after(json!({ "account": name }))
        }));
        tx.commit(all).await?;
        Ok(self.seen)
    }

    /// Records entitlements that are new, and what the target knows the others by.
    async fn write_entitlements(&mut self, tx: &mut WriteTx) -> Result<HashMap<String, EntitlementId>, ServiceError> {
        let known = tx.entitlements_of(self.application.id).await?;
        let mut by_key: HashMap<String, EntitlementId> = HashMap::new();
        let (mut keyed, mut named) = (HashMap::new(), HashMap::new());
        for e in &known {
            keyed.insert(e.key.as_str(), e.id);
            named.insert(e.name.as_str(), (e.id, e.key.as_str()));
        }
        let mut created = Vec::new();
        for (key, found) in std::mem::take(&mut self.entitlements) {
            let id = if let Some(id) = keyed.get(key.as_str()).filter(|_| !key.is_empty()) {
                *id
            } else if let Some((id, "")) = named.get(found.name.as_str()) {
                tx.set_entitlement_key(self.proof, *id, &key).await?;
                *id
            } else {
                // Two groups of one name: the target's own key tells them apart.
                let name = if named.contains_key(found.name.as_str()) || created.iter().any(|e: &EntitlementRow| e.name == found.name) {
                    key.clone()
                } else {
                    found.name
                };
                let id = self.ctx.id();
                let (application_id, created_at) = (self.application.id, self.ctx.now);
                created.push(EntitlementRow {
                    id,
                    application_id,
                    name,
                    description: found.description,
                    risk: Risk::Low,
                    key: key.clone(),
                    created_at,
                });
                id
            };
            by_key.insert(key, id);
        }
        self.seen.new_entitlements = created.len();
        tx.insert_entitlements(self.proof, &created).await?;
        Ok(by_key)
    }
}
