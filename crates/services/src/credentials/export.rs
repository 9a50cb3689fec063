//! A list of credentials as CSV: exactly the view's filter, in its order, all pages.

use chrono::{DateTime, Utc};
use serde_json::json;
use tenure_domain::access::{Portal, Scope, actions};
use tenure_domain::audit::Stream;
use tenure_store::PageRequest;
use tenure_store::credentials::CredentialFilter;

use super::findings::findings_of;
use crate::sheet::{Asked, PIECE, Sheet, SheetColumn};
use crate::{Ctx, ServiceError};

const COLUMNS: [SheetColumn; 17] = [
    ("label", None),
    ("kind", None),
    ("state", None),
    ("owner", None),
    ("owner_state", None),
    ("application", Some("target")),
    ("purpose", None),
    ("issuer", Some("issuer")),
    ("external_id", None),
    ("origin", None),
    ("created_at", Some("created")),
    ("last_used_at", None),
    ("rotated_at", Some("rotated")),
    ("expires_at", None),
    ("ended_at", None),
    ("dependents", Some("dependents")),
    ("findings", None),
];

/// The credentials of a view as CSV, piece by piece; never a secret: Tenure has none. Each piece is read by
/// itself, so that a slow reader keeps no connection to the database.
#[derive(Debug)]
pub struct CredentialExport {
    ctx: Ctx,
    scope: Scope,
    filter: CredentialFilter,
    sheet: Sheet,
    /// Where the next piece begins; None at the end.
    request: Option<PageRequest>,
}

impl CredentialExport {
    /// Begins an export, and leaves its event: data is taken away.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn begin(ctx: &Ctx, filter: &CredentialFilter, asked: &Asked) -> Result<Self, ServiceError> {
        let scope = ctx.rows::<actions::ViewCredential>().await?;
        let after = json!({ "view": asked.view, "columns": asked.columns });
        let event = ctx.event(Stream::Credential, "credentials.exported").target(&Portal, "credentials").after(after);
        ctx.app.store.write().await?.commit(event).await?;
        let request = Some(PageRequest { limit: PIECE, ..PageRequest::default() });
        Ok(Self { ctx: ctx.clone(), scope, filter: filter.clone(), sheet: Sheet::new(&COLUMNS, asked), request })
    }

    /// The next rows; None at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ServiceError> {
        let Some(request) = self.request.take() else { return Ok(None) };
        let page = self.ctx.app.store.read().await?.list_credentials(self.scope, &self.filter, &request).await?;
        let at = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
        let piece = self.sheet.piece(page.rows.iter().map(|view| {
            let c = &view.credential;
            [
                c.label.clone(),
                c.kind.to_string(),
                c.state.to_string(),
                view.owner.clone().unwrap_or_default(),
                view.owner_state.map(|s| s.to_string()).unwrap_or_default(),
                view.application.clone().unwrap_or_default(),
                c.purpose.clone(),
                c.issuer.clone(),
                c.external_id.clone(),
                c.origin.to_string(),
                at(Some(c.created_at)),
                at(c.last_used_at),
                at(c.rotated_at),
                at(c.expires_at),
                at(c.ended_at),
                c.dependents.join("; "),
                findings_of(view, self.ctx.now).iter().map(|f| f.as_str()).collect::<Vec<_>>().join(" "),
            ]
        }))?;
        self.request = page.next.map(|next| PageRequest { after: Some(next), ..request });
        Ok(Some(piece))
    }
}
