//! `/applications/{id}/accounts`: the accounts on a target, as last seen, and whose they are.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::id::AccountId;
use tenure_domain::target::{AccountState, OnEnd};
use tenure_services::targets::SuggestedOwner;
use tenure_store::Page;
use tenure_store::access::ApplicationRow;
use tenure_store::targets::AccountView;

use crate::components::{
    Button, Column, Empty, ErrorSummary, FormErrors, Hide, Look, PageHeader, Pager, PostForm, Proposals, Query, Tab, Table, TableLook, Tag,
    TextField, Time, Tone, Views, owner_input,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The target.
    pub application: ApplicationRow,
    /// Its accounts, by name.
    pub accounts: Page<AccountView>,
    /// What was asked for.
    pub query: Query,
    /// Whom to propose: user name and name.
    pub people: Vec<(String, String)>,
    /// Of those of nobody's: who might answer for them.
    pub suggested: HashMap<AccountId, SuggestedOwner>,
    /// What becomes of accounts that are taken away.
    pub on_end: OnEnd,
    /// Whether the reader may decide whose an account is.
    pub may_manage: bool,
    /// The account whose form was sent, and what was typed.
    pub typed: Option<(AccountId, String)>,
    /// What was wrong, under `owner-` or `note-` and the account's key.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    frame.page(model.errors.title("Accounts"), Some(NavItem::Access), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let at = format!("/applications/{}", model.application.id);
    let path = format!("{at}/accounts");
    let [orphans, drifted, accepted, ended] = ["orphans", "drifted", "accepted", "ended"].map(|which| model.query.get(which).is_some());
    let crumbs = vec![("Applications".to_owned(), "/applications".to_owned()), (model.application.name.clone(), at.clone())];
    let views = vec![
        Tab::new("All", path.clone()).current(!orphans && !drifted && !accepted && !ended),
        Tab::new("Of nobody", format!("{path}?orphans=yes")).current(orphans),
        Tab::new("Of people who have ended", format!("{path}?ended=yes")).current(ended),
        Tab::new("Otherwise than recorded", format!("{path}?drifted=yes")).current(drifted),
        Tab::new("Left otherwise", format!("{path}?accepted=yes")).current(accepted),
    ];
    let shown = model.accounts.rows.len();
    let list = if shown == 0 && orphans {
        view! { <Empty title="Every account has an owner" icon="check" level=2>"An account that nobody answers for appears here when the target is read."</Empty> }.into_any()
    } else if shown == 0 && drifted {
        view! { <Empty title="All are as recorded" icon="check" level=2>"An account with other attributes than its mapping makes of its person appears here when the target is read."</Empty> }.into_any()
    } else if shown == 0 && accepted {
        view! { <Empty title="Nothing is left otherwise" icon="check" level=2>"What somebody leaves as it is on the target, though it is recorded otherwise, appears here with their reason."</Empty> }.into_any()
    } else if shown == 0 && ended {
        view! { <Empty title="Nobody who has ended has an account here" icon="check" level=2>"One that is found alive is owed its end at once."</Empty> }.into_any()
    } else if shown == 0 {
        view! { <Empty title="No accounts yet" icon="server" level=2>"They appear when the target is read for the first time."</Empty> }
            .into_any()
    } else {
        let columns = vec![
            Column::new("Account"),
            Column::new("Whose"),
            Column::new("State").hide(Hide::Small),
            Column::new("Last seen").hide(Hide::Medium),
        ];
        let rows = model.accounts.rows.iter().map(|row| one(&model, row, &token, now)).collect_view();
        view! { <Table caption=format!("Accounts by name, {shown} shown") name="Accounts" columns look=TableLook::Top>{rows}</Table> }
            .into_any()
    };
    let next = model.accounts.next.as_ref().map(|c| model.query.first_page().with("after", c.encode()).to_href(&path));
    let prev = model.accounts.previous.as_ref().map(|c| model.query.first_page().with("before", c.encode()).to_href(&path));
    let errors = model.errors.clone();
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Accounts" crumbs lead="As they were when the target was last read."/>
        <Views label="Which accounts" views/>
        {list}
        <Proposals people=model.people/>
        <Pager shown=format!("{shown} shown, by name") prev next/>
    }
    .into_any()
}

