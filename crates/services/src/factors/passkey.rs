//! Passkeys (W3C WebAuthn): asking for one, and enrolling one. The person is always verified by it, so that a passkey is
//! two factors by itself.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use tenure_domain::access::{Relation, actions};
use tenure_domain::id::{CredentialId, Id as _, IdentityId};
use tenure_domain::sign_in::FactorKind;
use tenure_store::factors::{CeremonyRow, FactorRow};
use tenure_vault::random_text;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, RegisterPublicKeyCredential, Url,
    Webauthn, WebauthnBuilder,
};

use super::mine::{credential, enrolled, me};
use super::remove::name;
use crate::{App, Ctx, ServiceError};

/// So long an answer is waited for.
const WAITS: Duration = Duration::minutes(5);
/// So many may be on their way at once: anybody may begin.
const MOST: i64 = 20_000;
/// So many one person may have.
const MOST_KEYS: usize = 20;

/// What a passkey is asked.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// By what the browser names it when it brings the answer.
    pub asked: String,
    /// What the browser is given: `CredentialCreationOptions` or `CredentialRequestOptions`, as JSON.
    pub options: serde_json::Value,
}

/// What must be known when the answer comes.
#[derive(Serialize, Deserialize)]
pub(super) enum Ceremony {
    Enrol(PasskeyRegistration),
    Show(PasskeyAuthentication),
    Enter(DiscoverableAuthentication),
}

/// Whether passkeys work at the address by which people reach the portal: they are bound to a name, so not at the number
/// of a machine, and browsers have them where there is TLS, or on the machine itself.
pub fn passkeys_work(app: &App) -> bool {
    relying_party(app).is_some()
}

fn relying_party(app: &App) -> Option<Webauthn> {
    let origin = Url::parse(&app.settings.origin).ok()?;
    let name = origin.domain()?;
    if origin.scheme() != "https" && name != "localhost" {
        return None;
    }
    WebauthnBuilder::new(name, &origin).ok()?.rp_name("Tenure").build().ok()
}

pub(super) fn webauthn(app: &App) -> Result<Webauthn, ServiceError> {
    relying_party(app).ok_or_else(|| {
        ServiceError::Refused(
            "passkeys do not work here: they need an address with a name and TLS (an administrator sets `public_url`)".to_owned(),
        )
    })
}

pub(super) fn read_key(row: &FactorRow) -> Result<Passkey, ServiceError> {
    serde_json::from_slice(&row.data).map_err(|error| ServiceError::Vault(format!("a passkey cannot be read: {error}")))
}

pub(super) fn write_key(key: &Passkey) -> Result<Vec<u8>, ServiceError> {
    serde_json::to_vec(key).map_err(|error| ServiceError::Vault(format!("a passkey cannot be kept: {error}")))
}

fn id_hash(app: &App, id: &str) -> Vec<u8> {
    app.keys.sign_in().tag_fields(&[b"ceremony", id.as_bytes()]).as_bytes().to_vec()
}

/// Keeps what a passkey is asked.
pub(super) async fn ask(
    ctx: &Ctx,
    identity_id: Option<IdentityId>,
    ceremony: &Ceremony,
    options: impl Serialize,
) -> Result<Asked, ServiceError> {
    let vault = |error: String| ServiceError::Vault(error);
    let asked = random_text().map_err(|error| vault(error.to_string()))?;
    let row = CeremonyRow {
        id_hash: id_hash(&ctx.app, &asked),
        identity_id,
        state: serde_json::to_string(ceremony).map_err(|error| vault(error.to_string()))?,
        expires_at: ctx.now + WAITS,
    };
    if !ctx.app.store.begin_ceremony(&row, MOST, ctx.now).await? {
        return Err(ServiceError::Busy);
    }
    Ok(Asked { asked, options: serde_json::to_value(options).map_err(|error| vault(error.to_string()))? })
}

/// Takes what a passkey was asked, once.
pub(super) async fn asked(ctx: &Ctx, asked: &str, of: Option<IdentityId>) -> Result<Ceremony, ServiceError> {
    let old = || ServiceError::Refused("this took too long, or was answered before: try again".to_owned());
    let row = ctx.app.store.take_ceremony(&id_hash(&ctx.app, asked), ctx.now).await?.filter(|row| row.identity_id == of).ok_or_else(old)?;
    serde_json::from_str(&row.state).map_err(|_| old())
}

