//! Signals of the built binary, on both engines, checked by a peer with libraries that are none of Tenure's: what
//! happens to a person is told by webhook, by push and by poll, and what a trusted transmitter says ends a live session.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tenure_test_support::signal_peer::SignalPeer;
use tenure_tests::{Client, Database, Server, on_both, wait_until};

on_both!(
    an_offboarding_is_told_by_webhook_push_and_poll_and_each_is_verified_elsewhere,
    a_receiver_that_is_down_is_told_each_thing_once_when_it_is_back,
    a_token_of_a_trusted_transmitter_ends_a_live_session_and_what_is_wrong_with_one_is_told_by_its_name,
);

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,nadia.varga,Nadia,Varga,nadia@example.com,core,Engineer,,2020-01-01
E2,otto.wang,Otto,Wang,otto@example.com,core,Engineer,,2020-01-01
";
const CAEP: &str = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";
const SET: &str = "application/secevent+jwt";

/// A portal, an administrator's token, and a peer.
struct World {
    database: Database,
    server: Server,
    /// An administrator by a token.
    api: Client,
    /// Who asks the peer.
    to_peer: Client,
    peer: SignalPeer,
}

/// The token that a page shows.
fn shown(page: &str, prefix: &str) -> String {
    let signs = page.split(prefix).skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
    signs.clone().find(|signs| signs.len() == 49).map(|signs| format!("{prefix}{signs}")).expect("a token")
}

impl World {
    fn new(database: Database) -> Self {
        let file = database.write("people.csv", PEOPLE);
        database.import(&file, "2024-01-01", &[]).done();
        let server = Server::start(&database);
        let mut admin = server.administrator();
        let form = [("label", "api"), ("purpose", "tests"), ("access", "write"), ("days", "30")];
        let token = shown(&admin.send("/account/tokens/new", &form).text(), "tnr_");
        let api = Client::with_token(server.address, &token);
        let peer = SignalPeer::start().unwrap_or_else(|error| panic!("{error}"));
        let to_peer = Client::new(SocketAddr::from(([127, 0, 0, 1], peer.port())));
        let mut world = World { database, server, api, to_peer, peer };
        let configuration = world.server.client().get("/.well-known/ssf-configuration").json();
        world.tell_peer(&json!({
            "jwks_uri": configuration["jwks_uri"], "issuer": configuration["issuer"], "audience": "https://peer.example",
        }));
        world
    }

    fn tell_peer(&mut self, settings: &Value) {
        assert_eq!(self.ask_peer("/control", settings).0, 204);
    }

    fn ask_peer(&mut self, path: &str, body: &Value) -> (u16, Value) {
        let reply = self.to_peer.ask("POST", path, &[("content-type", "application/json")], body.to_string().as_bytes());
        (reply.status, if reply.body.is_empty() { Value::Null } else { reply.json() })
    }

    /// What arrived there and was sound: how, which, and of which kind.
    fn seen(&mut self) -> Vec<(String, String, String)> {
        let seen = self.to_peer.get("/seen").json();
        let kind = |message: &Value| match message["events"].as_object() {
            Some(events) => events.keys().next().expect("an event").clone(),
            None => message["type"].as_str().expect("a type").to_owned(),
        };
        let word = |value: &Value| value.as_str().expect("a text").to_owned();
        seen.as_array().expect("a list").iter().map(|one| (word(&one["by"]), word(&one["id"]), kind(&one["message"]))).collect()
    }

