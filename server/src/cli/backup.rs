//! `tenure backup FILE`

use std::path::Path;

use serde_json::json;
use tenure_services::{Ctx, ServiceError};

use super::output::{Failed, Output};

pub(super) async fn run(ctx: &Ctx, output: &Output, file: &Path) -> Result<(), Failed> {
    if file.exists() {
        return Err(Failed::new(format!("{} exists already: a backup never overwrites one", file.display())));
    }
    let text = file.to_str().ok_or_else(|| Failed::new("the name of the file must be text"))?;
    ctx.app.store.backup(text).await.map_err(ServiceError::from)?;
    output.say(&json!({ "file": file }), || {
        format!("Written to {}. Keep the key file too: without it the copy cannot be opened.", file.display())
    });
    Ok(())
}
