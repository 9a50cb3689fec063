//! The worker that takes the log of an embedded database over into its file, so that no change waits for that.

use std::sync::Arc;
use std::time::Duration;

use tenure_services::App;
use tokio::sync::watch;

use crate::serve::every;

/// How long it rests: in that time some thousands of pages are written at most.
const ROUND: Duration = Duration::from_millis(250);

/// Takes it over again and again until it is told to stop.
pub(crate) async fn work(app: Arc<App>, stopped: watch::Receiver<bool>) {
    every(ROUND, stopped, || async {
        if let Err(error) = app.store.take_over_log().await {
            tracing::warn!(%error, "the database's log could not be taken over into its file; it is tried again");
        }
    })
    .await;
}
