//! A list of credentials as CSV: exactly the view's filter, in its order, all pages.

use chrono::{DateTime, Utc};
use tenure_domain::access::actions;
use tenure_store::PageRequest;
use tenure_store::credentials::CredentialFilter;

use super::findings::findings_of;
use crate::identities::safe_cell;
use crate::{Ctx, ServiceError};

const HEAD: [&str; 17] = [
    "label",
    "kind",
    "state",
    "owner",
    "owner_state",
    "application",
    "purpose",
    "issuer",
    "external_id",
    "origin",
    "created_at",
    "last_used_at",
    "rotated_at",
    "expires_at",
    "ended_at",
    "dependents",
    "findings",
];

/// The credentials of a view as CSV. Never a secret: Tenure has none.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn export_credentials(ctx: &Ctx, filter: &CredentialFilter) -> Result<Vec<u8>, ServiceError> {
    let scope = ctx.scope::<actions::ViewCredential>()?;
    let mut tx = ctx.app.store.read().await?;
    let mut out = ::csv::Writer::from_writer(Vec::new());
    let fail = |e: ::csv::Error| ServiceError::Refused(format!("the file could not be written: {e}"));
    out.write_record(HEAD).map_err(fail)?;
    let mut request = PageRequest { limit: 1000, ..PageRequest::default() };
    loop {
        let page = tx.list_credentials(scope, filter, &request).await?;
        for view in &page.rows {
            let c = &view.credential;
            let at = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
            let cells = [
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
                findings_of(view, ctx.now).iter().map(|f| f.as_str()).collect::<Vec<_>>().join(" "),
            ];
            out.write_record(cells.iter().map(|c| safe_cell(c))).map_err(fail)?;
        }
        match page.next {
            Some(next) => request.after = Some(next),
            None => break,
        }
    }
    out.into_inner().map_err(|e| ServiceError::Refused(format!("the file could not be written: {e}")))
}
