//! `/signals/transmitters/new`: trusting a transmitter.

use leptos::prelude::*;
use tenure_domain::signal::{Effect, MatchBy};

use super::crumbs;
use crate::components::{
    Button, ErrorSummary, FormErrors, LinkButton, Look, Options, PageHeader, PostForm, SelectField, TextArea, TextField, Width, options,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// What it is called.
    pub name: String,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Its keys.
    pub jwks: String,
    /// By what its subjects are found, as a word.
    pub match_by: String,
    /// What its events do, as words: sessions, credentials, accounts.
    pub effects: [String; 3],
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
    frame.page(model.errors.title("Trust a transmitter"), Some(NavItem::Audit), move || body(model, token))
}

fn effects(all: &[Effect]) -> Options {
    options(all.iter().map(|effect| (effect.as_str(), effect.label())))
}

fn body(model: Model, token: String) -> AnyView {
    let Model { typed, errors } = model;
    let error = |field: &str| errors.at(field);
    let (name_error, issuer_error, audience_error) = (error("name"), error("issuer"), error("audience"));
    let (uri_error, keys_error, match_error) = (error("jwks_uri"), error("jwks"), error("match_by"));
    let (session_error, credential_error, account_error) =
        (error("on_session_revoked"), error("on_credential_change"), error("on_account_disabled"));
    let found = options(MatchBy::ALL.iter().map(|by| (by.as_str(), by.label())));
    let safe = [Effect::EndSessions, Effect::Record];
    let [session, credential, account] = typed.effects;
    view! {
        <ErrorSummary errors/>
        <PageHeader title="Trust a transmitter" crumbs=crumbs() lead="What it says can end sessions and API tokens here. It never ends an identity."/>
        <PostForm action="/signals/transmitters" token>
            <TextField label="Name" name="name" value=typed.name error=name_error hint="As people call it: identity provider" width=Width::Medium autocomplete="off" required=true/>
            <TextField label="Issuer" name="issuer" value=typed.issuer error=issuer_error hint="As its tokens have it in iss." autocomplete="off" required=true/>
            <TextField label="Audience" name="audience" value=typed.audience error=audience_error hint="As its tokens have it in aud." autocomplete="off" required=true/>
            <TextField label="Where its keys are" name="jwks_uri" value=typed.jwks_uri error=uri_error hint="Its jwks_uri. Empty where you paste them." autocomplete="off"/>
            <TextArea label="Its keys" name="jwks" value=typed.jwks error=keys_error rows=4 hint="A JWK set with public keys alone, where it has no address."/>
            <SelectField label="Whom it means is found by" name="match_by" options=found value=typed.match_by error=match_error/>
            <SelectField label="Session revoked" name="on_session_revoked" options=effects(&safe) value=session error=session_error/>
            <SelectField label="Credential changed or revoked" name="on_credential_change" options=effects(&safe) value=credential error=credential_error/>
            <SelectField label="Account disabled" name="on_account_disabled" options=effects(&[Effect::EndSessions, Effect::Suspend, Effect::Record]) value=account error=account_error/>
            <div class="row"><Button look=Look::Main>"Trust it"</Button><LinkButton href="/signals" look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
