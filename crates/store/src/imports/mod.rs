//! Sources, and the imports that were made from them.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use tenure_domain::access::{May, change};
use tenure_domain::id::{Id, IdentityId, ImportId, SourceId};
use uuid::Uuid;

use crate::engine::{StoreError, Tx, WriteTx, storable};
use crate::page::{Cursor, Page, PageRequest};

/// A source of identity data.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Source {
    /// Its key.
    pub id: SourceId,
    /// What people call it.
    pub name: String,
    /// The day of the snapshot that was applied last.
    pub last_as_of: Option<NaiveDate>,
    /// When that was.
    pub last_import_at: Option<DateTime<Utc>>,
    /// Raised with each import.
    pub version: i64,
    /// When it was first used.
    pub created_at: DateTime<Utc>,
    /// The machine that tells it over SCIM; None where files are imported.
    pub provisioner_id: Option<IdentityId>,
}

impl Source {
    /// One that is used for the first time now.
    pub fn new(id: SourceId, name: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self { id, name: name.into(), last_as_of: None, last_import_at: None, version: 1, created_at: now, provisioner_id: None }
    }
}

/// An import, without its file.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ImportRow {
    /// Its key.
    pub id: ImportId,
    /// people, memberships, credentials.
    pub kind: String,
    /// The source, or the application of memberships.
    pub source_name: String,
    /// What the file was called.
    pub file_name: String,
    /// SHA-256 of the file, hex.
    pub digest: String,
    /// The plan's today.
    pub as_of: NaiveDate,
    /// staged, applied, discarded.
    pub state: String,
    /// How its columns were read.
    #[sqlx(json)]
    pub mapping: Value,
    /// The counts.
    #[sqlx(json)]
    pub summary: Value,
    /// Who made it.
    pub actor: String,
    /// When it was uploaded or made.
    pub created_at: DateTime<Utc>,
    /// When it was applied.
    pub applied_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "SELECT id, kind, source_name, file_name, digest, as_of, state, mapping, summary, actor, created_at, applied_at FROM imports WHERE id = $1";

impl Tx {
    /// The source of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn source_by_name(&mut self, name: &str) -> Result<Option<Source>, StoreError> {
        Ok(fetch_optional!(self, Source, "SELECT * FROM sources WHERE name = $1", storable(name)))
    }

    /// The source that a machine tells over SCIM.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn source_of_provisioner(&mut self, provisioner: IdentityId) -> Result<Option<Source>, StoreError> {
        Ok(fetch_optional!(self, Source, "SELECT * FROM sources WHERE provisioner_id = $1", provisioner))
    }

    /// All sources, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sources(&mut self) -> Result<Vec<Source>, StoreError> {
        Ok(fetch_all!(self, Source, "SELECT * FROM sources ORDER BY name"))
    }

    /// An import.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import(&mut self, id: ImportId) -> Result<Option<ImportRow>, StoreError> {
        Ok(fetch_optional!(self, ImportRow, COLUMNS, id))
    }

    /// The file of an import that is still staged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_content(&mut self, id: ImportId) -> Result<Option<Vec<u8>>, StoreError> {
        let row = fetch_optional!(self, (Option<Vec<u8>>,), "SELECT content FROM imports WHERE id = $1", id);
        Ok(row.and_then(|r| r.0))
    }

    /// A page of imports, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_imports(&mut self, request: &PageRequest) -> Result<Page<ImportRow>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT id, kind, source_name, file_name, digest, as_of, state, mapping, summary, actor, created_at, applied_at FROM imports");
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                query.push(if backwards { " WHERE id > " } else { " WHERE id < " }).push_bind(from.id);
            }
            query.push(if backwards { " ORDER BY id LIMIT " } else { " ORDER BY id DESC LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<ImportRow>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: Vec::new(), id: row.id.uuid() }))
    }

    /// How the columns of a source's file were read when one was last applied.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_mapping(&mut self, source: &str) -> Result<Option<Value>, StoreError> {
        let row = fetch_optional!(
            self,
            (sqlx::types::Json<Value>,),
            "SELECT mapping FROM imports WHERE kind = 'people' AND source_name = $1 AND state = 'applied' ORDER BY id DESC LIMIT 1",
            source
        );
        Ok(row.map(|r| r.0.0))
    }

    /// The newest imports.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recent_imports(&mut self, limit: i64) -> Result<Vec<ImportRow>, StoreError> {
        Ok(fetch_all!(
            self,
            ImportRow,
            "SELECT id, kind, source_name, file_name, digest, as_of, state, mapping, summary, actor, created_at, applied_at FROM imports ORDER BY id DESC LIMIT $1",
            limit
        ))
    }

    /// Imports that wait to be applied, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn staged_imports(&mut self, limit: i64) -> Result<Vec<ImportRow>, StoreError> {
        Ok(fetch_all!(
            self,
            ImportRow,
            "SELECT id, kind, source_name, file_name, digest, as_of, state, mapping, summary, actor, created_at, applied_at FROM imports WHERE state = 'staged' ORDER BY id LIMIT $1",
            limit
        ))
    }
}

