//! What trusted transmitters tell ends sessions here, and never more than an administrator allowed.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tenure_domain::access::{PortalRole, TokenScopes};
use tenure_domain::id::{IdentityId, SignalTransmitterId};
use tenure_domain::identity::LifecycleState;
use tenure_domain::signal::{Effect, MatchBy, ReceiverKind, ReceiverState};
use tenure_services::accounts::{authenticate_token, set_portal_role, sign_in, sign_out};
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::identities::end_identity;
use tenure_services::restores::hold_outward;
use tenure_services::signals::{
    NewTransmitter, SetRefusal, create_transmitter, remove_transmitter, set_transmitter_state, show_transmitter, take_set,
};
use tenure_services::{App, Ctx, ServiceError};
use tenure_vault::{Keys, jwk, sign_jws};

use super::signals_support::*;
use super::support::*;

const ISSUER: &str = "https://idp.example";
const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";

/// Somebody who tells: their keys, and what Tenure knows of them.
struct Idp {
    keys: Keys,
    bearer: String,
    id: SignalTransmitterId,
}

fn trusted(keys: &Keys) -> NewTransmitter {
    NewTransmitter {
        name: "Identity provider".to_owned(),
        issuer: ISSUER.to_owned(),
        audience: ORIGIN.to_owned(),
        jwks_uri: String::new(),
        jwks: json!({ "keys": [jwk(&keys.signals().public_key())] }).to_string(),
        match_by: MatchBy::UserName,
        on_session_revoked: Effect::EndSessions,
        on_credential_change: Effect::EndSessions,
        on_account_disabled: Effect::EndSessions,
        once: None,
    }
}

async fn idp(ctx: &Ctx, change: impl FnOnce(&mut NewTransmitter)) -> Idp {
    let keys = Keys::ephemeral().unwrap();
    let mut new = trusted(&keys);
    change(&mut new);
    let issued = create_transmitter(ctx, &new).await.unwrap();
    Idp { keys, bearer: issued.token.expose().to_owned(), id: issued.id }
}

impl Idp {
    async fn send(&self, app: &Arc<App>, claims: &Value) -> Result<(), SetRefusal> {
        self.send_as(app, "secevent+jwt", claims).await
    }

    async fn send_as(&self, app: &Arc<App>, typ: &str, claims: &Value) -> Result<(), SetRefusal> {
        take_set(app, &self.bearer, &sign_jws(self.keys.signals(), typ, claims), noon()).await.unwrap()
    }

    /// What came of the newest one.
    async fn came_of_it(&self, ctx: &Ctx) -> String {
        show_transmitter(ctx, self.id).await.unwrap().taken.iter().map(|taken| taken.said.clone()).collect::<Vec<_>>().join(" / ")
    }
}

fn about(jti: &str, who: &str, event: &str) -> Value {
    json!({
        "iss": ISSUER, "aud": ORIGIN, "iat": noon().timestamp(), "jti": jti,
        "sub_id": { "format": "iss_sub", "iss": ISSUER, "sub": who },
        "events": { event: { "event_timestamp": noon().timestamp(), "change_type": "revoke", "credential_type": "password" } },
    })
}

fn session_revoked(jti: &str, who: &str) -> Value {
    about(jti, who, &format!("{CAEP}session-revoked"))
}

/// A live API token of somebody.
async fn token(ctx: &Ctx, who: IdentityId) -> String {
    let new = NewToken {
        identity_id: who,
        label: "test".to_owned(),
        purpose: "test".to_owned(),
        days: 30,
        scopes: TokenScopes::all(),
        networks: Default::default(),
        once: None,
    };
    issue_token(ctx, &new).await.unwrap().token.expose().to_owned()
}

