//! `/account/factors/codes`: new recovery codes, shown once.

use leptos::prelude::*;

use super::crumbs;
use crate::components::{Banner, LinkButton, Look, PageHeader, Tone};
use crate::page::Frame;

/// The page.
pub fn page(frame: &Frame, codes: Vec<String>) -> String {
    frame.page("Your recovery codes", None, move || {
        let rows = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
        view! {
            <PageHeader title="Your recovery codes" crumbs=crumbs()/>
            <Banner tone=Tone::Warning title="They are shown only now.">"Print them, or keep them in a password manager, not beside your password. Each signs you in once, in place of your second factor. Codes from before do not work any more."</Banner>
            <ol class="stack stack--s mono">{rows}</ol>
            <p><LinkButton href="/account/factors" look=Look::Main>"I kept them"</LinkButton></p>
        }
    })
}
