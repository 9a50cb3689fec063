//! Whatever is changed is found, and named.

use tenure_domain::record::{Place, Record};

use super::super::verify_record;
use super::{example, examples, signed, signed_as_it_is, signer, statement};

fn place(file: &[u8]) -> Option<String> {
    verify_record(file, Some(&signer().public_key())).err().map(|fault| fault.place.to_string())
}

#[test]
fn any_single_byte_changed_is_found() {
    // Each byte of a small one; the examples are changed at random places in `python.rs`.
    let (mut small, when) = example::open();
    small.items.truncate(5);
    small.items.drain(1..4);
    small.events.retain(|event| event.item == small.items[1].id);
    small.events.truncate(1);
    small.events[0].number = 1;
    let small =
        Record::freeze(small.manifest.clone(), small.items.clone()).map(|frozen| Record { events: small.events, ..frozen }).unwrap();
    let file = signer().sign_record(small, when).unwrap().to_text().unwrap().into_bytes();
    assert_eq!(place(&file), None);
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= if at % 2 == 0 { 0x01 } else { 0x20 };
        assert!(place(&changed).is_some(), "byte {at}");
    }
}

#[test]
fn white_space_another_order_and_another_spelling_are_found() {
    let [_, complete] = examples();
    let text = String::from_utf8(complete).unwrap();
    let first = text.find("\"leaves\":[\"").unwrap() + 11;
    let upper = format!("{}{}{}", &text[..first], text[first..first + 64].to_uppercase(), &text[first + 64..]);
    for changed in [
        text.trim_end().to_owned(),
        text.clone() + "\n",
        format!("\u{feff}{text}"),
        text.replacen(':', ": ", 1),
        text.replace("\"enforceable\":true", "\"enforceable\":true,\"enforceable\":true"),
        text.replacen("\"items\":10", "\"items\":10.0", 1),
        text.replacen("Zoë", "Zo\\u00eb", 1),
        text.replacen("{\"events\"", "{\"extra\":1,\"events\"", 1),
        upper,
    ] {
        assert_eq!(place(changed.as_bytes()).as_deref(), Some("file"));
    }
    assert_eq!(place(b"").as_deref(), Some("file"));
}

/// Changes a record after it was signed, and gives where the verifier sees it.
fn tampered(change: impl FnOnce(&mut Record)) -> String {
    let (mut record, when) = example::complete();
    let genuine = signer().sign_record(record.clone(), when).unwrap().to_text().unwrap();
    change(&mut record);
    let altered = signed_as_it_is(record);
    // Leaves, note and key stay as they were signed.
    let take = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let (mut altered, genuine) = (take(&String::from_utf8(altered).unwrap()), take(&genuine));
    altered["leaves"] = genuine["leaves"].clone();
    altered["note"] = genuine["note"].clone();
    let text = tenure_domain::record::canonical(&altered).unwrap() + "\n";
    place(text.as_bytes()).unwrap()
}

#[test]
fn what_was_changed_removed_repeated_moved_or_put_in_is_named() {
    let id = |n: u32| format!("0199a1b2-0000-7000-8000-{n:012x}");
    assert_eq!(tampered(|r| r.manifest.reason.push('.')), "manifest");
    assert_eq!(tampered(|r| r.items[6].must = "nothing".to_owned()), format!("item 7 ({})", id(7)));
    assert_eq!(tampered(|r| drop(r.items.remove(2))), format!("item 3 ({})", id(4)));
    assert_eq!(tampered(|r| r.items.insert(3, r.items[2].clone())), format!("item 4 ({})", id(3)));
    assert_eq!(tampered(|r| r.items.swap(4, 5)), format!("item 5 ({})", id(6)));
    assert_eq!(tampered(|r| r.events[8].note = Some("no".to_owned())), "event 9");
    assert_eq!(tampered(|r| drop(r.events.remove(0))), "event 1");
    assert_eq!(tampered(|r| r.events.push(r.events[9].clone())), "event 11");
    assert_eq!(tampered(|r| r.events.swap(1, 2)), "event 2");
    assert_eq!(tampered(|r| drop(r.events.pop())), "leaves");
}

#[test]
fn a_signed_claim_that_is_not_true_is_found() {
    let (record, _) = example::open();
    let mut claim = statement(&record);
    claim.tally.verified += claim.tally.open;
    claim.tally.open = 0;
    assert_eq!(place(&signed(record.clone(), &claim)).as_deref(), Some("note"));
    let mut claim = statement(&record);
    claim.origin = "tenure/another/record/one".parse().unwrap();
    assert_eq!(place(&signed(record.clone(), &claim)).as_deref(), Some("note"));
    let mut claim = statement(&record);
    claim.at = record.manifest.ended_at;
    assert_eq!(place(&signed(record, &claim)).as_deref(), Some("note"));
}

/// Records that break a rule, genuinely signed, with the place that must be named.
pub(super) fn lawless() -> Vec<(String, Vec<u8>)> {
    use tenure_domain::record::ItemState as S;
    let mut made = Vec::new();
    let mut with = |place: Place, change: &dyn Fn(&mut Record)| {
        let (mut record, _) = example::complete();
        change(&mut record);
        made.push((place.to_string().split(" (").next().unwrap_or_default().to_owned(), signed_as_it_is(record)));
    };
    let item = |number| Place::Item { number, id: String::new() };
    let event = |number| Place::Event { number };
    with(Place::Manifest, &|r| r.manifest.format = "tenure-record-2".to_owned());
    with(Place::Manifest, &|r| r.manifest.items = 11);
    with(item(1), &|r| r.items[0].evidence = None);
    with(item(1), &|r| r.items[0].enforceable = false);
    with(item(2), &|r| r.items[1].id = r.items[0].id);
    with(item(4), &|r| r.items[3].state = S::Attested);
    with(item(5), &|r| r.items[4].evidence = Some("early".to_owned()));
    with(item(9), &|r| r.items[8].note = None);
    with(event(1), &|r| r.events[0].number = 2);
    with(event(1), &|r| r.events[0].item = r.manifest.record);
    with(event(1), &|r| r.events[0].at = "2026-11-20T15:00:00.000000Z".parse().unwrap_or(r.manifest.ended_at));
    with(event(1), &|r| r.events[0].evidence = Some(" ".to_owned()));
    with(event(3), &|r| r.events[2].note = Some("a word".to_owned()));
    with(event(3), &|r| r.events[2].item = r.items[0].id);
    with(event(9), &|r| r.events[8].by = None);
    with(event(9), &|r| r.events[8].state = S::Superseded);
    with(event(10), &|r| r.events[9].file = r.events[8].file.clone());
    with(event(10), &|r| r.events[9].item = r.items[4].id);
    made
}

#[test]
fn a_record_that_breaks_a_rule_is_refused_although_it_is_signed() {
    for (expected, file) in lawless() {
        let found = place(&file).unwrap_or_default();
        assert_eq!(found.split(" (").next(), Some(expected.as_str()));
    }
}
