//! What the numbers count is what their lists show.

use chrono::Duration;
use tenure_domain::access::{Channel, Principal, TokenScopes};
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_store::PageRequest;
use tenure_store::audit::AuditFilter;
use tenure_store::credentials::CredentialFilter;
use tenure_vault::Password;

use super::*;
use crate::accounts;
use crate::identities::{NewIdentity, create_identity, end_identity};
use crate::{Asked, Ctx, ServiceError, testing};

async fn person(ctx: &Ctx, name: &str) -> IdentityId {
    let new = NewIdentity::person(name, name);
    create_identity(ctx, &new).await.unwrap()
}

fn key(ctx: &Ctx, label: &str, owner: IdentityId, age: i64, ends_in: Option<i64>) -> NewCredential {
    NewCredential {
        kind: CredentialKind::ApiKey,
        label: label.to_owned(),
        purpose: "a test".to_owned(),
        issuer: "Forge".to_owned(),
        external_id: label.to_owned(),
        identity_id: Some(owner),
        application_id: None,
        created_at: ctx.now - Duration::days(age),
        expires_at: ends_in.map(|days| ctx.now + Duration::days(days)),
    }
}

async fn listed(ctx: &Ctx, change: impl FnOnce(&mut CredentialFilter)) -> Vec<String> {
    let mut filter = CredentialFilter::default();
    change(&mut filter);
    list_credentials(ctx, &filter, &PageRequest::default()).await.unwrap().page.rows.into_iter().map(|v| v.credential.label).collect()
}

async fn exported(ctx: &Ctx, asked: &Asked) -> String {
    let mut export = CredentialExport::begin(ctx, &CredentialFilter::default(), asked).await.unwrap();
    let mut text = Vec::new();
    while let Some(piece) = export.next().await.unwrap() {
        text.extend(piece);
    }
    String::from_utf8(text).unwrap()
}

