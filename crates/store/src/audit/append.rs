//! Appending events inside the transaction of the change they tell of. Writers never wait for
//! each other here: the sealer gives leaf numbers afterwards.

use std::borrow::Cow;

use chrono::SubsecRound;
use tenure_domain::audit::{AuditEvent, EventBody};

use crate::engine::{EventMac, StoreError, Tx};

/// Appends events, and owes to receivers what follows from them: no command can forget it. Only those of one statement are in memory as text at a time.
pub(crate) async fn append<'e>(tx: &mut Tx, mac: &EventMac, events: impl IntoIterator<Item = &'e AuditEvent>) -> Result<(), StoreError> {
    let events: Vec<_> = events.into_iter().collect();
    insert_rows_later!(tx, columns: 14,
        "INSERT INTO audit_events (id, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, body, mac) ",
        events.as_slice(),
        |b, event| {
            let e = to_microseconds(&event.0);
            let text = serde_json::to_string(&e).unwrap_or_else(|e| b.refuse(e));
            let seal = mac(text.as_bytes());
            b.push_bind(e.id).push_bind(e.at).push_bind(e.stream).push_bind(e.action.as_str()).push_bind(e.actor.identity_id).push_bind(e.actor.label.as_str())
                .push_bind(e.channel).push_bind(e.request_id.as_str()).push_bind(e.target_kind.as_str()).push_bind(e.target_id.as_str()).push_bind(e.identity_id)
                .push_bind(e.outcome).push_bind(text).push_bind(seal.as_slice());
        },
        "");
    crate::signals::tell(tx, &events).await
}

/// The event with a moment that both engines keep as it is, so that column and body can be
/// compared to the last digit. Commands have such a moment: nothing is copied then.
fn to_microseconds(body: &EventBody) -> Cow<'_, EventBody> {
    let at = body.at.trunc_subsecs(6);
    if at == body.at { Cow::Borrowed(body) } else { Cow::Owned(EventBody { at, ..body.clone() }) }
}
