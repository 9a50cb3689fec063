//! What waits for the person: each thing with the page on which it is done.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_services::credentials::{CredentialCards, DORMANT_DAYS, DUE_DAYS};
use tenure_services::home::{Overview, OwnTasks};

use super::findings;
use crate::components::{Empty, Icon, LinkButton, Panel, Tag, Tone, date, relative};
use crate::pages::words::many;

/// Something that waits.
pub(super) struct Task {
    icon: &'static str,
    tone: Tone,
    title: String,
    note: String,
    /// How urgent it is, in a word or two.
    state: Option<(Tone, String)>,
    /// What is done about it.
    action: &'static str,
    href: String,
}

/// What waits for who sees all.
pub(super) fn of_all(overview: &Overview, now: DateTime<Utc>) -> Vec<Task> {
    let mut tasks: Vec<Task> = overview
        .staged
        .iter()
        .map(|import| Task {
            icon: "upload",
            tone: Tone::Info,
            title: format!("{} waits to be applied", import.file_name),
            note: format!("Import of {} from {}, as of {}, by {}.", import.kind, import.source_name, date(import.as_of), import.actor),
            state: Some((Tone::Info, relative(import.created_at, now))),
            action: "Preview",
            href: format!("/imports/{}", import.id),
        })
        .collect();
    if overview.break_glass > 0 {
        tasks.push(Task {
            icon: "warn",
            tone: Tone::Danger,
            title: many(
                overview.break_glass,
                "use of a break-glass account waits for review",
                "uses of break-glass accounts wait for review",
            ),
            note: "Look at what was done with it, and say what you found.".to_owned(),
            state: Some((Tone::Danger, "Break-glass".to_owned())),
            action: "Review",
            href: "/settings/break-glass".to_owned(),
        });
    }
    tasks.extend(of_hands(overview.tasks));
    tasks.extend(of_reviews(overview.reviews));
    tasks.extend(hand_overs(overview));
    tasks.extend(findings::all(overview).into_iter().filter(|f| f.n > 0).map(|f| Task {
        icon: f.icon,
        tone: if f.grave { Tone::Danger } else { Tone::Warning },
        title: many(f.n, f.said.0, f.said.1),
        note: f.why.to_owned(),
        state: Some((if f.grave { Tone::Danger } else { Tone::Warning }, "Finding".to_owned())),
        action: "Open",
        href: f.href.to_owned(),
    }));
    if overview.overdue_tasks > 0 {
        tasks.push(Task {
            icon: "clock",
            tone: Tone::Danger,
            title: many(overview.overdue_tasks, "task by hand is overdue", "tasks by hand are overdue"),
            note: "Somebody is to do them where Tenure does not reach the target, and has not said that they are done.".to_owned(),
            state: Some((Tone::Danger, "Overdue".to_owned())),
            action: "Open",
            href: "/operations".to_owned(),
        });
    }
    // What waits for the reader is told above.
    let others = overview.overdue_reviews - i64::try_from(overview.reviews.overdue).unwrap_or(i64::MAX);
    if others > 0 {
        tasks.push(Task {
            icon: "clock",
            tone: Tone::Warning,
            title: many(others, "question to somebody is overdue", "questions to others are overdue"),
            note: "They were asked whether an account may stay as it is on its target, and have not decided.".to_owned(),
            state: Some((Tone::Warning, "Overdue".to_owned())),
            action: "Open",
            href: "/drift-reviews".to_owned(),
        });
    }
    if overview.open_operations > 0 {
        tasks.push(Task {
            icon: "m-queued",
            tone: Tone::Plain,
            title: many(overview.open_operations, "change is owed to a target", "changes are owed to targets"),
            note: "Access to be removed and credentials to be revoked where Tenure cannot do it itself.".to_owned(),
            state: None,
            action: "Open",
            href: "/operations".to_owned(),
        });
    }
    tasks
}

/// What somebody is to do by hand.
pub(super) fn of_hands(tasks: OwnTasks) -> Option<Task> {
    let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let late = (tasks.overdue > 0).then(|| (Tone::Danger, format!("{} overdue", tasks.overdue)));
    (tasks.waiting > 0).then(|| Task {
        icon: "m-queued",
        tone: if tasks.overdue > 0 { Tone::Danger } else { Tone::Info },
        title: many(n(tasks.waiting), "task is yours to do by hand", "tasks are yours to do by hand"),
        note: "On targets that Tenure does not reach: each says how it is done, and until when.".to_owned(),
        state: late,
        action: "Open",
        href: "/tasks".to_owned(),
    })
}

