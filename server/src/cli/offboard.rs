//! `tenure offboard USER`

use serde_json::json;
use tenure_services::Ctx;
use tenure_services::identities::{end_identity, preview_end};

use super::identity::find;
use super::output::{Failed, Output};

pub(super) async fn run(ctx: &Ctx, output: &Output, user: &str, reason: &str, dry_run: bool) -> Result<(), Failed> {
    let id = find(ctx, user).await?;
    let (name, effects, personas) = if dry_run {
        let preview = preview_end(ctx, id).await?;
        (preview.identity.display_name, preview.effects, preview.personas.len())
    } else {
        let ended = end_identity(ctx, id, reason).await?;
        (ended.display_name, ended.effects, ended.personas)
    };
    let mut answer = json!(effects);
    answer["user_name"] = json!(user);
    answer["display_name"] = json!(name);
    answer["personas"] = json!(personas);
    answer["dry_run"] = json!(dry_run);
    output.say(&answer, || {
        let verb = if dry_run { "would end" } else { "has ended" };
        format!(
            "{name} {verb}.\n  dead at once:  {} sessions, {} API tokens, {} other credentials of Tenure, {personas} personas\n  owed:          {} accounts, {} revocations, {} removals\n  to hand over:  {} owned identities",
            effects.sessions, effects.api_tokens, effects.issued_revoked, effects.accounts_owed, effects.revocations_owed, effects.removals_owed, effects.hand_overs
        )
    });
    Ok(())
}
