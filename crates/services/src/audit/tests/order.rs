//! Rows in another order.

use super::*;

#[tokio::test]
async fn two_rows_that_changed_places_are_named() {
    for trial in sealed_trials().await {
        trial.sql("UPDATE audit_events SET leaf = -1 WHERE leaf = 10").await;
        trial.sql("UPDATE audit_events SET leaf = 10 WHERE leaf = 13").await;
        trial.sql("UPDATE audit_events SET leaf = 13 WHERE leaf = -1").await;
        let verdict = trial.verify().await;
        assert_eq!(verdict.fault_count, 1);
        assert_eq!(
            verdict.faults[0].what,
            "the checkpoint of 16 events is signed for another root: the events of numbers 8 to 15 are not those that were sealed; number 11 is the first that stands in another order"
        );
    }
}

#[tokio::test]
async fn events_are_sealed_in_the_order_of_their_keys() {
    for trial in sealed_trials().await {
        let ids: Vec<_> = trial.rows().await.into_iter().map(|row| row.id.unwrap()).collect();
        assert!(ids.is_sorted());
    }
}
