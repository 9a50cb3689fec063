//! `/account/factors`

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;
use tenure_domain::sign_in::{FactorKind, Need, Stand};
use tenure_services::factors::{FEW, MyFactors};
use tenure_store::factors::FactorView;

use crate::components::{
    Banner, Button, Column, Disclosure, ErrorSummary, FormErrors, Hide, Look, PageHeader, Panel, PasskeyForm, PostForm, Table, TableLook,
    Tag, TextField, Time, Tone, Width, absolute,
};
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The factors.
    pub mine: MyFactors,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, nonce, now) = (frame.token(), frame.nonce.clone(), frame.now);
    frame.page(model.errors.title("Second factors"), None, move || body(model, token, nonce, now))
}

fn body(model: Model, token: String, nonce: String, now: DateTime<Utc>) -> AnyView {
    let Model { mine, errors } = model;
    let e = errors.clone();
    let has_app = mine.factors.iter().any(|factor| factor.kind == FactorKind::Code);
    let codes_serve = mine.need != Need::Resistant;
    let app = (!has_app && codes_serve).then(|| {
        view! {
            <PostForm action="/account/factors/app" token=token.clone() class=""><Button icon="plus">"Add an authenticator app"</Button></PostForm>
        }
    });
    let passkey = if mine.passkeys_work {
        view! {
            <PasskeyForm action="/account/factors/passkey" begin="/account/factors/passkey/begin" token=token.clone() creates=true label="Add a passkey" look=Look::Main nonce>
                <TextField label="Name of the passkey" name="name" value="Passkey" hint="By which you know it again: the phone, the laptop, the key on the ring" width=Width::Medium error=e.at("name")/>
            </PasskeyForm>
            <p class="faint">"A passkey is a phone, a computer or a security key that proves that it is you, without a password. It cannot be given to a false page. It needs a browser that knows passkeys, with script."</p>
        }
        .into_any()
    } else {
        view! { <p class="faint">"Passkeys do not work at this address of the portal: they need one with a name, and TLS. An administrator sets `public_url`."</p> }.into_any()
    };
    let table = if mine.factors.is_empty() {
        view! { <p class="sub">"You have none: whoever learns your password can sign in as you."</p> }.into_any()
    } else {
        table(&mine.factors, &token, now)
    };
    let codes = (!mine.factors.is_empty() && codes_serve).then(|| codes(mine.codes_left, token.clone()));
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Second factors" lead="By what you show that it is you, besides your password." crumbs=vec![("My account".to_owned(), "/account".to_owned())]/>
        {asked(mine.stand)}
        <Panel title="Your second factors" note="Adding or removing one ends all your other sessions.">{table}</Panel>
        <Panel title="Add another"><div class="stack">{passkey}{app}</div></Panel>
        {codes}
    }
    .into_any()
}

fn asked(stand: Stand) -> AnyView {
    match stand {
        Stand::Enrol { passkey_only } => {
            let what = if passkey_only { "Add a passkey to go on." } else { "Add a passkey or an authenticator app to go on." };
            view! { <Banner tone=Tone::Warning title="Your role asks for a second factor.">{what}</Banner> }.into_any()
        }
        Stand::Soon(from) => {
            let words = format!("Add one before {}: from then on you cannot go on without.", absolute(from, Tz::UTC));
            view! { <Banner tone=Tone::Warning title="Your role will ask for a second factor.">{words}</Banner> }.into_any()
        }
        Stand::Fine | Stand::Prove { .. } => ().into_any(),
    }
}

fn table(factors: &[FactorView], token: &str, now: DateTime<Utc>) -> AnyView {
    let rows = factors
        .iter()
        .map(|factor| {
            let (at, label) = (format!("/account/factors/{}", factor.credential_id), factor.label.clone());
            let copied = factor.copied_at.map(|_| view! { <br/><Tag tone=Tone::Danger>"A copy of it was seen: remove it"</Tag> });
            let used = factor.last_used_at.map_or_else(|| "Never".into_any(), |at| view! { <Time at now short=true/> }.into_any());
            let (added, kind) = (factor.created_at, factor.kind.label());
            let id = format!("name-{}", factor.credential_id);
            let (shown, new_name, remove) = (label.clone(), format!("New name of {label}"), format!("Remove {label}"));
            let (token, again) = (token.to_owned(), token.to_owned());
            view! {
                <tr>
                    <th scope="row">{shown}<br/><span class="faint">{kind}</span>{copied}</th>
                    <td class="nowrap hide-s"><Time at=added now short=true/></td>
                    <td class="nowrap">{used}</td>
                    <td>
                        <Disclosure summary="Change">
                            <PostForm action=format!("{at}/name") token>
                                <TextField id=id label=new_name name="name" value=label width=Width::Medium/>
                                <div><Button small=true>"Save the name"</Button></div>
                            </PostForm>
                            <PostForm action=format!("{at}/remove") token=again class=""><Button small=true look=Look::Danger label=remove>"Remove"</Button></PostForm>
                        </Disclosure>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new("Second factor"),
        Column::new("Added").hide(Hide::Small),
        Column::new("Last used"),
        Column::new("Change it").quiet(),
    ];
    view! { <Table caption="Your second factors, oldest first" name="Table of second factors" look=TableLook::Last columns>{rows}</Table> }
        .into_any()
}

fn codes(left: i64, token: String) -> AnyView {
    let words = match left {
        0 => "You have none. Make some, and keep them where you keep what matters: each signs you in once, should you lose your second factor.".to_owned(),
        1 => "You have 1 left.".to_owned(),
        n => format!("You have {n} left."),
    };
    let few = (1..=FEW).contains(&left).then(|| view! { <Banner tone=Tone::Warning title="Few recovery codes are left.">"Make new ones; those before do not work any more then."</Banner> });
    view! {
        <Panel title="Recovery codes">
            {few}
            <p class="sub">{words}</p>
            <PostForm action="/account/factors/codes" token class=""><Button>{if left == 0 { "Make recovery codes" } else { "Make new recovery codes" }}</Button></PostForm>
        </Panel>
    }
    .into_any()
}
