//! Answers who forgot their password, and sends what is owed to people: what is due, is taken by whichever instance comes first.

use std::sync::Arc;
use std::time::Duration;

use tenure_services::{App, ServiceError, accounts, mail};
use tokio::sync::watch;

use crate::runtime;
use crate::serve::every;

/// How long the worker rests when nothing is due.
const ROUND: Duration = Duration::from_millis(500);

/// Sends what is due, again and again, until it is told to stop.
pub(crate) async fn work(app: Arc<App>, stopped: watch::Receiver<bool>) {
    let name = format!("{}-{}", std::process::id(), uuid::Uuid::new_v4().simple());
    let stop = stopped.clone();
    every(ROUND, stopped, || async {
        while !*stop.borrow() {
            // Between any two pieces of the outbox: who waits for a link does not wait for all other mail.
            if let Err(error) = accounts::answer_resets(&runtime::system(&app, "forgotten passwords")).await {
                tracing::error!(%error, "forgotten passwords could not be answered; it is tried again");
            }
            match once(&app, &name).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::error!(%error, "mails could not be sent; it is tried again");
                    break;
                }
            }
        }
    })
    .await;
}

/// Sends what is due now. Whether there may be more.
async fn once(app: &Arc<App>, name: &str) -> Result<bool, ServiceError> {
    let ctx = runtime::system(app, "mail");
    if !mail::mail_is_due(&ctx).await? {
        return Ok(false);
    }
    let Some(job) = mail::claim_mails(&ctx, name).await? else { return Ok(false) };
    let attempted = mail::attempt(&ctx, &job).await;
    mail::settle_mails(&runtime::system(app, "mail"), &job, &attempted).await?;
    Ok(true)
}
