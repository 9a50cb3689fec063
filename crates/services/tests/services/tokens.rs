//! API tokens: scoped, with an end, dead with their identity.

use tenure_domain::access::{Denied, PortalRole, Principal, TokenScope, TokenScopes};
use tenure_domain::id::IdentityId;
use tenure_services::accounts::{authenticate_token, authenticate_token_from, note_elsewhere, set_portal_role};
use tenure_services::credentials::{IssuedToken, NewToken, issue_token, list_credentials, revoke_credential};
use tenure_services::identities::{NewIdentity, create_identity, end_identity, rehire_identity, show_identity};
use tenure_services::{Ctx, ServiceError};

use tenure_store::PageRequest;
use tenure_store::audit::AuditFilter;
use tenure_store::credentials::CredentialFilter;

use super::support::*;

fn token_of(identity_id: IdentityId) -> NewToken {
    NewToken {
        identity_id,
        label: "Nightly".to_owned(),
        purpose: "reads the list".to_owned(),
        scopes: TokenScopes::reading(),
        networks: Default::default(),
        days: 30,
        once: None,
    }
}

#[tokio::test]
async fn a_token_stands_for_its_identity_until_its_end() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let IssuedToken { token, .. } = issue_token(&ctx, &token_of(ann)).await.unwrap();
        let who = authenticate_token(&app, token.expose(), ctx.now).await.unwrap().unwrap();
        assert_eq!((who.identity_id(), who.may_write(), who.is(PortalRole::Admin)), (Some(ann), false, false));
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        assert!(
            authenticate_token(&app, token.expose(), ctx.now).await.unwrap().unwrap().is(PortalRole::Admin),
            "a role takes effect at once"
        );
        let last = moment("2024-03-31T11:59:59Z");
        assert!(authenticate_token(&app, token.expose(), last).await.unwrap().is_some());
        assert!(authenticate_token(&app, token.expose(), moment("2024-03-31T12:00:00Z")).await.unwrap().is_none());
        assert!(authenticate_token(&app, "not a token", ctx.now).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_token_is_dead_after_the_end_and_stays_dead_after_a_rehire() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let issued = issue_token(&ctx, &token_of(ann)).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        assert!(authenticate_token(&app, issued.token.expose(), ctx.now).await.unwrap().is_none());
        assert!(matches!(issue_token(&ctx, &token_of(ann)).await, Err(ServiceError::Refused(_))));
        rehire_identity(&ctx, ann, ctx.today(), "back").await.unwrap();
        assert!(authenticate_token(&app, issued.token.expose(), ctx.now).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_revoked_token_is_dead_at_once_and_is_revoked_once() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let me = signed_in(&app, ann, &[PortalRole::Employee]);
        let issued = issue_token(&me, &token_of(ann)).await.unwrap();
        revoke_credential(&me, issued.credential_id, "leaked").await.unwrap();
        assert!(authenticate_token(&app, issued.token.expose(), ctx.now).await.unwrap().is_none());
        assert!(matches!(revoke_credential(&me, issued.credential_id, "again").await, Err(ServiceError::Credential(_))));
        assert_eq!(events(&app, "credential.revoked").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_token_needs_a_name_a_purpose_and_an_end() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let bad = NewToken { label: String::new(), purpose: " ".to_owned(), days: 366, ..token_of(ann) };
        let Err(ServiceError::Invalid(faults)) = issue_token(&ctx, &bad).await else { panic!("it has faults") };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["label", "purpose", "days"]);
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_in_no_event() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let issued = issue_token(&ctx, &token_of(ann)).await.unwrap();
        give_password(&ctx, ann).await;
        for event in events(&app, "").await {
            assert!(!event.body.contains(issued.token.expose()) && !event.body.contains(GOOD), "{}", event.action);
        }
    })
    .await;
}

#[tokio::test]
async fn an_owner_does_not_borrow_the_portal_roles_of_what_they_own() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let robot = service(&ctx, "robot", ann).await;
        let me = signed_in(&app, ann, &[PortalRole::Employee]);
        issue_token(&me, &token_of(robot)).await.expect("it holds no portal role yet");
        set_portal_role(&ctx, robot, PortalRole::Auditor, true).await.unwrap();
        assert!(matches!(issue_token(&me, &token_of(robot)).await, Err(ServiceError::Denied(_))));
        assert_eq!(refused_events(&app).await[0].action, "manage-portal-access");
        issue_token(&ctx, &token_of(robot)).await.expect("an administrator may grant it anyway");
        set_portal_role(&ctx, ann, PortalRole::Auditor, true).await.unwrap();
        issue_token(&me, &token_of(ann)).await.expect("one's own roles one has anyway");
    })
    .await;
}