    #[track_caller]
    fn make(&mut self, what: &str, body: &Value) -> Value {
        let reply =
            self.api.ask("POST", &format!("/api/v1/signals/{what}"), &[("content-type", "application/json")], body.to_string().as_bytes());
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// A service that is a receiver of signals, and its token.
    fn machine(&mut self) -> (String, String) {
        let owner = self.id("otto.wang");
        let body =
            json!({ "kind": "service", "user_name": "svc.peer", "display_name": "Peer", "purpose": "fetches signals", "owner_id": owner });
        let made = self.api.ask("POST", "/api/v1/identities", &[("content-type", "application/json")], body.to_string().as_bytes());
        assert_eq!(made.status, 201, "{}", made.text());
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        self.database.json(["account", "grant", "svc.peer", "receiver"]).done();
        let mut admin = self.server.signed_in("admin");
        let form = [("label", "poll"), ("purpose", "polls"), ("access", "write"), ("days", "30")];
        (id.clone(), shown(&admin.send(&format!("/identities/{id}/tokens/new"), &form).text(), "tnr_"))
    }

    fn id(&self, user_name: &str) -> String {
        self.database.json(["identity", "show", user_name]).done().json()["id"].as_str().expect("an id").to_owned()
    }

    fn webhook(&mut self) -> Value {
        let url = format!("{}/hook", self.peer.url());
        let kinds = ["identity.ended", "identity.suspended", "identity.resumed"];
        let made = self.make("receivers", &json!({ "kind": "webhook", "name": "Ticket system", "url": url, "kinds": kinds }));
        self.tell_peer(&json!({ "secret": made["secret"] }));
        made
    }
}

/// An event and the start of its kind's name.
fn events() -> [String; 2] {
    [format!("{CAEP}session-revoked"), format!("{RISC}account-disabled")]
}

fn an_offboarding_is_told_by_webhook_push_and_poll_and_each_is_verified_elsewhere(database: Database) {
    let mut world = World::new(database);
    let w = &mut world;
    w.webhook();
    let kinds = ["session-revoked", "account-disabled"];
    let push = json!({
        "kind": "push", "name": "Chat", "url": format!("{}/push", w.peer.url()), "audience": "https://peer.example",
        "authorization": "Bearer of-the-test", "subject": "email", "kinds": kinds,
    });
    w.make("receivers", &push);
    let (machine, token) = w.machine();
    let poll = json!({ "kind": "poll", "name": "Warehouse", "audience": "https://peer.example", "kinds": kinds, "reader_id": machine });
    let stream = w.make("receivers", &poll)["id"].as_str().expect("an id").to_owned();
    let mut poller = Client::with_token(w.server.address, &token);
    assert_eq!(poller.get("/api/v1/me").status, 200);
    assert_eq!(poller.get("/api/v1/identities").status, 403, "it does nothing else");
    assert_eq!(poller.get(&format!("/api/ssf/v1/status?stream_id={stream}")).json()["status"], "enabled");

    // Somebody who waits is answered the moment that it happens.
    let path = format!("/api/ssf/v1/poll/{stream}");
    let waiting = {
        let (mut poller, path) = (poller.clone(), path.clone());
        std::thread::spawn(move || poller.ask("POST", &path, &[("content-type", "application/json")], b"{}").json())
    };
    std::thread::sleep(Duration::from_millis(700));
    w.database.json(["offboard", "nadia.varga", "--reason", "left"]).done();
    let fetched = waiting.join().expect("an answer");
    let took = wait_until("webhook and tokens are there", || w.seen().len() >= 3);
    println!("told {} ms after the end", took.as_millis());
    let mut kinds: Vec<(String, String)> = w.seen().into_iter().map(|(by, _, kind)| (by, kind)).collect();
    kinds.sort();
    let [revoked, disabled] = events();
    let told = |by: &str, kind: &str| (by.to_owned(), kind.to_owned());
    assert_eq!(kinds, [told("/hook", "identity.ended"), told("/push", &revoked), told("/push", &disabled)], "{}", w.peer.log());

    let sets = fetched["sets"].as_object().expect("sets").clone();
    assert_eq!((sets.len(), &fetched["moreAvailable"]), (2, &json!(false)));
    for token in sets.values() {
        let (status, claims) = w.ask_peer("/check", &json!({ "token": token }));
        assert_eq!((status, &claims["sub_id"]["format"]), (200, &json!("iss_sub")), "{}", w.peer.log());
    }
    let ack = json!({ "ack": sets.keys().collect::<Vec<_>>(), "returnImmediately": true });
    let after = poller.ask("POST", &path, &[("content-type", "application/json")], ack.to_string().as_bytes()).json();
    assert_eq!(after, json!({ "sets": {}, "moreAvailable": false }));
    let verify = json!({ "stream_id": stream, "state": "VGhpcyBpcyBhIHRlc3Q" });
    let asked = poller.ask("POST", "/api/ssf/v1/verify", &[("content-type", "application/json")], verify.to_string().as_bytes());
    assert_eq!(asked.status, 204, "{}", asked.text());
    let test = poller.ask("POST", &path, &[("content-type", "application/json")], b"{\"returnImmediately\":true}").json();
    let token = test["sets"].as_object().and_then(|sets| sets.values().next()).expect("a token").clone();
    let claims = w.ask_peer("/check", &json!({ "token": token })).1;
    assert_eq!(claims["events"].as_object().and_then(|e| e.values().next()), Some(&json!({ "state": "VGhpcyBpcyBhIHRlc3Q" })));
    world.database.assert_sound();
}

fn a_receiver_that_is_down_is_told_each_thing_once_when_it_is_back(database: Database) {
    let mut world = World::new(database);
    let w = &mut world;
    let id = w.webhook()["id"].as_str().expect("an id").to_owned();
    w.tell_peer(&json!({ "status": 503 }));
    w.database.json(["offboard", "nadia.varga", "--reason", "left"]).done();
    let at = format!("/api/v1/signals/receivers/{id}");
    wait_until("it is known to be down", || w.api.get(&at).json()["failures"].as_i64() > Some(0));
    let said = w.api.get(&at).json()["said"].clone();
    assert_eq!((said.as_str(), w.seen().len()), (Some("It answered 503: something is wrong there."), 0));
    let page = w.server.signed_in("admin").get(&format!("/signals/receivers/{id}"));
    assert!(page.status == 200 && page.text().contains("The last try did not arrive."), "{}", page.text());
    w.tell_peer(&json!({ "status": null }));
    let took = wait_until("it is told", || !w.seen().is_empty());
    println!("told {} ms after it was back", took.as_millis());
    std::thread::sleep(Duration::from_secs(2));
    let seen = w.seen();
    assert_eq!((seen.len(), seen[0].2.as_str()), (1, "identity.ended"), "once");
    let deliveries = w.api.get(&format!("{at}/deliveries")).json();
    assert_eq!((&deliveries["items"][0]["id"], &deliveries["items"][0]["state"]), (&json!(seen[0].1), &json!("delivered")));
    world.database.assert_sound();
}

fn a_token_of_a_trusted_transmitter_ends_a_live_session_and_what_is_wrong_with_one_is_told_by_its_name(database: Database) {
    let mut world = World::new(database);
    let w = &mut world;
    let jwks = format!("{}/jwks", w.peer.url());
    let made = w.make("transmitters", &json!({
        "name": "Identity provider", "issuer": "https://idp.example", "audience": "https://tenure.example", "jwks_uri": jwks, "match_by": "email",
        "on_session_revoked": "end-sessions", "on_credential_change": "record", "on_account_disabled": "suspend",
    }));
    let bearer = format!("Bearer {}", made["token"].as_str().expect("a token"));
    let mut nadia = w.server.person(&w.database, "nadia.varga");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    let claims = |jti: &str, event: &str| {
        json!({
            "iss": "https://idp.example", "aud": "https://tenure.example", "iat": now, "jti": jti,
            "sub_id": { "format": "email", "email": "nadia@example.com" }, "events": { event: { "event_timestamp": now } },
        })
    };
    let [revoked, disabled] = events();
    let send = |w: &mut World, token: &str, bearer: &str| {
        let reply =
            w.server.client().ask("POST", "/api/ssf/v1/events", &[("content-type", SET), ("authorization", bearer)], token.as_bytes());
        let err = if reply.body.is_empty() { String::new() } else { reply.json()["err"].as_str().unwrap_or_default().to_owned() };
        (reply.status, err)
    };
    let sign = |w: &mut World, asked: Value| w.ask_peer("/sign", &asked).1["token"].as_str().expect("a token").to_owned();
    let refused = |status: u16, err: &str| (status, err.to_owned());

    let forged = sign(w, json!({ "claims": claims("1", &revoked), "forged": true }));
    assert_eq!(send(w, &forged, &bearer), refused(400, "invalid_key"));
    let mut other = claims("1", &revoked);
    other["aud"] = json!("https://other.example");
    let other = sign(w, json!({ "claims": other }));
    assert_eq!(send(w, &other, &bearer), refused(400, "invalid_audience"));
    let mut stranger = claims("1", &revoked);
    stranger["iss"] = json!("https://evil.example");
    let stranger = sign(w, json!({ "claims": stranger }));
    assert_eq!(send(w, &stranger, &bearer), refused(400, "invalid_issuer"));
    let sound = sign(w, json!({ "claims": claims("1", &revoked), "alg": "ES256" }));
    assert_eq!(send(w, &sound, "Bearer tns_nobody"), refused(401, "authentication_failed"));
    assert_eq!(send(w, "nonsense", &bearer), refused(400, "invalid_request"));
    assert_eq!(nadia.get("/my-access").status, 200, "nothing of that did anything");

    let begun = std::time::Instant::now();
    assert_eq!(send(w, &sound, &bearer), refused(202, ""));
    assert_eq!(nadia.get("/my-access").status, 303, "her next request is refused");
    println!("a session was over {} ms after its token was sent", begun.elapsed().as_millis());
    let mut again = w.server.signed_in("nadia.varga");
    assert_eq!(send(w, &sound, &bearer), refused(202, ""));
    assert_eq!(again.get("/my-access").status, 200, "the same token, sent again, does nothing");

    let disabled = sign(w, json!({ "claims": claims("2", &disabled), "alg": "RS256" }));
    assert_eq!(send(w, &disabled, &bearer), refused(202, ""));
    assert_eq!(again.get("/my-access").status, 303);
    assert_eq!(w.database.json(["identity", "show", "nadia.varga"]).done().json()["state"], "suspended");
    let at = format!("/api/v1/signals/transmitters/{}", made["id"].as_str().expect("an id"));
    let taken = w.api.get(&at).json();
    assert_eq!(taken["taken"].as_array().map(Vec::len), Some(2), "{taken}");
    world.database.assert_sound();
}
