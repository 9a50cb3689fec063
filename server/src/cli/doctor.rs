//! `tenure doctor`: looks at everything, says everything, changes nothing.

use serde::Serialize;
use tenure_services::{ServiceError, audit};
use tenure_store::{Opening, StoreError};

use super::args::Args;
use super::output::{Failed, Output};
use crate::runtime;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    what: &'static str,
    sound: bool,
    words: String,
}

pub(super) async fn run(args: &Args, output: &Output) -> Result<(), Failed> {
    let mut checks = Vec::new();
    let mut note = |what, outcome: Result<String, String>| {
        let (sound, words) = match outcome {
            Ok(words) => (true, words),
            Err(words) => (false, words),
        };
        checks.push(Check { what, sound, words });
        sound
    };
    let config = match super::configure(args) {
        Ok(config) => {
            note(
                "configuration",
                Ok(args.config.as_ref().map_or_else(|| "none given, or tenure.toml".to_owned(), |f| f.display().to_string())),
            );
            Some(config)
        }
        Err(failed) => {
            note("configuration", Err(failed.words().to_owned()));
            None
        }
    };
    if let Some(config) = config {
        let there = match runtime::look(&config).await {
            Ok(store) => {
                let seen = store.doctor().await;
                store.close().await;
                match seen {
                    Ok(d) => {
                        // Otherwise it would not have been opened.
                        note("migrations", Ok(format!("{} of {} applied", d.applied, d.known)));
                        let words = format!("{} {}", d.engine, d.version);
                        note("database", if d.faults.is_empty() { Ok(words) } else { Err(d.faults.join("; ")) })
                    }
                    Err(error) => note("database", Err(error.to_string())),
                }
            }
            Err(error @ (StoreError::Older { .. } | StoreError::Newer(_))) => note("migrations", Err(error.to_string())),
            Err(error) => note("database", Err(error.to_string())),
        };
        match runtime::open(&config, Opening::Looks).await {
            Err(ServiceError::Vault(words)) => {
                note("keys", Err(words));
            }
            // It is said above.
            Err(ServiceError::Store(_)) if !there => {}
            Err(error) => {
                note("database and keys", Err(error.to_string()));
            }
            Ok(app) => {
                note("keys", Ok(format!("key {} belongs to this database", app.keys.id())));
                match audit::verify_audit(&super::operator(&app), None).await {
                    Ok(v) if v.sound => note("audit log", Ok(format!("{} events, sound", v.events))),
                    Ok(v) => note("audit log", Err(v.faults.first().map(|f| f.what.clone()).unwrap_or_default())),
                    Err(error) => note("audit log", Err(error.to_string())),
                };
                app.store.close().await;
            }
        }
    }
    // Targets and mail come with their connectors; until then there is nothing to look at.
    let sound = checks.iter().all(|c| c.sound);
    let lines =
        || checks.iter().map(|c| format!("{} {:<18} {}\n", if c.sound { "ok  " } else { "BAD " }, c.what, c.words)).collect::<String>();
    if sound {
        output.say(&serde_json::json!({ "sound": true, "checks": checks }), lines);
        Ok(())
    } else {
        Err(Failed::with(format!("something is wrong:\n{}", lines()), serde_json::json!({ "sound": false, "checks": checks })))
    }
}
