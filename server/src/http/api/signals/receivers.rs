//! `/api/v1/signals/receivers` and below

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{Id as _, IdentityId, SignalReceiverId};
use tenure_services::ServiceError;
use tenure_services::signals::{
    IssuedReceiver, NewReceiver, ReceiverChange, create_receiver, edit_receiver, list_receivers, list_signals, pause_receiver,
    remove_receiver, resume_receiver, rotate_receiver, show_receiver, test_receiver,
};
use tenure_services::targets::Secret;
use tenure_store::PageRequest;
use tenure_store::signals::{ReceiverView, SignalRow};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::api::answer::{changed, created, done, found, shown_once, versioned};
use crate::http::api::ask::{Asked, Sent, moved_on};
use crate::http::api::operation::op;
use crate::http::api::page::list_query;
use crate::http::api::words::{DeliveryState, ReceiverKind, ReceiverState, SignalKind, SubjectForm};
use crate::http::api::{Reply, key};
use crate::http::routes::{delete, patch};
use crate::http::{Failure, Route, get, post};

const OF: &str = "Signals";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/signals/receivers", list).operation(
            op("listSignalReceivers", OF, "Who is told what happens, by name").query::<ReceiversQuery>().gives_page::<Receiver>("A page."),
        ),
        post("/api/v1/signals/receivers", create).operation(
            op("createSignalReceiver", OF, "Tell somebody from now on")
                .more("A webhook is signed as Standard Webhooks says; its secret is in the answer, this one time. `push` and `poll` are streams of security event tokens (RFC 8935, RFC 8936).")
                .sends::<ReceiverDraft>()
                .gives::<Issued>(201, "It is told from now on.")
                .with_location(),
        ),
        get("/api/v1/signals/receivers/{id}", show)
            .operation(op("getSignalReceiver", OF, "One receiver").gives::<Receiver>(200, "The receiver. Never its secret.").reads_version()),
        patch("/api/v1/signals/receivers/{id}", change).operation(
            op("changeSignalReceiver", OF, "Change the name or address of a receiver, or what it is told")
                .more("What is left out stays. Its secret stays, and what is on its way goes to it as it is now. What is pushed with an `Authorization` cannot go to another machine.")
                .needs_version()
                .sends::<ReceiverPatch>()
                .gives::<Receiver>(200, "As it is now.")
                .with_version(),
        ),
        delete("/api/v1/signals/receivers/{id}", remove)
            .operation(op("removeSignalReceiver", OF, "Tell somebody nothing any more").gives_nothing("It is told nothing any more, also not what was on its way.")),
        get("/api/v1/signals/receivers/{id}/deliveries", deliveries).operation(
            op("listSignalDeliveries", OF, "What went to a receiver or is on its way, newest first")
                .more("What arrived is kept for 14 days.")
                .query::<DeliveriesQuery>()
                .gives_page::<Delivery>("A page."),
        ),
        post("/api/v1/signals/receivers/{id}/test", test)
            .operation(op("testSignalReceiver", OF, "Send a receiver a test").gives_nothing("It is on its way; see the deliveries.")),
        post("/api/v1/signals/receivers/{id}/pause", pause).operation(
            op("pauseSignalReceiver", OF, "Send a receiver nothing for a while")
                .more("What happens meanwhile is kept.")
                .sends::<Why>()
                .gives_nothing("Nothing goes to it."),
        ),
        post("/api/v1/signals/receivers/{id}/resume", resume)
            .operation(op("resumeSignalReceiver", OF, "Tell a paused receiver again").gives_nothing("It is told, all that was kept too.")),
        post("/api/v1/signals/receivers/{id}/rotate", rotate).operation(
            op("rotateSignalReceiver", OF, "Give a receiver another secret")
                .more("Webhooks are signed with both for a day; what is sent as `Authorization` is replaced at once.")
                .sends::<Rotation>()
                .gives::<Issued>(200, "The new secret of a webhook, this one time."),
        ),
    ]
}

