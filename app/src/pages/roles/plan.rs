//! The plan of a change of a role or rule: who gains, who loses, by name; then apply.

use std::collections::{BTreeSet, HashMap};

use leptos::prelude::*;
use tenure_domain::id::{EntitlementId, RoleId};
use tenure_domain::role::AffectedIdentity;
use tenure_services::access::{NAMED, NamedPlan, RoleDetail, RoleDraft};

use super::crumbs;
use crate::components::{
    Button, Checklist, Chip, Column, Count, Diff, DiffKind, Done, ErrorSummary, Fact, Facts, FactsLook, FormErrors, Hide, Kind, Look,
    PageHeader, Panel, PostForm, Stat, Stats, Table, TableLook, Tag, Tone, count,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::many;

/// A line of what changes.
pub type Line = (DiffKind, String, Option<String>);

/// A plan to look at, and to apply.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: NamedPlan,
    /// What changes in the thing itself.
    pub lines: Vec<Line>,
    /// The draft, to be sent back.
    pub draft: String,
    /// Where it is applied: `/roles/apply`.
    pub apply: &'static str,
    /// Where it is edited again: `/roles/draft`.
    pub edit: &'static str,
    /// What was wrong: the records moved on.
    pub errors: FormErrors,
}

/// The plan of a role.
pub fn page(frame: &Frame, name: &str, version: i64, planned: Planned) -> String {
    let title = format!("Plan: {name}, version {version}");
    draw(frame, title, crumbs(), planned)
}

/// A plan.
pub(crate) fn draw(frame: &Frame, title: String, crumbs: Vec<(String, String)>, planned: Planned) -> String {
    let token = frame.token();
    let heading = title.clone();
    frame.page(planned.errors.title(&title), Some(NavItem::Access), move || body(heading, crumbs, planned, token))
}

/// What a draft changes in a role.
pub fn role_lines(
    before: Option<&RoleDetail>,
    draft: &RoleDraft,
    names: &HashMap<EntitlementId, String>,
    roles: &[(RoleId, String)],
) -> Vec<Line> {
    let mut lines = Vec::new();
    let name_of = |id: &EntitlementId| names.get(id).cloned().unwrap_or_else(|| "?".to_owned());
    let role_of = |id: &RoleId| roles.iter().find(|(r, _)| r == id).map_or_else(|| "?".to_owned(), |(_, name)| name.clone());
    let had: BTreeSet<EntitlementId> = before.map(|b| b.entitlements.iter().map(|(e, _)| e.id).collect()).unwrap_or_default();
    let has: BTreeSet<EntitlementId> = draft.entitlements.iter().copied().collect();
    let inside: BTreeSet<RoleId> = before.map(|b| b.induced.iter().map(|(r, _)| *r).collect()).unwrap_or_default();
    let now: BTreeSet<RoleId> = draft.induced.iter().copied().collect();
    let role_note = || Some("A role inside it".to_owned());
    lines.extend(has.difference(&had).map(|e| (DiffKind::Plus, name_of(e), None)));
    lines.extend(now.difference(&inside).map(|r| (DiffKind::Plus, role_of(r), role_note())));
    lines.extend(had.difference(&has).map(|e| (DiffKind::Minus, name_of(e), None)));
    lines.extend(inside.difference(&now).map(|r| (DiffKind::Minus, role_of(r), role_note())));
    if let Some(before) = before {
        let role = &before.role;
        let mut differ = |what: &str, was: String, is: String| {
            if was != is {
                lines.push((DiffKind::Same, format!("{what}: {is}"), Some(format!("Before: {was}"))));
            }
        };
        differ("Name", role.name.clone(), draft.name.trim().to_owned());
        differ("Kind", role.kind.label().to_owned(), draft.kind.label().to_owned());
        differ("What it is for", role.description.clone(), draft.description.trim().to_owned());
        differ("Grace time", many(i64::from(role.grace_days), "day", "days"), many(i64::from(draft.grace_days), "day", "days"));
        if role.owner_id != draft.owner_id {
            lines.push((DiffKind::Same, "Another owner".to_owned(), None));
        }
        if role.application_id != draft.application_id {
            lines.push((DiffKind::Same, "Another application".to_owned(), None));
        }
    }
    lines
}