fn one(model: &Model, row: &AccountView, token: &str, now: DateTime<Utc>) -> AnyView {
    let account = &row.account;
    let whose = match (account.identity_id, row.identity.clone()) {
        (Some(id), Some(name)) => view! { <a href=format!("/identities/{id}")>{name}</a> }.into_any(),
        _ if model.may_manage => field(model, row, token),
        _ => view! { <Tag tone=Tone::Warning>"Nobody's"</Tag> }.into_any(),
    };
    let state = match account.state {
        AccountState::Planned => view! { <Tag>"Not seen there yet"</Tag> }.into_any(),
        AccountState::Enabled => "Enabled".into_any(),
        AccountState::Disabled => view! { <Tag>"Disabled"</Tag> }.into_any(),
        AccountState::Gone => view! { <Tag>"Gone"</Tag> }.into_any(),
    };
    let note = ["displayName", "mail", "employeeNumber"].iter().find_map(|name| row.attributes.get(*name)?.first().cloned());
    view! {
        <tr>
            <th scope="row"><span class="mono">{account.name.clone()}</span>{note.map(|note| view! { <br/><span class="faint">{note}</span> })}</th>
            <td>{whose}{differs(model, row, token)}</td>
            <td class="hide-s">{state}</td>
            <td class="hide-m nowrap"><Time at=account.seen_at now short=true/></td>
        </tr>
    }
    .into_any()
}

/// What is there otherwise than it is recorded, and the way to mend it.
fn differs(model: &Model, row: &AccountView, token: &str) -> Option<AnyView> {
    let left = left_so(model, row, token);
    let Some(drift) = row.drift.as_ref() else { return left };
    let lines = drift
        .iter()
        .map(|(name, d)| {
            view! { <br/><span class="faint"><span class="mono">{name.clone()}</span>{format!(" is {}, recorded is {}", said(&d.real), said(&d.recorded))}</span> }
        })
        .collect_view();
    let repair = model.may_manage.then(|| {
        let action = format!("/applications/{}/accounts/{}/repair", model.application.id, row.account.id);
        let label = format!("Make it as recorded: {}", row.account.name);
        view! { <PostForm action token=token.to_owned() class=""><Button small=true label>"Make it as recorded"</Button></PostForm> }
    });
    let accept = model.may_manage.then(|| accept(model, row, token));
    let review = review(model, row);
    Some(view! { {lines}{review}{repair}{accept}{left} }.into_any())
}

/// Who is asked about it, or the way to ask somebody.
fn review(model: &Model, row: &AccountView) -> Option<AnyView> {
    if let Some(id) = row.review_id {
        return Some(view! { <br/><Tag tone=Tone::Info>"Somebody is asked"</Tag>" "<a href=format!("/drift-reviews/{id}")>{format!("The question about {}", row.account.name)}</a> }.into_any());
    }
    let href = format!("/applications/{}/accounts/{}/review", model.application.id, row.account.id);
    let ask = model.may_manage.then(|| view! { <br/><a href=href>{format!("Ask somebody whether {} may stay so", row.account.name)}</a> });
    ask.map(IntoAny::into_any)
}

/// Which accounts were looked at, for the way back.
fn view_of(model: &Model) -> String {
    model.query.without("said").to_string()
}

fn said(values: &[String]) -> String {
    if values.is_empty() { "nothing".to_owned() } else { values.join(", ") }
}

