//! The command line, as programs and people use it.

use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};
use tenure_tests::{
    Answer, Database, Engine, Server,
    database::{run, run_with},
    on_both, tenure,
};

on_both!(
    every_command_answers_json_on_standard_output_and_nothing_else,
    every_refusal_is_json_on_standard_error_and_nothing_else,
    a_file_can_come_from_standard_input,
    another_key_file_is_refused_and_changes_nothing,
    the_doctor_says_what_is_wrong,
    a_backup_opens_and_proves_itself,
    a_snapshot_beyond_the_limits_needs_the_flag_that_it_names,
    the_last_administrator_cannot_be_ended,
);

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,ada.boss,Ada,Boss,ada@example.com,core,Lead,,2020-01-01
E2,nadia.varga,Nadia,Varga,nadia@example.com,core,Engineer,E1,2020-01-01
E3,otto.wang,Otto,Wang,otto@example.com,sales,Seller,E1,2020-01-01
";
const MEMBERSHIPS: &str = "employee_id,team,role\nE1,core,lead\nE2,core,member\n";
const CREDENTIALS: &str = "issuer,external_id,kind,label,purpose,owner,application,created,last_used,rotated,expires,dependents
Forge,k1,ssh-key,deploy key,deploys,nadia.varga,,2023-01-01,,,,
";

fn filled(database: &Database) {
    let file = database.write("people.csv", PEOPLE);
    database.import(&file, "2024-01-01", &[]).done();
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

fn every_command_answers_json_on_standard_output_and_nothing_else(database: Database) {
    let people = database.write("people.csv", PEOPLE);
    let memberships = database.write("memberships.csv", MEMBERSHIPS);
    let credentials = database.write("credentials.csv", CREDENTIALS);
    let (export, copy) = (database.file("export.jsonl"), database.file("copy.db"));
    let mut commands = vec![
        vec!["import", "people", text(&people), "--as-of", "2024-01-01", "--dry-run"],
        vec!["import", "people", text(&people), "--as-of", "2024-01-01"],
        vec!["import", "memberships", text(&memberships), "--dry-run"],
        vec!["import", "memberships", text(&memberships)],
        vec!["import", "credentials", text(&credentials), "--dry-run"],
        vec!["import", "credentials", text(&credentials)],
        vec!["identity", "show", "nadia.varga"],
        vec!["recompute"],
        vec!["account", "invite", "nadia.varga"],
        vec!["account", "grant", "nadia.varga", "admin"],
        vec!["account", "grant", "otto.wang", "admin"],
        vec!["account", "revoke", "nadia.varga", "admin"],
        vec!["offboard", "nadia.varga", "--dry-run"],
        vec!["offboard", "nadia.varga", "--reason", "left"],
        vec!["audit", "verify"],
        vec!["audit", "export", "--output", text(&export)],
        vec!["audit", "verify-file", text(&export)],
        vec!["doctor"],
    ];
    if database.engine == Engine::Sqlite {
        commands.push(vec!["backup", text(&copy)]);
    }
    for command in commands {
        let answer = database.json(&command).done();
        assert!(answer.json().is_object(), "{answer:?}");
        assert_eq!(answer.out.lines().count(), 1, "{answer:?}");
        assert_eq!(answer.err, "", "{answer:?}");
    }
    // An export to standard output is JSON lines already.
    let answer = database.json(["audit", "export"]).done();
    for line in answer.out.lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    }
    // The same commands speak to people otherwise.
    for command in [["audit", "verify"].as_slice(), &["doctor"], &["identity", "show", "ada.boss"], &["recompute"]] {
        let answer = database.run(command).done();
        assert!(serde_json::from_str::<Value>(&answer.out).is_err() && answer.err.is_empty(), "{answer:?}");
    }
}

