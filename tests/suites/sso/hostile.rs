//! Against a provider that says what it is told to.

use serde_json::{Value, json};
use tenure_test_support::OpenIdProvider;
use tenure_tests::client::encode;
use tenure_tests::{Client, Database, Reply};

use crate::world::{CLIENT, Known, World, now, parameters};

pub fn hostile(world: &mut World, rule: Value) -> Known {
    let provider = OpenIdProvider::hostile().unwrap_or_else(|error| panic!("{error}"));
    world.know(provider, rule)
}

/// The claims of an ID token that is as it should be.
pub fn claims(known: &Known, subject: &str, nonce: &str) -> Value {
    json!({
        "iss": known.at.issuer(), "aud": CLIENT, "sub": subject, "iat": now(), "exp": now() + 300, "nonce": nonce,
        "employee_id": "E1", "sid": format!("sid of {subject}"), "acr": "urn:example:mfa", "amr": ["pwd", "otp"], "auth_time": now() - 5,
    })
}

/// An answer as the provider sends it.
pub fn answer(known: &Known, state: &str, code: &str) -> String {
    format!("{}?code={code}&state={}&iss={}", known.callback(), encode(state), encode(&known.at.issuer()))
}

/// One sign-in, with claims changed and signed as told.
pub struct Lie<'a> {
    pub header: Value,
    pub with: &'a str,
    pub change: Box<dyn Fn(&mut Value) + 'a>,
}

impl Default for Lie<'_> {
    fn default() -> Self {
        Self { header: json!({}), with: "own", change: Box::new(|_| ()) }
    }
}

pub fn attempt(world: &World, known: &mut Known, browser: &mut Client, code: &str, lie: &Lie<'_>) -> Reply {
    let asked = parameters(&world.begin(browser, &known.id));
    let mut claims = claims(known, "ada", &asked["nonce"]);
    (lie.change)(&mut claims);
    let token = known.sign(&lie.header, &claims, lie.with);
    known.tell(&json!({ "id_token": token }));
    browser.get(&answer(known, &asked["state"], code))
}

