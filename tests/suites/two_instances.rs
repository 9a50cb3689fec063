//! Two instances share a cascade of leavers on one PostgreSQL database, and `kill -9` hits one of them again and again: what
//! is owed happens on the target, nothing is lost, and nothing is called verified that was not read back. The directory's own
//! log is the witness.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use tenure_tests::targets::{Answers, Directory, Setup};
use tenure_tests::{Database, Random, Server, SlapdLog, wait_until};

const LEAVERS: usize = 200;
const KILLS: usize = 50;
/// The longest pause before the next kill.
const PAUSE: Duration = Duration::from_millis(1000);
/// Groups of each leaver.
const GROUPS: usize = 3;

#[test]
fn a_cascade_of_leavers_survives_fifty_kills_of_one_of_two_instances() {
    let mut random = Random::new("two instances");
    let database = Database::postgres();
    let directory = directory();
    database.import(&database.write("all.csv", people(LEAVERS)), "2024-01-01", &[]).done();
    let first = Server::start(&database);
    let mut admin = first.administrator();
    let mut instances = [first, Server::start(&database)];
    // Whoever is killed holds what it has claimed for 6 × 1 + 5 seconds, so that many may be under way.
    let limits = Setup { at_once: 30, per_minute: 100_000, timeout_seconds: 1, ..directory.setup("Directory", "people", "groups") };
    limits.record(&mut admin);

    // An answer across a network, so that there is something to interrupt.
    directory.wire.answer(Answers::Late(Duration::from_millis(25)));
    let file = database.write("gone.csv", people(0));
    let most = LEAVERS.to_string();
    database.import(&file, "2024-02-01", &["--allow-leavers", &most, "--allow-changes", &most]).done();
    let begun = Instant::now();
    let (mut open_at, mut under_way) = (Vec::new(), Vec::new());
    for _ in 0..KILLS {
        std::thread::sleep(random.within(PAUSE));
        open_at.push(open(&database));
        let victim = random.below(2);
        // Another one takes its place.
        let held = format!("SELECT COUNT(*) FROM operations WHERE state = 'running' AND claimed_by LIKE '{}-%'", instances[victim].id());
        instances[victim].kill();
        under_way.push(database.sql().number(&held));
        instances[victim] = Server::start(&database);
    }
    let kills_took = begun.elapsed();
    let meanwhile = open_at.iter().filter(|open| **open > 0).count();
    wait_until("nothing is open", || open(&database) == 0);
    let all_took = begun.elapsed();
    println!(
        "{LEAVERS} leavers, {} operations, {KILLS} kills in {:.0} s, {meanwhile} of them while something was open ({open_at:?}); {} hit an \
         instance with work in its hands ({under_way:?} operations); all done after {:.0} s",
        database.sql().number("SELECT COUNT(*) FROM operations"),
        kills_took.as_secs_f64(),
        under_way.iter().filter(|held| **held > 0).count(),
        all_took.as_secs_f64()
    );
    assert!(meanwhile * 2 > KILLS, "the kills hit the cascade");

    assert_each_effect_is_there(&directory);
    assert_each_was_read_back(&database, &directory);
    let incomplete = "SELECT COUNT(*) FROM operations WHERE state <> 'verified'";
    assert_eq!(database.sql().number(incomplete), 0, "none is lost, none was given up");
    let owed = database.sql().number("SELECT COUNT(*) FROM operations");
    assert_eq!(owed as usize, (1 + GROUPS) * LEAVERS, "each leaver: an account, and groups");
    database.assert_sound();
}

fn name(n: usize) -> String {
    format!("leaver.n{n:03}")
}

/// So many people who leave, and some who stay.
fn people(leavers: usize) -> String {
    let mut csv = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date\n".to_owned();
    for n in 0..leavers {
        let _ = writeln!(csv, "L{n:03},{},Lea,Ver {n},,Finance,Analyst,,2020-01-01", name(n));
    }
    for n in 0..20 {
        let _ = writeln!(csv, "S{n:03},stays.n{n:03},Sta,Ys {n},,Finance,Analyst,,2020-01-01");
    }
    csv
}

