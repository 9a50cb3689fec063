//! `/settings/mail` and below: what goes out to people, and what it says.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::mail::MailState;
use tenure_services::mail::{MailOverview, ReadMail};
use tenure_store::mails::{MailRoute, MailView};

use crate::components::{
    Banner, Button, Column, Empty, ErrorSummary, Fact, Facts, FactsLook, FormErrors, Hide, Look, PageHeader, Pager, Panel, PostForm, Query,
    Tab, Table, TableLook, Tabs, Tag, Time, Tone, count,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// Where it is.
pub const PATH: &str = "/settings/mail";

/// What the list shows.
#[derive(Debug)]
pub struct Model {
    /// How it goes.
    pub overview: MailOverview,
    /// Which mails are asked for.
    pub query: Query,
    /// Whether the reader may have mails tried, and a test sent.
    pub may_manage: bool,
    /// Whether the reader may read what they say.
    pub may_read: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The list.
pub fn page(frame: &Frame, model: Model) -> String {
    let (now, token) = (frame.now, frame.user.token.clone());
    frame.page(model.errors.title("Mail"), Some(NavItem::Audit), move || body(model, now, &token))
}

fn body(model: Model, now: DateTime<Utc>, token: &str) -> AnyView {
    let Model { overview, query, may_manage, may_read, errors } = model;
    let MailOverview { mails, waiting, route, has_server } = overview;
    let test = may_manage.then(|| {
        view! {
            <PostForm action="/settings/mail/test" token=token.to_owned() class="">
                <Button look=Look::Main>"Send me a test"</Button>
            </PostForm>
        }
    });
    let lead = match waiting {
        0 => "Nothing waits.".to_owned(),
        n => format!("{} to be sent.", count(n)),
    };
    let tab = |label: &str, state: Option<MailState>| {
        let current = query.get("state") == state.map(MailState::as_str);
        let query = query.first_page().without("state");
        let query = state.map_or(query.clone(), |state| query.with("state", state.as_str()));
        Tab::new(label, query.to_href(PATH)).current(current)
    };
    let tabs = vec![
        tab("All", None),
        tab("Waiting", Some(MailState::Owed)),
        tab("Sent", Some(MailState::Sent)),
        tab("Given up", Some(MailState::GivenUp)),
    ];
    let shown = format!("{}, newest first", mails.rows.len());
    let next = mails.next.as_ref().map(|cursor| query.with("after", cursor.encode()).to_href(PATH));
    let list = if mails.rows.is_empty() {
        view! { <Empty title="No mail" icon="search" level=3>"Invitations, password resets and warnings to people stand here."</Empty> }
            .into_any()
    } else {
        let columns = vec![
            Column::new("Mail"),
            Column::new("To"),
            Column::new("State"),
            Column::new("Written").hide(Hide::Small),
            Column::new("Try").quiet(),
        ];
        let rows = mails.rows.into_iter().map(|view| row(view, may_manage, may_read, now, token)).collect_view();
        view! { <Table caption="Mails, newest first" name="Mails" columns look=TableLook::Top>{rows}</Table> }.into_any()
    };
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Mail" lead>{test}</PageHeader>
        {server(has_server, &route, now)}
        <Tabs label="Mails by state" tabs/>
        {list}
        <Pager shown next/>
    }
    .into_any()
}

/// How it goes with the server.
fn server(has_server: bool, route: &MailRoute, now: DateTime<Utc>) -> AnyView {
    if !has_server {
        return view! {
            <Banner tone=Tone::Warning title="No mail server is configured.">
                "Mails wait here for three days. Until then an administrator can read what they say and hand it on; each look stands in the audit log. Say in [mail] of tenure.toml which server it is, and restart."
            </Banner>
        }
        .into_any();
    }
    match route.failing_since {
        Some(since) => {
            let (said, next_at) = (route.said.clone(), route.next_at);
            view! {
                <Banner tone=Tone::Danger title="The mail server does not take mails.">
                    {said} " Since " <Time at=since now/> "; next tried " <Time at=next_at now/> "."
                </Banner>
            }
            .into_any()
        }
        None => match route.sent_at {
            Some(at) => view! { <p class="sub">"The mail server last took one " <Time at now/> "."</p> }.into_any(),
            None => view! { <p class="sub">"No mail was sent yet."</p> }.into_any(),
        },
    }
}

fn state(state: MailState, failures: i32) -> AnyView {
    match (state, failures) {
        (MailState::GivenUp, _) => view! { <Tag tone=Tone::Warning>"Given up"</Tag> }.into_any(),
        (MailState::Owed, 0) => "Waits".into_any(),
        (MailState::Owed, n) => view! { <Tag tone=Tone::Warning>{format!("Waits, tried {n} times")}</Tag> }.into_any(),
        (MailState::Sent, _) => "Sent".into_any(),
    }
}

fn row(view: MailView, may_manage: bool, may_read: bool, now: DateTime<Utc>, token: &str) -> AnyView {
    let MailView { mail, display_name } = view;
    let what = capital(mail.kind.label());
    let what = match may_read && mail.facts.is_some() {
        true => view! { <a href=format!("{PATH}/{}", mail.id)>{what}</a> }.into_any(),
        false => what.into_any(),
    };
    let said = (!mail.said.is_empty()).then(|| view! { <br/><span class="faint">{mail.said.clone()}</span> });
    let label = format!("Try the mail to {display_name} now");
    let again = (may_manage && mail.state == MailState::Owed).then(|| {
        view! {
            <PostForm action=format!("{PATH}/{}/try", mail.id) token=token.to_owned() class="">
                <Button small=true label>"Try now"</Button>
            </PostForm>
        }
    });
    view! {
        <tr>
            <th scope="row">{what}</th>
            <td><a href=format!("/identities/{}", mail.identity_id)>{display_name.clone()}</a><br/><span class="faint">{mail.recipient}</span></td>
            <td>{state(mail.state, mail.failures)}{said}</td>
            <td class="nowrap hide-s"><Time at=mail.created_at now short=true/></td>
            <td>{again}</td>
        </tr>
    }
    .into_any()
}

fn capital(words: &str) -> String {
    crate::pages::words::capital(words)
}

/// What one mail says.
pub fn read_page(frame: &Frame, read: ReadMail) -> String {
    let now = frame.now;
    let title = capital(read.view.mail.kind.label());
    frame.page(title.clone(), Some(NavItem::Audit), move || {
        let ReadMail { view: MailView { mail, display_name }, written } = read;
        let crumbs = vec![("Mail".to_owned(), PATH.to_owned())];
        let facts = vec![
            Fact::new("To", view! { <a href=format!("/identities/{}", mail.identity_id)>{display_name}</a> " " {mail.recipient.clone()} }),
            Fact::new("Written", view! { <Time at=mail.created_at now/> }),
            Fact::new("State", view! { {state(mail.state, mail.failures)} " " {mail.said.clone()} }),
        ];
        let text = match written {
            Ok(written) => view! { <Panel title=written.subject><pre class="measure">{lines(&written.text)}</pre></Panel> }.into_any(),
            Err(why) => view! { <p class="faint">{capital(&why)}"."</p> }.into_any(),
        };
        let secret = (mail.kind.carries_link() && mail.facts.is_some()).then(|| {
            view! { <Banner tone=Tone::Warning title="Whoever has the link can use it.">"Hand it on to nobody else. That you looked at it stands in the audit log."</Banner> }
        });
        view! {
            <PageHeader title crumbs/>
            {secret}
            <Facts facts look=FactsLook::Wide/>
            {text}
        }
    })
}

/// The text, with links that can be followed.
fn lines(text: &str) -> AnyView {
    let line = |line: &str| match line.starts_with("http://") || line.starts_with("https://") {
        true => view! { <a href=line.to_owned()>{line.to_owned()}</a> "\n" }.into_any(),
        false => format!("{line}\n").into_any(),
    };
    text.lines().map(line).collect_view().into_any()
}
