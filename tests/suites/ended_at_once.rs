//! A hundred requests at once with the sessions and tokens of one person while that person is
//! ended: none that begins after the commit succeeds.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tenure_tests::{Client, Database, Reply, Server, client::Ask, on_both, server::PASSWORD};

on_both!(
    nothing_of_a_person_works_after_the_command_line_ended_them,
    nothing_of_a_person_works_after_a_page_ended_them,
    nothing_of_a_person_works_after_an_import_ended_them,
);

const PARALLEL: usize = 100;
/// How long the race may take to begin on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const SESSIONS: usize = 4;
const TOKENS: usize = 4;
const FORMS: usize = 25;
const VICTIM: &str = "nadia.varga";

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,ada.boss,Ada,Boss,,core,Lead,,2020-01-01
E2,nadia.varga,Nadia,Varga,nadia@example.com,core,Engineer,E1,2020-01-01
E3,otto.wang,Otto,Wang,,core,Engineer,E1,2020-01-01
";

/// One request: when it began and was over, and whether it was answered as that person.
struct Seen {
    begun: Instant,
    over: Instant,
    succeeded: bool,
    what: String,
}

fn nothing_of_a_person_works_after_the_command_line_ended_them(database: Database) {
    race(database, |database, _| {
        database.json(["offboard", VICTIM, "--reason", "left"]).done();
    });
}

fn nothing_of_a_person_works_after_a_page_ended_them(database: Database) {
    let id = |database: &Database| {
        let answer = database.json(["identity", "show", VICTIM]).done().json();
        answer["id"].as_str().expect("an id").to_owned()
    };
    race(database, move |database, admin| {
        let path = format!("/identities/{}/end", id(database));
        let reply = admin.send(&path, &[("reason", "left"), ("confirm", VICTIM)]);
        assert_eq!(reply.status, 303, "{}", reply.text());
    });
}

fn nothing_of_a_person_works_after_an_import_ended_them(database: Database) {
    race(database, |database, _| {
        let left: String = PEOPLE.lines().filter(|line| !line.contains(VICTIM)).map(|line| format!("{line}\n")).collect();
        let file = database.write("left.csv", left);
        let answer = database.import(&file, "2024-02-01", &["--allow-leavers", "1"]).done();
        assert_eq!(answer.number("leavers"), 1);
    });
}

fn race(database: Database, end: impl FnOnce(&Database, &mut Client)) {
    let file = database.write("people.csv", PEOPLE);
    database.import(&file, "2024-01-01", &[]).done();
    let server = Server::start(&database);
    let mut admin = server.administrator();
    // The last administrator is never ended, and an administrator is worth the most to a thief.
    database.json(["account", "grant", VICTIM, "auditor"]).done();
    let credentials = credentials(&server, &database);
    for mut credential in credentials.clone() {
        assert!(is_theirs(&credential.get("/api/v1/me")), "all of them work before");
    }

    let stop = Arc::new(AtomicBool::new(false));
    let [served, asked, forged] = [0; 3].map(|none| Arc::new(AtomicUsize::new(none)));
    // A few of them try to make themselves a key that outlives them. Each form issues one token.
    let armed: Vec<(Client, Vec<String>)> = (0..PARALLEL)
        .map(|number| {
            let forger = number % 25 == 24;
            // Browsers: a token issues no token.
            let place = if forger { number / 25 % (SESSIONS - 1) } else { number % credentials.len() };
            let mut client = credentials[place].clone();
            let forms = if forger { (0..FORMS).map(|_| client.form_token()).collect() } else { Vec::new() };
            (client, forms)
        })
        .collect();
    let asking: Vec<_> = armed
        .into_iter()
        .enumerate()
        .map(|(number, (credential, forms))| {
            let (stop, counts) = (Arc::clone(&stop), [&served, &asked, &forged].map(Arc::clone));
            thread::spawn(move || ask_on(credential, forms, number, &stop, &counts))
        })
        .collect();
    let begun = Instant::now();
    // Each of them was served a few times before, and somebody has made a key.
    while served.load(Ordering::Relaxed) < 3 * PARALLEL || forged.load(Ordering::Relaxed) == 0 {
        assert!(
            begun.elapsed() < PATIENCE,
            "the race does not begin: {} served, {} keys",
            served.load(Ordering::Relaxed),
            forged.load(Ordering::Relaxed)
        );
        thread::sleep(Duration::from_millis(20));
    }
    end(&database, &mut admin);
    let committed = Instant::now();
    let refused = asked.load(Ordering::Relaxed) + 3 * PARALLEL;
    while asked.load(Ordering::Relaxed) < refused {
        thread::sleep(Duration::from_millis(20));
    }
    stop.store(true, Ordering::Relaxed);
    let mut seen: Vec<Seen> = Vec::new();
    let mut issued = Vec::new();
    for thread in asking {
        let (requests, tokens) = thread.join().expect("it asked to the end");
        seen.extend(requests);
        issued.extend(tokens);
    }

    let after: Vec<_> = seen.iter().filter(|s| s.begun > committed).collect();
    let late: Vec<_> = after.iter().filter(|s| s.succeeded).map(|s| &s.what).collect();
    assert!(late.is_empty(), "{} requests succeeded after the commit: {late:?}", late.len());
    // The first refusal is sooner than the answer of whoever ended them: from then on all is dead.
    let refused = seen.iter().filter(|s| !s.succeeded).map(|s| s.over).min().expect("refusals");
    let revived: Vec<_> = seen.iter().filter(|s| s.begun > refused && s.succeeded).map(|s| &s.what).collect();
    assert!(revived.is_empty(), "{} requests succeeded after one was refused: {revived:?}", revived.len());
    let before = seen.iter().filter(|s| s.succeeded).count();
    let mut refusals: Vec<_> = after.iter().map(|s| s.over - s.begun).collect();
    refusals.sort_unstable();
    let at = |percent: usize| refusals.get(refusals.len() * percent / 100).map_or(0.0, |d| d.as_secs_f64() * 1e3);
    println!(
        "{PARALLEL} in parallel: {before} requests served before, {} begun after the commit, 0 of them served, refused after {:.1} ms (p50), {:.1} ms (p99); {} tokens issued under way",
        after.len(),
        at(50),
        at(99),
        issued.len()
    );
    assert!(before > PARALLEL && after.len() > PARALLEL, "{before} before, {} after", after.len());
    assert!(!issued.is_empty(), "somebody made a key while they were ended");

    // What a request under way may have made is dead, too.
    for token in issued {
        let reply = Client::with_token(server.address, &token).get("/api/v1/me");
        assert_eq!(reply.status, 401, "a token that was issued while they were ended");
    }
    let mut sql = database.sql();
    for table in ["portal_sessions", "api_tokens", "local_accounts", "portal_roles"] {
        let left =
            sql.number(&format!("SELECT COUNT(*) FROM {table} t JOIN identities i ON i.id = t.identity_id WHERE i.user_name = '{VICTIM}'"));
        assert_eq!(left, 0, "rows in {table}");
    }
    assert_eq!(server.client().sign_in(VICTIM, PASSWORD).status, 422, "the password is dead");

    // Coming back brings no key back.
    let answer = database.json(["identity", "show", VICTIM]).done().json();
    assert_eq!(answer["state"], "terminated");
    let path = format!("/identities/{}/rehire", answer["id"].as_str().expect("an id"));
    let fields = [("start_on-day", "1"), ("start_on-month", "3"), ("start_on-year", "2024"), ("reason", "back")];
    assert_eq!(admin.send(&path, &fields).status, 303);
    for mut credential in credentials {
        assert!(!is_theirs(&credential.get("/api/v1/me")), "an old key works after the rehire");
    }
    assert_eq!(server.client().sign_in(VICTIM, PASSWORD).status, 422);
    database.assert_sound();
}