/// Who is told.
#[derive(Serialize, ToSchema)]
struct Receiver {
    id: Uuid,
    kind: ReceiverKind,
    name: String,
    state: ReceiverState,
    /// Where it is told; empty where it fetches. Of the path only the beginning for who may not change it: it may hold a secret.
    url: String,
    /// `aud` of its tokens; empty for a webhook.
    audience: String,
    subject: SubjectForm,
    kinds: Vec<SignalKind>,
    /// Whose API tokens may fetch.
    reader_id: Option<Uuid>,
    /// Failures in a row.
    failures: i32,
    /// What it said last, where it failed, or why it is paused.
    said: String,
    /// How much is on its way.
    owed: i64,
    /// Since when the oldest of that waits.
    waiting_since: Option<DateTime<Utc>>,
    /// When it last fetched, to a minute; null where it is sent.
    fetched_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<ReceiverView> for Receiver {
    fn from(view: ReceiverView) -> Self {
        let r = view.receiver;
        Self {
            id: r.id.uuid(),
            kind: r.kind.into(),
            state: r.state.into(),
            kinds: r.kinds().into_iter().map(SignalKind::from).collect(),
            name: r.name,
            url: r.url,
            audience: r.audience,
            subject: r.subject_form.into(),
            reader_id: r.reader_id.map(IdentityId::uuid),
            failures: r.failures,
            said: r.said,
            owed: view.owed,
            waiting_since: view.waiting_since,
            fetched_at: r.fetched_at,
            delivered_at: r.delivered_at,
            created_at: r.created_at,
        }
    }
}

list_query! {
    /// Which receivers.
    ReceiversQuery {}
}

async fn list(asked: Asked<ReceiversQuery>) -> Reply {
    let all = list_receivers(&asked.ctx).await?;
    asked.answer_all(all, |view| view.receiver.id.uuid(), Receiver::from)
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let page = show_receiver(&asked.ctx, key(&id)?, &PageRequest { limit: 1, ..PageRequest::default() }).await?;
    Ok(versioned(&asked, page.view.receiver.version, &Receiver::from(page.view)))
}

/// What is to be changed. Not shown by `Debug`: its address may be a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReceiverPatch {
    #[schema(example = "Ticket system", min_length = 1, max_length = 100)]
    name: Option<String>,
    /// `https`, or `http` on the loopback.
    #[schema(example = "https://tickets.example.com/hooks/tenure")]
    url: Option<String>,
    kinds: Option<Vec<SignalKind>>,
}

async fn change(asked: Asked, Path(id): Path<String>, Sent(patch): Sent<ReceiverPatch>) -> Reply {
    let id: SignalReceiverId = key(&id)?;
    // Before anything is compared with what only who may change it knows.
    asked.ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let one = PageRequest { limit: 1, ..PageRequest::default() };
    let before = show_receiver(&asked.ctx, id, &one).await?.view.receiver;
    let version = asked.expected(before.version)?;
    let change = ReceiverChange {
        kinds: patch.kinds.map_or_else(|| before.kinds(), |kinds| kinds.iter().map(|kind| kind.0).collect()),
        name: patch.name.unwrap_or(before.name),
        url: patch.url.unwrap_or(before.url),
    };
    match edit_receiver(&asked.ctx, id, version, &change).await {
        Ok(_) => {}
        Err(ServiceError::Conflict(_)) => return Err(moved_on()),
        Err(error) => return Err(Failure::from(error)),
    }
    let view = show_receiver(&asked.ctx, id, &one).await?.view;
    Ok(changed(view.receiver.version, &Receiver::from(view)))
}

/// Who is to be told. Not shown by `Debug`: its address and its authorization are secrets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReceiverDraft {
    kind: ReceiverKind,
    #[schema(example = "Ticket system", min_length = 1, max_length = 100)]
    name: String,
    /// Where; left out where it fetches. `https`, or `http` on the loopback.
    #[serde(default)]
    #[schema(example = "https://tickets.example.com/hooks/tenure")]
    url: String,
    /// `aud` of its tokens; the address, where it is left out.
    #[serde(default)]
    audience: String,
    /// How subjects are named in its tokens; `iss_sub` where it is left out.
    subject: Option<SubjectForm>,
    kinds: Vec<SignalKind>,
    /// What is sent as `Authorization` with a token that is pushed.
    authorization: Option<String>,
    /// The service whose API tokens may fetch, and ask how the stream is.
    reader_id: Option<Uuid>,
}

