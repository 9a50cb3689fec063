//! `/account`: one's own sessions, tokens and password.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::access::TokenScopes;
use tenure_domain::id::CredentialId;
use tenure_services::accounts::MyAccount;
use tenure_store::accounts::TokenNote;
use tenure_store::credentials::CredentialView;

use super::credentials::words::state_tag;
use crate::components::{
    Button, Column, Disclosure, Empty, ErrorSummary, FormErrors, Hide, LinkButton, Look, PageHeader, Panel, PostForm, Table, TableLook,
    Tag, TextField, Time, Tone, Width,
};
use crate::page::Frame;
use crate::pages::browser::browser;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The account; None when no identity acts.
    pub account: Option<MyAccount>,
    /// The session that asks.
    pub session: Option<CredentialId>,
    /// Whether tokens may be issued.
    pub may_issue: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title("My account"), None, move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { account, session, may_issue, errors } = model;
    let Some(account) = account else {
        return view! {
            <PageHeader title="My account"/>
            <Empty title="No identity acts here" icon="session" level=2>"You act as an operator of the installation, not as an identity, so there are no sessions, tokens or password of yours."</Empty>
        }
        .into_any();
    };
    let lead = format!("{}, who signs in as {}.", account.identity.display_name, account.identity.user_name);
    let e = errors.clone();
    view! {
        <ErrorSummary errors/>
        <PageHeader title="My account" lead>
            <LinkButton href="/account/factors" icon="key">"Second factors"</LinkButton>
            <LinkButton href="/my-access" icon="badge">"My access"</LinkButton>
        </PageHeader>
        {sessions(&account, session, &token, now)}
        {tokens(&account, may_issue, &token, now)}
        {password(&account, &e, token)}
    }
    .into_any()
}

