//! `tenure account …`

use serde_json::json;
use tenure_domain::access::PortalRole;
use tenure_services::{Ctx, accounts};

use super::identity::find;
use super::output::{Failed, Output};
use crate::config::Config;

pub(super) async fn invite(ctx: &Ctx, config: &Config, output: &Output, user: &str) -> Result<(), Failed> {
    let token = accounts::invite(ctx, find(ctx, user).await?).await?;
    let path = format!("/set-up?token={}", token.expose());
    let link = format!("{}{path}", config.origin());
    output.say(&json!({ "user_name": user, "path": path, "link": link }), || {
        format!("{user} sets a password by this link, once, within 72 hours:\n  {link}")
    });
    Ok(())
}

pub(super) async fn grant(ctx: &Ctx, output: &Output, user: &str, role: PortalRole, held: bool) -> Result<(), Failed> {
    accounts::set_portal_role(ctx, find(ctx, user).await?, role, held).await?;
    output.say(&json!({ "user_name": user, "role": role, "held": held }), || {
        format!("{user} {} {}.", if held { "is now" } else { "is no longer" }, role.label())
    });
    Ok(())
}
