//! A POST with a key is carried out once, whatever happens in between.

use std::sync::Arc;

use chrono::{Duration, Utc};
use tenure_domain::id::IdentityId;
use tenure_services::identities::{NewIdentity, create_identity};
use tenure_services::{App, Ctx, ServiceError, testing};
use tenure_store::idempotency::{Claim, Known};

use super::super::api::request_hash;
use super::{Portal, Reply, portals};

const PATH: &str = "/api/v1/identities";
const REPLAYED: &str = "idempotency-replayed";

fn body(name: &str) -> String {
    format!(r#"{{"kind":"person","user_name":"{name}","display_name":"{name}"}}"#)
}

impl Portal {
    async fn made(&mut self, token: &str, key: &str, name: &str) -> Reply {
        self.ask(token, "POST", PATH, &[("idempotency-key", key)], &body(name)).await
    }

    async fn count(&mut self, token: &str, name: &str) -> usize {
        let reply = self.ask(token, "GET", &format!("{PATH}?q={name}"), &[], "").await;
        reply.json()["items"].as_array().unwrap().len()
    }

    async fn me(&mut self, token: &str) -> IdentityId {
        self.ask(token, "GET", "/api/v1/me", &[], "").await.json()["id"].as_str().unwrap().parse().unwrap()
    }

    /// What a request does that claims a key, until its transaction; with the claim.
    async fn claimed(&self, principal: IdentityId, key: &str, name: &str, ago: Duration) -> (Claim, Ctx) {
        let claim = Claim { principal, key: key.to_owned(), claim: uuid::Uuid::now_v7() };
        let hash = request_hash("POST", PATH, body(name).as_bytes());
        let known = self.app.store.claim_key(&claim, &hash, Utc::now() - ago).await.unwrap();
        assert_eq!(known, Known::Claimed);
        let app = App { store: self.app.store.fulfilling(claim.clone()), ..App::clone(&self.app) };
        (claim, Ctx { app: Arc::new(app), ..testing::admin_ctx(&self.app) })
    }
}

#[tokio::test]
async fn the_same_request_is_answered_again_and_carried_out_once() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        let first = portal.made(&admin, "k1", "nadia").await;
        assert_eq!(first.status, 201, "{}", first.text);
        let again = portal.made(&admin, "k1", "nadia").await;
        assert_eq!((again.status, &again.text, again.location()), (201, &first.text, first.location()), "{}", portal.engine);
        assert!(first.headers.get(REPLAYED).is_none() && again.headers[REPLAYED] == "true");
        assert_eq!(again.headers["etag"], first.headers["etag"]);
        assert_eq!(portal.count(&admin, "nadia").await, 1);
        let other = portal.made(&admin, "k1", "olga").await;
        assert_eq!((other.status, portal.count(&admin, "olga").await), (422, 0), "{}", other.text);
        // Somebody else's key is another one, and a key that is none is refused.
        let employee = portal.employee().await;
        assert_eq!(portal.made(&employee, "k1", "olga").await.status, 403);
        for wrong in ["", "two words", &"x".repeat(256)] {
            assert_eq!(portal.made(&admin, wrong, "olga").await.status, 422, "{wrong}");
        }
        assert_eq!(portal.made(&admin, &"x".repeat(255), "olga").await.status, 201);
    }
}

#[tokio::test]
async fn a_request_that_was_refused_gives_its_key_free() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        assert_eq!(portal.made(&admin, "k1", "two words").await.status, 422);
        assert_eq!(portal.made(&admin, "k1", "nadia").await.status, 201, "{}", portal.engine);
        let employee = portal.employee().await;
        for _ in 0..2 {
            assert_eq!(portal.made(&employee, "k2", "olga").await.status, 403, "{}", portal.engine);
        }
    }
}

#[tokio::test]
async fn after_a_crash_between_commit_and_answer_it_is_not_carried_out_again() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        let me = portal.me(&admin).await;
        let (_, ctx) = portal.claimed(me, "k1", "olga", Duration::zero()).await;
        // While it runs, before its commit and after.
        for _ in 0..2 {
            let reply = portal.made(&admin, "k1", "olga").await;
            assert!(reply.status == 409 && reply.text.contains("being carried out"), "{}", reply.text);
            let _ = create_identity(&ctx, &NewIdentity::person("olga", "olga")).await;
        }
        let (_, ctx) = portal.claimed(me, "k2", "nadia", Duration::minutes(6)).await;
        create_identity(&ctx, &NewIdentity::person("nadia", "nadia")).await.unwrap();
        // Here the process is gone: nobody keeps the answer, and nobody says that it is still at work.
        let reply = portal.made(&admin, "k2", "nadia").await;
        assert!(reply.status == 409 && reply.text.contains("was carried out, but its answer was lost"), "{}", reply.text);
        assert_eq!(portal.count(&admin, "nadia").await, 1, "{}", portal.engine);
    }
}

#[tokio::test]
async fn after_a_crash_before_the_commit_it_is_carried_out_by_who_asks_again_and_by_nobody_else() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        let me = portal.me(&admin).await;
        let (_, late) = portal.claimed(me, "k1", "nadia", Duration::minutes(6)).await;
        assert_eq!(portal.made(&admin, "k1", "nadia").await.status, 201, "{}", portal.engine);
        // The first was not gone, only slow: what it would commit fulfils nothing any more.
        let other = create_identity(&late, &NewIdentity::person("olga", "olga")).await;
        assert!(matches!(other, Err(ServiceError::Conflict(_))), "{other:?}");
        assert_eq!((portal.count(&admin, "nadia").await, portal.count(&admin, "olga").await), (1, 0));
    }
}

#[tokio::test]
async fn a_key_is_free_again_after_a_day() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        assert_eq!(portal.made(&admin, "k1", "nadia").await.status, 201);
        assert_eq!(portal.app.store.forget_keys(Utc::now() + Duration::hours(23)).await.unwrap(), 0);
        assert_eq!(portal.app.store.forget_keys(Utc::now() + Duration::hours(25)).await.unwrap(), 1, "{}", portal.engine);
        assert_eq!(portal.made(&admin, "k1", "olga").await.status, 201);
    }
}

#[tokio::test]
async fn an_answer_that_shows_a_secret_is_not_kept() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        let nadia = portal.person("nadia").await;
        let path = format!("{PATH}/{nadia}/set-up-link");
        let key = [("idempotency-key", "k1")];
        let first = portal.ask(&admin, "POST", &path, &key, "").await;
        assert!(first.status == 201 && first.text.contains("/set-up?token="), "{}", first.text);
        let again = portal.ask(&admin, "POST", &path, &key, "").await;
        assert_eq!(again.status, 409, "{}", again.text);
        assert!(again.text.contains("held a secret") && !again.text.contains("token="), "{}", again.text);
    }
}
