//! The doors of the portal: set-up, sign-in, sessions, and forms that come from elsewhere.

#[path = "portal/tricks.rs"]
mod tricks;

use tenure_tests::{Client, Database, Server, on_both, server::PASSWORD};
use tricks::*;

on_both!(
    a_set_up_link_works_once_and_looking_at_it_uses_nothing_up,
    a_wrong_sign_in_says_nothing_and_ten_lock_the_account,
    each_sign_in_makes_a_new_session_and_the_old_one_is_dead,
    a_change_that_is_not_from_our_own_page_is_refused_and_changes_nothing,
    signing_out_ends_the_session_at_once,
    a_new_password_ends_the_other_sessions,
    a_portal_role_counts_from_the_next_request,
    a_path_that_is_written_otherwise_opens_nothing,
    a_header_that_names_another_path_method_person_or_host_is_not_believed,
    two_cookies_two_lengths_and_two_hosts_are_not_mixed_up,
    a_name_that_only_looks_like_somebodys_is_nobodys,
);

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,ada.boss,Ada,Boss,,core,Lead,,2020-01-01
E2,nadia.varga,Nadia,Varga,,core,Engineer,E1,2020-01-01
";

fn served(database: &Database) -> Server {
    let file = database.write("people.csv", PEOPLE);
    database.import(&file, "2024-01-01", &[]).done();
    Server::start(database)
}

fn a_set_up_link_works_once_and_looking_at_it_uses_nothing_up(database: Database) {
    let server = Server::start(&database);
    let link = server.set_up.clone().expect("a link at the first start");
    let (_, token) = link.split_once("token=").expect("a token");
    // A scanner of mail follows links as often as it likes.
    for _ in 0..3 {
        assert_eq!(server.client().get(&link).status, 200);
        assert_eq!(server.client().ask("HEAD", &link, &[], b"").status, 200);
    }
    let set = |password: &str, repeated: &str| {
        let fields = [("token", token), ("password", password), ("repeated", repeated)];
        server.client().post("/set-up", &fields)
    };
    for (password, repeated) in [("short", "short"), ("", ""), ("passwordpassword", "passwordpassword"), (PASSWORD, "another one, longer")]
    {
        let reply = set(password, repeated);
        assert_eq!(reply.status, 422, "{password:?} / {repeated:?}");
        assert!(!reply.text().contains("another one, longer"), "a password is never shown again");
    }
    assert_eq!(set(PASSWORD, PASSWORD).status, 303);
    let events = database.events();
    let again = set("a second and longer password", "a second and longer password");
    assert!(
        again.status == 200 && again.text().contains("This link was used, and works only once"),
        "a second click changes nothing and says so"
    );
    assert!(server.client().get(&link).text().contains("This link was used, and works only once"));
    assert_eq!(server.client().get("/set-up?token=tnl_wrong").status, 422);
    assert_eq!(database.events(), events);
    server.signed_in("admin");
    drop(server);
    // Somebody can administer it now: no new link is made.
    let server = Server::start(&database);
    assert_eq!(server.set_up, None);
    server.signed_in("admin");
}

fn a_wrong_sign_in_says_nothing_and_ten_lock_the_account(database: Database) {
    let server = served(&database);
    drop(server.person(&database, "nadia.varga"));
    let mut client = server.client();
    let unknown = client.sign_in("nobody.here", PASSWORD);
    let wrong = client.sign_in("nadia.varga", "a wrong and long password");
    let never = client.sign_in("ada.boss", PASSWORD);
    let words = |reply: &tenure_tests::Reply, name: &str| {
        assert_eq!(reply.status, 422);
        assert!(reply.all("set-cookie").all(|c| !c.starts_with("tenure=")), "no session for a wrong password");
        reply.text().replace(name, "NAME")
    };
    let said = words(&wrong, "nadia.varga");
    assert_eq!(words(&unknown, "nobody.here"), said, "whether an account exists");
    assert_eq!(words(&never, "ada.boss"), said, "whether it has a password");
    assert!(!said.contains("a wrong and long password"));
    let refused = "SELECT COUNT(*) FROM audit_events WHERE action = 'sign-in' AND outcome <> 'done'";
    assert_eq!(database.sql().number(refused), 3);
    for _ in 0..9 {
        client.sign_in("nadia.varga", "a wrong and long password");
    }
    let right = client.sign_in("NADIA.varga", PASSWORD);
    assert_eq!(right.status, 422, "locked, whatever the password");
    assert_eq!(words(&right, "NADIA.varga").replace("NAME", ""), said.replace("NAME", ""), "not even that it is locked");
    // Nobody else is locked out by it.
    server.person(&database, "ada.boss");
}

