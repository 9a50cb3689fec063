//! `/signals/receivers/{id}/edit`: another name or address, and what it is told.

use leptos::prelude::*;
use tenure_domain::id::SignalReceiverId;
use tenure_domain::signal::{ReceiverKind, SignalKind};

use super::crumbs;
use crate::components::{Button, Choice, ChoiceGroup, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, PostForm, TextField, Width};
use crate::layout::NavItem;
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// Of which version it is a change.
    pub version: i64,
    /// What it is called.
    pub name: String,
    /// Where.
    pub url: String,
    /// What it is told, as words.
    pub kinds: Vec<String>,
}

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// Which receiver.
    pub id: SignalReceiverId,
    /// By what it is told: that stays.
    pub kind: ReceiverKind,
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title("Change a receiver"), Some(NavItem::Audit), move || body(model, token))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { id, kind, typed, errors } = model;
    let back = format!("/signals/receivers/{id}");
    let action = format!("{back}/edit");
    let fits = |told: &&SignalKind| if kind == ReceiverKind::Webhook { told.is_life_cycle() } else { told.is_security_event() };
    let choices = SignalKind::ALL
        .iter()
        .filter(fits)
        .map(|told| Choice::new(told.as_str(), told.label()).checked(typed.kinds.iter().any(|word| word == told.as_str())))
        .collect::<Vec<_>>();
    let [name_error, url_error, kinds_error] = ["name", "url", "kinds"].map(|field| errors.at(field));
    let url = typed.url;
    let address = (kind != ReceiverKind::Poll).then(|| {
        view! { <TextField label="Address" name="url" value=url error=url_error hint="https://… What is on its way goes there, too." autocomplete="off"/> }
    });
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Change a receiver" crumbs=crumbs() lead="By what it is told, its secret and what is on its way stay as they are."/>
        <PostForm action token>
            <input type="hidden" name="version" value=typed.version.to_string()/>
            <TextField label="Name" name="name" value=typed.name error=name_error width=Width::Medium autocomplete="off" required=true/>
            {address}
            <ChoiceGroup legend="It is told when" name="kinds" choices multiple=true error=kinds_error/>
            <div class="row"><Button look=Look::Main>"Save"</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
