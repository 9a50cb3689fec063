//! One's own factors, and what all changes of them have in common.

use serde_json::json;
use tenure_domain::access::{Authorized, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::credential::{Credential, CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::sign_in::{FactorKind, Held, Need, Stand};
use tenure_store::factors::FactorView;
use tenure_store::{Tx, WriteTx};

use super::passkey::passkeys_work;
use super::tell::tell_changed;
use crate::accounts::all_roles;
use crate::credentials::ISSUER;
use crate::{Ctx, ServiceError};

/// What the page of one's factors shows.
#[derive(Debug, Clone)]
pub struct MyFactors {
    /// The identity's name to sign in with.
    pub user_name: String,
    /// The factors, oldest first.
    pub factors: Vec<FactorView>,
    /// Recovery codes that were not used.
    pub codes_left: i64,
    /// What is asked of the person.
    pub need: Need,
    /// Where the session stands.
    pub stand: Stand,
    /// Whether passkeys work at this address.
    pub passkeys_work: bool,
}

pub(super) fn me(ctx: &Ctx) -> Result<IdentityId, ServiceError> {
    ctx.principal.identity_id().ok_or_else(|| ServiceError::Refused("only people have second factors".to_owned()))
}

/// What is asked of somebody now.
pub(super) async fn need_of(ctx: &Ctx, tx: &mut Tx, id: IdentityId) -> Result<Need, ServiceError> {
    let roles = all_roles(tx.portal_roles_of(id).await?, tx.has_reports(id).await?);
    Ok(tx.sign_in_policy().await?.policy.need(&roles, ctx.now))
}

/// The actor's own factors.
///
/// # Errors
/// [`ServiceError::Refused`] when no person acts.
pub async fn my_factors(ctx: &Ctx) -> Result<MyFactors, ServiceError> {
    let me = me(ctx)?;
    ctx.authorize::<actions::UseOwnAccount, _>(&(me, Relation::Own)).await?;
    let mut tx = ctx.app.store.read().await?;
    let factors = tx.factors_of(me).await?;
    let roles = all_roles(tx.portal_roles_of(me).await?, tx.has_reports(me).await?);
    let policy = tx.sign_in_policy().await?.policy;
    let held = Held::of(factors.iter().map(|factor| factor.kind));
    let stand = ctx.proven.map_or(Stand::Fine, |proven| policy.stand(&roles, held, proven.level, proven.by_password, ctx.now));
    Ok(MyFactors {
        user_name: tx.identity(me).await?.ok_or(ServiceError::NotFound("identity"))?.user_name,
        codes_left: tx.recovery_codes_left(me).await?,
        need: policy.need(&roles, ctx.now),
        stand,
        passkeys_work: passkeys_work(&ctx.app),
        factors,
    })
}

/// The inventory's row of a new factor.
pub(super) fn credential(ctx: &Ctx, me: IdentityId, label: &str) -> Credential {
    let id: CredentialId = ctx.id();
    Credential {
        id,
        identity_id: Some(me),
        kind: CredentialKind::MfaFactor,
        label: label.to_owned(),
        purpose: "Second factor for Tenure".to_owned(),
        issuer: ISSUER.to_owned(),
        external_id: id.to_string(),
        application_id: None,
        origin: CredentialOrigin::Issued,
        state: CredentialState::Active,
        created_at: ctx.now,
        last_used_at: None,
        rotated_at: None,
        expires_at: None,
        ended_at: None,
        dependents: Vec::new(),
        version: 1,
    }
}

/// Ends what a new factor makes doubtful, tells its owner, and commits.
///
/// # Errors
/// When the database fails.
pub(super) async fn enrolled(
    ctx: &Ctx,
    mut tx: WriteTx,
    proof: &Authorized<actions::ManageFactors>,
    identity: &Identity,
    row: &Credential,
    kind: FactorKind,
    session: Option<CredentialId>,
) -> Result<(), ServiceError> {
    // They were opened with less (ASVS 5, 7.4.3).
    tx.end_other_sessions(proof, identity.id, session, ctx.now).await?;
    tell_changed(ctx, &mut tx, proof, identity, &format!("A second factor was added: {} ({}).", row.label, kind.label())).await?;
    let event = ctx.event(Stream::Credential, "factor.enrolled").target(&row.id, row.label.as_str()).about(identity.id);
    tx.commit(event.after(json!({ "kind": row.kind, "factor": kind }))).await?;
    Ok(())
}
