//! Reading sealed accounts and their uses.

use tenure_domain::access::{Portal, actions, authorize};
use tenure_domain::break_glass::{Involved, may_not_close};
use tenure_store::Tx;
use tenure_store::accounts::{BreakGlassUseView, BreakGlassView};

use crate::{Ctx, ServiceError};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct BreakGlassOverview {
    /// The accounts, by name.
    pub accounts: Vec<BreakGlassView>,
    /// The uses, those that nobody has looked at first; and why the actor may not close the review of one.
    pub uses: Vec<(BreakGlassUseView, Option<&'static str>)>,
    /// Whether the actor may make and seal accounts.
    pub may_manage: bool,
}

/// Sealed accounts, and how they were used.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn look(ctx: &Ctx) -> Result<BreakGlassOverview, ServiceError> {
    ctx.authorize::<actions::ViewBreakGlass, _>(&Portal).await?;
    let may_manage = authorize::<actions::ManageBreakGlass, _>(&ctx.principal, &Portal).is_ok();
    let me = ctx.principal.identity_id();
    let mut tx = ctx.app.store.read().await?;
    let accounts = tx.break_glass_accounts().await?;
    let uses = tx.break_glass_uses().await?;
    let why_not = |view: &BreakGlassUseView| may_not_close(Involved { account: view.identity_id, sealed_by: view.sealed_by }, me);
    Ok(BreakGlassOverview {
        accounts,
        uses: uses
            .into_iter()
            .map(|view| {
                let why = why_not(&view);
                (view, why)
            })
            .collect(),
        may_manage,
    })
}

/// How many uses wait for somebody to look at them; 0 for who may not.
///
/// # Errors
/// When the database fails.
pub(crate) async fn waiting_reviews(ctx: &Ctx, tx: &mut Tx) -> Result<i64, ServiceError> {
    if authorize::<actions::ManageBreakGlass, _>(&ctx.principal, &Portal).is_err() {
        return Ok(0);
    }
    Ok(tx.open_break_glass_reviews().await?)
}
