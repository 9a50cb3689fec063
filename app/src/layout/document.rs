use leptos::prelude::*;

/// The page as text. Islands ask for an owner while they are made: a page that has
/// any goes through `render`.
pub fn document(view: impl IntoView) -> String {
    let mut html = String::from("<!DOCTYPE html>");
    html.push_str(&view.into_view().to_html());
    html
}

/// Makes and writes a page under a reactive owner of its own, which ends with it.
pub fn render<V: IntoView>(page: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| document(page()));
    owner.cleanup();
    html
}
