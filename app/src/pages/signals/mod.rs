//! `/signals` and below: who is told what happens, and whose signals are taken.

pub mod edit_receiver;
pub mod list;
pub mod new_receiver;
pub mod new_transmitter;
pub mod receiver;
pub mod transmitter;

use leptos::prelude::*;
use tenure_domain::signal::ReceiverState;
use tenure_frontend::CopyButton;

use crate::components::{Banner, Button, Copy, LinkButton, Look, PageHeader, Panel, PostForm, Slot, Tag, TextField, Tone, Width};
use crate::layout::NavItem;
use crate::page::Frame;

/// The way to a page below the list.
fn crumbs() -> Vec<(String, String)> {
    vec![("Signals".to_owned(), "/signals".to_owned())]
}

/// Whether it is told, and whether a person has to look.
fn state(state: ReceiverState, failures: i32) -> AnyView {
    match (state, failures) {
        (ReceiverState::Paused, _) => view! { <Tag tone=Tone::Warning>"Paused: needs a human"</Tag> }.into_any(),
        (ReceiverState::Enabled, 0) => view! { <Tag tone=Tone::Success>"Enabled"</Tag> }.into_any(),
        (ReceiverState::Enabled, _) => view! { <Tag tone=Tone::Warning>"Does not take it"</Tag> }.into_any(),
    }
}

/// The way to take a receiver or a transmitter away: its name is typed again.
fn removal(title: &'static str, note: &'static str, action: String, error: Option<String>, token: String) -> AnyView {
    view! {
        <Panel title note light=true>
            <PostForm action token>
                <TextField label="Its name, to confirm" name="confirm" error=error autocomplete="off" width=Width::Medium/>
                <div class="row"><Button look=Look::Danger>"Remove"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}

/// What is shown once.
#[derive(Debug)]
pub struct Issued {
    /// What it is: `The secret of the webhook`.
    pub title: &'static str,
    /// What it is for, with the name of whom it is for.
    pub lead: String,
    /// What to do with it.
    pub advice: &'static str,
    /// The secret.
    pub secret: String,
    /// Where to go on.
    pub back: String,
}

/// The page that shows a secret, once: it stands in this one answer and nowhere else.
pub fn issued_page(frame: &Frame, issued: Issued) -> String {
    let islands = frame.islands;
    frame.page(issued.title, Some(NavItem::Audit), move || {
        let Issued { title, lead, advice, secret, back } = issued;
        let button = Slot(islands.then(|| {
            let text = secret.clone();
            view! { <CopyButton text what="the secret".to_owned()/> }.into_any()
        }));
        view! {
            <PageHeader title crumbs=crumbs() lead/>
            <Banner tone=Tone::Warning title="It is shown only now.">{advice}</Banner>
            <p><Copy text=secret button/></p>
            <p><LinkButton href=back look=Look::Main>"Done, I have it"</LinkButton></p>
        }
    })
}
