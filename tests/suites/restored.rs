//! A backup is put back in the place of a newer database: the binary says so, leaves a real directory alone, and
//! goes on only after somebody has looked.

use std::fs;

use tenure_tests::targets::Directory;
use tenure_tests::{Client, Database, Server, wait_until};

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,nadia.varga,Nadia,Varga,nadia@example.test,Finance,Analyst,,2020-01-01
E2,sam.stone,Sam,Stone,sam@example.test,Finance,Head,,2020-01-01
";
const BANNER: &str = "Restored database: nothing goes out until somebody has looked.";
const PAGE: &str = "/operations/restored";

/// Asks for an end by the form of the portal.
fn end(admin: &mut Client, database: &Database, user_name: &str) {
    let id = database.json(["identity", "show", user_name]).done().json()["id"].as_str().expect("an id").to_owned();
    let reply = admin.send(&format!("/identities/{id}/end"), &[("reason", "left"), ("confirm", user_name)]);
    assert_eq!(reply.status, 303, "{}", reply.text());
}

/// Nothing of it is left that would bring the newer state back.
fn put_back(database: &Database, backup: &std::path::Path) {
    for name in ["tenure.db-wal", "tenure.db-shm"] {
        let _ = fs::remove_file(database.file(name));
    }
    fs::copy(backup, database.file("tenure.db")).expect("the backup is put back");
}

fn doctor(database: &Database) -> String {
    let answer = database.json(["doctor"]).done().json();
    let checks = answer["checks"].as_array().expect("checks").clone();
    let check = checks.iter().find(|check| check["what"] == "outward changes").expect("it looks at that");
    check["words"].as_str().expect("words").to_owned()
}

#[test]
fn an_older_database_that_owes_something_leaves_a_real_directory_alone_until_somebody_has_looked() {
    let database = Database::sqlite();
    let directory = Directory::start();
    let people = database.write("people.csv", PEOPLE);
    database.import(&people, "2024-01-01", &[]).done();
    let server = Server::start(&database);
    assert!(!server.said.concat().contains("Restored"), "{:?}", server.said);
    let mut admin = server.administrator();
    let target = directory.configure(&mut admin);

    // The state of the backup: Sam is ended, and that his account is disabled is owed, because the target is held.
    let held = admin.send(&format!("{target}/target/hold"), &[("state", "held")]);
    assert_eq!(held.status, 303, "{}", held.text());
    end(&mut admin, &database, "sam.stone");
    let backup = database.file("backup.db");
    database.run([std::ffi::OsStr::new("backup"), backup.as_os_str()]).done();

    // What came after: it was done, and then somebody at the directory let Sam in again, for reasons of their own.
    let live = admin.send(&format!("{target}/target/hold"), &[("state", "live")]);
    assert_eq!(live.status, 303, "{}", live.text());
    wait_until("Sam is let in no more", || !directory.lets_in("sam.stone"));
    wait_until("nothing is owed", || admin.get("/operations").text().contains("Nothing is owed"));
    assert_eq!(server.stop().code, Some(0));
    directory.change("sam.stone", "delete: pwdAccountLockedTime\n");
    assert!(directory.lets_in("sam.stone"));

    put_back(&database, &backup);
    assert!(doctor(&database).contains("held from the next start on"), "{}", doctor(&database));
    let server = Server::start(&database);
    let said = server.said.join("\n");
    assert!(said.contains("Restored database: nothing goes out") && said.contains(PAGE), "{said}");
    assert!(doctor(&database).contains("held since"), "{}", doctor(&database));
    assert!(server.client().get("/readyz").text().contains("restored database"));
    let metrics = || server.client().get("/metrics").text();
    assert!(metrics().contains("tenure_restore_held 1"), "{}", metrics());

    let mut admin = server.signed_in("admin");
    assert!(admin.get("/identities").text().contains(BANNER));
    let live = admin.send(&format!("{target}/target/hold"), &[("state", "live")]);
    assert_eq!(live.status, 303, "{}", live.text());
    let page = admin.get(PAGE);
    assert!(page.text().contains("older than what this machine has seen") && page.text().contains("Not since"), "{}", page.text());
    // The old database owes that Sam's account is disabled, the target is live, and the worker looks twice a second.
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert!(directory.lets_in("sam.stone"), "nothing is done outward");
    assert!(!admin.get("/operations").text().contains("Nothing is owed"));

    let restore = page.hidden("restore").expect("the restore's key");
    let too_early = admin.send(PAGE, &[("restore", &restore), ("note", "it will be fine")]);
    assert_eq!(too_early.status, 422);
    assert!(too_early.text().contains("Not read since the database was restored: Directory"), "{}", too_early.text());
    assert!(too_early.text().contains("it will be fine"), "what was typed is there still");
    tenure_tests::targets::read(&mut admin, &target);
    assert!(!admin.get(PAGE).text().contains("Not since"));
    assert!(directory.lets_in("sam.stone"), "reading changes nothing there");

    let go_on = admin.send(PAGE, &[("restore", &restore), ("note", "Sam may not sign in, indeed")]);
    assert_eq!(go_on.status, 303, "{}", go_on.text());
    wait_until("Sam is let in no more", || !directory.lets_in("sam.stone"));
    wait_until("nothing is owed", || admin.get("/operations").text().contains("Nothing is owed"));
    assert!(!admin.get("/identities").text().contains(BANNER));
    wait_until("the gauge says so", || metrics().contains("tenure_restore_held 0"));
    let again = admin.send(PAGE, &[("restore", &restore), ("note", "me too")]);
    assert!(again.status == 422 && again.text().contains("let it go already"), "{}", again.text());
    assert_eq!(server.stop().code, Some(0));
    database.assert_sound();

    let server = Server::start(&database);
    assert!(!server.said.concat().contains("Restored"), "it goes on: {:?}", server.said);
}
