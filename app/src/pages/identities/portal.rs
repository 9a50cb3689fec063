//! Who may do what in the portal: a card on the identity's page, and the set-up link, shown once.

use std::collections::BTreeSet;

use leptos::prelude::*;
use tenure_domain::access::PortalRole;
use tenure_domain::identity::Identity;
use tenure_frontend::CopyButton;

use crate::components::{Banner, Button, Card, Copy, LinkButton, Look, PageHeader, PostForm, Slot, Tone};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// The card: roles of the portal, password, set-up link.
pub(super) fn portal_card(i: &Identity, roles: &BTreeSet<PortalRole>, password: bool, token: String) -> AnyView {
    let id = i.id;
    let acts = i.state.may_act();
    let given = [PortalRole::Admin, PortalRole::Auditor, PortalRole::Provisioner, PortalRole::Receiver];
    let rows = given
        .into_iter()
        // A machine's role; shown with a person only where it is to be taken away.
        .filter(|role| !matches!(role, PortalRole::Provisioner | PortalRole::Receiver) || i.kind.is_non_human() || roles.contains(role))
        .map(|role| {
            let held = roles.contains(&role);
            let (verb, label) =
                if held { ("Take", format!("Take away: {}", role.label())) } else { ("Give", format!("Give: {}", role.label())) };
            let what = match role {
                PortalRole::Admin => "changes everything",
                PortalRole::Provisioner => "tells over SCIM who there is and who is in which group, and does nothing else",
                PortalRole::Receiver => "fetches the signals that are for it, and does nothing else",
                _ => "reads everything, changes nothing",
            };
            let can = held || acts;
            let token = token.clone();
            let form = can.then(|| {
                view! {
                    <PostForm action=format!("/identities/{id}/portal/roles") token class="">
                        <input type="hidden" name="role" value=role.as_str()/>
                        <input type="hidden" name="held" value=if held { "no" } else { "yes" }/>
                        <Button small=true look=if held { Look::Danger } else { Look::Plain } label>{verb}</Button>
                    </PostForm>
                }
            });
            let has = if held { "Yes" } else { "No" };
            view! { <li><span><b>{capital(role.label())}</b>{format!(": {has}")}<br/><span class="faint">{what}</span></span>{form}</li> }
        })
        .collect_view();
    let state =
        if password { "It has a password here. A new link replaces it." } else { "It has no password here, so it cannot sign in yet." };
    let invite = acts.then(|| {
        view! {
            <PostForm action=format!("/identities/{id}/portal/link") token=token.clone() class="">
                <Button small=true icon="key">"Make a set-up link"</Button>
            </PostForm>
        }
    });
    let factors =
        (acts && !i.kind.is_non_human()).then(|| view! { <p><a href=format!("/identities/{id}/factors")>"Second factors"</a></p> });
    view! {
        <Card title="Portal access" paper=true>
            <ul class="list factors">{rows}</ul>
            <p class="sub">{state}</p>
            {invite}
            {factors}
        </Card>
    }
    .into_any()
}

/// The page that shows a set-up link, once.
pub fn link_page(frame: &Frame, i: &Identity, link: String, hours: i64) -> String {
    let (name, id) = (i.display_name.clone(), i.id);
    let islands = frame.islands;
    frame.page(format!("Set-up link for {name}"), Some(NavItem::Identities), move || {
        let crumbs = vec![("Identities".to_owned(), "/identities".to_owned()), (name.clone(), format!("/identities/{id}"))];
        let button = Slot(islands.then(|| { let text = link.clone(); view! { <CopyButton text what="the set-up link".to_owned()/> }.into_any() }));
        view! {
            <PageHeader title=format!("Set-up link for {name}") crumbs/>
            <Banner tone=Tone::Warning title="It is shown only now.">{format!("Give it to {name} by a way that only they read. It works once, for {hours} hours, and replaces every earlier link.")}</Banner>
            <p><Copy text=link button/></p>
            <p><LinkButton href=format!("/identities/{id}") look=Look::Main>"Done"</LinkButton></p>
        }
    })
}
