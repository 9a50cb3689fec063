//! `/settings/break-glass` and below: sealed accounts and their uses; and `/sign-in/break-glass`, by which one is used.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::break_glass::{BOUNDS, MINUTES, SealState};
use tenure_domain::id::BreakGlassUseId;
use tenure_services::break_glass::BreakGlassOverview;
use tenure_store::accounts::{BreakGlassUseView, BreakGlassView};

use crate::components::{
    Banner, Button, Column, Copy, Empty, ErrorSummary, Fact, Facts, FactsLook, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm,
    Slot, Table, TableLook, Tag, TextArea, TextField, Time, Tone, Width, encode,
};
use crate::layout::{NavItem, Theme};
use crate::page::{Frame, plain};

/// Where it is.
pub const PATH: &str = "/settings/break-glass";

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The user name of a new account.
    pub user_name: String,
    /// What it is to be called.
    pub display_name: String,
    /// How long its sessions last.
    pub minutes: String,
    /// Of which use a review was to be closed, and with which note.
    pub note: Option<(BreakGlassUseId, String)>,
}

impl Default for Typed {
    fn default() -> Self {
        Self { user_name: String::new(), display_name: String::new(), minutes: MINUTES.to_string(), note: None }
    }
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The accounts and their uses.
    pub overview: BreakGlassOverview,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title("Break-glass"), Some(NavItem::Audit), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { overview, typed, errors } = model;
    let BreakGlassOverview { accounts, uses, may_manage } = overview;
    let make = may_manage.then(|| make(&typed, &errors, token.clone()));
    let accounts = accounts_panel(accounts, may_manage, &token, now);
    let uses = uses_panel(uses, may_manage, &typed, &errors, &token, now);
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Break-glass" lead="Sealed accounts for when nobody else can get in: each has a password in an envelope, which opens one session."/>
        {uses}
        {accounts}
        {make}
    }
    .into_any()
}

fn state(state: SealState) -> AnyView {
    let (tone, words) = match state {
        SealState::Unsealed => (Tone::Warning, "No password yet"),
        SealState::Sealed => (Tone::Success, "Sealed"),
        SealState::Used => (Tone::Danger, "Used: seal it anew"),
    };
    view! { <Tag tone>{words}</Tag> }.into_any()
}

