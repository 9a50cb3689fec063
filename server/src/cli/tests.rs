//! Commands in process: what they may do to a database before they do anything.

use std::path::Path;

use clap::Parser as _;

use super::output::{Failed, Output};
use super::{Args, Format, run};

async fn tenure(folder: &Path, words: &[&str]) -> Result<(), Failed> {
    let database = format!("sqlite://{}", folder.join("tenure.db").display());
    let line = ["tenure", "--format", "json", "--database", &database];
    run(Args::try_parse_from(line.iter().chain(words)).unwrap(), &Output::new(Format::Json)).await
}

async fn filled(folder: &Path) {
    let people = folder.join("people.csv");
    let rows = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date\nE1,ada,Ada,Boss,,core,Lead,,2020-01-01\n";
    std::fs::write(&people, rows).unwrap();
    tenure(folder, &["import", "people", people.to_str().unwrap(), "--as-of", "2024-01-01"]).await.unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What the doctor finds wrong, by the name of the check.
fn wrong(failed: &Failed) -> Vec<String> {
    let checks = failed.detail()["checks"].as_array().unwrap().clone();
    checks.iter().filter(|check| check["sound"] == false).map(|check| check["what"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_wrong_address_is_refused_by_whatever_does_not_make_a_database_and_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    for words in [
        ["audit", "verify"].as_slice(),
        &["audit", "export"],
        &["doctor"],
        &["identity", "show", "ada"],
        &["backup", copy.to_str().unwrap()],
        &["recompute"],
        &["offboard", "ada"],
        &["account", "invite", "ada"],
    ] {
        let failed = tenure(folder.path(), words).await.unwrap_err();
        assert!(failed.words().contains("there is no database of Tenure at"), "{words:?}: {}", failed.words());
    }
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn a_lost_key_is_told_and_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    std::fs::remove_file(folder.path().join("tenure.key")).unwrap();
    for words in [["audit", "verify"].as_slice(), &["recompute"]] {
        let failed = tenure(folder.path(), words).await.unwrap_err();
        assert!(failed.words().contains("cannot read the key file"), "{}", failed.words());
    }
    // The rest can be looked at all the same.
    assert_eq!(wrong(&tenure(folder.path(), &["doctor"]).await.unwrap_err()), ["keys"]);
    assert_eq!(names(folder.path()), ["people.csv", "tenure.db", "tenure.key.seen"]);
}

#[tokio::test]
async fn the_doctor_tells_of_a_schema_of_another_version() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    tenure(folder.path(), &["doctor"]).await.unwrap();
    let address = format!("sqlite://{}", folder.path().join("tenure.db").display());
    let store = tenure_store::Store::open(&address, std::sync::Arc::new(|_| [0; 32])).await.unwrap();
    let change = async |sql| tenure_store::testing::execute_raw(&store, sql).await.unwrap();
    change("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 2").await;
    assert_eq!(wrong(&tenure(folder.path(), &["doctor"]).await.unwrap_err()), ["migrations"]);
    change("DELETE FROM _sqlx_migrations WHERE version = 9999").await;
    assert_eq!(wrong(&tenure(folder.path(), &["doctor"]).await.unwrap_err()), ["migrations"]);
    let failed = tenure(folder.path(), &["audit", "verify"]).await.unwrap_err();
    assert!(failed.words().contains("older version"), "{}", failed.words());
}

#[tokio::test]
async fn a_command_that_writes_notices_a_copy_that_was_put_back_and_one_holds_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    let (database, copy) = (folder.path().join("tenure.db"), folder.path().join("copy.db"));
    std::fs::copy(&database, &copy).unwrap();
    tenure(folder.path(), &["account", "invite", "ada"]).await.unwrap();
    std::fs::copy(&copy, &database).unwrap();
    for words in [["audit", "verify"].as_slice(), &["identity", "show", "ada"]] {
        tenure(folder.path(), words).await.unwrap();
    }
    tenure(folder.path(), &["recompute"]).await.unwrap();
    let failed = tenure(folder.path(), &["restore", "hold", "--reason", "to be sure"]).await.unwrap_err();
    assert!(failed.words().contains("held already") && failed.words().contains("older"), "{}", failed.words());

    let elsewhere = tempfile::tempdir().unwrap();
    for name in ["tenure.db", "tenure.key"] {
        let from = if name == "tenure.db" { &copy } else { &folder.path().join(name) };
        std::fs::copy(from, elsewhere.path().join(name)).unwrap();
    }
    let failed = tenure(elsewhere.path(), &["restore", "hold", "--reason", " "]).await.unwrap_err();
    assert!(failed.words().contains("reason"), "{}", failed.words());
    tenure(elsewhere.path(), &["restore", "hold", "--reason", "a copy from Tuesday"]).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_installation_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    let people = folder.path().join("people.csv");
    let new = folder.path().join("a/new");
    tenure(&new, &["import", "people", people.to_str().unwrap(), "--as-of", "2024-01-01"]).await.unwrap();
    let export = folder.path().join("audit.jsonl");
    tenure(&new, &["audit", "export", "--output", export.to_str().unwrap()]).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&new), mode(new.parent().unwrap())), (0o700, 0o700));
    for file in [new.join("tenure.db"), new.join("tenure.key"), export] {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

/// The checks of a doctor who found something wrong, by their names.
fn words<'f>(failed: &'f Failed, what: &str) -> &'f str {
    let checks = failed.detail()["checks"].as_array().unwrap();
    checks.iter().find(|check| check["what"] == what).unwrap()["words"].as_str().unwrap()
}

