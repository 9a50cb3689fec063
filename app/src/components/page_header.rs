use super::chip::{Face, Kind};
use super::values::{Slot, Words};
use leptos::prelude::*;

/// The title of a page, the way to it, a line about it, and what can be done here.
#[component]
pub fn PageHeader(
    /// The one `h1` of the page.
    #[prop(into)]
    title: String,
    /// Words and addresses of the pages above.
    #[prop(optional)]
    crumbs: Vec<(String, String)>,
    /// A line about it: counts, the age and source of the data.
    #[prop(into, optional)]
    lead: Slot,
    /// The kind of the identity that it is about: its shape stands before the title.
    #[prop(optional)]
    kind: Option<Kind>,
    /// Its name, when the title says more than that: the shape has its first letters.
    #[prop(into, optional)]
    named: Words,
    /// Beside the title: tags.
    #[prop(into, optional)]
    tags: Slot,
    /// What can be done here; one main button at most.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let way = (!crumbs.is_empty()).then(|| {
        let above = crumbs.into_iter().map(|(words, href)| view! { <li><a href=href>{words}</a></li> }).collect_view();
        view! {
            <nav aria-label="Breadcrumb"><ol class="crumbs">{above}<li aria-current="page">{title.clone()}</li></ol></nav>
        }
    });
    let name = named.0.unwrap_or_else(|| title.clone());
    let face = kind.map(|kind| view! { <Face kind name large=true/> });
    let who = face.is_some();
    view! {
        {way}
        <div class="head">
            <div class=who.then_some("who")>
                {face}
                <div>
                    <h1>{title}</h1>
                    {lead.0.map(|lead| view! { <p>{lead}</p> })}
                    {tags.0.map(|tags| view! { <div class="row row--tags">{tags}</div> })}
                </div>
            </div>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
    .into_any()
}
