//! One look at a target, from its first account to what follows from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use futures::StreamExt;
use serde_json::json;
use tenure_connectors::{Capability, Fault, Found, FoundAccount, FoundCredential, FoundEntitlement, Watermark};
use tenure_domain::access::{Authorized, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::CredentialId;
use tenure_domain::mapping::Mapping;
use tenure_domain::target::{Account, ReadingKind, ReadingState};
use tenure_store::WriteTx;
use tenure_store::access::ApplicationRow;
use tenure_store::readings::ReadingEnd;
use tenure_store::targets::Reach;

use super::clean::clean;
use super::entitlements::Known;
use super::keys::{Accounts, Memberships};
use super::{ClaimedReading, PIECE, Reconciled};
use crate::targets::connect;
use crate::targets::mapping::mapping_of;
use crate::{Ctx, ServiceError};

/// Now. Nothing below the surfaces asks the clock: who runs a reading, which may take a while, brings one along.
pub(super) type Clock<'c> = &'c (dyn Fn() -> DateTime<Utc> + Send + Sync);

/// How often a reading is begun that fails on Tenure's own side.
const ATTEMPTS: i32 = 3;

/// How often one is begun whose reader died of it.
const DEATHS: i32 = 5;

/// The longest that a target which could not be read is left alone, in minutes.
const AFTER_FAILURE: i32 = 15;

/// Why a look stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// The target could not be read.
    Fault(String),
    /// Too many accounts were not seen.
    Doubtful(String),
    /// Somebody stopped it or took it over: nothing more is written.
    Lost,
    /// Tenure's own side failed.
    Service(ServiceError),
}

impl<E: Into<ServiceError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Service(error.into())
    }
}

/// Does a reading that was claimed, to its end. Yields how it ended; none if it was stopped or taken over meanwhile,
/// and then nothing more was written. May be dropped at any moment: what was seen so far stays recorded, and nothing
/// follows from what was not.
///
/// # Errors
/// When Tenure's own database fails; then the claim lapses and it is begun anew.
pub async fn read_claimed(ctx: &Ctx, reading: &ClaimedReading, clock: Clock<'_>) -> Result<Option<ReadingState>, ServiceError> {
    let target = reading.target();
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(target, Relation::None)).await?;
    let mut tx = ctx.app.store.read().await?;
    let row = tx.target(target).await?.ok_or(ServiceError::NotFound("target"))?;
    let application = tx.application(target).await?.ok_or(ServiceError::NotFound("application"))?;
    let planned = tx.planned_accounts(target).await?;
    drop(tx);
    let reach = row.reach;
    if reading.row.attempts > DEATHS {
        let times = reading.row.attempts - 1;
        let said =
            format!("it broke off {times} times without a word: whoever read it died or fell silent. The log of the server may say why");
        let failed = (ReadingState::Failed, said.as_str());
        return Ok(broke_off(ctx, &proof, reading, &application, failed, clock()).await?.then_some(ReadingState::Failed));
    }
    let mut look = Look {
        ctx,
        clock,
        reading,
        proof: &proof,
        application: &application,
        mapping: mapping_of(&reach),
        reach: &reach,
        planned,
        seen: Reconciled::default(),
        accounts: Accounts::default(),
        new_accounts: Vec::new(),
        gone: Vec::new(),
        known: None,
        new_entitlements: Vec::new(),
        memberships: Memberships::default(),
        members: Vec::new(),
        new_credentials: Vec::new(),
        credentials: Vec::new(),
        tells_credentials: false,
        watermark: None,
    };
    let read = match look.everything(row.watermark.map(Watermark)).await {
        Ok(()) => look.finish().await,
        Err(stop) => Err(stop),
    };
    let (state, said) = match read {
        Ok(()) => return Ok(Some(ReadingState::Done)),
        Err(Stop::Lost) => return Ok(None),
        // Tried again when the claim lapses, but not for ever.
        Err(Stop::Service(error)) if reading.row.attempts < ATTEMPTS => return Err(error),
        Err(Stop::Service(error)) => (ReadingState::Failed, format!("it could not be kept: {error}")),
        Err(Stop::Fault(said)) => (ReadingState::Failed, said),
        Err(Stop::Doubtful(said)) => (ReadingState::Doubtful, said),
    };
    Ok(broke_off(ctx, &proof, reading, &application, (state, &said), clock()).await?.then_some(state))
}

/// Keeps why a reading did not come to its end. What the schedule tries in vain again and again is told once.
async fn broke_off(
    ctx: &Ctx,
    proof: &Authorized<actions::ManageTarget>,
    reading: &ClaimedReading,
    application: &ApplicationRow,
    (state, said): (ReadingState, &str),
    now: DateTime<Utc>,
) -> Result<bool, ServiceError> {
    // What follows from a doubtful one is a person's to say; what failed is tried again soon.
    let again_within = (state != ReadingState::Doubtful).then_some(AFTER_FAILURE);
    let end = ReadingEnd { id: reading.id(), by: &reading.by, state, said, result: None, at: now, again_within };
    let before = ctx.app.store.read().await?.readings_of(application.id, 2).await?;
    let is_known = before.iter().any(|r| r.id != reading.id() && r.state == state);
    if reading.row.asker.is_empty() && is_known {
        return Ok(ctx.app.store.end_reading_quietly(proof, &end).await?);
    }
    let mut tx = ctx.app.store.write().await?;
    if !tx.end_reading(proof, &end).await? {
        return Ok(false);
    }
    let word = if state == ReadingState::Doubtful { "target.reading-doubtful" } else { "target.reading-failed" };
    let event = ctx.at(now).event(Stream::Access, word).target(&application.id, application.name.as_str()).because(said);
    tx.commit(event.after(json!({ "reading": reading.id(), "asked_by": reading.row.asker }))).await?;
    Ok(true)
}

