//! Sources and imports.

use serde_json::json;
use tenure_store::StoreError;
use tenure_store::imports::{ImportRow, Source};

use super::support::*;

fn staged(n: u128) -> ImportRow {
    ImportRow {
        id: id(n),
        kind: "people".to_owned(),
        source_name: "hr".to_owned(),
        file_name: "people \"1\".csv".to_owned(),
        digest: "00ff".to_owned(),
        as_of: day("2024-02-29"),
        state: "staged".to_owned(),
        mapping: json!({ "email": "Mail" }),
        summary: json!({}),
        actor: "test".to_owned(),
        created_at: moment(),
        applied_at: None,
    }
}

#[tokio::test]
async fn a_source_is_known_by_its_one_name_and_remembers_its_last_import() {
    for (engine, store) in stores().await {
        change(&store, async |tx| {
            tx.insert_source(&proof::imports(), &source(2, "partners")).await.unwrap();
            tx.insert_source(&proof::imports(), &source(1, "hr")).await.unwrap();
        })
        .await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.insert_source(&proof::imports(), &source(3, "hr")).await, Err(StoreError::Duplicate(_))), "{engine}");
        drop(tx);
        change(&store, async |tx| {
            tx.lock_source(&proof::imports(), id(1)).await.unwrap();
            tx.note_import(&proof::imports(), id(1), day("2024-02-29"), moment()).await.unwrap();
        })
        .await;
        let mut tx = store.read().await.unwrap();
        let found = tx.source_by_name("hr").await.unwrap().unwrap();
        assert_eq!(
            found,
            Source { last_as_of: Some(day("2024-02-29")), last_import_at: Some(moment()), version: 2, ..source(1, "hr") },
            "{engine}"
        );
        assert_eq!(tx.sources().await.unwrap().iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["hr", "partners"], "{engine}");
        assert_eq!(tx.source_by_name("HR").await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn a_staged_import_keeps_its_file_until_it_ends_once() {
    for (engine, store) in stores().await {
        let content = [0_u8, 255, 10, 13];
        change(&store, async |tx| tx.insert_import(&proof::imports(), &staged(1), Some(&content)).await.unwrap()).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.import(id(1)).await.unwrap(), Some(staged(1)), "{engine}");
        assert_eq!(tx.import_content(id(1)).await.unwrap().as_deref(), Some(&content[..]), "{engine}");
        drop(tx);

        change(&store, async |tx| tx.remap_import(&proof::imports(), id(1), day("2024-03-01"), &json!({ "email": "E" })).await.unwrap())
            .await;
        change(&store, async |tx| tx.finish_import(&proof::imports(), id(1), "applied", &json!({ "people": 3 }), moment()).await.unwrap())
            .await;
        let mut tx = store.read().await.unwrap();
        let done = tx.import(id(1)).await.unwrap().unwrap();
        assert_eq!((done.state.as_str(), done.as_of, done.applied_at), ("applied", day("2024-03-01"), Some(moment())), "{engine}");
        assert_eq!((done.mapping, done.summary), (json!({ "email": "E" }), json!({ "people": 3 })), "{engine}");
        assert_eq!(tx.import_content(id(1)).await.unwrap(), None, "{engine}: the file is let go");
        drop(tx);

        let mut tx = store.write().await.unwrap();
        assert!(
            matches!(tx.finish_import(&proof::imports(), id(1), "applied", &json!({}), moment()).await, Err(StoreError::Conflict(_))),
            "{engine}: a second click"
        );
        assert!(
            matches!(tx.remap_import(&proof::imports(), id(1), day("2024-03-01"), &json!({})).await, Err(StoreError::Conflict(_))),
            "{engine}"
        );
        assert!(
            matches!(tx.finish_import(&proof::imports(), id(9), "applied", &json!({}), moment()).await, Err(StoreError::Conflict(_))),
            "{engine}: of nothing"
        );
    }
}

#[tokio::test]
async fn the_newest_imports_come_first() {
    for (engine, store) in stores().await {
        change(&store, async |tx| {
            for n in [2, 1, 3] {
                tx.insert_import(&proof::imports(), &staged(n), None).await.unwrap();
            }
        })
        .await;
        let mut tx = store.read().await.unwrap();
        let found: Vec<_> = tx.recent_imports(2).await.unwrap().into_iter().map(|i| i.id).collect();
        assert_eq!(found, [id(3), id(2)], "{engine}");
        assert_eq!(tx.import(id(9)).await.unwrap(), None, "{engine}");
        assert_eq!(tx.import_content(id(9)).await.unwrap(), None, "{engine}");
    }
}