#[tokio::test]
async fn a_token_issues_no_token() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let issued = issue_token(&ctx, &NewToken { scopes: TokenScopes::all(), ..token_of(ann) }).await.unwrap();
        for roles in [&[][..], &[PortalRole::Admin]] {
            for role in roles {
                set_portal_role(&ctx, ann, *role, true).await.unwrap();
            }
            let principal = authenticate_token(&app, issued.token.expose(), ctx.now).await.unwrap().unwrap();
            let by_token = tenure_services::Ctx { principal, ..ctx.clone() };
            assert!(matches!(issue_token(&by_token, &token_of(ann)).await, Err(ServiceError::Denied(_))), "{roles:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_owns_a_person() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let owned = tenure_services::identities::NewIdentity { owner_id: Some(ann), ..new_person("ben") };
        let Err(ServiceError::Invalid(faults)) = tenure_services::identities::create_identity(&ctx, &owned).await else {
            panic!("it has a fault")
        };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["owner_id"]);
    })
    .await;
}

fn as_principal(ctx: &Ctx, principal: Principal) -> Ctx {
    Ctx { principal, ..ctx.clone() }
}

fn scopes(words: &str) -> TokenScopes {
    words.parse().unwrap()
}

#[tokio::test]
async fn a_token_reaches_what_its_scopes_name_and_the_refusal_names_the_one_it_lacks() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        let issued = issue_token(&ctx, &NewToken { scopes: scopes("identities:write"), ..token_of(ann) }).await.unwrap();
        let principal = authenticate_token(&app, issued.token.expose(), ctx.now).await.unwrap().unwrap();
        let by_token = as_principal(&ctx, principal);
        show_identity(&by_token, ann).await.expect("who may change identities may see them");
        create_identity(&by_token, &NewIdentity::person("bob", "Bob")).await.unwrap();
        let Err(ServiceError::Denied(denied)) = end_identity(&by_token, ann, "left").await else { panic!("it has no scope for that") };
        assert_eq!(denied.lacks, Some(TokenScope::OffboardingWrite));
        assert!(denied.to_string().ends_with("the token lacks the scope offboarding:write"), "{denied}");
        let everything = PageRequest::default();
        let refused = list_credentials(&by_token, &CredentialFilter::default(), &everything).await;
        assert!(matches!(refused, Err(ServiceError::Denied(Denied { lacks: Some(TokenScope::CredentialsRead), .. }))));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_for_want_of_a_scope_is_kept_once_a_minute_for_each_scope() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        let issued = issue_token(&ctx, &NewToken { scopes: scopes("identities:read"), ..token_of(ann) }).await.unwrap();
        let principal = authenticate_token(&app, issued.token.expose(), ctx.now).await.unwrap().unwrap();
        let by_token = as_principal(&ctx, principal);
        let kept = async |action: &str| {
            let filter = AuditFilter { action: action.to_owned(), ..AuditFilter::default() };
            app.store.read().await.unwrap().list_audit(&filter, &PageRequest::default()).await.unwrap().rows.len()
        };
        for _ in 0..5 {
            end_identity(&by_token, ann, "left").await.unwrap_err();
            list_credentials(&by_token, &CredentialFilter::default(), &PageRequest::default()).await.unwrap_err();
        }
        assert_eq!((kept("end-identity").await, kept("view-credential").await), (1, 1));
        let later = by_token.at(ctx.now + chrono::Duration::seconds(61));
        end_identity(&later, ann, "left").await.unwrap_err();
        assert_eq!(kept("end-identity").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_token_bound_to_networks_works_from_there_alone_and_its_last_address_is_noted() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let networks = "10.0.0.0/8 fd00::/8".parse().unwrap();
        let issued = issue_token(&ctx, &NewToken { networks, ..token_of(ann) }).await.unwrap();
        let token = issued.token.expose();
        let from = async |address: &str| authenticate_token_from(&app, token, address.parse().ok(), ctx.now).await;
        assert!(from("10.1.2.3").await.unwrap().is_some() && from("::ffff:10.1.2.3").await.unwrap().is_some());
        let Err(ServiceError::Elsewhere(elsewhere)) = from("203.0.113.9").await else { panic!("it came from elsewhere") };
        assert_eq!(elsewhere.who.identity_id(), Some(ann));
        assert!(matches!(authenticate_token(&app, token, ctx.now).await, Err(ServiceError::Elsewhere(_))), "nobody knows from where");
        let anybody = as_principal(&ctx, elsewhere.who.clone());
        for _ in 0..3 {
            note_elsewhere(&anybody, &elsewhere).await.unwrap();
        }
        let filter = AuditFilter { action: "token.elsewhere".to_owned(), ..AuditFilter::default() };
        let kept = app.store.read().await.unwrap().list_audit(&filter, &PageRequest::default()).await.unwrap().rows;
        assert_eq!(kept.len(), 1);
        // The note of its use is written while nobody waits.
        loop {
            let note = app.store.read().await.unwrap().token_note(issued.credential_id).await.unwrap().unwrap();
            if note.last_used_from == "10.1.2.3" {
                break;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_is_for_something() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let Err(ServiceError::Invalid(faults)) = issue_token(&ctx, &NewToken { scopes: scopes(""), ..token_of(ann) }).await else {
            panic!("it is for nothing")
        };
        assert_eq!(faults[0].field, "scope");
    })
    .await;
}
