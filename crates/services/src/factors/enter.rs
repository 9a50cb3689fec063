//! Signing in by a passkey alone: it says whose it is, and is two factors by itself. A password that is locked does not
//! matter here.

use serde_json::json;
use tenure_domain::audit::Stream;
use tenure_domain::sign_in::{Level, ProvedBy};

use super::answer::{Answered, answered, copied};
use super::passkey::{Asked, Ceremony, ask, webauthn};
use super::show::as_themselves;
use crate::accounts::{Browser, SignedIn, open_session};
use crate::{Ctx, ServiceError};

/// Asks for anybody's passkey.
///
/// # Errors
/// [`ServiceError::Refused`] when passkeys do not work here, [`ServiceError::Busy`].
pub async fn enter_begin(ctx: &Ctx) -> Result<Asked, ServiceError> {
    let begun = webauthn(&ctx.app)?.start_discoverable_authentication();
    let (mut options, state) = begun.map_err(|error| ServiceError::Vault(error.to_string()))?;
    // A button was pressed: the browser asks at once, and not beside a field.
    options.mediation = None;
    ask(ctx, None, &Ceremony::Enter(state), options).await
}

/// Signs somebody in by their passkey; the caller makes the browser's session.
///
/// # Errors
/// [`ServiceError::Refused`].
pub async fn enter(ctx: &Ctx, asked: &str, answer: &str, from: &Browser<'_>) -> Result<SignedIn, ServiceError> {
    let shown = match answered(ctx, asked, answer, None).await? {
        Answered::Right(shown) => shown,
        Answered::Copied(row) => return copied(ctx, row).await,
    };
    let id = shown.row.identity_id;
    let mut tx = ctx.app.store.write().await?;
    // Read inside: an end that came in between must win, and one that comes now waits.
    tx.lock_identities(&[id]).await?;
    let identity = tx.identity(id).await?;
    let Some(identity) = identity.filter(|i| i.state.may_act() && !i.kind.is_non_human()) else {
        drop(tx);
        let event = ctx.event(Stream::System, "sign-in").target(&id, "").about(id).because("may not act").refused();
        ctx.app.store.write().await?.commit(event.after(json!({ "by": ProvedBy::Passkey }))).await?;
        return Err(ServiceError::Refused("the passkey was not taken: whose it is may not sign in now".to_owned()));
    };
    let proof = as_themselves(id, &identity.display_name)?;
    shown.keep(ctx, &mut tx, &proof).await?;
    let (person, event) = open_session(ctx, &mut tx, &proof, &identity, from.label, ProvedBy::Passkey, Level::Resistant).await?;
    tx.commit(event).await?;
    Ok(person)
}
