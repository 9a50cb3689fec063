//! Noting that a session or a token was used. Nobody waits for it: a page must not stand behind a long
//! import because of a note.

use std::future::Future;

use tenure_store::StoreError;
use tokio::sync::Semaphore;

/// How many notes may wait for the database at once. Beyond that a note is left to the next request.
const AT_ONCE: usize = 8;
static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// Writes a note while the caller goes on. When it fails, that is only logged: the next use tries again.
pub fn touch_meanwhile<F>(note: F)
where
    F: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    let Ok(place) = PLACES.try_acquire() else { return };
    tokio::spawn(async move {
        if let Err(error) = note.await {
            tracing::warn!(%error, "the last use of a session or token could not be noted");
        }
        drop(place);
    });
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use crate::accounts::authenticate_token;
    use crate::credentials::{NewToken, issue_token};
    use crate::identities::{NewIdentity, create_identity};
    use crate::testing;
    use tenure_domain::access::TokenScopes;

    fn person() -> NewIdentity {
        NewIdentity::person("nadia", "Nadia")
    }

    #[tokio::test]
    async fn a_token_is_answered_while_somebody_else_writes_and_its_use_is_noted_afterwards() {
        for (engine, app) in testing::apps().await {
            let ctx = testing::admin_ctx(&app);
            let identity_id = create_identity(&ctx, &person()).await.unwrap();
            let new = NewToken {
                identity_id,
                label: "t".to_owned(),
                purpose: "p".to_owned(),
                scopes: TokenScopes::reading(),
                networks: Default::default(),
                days: 1,
                once: None,
            };
            let issued = issue_token(&ctx, &new).await.unwrap();
            let now = ctx.now + Duration::minutes(5);
            let import = app.store.write().await.unwrap();
            // With the writer taken, a note that is waited for would take half a minute and then fail.
            let asked = authenticate_token(&app, issued.token.expose(), now);
            let principal = tokio::time::timeout(std::time::Duration::from_secs(10), asked).await.expect("nobody waits").unwrap();
            assert!(principal.is_some(), "{engine}");
            drop(import);
            loop {
                let credential = app.store.read().await.unwrap().credential(issued.credential_id).await.unwrap().unwrap();
                if credential.credential.last_used_at == Some(now) {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }
}
