//! Transactions, addresses, the doctor, backups.

use std::sync::Arc;

use tenure_store::testing::execute_raw;
use tenure_store::{Engine, EventMac, Opening, Store, StoreError};

use super::support::*;

#[tokio::test]
async fn a_transaction_that_is_dropped_changes_nothing() {
    for (engine, store) in stores().await {
        let mut tx = store.write().await.unwrap();
        tx.put_identities(&proof::identities(), &[person(1, "A")]).await.unwrap();
        assert_eq!(tx.identity_count().await.unwrap(), 1, "{engine}: it sees its own writes");
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.identity_count().await.unwrap(), 0, "{engine}");
        assert_eq!(tx.count_unsealed().await.unwrap(), 0, "{engine}");
    }
}

#[tokio::test]
async fn a_reader_sees_one_moment() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A")]).await;
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.identity_count().await.unwrap(), 1, "{engine}");
        put(&store, &[person(2, "B")]).await;
        assert_eq!(reader.identity_count().await.unwrap(), 1, "{engine}: still that moment");
        assert_eq!(store.read().await.unwrap().identity_count().await.unwrap(), 2, "{engine}");
    }
}

#[tokio::test]
async fn two_locks_of_one_identity_come_one_after_the_other() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        let mut first = store.write().await.unwrap();
        assert_eq!(first.lock_identities(&[id(1), id(1)]).await.unwrap(), [(id(1), 1)].into(), "{engine}");
        let second = tokio::spawn({
            let store = store.clone();
            async move {
                let mut tx = store.write().await.unwrap();
                tx.lock_identities(&[id(2), id(1)]).await.unwrap();
                tx.identity(id(1)).await.unwrap().unwrap().display_name
            }
        });
        let renamed = tenure_domain::identity::Identity { display_name: "Renamed".to_owned(), version: 2, ..person(1, "A") };
        first.update_identity(&proof::identities(), 1, &renamed).await.unwrap();
        first.commit(event()).await.unwrap();
        assert_eq!(second.await.unwrap(), "Renamed", "{engine}");
        assert_eq!(store.write().await.unwrap().lock_identities(&[id(9)]).await.unwrap().len(), 0, "{engine}");
    }
}

