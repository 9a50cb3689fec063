//! The state machine.

use super::super::{Change, Item, ItemState as S, Place, Record};
use super::{change, frozen, id, item, manifest, second};

#[test]
fn every_pair_of_states_is_in_the_table_or_refused() {
    let table = [
        (S::Pending, vec![S::Acknowledged, S::Verified, S::Attested, S::NeedsHuman, S::Superseded]),
        (S::Acknowledged, vec![S::Pending, S::Verified, S::Attested, S::NeedsHuman, S::Superseded]),
        (S::Verified, vec![]),
        (S::Attested, vec![S::Verified]),
        (S::NeedsHuman, vec![S::Pending, S::Acknowledged, S::Verified, S::Attested, S::Superseded]),
        (S::Superseded, vec![]),
    ];
    for (from, nexts) in table {
        for next in S::ALL {
            assert_eq!(from.may_become(*next), nexts.contains(next), "{from} {next}");
        }
    }
}

#[test]
fn a_record_is_complete_only_when_no_item_is_open_and_attested_is_not_verified() {
    let record = frozen(2).after(id(1), second(1), change(S::Verified), None).unwrap();
    assert!(!record.tally().is_complete());
    for state in [S::Acknowledged, S::NeedsHuman] {
        assert!(!record.clone().after(id(2), second(2), change(state), None).unwrap().tally().is_complete());
    }
    let record = record.after(id(2), second(2), change(S::Attested), None).unwrap();
    assert!(record.tally().is_complete());
    assert_eq!((record.tally().verified, record.tally().attested), (1, 1));
    assert_eq!(record.tally().to_string(), "complete\nverified 1 attested 1 superseded 0 open 0");
}

#[test]
fn an_unknown_item_and_a_change_that_says_nothing_are_refused() {
    let fault = frozen(1).after(id(9), second(1), change(S::Verified), None).unwrap_err();
    assert_eq!(fault.place, Place::Event { number: 1 });
    let silent = Change::Verified { evidence: " \n".to_owned() };
    assert!(frozen(1).after(id(1), second(1), silent, None).is_err());
}

#[test]
fn of_all_that_happened_only_the_transitions_are_brought_in() {
    let happened =
        [(1, S::NeedsHuman), (1, S::NeedsHuman), (9, S::Verified), (2, S::Verified), (2, S::Pending), (1, S::Attested), (1, S::Superseded)];
    let begun = frozen(2).after(id(1), second(1), change(S::Acknowledged), None).unwrap();
    let record = begun.clone().after_all(happened.map(|(item, state)| (id(item), second(2), change(state), None))).unwrap();
    let after = |record: Record, item, state| record.after(id(item), second(2), change(state), None).unwrap();
    let same = after(after(after(begun.clone(), 1, S::NeedsHuman), 2, S::Verified), 1, S::Attested);
    assert_eq!(record, same);
    assert_eq!(record.check(), Ok(()));
    let silent = Change::Verified { evidence: String::new() };
    assert!(begun.after_all([(id(1), second(2), silent, None)]).is_err());
}

#[test]
fn a_clock_that_is_behind_does_not_turn_time_back() {
    let record = frozen(2).after(id(1), second(9), change(S::Acknowledged), None).unwrap();
    let record = record.after(id(2), second(3), change(S::Verified), None).unwrap();
    assert_eq!(record.events[1].at, second(9));
    assert_eq!(record.check(), Ok(()));
}

#[test]
fn evidence_without_an_end_is_cut_and_the_item_is_closed_all_the_same() {
    let long = Change::Verified { evidence: "é".repeat(100_000) };
    let record = frozen(1).after(id(1), second(1), long, None).unwrap();
    assert!(record.events[0].evidence.as_ref().is_some_and(|text| text.len() < 17 << 10 && text.ends_with('…')));
    assert!(record.tally().is_complete());
}

#[test]
fn what_cannot_be_enforced_says_why_and_is_not_dead_at_once() {
    let begin = |change: &dyn Fn(&mut Item)| {
        let mut one = item(1);
        change(&mut one);
        Record::freeze(manifest(), vec![one])
    };
    assert!(begin(&|i| i.enforceable = false).is_err());
    assert!(begin(&|i| (i.enforceable, i.note) = (false, Some("no interface".to_owned()))).is_ok());
    assert!(begin(&|i| (i.state, i.evidence) = (S::Verified, Some("in the transaction".to_owned()))).is_ok());
    assert!(begin(&|i| i.state = S::Verified).is_err());
    assert!(begin(&|i| i.state = S::Attested).is_err());
    assert!(begin(&|i| i.state = S::NeedsHuman).is_err());
    assert!(Record::freeze(manifest(), vec![item(1), item(1)]).is_err());
}
