//! Staging, showing and applying lists.

use serde_json::json;
use tenure_domain::access::{Portal, actions, authorize};
use tenure_domain::audit::Stream;
use tenure_domain::id::ImportId;
use tenure_store::imports::ImportRow;

use super::{ListImport, ListKind, ListSummary, Seen, hash};
use crate::access::{self, MembershipOptions};
use crate::credentials::{self, CredentialImportOptions};
use crate::people::{MAX_UPLOAD, digest, name_fault, shown_name};
use crate::{Ctx, FieldError, ServiceError};

/// Keeps an uploaded list until it is applied or discarded.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] with the faulty fields.
pub async fn stage_list(
    ctx: &Ctx,
    kind: &ListKind,
    file_name: &str,
    as_of: chrono::NaiveDate,
    content: &[u8],
) -> Result<ImportId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageSources, _>(&Portal).await?;
    let mut faults = Vec::new();
    let (word, name) = match kind {
        ListKind::Credentials => ("credentials", "credentials"),
        ListKind::Memberships { source, application } => {
            if ctx.app.store.read().await?.source_by_name(source).await?.is_none() {
                faults.push(FieldError::new(
                    "source",
                    "choose the source whose people the file speaks of; import people first if there is none",
                ));
            }
            if application.trim().is_empty() || application.chars().count() > 200 || application.contains(char::is_control) {
                faults.push(FieldError::new("application", "name the application on which the memberships are, in 1 to 200 characters"));
            }
            ("memberships", application.as_str())
        }
    };
    if content.is_empty() {
        faults.push(FieldError::new("file", "choose a file that is not empty"));
    } else if content.len() > MAX_UPLOAD {
        faults.push(FieldError::new("file", format!("the file is larger than 64 MB: use `tenure import {word}` on the command line")));
    } else {
        faults.extend(name_fault(file_name));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let import = ImportRow {
        id: ctx.id(),
        kind: word.to_owned(),
        source_name: name.to_owned(),
        file_name: shown_name(file_name),
        digest: digest(content),
        as_of,
        state: "staged".to_owned(),
        mapping: json!(kind),
        summary: json!({}),
        actor: ctx.principal.label.clone(),
        created_at: ctx.now,
        applied_at: None,
    };
    let mut tx = ctx.app.store.write().await?;
    tx.insert_import(&proof, &import, Some(content)).await?;
    tx.commit(
        ctx.event(Stream::System, "import.staged")
            .target(&import.id, import.file_name.as_str())
            .after(json!({ "list": kind, "bytes": content.len(), "sha256": import.digest })),
    )
    .await?;
    Ok(import.id)
}

/// What an import is of: `people`, `memberships`, `credentials`.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn import_kind(ctx: &Ctx, id: ImportId) -> Result<String, ServiceError> {
    ctx.authorize::<actions::ViewImports, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.import(id).await?.ok_or(ServiceError::NotFound("import"))?.kind)
}

/// An import of a list: tried as of now while it is staged, with its counts when it was applied.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_list(ctx: &Ctx, id: ImportId) -> Result<ListImport, ServiceError> {
    ctx.authorize::<actions::ViewImports, _>(&Portal).await?;
    let (import, content) = load(ctx, id).await?;
    let kind = kind_of(&import)?;
    let mut seen = String::new();
    let outcome = match content {
        Some(content) if may_apply(ctx, &kind) => match run(ctx, &import, &kind, &content, true, None).await {
            Ok(summary) => {
                seen = match &summary {
                    ListSummary::Memberships(s) => hash(s),
                    ListSummary::Credentials(s) => hash(s),
                };
                Some(Ok(summary))
            }
            Err(ServiceError::Denied(denied)) => return Err(ServiceError::Denied(denied)),
            Err(ServiceError::Store(error)) => return Err(ServiceError::Store(error)),
            Err(ServiceError::File(rows)) => Some(Err(rows.first().map(ToString::to_string).unwrap_or_default())),
            Err(error) => Some(Err(error.to_string())),
        },
        _ if import.state == "applied" => match kind {
            ListKind::Memberships { .. } => serde_json::from_value(import.summary.clone()).ok().map(ListSummary::Memberships).map(Ok),
            ListKind::Credentials => serde_json::from_value(import.summary.clone()).ok().map(ListSummary::Credentials).map(Ok),
        },
        _ => None,
    };
    Ok(ListImport { import, kind, outcome, seen })
}

fn may_apply(ctx: &Ctx, kind: &ListKind) -> bool {
    match kind {
        ListKind::Memberships { .. } => authorize::<actions::ManageApplications, _>(&ctx.principal, &Portal).is_ok(),
        ListKind::Credentials => authorize::<actions::ImportCredentials, _>(&ctx.principal, &Portal).is_ok(),
    }
}

async fn load(ctx: &Ctx, id: ImportId) -> Result<(ImportRow, Option<Vec<u8>>), ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let import = tx.import(id).await?.ok_or(ServiceError::NotFound("import"))?;
    let content = tx.import_content(id).await?;
    Ok((import, content))
}

fn kind_of(import: &ImportRow) -> Result<ListKind, ServiceError> {
    serde_json::from_value(import.mapping.clone()).map_err(|_| ServiceError::NotFound("import"))
}

async fn run(
    ctx: &Ctx,
    import: &ImportRow,
    kind: &ListKind,
    content: &[u8],
    dry_run: bool,
    accept: Option<(bool, Seen<'_>)>,
) -> Result<ListSummary, ServiceError> {
    let (accept_rejected, seen) = match accept {
        Some((accept, seen)) => (accept, Some(seen)),
        // A preview shows what would happen, and beside it what cannot.
        None => (true, None),
    };
    let file_name = import.file_name.clone();
    match kind {
        ListKind::Memberships { source, application } => {
            let options = MembershipOptions {
                source: source.clone(),
                application: application.clone(),
                file_name,
                as_of: import.as_of,
                dry_run,
                accept_rejected,
            };
            access::import_staged(ctx, &options, content, seen).await.map(ListSummary::Memberships)
        }
        ListKind::Credentials => {
            let options = CredentialImportOptions { file_name, dry_run, accept_rejected };
            credentials::import_staged(ctx, &options, content, seen).await.map(ListSummary::Credentials)
        }
    }
}

/// Applies a staged list, if it still does what was seen.
///
/// # Errors
/// As [`access::import_memberships`] and [`credentials::import_credentials`];
/// [`ServiceError::Conflict`] when the records changed, or on a second click.
pub async fn apply_list(ctx: &Ctx, id: ImportId, seen: &str, accept_rejected: bool) -> Result<ListSummary, ServiceError> {
    ctx.authorize::<actions::ViewImports, _>(&Portal).await?;
    let (import, content) = load(ctx, id).await?;
    let kind = kind_of(&import)?;
    let content = content.ok_or_else(|| ServiceError::Conflict("this import is over already; nothing was changed again".to_owned()))?;
    run(ctx, &import, &kind, &content, false, Some((accept_rejected, Seen { id, hash: seen }))).await
}
