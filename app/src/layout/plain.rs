use super::frame::{Density, Frame, Theme, brand};
use crate::components::{Slot, Words};
use leptos::prelude::*;

/// A whole page without the rail: sign-in, set-up, errors.
#[component]
pub fn PlainShell(
    /// The page's own title; ` · Tenure` is added.
    #[prop(into)]
    title: String,
    /// The colours the user chose.
    #[prop(optional)]
    theme: Theme,
    /// Beside the page where there is room: whose Tenure this is, and what is kept.
    #[prop(into, optional)]
    note: Slot,
    /// At the foot: help.
    #[prop(into, optional)]
    foot: Slot,
    /// What the live region says.
    #[prop(into, optional)]
    status: Words,
    /// The page has islands, hence the loader.
    #[prop(optional)]
    islands: bool,
    /// The nonce of the policy, for the loader.
    #[prop(into, optional)]
    nonce: Words,
    /// The content of `main`.
    children: Children,
) -> impl IntoView {
    view! {
        <Frame title theme density=Density::Comfortable nonce islands>
            <div class="gate">
                <header class="gate__side">
                    {brand(false)}
                    {note.0.map(|note| view! { <div class="gate__note">{note}</div> })}
                </header>
                <main id="main" class="gate__main" tabindex="-1">
                    <div role="status" class="vh" id="live">{status.0}</div>
                    {children()}
                </main>
                {foot.0.map(|foot| view! { <footer class="gate__foot">{foot}</footer> })}
            </div>
        </Frame>
    }
    .into_any()
}
