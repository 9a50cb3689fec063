//! Checkpoints that were changed, removed, or made up.

use tenure_domain::merkle::{Frontier, Hash};
use tenure_vault::{Checkpoint, Keys};

use super::*;

#[tokio::test]
async fn a_changed_column_of_a_checkpoint_is_named() {
    for trial in sealed_trials().await {
        trial.keep().await;
        let zero = trial.bytes(&[0; 32]);
        let frontier = trial.bytes(&Frontier::from_iter((0..16_u8).map(|n| Hash::leaf(&[n]))).to_bytes());
        for (column, value, expected) in [
            ("note", "replace(note, '16', '17')".to_owned(), "signature is wrong"),
            ("note", "'x'".to_owned(), "not a signed note"),
            (
                "note",
                "(SELECT k.note FROM kept_audit_checkpoints k WHERE k.tree_size = 8)".to_owned(),
                "the note is signed for 8 events, not for the 16 of column `tree_size`",
            ),
            ("root", zero.clone(), "column `root`"),
            ("frontier", frontier, "column `frontier`"),
            ("frontier", zero, "column `frontier`"),
            ("tree_size", "17".to_owned(), "the note is signed for 16 events, not for the 17 of column `tree_size`"),
        ] {
            trial.sql(&format!("UPDATE audit_checkpoints SET {column} = {value} WHERE tree_size = 16")).await;
            let verdict = trial.verify().await;
            assert_eq!(verdict.fault_count, 1, "{column}: {:#?}", verdict.faults);
            let what = &verdict.faults[0].what;
            assert!(
                what.starts_with("the checkpoint of 1") && what.contains("events was changed: ") && what.contains(expected),
                "{column}: {what}"
            );
            trial.go_back().await;
        }
    }
}

#[tokio::test]
async fn a_checkpoint_signed_by_another_key_is_named() {
    for trial in sealed_trials().await {
        let (keys, note) = (Keys::ephemeral().unwrap(), trial.last_note().await);
        let mut tx = trial.app.store.read().await.unwrap();
        let (log, _) = crate::audit::log::Log::of(&mut tx, &trial.app.keys).await.unwrap();
        drop(tx);
        let checkpoint = Checkpoint::open(&note, &log.origin, &log.key).unwrap();
        let forged = checkpoint.sign(keys.signer()).unwrap();
        trial.sql(&format!("UPDATE audit_checkpoints SET note = {} WHERE tree_size = 24", text(&forged))).await;
        assert_eq!(
            trial.verify().await.faults[0].what,
            "the checkpoint of 24 events was changed: the note is not signed by the key that was asked for"
        );
        // Nothing is built on it.
        trial.record(1).await;
        let error = seal_pending(&trial.app, trial.ctx.now).await.unwrap_err().to_string();
        assert!(error.starts_with("nothing is sealed: the newest checkpoint of the audit log, of 24 events, is not genuine"), "{error}");
    }
}

#[tokio::test]
async fn a_log_of_another_instance_or_key_is_named() {
    for trial in sealed_trials().await {
        trial.sql("UPDATE instance SET key_id = 'ffff'").await;
        let verdict = trial.verify().await;
        assert_eq!(verdict.fault_count, 1);
        assert!(verdict.faults[0].what.starts_with("the database says that its key file is ffff, but the one at hand is "));
        trial.sql(&format!("UPDATE instance SET key_id = '{}', id = {}", trial.app.keys.id(), trial.key(Uuid::from_u128(7)))).await;
        let verdict = trial.verify().await;
        assert_eq!(verdict.fault_count, 3, "{:#?}", verdict.faults);
        assert!(verdict.faults[0].what.starts_with("the checkpoint of 8 events was changed: the note is not signed"));
    }
}

#[tokio::test]
async fn the_newest_checkpoint_removed_is_seen_and_its_events_are_sealed_anew() {
    for trial in sealed_trials().await {
        trial.sql("DELETE FROM audit_checkpoints WHERE tree_size = 24").await;
        let what = trial.first_fault(16).await;
        assert!(what.starts_with("number 16 was never given, the newest checkpoint is of 16 events"), "{what}");
        trial.record(1).await;
        // Eight anew, one that was waiting, and the one that tells of it.
        assert_eq!(trial.seal().await, 10);
        trial.assert_sound().await;
        assert_eq!(trial.verify().await.renumbered, 1);
        let body = trial.rows().await.pop().unwrap().body.unwrap();
        assert!(body.contains("audit.renumbered") && body.contains("[16,17,18,19,20,21,22,23]"), "{body}");
    }
}

#[tokio::test]
async fn all_checkpoints_removed_is_seen() {
    for trial in sealed_trials().await {
        trial.sql("DELETE FROM audit_checkpoints").await;
        assert!(trial.first_fault(0).await.starts_with("number 0 was never given"));
    }
}
