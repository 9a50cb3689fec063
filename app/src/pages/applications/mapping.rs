//! `/applications/{id}/mapping`: how accounts are named and filled on a target.

use leptos::prelude::*;
use tenure_services::targets::TriedMapping;
use tenure_store::access::ApplicationRow;

use crate::components::{
    Banner, Button, Column, ComboField, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm, Table, TextArea,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The version that is being changed.
    pub version: String,
    /// The mapping, as TOML.
    pub mapping: String,
    /// The user name against whom it is tried.
    pub person: String,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The application.
    pub application: ApplicationRow,
    /// Whether Tenure reaches it.
    pub is_reached: bool,
    /// What was typed, or what is recorded.
    pub typed: Typed,
    /// What it makes of somebody, if it was tried.
    pub tried: Option<TriedMapping>,
    /// Whom to propose: user name and name.
    pub people: Vec<(String, String)>,
    /// Whether the reader may change it.
    pub may_manage: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title("How accounts are made"), Some(NavItem::Access), move || body(model, token))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { application, is_reached, typed, tried, people, may_manage, errors } = model;
    let at = format!("/applications/{}", application.id);
    let crumbs = vec![
        ("Applications".to_owned(), "/applications".to_owned()),
        (application.name.clone(), at.clone()),
        ("How it is reached".to_owned(), format!("{at}/target")),
    ];
    let lead = if typed.mapping.trim().is_empty() {
        "Tenure makes no accounts here: who gains something needs one already."
    } else {
        "Who gains something here and has no account gets one. When a person changes, their account does."
    };
    let reach = format!("{at}/target");
    let unreached = (!is_reached)
        .then(|| view! { <Banner title="Tenure does not reach it yet.">"Say "<a href=reach>"how it is reached"</a>" first."</Banner> });
    let result = tried.map(result);
    let form = match (may_manage, is_reached) {
        (true, true) => form(&at, typed, people, &errors, token),
        (false, true) => view! { <Panel title="Mapping"><pre class="mono">{typed.mapping}</pre></Panel> }.into_any(),
        (_, false) => ().into_any(),
    };
    view! {
        <ErrorSummary errors/>
        <PageHeader title="How accounts are made" crumbs lead/>
        {unreached}
        {result}
        {form}
    }
    .into_any()
}

/// What the mapping makes of somebody.
fn result(tried: TriedMapping) -> AnyView {
    let TriedMapping { person, mapped } = tried;
    let name = mapped.name.map_or_else(
        || view! { <span class="t-danger">"No name: one of its attributes has no value, so no account can be made"</span> }.into_any(),
        |name| view! { <span class="mono">{name}</span> }.into_any(),
    );
    let rows = mapped
        .attributes
        .into_iter()
        .map(|(attribute, values)| {
            let value = if values.is_empty() {
                view! { <span class="faint">"none: it is taken away"</span> }.into_any()
            } else {
                view! { <span class="mono">{values.join(", ")}</span> }.into_any()
            };
            view! { <tr><th scope="row" class="mono">{attribute}</th><td>{value}</td></tr> }
        })
        .collect_view();
    let columns = vec![Column::new("Attribute there"), Column::new("Value")];
    view! {
        <Panel title=format!("What it makes of {}", person.display_name) id="tried">
            <p>"Account name: "{name}</p>
            <Table caption="Attributes" name="Attributes" columns>{rows}</Table>
        </Panel>
    }
    .into_any()
}

fn form(at: &str, typed: Typed, people: Vec<(String, String)>, errors: &FormErrors, token: String) -> AnyView {
    let (mapping_error, person_error) = (errors.at("mapping"), errors.at("person"));
    let (action, tries, back) = (format!("{at}/mapping"), format!("{at}/mapping/try"), format!("{at}/target"));
    let hint = "name = \"expression\", then [attributes] with one line for each attribute of the target. Expressions read the person: lower(ascii(first(given_name, 1) + family_name)). Empty: Tenure makes no accounts here.";
    view! {
        <Panel title="Mapping">
            <PostForm action token>
                <input type="hidden" name="version" value=typed.version/>
                <TextArea label="Mapping" name="mapping" value=typed.mapping rows=14 error=mapping_error hint/>
                <ComboField label="Try it against" name="person" value=typed.person named=people hint="A user name. Nothing is changed by trying." error=person_error/>
                <div class="row">
                    <Button look=Look::Main>"Save"</Button>
                    <Button formaction=tries>"Try it"</Button>
                    <LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton>
                </div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