/// A secret, this one time.
#[derive(Serialize, ToSchema)]
struct Issued {
    id: Uuid,
    name: String,
    /// What webhooks are signed with; null for streams.
    secret: Option<String>,
}

impl From<&IssuedReceiver> for Issued {
    fn from(issued: &IssuedReceiver) -> Self {
        Self { id: issued.id.uuid(), name: issued.name.clone(), secret: issued.secret.as_ref().map(|secret| secret.expose().to_owned()) }
    }
}

async fn create(asked: Asked, Sent(sent): Sent<ReceiverDraft>) -> Reply {
    let new = NewReceiver {
        kind: sent.kind.0,
        name: sent.name,
        url: sent.url,
        audience: sent.audience,
        subject_form: sent.subject.map_or(tenure_domain::signal::SubjectForm::IssSub, |form| form.0),
        kinds: sent.kinds.iter().map(|kind| kind.0).collect(),
        authorization: sent.authorization.map(Secret::new),
        reader_id: sent.reader_id.map(IdentityId::from_uuid),
        once: None,
    };
    // Its name in the form is that of what was typed.
    let issued = create_receiver(&asked.ctx, &new).await.map_err(|error| renamed(error, "reader", "reader_id"))?;
    Ok(shown_once(created(&format!("/api/v1/signals/receivers/{}", issued.id), &Issued::from(&issued))))
}

fn renamed(error: ServiceError, from: &str, to: &'static str) -> ServiceError {
    match error {
        ServiceError::Invalid(mut faults) => {
            faults.iter_mut().filter(|fault| fault.field == from).for_each(|fault| fault.field = to);
            ServiceError::Invalid(faults)
        }
        other => other,
    }
}

async fn remove(asked: Asked, Path(id): Path<String>) -> Reply {
    remove_receiver(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

/// A signal on its way, or arrived.
#[derive(Serialize, ToSchema)]
struct Delivery {
    /// `webhook-id`, or `jti`.
    id: Uuid,
    kind: SignalKind,
    state: DeliveryState,
    /// How often the receiver refused this one by itself.
    failures: i32,
    /// What the receiver answered last.
    said: String,
    next_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
}

impl From<SignalRow> for Delivery {
    fn from(s: SignalRow) -> Self {
        Self {
            id: s.id.uuid(),
            kind: s.kind.into(),
            state: s.state.into(),
            failures: s.failures,
            said: s.said,
            next_at: s.settled_at.is_none().then_some(s.next_at),
            created_at: s.created_at,
            settled_at: s.settled_at,
        }
    }
}

list_query! {
    /// Which deliveries.
    DeliveriesQuery {}
}

async fn deliveries(asked: Asked<DeliveriesQuery>, Path(id): Path<String>) -> Reply {
    let page = asked.page()?;
    let id: SignalReceiverId = key(&id)?;
    let signals = list_signals(&asked.ctx, id, &page).await?;
    Ok(asked.answer(signals, Delivery::from))
}

async fn test(asked: Asked, Path(id): Path<String>) -> Reply {
    test_receiver(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Why {
    /// May be empty.
    #[schema(max_length = 500)]
    reason: String,
}

async fn pause(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<Why>) -> Reply {
    pause_receiver(&asked.ctx, key(&id)?, &sent.reason).await?;
    Ok(done())
}

async fn resume(asked: Asked, Path(id): Path<String>) -> Reply {
    resume_receiver(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

/// Another secret. Not shown by `Debug`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// What is sent as `Authorization` from now on, with a token that is pushed; left out for a webhook.
    authorization: Option<String>,
}

async fn rotate(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<Rotation>) -> Reply {
    let issued = rotate_receiver(&asked.ctx, key(&id)?, sent.authorization.map(Secret::new)).await?;
    Ok(shown_once(found(&Issued::from(&issued))))
}
