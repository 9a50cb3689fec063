//! One look at a record for all who watch it: a task for each record, gone when nobody watches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tenure_domain::id::RecordId;
use tenure_services::records::{Standing, WatchedRecord};
use tokio::sync::watch;

/// What was seen last; None before the first look.
pub(super) type Seen = Option<Standing>;

/// Each belongs to its task: with the task, however it ends, it is gone.
type Watched = HashMap<RecordId, Weak<watch::Sender<Seen>>>;

/// The records that are watched.
#[derive(Debug)]
pub(super) struct Looks {
    every: Duration,
    watched: Arc<Mutex<Watched>>,
}

impl Looks {
    pub(super) fn new(every: Duration) -> Self {
        Self { every, watched: Arc::default() }
    }

    /// Watches a record, together with whoever does so already.
    pub(super) fn join(&self, record: WatchedRecord) -> watch::Receiver<Seen> {
        let mut watched = locked(&self.watched);
        if let Some(seen) = watched.get(&record.id()).and_then(Weak::upgrade) {
            return seen.subscribe();
        }
        let seen = Arc::new(watch::Sender::new(None));
        let receiver = seen.subscribe();
        watched.insert(record.id(), Arc::downgrade(&seen));
        tokio::spawn(look(record, seen, self.every, Arc::clone(&self.watched)));
        receiver
    }
}

fn locked(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How much more rarely is looked while looking fails.
const RARELY: u32 = 10;

/// Looks until nobody watches.
async fn look(record: WatchedRecord, seen: Arc<watch::Sender<Seen>>, every: Duration, watched: Arc<Mutex<Watched>>) {
    let mut fails = false;
    loop {
        match record.look().await {
            Ok(standing) => {
                fails = false;
                seen.send_if_modified(|last| {
                    let differs = last.as_ref() != Some(&standing);
                    if differs {
                        *last = Some(standing);
                    }
                    differs
                });
            }
            // What was seen last stands until the database answers again. Said once, not twice a second.
            Err(error) => {
                if !std::mem::replace(&mut fails, true) {
                    tracing::warn!(%error, "a record that is watched cannot be looked at; it is tried again");
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(if fails { every * RARELY } else { every }) => {}
            () = seen.closed() => {
                let mut watched = locked(&watched);
                // Under the lock nobody can join: whoever came since then keeps it going.
                if seen.receiver_count() == 0 {
                    watched.remove(&record.id());
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tenure_services::identities::{NewIdentity, create_identity, end_identity};
    use tenure_services::records::{record_of, watch_record};
    use tenure_services::testing;

    use super::*;

    #[tokio::test]
    async fn who_watches_the_same_shares_one_look_which_ends_with_the_last() {
        for (engine, app) in testing::apps().await {
            let ctx = testing::admin_ctx(&app);
            let nadia = create_identity(&ctx, &NewIdentity::person("nadia", "Nadia")).await.unwrap();
            end_identity(&ctx, nadia, "left").await.unwrap();
            let record = watch_record(&ctx, record_of(&ctx, nadia).await.unwrap().unwrap()).await.unwrap();
            let looks = Looks::new(Duration::from_millis(1));
            let mut first = looks.join(record.clone());
            first.changed().await.unwrap();
            let second = looks.join(record.clone());
            assert_eq!(locked(&looks.watched).len(), 1, "{engine}");
            assert!(second.borrow().as_ref().is_some_and(|standing| standing.is_complete), "{engine}: what was seen is there at once");
            drop(first);
            drop(second);
            while !locked(&looks.watched).is_empty() {
                tokio::task::yield_now().await;
            }
        }
    }
}
