//! Applications and entitlements.

use std::collections::HashMap;

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::grant::{GrantState, Risk};
use tenure_domain::id::{ApplicationId, EntitlementId, IdentityId};
use tenure_store::Tx;
use tenure_store::access::{ApplicationRow, EntitlementRow};
use tenure_store::identities::IdentityName;

use crate::text::has_control;
use crate::{Ctx, FieldError, ServiceError};

/// All applications with their entitlements.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// By name.
    pub applications: Vec<ApplicationRow>,
    /// By application and name.
    pub entitlements: Vec<EntitlementRow>,
}

/// An application to be recorded.
#[derive(Debug, Clone, Default)]
pub struct NewApplication {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub owner_id: Option<IdentityId>,
}

/// An entitlement to be recorded.
#[derive(Debug, Clone)]
pub struct NewEntitlement {
    /// The target.
    pub application_id: ApplicationId,
    /// Its name there.
    pub name: String,
    /// What it allows, in plain words.
    pub description: String,
    /// How much harm it can do.
    pub risk: Risk,
}

/// Everything that can be held.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_catalogue(ctx: &Ctx) -> Result<Catalogue, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    Ok(Catalogue { applications: tx.applications().await?, entitlements: tx.entitlements().await? })
}

/// An entitlement with how many hold it.
#[derive(Debug, Clone)]
pub struct HeldEntitlement {
    /// The entitlement.
    pub entitlement: EntitlementRow,
    /// Who hold it, whatever explains it.
    pub holders: i64,
    /// Of these, those whom no role explains.
    pub out_of_band: i64,
    /// Of these, those from whom it is to be removed.
    pub removal_owed: i64,
}

/// An application with its entitlements.
#[derive(Debug, Clone)]
pub struct ApplicationDetail {
    /// The application.
    pub application: ApplicationRow,
    /// Its owner.
    pub owner: Option<IdentityName>,
    /// By name.
    pub entitlements: Vec<HeldEntitlement>,
}

/// All applications with their entitlements and how many hold them.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_applications(ctx: &Ctx) -> Result<Vec<ApplicationDetail>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let applications = tx.applications().await?;
    details(&mut tx, applications, None).await
}

/// One application.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_application(ctx: &Ctx, id: ApplicationId) -> Result<ApplicationDetail, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let applications = tx.application(id).await?.into_iter().collect();
    details(&mut tx, applications, Some(id)).await?.pop().ok_or(ServiceError::NotFound("application"))
}

async fn details(
    tx: &mut Tx,
    applications: Vec<ApplicationRow>,
    only: Option<ApplicationId>,
) -> Result<Vec<ApplicationDetail>, ServiceError> {
    let owners: Vec<IdentityId> = applications.iter().filter_map(|a| a.owner_id).collect();
    let owners = tx.identity_names(&owners).await?;
    let mut counts: HashMap<EntitlementId, (i64, i64, i64)> = HashMap::new();
    for (entitlement, state, n) in tx.grant_counts(only).await? {
        let (holders, out_of_band, owed) = counts.entry(entitlement).or_default();
        *holders += n;
        match state {
            GrantState::OutOfBand => *out_of_band += n,
            GrantState::RemovalOwed => *owed += n,
            GrantState::Held | GrantState::Removed => {}
        }
    }
    let entitlements = match only {
        Some(id) => tx.entitlements_of(id).await?,
        None => tx.entitlements().await?,
    };
    let mut of: HashMap<ApplicationId, Vec<HeldEntitlement>> = HashMap::new();
    for entitlement in entitlements {
        let (holders, out_of_band, removal_owed) = counts.get(&entitlement.id).copied().unwrap_or_default();
        of.entry(entitlement.application_id).or_default().push(HeldEntitlement { entitlement, holders, out_of_band, removal_owed });
    }
    Ok(applications
        .into_iter()
        .map(|application| ApplicationDetail {
            owner: application.owner_id.and_then(|id| owners.get(&id)).cloned(),
            entitlements: of.remove(&application.id).unwrap_or_default(),
            application,
        })
        .collect())
}

fn check_texts(name: &str, description: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let name = name.trim();
    if !(1..=200).contains(&name.chars().count()) || name.contains(char::is_control) {
        faults.push(FieldError::new("name", "give it a name of 1 to 200 characters that can be seen"));
    }
    if description.chars().count() > 4_000 || has_control(description) {
        faults.push(FieldError::new("description", "describe it in at most 4,000 characters that can be seen"));
    }
    faults
}

/// Records an application.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`].
pub async fn create_application(ctx: &Ctx, new: &NewApplication) -> Result<ApplicationId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageApplications, _>(&Portal).await?;
    let mut faults = check_texts(&new.name, &new.description);
    let mut tx = ctx.app.store.write().await?;
    if tx.application_by_name(new.name.trim()).await?.is_some() {
        faults.push(FieldError::new("name", format!("there is an application called {} already", new.name.trim())));
    }
    if let Some(owner) = new.owner_id
        && tx.identity_names(&[owner]).await?.get(&owner).is_none_or(|o| o.state.has_ended())
    {
        faults.push(FieldError::new("owner_id", "the owner does not exist or has ended: choose another"));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let row = ApplicationRow {
        id: ctx.id(),
        name: new.name.trim().to_owned(),
        description: new.description.trim().to_owned(),
        owner_id: new.owner_id,
        version: 1,
        created_at: ctx.now,
    };
    tx.insert_application(&proof, &row).await?;
    tx.commit(
        ctx.event(Stream::Access, "application.created")
            .target(&row.id, row.name.as_str())
            .after(json!({ "name": row.name, "description": row.description })),
    )
    .await?;
    Ok(row.id)
}

/// Records an entitlement.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`].
pub async fn create_entitlement(ctx: &Ctx, new: &NewEntitlement) -> Result<EntitlementId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageApplications, _>(&Portal).await?;
    let mut faults = check_texts(&new.name, &new.description);
    let mut tx = ctx.app.store.write().await?;
    if !tx.applications().await?.iter().any(|a| a.id == new.application_id) {
        faults.push(FieldError::new("application_id", "the application does not exist: choose another"));
    } else if tx.entitlements_of(new.application_id).await?.iter().any(|e| e.name == new.name.trim()) {
        faults.push(FieldError::new("name", format!("there is an entitlement called {} already", new.name.trim())));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let row = EntitlementRow {
        id: ctx.id(),
        application_id: new.application_id,
        name: new.name.trim().to_owned(),
        description: new.description.trim().to_owned(),
        risk: new.risk,
        key: String::new(),
        created_at: ctx.now,
    };
    tx.insert_entitlements(&proof, std::slice::from_ref(&row)).await?;
    tx.commit(ctx.event(Stream::Access, "entitlement.created").target(&row.id, row.name.as_str()).after(json!({ "risk": row.risk })))
        .await?;
    Ok(row.id)
}