pub fn each_lie_of_a_hostile_provider_is_refused_with_its_reason_in_the_audit_log(database: Database) {
    let mut world = World::new(database);
    let mut known = hostile(&mut world, World::by_employee_id());
    let set = |name: &'static str, value: Value| -> Lie<'static> {
        Lie { change: Box::new(move |claims| claims[name] = value.clone()), ..Lie::default() }
    };
    let without = |name: &'static str| -> Lie<'static> {
        Lie { change: Box::new(move |claims| drop(claims.as_object_mut().and_then(|all| all.remove(name)))), ..Lie::default() }
    };
    let header = |header: Value, with: &'static str| Lie { header, with, ..Lie::default() };
    let (at, begun) = (now(), std::time::Instant::now());
    let lies: Vec<(&str, Lie<'_>, &str)> = vec![
        ("unsigned", header(json!({ "alg": "none" }), "nothing"), "its algorithm is none of"),
        ("HMAC with the public key", header(json!({ "alg": "HS256" }), "hmac"), "its algorithm is none of"),
        ("another key under the right name", header(json!({}), "other"), "its signature is not of this token"),
        ("a key that nobody knows", header(json!({ "kid": "unknown" }), "other"), "its key (`kid`) is none of those"),
        ("a critical extension", header(json!({ "crit": ["exp"] }), "own"), "extensions (`crit`)"),
        ("a token of another type", header(json!({ "typ": "logout+jwt" }), "own"), "of a form that is not taken"),
        ("wrong iss", set("iss", json!("https://evil.example")), "of another issuer (iss)"),
        ("wrong aud", set("aud", json!("somebody else")), "not for this client"),
        ("more than one aud", set("aud", json!([CLIENT, "somebody else"])), "or for others too (aud)"),
        ("wrong azp", set("azp", json!("somebody else")), "for another client (azp)"),
        ("replayed nonce", set("nonce", json!("of before")), "answers another sign-in (nonce)"),
        ("no nonce", without("nonce"), "does not say which sign-in it answers (nonce)"),
        ("expired", set("exp", json!(at - 500)), "expired 5"),
        ("of the future", set("iat", json!(at + 340)), "seconds in the future (iat)"),
        ("old", set("iat", json!(at - 5_000)), "was issued 50"),
        ("no exp", without("exp"), "the ID token cannot be read"),
        ("no sub", without("sub"), "the ID token cannot be read"),
        ("no rule's claim", without("employee_id"), "its userinfo"),
    ];
    for (nth, (name, lie, why)) in lies.into_iter().enumerate() {
        let mut browser = world.server.client();
        let reply = attempt(&world, &mut known, &mut browser, &format!("code-{nth}"), &lie);
        assert_eq!(reply.status, 403, "{name}: {}", reply.text());
        assert!(!World::is_in(&mut browser), "{name}");
        let refusals = world.refusals();
        assert_eq!(refusals.len(), nth + 1, "{name}: {refusals:?}");
        assert!(refusals.last().is_some_and(|said| said.contains(why)), "{name}: {refusals:?}");
    }
    // A look at the provider asks for its keys twice; beside that, a key that does not fit has them fetched once a minute.
    let seen = known.ask.get("/seen").json();
    let count = |what: &str| seen[what].as_u64().expect("a number");
    let more = count("jwks") - 2 * count("discovery");
    assert!((1..=1 + begun.elapsed().as_secs() / 60).contains(&more), "{more} in {:?}", begun.elapsed());

    // A code that was redeemed before; the mixed-up provider; no answer at all.
    let mut browser = world.server.client();
    let reply = attempt(&world, &mut known, &mut browser, "code-0", &Lie::default());
    assert!(reply.status == 403 && reply.text().contains("invalid_grant"), "{}", reply.text());
    let asked = parameters(&world.begin(&mut browser, &known.id));
    let evil = format!("{}?code=x&state={}&iss={}", known.callback(), encode(&asked["state"]), encode("https://evil.example"));
    assert!(browser.get(&evil).text().contains("RFC 9207"));
    let asked = parameters(&world.begin(&mut browser, &known.id));
    let silent = format!("{}?code=x&state={}", known.callback(), encode(&asked["state"]));
    assert!(browser.get(&silent).text().contains("does not say of whom it is"));
    let asked = parameters(&world.begin(&mut browser, &known.id));
    let denied = format!(
        "{}?error=access_denied%22%3E%3Cscript%3E&state={}&iss={}",
        known.callback(),
        encode(&asked["state"]),
        encode(&known.at.issuer())
    );
    let page = browser.get(&denied).text();
    assert!(page.contains("access_deniedscript") && !page.contains("<script>"), "{page}");

    // The truth, in the end; and nothing of the lies is left.
    let reply = attempt(&world, &mut known, &mut browser, "code-good", &Lie::default());
    assert_eq!(reply.status, 303, "{} {:?}", reply.text(), world.refusals());
    assert!(World::is_in(&mut browser));
    // The code was redeemed with the verifier of the challenge, the exact address, and the secret in the header.
    let seen = known.ask.get("/seen").json();
    let last = seen["tokens"].as_array().and_then(|all| all.last()).expect("a request").clone();
    assert_eq!(last["redirect_uri"], json!(format!("{}{}", browser.origin(), known.callback())));
    assert!(last["authorization"].as_str().is_some_and(|sent| sent.starts_with("Basic ")));
    let session = "SELECT acr || ' ' || amr FROM sign_in_sessions";
    assert_eq!(world.database.sql().texts(session), ["urn:example:mfa pwd otp"]);
    for (table, column) in [("audit_events", "CAST(body AS TEXT)"), ("sign_in_providers", "said")] {
        let all = world.database.sql().texts(&format!("SELECT {column} FROM {table}")).join(" ");
        assert!(!all.contains("eyJ") && !all.contains("code-"), "{table}: {all}");
    }
    world.database.assert_sound();
}

