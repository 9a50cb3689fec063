//! `tenure restore …`, and whether the database was restored.

use std::sync::Arc;

use serde_json::json;
use tenure_services::restores::{Looked, hold_outward, look_for_restore};
use tenure_services::{App, Ctx, ServiceError};

use super::output::{Failed, Output};
use crate::{runtime, seal};

/// Before a command writes anything: says what was noticed.
pub(super) async fn look(app: &Arc<App>, output: &Output) -> Result<(), ServiceError> {
    let looked = keep(app).await?;
    if looked.noticed || looked.is_another || looked.not_kept.is_some() {
        seal::words(&looked).iter().for_each(|words| output.warn(words));
    }
    Ok(())
}

/// After it: keeps how far the log is.
pub(super) async fn keep(app: &Arc<App>) -> Result<Looked, ServiceError> {
    look_for_restore(&runtime::system(app, "looking for a restored database")).await
}

pub(super) async fn hold(ctx: &Ctx, output: &Output, reason: &str) -> Result<(), Failed> {
    hold_outward(ctx, reason).await?;
    output.say(&json!({ "held": true, "reason": reason }), || {
        "Nothing goes out to targets until an administrator has looked at the difference on /operations/restored.".to_owned()
    });
    Ok(())
}
