//! Who is not an administrator changes nothing, and each try leaves a row of its own.

use tenure_domain::access::PortalRole::{self, Admin, Auditor, Employee, Manager};
use tenure_domain::access::TokenScopes;
use tenure_domain::id::{Id, IdentityId, RoleId};
use tenure_domain::identity::Transition;
use tenure_services::access::{self, MembershipOptions, NewApplication};
use tenure_services::credentials::{self, CredentialImportOptions};
use tenure_services::identities::{self, IdentityChange};
use tenure_services::{Ctx, ServiceError, accounts, people, schedule};

use super::support::*;

/// Everything that only an administrator may do, tried: the name of each action with its outcome.
async fn try_everything(ctx: &Ctx, ann: IdentityId) -> Vec<(&'static str, Result<(), ServiceError>)> {
    let change = IdentityChange {
        version: 1,
        display_name: "x".to_owned(),
        email: String::new(),
        department: String::new(),
        title: String::new(),
        purpose: String::new(),
        owner_id: None,
        work: tenure_services::identities::Work::default(),
    };
    let members = MembershipOptions {
        source: "hr".to_owned(),
        application: "Git".to_owned(),
        file_name: String::new(),
        as_of: ctx.today(),
        dry_run: false,
        accept_rejected: false,
    };
    let role = RoleId::from_uuid(uuid::Uuid::nil());
    let list = b"employee_id,team,role\n1,core,member\n".as_slice();
    let inventory = b"issuer,external_id,kind,label,purpose,owner,application,created,last_used,rotated,expires,dependents\n".as_slice();
    vec![
        ("create-identity", identities::create_identity(ctx, &new_person("eve")).await.map(drop)),
        ("edit-identity", identities::edit_identity(ctx, ann, &change).await),
        ("change-lifecycle", identities::change_lifecycle(ctx, ann, Transition::Suspend, "x").await.map(drop)),
        ("end-identity", identities::end_identity(ctx, ann, "x").await.map(drop)),
        ("end-identity", identities::preview_end(ctx, ann).await.map(drop)),
        ("rehire-identity", identities::rehire_identity(ctx, ann, ctx.today(), "x").await.map(drop)),
        ("hand-over", identities::hand_over(ctx, Id::from_uuid(uuid::Uuid::nil()), ann).await),
        ("manage-sources", import(ctx, &[row("1", "eve", "Sales")]).await.map(drop)),
        ("manage-sources", people::stage_upload(ctx, "hr", "x.csv", ctx.today(), b"x").await.map(drop)),
        ("manage-applications", access::import_memberships(ctx, &members, list).await.map(drop)),
        (
            "manage-applications",
            access::create_application(ctx, &NewApplication { name: "x".to_owned(), ..NewApplication::default() }).await.map(drop),
        ),
        ("import-credentials", credentials::import_credentials(ctx, &CredentialImportOptions::default(), inventory).await.map(drop)),
        ("change-role", access::plan_role(ctx, &role_draft("x", &[])).await.map(drop)),
        ("change-role", access::apply_role(ctx, &role_draft("x", &[]), "").await.map(drop)),
        ("change-rule", access::plan_rule(ctx, &rule_draft("x", role, "true")).await.map(drop)),
        ("change-rule", access::apply_rule(ctx, &rule_draft("x", role, "true"), "").await.map(drop)),
        ("assign-role", access::assign_role(ctx, ann, role, "x", None).await.map(drop)),
        ("manage-portal-access", accounts::set_portal_role(ctx, ann, Admin, true).await),
        ("manage-portal-access", accounts::invite(ctx, ann).await.map(drop)),
        ("run-schedule", schedule::run_due(ctx).await.map(drop)),
        ("run-schedule", access::recompute_all(ctx).await.map(drop)),
    ]
}

#[tokio::test]
async fn employees_managers_and_auditors_are_refused_what_administrators_do_with_a_row_each() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, ben) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        for roles in [&[Employee][..], &[Manager, Employee], &[Auditor, Employee]] {
            let before = (everybody(&app).await, events(&app, "").await.len(), refused_events(&app).await.len());
            let tried = try_everything(&signed_in(&app, ben, roles), ann).await;
            for (action, outcome) in &tried {
                assert!(matches!(outcome, Err(ServiceError::Denied(d)) if d.action.as_str() == *action), "{roles:?} {action}: {outcome:?}");
            }
            let mut rows: Vec<String> = refused_events(&app).await.into_iter().take(tried.len()).map(|e| e.action).collect();
            let mut expected: Vec<String> = tried.iter().map(|(action, _)| (*action).to_owned()).collect();
            rows.sort();
            expected.sort();
            assert_eq!(rows, expected, "{roles:?}: a row for each");
            assert_eq!(
                (everybody(&app).await, events(&app, "").await.len(), refused_events(&app).await.len()),
                (before.0, before.1 + tried.len(), before.2 + tried.len()),
                "{roles:?}: and nothing else"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_for_reading_changes_nothing_even_of_an_administrator() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        accounts::set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        let token = credentials::NewToken {
            identity_id: ann,
            label: "t".to_owned(),
            purpose: "p".to_owned(),
            scopes: TokenScopes::reading(),
            networks: Default::default(),
            days: 1,
            once: None,
        };
        let issued = credentials::issue_token(&ctx, &token).await.unwrap();
        let principal = accounts::authenticate_token(&app, issued.token.expose(), ctx.now).await.unwrap().unwrap();
        let reader = Ctx { principal, ..ctx.clone() };
        for (action, outcome) in try_everything(&reader, ann).await {
            assert!(matches!(outcome, Err(ServiceError::Denied(_))), "{action}: {outcome:?}");
        }
        assert_eq!(listed(&reader).await, ["ann"], "but it reads");
    })
    .await;
}
