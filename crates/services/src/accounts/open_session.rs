//! The one place that opens a session, whatever somebody proved themselves by.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use tenure_domain::access::{Authorized, PortalRole, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::credential::{Credential, CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::session::SessionLimits;
use tenure_domain::sign_in::{Level, ProvedBy};
use tenure_store::WriteTx;

use crate::break_glass::session_ends;
use crate::credentials::ISSUER;
use crate::{Ctx, ServiceError};

/// How long a browser's session lasts in which nobody has signed in yet.
pub const BEFORE_MINUTES: i64 = 60;

/// Somebody who just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub identity_id: IdentityId,
    /// Name for people.
    pub display_name: String,
    /// The epoch that the session carries.
    pub epoch: i64,
    /// The session's credential.
    pub session: CredentialId,
    /// The end of the session, however much it is used.
    pub expires_at: DateTime<Utc>,
    /// How long it lasts from one use to the next.
    pub idle_minutes: i64,
    /// By what they proved who they are, first.
    pub first: ProvedBy,
    /// How much they proved in all.
    pub level: Level,
    /// When they did, for what asks for a fresh proof.
    pub proved_at: DateTime<Utc>,
}

/// Opens a session within the transaction that made sure of who it is: the identity is locked, and was read again after
/// that. The caller commits with the event, and then makes the browser's session.
///
/// # Errors
/// When the database fails.
pub(crate) async fn open_session(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    identity: &Identity,
    browser: &str,
    first: ProvedBy,
    level: Level,
) -> Result<(SignedIn, AuditEvent), ServiceError> {
    let session: CredentialId = ctx.id();
    let mut held = tx.portal_roles_of(identity.id).await?;
    if tx.has_reports(identity.id).await? {
        held.insert(PortalRole::Manager);
    }
    let limits = SessionLimits::strictest(&tx.session_limits().await?, &held);
    let longest = ctx.now + Duration::minutes(limits.overall);
    let expires_at = session_ends(ctx, tx, identity.id).await?.map_or(longest, |end| end.min(longest));
    let label: String = browser.chars().filter(|c| !c.is_control()).take(120).collect();
    let credential = Credential {
        id: session,
        identity_id: Some(identity.id),
        kind: CredentialKind::Session,
        label: if label.is_empty() { "A browser".to_owned() } else { label },
        purpose: "Signed in to Tenure".to_owned(),
        issuer: ISSUER.to_owned(),
        external_id: session.to_string(),
        application_id: None,
        origin: CredentialOrigin::Issued,
        state: CredentialState::Active,
        created_at: ctx.now,
        last_used_at: Some(ctx.now),
        rotated_at: None,
        expires_at: Some(expires_at),
        ended_at: None,
        dependents: Vec::new(),
        version: 1,
    };
    super::forgotten::links_are_over(ctx, tx, proof, identity.id, "its owner signed in").await?;
    tx.put_credentials(proof, std::slice::from_ref(&credential)).await?;
    let event = ctx
        .event(Stream::System, "sign-in")
        .target(&identity.id, identity.display_name.as_str())
        .about(identity.id)
        .after(json!({ "session": session, "expires_at": expires_at, "by": first, "level": level }));
    let display_name = identity.display_name.clone();
    let signed_in = SignedIn {
        identity_id: identity.id,
        display_name,
        epoch: identity.epoch,
        session,
        expires_at,
        idle_minutes: limits.idle,
        first,
        level,
        proved_at: ctx.now,
    };
    Ok((signed_in, event))
}
