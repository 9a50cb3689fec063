//! A list as CSV: exactly the view's filter, in its order, all pages.

use tenure_domain::access::actions;
use tenure_domain::id::IdentityId;
use tenure_store::PageRequest;
use tenure_store::identities::IdentityFilter;

use crate::{Ctx, ServiceError};

/// A spreadsheet takes a cell that begins so for a formula.
pub(crate) fn safe_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The identities of a view as CSV.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn export_identities(ctx: &Ctx, filter: &IdentityFilter) -> Result<Vec<u8>, ServiceError> {
    let scope = ctx.scope::<actions::ViewIdentity>()?;
    let mut tx = ctx.app.store.read().await?;
    let mut out = ::csv::Writer::from_writer(Vec::new());
    let fail = |e: ::csv::Error| ServiceError::Refused(format!("the file could not be written: {e}"));
    out.write_record([
        "user_name",
        "display_name",
        "kind",
        "state",
        "employee_id",
        "email",
        "department",
        "title",
        "manager",
        "owner",
        "start_on",
        "end_on",
    ])
    .map_err(fail)?;
    let mut request = PageRequest { limit: 1000, ..PageRequest::default() };
    loop {
        let page = tx.list_identities(scope, filter, &request).await?;
        let ids: Vec<IdentityId> = page.rows.iter().flat_map(|i| [i.manager_id, i.owner_id]).flatten().collect();
        let names = tx.identity_names(&ids).await?;
        let name = |id: Option<IdentityId>| id.and_then(|id| names.get(&id)).map(|n| n.user_name.clone()).unwrap_or_default();
        for i in &page.rows {
            let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
            let cells = [
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

#[cfg(test)]
mod tests {
    use super::safe_cell;

    #[test]
    fn a_cell_is_never_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert!(safe_cell(text).starts_with('\''));
        }
        assert_eq!(safe_cell("Nadia"), "Nadia");
    }
}