pub fn answers_that_were_used_or_are_of_another_browser_or_provider_are_refused(database: Database) {
    let mut world = World::new(database);
    let mut known = hostile(&mut world, World::by_employee_id());
    let mut other = hostile(&mut world, World::by_employee_id());
    let said = |world: &World, why: &str| {
        let refusals = world.refusals();
        assert!(refusals.last().is_some_and(|said| said.contains(why)), "{refusals:?}");
    };
    let mut browser = world.server.client();
    let ready = |world: &World, known: &mut Known, browser: &mut Client| {
        let asked = parameters(&world.begin(browser, &known.id));
        let claims = claims(known, "ada", &asked["nonce"]);
        let token = known.sign(&json!({}), &claims, "own");
        known.tell(&json!({ "id_token": token }));
        asked["state"].clone()
    };

    // Somebody else's browser brings it: login CSRF, or a stolen answer.
    let state = ready(&world, &mut known, &mut browser);
    let back = answer(&known, &state, "c1");
    let mut thief = world.server.client();
    assert_eq!(thief.get(&back).status, 403);
    said(&world, "begun in another browser");
    world.begin(&mut thief, &known.id);
    assert_eq!(thief.get(&back).status, 403);
    said(&world, "belongs to no sign-in");
    assert_eq!(browser.get(&back).status, 403, "it was there once");
    assert!(!World::is_in(&mut browser) && !World::is_in(&mut thief));

    // A used one.
    let state = ready(&world, &mut known, &mut browser);
    let back = answer(&known, &state, "c2");
    assert_eq!(browser.get(&back).status, 303, "{:?}", world.refusals());
    let mut again = world.server.client();
    again.cookies.clone_from(&browser.cookies);
    again.cookies.remove("tenure");
    assert_eq!(again.get(&back).status, 403);

    // Of another provider: to its address, and by its name.
    let state = ready(&world, &mut known, &mut browser);
    let mixed = answer(&other, &state, "c3");
    assert_eq!(browser.get(&mixed).status, 403);
    said(&world, "providers were mixed up");
    let codes = other.ask.get("/seen").json()["tokens"].as_array().map(Vec::len);
    assert_eq!(codes, Some(0), "the other one never saw the code");

    // One that took too long.
    let state = ready(&world, &mut known, &mut browser);
    world.database.sql().execute("UPDATE sign_in_attempts SET expires_at = created_at");
    assert_eq!(browser.get(&answer(&known, &state, "c4")).status, 403);

    // A page of somebody else starts nothing here, and leads nobody elsewhere.
    let path = format!("/sign-in/providers/{}", known.id);
    let foreign =
        world.server.client().post_with(&path, &[("next", "/")], &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]);
    assert_eq!(foreign.status, 403);
    let mut led = world.server.client();
    let reply = led.post(&path, &[("next", "https://evil.example/")]);
    let asked = parameters(&crate::world::forwarded(&reply));
    let claims = claims(&known, "ada", &asked["nonce"]);
    let token = known.sign(&json!({}), &claims, "own");
    known.tell(&json!({ "id_token": token }));
    let reply = led.get(&answer(&known, &asked["state"], "c5"));
    assert_eq!((reply.status, reply.location()), (303, "/"), "{}", reply.text());
    for nonsense in ["", "?", "?state=", "?state=x&code=y", "?state=%00&code=%00", "?code=1&code=2&state=3&state=4"] {
        assert_eq!(world.server.client().get(&format!("{}{nonsense}", known.callback())).status, 403, "{nonsense}");
    }
    assert_eq!(world.server.client().get("/sign-in/providers/nonsense/callback").status, 404);
    world.database.assert_sound();
}

