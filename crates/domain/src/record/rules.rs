//! The record as one state machine.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Change, FORMAT, Fault, Item, ItemState, Manifest, Moment, Place, RecordEvent, Tally};
use crate::id::OperationId;

/// A record: what was frozen, and what became of it. The fields are readable; what is wrong with them
/// [`Record::check`] tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The header.
    pub manifest: Manifest,
    /// The items, in the order in which they were frozen.
    pub items: Vec<Item>,
    /// The transitions, in the order in which they came.
    pub events: Vec<RecordEvent>,
}

impl Record {
    /// Freezes a manifest. Format and number of items are set here.
    ///
    /// # Errors
    /// [`Fault`] when the manifest or an item breaks a rule, such as two items with one id.
    pub fn freeze(manifest: Manifest, items: Vec<Item>) -> Result<Self, Fault> {
        let manifest = Manifest { format: FORMAT.to_owned(), items: items.len() as u64, ..manifest };
        let record = Self { manifest, items, events: Vec::new() };
        record.check()?;
        Ok(record)
    }

    /// The record after an item has changed. A moment before that of the last event counts as that
    /// moment: the clocks of several instances never agree entirely.
    ///
    /// # Errors
    /// [`Fault`] when there is no such item, when its state may not become that one, or when the change
    /// does not say what it must. The place is that of the event that would have been.
    pub fn after(mut self, item: Uuid, at: Moment, change: Change, operation: Option<OperationId>) -> Result<Self, Fault> {
        let state = self.state_of(item);
        self.bring_in(state, item, at, change, operation)?;
        Ok(self)
    }

    /// The record after all that happened, in its order: as with [`Record::after`] for each, but what is no
    /// transition of an item of this record is left out. Takes as long as there is to bring in, however much
    /// the record has already.
    ///
    /// # Errors
    /// [`Fault`] when a change does not say what it must.
    pub fn after_all(mut self, happened: impl IntoIterator<Item = (Uuid, Moment, Change, Option<OperationId>)>) -> Result<Self, Fault> {
        let mut states: HashMap<Uuid, ItemState> = self.items.iter().map(|item| item.id).zip(self.states()).collect();
        for (item, at, change, operation) in happened {
            let next = change.state();
            if let Some(state) = states.get_mut(&item).filter(|state| **state != next && state.may_become(next)) {
                self.bring_in(Some(*state), item, at, change, operation)?;
                *state = next;
            }
        }
        Ok(self)
    }

    fn bring_in(
        &mut self,
        state: Option<ItemState>,
        item: Uuid,
        at: Moment,
        change: Change,
        operation: Option<OperationId>,
    ) -> Result<(), Fault> {
        let number = self.events.len() + 1;
        let event = change.into_event(number as u64, at.max(self.last_moment()), item, operation);
        let refused = |what: String| Fault::new(Place::Event { number }, what);
        may(state.ok_or_else(|| refused(no_item(item)))?, &event).map_err(refused)?;
        self.events.push(event);
        Ok(())
    }

    /// Where an item stands.
    #[must_use]
    pub fn state_of(&self, item: Uuid) -> Option<ItemState> {
        let frozen = self.items.iter().find(|i| i.id == item)?.state;
        Some(self.events.iter().rev().find(|event| event.item == item).map_or(frozen, |event| event.state))
    }

    /// Where each item stands, in the order of the items.
    #[must_use]
    pub fn states(&self) -> Vec<ItemState> {
        let last: HashMap<Uuid, ItemState> = self.events.iter().map(|event| (event.item, event.state)).collect();
        self.items.iter().map(|item| last.get(&item.id).copied().unwrap_or(item.state)).collect()
    }

    /// How many items stand where.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally::of(self.states())
    }

    /// The moment of the last event, or of the ending.
    #[must_use]
    pub fn last_moment(&self) -> Moment {
        self.events.last().map_or(self.manifest.ended_at, |event| event.at)
    }

    /// Holds the whole record against the rules: as if each event were brought in anew.
    ///
    /// # Errors
    /// The first [`Fault`], in the order of the leaves.
    pub fn check(&self) -> Result<(), Fault> {
        let manifest = |what: &str| Err(Fault::new(Place::Manifest, what));
        if self.manifest.format != FORMAT {
            return manifest(&format!("the format is not {FORMAT}"));
        }
        if self.manifest.items != self.items.len() as u64 {
            return manifest("it does not have as many items as it says");
        }
        let mut states = HashMap::new();
        for (at, item) in self.items.iter().enumerate() {
            let place = || Place::Item { number: at + 1, id: item.id.to_string() };
            if let Some(what) = item.fault() {
                return Err(Fault::new(place(), what));
            }
            if states.insert(item.id, item.state).is_some() {
                return Err(Fault::new(place(), "an item before it has the same id"));
            }
        }
        let mut last = self.manifest.ended_at;
        for (at, event) in self.events.iter().enumerate() {
            let fault = |what: String| Fault::new(Place::Event { number: at + 1 }, what);
            if event.number != at as u64 + 1 {
                return Err(fault(format!("its number is {}", event.number)));
            }
            if event.at < last {
                return Err(fault("it is earlier than what comes before it".to_owned()));
            }
            last = event.at;
            let state = states.get_mut(&event.item).ok_or_else(|| fault(no_item(event.item)))?;
            may(*state, event).map_err(fault)?;
            *state = event.state;
        }
        Ok(())
    }
}

fn no_item(item: Uuid) -> String {
    format!("there is no item {item}")
}

/// The one rule of transitions.
fn may(state: ItemState, event: &RecordEvent) -> Result<(), String> {
    if !state.may_become(event.state) {
        return Err(format!("an item that is {state} cannot become {}", event.state));
    }
    event.fault().map_or(Ok(()), |what| Err(what.to_owned()))
}
