//! A backup is recorded before it is taken, and is in its own copy.

use tenure_domain::access::PortalRole;
use tenure_services::{ServiceError, back_up};
use tenure_store::{Engine, Store};

use super::support::*;

#[tokio::test]
async fn a_backup_holds_the_event_that_tells_of_it() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        let auditor = signed_in(&app, ann, &[PortalRole::Auditor, PortalRole::Employee]);
        assert!(matches!(back_up(&auditor, &file).await, Err(ServiceError::Denied(_))));
        if app.store.engine() == Engine::Postgres {
            assert!(matches!(back_up(&ctx, &file).await, Err(ServiceError::Refused(words)) if words.contains("pg_dump")));
            assert!(events(&app, "database.backed-up").await.is_empty());
            return;
        }
        back_up(&ctx, &file).await.unwrap();
        assert!(matches!(back_up(&ctx, &file).await, Err(ServiceError::Refused(_))), "it overwrites nothing");
        assert_eq!(events(&app, "database.backed-up").await.len(), 1);
        let copy = Store::open(&format!("sqlite://{}", file.display()), tenure_services::testing::event_mac()).await.unwrap();
        let copy = tenure_services::testing::app(copy).await;
        let told = events(&copy, "database.backed-up").await;
        assert!(told.len() == 1 && told[0].leaf.is_some(), "{told:?}");
        copy.store.close().await;
    })
    .await;
}
