//! What one of those who watch is told: `changed` when the record stands otherwise than they last heard,
//! `complete` when nothing is open any more.

use std::convert::Infallible;
use std::sync::Arc;

use axum::response::sse::Event;
use futures::Stream;
use tenure_services::records::{Standing, WatchedRecord};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, interval_at, sleep_until};

use super::looks::Seen;
use super::pace::Pace;
use super::seats::Seat;
use crate::http::{CameBy, Web};

/// One who watches.
pub(super) struct Watcher {
    web: Arc<Web>,
    by: CameBy,
    seen: watch::Receiver<Seen>,
    ended: watch::Receiver<bool>,
    told: Option<Standing>,
    check: Interval,
    until: Instant,
    pace: Pace,
    _seat: Seat,
}

impl Watcher {
    pub(super) fn new(
        web: Arc<Web>,
        by: CameBy,
        seat: Seat,
        seen: watch::Receiver<Seen>,
        ended: watch::Receiver<bool>,
        pace: Pace,
    ) -> Self {
        let now = Instant::now();
        let check = interval_at(now + pace.check, pace.check);
        Self { web, by, seen, ended, told: None, check, until: now + pace.lasts, pace, _seat: seat }
    }

    /// What there is to tell, until nothing is, they may not see it any more, it has lasted long enough,
    /// or the server stops.
    pub(super) fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures::stream::unfold(Some(self), |watcher| async {
            let (event, more) = watcher?.next().await?;
            Some((Ok(event), more))
        })
    }

    async fn next(mut self) -> Option<(Event, Option<Self>)> {
        loop {
            let news = self.seen.borrow_and_update().clone().filter(|seen| self.told.as_ref() != Some(seen));
            if let Some(news) = news {
                if !self.may_see().await {
                    return None;
                }
                let event = Event::default().event("changed").retry(self.pace.again).data(&news.version);
                self.told = Some(news);
                return Some((event, Some(self)));
            }
            if self.told.as_ref().is_some_and(|told| told.is_complete) {
                // A browser hears no event that says nothing.
                return Some((Event::default().event("complete").data("complete"), None));
            }
            let is_due = tokio::select! {
                changed = self.seen.changed() => {
                    changed.ok()?;
                    false
                }
                _ = self.check.tick() => true,
                () = sleep_until(self.until) => return None,
                () = over(&mut self.ended) => return None,
            };
            if is_due && !self.may_see().await {
                return None;
            }
        }
    }

    async fn may_see(&self) -> bool {
        self.by.who(&self.web).await.is_some_and(|who| WatchedRecord::may_see(&who))
    }
}

/// Waits until the server stops.
async fn over(ended: &mut watch::Receiver<bool>) {
    let _ = ended.wait_for(|ended| *ended).await;
}