async fn lives(app: &Arc<App>, token: &str) -> bool {
    authenticate_token(app, token, noon()).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_revoked_ends_sessions_and_tokens_once_and_is_told_on_once() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let idp = idp(&ctx, |_| {}).await;
        let stream = receiver(&ctx, ReceiverKind::Push, "https://receiver.example").await.id;
        let first = token(&ctx, ann).await;
        idp.send(&app, &session_revoked("1", "Ann")).await.unwrap();
        assert!(!lives(&app, &first).await);
        assert_eq!(idp.came_of_it(&ctx).await, "0 sessions and 1 API token ended");
        let second = token(&ctx, ann).await;
        idp.send(&app, &session_revoked("1", "ann")).await.unwrap();
        assert!(lives(&app, &second).await, "the same token does nothing when it is sent again");
        assert_eq!(owed(&app, stream).await, ["credential-change", "session-revoked", "credential-change"]);
        let event = &events(&app, "signal.sessions-ended").await;
        assert!(event.len() == 1 && event[0].body.contains("\"channel\":\"signal\""), "{event:?}");
        // Nothing is left to end, so nothing is told on: two that tell each other come to rest.
        idp.send(&app, &session_revoked("2", "ann")).await.unwrap();
        idp.send(&app, &session_revoked("3", "ann")).await.unwrap();
        assert_eq!(events(&app, "signal.sessions-ended").await.len(), 2);
        assert_eq!(state(&app, "ann").await, LifecycleState::Active);
    })
    .await;
}

#[tokio::test]
async fn what_is_forged_or_for_somebody_else_is_refused_by_its_name_and_does_nothing() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let idp = idp(&ctx, |_| {}).await;
        let live = token(&ctx, ann).await;
        let sound = session_revoked("1", "ann");
        let with = |name: &str, value: Value| {
            let mut claims = sound.clone();
            claims[name] = value;
            claims
        };
        let at = noon().timestamp();
        for (claims, err) in [
            (with("iss", json!("https://evil.example")), "invalid_issuer"),
            (with("aud", json!("https://other.example")), "invalid_audience"),
            (with("aud", json!(["https://other.example"])), "invalid_audience"),
            (with("iat", json!(at + 3600)), "invalid_request"),
            (with("iat", json!(at - 31 * 86_400)), "invalid_request"),
            (with("iat", json!("now")), "invalid_request"),
            (with("exp", json!(at - 301)), "invalid_request"),
            (with("exp", json!("soon")), "invalid_request"),
            (with("nbf", json!(at + 301)), "invalid_request"),
            (with("jti", json!("")), "invalid_request"),
            (with("events", json!({})), "invalid_request"),
            (with("events", json!({ "x": 1 })), "invalid_request"),
            (with("sub_id", json!("ann")), "invalid_request"),
        ] {
            assert_eq!(idp.send(&app, &claims).await.unwrap_err().err, err, "{claims}");
        }
        assert_eq!(idp.send_as(&app, "JWT", &sound).await.unwrap_err().err, "invalid_request");
        // Within what clocks may differ by, an end and a beginning are no fault.
        let mut within = session_revoked("within", "nobody");
        (within["exp"], within["nbf"]) = (json!(at - 299), json!(at + 299));
        assert_eq!(idp.send(&app, &within).await, Ok(()));
        let token = sign_jws(idp.keys.signals(), "secevent+jwt", &sound);
        let (head, signature) = token.rsplit_once('.').unwrap();
        let forger = Keys::ephemeral().unwrap();
        let none = format!("eyJhbGciOiJub25lIn0.{}.", head.split_once('.').unwrap().1);
        for (forged, err) in [
            (sign_jws(forger.signals(), "secevent+jwt", &sound), "invalid_key"),
            (format!("{head}.A{signature}"), "invalid_key"),
            (format!("{head}.{signature}="), "invalid_request"),
            (format!("{head}.{}", "A".repeat(signature.len())), "invalid_key"),
            (none, "invalid_key"),
            ("nonsense".to_owned(), "invalid_request"),
        ] {
            assert_eq!(take_set(&app, &idp.bearer, &forged, noon()).await.unwrap().unwrap_err().err, err, "{forged}");
        }
        for bearer in ["", "tns_x", live.as_str()] {
            let refusal = take_set(&app, bearer, &token, noon()).await.unwrap().unwrap_err();
            assert_eq!((refusal.status, refusal.err), (401, "authentication_failed"));
        }
        set_transmitter_state(&ctx, idp.id, ReceiverState::Paused).await.unwrap();
        let refusal = take_set(&app, &idp.bearer, &token, noon()).await.unwrap().unwrap_err();
        assert_eq!((refusal.status, refusal.err), (403, "access_denied"));
        assert!(lives(&app, &live).await);
        assert_eq!(events(&app, "signal.refused").await.len(), 4, "each name is in the log, once a minute");
        remove_transmitter(&ctx, idp.id).await.unwrap();
        assert_eq!(take_set(&app, &idp.bearer, &token, noon()).await.unwrap().unwrap_err().err, "authentication_failed");
    })
    .await;
}

