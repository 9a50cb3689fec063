//! The SCIM server of the built binary, on both engines: what `scim2-tester` asks, what Entra ID and Okta send, and
//! that a deactivated person is dead at once.

use serde_json::{Value, json};
use tenure_test_support::scim_tester;
use tenure_tests::{Client, Database, Reply, Server, on_both};

on_both!(
    scim2_tester_finds_nothing_but_success,
    entra_id_provisions_a_user_and_a_group_and_takes_them_away,
    okta_provisions_by_put_and_deactivates_by_a_patch_without_path,
    every_failure_is_told_in_the_words_of_scim,
    a_deactivated_person_has_no_session_and_no_token_any_more_and_the_limit_holds,
);

const SCIM: &str = "application/scim+json";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A server, and an identity provider with its token.
struct World {
    database: Database,
    server: Server,
    admin: Client,
    provider: Client,
    token: String,
}

impl World {
    fn new(database: Database, leavers_percent: u8) -> Self {
        let file = database.write("tenure.toml", format!("[limits]\nleavers_percent = {leavers_percent}\n"));
        let server = Server::start_with(&database, database.command().arg("--config").arg(file));
        let mut admin = server.administrator();
        let service =
            [("kind", "service"), ("user_name", "idp"), ("display_name", "IdP"), ("purpose", "provisions"), ("owner_id", "admin")];
        let made = admin.send("/identities/new", &service);
        assert_eq!(made.status, 303, "{}", made.text());
        let at = made.location().split('?').next().expect("an address").to_owned();
        let role = admin.send(&format!("{at}/portal/roles"), &[("role", "provisioner"), ("held", "yes")]);
        assert_eq!(role.status, 303, "{}", role.text());
        let page = admin.send(&format!("{at}/tokens/new"), &[("label", "scim"), ("purpose", "scim"), ("access", "write"), ("days", "30")]);
        let text = page.text();
        let found = text.split("tnr_").skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
        let token = found.clone().find(|signs| signs.len() == 49).map(|signs| format!("tnr_{signs}")).expect("a token");
        let provider = Client::with_token(server.address, &token);
        World { database, server, admin, provider, token }
    }

    #[track_caller]
    fn ask(&mut self, method: &str, path: &str, body: &Value) -> Reply {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let reply = self.provider.ask(method, &format!("/scim/v2{path}"), &[("content-type", SCIM)], &bytes);
        if !reply.body.is_empty() {
            assert_eq!(reply.header("content-type"), Some(SCIM), "{method} {path}: {}", reply.text());
        }
        reply
    }

    #[track_caller]
    fn done(&mut self, method: &str, path: &str, body: &Value, status: u16) -> Value {
        let reply = self.ask(method, path, body);
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text());
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }
}

fn encoded(filter: &str) -> String {
    tenure_tests::client::encode(filter)
}

fn scim2_tester_finds_nothing_but_success(database: Database) {
    // It makes and deletes a source of few people, over and over.
    let world = World::new(database, 100);
    let url = format!("{}/scim/v2", world.provider.origin());
    let verdict = scim_tester::check(&url, &world.token).unwrap_or_else(|error| panic!("{error}"));
    assert!(verdict.others.is_empty(), "{} passed; {}", verdict.passed, verdict.others.join("\n"));
    assert!(verdict.passed >= 130, "{} checks", verdict.passed);
    println!("scim2-tester: {} checks, all SUCCESS", verdict.passed);
    world.database.assert_sound();
}

