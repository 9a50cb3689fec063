//! `/settings/sign-in`: all providers.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_store::sign_in::ProviderView;

use super::state;
use crate::components::{Column, Empty, Hide, LinkButton, Look, PageHeader, Table, TableLook, Time, count};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// All, by name.
    pub providers: Vec<ProviderView>,
    /// Whether the reader may change them.
    pub may_manage: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let now = frame.now;
    frame.page("Sign-in", Some(NavItem::Audit), move || body(model, now))
}

fn body(model: Model, now: DateTime<Utc>) -> AnyView {
    let Model { providers, may_manage } = model;
    let add =
        may_manage.then(|| view! { <LinkButton href="/settings/sign-in/new" icon="plus" look=Look::Main>"Add a provider"</LinkButton> });
    let list = if providers.is_empty() {
        view! { <Empty title="People sign in with a password of the portal" icon="key" level=2>"An OpenID provider can sign them in instead. The password stays, for those without one and for the day on which it is down."</Empty> }.into_any()
    } else {
        let columns = vec![
            Column::new("Provider"),
            Column::new("State"),
            Column::new("People are found by").hide(Hide::Small),
            Column::new("Linked").numeric(),
            Column::new("Last looked at").hide(Hide::Small),
        ];
        let rows = providers.into_iter().map(|view| one(view, now)).collect_view();
        view! { <Table caption="Providers, by name" name="Providers" columns look=TableLook::Top>{rows}</Table> }.into_any()
    };
    view! {
        <PageHeader title="Sign-in" lead="OpenID providers by which people sign in, beside the password of the portal."><LinkButton href="/settings/sign-in/policy" icon="key">"Second factors by role"</LinkButton>{add}</PageHeader>
        {list}
    }
    .into_any()
}

fn one(view: ProviderView, now: DateTime<Utc>) -> AnyView {
    let p = view.provider;
    let words = p.said.clone();
    let said = (!words.is_empty()).then(|| view! { <br/><span class="faint">{words}</span> });
    let looked = p
        .looked_at
        .map_or_else(|| view! { <span class="faint">"Never"</span> }.into_any(), |at| view! { <Time at now short=true/> }.into_any());
    view! {
        <tr>
            <th scope="row"><a href=format!("/settings/sign-in/{}", p.id)>{p.name}</a><br/><span class="faint">{p.issuer}</span></th>
            <td>{state(p.state, &p.said)}{said}</td>
            <td class="hide-s">{p.link_by.label()}</td>
            <td class="num">{count(view.links)}</td>
            <td class="nowrap hide-s">{looked}</td>
        </tr>
    }
    .into_any()
}