pub fn people_are_linked_only_as_the_rule_says_and_an_end_ends_their_links(database: Database) {
    let mut world = World::new(database);
    let rule = json!({ "link_by": "email", "link_domains": ["example.com"] });
    let mut known = hostile(&mut world, rule);
    let mut codes = 0;
    let mut come = |world: &World, known: &mut Known, subject: &str, email: Value, verified: Value| {
        codes += 1;
        let mut browser = world.server.client();
        let subject = subject.to_owned();
        let change = move |claims: &mut Value| {
            claims["sub"] = json!(subject);
            claims["email"] = email.clone();
            claims["email_verified"] = verified.clone();
        };
        let lie = Lie { change: Box::new(change), ..Lie::default() };
        let reply = attempt(world, known, &mut browser, &format!("code-{codes}"), &lie);
        (reply.status, world.refusals().last().cloned().unwrap_or_default(), browser)
    };
    let (status, why, _) = come(&world, &mut known, "ada", json!("nadia@example.com"), json!(false));
    assert!(status == 403 && why.contains("email_verified"), "{why}");
    let (status, why, _) = come(&world, &mut known, "ada", json!("nadia@evil.example"), json!(true));
    assert!(status == 403 && why.contains("not of a domain"), "{why}");
    let (status, why, _) = come(&world, &mut known, "ada", json!("nobody@example.com"), json!(true));
    assert!(status == 403 && why.contains("nobody here"), "{why}");
    let (status, _, mut browser) = come(&world, &mut known, "ada", json!("nadia@example.com"), json!(true));
    assert_eq!(status, 303);
    assert!(World::is_in(&mut browser));
    // From now on the subject counts, and no claim.
    let (status, _, _) = come(&world, &mut known, "ada", json!("otto@example.com"), json!(false));
    assert_eq!(status, 303);
    let (status, why, _) = come(&world, &mut known, "eve", json!("nadia@example.com"), json!(true));
    assert!(status == 403 && why.contains("another subject of this provider is linked"), "{why}");

    // An administrator may: and takes it back, with its session.
    let nadia = world.id("nadia.varga");
    let links = format!("/api/v1/identities/{nadia}/sign-in-links");
    let made = world.api.send_json("POST", &links, &json!({ "provider_id": known.id, "subject": "eve" }));
    assert_eq!(made.status, 201, "{}", made.text());
    let (status, _, mut eve) = come(&world, &mut known, "eve", json!("x@example.com"), json!(false));
    assert!(status == 303 && World::is_in(&mut eve));
    let link = made.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(world.api.ask("DELETE", &format!("{links}/{link}"), &[], b"").status, 204);
    assert!(!World::is_in(&mut eve) && World::is_in(&mut browser), "only the sessions of that subject end");

    // Suspended, they do not get in; ended, not again after a rehire, until an administrator says so.
    world.database.json(["offboard", "nadia.varga", "--reason", "left"]).done();
    assert!(!World::is_in(&mut browser));
    let (status, why, _) = come(&world, &mut known, "ada", json!("nadia@example.com"), json!(true));
    assert!(status == 403 && why.contains("may not act"), "{why}");
    let rehired =
        world.api.send_json("POST", &format!("/api/v1/identities/{nadia}/rehire"), &json!({ "start_on": "2024-03-01", "reason": "back" }));
    assert_eq!(rehired.status, 200, "{}", rehired.text());
    let (status, why, _) = come(&world, &mut known, "ada", json!("nadia@example.com"), json!(true));
    assert!(status == 403 && why.contains("the link ended when they left"), "{why}");
    let (status, why, _) = come(&world, &mut known, "new", json!("nadia@example.com"), json!(true));
    assert!(status == 403 && why.contains("another subject"), "no other subject either: {why}");
    let made = world.api.send_json("POST", &links, &json!({ "provider_id": known.id, "subject": "ada" }));
    assert_eq!(made.status, 201, "{}", made.text());
    let (status, why, mut browser) = come(&world, &mut known, "ada", json!("nadia@example.com"), json!(true));
    assert!(status == 303 && World::is_in(&mut browser), "{why}");

    // Disabled, nobody gets in, and the sessions that it opened are over.
    let at = format!("/api/v1/sign-in-providers/{}", known.id);
    assert_eq!(world.api.ask("POST", &format!("{at}/disable"), &[], b"").status, 204);
    assert!(!World::is_in(&mut browser));
    assert_eq!(browser.post(&format!("/sign-in/providers/{}", known.id), &[("next", "/")]).status, 404);
    assert!(!browser.get("/sign-in").text().contains("Example ID"));
    assert_eq!(world.api.ask("DELETE", &at, &[], b"").status, 204);
    assert_eq!(world.api.get(&links).json()["items"], json!([]));
    world.database.assert_sound();
}

