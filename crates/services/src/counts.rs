//! What the charts and cards count: over everything, so that at a large company it takes a
//! while. Where it does, the same figures serve for some seconds.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tenure_domain::access::Scope;
use tenure_domain::credential::CredentialKind;
use tenure_domain::identity::{IdentityKind, LifecycleState};
use tenure_store::stats::FindingCounts;

use crate::credentials::{CredentialCards, count_cards, heat};
use crate::{Ctx, ServiceError};

/// Counts over all identities and credentials.
#[derive(Debug, Clone)]
pub struct Counts {
    /// When they were counted.
    pub at: DateTime<Utc>,
    /// Identities by kind and state.
    pub identities: Vec<(IdentityKind, LifecycleState, i64)>,
    /// Live credentials by kind.
    pub credentials: Vec<(CredentialKind, i64)>,
    /// Live credentials by age of the secret (under 30, 90, 365 days, older) × time since the last
    /// use (under 30, 45, 90 days, longer, no data).
    pub heat: Vec<(i32, i32, i64)>,
    /// The cards above the list of credentials.
    pub cards: CredentialCards,
    /// Findings, counted.
    pub findings: FindingCounts,
}

/// The counts as of now, or of some seconds ago where counting takes long; None for who does not see
/// all credentials.
///
/// # Errors
/// When the database fails.
pub(crate) async fn counts(ctx: &Ctx, scope: Scope) -> Result<Option<Arc<Counts>>, ServiceError> {
    if scope.limited_to().is_some() {
        return Ok(None);
    }
    ctx.app.transient.counts.get(ctx.now, || count(ctx, scope)).await.map(Some)
}

async fn count(ctx: &Ctx, scope: Scope) -> Result<Counts, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    Ok(Counts {
        at: ctx.now,
        identities: tx.identities_by_state().await?,
        credentials: tx.credentials_by_kind().await?,
        heat: heat(&mut tx, ctx.now).await?,
        cards: count_cards(&mut tx, scope, ctx.now).await?,
        findings: tx.finding_counts(ctx.now).await?,
    })
}
