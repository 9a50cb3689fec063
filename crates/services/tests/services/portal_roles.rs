//! Portal roles are given and taken by administrators, and one always remains.

use tenure_domain::access::PortalRole::{Admin, Auditor, Employee, Manager};
use tenure_domain::identity::Transition;
use tenure_services::ServiceError;
use tenure_services::accounts::{portal_access, set_portal_role};
use tenure_services::identities::{change_lifecycle, end_identity};

use super::support::*;

#[tokio::test]
async fn a_role_is_given_and_taken_with_an_event_each() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        set_portal_role(&ctx, ann, Auditor, true).await.unwrap();
        assert!(portal_access(&ctx, ann).await.unwrap().0.contains(&Auditor));
        set_portal_role(&ctx, ann, Auditor, false).await.unwrap();
        assert!(portal_access(&ctx, ann).await.unwrap().0.is_empty());
        assert_eq!((events(&app, "portal-role.granted").await.len(), events(&app, "portal-role.revoked").await.len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, ben) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        set_portal_role(&ctx, ann, Admin, true).await.unwrap();
        assert!(matches!(set_portal_role(&ctx, ann, Admin, false).await, Err(ServiceError::Refused(_))));
        set_portal_role(&ctx, ben, Admin, false).await.expect("taking what somebody does not have changes nothing");
        set_portal_role(&ctx, ben, Admin, true).await.unwrap();
        set_portal_role(&ctx, ann, Admin, false).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_follows_from_the_records_is_not_given_and_the_ended_get_nothing() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        for role in [Manager, Employee] {
            assert!(matches!(set_portal_role(&ctx, ann, role, true).await, Err(ServiceError::Refused(_))));
        }
        end_identity(&ctx, ann, "left").await.unwrap();
        assert!(matches!(set_portal_role(&ctx, ann, Admin, true).await, Err(ServiceError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn who_is_suspended_does_not_count_as_an_administrator() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, ben) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        for who in [ann, ben] {
            set_portal_role(&ctx, who, Admin, true).await.unwrap();
        }
        change_lifecycle(&ctx, ben, Transition::Suspend, "investigation").await.unwrap();
        assert!(matches!(end_identity(&ctx, ann, "left").await, Err(ServiceError::Refused(_))), "nobody would be left who can act");
        set_portal_role(&ctx, ben, Admin, false).await.unwrap();
        end_identity(&ctx, ben, "left").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_cannot_sign_in_does_not_stand_in_for_the_last_administrator() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, ben) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        for who in [ann, ben] {
            set_portal_role(&ctx, who, Admin, true).await.unwrap();
        }
        give_password(&ctx, ann).await;
        for refused in [
            set_portal_role(&ctx, ann, Admin, false).await,
            end_identity(&ctx, ann, "left").await.map(drop),
            change_lifecycle(&ctx, ann, Transition::Suspend, "x").await.map(drop),
        ] {
            assert!(matches!(refused, Err(ServiceError::Refused(_))), "ben has no password: {refused:?}");
        }
        give_password(&ctx, ben).await;
        end_identity(&ctx, ann, "left").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_two_administrators_who_leave_at_once_one_stays() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, ben) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        for who in [ann, ben] {
            give_password(&ctx, who).await;
        }
        for _ in 0..10 {
            for who in [ann, ben] {
                set_portal_role(&ctx, who, Admin, true).await.unwrap();
            }
            let (first, second) = tokio::join!(set_portal_role(&ctx, ann, Admin, false), set_portal_role(&ctx, ben, Admin, false));
            assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        }
        assert_eq!(app.store.read().await.unwrap().administrators().await.unwrap().len(), 1);
    })
    .await;
}