/// What somebody is asked to decide.
pub(super) fn of_reviews(reviews: OwnTasks) -> Option<Task> {
    let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let late = (reviews.overdue > 0).then(|| (Tone::Danger, format!("{} overdue", reviews.overdue)));
    (reviews.waiting > 0).then(|| Task {
        icon: "people",
        tone: if reviews.overdue > 0 { Tone::Danger } else { Tone::Info },
        title: many(n(reviews.waiting), "question is yours to decide", "questions are yours to decide"),
        note: "Accounts that are otherwise on their target than recorded: may they stay so?".to_owned(),
        state: late,
        action: "Open",
        href: "/drift-reviews".to_owned(),
    })
}

fn hand_overs(overview: &Overview) -> Option<Task> {
    let n = overview.counts.findings.hand_overs;
    let first = overview.hand_overs.first().filter(|_| n > 0)?;
    let note = match n {
        1 => format!("{} owned it until they ended. It keeps running, nobody answers for it.", first.former_owner),
        _ => {
            format!("The oldest is {}, which {} owned. They keep running, nobody answers for them.", first.display_name, first.former_owner)
        }
    };
    Some(Task {
        icon: "people",
        tone: Tone::Warning,
        title: if n == 1 {
            format!("{} needs a new owner", first.display_name)
        } else {
            format!("{} need a new owner", many(n, "identity", "identities"))
        },
        note,
        state: Some((Tone::Warning, format!("Since {}", date(first.created_at.date_naive())))),
        action: "Assign",
        href: "/hand-overs".to_owned(),
    })
}

/// What waits for somebody who sees their own, and their team's.
pub(super) fn of_own(cards: &CredentialCards) -> Vec<Task> {
    let tasks = [
        (
            cards.ended_owner,
            Tone::Danger,
            ("credential still lives although its owner has ended", "credentials still live although their owners have ended"),
            "Whoever left may still get in.".to_owned(),
            "ended-owner",
        ),
        (
            cards.overdue,
            Tone::Danger,
            ("secret is more than a year old", "secrets are more than a year old"),
            "Replace them where they were issued.".to_owned(),
            "overdue",
        ),
        (
            cards.due,
            Tone::Warning,
            ("credential ends soon", "credentials end soon"),
            format!("Within {DUE_DAYS} days. Renew what is still needed."),
            "due",
        ),
        (
            cards.dormant,
            Tone::Warning,
            ("credential is not used", "credentials are not used"),
            format!("Not for {DORMANT_DAYS} days. End what nobody needs."),
            "dormant",
        ),
    ];
    tasks
        .into_iter()
        .filter(|t| t.0 > 0)
        .map(|(n, tone, said, note, finding)| Task {
            icon: "key",
            tone,
            title: many(n, said.0, said.1),
            note,
            state: None,
            action: "Open",
            href: format!("/credentials?finding={finding}"),
        })
        .collect()
}

/// The list, or that there is nothing.
/// `what` says what would be in it.
pub(super) fn view(tasks: Vec<Task>, what: &'static str) -> AnyView {
    if tasks.is_empty() {
        return view! {
            <Panel title="Your work">
                <Empty title="Nothing waits for you" icon="check">{what}</Empty>
            </Panel>
        }
        .into_any();
    }
    let rows = tasks.into_iter().map(row).collect_view();
    view! { <Panel title="Your work"><ul class="list queue">{rows}</ul></Panel> }.into_any()
}

fn row(task: Task) -> AnyView {
    let Task { icon, tone, title, note, state, action, href } = task;
    let class = if tone == Tone::Plain { String::new() } else { format!("t-{}", tone.word()) };
    let label = format!("{action}: {title}");
    let state = state.map(|(tone, words)| view! { <Tag tone>{words}</Tag> });
    view! {
        <li>
            <Icon name=icon class=class/>
            <div><b><a href=href.clone()>{title}</a></b><p class="sub">{note}</p></div>
            <div class="queue__end"><span class="row">{state}</span><LinkButton href small=true label>{action}</LinkButton></div>
        </li>
    }
    .into_any()
}
