//! A thousand people leave at once. Inside all is dead with the import; the target is drained at its limit, and the pages say
//! how far it is and when it will be done.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;
use tenure_tests::targets::{Directory, Setup};
use tenure_tests::{Client, Database, Server, SlapdLog, on_both, wait_until};

on_both!(a_thousand_leavers_are_dead_inside_at_once_and_drained_at_the_targets_limit_with_a_forecast);

const LEAVERS: usize = 1000;
/// So that the last hundred have to wait for the next minute.
const PER_MINUTE: usize = 900;

fn a_thousand_leavers_are_dead_inside_at_once_and_drained_at_the_targets_limit_with_a_forecast(database: Database) {
    database.import(&database.write("all.csv", people(LEAVERS)), "2024-01-01", &[]).done();
    let accounts: String = (0..LEAVERS).map(|n| Directory::person("people", &name(n), &format!("L{n:04}"))).collect();
    let directory = Directory::start_with(&accounts);
    let server = Server::start(&database);
    let mut admin = server.administrator();
    let at = Setup { at_once: 8, per_minute: PER_MINUTE as u32, ..directory.setup("Directory", "people", "groups") }.record(&mut admin);
    let mut program = admin.program("read");

    let file = database.write("gone.csv", people(0));
    let most = LEAVERS.to_string();
    let refused = database.import(&file, "2024-02-01", &["--allow-changes", &most]);
    assert_eq!(refused.code, Some(1), "not without somebody who allows it");
    let gone = database.import(&file, "2024-02-01", &["--allow-leavers", &most, "--allow-changes", &most]).done();
    let begun = Instant::now();
    let ended = "SELECT COUNT(*) FROM identities WHERE state = 'terminated'";
    assert_eq!(database.sql().number(ended), LEAVERS as i64, "all of them at once");
    println!("{:?}: {LEAVERS} leavers: the command took {:.2} s, with its start (debug build)", database.engine, gone.took.as_secs_f64());

    let page = admin.get("/offboarding").text();
    assert!(page.contains("Under way") && page.contains("Not known yet"), "too little was done to tell: {page}");
    let mut foretold = None;
    wait_until("a forecast", || {
        let told = progress(&mut program);
        let by = told["done_by"].as_str().map(str::to_owned);
        if let Some(by) = by {
            foretold = Some((begun.elapsed(), told["open"].clone(), told["done_per_minute"].clone(), by));
        }
        foretold.is_some()
    });
    let (after, open, pace, by) = foretold.expect("a forecast");
    println!("{:?}: after {:.1} s {open} open, {pace} a minute, done by {by}", database.engine, after.as_secs_f64());
    for page in ["/offboarding".to_owned(), format!("{at}/target"), newest_import(&mut admin)] {
        let text = admin.get(&page).text();
        assert!(text.contains("Done a minute") && !text.contains("Not known yet"), "{page} has a forecast: {text}");
    }
    wait_until_drained(&mut program);
    println!("{:?}: drained after {:.1} s", database.engine, begun.elapsed().as_secs_f64());

    let unlocked = directory.search("(&(uid=leaver.*)(!(pwdAccountLockedTime=*)))", &["uid"]);
    assert_eq!(unlocked.trim(), "", "each account is locked");
    let mut moments: Vec<i64> = SlapdLog::read(&directory.log()).changes.into_values().flatten().collect();
    moments.sort_unstable();
    let first_minute = moments.iter().filter(|at| **at < moments[0] + 59_000_000).count();
    assert!(moments.len() >= LEAVERS && first_minute <= PER_MINUTE, "{first_minute} in the first minute");
    assert!(!admin.get("/offboarding").text().contains("Under way"), "nothing is under way any more");
    database.assert_sound();
}

fn name(n: usize) -> String {
    format!("leaver.n{n:04}")
}

/// So many people who leave, and some who stay.
fn people(leavers: usize) -> String {
    let mut csv = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date\n".to_owned();
    for n in 0..leavers {
        let _ = writeln!(csv, "L{n:04},{},Lea,Ver {n},,Finance,Analyst,,2020-01-01", name(n));
    }
    for n in 0..100 {
        let _ = writeln!(csv, "S{n:04},stays.n{n:04},Sta,Ys {n},,Finance,Analyst,,2020-01-01");
    }
    csv
}

/// What the directory is still owed, as programs read it; null if nothing.
fn progress(program: &mut Client) -> Value {
    program.get("/api/v1/operations/progress").json()["targets"][0].clone()
}

/// It waits for the next minute, so this takes longer than others have patience.
fn wait_until_drained(program: &mut Client) {
    let begun = Instant::now();
    while !progress(program).is_null() {
        assert!(begun.elapsed() < Duration::from_secs(240), "still owed: {}", progress(program));
        std::thread::sleep(Duration::from_millis(250));
    }
}

fn newest_import(admin: &mut Client) -> String {
    let page = admin.get("/imports").text();
    let start = page.find("href=\"/imports/0").expect("an import") + "href=\"".len();
    page[start..].split('"').next().expect("an address").to_owned()
}
