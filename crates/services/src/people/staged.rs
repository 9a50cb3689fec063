//! Imports in the portal: upload, map, preview, apply. The file waits in the database, so that any
//! instance can go on with it.

use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::ImportId;
use tenure_domain::people::{Allowed, LimitExceeded, PeoplePlan, PersonRow};
use tenure_store::imports::{ImportRow, Source};
use tenure_store::{Page, PageRequest};

use super::digest::digest;
use super::fit::{first_mapping, head};
use super::import_people::{ImportOptions, Origin, admit, newer, plan, read, recorded, take_in};
use super::mapping::Mapping;
use super::summary::PeopleSummary;
use crate::{Ctx, ServiceError};

/// The largest upload. Larger files go by the command line.
pub const MAX_UPLOAD: usize = 64 << 20;

/// A staged import with its plan.
#[derive(Debug, Clone)]
pub struct StagedImport {
    /// The import.
    pub import: ImportRow,
    /// How its columns are read.
    pub mapping: Mapping,
    /// The columns of the file.
    pub columns: Vec<String>,
    /// The first row of the file, as an example of what the columns hold.
    pub sample: Vec<String>,
    /// The rows that could be read; the plan names them by their place.
    pub rows: Vec<PersonRow>,
    /// The plan, or why the file cannot be read.
    pub plan: Result<(PeoplePlan, PeopleSummary), String>,
    /// Limits that the plan exceeds.
    pub exceeded: Vec<LimitExceeded>,
    /// The day of the source's last snapshot, where that is newer than this one.
    pub newer: Option<chrono::NaiveDate>,
}

/// The sources, and a page of the imports, newest first.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_imports(ctx: &Ctx, request: &PageRequest) -> Result<(Vec<Source>, Page<ImportRow>), ServiceError> {
    ctx.authorize::<actions::ViewImports, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    Ok((tx.sources().await?, tx.list_imports(request).await?))
}

/// How a staged import is read.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn staged_mapping(ctx: &Ctx, id: ImportId) -> Result<Mapping, ServiceError> {
    ctx.authorize::<actions::ViewImports, _>(&Portal).await?;
    let import = ctx.app.store.read().await?.import(id).await?.ok_or(ServiceError::NotFound("import"))?;
    if import.kind != "people" {
        return Err(ServiceError::NotFound("mapping"));
    }
    serde_json::from_value(import.mapping)
        .map_err(|error| ServiceError::Refused(format!("the mapping of this import cannot be read: {error}")))
}

/// Keeps an uploaded file until it is applied or discarded.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] when it is empty or too large.
pub async fn stage_upload(
    ctx: &Ctx,
    source: &str,
    file_name: &str,
    as_of: chrono::NaiveDate,
    content: &[u8],
) -> Result<ImportId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageSources, _>(&Portal).await?;
    let mut faults = Vec::new();
    let source = source.trim();
    if source.is_empty() || source.chars().count() > 100 || source.contains(char::is_control) {
        faults.push(crate::FieldError::new("source", "give the source a name of 1 to 100 characters"));
    }
    if content.is_empty() {
        faults.push(crate::FieldError::new("file", "choose a file that is not empty"));
    } else if content.len() > MAX_UPLOAD {
        faults.push(crate::FieldError::new("file", "the file is larger than 64 MB: use `tenure import people` on the command line"));
    } else {
        faults.extend(name_fault(file_name));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let import = ImportRow {
        id: ctx.id(),
        kind: "people".to_owned(),
        source_name: source.to_owned(),
        file_name: shown_name(file_name),
        digest: digest(content),
        as_of,
        state: "staged".to_owned(),
        mapping: json!(first_mapping(ctx, source, content).await?),
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
            .after(json!({ "source": source, "bytes": content.len(), "sha256": import.digest })),
    )
    .await?;
    Ok(import.id)
}

/// What the names of lists end with.
const ENDINGS: [&str; 3] = ["csv", "tsv", "txt"];

/// What is wrong with the name of a list: whoever chose a workbook is told by its name, before its bytes are read as text.
pub(crate) fn name_fault(name: &str) -> Option<crate::FieldError> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.trim().to_ascii_lowercase());
    let fits = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
    (!fits).then(|| crate::FieldError::new("file", "choose a CSV file: its name ends with .csv, .tsv or .txt"))
}

