//! `/offboarding/{id}`: one record, item by item.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::id::{Id as _, OperationId};
use tenure_domain::record::{Item, ItemClass, ItemState, Record, RecordEvent};
use tenure_frontend::LivePage;
use tenure_services::records::{ShownRecord, Waits};

use crate::components::{
    Banner, Column, Disclosure, Fact, Facts, FactsLook, Hide, LinkButton, PageHeader, Panel, Proof, ProofMark, Stat, Stats, Table,
    TableLook, Time, Tone, count,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// The page.
pub fn page(frame: &Frame, shown: ShownRecord) -> String {
    let (now, islands) = (frame.now, frame.islands);
    let title = format!("End of {}", shown.file.record.manifest.identity.display_name);
    frame.page(title.clone(), Some(NavItem::Identities), move || body(shown, title, now, islands))
}

fn body(shown: ShownRecord, title: String, now: DateTime<Utc>, islands: bool) -> AnyView {
    let ShownRecord { id, file, tally, said, standing } = shown;
    let record = file.record;
    let at = format!("/offboarding/{id}");
    let manifest = record.manifest.clone();
    let lead = if tally.is_complete() {
        match (tally.attested, tally.superseded) {
            (0, 0) => "Complete: nothing can act in this name any more, and each end is proven below.".to_owned(),
            (attested, 0) => format!("Complete: nothing is open. {attested} of it is a person's word, the rest was read back."),
            _ => "Nothing is open. Some of it was no longer wanted, as after a rehire: what is so now stands with the identity.".to_owned(),
        }
    } else {
        "Not all of it is dead yet. What is done meanwhile shows here.".to_owned()
    };
    let summary = summary(&record, tally.open);
    // It stays when all is done while the page is open: whoever is on it stays there.
    let watch = (!tally.is_complete()).then(|| {
        let live = islands.then(|| view! { <LivePage events=format!("{at}/events")/> });
        view! { <div class="row">{live}<LinkButton href=at.clone() icon="refresh" small=true>"Refresh"</LinkButton></div> }
    });
    let facts = vec![
        Fact::new("Who", view! { <a href=format!("/identities/{}", manifest.identity.id)>{manifest.identity.display_name}</a> }),
        Fact::new("Ended", view! { <Time at=manifest.ended_at.utc() now/> }),
        Fact::new("Why", manifest.reason),
        Fact::new("By", format!("{}, {}", manifest.by.name, manifest.channel)),
    ];
    let nothing = record.items.is_empty().then(|| {
        view! { <Banner tone=Tone::Success title="There was nothing to end.">"No session, token, credential, account, entitlement or ownership was known in this name."</Banner> }
    });
    let items = (!record.items.is_empty()).then(|| items(&record, &said, now));
    let note = file.note;
    view! {
        <div class="flow" data-live="top">
            <PageHeader title crumbs=vec![("Identities".to_owned(), "/identities".to_owned()), ("Offboarding".to_owned(), "/offboarding".to_owned())] lead>
                <LinkButton href=format!("{at}/record.json") icon="download" download=true>"JSON"</LinkButton>
                <LinkButton href=format!("{at}/record.pdf") icon="download" download=true>"PDF"</LinkButton>
            </PageHeader>
            <Facts facts look=FactsLook::Wide/>
        </div>
        <div class="row row--between" data-live-version=standing.version>
            <p role="status" aria-live="polite" data-live="said">{summary}</p>
            {watch}
        </div>
        <div class="flow" data-live="items">
            <Stats>
                <Stat label="Verified" value=count(i128::from(tally.verified)) note="read back by Tenure"/>
                <Stat label="Attested" value=count(i128::from(tally.attested)) note="a person vouches"/>
                <Stat label="Open" value=count(i128::from(tally.open)) tone=if tally.is_complete() { Tone::Plain } else { Tone::Warning }/>
                <Stat label="No longer wanted" value=count(i128::from(tally.superseded))/>
            </Stats>
            {nothing}
            {items}
        </div>
        <Panel title="Signature" note="Verify the JSON anywhere: tenure record verify FILE --key PUB, or the Python script of the documentation.">
            <Disclosure summary="Signed note and key"><div data-live="note"><pre class="mono">{note}</pre><p class="mono">{file.public_key}</p></div></Disclosure>
        </Panel>
    }
    .into_any()
}

/// How far it is, in a line.
fn summary(record: &Record, open: u64) -> String {
    let all = record.items.len() as u64;
    let stuck = record.states().into_iter().filter(|state| *state == ItemState::NeedsHuman).count();
    let done = format!("{} of {} done", count(i128::from(all.saturating_sub(open))), count(i128::from(all)));
    match stuck {
        0 => done,
        1 => format!("{done}, 1 needs a human"),
        n => format!("{done}, {n} need a human"),
    }
}

fn items(record: &Record, said: &HashMap<OperationId, Waits>, now: DateTime<Utc>) -> AnyView {
    let last: HashMap<_, &RecordEvent> = record.events.iter().map(|e| (e.item, e)).collect();
    let rows = record
        .items
        .iter()
        .zip(record.states())
        .map(|(item, state)| row(item, state, last.get(&item.id).copied(), said.get(&OperationId::from_uuid(item.id)), now))
        .collect_view();
    let columns = vec![
        Column::new("What"),
        Column::new("Target").hide(Hide::Small),
        Column::new("State"),
        Column::new("Proof, or what stands in the way").hide(Hide::Medium),
    ];
    let n = record.items.len();
    view! { <Panel title="Items"><Table caption=format!("Items of the record, {n}") name="Items" columns look=TableLook::Top>{rows}</Table></Panel> }.into_any()
}

fn row(item: &Item, state: ItemState, last: Option<&RecordEvent>, said: Option<&Waits>, now: DateTime<Utc>) -> AnyView {
    let proof = match state {
        ItemState::Verified => last.map_or(item.evidence.clone(), |e| e.evidence.clone()),
        ItemState::Attested => {
            last.map(|e| format!("{}: {}", e.by.as_ref().map_or("", |by| by.name.as_str()), e.note.as_deref().unwrap_or_default()))
        }
        _ => said.map(|s| s.words.clone()).or_else(|| last.and_then(|e| e.note.clone())).or_else(|| item.note.clone()),
    };
    let again = said.filter(|_| state.is_open()).and_then(|s| s.until);
    let again = again.map(|until| view! { <br/><span class="faint">"Tried again "<Time at=until now short=true/></span> });
    let (look, words) = mark(state);
    let moment = last.map(|e| view! { <br/><span class="faint"><Time at=e.at.utc() now short=true/></span> });
    let operation = last.and_then(|e| e.operation).or_else(|| is_operation(item).then(|| OperationId::from_uuid(item.id)));
    let subject = capital(&item.subject);
    let subject = match operation {
        Some(id) => view! { <a href=format!("/operations/{id}")>{subject}</a> }.into_any(),
        None => subject.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{subject}<br/><span class="faint">{format!("must {}", item.must)}</span></th>
            <td class="hide-s">{item.target.clone()}</td>
            <td class="nowrap"><ProofMark state=look words/>{moment}</td>
            <td class="hide-m">{proof}{again}</td>
        </tr>
    }
    .into_any()
}

/// How a state looks, and its word: only what needs a human says so.
fn mark(state: ItemState) -> (Proof, &'static str) {
    match state {
        ItemState::Pending => (Proof::Queued, "Pending"),
        ItemState::Superseded => (Proof::Queued, "No longer wanted"),
        ItemState::Acknowledged => (Proof::Acknowledged, Proof::Acknowledged.word()),
        ItemState::Verified => (Proof::Verified, Proof::Verified.word()),
        ItemState::Attested => (Proof::Attested, Proof::Attested.word()),
        ItemState::NeedsHuman => (Proof::NeedsHuman, Proof::NeedsHuman.word()),
    }
}

/// Whether an item is an operation, which has a page: what was not dead in the transaction, but for ownership.
fn is_operation(item: &Item) -> bool {
    item.state != ItemState::Verified && item.class != ItemClass::Ownership
}
