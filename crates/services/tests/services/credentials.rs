//! The inventory: import, record, revoke, expire.

use tenure_domain::credential::{Credential, CredentialKind, CredentialState};
use tenure_domain::operation::OperationState;
use tenure_services::credentials::{
    CredentialImportOptions, CredentialSummary, NewCredential, change_owner, import_credentials, record_credential, revoke_credential,
};
use tenure_services::identities::{end_identity, show_identity};
use tenure_services::schedule::run_due;
use tenure_services::{App, Ctx, ServiceError};

use super::support::*;

const HEAD: &str = "issuer,external_id,kind,label,purpose,owner,application,created,last_used,rotated,expires,dependents,state";

async fn take(ctx: &Ctx, rows: &[&str]) -> Result<CredentialSummary, ServiceError> {
    import_credentials(ctx, &CredentialImportOptions::default(), format!("{HEAD}\n{}\n", rows.join("\n")).as_bytes()).await
}

async fn recorded(app: &App, external_id: &str) -> Credential {
    app.store.read().await.unwrap().credential_of_issuer("git", external_id).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_inventory_is_matched_by_issuer_and_name_and_twice_changes_nothing() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let rows = ["git,k1,api-key,Deploy,deploys,ann,,2023-01-01,2024-02-01,,2025-01-01,ci; cd,", "git,k2,ssh-key,,,,,2023-01-01,,,,,"];
        let first = take(&ctx, &rows).await.unwrap();
        assert_eq!(first, CredentialSummary { rows: 2, new: 2, without_owner: 1, ..CredentialSummary::default() });
        let k1 = recorded(&app, "k1").await;
        assert_eq!(
            (k1.identity_id, k1.state, k1.dependents.clone()),
            (Some(ann), CredentialState::Active, vec!["ci".to_owned(), "cd".to_owned()])
        );

        let before = events(&app, "").await.len();
        assert_eq!(take(&ctx, &rows).await.unwrap().unchanged, 2);
        assert_eq!((events(&app, "").await.len(), recorded(&app, "k1").await), (before, k1));
        let changed = take(&ctx, &["git,k2,ssh-key,Renamed,,ann,,2023-01-01,,,,,"]).await.unwrap();
        assert_eq!((changed.changed, recorded(&app, "k2").await.label.as_str()), (1, "Renamed"));
        let told: serde_json::Value = serde_json::from_str(&events(&app, "credential.changed").await[0].body).unwrap();
        assert_eq!((&told["before"]["owner"], &told["after"]["owner"]), (&serde_json::Value::Null, &serde_json::json!("ann")));
        assert_eq!((&told["before"]["label"], &told["after"]["label"]), (&serde_json::json!("k2"), &serde_json::json!("Renamed")));
    })
    .await;
}

#[tokio::test]
async fn a_row_that_names_nobody_or_tenure_itself_is_rejected() {
    on_each(async |app| {
        let ctx = admin(&app);
        let error = take(
            &ctx,
            &[
                "git,k1,api-key,,,nobody,,2023-01-01,,,,,",
                "Tenure,k2,token,,,,,2023-01-01,,,,,",
                "git,k3,api-key,,,,Nowhere,2023-01-01,,,,,",
            ],
        )
        .await
        .unwrap_err();
        let ServiceError::File(rejected) = error else { panic!("{error}") };
        let places: Vec<_> = rejected.iter().map(|r| (r.line, r.field.as_deref().unwrap())).collect();
        assert_eq!(places, [(2, "owner"), (3, "issuer"), (4, "application")]);
        assert!(events(&app, "credential").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_recorded_credential_is_owed_not_dead_when_it_is_revoked() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        take(&ctx, &["git,k1,api-key,Deploy,,ann,,2023-01-01,,,,,"]).await.unwrap();
        let k1 = recorded(&app, "k1").await;
        assert_eq!(revoke_credential(&ctx, k1.id, "leaked").await.unwrap(), CredentialState::Revoking);
        assert!(matches!(revoke_credential(&ctx, k1.id, "again").await, Err(ServiceError::Credential(_))));
        assert_eq!(show_identity(&ctx, ann).await.unwrap().operations.len(), 1, "owed to the target once");
    })
    .await;
}

#[tokio::test]
async fn an_inventory_that_still_lists_it_does_not_revive_what_is_owed() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let rows = ["git,k1,api-key,Deploy,,ann,,2023-01-01,,,,,"];
        take(&ctx, &rows).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        take(&ctx, &rows).await.unwrap();
        assert_eq!(recorded(&app, "k1").await.state, CredentialState::Revoking);
    })
    .await;
}

#[tokio::test]
async fn what_ran_out_expires_on_time_and_what_is_prolonged_lives_again_without_an_end() {
    on_each(async |app| {
        let ctx = admin(&app);
        take(&ctx, &["git,k1,certificate,Web,,,,2023-01-01,,,2024-04-01,,"]).await.unwrap();
        run_due(&admin_at(&app, "2024-03-31T23:59:59Z")).await.unwrap();
        assert_eq!(recorded(&app, "k1").await.state, CredentialState::Active);
        let later = admin_at(&app, "2024-04-01T00:00:00Z");
        assert_eq!(run_due(&later).await.unwrap().expired, 1);
        let expired = recorded(&app, "k1").await;
        assert_eq!((expired.state, expired.ended_at), (CredentialState::Expired, Some(later.now)));

        take(&later, &["git,k1,certificate,Web,,,,2023-01-01,,,2025-04-01,,"]).await.unwrap();
        let prolonged = recorded(&app, "k1").await;
        assert_eq!((prolonged.state, prolonged.ended_at), (CredentialState::Active, None));
    })
    .await;
}

#[tokio::test]
async fn a_credential_is_recorded_with_an_owner_and_given_another() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, ben) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        let mut new = NewCredential {
            kind: CredentialKind::ApiKey,
            label: "Deploy".to_owned(),
            purpose: "deploys".to_owned(),
            issuer: "git".to_owned(),
            external_id: "k1".to_owned(),
            identity_id: None,
            application_id: None,
            created_at: ctx.now,
            expires_at: None,
        };
        assert!(matches!(record_credential(&ctx, &new).await, Err(ServiceError::Invalid(_))));
        new.identity_id = Some(ann);
        let id = record_credential(&ctx, &new).await.unwrap();
        assert!(matches!(record_credential(&ctx, &new).await, Err(ServiceError::Invalid(_))), "twice");
        change_owner(&ctx, id, None, ben).await.unwrap();
        assert_eq!(recorded(&app, "k1").await.identity_id, Some(ben));
        end_identity(&ctx, ann, "left").await.unwrap();
        assert!(matches!(change_owner(&ctx, id, None, ann).await, Err(ServiceError::Invalid(_))));
        assert_eq!(recorded(&app, "k1").await.state, CredentialState::Active, "it is no longer hers");
    })
    .await;
}

#[tokio::test]
async fn an_inventory_that_says_it_is_revoked_is_a_read_back_and_settles_what_is_owed() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        take(&ctx, &["git,k1,api-key,Deploy,,ann,,2023-01-01,,,,,"]).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        take(&ctx, &["git,k1,api-key,Deploy,,ann,,2023-01-01,,,,,revoked"]).await.unwrap();
        assert_eq!(recorded(&app, "k1").await.state, CredentialState::Revoked);
        assert_eq!(show_identity(&ctx, ann).await.unwrap().operations[0].state, OperationState::Verified);
    })
    .await;
}