pub fn a_provider_that_can_only_do_what_is_not_safe_is_not_added(database: Database) {
    let mut world = World::new(database);
    let mut known = hostile(&mut world, World::by_employee_id());
    assert_eq!(world.api.ask("DELETE", &format!("/api/v1/sign-in-providers/{}", known.id), &[], b"").status, 204);
    let issuer = known.at.issuer();
    for (metadata, why) in [
        (json!({ "issuer": "https://evil.example" }), "another issuer"),
        (json!({ "code_challenge_methods_supported": ["plain"] }), "plain is not safe"),
        (json!({ "id_token_signing_alg_values_supported": ["none", "HS256"] }), "none of RS256, ES256 and EdDSA"),
        (json!({ "response_types_supported": ["id_token"] }), "code flow"),
        (json!({ "token_endpoint": "http://169.254.169.254/token" }), "token_endpoint cannot be used"),
        (json!({ "authorization_endpoint": "http://tenure.example/authorize" }), "authorization_endpoint cannot be used"),
        (json!({ "jwks_uri": format!("{issuer}/nowhere") }), "404"),
    ] {
        known.tell(&json!({ "metadata": metadata }));
        let reply = world.api.send_json("POST", "/api/v1/sign-in-providers", &World::draft(&issuer, World::by_employee_id()));
        assert_eq!(reply.status, 422, "{metadata}: {}", reply.text());
        assert!(reply.text().contains(why) && reply.text().contains("/issuer"), "{metadata}: {}", reply.text());
    }
    known.tell(&json!({ "metadata": {} }));
    for (wrong, field) in [
        (json!({ "link_by": "email", "link_domains": [] }), "/link_domains"),
        (json!({ "link_by": "user-name", "link_claim": "email" }), "/link_claim"),
        (json!({ "link_by": "employee-id", "link_claim": "" }), "/link_claim"),
        (json!({ "link_by": "administrator", "client_secret": null }), "/client_secret"),
        (json!({ "link_by": "administrator", "issuer": "http://example.com" }), "/issuer"),
        (json!({ "link_by": "administrator", "issuer": "https://169.254.169.254" }), "/issuer"),
        (json!({ "link_by": "administrator", "scopes": "a\"b" }), "/scopes"),
        (json!({ "link_by": "administrator", "name": "" }), "/name"),
    ] {
        let reply = world.api.send_json("POST", "/api/v1/sign-in-providers", &World::draft(&issuer, wrong.clone()));
        assert!(reply.status == 422 && reply.text().contains(field), "{wrong}: {} {}", reply.status, reply.text());
    }
    // It can be found, kept sealed, tested, and changed.
    let known = world.know(known.at, World::by_employee_id());
    let at = format!("/api/v1/sign-in-providers/{}", known.id);
    let shown = world.api.get(&at);
    assert!(!shown.text().contains("secret of the test"), "{}", shown.text());
    let tested = world.api.ask("POST", &format!("{at}/test"), &[], b"");
    assert!(tested.status == 200 && tested.text().contains("S256"), "{}", tested.text());
    let mut draft = World::draft(&issuer, json!({ "link_by": "administrator", "name": "Renamed" }));
    draft.as_object_mut().expect("an object").remove("client_secret");
    let tag = shown.header("etag").expect("a version").to_owned();
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    let edited = world.api.ask("PUT", &at, &headers, draft.to_string().as_bytes());
    assert!(edited.status == 200 && edited.json()["name"] == "Renamed", "{}", edited.text());
    assert_eq!(world.api.ask("PUT", &at, &headers, draft.to_string().as_bytes()).status, 412);
    world.database.assert_sound();
}