fn entra_id_provisions_a_user_and_a_group_and_takes_them_away(database: Database) {
    let mut world = World::new(database, 100);
    let w = &mut world;
    // It asks first for somebody who cannot be there: the test of the connection.
    let none = w.done("GET", &format!("/Users?filter={}", encoded("userName eq \"6f1a2b\"")), &Value::Null, 200);
    assert_eq!(none["totalResults"], 0);
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": "ann@contoso.example", "active": true,
        "emails": [{ "primary": true, "type": "work", "value": "ann@contoso.example" }],
        "meta": { "resourceType": "User" }, "name": { "formatted": "Ann Example", "familyName": "Example", "givenName": "Ann" }, "roles": [],
    });
    let ann = w.done("POST", "/Users", &user, 201)["id"].as_str().expect("an id").to_owned();
    let found = w.done("GET", &format!("/Users?filter={}", encoded("userName eq \"ANN@contoso.example\"")), &Value::Null, 200);
    assert_eq!((found["totalResults"].clone(), found["Resources"][0]["id"].clone()), (json!(1), json!(ann)));
    let change = json!({ "schemas": [PATCH], "Operations": [
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ann.b@contoso.example" },
        { "op": "Add", "value": { "name.familyName": "Beispiel", (format!("{ENTERPRISE}:department")): "Sales" } },
    ]});
    let changed = w.done("PATCH", &format!("/Users/{ann}"), &change, 200);
    assert_eq!((changed["name"]["familyName"].clone(), changed[ENTERPRISE]["department"].clone()), (json!("Beispiel"), json!("Sales")));
    assert_eq!(changed["emails"][0]["value"], "ann.b@contoso.example");

    let group = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "externalId": "g", "displayName": "Sellers", "meta": { "resourceType": "Group" } });
    let sellers = w.done("POST", "/Groups", &group, 201)["id"].as_str().expect("an id").to_owned();
    let put_in =
        json!({ "schemas": [PATCH], "Operations": [{ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": ann }] }] });
    w.done("PATCH", &format!("/Groups/{sellers}"), &put_in, 204);
    let without = w.done("GET", &format!("/Groups/{sellers}?excludedAttributes=members"), &Value::Null, 200);
    assert!(without.get("members").is_none() && without["displayName"] == "Sellers");
    let asks = format!("/Groups?excludedAttributes=members&filter={}", encoded(&format!("id eq \"{sellers}\" and members eq \"{ann}\"")));
    assert_eq!(w.done("GET", &asks, &Value::Null, 200)["totalResults"], 1);
    let take_out =
        json!({ "schemas": [PATCH], "Operations": [{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": ann }] }] });
    w.done("PATCH", &format!("/Groups/{sellers}"), &take_out, 204);
    assert_eq!(w.done("GET", &asks, &Value::Null, 200)["totalResults"], 0);

    let off = json!({ "schemas": [PATCH], "Operations": [{ "op": "Replace", "path": "active", "value": "False" }] });
    assert_eq!(w.done("PATCH", &format!("/Users/{ann}"), &off, 200)["active"], false);
    w.done("DELETE", &format!("/Users/{ann}"), &Value::Null, 204);
    w.done("GET", &format!("/Users/{ann}"), &Value::Null, 404);
    w.done("DELETE", &format!("/Groups/{sellers}"), &Value::Null, 204);
    world.database.assert_sound();
}

fn okta_provisions_by_put_and_deactivates_by_a_patch_without_path(database: Database) {
    let mut world = World::new(database, 100);
    let w = &mut world;
    let page = w.done("GET", "/Users?startIndex=1&count=2", &Value::Null, 200);
    assert_eq!((page["startIndex"].clone(), page["itemsPerPage"].clone()), (json!(1), json!(1)), "{page}");
    let user = |title: &str, active: bool| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ben@okta.example", "title": title,
            "name": { "givenName": "Ben", "familyName": "User" }, "emails": [{ "primary": true, "value": "ben@okta.example", "type": "work" }],
            "displayName": "Ben User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7", "groups": [], "password": "1mz050nq", "active": active,
        })
    };
    let made = w.ask("POST", "/Users", &user("Clerk", true));
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.header("location"), made.json()["meta"]["location"].as_str());
    let ben = made.json()["id"].as_str().expect("an id").to_owned();
    assert!(made.json().get("password").is_none());
    assert_eq!(w.done("POST", "/Users", &user("Clerk", true), 409)["scimType"], "uniqueness");
    let at = format!("/Users/{ben}");
    let tag = made.header("etag").expect("a version").to_owned();
    let same = w.provider.ask("GET", &format!("/scim/v2{at}"), &[("if-none-match", &tag)], b"");
    assert_eq!((same.status, same.body.len()), (304, 0));
    assert_eq!(w.done("PUT", &at, &user("Boss", true), 200)["title"], "Boss");
    let late = w.provider.ask(
        "PUT",
        &format!("/scim/v2{at}"),
        &[("if-match", &tag), ("content-type", SCIM)],
        user("Late", true).to_string().as_bytes(),
    );
    assert_eq!(late.status, 412, "{}", late.text());
    let off = json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "value": { "active": false } }] });
    assert_eq!(w.done("PATCH", &at, &off, 200)["active"], false);
    assert_eq!(w.done("PUT", &at, &user("Boss", true), 200)["active"], true, "back again");
    let group = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Okta People", "members": [{ "value": ben, "display": "ben@okta.example" }] });
    let people = w.done("POST", "/Groups", &group, 201)["id"].as_str().expect("an id").to_owned();
    let rename = json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "value": { "id": people, "displayName": "Okta Folk" } }] });
    w.done("PATCH", &format!("/Groups/{people}"), &rename, 204);
    let folk = w.done("GET", &format!("/Groups?filter={}", encoded("displayName eq \"Okta Folk\"")), &Value::Null, 200);
    assert_eq!(folk["Resources"][0]["members"][0]["value"], json!(ben));
    world.database.assert_sound();
}