fn each_sign_in_makes_a_new_session_and_the_old_one_is_dead(database: Database) {
    let server = served(&database);
    let mut first = server.administrator();
    let old = first.session().expect("a session").to_owned();
    // Whoever planted a session before gains nothing.
    let mut planted = server.client();
    planted.cookies.insert("tenure".to_owned(), old.clone());
    let reply = planted.post("/sign-in", &[("user_name", "admin"), ("password", PASSWORD), ("next", "/")]);
    assert_eq!(reply.status, 303);
    assert_ne!(planted.session(), Some(old.as_str()), "the planted id is worth nothing");
    assert_eq!(first.get("/api/v1/me").status, 401, "the id before is dead");
    let reply = first.post("/sign-in", &[("user_name", "admin"), ("password", PASSWORD), ("next", "/")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let new = first.session().expect("a session").to_owned();
    assert_ne!(new, old, "a new id at sign-in");
    let mut stale = server.client();
    stale.cookies.insert("tenure".to_owned(), old);
    assert_eq!(stale.get("/api/v1/me").status, 401, "the id before is dead");
    let alive = "SELECT COUNT(*) FROM credentials c JOIN identities i ON i.id = c.identity_id
        WHERE i.user_name = 'admin' AND c.kind = 'session' AND c.state = 'active'";
    assert_eq!(database.sql().number(alive), 2, "one for each browser; the session before is ended in the inventory, too");

    let cookie = reply.all("set-cookie").find(|c| c.starts_with("tenure=")).expect("a cookie").to_owned();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    drop(server);
    let mut command = database.command();
    command.env("TENURE_PUBLIC_URL", "https://tenure.example");
    let server = Server::start_with(&database, &mut command);
    let mut client = server.client();
    let origin = [("origin", "https://tenure.example"), ("sec-fetch-site", "same-origin")];
    let fields = [("user_name", "admin"), ("password", PASSWORD), ("next", "/")];
    let reply = client.post_with("/sign-in", &fields, &origin);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let cookies: Vec<_> = reply.all("set-cookie").collect();
    assert!(cookies.iter().any(|c| c.starts_with("__Host-tenure=")), "{cookies:?}");
    assert!(cookies.iter().all(|c| c.starts_with("__Host-") && c.contains("Secure")), "{cookies:?}");
    // A plain address is not ours then.
    assert_eq!(client.post("/sign-in", &fields).status, 403);
}

fn a_change_that_is_not_from_our_own_page_is_refused_and_changes_nothing(database: Database) {
    let server = served(&database);
    let mut admin = server.administrator();
    let mut other = server.person(&database, "nadia.varga");
    let origin = admin.origin();
    let own = [("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
    let (good, foreign) = (admin.form_token(), other.form_token());
    let host = origin.trim_start_matches("http://").to_owned();
    let look_alike = format!("http://{host}.evil.example");

    let count = |database: &Database| (database.events(), database.sql().number("SELECT COUNT(*) FROM saved_views"));
    let refused = |client: &mut Client, what: &str, token: Option<&str>, headers: &[(&str, &str)]| {
        let before = count(&database);
        let mut fields = vec![("page", "identities"), ("name", "mine"), ("query", "state=active")];
        fields.extend(token.map(|token| ("_token", token)));
        let reply = client.post_with("/views", &fields, headers);
        assert_eq!(reply.status, 403, "{what}");
        assert_eq!(count(&database), before, "{what} changed something");
    };
    refused(&mut admin, "no token", None, &own);
    refused(&mut admin, "an empty token", Some(""), &own);
    refused(&mut admin, "a dot", Some("."), &own);
    refused(&mut admin, "nonsense", Some("nonsense.nonsense"), &own);
    refused(&mut admin, "the token of another session", Some(&foreign), &own);
    let changed = format!("{}0", &good[..good.len() - 1]);
    refused(&mut admin, "a changed token", Some(if changed == good { "x.y" } else { &changed }), &own);
    for site in ["cross-site", "same-site", "none", "nonsense", ""] {
        refused(&mut admin, site, Some(&good), &[("sec-fetch-site", site)]);
        refused(&mut admin, site, Some(&good), &[("origin", origin.as_str()), ("sec-fetch-site", site)]);
    }
    for from in ["https://evil.example", "null", "", look_alike.as_str(), "http://127.0.0.1", "https://127.0.0.1:1"] {
        refused(&mut admin, from, Some(&good), &[("origin", from)]);
        refused(&mut admin, from, Some(&good), &[("origin", from), ("sec-fetch-site", "same-origin")]);
    }
    refused(&mut admin, "a cookie alone, from no page", Some(&good), &[]);
    let referer = format!("{origin}/identities");
    refused(&mut admin, "a cookie and a referrer", Some(&good), &[("referer", &referer)]);
    refused(
        &mut admin,
        "a foreign host name",
        Some(&good),
        &[("origin", "http://evil.example"), ("host", "evil.example"), ("sec-fetch-site", "cross-site")],
    );

    let before = count(&database);
    // A file needs its token as well, and before anything of it is kept.
    for fields in [vec![], vec![("_token", foreign.as_str())], vec![("_token", "")]] {
        let reply = admin.upload_with("/imports/new", &fields, PEOPLE.as_bytes());
        assert_eq!(reply.status, 403);
        assert_eq!(count(&database), before);
    }
    // A token of before counts for nothing after a new sign-in.
    let mut again = server.signed_in("admin");
    refused(&mut again, "the token of an older session", Some(&good), &own);
    let before = count(&database);
    // No change by GET, whatever the query says.
    for path in ["/views?page=identities&name=mine&query=", "/sign-out", "/preferences?theme=dark"] {
        let reply = admin.get(path);
        assert!(matches!(reply.status, 404 | 405), "{path}: {}", reply.status);
    }
    assert_eq!(admin.get("/api/v1/me").status, 200, "still signed in");

    let reply = admin.send("/views", &[("page", "identities"), ("name", "mine"), ("query", "state=active")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    assert_ne!(count(&database), before, "and the true form works");
}

fn signing_out_ends_the_session_at_once(database: Database) {
    let server = served(&database);
    let mut client = server.administrator();
    let copy = client.clone();
    let reply = client.send("/sign-out", &[]);
    assert_eq!(reply.status, 303);
    let cookie = reply.header("set-cookie").expect("the cookie goes").to_ascii_lowercase();
    assert!(cookie.starts_with("tenure=;") || cookie.contains("max-age=0"), "{cookie}");
    for mut client in [client, copy] {
        assert_eq!(client.get("/api/v1/me").status, 401, "a copy of the cookie is dead, too");
        assert!(client.get("/identities").location().starts_with("/sign-in?next="));
    }
    let left = "SELECT COUNT(*) FROM portal_sessions WHERE identity_id IS NOT NULL";
    assert_eq!(database.sql().number(left), 0);
}

fn a_new_password_ends_the_other_sessions(database: Database) {
    let server = served(&database);
    let mut here = server.person(&database, "nadia.varga");
    let mut elsewhere = server.signed_in("nadia.varga");
    let new = "another kettle of marsh 31";
    let change = |client: &mut Client, current: &str| {
        client.send("/account/password", &[("current", current), ("password", new), ("repeated", new)])
    };
    assert_eq!(change(&mut here, "a wrong and long password").status, 422);
    assert_eq!(elsewhere.get("/api/v1/me").status, 200);
    let reply = change(&mut here, PASSWORD);
    assert_eq!(reply.status, 303, "{}", reply.text());
    assert_eq!(here.get("/api/v1/me").status, 200);
    assert_eq!(elsewhere.get("/api/v1/me").status, 401);
    assert_eq!(server.client().sign_in("nadia.varga", PASSWORD).status, 422);
    assert_eq!(server.client().sign_in("nadia.varga", new).status, 303);
}

fn a_portal_role_counts_from_the_next_request(database: Database) {
    let server = served(&database);
    drop(server.administrator());
    let mut client = server.person(&database, "nadia.varga");
    assert_eq!(client.get("/audit").status, 403);
    database.json(["account", "grant", "nadia.varga", "auditor"]).done();
    assert_eq!(client.get("/audit").status, 200);
    database.json(["account", "revoke", "nadia.varga", "auditor"]).done();
    assert_eq!(client.get("/audit").status, 403);
    // A link of an administrator for somebody else replaces the password, and ends what was open.
    let answer = database.json(["account", "invite", "nadia.varga"]).done().json();
    server.set_password(answer["path"].as_str().expect("a path"));
    assert_eq!(client.get("/api/v1/me").status, 401);
}

#[test]
fn nobody_is_sent_to_another_site() {
    let database = Database::sqlite();
    let server = Server::start(&database);
    let mut admin = server.administrator();
    let places = [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%0d%0aset-cookie:x=y",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "/\u{a0}/evil.example",
        "http:evil.example",
        "/..//evil.example",
        "/.//evil.example",
        "",
        "@evil.example",
    ];
    let is_ours = |location: &str, place: &str| {
        let bytes = location.as_bytes();
        let ours = bytes.first() == Some(&b'/') && !matches!(bytes.get(1), Some(b'/' | b'\\'));
        assert!(ours && !location.contains(['\r', '\n', '\t', '\\']), "{place:?} leads to {location:?}");
    };
    for place in places {
        let reply = server.client().post("/sign-in", &[("user_name", "admin"), ("password", PASSWORD), ("next", place)]);
        assert_eq!(reply.status, 303);
        is_ours(reply.location(), place);
        let reply = admin.send("/preferences", &[("theme", "dark"), ("back", place)]);
        assert_eq!(reply.status, 303);
        is_ours(reply.location(), place);
        // Whoever is signed in already is sent on at once.
        let reply = admin.get(&format!("/sign-in?next={}", tenure_tests::client::encode(place)));
        assert_eq!(reply.status, 303);
        is_ours(reply.location(), place);
    }
    let reply = server.client().get("/identities?q=a&state=active");
    assert_eq!(reply.location(), "/sign-in?next=%2Fidentities%3Fq%3Da%26state%3Dactive");
}

#[test]
fn a_request_that_is_too_large_or_broken_is_refused() {
    let database = Database::sqlite();
    let server = Server::start(&database);
    let mut admin = server.administrator();
    let events = database.events();
    let token = admin.form_token();
    let long = "x".repeat(2 << 20);
    let reply = admin.post("/views", &[("_token", &token), ("page", "identities"), ("name", &long)]);
    assert_eq!(reply.status, 413, "{}", reply.text());
    assert_eq!(admin.get("/nowhere").status, 404);
    assert_eq!(admin.get("/identities/not-a-key").status, 404);
    assert_eq!(admin.get("/identities/00000000-0000-0000-0000-000000000000").status, 404);
    let own = admin.origin();
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"] {
        let reply = admin.ask(method, "/identities", &[("origin", &own), ("sec-fetch-site", "same-origin")], b"");
        assert!(matches!(reply.status, 403 | 405 | 501), "{method}: {}", reply.status);
    }
    let reply =
        admin.ask("POST", "/views", &[("origin", &own), ("content-type", "application/x-www-form-urlencoded")], b"\xff\xfe=%zz&&&=");
    assert!(matches!(reply.status, 403 | 422), "{}", reply.status);
    let reply =
        admin.ask("POST", "/imports/new", &[("origin", &own), ("content-type", "multipart/form-data; boundary=x")], b"--x\r\nbroken");
    assert!(matches!(reply.status, 400 | 403 | 422), "{}", reply.status);
    let mut cookie = server.client();
    for value in ["x", "AAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(5000), "%00", "\"\""] {
        cookie.cookies.insert("tenure".to_owned(), value.to_owned());
        let reply = cookie.get("/identities");
        assert!(matches!(reply.status, 303 | 431), "a cookie of nonsense: {}", reply.status);
    }
    for token in ["", "x", "tnr_", "tnr_0000000000000000000000000000000000000000000000000", "Bearer"] {
        let reply = Client::with_token(server.address, token).get("/api/v1/me");
        assert!(matches!(reply.status, 401 | 303), "{token:?}: {}", reply.status);
    }
    assert_eq!(database.events(), events);
}
