//! Five real years: people join, move and leave as the shared summary says.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};
use tenure_tests::{Database, on_both, shared};

on_both!(
    every_month_yields_what_the_summary_says_and_once_more_changes_nothing,
    what_is_really_held_counts_as_the_summary_says,
    a_preview_of_a_month_says_the_same_and_changes_nothing,
);

/// One line of `summary.csv`.
struct Month {
    name: String,
    /// People, joiners, movers, leavers.
    counts: [i64; 4],
    memberships: i64,
}

impl Month {
    fn day(&self) -> String {
        format!("{}-01", self.name)
    }

    fn people(&self, folder: &Path) -> PathBuf {
        folder.join(format!("people-{}.csv", self.name))
    }

    fn memberships(&self, folder: &Path) -> PathBuf {
        folder.join(format!("memberships-{}.csv", self.name))
    }
}

fn months(folder: &Path) -> Vec<Month> {
    let text = fs::read_to_string(folder.join("summary.csv")).expect("the summary");
    let mut lines = text.lines();
    let header = lines.next().expect("a header");
    assert_eq!(header, "month,people,joiners,movers,leavers,memberships,grants");
    let month = |line: &str| {
        let mut fields = line.split(',');
        let name = fields.next().expect("a month").to_owned();
        let numbers: Vec<i64> = fields.map(|n| n.parse().expect("a number")).collect();
        Month { name, counts: [numbers[0], numbers[1], numbers[2], numbers[3]], memberships: numbers[4] }
    };
    let months: Vec<_> = lines.map(month).collect();
    assert_eq!(months.len(), 60);
    months
}

fn counts(answer: &Value) -> [i64; 4] {
    ["people", "joiners", "movers", "leavers"].map(|name| answer[name].as_i64().expect(name))
}

fn import(database: &Database, month: &Month, folder: &Path, more: &[&str]) -> Value {
    let file = month.people(folder);
    database.import(&file, &month.day(), more).done().json()
}

/// A year at once is more than the limits let through: a person allows it.
const ALLOWED: [&str; 4] = ["--allow-leavers", "1000", "--allow-changes", "1000"];

fn every_month_yields_what_the_summary_says_and_once_more_changes_nothing(database: Database) {
    let Some(folder) = shared("lifecycle") else { return };
    let months = months(&folder);
    let begun = Instant::now();
    let mut sums = [0; 4];
    let mut rehires = 0;
    for month in &months {
        let answer = import(&database, month, &folder, &[]);
        assert_eq!(counts(&answer), month.counts, "{}: {answer}", month.name);
        assert_eq!(answer["rejected"], serde_json::json!([]), "{}", month.name);
        for (sum, count) in sums.iter_mut().zip(month.counts) {
            *sum += count;
        }
        rehires += answer["rehires"].as_i64().expect("a number");
    }
    println!(
        "60 months in {:.1} s: {} joiners ({rehires} of them rehires), {} movers, {} leavers",
        begun.elapsed().as_secs_f64(),
        sums[1],
        sums[2],
        sums[3]
    );

    let live = "SELECT COUNT(*) FROM identities WHERE source_id IS NOT NULL AND state = 'active'";
    let last = months.last().expect("60 months");
    assert_eq!(database.sql().number(live), last.counts[0]);
    let ended = "SELECT COUNT(*) FROM employments WHERE ended_on IS NOT NULL";
    assert_eq!(database.sql().number(ended), sums[3], "rehire keeps history");
    let begun = "SELECT COUNT(*) FROM employments";
    assert_eq!(database.sql().number(begun), sums[1], "rehire keeps history");
    for (action, count) in
        [("identity.joined", sums[1] - rehires), ("identity.rehired", rehires), ("identity.moved", sums[2]), ("identity.ended", sums[3])]
    {
        let sql = format!("SELECT COUNT(*) FROM audit_events WHERE action = '{action}'");
        assert_eq!(database.sql().number(&sql), count, "{action}");
    }

    let events = database.events();
    let answer = import(&database, last, &folder, &[]);
    assert_eq!(counts(&answer), [last.counts[0], 0, 0, 0], "{answer}");
    assert_eq!(answer["unchanged"], last.counts[0]);
    assert_eq!((&answer["changed"], &answer["rehires"]), (&0.into(), &0.into()));
    assert_eq!(database.events(), events, "the same file once more left a trace");
    database.assert_sound();
}

fn what_is_really_held_counts_as_the_summary_says(database: Database) {
    let Some(folder) = shared("lifecycle") else { return };
    let months = months(&folder);
    for month in months.iter().step_by(12).chain(months.last()) {
        import(&database, month, &folder, &ALLOWED);
        let file = month.memberships(&folder);
        let mut command = database.command();
        command.args(["--format", "json", "import", "memberships"]).arg(&file);
        command.args(["--as-of", &month.day()]);
        let answer = tenure_tests::database::run(&mut command).done();
        assert_eq!(answer.number("rows"), month.memberships, "{}", month.name);
        // No role explains any of it yet: all of it is out of band, and somebody must look.
        assert_eq!(answer.number("out_of_band") + answer.number("removals_open"), month.memberships);
        let held = "SELECT COUNT(*) FROM grants WHERE state = 'out-of-band'";
        assert_eq!(database.sql().number(held), answer.number("out_of_band"));
        let again = tenure_tests::database::run(&mut command).done();
        assert_eq!(again.number("newly_out_of_band"), 0, "{}", month.name);
        assert_eq!(again.number("vanished"), 0, "{}", month.name);
    }
    // Whoever left between owes what they held.
    let owed = "SELECT COUNT(*) FROM grants g JOIN identities i ON i.id = g.identity_id
        WHERE i.state = 'terminated' AND g.state NOT IN ('removal-owed', 'removed')";
    assert_eq!(database.sql().number(owed), 0);
    database.assert_sound();
}

fn a_preview_of_a_month_says_the_same_and_changes_nothing(database: Database) {
    let Some(folder) = shared("lifecycle") else { return };
    let months = months(&folder);
    import(&database, &months[0], &folder, &[]);
    let events = database.events();
    let file = months[1].people(&folder);
    let preview = database.import(&file, &months[1].day(), &["--dry-run"]).done();
    assert_eq!(counts(&preview.json()), months[1].counts);
    assert_eq!(preview.json()["dry_run"], true);
    assert_eq!(database.events(), events);
    let applied = import(&database, &months[1], &folder, &[]);
    assert_eq!(applied["plan"], preview.json()["plan"], "the plan that was shown");
}