fn faulty(error: ServiceError) -> Vec<&'static str> {
    match error {
        ServiceError::Invalid(faults) => faults.into_iter().map(|f| f.field).collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn cards_grid_and_findings_agree_with_their_lists() {
    for (engine, app) in testing::apps().await {
        let ctx = testing::admin_ctx(&app);
        let (ada, bob) = (person(&ctx, "ada").await, person(&ctx, "bob").await);
        for new in [
            key(&ctx, "new", ada, 1, None),
            key(&ctx, "old", ada, 400, None),
            key(&ctx, "due", ada, 100, Some(3)),
            key(&ctx, "gone", bob, 40, None),
        ] {
            record_credential(&ctx, &new).await.unwrap();
        }
        end_identity(&ctx, bob, "left").await.unwrap();

        let list = list_credentials(&ctx, &CredentialFilter::default(), &PageRequest::default()).await.unwrap();
        let cards = list.cards;
        assert_eq!((cards.overdue, cards.due, cards.ended_owner, cards.dormant), (1, 1, 1, 0), "{engine}");
        for finding in Finding::ALL {
            let by_filter = listed(&ctx, |f| finding.narrow(f, ctx.now)).await;
            let by_row: Vec<_> =
                list.page.rows.iter().filter(|v| findings_of(v, ctx.now).contains(&finding)).map(|v| v.credential.label.clone()).collect();
            assert_eq!(by_filter, by_row, "{engine}: {finding:?}");
        }
        let heat = list.heat.unwrap();
        assert_eq!(heat.iter().map(|c| c.2).sum::<i64>(), 4, "{engine}");
        for (row, column, n) in heat {
            let cell = listed(&ctx, |f| narrow_to_heat(f, row as usize, column as usize, ctx.now)).await;
            assert_eq!(cell.len() as i64, n, "{engine}: {row}-{column}");
        }
    }
}

#[tokio::test]
async fn a_manager_sees_neither_the_grid_nor_what_is_not_the_teams() {
    for (engine, app) in testing::apps().await {
        let ctx = testing::admin_ctx(&app);
        let (ada, bob) = (person(&ctx, "ada").await, person(&ctx, "bob").await);
        for new in [key(&ctx, "hers", ada, 1, None), key(&ctx, "his", bob, 1, None)] {
            record_credential(&ctx, &new).await.unwrap();
        }
        let employee = testing::employee_ctx(&app, ada);
        let list = list_credentials(&employee, &CredentialFilter::default(), &PageRequest::default()).await.unwrap();
        assert_eq!(list.page.rows.iter().map(|v| v.credential.label.as_str()).collect::<Vec<_>>(), ["hers"], "{engine}");
        assert!(list.heat.is_none() && list.kinds.is_none() && list.cards.live == 1, "{engine}");
        let csv = exported(&employee, &Asked::default()).await;
        assert!(csv.contains("hers") && !csv.contains("his,"), "{engine}: {csv}");
    }
}

#[tokio::test]
async fn a_revocation_asks_for_a_reason_and_the_name() {
    for (engine, app) in testing::apps().await {
        let ctx = testing::admin_ctx(&app);
        let ada = person(&ctx, "ada").await;
        let id: CredentialId = record_credential(&ctx, &key(&ctx, "=deploy", ada, 1, None)).await.unwrap();
        assert_eq!(faulty(revoke_confirmed(&ctx, id, "deploy", " ").await.unwrap_err()), ["reason", "confirm"], "{engine}");
        assert!(show_credential(&ctx, id).await.unwrap().may_revoke, "{engine}");
        revoke_confirmed(&ctx, id, "=deploy", "leaked").await.unwrap();
        let detail = show_credential(&ctx, id).await.unwrap();
        assert!(!detail.may_revoke, "{engine}: its end is owed already");
        let csv = exported(&ctx, &Asked::default()).await;
        assert!(csv.contains("'=deploy"), "{engine}: a cell is never a formula: {csv}");
    }
}

#[tokio::test]
async fn what_is_recorded_twice_or_wrongly_is_said_by_field() {
    for (engine, app) in testing::apps().await {
        let ctx = testing::admin_ctx(&app);
        let ada = person(&ctx, "ada").await;
        let good = key(&ctx, "deploy", ada, 1, None);
        record_credential(&ctx, &good).await.unwrap();
        assert_eq!(faulty(record_credential(&ctx, &good).await.unwrap_err()), ["external_id"], "{engine}");
        let bad = NewCredential {
            label: " ".to_owned(),
            purpose: String::new(),
            issuer: "Tenure".to_owned(),
            identity_id: None,
            application_id: Some(tenure_domain::id::Id::from_uuid(uuid::Uuid::nil())),
            created_at: ctx.now + Duration::days(1),
            expires_at: Some(ctx.now),
            ..good
        };
        assert_eq!(
            faulty(record_credential(&ctx, &bad).await.unwrap_err()),
            ["label", "purpose", "identity_id", "application_id", "created_at", "expires_at", "issuer"],
            "{engine}"
        );
    }
}

#[tokio::test]
async fn a_revoked_portal_password_is_dead_at_once() {
    for (engine, app) in testing::apps().await {
        let ctx = testing::admin_ctx(&app);
        let ada = person(&ctx, "ada").await;
        let link = accounts::invite(&ctx, ada).await.unwrap();
        let nobody = testing::ctx(&app, Principal::anonymous(), Channel::Portal);
        let password = || Password::from("correct horse battery staple 42".to_owned());
        accounts::set_up(&nobody, link.expose(), password(), &password()).await.unwrap();
        accounts::sign_in(&nobody, "ada", password(), "a test").await.unwrap();
        let filter = CredentialFilter { kind: Some(CredentialKind::Password), identity_id: Some(ada), ..CredentialFilter::default() };
        let id = list_credentials(&ctx, &filter, &PageRequest::default()).await.unwrap().page.rows[0].credential.id;
        revoke_credential(&ctx, id, "a test").await.unwrap();
        assert!(matches!(accounts::sign_in(&nobody, "ada", password(), "a test").await, Err(ServiceError::Refused(_))), "{engine}");
    }
}

#[tokio::test]
async fn an_export_has_the_columns_of_its_view_and_leaves_an_event_that_says_so() {
    for (engine, app) in testing::apps().await {
        let ctx = testing::admin_ctx(&app);
        let ada = person(&ctx, "ada").await;
        record_credential(&ctx, &key(&ctx, "deploy", ada, 1, None)).await.unwrap();
        let asked = Asked { view: "state=active".to_owned(), columns: vec!["issuer".to_owned()] };
        let csv = exported(&ctx, &asked).await;
        let head = csv.lines().next().unwrap();
        assert!(head.contains("issuer") && !head.contains("created_at") && csv.contains("Forge"), "{engine}: {csv}");
        let filter = AuditFilter { action: "credentials.exported".to_owned(), ..AuditFilter::default() };
        let events = app.store.read().await.unwrap().list_audit(&filter, &PageRequest::default()).await.unwrap().rows;
        assert_eq!(events.len(), 1, "{engine}");
        assert!(events[0].body.contains("state=active") && events[0].body.contains("issuer"), "{engine}: {}", events[0].body);
    }
}

#[tokio::test]
async fn the_same_wish_for_a_token_sent_twice_makes_one_token() {
    for (engine, app) in testing::apps().await {
        let ctx = testing::admin_ctx(&app);
        let ada = person(&ctx, "ada").await;
        let text = |text: &str| text.to_owned();
        let once = Some(ctx.id());
        let new = NewToken {
            identity_id: ada,
            label: text("t"),
            purpose: text("p"),
            scopes: TokenScopes::reading(),
            networks: Default::default(),
            days: 1,
            once,
        };
        issue_token(&ctx, &new).await.unwrap();
        let again = issue_token(&ctx, &new).await.unwrap_err();
        assert!(matches!(&again, ServiceError::Conflict(words) if words.contains("was made then")), "{engine}: {again}");
        issue_token(&ctx, &NewToken { once: None, ..new }).await.unwrap();
        assert_eq!(listed(&ctx, |f| f.kind = Some(CredentialKind::Token)).await.len(), 2, "{engine}");
    }
}