/// A source, where there is one.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct MaybeSource {
    id: Option<SourceId>,
    name: Option<String>,
    last_as_of: Option<NaiveDate>,
    last_import_at: Option<DateTime<Utc>>,
    version: Option<i64>,
    created_at: Option<DateTime<Utc>>,
    provisioner_id: Option<IdentityId>,
}

impl MaybeSource {
    fn there(self) -> Option<Source> {
        Some(Source {
            id: self.id?,
            name: self.name?,
            last_as_of: self.last_as_of,
            last_import_at: self.last_import_at,
            version: self.version?,
            created_at: self.created_at?,
            provisioner_id: self.provisioner_id,
        })
    }
}

#[derive(sqlx::FromRow)]
struct SourceAndModel {
    #[sqlx(flatten)]
    source: Source,
    model: Uuid,
    reaches: bool,
}

impl WriteTx {
    /// The source of a machine, and, in the same look, which roles and rules are in force and whether there are targets:
    /// who tells of people works out their access. Holds the model.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn source_that_tells(&mut self, provisioner: IdentityId) -> Result<Option<Source>, StoreError> {
        self.hold_model().await?;
        let seen = self.source.take().and_then(MaybeSource::there);
        if let Some(source) = seen.filter(|source| source.provisioner_id == Some(provisioner)) {
            return Ok(Some(source));
        }
        let found = fetch_optional!(
            self.tx,
            SourceAndModel,
            "SELECT s.*, v.version AS model, EXISTS (SELECT 1 FROM targets) AS reaches FROM sources s CROSS JOIN access_model_version v WHERE s.provisioner_id = $1",
            provisioner
        );
        Ok(found.map(|row| {
            self.model = Some(row.model);
            // Where others write as well, a target may be there a moment later.
            self.reaches_nothing = !row.reaches && self.has_one_writer();
            row.source
        }))
    }

    /// Records a source.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn insert_source(&mut self, _proof: &impl May<change::WriteImports>, source: &Source) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO sources (id, name, version, created_at, provisioner_id) VALUES ($1, $2, $3, $4, $5)",
            source.id,
            source.name.as_str(),
            source.version,
            source.created_at,
            source.provisioner_id
        );
        Ok(())
    }

    /// Locks a source until the end of the transaction and raises its version, so that two imports
    /// of one source happen one after the other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_source(&mut self, _proof: &impl May<change::WriteImports>, id: SourceId) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE sources SET version = version + 1 WHERE id = $1", id);
        Ok(())
    }

    /// Notes the snapshot that was applied last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_import(
        &mut self,
        _proof: &impl May<change::WriteImports>,
        id: SourceId,
        as_of: NaiveDate,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE sources SET last_as_of = $2, last_import_at = $3 WHERE id = $1", id, as_of, at);
        Ok(())
    }

    /// Keeps an import, with its file while it is staged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_import(
        &mut self,
        _proof: &impl May<change::WriteImports>,
        row: &ImportRow,
        content: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO imports (id, kind, source_name, file_name, digest, as_of, state, mapping, summary, content, actor, created_at, applied_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            row.id, row.kind.as_str(), row.source_name.as_str(), row.file_name.as_str(), row.digest.as_str(), row.as_of, row.state.as_str(),
            sqlx::types::Json(&row.mapping), sqlx::types::Json(&row.summary), content, row.actor.as_str(), row.created_at, row.applied_at
        );
        Ok(())
    }

    /// Changes how a staged import is to be read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not staged any more.
    pub async fn remap_import(
        &mut self,
        _proof: &impl May<change::WriteImports>,
        id: ImportId,
        as_of: NaiveDate,
        mapping: &Value,
    ) -> Result<(), StoreError> {
        let n = execute!(
            self.tx,
            "UPDATE imports SET mapping = $2, as_of = $3 WHERE id = $1 AND state = 'staged' AND kind = 'people'",
            id,
            sqlx::types::Json(mapping),
            as_of
        );
        if n == 1 { Ok(()) } else { Err(StoreError::Conflict("the import")) }
    }

    /// Ends a staged import: applied or discarded. Its file is let go.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not staged any more: a second click changes nothing.
    pub async fn finish_import(
        &mut self,
        _proof: &impl May<change::WriteImports>,
        id: ImportId,
        state: &str,
        summary: &Value,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let n = execute!(
            self.tx,
            "UPDATE imports SET state = $2, summary = $3, applied_at = $4, content = NULL WHERE id = $1 AND state = 'staged'",
            id,
            state,
            sqlx::types::Json(summary),
            at
        );
        if n == 1 { Ok(()) } else { Err(StoreError::Conflict("the import")) }
    }
}
