//! The one way to end an identity.

use tenure_domain::access::{PortalRole, TokenScopes};
use tenure_domain::credential::{CredentialKind, CredentialState};
use tenure_domain::grant::GrantState::RemovalOwed;
use tenure_domain::identity::LifecycleState;
use tenure_services::ServiceError;
use tenure_services::accounts::{set_portal_role, sign_in};
use tenure_services::credentials::{NewCredential, NewToken, issue_token, record_credential};
use tenure_services::identities::{NewIdentity, create_identity, end_identity, preview_end, show_end, show_identity};
use tenure_store::endings::EndEffects;

use super::support::*;

fn key_of(owner: tenure_domain::id::IdentityId) -> NewCredential {
    NewCredential {
        kind: CredentialKind::ApiKey,
        label: "Deploy key".to_owned(),
        purpose: "deploys".to_owned(),
        issuer: "git".to_owned(),
        external_id: "k1".to_owned(),
        identity_id: Some(owner),
        application_id: None,
        created_at: moment("2023-01-01T00:00:00Z"),
        expires_at: None,
    }
}

#[tokio::test]
async fn an_end_does_what_its_preview_said_and_nothing_is_left_alive() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        birthright(&ctx, ledger, "read", "Sales", 30).await;
        let ann = person(&ctx, "ann").await;
        service(&ctx, "robot", ann).await;
        give_password(&ctx, ann).await;
        sign_in(&nobody(&ctx), "ann", password(GOOD), "Firefox").await.unwrap();
        issue_token(
            &ctx,
            &NewToken {
                identity_id: ann,
                label: "t".to_owned(),
                purpose: "p".to_owned(),
                scopes: TokenScopes::all(),
                networks: Default::default(),
                days: 30,
                once: None,
            },
        )
        .await
        .unwrap();
        record_credential(&ctx, &key_of(ann)).await.unwrap();

        let expected = EndEffects {
            sessions: 1,
            api_tokens: 1,
            issued_revoked: 1,
            revocations_owed: 1,
            removals_owed: 1,
            accounts_owed: 0,
            assignments: 1,
            hand_overs: 1,
        };
        let before = events(&app, "").await.len();
        let preview = preview_end(&ctx, ann).await.unwrap();
        assert_eq!((preview.effects.clone(), preview.credentials.len(), preview.owned.len()), (expected.clone(), 4, 1));
        assert_eq!((events(&app, "").await.len(), state(&app, "ann").await), (before, LifecycleState::Active), "a look changes nothing");

        let ended = end_identity(&ctx, ann, "left").await.unwrap();
        assert_eq!((ended.effects.clone(), ended.personas), (expected.clone(), 0));
        let after = show_identity(&ctx, ann).await.unwrap();
        assert_eq!((after.identity.state, after.identity.epoch), (LifecycleState::Terminated, 1));
        assert_eq!(held(&ctx, ann).await, [("read".to_owned(), RemovalOwed)], "grace is for movers");
        for c in &after.credentials {
            let dead = if c.credential.issuer == "git" { CredentialState::Revoking } else { CredentialState::Revoked };
            assert_eq!(c.credential.state, dead, "{}", c.credential.label);
        }
        assert_eq!(after.operations.len(), 2, "the key's revocation and the grant's removal");
        let report = show_end(&ctx, ann).await.unwrap();
        assert_eq!((report.effects, report.operations.len(), report.hand_overs.len()), (expected, 2, 1));
    })
    .await;
}

#[tokio::test]
async fn a_second_end_is_refused_and_does_nothing() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        end_identity(&ctx, ann, "left").await.unwrap();
        let before = identity(&app, "ann").await;
        assert!(matches!(end_identity(&ctx, ann, "again").await, Err(ServiceError::Lifecycle(_))));
        assert!(matches!(preview_end(&ctx, ann).await, Err(ServiceError::Lifecycle(_))));
        assert_eq!(identity(&app, "ann").await, before);
        assert_eq!(events(&app, "identity.ended").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_end_needs_a_reason() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        assert!(matches!(end_identity(&ctx, ann, " ").await, Err(ServiceError::Invalid(_))));
        assert_eq!(state(&app, "ann").await, LifecycleState::Active);
    })
    .await;
}

#[tokio::test]
async fn personas_end_with_their_main_identity_and_not_the_other_way_round() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let second = persona(&ctx, "ann-admin", ann).await;
        persona(&ctx, "ann-root", second).await;
        persona(&ctx, "ann-test", ann).await;
        end_identity(&ctx, identity(&app, "ann-test").await.id, "no longer needed").await.unwrap();
        assert_eq!(state(&app, "ann").await, LifecycleState::Active);

        assert_eq!(end_identity(&ctx, ann, "left").await.unwrap().personas, 2);
        for who in ["ann", "ann-admin", "ann-root"] {
            assert_eq!(state(&app, who).await, LifecycleState::Terminated, "{who}");
        }
        assert_eq!(events(&app, "identity.ended").await.len(), 4, "an event for each");
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_does_not_end() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, ben) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        assert!(matches!(end_identity(&ctx, ann, "left").await, Err(ServiceError::Refused(_))));
        set_portal_role(&ctx, ben, PortalRole::Admin, true).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        assert!(matches!(end_identity(&ctx, ben, "left").await, Err(ServiceError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_does_not_end_as_a_persona_either() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let second = persona(&ctx, "ann-admin", ann).await;
        set_portal_role(&ctx, second, PortalRole::Admin, true).await.unwrap();
        assert!(matches!(end_identity(&ctx, ann, "left").await, Err(ServiceError::Refused(_))));
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        assert!(matches!(end_identity(&ctx, ann, "left").await, Err(ServiceError::Refused(_))), "both would be gone");
        assert_eq!(state(&app, "ann-admin").await, LifecycleState::Active);
    })
    .await;
}

#[tokio::test]
async fn an_import_ends_personas_and_hands_over_like_every_other_way() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
        let ben = identity(&app, "ben").await.id;
        persona(&ctx, "ben-admin", ben).await;
        service(&ctx, "robot", ben).await;
        import(&admin_at(&app, "2024-04-01T12:00:00Z"), &[row("1", "ann", "Sales")]).await.unwrap();
        assert_eq!(state(&app, "ben-admin").await, LifecycleState::Terminated);
        assert_eq!(show_end(&ctx, ben).await.unwrap().hand_overs.len(), 1);
        assert_eq!(identity(&app, "ben").await.epoch, 1);
    })
    .await;
}

#[tokio::test]
async fn a_persona_that_is_made_while_its_person_ends_does_not_outlive_them() {
    on_each(async |app| {
        let ctx = admin(&app);
        for round in 0..10 {
            let main = person(&ctx, &format!("main{round}")).await;
            let name = format!("persona{round}");
            let new = NewIdentity { persona_of: Some(main), ..new_person(&name) };
            let (made, ended) = tokio::join!(create_identity(&ctx, &new), end_identity(&ctx, main, "left"));
            ended.unwrap();
            if made.is_ok() {
                assert_eq!(state(&app, &name).await, LifecycleState::Terminated, "round {round}");
            }
        }
    })
    .await;
}