fn every_refusal_is_json_on_standard_error_and_nothing_else(database: Database) {
    filled(&database);
    let events = database.events();
    let broken = database.write("broken.csv", "employee_id\nE1\n");
    let (there, gone) = (database.write("there.jsonl", "no export\n"), database.file("gone.csv"));
    for command in [
        vec!["import", "people", text(&broken)],
        vec!["import", "people", text(&gone)],
        vec!["import", "people", "/"],
        vec!["import", "memberships", text(&broken)],
        vec!["import", "credentials", text(&broken)],
        vec!["identity", "show", "nobody"],
        vec!["offboard", "nobody"],
        vec!["offboard", "ada.boss", "--reason", " "],
        vec!["account", "invite", "nobody"],
        vec!["account", "grant", "nobody", "admin"],
        vec!["account", "grant", "ada.boss", "manager"],
        vec!["audit", "verify", "--known", text(&gone)],
        vec!["audit", "export", "--output", text(&there)],
        vec!["audit", "verify-file", text(&there)],
        vec!["audit", "verify-file", text(&gone)],
        vec!["backup", text(&there)],
        vec!["demo"],
        vec!["--config", text(&gone), "doctor"],
        vec!["--config", text(&gone), "recompute"],
    ] {
        let answer = database.json(&command).refused();
        let error = answer.json_error();
        let words = error["error"].as_str().unwrap_or_default();
        assert!(words.len() > 10, "{answer:?}");
        assert_eq!(answer.err.lines().count(), 1, "{answer:?}");
        // And in words, for people.
        let answer = database.run(&command).refused();
        assert!(answer.err.starts_with("tenure: "), "{answer:?}");
    }
    assert_eq!(database.events(), events);
}

#[test]
fn what_is_no_command_exits_with_two_and_says_how_it_is_used() {
    let database = Database::sqlite();
    for arguments in [
        vec![],
        vec!["nonsense"],
        vec!["import"],
        vec!["import", "people"],
        vec!["import", "people", "x.csv", "--as-of", "tomorrow"],
        vec!["import", "people", "x.csv", "--allow-leavers", "-1"],
        vec!["import", "people", "x.csv", "--no-such-flag"],
        vec!["--format", "xml", "doctor"],
        vec!["offboard"],
        vec!["account", "grant", "x", "king"],
        vec!["serve", "--listen", "nowhere"],
        vec!["audit", "verify", "--known"],
        vec!["doctor", "--database"],
    ] {
        let answer = database.json(&arguments);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        assert_eq!(answer.out, "", "{answer:?}");
        assert!(answer.err.contains("Usage") || answer.err.contains("--help"), "{answer:?}");
    }
    for arguments in [vec!["--help"], vec!["--version"], vec!["import", "people", "--help"], vec!["help", "audit"]] {
        let answer = database.run(&arguments).done();
        assert!(!answer.out.is_empty() && answer.err.is_empty());
    }
    assert!(!database.file("tenure.db").exists(), "nothing was opened");
}

