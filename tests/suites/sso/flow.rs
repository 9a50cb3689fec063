//! Against npm's `oidc-provider`.

use serde_json::json;
use tenure_test_support::OpenIdProvider;
use tenure_tests::client::encode;
use tenure_tests::{Client, Database, Reply, wait_until};

use crate::world::{CLIENT, Known, SECRET, World, forwarded, parameters, path_of};

/// A portal and a certified provider that know each other.
fn world(database: Database) -> (World, Known) {
    let mut world = World::new(database);
    let provider = OpenIdProvider::certified().unwrap_or_else(|error| panic!("{error}"));
    let mut known = world.know(provider, World::by_employee_id());
    let origin = world.server.client().origin();
    let client = json!({
        "client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [format!("{origin}{}", known.callback())],
        "backchannel_logout_uri": format!("{origin}{}", known.logout()), "backchannel_logout_session_required": true,
        "post_logout_redirect_uris": [format!("{origin}/sign-in?out=1")],
    });
    let people = json!({
        "ada": { "employee_id": "E1", "preferred_username": "nadia.varga" },
        "stranger": { "employee_id": "E9", "preferred_username": "who" },
    });
    known.tell(&json!({ "account": "ada", "clients": { CLIENT: client }, "people": people }));
    (world, known)
}

/// Follows a browser through the provider, until it is sent back; the address of the portal.
#[track_caller]
fn through(at_provider: &mut Client, url: &str) -> String {
    let issuer = at_provider.origin();
    let mut url = url.to_owned();
    for _ in 0..10 {
        let reply = at_provider.get(&path_of(&url));
        assert!(matches!(reply.status, 302 | 303), "{url}: {} {}", reply.status, reply.text());
        let next = reply.location().to_owned();
        url = if next.starts_with('/') { format!("{issuer}{next}") } else { next };
        if !url.starts_with(&issuer) {
            return path_of(&url);
        }
    }
    panic!("it goes in a circle: {url}");
}

#[track_caller]
fn sign_in(world: &World, known: &Known, browser: &mut Client, at_provider: &mut Client) -> Reply {
    let url = world.begin(browser, &known.id);
    let back = through(at_provider, &url);
    browser.get(&back)
}

fn at_provider(known: &Known) -> Client {
    Client::new(([127, 0, 0, 1], known.at.port()).into())
}

