//! `/audit/{id}`: one event, what it changed, what belongs to it, and where it stands in the tree.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::audit::{EventBody, Outcome};
use tenure_services::audit::{EventDetail, Inclusion};
use tenure_store::audit::AuditRow;

use super::details::changes;
use super::words::{body, of_body, target_href, told};
use crate::components::{
    Banner, Changes, Chip, Fact, Facts, FactsLook, Kind, LinkButton, PageHeader, Panel, Proof, ProofMark, Slot, Tag, Tone, count, relative,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// The page. `may_export` shows the link to its proof.
pub fn page(frame: &Frame, detail: EventDetail, may_export: bool) -> String {
    let now = frame.now;
    let title = told(&detail.row).sentence();
    frame.page(title.clone(), Some(NavItem::Audit), move || view(detail, title, may_export, now))
}

fn view(detail: EventDetail, title: String, may_export: bool, now: DateTime<Utc>) -> AnyView {
    let row = &detail.row;
    let body = body(row);
    let lead = view! { <code>{row.action.clone()}</code>" · "{relative(row.at, now)} };
    let tags: Slot = if row.outcome == Outcome::Refused {
        view! { <Tag tone=Tone::Warning icon="lock">"Refused"</Tag> }.into_any().into()
    } else {
        Slot::default()
    };
    let facts = match &body {
        Some(body) => facts(&detail, body),
        None => view! { <Banner tone=Tone::Danger title="The text of this event cannot be read.">"It is not what Tenure wrote: verify the log."</Banner> }.into_any(),
    };
    let changed = body.as_ref().map(changed);
    let chain = chain(&detail, now);
    let tree = inclusion(&detail, may_export, now);
    view! {
        <PageHeader title crumbs=vec![("Audit".to_owned(), "/audit".to_owned())] lead tags/>
        <div class="cols cols--main-side">
            <div class="flow">{facts}{changed}</div>
            <div class="flow">{tree}{chain}</div>
        </div>
    }
    .into_any()
}

fn facts(detail: &EventDetail, e: &EventBody) -> AnyView {
    let actor = match e.actor.identity_id {
        Some(id) => view! { <a href=format!("/identities/{id}")>{e.actor.label.clone()}</a>" "<a class="faint" href=format!("/audit?actor={id}")>"all by this actor"</a> }.into_any(),
        None => e.actor.label.clone().into_any(),
    };
    let about = match &detail.about {
        Some(n) => view! { <Chip kind=Kind::from_word(n.kind.as_str()) name=n.display_name.clone() href=format!("/identities/{}", n.id) note=n.user_name.clone()/> }.into_any(),
        None => view! { <span class="faint">"Nobody"</span> }.into_any(),
    };
    let label = if e.target_label.is_empty() { capital(&e.target_kind) } else { e.target_label.clone() };
    let target = match target_href(&e.target_kind, &e.target_id) {
        Some(href) => view! { <a href=href>{label}</a>" "<span class="faint">{e.target_kind.clone()}</span> }.into_any(),
        None => view! { {label}" "<span class="faint">{e.target_kind.clone()}</span> }.into_any(),
    };
    let said = of_body(e);
    let mut facts = vec![
        Fact::new("When", e.at.format("%-d %b %Y, %H:%M:%S%.3f UTC").to_string()),
        Fact::new("Who", actor),
        Fact::new("By way of", capital(e.channel.label())),
        Fact::new("Done to", target),
        Fact::new("About", about),
        Fact::new("Outcome", capital(e.outcome.label())),
    ];
    if !e.reason.is_empty() {
        facts.push(Fact::new("Reason", e.reason.clone()));
    }
    if !said.more.is_empty() && said.more != e.reason {
        facts.push(Fact::new("In words", capital(&said.more)));
    }
    facts.push(Fact::new(
        "Stream",
        view! { <a href=format!("/audit?stream={}", e.stream.as_str())>{capital(e.stream.label())}</a> }.into_any(),
    ));
    view! { <Panel title="Event"><Facts facts look=FactsLook::Lines/></Panel> }.into_any()
}

fn changed(e: &EventBody) -> AnyView {
    let (list, same) = changes(&e.before, &e.after);
    let note = match same {
        0 => None,
        1 => Some("One other field did not change.".to_owned()),
        n => Some(format!("{} other fields did not change.", count(n as i64))),
    };
    let rest = note.map(|words| view! { <p class="faint">{words}</p> });
    let inside = if list.is_empty() {
        view! { <p class="sub">"Nothing is recorded about what was before and after."</p> }.into_any()
    } else {
        view! { <Changes changes=list/> }.into_any()
    };
    view! { <Panel title="Before and after">{inside}{rest}</Panel> }.into_any()
}

fn chain(detail: &EventDetail, now: DateTime<Utc>) -> AnyView {
    let here = detail.row.id;
    let all = format!("/audit?request={}", detail.row.request_id);
    let row = |r: &AuditRow| {
        let line = told(r);
        let words = line.sentence();
        let time =
            if r.at.date_naive() == now.date_naive() { r.at.format("%H:%M:%S").to_string() } else { r.at.format("%-d %b").to_string() };
        let machine = r.at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let tone = match line.tone {
            Tone::Danger | Tone::Warning | Tone::Success | Tone::Info => Some(format!("is-{}", line.tone.word())),
            _ => None,
        };
        let what = if r.id == here {
            view! { <span class="is-here" aria-current="true">{words}</span>" "<span class="faint">"this event"</span> }.into_any()
        } else {
            view! { <a href=format!("/audit/{}", r.id)>{words}</a> }.into_any()
        };
        view! { <li class=tone><time datetime=machine>{time}</time><div>{what}<p class="faint"><code>{r.action.clone()}</code></p></div></li> }
    };
    let rows = detail.chain.iter().map(row).collect_view();
    let aside = view! { <a class="sub" href=all>{if detail.more { "All of it" } else { "In the log" }}</a> };
    let note =
        if detail.more { "What the same request did just before and after." } else { "Everything that the same request did, in order." };
    view! { <Panel title="What belongs together" light=true aside note><ol class="timeline chain">{rows}</ol></Panel> }.into_any()
}

fn inclusion(detail: &EventDetail, may_export: bool, now: DateTime<Utc>) -> AnyView {
    let leaf = detail.row.leaf;
    let (mark, words, words2) = match &detail.inclusion {
        Inclusion::Unsealed => (Proof::Queued, "Waits for its number", "It gets its place in the tree within a second or two.".to_owned()),
        Inclusion::NotCovered => {
            (Proof::NeedsHuman, "Not covered", "It has a number, but no signed checkpoint covers it: verify the log.".to_owned())
        }
        Inclusion::Covered { fault: Some(fault), .. } => {
            (Proof::NeedsHuman, "Changed", format!("Something is wrong with this row: {fault}."))
        }
        Inclusion::Covered { tree_size, signed_at, fault: None } => {
            let when = signed_at.map(|at| format!(", signed {}", relative(at, now))).unwrap_or_default();
            (
                Proof::Verified,
                "Sealed",
                format!(
                    "Its text fits its check value and its leaf hash, just compared; a checkpoint of {} events covers it{when}.",
                    count(*tree_size)
                ),
            )
        }
    };
    let number = leaf.map(|n| view! { <dl class="facts facts--lines"><dt>"Number"</dt><dd>{count(n)}</dd></dl> });
    let proof = leaf.filter(|_| may_export).map(|n| {
        let href = format!("/audit/export.jsonl?from={n}&to={}", n + 1);
        view! { <LinkButton href small=true icon="download" download=true>"Its proof as a file"</LinkButton> }
    });
    view! { <Panel title="Place in the tree" aside=view! { <ProofMark state=mark words/> }><div class="stack stack--s">{number}<p class="sub">{words2}</p><div class="row">{proof}</div></div></Panel> }.into_any()
}
