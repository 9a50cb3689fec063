//! What an identity holds, and why: by application, each grant with all its paths.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::grant::{AssignmentReason, AssignmentState, GrantState, Risk};
use tenure_domain::id::GrantId;
use tenure_services::identities::{GrantWhy, IdentityDetail};
use tenure_store::access::AssignmentView;
use tenure_store::operations::OperationView;

use crate::components::{Count, Empty, Icon, Panel, Proof, ProofMark, Step, Tag, Tone, WhyPath, date, relative};

/// The section. `links` says whether the reader may open roles, rules and applications; `mine`
/// that the reader is the identity.
pub fn access(detail: &IdentityDetail, links: bool, mine: bool, now: DateTime<Utc>) -> AnyView {
    let n = detail.grants.len();
    let aside = summary(&detail.grants);
    if n == 0 {
        let words = if mine {
            "No role gives you anything, and nothing was found on a target under your name."
        } else {
            "No role gives anything, and nothing was found on a target."
        };
        return view! { <Panel title="Access"><Empty title="No access" icon="layers">{words}</Empty></Panel> }.into_any();
    }
    let mut groups: Vec<(String, String, Vec<AnyView>)> = Vec::new();
    for g in &detail.grants {
        let one = grant(g, detail, links, mine, now);
        match groups.last_mut() {
            Some(last) if last.0 == g.grant.application => last.2.push(one),
            _ => groups.push((g.grant.application.clone(), format!("/applications/{}", g.grant.application_id), vec![one])),
        }
    }
    let groups = groups
        .into_iter()
        .map(|(name, href, grants)| {
            let n = i128::try_from(grants.len()).unwrap_or_default();
            let name = if links { view! { <a href=href>{name}</a> }.into_any() } else { name.into_any() };
            view! { <div><h3 class="row">{name}<Count n of=if n == 1 { "grant" } else { "grants" }/></h3><ul class="list">{grants}</ul></div> }
        })
        .collect_view();
    view! { <Panel title="Access" aside=aside><div class="stack">{groups}</div></Panel> }.into_any()
}

fn summary(grants: &[GrantWhy]) -> AnyView {
    let of = |state| grants.iter().filter(|g| g.grant.state == state).count();
    let privileged = grants.iter().filter(|g| g.grant.risk == Risk::Critical).count();
    let parts = [
        (grants.len(), if grants.len() == 1 { "grant" } else { "grants" }),
        (privileged, "privileged"),
        (of(GrantState::OutOfBand), "out of band"),
        (of(GrantState::RemovalOwed), "removal owed"),
    ];
    let words = parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}")).collect::<Vec<_>>().join(" · ");
    view! { <span class="sub">{words}</span> }.into_any()
}

fn grant(g: &GrantWhy, detail: &IdentityDetail, links: bool, mine: bool, now: DateTime<Utc>) -> AnyView {
    let tags = tags(g, removal(&detail.operations, g.grant.id), !mine, detail);
    let description = (!g.grant.description.is_empty()).then(|| view! { <p>{g.grant.description.clone()}</p> });
    let whys = match g.grant.state {
        GrantState::OutOfBand => {
            view! { <p class="row t-warning"><Icon name="warn"/>"It was found on the target. No role or rule explains it."</p> }.into_any()
        }
        _ if g.paths.is_empty() => {
            view! { <p class="sub">"Nothing explains it any more, so its removal is owed to the target."</p> }.into_any()
        }
        _ => g.paths.iter().map(|(place, roles)| why(g, detail, &detail.assignments[*place], roles, links, mine)).collect_view().into_any(),
    };
    let meta = meta(g, detail, now).into_iter().map(|m| view! { <span>{m}</span> }).collect_view();
    view! {
        <li class="grant">
            <div class="grant__top"><h4>{g.grant.entitlement.clone()}</h4>{tags}</div>
            {description}
            {whys}
            <p class="grant__meta">{meta}</p>
        </li>
    }
    .into_any()
}

