//! `/operations/restored`: how a restored database differs from what is really there, and going on.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use tenure_domain::target::TargetState;
use tenure_services::restores::RestorePage;
use tenure_store::restores::{RestoreRow, RestoredTarget};

use crate::components::{
    Banner, Button, Choice, ChoiceGroup, Column, Empty, ErrorSummary, Fact, Facts, FactsLook, FormErrors, Hide, Look, PageHeader, Panel,
    PostForm, Table, TableLook, Tag, TextArea, Time, Tone, count,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// What they found.
    pub note: String,
    /// Targets that need not be read before.
    pub unread: Vec<String>,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The restore and the targets.
    pub shown: RestorePage,
    /// Whether the reader may let it go.
    pub may_release: bool,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

const TITLE: &str = "Restored database";

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title(TITLE), Some(NavItem::Access), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { shown: RestorePage { restore, targets }, may_release, typed, errors } = model;
    let crumbs = vec![("Owed to targets".to_owned(), "/operations".to_owned())];
    let summary = errors.clone();
    let content = match restore {
        Some(restore) if restore.released_at.is_none() => open(&restore, &targets, may_release, typed, &errors, token, now),
        Some(restore) => view! {
            <Banner tone=Tone::Success title="Nothing is held.">"Somebody looked at the difference, and let it go."</Banner>
            {facts(&restore, now)}
        }
        .into_any(),
        None => view! { <Empty title="Nothing is held" icon="check" level=2>"When Tenure finds that its database is older than what it has seen, nothing goes out to targets until somebody has looked at the difference here."</Empty> }.into_any(),
    };
    view! {
        <ErrorSummary errors=summary/>
        <PageHeader title=TITLE crumbs lead="An older state owes changes to targets that were made long ago, and knows nothing of those that were made since. Inside everything works; nothing goes out until somebody has looked."/>
        {content}
    }
    .into_any()
}

fn open(
    restore: &RestoreRow,
    targets: &[RestoredTarget],
    may_release: bool,
    typed: Typed,
    errors: &FormErrors,
    token: String,
    now: DateTime<Utc>,
) -> AnyView {
    let form = may_release.then(|| form(restore, targets, typed, errors, token.clone()));
    view! {
        {facts(restore, now)}
        {table(restore, targets, may_release, &token, now)}
        {form}
    }
    .into_any()
}

fn facts(restore: &RestoreRow, now: DateTime<Utc>) -> AnyView {
    let time = |at: Option<DateTime<Utc>>| match at {
        Some(at) => view! { <Time at now/> }.into_any(),
        None => "Not known".into_any(),
    };
    let mut facts = vec![
        Fact::new("Why", restore.said.clone()),
        Fact::new("Noticed", time(Some(restore.noticed_at))),
        Fact::new("Expected", restore.expected_size.map_or_else(|| "Not known".to_owned(), |n| format!("{} sealed events", count(n)))),
        Fact::new("Found", format!("{} sealed events", count(restore.found_size))),
        Fact::new("Last seen before", time(restore.seen_at)),
        Fact::new("Newest event found", time(restore.found_at)),
        Fact::new(
            "Missing",
            restore.seen_at.zip(restore.found_at).map_or_else(|| "Not known".to_owned(), |(seen, found)| span(seen - found)),
        ),
    ];
    if let Some(at) = restore.released_at {
        facts.push(Fact::new("Let go", time(Some(at))));
        facts.push(Fact::new("By", restore.released_by.clone().unwrap_or_else(|| "Nobody: another one took its place".to_owned())));
        facts.push(Fact::new("They said", restore.note.clone()));
    }
    view! { <Facts facts look=FactsLook::Wide/> }.into_any()
}

