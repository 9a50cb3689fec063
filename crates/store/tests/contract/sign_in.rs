//! Sign-in by providers: what is there once, and what ends with what.

use chrono::Duration;
use tenure_domain::access::{Authorized, Portal, Principal, actions, authorize};
use tenure_domain::credential::{CredentialKind, CredentialOrigin};
use tenure_domain::id::ProviderId;
use tenure_domain::sign_in::{ClientAuth, LinkBy, LinkHow, ProviderState};
use tenure_store::sign_in::{AttemptRow, LinkRow, Over, ProviderRow, SessionOrigin};
use tenure_store::{Store, StoreError};

use super::support::*;

fn proof() -> Authorized<actions::ManageProviders> {
    authorize(&Principal::system("test"), &Portal).unwrap()
}

fn provider(n: u128) -> ProviderRow {
    ProviderRow {
        id: id(n),
        name: format!("Provider {n}"),
        state: ProviderState::Enabled,
        issuer: format!("https://{n}.example"),
        client_id: "tenure".to_owned(),
        client_auth: ClientAuth::Basic,
        secret: vec![1, 2],
        scopes: "profile".to_owned(),
        link_by: LinkBy::Email,
        link_claim: String::new(),
        link_domains: "example.com example.org".to_owned(),
        sign_out_there: true,
        metadata: "{}".to_owned(),
        looked_at: Some(moment()),
        jwks: "{}".to_owned(),
        keys_at: None,
        said: String::new(),
        version: 1,
        created_at: moment(),
    }
}

fn link(n: u128, subject: &str) -> LinkRow {
    LinkRow {
        id: id(n),
        provider_id: id(100),
        issuer: "https://100.example".to_owned(),
        subject: subject.to_owned(),
        identity_id: id(1),
        how: LinkHow::Rule,
        reason: "mail address by email".to_owned(),
        created_at: moment(),
        last_used_at: None,
        ended_at: None,
    }
}

fn attempt(n: u8) -> AttemptRow {
    AttemptRow {
        state_hash: vec![n],
        browser_hash: vec![7],
        provider_id: id(100),
        next_path: "/".to_owned(),
        proves: Some(id(300)),
        created_at: moment(),
        expires_at: moment() + Duration::minutes(10),
    }
}

