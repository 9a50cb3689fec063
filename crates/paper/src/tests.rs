//! The paper of the examples of `docs/record-format`, and of records that are large or hostile.

use std::path::PathBuf;

use tenure_domain::merkle::root;
use tenure_domain::record::{Change, LooseFile, Record};

use super::*;

fn example() -> (Record, String, Vec<u8>) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "docs", "record-format", "example.json"].iter().collect();
    let bytes = std::fs::read(path).unwrap();
    let file = LooseFile::read(&bytes).unwrap();
    let note = file.note.clone();
    (file.into_record().unwrap(), note, bytes)
}

fn paper(record: &Record, note: &str, file: &[u8]) -> Vec<u8> {
    let leaves = record.leaves().unwrap();
    let proof = Proof {
        size: leaves.len() as u64,
        root: root(&leaves),
        signed_at: record.last_moment(),
        note,
        key: "zS62IQQqP0Lza9yVZZP77I24d1NQhqWQ5fPb8xxbHZM=",
        key_id: "0123456789abcdef",
        file,
    };
    render(record, &proof).unwrap()
}

/// The lines of each page.
fn lines(record: &Record, note: &str) -> Vec<Vec<String>> {
    let proof = Proof { size: 1, root: root(&[]), signed_at: record.last_moment(), note, key: "key", key_id: "id", file: b"{}" };
    let faces = face::Faces::load().unwrap();
    let text = |mark: layout::Mark| match mark {
        layout::Mark::Line { text, .. } => Some(text),
        layout::Mark::Rule { .. } => None,
    };
    let pages = layout::pages(&content::blocks(record, &proof), &faces);
    pages.into_iter().map(|page| page.into_iter().filter_map(text).collect()).collect()
}

#[test]
fn the_same_record_gives_the_same_bytes_and_they_are_a_pdf() {
    let (record, note, file) = example();
    let pdf = paper(&record, &note, &file);
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert_eq!(pdf, paper(&record, &note, &file));
    assert!(pdf.len() < 120_000, "{} bytes", pdf.len());
    if let Some(path) = std::env::var_os("TENURE_PAPER") {
        std::fs::write(path, &pdf).unwrap();
    }
}

#[test]
fn names_in_latin_greek_and_cyrillic_reason_items_states_and_proof_are_on_it() {
    let (record, note, _) = example();
    let all = lines(&record, &note).concat().join(" ");
    for words in [
        "Zoë Παπαδοπούλου-Иванова",
        "Администраторы",
        "End of contract.",
        "Complete: nothing is owed any more.",
        "10 items: 8 verified, 1 attested, 1 superseded, 0 open.",
        "Γιώργος Facility",
        "Merkle root",
        "How to verify",
    ] {
        assert!(all.contains(words), "{words}");
    }
    assert!(!all.contains('\u{fffd}'), "each character has a glyph");
}

#[test]
fn long_evidence_wraps_inside_its_column_and_goes_over_pages_with_the_header_repeated() {
    let (mut record, note, file) = example();
    record.events[0].evidence = Some(format!("{} {}", "word ".repeat(3000), "x".repeat(9000)));
    let pages = lines(&record, &note);
    assert!(pages.len() > 4, "{}", pages.len());
    assert!(pages[2].contains(&"Evidence and history".to_owned()));
    assert!(pages[2].contains(&"5…".to_owned()), "the row that goes on is named");
    let faces = face::Faces::load().unwrap();
    let proof = Proof { size: 1, root: root(&[]), signed_at: record.last_moment(), note: &note, key: "key", key_id: "id", file: &file };
    for mark in layout::pages(&content::blocks(&record, &proof), &faces).concat() {
        if let layout::Mark::Line { x, y, text, style } = mark {
            let end = x + faces.of(style.weight).width(&text, style.size);
            assert!(end <= layout::PAGE.0 - layout::MARGIN + 0.5, "{text}");
            assert!(y < layout::PAGE.1 - 50.0, "{text}");
        }
    }
}

#[test]
fn evidence_of_any_characters_is_written_and_what_acts_unseen_is_shown() {
    let (mut record, note, file) = example();
    let all: String = (0..0x11_0000_u32).step_by(61).filter_map(char::from_u32).collect();
    record.events[0].evidence = Some(all);
    record.events[1].evidence = Some("abc\u{202e}def\u{0}\u{feff}".to_owned());
    assert!(lines(&record, &note).concat().join(" ").contains("abc\u{fffd}def\u{fffd}\u{fffd}"));
    assert!(paper(&record, &note, &file).len() > 1000);
}

#[test]
fn an_open_record_says_so_first() {
    let (mut record, note, _) = example();
    record.events.truncate(5);
    let item = record.items[7].id;
    let record = record.clone().after(item, record.last_moment(), Change::NeedsHuman { note: "why".to_owned() }, None).unwrap();
    let pages = lines(&record, &note);
    assert_eq!(pages[0][2], "Open: 4 items are still owed.");
    assert!(pages.concat().contains(&"needs a human".to_owned()));
}
