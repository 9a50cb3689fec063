//! `/my-access`: what I hold, and why.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use tenure_domain::credential::CredentialKind;
use tenure_services::identities::IdentityDetail;
use tenure_store::credentials::CredentialView;

use super::identities::access::access;
use super::identities::rights::Rights;
use super::identities::{side, tables};
use crate::components::{Banner, Empty, Fact, Facts, FactsLook, Icon, LinkButton, PageHeader, Panel, Tone, date, relative};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// Oneself; None when no identity acts.
    pub me: Option<IdentityDetail>,
    /// Whether roles, rules and applications may be opened.
    pub sees_access: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let now = frame.now;
    frame.page("My access", Some(NavItem::MyAccess), move || match model.me {
        Some(me) => body(&me, model.sees_access, now),
        None => nobody(),
    })
}

fn nobody() -> AnyView {
    view! {
        <PageHeader title="My access"/>
        <Empty title="No identity acts here" icon="badge" level=2>"You act as an operator of the installation, not as an identity, so there is nothing that you hold. Sign in as a person to see what is yours."</Empty>
    }
    .into_any()
}

/// How near an end is worth a warning.
const SOON: TimeDelta = TimeDelta::days(30);

fn body(me: &IdentityDetail, links: bool, now: DateTime<Utc>) -> AnyView {
    let i = &me.identity;
    let who = [i.display_name.as_str(), i.title.as_str(), i.department.as_str()]
        .into_iter()
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let rights = Rights { sees_access: links, ..Rights::default() };
    view! {
        <PageHeader title="My access" lead=format!("What you can do, why, and until when. {who}.")>
            <LinkButton href="/account" icon="session">"My sessions and tokens"</LinkButton>
        </PageHeader>
        {ends_soon(me, now)}
        <div class="cols cols--main-side">
            <div class="flow">
                {access(me, links, true, now)}
                {tables::roles(me, &rights, now)}
            </div>
            <div class="flow">
                {credentials(me, now)}
                {side::names("I answer for", &me.owned, None, "Non-human identities that you own.")}
                {side::names("My team", &me.reports, Some(format!("/identities?manager={}", i.id)), "")}
                {facts(me)}
            </div>
        </div>
    }
    .into_any()
}

fn ends_soon(me: &IdentityDetail, now: DateTime<Utc>) -> AnyView {
    me.assignments
        .iter()
        .filter_map(|a| a.until.filter(|at| *at - now < SOON).map(|at| (a, at)))
        .map(|(a, at)| {
            let title = format!("{} ends on {} ({}).", a.role, date(at.date_naive()), relative(at, now));
            view! { <Banner tone=Tone::Warning icon="clock" title>"What only it gives goes with it. If you still need it, talk to your manager in time."</Banner> }
        })
        .collect_view()
        .into_any()
}

fn credentials(me: &IdentityDetail, now: DateTime<Utc>) -> AnyView {
    let live: Vec<&CredentialView> = me.credentials.iter().filter(|c| c.credential.state.is_live()).collect();
    let sessions = live.iter().filter(|c| c.credential.kind == CredentialKind::Session).count();
    let rows = live
        .iter()
        .filter(|c| c.credential.kind != CredentialKind::Session)
        .map(|v| {
            let c = &v.credential;
            let ending = c.expires_at.filter(|at| *at - now < SOON);
            let (icon, class) = match (ending, c.kind) {
                (Some(_), _) => ("clock", "t-warning"),
                (None, CredentialKind::Password) => ("lock", ""),
                _ => ("key", ""),
            };
            let note = match (ending, c.last_used_at) {
                (Some(at), _) => format!("Ends {}, {}", relative(at, now), date(at.date_naive())),
                (None, Some(at)) => format!("Last used {}", relative(at, now)),
                (None, None) => "No data on use".to_owned(),
            };
            let place = v.application.clone().unwrap_or_else(|| c.issuer.clone());
            let what = format!("{}, {place}", capital(c.kind.label()));
            let note_class = if class.is_empty() { "faint" } else { class };
            view! { <li><Icon name=icon class/><span><a href=format!("/credentials/{}", c.id)>{c.label.clone()}</a><br/><span class="faint">{what}</span><br/><span class=note_class>{note}</span></span><span></span></li> }
        })
        .collect_view();
    let signed_in = format!("Signed in {}.", if sessions == 1 { "here only".to_owned() } else { format!("{sessions} times") });
    let none = (live.len() == sessions).then(|| view! { <p class="sub">"No key, token or password of yours is recorded."</p> });
    let aside =
        view! { <LinkButton href="/account/ssh-keys/new" small=true icon="plus">"Add an SSH key"</LinkButton>" "<a class="sub" href="/account">"Manage"</a> }
            .into_any();
    view! { <Panel title="My credentials" aside>{none}<ul class="list creds">{rows}</ul><p class="faint">{signed_in}</p></Panel> }
        .into_any()
}

fn facts(me: &IdentityDetail) -> AnyView {
    let i = &me.identity;
    let manager = i.manager_id.and_then(|id| me.names.get(&id)).map_or_else(|| "None".to_owned(), |m| m.display_name.clone());
    let mut facts =
        vec![Fact::new("User name", view! { <span class="mono">{i.user_name.clone()}</span> }.into_any()), Fact::new("Manager", manager)];
    for (name, value) in [("Mail", &i.email), ("Time zone", &i.time_zone)] {
        if !value.is_empty() {
            facts.push(Fact::new(name, value.clone()));
        }
    }
    facts.push(Fact::new("Source", me.source.clone().unwrap_or_else(|| "Recorded by hand".to_owned())));
    let own = format!("/identities/{}", i.id);
    let aside = view! { <a class="sub" href=own>"My whole record"</a> }.into_any();
    view! { <Panel title="What is recorded of me" aside><Facts facts look=FactsLook::Lines/></Panel> }.into_any()
}