/// The operation that takes a grant away: the newest one.
fn removal(operations: &[OperationView], grant: GrantId) -> Option<Proof> {
    operations.iter().find(|o| o.grant_id == Some(grant)).map(|o| Proof::from_word(o.state.label()))
}

fn tags(g: &GrantWhy, removal: Option<Proof>, links: bool, detail: &IdentityDetail) -> AnyView {
    let risk = match g.grant.risk {
        Risk::Critical => Some(view! { <Tag tone=Tone::Accent icon="lock">"Privileged"</Tag> }.into_any()),
        Risk::High => Some(view! { <Tag>"High risk"</Tag> }.into_any()),
        _ => None,
    };
    let graces = g.paths.iter().all(|(place, _)| detail.assignments[*place].state == AssignmentState::Grace);
    let state = match g.grant.state {
        GrantState::OutOfBand => Some(view! { <Tag tone=Tone::Warning>"Out of band"</Tag> }.into_any()),
        GrantState::RemovalOwed => {
            let mark =
                view! { <ProofMark state=removal.unwrap_or(Proof::Queued) words=removal.unwrap_or(Proof::Queued).word()/> }.into_any();
            let mark = if links { view! { <a href="#operations">{mark}</a> }.into_any() } else { mark };
            Some(view! { <Tag tone=Tone::Warning>"Removal owed"</Tag>{mark} }.into_any())
        }
        _ if graces && !g.paths.is_empty() => Some(view! { <Tag tone=Tone::Warning icon="clock">"In grace"</Tag> }.into_any()),
        _ => None,
    };
    view! { <span class="row">{risk}{state}</span> }.into_any()
}

fn why(
    g: &GrantWhy,
    detail: &IdentityDetail,
    a: &AssignmentView,
    roles: &[(tenure_domain::id::RoleId, String)],
    links: bool,
    mine: bool,
) -> AnyView {
    let linked = |step: Step, href: String| if links { step.href(href) } else { step };
    // One's own page begins with the reason: who it is goes without saying.
    let mut steps = if mine { Vec::new() } else { vec![Step::new("identity", detail.identity.display_name.clone())] };
    steps.push(match (&a.rule, a.reason) {
        (Some(rule), AssignmentReason::Rule) => linked(Step::new("rule", rule.clone()), format!("/rules/{}", a.origin)),
        (_, AssignmentReason::Direct) => Step::new("by hand", note(a)),
        (_, reason) => Step::new(reason.label(), note(a)),
    });
    steps.extend(roles.iter().map(|(id, name)| linked(Step::new("role", name.clone()), format!("/roles/{id}"))));
    steps.push(Step::new("entitlement", g.grant.entitlement.clone()));
    view! { <WhyPath steps/> }.into_any()
}

/// What somebody wrote when they gave it.
pub(super) fn note(a: &AssignmentView) -> String {
    if a.note.is_empty() { "without a note".to_owned() } else { a.note.clone() }
}

fn meta(g: &GrantWhy, detail: &IdentityDetail, now: DateTime<Utc>) -> Vec<String> {
    let mut meta = vec![format!("Since {}", date(g.grant.since.date_naive()))];
    let ends: Vec<Option<DateTime<Utc>>> = g.paths.iter().map(|(place, _)| detail.assignments[*place].until).collect();
    // It ends with the last of its paths; one without an end keeps it.
    match ends.iter().flatten().max() {
        Some(end) if ends.iter().all(Option::is_some) => meta.push(format!("Ends {} ({})", date(end.date_naive()), relative(*end, now))),
        _ if !ends.is_empty() => meta.push("No end".to_owned()),
        _ => {}
    }
    if g.paths.len() > 1 {
        meta.push(format!("{} paths: taking one away keeps it", g.paths.len()));
    }
    meta.push(
        g.grant
            .observed_at
            .map_or_else(|| "Not read back from the target yet".to_owned(), |at| format!("Seen on the target {}", relative(at, now))),
    );
    meta
}
