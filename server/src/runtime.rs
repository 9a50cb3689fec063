//! Opening an installation: keys, database, services.

use std::sync::Arc;

use chrono::{SubsecRound, Utc};
use tenure_domain::access::{Channel, Principal};
use tenure_services::{App, Ctx, ServiceError, accounts};
use tenure_store::{EventMac, Store};
use tenure_vault::{Keys, PasswordPool, Verifier};

use crate::config::Config;

/// Opens keys and database, and checks that they belong together.
pub(crate) async fn open(config: &Config) -> Result<Arc<App>, ServiceError> {
    let keys = match config.key_file() {
        Some(file) => {
            if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)
                    .map_err(|e| ServiceError::Vault(format!("the folder of the key file cannot be made: {e}")))?;
            }
            Keys::open_or_create(&file).map_err(|e| ServiceError::Vault(e.to_string()))?
        }
        None => Keys::ephemeral().map_err(|e| ServiceError::Vault(e.to_string()))?,
    };
    let mac: EventMac = {
        let keys = keys.clone();
        Arc::new(move |body| *keys.audit_mac().tag(body).as_bytes())
    };
    let store = Store::open(&config.database, mac).await?;
    let app = Arc::new(App {
        store,
        keys,
        passwords: PasswordPool::new(Verifier::owasp()),
        settings: config.settings(),
        transient: Arc::default(),
    });
    accounts::check_instance(&system(&app, "start")).await?;
    Ok(app)
}

/// Tenure itself acts, now.
pub(crate) fn system(app: &Arc<App>, reason: &str) -> Ctx {
    context(app, Principal::system(reason), Channel::Schedule)
}

/// Somebody acts, now. The only place in the server that asks the clock for commands.
pub(crate) fn context(app: &Arc<App>, principal: Principal, channel: Channel) -> Ctx {
    // To the digit that both engines keep, so that no event has to be copied to fit.
    let now = Utc::now().trunc_subsecs(6);
    Ctx { app: Arc::clone(app), principal, now, request_id: uuid::Uuid::now_v7().to_string(), channel }
}