pub fn a_person_signs_in_by_a_certified_provider_and_out_both_ways(database: Database) {
    let (world, known) = world(database);
    let (mut browser, mut there) = (world.server.client(), at_provider(&known));
    let page = browser.get("/sign-in");
    assert!(page.text().contains("Sign in with Example ID") && page.text().contains("name=\"password\""), "{}", page.text());

    // The way there: code flow, PKCE S256, state, nonce, the exact address to come back to.
    let url = world.begin(&mut browser, &known.id);
    let asked = parameters(&url);
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["redirect_uri"], format!("{}{}", browser.origin(), known.callback()));
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
    assert!(asked["nonce"].len() >= 43 && asked["state"].len() >= 43 && asked["code_challenge"].len() == 43);
    let back = through(&mut there, &url);
    assert!(back.starts_with(&known.callback()), "{back}");
    assert_eq!(parameters(&back)["iss"], known.at.issuer());
    let reply = browser.get(&back);
    assert_eq!((reply.status, reply.location()), (303, "/my-access"), "{} {:?}", reply.text(), world.refusals());
    assert!(World::is_in(&mut browser));
    let secret = reply.all("set-cookie").chain([back.as_str()]).collect::<String>();
    assert!(!world.server.log().contains(&parameters(&back)["code"]), "a code is in the log of {secret}");

    // The link stands on the person's page, and the second sign-in makes no other.
    let id = world.id("nadia.varga");
    let mut admin = world.server.signed_in("admin");
    let shown = admin.get(&format!("/identities/{id}"));
    assert!(shown.text().contains("Sign-in by providers") && shown.text().contains("employee number by employee_id"), "{}", shown.text());
    let mut second = world.server.client();
    assert_eq!(sign_in(&world, &known, &mut second, &mut there).status, 303, "{:?}", world.refusals());
    let mut api = world.api.clone();
    let links = api.get(&format!("/api/v1/identities/{id}/sign-in-links")).json();
    assert_eq!(links["items"].as_array().map(Vec::len), Some(1), "{links}");
    assert_eq!((&links["items"][0]["subject"], &links["items"][0]["how"]), (&json!("ada"), &json!("rule")));

    // Signing out here goes on to the provider; there, all sessions of that browser end, and the portal is told.
    let token = browser.form_token();
    let out = browser.post("/sign-out", &[("_token", token.as_str())]);
    assert_eq!(out.status, 200, "{}", out.text());
    let end = forwarded(&out);
    assert!(end.starts_with(&format!("{}/session/end", known.at.issuer())), "{end}");
    assert!(!World::is_in(&mut browser));
    assert!(World::is_in(&mut second), "another session of theirs goes on");
    let asked = there.get(&path_of(&end));
    assert_eq!(asked.status, 200, "{}", asked.text());
    let xsrf = asked.hidden("xsrf").expect("a form of the provider");
    let begun = std::time::Instant::now();
    let confirmed = there.ask(
        "POST",
        "/session/end/confirm",
        &[("content-type", "application/x-www-form-urlencoded")],
        format!("xsrf={}&logout=yes", encode(&xsrf)).as_bytes(),
    );
    assert_eq!(confirmed.status, 303, "{}", confirmed.text());
    assert_eq!(confirmed.location(), format!("{}/sign-in?out=1", browser.origin()));
    wait_until("back-channel logout ended the other session", || !World::is_in(&mut second));
    println!("back-channel logout: {} ms from the provider's logout to the first refused request", begun.elapsed().as_millis());

    // Somebody whom the rule does not find.
    let mut known = known;
    known.tell(&json!({ "account": "stranger" }));
    let (mut browser, mut there) = (world.server.client(), at_provider(&known));
    let refused = sign_in(&world, &known, &mut browser, &mut there);
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert!(refused.text().contains("nobody here has the employee number"), "{}", refused.text());
    assert!(world.refusals().last().is_some_and(|why| why.contains("nobody here has the employee number")));
    world.database.assert_sound();
}

pub fn a_certified_provider_that_has_other_keys_signs_people_in_without_a_restart(database: Database) {
    let (world, mut known) = world(database);
    let (mut browser, mut there) = (world.server.client(), at_provider(&known));
    assert_eq!(sign_in(&world, &known, &mut browser, &mut there).status, 303, "{:?}", world.refusals());
    assert_eq!(known.ask.ask("POST", "/rotate", &[], b"").status, 204);
    let (mut browser, mut there) = (world.server.client(), at_provider(&known));
    let reply = sign_in(&world, &known, &mut browser, &mut there);
    assert_eq!(reply.status, 303, "{} {:?}", reply.text(), world.refusals());
    assert!(World::is_in(&mut browser));
    world.database.assert_sound();
}

pub fn a_provider_that_is_down_is_said_and_the_password_still_works(database: Database) {
    let (world, known) = world(database);
    let mut browser = world.server.client();
    let url = world.begin(&mut browser, &known.id);
    let back = through(&mut at_provider(&known), &url);
    let Known { id, at, .. } = known;
    drop(at);
    // It went down before the code was redeemed.
    let reply = browser.get(&back);
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert!(reply.text().contains("does not answer") && reply.text().contains("name=\"password\""), "{}", reply.text());
    // And before anybody set out, once what it said of itself is older than a minute.
    world.database.sql().execute("UPDATE sign_in_providers SET looked_at = NULL");
    let reply = browser.post(&format!("/sign-in/providers/{id}"), &[("next", "/")]);
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert!(reply.text().contains("does not answer") && reply.text().contains("name=\"password\""), "{}", reply.text());
    assert!(world.refusals().iter().all(|why| why.contains("does not answer")), "{:?}", world.refusals());
    assert_eq!(world.server.client().sign_in("admin", tenure_tests::server::PASSWORD).status, 303);
    let shown = world.server.signed_in("admin").get(&format!("/settings/sign-in/{id}"));
    assert!(shown.text().contains("It could not be used last."), "{}", shown.text());
    world.database.assert_sound();
}
