//! Rows that are gone.

use super::*;

#[tokio::test]
async fn one_row_removed_is_named_with_its_neighbours() {
    for trial in sealed_trials().await {
        trial.keep().await;
        let rows = trial.rows().await;
        let id = |leaf: usize| rows[leaf].id.clone().unwrap();
        let gone = "its event was removed, or lost the number";
        for (leaf, place) in [
            (0, format!("before event {} (number 1)", id(1))),
            (7, format!("between event {} (number 6) and event {} (number 8)", id(6), id(8))),
            (8, format!("between event {} (number 7) and event {} (number 9)", id(7), id(9))),
            (12, format!("between event {} (number 11) and event {} (number 13)", id(11), id(13))),
            (23, format!("after event {} (number 22), at the end", id(22))),
        ] {
            trial.sql(&format!("DELETE FROM audit_events WHERE leaf = {leaf}")).await;
            assert_eq!(trial.first_fault(leaf).await, format!("number {leaf} is missing: {gone}, {place}"));
            assert_eq!(trial.verify().await.fault_count, 1);
            trial.go_back().await;
        }
    }
}

#[tokio::test]
async fn many_rows_removed_are_named_together() {
    for trial in sealed_trials().await {
        trial.keep().await;
        trial.sql("DELETE FROM audit_events WHERE leaf BETWEEN 5 AND 18").await;
        assert!(trial.first_fault(5).await.starts_with("numbers 5 to 18 are missing: their 14 events were removed"));
        assert_eq!(trial.verify().await.fault_count, 1);
        trial.go_back().await;
        trial.sql("DELETE FROM audit_events WHERE leaf >= 3").await;
        assert!(trial.first_fault(3).await.starts_with("numbers 3 to 23 are missing"));
        trial.go_back().await;
        trial.sql("DELETE FROM audit_events").await;
        assert_eq!(
            trial.first_fault(0).await,
            "numbers 0 to 23 are missing: their 24 events were removed, or lost the numbers, the log is empty"
        );
    }
}

#[tokio::test]
async fn one_fault_does_not_hide_the_next() {
    for trial in sealed_trials().await {
        trial.sql("DELETE FROM audit_events WHERE leaf = 2").await;
        trial.sql("UPDATE audit_events SET action = 'x' WHERE leaf = 9").await;
        trial.sql("UPDATE audit_events SET body = 'x' WHERE leaf = 20").await;
        let leaves: Vec<_> = trial.verify().await.faults.iter().map(|f| f.leaf).collect();
        assert_eq!(leaves, [Some(2), Some(9), Some(20)]);
    }
}

#[tokio::test]
async fn a_number_taken_away_is_named_and_the_row_gets_no_other() {
    for trial in sealed_trials().await {
        trial.sql("UPDATE audit_events SET leaf = NULL WHERE leaf = 12").await;
        assert_eq!(trial.seal().await, 0);
        let verdict = trial.verify().await;
        assert!(verdict.faults[0].what.starts_with("number 12 is missing"));
        assert!(verdict.faults[1].what.contains("the number was taken away"), "{:#?}", verdict.faults);
    }
}
