//! Beside what an identity holds: who belongs to it, its record, its history.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::audit::EventBody;
use tenure_domain::identity::Identity;
use tenure_services::identities::IdentityDetail;
use tenure_store::audit::AuditRow;
use tenure_store::identities::IdentityName;

use super::sentence::{by, sentence};
use super::tables::day_or;
use crate::components::{Chip, Fact, Facts, FactsLook, Happening, Kind, Panel, Timeline, Tone, date};
use crate::pages::words::capital;

/// How many names a panel shows before it leads to the list.
const SHOWN: usize = 8;

/// Names of identities, with the way to all of them. Nothing when there are none.
pub(crate) fn names(title: &'static str, names: &[IdentityName], all: Option<String>, note: &'static str) -> AnyView {
    if names.is_empty() {
        return ().into_any();
    }
    let n = names.len();
    let aside = all.map(|href| {
        view! { <a class="sub" href=href>{if n >= 200 { "All (200 or more)".to_owned() } else { format!("All ({n})") }}</a> }.into_any()
    });
    let chips = names
        .iter()
        .take(SHOWN)
        .map(|i| {
            let state = if i.state == tenure_domain::identity::LifecycleState::Active { i.user_name.clone() } else { format!("{} · {}", i.user_name, i.state.label()) };
            view! { <li><Chip kind=Kind::from_word(i.kind.as_str()) name=i.display_name.clone() href=format!("/identities/{}", i.id) note=state/></li> }
        })
        .collect_view();
    let rest = (n > SHOWN).then(|| view! { <p class="faint">{format!("and {} more", n - SHOWN)}</p> });
    view! { <Panel title aside=crate::components::Slot(aside) note><ul class="stack stack--s">{chips}</ul>{rest}</Panel> }.into_any()
}

/// What is recorded beyond the facts at the top, and where each came from.
pub(super) fn record(detail: &IdentityDetail) -> AnyView {
    let i = &detail.identity;
    let from = detail.source.clone().unwrap_or_else(|| "portal".to_owned());
    let standard = [
        ("Mail", &i.email),
        ("Department", &i.department),
        ("Title", &i.title),
        ("Given name", &i.given_name),
        ("Family name", &i.family_name),
        ("Time zone", &i.time_zone),
    ];
    let standard = standard.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.to_owned(), v.clone(), from.clone()));
    let more = i
        .attributes
        .iter()
        .filter(|(_, a)| !a.value.is_empty())
        .map(|(k, a)| (capital(&k.replace('_', " ")), a.value.clone(), a.source.clone()));
    let facts = standard
        .chain(more)
        .map(|(name, value, source)| {
            Fact::new(name, view! { {value}" "<span class="faint nowrap">{format!("({source})")}</span> }.into_any())
        })
        .collect();
    view! { <Panel title="Attributes" note="In brackets: where each comes from."><Facts facts look=FactsLook::Lines/></Panel> }.into_any()
}

/// Periods of employment, the newest first.
pub(super) fn employments(detail: &IdentityDetail) -> AnyView {
    if detail.employments.is_empty() {
        return ().into_any();
    }
    let rows = detail
        .employments
        .iter()
        .map(|e| {
            let until = day_or(e.ended_on, "now");
            let why = [capital(&e.start_reason), if e.end_reason.is_empty() { String::new() } else { format!("ended: {}", e.end_reason) }]
                .into_iter()
                .filter(|w| !w.is_empty())
                .collect::<Vec<_>>()
                .join("; ");
            Fact::new(format!("{} – {until}", date(e.started_on)), why)
        })
        .collect();
    view! { <Panel title="Employment"><Facts facts=rows look=FactsLook::Lines/></Panel> }.into_any()
}

/// What happened, the latest first. Sign-ins in a row are one line.
pub(super) fn timeline(identity: &Identity, rows: &[AuditRow], more: bool, sees_audit: bool, now: DateTime<Utc>) -> AnyView {
    let aside = sees_audit.then(|| view! { <a class="sub" href=format!("/audit?identity={}", identity.id)>"Audit log"</a> }.into_any());
    let mut happenings: Vec<(DateTime<Utc>, super::sentence::Sentence, String, usize)> = Vec::new();
    for body in rows.iter().filter_map(|r| serde_json::from_str::<EventBody>(&r.body).ok()) {
        let said = sentence(&body);
        match happenings.last_mut() {
            Some(last) if last.1 == said && said.tone == Tone::Plain => last.3 += 1,
            _ => happenings.push((body.at, said, by(&body), 1)),
        }
    }
    if happenings.is_empty() {
        return view! { <Panel title="Timeline" aside=crate::components::Slot(aside)><p class="sub">"Nothing is recorded yet."</p></Panel> }.into_any();
    }
    let happenings = happenings
        .into_iter()
        .map(|(at, said, by, times)| {
            let title = if times > 1 { format!("{} ({times} times)", said.title) } else { said.title };
            let note = [said.more, by]
                .into_iter()
                .filter(|w| !w.is_empty())
                .map(|w| capital(w.trim_end_matches('.')))
                .collect::<Vec<_>>()
                .join(". ");
            Happening::new(at, title).tone(said.tone).note(note)
        })
        .collect();
    let rest = more.then(|| view! { <p class="faint">"Older events stand in the audit log."</p> });
    view! { <Panel title="Timeline" aside=crate::components::Slot(aside)><Timeline happenings now/>{rest}</Panel> }.into_any()
}