fn sessions(account: &MyAccount, session: Option<CredentialId>, token: &str, now: DateTime<Utc>) -> AnyView {
    let others = account.sessions.iter().filter(|s| Some(s.credential_id) != session).count();
    let rows = account
        .sessions
        .iter()
        .map(|s| {
            let name = browser(&s.label);
            let here = Some(s.credential_id) == session;
            let label = format!("End the session of {name}");
            let (began, seen, ends) = (s.created_at, s.last_seen_at, s.expires_at);
            let act = if here {
                view! { <Tag tone=Tone::Accent>"This one"</Tag> }.into_any()
            } else {
                view! { <PostForm action=format!("/account/sessions/{}/end", s.credential_id) token class=""><Button small=true label>"End"</Button></PostForm> }.into_any()
            };
            view! {
                <tr>
                    <th scope="row">{name}{(!s.address.is_empty()).then(|| view! { <br/><span class="faint mono">{s.address.clone()}</span> })}</th>
                    <td class="nowrap"><Time at=began now short=true/></td>
                    <td class="nowrap hide-s"><Time at=seen now short=true/></td>
                    <td class="nowrap hide-s"><Time at=ends now short=true/></td>
                    <td class="num">{act}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new("Browser"),
        Column::new("Began"),
        Column::new("Last seen").hide(Hide::Small),
        Column::new("Ends").hide(Hide::Small),
        Column::new("End it").quiet(),
    ];
    let own = token.to_owned();
    let all = (others > 0).then(|| view! { <PostForm action="/account/sessions/end-others" token=own class=""><Button small=true look=Look::Danger>"End all others"</Button></PostForm> }.into_any());
    view! {
        <Panel title="Sessions" aside=crate::components::Slot(all) note="Where it was last used stands below the browser. A session ends after a time without use, and after a longer one however much it is used.">
            <Table caption="Your sessions, newest first" name="Table of sessions" look=TableLook::Last columns>{rows}</Table>
        </Panel>
    }
    .into_any()
}

fn tokens(account: &MyAccount, may_issue: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    let (live, dead): (Vec<_>, Vec<_>) = account.tokens.iter().partition(|t| t.credential.state.is_live());
    let issue =
        may_issue.then(|| view! { <LinkButton href="/account/tokens/new" small=true icon="plus">"Issue a token"</LinkButton> }.into_any());
    let table = if live.is_empty() {
        view! { <p class="sub">"You have none. A program that is to act as you needs one."</p> }.into_any()
    } else {
        token_table(account, &live, Some(token), "Your live API tokens, newest first", now)
    };
    let past = (!dead.is_empty()).then(|| {
        let n = i128::try_from(dead.len()).unwrap_or_default();
        let table = token_table(account, &dead, None, "Your dead API tokens, newest first", now);
        let summary = if n == 1 { "1 that is dead".to_owned() } else { format!("{n} that are dead") };
        view! { <Disclosure summary>{table}</Disclosure> }
    });
    view! { <Panel title="API tokens" aside=crate::components::Slot(issue)><div class="stack stack--s">{table}{past}</div></Panel> }
        .into_any()
}

fn token_table(account: &MyAccount, rows: &[&CredentialView], token: Option<&str>, caption: &'static str, now: DateTime<Utc>) -> AnyView {
    let live = token.is_some();
    let rows = rows
        .iter()
        .map(|v| {
            let c = &v.credential;
            let note = account.notes.iter().find(|n| n.credential_id == c.id);
            let hint = note.map(|n| view! { <code>{format!("{}…", n.hint.trim_end_matches('…'))}</code>" " });
            let may = note.map(may).unwrap_or_default();
            let revoke = token.map(|token| {
                let label = format!("Revoke {}", c.label);
                view! { <td class="num"><PostForm action=format!("/account/tokens/{}/revoke", c.id) token=token.to_owned() class=""><Button small=true look=Look::Danger label>"Revoke"</Button></PostForm></td> }
            });
            let from = note.filter(|n| !n.networks.is_everywhere()).map(|n| view! { <br/><span class="faint">{format!("From {}", n.networks)}</span> });
            let may = if live { view! { {may}{from} }.into_any() } else { state_tag(c.state) };
            let ends = c.ended_at.or(c.expires_at).map(|at| view! { <Time at now short=true/> });
            let used_from = note.filter(|n| !n.last_used_from.is_empty()).map(|n| view! { <br/><span class="faint mono">{n.last_used_from.clone()}</span> });
            let used = c.last_used_at.map_or_else(|| "Never".into_any(), |at| view! { <Time at now short=true/>{used_from} }.into_any());
            view! {
                <tr>
                    <th scope="row"><a href=format!("/credentials/{}", c.id)>{c.label.clone()}</a><br/><span class="faint">{hint}{c.purpose.clone()}</span></th>
                    <td>{may}</td>
                    <td class="nowrap hide-s">{used}</td>
                    <td class="nowrap">{ends}</td>
                    {revoke}
                </tr>
            }
        })
        .collect_view();
    let mut columns = vec![
        Column::new("Token"),
        Column::new(if live { "May" } else { "State" }),
        Column::new("Last used").hide(Hide::Small),
        Column::new(if live { "Ends" } else { "Ended" }),
    ];
    if live {
        columns.push(Column::new("Revoke").quiet());
    }
    view! { <Table caption name=if live { "Table of live tokens" } else { "Table of dead tokens" } look=TableLook::Last columns>{rows}</Table> }.into_any()
}

/// What a token may do, in words.
pub(crate) fn may(note: &TokenNote) -> String {
    if note.scopes == TokenScopes::all() {
        "Reads and changes".to_owned()
    } else if note.scopes == TokenScopes::reading() {
        "Only reads".to_owned()
    } else {
        note.scopes.to_string().replace(' ', ", ")
    }
}

fn password(account: &MyAccount, errors: &FormErrors, token: String) -> AnyView {
    if !account.has_password {
        return view! { <Panel title="Password"><p class="sub">"You have none here. An administrator can make you a link to set one."</p></Panel> }.into_any();
    }
    let (current, new, repeated) = (errors.at("current"), errors.at("password"), errors.at("repeated"));
    let user_name = account.identity.user_name.clone();
    view! {
        <Panel title="Password" id="change-password" note="A new one ends all your other sessions.">
            <PostForm action="/account/password" token>
                <input type="hidden" name="user_name" value=user_name autocomplete="username"/>
                <TextField label="Current password" name="current" kind="password" autocomplete="current-password" error=current width=Width::Medium required=true/>
                <TextField label="New password" name="password" kind="password" autocomplete="new-password" hint="A few unrelated words are easy to remember; no digits or signs are asked for" error=new width=Width::Medium required=true/>
                <TextField label="The same again" name="repeated" kind="password" autocomplete="new-password" error=repeated width=Width::Medium required=true/>
                <div><Button look=Look::Main>"Change password"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
