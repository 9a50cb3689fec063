//! The worker that does what targets are owed. Each target has a task of its own while something is due
//! there: a slow one delays no other.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tenure_domain::id::ApplicationId;
use tenure_services::{App, operations};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::runtime;
use crate::serve::every;

/// How long the worker rests when nothing is due.
const ROUND: Duration = Duration::from_millis(500);

/// Does what is due on targets, again and again, until it is told to stop. What is under way then is let go:
/// whoever comes next takes it up, because nothing but the row tells that it is done.
pub(crate) async fn work(app: Arc<App>, stopped: watch::Receiver<bool>) {
    let name = format!("{}-{}", std::process::id(), uuid::Uuid::new_v4().simple());
    let busy = Busy::default();
    every(ROUND, stopped.clone(), || async {
        let due = match operations::targets_due(&runtime::system(&app, "operations")).await {
            Ok(due) => due,
            Err(error) => return tracing::error!(%error, "what targets are owed could not be read; it is tried again"),
        };
        for target in due {
            if !busy.begin(target) {
                continue;
            }
            let (app, busy, name, stopped) = (Arc::clone(&app), busy.clone(), name.clone(), stopped.clone());
            tokio::spawn(async move {
                let _over = Over(&busy, target);
                drain(&app, target, &name, &stopped).await;
            });
        }
    })
    .await;
}

/// Works on a target until nothing is due there: as many at once as it allows, the next one as soon as one is done.
/// Each attempt is a task of its own: one that waits to be asked again while it holds the one connection that writes
/// to SQLite would wait for whoever takes the next operations, and they for it.
async fn drain(app: &Arc<App>, target: ApplicationId, name: &str, stopped: &watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    loop {
        if !*stopped.borrow() {
            let claimed = operations::claim_operations(&runtime::system(app, "operations"), target, name).await;
            // What is under way is not let go because of it.
            let claimed = claimed.unwrap_or_else(|error| {
                tracing::error!(%error, %target, "what a target is owed could not be taken; it is tried again");
                Vec::new()
            });
            for job in claimed {
                let app = Arc::clone(app);
                running.spawn(async move {
                    let attempted = operations::attempt(&job).await;
                    operations::settle_operation(&runtime::system(&app, "operations"), &job, &attempted).await
                });
            }
        }
        match running.join_next().await {
            // The others go on: what they did is worth keeping, and this one is tried again.
            Some(Ok(Err(error))) => tracing::error!(%error, %target, "what came of an operation could not be kept; it is tried again"),
            Some(Err(error)) => tracing::error!(%error, %target, "an attempt broke off; it is tried again"),
            Some(Ok(Ok(_))) => {}
            None => return,
        }
    }
}

/// Targets that are worked on.
#[derive(Clone, Default)]
struct Busy(Arc<Mutex<HashSet<ApplicationId>>>);

impl Busy {
    fn begin(&self, target: ApplicationId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(target)
    }
}

/// Says that a target is worked on no more, however the work ended.
struct Over<'b>(&'b Busy, ApplicationId);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}
