//! Records that move by themselves while somebody looks at them. Nothing here is the truth: each instance
//! looks into the database for those who are connected to it.

mod looks;
mod pace;
mod seats;
mod stream;

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use tenure_domain::access::Principal;
use tenure_services::records::WatchedRecord;
use tokio::sync::watch;

use crate::http::{CameBy, Failure, Web};
use looks::Looks;
pub(crate) use pace::Pace;
use seats::Seats;
use stream::Watcher;

/// All who watch, in this process.
pub(crate) struct Live {
    pace: Pace,
    seats: Seats,
    looks: Looks,
    ended: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new(Pace::default())
    }
}

impl Live {
    /// Nobody watches yet.
    pub(crate) fn new(pace: Pace) -> Self {
        Self { seats: Seats::new(pace.streams, pace.of_one), looks: Looks::new(pace.look), ended: watch::Sender::new(false), pace }
    }

    /// Ends all streams, and each that is still begun: the server stops.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Whether the server stops: who waits for something is answered.
    pub(crate) fn is_over(&self) -> bool {
        *self.ended.borrow()
    }

    /// Answers with what becomes of a record, as events. `who` is who may see it by what the caller was checked.
    pub(super) fn answer(web: &Arc<Web>, who: &Principal, by: CameBy, watched: WatchedRecord) -> Result<Response, Failure> {
        let live = &web.live;
        let seat = live.seats.take(who)?;
        let watcher = Watcher::new(Arc::clone(web), by, seat, live.looks.join(watched), live.ended.subscribe(), live.pace);
        let mut response = Sse::new(watcher.events()).keep_alive(KeepAlive::new().interval(live.pace.alive)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // What stands before us would otherwise collect it until there is enough of it.
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        Ok(response)
    }
}
