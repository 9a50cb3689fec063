//! `import credentials`: an inventory from elsewhere, matched by issuer and name there.

use std::collections::HashMap;
use std::io::Read;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::credential::{Credential, CredentialOrigin};
use tenure_domain::id::{ApplicationId, IdentityId};
use tenure_domain::people::RejectedRow;

use crate::list_imports::Seen;
use crate::people::csv::read_credentials;
use crate::{Ctx, ServiceError};

/// How an inventory is to be taken in.
#[derive(Debug, Clone, Default)]
pub struct CredentialImportOptions {
    /// What the file was called.
    pub file_name: String,
    /// Show only.
    pub dry_run: bool,
    /// Take the rows that can be taken although others cannot.
    pub accept_rejected: bool,
}

/// Counts of one import of credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialSummary {
    /// Rows that were taken.
    pub rows: usize,
    /// Recorded for the first time.
    pub new: usize,
    /// Changed.
    pub changed: usize,
    /// As they were.
    pub unchanged: usize,
    /// Without an owner: findings.
    pub without_owner: usize,
    /// Rows that were not taken.
    pub rejected: Vec<RejectedRow>,
    /// Whether it was only a preview.
    pub dry_run: bool,
}

/// Takes in an inventory. It is not a snapshot: what is not in the file stays as it is.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::File`] when rows cannot be taken. Nothing is changed
/// then.
pub async fn import_credentials(
    ctx: &Ctx,
    options: &CredentialImportOptions,
    file: impl Read + Send,
) -> Result<CredentialSummary, ServiceError> {
    import_staged(ctx, options, file, None).await
}