#[test]
fn a_wrong_address_is_refused_by_whatever_does_not_make_a_database() {
    let database = Database::sqlite();
    let copy = database.file("copy.db");
    for command in [
        vec!["audit", "verify"],
        vec!["audit", "export"],
        vec!["doctor"],
        vec!["identity", "show", "ada.boss"],
        vec!["backup", text(&copy)],
        vec!["recompute"],
        vec!["offboard", "ada.boss"],
        vec!["account", "invite", "ada.boss"],
    ] {
        let answer = database.run(&command).refused();
        assert!(answer.err.contains("there is no database of Tenure at"), "{}", answer.err);
    }
    let left: Vec<_> =
        fs::read_dir(database.file("x").parent().expect("a folder")).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn global_flags_stand_before_or_after_the_command() {
    let database = Database::sqlite();
    filled(&database);
    let key = database.key_file();
    let globals = ["--database", &database.url, "--key-file", text(&key), "--format", "json"];
    let command = ["identity", "show", "ada.boss"];
    let orders: [Vec<&str>; 3] = [
        globals.iter().chain(&command).copied().collect(),
        command.iter().chain(&globals).copied().collect(),
        globals[..2].iter().chain(&command[..1]).chain(&globals[2..4]).chain(&command[1..]).chain(&globals[4..]).copied().collect(),
    ];
    for order in orders {
        let answer = run(tenure().args(order)).done();
        assert_eq!(answer.json()["user_name"], "ada.boss");
    }
}

#[test]
fn settings_come_from_the_file_then_the_environment_then_the_command_line() {
    let [file, environment, line] = [(), (), ()].map(|()| Database::sqlite());
    for (database, name) in [(&file, "in.file"), (&environment, "in.environment"), (&line, "on.line")] {
        let people = database.write("people.csv", PEOPLE.replace("ada.boss", name));
        database.import(&people, "2024-01-01", &[]).done();
    }
    let config = file.write("tenure.toml", format!("database = \"{}\"\nkey_file = \"{}\"\n", file.url, text(&file.key_file())));
    let finds = |command: &mut Command, name: &str| {
        let answer = run(command.args(["--format", "json", "identity", "show", name]));
        assert_eq!(answer.code, Some(0), "{answer:?}");
    };
    finds(tenure().arg("--config").arg(&config), "in.file");
    finds(tenure().env("TENURE_CONFIG", &config), "in.file");
    // A `tenure.toml` in the folder is taken without being named.
    finds(tenure().current_dir(config.parent().expect("a folder")), "in.file");
    let set = |command: &mut Command| {
        command.env("TENURE_CONFIG", &config).env("TENURE_DATABASE", &environment.url).env("TENURE_KEY_FILE", environment.key_file());
    };
    let mut command = tenure();
    set(&mut command);
    finds(&mut command, "in.environment");
    let mut command = tenure();
    set(&mut command);
    finds(command.args(["--database", &line.url]).arg("--key-file").arg(line.key_file()), "on.line");
}

#[test]
fn a_database_in_memory_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let people = folder.path().join("people.csv");
    fs::write(&people, PEOPLE).expect("it can be written");
    let scratch =
        || fs::read_dir("/dev/shm").map(|found| found.flatten().filter(|e| e.file_name().to_string_lossy().starts_with("tenure-")).count());
    let before = scratch().unwrap_or_default();
    for address in ["sqlite::memory:", "sqlite://:memory:"] {
        let mut command = tenure();
        command.current_dir(folder.path()).args(["--database", address, "--format", "json", "import", "people"]);
        let answer = run(command.arg(&people)).done();
        assert_eq!(answer.number("joiners"), 3);
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["people.csv"]);
    assert!(scratch().unwrap_or_default() <= before, "the scratch folder stays");
}

#[test]
fn every_fault_of_a_configuration_is_named_at_once() {
    let database = Database::sqlite();
    let config = database.write(
        "tenure.toml",
        "database = 3\nlisten = \"nowhere\"\nlog_format = \"xml\"\npublic_url = \"tenure.example\"\nmetrics_allow = [\"everybody\"]\ncolour = \"red\"
[limits]\nleavers_percent = 300\nleaver = 1\n[memberships]\napplication = 1\n[mappings.HR]\nuser_name = 1\ndelimiter = \"abc\"\nmanager_cycles = \"perhaps\"\n[mappings.Staff]\ndepartement = \"x\"\ndefault_time_zone = \"Vienna\"\n",
    );
    let named = [
        "database:",
        "listen:",
        "log_format:",
        "public_url:",
        "metrics_allow:",
        "colour:",
        "limits.leavers_percent:",
        "limits.leaver:",
        "memberships.application:",
        "mappings.HR.user_name:",
        "mappings.HR.delimiter:",
        "mappings.HR.manager_cycles:",
        "mappings.Staff.departement:",
        "default_time_zone:",
    ];
    for command in [vec!["recompute"], vec!["doctor"], vec!["serve", "--listen", "127.0.0.1:0"], vec!["import", "people", "x.csv"]] {
        let answer = run(tenure().arg("--config").arg(&config).args(command)).refused();
        for key in named {
            assert!(answer.err.contains(key), "{key} in {}", answer.err);
        }
        assert!(answer.err.contains("14 faults"), "{}", answer.err);
        assert!(answer.err.contains(text(&config)), "which file: {}", answer.err);
    }
    let broken = database.write("broken.toml", "database = \"x\nlisten");
    let answer = run(tenure().arg("--config").arg(broken).arg("recompute")).refused();
    assert!(answer.err.contains("line 2"), "{}", answer.err);
}