/// How much of the past is not in the database, as people say it.
fn span(missing: TimeDelta) -> String {
    let (days, hours, minutes) = (missing.num_days(), missing.num_hours() % 24, missing.num_minutes() % 60);
    match (days, hours, minutes) {
        _ if missing <= TimeDelta::zero() => "Nothing by time: it has another history".to_owned(),
        (0, 0, 0) => "Less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn table(restore: &RestoreRow, targets: &[RestoredTarget], may_read: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    if targets.is_empty() {
        return view! { <Empty title="No target is reached" icon="server" level=2>"There is nothing that could differ."</Empty> }
            .into_any();
    }
    let columns = vec![
        Column::new("Target"),
        Column::new("Last read"),
        Column::new("Owed").numeric(),
        Column::new("Otherwise").numeric().hide(Hide::Small),
        Column::new("Missing").numeric().hide(Hide::Small),
        Column::new("Of nobody").numeric().hide(Hide::Small),
        Column::new("Read it").quiet(),
    ];
    let rows = targets.iter().map(|target| row(restore, target, may_read, token, now)).collect_view();
    let caption = "Targets by name: what is owed there, and what differed when it was last read";
    view! { <Table caption name="Targets" columns look=TableLook::Top>{rows}</Table> }.into_any()
}

fn row(restore: &RestoreRow, target: &RestoredTarget, may_read: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    let at = format!("/applications/{}", target.application_id);
    let held = (target.state == TargetState::Held).then(|| view! { " "<Tag tone=Tone::Warning icon="lock">"Held"</Tag> });
    let read = match target.reconciled_at {
        None => "Never: nothing is done there".into_any(),
        Some(_) if target.is_unread_since(restore.noticed_at) => view! { <Tag tone=Tone::Danger>"Not since"</Tag> }.into_any(),
        Some(read) => view! { <Time at=read now short=true/> }.into_any(),
    };
    let button = may_read.then(|| {
        let label = format!("Read {} now", target.name);
        view! { <PostForm action=format!("{at}/target/read") token=token.to_owned() class=""><Button small=true label>"Read it now"</Button></PostForm> }
    });
    view! {
        <tr>
            <th scope="row"><a href=format!("{at}/target")>{target.name.clone()}</a>{held}</th>
            <td class="nowrap">{read}</td>
            <td class="num"><a href="/operations">{count(target.owed)}</a></td>
            <td class="num hide-s"><a href=format!("{at}/accounts?drifted=yes")>{count(target.drifted)}</a></td>
            <td class="num hide-s"><a href=format!("{at}/missing")>{count(target.missing)}</a></td>
            <td class="num hide-s"><a href=format!("{at}/accounts?orphans=yes")>{count(target.orphans)}</a></td>
            <td>{button}</td>
        </tr>
    }
    .into_any()
}

fn form(restore: &RestoreRow, targets: &[RestoredTarget], typed: Typed, errors: &FormErrors, token: String) -> AnyView {
    let unread: Vec<Choice> = targets
        .iter()
        .filter(|target| target.is_unread_since(restore.noticed_at))
        .map(|target| {
            let id = target.application_id.to_string();
            let checked = typed.unread.contains(&id);
            Choice::new(id, target.name.clone()).checked(checked)
        })
        .collect();
    let id = restore.id.to_string();
    let [unread_error, note_error] = ["unread", "note"].map(|field| errors.at(field));
    let unread = (!unread.is_empty()).then(|| {
        view! { <ChoiceGroup legend="Go on without reading" name="unread" choices=unread multiple=true error=unread_error hint="What is owed there is done by the older picture."/> }
    });
    view! {
        <Panel title="Go on">
            <PostForm action="/operations/restored" token>
                <input type="hidden" name="restore" value=id/>
                {unread}
                <TextArea label="What you found" name="note" value=typed.note rows=4 error=note_error hint="It stands in the audit log, with your name."/>
                <div class="row"><Button look=Look::Main>"Go on"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_as_people_say_it() {
        for (seconds, words) in [
            (-5, "Nothing by time: it has another history"),
            (20, "Less than a minute"),
            (300, "5 min"),
            (3900, "1 h 5 min"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), words);
        }
    }
}
