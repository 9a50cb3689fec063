//! `docs/security/asvs.md` holds each requirement of OWASP ASVS 5, levels 1 and 2, once; what it names is in the tree, and
//! its summary is what its rows say. So are the other documents about security.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const STATES: [&str; 4] = ["met", "under way", "gap", "does not apply"];
/// What a name of something in the tree begins with.
const FOLDERS: [&str; 9] = ["app/", "crates/", "docs/", "frontend/", "migrations/", "server/", "style/", "tests/", "xtask/"];
const FILES: [&str; 3] = ["Cargo.lock", "Cargo.toml", "deny.toml"];

struct Row {
    number: String,
    level: char,
    state: String,
    holds: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

fn document() -> String {
    fs::read_to_string(root().join("docs/security/asvs.md")).expect("docs/security/asvs.md can be read")
}

fn rows(document: &str) -> Vec<Row> {
    let rows = document.lines().filter(|line| line.starts_with("| V"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [number, level, about, state, holds] = cells[..] else { panic!("a row has five cells: {line}") };
        assert!(!about.is_empty(), "{number}: what it is about is missing");
        assert!(STATES.contains(&state), "{number}: `{state}` is no state; there are {STATES:?}");
        assert!(level.len() == 1, "{number}: `{level}` is no level");
        Row { number: number.to_owned(), level: level.chars().next().unwrap(), state: state.to_owned(), holds: holds.to_owned() }
    })
    .collect()
}

/// Each number of levels 1 and 2 with its level. The data lies beside the project: without it nothing can be said.
fn wanted() -> BTreeMap<String, char> {
    let file = root().join("../shared/data/asvs/asvs-5.0.0.csv");
    let text = fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("the requirements are not beside the project (../shared/data/asvs/asvs-5.0.0.csv): {error}"));
    let is_number = |field: &&str| {
        let Some(rest) = field.strip_prefix('V') else { return false };
        let parts: Vec<&str> = rest.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // The level is the last field; before the number no field has a comma and a number of three parts.
    let read = |line: &str| Some((line.split(',').find(is_number)?.to_owned(), line.trim_end().chars().last()?));
    let all: BTreeMap<String, char> = text.lines().filter_map(read).filter(|(_, level)| matches!(level, '1' | '2')).collect();
    let of = |wanted: char| all.values().filter(|level| **level == wanted).count();
    assert_eq!((of('1'), of('2')), (70, 183), "ASVS 5.0.0 has so many of levels 1 and 2");
    all
}

/// What a text names of the tree: what stands in backquotes and begins with a folder or a file of it.
fn named(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|name| FILES.contains(name) || FOLDERS.iter().any(|folder| name.starts_with(folder))).collect()
}

/// What is wrong with a name of the tree: `path`, or `path::item` where the file has the item's name.
fn fault(name: &str) -> Option<String> {
    let (path, item) = name.split_once("::").map_or((name, None), |(path, item)| (path, Some(item)));
    let at = root().join(path);
    if !at.exists() {
        return Some(format!("{path} is not there"));
    }
    let item = item?.rsplit("::").next()?;
    let holds = fs::read_to_string(&at).is_ok_and(|text| text.contains(item));
    (!holds).then(|| format!("{path} has no `{item}`"))
}

#[test]
fn each_requirement_of_levels_1_and_2_is_listed_once() {
    let (wanted, document) = (wanted(), document());
    let mut listed: BTreeMap<String, char> = BTreeMap::new();
    for row in rows(&document) {
        assert_eq!(wanted.get(&row.number), Some(&row.level), "{}: no such requirement of this level", row.number);
        assert_eq!(listed.insert(row.number.clone(), row.level), None, "{} is listed twice", row.number);
    }
    let missing: Vec<&String> = wanted.keys().filter(|number| !listed.contains_key(*number)).collect();
    assert!(missing.is_empty(), "not listed: {missing:?}");
}

#[test]
fn what_holds_a_requirement_is_in_the_tree() {
    let document = document();
    for row in rows(&document) {
        assert!(row.holds.len() >= 12, "{}: say what holds it, or why not", row.number);
        assert!(row.state != "met" || !named(&row.holds).is_empty(), "{} is met by nothing that is named", row.number);
    }
    let mut faults = Vec::new();
    for entry in fs::read_dir(root().join("docs/security")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        faults.extend(named(&text).into_iter().filter_map(fault).map(|fault| format!("{file}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_summary_is_what_the_rows_say() {
    let document = document();
    let rows = rows(&document);
    for level in ['1', '2'] {
        let of: Vec<&Row> = rows.iter().filter(|row| row.level == level).collect();
        let count = |state: &str| of.iter().filter(|row| row.state == state).count().to_string();
        let counts: Vec<String> = STATES.into_iter().map(count).collect();
        let line = format!("| {level} | {} | {} |", of.len(), counts.join(" | "));
        assert!(document.lines().any(|it| it == line), "the summary lacks `{line}`");
    }
}
