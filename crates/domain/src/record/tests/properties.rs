//! Whatever happens to a record.

use proptest::prelude::*;
use serde_json::Value;

use super::super::{ItemState, LooseFile, Record, RecordFile, canonical};
use super::{change, frozen, id, second};
use crate::merkle::root;

/// Items of a record of four, and what is said of them: much of it is refused.
fn stories() -> impl Strategy<Value = Vec<(u128, ItemState)>> {
    prop::collection::vec((1_u128..=5, prop::sample::select(ItemState::ALL)), 0..24)
}

fn told(story: &[(u128, ItemState)]) -> Record {
    story.iter().enumerate().fold(frozen(4), |record, (at, (item, state))| {
        record.clone().after(id(*item), second(at as u32), change(*state), None).unwrap_or(record)
    })
}

fn value(record: &Record) -> Value {
    let file = RecordFile { record: record.clone(), note: String::new(), public_key: String::new() };
    serde_json::from_str(&file.to_text().unwrap()).unwrap()
}

fn loose(value: &Value) -> LooseFile {
    LooseFile::read((canonical(value).unwrap() + "\n").as_bytes()).unwrap()
}

proptest! {
    #[test]
    fn what_was_accepted_keeps_the_rules_and_what_was_refused_changed_nothing(story in stories()) {
        let record = told(&story);
        prop_assert_eq!(record.check(), Ok(()));
        prop_assert!(record.events.iter().enumerate().all(|(at, event)| event.number == at as u64 + 1));
    }

    #[test]
    fn complete_means_that_none_is_open_and_attested_is_never_counted_as_verified(story in stories()) {
        let record = told(&story);
        let (states, tally) = (record.states(), record.tally());
        let count = |state| states.iter().filter(|s| **s == state).count() as u64;
        prop_assert_eq!(tally.is_complete(), !states.iter().any(|state| state.is_open()));
        prop_assert_eq!((tally.verified, tally.attested), (count(ItemState::Verified), count(ItemState::Attested)));
        prop_assert_eq!(tally.verified + tally.attested + tally.superseded + tally.open, 4);
        for (at, state) in states.iter().enumerate() {
            prop_assert_eq!(record.state_of(id(at as u128 + 1)), Some(*state));
        }
    }

    #[test]
    fn a_later_record_begins_with_the_leaves_of_the_earlier_one(story in stories(), cut in any::<prop::sample::Index>()) {
        let earlier = told(&story[..cut.index(story.len() + 1)]).leaves().unwrap();
        let later = told(&story).leaves().unwrap();
        prop_assert_eq!(&later[..earlier.len()], &earlier[..]);
    }

    #[test]
    fn a_removed_repeated_or_moved_part_is_found(
        story in stories(), list in prop::sample::select(&["items", "events"]), at in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(), how in 0..3,
    ) {
        let genuine = value(&told(&story));
        let mut changed = genuine.clone();
        let parts = changed[list].as_array_mut().unwrap();
        prop_assume!(!parts.is_empty());
        let (at, to) = (at.index(parts.len()), to.index(parts.len()));
        match how {
            0 => drop(parts.remove(at)),
            1 => parts.insert(to, parts[at].clone()),
            _ => parts.swap(at, to),
        }
        prop_assert_eq!(loose(&changed).check_leaves().is_err(), changed != genuine);
    }

    #[test]
    fn a_changed_text_anywhere_is_found_also_when_its_leaf_is_made_anew(story in stories(), at in any::<prop::sample::Index>()) {
        let record = told(&story);
        let genuine = value(&record);
        let mut changed = genuine.clone();
        let mut texts = Vec::new();
        for (_, part) in changed.as_object_mut().unwrap().iter_mut().filter(|(name, _)| ["manifest", "items", "events"].contains(&name.as_str())) {
            collect(part, &mut texts);
        }
        let at = at.index(texts.len());
        texts.swap_remove(at).push('x');
        prop_assert!(loose(&changed).check_leaves().is_err());
        // With all leaves made anew the root is another one, and the root is what is signed.
        if let Ok(record) = loose(&changed).into_record() {
            prop_assert_ne!(root(&record.leaves().unwrap()), root(&loose(&genuine).leaves));
        }
    }

    #[test]
    fn bytes_that_are_no_record_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(LooseFile::read(&bytes).is_err());
    }
}

/// All texts inside a value.
fn collect<'a>(value: &'a mut Value, to: &mut Vec<&'a mut String>) {
    match value {
        Value::String(text) => to.push(text),
        Value::Array(values) => values.iter_mut().for_each(|value| collect(value, to)),
        Value::Object(members) => members.values_mut().for_each(|value| collect(value, to)),
        _ => {}
    }
}
