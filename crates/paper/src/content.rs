//! The words of the paper.

use tenure_domain::record::{Party, Record, RecordEvent};

use crate::Proof;
use crate::block::{Block, Run, Style};
use crate::table;

/// All of it, in order.
pub(crate) fn blocks(record: &Record, proof: &Proof<'_>) -> Vec<Block> {
    let mut blocks = beginning(record);
    blocks.extend(table::blocks(record));
    blocks.extend(proven(proof));
    blocks.extend(how_to_verify(record, proof));
    blocks
}

fn text(words: impl Into<String>) -> Block {
    Block::Text(Run::new(words, Style::TEXT))
}

fn heading(words: &str) -> [Block; 2] {
    [Block::Gap(12.0), Block::Text(Run::new(words, Style::HEADING))]
}

fn beginning(record: &Record) -> Vec<Block> {
    let manifest = &record.manifest;
    let identity = &manifest.identity;
    let tally = record.tally();
    let state = match tally.open {
        0 => "Complete: nothing is owed any more.".to_owned(),
        1 => "Open: 1 item is still owed.".to_owned(),
        open => format!("Open: {open} items are still owed."),
    };
    let counts = format!(
        "{} items: {} verified, {} attested, {} superseded, {} open.",
        record.items.len(),
        tally.verified,
        tally.attested,
        tally.superseded,
        tally.open
    );
    let mut blocks = vec![
        Block::Text(Run::new("Offboarding record", Style::TITLE)),
        Block::Text(Run::new(identity.display_name.clone(), Style::HEADING)),
        Block::Gap(6.0),
        Block::Text(Run::new(state, Style::HEADING)),
        text(counts),
        Block::Gap(8.0),
        Block::Fact("Identity", format!("{} ({}), {}", identity.display_name, identity.user_name, identity.kind.label())),
        Block::Fact("Identity’s id", identity.id.to_string()),
        Block::Fact("Ended at", manifest.ended_at.to_string()),
    ];
    blocks.extend(manifest.last_day.map(|day| Block::Fact("Last day", day.to_string())));
    blocks.extend([
        Block::Fact("Reason", manifest.reason.clone()),
        Block::Fact("Ended by", party(&manifest.by)),
        Block::Fact("By way of", manifest.channel.label().to_owned()),
        Block::Fact("Record", manifest.record.to_string()),
        Block::Fact("Instance", manifest.instance.to_string()),
        Block::Gap(8.0),
    ]);
    blocks.push(text(
        "Verified means that a machine has read it back. Attested is a person’s word, and never counts as verified. \
         Superseded was no longer owed before it was done. All times are UTC.",
    ));
    blocks
}

/// Who, with the id of an identity.
pub(crate) fn party(party: &Party) -> String {
    party.id.map_or_else(|| party.name.clone(), |id| format!("{} ({id})", party.name))
}

/// What an event says, in one paragraph.
pub(crate) fn told(event: &RecordEvent) -> String {
    let mut words = Vec::new();
    words.extend(event.by.as_ref().map(|by| format!("{}:", party(by))));
    words.extend(event.evidence.clone());
    words.extend(event.note.clone());
    words.extend(event.file.as_ref().map(|file| format!("[file {}, SHA-256 {}]", file.name, file.sha256)));
    words.join(" ")
}

fn proven(proof: &Proof<'_>) -> Vec<Block> {
    let mut blocks = heading("Proof").to_vec();
    blocks.extend([
        Block::Fact("Merkle root", proof.root.to_string()),
        Block::Fact("Leaves", proof.size.to_string()),
        Block::Fact("Signed at", proof.signed_at.to_string()),
        Block::Fact("Key (Ed25519)", proof.key.to_owned()),
        Block::Fact("Fingerprint", proof.key_id.to_owned()),
        Block::Gap(4.0),
        Block::Text(Run::new(format!("Signed note:\n{}", proof.note.trim_end()), Style::SMALL)),
    ]);
    blocks
}

fn how_to_verify(record: &Record, proof: &Proof<'_>) -> Vec<Block> {
    let mut blocks = heading("How to verify").to_vec();
    let file = file_name(record);
    blocks.push(text(format!(
        "This paper repeats the signed record; the record itself is attached to this document as {file}. Save the attachment, \
         take the public key from a source that you trust, compare it with the one above, and run on any machine:"
    )));
    blocks.push(text(format!("tenure record verify {file} --key {}", proof.key)));
    blocks.push(text(format!("or, without Tenure: python3 verify.py --key {} {file}", proof.key)));
    blocks.push(text(
        "The script and the format are in Tenure’s documentation under docs/record-format. Whatever was changed in the record, \
         even one byte, is found and named.",
    ));
    blocks
}

/// The name of the attachment.
pub(crate) fn file_name(record: &Record) -> String {
    format!("record-{}.json", record.manifest.record)
}
