//! A stranger with the database: whatever is changed, removed or put in between, is named.

#[path = "tampering/hand.rs"]
mod hand;

use hand::log;
use std::time::Instant;
use tenure_tests::{Database, Random, on_both};

on_both!(
    one_bit_in_any_column_of_any_row_is_named,
    one_bit_anywhere_in_the_text_of_an_event_is_named,
    one_row_removed_is_named,
    one_row_put_in_between_is_named,
    a_changed_or_removed_checkpoint_is_named,
    a_log_cut_short_is_named_by_a_checkpoint_kept_elsewhere,
    an_export_proves_itself_and_each_changed_byte_is_found,
    what_is_not_sealed_yet_is_watched_too,
);

const COLUMNS: [&str; 16] = [
    "id",
    "at",
    "stream",
    "action",
    "actor_id",
    "actor_label",
    "channel",
    "request_id",
    "target_kind",
    "target_id",
    "identity_id",
    "outcome",
    "body",
    "mac",
    "leaf",
    "leaf_hash",
];

fn one_bit_in_any_column_of_any_row_is_named(database: Database) {
    let mut hand = log(database);
    let begun = Instant::now();
    let mut cases = 0;
    for leaf in [0, hand.events / 2, hand.events - 1] {
        for column in COLUMNS {
            hand.flip(column, leaf);
            let faults = hand.faults();
            let named = match column {
                // The row has another number now: its own is missing.
                "leaf" => faults.iter().any(|f| f.leaf == Some(leaf) && f.what.contains("is missing")),
                _ => faults.iter().any(|f| f.leaf == Some(leaf) && f.what.contains(&format!("`{column}`"))),
            };
            assert!(named, "{column} of event {leaf}: {faults:#?}");
            assert_eq!(faults[0].leaf, Some(leaf), "{column}: the first fault comes first");
            hand.put_back();
            cases += 1;
        }
    }
    println!("{cases} bits in {:.1} s", begun.elapsed().as_secs_f64());
}

fn one_bit_anywhere_in_the_text_of_an_event_is_named(database: Database) {
    let mut hand = log(database);
    let mut random = Random::new("bits of a text");
    for _ in 0..60 {
        let leaf = random.below(hand.events as usize) as i64;
        let place = hand.flip_in_body(leaf, &mut random);
        let faults = hand.faults();
        assert_eq!(faults[0].leaf, Some(leaf), "bit {place}: {faults:#?}");
        assert!(faults[0].what.contains("`body`"), "{faults:#?}");
        hand.put_back();
    }
}

fn one_row_removed_is_named(database: Database) {
    let mut hand = log(database);
    let last = hand.events - 1;
    for leaf in [0, 1, last / 2, last - 1, last] {
        hand.sql(&format!("DELETE FROM audit_events WHERE leaf = {leaf}"));
        let faults = hand.faults();
        assert_eq!(faults[0].leaf, Some(leaf), "{faults:#?}");
        let words = format!("number {leaf} is missing");
        assert!(faults[0].what.contains(&words), "{faults:#?}");
        hand.put_back();
    }
    hand.sql("DELETE FROM audit_events WHERE leaf BETWEEN 3 AND 5");
    assert!(hand.faults()[0].what.contains("numbers 3 to 5 are missing"));
}