/// Browsers and programs of one person.
fn credentials(server: &Server, database: &Database) -> Vec<Client> {
    let mut first = server.person(database, VICTIM);
    let mut all: Vec<Client> = (1..SESSIONS).map(|_| server.signed_in(VICTIM)).collect();
    for _ in 0..TOKENS {
        let token = issue(&mut first).expect("a token");
        all.push(Client::with_token(server.address, &token));
    }
    all.push(first);
    all
}

const TOKEN: [(&str, &str); 4] = [("label", "script"), ("purpose", "a test"), ("access", "write"), ("days", "30")];

fn issue(client: &mut Client) -> Option<String> {
    token_in(&client.send("/account/tokens/new", &TOKEN))
}

/// The token that a page shows once.
fn token_in(reply: &Reply) -> Option<String> {
    let page = reply.text();
    let is_sign = |c: char| c.is_ascii_alphanumeric();
    let mut found = page.split("tnr_").skip(1).map(|rest| rest.split(|c| !is_sign(c)).next().unwrap_or_default());
    let token = found.find(|signs| signs.len() == 49)?;
    (reply.status == 200).then(|| format!("tnr_{token}"))
}

fn is_theirs(reply: &Reply) -> bool {
    reply.status == 200
}

/// Asks again and again, in different ways. Gives every request, and tokens that were issued.
fn ask_on(
    mut client: Client,
    mut forms: Vec<String>,
    number: usize,
    stop: &AtomicBool,
    [served, asked, forged]: &[Arc<AtomicUsize>; 3],
) -> (Vec<Seen>, Vec<String>) {
    let mut seen = Vec::new();
    let mut issued = Vec::new();
    let paths = ["/api/v1/me", "/api/v1/identities", "/my-access", "/api/v1/me"];
    let path = paths[number / 25 % paths.len()];
    let forger = !forms.is_empty();
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let reply = if let Some(form) = forms.pop() {
            let mut fields = vec![("_token", form.as_str())];
            fields.extend(TOKEN);
            Ok(client.post("/account/tokens/new", &fields))
        } else {
            client.try_ask(&Ask { method: "GET", path, ..Ask::default() })
        };
        let reply = reply.expect("the server answers");
        assert!(matches!(reply.status, 200 | 303 | 401 | 403 | 422), "{}: {}", reply.status, reply.text());
        asked.fetch_add(1, Ordering::Relaxed);
        served.fetch_add(usize::from(reply.status == 200), Ordering::Relaxed);
        if let Some(token) = token_in(&reply).filter(|_| forger) {
            forged.fetch_add(1, Ordering::Relaxed);
            issued.push(token);
        }
        seen.push(Seen {
            begun,
            over: Instant::now(),
            succeeded: reply.status == 200,
            what: format!("{} {path} by thread {number}", reply.status),
        });
    }
    (seen, issued)
}
