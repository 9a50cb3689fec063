//! Opening an installation: keys, database, services.

use std::sync::Arc;

use chrono::{SubsecRound, Utc};
use tenure_domain::access::{Channel, Principal};
use tenure_services::mail::{Carrier, Smtp};
use tenure_services::places::Places;
use tenure_services::restores::SeenFile;
use tenure_services::{App, Ctx, ServiceError, accounts};
use tenure_store::{EventMac, Opening, Store, StoreError};
use tenure_vault::{Breached, Keys, PasswordPool, Verifier};

use crate::config::Config;
use tenure_store::private;

/// Opens the database alone, to look at the engine and the schema: also where the keys are lost.
pub(crate) async fn look(config: &Config) -> Result<Store, StoreError> {
    // Nothing is written by it, so there is nothing to seal.
    let mac: EventMac = Arc::new(|_| [0; 32]);
    Store::open_for(&config.database, mac, Opening::Looks).await
}

/// Opens keys and database as far as the command may, and checks that they belong together.
pub(crate) async fn open(config: &Config, opening: Opening) -> Result<Arc<App>, ServiceError> {
    // Before the key file: where no database is, there is none either, and that would tell less.
    Store::find(&config.database, opening)?;
    let keys = match config.key_file() {
        // The key of a database that is there is somewhere: a new one would not fit it.
        Some(file) if opening != Opening::MayCreate => Keys::open(&file).map_err(|e| ServiceError::Vault(e.to_string()))?,
        Some(file) => {
            if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
                // Often the database's folder too.
                private::folders(folder).map_err(|e| ServiceError::Vault(format!("the folder of the key file cannot be made: {e}")))?;
            }
            Keys::open_or_create(&file).map_err(|e| ServiceError::Vault(e.to_string()))?
        }
        None => Keys::ephemeral().map_err(|e| ServiceError::Vault(e.to_string()))?,
    };
    let mac: EventMac = {
        let keys = keys.clone();
        Arc::new(move |body| *keys.audit_mac().tag(body).as_bytes())
    };
    let store = Store::open_for(&config.database, mac, opening).await?;
    let breached = config.breached_filter.as_deref().map(Breached::open).transpose();
    let breached = breached.map_err(|e| ServiceError::Vault(format!("passwords.breached_filter: {e}")))?;
    let places = config.places.as_deref().map(Places::open).transpose();
    let places = places.map_err(|e| ServiceError::Refused(format!("places.file: {e}")))?.map(Arc::new);
    let app = Arc::new(App {
        store,
        keys,
        passwords: PasswordPool::new(Verifier::owasp()).refusing(breached),
        settings: config.settings().into(),
        connectors: Arc::new(tenure_services::targets::Connectors),
        seen: config.key_file().map(|file| SeenFile::beside(&file)),
        mail: config.mail.clone().map(|settings| Arc::new(Smtp(settings)) as Arc<dyn Carrier>),
        places,
        transient: Arc::default(),
    });
    let start = system(&app, "start");
    match opening {
        Opening::MayCreate => accounts::check_instance(&start).await?,
        Opening::MustExist | Opening::Looks => accounts::known_instance(&start).await?,
    };
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
    Ctx { app: Arc::clone(app), principal, now, request_id: uuid::Uuid::now_v7().to_string(), channel, proven: None }
}