fn one_row_put_in_between_is_named(database: Database) {
    let mut hand = log(database);
    let middle = hand.events / 2;

    let id = hand.put_in(middle, "NULL");
    let faults = hand.faults();
    assert!(faults.iter().any(|f| f.id == id), "without a number: {faults:#?}");
    hand.put_back();

    let id = hand.put_in(middle, &hand.events.to_string());
    let faults = hand.faults();
    assert_eq!(faults[0].id, id, "behind the last: {faults:#?}");
    hand.put_back();

    // By way of negative numbers, because each is unique.
    hand.sql(&format!("UPDATE audit_events SET leaf = -1000000 - leaf WHERE leaf >= {middle}"));
    hand.sql("UPDATE audit_events SET leaf = -999999 - leaf WHERE leaf < 0");
    let id = hand.put_in(middle - 1, &middle.to_string());
    let faults = hand.faults();
    assert_eq!((faults[0].leaf, &faults[0].id), (Some(middle), &id), "between two: {faults:#?}");
    hand.put_back();

    // A true event once more.
    hand.sql("DROP INDEX audit_events_leaf");
    let id = hand.put_in(middle, &middle.to_string());
    let faults = hand.faults();
    assert!(faults.iter().any(|f| f.id == id), "twice: {faults:#?}");
    assert!(faults.iter().any(|f| f.what.contains("is there twice")), "{faults:#?}");
}

fn a_changed_or_removed_checkpoint_is_named(database: Database) {
    let mut hand = log(database);
    let sizes = hand.numbers("SELECT tree_size FROM audit_checkpoints ORDER BY tree_size");
    assert!(sizes.len() >= 3, "{sizes:?}");
    for size in [sizes[0], sizes[sizes.len() / 2], sizes[sizes.len() - 1]] {
        for column in ["root", "frontier", "note"] {
            hand.flip_checkpoint(column, size);
            let faults = hand.faults();
            let words = format!("checkpoint of {size} events");
            assert!(faults.iter().any(|f| f.what.contains(&words)), "{column} of {size}: {faults:#?}");
            hand.put_back();
        }
    }
    let first = sizes[0];
    hand.sql(&format!("DELETE FROM audit_checkpoints WHERE tree_size = {first}"));
    // Every later one is signed for the same events: nothing is lost by it.
    hand.database.assert_sound();
    hand.put_back();
    let last = sizes[sizes.len() - 1];
    hand.sql(&format!("DELETE FROM audit_checkpoints WHERE tree_size = {last}"));
    // Numbers that nothing signs for are given anew, and the log itself tells of it.
    hand.database.json(["audit", "verify"]);
    let told = "SELECT COUNT(*) FROM audit_events WHERE action = 'audit.renumbered'";
    assert_eq!(hand.numbers(told), [1]);
}

fn a_log_cut_short_is_named_by_a_checkpoint_kept_elsewhere(database: Database) {
    let mut hand = log(database);
    let verdict = hand.database.assert_sound();
    let known = verdict["checkpoint"].as_str().expect("a checkpoint").to_owned();
    let kept = hand.database.write("kept.txt", &known);
    let kept = kept.to_str().expect("a plain name").to_owned();
    hand.database.json(["audit", "verify", "--known", &kept]).done();

    // The newest events and their checkpoints together leave a log that is sound by itself.
    let sizes = hand.numbers("SELECT tree_size FROM audit_checkpoints ORDER BY tree_size");
    let cut = sizes[sizes.len() - 2];
    hand.sql(&format!("DELETE FROM audit_events WHERE leaf >= {cut}"));
    hand.sql(&format!("DELETE FROM audit_checkpoints WHERE tree_size > {cut}"));
    hand.database.assert_sound();
    let answer = hand.database.json(["audit", "verify", "--known", &kept]).refused();
    assert!(answer.err.contains("cut short"), "{}", answer.err);
    hand.put_back();

    // A log that goes on is no fault; another's checkpoint is.
    hand.database.json(["audit", "export", "--output", "/dev/null"]);
    hand.database.json(["account", "grant", "user00001", "auditor"]).done();
    hand.database.json(["audit", "verify", "--known", &kept]).done();
    let (first, rest) = known.split_at(known.find('\n').expect("lines") - 1);
    let other = format!("{first}{}{}", if rest.starts_with('0') { '1' } else { '0' }, &rest[1..]);
    let other = hand.database.write("other.txt", other);
    let answer = hand.database.json(["audit", "verify", "--known", other.to_str().expect("plain")]);
    assert!(answer.refused().err.contains("is not one of this log"));
    let missing = hand.database.file("nowhere.txt");
    let answer = hand.database.json(["audit", "verify", "--known", missing.to_str().expect("plain")]);
    assert!(answer.refused().err.contains("cannot be read"));
}