/// The way to leave it as it is.
fn accept(model: &Model, row: &AccountView, token: &str) -> AnyView {
    let account = &row.account;
    let id = format!("note-{}", account.id);
    let value = model.typed.as_ref().filter(|(of, _)| *of == account.id).map(|(_, typed)| typed.clone()).unwrap_or_default();
    let action = format!("/applications/{}/accounts/{}/accept", model.application.id, account.id);
    let real: BTreeMap<&String, &Vec<String>> = row.drift.iter().flatten().map(|(name, drifted)| (name, &drifted.real)).collect();
    let seen = serde_json::to_string(&real).unwrap_or_default();
    let view = view_of(model);
    let error = model.errors.at(&id);
    let open = error.is_some();
    let label = format!("Why {} may stay so", account.name);
    let button = format!("Leave it as it is: {}", account.name);
    view! {
        <details class="disclose" open=open>
            <summary>"Leave it as it is"<span class="vh">{format!(": {}", account.name)}</span></summary>
            <PostForm action token=token.to_owned() class="">
                <input type="hidden" name="seen" value=seen/>
                <input type="hidden" name="view" value=view/>
                <TextField id=id.clone() label name="note" value hint="Until it changes, here or there" error autocomplete="off"/>
                <Button small=true label=button>"Leave it"</Button>
            </PostForm>
        </details>
    }
    .into_any()
}

/// What somebody left as it is, and the way back.
fn left_so(model: &Model, row: &AccountView, token: &str) -> Option<AnyView> {
    let accepted = row.accepted.as_ref().filter(|accepted| !accepted.is_empty())?;
    let lines = accepted
        .iter()
        .map(|(name, left)| {
            let words = format!(" stays {}, left so by {}: {}", said(&left.drifted.real), left.by, left.note);
            view! { <br/><span class="faint"><span class="mono">{name.clone()}</span>{words}</span> }
        })
        .collect_view();
    let back = model.may_manage.then(|| {
        let action = format!("/applications/{}/accounts/{}/accept", model.application.id, row.account.id);
        let label = format!("Leave it so no longer: {}", row.account.name);
        let view = view_of(model);
        view! {
            <PostForm action token=token.to_owned() class="">
                <input type="hidden" name="no-longer" value="yes"/>
                <input type="hidden" name="view" value=view/>
                <Button small=true label>"Leave it so no longer"</Button>
            </PostForm>
        }
    });
    Some(view! { {lines}{back} }.into_any())
}

/// Who answers for an account of nobody's: a person, a service of somebody's, or nobody, so that it goes.
fn field(model: &Model, row: &AccountView, token: &str) -> AnyView {
    let account = &row.account;
    if row.is_owed {
        let kind = if model.on_end == OnEnd::Delete { "Its removal is owed" } else { "It is owed that it is disabled" };
        return view! { <Tag tone=Tone::Warning>{kind}</Tag> }.into_any();
    }
    let id = format!("owner-{}", account.id);
    let suggested = model.suggested.get(&account.id);
    let typed = model.typed.as_ref().filter(|(of, _)| *of == account.id).map(|(_, typed)| typed.clone());
    let value = typed.or_else(|| suggested.map(|s| s.user_name.clone())).unwrap_or_default();
    let (error, input) = owner_input(&id, value, model.errors.at(&id), None);
    let action = format!("/applications/{}/accounts/{}", model.application.id, account.id);
    let label = format!("Whose is {}? A user name", account.name);
    let button = format!("Say whose {} is", account.name);
    let view = view_of(model);
    let service = format!("{} is a service's that this person answers for", account.name);
    let reason = suggested.map(|s| {
        let who = match &s.identity {
            Some((id, name)) => view! { "Perhaps "<a href=format!("/identities/{id}")>{name.clone()}</a>": " }.into_any(),
            None => "No suggestion: ".into_any(),
        };
        view! { <span class="faint">{who}{s.because.clone()}</span> }
    });
    let (to_service, to_removal) = (format!("{action}/service"), format!("{action}/remove"));
    let word = if model.on_end == OnEnd::Delete { "Nobody's: delete it" } else { "Nobody's: disable it" };
    let word_label = format!("{} is nobody's: have it {}", account.name, model.on_end.label());
    view! {
        <PostForm action token=token.to_owned() class="">
            <input type="hidden" name="view" value=view/>
            <label class="vh" for=id>{label}</label>
            {reason}
            {error}
            <div class="row">{input}
            <Button small=true label=button>"Theirs"</Button>
            <Button small=true look=Look::Quiet formaction=to_service label=service>"A service of theirs"</Button></div>
        </PostForm>
        <PostForm action=to_removal token=token.to_owned() class=""><Button small=true look=Look::Quiet label=word_label>{word}</Button></PostForm>
    }
    .into_any()
}
