//! A PostgreSQL cluster.
//!
//! A role that can log in, or could until Tenure disabled it, is an account; every other role is an
//! entitlement, and so is an account that others are members of. A role is known by its name. Each
//! call is one short-lived connection (a deletion takes one more in each database where something hangs
//! on the role), and what has steps finds those that were done before. Statements about roles are
//! transactions in PostgreSQL, so that each of them happens wholly or not at all.
//!
//! What `pg_hba.conf` lets in without a password (`trust`, `peer`, certificates) ends with `NOLOGIN`,
//! not with the password and not with `VALID UNTIL`.

mod attributes;
mod connect;
mod delete;
mod disable;
mod end_sessions;
mod faults;
mod found;
mod mark;
mod membership;
mod names;
mod password;
mod perform;
mod probe;
mod read_back;
mod reassign;
mod reconcile;
mod role;
mod scram;
mod settings;
mod valid_until;

use async_trait::async_trait;
use futures::stream::BoxStream;

pub use self::settings::{Settings, SettingsError, SslMode};
use self::{connect::Session, found::find};
use crate::{AccountRef, Capability, Change, Connector, Fault, Found, FoundAccount, Limits, Outcome, Probe, ReadBack, Secret, Watermark};

/// A PostgreSQL cluster as a target.
#[derive(Debug)]
pub struct Postgresql {
    settings: Settings,
    password: Secret,
    limits: Limits,
}

impl Postgresql {
    /// The cluster with these settings, and the password of Tenure's own role. Asks nobody yet.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn new(settings: Settings, password: Secret, limits: Limits) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self { settings, password, limits })
    }

    async fn session(&self, database: &str) -> Result<Session, Fault> {
        Session::open(&self.settings, &self.password, self.limits, database).await
    }

    async fn signed_in(&self) -> Result<Session, Fault> {
        self.session(&self.settings.maintenance_database).await
    }
}

#[async_trait]
impl Connector for Postgresql {
    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::ListAccounts,
            Capability::ListEntitlements,
            Capability::ListCredentials,
            Capability::Create,
            Capability::Change,
            Capability::Disable,
            Capability::Delete,
            Capability::Membership,
            Capability::SetPassword,
            Capability::EndSessions,
            Capability::RevokeCredential,
            Capability::Reassign,
        ]
    }

    async fn probe(&self) -> Result<Probe, Fault> {
        let mut session = self.signed_in().await?;
        let probed = probe::probe(&mut session).await?;
        session.close().await;
        Ok(probed)
    }

    async fn perform(&self, change: &Change) -> Result<Outcome, Fault> {
        let mut session = self.signed_in().await?;
        let outcome = self.do_it(&mut session, change).await?;
        session.close().await;
        Ok(outcome)
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, Fault> {
        let mut session = self.signed_in().await?;
        let seen = self.look(&mut session, change).await?;
        session.close().await;
        Ok(seen)
    }

    /// What a cluster has to tell of a role is always told: all that a change sets there, whatever is wanted.
    async fn find(&self, account: &AccountRef, _wanted: &[String]) -> Result<Option<FoundAccount>, Fault> {
        let mut session = self.signed_in().await?;
        let found = find(&mut session, account).await?;
        session.close().await;
        Ok(found)
    }

    /// Always everything: a cluster does not tell what changed. As in [`Self::find`], nothing needs to be wanted.
    async fn reconcile(&self, _since: Option<&Watermark>, _wanted: &[String]) -> Result<BoxStream<'_, Result<Found, Fault>>, Fault> {
        let session = self.signed_in().await?;
        Ok(reconcile::everything(session).await?)
    }

    fn always_tells_watermark(&self) -> bool {
        true
    }
}
