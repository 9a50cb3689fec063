//! `/signals/receivers/new`: telling somebody.

use leptos::prelude::*;
use tenure_domain::signal::{ReceiverKind, SignalKind, SubjectForm};

use super::crumbs;
use crate::components::{
    Button, Choice, ChoiceGroup, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, PostForm, SelectField, TextField, Width, options,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// What it is called.
    pub name: String,
    /// By what it is told, as a word.
    pub kind: String,
    /// Where.
    pub url: String,
    /// For whom its tokens are.
    pub audience: String,
    /// How subjects are named, as a word.
    pub subject: String,
    /// What it is told, as words.
    pub kinds: Vec<String>,
    /// Who fetches, by user name.
    pub reader: String,
}

/// What the page shows.
#[derive(Debug, Default)]
pub struct Model {
    /// What was typed.
    pub typed: Typed,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page(model.errors.title("Tell somebody"), Some(NavItem::Audit), move || body(model, token))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { typed, errors } = model;
    let error = |field: &str| errors.at(field);
    let (name_error, kind_error, url_error, audience_error) = (error("name"), error("kind"), error("url"), error("audience"));
    let (subject_error, kinds_error, reader_error, secret_error) =
        (error("subject"), error("kinds"), error("reader"), error("authorization"));
    let kinds = [
        (ReceiverKind::Webhook, "Life-cycle events as JSON, signed as Standard Webhooks says"),
        (ReceiverKind::Push, "CAEP and RISC events, sent (RFC 8935)"),
        (ReceiverKind::Poll, "CAEP and RISC events, fetched (RFC 8936) by the API token of a service with the role receiver of signals"),
    ];
    let kinds = kinds.map(|(kind, hint)| Choice::new(kind.as_str(), kind.label()).hint(hint).checked(typed.kind == kind.as_str()));
    let told = |fits: fn(SignalKind) -> bool| {
        let all = SignalKind::ALL.iter().copied().filter(move |kind| fits(*kind));
        all.map(|kind| Choice::new(kind.as_str(), kind.label()).checked(typed.kinds.iter().any(|word| word == kind.as_str())))
            .collect::<Vec<_>>()
    };
    let (life, security) = (told(SignalKind::is_life_cycle), told(SignalKind::is_security_event));
    let forms = options(SubjectForm::ALL.iter().map(|form| (form.as_str(), form.label())));
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Tell somebody" crumbs=crumbs() lead="Another system is told from now on. It is told keys and what happened, and no names."/>
        <PostForm action="/signals/receivers" token>
            <TextField label="Name" name="name" value=typed.name error=name_error hint="As people call it: ticket system" width=Width::Medium autocomplete="off" required=true/>
            <ChoiceGroup legend="By what" name="kind" choices=kinds.into() error=kind_error/>
            <TextField label="Address" name="url" value=typed.url error=url_error hint="https://… Empty where it fetches." autocomplete="off"/>
            <ChoiceGroup legend="A webhook is told when" name="kinds" choices=life multiple=true error=kinds_error/>
            <ChoiceGroup legend="A stream is told when" name="kinds" id="streams" choices=security multiple=true/>
            <TextField label="Audience" name="audience" value=typed.audience error=audience_error hint="Of a stream: what it expects in aud. The address, where it is empty." autocomplete="off"/>
            <SelectField label="How a stream names people" name="subject" options=forms value=typed.subject error=subject_error/>
            <TextField label="Authorization" name="authorization" error=secret_error hint="Of a stream that is sent: what it wants in that header, such as Bearer …" autocomplete="off"/>
            <TextField label="Who fetches" name="reader" value=typed.reader error=reader_error hint="Of a stream: the user name of the service whose API token it uses." width=Width::Medium autocomplete="off"/>
            <div class="row"><Button look=Look::Main>"Tell it from now on"</Button><LinkButton href="/signals" look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
