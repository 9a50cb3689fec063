//! The examples of `docs/record-format`: one leaver, whose record was signed twice.

use std::path::PathBuf;

use tenure_domain::access::Channel;
use tenure_domain::identity::IdentityKind;
use tenure_domain::merkle::Hash;
use tenure_domain::record::{Attachment, Change, Item, ItemClass, ItemState, Manifest, Moment, Party, Record, Subject};

use super::{at, examples, signer};

fn id<T: std::str::FromStr>(number: u32) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("0199a1b2-0000-7000-8000-{number:012x}").parse().unwrap()
}

fn item(number: u32, class: ItemClass, target: &str, subject: &str, must: &str) -> Item {
    let texts = [target, subject, must].map(str::to_owned);
    let [target, subject, must] = texts;
    Item { id: id(number), class, target, subject, must, enforceable: true, state: ItemState::Pending, evidence: None, note: None }
}

/// Dead when the transaction was.
fn dead(number: u32, class: ItemClass, subject: &str, evidence: &str) -> Item {
    let item = item(number, class, "Tenure", subject, "is refused from the next request on");
    Item { state: ItemState::Verified, evidence: Some(evidence.to_owned()), ..item }
}

fn frozen() -> Record {
    let badge = item(9, ItemClass::Account, "Door badges", "badge 4711", "opens no door");
    let note = "The badge system has no interface; the facility team does it by hand.";
    let badge = Item { enforceable: false, state: ItemState::NeedsHuman, note: Some(note.to_owned()), ..badge };
    let items = vec![
        dead(1, ItemClass::Session, "session from 192.0.2.7, Firefox", "in the transaction: epoch raised to 4, session row ended"),
        dead(2, ItemClass::Session, "session from 192.0.2.8, phone", "in the transaction: epoch raised to 4, session row ended"),
        dead(3, ItemClass::Token, "API token \"ci\" (tnr_…a7)", "in the transaction: token row revoked"),
        item(4, ItemClass::Credential, "gate.example.com", "SSH key SHA256:Zz9…Q0", "opens no login any more"),
        item(5, ItemClass::Account, "Directory", "uid=zoe,ou=people,dc=example,dc=com", "is disabled"),
        item(
            6,
            ItemClass::Entitlement,
            "Directory",
            "cn=Администраторы,ou=groups (by cn=ops)",
            "does not have the account as a member, directly or nested",
        ),
        item(7, ItemClass::Account, "Billing database", "role zoe", "cannot log in, owns nothing, has no open connection"),
        item(8, ItemClass::Ownership, "Tenure", "service «nightly-export»", "has another owner"),
        badge,
        item(10, ItemClass::Entitlement, "Wiki", "space Έρευνα: editor", "is not held"),
    ];
    let manifest = Manifest {
        format: String::new(),
        instance: id(0xfff0),
        record: id(0xfff1),
        identity: Subject {
            id: id(0xfff2),
            user_name: "zoe".to_owned(),
            display_name: "Zoë Παπαδοπούλου-Иванова".to_owned(),
            kind: IdentityKind::Person,
        },
        ended_at: at("2026-11-20T16:00:00.000250Z"),
        last_day: Some("2026-11-20".parse().unwrap()),
        reason: "End of contract.\nAgreed on 2 November; \"no hard feelings\".".to_owned(),
        channel: Channel::Portal,
        by: Party { id: Some(id(0xfff3)), name: "Ada Boss".to_owned() },
        items: 0,
    };
    Record::freeze(manifest, items).unwrap()
}

fn changes() -> Vec<(u32, &'static str, Change)> {
    let proven = |evidence: &str| Change::Verified { evidence: evidence.to_owned() };
    let yes = |evidence: &str| Change::Acknowledged { evidence: evidence.to_owned() };
    let help = |note: &str| Change::NeedsHuman { note: note.to_owned() };
    let file = Attachment { name: "badge-4711.pdf".to_owned(), sha256: Hash::leaf(b"an example") };
    let by = Party { id: Some(id(0xfff4)), name: "Γιώργος Facility".to_owned() };
    vec![
        (5, "00:00.400000", yes("modify: success; pwdAccountLockedTime set")),
        (4, "00:00.450001", proven("pull end point: the key is not in the answer for zoe")),
        (5, "00:00.500000", proven("search: pwdAccountLockedTime=000001010000Z; bind answers 49")),
        (7, "00:00.600000", help("The database does not answer: connection refused, 8 tries in 4 minutes. Owner: DBA team.")),
        // The clock of another instance is behind: the moment is that of the event before.
        (6, "00:00.590000", proven("search with matching rule in chain: no group has the account")),
        // Here the first signature was made.
        (7, "09:30.000000", yes("ALTER ROLE zoe NOLOGIN; 2 back ends ended; 3 tables reassigned to billing_owner")),
        (7, "09:30.200000", proven("pg_roles.rolcanlogin=false; pg_stat_activity: 0; pg_shdepend: 0 owned")),
        (8, "40:12.000000", proven("owner is now Ada Boss")),
        (9, "55:00.000000", Change::Attested { by, note: "Badge 4711 blocked and taken back.".to_owned(), file: Some(file) }),
        (10, "56:00.000000", Change::Superseded { note: "The wiki was shut down on the same day.".to_owned() }),
    ]
}

fn after(steps: usize) -> Record {
    changes().into_iter().take(steps).fold(frozen(), |record, (item, minute, change)| {
        let operation = (item > 3 && item < 8).then(|| id(0x100 + item));
        record.after(id(item), at(&format!("2026-11-20T16:{minute}Z")), change, operation).unwrap()
    })
}

/// As it was a second after the ending, with the moment of its signature.
pub(super) fn open() -> (Record, Moment) {
    (after(5), at("2026-11-20T16:00:01.000000Z"))
}

/// As it was when nothing was open any more.
pub(super) fn complete() -> (Record, Moment) {
    (after(changes().len()), at("2026-11-20T16:56:00.100000Z"))
}

pub(super) fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "docs", "record-format"].iter().collect()
}

#[test]
fn the_documented_examples_are_what_this_code_writes() {
    let [open, complete] = examples();
    let key = format!("{}\n", signer().public_key());
    for (name, expected) in [("example-open.json", open), ("example.json", complete), ("example.key", key.into_bytes())] {
        let path = folder().join(name);
        if std::env::var_os("TENURE_BLESS").is_some() {
            std::fs::write(&path, &expected).unwrap();
        }
        let documented = std::fs::read(&path).unwrap_or_default();
        assert!(documented == expected, "{name} differs: run with TENURE_BLESS=1 and have it reviewed");
    }
}
