//! `/sign-in`, `/sign-out`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::sign_in::{Said, SignIn, page};
use tenure_domain::access::PrincipalKind;
use tenure_services::accounts::{self, SignedIn};
use tenure_services::factors::passkeys_work;
use tenure_services::sign_in::sign_out_there;
use tenure_vault::Password;
use tower_sessions::Session;

use super::providers::{forward, ways};
use super::second::go_on;
use super::{again, errors, html, see_other};
use crate::http::{Caller, Failure, Posted, Reply, Route, Unbound, WHO, Web, Who, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/sign-in", show).public(), post("/sign-in", sign_in).public(), post("/sign-out", sign_out).public()]
}

async fn show(State(web): State<Arc<Web>>, caller: Caller, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let next = own_path(query.get("next").unwrap_or("/"));
    if caller.ctx.principal.kind != PrincipalKind::Anonymous {
        return Ok(see_other(next));
    }
    let (passkeys, nonce) = (passkeys_work(&web.app), caller.nonce.clone());
    let said = match ["out", "lost", "kept", "late"].map(|name| query.get(name).is_some()) {
        [true, ..] => Some(Said::SignedOut),
        [_, true, ..] => Some(Said::Lost),
        [_, _, true, _] => Some(Said::Kept),
        [.., true] => Some(Said::Late),
        [false, false, false, false] => None,
    };
    Ok(html(page(SignIn { next, said, ways: ways(&web).await?, passkeys, nonce, ..SignIn::default() }, caller.theme)))
}

async fn sign_in(State(web): State<Arc<Web>>, caller: Caller, session: Session, Unbound(form): Unbound) -> Reply {
    let user_name = form.text("user_name");
    let next = own_path(&form.text("next"));
    match accounts::sign_in_from(&caller.ctx, &user_name, Password::from(form.raw("password")), &caller.came.browser()).await {
        Ok(step) => go_on(&caller, &session, step, next).await,
        Err(error) => {
            let (errors, ways) = (errors(error)?, ways(&web).await?);
            let (passkeys, nonce) = (passkeys_work(&web.app), caller.nonce.clone());
            Ok(again(page(SignIn { user_name, next, errors, ways, said: None, passkeys, nonce }, caller.theme)))
        }
    }
}

async fn sign_out(State(web): State<Arc<Web>>, caller: Caller, session: Session, _form: Posted) -> Reply {
    let mut there = None;
    if let PrincipalKind::Person { session: credential, .. } = &caller.ctx.principal.kind {
        // First what was asked for: where to go on is only told.
        accounts::sign_out(&caller.ctx, *credential).await?;
        there = sign_out_there(&caller.ctx, &web.origin, *credential).await?;
    }
    session.flush().await.map_err(|_| Failure::unavailable())?;
    if let Some((name, url)) = there {
        let words = format!("You are signed out here, and go on to {name} to sign out there too.");
        return Ok(forward(&caller, "Signed out", &words, &url));
    }
    Ok(see_other("/sign-in?out=1"))
}

/// Makes the browser's session of somebody who just signed in.
pub(super) async fn begin_session(caller: &Caller, session: &Session, person: SignedIn) -> Result<(), Failure> {
    let who = Who {
        identity_id: person.identity_id,
        session: person.session,
        epoch: person.epoch,
        ends_at: person.expires_at,
        idle_minutes: person.idle_minutes,
        address: caller.came.address.clone(),
        first: person.first,
        level: person.level,
        proved_at: person.proved_at,
    };
    // What is unlike the sign-ins before is told to whoever it is. They are signed in by now: that it cannot be noted must
    // not leave a session behind in which nobody is.
    match accounts::note_sign_in(&caller.ctx, person.identity_id, &caller.came.browser()).await {
        Ok(device) => drop(caller.came.device_now.set(device)),
        Err(error) => tracing::error!(%error, "a sign-in could not be noted"),
    }
    // Whoever was signed in here before is so no more. Last of what is written: nothing begins after that in its name.
    if let PrincipalKind::Person { session: before, .. } = &caller.ctx.principal.kind {
        accounts::sign_out(&caller.ctx, *before).await?;
    }
    // A new id at sign-in: an id that somebody planted before is worth nothing.
    session.flush().await.map_err(|_| Failure::unavailable())?;
    session.insert(WHO, who).await.map_err(|_| Failure::unavailable())
}

/// A path of ours, or the start page: never another site.
pub(super) fn own_path(text: &str) -> String {
    let ours = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\') && !text.chars().any(char::is_control);
    if ours { text.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for text in ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "", "/a\nb", "evil"] {
            assert_eq!(own_path(text), "/", "{text:?}");
        }
        assert_eq!(own_path("/identities?state=active"), "/identities?state=active");
    }
}