/// Asks for a passkey of somebody.
///
/// # Errors
/// [`ServiceError::Refused`] when there is none that serves.
pub(super) async fn ask_for_passkey(ctx: &Ctx, id: IdentityId) -> Result<Asked, ServiceError> {
    let rows = ctx.app.store.read().await?.usable_factors(id, FactorKind::Passkey).await?;
    if rows.is_empty() {
        return Err(ServiceError::Refused("there is no passkey that serves: use another way".to_owned()));
    }
    let keys = rows.iter().map(read_key).collect::<Result<Vec<_>, _>>()?;
    let begun = webauthn(&ctx.app)?.start_passkey_authentication(&keys);
    let (options, state) = begun.map_err(|error| ServiceError::Vault(error.to_string()))?;
    ask(ctx, Some(id), &Ceremony::Show(state), options).await
}

/// Begins to enrol a passkey of the actor.
///
/// # Errors
/// [`ServiceError::Proof`], [`ServiceError::Refused`] when passkeys do not work here or there are too many.
pub async fn enrol_passkey_begin(ctx: &Ctx) -> Result<Asked, ServiceError> {
    let me = me(ctx)?;
    ctx.authorize::<actions::ManageFactors, _>(&(me, Relation::Own)).await?;
    let webauthn = webauthn(&ctx.app)?;
    let mut tx = ctx.app.store.read().await?;
    let identity = tx.identity(me).await?.ok_or(ServiceError::NotFound("identity"))?;
    if tx.factors_of(me).await?.len() >= MOST_KEYS {
        return Err(ServiceError::Refused(format!("you have {MOST_KEYS} factors here: remove one first")));
    }
    let known = tx.usable_factors(me, FactorKind::Passkey).await?;
    drop(tx);
    let known: Vec<CredentialID> = known.into_iter().filter_map(|row| row.key_id).collect();
    let begun = webauthn.start_passkey_registration(me.uuid(), &identity.user_name, &identity.display_name, Some(known));
    let (options, state) = begun.map_err(|error| ServiceError::Vault(error.to_string()))?;
    let mut options = serde_json::to_value(options).map_err(|error| ServiceError::Vault(error.to_string()))?;
    // Where it can, it remembers whose it is, so that it signs in without a name being typed. The library asks for none of
    // it, since small keys have few places; `preferred` leaves that to the browser.
    options["publicKey"]["authenticatorSelection"]["residentKey"] = "preferred".into();
    ask(ctx, Some(me), &Ceremony::Enrol(state), options).await
}

/// Keeps a passkey that answered. Other sessions end.
///
/// # Errors
/// [`ServiceError::Invalid`] for a name that is none, [`ServiceError::Proof`], [`ServiceError::Refused`] when the answer
/// cannot be taken.
pub async fn enrol_passkey(
    ctx: &Ctx,
    session: Option<CredentialId>,
    asked_id: &str,
    answer: &str,
    typed_name: &str,
) -> Result<(), ServiceError> {
    let me = me(ctx)?;
    let proof = ctx.authorize::<actions::ManageFactors, _>(&(me, Relation::Own)).await?;
    let label = name(typed_name)?;
    let refused = |why: &str| ServiceError::Refused(format!("the passkey was not taken: {why}"));
    let Ceremony::Enrol(state) = asked(ctx, asked_id, Some(me)).await? else { return Err(refused("it answers something else")) };
    let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| refused("the browser's answer cannot be read"))?;
    let key = webauthn(&ctx.app)?.finish_passkey_registration(&answer, &state).map_err(|error| refused(&error.to_string()))?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[me]).await?;
    let identity = tx.identity(me).await?.filter(|i| i.state.may_act()).ok_or(ServiceError::NotFound("identity"))?;
    let key_id: Vec<u8> = key.cred_id().to_vec();
    if tx.passkey(&key_id).await?.is_some() {
        return Err(refused("it is known already"));
    }
    let row = credential(ctx, me, &label);
    tx.put_credentials(&proof, std::slice::from_ref(&row)).await?;
    let factor = FactorRow {
        credential_id: row.id,
        identity_id: me,
        kind: FactorKind::Passkey,
        data: write_key(&key)?,
        key_id: Some(key_id),
        last_step: None,
        copied_at: None,
    };
    tx.insert_factor(&proof, &factor).await?;
    enrolled(ctx, tx, &proof, &identity, &row, FactorKind::Passkey, session).await
}
