//! The plan of a staged import as CSV: the whole list, where the page shows the beginning.

use tenure_domain::id::ImportId;

use super::staged::show_staged;
use crate::sheet::safe_cell;
use crate::{Ctx, ServiceError};

/// Everybody in the plan, a line for each change of an attribute, then the rows that cannot be
/// taken and those to look at.
///
/// # Errors
/// As [`show_staged`]; [`ServiceError::Refused`] when the file cannot be read.
pub async fn export_plan(ctx: &Ctx, id: ImportId) -> Result<Vec<u8>, ServiceError> {
    let staged = show_staged(ctx, id).await?;
    let (plan, _) = staged.plan.map_err(ServiceError::Refused)?;
    let fail = |e: ::csv::Error| ServiceError::Refused(format!("the file could not be written: {e}"));
    let mut out = ::csv::Writer::from_writer(Vec::new());
    out.write_record(["change", "line", "employee_id", "name", "field", "before", "after", "reason"]).map_err(fail)?;
    let mut write = |cells: [&str; 8]| out.write_record(cells.map(safe_cell)).map_err(fail);
    for p in &plan.planned {
        let line = p.row.and_then(|row| staged.rows.get(row)).map(|row| row.line.to_string()).unwrap_or_default();
        if p.fields.is_empty() {
            write([p.change.as_str(), &line, &p.employee_id, &p.display_name, "", "", "", ""])?;
        }
        for f in &p.fields {
            write([p.change.as_str(), &line, &p.employee_id, &p.display_name, &f.field, &f.before, &f.after, ""])?;
        }
    }
    for (kind, rows) in [("rejected", &plan.rejected), ("warning", &plan.warnings)] {
        for r in rows {
            write([
                kind,
                &r.line.to_string(),
                r.employee_id.as_deref().unwrap_or_default(),
                "",
                r.field.as_deref().unwrap_or_default(),
                "",
                "",
                &r.reason,
            ])?;
        }
    }
    out.into_inner().map_err(|e| ServiceError::Refused(format!("the file could not be written: {e}")))
}
