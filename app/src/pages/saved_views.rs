//! Views that a person keeps of a list: as tabs above it, and the form that keeps this one.

use leptos::prelude::*;
use tenure_store::views::SavedView;

use crate::components::{PostForm, Query, Tab, TextField, Views};

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

/// The form that keeps this view; nothing where there is nothing to keep.
pub(crate) fn keep(page: &'static str, query: &Query, token: String) -> AnyView {
    let kept = query.first_page().to_href("");
    if kept.is_empty() {
        return ().into_any();
    }
    view! {
        <details class="disclose"><summary>"Keep this view"</summary>
            <PostForm action="/views" token>
                <input type="hidden" name="page" value=page/>
                <input type="hidden" name="query" value=kept/>
                <TextField label="Name of the view" name="name" required=true/>
                <button class="btn" type="submit">"Keep"</button>
            </PostForm>
        </details>
    }
    .into_any()
}
