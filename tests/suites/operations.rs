//! What those who run it see: health, numbers, a stop without harm, a log without secrets.

use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};
use tenure_tests::{
    Client, Database, Engine, Server, Sql,
    client::{Ask, form},
    database::run,
    on_both,
    server::PASSWORD,
};

on_both!(
    health_is_the_process_and_readiness_the_database,
    a_stop_finishes_the_request_under_way,
    the_log_is_json_with_request_ids_and_without_secrets,
    who_was_to_leave_is_ended_by_the_worker,
    two_instances_on_one_database_share_sessions_and_refusals,
);

fn health_is_the_process_and_readiness_the_database(database: Database) {
    let server = Server::start(&database);
    let mut client = server.client();
    for path in ["/healthz", "/readyz"] {
        let reply = client.get(path);
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.all("set-cookie").next().is_none());
    }
    if database.engine == Engine::Sqlite {
        return;
    }
    // The database goes away, and comes back.
    let (address, name) = database.url.rsplit_once('/').expect("a name");
    let mut admin = Sql::open(&format!("{address}/postgres"));
    admin.execute(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"));
    admin.texts(&format!("SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity WHERE datname = '{name}'"));
    let path = Ask { method: "GET", path: "/readyz", ..Ask::default() };
    let begun = std::time::Instant::now();
    let down = client.try_ask(&path).expect("an answer");
    println!("without a database /readyz answers {} after {:.1} s", down.status, begun.elapsed().as_secs_f64());
    assert_eq!(down.status, 503);
    assert!(down.text().contains("does not answer"));
    assert_eq!(client.get("/healthz").status, 200, "the process itself is well");
    admin.execute(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"));
    assert_eq!(client.get("/readyz").status, 200, "and goes on by itself");
    assert_eq!(client.get("/sign-in").status, 200);
}

#[test]
fn the_numbers_are_by_route_and_hold_no_ids() {
    let database = Database::sqlite();
    let server = Server::start(&database);
    let mut admin = server.administrator();
    let id = database.json(["identity", "show", "admin"]).done().json()["id"].as_str().expect("an id").to_owned();
    for _ in 0..3 {
        assert_eq!(admin.get(&format!("/identities/{id}")).status, 200);
    }
    admin.get("/nowhere/at/all");
    let reply = server.client().get("/metrics");
    assert_eq!(reply.status, 200);
    let text = reply.text();
    let line = text
        .lines()
        .find(|line| line.starts_with("tenure_http_requests_total") && line.contains("route=\"/identities/{id}\""))
        .expect(&text);
    assert!(line.contains("status=\"200\"") && line.ends_with(" 3"), "{line}");
    assert!(text.contains("tenure_http_request_seconds"), "{text}");
    assert!(!text.contains(&id) && !text.contains("nowhere"), "an address may hold an id");
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (_, number) = line.rsplit_once(' ').expect("a number");
        assert!(number.parse::<f64>().is_ok(), "{line}");
    }
}

