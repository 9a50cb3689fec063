//! A credential's state, findings and end, as they stand in cells.

use leptos::prelude::*;
use tenure_domain::credential::{Credential, CredentialKind, CredentialState};
use tenure_services::credentials::Finding;

use crate::components::{Date, Tag, Tone};
use crate::pages::browser::browser;
use crate::pages::words::capital;

/// A state: the normal one is plain text.
pub(crate) fn state_tag(state: CredentialState) -> AnyView {
    let tone = match state {
        CredentialState::Active => return "Active".into_any(),
        CredentialState::Requested | CredentialState::Issued | CredentialState::Rotating => Tone::Info,
        CredentialState::Suspended | CredentialState::Revoking => Tone::Warning,
        CredentialState::Compromised => Tone::Danger,
        CredentialState::Revoked | CredentialState::Expired => Tone::Off,
    };
    view! { <Tag tone>{capital(state.label())}</Tag> }.into_any()
}

/// A finding in two words.
pub(super) fn finding_tag(finding: Finding) -> AnyView {
    if finding.is_grave() {
        view! { <Tag tone=Tone::Danger icon="warn">{finding.label()}</Tag> }.into_any()
    } else {
        view! { <Tag tone=Tone::Warning>{finding.label()}</Tag> }.into_any()
    }
}

/// When it ends by itself, or when it ended.
pub(super) fn ends(c: &Credential) -> AnyView {
    match c.ended_at.or(c.expires_at) {
        Some(at) => view! { <Date day=at.date_naive()/> }.into_any(),
        None => view! { <span class="faint">"No end"</span> }.into_any(),
    }
}

/// Its name: of a session the browser's.
pub(super) fn name(c: &Credential) -> String {
    if c.kind == CredentialKind::Session { browser(&c.label) } else { c.label.clone() }
}
