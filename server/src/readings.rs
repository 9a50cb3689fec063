//! The worker that reads targets: what people ask for, and what is due by the schedule. Any instance may do it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{SubsecRound as _, Utc};
use tenure_services::App;
use tenure_services::targets::{ClaimedReading, claim_reading, let_go, read_claimed, reading_is_alive};
use tokio::sync::{Semaphore, watch};

use crate::runtime;
use crate::serve::every;

/// How long the worker rests when nothing is due.
const ROUND: Duration = Duration::from_secs(1);
/// How often whoever reads gives a sign of life.
const ALIVE: Duration = Duration::from_secs(2);
/// How many targets one instance reads at the same time: each takes memory for what it has seen.
const AT_ONCE: usize = 2;

/// Reads what is due, again and again, until it is told to stop. What is under way then is let go, and begun anew by
/// whoever comes next.
pub(crate) async fn work(app: Arc<App>, stopped: watch::Receiver<bool>) {
    let name = format!("{}-{}", std::process::id(), uuid::Uuid::new_v4().simple());
    let room = Arc::new(Semaphore::new(AT_ONCE));
    every(ROUND, stopped.clone(), || async {
        loop {
            let stops = *stopped.borrow();
            let Some(permit) = Arc::clone(&room).try_acquire_owned().ok().filter(|_| !stops) else { return };
            let reading = match claim_reading(&runtime::system(&app, "reading"), &name).await {
                Ok(Some(reading)) => reading,
                Ok(None) => return,
                Err(error) => return tracing::error!(%error, "no reading of a target could be taken; it is tried again"),
            };
            let (app, stopped) = (Arc::clone(&app), stopped.clone());
            tokio::spawn(async move {
                let _permit = permit;
                attend(&app, reading, stopped).await;
            });
        }
    })
    .await;
    // Those that were under way let go of what they held.
    let _ = room.acquire_many(u32::try_from(AT_ONCE).unwrap_or(1)).await;
}

/// Has a target read, and says all the while that somebody is at it. The reading is a task of its own: while it waits
/// for the one connection that writes to SQLite, the sign of life would wait for it.
async fn attend(app: &Arc<App>, reading: ClaimedReading, mut stopped: watch::Receiver<bool>) {
    let target = reading.target();
    let mut at_it = tokio::spawn({
        let (app, reading) = (Arc::clone(app), reading.clone());
        async move { read_claimed(&runtime::system(&app, "reading"), &reading, &|| Utc::now().trunc_subsecs(6)).await }
    });
    loop {
        tokio::select! {
            done = &mut at_it => {
                match done {
                    Ok(Ok(state)) => tracing::info!(%target, state = state.map_or("given up", |s| s.as_str()), "a reading ended"),
                    Ok(Err(error)) => tracing::error!(%error, %target, "a reading could not be kept; it is begun anew"),
                    Err(error) => tracing::error!(%error, %target, "a reading broke off; it is begun anew"),
                }
                return;
            }
            () = tokio::time::sleep(ALIVE) => match reading_is_alive(&runtime::system(app, "reading"), &reading).await {
                Ok(true) => {}
                Ok(false) => return at_it.abort(),
                // The claim lapses by itself if this goes on.
                Err(error) => tracing::warn!(%error, %target, "a reading could not say that it goes on"),
            },
            () = until_stopped(&mut stopped) => {
                at_it.abort();
                let _ = at_it.await;
                if let Err(error) = let_go(&runtime::system(app, "reading"), &reading).await {
                    tracing::warn!(%error, %target, "a reading could not be let go; it is in a minute");
                }
                return;
            }
        }
    }
}

async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}
