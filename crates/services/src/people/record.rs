//! What a change of somebody by a source leaves behind, whether it came in a file or over SCIM: a
//! period of employment, and an event.

use chrono::NaiveDate;
use serde_json::json;
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::identity::Identity;
use tenure_domain::people::{Change, FieldChange};
use tenure_store::identities::Employment;

use crate::Ctx;

/// The period of employment that a change begins, if it does: from the start date, or from `otherwise` where there
/// is none.
pub(crate) fn employment(
    ctx: &Ctx,
    change: Change,
    identity: &Identity,
    last_day: Option<NaiveDate>,
    otherwise: NaiveDate,
) -> Option<Employment> {
    matches!(change, Change::Joiner | Change::Rehire).then(|| Employment {
        id: ctx.id(),
        identity_id: identity.id,
        // A rehire who still has the first start date comes back on the other day.
        started_on: identity.start_on.filter(|start| last_day.is_none_or(|last| *start > last)).unwrap_or(otherwise),
        ended_on: None,
        start_reason: change.to_string(),
        end_reason: String::new(),
    })
}

/// The event of a change; none for a leaver of whom nothing else changes: the one way to end leaves its own.
pub(crate) fn happened(
    ctx: &Ctx,
    change: Change,
    before: Option<&Identity>,
    after: &Identity,
    fields: &[FieldChange],
    source: &str,
) -> Option<AuditEvent> {
    let action = match change {
        Change::Joiner => "identity.joined",
        Change::Rehire => "identity.rehired",
        Change::Mover => "identity.moved",
        Change::Leaver if fields.is_empty() => return None,
        Change::Changed | Change::Leaver => "identity.changed",
    };
    let event = ctx.event(Stream::Identity, action).target(&after.id, after.display_name.as_str()).about(after.id);
    Some(match before {
        None => event.after(json!({
            "state": after.state, "user_name": after.user_name, "department": after.department, "title": after.title, "source": source,
        })),
        Some(before) => {
            let field = |pick: fn(&FieldChange) -> &String| {
                fields.iter().map(|f| (f.field.clone(), json!(pick(f)))).collect::<serde_json::Map<_, _>>()
            };
            let (mut old, mut new) = (field(|f| &f.before), field(|f| &f.after));
            if before.state != after.state {
                old.insert("state".to_owned(), json!(before.state));
                new.insert("state".to_owned(), json!(after.state));
            }
            event.before(old.into()).after(new.into())
        }
    })
}
