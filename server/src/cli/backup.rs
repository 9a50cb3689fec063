//! `tenure backup FILE`

use std::path::Path;

use serde_json::json;
use tenure_services::{Ctx, back_up};

use super::output::{Failed, Output};

pub(super) async fn run(ctx: &Ctx, output: &Output, file: &Path) -> Result<(), Failed> {
    back_up(ctx, file).await?;
    output.say(&json!({ "file": file }), || {
        format!("Written to {}. Keep the key file too: without it the copy cannot be opened.", file.display())
    });
    Ok(())
}
