//! Lists show what the actor may see, and nothing by detour.

use std::sync::Arc;

use tenure_domain::access::PortalRole::{Admin, Auditor, Employee, Manager};
use tenure_domain::access::TokenScopes;
use tenure_services::identities::{IdentityExport, find_identity, show_identity};
use tenure_services::search::search;
use tenure_services::{App, Asked, Ctx, ServiceError, audit, credentials};
use tenure_store::PageRequest;
use tenure_store::audit::AuditFilter;
use tenure_store::credentials::CredentialFilter;
use tenure_store::identities::IdentityFilter;

use super::support::*;

/// Ann leads ben and cem, dia belongs to nobody; each has a token.
async fn team(app: &Arc<App>) -> Ctx {
    let ctx = admin(app);
    let rows = [
        row("1", "ann", "Sales"),
        row_of("2", "ben", "Sales", "1", "2020-01-01", "", ""),
        row_of("3", "cem", "Sales", "1", "2020-01-01", "", ""),
        row("4", "dia", "Care"),
    ];
    import(&ctx, &rows).await.unwrap();
    for name in ["ann", "ben", "cem", "dia"] {
        let token = credentials::NewToken {
            identity_id: identity(app, name).await.id,
            label: format!("token of {name}"),
            purpose: "p".to_owned(),
            scopes: TokenScopes::reading(),
            networks: Default::default(),
            days: 30,
            once: None,
        };
        credentials::issue_token(&ctx, &token).await.unwrap();
    }
    ctx
}

#[tokio::test]
async fn each_role_lists_finds_and_exports_its_own_its_team_or_all() {
    on_each(async |app| {
        team(&app).await;
        for (who, roles, expected) in [
            ("ben", &[Employee][..], &["ben"][..]),
            ("ann", &[Manager, Employee], &["ann", "ben", "cem"]),
            ("dia", &[Auditor, Employee], &["ann", "ben", "cem", "dia"]),
            ("dia", &[Admin, Employee], &["ann", "ben", "cem", "dia"]),
        ] {
            let ctx = signed_in(&app, identity(&app, who).await.id, roles);
            assert_eq!(listed(&ctx).await, expected, "{who}");

            let mut export = IdentityExport::begin(&ctx, &IdentityFilter::default(), &Asked::default()).await.unwrap();
            let piece = export.next().await.unwrap().unwrap();
            assert_eq!(String::from_utf8(piece).unwrap().lines().count(), expected.len() + 1, "{who}");
            assert!(export.next().await.unwrap().is_none(), "{who}");

            let found = search(&ctx, "test", 10).await.unwrap();
            assert_eq!(found.iter().filter(|h| h.kind == "identity").count(), expected.len(), "{who}");

            let tokens = credentials::list_credentials(&ctx, &CredentialFilter::default(), &PageRequest::default()).await.unwrap();
            assert_eq!((tokens.page.rows.len(), tokens.cards.live), (expected.len(), expected.len() as i64), "{who}");

            for other in ["ann", "ben", "cem", "dia"] {
                let id = identity(&app, other).await.id;
                assert_eq!(show_identity(&ctx, id).await.is_ok(), expected.contains(&other), "{who} looks at {other}");
                assert_eq!(find_identity(&ctx, "owner", other).await.is_ok(), expected.contains(&other), "{who} looks for {other}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_log_is_for_administrators_and_auditors() {
    on_each(async |app| {
        team(&app).await;
        let dia = identity(&app, "dia").await.id;
        for (roles, may) in
            [(&[Employee][..], false), (&[Manager, Employee], false), (&[Auditor, Employee], true), (&[Admin, Employee], true)]
        {
            let listed = audit::list_audit(&signed_in(&app, dia, roles), &AuditFilter::default(), &PageRequest::default()).await;
            assert_eq!(listed.is_ok(), may, "{roles:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_nobody_sees_nobody() {
    on_each(async |app| {
        let ctx = nobody(&team(&app).await);
        let list = tenure_services::identities::list_identities(&ctx, &IdentityFilter::default(), &PageRequest::default()).await;
        assert!(matches!(list, Err(ServiceError::Denied(_))));
        assert!(search(&ctx, "ann", 10).await.unwrap().iter().all(|h| h.kind == "page"));
    })
    .await;
}

#[tokio::test]
async fn what_a_filter_names_does_not_widen_what_is_seen() {
    on_each(async |app| {
        team(&app).await;
        let ben = signed_in(&app, identity(&app, "ben").await.id, &[Employee]);
        let filter = IdentityFilter { manager_id: Some(identity(&app, "ann").await.id), ..IdentityFilter::default() };
        let list = tenure_services::identities::list_identities(&ben, &filter, &PageRequest::default()).await.unwrap();
        assert_eq!(list.page.rows.iter().map(|i| i.user_name.as_str()).collect::<Vec<_>>(), ["ben"]);
        assert_eq!((list.total, list.departments.len()), (1, 0));
    })
    .await;
}
