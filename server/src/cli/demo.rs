//! `tenure demo`

use serde_json::json;
use tenure_services::{Ctx, accounts, demo};

use super::output::{Failed, Output};
use crate::config::Config;

pub(super) async fn run(ctx: &Ctx, config: &Config, output: &Output, seed: u64) -> Result<(), Failed> {
    let summary = demo::fill_demo(ctx, seed).await?;
    let first = accounts::first_administrator(ctx).await?;
    let sign_in = first.map(|first| {
        let path = format!("/set-up?token={}", first.token.expose());
        json!({ "user_name": first.user_name, "path": path, "link": format!("{}{path}", config.origin()) })
    });
    output.say(&json!({ "summary": summary, "sign_in": sign_in }), || {
        format!(
            "The demo company is there: {}\nNow: tenure --database {} serve",
            json!(summary),
            tenure_store::address_without_secret(&config.database)
        )
    });
    Ok(())
}
