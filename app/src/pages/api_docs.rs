//! What programs can ask, as a page to read: made of the OpenAPI document.

use leptos::prelude::*;

use crate::components::{Column, Copy, Disclosure, PageHeader, Panel, Table, TableLook};
use crate::page::Frame;

/// A parameter, or a field of what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Where it stands: `path`, `query`, `header`, `body`.
    pub place: String,
    /// What it is: `text`, `uuid`, or the words of a closed list.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What is to be known of it.
    pub words: String,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The address.
    pub path: String,
    /// What it does, in a few words.
    pub summary: String,
    /// What is to be known beside that.
    pub more: String,
    /// What is sent with it.
    pub parts: Vec<Part>,
    /// Answers: the status and its words.
    pub answers: Vec<(String, String)>,
    /// How it is asked with curl.
    pub example: String,
}

/// The operations of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// What can be asked of it.
    pub operations: Vec<Operation>,
}

/// The page.
pub fn page(frame: &Frame, resources: Vec<Resource>) -> String {
    frame.page("API", None, move || body(resources))
}

fn body(resources: Vec<Resource>) -> AnyView {
    let contents: Vec<_> = resources
        .iter()
        .map(|resource| {
            let (href, name, n) = (format!("#{}", resource.name.to_lowercase()), resource.name.clone(), resource.operations.len());
            view! { <li><a href=href>{name}</a>" "<span class="faint">{n}</span></li> }
        })
        .collect();
    view! {
        <PageHeader title="API" lead="REST for programs: what the portal can do, in JSON. Who asks has an API token, and may never do more than who it stands for."/>
        <p class="measure">
            "Send " <code>"Authorization: Bearer …"</code> ". Lists come in pages: " <code>"next"</code> " of one is " <code>"after"</code>
            " of the next. A change names the version that was read by " <code>"If-Match"</code> "; a POST may carry an "
            <code>"Idempotency-Key"</code> " of your own, so that it is carried out once. What went wrong is said as problem details. The same as a document: "
            <a href="/api/openapi.json">"openapi.json"</a> "."
        </p>
        <nav aria-label="Resources"><ul class="row">{contents}</ul></nav>
        {resources.into_iter().map(resource).collect_view()}
    }
    .into_any()
}

fn resource(resource: Resource) -> AnyView {
    let operations = resource.operations.into_iter().map(operation).collect_view();
    view! { <Panel title=resource.name><div class="stack stack--s">{operations}</div></Panel> }.into_any()
}

fn operation(operation: Operation) -> AnyView {
    let Operation { method, path, summary, more, parts, answers, example } = operation;
    let title = format!("{summary}: {method} {path}");
    let more = (!more.is_empty()).then(|| view! { <p class="measure">{more}</p> });
    let table = (!parts.is_empty()).then(|| {
        let columns = vec![Column::new("Name"), Column::new("Where"), Column::new("What")];
        let rows = parts.into_iter().map(part).collect_view();
        view! { <Table caption=format!("What {method} {path} takes") columns look=TableLook::Top>{rows}</Table> }
    });
    let answers = answers.into_iter().map(|(status, words)| view! { <li><span class="mono">{status}</span>" "{words}</li> }).collect_view();
    view! {
        <Disclosure summary=title>
            <div class="stack stack--s">{more}<Copy text=example/>{table}<ul>{answers}</ul></div>
        </Disclosure>
    }
    .into_any()
}

fn part(part: Part) -> AnyView {
    let needed = if part.required { ", needed" } else { "" };
    view! {
        <tr>
            <th scope="row"><span class="mono">{part.name}</span></th>
            <td>{part.place}{needed}</td>
            <td><span class="mono">{part.kind}</span>" "{part.words}</td>
        </tr>
    }
    .into_any()
}
