//! Between the first factor and the second: what is known then, and what it is good for.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenure_domain::access::{Authorized, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_domain::sign_in::{Level, ProvedBy, Stand};
use tenure_store::WriteTx;
use tenure_store::sign_in::SessionOrigin;

use crate::accounts::{SignedIn, all_roles, open_session};
use crate::{Ctx, ServiceError};

/// So long the second factor is waited for.
const WAITS: Duration = Duration::minutes(10);

/// Somebody showed their first factor, and not the second one. It opens nothing: it is good for showing that one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Half {
    /// Who.
    pub identity_id: IdentityId,
    /// The identity's epoch then.
    epoch: i64,
    /// By what.
    pub(super) first: ProvedBy,
    /// When.
    at: DateTime<Utc>,
    /// When the password was set that was shown: another one ends this.
    password_at: Option<DateTime<Utc>>,
    /// The session at a provider, where one said who it is.
    pub(super) origin: Option<SessionOrigin>,
    /// Nothing but a passkey serves.
    pub passkey_only: bool,
}

/// What a first factor was enough for.
#[derive(Debug, Clone)]
pub enum FirstStep {
    /// A session.
    In(SignedIn),
    /// Half of one.
    Half(Half),
}

impl FirstStep {
    /// Who is signed in, if somebody is.
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::In(person) => Some(person),
            Self::Half(_) => None,
        }
    }
}

/// What was shown first.
#[derive(Debug)]
pub(crate) struct Passed {
    /// By what.
    pub by: ProvedBy,
    /// How much that is.
    pub level: Level,
    /// When the password was set, if it was one.
    pub password_at: Option<DateTime<Utc>>,
    /// The session at a provider, if it was one.
    pub origin: Option<SessionOrigin>,
}

/// Goes on after a first factor, within the transaction that checked it, with the identity locked: a session, or the
/// question for a second one. The caller commits with the event.
///
/// # Errors
/// When the database fails.
pub(crate) async fn first_step(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    identity: &Identity,
    passed: Passed,
    browser: &str,
) -> Result<(FirstStep, AuditEvent), ServiceError> {
    let id = identity.id;
    let policy = tx.sign_in_policy().await?.policy;
    let roles = all_roles(tx.portal_roles_of(id).await?, tx.has_reports(id).await?);
    let held = tx.held_factors(id).await?;
    let by_password = passed.by == ProvedBy::Password;
    let Stand::Prove { passkey_only } = policy.stand(&roles, held, passed.level, by_password, ctx.now) else {
        let (person, event) = open_session(ctx, tx, proof, identity, browser, passed.by, passed.level).await?;
        if let Some(origin) = passed.origin {
            tx.put_session_origin(proof, &SessionOrigin { credential_id: person.session, ..origin }).await?;
        }
        return Ok((FirstStep::In(person), event));
    };
    let half = Half {
        identity_id: id,
        epoch: identity.epoch,
        first: passed.by,
        at: ctx.now,
        password_at: passed.password_at,
        origin: passed.origin,
        passkey_only,
    };
    let event = ctx.event(Stream::System, "sign-in.first-factor").target(&id, identity.display_name.as_str()).about(id);
    Ok((FirstStep::Half(half), event.after(json!({ "by": passed.by }))))
}

impl Half {
    /// Whether the second factor is still waited for.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now - self.at >= WAITS
    }

    /// Whose it is, if nothing has come in between: an end, a suspension, another password. The identity is locked.
    pub(super) async fn still(&self, ctx: &Ctx, tx: &mut WriteTx) -> Result<Option<Identity>, ServiceError> {
        let identity = tx.identity(self.identity_id).await?.filter(|i| i.state.may_act() && i.epoch == self.epoch);
        if self.is_over(ctx.now) || identity.is_none() {
            return Ok(None);
        }
        let password_at = tx.local_account(self.identity_id).await?.map(|account| account.changed_at);
        Ok(identity.filter(|_| self.password_at.is_none() || password_at == self.password_at))
    }
}
