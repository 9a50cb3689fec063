//! Two hundred files that are broken in as many ways: each is refused with its line, and nothing
//! is changed.

#[path = "malformed/files.rs"]
mod files;

use files::{Malformed, PEOPLE, malformed};
use std::{
    fs,
    io::{ErrorKind, Write},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tenure_tests::{Answer, Database, on_both};

on_both!(each_broken_file_is_refused_with_its_line_and_changes_nothing);

fn prepared(database: &Database) -> String {
    let file = database.write("people.csv", PEOPLE);
    database.import(&file, "2024-01-01", &[]).done();
    // Circles of managers are taken with a warning, unless the configuration says otherwise.
    let config = database.write("tenure.toml", "[mappings.HR]\nmanager_cycles = \"refuse\"\n");
    config.to_str().expect("a plain name").to_owned()
}

fn each_broken_file_is_refused_with_its_line_and_changes_nothing(database: Database) {
    let config = prepared(&database);
    let files = malformed();
    assert!(files.len() >= 200, "{}", files.len());
    let mut sql = database.sql();
    let counts = [
        "SELECT COUNT(*) FROM audit_events",
        "SELECT COUNT(*) FROM imports",
        "SELECT COUNT(*) FROM identities",
        "SELECT SUM(version) FROM identities WHERE version > 0",
        "SELECT COUNT(*) FROM employments",
        "SELECT COUNT(*) FROM sources",
        "SELECT COUNT(*) FROM endings",
    ];
    let counts = counts.map(|sql| sql.replace("SUM(version)", "CAST(SUM(version) AS BIGINT)"));
    let mut look = || counts.each_ref().map(|query| sql.number(query));
    let before = look();
    let begun = Instant::now();
    for Malformed { what, bytes, line } in &files {
        let file = database.write("broken.csv", bytes);
        let answer = database.import(&file, "2024-02-01", &["--config", &config, "--allow-leavers", "99", "--allow-changes", "99"]);
        assert_eq!(answer.code, Some(1), "{what}: {answer:?}");
        let error = answer.refused().json_error();
        let rejected = error["rejected"].as_array().unwrap_or_else(|| panic!("{what}: {error:#}"));
        let lines: Vec<_> = rejected.iter().filter_map(|row| row["line"].as_u64()).collect();
        assert!(lines.contains(line), "{what}: line {line} in {error:#}");
        let words = error["error"].as_str().expect("words");
        assert!(words.contains(&format!("line {line}")) && words.contains("nothing was changed"), "{what}: {words}");
        let reasons: Vec<_> = rejected.iter().filter_map(|row| row["reason"].as_str()).collect();
        assert!(reasons.iter().all(|reason| reason.len() > 10), "{what}: {reasons:?}");
        assert_eq!(look(), before, "{what} changed something");
    }
    println!("{} files in {:.1} s", files.len(), begun.elapsed().as_secs_f64());
    let again = database.import(&database.file("people.csv"), "2024-02-01", &["--config", &config]).done();
    assert_eq!(again.number("unchanged"), 6, "the sound file still works");
    database.assert_sound();
}

#[test]
fn rows_that_can_be_taken_are_taken_only_when_a_person_says_so() {
    let database = Database::sqlite();
    let config = prepared(&database);
    let broken = PEOPLE.replace("2020-01-01\nE3", "soon\nE3").replace("Analyst", "Chief analyst");
    let file = database.write("broken.csv", broken);
    database.import(&file, "2024-02-01", &["--config", &config]).refused();
    let answer = database.import(&file, "2024-02-01", &["--config", &config, "--accept-rejected"]).done();
    let json = answer.json();
    assert_eq!(json["rejected"][0]["line"], 3);
    assert_eq!((answer.number("changed"), answer.number("leavers")), (1, 0), "{json:#}");
    let kept = database.json(["identity", "show", "bea.two"]).done().json();
    assert_eq!((&kept["state"], &kept["start_on"]), (&"active".into(), &"2020-01-01".into()), "whose row cannot be read stays");
}

/// So much of one line, or of one field, is sent.
const GIGABYTE: usize = 1 << 30;
/// A process may take so much for it, in kB.
const MOST: u64 = 100 * 1024;

#[test]
fn a_line_of_a_gigabyte_is_refused_in_little_memory() {
    let database = Database::sqlite();
    let config = prepared(&database);
    let header = PEOPLE.lines().next().expect("a header");
    let events = database.events();
    for (what, head, piece, line) in [
        ("one line", format!("{header}\nE9,"), vec![b'x'; 1 << 20], 2),
        ("one quoted field", format!("{header}\nE9,\""), vec![b'x'; 1 << 20], 2),
        ("line ends in quotes", format!("{header}\nE9,\""), vec![b'\n'; 1 << 20], 2),
        ("a header", String::new(), vec![b'y'; 1 << 20], 1),
        ("commas", format!("{header}\nE9"), vec![b','; 1 << 20], 2),
        ("NUL bytes", format!("{header}\n"), vec![0; 1 << 20], 2),
        ("quotes", format!("{header}\nE9,\""), b"\"\"".repeat(1 << 19), 2),
        ("letters of three bytes", format!("{header}\nE9,"), "語".repeat(1 << 18).into_bytes(), 2),
    ] {
        let (answer, sent, memory) = stream(&database, &config, head.as_bytes(), &piece, GIGABYTE);
        let error = answer.refused().json_error();
        assert_eq!(error["rejected"][0]["line"], line, "{what}: {error:#}");
        println!("{what}: refused after {} MB, {} MB of memory at most", sent >> 20, memory >> 10);
        assert!(memory > 0 && memory <= MOST, "{what}: {memory} kB");
        assert_eq!(database.events(), events, "{what}");
    }
}

#[test]
fn a_file_of_blank_lines_or_rejected_rows_takes_little_memory() {
    let database = Database::sqlite();
    let config = prepared(&database);
    let header = PEOPLE.lines().next().expect("a header");
    // A debug build reads more slowly; how much is sent is no matter for what is kept.
    let size = 200 << 20;
    for (what, piece) in [
        ("blank lines", b"\n".repeat(1 << 20)),
        ("rows without a key", b",,,,,,,,\n".repeat(1 << 16)),
        ("rows of one field", b"x\n".repeat(1 << 19)),
    ] {
        let (answer, sent, memory) = stream(&database, &config, format!("{header}\n").as_bytes(), &piece, size);
        let answer = answer.refused();
        println!("{what}: {} MB, {} MB of memory at most, {:.1} s", sent >> 20, memory >> 10, answer.took.as_secs_f64());
        assert!(memory > 0 && memory <= MOST, "{what}: {memory} kB");
    }
}

/// Sends a piece again and again. Gives the answer, how much was taken, and the most memory that
/// the process had, in kB.
fn stream(database: &Database, config: &str, head: &[u8], piece: &[u8], size: usize) -> (Answer, usize, u64) {
    let mut command = database.command();
    command.args(["--format", "json", "--config", config, "import", "people", "-", "--as-of", "2024-02-01"]);
    let (mut child, begun) = start(&mut command);
    let id = child.id();
    let watch = thread::spawn(move || {
        let mut most = 0;
        while let Some(memory) = high_water(id) {
            most = most.max(memory);
            thread::sleep(Duration::from_millis(1));
        }
        most
    });
    let mut input = child.stdin.take().expect("a pipe");
    let sender = {
        let (head, piece) = (head.to_vec(), piece.to_vec());
        thread::spawn(move || {
            let mut sent = 0;
            let mut send = |bytes: &[u8]| match input.write_all(bytes) {
                Ok(()) => {
                    sent += bytes.len();
                    sent < size
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
                    false
                }
            };
            if send(&head) {
                while send(&piece) {}
            }
            sent
        })
    };
    let answer = Answer::wait("stream", child, begun);
    let sent = sender.join().expect("it was sent");
    (answer, sent, watch.join().expect("it was watched"))
}

fn start(command: &mut Command) -> (Child, Instant) {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    (command.spawn().expect("it starts"), Instant::now())
}

/// `VmHWM`; None when the process is over.
fn high_water(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
