//! Which subjects of providers stand for a person: a card on the identity's page.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::id::ProviderId;
use tenure_domain::identity::Identity;
use tenure_store::sign_in::LinkView;

use crate::components::{Button, Card, Disclosure, FormErrors, Look, PostForm, SelectField, Tag, TextField, Time, Tone, options};

/// Links, and the providers that there are.
#[derive(Debug, Default)]
pub struct Links {
    /// The person's links.
    pub links: Vec<LinkView>,
    /// All providers: keys and names.
    pub providers: Vec<(ProviderId, String)>,
}

/// The card; none where no provider is known.
pub(super) fn links_card(i: &Identity, of: Links, errors: &FormErrors, token: String, now: DateTime<Utc>) -> Option<AnyView> {
    let Links { links, providers } = of;
    if links.is_empty() && providers.is_empty() {
        return None;
    }
    let id = i.id;
    let none = links.is_empty().then(|| view! { <p class="sub">"No subject of a provider stands for them yet."</p> });
    let rows = links.into_iter().map(|view| one(id.to_string(), view, &token, now)).collect_view();
    let add = i.state.may_act().then(|| {
        let named = options(providers.iter().map(|(id, name)| (id.to_string(), name.clone())));
        let (provider_error, subject_error) = (errors.at("provider"), errors.at("subject"));
        view! {
            <Disclosure summary="Link a subject by hand">
                <PostForm action=format!("/identities/{id}/sign-in-links") token=token.clone()>
                    <SelectField label="Provider" name="provider" options=named error=provider_error/>
                    <TextField label="Subject" name="subject" error=subject_error hint="As the provider has it in sub." autocomplete="off"/>
                    <div class="row"><Button small=true>"Link"</Button></div>
                </PostForm>
            </Disclosure>
        }
    });
    Some(view! { <Card title="Sign-in by providers" paper=true>{none}<ul class="list factors">{rows}</ul>{add}</Card> }.into_any())
}

fn one(id: String, view: LinkView, token: &str, now: DateTime<Utc>) -> AnyView {
    let link = view.link;
    let ended = link.ended_at.map(|_| view! { " "<Tag tone=Tone::Danger>"Ended when they left"</Tag> });
    let used = link.last_used_at.map_or_else(|| "never used".into_any(), |at| view! { "last used "<Time at now short=true/> }.into_any());
    let action = format!("/identities/{id}/sign-in-links/{}/remove", link.id);
    let label = format!("Remove the link to {}", view.provider);
    let how = format!("{}: {}; ", link.how.label(), link.reason);
    view! {
        <li>
            <span><b>{view.provider}</b>{ended}<br/><code>{link.subject}</code><br/><span class="faint">{how}{used}</span></span>
            <PostForm action token=token.to_owned() class=""><Button small=true look=Look::Danger label>"Remove"</Button></PostForm>
        </li>
    }
    .into_any()
}
