//! What a provider says is over.

use serde_json::{Value, json};
use tenure_tests::client::{encode, form};
use tenure_tests::{Client, Database};

use crate::hostile::{Lie, attempt, hostile};
use crate::world::{CLIENT, Known, World, now};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A name, the header, the key it is signed with, what is changed, and why it is refused.
type Falsehood<'a> = (&'a str, Value, &'a str, &'a dyn Fn(&mut Value), &'a str);

/// A logout token that is as it should be.
fn logout(known: &Known, jti: &str) -> Value {
    json!({ "iss": known.at.issuer(), "aud": CLIENT, "iat": now(), "exp": now() + 120, "jti": jti, "sub": "ada", "events": { EVENT: {} } })
}

fn send(world: &World, known: &Known, token: &str) -> u16 {
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let reply = world.server.client().ask("POST", &known.logout(), &kind, form(&[("logout_token", token)]).as_bytes());
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    reply.status
}

fn signed_in(world: &World, known: &mut Known, code: &str, sid: &str) -> Client {
    let mut browser = world.server.client();
    let sid = sid.to_owned();
    let lie = Lie { change: Box::new(move |claims| claims["sid"] = json!(sid)), ..Lie::default() };
    let reply = attempt(world, known, &mut browser, code, &lie);
    assert_eq!(reply.status, 303, "{} {:?}", reply.text(), world.refusals());
    browser
}

pub fn logout_tokens_are_checked_fully_and_end_sessions_at_once_and_once(database: Database) {
    let mut world = World::new(database);
    let mut known = hostile(&mut world, World::by_employee_id());
    let k = &mut known;
    let (mut one, mut two) = (signed_in(&world, k, "c1", "s1"), signed_in(&world, k, "c2", "s2"));
    let at = now();
    let expired = |claims: &mut Value| claims["exp"] = json!(at - 500);
    let early = |claims: &mut Value| claims["iat"] = json!(at + 500);
    let logout_type = json!({ "typ": "logout+jwt" });
    let lies: Vec<Falsehood> = vec![
        ("unsigned", json!({ "alg": "none" }), "nothing", &|_| (), "its algorithm is none of"),
        ("HMAC with the public key", json!({ "alg": "HS256" }), "hmac", &|_| (), "its algorithm is none of"),
        ("another key", logout_type.clone(), "other", &|_| (), "its signature is not"),
        ("an access token", json!({ "typ": "at+jwt" }), "own", &|_| (), "another kind (typ)"),
        ("wrong iss", logout_type.clone(), "own", &|c| c["iss"] = json!("https://evil.example"), "another issuer"),
        ("wrong aud", logout_type.clone(), "own", &|c| c["aud"] = json!(["else"]), "not for this client"),
        ("expired", logout_type.clone(), "own", &expired, "expired"),
        ("of the future", logout_type.clone(), "own", &early, "in the future"),
        ("no exp", logout_type.clone(), "own", &|c| c["exp"] = Value::Null, "does not say exp"),
        ("no event", logout_type.clone(), "own", &|c| c["events"] = json!({ "other": {} }), "its events do not have"),
        ("an ID token", json!({}), "own", &|c| c["nonce"] = json!("n"), "another kind (typ)"),
        ("a token of any kind", json!({ "typ": "JWT" }), "own", &|_| (), "another kind (typ)"),
        ("with a nonce", logout_type.clone(), "own", &|c| c["nonce"] = json!("n"), "it has a nonce"),
        ("no jti", logout_type.clone(), "own", &|c| c["jti"] = json!(""), "(jti)"),
        ("nobody", logout_type.clone(), "own", &|c| c["sub"] = Value::Null, "(sub, sid)"),
    ];
    for (nth, (name, header, with, change, why)) in lies.into_iter().enumerate() {
        let mut claims = logout(k, &format!("lie-{nth}"));
        change(&mut claims);
        let token = k.sign(&header, &claims, with);
        assert_eq!(send(&world, k, &token), 400, "{name}");
        assert!(world.refusals().iter().any(|said| said.contains(why)), "{name}: {:?}", world.refusals());
    }
    assert!(World::is_in(&mut one) && World::is_in(&mut two), "none of that did anything");

    // One session by its sid, and that once.
    let mut claims = logout(k, "1");
    claims["sid"] = json!("s1");
    let token = k.sign(&logout_type, &claims, "own");
    let begun = std::time::Instant::now();
    assert_eq!(send(&world, k, &token), 200);
    assert!(!World::is_in(&mut one));
    println!("{} ms from the logout token to the refused request", begun.elapsed().as_millis());
    assert!(World::is_in(&mut two));
    assert_eq!(send(&world, k, &token), 400);
    assert!(world.refusals().last().is_some_and(|why| why.contains("taken before (jti)")));

    // All sessions of a subject; a foreign subject's sid ends nothing.
    let mut three = signed_in(&world, k, "c3", "s3");
    let mut claims = logout(k, "2");
    claims["sid"] = json!("s3");
    claims["sub"] = json!("eve");
    let token = k.sign(&logout_type, &claims, "own");
    assert_eq!(send(&world, k, &token), 200);
    assert!(World::is_in(&mut three));
    let token = k.sign(&logout_type, &logout(k, "3"), "own");
    assert_eq!(send(&world, k, &token), 200);
    assert!(!World::is_in(&mut two) && !World::is_in(&mut three));

    // A session that is over there is not opened here any more, by a sign-in that was on its way.
    let mut late = world.server.client();
    let lie = Lie { change: Box::new(|claims| claims["sid"] = json!("s1")), ..Lie::default() };
    assert_eq!(attempt(&world, k, &mut late, "c4", &lie).status, 403);
    assert!(world.refusals().last().is_some_and(|why| why.contains("said meanwhile")));

    // Keys that changed there: the token is read by those that are fetched.
    let mut five = signed_in(&world, k, "c5", "s5");
    assert_eq!(k.ask.ask("POST", "/rotate", &[], b"").status, 204);
    world.database.sql().execute("UPDATE sign_in_providers SET keys_at = NULL");
    let mut claims = logout(k, "5");
    claims["sid"] = json!("s5");
    let token = k.sign(&logout_type, &claims, "own");
    assert_eq!(send(&world, k, &token), 200);
    assert!(!World::is_in(&mut five));

    // Front channel: by who and which alone, without the cookie.
    let mut six = signed_in(&world, k, "c6", "s6");
    let framed = |iss: &str, sid: &str| format!("{}?iss={}&sid={}", k.logout(), encode(iss), encode(sid));
    let mut frame = world.server.client();
    for (path, status) in [
        (k.logout(), 400),
        (framed("https://evil.example", "s6"), 400),
        (framed(&k.at.issuer(), ""), 400),
        (framed(&k.at.issuer(), "s7"), 200),
    ] {
        assert_eq!(frame.get(&path).status, status, "{path}");
        assert!(World::is_in(&mut six), "{path}");
    }
    assert_eq!(frame.get(&framed(&k.at.issuer(), "s6")).status, 200);
    assert!(!World::is_in(&mut six));
    let ended = "SELECT count(*) FROM audit_events WHERE action = 'credential.revoked' AND outcome = 'done'";
    assert_eq!(world.database.sql().number(ended), 5, "one event for each session");
    world.database.assert_sound();
}
