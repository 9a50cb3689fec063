//! A real sshd asks Tenure at each login, by the very script that `docs/targets.md` has: who may sign in does, and a
//! key that ended, or whose holder has, is refused at the next login.

use std::fs;
use std::time::Instant;

use tenure_test_support::sshd::make_key;
use tenure_tests::birthright::give_by_rule;
use tenure_tests::offboarding::Record;
use tenure_tests::targets::{Hosts, host_token};
use tenure_tests::{Client, Database, Server, on_both, wait_until};

on_both!(
    a_key_signs_in_until_it_is_revoked_or_its_holder_suspended_or_offboarded,
    without_the_hosts_token_or_without_tenure_nobody_is_let_in,
);

/// A company whose one host is an sshd that lets in whoever runs the tests.
struct Company {
    hosts: Hosts,
    server: Server,
    admin: Client,
    /// The page of its hosts.
    page: String,
}

fn company(database: &Database) -> Company {
    let hosts = Hosts::start();
    let user = hosts.sshd.user();
    let people = format!(
        "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,{user},Nadia,Varga,nadia@example.test,Engineering,Engineer,,2020-01-01
E2,sam.stone,Sam,Stone,sam@example.test,Finance,Head,,2020-01-01\n"
    );
    let file = database.write("people.csv", people);
    database.import(&file, "2024-01-01", &[]).done();
    let server = Server::start(database);
    let mut admin = server.administrator();
    let at = hosts.configure(&mut admin, "user_name");
    give_by_rule(&mut admin, "shell", "Engineers", "department == \"Engineering\"");
    Company { server, admin, page: format!("{at}/hosts"), hosts }
}

fn a_key_signs_in_until_it_is_revoked_or_its_holder_suspended_or_offboarded(database: Database) {
    let Company { hosts, server, mut admin, .. } = company(&database);
    let sshd = &hosts.sshd;
    let mut nadia = server.person(&database, sshd.user());
    let laptop = hosts.register(&mut nadia, "laptop", "ed25519");
    hosts.register(&mut nadia, "phone", "ecdsa");
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
    let record = Record::newest(&mut admin);
    wait_until("complete", || record.is_complete(&mut admin));
    let text = record.json(&mut admin).to_string();
    assert!(text.contains("asked as a host asks, Tenure gives no key for"), "{text}");
    assert!(text.contains("is not among them"), "the key's end was read back: {text}");
    database.assert_sound();
}

fn without_the_hosts_token_or_without_tenure_nobody_is_let_in(database: Database) {
    let Company { hosts, server, mut admin, page } = company(&database);
    let sshd = &hosts.sshd;
    let mut nadia = server.person(&database, sshd.user());
    hosts.register(&mut nadia, "laptop", "ed25519");
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
        hosts.give_token(&wrong);
        assert_eq!(sshd.sign_in("laptop", "echo in"), None, "with {wrong}");
    }
    hosts.give_token(&token);
    assert_eq!(sshd.sign_in("laptop", "echo in").as_deref(), Some("in"), "{}", sshd.log());

    // Another token, and the old one revoked.
    let page = admin.get(&page).text();
    let rotate = page.split("action=\"").map(|rest| rest.split('"').next().unwrap_or_default()).find(|a| a.ends_with("/rotate"));
    let rotate = rotate.expect("a button").to_owned();
    let renewed = host_token(&admin.send(&rotate, &[]).text());
    assert_eq!(sshd.sign_in("laptop", "echo in").as_deref(), Some("in"), "both work for a day");
    assert_eq!(admin.send(&rotate.replace("/rotate", "/revoke"), &[]).status, 303);
    assert_eq!(sshd.sign_in("laptop", "echo in"), None, "at once");
    hosts.give_token(&renewed);
    assert_eq!(sshd.sign_in("laptop", "echo in").as_deref(), Some("in"), "{}", sshd.log());

    let stopped = server.stop();
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    assert_eq!(sshd.sign_in("laptop", "echo in"), None, "Tenure is down: nobody is let in");
    database.assert_sound();
    let told = database.sql().text("SELECT CAST(COUNT(*) AS TEXT) FROM audit_events WHERE action = 'ssh-keys.asked'");
    assert_ne!(told, "0", "what hosts asked is in the log when it stops");
}
