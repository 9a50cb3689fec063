//! From what is recorded of a target to its connector.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tenure_connectors::postgresql::Postgresql;
use tenure_connectors::scim::Scim;
use tenure_connectors::ssh::SshSettings;
use tenure_connectors::{Connector, Fault, FaultKind, LdapConnector, Limits, Secret};
use tenure_domain::target::TargetKind;
use tenure_store::targets::Reach;

use super::configure::seal_words;
use crate::Ctx;
use crate::ssh::OwnTarget;
use crate::tasks::ManualSettings;

/// Makes connectors. Tests of services bring their own.
pub trait Connect: Send + Sync + std::fmt::Debug {
    /// Whether settings can be understood; if not, which one cannot, and what to write.
    ///
    /// # Errors
    /// In words for whoever wrote them.
    fn check(&self, kind: TargetKind, settings: &Value) -> Result<(), String>;

    /// A connector for a target.
    ///
    /// # Errors
    /// When the settings or the secret do not serve.
    fn connect(&self, kind: TargetKind, settings: &Value, secret: Secret, limits: Limits) -> Result<Arc<dyn Connector>, Fault>;
}

/// The connectors that Tenure has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Connectors;

impl Connect for Connectors {
    fn check(&self, kind: TargetKind, settings: &Value) -> Result<(), String> {
        if kind.is_by_hand() {
            return ManualSettings::read(settings).map(|_| ());
        }
        if kind == TargetKind::Ssh {
            let settings = SshSettings::deserialize(settings).map_err(|e| e.to_string())?;
            return settings.options().map(|_| ()).map_err(|e| e.to_string());
        }
        // Connectors take no empty secret; nobody signs in with this one.
        self.connect(kind, settings, Secret::new("unused".to_owned()), Limits::default()).map(|_| ()).map_err(|fault| fault.words)
    }

    fn connect(&self, kind: TargetKind, settings: &Value, secret: Secret, limits: Limits) -> Result<Arc<dyn Connector>, Fault> {
        let wrong = |words: String| Fault::new(FaultKind::Refused, words);
        fn read<S: DeserializeOwned>(settings: &Value) -> Result<S, Fault> {
            S::deserialize(settings).map_err(|e| Fault::new(FaultKind::Refused, e.to_string()))
        }
        Ok(match kind {
            TargetKind::Ldap => Arc::new(LdapConnector::new(read(settings)?, secret, limits).map_err(|e| wrong(e.to_string()))?),
            TargetKind::Postgresql => Arc::new(Postgresql::new(read(settings)?, secret, limits).map_err(|e| wrong(e.to_string()))?),
            TargetKind::Manual => return Err(by_hand()),
            TargetKind::Ssh => {
                return Err(Fault::new(FaultKind::Unsupported, "Tenure itself answers there: there is nobody to sign in to"));
            }
            TargetKind::Scim => Arc::new(Scim::new(read(settings)?, secret, limits).map_err(|e| wrong(e.to_string()))?),
        })
    }
}

fn by_hand() -> Fault {
    Fault::new(
        FaultKind::Unsupported,
        "a person does by hand what is owed there: there is nobody to sign in to, and nothing that Tenure could read",
    )
}

/// The connector of a target, with its secret opened, if it needs one.
pub(crate) fn connect(ctx: &Ctx, reach: &Reach) -> Result<Arc<dyn Connector>, Fault> {
    if reach.kind.is_by_hand() {
        return Err(by_hand());
    }
    if reach.kind.is_own() {
        return Ok(Arc::new(OwnTarget::new(&ctx.app, reach.application_id, ctx.now)));
    }
    let sign_in = |words: String| Fault::new(FaultKind::SignIn, words);
    let opened =
        ctx.app.keys.target_secrets().open(&reach.secret, &seal_words(reach.application_id)).map_err(|e| sign_in(e.to_string()))?;
    let secret = String::from_utf8(opened.to_vec()).map_err(|_| sign_in("the secret is not text; enter it again".to_owned()))?;
    let timeout = Duration::from_secs(u64::try_from(reach.timeout_seconds).unwrap_or(10));
    ctx.app.connectors.connect(reach.kind, &reach.settings, Secret::new(secret), Limits { timeout })
}