/// Each leaver has an account and a group of their own, in which somebody else stays.
fn directory() -> Directory {
    let mut entries = Directory::person("people", "stays.n000", "S000");
    for n in 0..LEAVERS {
        entries.push_str(&Directory::person("people", &name(n), &format!("L{n:03}")));
        let members = [Directory::dn("people", &name(n)), Directory::dn("people", "stays.n000")];
        for group in 0..GROUPS {
            entries.push_str(&Directory::group("groups", &format!("team{group}.n{n:03}"), &members));
        }
    }
    Directory::start_with(&entries)
}

fn open(database: &Database) -> i64 {
    database.sql().number("SELECT COUNT(*) FROM operations WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human')")
}

/// The directory itself, asked by its own tool.
fn assert_each_effect_is_there(directory: &Directory) {
    let unlocked = directory.search("(&(uid=leaver.*)(!(pwdAccountLockedTime=*)))", &["uid"]);
    assert_eq!(unlocked.trim(), "", "each account is locked");
    let members = directory.search("(member=uid=stays.n000,ou=people,dc=example,dc=test)", &["member"]);
    assert_eq!(members.matches("member: uid=stays").count(), LEAVERS * GROUPS, "who stays is in each group");
    assert!(!members.contains("uid=leaver"), "and no leaver in any");
    assert!(directory.lets_in("stays.n000"));
}

/// For each operation that is called verified: the directory has changed the entry, and after that, before the moment at
/// which it was called so, it was asked for it.
fn assert_each_was_read_back(database: &Database, directory: &Directory) {
    let log = SlapdLog::read(&directory.log());
    let uuids = directory.search("(uid=leaver.*)", &["uid", "entryUUID"]);
    let uuids: HashMap<String, String> = uuids
        .split("\n\n")
        .filter_map(|entry| {
            let value = |name: &str| entry.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            Some((value("uid: ")?, value("entryUUID: ")?))
        })
        .collect();
    let moment = "to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
    let rows = database.sql().texts(&format!(
        "SELECT o.kind || '|' || COALESCE(t.name, e.name) || '|' || CAST(EXTRACT(EPOCH FROM s.at) * 1000000 AS BIGINT) || '|' || i.user_name || '|' || {moment}
         FROM operation_steps s JOIN operations o ON o.id = s.operation_id JOIN identities i ON i.id = o.identity_id LEFT JOIN accounts t ON t.id = o.account_id
         LEFT JOIN grants g ON g.id = o.grant_id LEFT JOIN entitlements e ON e.id = g.entitlement_id WHERE s.state = 'verified'"
    ));
    assert_eq!(rows.len(), (1 + GROUPS) * LEAVERS, "each was verified once");
    for row in &rows {
        let parts: Vec<&str> = row.split('|').collect();
        let [kind, subject, at, user_name, _] = parts[..] else { panic!("{row}") };
        let at: i64 = at.parse().expect("microseconds");
        let (dn, asked) = match kind {
            "disable-account" => (Directory::dn("people", subject), vec![uuids[user_name].clone(), Directory::dn("people", subject)]),
            "remove-entitlement" => {
                let dn = format!("cn={subject},ou=groups,dc=example,dc=test");
                (dn.clone(), vec![dn, Directory::dn("people", user_name)])
            }
            other => panic!("{other} was not expected: {row}"),
        };
        let changed = log.changes.get(&dn).and_then(|all| all.iter().min()).unwrap_or_else(|| panic!("{row}: {dn} was never changed"));
        let seen =
            log.looks.iter().any(|(when, words)| when > changed && *when <= at && asked.iter().any(|word| words.contains(word.as_str())));
        assert!(seen, "{row}: not read back between the change at {changed} and {at}");
    }
    let most = log.changes.values().map(Vec::len).max().unwrap_or_default();
    println!(
        "{} operations verified, each after a look that came after its change; the directory's log: {} entries changed (one {most} times at most), {} looks",
        rows.len(),
        log.changes.len(),
        log.looks.len()
    );
}
