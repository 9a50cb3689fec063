//! The database, its schema, the keys and the audit log.

use std::sync::Arc;

use tenure_services::{App, ServiceError, audit};
use tenure_store::{Opening, StoreError};

use super::Checks;
use crate::config::Config;
use crate::{cli, runtime};

/// Yields what was opened, for looking further.
pub(super) async fn look(config: &Config, checks: &mut Checks) -> Option<Arc<App>> {
    let there = database(config, checks).await;
    match runtime::open(config, Opening::Looks).await {
        Err(ServiceError::Vault(words)) => checks.note("keys", Err(words)),
        // It is said already.
        Err(ServiceError::Store(_)) if !there => {}
        Err(error) => checks.note("database and keys", Err(error.to_string())),
        Ok(app) => {
            checks.note("keys", Ok(format!("key {} belongs to this database", app.keys.id())));
            let verified = match audit::verify_audit(&cli::operator(&app), None).await {
                Ok(v) if v.sound => Ok(format!("{} events, sound", v.events)),
                Ok(v) => Err(v.faults.first().map(|f| f.what.clone()).unwrap_or_default()),
                Err(error) => Err(error.to_string()),
            };
            checks.note("audit log", verified);
            return Some(app);
        }
    }
    None
}

/// Whether there is a database of this version's schema.
async fn database(config: &Config, checks: &mut Checks) -> bool {
    let store = match runtime::look(config).await {
        Ok(store) => store,
        Err(error) => {
            let what = if matches!(error, StoreError::Older { .. } | StoreError::Newer(_)) { "migrations" } else { "database" };
            checks.note(what, Err(error.to_string()));
            return false;
        }
    };
    let seen = store.doctor().await;
    store.close().await;
    match seen {
        Ok(d) => {
            // Otherwise it would not have been opened.
            checks.note("migrations", Ok(format!("{} of {} applied", d.applied, d.known)));
            let sound = d.faults.is_empty();
            checks.note("database", if sound { Ok(format!("{} {}", d.engine, d.version)) } else { Err(d.faults.join("; ")) });
            sound
        }
        Err(error) => {
            checks.note("database", Err(error.to_string()));
            false
        }
    }
}