#[tokio::test]
async fn the_doctor_tries_targets_and_mail_and_writes_nothing() {
    use tenure_domain::target::{OnEnd, TargetKind, TargetState};
    use tenure_services::access::NewApplication;
    use tenure_services::targets::{Secret, TargetDraft, configure_target, hold_target};
    use tenure_store::PageRequest;
    use tenure_store::audit::AuditFilter;
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    // A port on which nobody listens any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = crate::config::Config {
        database: format!("sqlite://{}", folder.path().join("tenure.db").display()),
        ..crate::config::Config::default()
    };
    let app = crate::runtime::open(&config, tenure_store::Opening::MustExist).await.unwrap();
    let ctx = super::operator(&app);
    let new = NewApplication { name: "Directory".to_owned(), ..NewApplication::default() };
    let id = tenure_services::access::create_application(&ctx, &new).await.unwrap();
    let draft = TargetDraft {
        version: 0,
        kind: TargetKind::Postgresql,
        settings: serde_json::json!({ "host": "127.0.0.1", "port": port, "user": "tenure", "ssl-mode": "disable" }),
        secret: Some(Secret::new("s3cret".to_owned())),
        on_end: OnEnd::Disable,
        at_once: 1,
        per_minute: 60,
        timeout_seconds: 5,
        reading: tenure_domain::target::ReadingPlan::default(),
    };
    configure_target(&ctx, id, &draft).await.unwrap();
    hold_target(&ctx, id, TargetState::Held).await.unwrap();
    let events =
        async || app.store.read().await.unwrap().list_audit(&AuditFilter::default(), &PageRequest::default()).await.unwrap().rows.len();
    let before = events().await;
    let file = folder.path().join("tenure.toml");
    let mail = format!("[mail]\nhost = \"127.0.0.1\"\nport = {port}\nfrom = \"tenure@example.test\"\n");
    std::fs::write(&file, mail).unwrap();

    let failed = tenure(folder.path(), &["--config", file.to_str().unwrap(), "doctor", "--mail-to", "ada@example.test"]).await.unwrap_err();
    assert_eq!(wrong(&failed), ["target Directory", "mail"], "{}", failed.words());
    assert!(words(&failed, "target Directory").contains("it is held") && !failed.words().contains("s3cret"), "{}", failed.words());
    assert!(words(&failed, "mail").contains("Nobody listens at 127.0.0.1:"), "{}", failed.words());
    assert_eq!(events().await, before);
}
