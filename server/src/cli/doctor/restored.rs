//! Whether the database was restored, and what goes out is held.

use tenure_services::restores::{Compared, compare_with_seen};
use tenure_services::{App, ServiceError};

use super::Checks;

/// A hold is what is right after a restore, and no fault of the installation.
pub(super) async fn look(app: &App, checks: &mut Checks) {
    checks.note("outward changes", words(app).await.map_err(|error| error.to_string()));
}

async fn words(app: &App) -> Result<String, ServiceError> {
    if let Some(open) = app.store.read().await?.open_restore().await? {
        return Ok(format!("held since {}: {}; look at /operations/restored", open.noticed_at.format("%Y-%m-%d %H:%M UTC"), open.said));
    }
    Ok(match compare_with_seen(app).await? {
        Some(Compared::Restored { said, .. }) => format!("held from the next start on: {said}"),
        _ => "not held".to_owned(),
    })
}