#[test]
fn an_address_that_cannot_be_reached_is_told_without_its_password() {
    let database = Database::sqlite();
    let ask = |address: &str, command: &str, format: &str| {
        let mut line = tenure();
        line.arg("--key-file").arg(database.key_file()).args(["--database", address, "--format", format, command]);
        let answer = run(&mut line).refused();
        assert!(!answer.err.contains("verysecret"), "{}", answer.err);
    };
    for address in
        ["postgresql://somebody:verysecret@127.0.0.1:notaport/x", "mysql://somebody:verysecret@127.0.0.1/x", "sqlite:", "nonsense", ""]
    {
        for command in ["recompute", "doctor"] {
            ask(address, command, "text");
            ask(address, command, "json");
        }
    }
    // Nobody listens there; the pool tries for half a minute.
    let nobody = "postgres://somebody:verysecret@127.0.0.1:1/tenure";
    std::thread::scope(|scope| {
        scope.spawn(|| ask(nobody, "recompute", "text"));
        scope.spawn(|| ask(nobody, "doctor", "json"));
    });
}

fn a_file_can_come_from_standard_input(database: Database) {
    for (what, content, name) in [("people", PEOPLE, "people"), ("memberships", MEMBERSHIPS, "rows"), ("credentials", CREDENTIALS, "rows")]
    {
        let mut command = database.command();
        command.args(["--format", "json", "import", what, "-"]);
        let answer = run_with(&mut command, content.as_bytes()).done();
        assert!(answer.number(name) > 0, "{answer:?}");
    }
    // A byte order mark and other line ends are no matter.
    let windows = format!("\u{feff}{}", PEOPLE.replace('\n', "\r\n"));
    let mut command = database.command();
    command.args(["--format", "json", "import", "people", "-"]);
    let answer = run_with(&mut command, windows.as_bytes()).done();
    assert_eq!((answer.number("unchanged"), answer.number("changed")), (3, 0));
    let answer = run_with(&mut command, b"").refused();
    assert!(answer.err.contains("empty"));
}

fn another_key_file_is_refused_and_changes_nothing(database: Database) {
    filled(&database);
    let events = database.events();
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&database.key_file()), 0o600, "a new key file is its owner's alone");
    let stranger = Database::sqlite();
    filled(&stranger);
    let other = stranger.key_file();
    for command in [vec!["recompute"], vec!["offboard", "ada.boss"], vec!["audit", "verify"], vec!["serve", "--listen", "127.0.0.1:0"]] {
        let mut line = tenure();
        line.args(["--database", &database.url]).arg("--key-file").arg(&other);
        let answer = run(line.args(command)).refused();
        assert!(answer.err.contains("belongs to the key file"), "{}", answer.err);
        assert!(answer.err.contains("point `key_file` at the right one"), "{}", answer.err);
    }
    // A key file that is not there is made by nobody for a database that is.
    let missing = database.file("missing.key");
    for command in [vec!["recompute"], vec!["offboard", "ada.boss"], vec!["audit", "verify"], vec!["doctor"]] {
        let mut line = tenure();
        line.args(["--database", &database.url]).arg("--key-file").arg(&missing);
        let answer = run(line.args(command)).refused();
        assert!(answer.err.contains("cannot read the key file") && !missing.exists(), "{}", answer.err);
    }

    let key = fs::read(database.key_file()).expect("the key");
    let set = |mode: u32| fs::set_permissions(database.key_file(), fs::Permissions::from_mode(mode)).expect("it can be set");
    for open in [0o644, 0o640, 0o602] {
        set(open);
        let answer = database.run(["recompute"]).refused();
        assert!(answer.err.contains("chmod 600"), "{}", answer.err);
    }
    set(0o600);
    for damaged in [&key[..key.len() / 2], b"", b"nonsense"] {
        fs::write(database.key_file(), damaged).expect("it can be written");
        let answer = database.run(["recompute"]).refused();
        assert!(answer.err.contains("damaged"), "{}", answer.err);
        assert_eq!(fs::read(database.key_file()).expect("the key"), damaged, "a damaged key file is never replaced");
    }
    fs::write(database.key_file(), key).expect("it can be written");
    database.run(["recompute"]).done();
    assert_eq!(database.events(), events);
}

