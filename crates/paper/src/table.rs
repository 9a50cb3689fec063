//! The table of items: what each is, where it stands, and how that is known.

use std::collections::HashMap;

use tenure_domain::record::{Item, ItemState, Record, RecordEvent};

use crate::block::{Block, Run, Style};
use crate::content::told;

pub(crate) fn blocks(record: &Record) -> Vec<Block> {
    let mut events: HashMap<_, Vec<&RecordEvent>> = HashMap::new();
    for event in &record.events {
        events.entry(event.item).or_default().push(event);
    }
    let mut blocks = vec![Block::Gap(10.0), Block::Header(["", "What must end", "State", "Evidence and history"])];
    let states = record.states();
    let rows = record.items.iter().zip(states).enumerate();
    blocks.extend(rows.map(|(at, (item, state))| row(at + 1, item, state, events.get(&item.id).map_or(&[], Vec::as_slice))));
    blocks
}

fn row(number: usize, item: &Item, state: ItemState, events: &[&RecordEvent]) -> Block {
    let what = vec![
        Run::new(format!("{} on {}", item.class.label(), item.target), Style::SMALL_STRONG),
        Run::new(item.subject.clone(), Style::SMALL),
        Run::new(format!("Must be true: {}", item.must), Style::QUIET),
        Run::new(item.id.to_string(), Style::QUIET),
    ];
    let mut standing = vec![Run::new(state.label(), Style::SMALL_STRONG)];
    if !item.enforceable {
        standing.push(Run::new("Tenure cannot enforce it", Style::QUIET));
    }
    let mut history = Vec::new();
    history.extend(item.evidence.iter().map(|evidence| Run::new(format!("At the end: {evidence}"), Style::SMALL)));
    history.extend(item.note.iter().map(|note| Run::new(format!("At the end: {note}"), Style::SMALL)));
    for event in events {
        history.push(Run::new(format!("{} {}", event.at, event.state.label()), Style::QUIET));
        history.push(Run::new(told(event), Style::SMALL));
        history.extend(event.operation.map(|id| Run::new(format!("operation {id}"), Style::QUIET)));
    }
    if history.is_empty() {
        history.push(Run::new("Nothing is known yet.", Style::SMALL));
    }
    Block::Row([vec![Run::new(number.to_string(), Style::SMALL)], what, standing, history])
}