fn every_failure_is_told_in_the_words_of_scim(database: Database) {
    let mut world = World::new(database, 10);
    let large = vec![b' '; (1 << 20) + 1];
    let headers = [("content-type", SCIM)];
    let zero = uuid::Uuid::nil();
    for (method, path, body, status) in [
        ("GET", "/scim/v2/Nothing".to_owned(), &b""[..], 404),
        ("GET", "/scim/v2".to_owned(), b"", 404),
        ("GET", format!("/scim/v2/Users/{zero}"), b"", 404),
        ("GET", "/scim/v2/Users/%ff".to_owned(), b"", 400),
        ("DELETE", format!("/scim/v2/Groups/{zero}"), b"", 404),
        ("DELETE", "/scim/v2/Users".to_owned(), b"", 405),
        ("POST", "/scim/v2/Schemas".to_owned(), b"{}", 405),
        ("POST", "/scim/v2/Users".to_owned(), b"{\"userName\":", 400),
        ("POST", "/scim/v2/Users".to_owned(), b"[]", 400),
        ("POST", "/scim/v2/Users".to_owned(), &large, 413),
        ("POST", "/scim/v2/Users/.search".to_owned(), b"{\"count\":\"x\"}", 400),
        ("GET", "/scim/v2/Users?filter=userName%20eq".to_owned(), b"", 400),
        ("GET", "/scim/v2/Users?count=x".to_owned(), b"", 400),
        ("GET", "/scim/v2/Users?attributes=userName&excludedAttributes=title".to_owned(), b"", 400),
        ("GET", "/scim/v2/Schemas?filter=id%20pr".to_owned(), b"", 403),
        ("GET", "/scim/v2/Me".to_owned(), b"", 404),
        ("PATCH", "/scim/v2/Me".to_owned(), b"{}", 405),
        ("POST", "/scim/v2/Bulk".to_owned(), b"{}", 400),
    ] {
        let reply = world.provider.ask(method, &path, &headers, body);
        assert_eq!((reply.status, reply.header("content-type")), (status, Some(SCIM)), "{method} {path}: {}", reply.text());
        let error = reply.json();
        assert_eq!(error["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error", "{method} {path}");
        assert_eq!(error["status"], status.to_string(), "{method} {path}");
        assert!(error["detail"].as_str().is_some_and(|words| !words.is_empty()), "{method} {path}: {error}");
    }
    let xml = world.provider.ask("POST", "/scim/v2/Users", &[("content-type", "text/xml")], b"<x/>");
    assert_eq!((xml.status, xml.header("content-type")), (415, Some(SCIM)));
    // A session is not enough, whoever's it is.
    let mut nobody = world.server.client();
    for client in [&mut nobody, &mut world.admin] {
        let reply = client.get("/scim/v2/Users");
        assert_eq!((reply.status, reply.header("content-type")), (401, Some(SCIM)));
        assert!(reply.header("www-authenticate").is_some_and(|how| how.starts_with("Bearer")));
        assert_eq!(reply.json()["status"], "401");
    }
    for path in ["/ServiceProviderConfig", "/ResourceTypes/User", &format!("/Schemas/{ENTERPRISE}")] {
        assert!(world.done("GET", path, &Value::Null, 200)["meta"]["location"].as_str().is_some_and(|at| at.ends_with(path)));
    }
    // The provisioner's token opens nothing else.
    for path in
        ["/identities", "/identities/new", "/roles", "/audit", "/imports", "/credentials", "/account/tokens/new", "/api/v1/identities"]
    {
        let status = world.provider.get(path).status;
        assert!(matches!(status, 403 | 404), "{path}: {status}");
    }
}

fn a_deactivated_person_has_no_session_and_no_token_any_more_and_the_limit_holds(database: Database) {
    let mut world = World::new(database, 10);
    let mut ids = Vec::new();
    for n in 0..10 {
        let made = world.done("POST", "/Users", &json!({ "userName": format!("nadia{n}") }), 201);
        ids.push(made["id"].as_str().expect("an id").to_owned());
    }
    let mut nadia = world.server.person(&world.database, "nadia0");
    let page = nadia.send("/account/tokens/new", &[("label", "x"), ("purpose", "x"), ("access", "read"), ("days", "30")]).text();
    let signs = page.split("tnr_").skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
    let signs = signs.clone().find(|signs| signs.len() == 49).expect("a token").to_owned();
    let mut program = Client::with_token(world.server.address, &format!("tnr_{signs}"));
    assert_eq!((nadia.get("/api/v1/me").status, program.get("/api/v1/me").status), (200, 200));
    let off = json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "path": "active", "value": false }] });
    world.done("PATCH", &format!("/Users/{}", ids[0]), &off, 200);
    assert_eq!((nadia.get("/api/v1/me").status, program.get("/api/v1/me").status), (401, 401));
    for (method, body) in [("PATCH", &off), ("DELETE", &Value::Null)] {
        let error = world.done(method, &format!("/Users/{}", ids[1]), body, 403);
        assert!(error["detail"].as_str().is_some_and(|words| words.contains("2 of 10 people") && words.contains("10 %")), "{error}");
    }
    assert_eq!(world.done("GET", &format!("/Users/{}", ids[1]), &Value::Null, 200)["active"], true);
    let refused =
        world.database.sql().number("SELECT COUNT(*) FROM audit_events WHERE action = 'provision-identities' AND outcome = 'refused'");
    assert_eq!(refused, 2);
    world.database.assert_sound();
}
