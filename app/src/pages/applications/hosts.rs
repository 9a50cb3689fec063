//! `/applications/{id}/hosts`: hosts that ask for SSH keys, and the one page that shows a host's token.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_frontend::CopyButton;
use tenure_services::ssh::HostPage;
use tenure_store::ssh::HostRow;

use crate::components::{
    Banner, Button, Column, Copy, Empty, ErrorSummary, FormErrors, Hide, LinkButton, Look, PageHeader, Panel, PostForm, SelectField, Slot,
    Table, TableLook, Tag, TextField, Time, Tone, Width, options,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// What the host is called.
    pub name: String,
    /// How many days its token lives, as a word.
    pub days: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self { name: String::new(), days: "365".to_owned() }
    }
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The hosts of the target.
    pub hosts: HostPage,
    /// Whether the reader may change them.
    pub may_manage: bool,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title("Hosts"), Some(NavItem::Access), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { hosts: HostPage { application, is_of_hosts, hosts }, may_manage, typed, errors } = model;
    let at = format!("/applications/{}", application.id);
    let crumbs = vec![
        ("Applications".to_owned(), "/applications".to_owned()),
        (application.name, at.clone()),
        ("How it is reached".to_owned(), format!("{at}/target")),
    ];
    let list = if hosts.is_empty() {
        view! { <Empty title="No host may ask yet" icon="key" level=2>"A host asks Tenure at each login which keys let that person in. It does so by a token of its own."</Empty> }.into_any()
    } else {
        table(&hosts, &at, may_manage, &token, now)
    };
    let form = (may_manage && is_of_hosts).then(|| form(&at, typed, &errors, token));
    let other = (!is_of_hosts).then(|| {
        view! { <Banner tone=Tone::Warning title="This target is not one of SSH hosts.">"Say so first, under how it is reached: the kind SSH hosts."</Banner> }
    });
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Hosts" crumbs lead="Hosts that ask Tenure at each login which SSH keys let that person in. A key that ends is refused at the next one."/>
        {other}
        {list}
        {form}
    }
    .into_any()
}

fn table(hosts: &[HostRow], at: &str, may_manage: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    let mut columns =
        vec![Column::new("Host"), Column::new("Token"), Column::new("Last asked").hide(Hide::Small), Column::new("Ends").hide(Hide::Small)];
    if may_manage {
        columns.push(Column::new("Change it").quiet());
    }
    let rows = hosts.iter().map(|host| row(host, at, may_manage, token, now)).collect_view();
    view! { <Table caption="Hosts, those whose tokens work first" name="List of hosts" columns look=TableLook::Top>{rows}</Table> }
        .into_any()
}

fn row(host: &HostRow, at: &str, may_manage: bool, token: &str, now: DateTime<Utc>) -> AnyView {
    let live = host.is_live(now);
    let state = match (live, host.revoked_at) {
        (true, _) => view! { <code>{format!("{}…", host.hint)}</code> }.into_any(),
        (false, Some(_)) => view! { <Tag>"Revoked"</Tag> }.into_any(),
        (false, None) => view! { <Tag tone=Tone::Warning>"Ran out"</Tag> }.into_any(),
    };
    let asked = match host.last_used_at {
        Some(at) => view! { <Time at now short=true/> }.into_any(),
        None => view! { <span class="faint">"Never"</span> }.into_any(),
    };
    let acts = may_manage.then(|| {
        let forms = live.then(|| {
            let own = format!("{at}/hosts/{}", host.id);
            let (renew, revoke) = (format!("New token for {}", host.name), format!("Revoke the token of {}", host.name));
            view! {
                <div class="row">
                    <PostForm action=format!("{own}/rotate") token=token.to_owned() class=""><Button small=true label=renew>"New token"</Button></PostForm>
                    <PostForm action=format!("{own}/revoke") token=token.to_owned() class=""><Button small=true look=Look::Danger label=revoke>"Revoke"</Button></PostForm>
                </div>
            }
        });
        view! { <td class="num">{forms}</td> }
    });
    let ends = host.revoked_at.unwrap_or(host.expires_at);
    view! {
        <tr>
            <th scope="row">{host.name.clone()}</th>
            <td>{state}</td>
            <td class="nowrap hide-s">{asked}</td>
            <td class="nowrap hide-s"><Time at=ends now short=true/></td>
            {acts}
        </tr>
    }
    .into_any()
}

fn form(at: &str, typed: Typed, errors: &FormErrors, token: String) -> AnyView {
    let lives = options([("90", "90 days"), ("180", "180 days"), ("365", "365 days, the longest")]);
    let (name_error, days_error) = (errors.at("name"), errors.at("days"));
    let action = format!("{at}/hosts");
    view! {
        <Panel title="Add a host" note="A host whose token ends lets nobody in by keys of Tenure. A new token leaves the one before it a day.">
            <PostForm action token>
                <TextField label="Name" name="name" value=typed.name error=name_error hint="As people call it: build-01" width=Width::Medium autocomplete="off" required=true/>
                <SelectField label="Its token lives" name="days" options=lives value=typed.days error=days_error/>
                <div class="row"><Button look=Look::Main>"Make its token"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}

/// The page that shows a host's token, once: it stands in this one answer and nowhere else.
pub fn issued_page(frame: &Frame, name: String, secret: String, origin: String, back: String) -> String {
    let islands = frame.islands;
    frame.page("The host's token", Some(NavItem::Access), move || {
        let button = Slot(islands.then(|| { let text = secret.clone(); view! { <CopyButton text what="the token".to_owned()/> }.into_any() }));
        view! {
            <PageHeader title="The host's token" lead=format!("{name} asks {origin}/api/ssh/v1/keys with it.")/>
            <Banner tone=Tone::Warning title="It is shown only now.">"Put it into a file on the host that only the user of AuthorizedKeysCommand can read. Tenure holds a hash of it alone."</Banner>
            <p><Copy text=secret button/></p>
            <p><LinkButton href=back look=Look::Main>"Done, I have it"</LinkButton></p>
        }
    })
}
