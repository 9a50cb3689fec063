//! `tenure doctor` against real targets and a real mail server, which are up and then are not.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::Value;
use tenure_test_support::mail_server::{MailServer, Offers, PASSWORD, USER_NAME};
use tenure_test_support::openldap::{OpenLdap, ROOT_DN, ROOT_PASSWORD, SUFFIX};
use tenure_tests::{Answer, Client, Database, Server, on_both};

on_both!(targets_are_tried_and_what_is_wrong_is_said_without_a_trace);

/// The check of a name: whether it is sound, and its words.
#[track_caller]
fn check(answer: &Value, what: &str) -> (bool, String) {
    let checks = answer["checks"].as_array().expect("checks");
    let found = checks.iter().find(|c| c["what"] == what).unwrap_or_else(|| panic!("{what} in {answer:#}"));
    (found["sound"].as_bool().expect("a word"), found["words"].as_str().expect("words").to_owned())
}

fn directory() -> OpenLdap {
    let unit = |name: &str| format!("dn: ou={name},{SUFFIX}\nobjectClass: organizationalUnit\nou: {name}\n\n");
    let root = format!("dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n");
    OpenLdap::start(&[root, unit("people"), unit("groups")].concat()).expect("slapd starts")
}

/// Records an application that is this directory; yields its address in the portal.
fn configure(admin: &mut Client, name: &str, server: &OpenLdap) -> String {
    let reply = admin.send("/applications", &[("name", name), ("description", "a target")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let at = reply.location().split('?').next().expect("an address").to_owned();
    let settings = format!(
        "url = \"{}\"\nbind-dn = \"{ROOT_DN}\"\npeople-base = \"ou=people,{SUFFIX}\"\ngroups-base = \"ou=groups,{SUFFIX}\"\nflavour = \"open-ldap\"\n",
        server.url()
    );
    let reply = admin.send(
        &format!("{at}/target"),
        &[
            ("version", "0"),
            ("kind", "ldap"),
            ("settings", &settings),
            ("secret", ROOT_PASSWORD),
            ("on_end", "disable"),
            ("at_once", "4"),
            ("per_minute", "600"),
            ("timeout_seconds", "5"),
        ],
    );
    assert_eq!(reply.status, 303, "{}", reply.text());
    at
}

fn targets_are_tried_and_what_is_wrong_is_said_without_a_trace(database: Database) {
    let server = Server::start(&database);
    let mut admin = server.administrator();
    assert_eq!(check(&database.json(["doctor"]).done().json(), "targets"), (true, "none are configured".to_owned()));

    let (first, second) = (directory(), directory());
    configure(&mut admin, "Directory", &first);
    let at = configure(&mut admin, "Second", &second);
    let reply = admin.send(&format!("{at}/target/hold"), &[("state", "held")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let events = database.events();
    let state = database.sql().texts("SELECT said FROM targets ORDER BY application_id");

    let answer = database.json(["doctor"]).done().json();
    let (sound, words) = check(&answer, "target Directory");
    assert!(sound && words.starts_with("OpenLDAP, signed in as ") && words.contains("cn=admin"), "{words}");
    assert!(words.contains("The connection is not secure"), "remarks are shown: {words}");
    assert!(!words.contains("held"), "{words}");
    let (sound, words) = check(&answer, "target Second");
    assert!(sound && words.contains("it is held"), "{words}");

    drop(first);
    let answer = database.json(["doctor"]).refused().json_error();
    assert_eq!(answer["sound"], false);
    let (sound, words) = check(&answer, "target Directory");
    assert!(!sound && words.len() > 20 && !words.contains(ROOT_PASSWORD), "{words}");
    println!("a directory that is down: {words}");
    assert!(check(&answer, "target Second").0, "the other one is not touched by it");
    let text = database.run(["doctor"]).refused().err;
    assert!(text.lines().any(|line| line.starts_with("BAD  target Directory")), "{text}");

    assert_eq!(database.events(), events, "no event");
    assert_eq!(database.sql().texts("SELECT said FROM targets ORDER BY application_id"), state, "no row");
    database.assert_sound();
}

/// A configuration with this mail server, and a password of this text in a file.
fn configuration(database: &Database, server: &MailServer, password: &str) -> PathBuf {
    let file = database.write("mail.password", password);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("it is ours");
    let text = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\nuser_name = \"{USER_NAME}\"\npassword_file = \"{}\"\nca_file = \"{}\"\nfrom = \"Tenure <tenure@example.test>\"\ntimeout_seconds = 5\n",
        server.port(),
        file.display(),
        server.ca_file().display()
    );
    database.write("mail.toml", text)
}

fn doctor(database: &Database, config: &std::path::Path, more: &[&str]) -> Answer {
    let mut command = database.command();
    command.args(["--format", "json"]).arg("--config").arg(config).arg("doctor").args(more);
    tenure_tests::database::run(&mut command)
}

#[test]
fn the_mail_server_is_tried_and_a_test_message_arrives() {
    let database = Database::sqlite();
    let people = database.write("people.csv", "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date\nE1,ada,Ada,Boss,,core,Lead,,2020-01-01\n");
    database.import(&people, "2024-01-01", &[]).done();
    assert_eq!(check(&database.json(["doctor"]).done().json(), "mail"), (true, "no mail server is configured".to_owned()));
    let answer = database.json(["doctor", "--mail-to", "ada@example.test"]).refused().json_error();
    assert!(!check(&answer, "mail").0, "{answer:#}");

    let server = MailServer::start(Offers::default()).unwrap_or_else(|error| panic!("{error}"));
    let config = configuration(&database, &server, PASSWORD);
    let (sound, words) = check(&doctor(&database, &config, &[]).done().json(), "mail");
    assert!(sound && words.starts_with("mail.example.test at 127.0.0.1:") && words.ends_with("signed in as tenure"), "{words}");
    assert_eq!(server.messages(), Vec::<String>::new(), "looking sends nothing");
    let answer = doctor(&database, &config, &["--mail-to", "Ada Boss <ada@example.test>"]).done().json();
    let (_, words) = check(&answer, "mail to Ada Boss <ada@example.test>");
    assert!(words.contains("the server said: 250 2.0.0 kept as"), "{words}");
    let [kept] = &server.messages()[..] else { panic!("one message") };
    assert!(kept.contains("to ada@example.test") && kept.contains("Subject: Tenure: test message"), "{kept}");
    // Who refuses is quoted.
    let answer = doctor(&database, &config, &["--mail-to", "refused@example.test"]).refused().json_error();
    let (_, words) = check(&answer, "mail to refused@example.test");
    assert!(words.contains("550 5.1.1 Nobody here is called so"), "{words}");
    assert!(check(&answer, "mail").0);

    // Another password, by the environment's file.
    let other = database.write("other.password", "wrong");
    std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o600)).expect("it is ours");
    let mut command = database.command();
    command.env("TENURE_MAIL_PASSWORD_FILE", &other).env("TENURE_LOG", "trace").args(["--format", "json"]).arg("--config").arg(&config);
    let answer = tenure_tests::database::run(command.arg("doctor")).refused();
    assert!(!answer.err.contains("wrong\"") && !answer.err.contains(PASSWORD), "{answer:?}");
    let (sound, words) = check(&answer.json_error(), "mail");
    assert!(!sound && words.contains("does not accept mail.user_name"), "{words}");
    // A password that others can read is not used.
    std::fs::set_permissions(database.file("mail.password"), std::fs::Permissions::from_mode(0o644)).expect("it is ours");
    let (sound, words) = check(&doctor(&database, &config, &[]).refused().json_error(), "mail");
    assert!(!sound && words.contains("mode 644"), "{words}");
    std::fs::set_permissions(database.file("mail.password"), std::fs::Permissions::from_mode(0o600)).expect("it is ours");

    // Whoever it vouched for is not known any more, then nobody listens.
    std::fs::copy(server.ca_file(), database.file("ca.pem")).expect("a copy");
    let text = std::fs::read_to_string(&config)
        .expect("it is there")
        .replace(server.ca_file().to_str().expect("plain"), database.file("ca.pem").to_str().expect("plain"));
    let kept = database.write("kept.toml", &text);
    let without: String = text.lines().filter(|line| !line.starts_with("ca_file")).flat_map(|line| [line, "\n"]).collect();
    let without = database.write("without.toml", without);
    let (sound, words) = check(&doctor(&database, &without, &[]).refused().json_error(), "mail");
    assert!(!sound && words.contains("mail.ca_file"), "{words}");
    drop(server);
    let (sound, words) = check(&doctor(&database, &kept, &["--mail-to", "ada@example.test"]).refused().json_error(), "mail");
    assert!(!sound && words.contains("Nobody listens at 127.0.0.1:"), "{words}");
    database.assert_sound();
}
