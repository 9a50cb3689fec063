//! The record's rules and its form.

mod form;
mod properties;
mod rules;

use uuid::Uuid;

use super::{Change, Item, ItemClass, ItemState, Manifest, Moment, Party, Record, Subject};
use crate::access::Channel;
use crate::id::Id as _;
use crate::id::IdentityId;
use crate::identity::IdentityKind;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn second(number: u32) -> Moment {
    at(&format!("2026-11-20T16:{:02}:{:02}.000000Z", number / 60 % 60, number % 60))
}

fn item(number: u128) -> Item {
    Item {
        id: id(number),
        class: ItemClass::Account,
        target: "Directory".to_owned(),
        subject: format!("account {number}"),
        must: "is disabled".to_owned(),
        enforceable: true,
        state: ItemState::Pending,
        evidence: None,
        note: None,
    }
}

fn manifest() -> Manifest {
    Manifest {
        format: String::new(),
        instance: id(1000),
        record: id(1001),
        identity: Subject {
            id: IdentityId::from_uuid(id(1002)),
            user_name: "zoe".to_owned(),
            display_name: "Zoë".to_owned(),
            kind: IdentityKind::Person,
        },
        ended_at: second(0),
        last_day: None,
        reason: "left".to_owned(),
        channel: Channel::Cli,
        by: Party { id: None, name: "local operator root".to_owned() },
        items: 0,
    }
}

fn frozen(items: u128) -> Record {
    Record::freeze(manifest(), (1..=items).map(item).collect()).unwrap()
}

fn change(state: ItemState) -> Change {
    let words = || "words".to_owned();
    match state {
        ItemState::Pending => Change::Pending { note: words() },
        ItemState::Acknowledged => Change::Acknowledged { evidence: words() },
        ItemState::Verified => Change::Verified { evidence: words() },
        ItemState::Attested => Change::Attested { by: Party { id: None, name: "Ada".to_owned() }, note: words(), file: None },
        ItemState::NeedsHuman => Change::NeedsHuman { note: words() },
        ItemState::Superseded => Change::Superseded { note: words() },
    }
}