async fn providers(store: &Store) {
    put(store, &[person(1, "Nadia")]).await;
    change(store, async |tx| {
        for n in [100, 101] {
            tx.insert_sign_in_provider(&proof(), &provider(n)).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_provider_reads_back_and_is_changed_by_who_knows_its_version() {
    for (engine, store) in stores().await {
        providers(&store).await;
        let read = store.read().await.unwrap().sign_in_provider(id(100)).await.unwrap().unwrap();
        assert_eq!(read, provider(100), "{engine}");
        assert_eq!(read.rule().domains, ["example.com", "example.org"], "{engine}");
        change(&store, async |tx| {
            tx.update_sign_in_provider(&proof(), &ProviderRow { name: "Other".to_owned(), ..read.clone() }).await.unwrap()
        })
        .await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.update_sign_in_provider(&proof(), &read).await, Err(StoreError::Conflict(_))), "{engine}");
        drop(tx);
        let now = moment() + Duration::minutes(5);
        assert!(store.claim_provider_keys(id(100), now, now - Duration::minutes(1)).await.unwrap(), "{engine}");
        assert!(!store.claim_provider_keys(id(100), now, now - Duration::minutes(1)).await.unwrap(), "{engine}: once a minute");
    }
}

#[tokio::test]
async fn a_sign_in_that_begins_is_there_once_and_not_more_than_may_be() {
    for (engine, store) in stores().await {
        providers(&store).await;
        assert!(store.begin_sign_in(&attempt(1), 2).await.unwrap(), "{engine}");
        assert!(store.begin_sign_in(&attempt(2), 2).await.unwrap(), "{engine}");
        assert!(!store.begin_sign_in(&attempt(3), 2).await.unwrap(), "{engine}: no room");
        assert_eq!(store.take_sign_in(&[1]).await.unwrap(), Some(attempt(1)), "{engine}");
        assert_eq!(store.take_sign_in(&[1]).await.unwrap(), None, "{engine}");
        let later = AttemptRow { created_at: moment() + days(1), expires_at: moment() + days(2), ..attempt(4) };
        assert!(store.begin_sign_in(&later, 1).await.unwrap(), "{engine}: those whose time is over make room");
        assert_eq!(store.take_sign_in(&[2]).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn a_subject_stands_for_one_and_goes_with_its_provider() {
    for (engine, store) in stores().await {
        providers(&store).await;
        change(&store, async |tx| tx.insert_sign_in_link(&proof(), &link(1, "ada")).await.unwrap()).await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.insert_sign_in_link(&proof(), &link(2, "ada")).await, Err(StoreError::Duplicate(_))), "{engine}");
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.sign_in_link("https://100.example", "ada").await.unwrap(), Some(link(1, "ada")), "{engine}");
        assert_eq!(tx.sign_in_link("https://100.example", "Ada").await.unwrap(), None, "{engine}: to the letter");
        assert_eq!(tx.sign_in_link("https://101.example", "ada").await.unwrap(), None, "{engine}");
        assert!(tx.has_sign_in_link("https://100.example", id(1)).await.unwrap(), "{engine}");
        drop(tx);
        change(&store, async |tx| assert!(tx.delete_sign_in_provider(&proof(), id(100)).await.unwrap())).await;
        assert_eq!(store.read().await.unwrap().sign_in_links_of(id(1)).await.unwrap(), [], "{engine}");
    }
}

#[tokio::test]
async fn what_a_provider_says_is_over_ends_those_sessions_and_no_others() {
    for (engine, store) in stores().await {
        providers(&store).await;
        let sessions: Vec<_> = (1..=5).map(|n| credential(n, Some(1), CredentialKind::Session, CredentialOrigin::Issued)).collect();
        put_credentials(&store, &sessions).await;
        let origins: [(u128, u128, &str, Option<&str>); 5] = [
            (1, 100, "ada", Some("s1")),
            (2, 100, "ada", None),
            (3, 100, "eve", Some("s3")),
            (4, 101, "ada", Some("s1")),
            (5, 100, "ada", Some("s5")),
        ];
        change(&store, async |tx| {
            for (n, of, subject, sid) in origins {
                let origin = SessionOrigin {
                    credential_id: id(n),
                    provider_id: id(of),
                    subject: subject.to_owned(),
                    sid: sid.map(str::to_owned),
                    acr: None,
                    amr: String::new(),
                    auth_time: None,
                };
                tx.put_session_origin(&proof(), &origin).await.unwrap();
            }
        })
        .await;
        for (over, ended) in [
            (Over::SidOf("s1", "eve"), &[][..]),
            (Over::Sid("s1"), &[1]),
            (Over::Sid("s1"), &[]),
            (Over::SidOf("s3", "eve"), &[3]),
            (Over::Subject("ada"), &[2, 5]),
            (Over::All, &[]),
        ] {
            let mut found = Vec::new();
            change(&store, async |tx| {
                found = tx.end_provider_sessions(&proof(), id(100), over, moment()).await.unwrap().iter().map(|s| s.id).collect();
            })
            .await;
            found.sort();
            assert_eq!(found, ended.iter().map(|n| id(*n)).collect::<Vec<_>>(), "{engine}: {over:?}");
        }
        assert!(store.read().await.unwrap().has_provider_session(id(101), "s1").await.unwrap(), "{engine}");
    }
}

#[tokio::test]
async fn a_logout_token_is_taken_once_and_known_to_a_sign_in_that_is_on_its_way() {
    for (engine, store) in stores().await {
        providers(&store).await;
        let at = moment();
        let take = async |jti: &str, subject: Option<&str>, sid: Option<&str>| {
            let mut tx = store.write().await.unwrap();
            let taken = tx.take_sign_in_logout(&proof(), id(100), jti, subject, sid, at, at + days(1)).await.unwrap();
            tx.commit(event()).await.unwrap();
            taken
        };
        assert!(take("1", Some("ada"), Some("s1")).await, "{engine}");
        assert!(!take("1", Some("ada"), Some("s1")).await, "{engine}: once");
        assert!(take("2", Some("eve"), None).await, "{engine}");
        let of: ProviderId = id(100);
        for (provider, subject, sid, since, over) in [
            (of, "ada", Some("s1"), at + days(1), true),
            (of, "ada", Some("s2"), at - days(1), false),
            (of, "ada", None, at - days(1), false),
            (of, "eve", Some("s9"), at - days(1), true),
            (of, "eve", None, at + days(1), false),
            (id(101), "eve", Some("s1"), at - days(1), false),
        ] {
            let found = store.read().await.unwrap().is_signed_out_there(provider, subject, sid, since).await.unwrap();
            assert_eq!(found, over, "{engine}: {subject} {sid:?} {since}");
        }
        store.sweep_sign_ins(at + days(1)).await.unwrap();
        assert!(take("1", None, Some("s1")).await, "{engine}: forgotten");
    }
}