fn the_doctor_says_what_is_wrong(database: Database) {
    let unsound = |answer: Answer, what: &str| {
        let answer = answer.refused().json_error();
        assert_eq!(answer["sound"], false, "{answer:#}");
        let checks = answer["checks"].as_array().expect("checks");
        let bad: Vec<_> = checks.iter().filter(|c| c["sound"] == false).collect();
        assert!(bad.iter().any(|c| c["what"].as_str().is_some_and(|w| w.contains(what))), "{what}: {answer:#}");
        assert!(bad.iter().all(|c| c["words"].as_str().is_some_and(|w| !w.is_empty())), "{answer:#}");
    };
    filled(&database);
    let answer = database.json(["doctor"]).done().json();
    assert_eq!(answer["sound"], true);
    for what in ["configuration", "keys", "database", "migrations", "audit log"] {
        let found = answer["checks"].as_array().expect("checks").iter().any(|c| c["what"] == what);
        assert!(found, "{what} in {answer:#}");
    }
    let config = database.write("bad.toml", "colour = 1");
    unsound(database.json(["--config", text(&config), "doctor"]), "configuration");
    let mut command = tenure();
    command.args(["--format", "json", "--database", &database.url, "doctor", "--key-file"]);
    unsound(run(command.arg(database.file("other.key"))), "keys");
    database.sql().execute("UPDATE audit_events SET outcome = 'doner' WHERE leaf = 1");
    unsound(database.json(["doctor"]), "audit log");
    database.sql().execute("UPDATE audit_events SET outcome = 'done' WHERE leaf = 1");
    database.json(["doctor"]).done();
    // A database of a newer Tenure.
    let yes = if database.engine == Engine::Sqlite { "1" } else { "true" };
    let bytes = database.sql().bytes(b"x");
    database.sql().execute(&format!(
        "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
         VALUES (999999, 'the future', CURRENT_TIMESTAMP, {yes}, {bytes}, 1)"
    ));
    unsound(database.json(["doctor"]), "");
    let answer = database.run(["recompute"]).refused();
    assert!(answer.err.contains("999999"), "{}", answer.err);
    if database.engine == Engine::Sqlite {
        let torn = Database::sqlite();
        torn.write("tenure.db", vec![7_u8; 20_000]);
        unsound(torn.json(["doctor"]), "database");
        torn.run(["recompute"]).refused();
    }
}

