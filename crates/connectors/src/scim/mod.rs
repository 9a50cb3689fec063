//! A SCIM 2.0 service provider (RFC 7643, 7644, 9865).
//!
//! Users are accounts, groups are entitlements; both are known by their `id`. Each exchange with the peer stands
//! alone. What is to change is worked out against a fresh copy of the resource, and only what differs is
//! sent, under the version that was read where the peer has versions.
//!
//! Nothing that a peer answers is believed further than it must be: answers are bounded, a filter's results are
//! compared again, and a page that repeats itself ends the listing with a fault.

mod account;
mod exchange;
mod faults;
mod group;
mod pages;
mod perform;
mod probe;
mod read_back;
mod reconcile;
mod settings;
mod told;
mod wire;

use async_trait::async_trait;
use futures::stream::BoxStream;

use self::exchange::Peer;
pub use self::settings::{Correlation, Dialect, Settings, SettingsError, Update};
use self::told::Told;
use crate::{AccountRef, Capability, Change, Connector, Fault, Found, FoundAccount, Limits, Outcome, Probe, ReadBack, Secret, Watermark};

/// A SCIM service provider as a target.
#[derive(Debug)]
pub struct Scim {
    settings: Settings,
    peer: Peer,
}

impl Scim {
    /// The service provider with these settings, and the bearer token that Tenure shows. Asks nobody yet.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn new(settings: Settings, token: Secret, limits: Limits) -> Result<Self, SettingsError> {
        settings.check()?;
        let peer = Peer::new(&settings, token, limits)?;
        Ok(Self { settings, peer })
    }
}

/// What every peer can do, then what settings allow.
const ALL: [Capability; 9] = [
    Capability::ListAccounts,
    Capability::ListEntitlements,
    Capability::Create,
    Capability::Change,
    Capability::Disable,
    Capability::Delete,
    Capability::Membership,
    Capability::Incremental,
    Capability::SetPassword,
];
const WITH_PASSWORDS: [Capability; 8] = [
    Capability::ListAccounts,
    Capability::ListEntitlements,
    Capability::Create,
    Capability::Change,
    Capability::Disable,
    Capability::Delete,
    Capability::Membership,
    Capability::SetPassword,
];

#[async_trait]
impl Connector for Scim {
    fn capabilities(&self) -> &'static [Capability] {
        match (self.settings.incremental, self.settings.passwords) {
            (true, true) => &ALL,
            (true, false) => ALL.split_at(8).0,
            (false, true) => &WITH_PASSWORDS,
            (false, false) => WITH_PASSWORDS.split_at(7).0,
        }
    }

    async fn probe(&self) -> Result<Probe, Fault> {
        probe::probe(self).await
    }

    async fn perform(&self, change: &Change) -> Result<Outcome, Fault> {
        self.do_it(change).await
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, Fault> {
        self.look(change).await
    }

    async fn find(&self, account: &AccountRef, wanted: &[String]) -> Result<Option<FoundAccount>, Fault> {
        let told = Told::new(wanted);
        Ok(self.look_up(account).await?.map(|seen| told.account(&seen.user)))
    }

    /// With a watermark, only what changed since, where settings say that the peer can be asked so. Nobody is told of
    /// deleted accounts then: SCIM has no way to ask for them.
    async fn reconcile(&self, since: Option<&Watermark>, wanted: &[String]) -> Result<BoxStream<'_, Result<Found, Fault>>, Fault> {
        reconcile::reconcile(self, since, wanted).await
    }
}
