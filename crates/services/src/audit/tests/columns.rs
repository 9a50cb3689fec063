//! One bit changed, in each column in turn.

use super::*;

/// A change of a sealed row's column, and of nothing else.
async fn change(trial: &Trial, leaf: u64, column: &str) {
    let rows = trial.rows().await;
    let row = &rows[usize::try_from(leaf).unwrap()];
    let value = changed(trial, row, column);
    assert_eq!(trial.sql(&format!("UPDATE audit_events SET {column} = {value} WHERE leaf = {leaf}")).await, 1);
}

/// The value of a column with one bit changed, in SQL.
pub(super) fn changed(trial: &Trial, row: &SealedRow, column: &str) -> String {
    let flipped_text = |value: &Result<String, String>| {
        let mut bytes = value.clone().unwrap().into_bytes();
        let middle = bytes.len() / 2;
        let place = (middle..bytes.len()).find(|i| bytes[*i].is_ascii_alphanumeric()).unwrap();
        bytes[place] ^= 1;
        text(&String::from_utf8(bytes).unwrap())
    };
    let flipped_key = |id: Option<Uuid>| trial.key(Uuid::from_u128(id.map_or(1, |id| id.as_u128() ^ (1 << 70))));
    let flipped_bytes = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[5] ^= 16;
        trial.bytes(&bytes)
    };
    match column {
        "id" => flipped_key(Some(row.id.clone().unwrap().uuid())),
        "at" if trial.sqlite => flipped_text(&Ok(row.at_text.clone().unwrap())),
        "at" => "at + interval '1 microsecond'".to_owned(),
        "stream" => flipped_text(&row.stream),
        "action" => flipped_text(&row.action),
        "actor_id" => flipped_key(row.actor_id.clone().unwrap()),
        "actor_label" => flipped_text(&row.actor_label),
        "channel" => flipped_text(&row.channel),
        "request_id" => flipped_text(&row.request_id),
        "target_kind" => flipped_text(&row.target_kind),
        "target_id" => flipped_text(&row.target_id),
        "identity_id" => flipped_key(row.identity_id.clone().unwrap()),
        "outcome" => flipped_text(&row.outcome),
        "body" => flipped_text(&row.body),
        "mac" => flipped_bytes(row.mac.as_deref().unwrap()),
        "leaf" => (row.leaf.unwrap() ^ 64).to_string(),
        "leaf_hash" => flipped_bytes(row.leaf_hash.as_ref().unwrap().as_deref().unwrap()),
        other => panic!("{other}"),
    }
}

pub(super) const COLUMNS: [&str; 14] = [
    "id",
    "at",
    "stream",
    "action",
    "actor_id",
    "actor_label",
    "channel",
    "request_id",
    "target_kind",
    "target_id",
    "identity_id",
    "outcome",
    "body",
    "mac",
];

#[tokio::test]
async fn one_bit_of_a_column_of_a_sealed_row_is_named_and_nothing_else() {
    for trial in sealed_trials().await {
        trial.keep().await;
        for leaf in [1, 8, 12, 23] {
            for column in COLUMNS.iter().chain(&["leaf_hash"]) {
                change(&trial, leaf, column).await;
                let verdict = trial.verify().await;
                assert_eq!(verdict.fault_count, 1, "{column}: {:#?}", verdict.faults);
                assert_eq!(verdict.faults[0].leaf, Some(leaf));
                assert!(verdict.faults[0].what.contains(&format!("`{column}`")), "{column}: {}", verdict.faults[0].what);
                trial.go_back().await;
            }
        }
    }
}

#[tokio::test]
async fn one_bit_of_a_number_leaves_a_gap_that_is_named() {
    for trial in sealed_trials().await {
        let rows = trial.rows().await;
        let id = |leaf: usize| rows[leaf].id.clone().unwrap();
        change(&trial, 12, "leaf").await;
        let verdict = trial.verify().await;
        let expected = format!(
            "number 12 is missing: its event was removed, or lost the number, between event {} (number 11) and event {} (number 13)",
            id(11),
            id(13)
        );
        assert_eq!(verdict.faults[0].what, expected);
        assert_eq!((verdict.faults[1].leaf, verdict.faults[1].id), (Some(76), Some(id(12))));
        assert!(verdict.faults[1].what.starts_with("number 76 was never given"), "{}", verdict.faults[1].what);
        assert_eq!(verdict.fault_count, 2, "{:#?}", verdict.faults);
    }
}

#[tokio::test]
async fn a_negative_number_is_named() {
    for trial in sealed_trials().await {
        trial.sql("UPDATE audit_events SET leaf = -5 WHERE leaf = 4").await;
        let what = trial.verify().await.faults.into_iter().map(|f| f.what).collect::<Vec<_>>();
        assert!(what[0].contains("its number -5 is none that a tree has") && what[1].starts_with("number 4 is missing"), "{what:#?}");
    }
}

#[tokio::test]
async fn text_with_its_hash_and_key_columns_changed_is_named() {
    for trial in sealed_trials().await {
        let row = trial.rows().await.swap_remove(10);
        let body = row.body.unwrap().replace("Ada", "Eve");
        let hash = trial.bytes(tenure_domain::merkle::Hash::leaf(body.as_bytes()).as_bytes());
        trial.sql(&format!("UPDATE audit_events SET body = {}, leaf_hash = {hash} WHERE leaf = 10", text(&body))).await;
        assert!(trial.first_fault(10).await.contains("`mac`"));
        let root = trial.verify().await.faults[1].what.clone();
        assert!(root.starts_with("the checkpoint of 16 events is signed for another root: the events of numbers 8 to 15"), "{root}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_at_all_is_named() {
    // PostgreSQL refuses such values itself.
    for trial in sealed_trials().await.iter().filter(|t| t.sqlite) {
        trial.keep().await;
        for (column, value) in [
            ("id", "x'0102'"),
            ("at", "'yesterday'"),
            ("at", "replace(at, 'T', 't')"),
            ("body", "CAST(x'ff00ff' AS TEXT)"),
            ("stream", "CAST(x'ff' AS TEXT)"),
            ("actor_label", "CAST(x'ff' AS TEXT)"),
            ("identity_id", "x'01'"),
            ("mac", "x''"),
            ("leaf_hash", "NULL"),
            ("leaf_hash", "x'00'"),
        ] {
            trial.sql(&format!("UPDATE audit_events SET {column} = {value} WHERE leaf = 9")).await;
            let what = trial.first_fault(9).await;
            assert!(what.contains(&format!("`{column}`")), "{column}: {what}");
            trial.go_back().await;
        }
    }
}