fn a_backup_opens_and_proves_itself(database: Database) {
    filled(&database);
    let copy = database.file("copy.db");
    if database.engine == Engine::Postgres {
        let answer = database.run(["backup", text(&copy)]).refused();
        assert!(answer.err.contains("pg_dump"), "{}", answer.err);
        assert!(!copy.exists());
        return;
    }
    database.run(["backup", text(&copy)]).done();
    let again = database.run(["backup", text(&copy)]).refused();
    assert!(again.err.contains("never overwrites"), "{}", again.err);
    let address = format!("sqlite://{}", text(&copy));
    let on_copy = |arguments: &[&str]| {
        let mut command = tenure();
        command.args(["--format", "json", "--database", &address]).arg("--key-file").arg(database.key_file());
        run(command.args(arguments))
    };
    let verdict = on_copy(&["audit", "verify"]).done();
    assert_eq!(verdict.number("events"), database.events());
    // The copy goes its own way: search included.
    on_copy(&["offboard", "nadia.varga"]).done();
    let file = database.write("next.csv", PEOPLE.replace("Seller", "Buyer"));
    on_copy(&["import", "people", text(&file), "--as-of", "2024-02-01", "--allow-changes", "9"]).done();
    on_copy(&["doctor"]).done();
    assert_eq!(database.json(["identity", "show", "nadia.varga"]).done().json()["state"], "active");
}

fn a_snapshot_beyond_the_limits_needs_the_flag_that_it_names(database: Database) {
    filled(&database);
    let events = database.events();
    let left: String = PEOPLE.lines().filter(|l| !l.contains("otto")).map(|l| format!("{}\n", l.replace("core", "legal"))).collect();
    let file = database.write("next.csv", left);
    let answer = database.import(&file, "2024-02-01", &[]).refused();
    for words in
        ["1 of 3 people would leave", "--allow-leavers 1", "2 of 3 people would change", "--allow-changes 2", "nothing was changed"]
    {
        assert!(answer.err.contains(words), "{words}: {}", answer.err);
    }
    database.import(&file, "2024-02-01", &["--allow-leavers", "1"]).refused();
    database.import(&file, "2024-02-01", &["--allow-changes", "2", "--allow-leavers", "0"]).refused();
    assert_eq!(database.events(), events);
    let answer = database.import(&file, "2024-02-01", &["--allow-leavers", "1", "--allow-changes", "2"]).done();
    assert_eq!((answer.number("leavers"), answer.number("movers")), (1, 2));
    let config = database.write("limits.toml", "[limits]\nleavers_percent = 100\nleavers = 0\n");
    let file = database.write("last.csv", PEOPLE.lines().take(2).collect::<Vec<_>>().join("\n").replace("core", "legal") + "\n");
    let answer = database.import(&file, "2024-03-01", &["--config", text(&config)]).refused();
    assert!(answer.err.contains("the limit of 0"), "{}", answer.err);
}

fn the_last_administrator_cannot_be_ended(database: Database) {
    filled(&database);
    database.json(["account", "grant", "ada.boss", "admin"]).done();
    let events = database.events();
    let answer = database.json(["offboard", "ada.boss"]).refused();
    assert!(answer.err.contains("last administrator"), "{}", answer.err);
    let answer = database.json(["account", "revoke", "ada.boss", "admin"]).refused();
    assert!(answer.err.contains("last administrator"), "{}", answer.err);
    assert_eq!(database.events(), events);
    let preview = database.json(["offboard", "nadia.varga", "--dry-run"]).done();
    assert_eq!(preview.json()["dry_run"], true);
    assert_eq!(database.events(), events);
    database.json(["account", "grant", "nadia.varga", "admin"]).done();
    database.json(["offboard", "ada.boss"]).done();
    let again = database.json(["offboard", "ada.boss"]).refused();
    assert!(again.err.contains("terminated") || again.err.contains("ended"), "{}", again.err);
    // A list in which the other one is not ends her all the same.
    let file = database.write("next.csv", PEOPLE.lines().filter(|l| !l.contains("nadia")).map(|l| format!("{l}\n")).collect::<String>());
    database.import(&file, "2024-02-01", &["--allow-leavers", "9"]).done();
    // That is right: she left. The next start offers a link to a first administrator again.
    let server = Server::start(&database);
    server.administrator();
}