#[tokio::test]
async fn the_doctor_finds_a_sound_database_with_all_migrations() {
    for (engine, store) in stores().await {
        let seen = store.doctor().await.unwrap();
        assert_eq!(seen.engine.to_string(), engine);
        assert_eq!(usize::try_from(seen.applied).unwrap(), seen.known, "{engine}");
        assert!(seen.faults.is_empty() && !seen.version.is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn a_file_survives_its_process_and_its_backup_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}", folder.path().join("new/tenure.db").display());
    let mac: tenure_store::EventMac = Arc::new(|_: &[u8]| [1; 32]);
    let store = Store::open(&address, mac.clone()).await.unwrap();
    put(&store, &[person(1, "Nadia Varga")]).await;
    let copy = folder.path().join("copy.db");
    store.backup(copy.to_str().unwrap()).await.unwrap();
    assert!(store.backup(copy.to_str().unwrap()).await.is_err(), "it must not exist yet");
    store.close().await;
    for address in [address, format!("sqlite://{}", copy.display())] {
        let store = Store::open(&address, mac.clone()).await.unwrap();
        let filter = tenure_store::identities::IdentityFilter { search: "varga".to_owned(), ..Default::default() };
        assert_eq!(store.read().await.unwrap().count_identities(everything(), &filter, 10).await.unwrap(), 1, "{address}: search too");
        assert!(store.doctor().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn a_postgresql_database_is_backed_up_by_its_own_tools() {
    for (_, store) in stores().await.into_iter().filter(|(_, s)| s.engine() == Engine::Postgres) {
        assert!(store.backup("/tmp/never").await.unwrap_err().to_string().contains("pg_dump"));
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_its_secret() {
    let mac: tenure_store::EventMac = Arc::new(|_: &[u8]| [1; 32]);
    for address in ["", "mysql://root:secret@host/x", "sqlite:", "sqlite://", "tenure.db"] {
        let error = Store::open(address, mac.clone()).await.unwrap_err();
        assert!(matches!(error, StoreError::Address(_)), "{address}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

fn mac() -> EventMac {
    Arc::new(|_: &[u8]| [1; 32])
}

#[tokio::test]
async fn who_may_not_create_a_database_leaves_no_file_behind() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}", folder.path().join("wrong/tenure.db").display());
    for opening in [Opening::Looks, Opening::MustExist] {
        for address in [address.as_str(), "sqlite::memory:"] {
            let error = Store::open_for(address, mac(), opening).await.unwrap_err();
            assert!(matches!(error, StoreError::Absent(_)), "{error}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_that_is_no_database_of_ours_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.db");
    std::fs::write(&file, "").unwrap();
    for opening in [Opening::Looks, Opening::MustExist] {
        let error = Store::open_for(&format!("sqlite://{}", file.display()), mac(), opening).await.unwrap_err();
        assert!(matches!(error, StoreError::Absent(_)), "{opening:?}: {error}");
    }
    Store::open_for(&format!("sqlite://{}", file.display()), mac(), Opening::MayCreate).await.unwrap();
}

#[tokio::test]
async fn a_schema_of_another_version_is_told_and_a_look_does_not_change_it() {
    for (engine, store) in stores().await {
        let address = tenure_store::testing::address(&store).await;
        let open = |opening| Store::open_for(&address, mac(), opening);
        open(Opening::Looks).await.unwrap_or_else(|error| panic!("{engine}: {error}"));

        let known = store.doctor().await.unwrap().known;
        // As an older version left it.
        execute_raw(&store, "CREATE TABLE kept AS SELECT * FROM _sqlx_migrations WHERE version = 2").await.unwrap();
        execute_raw(&store, "DELETE FROM _sqlx_migrations WHERE version = 2").await.unwrap();
        let error = open(Opening::Looks).await.unwrap_err();
        assert!(matches!(error, StoreError::Older { missing: 1, known: n } if n == known), "{engine}: {error}");
        assert_eq!(store.doctor().await.unwrap().applied, i64::try_from(known).unwrap() - 1, "{engine}: nothing was applied");

        // As a newer version left it.
        execute_raw(&store, "INSERT INTO _sqlx_migrations SELECT * FROM kept").await.unwrap();
        execute_raw(&store, "UPDATE kept SET version = 9999").await.unwrap();
        execute_raw(&store, "INSERT INTO _sqlx_migrations SELECT * FROM kept").await.unwrap();
        for opening in [Opening::Looks, Opening::MustExist, Opening::MayCreate] {
            let error = open(opening).await.unwrap_err();
            assert!(matches!(error, StoreError::Newer(9999)), "{engine} {opening:?}: {error}");
        }
    }
}

#[tokio::test]
async fn a_look_at_a_backup_changes_no_byte_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}", folder.path().join("tenure.db").display()), mac()).await.unwrap();
    let copy = folder.path().join("copy.db");
    store.backup(copy.to_str().unwrap()).await.unwrap();
    let before = std::fs::read(&copy).unwrap();
    let looked = Store::open_for(&format!("sqlite://{}", copy.display()), mac(), Opening::Looks).await.unwrap();
    assert!(looked.doctor().await.unwrap().faults.is_empty());
    looked.close().await;
    assert!(std::fs::read(&copy).unwrap() == before, "it was changed");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_made_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/tenure.db");
    let store = Store::open(&format!("sqlite://{}", file.display()), mac()).await.unwrap();
    put(&store, &[person(1, "Nadia Varga")]).await;
    let copy = folder.path().join("copy.db");
    store.backup(copy.to_str().unwrap()).await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for name in ["tenure.db", "tenure.db-wal", "tenure.db-shm"] {
        assert_eq!(mode(&file.with_file_name(name)), 0o600, "{name}");
    }
    assert_eq!((mode(file.parent().unwrap()), mode(&copy)), (0o700, 0o600));
}