fn accounts_panel(accounts: Vec<BreakGlassView>, may_manage: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    if accounts.is_empty() {
        return view! {
            <Panel title="Accounts">
                <Empty title="There is none" icon="lock" level=3>"Without one, nobody gets in when the providers are down and no administrator has a password."</Empty>
            </Panel>
        }
        .into_any();
    }
    let rows = accounts
        .into_iter()
        .map(|a| {
            let sealed = match a.sealed_at {
                Some(at) => view! { <Time at now short=true/>{a.sealed_by.map(|who| view! { <br/><span class="faint">{format!("by a link of {who}")}</span> })} }.into_any(),
                None => view! { <span class="faint">"Never"</span> }.into_any(),
            };
            let seal = (may_manage && a.life.may_act()).then(|| {
                let label = format!("Seal {}", a.display_name);
                view! { <PostForm action=format!("{PATH}/{}/seal", a.identity_id) token=token.to_owned() class=""><Button small=true label>"Seal"</Button></PostForm> }
            });
            view! {
                <tr>
                    <th scope="row"><a href=format!("/identities/{}", a.identity_id)>{a.display_name}</a><br/><span class="faint mono">{a.user_name}</span></th>
                    <td>{state(a.state)}</td>
                    <td class="nowrap">{sealed}</td>
                    <td class="num">{format!("{} min", a.minutes)}</td>
                    <td class="num">{seal}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new("Account"),
        Column::new("State"),
        Column::new("Sealed"),
        Column::new("A session lasts").numeric(),
        Column::new("Seal").quiet(),
    ];
    view! {
        <Panel title="Accounts" note="Sealing kills the password of before and makes a link by which whoever fills the envelope chooses the new one.">
            <Table caption="Break-glass accounts by user name" name="Break-glass accounts" look=TableLook::Last columns>{rows}</Table>
        </Panel>
    }
    .into_any()
}

fn make(typed: &Typed, errors: &FormErrors, token: String) -> AnyView {
    let (user, name, minutes) = (errors.at("user_name"), errors.at("display_name"), errors.at("minutes"));
    let between = format!("Between {} and {}. It cannot be made longer.", BOUNDS.start(), BOUNDS.end());
    let typed = typed.clone();
    view! {
        <Panel title="New account" id="new">
            <PostForm action=PATH token>
                <TextField label="User name" name="user_name" value=typed.user_name hint="What is typed at sign-in: glass-1" error=user width=Width::Medium autocomplete="off" required=true/>
                <TextField label="Name" name="display_name" value=typed.display_name hint="By which people know the envelope" error=name autocomplete="off" required=true/>
                <TextField label="Minutes that a session lasts" name="minutes" value=typed.minutes inputmode="numeric" hint=between error=minutes autocomplete="off" required=true/>
                <div><Button look=Look::Main>"Make it"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}

type UseOf = (BreakGlassUseView, Option<&'static str>);

fn uses_panel(uses: Vec<UseOf>, may_manage: bool, typed: &Typed, errors: &FormErrors, token: &str, now: DateTime<Utc>) -> AnyView {
    if uses.is_empty() {
        return ().into_any();
    }
    let items = uses
        .into_iter()
        .map(|(u, why_not)| one_use(u, why_not.filter(|_| may_manage), may_manage, typed, errors, token, now))
        .collect_view();
    view! { <Panel title="Uses" note="Each waits until an administrator who could not have been it has looked at what was done."><div class="flow">{items}</div></Panel> }.into_any()
}

fn one_use(
    u: BreakGlassUseView,
    why_not: Option<&'static str>,
    may_manage: bool,
    typed: &Typed,
    errors: &FormErrors,
    token: &str,
    now: DateTime<Utc>,
) -> AnyView {
    let ended = u.ended_at.unwrap_or(u.ends_at);
    let lives = ended > now;
    let tag = if lives {
        view! { <Tag tone=Tone::Danger>"In use"</Tag> }.into_any()
    } else if u.closed_at.is_none() {
        view! { <Tag tone=Tone::Warning>"To be looked at"</Tag> }.into_any()
    } else {
        view! { <Tag tone=Tone::Success>"Looked at"</Tag> }.into_any()
    };
    let mut facts = vec![
        Fact::new("Reason", u.reason.clone()),
        Fact::new("From", if u.address.is_empty() { "An address that nobody knows".to_owned() } else { u.address.clone() }),
        Fact::new("Began", view! { <Time at=u.began_at now/> }.into_any()),
        Fact::new(if lives { "Ends" } else { "Ended" }, view! { <Time at=ended now/> }.into_any()),
    ];
    if let Some(at) = u.closed_at {
        facts.push(Fact::new("Looked at", view! { <Time at now/>{format!(" by {}", u.closed_by)} }.into_any()));
        facts.push(Fact::new("Found", u.note.clone()));
    }
    let said = typed.note.as_ref().filter(|(of, _)| *of == u.id).map(|(_, note)| note.clone());
    let id = format!("note-{}", u.id);
    // What was wrong stands at the form that was sent.
    let error = said.as_ref().and_then(|_| errors.at(&id));
    let close = match (u.closed_at, may_manage, why_not) {
        (Some(_), ..) | (_, false, _) => ().into_any(),
        (None, true, Some(why)) => view! { <p class="faint">{crate::pages::words::capital(why)}"."</p> }.into_any(),
        (None, true, None) => view! {
            <PostForm action=format!("{PATH}/uses/{}/close", u.id) token=token.to_owned()>
                <TextArea label="What was done with it, and was that right?" name="note" id value=said.unwrap_or_default() rows=2 error hint="Its session ends with this, if it lives"/>
                <div><Button look=Look::Main>"Close the review"</Button></div>
            </PostForm>
        }
        .into_any(),
    };
    let events = format!("/audit?q=actor:{}", encode(&u.user_name));
    view! {
        <div class="stack stack--s">
            <div class="row"><b>{u.display_name.clone()}</b>{tag}<a class="sub push" href=events>"What it did"</a></div>
            <Facts facts look=FactsLook::Lines/>
            {close}
        </div>
    }
    .into_any()
}

/// The page that shows the link of a seal, once: it stands in this one answer and nowhere else.
pub fn link_page(frame: &Frame, name: String, url: String, hours: i64) -> String {
    frame.page("Seal the account", Some(NavItem::Audit), move || {
        view! {
            <PageHeader title="Seal the account" lead=format!("{name}: its password of before is dead.") crumbs=vec![("Break-glass".to_owned(), PATH.to_owned())]/>
            <Banner tone=Tone::Warning title="It is shown only now.">{format!("Whoever opens this link chooses the password: at best two people, of whom each writes down one half. It works once, for {hours} hours.")}</Banner>
            <p><Copy text=url button=Slot::default()/></p>
            <p><LinkButton href=PATH look=Look::Main>"Done, I have it"</LinkButton></p>
        }
    })
}

/// What the form of a use shows.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// What was typed as user name.
    pub user_name: String,
    /// What was typed as reason.
    pub reason: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The form by which a sealed account is used.
pub fn sign_in_page(model: SignIn, theme: Theme) -> String {
    let title = model.errors.title("Break-glass sign-in");
    plain(&title, theme, move || {
        let reason = model.errors.at("reason");
        view! {
            <ErrorSummary errors=model.errors.clone()/>
            <h1>"Break-glass sign-in"</h1>
            <Banner tone=Tone::Warning title="All administrators are told at once.">"The password works this one time. The session ends by itself, and somebody else looks at what was done."</Banner>
            <PostForm action="/sign-in/break-glass" token=String::new()>
                <TextField label="User name" name="user_name" value=model.user_name autocomplete="off" required=true/>
                <TextField label="Password" name="password" kind="password" autocomplete="off" required=true/>
                <TextArea label="Why nobody can sign in otherwise" name="reason" value=model.reason rows=2 error=reason/>
                <div class="row"><Button look=Look::Danger>"Break the glass"</Button><LinkButton href="/sign-in" look=Look::Quiet>"Back to sign-in"</LinkButton></div>
            </PostForm>
        }
    })
}
