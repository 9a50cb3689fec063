//! Second factors over HTTP: half a sign-in opens nothing, who must enrol does nothing else, and what asks for a fresh proof
//! is kept until there is one.

use chrono::{DateTime, Utc};
use tenure_domain::access::PortalRole;
use tenure_domain::sign_in::Need;
use tenure_services::factors::{PolicyDraft, apply_policy, plan_policy};
use tenure_store::accounts::SessionRecord;
use tenure_vault::TotpSecret;
use tower_sessions::session::Id;

use super::super::session_store::id_hash;
use super::*;

/// The secret that stands on a page.
fn secret_on(page: &str) -> TotpSecret {
    let (_, rest) = page.split_once("otpauth").unwrap_or_else(|| page.split_once("<main").unwrap());
    let words = rest.split('>').map(|part| part.split('<').next().unwrap_or_default());
    let is_secret = |text: &&str| text.len() == 39 && text.split(' ').all(|group| group.len() == 4);
    let text = words.map(str::trim).find(is_secret).expect(page).replace(' ', "");
    let (mut bits, mut n, mut bytes) = (0_u32, 0, Vec::new());
    for sign in text.bytes() {
        bits = (bits << 5) | b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|s| *s == sign).unwrap() as u32;
        n += 5;
        if n >= 8 {
            n -= 8;
            bytes.push((bits >> n) as u8);
        }
    }
    TotpSecret::from_bytes(&bytes).unwrap()
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect(page);
    rest.split('"').next().unwrap().replace("&#x2F;", "/").replace("&#x2f;", "/").replace("&amp;", "&")
}

impl Portal {
    async fn form_token(&mut self) -> String {
        self.get("/account").await.token()
    }

    /// Enrols an authenticator app of whoever is signed in. Its code of now is used.
    async fn enrol(&mut self) -> TotpSecret {
        let token = self.get("/account/factors").await.token();
        let page = self.post("/account/factors/app", &[("_token", &token)]).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let (secret, sealed) = (secret_on(&page.text), hidden(&page.text, "sealed"));
        let code = secret.code_at(Utc::now().timestamp());
        let done = self.post("/account/factors/app/confirm", &[("_token", &page.token()), ("sealed", &sealed), ("code", &code)]).await;
        assert_eq!((done.status, done.location()), (303, "/account/factors?said=added"), "{}", done.text);
        secret
    }

    async fn password(&mut self) -> Reply {
        self.post("/sign-in", &[("user_name", "admin"), ("password", PASSWORD), ("next", "/identities")]).await
    }

    /// As if the last proof had been long ago.
    async fn grow_stale(&self) {
        let id: Id = self.cookie.strip_prefix("tenure=").unwrap().parse().unwrap();
        let hash = id_hash(&self.web, &id);
        let row = self.app.store.read().await.unwrap().live_session(&hash, Utc::now()).await.unwrap().unwrap();
        let mut data = row.data;
        let epoch = data["who"]["epoch"].as_i64();
        data["who"]["proved_at"] = serde_json::json!(DateTime::<Utc>::UNIX_EPOCH);
        let record = SessionRecord {
            id_hash: hash,
            identity_id: row.identity_id,
            credential_id: row.credential_id,
            epoch,
            data,
            expires_at: row.expires_at,
            address: String::new(),
        };
        self.app.store.put_session(&record, Utc::now()).await.unwrap();
    }

    async fn require(&self, need: Need) {
        let ctx = testing::admin_ctx(&self.app);
        let draft = PolicyDraft { version: 0, needs: [(PortalRole::Admin, need)].into(), grace_days: 0, proof_minutes: 15 };
        let plan = plan_policy(&ctx, &draft).await.unwrap();
        apply_policy(&ctx, &draft, &plan.hash).await.unwrap();
    }
}

const NEW_TOKEN: [(&str, &str); 4] = [("label", "kept words"), ("purpose", "p"), ("access", "read"), ("days", "7")];

fn with<'f>(token: &'f str, fields: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut all = vec![("_token", token)];
    all.extend(fields);
    all
}

