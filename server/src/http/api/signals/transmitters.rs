//! `/api/v1/signals/transmitters` and below

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{Id as _, IdentityId};
use tenure_domain::signal::ReceiverState as State;
use tenure_services::signals::{
    NewTransmitter, create_transmitter, list_transmitters, remove_transmitter, set_transmitter_state, show_transmitter,
};
use tenure_store::signals::{TakenRow, TransmitterRow};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::api::answer::{created, done, found, shown_once};
use crate::http::api::ask::{Asked, Sent};
use crate::http::api::operation::op;
use crate::http::api::page::list_query;
use crate::http::api::words::{Effect, MatchBy, ReceiverState};
use crate::http::api::{Reply, key};
use crate::http::routes::delete;
use crate::http::{Route, get, post};

const OF: &str = "Signals";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/signals/transmitters", list).operation(
            op("listSignalTransmitters", OF, "Whose signals are taken, by name")
                .query::<TransmittersQuery>()
                .gives_page::<Transmitter>("A page."),
        ),
        post("/api/v1/signals/transmitters", create).operation(
            op("createSignalTransmitter", OF, "Take signals of somebody from now on")
                .more("It sends security event tokens to `/api/ssf/v1/events` (RFC 8935) with the token in the answer, which is shown this one time.")
                .sends::<TransmitterDraft>()
                .gives::<IssuedTransmitter>(201, "Its signals are taken.")
                .with_location(),
        ),
        get("/api/v1/signals/transmitters/{id}", show).operation(
            op("getSignalTransmitter", OF, "One transmitter, and what was taken from it last")
                .gives::<TransmitterDetail>(200, "The transmitter."),
        ),
        delete("/api/v1/signals/transmitters/{id}", remove)
            .operation(op("removeSignalTransmitter", OF, "Trust a transmitter no more").gives_nothing("Its token is refused.")),
        post("/api/v1/signals/transmitters/{id}/pause", pause)
            .operation(op("pauseSignalTransmitter", OF, "Take no signals of a transmitter for a while").gives_nothing("They are refused.")),
        post("/api/v1/signals/transmitters/{id}/resume", resume)
            .operation(op("resumeSignalTransmitter", OF, "Take signals of a transmitter again").gives_nothing("They are taken.")),
    ]
}

/// Whose signals are taken.
#[derive(Serialize, ToSchema)]
struct Transmitter {
    id: Uuid,
    name: String,
    state: ReceiverState,
    issuer: String,
    audience: String,
    /// Where its keys are; empty where they were pasted.
    jwks_uri: String,
    match_by: MatchBy,
    on_session_revoked: Effect,
    on_credential_change: Effect,
    on_account_disabled: Effect,
    /// The first signs of its token.
    hint: String,
    taken_at: Option<DateTime<Utc>>,
    /// Why its last token was refused.
    said: String,
    created_at: DateTime<Utc>,
}

impl From<TransmitterRow> for Transmitter {
    fn from(t: TransmitterRow) -> Self {
        Self {
            id: t.id.uuid(),
            name: t.name,
            state: t.state.into(),
            issuer: t.issuer,
            audience: t.audience,
            jwks_uri: t.jwks_uri,
            match_by: t.match_by.into(),
            on_session_revoked: t.on_session_revoked.into(),
            on_credential_change: t.on_credential_change.into(),
            on_account_disabled: t.on_account_disabled.into(),
            hint: t.hint,
            taken_at: t.taken_at,
            said: t.said,
            created_at: t.created_at,
        }
    }
}

list_query! {
    /// Which transmitters.
    TransmittersQuery {}
}

async fn list(asked: Asked<TransmittersQuery>) -> Reply {
    let all = list_transmitters(&asked.ctx).await?;
    asked.answer_all(all, |row| row.id.uuid(), Transmitter::from)
}

/// A token that was taken.
#[derive(Serialize, ToSchema)]
struct Taken {
    jti: String,
    at: DateTime<Utc>,
    /// The URIs of its events.
    events: Vec<String>,
    /// Whom it meant, if somebody here.
    identity_id: Option<Uuid>,
    /// What came of it.
    said: String,
}

impl From<TakenRow> for Taken {
    fn from(t: TakenRow) -> Self {
        Self {
            jti: t.jti,
            at: t.at,
            events: t.events.split(' ').map(str::to_owned).collect(),
            identity_id: t.identity_id.map(IdentityId::uuid),
            said: t.said,
        }
    }
}

/// A transmitter with what was taken from it.
#[derive(Serialize, ToSchema)]
struct TransmitterDetail {
    transmitter: Transmitter,
    /// Newest first, fifty at most.
    taken: Vec<Taken>,
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let page = show_transmitter(&asked.ctx, key(&id)?).await?;
    Ok(found(&TransmitterDetail { transmitter: page.transmitter.into(), taken: page.taken.into_iter().map(Taken::from).collect() }))
}

/// Whose signals are to be taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TransmitterDraft {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// `iss` of its tokens.
    #[schema(example = "https://idp.example.com")]
    issuer: String,
    /// `aud` of its tokens.
    #[schema(example = "https://tenure.example.com")]
    audience: String,
    /// Where its keys are; or left out, and they are sent as `jwks`.
    #[serde(default)]
    jwks_uri: String,
    /// Its public keys as a JWK set (RFC 7517).
    #[schema(value_type = Option<Object>)]
    jwks: Option<serde_json::Value>,
    match_by: MatchBy,
    /// `record` or `end-sessions`.
    on_session_revoked: Effect,
    /// `record` or `end-sessions`.
    on_credential_change: Effect,
    /// Any; `suspend` ends sessions too. Nothing that somebody else says ends an identity.
    on_account_disabled: Effect,
}

/// A transmitter with its token, this one time.
#[derive(Serialize, ToSchema)]
struct IssuedTransmitter {
    id: Uuid,
    name: String,
    token: String,
}

async fn create(asked: Asked, Sent(sent): Sent<TransmitterDraft>) -> Reply {
    let new = NewTransmitter {
        name: sent.name,
        issuer: sent.issuer,
        audience: sent.audience,
        jwks_uri: sent.jwks_uri,
        jwks: sent.jwks.map(|keys| keys.to_string()).unwrap_or_default(),
        match_by: sent.match_by.0,
        on_session_revoked: sent.on_session_revoked.0,
        on_credential_change: sent.on_credential_change.0,
        on_account_disabled: sent.on_account_disabled.0,
        once: None,
    };
    let issued = create_transmitter(&asked.ctx, &new).await?;
    let body = IssuedTransmitter { id: issued.id.uuid(), name: issued.name, token: issued.token.expose().to_owned() };
    Ok(shown_once(created(&format!("/api/v1/signals/transmitters/{}", issued.id), &body)))
}

async fn remove(asked: Asked, Path(id): Path<String>) -> Reply {
    remove_transmitter(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

async fn pause(asked: Asked, Path(id): Path<String>) -> Reply {
    set_transmitter_state(&asked.ctx, key(&id)?, State::Paused).await?;
    Ok(done())
}

async fn resume(asked: Asked, Path(id): Path<String>) -> Reply {
    set_transmitter_state(&asked.ctx, key(&id)?, State::Enabled).await?;
    Ok(done())
}
