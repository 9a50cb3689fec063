//! `/api/v1/accounts` and below, `/api/v1/applications/{id}/missing`

use std::collections::BTreeMap;

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, Id as _, IdentityId};
use tenure_services::ServiceError;
use tenure_services::targets::{
    accept_drift, correlate_account, give_to_service, list_accounts, list_missing, owe_removal_of_account, reject_drift, repair_account,
    repair_grant, show_account, suggest_owners,
};
use tenure_store::access::MissingGrant;
use tenure_store::targets::{AcceptedDrift, AccountFilter, AccountView};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{created, done, found};
use super::ask::{Asked, Sent};
use super::operation::op;
use super::page::list_query;
use super::words::{AccountState, GrantState};
use super::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/accounts", list).operation(
            op("listAccounts", "Accounts", "Accounts on targets, by name").query::<AccountsQuery>().gives_page::<Account>("A page."),
        ),
        post("/api/v1/accounts/{id}/owner", correlate).operation(
            op("correlateAccount", "Accounts", "Say whose an account is")
                .more("Of somebody who has ended it is owed to the target at once.")
                .sends::<AccountOwner>()
                .gives_nothing("It is recorded."),
        ),
        get("/api/v1/accounts/{id}", show).operation(op("getAccount", "Accounts", "One account").gives::<Account>(200, "The account.")),
        get("/api/v1/accounts/{id}/suggestion", suggestion).operation(
            op("suggestAccountOwner", "Accounts", "Who might answer for an account of nobody's, and why")
                .more("A person decides. What a reading is sure of, it has linked already.")
                .gives::<Suggestion>(200, "Who, if it is one and no more."),
        ),
        post("/api/v1/accounts/{id}/service", service).operation(
            op("giveAccountToService", "Accounts", "Say that an account of nobody's is used by a service")
                .more("Records a service by the account's name, which the owner answers for, and that the account is the service's.")
                .sends::<ServiceOwner>()
                .gives::<RecordedService>(201, "The service.")
                .with_location(),
        ),
        post("/api/v1/accounts/{id}/remove", remove).operation(
            op("removeAccount", "Accounts", "Owe to an account of nobody's what an end takes")
                .more("As the target says: that it is disabled, or deleted. Sent again while that is owed, it does nothing more.")
                .gives_nothing("It is owed."),
        ),
        post("/api/v1/accounts/{id}/repair", repair)
            .operation(op("repairAccount", "Accounts", "Owe to an account that it is made as recorded").gives_nothing("It is owed.")),
        post("/api/v1/accounts/{id}/accept", accept).operation(
            op("acceptDrift", "Accounts", "Leave an account as it is on its target")
                .more("Until an attribute, or what is recorded of it, changes. Changes of the account pass over it.")
                .sends::<DriftAccepted>()
                .gives_nothing("It stays as it is."),
        ),
        post("/api/v1/accounts/{id}/reject", reject).operation(
            op("rejectDrift", "Accounts", "Leave an account otherwise than recorded no longer")
                .gives_nothing("It is otherwise than recorded."),
        ),
        get("/api/v1/applications/{id}/missing", missing).operation(
            op("listMissing", "Accounts", "What is recorded and was not seen on a target, by person")
                .query::<MissingQuery>()
                .gives_page::<Missing>("A page."),
        ),
        post("/api/v1/applications/{id}/missing/{grant}", repair_missing)
            .operation(op("repairGrant", "Accounts", "Owe to a target what is recorded and was not seen").gives_nothing("It is owed.")),
    ]
}

/// An identity's record on a target.
#[derive(Serialize, ToSchema)]
struct Account {
    id: Uuid,
    application_id: Uuid,
    /// The application's name.
    application: String,
    /// Whose it is; null for an orphan account.
    identity_id: Option<Uuid>,
    /// Whose, by name.
    identity: Option<String>,
    name: String,
    state: AccountState,
    /// The open question to a reviewer about what is not as recorded.
    review_id: Option<Uuid>,
    /// What was seen of it.
    attributes: BTreeMap<String, Vec<String>>,
    /// Attributes that are not as recorded.
    drifted: BTreeMap<String, Drifted>,
    /// Attributes that somebody left otherwise than recorded.
    accepted: BTreeMap<String, Accepted>,
    seen_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl From<AccountView> for Account {
    fn from(view: AccountView) -> Self {
        let a = view.account;
        Self {
            id: a.id.uuid(),
            application_id: a.application_id.uuid(),
            application: view.application,
            identity_id: a.identity_id.map(|id| id.uuid()),
            identity: view.identity,
            name: a.name,
            state: a.state.into(),
            review_id: view.review_id.map(|id| id.uuid()),
            attributes: view.attributes,
            accepted: view.accepted.unwrap_or_default().into_iter().map(|(name, left)| (name, left.into())).collect(),
            drifted: view.drift.unwrap_or_default().into_iter().map(|(name, drifted)| (name, drifted.into())).collect(),
            seen_at: a.seen_at,
            last_used_at: a.last_used_at,
        }
    }
}

/// An attribute, as it is recorded and as it really is.
#[derive(Serialize, ToSchema)]
pub(super) struct Drifted {
    /// Empty where there is to be none.
    recorded: Vec<String>,
    /// Empty where the target has none.
    real: Vec<String>,
}

impl From<tenure_store::targets::Drifted> for Drifted {
    fn from(d: tenure_store::targets::Drifted) -> Self {
        Self { recorded: d.recorded, real: d.real }
    }
}

/// An attribute that somebody left otherwise than recorded.
#[derive(Serialize, ToSchema)]
struct Accepted {
    recorded: Vec<String>,
    real: Vec<String>,
    /// Who left it so.
    by: String,
    /// Why.
    note: String,
    at: DateTime<Utc>,
}

impl From<AcceptedDrift> for Accepted {
    fn from(left: AcceptedDrift) -> Self {
        Self { recorded: left.drifted.recorded, real: left.drifted.real, by: left.by, note: left.note, at: left.at }
    }
}

list_query! {
    /// Which accounts.
    AccountsQuery {
        /// Only on one application.
        application_id: Uuid,
        /// Only those that are nobody's.
        orphans: bool,
        /// Only those that are not as recorded.
        drifted: bool,
        /// Only those of which something is left otherwise than recorded.
        accepted: bool,
        /// Only those of identities that have ended.
        of_ended: bool,
    }
}

async fn list(asked: Asked<AccountsQuery>) -> Reply {
    let page = asked.page()?;
    let filter = AccountFilter {
        application_id: asked.query.application_id.map(ApplicationId::from_uuid),
        orphans: asked.query.orphans == Some(true),
        drifted: asked.query.drifted == Some(true),
        accepted: asked.query.accepted == Some(true),
        of_ended: asked.query.of_ended == Some(true),
    };
    let accounts = list_accounts(&asked.ctx, &filter, &page).await?;
    Ok(asked.answer(accounts, Account::from))
}

/// Whose it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountOwner {
    /// The identity; null for nobody.
    #[schema(required = true)]
    identity_id: Option<Uuid>,
}

