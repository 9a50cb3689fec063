//! Applications and entitlements.

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::grant::Risk;
use tenure_domain::id::{ApplicationId, EntitlementId, IdentityId};
use tenure_store::access::{ApplicationRow, EntitlementRow};

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

fn check_name(field: &'static str, name: &str) -> Vec<FieldError> {
    let length = name.trim().chars().count();
    if (1..=200).contains(&length) { Vec::new() } else { vec![FieldError::new(field, "give it a name of 1 to 200 characters")] }
}

/// Records an application.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`].
pub async fn create_application(ctx: &Ctx, new: &NewApplication) -> Result<ApplicationId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageApplications, _>(&Portal).await?;
    let mut faults = check_name("name", &new.name);
    let mut tx = ctx.app.store.write().await?;
    if tx.application_by_name(new.name.trim()).await?.is_some() {
        faults.push(FieldError::new("name", format!("there is an application called {} already", new.name.trim())));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let row = ApplicationRow { id: ctx.id(), name: new.name.trim().to_owned(), description: new.description.trim().to_owned(), owner_id: new.owner_id, version: 1, created_at: ctx.now };
    tx.insert_application(&proof, &row).await?;
    tx.commit(ctx.event(Stream::Access, "application.created").target(&row.id, row.name.as_str()).after(json!({ "name": row.name, "description": row.description }))).await?;
    Ok(row.id)
}

/// Records an entitlement.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`].
pub async fn create_entitlement(ctx: &Ctx, new: &NewEntitlement) -> Result<EntitlementId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageApplications, _>(&Portal).await?;
    let mut faults = check_name("name", &new.name);
    let mut tx = ctx.app.store.write().await?;
    if !tx.applications().await?.iter().any(|a| a.id == new.application_id) {
        faults.push(FieldError::new("application_id", "the application does not exist: choose another"));
    } else if tx.entitlements_of(new.application_id).await?.iter().any(|e| e.name == new.name.trim()) {
        faults.push(FieldError::new("name", format!("there is an entitlement called {} already", new.name.trim())));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let row = EntitlementRow { id: ctx.id(), application_id: new.application_id, name: new.name.trim().to_owned(), description: new.description.trim().to_owned(), risk: new.risk, created_at: ctx.now };
    tx.insert_entitlements(&proof, std::slice::from_ref(&row)).await?;
    tx.commit(ctx.event(Stream::Access, "entitlement.created").target(&row.id, row.name.as_str()).after(json!({ "risk": row.risk }))).await?;
    Ok(row.id)
}
