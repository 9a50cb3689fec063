//! Enrolling an authenticator app: a secret is shown, and kept once a code of it was typed.

use serde::{Deserialize, Serialize};
use tenure_domain::access::{Relation, actions};
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::sign_in::{FactorKind, Need};
use tenure_store::factors::FactorRow;
use tenure_vault::TotpSecret;

use super::mine::{credential, enrolled, me, need_of};
use super::show::sealed_about;
use crate::{Ctx, ServiceError};

/// So long one may take.
const MINUTES: i64 = 15;

/// A secret that is shown, to be put into an app.
pub struct NewApp {
    /// To be typed.
    pub text: String,
    /// To be shown as a square of dots.
    pub uri: String,
    /// The secret, sealed: it comes back with the code. Nothing is kept until then.
    pub sealed: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Waiting {
    secret: Vec<u8>,
    /// In seconds since 1970.
    until: i64,
}

/// What a sealed secret that waits belongs to: not what a kept one does.
fn waiting_about(id: IdentityId) -> String {
    format!("new authenticator app of {id}")
}

fn vault(error: impl ToString) -> ServiceError {
    ServiceError::Vault(error.to_string())
}

/// Makes a secret for an app. Nothing changes yet.
///
/// # Errors
/// [`ServiceError::Proof`], [`ServiceError::Refused`] when there is an app already or a passkey is asked for.
pub async fn begin_app(ctx: &Ctx) -> Result<NewApp, ServiceError> {
    let me = me(ctx)?;
    ctx.authorize::<actions::ManageFactors, _>(&(me, Relation::Own)).await?;
    let identity = {
        let mut tx = ctx.app.store.read().await?;
        if tx.held_factors(me).await?.code {
            return Err(ServiceError::Refused("you have an authenticator app here: remove it first, then add the new one".to_owned()));
        }
        if need_of(ctx, &mut tx, me).await? == Need::Resistant {
            return Err(ServiceError::Refused("your role asks for a passkey: codes do not serve".to_owned()));
        }
        tx.identity(me).await?.ok_or(ServiceError::NotFound("identity"))?
    };
    let secret = TotpSecret::generate().map_err(vault)?;
    let waiting = Waiting { secret: secret.expose().to_vec(), until: ctx.now.timestamp() + MINUTES * 60 };
    let plain = serde_json::to_vec(&waiting).map_err(vault)?;
    let sealed = ctx.app.keys.factors().seal(&plain, &waiting_about(me)).map_err(vault)?;
    Ok(NewApp { text: secret.text(), uri: secret.uri("Tenure", &identity.user_name), sealed })
}

/// What is shown again after a wrong code: the same secret.
fn open(ctx: &Ctx, me: IdentityId, sealed: &[u8]) -> Result<TotpSecret, ServiceError> {
    let old = || ServiceError::Refused("this page was open for too long: begin again".to_owned());
    let plain = ctx.app.keys.factors().open(sealed, &waiting_about(me)).map_err(|_| old())?;
    let waiting: Waiting = serde_json::from_slice(&plain).map_err(|_| old())?;
    TotpSecret::from_bytes(&waiting.secret).filter(|_| waiting.until > ctx.now.timestamp()).ok_or_else(old)
}

/// Keeps an app whose code was typed. Other sessions end.
///
/// # Errors
/// [`ServiceError::Invalid`] when the code is wrong, with the page to show again; [`ServiceError::Proof`];
/// [`ServiceError::Refused`] when it took too long, [`ServiceError::Conflict`] when there is another one meanwhile.
pub async fn enrol_app(ctx: &Ctx, session: Option<CredentialId>, sealed: &[u8], code: &str) -> Result<(), (ServiceError, Option<NewApp>)> {
    let fail = |error: ServiceError| (error, None);
    let me = me(ctx).map_err(fail)?;
    let proof = ctx.authorize::<actions::ManageFactors, _>(&(me, Relation::Own)).await.map_err(fail)?;
    let secret = open(ctx, me, sealed).map_err(fail)?;
    let plain: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let mut tx = ctx.app.store.write().await.map_err(|e| fail(e.into()))?;
    tx.lock_identities(&[me]).await.map_err(|e| fail(e.into()))?;
    let identity = tx.identity(me).await.map_err(|e| fail(e.into()))?;
    let identity = identity.filter(|i| i.state.may_act()).ok_or_else(|| fail(ServiceError::NotFound("identity")))?;
    let Some(step) = secret.step_of(&plain, ctx.now.timestamp(), None) else {
        let fault =
            ServiceError::field("code", "this is not the code that the app shows now; if it stays wrong, set the clock of the phone");
        let shown = NewApp { text: secret.text(), uri: secret.uri("Tenure", &identity.user_name), sealed: sealed.to_vec() };
        return Err((fault, Some(shown)));
    };
    let kept = async {
        let row = credential(ctx, me, "Authenticator app");
        tx.put_credentials(&proof, std::slice::from_ref(&row)).await?;
        let factor = FactorRow {
            credential_id: row.id,
            identity_id: me,
            kind: FactorKind::Code,
            data: ctx.app.keys.factors().seal(secret.expose(), &sealed_about(me)).map_err(vault)?,
            key_id: None,
            // The code that was just typed counts no second time.
            last_step: Some(step),
            copied_at: None,
        };
        tx.insert_factor(&proof, &factor).await?;
        enrolled(ctx, tx, &proof, &identity, &row, FactorKind::Code, session).await
    };
    kept.await.map_err(fail)
}