fn an_export_proves_itself_and_each_changed_byte_is_found(database: Database) {
    let hand = log(database);
    let file = hand.database.file("export.jsonl");
    let name = file.to_str().expect("a plain name");
    hand.database.json(["audit", "export", "--output", name]).done();
    let again = hand.database.json(["audit", "export", "--output", name]).refused();
    assert!(again.err.contains("cannot be written"), "an export overwrites nothing");
    let export = std::fs::read(&file).expect("the export");
    let text = String::from_utf8(export.clone()).expect("text");
    let header: serde_json::Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    let key = header["public_key"].as_str().expect("a key").to_owned();

    let verify = |content: &[u8], more: &[&str]| {
        let file = hand.database.write("changed.jsonl", content);
        let mut command = tenure_tests::tenure();
        command.args(["--format", "json", "audit", "verify-file"]).arg(file).args(more);
        tenure_tests::database::run(&mut command)
    };
    // Offline: no database is named.
    let verdict = verify(&export, &[]).done().json();
    assert_eq!((&verdict["sound"], &verdict["whole"]), (&true.into(), &true.into()), "{verdict:#}");
    assert_eq!(verdict["events"].as_i64(), Some(text.lines().count() as i64 - 1));
    verify(&export, &["--key", &key]).done();

    let mut random = Random::new("bytes of an export");
    let lines: Vec<usize> = export.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at).collect();
    for _ in 0..120 {
        // The first line holds a time and such that nobody signs; its checkpoint comes below.
        let at = lines[0] + 1 + random.below(export.len() - lines[0] - 2);
        let mut changed = export.clone();
        changed[at] ^= 1;
        let answer = verify(&changed, &[]).refused();
        let line = 1 + lines.iter().filter(|end| **end < at).count();
        let named = answer.err.contains(&format!("\"line\":{line}")) || answer.err.contains(&format!("line {line}"));
        assert!(named || export[at] == b'\n', "byte {at}, line {line}: {}", answer.err);
    }
    let checkpoint = text.find("\"checkpoint\":\"").expect("a checkpoint") + 14;
    for at in [checkpoint + 9, checkpoint + 60, checkpoint + 120] {
        let mut changed = export.clone();
        changed[at] ^= 1;
        verify(&changed, &[]).refused();
    }
    let without: Vec<&str> = text.lines().enumerate().filter(|(n, _)| *n != 5).map(|(_, line)| line).collect();
    verify(without.join("\n").as_bytes(), &[]).refused();
    verify(&export[..export.len() / 2], &[]).refused();
    verify(b"", &[]).refused();
    let other = if key.starts_with('A') { key.replacen('A', "B", 1) } else { format!("A{}", &key[1..]) };
    verify(&export, &["--key", &other]).refused();
    verify(&export, &["--key", "no key"]).refused();
}

fn what_is_not_sealed_yet_is_watched_too(database: Database) {
    let mut hand = log(database);
    // A row loses its number, as if it had never been sealed.
    let last = hand.events - 1;
    hand.sql(&format!("UPDATE audit_events SET leaf = NULL, leaf_hash = NULL WHERE leaf = {last}"));
    assert!(!hand.faults().is_empty());
    hand.put_back();
    hand.sql("UPDATE audit_events SET leaf = NULL, leaf_hash = NULL");
    hand.sql("DELETE FROM audit_checkpoints");
    let verdict = hand.database.json(["audit", "verify"]);
    // Nothing that was ever sealed is left: only a checkpoint kept elsewhere can tell.
    assert!(verdict.code == Some(0) || verdict.code == Some(1));
}
