//! Random logs, and random hands: what nobody touched is sound, and any touch is found.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// How a log comes about: how many events are recorded before each sealing.
fn histories() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..12_usize, 1..6)
}

/// What another hand does to the row at a place.
#[derive(Debug, Clone, Copy)]
enum Touch {
    Change(&'static str),
    Remove,
    PutIn,
    Swap,
}

fn touches() -> impl Strategy<Value = Touch> {
    prop_oneof![
        prop::sample::select(super::columns::COLUMNS.to_vec()).prop_map(Touch::Change),
        Just(Touch::Remove),
        Just(Touch::PutIn),
        Just(Touch::Swap),
    ]
}

#[test]
fn any_touch_of_any_log_is_found_and_named() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let strategy = (histories(), touches(), any::<prop::sample::Index>());
    TestRunner::new(config)
        .run(&strategy, |(history, touch, place)| {
            runtime.block_on(async {
                for trial in trials().await {
                    for count in &history {
                        trial.record(*count).await;
                        trial.seal().await;
                    }
                    trial.assert_sound().await;
                    let rows = trial.rows().await;
                    let leaf = place.index(rows.len());
                    apply(&trial, &rows, leaf, touch).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

async fn apply(trial: &Trial, rows: &[SealedRow], leaf: usize, touch: Touch) {
    let number = leaf as u64;
    match touch {
        Touch::Change(column) => {
            let identity = rows[leaf].identity_id == Ok(None) && column == "identity_id";
            let value = if identity { trial.key(Uuid::from_u128(1)) } else { changed_or_given(trial, &rows[leaf], column) };
            trial.sql(&format!("UPDATE audit_events SET {column} = {value} WHERE leaf = {leaf}")).await;
            trial.first_fault(number).await;
        }
        Touch::Remove => {
            trial.sql(&format!("DELETE FROM audit_events WHERE leaf = {leaf}")).await;
            trial.first_fault(number).await;
        }
        Touch::PutIn => {
            let id = trial.ctx.id::<EventId>().uuid();
            let (body, mac) = forged(&rows[leaf], id);
            trial.sql(&format!("UPDATE audit_events SET leaf = -1000 - leaf WHERE leaf >= {leaf}")).await;
            trial.sql("UPDATE audit_events SET leaf = -999 - leaf WHERE leaf < 0").await;
            trial.sql(&copy_of_any(trial, id, &body, &mac, leaf)).await;
            trial.first_fault(number).await;
        }
        Touch::Swap => {
            let other = (leaf + 1) % rows.len();
            trial.sql(&format!("UPDATE audit_events SET leaf = -1 WHERE leaf = {leaf}")).await;
            trial.sql(&format!("UPDATE audit_events SET leaf = {leaf} WHERE leaf = {other}")).await;
            trial.sql(&format!("UPDATE audit_events SET leaf = {other} WHERE leaf = -1")).await;
            let verdict = trial.verify().await;
            assert!(!verdict.sound && verdict.faults[0].what.contains("signed for another root"), "{:#?}", verdict.faults);
        }
    }
}

/// The first event of a log has columns without a value.
fn changed_or_given(trial: &Trial, row: &SealedRow, column: &str) -> String {
    match column {
        "target_kind" | "target_id" if row.target_id == Ok(String::new()) => "'x'".to_owned(),
        _ => super::columns::changed(trial, row, column),
    }
}

fn copy_of_any(trial: &Trial, id: Uuid, body: &str, mac: &[u8], leaf: usize) -> String {
    format!(
        "INSERT INTO audit_events (id, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, body, mac, leaf, leaf_hash)
         SELECT {}, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, {}, {}, {leaf}, leaf_hash FROM audit_events WHERE leaf = {}",
        trial.key(id),
        text(body),
        trial.bytes(mac),
        leaf + 1
    )
}
