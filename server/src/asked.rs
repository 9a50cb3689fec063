//! Tells the audit log, once a minute, what hosts asked.

use std::sync::Arc;
use std::time::Duration;

use tenure_services::{App, ssh};
use tokio::sync::watch;

use crate::runtime;
use crate::serve::every;

/// How often.
const ROUND: Duration = Duration::from_secs(60);

/// Tells it again and again, and once more at the end.
pub(crate) async fn tell(app: Arc<App>, stopped: watch::Receiver<bool>) {
    every(ROUND, stopped, || once(&app)).await;
    once(&app).await;
}

async fn once(app: &Arc<App>) {
    if let Err(error) = ssh::tell_asked(&runtime::system(app, "questions of hosts")).await {
        tracing::error!(%error, "what hosts asked could not be told to the audit log");
    }
}