#[tokio::test]
async fn it_suspends_only_where_an_administrator_allowed_it_and_never_ends_anybody() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        person(&ctx, "bob").await;
        let disabled = |jti: &str, who: &str| about(jti, who, &format!("{RISC}account-disabled"));
        let careful = idp(&ctx, |_| {}).await;
        careful.send(&app, &disabled("1", "ann")).await.unwrap();
        assert_eq!(state(&app, "ann").await, LifecycleState::Active);
        let trusted = idp(&ctx, |new| {
            new.issuer = "https://directory.example".to_owned();
            new.on_account_disabled = Effect::Suspend;
        })
        .await;
        let mut claims = disabled("1", "ann");
        (claims["iss"], claims["sub_id"]) = (json!("https://directory.example"), json!({ "format": "opaque", "id": "ann" }));
        let live = token(&ctx, ann).await;
        trusted.send(&app, &claims).await.unwrap();
        assert_eq!((state(&app, "ann").await, lives(&app, &live).await), (LifecycleState::Suspended, false));
        assert_eq!(trusted.came_of_it(&ctx).await, "suspended");
        claims["jti"] = json!("2");
        claims["events"] = json!({ format!("{RISC}account-purged"): {} });
        claims["sub_id"] = json!({ "format": "opaque", "id": "bob" });
        trusted.send(&app, &claims).await.unwrap();
        assert_eq!(state(&app, "bob").await, LifecycleState::Active);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_signs_in_anew_and_is_not_locked_out() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        give_password(&ctx, ann).await;
        let live = token(&ctx, ann).await;
        let idp = idp(&ctx, |new| new.on_account_disabled = Effect::Suspend).await;
        idp.send(&app, &about("1", "ann", &format!("{RISC}account-disabled"))).await.unwrap();
        assert_eq!((state(&app, "ann").await, lives(&app, &live).await), (LifecycleState::Active, false));
        let said = idp.came_of_it(&ctx).await;
        assert!(said.starts_with("not suspended: this is the last administrator") && said.ends_with("1 API token ended"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn who_is_meant_is_found_by_what_was_agreed_and_two_are_nobody() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &crowd(2)).await.unwrap();
        let one = identity(&app, "p000").await.id;
        let idp = idp(&ctx, |new| new.match_by = MatchBy::Email).await;
        let mut n = 0;
        let mut claims = |subject: Value| {
            n += 1;
            let mut claims = session_revoked(&n.to_string(), "");
            claims["sub_id"] = subject;
            claims
        };
        let mail = json!({ "format": "email", "email": "P000@example.com" });
        let session = json!({ "format": "opaque", "id": "s1" });
        for (subject, ends) in [
            (mail.clone(), true),
            (json!({ "format": "complex", "user": mail }), true),
            (json!({ "format": "complex", "user": mail, "session": session }), false),
            (json!({ "format": "complex", "user": mail, "tenant": session }), false),
            (json!({ "format": "aliases", "identifiers": [{ "format": "complex", "user": mail, "device": session }, mail] }), false),
            (json!({ "format": "aliases", "identifiers": [{ "format": "phone_number", "phone_number": "+1" }, mail] }), true),
            (json!({ "format": "email", "email": "nobody@example.com" }), false),
            (json!({ "format": "iss_sub", "iss": "https://other.example", "sub": "p000@example.com" }), false),
            (json!({ "format": "phone_number", "phone_number": "+1" }), false),
            (json!({ "format": "email", "email": "" }), false),
            (json!({ "format": "email", "email": "p\u{0}" }), false),
        ] {
            let live = token(&ctx, one).await;
            idp.send(&app, &claims(subject.clone())).await.unwrap();
            assert_eq!(lives(&app, &live).await, !ends, "{subject}");
        }
        // Whoever has ended is nobody any more.
        end_identity(&ctx, one, "left").await.unwrap();
        idp.send(&app, &claims(mail)).await.unwrap();
        assert!(idp.came_of_it(&ctx).await.contains("nobody here has this mail address"));
    })
    .await;
}

