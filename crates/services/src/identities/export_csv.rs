//! A list as CSV: exactly the view's filter, in its order, all pages.

use serde_json::json;
use tenure_domain::access::{Portal, Scope, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::IdentityId;
use tenure_store::PageRequest;
use tenure_store::identities::IdentityFilter;

use crate::sheet::{Asked, PIECE, Sheet, SheetColumn};
use crate::{Ctx, ServiceError};

const COLUMNS: [SheetColumn; 12] = [
    ("user_name", None),
    ("display_name", None),
    ("kind", None),
    ("state", None),
    ("employee_id", None),
    ("email", Some("email")),
    ("department", None),
    ("title", Some("title")),
    ("manager", None),
    ("owner", None),
    ("start_on", Some("start")),
    ("end_on", None),
];

/// The identities of a view as CSV, piece by piece. Each piece is read by itself, so that a slow reader
/// keeps no connection to the database.
#[derive(Debug)]
pub struct IdentityExport {
    ctx: Ctx,
    scope: Scope,
    filter: IdentityFilter,
    sheet: Sheet,
    /// Where the next piece begins; None at the end.
    request: Option<PageRequest>,
}

impl IdentityExport {
    /// Begins an export, and leaves its event: data is taken away.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn begin(ctx: &Ctx, filter: &IdentityFilter, asked: &Asked) -> Result<Self, ServiceError> {
        let scope = ctx.rows::<actions::ViewIdentity>().await?;
        let after = json!({ "view": asked.view, "columns": asked.columns });
        let event = ctx.event(Stream::Identity, "identities.exported").target(&Portal, "identities").after(after);
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
        let mut tx = self.ctx.app.store.read().await?;
        let page = tx.list_identities(self.scope, &self.filter, &request).await?;
        let ids: Vec<IdentityId> = page.rows.iter().flat_map(|i| [i.manager_id, i.owner_id]).flatten().collect();
        let names = tx.identity_names(&ids).await?;
        drop(tx);
        let name = |id: Option<IdentityId>| id.and_then(|id| names.get(&id)).map(|n| n.user_name.clone()).unwrap_or_default();
        let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        let piece = self.sheet.piece(page.rows.iter().map(|i| {
            [
                i.user_name.clone(),
                i.display_name.clone(),
                i.kind.to_string(),
                i.state.to_string(),
                i.employee_id.clone().unwrap_or_default(),
                i.email.clone(),
                i.department.clone(),
                i.title.clone(),
                name(i.manager_id),
                name(i.owner_id),
                day(i.start_on),
                day(i.end_on),
            ]
        }))?;
        self.request = page.next.map(|next| PageRequest { after: Some(next), ..request });
        Ok(Some(piece))
    }
}
