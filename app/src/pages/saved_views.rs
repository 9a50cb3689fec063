//! Views that a person keeps of a list: as tabs above it, the form that keeps this one, and the
//! buttons that let them go.

use leptos::prelude::*;
use tenure_store::views::SavedView;

use crate::components::{
    Button, Disclosure, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, PostForm, Query, Tab, TextField, Views, Width,
};
use crate::page::Frame;

/// The views that every list has, `(name, query)`, and those that the person keeps.
pub(crate) fn tabs(path: &str, built_in: &[(&'static str, &'static str)], views: &[SavedView], query: &Query) -> AnyView {
    let here = query.first_page().to_href(path);
    let kept = views.iter().map(|v| (v.name.clone(), v.query.as_str()));
    let tabs = built_in
        .iter()
        .map(|(name, query)| ((*name).to_owned(), *query))
        .chain(kept)
        .map(|(name, query)| {
            let href = Query::parse(query).to_href(path);
            let current = href == here;
            Tab::new(name, href).current(current)
        })
        .collect::<Vec<_>>();
    view! { <Views label="Views" views=tabs/> }.into_any()
}

/// Below a list: the form that keeps this view, and the kept ones with a button to let each go.
/// Nothing where there is nothing to keep and nothing kept.
pub(crate) fn keep(page: &'static str, views: &[SavedView], query: &Query, token: String) -> AnyView {
    let kept = query.first_page().to_href("");
    let form = (!kept.is_empty()).then(|| {
        let token = token.clone();
        view! { <Disclosure summary="Keep this view">{form(page, kept, String::new(), &FormErrors::new(), token)}</Disclosure> }
    });
    let own = (!views.is_empty()).then(|| own(page, views, token));
    if form.is_none() && own.is_none() {
        return ().into_any();
    }
    view! { <div>{form}{own}</div> }.into_any()
}

fn form(page: &str, query: String, name: String, errors: &FormErrors, token: String) -> AnyView {
    let page = page.to_owned();
    let error = errors.at("name");
    view! {
        <PostForm action="/views" token>
            <input type="hidden" name="page" value=page/>
            <input type="hidden" name="query" value=query/>
            <TextField label="Name of the view" name="name" value=name hint="A name that you have already is overwritten" error width=Width::Medium required=true/>
            <div class="row"><Button>"Keep"</Button></div>
        </PostForm>
    }
    .into_any()
}

fn own(page: &'static str, views: &[SavedView], token: String) -> AnyView {
    let summary = if views.len() == 1 { "Your view".to_owned() } else { format!("Your {} views", views.len()) };
    let rows = views
        .iter()
        .map(|v| {
            let (token, name) = (token.clone(), v.name.clone());
            let label = format!("Let go: {name}");
            view! {
                <li class="row">
                    {name}
                    <PostForm action=format!("/views/{}/delete", v.id) token class="">
                        <input type="hidden" name="page" value=page/>
                        <Button small=true look=Look::Quiet icon="x" label>"Let go"</Button>
                    </PostForm>
                </li>
            }
        })
        .collect_view();
    view! { <Disclosure summary><ul class="stack stack--s">{rows}</ul></Disclosure> }.into_any()
}

/// What the page of a view that could not be kept shows.
#[derive(Debug, Clone)]
pub struct Keep {
    /// The list: its word and its address.
    pub list: (&'static str, &'static str),
    /// The query of the view.
    pub query: String,
    /// The name that was typed.
    pub name: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page of a view that could not be kept.
pub fn page(frame: &Frame, model: Keep) -> String {
    let token = frame.token();
    frame.page(model.errors.title("Keep a view"), None, move || {
        let Keep { list: (word, path), query, name, errors } = model;
        let back = Query::parse(&query).to_href(path);
        let fields = form(word, query, name, &errors, token);
        view! {
            <ErrorSummary errors/>
            <PageHeader title="Keep a view"/>
            {fields}
            <p><LinkButton href=back look=Look::Quiet>"Back to the list"</LinkButton></p>
        }
    })
}
