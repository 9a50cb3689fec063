//! Rows that are not sealed yet.

use super::columns::{COLUMNS, changed};
use super::*;

#[tokio::test]
async fn one_bit_of_a_column_of_a_row_that_is_not_sealed_is_named() {
    for trial in sealed_trials().await {
        trial.record(4).await;
        trial.keep().await;
        for column in COLUMNS {
            let row = trial.unsealed_rows().await.remove(1);
            let (id, value) = (row.id.clone().unwrap(), changed(&trial, &row, column));
            trial.sql(&format!("UPDATE audit_events SET {column} = {value} WHERE id = {}", trial.key(id.uuid()))).await;
            let verdict = trial.verify().await;
            assert_eq!((verdict.fault_count, verdict.unsealed), (1, 4), "{column}: {:#?}", verdict.faults);
            let what = &verdict.faults[0].what;
            let expected = if column == "body" { "`mac`".to_owned() } else { format!("`{column}`") };
            assert!(what.starts_with("not sealed yet: ") && what.contains(&expected), "{column}: {what}");
            trial.go_back().await;
        }
    }
}
