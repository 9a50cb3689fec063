//! Whoever has nothing here but a provider shows anew there who they are.

use serde_json::json;
use tenure_tests::{Client, Database};

use crate::hostile::{Lie, answer, attempt, claims, hostile};
use crate::world::{Known, World, forwarded, now, parameters};

/// Goes to the provider to show it, which says what it is told to.
fn prove(known: &mut Known, browser: &mut Client, code: &str, subject: &str, auth_time: Option<i64>) -> u16 {
    let reply = browser.send(&format!("/confirm/providers/{}", known.id), &[("back", "/account")]);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let asked = parameters(&forwarded(&reply));
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "0"), "{asked:?}");
    let mut all = claims(known, subject, &asked["nonce"]);
    all["auth_time"] = json!(auth_time);
    let token = known.sign(&json!({}), &all, "own");
    known.tell(&json!({ "id_token": token }));
    let reply = browser.get(&answer(known, &asked["state"], code));
    assert!(reply.status != 303 || reply.location() == "/account", "{}", reply.location());
    reply.status
}

pub fn who_has_nothing_but_a_provider_shows_anew_there_who_they_are(database: Database) {
    let mut world = World::new(database);
    let mut known = hostile(&mut world, World::by_employee_id());
    let mut browser = world.server.client();
    let reply = attempt(&world, &mut known, &mut browser, "code-in", &Lie::default());
    assert_eq!(reply.status, 303, "{}", reply.text());
    // No proof is fresh enough for this.
    let policy = r#"INSERT INTO sign_in_policy (id, policy, version, changed_at) VALUES (1, '{"roles":{},"proof_minutes":0}', 1, '2024-01-01T00:00:00+00:00')"#;
    assert_eq!(world.database.sql().execute(policy), 1);
    let asked = browser.send("/account/tokens/new", &[("label", "t"), ("purpose", "p"), ("access", "read"), ("days", "7")]);
    assert_eq!(asked.status, 403, "{}", asked.text());
    assert!(asked.text().contains("Sign in anew with") && !asked.text().contains("type=\"password\""), "{}", asked.text());
    let before = browser.session().map(str::to_owned);
    let proofs = |world: &World| world.database.sql().number("SELECT COUNT(*) FROM audit_events WHERE action = 'session.proved'");
    assert_eq!(prove(&mut known, &mut browser, "code-1", "ada", None), 403, "it does not say when it looked");
    assert_eq!(prove(&mut known, &mut browser, "code-2", "ada", Some(now() - 3_600)), 403, "it did not look");
    assert_eq!(prove(&mut known, &mut browser, "code-3", "eve", Some(now())), 403, "it is somebody else there");
    assert_eq!((proofs(&world), browser.session()), (0, before.as_deref()));
    assert_eq!(prove(&mut known, &mut browser, "code-4", "ada", Some(now())), 303);
    assert_eq!(proofs(&world), 1);
    assert_ne!(browser.session().map(str::to_owned), before, "the session has a new key");
    assert!(World::is_in(&mut browser));
}