#[tokio::test]
async fn half_a_sign_in_opens_nothing_and_the_whole_has_another_key() {
    for mut portal in portals().await {
        portal.administrator().await;
        let elsewhere = portal.cookie.clone();
        portal.cookie.clear();
        portal.password().await;
        let secret = portal.enrol().await;
        let kept = std::mem::replace(&mut portal.cookie, elsewhere);
        assert!(portal.get("/account").await.location().starts_with("/sign-in"), "{}: another session is over", portal.engine);
        portal.cookie = kept;
        assert_eq!(portal.get("/account").await.status, 200, "the own one goes on");

        portal.cookie.clear();
        let reply = portal.password().await;
        assert_eq!((reply.status, reply.location()), (303, "/sign-in/second"), "{}", portal.engine);
        let half = portal.cookie.clone();
        for path in ["/", "/account", "/account/factors", "/confirm", "/identities"] {
            assert!(portal.get(path).await.location().starts_with("/sign-in?next="), "{path}");
        }
        assert_eq!(portal.get("/api/v1/me").await.status, 401);
        let wrong = portal.post("/sign-in/second", &[("code", "000000")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("<title>Error"), "{}: {}", wrong.status, wrong.text);
        // The code of now enrolled it; the one after is taken, too.
        let code = secret.code_at(Utc::now().timestamp() + 30);
        let done = portal.post("/sign-in/second", &[("code", &code)]).await;
        assert_eq!((done.status, done.location()), (303, "/identities"), "{}", done.text);
        assert_ne!(portal.cookie, half);
        assert_eq!(portal.get("/account").await.status, 200);
        portal.cookie = half;
        assert!(portal.get("/account").await.location().starts_with("/sign-in"));
        assert_eq!(portal.get("/sign-in/second").await.location(), "/sign-in?late=1", "what it was good for is done");
    }
}

#[tokio::test]
async fn a_form_that_asks_for_a_fresh_proof_is_kept_sealed_and_sent_by_a_click() {
    for mut portal in portals().await {
        portal.administrator().await;
        let token = portal.form_token().await;
        portal.grow_stale().await;
        let asked = portal.post("/account/tokens/new", &with(&token, &NEW_TOKEN)).await;
        assert_eq!(asked.status, 403, "{}", asked.text);
        assert!(asked.text.contains("Is it you?") && !asked.text.contains("kept words"), "{}", asked.text);
        let kept = hidden(&asked.text, "kept");
        let answer = |password: &'static str, token: String, kept: String| {
            vec![
                ("_token".to_owned(), token),
                ("back".to_owned(), "/account".to_owned()),
                ("kept".to_owned(), kept),
                ("password".to_owned(), password.to_owned()),
            ]
        };
        let send = async |portal: &mut Portal, fields: Vec<(String, String)>| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            portal.post("/confirm", &fields).await
        };
        let wrong = send(&mut portal, answer("not the password", token.clone(), kept.clone())).await;
        assert_eq!((wrong.status, hidden(&wrong.text, "kept")), (422, kept.clone()), "{}", wrong.text);
        let before = portal.cookie.clone();
        let go_on = send(&mut portal, answer(PASSWORD, token.clone(), kept.clone())).await;
        assert!(go_on.status == 200 && go_on.text.contains("action=\"/account/tokens/new\""), "{}: {}", go_on.status, go_on.text);
        assert_eq!(hidden(&go_on.text, "label"), "kept words");
        assert_ne!(portal.cookie, before, "a new key");
        let made = portal.post("/account/tokens/new", &with(&go_on.token(), &NEW_TOKEN)).await;
        assert!(made.status == 200 && made.text.contains("tnr_"), "{}: {}", made.status, made.text);
        portal.cookie = before;
        assert!(portal.get("/account").await.location().starts_with("/sign-in"), "the key of before is worth nothing");
    }
}

#[tokio::test]
async fn what_was_changed_is_not_kept_and_a_page_is_come_back_to() {
    for mut portal in portals().await {
        portal.administrator().await;
        let id = portal.person("emil").await;
        portal.grow_stale().await;
        let page = portal.get(&format!("/identities/{id}/end")).await;
        assert_eq!((page.status, page.location().starts_with("/confirm?back=")), (303, true), "{}", page.location());
        let page = portal.get(page.location()).await;
        assert_eq!(page.status, 200);
        let token = page.token();
        // A form that nobody here sealed is none.
        let rubbish =
            portal.post("/confirm", &[("_token", &token), ("back", "//evil.example"), ("kept", "AAAA"), ("password", PASSWORD)]).await;
        assert_eq!((rubbish.status, rubbish.location()), (303, "/"), "{}", rubbish.text);
        assert_eq!(portal.get(&format!("/identities/{id}/end")).await.status, 200);
        assert_eq!(portal.get("/confirm?back=/identities").await.location(), "/identities", "there is nothing to show any more");
    }
}

#[tokio::test]
async fn who_must_enrol_does_nothing_else_before_and_everything_after() {
    for mut portal in portals().await {
        portal.administrator().await;
        let token = portal.form_token().await;
        portal.require(Need::Required).await;
        for path in ["/", "/identities", "/account", "/settings/sign-in/policy"] {
            let reply = portal.get(path).await;
            assert_eq!((reply.status, reply.location()), (303, "/account/factors"), "{}: {path}", portal.engine);
        }
        let program = portal.get("/api/v1/me").await;
        assert_eq!((program.status, program.header(header::CONTENT_TYPE)), (403, "application/problem+json"), "{}", program.text);
        let issued = portal.post("/account/tokens/new", &with(&token, &NEW_TOKEN)).await;
        assert_eq!((issued.status, issued.location()), (303, "/account/factors"), "{}", issued.text);
        assert!(portal.get("/account/factors").await.text.contains("Your role asks for a second factor."));
        portal.enrol().await;
        assert_eq!(portal.get("/identities").await.status, 200);
    }
}

#[tokio::test]
async fn a_token_neither_shows_who_it_is_nor_changes_a_factor() {
    for mut portal in portals().await {
        let token = portal.employee().await;
        let headers = [("authorization", token.as_str())];
        for (path, status) in [("/account/factors/app", 403), ("/account/factors/codes", 403), ("/confirm", 422)] {
            let reply = portal.send("POST", path, &headers, form(&[("password", PASSWORD)])).await;
            assert_eq!(reply.status, status, "{}: {path} {}", portal.engine, reply.text);
        }
    }
}
