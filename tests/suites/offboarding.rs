//! Somebody leaves, and real servers let them in no more: OpenLDAP and PostgreSQL, asked by clients that
//! know nothing of Tenure. The record is verified by the binary and by the Python script, elsewhere.

use std::process::Command;

use serde_json::Value;
use tenure_tests::targets::{Directory, Roles};
use tenure_tests::{Client, Database, Server, on_both, wait_until};

on_both!(
    a_leavers_accounts_groups_and_database_roles_die_on_real_servers_and_the_record_proves_it,
    a_target_that_is_down_keeps_the_record_open_says_why_and_delays_no_other
);

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,nadia.varga,Nadia,Varga,nadia@example.test,Finance,Analyst,,2020-01-01
E2,sam.stone,Sam,Stone,sam@example.test,Finance,Head,,2020-01-01
";

/// A company with two people, its portal, and its administrator.
fn company(database: &Database) -> (Server, Client) {
    let file = database.write("people.csv", PEOPLE);
    database.import(&file, "2024-01-01", &[]).done();
    let server = Server::start(database);
    let admin = server.administrator();
    (server, admin)
}

/// Ends somebody by the form of the portal; yields the address of their record.
fn end(admin: &mut Client, database: &Database, user_name: &str) -> String {
    let id = database.json(["identity", "show", user_name]).done().json()["id"].as_str().expect("an id").to_owned();
    let reply = admin.send(&format!("/identities/{id}/end"), &[("reason", "left"), ("confirm", user_name)]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let page = admin.get("/offboarding").text();
    let start = page.find("href=\"/offboarding/").expect("a record") + "href=\"".len();
    page[start..].split('"').next().expect("an address").to_owned()
}

/// The record as it is now.
fn record(admin: &mut Client, address: &str) -> Value {
    let reply = admin.get(&format!("{address}/record.json"));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

/// Whether the signed note says that nothing is open.
fn is_complete(record: &Value) -> bool {
    record["note"].as_str().expect("a note").lines().any(|line| line == "complete")
}

fn a_leavers_accounts_groups_and_database_roles_die_on_real_servers_and_the_record_proves_it(database: Database) {
    let (directory, roles) = (Directory::start(), Roles::start());
    let (server, mut admin) = company(&database);
    directory.configure(&mut admin);
    roles.configure(&mut admin);
    assert!(directory.lets_in("nadia.varga") && roles.lets_in("nadia.varga"), "before");
    let open = roles.session_of("nadia.varga");
    let mut nadia = server.person(&database, "nadia.varga");

    let address = end(&mut admin, &database, "nadia.varga");
    assert_eq!(nadia.get("/").status, 303, "her session is dead");
    let took = wait_until("complete", || is_complete(&record(&mut admin, &address)));
    println!("complete after {} ms", took.as_millis());

    assert!(!directory.lets_in("nadia.varga"), "the directory lets her in no more");
    assert!(!directory.members("staff").contains("nadia.varga") && !directory.members("everybody").contains("nadia.varga"));
    assert!(!roles.lets_in("nadia.varga") && !roles.exists("nadia.varga"), "the database lets her in no more");
    assert!(roles.is_over(open), "her open session was ended");
    assert_eq!(roles.owner_of("ledger"), roles.heir(), "what she owned has another owner");
    assert!(directory.lets_in("sam.stone") && roles.lets_in("sam.stone"), "nobody else lost anything");

    verify(&database, &mut admin, &address);
    let paper = admin.get(&format!("{address}/record.pdf"));
    assert!(paper.status == 200 && paper.body.starts_with(b"%PDF-"), "the paper");
    let page = admin.get(&address).text();
    assert!(page.contains("Complete: nothing can act in this name any more"), "the page says so");
    database.assert_sound();
}

/// The record, verified elsewhere, by two programs; one changed byte is found by both.
fn verify(database: &Database, admin: &mut Client, address: &str) {
    let body = admin.get(&format!("{address}/record.json")).body;
    let key = serde_json::from_slice::<Value>(&body).expect("JSON")["public_key"].as_str().expect("a key").to_owned();
    let mut changed = body.clone();
    let at = changed.windows(5).position(|w| w == b"Varga").expect("her name");
    changed[at] = b'W';
    let (good, bad, key) = (database.write("record.json", &body), database.write("bad.json", &changed), database.write("record.pub", &key));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/record-format/verify.py");
    for (file, is_sound) in [(&good, true), (&bad, false)] {
        // Elsewhere: no database, no configuration, an empty environment.
        let binary = Command::new(tenure_tests::binary()).env_clear().args(["record", "verify"]).arg(file).arg("--key").arg(&key).output();
        let binary = binary.expect("the binary runs");
        assert_eq!(binary.status.success(), is_sound, "{}", String::from_utf8_lossy(&binary.stderr));
        let python = Command::new("python3").arg(script).arg("--key").arg(&key).arg(file).output().expect("python3 runs");
        assert_eq!(python.status.success(), is_sound, "{}", String::from_utf8_lossy(&python.stdout));
    }
}

fn a_target_that_is_down_keeps_the_record_open_says_why_and_delays_no_other(database: Database) {
    let (mut directory, roles) = (Directory::start(), Roles::start());
    let (_server, mut admin) = company(&database);
    directory.configure(&mut admin);
    roles.configure(&mut admin);
    directory.cut_off();

    let address = end(&mut admin, &database, "nadia.varga");
    wait_until("the database lets her in no more", || !roles.exists("nadia.varga"));
    wait_until("the record says why", || admin.get(&address).text().contains("127.0.0.1"));
    assert!(!is_complete(&record(&mut admin, &address)));
    assert!(directory.lets_in("nadia.varga"), "nothing is done where nobody answers");

    directory.mend();
    wait_until("complete by itself", || is_complete(&record(&mut admin, &address)));
    assert!(!directory.lets_in("nadia.varga"));
    verify(&database, &mut admin, &address);
}
