//! What a signature says, and what later ones add.

use tenure_domain::record::{ItemState, Place, Tally};

use super::super::{RecordStatement, verify_record};
use super::{at, example, examples, signer};
use crate::{Checkpoint, Signer};

#[test]
fn a_record_that_was_signed_verifies_and_says_what_is_proven_and_what_is_a_persons_word() {
    let [open, complete] = examples();
    let key = signer().public_key();
    let open = verify_record(&open, Some(&key)).unwrap().verdict();
    assert_eq!((open.complete, open.tally), (false, Tally { verified: 6, attested: 0, superseded: 0, open: 4 }));
    let complete = verify_record(&complete, Some(&key)).unwrap().verdict();
    assert_eq!((complete.complete, complete.tally), (true, Tally { verified: 8, attested: 1, superseded: 1, open: 0 }));
    assert!(complete.sound && complete.key_given);
    assert_eq!(complete.size, 1 + 10 + 10);
}

#[test]
fn without_a_key_it_is_said_that_who_signed_is_unproven() {
    let [_, complete] = examples();
    assert!(!verify_record(&complete, None).unwrap().key_given);
}

#[test]
fn another_key_is_named_as_what_is_wrong() {
    let [_, complete] = examples();
    let fault = verify_record(&complete, Some(&Signer::from_seed(&[1; 32]).public_key())).unwrap_err();
    assert_eq!(fault.place, Place::Key);
    // The file's own key replaced by that of a forger.
    let forger = Signer::from_seed(&[1; 32]).public_key();
    let text = String::from_utf8(complete).unwrap().replace(&signer().public_key().to_string(), &forger.to_string());
    assert_eq!(verify_record(text.as_bytes(), Some(&signer().public_key())).unwrap_err().place, Place::Key);
    assert_eq!(verify_record(text.as_bytes(), None).unwrap_err().place, Place::Note);
}

#[test]
fn a_later_record_continues_what_was_signed_earlier_and_not_the_other_way_round() {
    let [open, complete] = examples().map(|file| verify_record(&file, None).unwrap());
    let note = |record, when| signer().sign_record(record, when).unwrap().note;
    let earlier = note(example::open().0, example::open().1);
    assert_eq!(complete.continues(&earlier).unwrap().tally.open, 4);
    let later = note(example::complete().0, example::complete().1);
    assert_eq!(open.continues(&later).unwrap_err().place, Place::Leaves);
    // An event of the earlier one told otherwise now.
    let mut changed = example::complete().0;
    changed.events[0].evidence = Some("something else".to_owned());
    let changed = signer().sign_record(changed, example::complete().1).unwrap().to_text().unwrap();
    let changed = verify_record(changed.as_bytes(), None).unwrap();
    assert_eq!(changed.continues(&earlier).unwrap_err().place, Place::Leaves);
}

#[test]
fn no_checkpoint_passes_for_a_record_and_no_record_for_a_checkpoint() {
    let (record, when) = example::complete();
    let statement = RecordStatement::of(&record, when).unwrap();
    let checkpoint = Checkpoint { origin: statement.origin.clone(), head: statement.head };
    let note = checkpoint.sign(&signer()).unwrap();
    assert_eq!(RecordStatement::open(&note, &signer().public_key()).unwrap_err().place, Place::Note);
    let note = signer().sign_record(record, when).unwrap().note;
    assert!(Checkpoint::open(&note, &statement.origin, &signer().public_key()).is_err());
}

#[test]
fn a_record_is_never_signed_as_of_before_its_last_event() {
    let (record, _) = example::complete();
    let last = record.last_moment();
    assert_eq!(RecordStatement::of(&record, at("2026-11-20T16:00:00.000000Z")).unwrap().at, last);
}

#[test]
fn a_record_that_breaks_a_rule_is_not_signed() {
    let (mut record, when) = example::open();
    record.events[0].state = ItemState::Attested;
    assert_eq!(signer().sign_record(record, when).unwrap_err().place, Place::Event { number: 1 });
}
