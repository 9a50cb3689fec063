//! How far the log is sealed, and what verification says of it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_services::audit::{AuditVerdict, Sealing};

use crate::components::{
    Banner, Button, Column, Copy, Disclosure, Fact, Facts, FactsLook, LinkButton, PageHeader, Panel, PostForm, Slot, Table, TextArea, Time,
    Tone, count,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::{capital, many};

/// The section of the list: how far it is sealed, and the button.
pub(super) fn integrity(sealing: &Sealing, token: String, now: DateTime<Utc>) -> AnyView {
    let signed = match sealing.signed_at {
        Some(at) => view! { <Time at now/> }.into_any(),
        None => view! { <span class="faint">"Not yet"</span> }.into_any(),
    };
    let waiting = match sealing.unsealed {
        0 => "None waits".to_owned(),
        n => format!("{} for a number", many(n, "event waits", "events wait")),
    };
    let facts = vec![
        Fact::new("Sealed", format!("Up to number {}", count((sealing.sealed - 1).max(0)))),
        Fact::new("Not sealed yet", waiting),
        Fact::new("Last checkpoint", signed),
    ];
    view! {
        <Panel title="Integrity" note="Each event is a leaf of a tree of hashes; checkpoints of it are signed. Verification reads all of it.">
            <div class="stack">
                <Facts facts look=FactsLook::Lines/>
                {form(token, String::new())}
            </div>
        </Panel>
    }
    .into_any()
}

fn form(token: String, known: String) -> AnyView {
    let open = !known.is_empty();
    view! {
        <PostForm action="/audit/verify" token class="stack">
            <Disclosure summary="Compare with a checkpoint that you kept" open>
                <TextArea label="The checkpoint" name="known" value=known rows=5 hint="Only so is seen that the newest checkpoints were removed together with their events."/>
            </Disclosure>
            <div class="row"><Button icon="seal">"Verify now"</Button><span class="faint">"Reads the whole log; it may take a few seconds."</span></div>
        </PostForm>
    }
    .into_any()
}

/// The page of a verdict. `known` is the checkpoint that was given.
pub fn page(frame: &Frame, verdict: AuditVerdict, known: String) -> String {
    let (token, islands) = (frame.token(), frame.islands);
    let title = if verdict.sound { "The log is sound" } else { "The log is not sound" };
    frame.page(title, Some(NavItem::Audit), move || body(verdict, title, token, known, islands))
}

fn body(verdict: AuditVerdict, title: &'static str, token: String, known: String, islands: bool) -> AnyView {
    let n = |n: u64| count(i128::from(n));
    let crumbs = vec![("Audit".to_owned(), "/audit".to_owned())];
    let banner = if verdict.sound {
        view! { <Banner tone=Tone::Success title="Nothing was changed, removed or put in between." alert=true>"Every row, number, hash and signature was compared."</Banner> }.into_any()
    } else {
        let first = if verdict.fault_count > 1 { " The first comes first." } else { "" };
        let words = format!("{} found.{first}", many(i64::try_from(verdict.fault_count).unwrap_or(i64::MAX), "fault was", "faults were"));
        view! { <Banner tone=Tone::Danger title=words alert=true>"Keep a copy of the database as it is now, and ask who had access to it."</Banner> }.into_any()
    };
    let root = verdict.root.map_or_else(|| "None".to_owned(), |r| r.to_string());
    let mut facts = vec![
        Fact::new("Events", n(verdict.events)),
        Fact::new("Sealed", n(verdict.sealed)),
        Fact::new("Not sealed yet", n(verdict.unsealed)),
        Fact::new("Checkpoints", n(verdict.checkpoints)),
        Fact::new("Root", view! { <span class="hash">{root}</span> }.into_any()),
    ];
    if verdict.renumbered > 0 {
        let words =
            format!("{}: another hand was at the table then", many(i64::try_from(verdict.renumbered).unwrap_or(i64::MAX), "time", "times"));
        facts.push(Fact::new("Numbers taken back", view! { <a href="/audit?q=action:audit.renumbered">{words}</a> }.into_any()));
    }
    let faults = (!verdict.faults.is_empty()).then(|| faults(&verdict));
    let keep = verdict.checkpoint.clone().filter(|_| verdict.sound).map(|text| {
        let whole = text.clone();
        let button = Slot(islands.then(|| view! { <tenure_frontend::CopyButton text=whole what="the checkpoint".to_owned()/> }.into_any()));
        view! {
            <Panel title="Keep this checkpoint" light=true note="Put it where nobody who can change the database can change it. Give it to a later verification: that one then proves that nothing before it was removed.">
                <Copy text button/>
            </Panel>
        }
    });
    view! {
        <PageHeader title=title crumbs><LinkButton href="/audit">"Back to the log"</LinkButton></PageHeader>
        {banner}
        {faults}
        <Panel title="What was read"><Facts facts look=FactsLook::Lines/></Panel>
        {keep}
        <Panel title="Again" light=true>{form(token, known)}</Panel>
    }
    .into_any()
}

fn faults(verdict: &AuditVerdict) -> AnyView {
    let rows = verdict
        .faults
        .iter()
        .map(|f| {
            let number = f.leaf.map_or_else(|| "None".to_owned(), |n| count(i128::from(n)));
            let event = f.id.map(|id| view! { <a href=format!("/audit/{id}")>"Event"</a> });
            let at = f.at.map(|at| at.format("%-d %b %Y, %H:%M:%S").to_string());
            view! { <tr><th scope="row">{number}</th><td>{capital(&f.what)}</td><td class="nowrap">{at}</td><td>{event}</td></tr> }
        })
        .collect_view();
    let columns = vec![Column::new("Number"), Column::new("What is wrong"), Column::new("Time (UTC)"), Column::new("Event").quiet()];
    let caption = format!("{} of {} faults", verdict.faults.len(), verdict.fault_count);
    view! { <Panel title="Faults"><Table caption name="Faults" columns>{rows}</Table></Panel> }.into_any()
}