/// A name as it is shown and kept.
pub(crate) fn shown_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// A staged import with its plan as of now; one that is over shows its counts.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn show_staged(ctx: &Ctx, id: ImportId) -> Result<StagedImport, ServiceError> {
    ctx.authorize::<actions::ViewImports, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let import = tx.import(id).await?.ok_or(ServiceError::NotFound("import"))?;
    let mapping: Mapping = serde_json::from_value(import.mapping.clone()).unwrap_or_default();
    let Some(content) = tx.import_content(id).await? else {
        return Ok(StagedImport {
            import,
            mapping,
            columns: Vec::new(),
            sample: Vec::new(),
            rows: Vec::new(),
            plan: Err("the file is not kept any more".to_owned()),
            exceeded: Vec::new(),
            newer: None,
        });
    };
    let (columns, sample) = head(&content, mapping.delimiter);
    let mut newer_than = None;
    let options = options(&import, mapping.clone());
    let (plan, exceeded, rows) = match read(content.as_slice(), &mapping) {
        Err(error) => (Err(unreadable(&error)), Vec::new(), Vec::new()),
        Ok(snapshot) => {
            let source = tx.source_by_name(&import.source_name).await?;
            let plan = plan(&recorded(&mut tx, source.as_ref()).await?, &snapshot, &options);
            let exceeded = ctx.app.settings.limits.check(plan.impact(), Allowed::default());
            newer_than = source.as_ref().and_then(|s| newer(s, &options));
            let summary = PeopleSummary::of(&plan, true);
            (Ok((plan, summary)), exceeded, snapshot.rows)
        }
    };
    Ok(StagedImport { import, mapping, columns, sample, rows, plan, exceeded, newer: newer_than })
}

/// Why a file cannot be read, without what only an import says.
fn unreadable(error: &ServiceError) -> String {
    match error {
        ServiceError::File(rows) => rows.first().map(ToString::to_string).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn options(import: &ImportRow, mapping: Mapping) -> ImportOptions {
    ImportOptions {
        source: import.source_name.clone(),
        file_name: import.file_name.clone(),
        as_of: import.as_of,
        mapping,
        allowed: Allowed::default(),
        accept_rejected: false,
        expected_plan: None,
    }
}

/// Changes how a staged import is read.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] when the mapping has faults,
/// [`ServiceError::Conflict`] when it is not staged any more.
pub async fn remap_staged(ctx: &Ctx, id: ImportId, as_of: chrono::NaiveDate, mapping: &Mapping) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageSources, _>(&Portal).await?;
    let faults = mapping.check();
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults.into_iter().map(|f| crate::FieldError::new("mapping", f)).collect()));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.remap_import(&proof, id, as_of, &json!(mapping)).await?;
    tx.commit(ctx.event(Stream::System, "import.mapped").target(&id, "").after(json!(mapping))).await?;
    ctx.app.transient.applying.forget_failure(id);
    Ok(())
}

/// Applies a staged import, if its plan is still the one that was seen.
///
/// # Errors
/// As [`super::import_people`], and [`ServiceError::Conflict`] on a second click.
pub async fn apply_staged(
    ctx: &Ctx,
    id: ImportId,
    seen_plan: &str,
    allowed: Allowed,
    accept_rejected: bool,
) -> Result<PeopleSummary, ServiceError> {
    let (import, content) = {
        let mut tx = ctx.app.store.read().await?;
        let import = tx.import(id).await?.ok_or(ServiceError::NotFound("import"))?;
        let content = tx
            .import_content(id)
            .await?
            .ok_or_else(|| ServiceError::Conflict("this import is over already; nothing was changed again".to_owned()))?;
        (import, content)
    };
    let mapping: Mapping =
        serde_json::from_value(import.mapping.clone()).map_err(|e| ServiceError::Refused(format!("the mapping cannot be read: {e}")))?;
    let mut options = options(&import, mapping);
    options.allowed = allowed;
    options.accept_rejected = accept_rejected;
    options.expected_plan = Some(seen_plan.to_owned());
    let admitted = admit(ctx, &options.source).await?;
    let snapshot = read(content.as_slice(), &options.mapping)?;
    drop(content);
    take_in(ctx, &options, admitted, &snapshot, Origin::Staged(id)).await
}

/// Lets a staged import go.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Conflict`] when it is not staged any more.
pub async fn discard_staged(ctx: &Ctx, id: ImportId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::DiscardImport, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.finish_import(&proof, id, "discarded", &json!({}), ctx.now).await?;
    tx.commit(ctx.event(Stream::System, "import.discarded").target(&id, "")).await?;
    Ok(())
}
