//! A real sshd asks Tenure at each login, by the very script that `docs/targets.md` has: who may sign in does, and a
//! key that ended, or whose holder has, is refused at the next login.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use serde_json::Value;
use tenure_test_support::Sshd;
use tenure_test_support::sshd::make_key;
use tenure_tests::{Client, Database, Server, on_both};

on_both!(
    a_key_signs_in_until_it_is_revoked_or_its_holder_suspended_or_offboarded,
    without_the_hosts_token_or_without_tenure_nobody_is_let_in,
);

const DOCUMENTATION: &str = include_str!("../../docs/targets.md");
/// How long what is owed may take on busy machines.
const PATIENCE: Duration = Duration::from_secs(60);

/// A company whose one host is an sshd that lets in whoever runs the tests.
struct Company {
    sshd: Sshd,
    server: Server,
    admin: Client,
    hosts: String,
}

fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The value of a hidden field, or of the choice that stands beside a word.
fn value(page: &str, name: &str, beside: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let mut all = page.split(&start).skip(1);
    let found = all.find(|rest| beside.is_empty() || rest.split("</label>").next().unwrap_or_default().contains(beside));
    let value = found.unwrap_or_else(|| panic!("no {name} {beside}: {page}")).split('"').next().expect("a value");
    value
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn plan_and_apply(admin: &mut Client, at: &str, fields: &[(&str, &str)]) -> String {
    let plan = admin.send(&format!("{at}/plan"), fields);
    assert_eq!(plan.status, 200, "{}", plan.text());
    let (draft, hash) = (value(&plan.text(), "draft", ""), value(&plan.text(), "hash", ""));
    let applied = admin.send(&format!("{at}/apply"), &[("draft", &draft), ("hash", &hash)]);
    assert_eq!(applied.status, 303, "{}", applied.text());
    applied.location().split('?').next().expect("an address").to_owned()
}

/// The script of the documentation, with the places of this test.
fn script(folder: &str, origin: &str) -> String {
    let (_, below) = DOCUMENTATION.split_once("/usr/local/libexec/tenure-keys <<'END'\n").expect("the script");
    let (script, _) = below.split_once("\nEND\n").expect("its end");
    assert!(script.lines().count() <= 12, "it stays short");
    let (token, address) = ("/etc/ssh/tenure-token", "https://tenure.example.org");
    assert!(script.contains(token) && script.contains(address) && script.contains("--proto =https"));
    script.replace(token, &format!("{folder}/token")).replace(address, origin).replace("--proto =https", "--proto =http")
}

fn company(database: &Database) -> Company {
    let sshd = Sshd::start("/bin/sh {}/tenure-keys %u");
    let user = sshd.user();
    let people = format!(
        "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,{user},Nadia,Varga,nadia@example.test,Engineering,Engineer,,2020-01-01
E2,sam.stone,Sam,Stone,sam@example.test,Finance,Head,,2020-01-01\n"
    );
    let file = database.write("people.csv", people);
    database.import(&file, "2024-01-01", &[]).done();
    let server = Server::start(database);
    let mut admin = server.administrator();
    let made = admin.send("/applications", &[("name", "Build hosts"), ("description", "hosts")]);
    assert_eq!(made.status, 303, "{}", made.text());
    let at = made.location().split('?').next().expect("an address").to_owned();
    let settings = [
        ("version", "0"),
        ("kind", "ssh"),
        ("settings", "allow = [\"pty\"]\nfrom = [\"127.0.0.0/8\"]\n"),
        ("on_end", "disable"),
        ("at_once", "4"),
        ("per_minute", "600"),
        ("timeout_seconds", "10"),
    ];
    for (step, fields) in [
        ("target", settings.as_slice()),
        ("target/probe", &[]),
        ("entitlements", &[("name", "shell"), ("description", "signs in"), ("risk", "medium")]),
        ("mapping", &[("version", "1"), ("mapping", "name = \"user_name\"")]),
    ] {
        let reply = admin.send(&format!("{at}/{step}"), fields);
        assert_eq!(reply.status, 303, "{step}: {}", reply.text());
    }
    let entitlement = value(&admin.get("/roles/new").text(), "entitlement", "shell");
    let role = [("name", "Engineers"), ("kind", "business"), ("grace_days", "0"), ("entitlement", entitlement.as_str())];
    let role = plan_and_apply(&mut admin, "/roles", &role);
    let role = role.rsplit('/').next().expect("a key");
    let rule = [("name", "Engineers"), ("role_id", role), ("expression", "department == \"Engineering\""), ("enabled", "yes")];
    plan_and_apply(&mut admin, "/rules", &rule);

    let folder = sshd.folder().display().to_string();
    fs::write(sshd.folder().join("tenure-keys"), script(&folder, &admin.origin())).expect("the script");
    let hosts = format!("{at}/hosts");
    let page = admin.send(&hosts, &[("name", "build-01"), ("days", "90")]).text();
    give_token(&sshd, &token_of(&page));
    assert!(!admin.get(&hosts).text().contains(&token_of(&page)), "shown once");
    Company { sshd, server, admin, hosts }
}

fn token_of(page: &str) -> String {
    let signs = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned();
    let found = page.split("tnh_").skip(1).map(signs).find(|signs| signs.len() == 49);
    format!("tnh_{}", found.unwrap_or_else(|| panic!("no token: {page}")))
}

fn give_token(sshd: &Sshd, token: &str) {
    let file = sshd.folder().join("token");
    fs::write(&file, format!("{token}\n")).expect("the token");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("its mode");
}

/// Registers a key of the host's folder; yields the page of its credential.
fn register(person: &mut Client, sshd: &Sshd, name: &str, kind: &str) -> String {
    let public = make_key(sshd.folder(), name, kind, "");
    let reply = person.send("/account/ssh-keys/new", &[("key", &public), ("label", name), ("days", "90")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    reply.location().split('?').next().expect("an address").to_owned()
}

fn a_key_signs_in_until_it_is_revoked_or_its_holder_suspended_or_offboarded(database: Database) {
    let Company { sshd, server, mut admin, .. } = company(&database);
    let mut nadia = server.person(&database, sshd.user());
    let laptop = register(&mut nadia, &sshd, "laptop", "ed25519");
    register(&mut nadia, &sshd, "phone", "ecdsa");
    let _ = make_key(sshd.folder(), "strange", "ed25519", "");
    wait_until("she is let in", || sshd.sign_in("laptop", "echo in").as_deref() == Some("in"));
    assert_eq!(sshd.sign_in("phone", "echo in").as_deref(), Some("in"), "{}", sshd.log());
    assert_eq!(sshd.sign_in("strange", "echo in"), None, "a key that nobody registered");

    let revoked = nadia.send(&format!("{laptop}/revoke"), &[("reason", "lost"), ("confirm", "laptop")]);
    assert_eq!(revoked.status, 303, "{}", revoked.text());
    assert_eq!(sshd.sign_in("laptop", "echo in"), None, "at the next login");
    assert_eq!(sshd.sign_in("phone", "echo in").as_deref(), Some("in"), "the other key works: {}", sshd.log());
    wait_until("that is read back", || nadia.get(&laptop).text().contains("Nothing works with it any more"));

    let id = database.json(["identity", "show", sshd.user()]).done().json()["id"].as_str().expect("an id").to_owned();
    let mut lifecycle = |to: &str| {
        let reply = admin.send(&format!("/identities/{id}/lifecycle"), &[("to", to), ("reason", "under inquiry")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
    };
    lifecycle("suspend");
    assert_eq!(sshd.sign_in("phone", "echo in"), None, "who is suspended is refused");
    lifecycle("resume");
    assert_eq!(sshd.sign_in("phone", "echo in").as_deref(), Some("in"), "{}", sshd.log());

    database.json(["offboard", sshd.user(), "--reason", "left"]).done();
    assert_eq!(sshd.sign_in("phone", "echo in"), None, "who has left is refused");
    let page = admin.get("/offboarding").text();
    let start = page.find("href=\"/offboarding/").expect("a record") + "href=\"".len();
    let address = page[start..].split('"').next().expect("an address").to_owned();
    let record = |admin: &mut Client| admin.get(&format!("{address}/record.json")).json();
    let is_complete = |record: &Value| record["note"].as_str().expect("a note").lines().any(|line| line == "complete");
    wait_until("complete", || is_complete(&record(&mut admin)));
    let text = record(&mut admin).to_string();
    assert!(text.contains("asked as a host asks, Tenure gives no key for"), "{text}");
    assert!(text.contains("is not among them"), "the key's end was read back: {text}");
    database.assert_sound();
}

fn without_the_hosts_token_or_without_tenure_nobody_is_let_in(database: Database) {
    let Company { sshd, server, mut admin, hosts } = company(&database);
    let mut nadia = server.person(&database, sshd.user());
    register(&mut nadia, &sshd, "laptop", "ed25519");
    wait_until("she is let in", || sshd.sign_in("laptop", "echo in").as_deref() == Some("in"));
    let token = fs::read_to_string(sshd.folder().join("token")).expect("the token").trim().to_owned();

    // As a program of its own: what the host is told, and what its token is good for besides.
    let mut host = Client::with_token(server.address, &token);
    let keys = host.get(&format!("/api/ssh/v1/keys?user={}", sshd.user()));
    assert_eq!((keys.status, keys.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    assert!(keys.text().starts_with("restrict,pty,from=\"127.0.0.0/8\",expiry-time=\"") && keys.text().lines().count() == 1);
    for user in ["sam.stone", "nobody", "%00", "a%0Ab", "..%2F..", "%FF"] {
        let reply = host.get(&format!("/api/ssh/v1/keys?user={user}"));
        assert_eq!((reply.status, reply.text().as_str()), (200, ""), "{user}");
    }
    assert_eq!(host.get("/api/ssh/v1/keys").status, 422, "a script that names nobody is told so");
    for path in ["/api/v1/me", "/api/v1/identities", "/scim/v2/Users", "/identities"] {
        assert_ne!(host.get(path).status, 200, "{path}");
    }
    let begun = Instant::now();
    for _ in 0..50 {
        assert_eq!(host.get(&format!("/api/ssh/v1/keys?user={}", sshd.user())).status, 200);
    }
    println!("a question takes {:.1} ms on a new connection", begun.elapsed().as_secs_f64() * 1000.0 / 50.0);

    for wrong in [format!("{}x", &token[..token.len() - 1]), String::new(), "tnr_x".to_owned()] {
        give_token(&sshd, &wrong);
        assert_eq!(sshd.sign_in("laptop", "echo in"), None, "with {wrong}");
    }
    give_token(&sshd, &token);
    assert_eq!(sshd.sign_in("laptop", "echo in").as_deref(), Some("in"), "{}", sshd.log());

    // Another token, and the old one revoked.
    let page = admin.get(&hosts).text();
    let rotate = page.split("action=\"").map(|rest| rest.split('"').next().unwrap_or_default()).find(|a| a.ends_with("/rotate"));
    let rotate = rotate.expect("a button").to_owned();
    let renewed = token_of(&admin.send(&rotate, &[]).text());
    assert_eq!(sshd.sign_in("laptop", "echo in").as_deref(), Some("in"), "both work for a day");
    assert_eq!(admin.send(&rotate.replace("/rotate", "/revoke"), &[]).status, 303);
    assert_eq!(sshd.sign_in("laptop", "echo in"), None, "at once");
    give_token(&sshd, &renewed);
    assert_eq!(sshd.sign_in("laptop", "echo in").as_deref(), Some("in"), "{}", sshd.log());

    let stopped = server.stop();
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    assert_eq!(sshd.sign_in("laptop", "echo in"), None, "Tenure is down: nobody is let in");
    database.assert_sound();
    let told = database.sql().text("SELECT CAST(COUNT(*) AS TEXT) FROM audit_events WHERE action = 'ssh-keys.asked'");
    assert_ne!(told, "0", "what hosts asked is in the log when it stops");
}