fn body(title: String, crumbs: Vec<(String, String)>, planned: Planned, token: String) -> AnyView {
    let Planned { plan, lines, draft, apply, edit, errors } = planned;
    let affected = &plan.plan.affected;
    let gain: Vec<&AffectedIdentity> = affected.iter().filter(|a| !a.gains.is_empty()).collect();
    let lose: Vec<&AffectedIdentity> = affected.iter().filter(|a| !a.loses.is_empty()).collect();
    let grace = lose.iter().filter(|a| a.grace).count();
    let removals: usize = lose.iter().map(|a| a.loses.len()).sum();
    let number = |n: usize| count(n as i128);
    let (gains, loses) = (gain.len(), lose.len());
    let untouched = number(plan.plan.examined.saturating_sub(affected.len()));
    let lose_note = (grace > 0).then(|| format!("{} after a grace time", number(grace)));
    let lose_tone = if loses > 0 { Tone::Warning } else { Tone::Plain };
    let (gain_href, lose_href) = ((gains > 0).then_some("#gain"), (loses > 0).then_some("#lose"));
    let gain_list = people(&plan, &gain, true);
    let lose_list = people(&plan, &lose, false);
    let nobody = affected.is_empty().then(|| view! { <p class="sub">"Nobody gains or loses anything by this change."</p> });
    let changes = (!lines.is_empty()).then(|| view! { <Panel title="What changes"><Diff lines/></Panel> });
    let card = card(&plan, apply, draft.clone(), token.clone());
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs lead=view! { "Worked out just now over "{number(plan.plan.examined)}" identities. "<strong>"Nothing has changed yet."</strong> }>
            <PostForm action=edit token class=""><input type="hidden" name="draft" value=draft/><Button>"Edit the draft"</Button></PostForm>
        </PageHeader>
        <Stats>
            <Stat label="Gain access" value=number(gains) href=gain_href unit="identities"/>
            <Stat label="Lose access" value=number(loses) href=lose_href unit="identities" tone=lose_tone note=lose_note/>
            <Stat label="Unchanged" value=untouched unit="identities"/>
            <Stat label="Removals owed" value=number(removals) note="to applications"/>
        </Stats>
        <div class="cols cols--main-side">
            <div class="flow">{changes}{nobody}{gain_list}{lose_list}</div>
            {card}
        </div>
    }
    .into_any()
}

fn people(plan: &NamedPlan, who: &[&AffectedIdentity], gains: bool) -> Option<AnyView> {
    if who.is_empty() {
        return None;
    }
    let rows = who
        .iter()
        .take(NAMED)
        .map(|a| {
            let list = if gains { &a.gains } else { &a.loses };
            let names = list.iter().map(|e| view! { <div>{plan.names.get(e).cloned().unwrap_or_else(|| "?".to_owned())}</div> }).collect_view();
            let known = plan.people.get(&a.identity_id);
            let kind = known.map(|k| Kind::from_word(k.kind.as_str())).unwrap_or_default();
            let note = known.map(|k| k.user_name.clone()).unwrap_or_default();
            let when = (!gains).then(|| view! { <td class="hide-s">{if a.grace { view! { <Tag>"After the grace time"</Tag> }.into_any() } else { "At once".into_any() }}</td> });
            view! { <tr><th scope="row"><Chip kind name=a.display_name.clone() href=format!("/identities/{}", a.identity_id) note/></th><td>{names}</td>{when}</tr> }
        })
        .collect_view();
    let mut columns = vec![Column::new("Identity"), Column::new(if gains { "Gains" } else { "Loses" })];
    if !gains {
        columns.push(Column::new("When").hide(Hide::Small));
    }
    let (title, id, name) = if gains { ("Who gains", "gain", "List of who gains") } else { ("Who loses", "lose", "List of who loses") };
    let all = who.len();
    let more = (all > NAMED).then(|| view! { <p class="pager"><span>{format!("{NAMED} of {} shown, by name. All of them are in the plan and its hash.", count(all as i128))}</span></p> });
    Some(view! { <Panel title id aside=view! { <Count n=all as i128/> }><Table caption=format!("{title}, {all}") name columns look=TableLook::Top>{rows}</Table>{more}</Panel> }.into_any())
}

fn card(plan: &NamedPlan, action: &'static str, draft: String, token: String) -> AnyView {
    let n = plan.plan.affected.len();
    let hash = plan.hash.clone();
    let short: String =
        hash.chars().take(20).collect::<Vec<_>>().chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    let share = if plan.plan.examined == 0 { 0.0 } else { n as f64 * 100.0 / plan.plan.examined as f64 };
    let facts = vec![
        Fact::new("Concerns", format!("{}, {share:.1} %", many(i64::try_from(n).unwrap_or(i64::MAX), "identity", "identities"))),
        Fact::new("Plan hash", view! { <span class="hash">{short}</span> }),
    ];
    let steps = vec![
        (Done::Yes, "Plan worked out".to_owned(), None, None),
        (Done::Now, "Look at the names".to_owned(), None, None),
        (Done::Later, "Apply".to_owned(), Some("All of it or nothing".to_owned()), None),
    ];
    view! {
        <aside class="card card--paper stack apply is-sticky" aria-labelledby="apply-title">
            <h2 id="apply-title">"Apply"</h2>
            <Facts facts look=FactsLook::Lines/>
            <Checklist steps/>
            <PostForm action token class="stack">
                <input type="hidden" name="draft" value=draft/>
                <input type="hidden" name="hash" value=hash/>
                <Button look=Look::Main>"Apply"</Button>
                <p class="sub">"If anybody in the plan changes before, nothing is applied and the plan is worked out again."</p>
            </PostForm>
        </aside>
    }
    .into_any()
}
