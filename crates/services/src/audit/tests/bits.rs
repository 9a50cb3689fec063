//! Every bit of every column, in memory: no change of a row gets past its check.

use super::*;
use crate::audit::check::{check_sealed, check_unsealed};
use crate::audit::log::Log;

/// Every text that differs in one bit, as far as it is one.
fn flips(value: &str) -> impl Iterator<Item = String> {
    let bits = value.len() * 8;
    (0..bits).filter_map(move |bit| {
        let mut bytes = value.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        String::from_utf8(bytes).ok()
    })
}

fn flipped_keys(id: Uuid) -> impl Iterator<Item = Uuid> {
    (0..128).map(move |bit| Uuid::from_u128(id.as_u128() ^ (1 << bit)))
}

fn flipped_bytes(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(move |bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    })
}

fn all_changes(row: &SealedRow) -> Vec<SealedRow> {
    let mut changes = Vec::new();
    let mut add = |change: &dyn Fn(&mut SealedRow)| {
        let mut changed = row.clone();
        change(&mut changed);
        changes.push(changed);
    };
    macro_rules! texts {
        ($($column:ident),+) => {$(
            for value in flips(row.$column.as_ref().unwrap()) {
                add(&|r| r.$column = Ok(value.clone()));
            }
        )+};
    }
    texts!(stream, action, actor_label, channel, request_id, target_kind, target_id, outcome, body);
    for value in row.at_text.iter().flat_map(|t| flips(t)) {
        add(&|r| r.at_text = Some(value.clone()));
    }
    for bit in 0..55 {
        let at = chrono::DateTime::from_timestamp_micros(row.at.as_ref().unwrap().timestamp_micros() ^ (1 << bit)).unwrap();
        add(&|r| r.at = Ok(at));
    }
    for id in flipped_keys(row.id.clone().unwrap().uuid()) {
        add(&|r| r.id = Ok(EventId::from_uuid(id)));
    }
    for id in flipped_keys(row.identity_id.clone().unwrap().unwrap()) {
        add(&|r| r.identity_id = Ok(Some(id)));
    }
    add(&|r| r.identity_id = Ok(None));
    add(&|r| r.actor_id = Ok(Some(Uuid::nil())));
    for mac in flipped_bytes(row.mac.as_ref().unwrap()) {
        add(&|r| r.mac = Ok(mac.clone()));
    }
    for hash in row.leaf_hash.clone().unwrap().iter().flat_map(|h| flipped_bytes(h).collect::<Vec<_>>()) {
        add(&|r| r.leaf_hash = Ok(Some(hash.clone())));
    }
    changes
}

#[tokio::test]
async fn no_bit_of_a_row_can_be_changed() {
    for trial in sealed_trials().await {
        let mac = testing::keys().audit_mac();
        let row = trial.rows().await.swap_remove(5);
        assert_eq!(check_sealed(&row, mac).fault, None);
        let changes = all_changes(&row);
        assert!(changes.len() > 5000);
        for changed in changes {
            assert!(check_sealed(&changed, mac).fault.is_some(), "{changed:?}");
        }
        trial.record(2).await;
        let row = trial.unsealed_rows().await.remove(0);
        assert_eq!(check_unsealed(&row, mac).fault, None);
        for changed in all_changes(&row) {
            assert!(check_unsealed(&changed, mac).fault.is_some(), "{changed:?}");
        }
    }
}

#[tokio::test]
async fn no_bit_of_a_checkpoint_can_be_changed() {
    // In memory, so that the engine makes no difference: one is enough.
    for trial in sealed_trials().await.iter().take(1) {
        let mut tx = trial.app.store.read().await.unwrap();
        let (log, _) = Log::of(&mut tx, &trial.app.keys).await.unwrap();
        let row = tx.last_checkpoint().await.unwrap().unwrap();
        assert!(log.examine(&row).1.is_empty());
        let mut changes = Vec::new();
        changes.extend(flips(row.note.as_ref().unwrap()).map(|note| tenure_store::audit::CheckpointRow { note: Ok(note), ..row.clone() }));
        changes.extend(
            flipped_bytes(row.root.as_ref().unwrap()).map(|root| tenure_store::audit::CheckpointRow { root: Ok(root), ..row.clone() }),
        );
        changes.extend(
            flipped_bytes(row.frontier.as_ref().unwrap())
                .map(|frontier| tenure_store::audit::CheckpointRow { frontier: Ok(frontier), ..row.clone() }),
        );
        changes.extend((0..64).map(|bit| tenure_store::audit::CheckpointRow { tree_size: row.tree_size ^ (1 << bit), ..row.clone() }));
        assert!(changes.len() > 2000);
        for changed in changes {
            assert!(!log.examine(&changed).1.is_empty(), "{changed:?}");
        }
    }
}
