//! Verification against a checkpoint that was kept elsewhere.

use super::*;

async fn with(trial: &Trial, known: &str) -> AuditVerdict {
    verify_audit(&trial.ctx, Some(known)).await.unwrap()
}

#[tokio::test]
async fn a_log_that_grew_continues_what_was_known() {
    for trial in trials().await {
        let mut known = Vec::new();
        for _ in 0..5 {
            trial.record(9).await;
            trial.seal().await;
            known.push(trial.last_note().await);
        }
        for note in known {
            let verdict = with(&trial, &note).await;
            assert!(verdict.sound, "{:#?}", verdict.faults);
        }
    }
}

#[tokio::test]
async fn an_end_cut_off_with_its_checkpoint_is_seen_only_so() {
    for trial in sealed_trials().await {
        let known = trial.last_note().await;
        trial.sql("DELETE FROM audit_events WHERE leaf >= 16").await;
        trial.sql("DELETE FROM audit_checkpoints WHERE tree_size > 16").await;
        trial.assert_sound().await;
        let verdict = with(&trial, &known).await;
        assert_eq!(
            verdict.faults[0].what,
            "the log was cut short: the checkpoint given is of 24 events, but only 16 are sealed; number 16 is the first that is missing"
        );
        // Also when it has grown again.
        trial.record(20).await;
        trial.seal().await;
        trial.assert_sound().await;
        let what = with(&trial, &known).await.faults.remove(0).what;
        assert!(what.starts_with("the log does not continue the checkpoint given: among its first 24 events"), "{what}");
    }
}

#[tokio::test]
async fn a_checkpoint_of_another_log_is_not_taken() {
    for trial in sealed_trials().await {
        let note = trial.last_note().await;
        for wrong in ["", "x", &note.replace("24", "23"), &note.replace("tenure/", "tenure/0")] {
            let verdict = with(&trial, wrong).await;
            assert!(verdict.faults[0].what.starts_with("the checkpoint given is not one of this log"), "{:#?}", verdict.faults);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_compared_is_said() {
    for trial in sealed_trials().await {
        let known = trial.last_note().await;
        trial.record(8).await;
        trial.seal().await;
        trial.sql("DELETE FROM audit_checkpoints WHERE tree_size = 24").await;
        trial.sql("DELETE FROM audit_events WHERE leaf = 20").await;
        let faults = with(&trial, &known).await.faults;
        assert!(faults[0].what.starts_with("number 20 is missing"));
        assert!(faults[1].what.contains("cannot be said"), "{faults:#?}");
    }
}