fn a_stop_finishes_the_request_under_way(database: Database) {
    let mut server = Server::start(&database);
    let link = server.set_up.clone().expect("a link");
    let (_, token) = link.split_once("token=").expect("a token");
    let body = form(&[("token", token), ("password", PASSWORD), ("repeated", PASSWORD)]);
    let client = server.client();
    let origin = client.origin();
    let headers = [("origin", origin.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let ask = Ask { method: "POST", path: "/set-up", headers: &headers, body: body.as_bytes() };
    let bytes = client.bytes(&ask);
    let (first, rest) = bytes.split_at(bytes.len() - 20);
    let mut stream = client.connect().expect("it listens");
    stream.write_all(first).expect("it reads");
    std::thread::sleep(Duration::from_millis(200));
    server.terminate();
    std::thread::sleep(Duration::from_millis(500));
    assert!(TcpStream::connect(server.address).is_err(), "nobody new is let in");
    assert!(!server.is_over_within(Duration::from_millis(100)), "it waits for the request under way");
    stream.write_all(rest).expect("it still reads");
    let mut answer = String::new();
    BufReader::new(stream).read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(server.is_over_within(Duration::from_secs(15)), "then it is over");
    let answer = server.stop_after_end();
    assert_eq!(answer.code, Some(0), "{answer:?}");
    // What was under way is done.
    let server = Server::start(&database);
    assert_eq!(server.set_up, None);
    server.signed_in("admin");
    database.assert_sound();
}

fn the_log_is_json_with_request_ids_and_without_secrets(database: Database) {
    for level in ["info", "trace"] {
        let config = database.write("log.toml", "log_format = \"json\"\n");
        let mut command = database.command();
        command.env("TENURE_LOG", level).arg("--config").arg(config);
        let server = Server::start_with(&database, &mut command);
        let mut secrets: Vec<(&str, String)> = vec![("password", PASSWORD.to_owned())];
        if let Some(link) = &server.set_up {
            secrets.push(("set-up token", link.split_once("token=").expect("a token").1.to_owned()));
            server.set_password(link);
        }
        let mut admin = server.signed_in("admin");
        secrets.push(("cookie", admin.session().expect("a session").to_owned()));
        secrets.push(("form token", admin.form_token()));
        admin.sign_in("admin", "a wrong and secret password");
        secrets.push(("wrong password", "a wrong and secret password".to_owned()));
        let mut admin = server.signed_in("admin");
        let page = admin.send("/account/tokens/new", &[("label", "x"), ("purpose", "y"), ("access", "read"), ("days", "1")]);
        let signs = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned();
        let token = page.text().split("tnr_").skip(1).map(signs).find(|s| s.len() == 49).expect("a token");
        Client::with_token(server.address, &format!("tnr_{token}")).get("/api/v1/me?secret=inaquery");
        secrets.push(("API token", token));
        secrets.push(("query", "inaquery".to_owned()));
        let reply = admin.get("/identities");
        let id = reply.header("x-request-id").expect("an id").to_owned();
        let foreign = admin.ask("GET", "/identities", &[("x-request-id", "chosen-by-a-stranger")], b"");
        let given = foreign.header("x-request-id").expect("an id").to_owned();
        assert_ne!(given, "chosen-by-a-stranger");
        std::thread::sleep(Duration::from_millis(200));

        let log = server.log();
        let mut ids = BTreeSet::new();
        for line in log.lines() {
            let entry: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            ids.extend(entry["span"]["id"].as_str().map(str::to_owned));
        }
        assert!(ids.contains(&id) && ids.contains(&given), "{level}: {id} in {ids:?}");
        for (what, secret) in &secrets {
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{level}: the {what} is in the log");
        }
        // The same id stands in the audit events of the request.
        let kept = "SELECT request_id FROM audit_events WHERE action = 'token.issued'";
        let kept = database.sql().texts(kept);
        assert!(kept.iter().any(|id| ids.contains(id)), "{kept:?}");
        let told = database.sql().texts("SELECT body FROM audit_events");
        for (what, secret) in &secrets {
            assert!(!told.iter().any(|body| body.contains(secret.as_str())), "the {what} is in the audit log");
        }
    }
}

fn who_was_to_leave_is_ended_by_the_worker(database: Database) {
    let people = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date,end_date
E1,ada.boss,Ada,Boss,,core,Lead,,2020-01-01,
E2,nadia.varga,Nadia,Varga,,core,Engineer,E1,2020-01-01,2024-06-30
E3,new.comer,New,Comer,,core,Engineer,E1,2024-06-01,
E4,still.here,Still,Here,,core,Engineer,E1,2020-01-01,2999-12-31
"
    .replace("2999", "2199");
    let file = database.write("people.csv", people);
    database.import(&file, "2024-01-01", &[]).done();
    let state = |name: &str| database.json(["identity", "show", name]).done().json()["state"].as_str().expect("a state").to_owned();
    assert_eq!((state("nadia.varga"), state("new.comer")), ("active".to_owned(), "pre-hire".to_owned()));
    let server = Server::start(&database);
    let begun = std::time::Instant::now();
    while (state("nadia.varga"), state("new.comer")) != ("terminated".to_owned(), "active".to_owned()) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", server.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!((state("still.here"), state("ada.boss")), ("active".to_owned(), "active".to_owned()));
    let channel = "SELECT channel FROM audit_events WHERE action = 'identity.ended'";
    assert_eq!(database.sql().texts(channel), ["schedule"]);
    database.assert_sound();
}

fn two_instances_on_one_database_share_sessions_and_refusals(database: Database) {
    let one = Server::start(&database);
    let mut admin = one.administrator();
    let two = Server::start(&database);
    let mut elsewhere = two.client();
    elsewhere.cookies.clone_from(&admin.cookies);
    assert_eq!(elsewhere.get("/api/v1/me").status, 200, "no sticky sessions");
    // A form from one may be sent to the other.
    let token = admin.form_token();
    let reply = elsewhere.post("/views", &[("_token", &token), ("page", "identities"), ("name", "mine"), ("query", "")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    admin.send("/sign-out", &[]);
    assert_eq!(elsewhere.get("/api/v1/me").status, 401, "what is dead on one is dead on the other");
    database.assert_sound();
}

#[test]
fn an_address_that_is_taken_is_told() {
    let database = Database::sqlite();
    let server = Server::start(&database);
    let mut command = database.command();
    let answer = run(command.args(["serve", "--listen", &server.address.to_string()])).refused_after_words();
    assert!(answer.err.contains("cannot be listened on"), "{}", answer.err);
    assert!(answer.err.contains("--listen"), "{}", answer.err);
}