async fn correlate(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<AccountOwner>) -> Reply {
    correlate_account(&asked.ctx, key(&id)?, sent.identity_id.map(IdentityId::from_uuid)).await?;
    Ok(done())
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    Ok(found(&Account::from(show_account(&asked.ctx, key(&id)?).await?)))
}

/// Who might answer for an account.
#[derive(Serialize, ToSchema)]
struct Suggestion {
    /// Who; null where nobody is likely, or several are.
    identity_id: Option<Uuid>,
    /// Who, by name.
    identity: Option<String>,
    /// Why; empty where nothing tells.
    because: String,
}

async fn suggestion(asked: Asked, Path(id): Path<String>) -> Reply {
    let account = show_account(&asked.ctx, key(&id)?).await?;
    let id = account.account.id;
    let suggested = suggest_owners(&asked.ctx, &[account]).await?.remove(&id);
    let because = suggested.as_ref().map(|s| s.because.clone()).unwrap_or_default();
    let (identity_id, identity) = suggested.and_then(|s| s.identity).map(|(id, name)| (id.uuid(), name)).unzip();
    Ok(found(&Suggestion { identity_id, identity, because }))
}

/// Who answers for the service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceOwner {
    /// A person who has not ended.
    owner_id: Uuid,
}

/// A service that was recorded.
#[derive(Serialize, ToSchema)]
struct RecordedService {
    /// The identity.
    id: Uuid,
}

async fn service(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<ServiceOwner>) -> Reply {
    let service = give_to_service(&asked.ctx, key(&id)?, IdentityId::from_uuid(sent.owner_id)).await.map_err(|error| match error {
        ServiceError::Invalid(mut faults) => {
            faults.iter_mut().filter(|fault| fault.field == "owner").for_each(|fault| fault.field = "owner_id");
            ServiceError::Invalid(faults)
        }
        other => other,
    })?;
    Ok(created(&format!("/api/v1/identities/{service}"), &RecordedService { id: service.uuid() }))
}

async fn remove(asked: Asked, Path(id): Path<String>) -> Reply {
    owe_removal_of_account(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

async fn repair(asked: Asked, Path(id): Path<String>) -> Reply {
    repair_account(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

/// Why it may stay so.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DriftAccepted {
    #[schema(example = "The newspaper has her under her former name.")]
    note: String,
    /// The attributes that stay as they are, each with what the target has, as you read it. 409 when it is otherwise by now.
    attributes: BTreeMap<String, Vec<String>>,
}

async fn accept(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<DriftAccepted>) -> Reply {
    accept_drift(&asked.ctx, key(&id)?, &sent.attributes, &sent.note).await?;
    Ok(done())
}

async fn reject(asked: Asked, Path(id): Path<String>) -> Reply {
    reject_drift(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

/// A grant that is recorded and was not seen.
#[derive(Serialize, ToSchema)]
struct Missing {
    /// Its key.
    id: Uuid,
    identity_id: Uuid,
    identity: String,
    entitlement_id: Uuid,
    entitlement: String,
    state: GrantState,
    since: DateTime<Utc>,
    /// Whether it is owed to the target already.
    is_owed: bool,
}

impl From<MissingGrant> for Missing {
    fn from(g: MissingGrant) -> Self {
        Self {
            id: g.id.uuid(),
            identity_id: g.identity_id.uuid(),
            identity: g.identity,
            entitlement_id: g.entitlement_id.uuid(),
            entitlement: g.entitlement,
            state: g.state.into(),
            since: g.since,
            is_owed: g.is_owed,
        }
    }
}

list_query! {
    /// Which grants.
    MissingQuery {}
}

async fn missing(asked: Asked<MissingQuery>, Path(id): Path<String>) -> Reply {
    let page = asked.page()?;
    let page = list_missing(&asked.ctx, key(&id)?, &page).await?;
    Ok(asked.answer(page, Missing::from))
}

async fn repair_missing(asked: Asked, Path((id, grant)): Path<(String, String)>) -> Reply {
    repair_grant(&asked.ctx, key(&id)?, key(&grant)?).await?;
    Ok(done())
}