/// A reading under way.
pub(super) struct Look<'r> {
    pub(super) ctx: &'r Ctx,
    pub(super) clock: Clock<'r>,
    pub(super) reading: &'r ClaimedReading,
    pub(super) proof: &'r Authorized<actions::ManageTarget>,
    pub(super) application: &'r ApplicationRow,
    pub(super) reach: &'r Reach,
    /// How accounts are filled, if Tenure fills them.
    pub(super) mapping: Option<Mapping>,
    /// Accounts that are being created.
    pub(super) planned: Vec<Account>,
    pub(super) seen: Reconciled,
    pub(super) accounts: Accounts,
    /// Not compared yet.
    pub(super) new_accounts: Vec<FoundAccount>,
    /// What the target says is gone, by its keys.
    pub(super) gone: Vec<String>,
    /// Entitlements, as they are recorded: read when the first one comes.
    pub(super) known: Option<Known>,
    pub(super) new_entitlements: Vec<FoundEntitlement>,
    pub(super) memberships: Memberships,
    /// Who holds what, where the account was not told this time: by the target's keys.
    pub(super) members: Vec<(u32, String)>,
    pub(super) new_credentials: Vec<FoundCredential>,
    /// Those that were seen.
    pub(super) credentials: Vec<CredentialId>,
    /// Whether the target lists credentials at all.
    pub(super) tells_credentials: bool,
    pub(super) watermark: Option<Watermark>,
}

impl Look<'_> {
    /// Whether everything is read, so that what is not seen is not there.
    pub(super) fn is_full(&self) -> bool {
        self.reading.kind() == ReadingKind::Full
    }

    /// The moment of which it is a proof.
    pub(super) fn at(&self) -> DateTime<Utc> {
        self.reading.at
    }

    /// The context of what is written now.
    pub(super) fn now(&self) -> Ctx {
        self.ctx.at((self.clock)())
    }

    /// A transaction in which nobody takes the reading away.
    pub(super) async fn write(&self) -> Result<WriteTx, Stop> {
        let mut tx = self.ctx.app.store.write().await?;
        match tx.holds_reading(self.reading.id(), &self.reading.by).await? {
            true => Ok(tx),
            false => Err(Stop::Lost),
        }
    }

    /// Takes in all that the target tells.
    async fn everything(&mut self, watermark: Option<Watermark>) -> Result<(), Stop> {
        let refused = |fault: Fault| Stop::Fault(format!("{} cannot be read: {fault}", self.application.name));
        let connector = connect(self.ctx, self.reach).map_err(refused)?;
        self.tells_credentials = connector.capabilities().contains(&Capability::ListCredentials);
        let wanted: Vec<String> = self.mapping.iter().flat_map(|m| m.attributes.keys().cloned()).collect();
        let since = watermark.filter(|_| !self.is_full());
        let mut stream = connector.reconcile(since.as_ref(), &wanted).await.map_err(refused)?;
        let name = &self.application.name;
        while let Some(item) = stream.next().await {
            let item = item.map_err(|fault| Stop::Fault(format!("{name} cannot be read: {fault}")))?;
            self.take(item).await?;
        }
        drop(stream);
        if connector.always_tells_watermark() && self.watermark.is_none() {
            return Err(Stop::Fault(format!("{name} was not read to its end: it stopped telling what is there")));
        }
        self.write_accounts().await?;
        self.write_entitlements().await?;
        self.find_members().await?;
        self.write_credentials().await
    }

    async fn take(&mut self, found: Found) -> Result<(), Stop> {
        let count = Arc::clone(&self.reading.count);
        let more = |of: &AtomicI64| of.fetch_add(1, Ordering::Relaxed);
        match clean(found) {
            Found::Account(account) => {
                more(&count.accounts);
                self.new_accounts.push(account);
                if self.new_accounts.len() >= PIECE {
                    self.write_accounts().await?;
                }
            }
            Found::Gone(key) => self.gone.push(key),
            Found::Entitlement(entitlement) => {
                more(&count.entitlements);
                self.new_entitlements.push(entitlement);
                if self.new_entitlements.len() >= PIECE {
                    self.write_entitlements().await?;
                }
            }
            Found::Membership(membership) => {
                more(&count.memberships);
                // Whose they are is known of accounts that were taken in.
                self.write_accounts().await?;
                let entitlement = self.memberships.entitlement(&membership.entitlement);
                if membership.nested {
                    let member = self.memberships.entitlement(&membership.member);
                    self.memberships.add_nested(entitlement, member);
                } else if let Some(account) = self.accounts.at(&membership.member) {
                    self.memberships.add_account(entitlement, account);
                } else if !self.is_full() {
                    self.members.push((entitlement, membership.member));
                    if self.members.len() >= PIECE {
                        self.find_members().await?;
                    }
                }
            }
            Found::Credential(credential) => {
                more(&count.credentials);
                self.write_accounts().await?;
                self.new_credentials.push(credential);
                if self.new_credentials.len() >= PIECE {
                    self.write_credentials().await?;
                }
            }
            Found::Watermark(watermark) => self.watermark = Some(watermark),
        }
        Ok(())
    }
}
