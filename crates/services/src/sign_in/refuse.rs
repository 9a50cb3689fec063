//! Why nobody is signed in, and where that stands.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tenure_domain::audit::Stream;
use tenure_domain::id::{IdentityId, ProviderId};
use tenure_oidc::OidcFault;
use tenure_store::StoreError;
use tenure_store::sign_in::ProviderRow;

use crate::{Ctx, ServiceError};

/// So many different reasons are known in a minute; more are not written down in that minute.
const MOST_REASONS: usize = 1_024;

/// Why nobody is signed in by a provider.
#[derive(Debug, thiserror::Error)]
pub enum NoSignIn {
    /// It is refused; why stands in the audit log.
    #[error("{0}")]
    Refused(String),
    /// The provider does not answer.
    #[error("{0}")]
    Down(String),
    /// Something here failed.
    #[error(transparent)]
    Failed(#[from] ServiceError),
}

impl From<StoreError> for NoSignIn {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Refuses a sign-in, and writes down why: never a code, a token or a claim of the person.
pub(super) async fn refuse(ctx: &Ctx, row: &ProviderRow, whom: Option<IdentityId>, why: &str) -> NoSignIn {
    let mut event = ctx.event(Stream::System, "sign-in").target(&row.id, row.name.as_str()).because(why).refused();
    event.0.identity_id = whom;
    let written = async { ctx.app.store.write().await?.commit(event).await };
    match written.await {
        Ok(()) => NoSignIn::Refused(why.to_owned()),
        Err(error) => error.into(),
    }
}

/// As [`refuse`], for what anybody can send without having begun anything: once a minute for each reason, or the audit log
/// would grow as fast as somebody sends.
pub(super) async fn refuse_once(ctx: &Ctx, row: &ProviderRow, action: &str, why: &str) -> NoSignIn {
    if !is_first(row.id, why, ctx.now) {
        return NoSignIn::Refused(why.to_owned());
    }
    let event = ctx.event(Stream::System, action).target(&row.id, row.name.as_str()).because(why).refused();
    let written = async { ctx.app.store.write().await?.commit(event).await };
    match written.await {
        Ok(()) => NoSignIn::Refused(why.to_owned()),
        Err(error) => error.into(),
    }
}

/// A provider's fault: what is its own is said in the audit log too.
pub(super) async fn refuse_fault(ctx: &Ctx, row: &ProviderRow, fault: OidcFault) -> NoSignIn {
    let (why, is_down) = words(fault);
    told(refuse(ctx, row, None, &why).await, is_down)
}

/// As [`refuse_fault`], for what anybody can send.
pub(super) async fn refuse_fault_once(ctx: &Ctx, row: &ProviderRow, fault: OidcFault) -> NoSignIn {
    let (why, is_down) = words(fault);
    told(refuse_once(ctx, row, "sign-in", &why).await, is_down)
}

fn words(fault: OidcFault) -> (String, bool) {
    match fault {
        OidcFault::Down(words) => (format!("the provider does not answer: {words}"), true),
        OidcFault::Refused(words) | OidcFault::Untrusted(words) | OidcFault::Key(words) => (words, false),
    }
}

fn told(refused: NoSignIn, is_down: bool) -> NoSignIn {
    match refused {
        NoSignIn::Refused(words) if is_down => NoSignIn::Down(words),
        other => other,
    }
}

/// Whether a reason is the first of its kind in this minute; numbers in it do not make another kind. Each process counts
/// by itself.
fn is_first(provider: ProviderId, why: &str, now: DateTime<Utc>) -> bool {
    static SEEN: LazyLock<Mutex<HashMap<(ProviderId, String), i64>>> = LazyLock::new(Mutex::default);
    let minute = now.timestamp().div_euclid(60);
    let kind: String = why.chars().filter(|c| !c.is_ascii_digit()).collect();
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.len() >= MOST_REASONS {
        seen.retain(|_, at| *at == minute);
        if seen.len() >= MOST_REASONS {
            return false;
        }
    }
    seen.insert((provider, kind), minute) != Some(minute)
}
