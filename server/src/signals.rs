//! The worker that tells receivers what is owed to them. Each has a task of its own while something is due: a slow one
//! delays no other.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tenure_domain::id::SignalReceiverId;
use tenure_services::{App, signals};
use tokio::sync::watch;

use crate::runtime;
use crate::serve::every;

/// How long the worker rests when nothing is due.
const ROUND: Duration = Duration::from_millis(500);

/// Tells what is due, again and again, until it is told to stop. `origin` is by what tokens say who they are of.
pub(crate) async fn work(app: Arc<App>, origin: String, stopped: watch::Receiver<bool>) {
    let name = format!("{}-{}", std::process::id(), uuid::Uuid::new_v4().simple());
    let (name, origin): (Arc<str>, Arc<str>) = (name.into(), origin.into());
    let busy = Busy::default();
    every(ROUND, stopped.clone(), || async {
        let due = match signals::receivers_due(&runtime::system(&app, "signals")).await {
            Ok(due) => due,
            Err(error) => return tracing::error!(%error, "what receivers are owed could not be read; it is tried again"),
        };
        for receiver in due {
            if !busy.begin(receiver) {
                continue;
            }
            let (app, busy, name, origin, stopped) =
                (Arc::clone(&app), busy.clone(), Arc::clone(&name), Arc::clone(&origin), stopped.clone());
            tokio::spawn(async move {
                let _over = Over(&busy, receiver);
                while !*stopped.borrow() {
                    match once(&app, receiver, &name, &origin).await {
                        Ok(true) => {}
                        Ok(false) => break,
                        Err(error) => {
                            tracing::error!(%error, %receiver, "a receiver could not be told; it is tried again");
                            break;
                        }
                    }
                }
            });
        }
    })
    .await;
}

/// Tells a receiver what is due now. Whether there may be more.
async fn once(app: &Arc<App>, receiver: SignalReceiverId, name: &str, origin: &str) -> Result<bool, tenure_services::ServiceError> {
    let Some(job) = signals::claim_signals(&runtime::system(app, "signals"), receiver, name, origin).await? else { return Ok(false) };
    let attempted = signals::attempt(&job).await;
    signals::settle_signals(&runtime::system(app, "signals"), &job, &attempted).await?;
    Ok(attempted.is_some())
}

/// Receivers that are being told.
#[derive(Clone, Default)]
struct Busy(Arc<Mutex<HashSet<SignalReceiverId>>>);

impl Busy {
    fn begin(&self, receiver: SignalReceiverId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(receiver)
    }
}

/// Says that a receiver is told no more, however that ended.
struct Over<'b>(&'b Busy, SignalReceiverId);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}
