//! Target systems behind one trait.
//!
//! A connector does one [`Change`] at a time and reads it back. It keeps no state of its own that
//! matters: what is owed is a row in the database, and whoever works on it may be killed at any
//! moment. So every change may be performed twice, and what is so already is [`Outcome::AlreadySo`].
//!
//! | folder | target |
//! |---|---|
//! | `ldap` | OpenLDAP and Active Directory |
//! | `postgresql` | a PostgreSQL cluster |
//! | `scim` | a SCIM 2.0 service provider |
//! | `ssh` | public keys for OpenSSH: pure functions; the target itself is Tenure's own (`services::ssh`) |
//!
//! Beside them, `outward` sends to addresses that somebody typed: signals.
//!
//! A connector never retries, never waits for a better moment and never decides what is owed: that
//! is the worker's part. It never waits longer than [`Limits::timeout`] for an answer.

mod capability;
mod change;
mod fault;
mod found;
pub mod ldap;
pub mod outward;
pub mod postgresql;
pub mod scim;
mod secret;
pub mod ssh;

use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;

pub use capability::Capability;
pub use change::{AccountDraft, AccountRef, Change, CredentialRef, EntitlementRef, Outcome, ReadBack};
pub use fault::{Fault, FaultKind};
pub use found::{Found, FoundAccount, FoundCredential, FoundEntitlement, FoundMembership, Probe, Watermark};
pub use ldap::{LdapConnector, LdapSettings};
pub use secret::Secret;

/// How a connector treats its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// No answer within this is [`FaultKind::Timeout`]; it bounds each exchange with the target.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10) }
    }
}

/// A target system.
#[async_trait]
pub trait Connector: Send + Sync + std::fmt::Debug {
    /// What can be done and read back there, for this target's configuration.
    fn capabilities(&self) -> &'static [Capability];

    /// Signs in and looks what it is talking to, without changing anything.
    ///
    /// # Errors
    /// Why that does not work, in words for an administrator.
    async fn probe(&self) -> Result<Probe, Fault>;

    /// Makes it so. What is so already, or is about something that is not there any more and is to
    /// end anyway, is [`Outcome::AlreadySo`]. May be cut off at any moment and called again.
    ///
    /// # Errors
    /// Why it is not so; also when nobody knows whether it is.
    async fn perform(&self, change: &Change) -> Result<Outcome, Fault>;

    /// Looks whether it is so, by a fresh look at the target, never from what [`Self::perform`] was told.
    ///
    /// # Errors
    /// When the target cannot be read.
    async fn read_back(&self, change: &Change) -> Result<ReadBack, Fault>;

    /// One account by a fresh look: by its key or, where that is empty, by its name. `None` only where the target
    /// provably has no such account, with the care of [`Self::read_back`]: a place that cannot be read is a fault.
    ///
    /// Its attributes hold at least what is `wanted` (by the target's own names, as in [`AccountDraft`]) and is there;
    /// never a secret. They are under the names that were asked for, also where the target compares names without case.
    ///
    /// # Errors
    /// When the target cannot be read, or [`FaultKind::NeedsDecision`] when two answer to that name.
    async fn find(&self, account: &AccountRef, wanted: &[String]) -> Result<Option<FoundAccount>, Fault>;

    /// Everything that is there: accounts first, then entitlements, who holds them and credentials.
    /// Streamed: nobody holds all of it in memory. With a watermark, only what changed since, where
    /// the target can tell ([`Capability::Incremental`]); the last item is the next watermark.
    /// Each account has the attributes that are `wanted`, as in [`Self::find`].
    ///
    /// # Errors
    /// When it cannot be begun; a fault in the middle is an item and the last one.
    async fn reconcile(&self, since: Option<&Watermark>, wanted: &[String]) -> Result<BoxStream<'_, Result<Found, Fault>>, Fault>;

    /// Whether [`Self::reconcile`] always ends with a watermark, be it an empty one: then a stream without it was cut,
    /// and nothing follows from what it did not tell.
    fn always_tells_watermark(&self) -> bool {
        false
    }
}
