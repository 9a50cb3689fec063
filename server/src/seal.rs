//! The worker that seals the audit log, and keeps how far it is where a restored database does not reach.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tenure_services::restores::{Looked, look_for_restore};
use tenure_services::{App, audit};
use tenure_store::restores::RestoreRow;
use tokio::sync::watch;

use crate::runtime;
use crate::serve::every;

/// How long the sealer rests.
const ROUND: Duration = Duration::from_secs(1);

/// What is told of a look, once and not with each round.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

/// Seals again and again until it is told to stop.
pub(crate) async fn work(app: Arc<App>, stopped: watch::Receiver<bool>) {
    let told = Told::default();
    every(ROUND, stopped, || round(&app, &told)).await;
}

/// Seals what came last, when nobody writes any more.
pub(crate) async fn last(app: &Arc<App>) {
    round(app, &Told::default()).await;
}

async fn round(app: &Arc<App>, told: &Told) {
    if let Err(error) = audit::seal_pending(app, chrono::Utc::now()).await {
        tracing::error!(%error, "the audit log could not be sealed; it is tried again");
    }
    match look_for_restore(&runtime::system(app, "looking for a restored database")).await {
        Ok(looked) => {
            gauge(looked.held.as_ref());
            told.tell(words(&looked));
        }
        Err(error) => told.tell(vec![error.to_string()]),
    }
}

/// For whoever watches: 1 while nothing goes out.
pub(crate) fn gauge(held: Option<&RestoreRow>) {
    metrics::gauge!("tenure_restore_held").set(if held.is_some() { 1.0 } else { 0.0 });
}

/// What somebody who runs it has to know of a look.
pub(crate) fn words(looked: &Looked) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(held) = &looked.held {
        words.push(format!("Restored database: nothing goes out to targets until somebody has looked; {}", held.said));
    }
    if looked.is_another {
        words.push("this key file has served another installation before; nothing is held because of it".to_owned());
    }
    words.extend(looked.not_kept.clone());
    words
}

impl Told {
    fn tell(&self, words: Vec<String>) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for word in words.iter().filter(|word| !told.contains(word)) {
            tracing::warn!("{word}");
        }
        *told = words;
    }
}
