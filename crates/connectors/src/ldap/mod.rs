//! LDAP: OpenLDAP and its like, and Active Directory.
//!
//! | file | what |
//! |---|---|
//! | `settings`, `flavour` | what an administrator says; in what the two kinds differ |
//! | `connection`, `tls`, `wire`, `ber` | connected, secure, signed in; every message looked through before it is read |
//! | `search`, `nested`, `dn` | looking things up; groups in groups; names |
//! | `perform`, `read_back` | one change, and whether it is so |
//! | `state`, `credential` | whether an account can be used; passwords and SSH keys |
//! | `found` | an account as it is told, and which attributes are |
//! | `reconcile` | everything that is there, in pages |
//! | `faults`, `code` | what went wrong, in words |
//!
//! An account is found by its stable key (`entryUUID`, `objectGUID`), by its name only as long as it has
//! none. What is not found is absent only if the place where it would be can be read.

mod ber;
mod code;
mod connection;
mod credential;
mod dn;
mod faults;
mod flavour;
mod found;
mod nested;
mod perform;
mod probe;
mod random;
mod read_back;
mod reconcile;
mod search;
mod settings;
mod state;
mod time;
mod tls;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use rustls::ClientConfig;

use self::settings::Address;
pub use self::settings::{DisableBy, DisablingAttribute, LdapFlavour, LdapSettings, LdapSettingsError};
use crate::{AccountRef, Capability, Change, Connector, Fault, Found, FoundAccount, Limits, Outcome, Probe, ReadBack, Secret, Watermark};

/// A directory, ready to be asked.
#[derive(Debug, Clone)]
pub struct LdapConnector {
    target: Arc<Target>,
}

/// What every connection needs to know.
struct Target {
    settings: LdapSettings,
    address: Address,
    password: Secret,
    tls: Arc<ClientConfig>,
    limits: Limits,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("settings", &self.settings).field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Target {
    fn is_secure(&self) -> bool {
        self.address.secure || self.settings.start_tls
    }
}

impl LdapConnector {
    /// A connector for these settings, and the password of `bind-dn`. Connects to nothing yet.
    ///
    /// # Errors
    /// The field of the settings that cannot be meant.
    pub fn new(settings: LdapSettings, password: Secret, limits: Limits) -> Result<Self, LdapSettingsError> {
        settings.validate()?;
        if password.expose().is_empty() {
            return Err(LdapSettingsError { field: "password", problem: "is empty; directories take that for nobody".to_owned() });
        }
        let address = settings.address()?;
        let tls = tls::config(&settings)?;
        Ok(Self { target: Arc::new(Target { settings, address, password, tls, limits }) })
    }
}

const CAPABILITIES: &[Capability] = &[
    Capability::ListAccounts,
    Capability::ListEntitlements,
    Capability::ListCredentials,
    Capability::Incremental,
    Capability::Create,
    Capability::Change,
    Capability::Disable,
    Capability::Delete,
    Capability::Membership,
    Capability::SetPassword,
    Capability::RevokeCredential,
];

/// Active Directory takes no passwords in the clear, and no account can be made there without one.
const CAPABILITIES_OF_INSECURE_AD: &[Capability] = &[
    Capability::ListAccounts,
    Capability::ListEntitlements,
    Capability::ListCredentials,
    Capability::Incremental,
    Capability::Change,
    Capability::Disable,
    Capability::Delete,
    Capability::Membership,
];

#[async_trait]
impl Connector for LdapConnector {
    fn capabilities(&self) -> &'static [Capability] {
        if self.target.settings.is_ad() && !self.target.is_secure() { CAPABILITIES_OF_INSECURE_AD } else { CAPABILITIES }
    }

    async fn probe(&self) -> Result<Probe, Fault> {
        probe::probe(&self.target).await
    }

    async fn perform(&self, change: &Change) -> Result<Outcome, Fault> {
        perform::perform(&self.target, change).await
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, Fault> {
        read_back::read_back(&self.target, change).await
    }

    async fn find(&self, account: &AccountRef, wanted: &[String]) -> Result<Option<FoundAccount>, Fault> {
        found::find(&self.target, account, wanted).await
    }

    async fn reconcile(&self, since: Option<&Watermark>, wanted: &[String]) -> Result<BoxStream<'_, Result<Found, Fault>>, Fault> {
        reconcile::reconcile(&self.target, since, wanted).await
    }

    fn always_tells_watermark(&self) -> bool {
        true
    }
}