#[tokio::test]
async fn a_sign_out_that_one_tenure_tells_another_ends_nothing_else_there() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let hook = Hook::new(202);
        receiver(&ctx, ReceiverKind::Push, &hook.url).await;
        give_password(&ctx, ann).await;
        let session = sign_in(&nobody(&ctx), "ann", password(GOOD), "Firefox").await.unwrap().signed_in().unwrap().session;
        sign_out(&signed_in(&app, ann, &[PortalRole::Employee]), session).await.unwrap();
        tell(&app, 1).await;
        let told = hook.got().iter().map(|got| got.set(&app)).find(|set| set["events"].get(format!("{CAEP}session-revoked")).is_some());
        let subject = told.unwrap()["sub_id"].clone();
        assert_eq!((&subject["format"], &subject["session"]["id"]), (&json!("complex"), &json!(session)), "of that session alone");
        // The other one knows her by the same key.
        let idp = idp(&ctx, |new| new.match_by = MatchBy::Id).await;
        let live = token(&ctx, ann).await;
        let mut claims = session_revoked("1", "");
        claims["sub_id"] = json!({ "format": "complex", "user": { "format": "opaque", "id": ann }, "session": subject["session"] });
        idp.send(&app, &claims).await.unwrap();
        assert!(lives(&app, &live).await);
        let said = idp.came_of_it(&ctx).await;
        assert!(said.starts_with("recorded only"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_transmitter_that_cannot_be_trusted_is_not_made() {
    on_each(async |app| {
        let ctx = admin(&app);
        let keys = Keys::ephemeral().unwrap();
        let sound = trusted(&keys);
        let uri = Hook::new(200);
        uri.answers(200, "no keys");
        for (new, field) in [
            (NewTransmitter { name: String::new(), ..sound.clone() }, "name"),
            (NewTransmitter { issuer: "two words".to_owned(), ..sound.clone() }, "issuer"),
            (NewTransmitter { audience: String::new(), ..sound.clone() }, "audience"),
            (NewTransmitter { jwks: String::new(), ..sound.clone() }, "jwks_uri"),
            (NewTransmitter { jwks: "{}".to_owned(), ..sound.clone() }, "jwks"),
            (NewTransmitter { jwks_uri: uri.url.clone(), ..sound.clone() }, "jwks"),
            (NewTransmitter { jwks: String::new(), jwks_uri: uri.url.clone(), ..sound.clone() }, "jwks_uri"),
            (NewTransmitter { jwks: String::new(), jwks_uri: "http://idp.example".to_owned(), ..sound.clone() }, "jwks_uri"),
            (NewTransmitter { on_session_revoked: Effect::Suspend, ..sound.clone() }, "on_session_revoked"),
        ] {
            let Err(ServiceError::Invalid(faults)) = create_transmitter(&ctx, &new).await else { panic!("{new:?}") };
            assert!(faults.iter().any(|fault| fault.field == field), "{faults:?}");
        }
        // Keys are fetched, also those that come later.
        uri.answers(200, &sound.jwks);
        let issued =
            create_transmitter(&ctx, &NewTransmitter { jwks: String::new(), jwks_uri: uri.url.clone(), ..sound.clone() }).await.unwrap();
        let next = Keys::ephemeral().unwrap();
        uri.answers(200, &json!({ "keys": [jwk(&keys.signals().public_key()), jwk(&next.signals().public_key())] }).to_string());
        let token = sign_jws(next.signals(), "secevent+jwt", &session_revoked("1", "nobody"));
        let send = async |minutes| take_set(&app, issued.token.expose(), &token, noon() + TimeDelta::minutes(minutes)).await.unwrap();
        assert_eq!(send(0).await.unwrap_err().err, "invalid_key", "not so soon again");
        send(2).await.unwrap();
        // A key that is withdrawn there ends here within a day, and a fetch that fails is not tried again at once.
        let old = sign_jws(keys.signals(), "secevent+jwt", &session_revoked("2", "nobody"));
        let send_old = async |minutes| take_set(&app, issued.token.expose(), &old, noon() + TimeDelta::minutes(minutes)).await.unwrap();
        uri.answers(200, &json!({ "keys": [jwk(&next.signals().public_key())] }).to_string());
        assert_eq!(send_old(60 * 25).await.unwrap_err().err, "invalid_key");
        uri.got();
        uri.answers(500, "");
        for seconds in [0, 20, 40] {
            let at = noon() + TimeDelta::minutes(60 * 25 + 5) + TimeDelta::seconds(seconds);
            assert!(take_set(&app, issued.token.expose(), &old, at).await.unwrap().is_err());
        }
        assert_eq!(uri.got().len(), 1);
        hold_outward(&ctx, "a copy was put back").await.unwrap();
        assert!(send_old(60 * 26).await.is_err() && uri.got().is_empty(), "nothing goes out while it is held");
    })
    .await;
}
