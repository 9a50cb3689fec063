//! Who a rule matches, and which clause lets whom through.

use leptos::prelude::*;
use tenure_services::access::RuleMatches;

use crate::components::{BarRow, Empty, count};
use crate::pages::words::many;

/// The counts clause by clause, and some of the people.
pub(super) fn matches(found: &RuleMatches) -> AnyView {
    let whole = u64::try_from(found.examined).unwrap_or_default();
    let last = found.clauses.len() > 1;
    let clauses = found
        .clauses
        .iter()
        .enumerate()
        .map(|(at, c)| {
            let and = (at > 0).then_some("and ");
            let alone =
                (last && at > 0).then(|| view! { <br/><span class="faint">{format!("{} by itself", count(c.alone as i128))}</span> });
            let label = view! { {and}<code>{c.clause.clone()}</code>{alone} };
            view! { <BarRow label n=u64::try_from(c.so_far).unwrap_or_default() of=whole unit="identities"/> }
        })
        .collect_view();
    let n = found.matching;
    let shown = found.people.len();
    let people = found
        .people
        .iter()
        .map(|(id, name, department)| view! { <li><a href=format!("/identities/{id}")>{name.clone()}</a>" "<span class="faint">{department.clone()}</span></li> })
        .collect_view();
    let more = (n > shown).then(|| view! { <p class="faint">{format!("and {} more", count((n - shown) as i128))}</p> });
    let who = if n == 0 {
        view! { <Empty title="Nobody matches" icon="people">"The first clause above that counts none is the one to look at."</Empty> }
            .into_any()
    } else {
        view! { <ul class="list names">{people}</ul>{more} }.into_any()
    };
    let said = format!(" of {} match now.", many(i64::try_from(found.examined).unwrap_or(i64::MAX), "identity", "identities"));
    view! {
        <div class="cols cols--2">
            <div class="stack"><p><b class="big">{count(n as i128)}</b>{said}</p><ol class="list clauses">{clauses}</ol></div>
            <div class="stack">{who}</div>
        </div>
    }
    .into_any()
}