/// As [`import_credentials`], closing the staged import that the file comes from.
pub(crate) async fn import_staged(
    ctx: &Ctx,
    options: &CredentialImportOptions,
    file: impl Read + Send,
    staged: Option<Seen<'_>>,
) -> Result<CredentialSummary, ServiceError> {
    let proof = ctx.authorize::<actions::ImportCredentials, _>(&Portal).await?;
    let snapshot = read_credentials(file).map_err(|fault| ServiceError::File(vec![fault]))?;
    let mut summary = CredentialSummary { rejected: snapshot.rejected.clone(), dry_run: options.dry_run, ..CredentialSummary::default() };
    let mut tx = ctx.app.store.write().await?;
    let applications: HashMap<String, ApplicationId> = tx.applications().await?.into_iter().map(|a| (a.name, a.id)).collect();
    let owners = tx.user_name_index().await?;
    let names = Names {
        owners: owners.iter().map(|(name, id)| (*id, name.clone())).collect(),
        applications: applications.iter().map(|(name, id)| (*id, name.clone())).collect(),
    };
    let mut known: HashMap<(String, String), Credential> = HashMap::new();
    let mut issuers: Vec<&str> = snapshot.rows.iter().map(|r| r.issuer.as_str()).collect();
    issuers.sort_unstable();
    issuers.dedup();
    for issuer in issuers {
        known.extend(tx.credentials_of_issuer(issuer).await?.into_iter().map(|c| ((c.issuer.clone(), c.external_id.clone()), c)));
    }

    let mut write = Vec::new();
    let mut read_back = Vec::new();
    let mut events = Vec::new();
    for row in &snapshot.rows {
        let mut reject = |field: &str, reason: String| {
            summary.rejected.push(RejectedRow { line: row.line, field: Some(field.to_owned()), reason, employee_id: None })
        };
        if row.issuer.eq_ignore_ascii_case(super::record::ISSUER) {
            reject("issuer", "what Tenure issues it records itself; leave the row out".to_owned());
            continue;
        }
        let identity_id = match row.owner.as_str() {
            "" => None,
            name => match owners.get(&tenure_domain::fold::fold(name)) {
                Some(id) => Some(*id),
                None => {
                    reject(
                        "owner",
                        format!(
                            "there is no identity called `{name}`; correct the name, or leave it empty to record a credential without an owner"
                        ),
                    );
                    continue;
                }
            },
        };
        let application_id = match row.application.as_str() {
            "" => None,
            name => match applications.get(name) {
                Some(id) => Some(*id),
                None => {
                    reject("application", format!("there is no application called `{name}`; record it first, or leave it empty"));
                    continue;
                }
            },
        };
        summary.rows += 1;
        summary.without_owner += usize::from(identity_id.is_none());
        let before = known.get(&(row.issuer.clone(), row.external_id.clone()));
        let mut after = Credential {
            id: before.map_or_else(|| ctx.id(), |b| b.id),
            identity_id,
            kind: row.kind,
            label: row.label.clone(),
            purpose: row.purpose.clone(),
            issuer: row.issuer.clone(),
            external_id: row.external_id.clone(),
            application_id,
            origin: CredentialOrigin::Recorded,
            state: row.state,
            created_at: row.created,
            last_used_at: row.last_used,
            rotated_at: row.rotated,
            expires_at: row.expires,
            ended_at: (!row.state.is_live()).then_some(ctx.now),
            dependents: row.dependents.clone(),
            version: before.map_or(1, |b| b.version),
        };
        let action = match before {
            None => {
                summary.new += 1;
                "credential.recorded"
            }
            Some(b) => {
                // A revocation that is owed stays owed, whatever the file says: only a read-back
                // from the target ends it.
                if matches!(
                    b.state,
                    tenure_domain::credential::CredentialState::Revoking
                        | tenure_domain::credential::CredentialState::Revoked
                        | tenure_domain::credential::CredentialState::Compromised
                ) && after.state.is_live()
                {
                    after.state = b.state;
                }
                // What was prolonged and lives again has no end behind it.
                if b.state == tenure_domain::credential::CredentialState::Revoking && !after.state.is_live() {
                    read_back.push(b.id);
                }
                after.ended_at = if after.state.is_live() { None } else { b.ended_at.or(after.ended_at) };
                if *b == after {
                    summary.unchanged += 1;
                    continue;
                }
                summary.changed += 1;
                after.version += 1;
                "credential.changed"
            }
        };
        let mut event = ctx
            .event(Stream::Credential, action)
            .target(&after.id, after.label.as_str())
            .before(before.map_or(serde_json::Value::Null, |b| picture(b, &names)))
            .after(picture(&after, &names));
        event.0.identity_id = identity_id;
        events.push(event);
        write.push(after);
    }
    if !summary.rejected.is_empty() && !options.accept_rejected {
        return Err(ServiceError::File(summary.rejected));
    }
    if options.dry_run || (write.is_empty() && staged.is_none()) {
        return Ok(summary);
    }
    if let Some(staged) = staged {
        staged.finish(ctx, &proof, &mut tx, &summary).await?;
    }
    tx.put_credentials(&proof, &write).await?;
    tx.verify_revocations(&proof, &read_back, ctx.now).await?;
    let mut all = Events::one(
        ctx.event(Stream::Credential, "credentials.imported")
            .after(json!({ "file": options.file_name, "rows": summary.rows, "new": summary.new, "changed": summary.changed })),
    );
    all.extend(events);
    tx.commit(all).await?;
    Ok(summary)
}

/// What the pictures of credentials name.
struct Names {
    owners: HashMap<IdentityId, String>,
    applications: HashMap<ApplicationId, String>,
}

/// A credential as the audit log keeps it.
fn picture(c: &Credential, names: &Names) -> serde_json::Value {
    json!({
        "kind": c.kind, "label": c.label, "issuer": c.issuer, "state": c.state, "purpose": c.purpose,
        "owner": c.identity_id.map(|id| names.owners.get(&id).cloned().unwrap_or_else(|| id.to_string())),
        "application": c.application_id.map(|id| names.applications.get(&id).cloned().unwrap_or_else(|| id.to_string())),
        "created_at": c.created_at, "rotated_at": c.rotated_at, "last_used_at": c.last_used_at, "expires_at": c.expires_at,
        "dependents": c.dependents,
    })
}
