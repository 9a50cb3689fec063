//! How many an identity provider may end on one day.

use chrono::Duration;
use tenure_services::Ctx;
use tenure_services::identities::end_identity;
use tenure_services::scim::{delete_user, patch_user};

use super::scim_support::*;
use super::support::*;

/// So many people of a provider.
async fn many(provider: &Ctx, count: usize) -> Vec<String> {
    let mut people = Vec::new();
    for n in 0..count {
        people.push(made(provider, &user(&format!("p{n:02}"))).await.id);
    }
    people
}

#[tokio::test]
async fn ten_percent_of_a_source_may_leave_within_a_day_and_one_more_may_not() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let people = many(&okta, 20).await;
        patched(&okta, &people[0], active(false)).await;
        delete_user(&okta, &people[1], None).await.unwrap();
        for error in [
            refused(patch_user(&okta, &people[2], &view(), &ops(active(false)), None).await),
            refused(delete_user(&okta, &people[2], None).await),
        ] {
            assert_eq!(error.status, 403);
            assert!(error.detail.contains("3 of 20 people of SCIM: okta") && error.detail.contains("10 %"), "{}", error.detail);
            assert!(error.detail.contains("administrator"), "{}", error.detail);
        }
        assert_eq!(refused_events(&app).await.len(), 2);
        // Who has ended is no leaver, and an administrator is not stopped.
        end_identity(&admin(&app), people[2].parse().unwrap(), "left").await.unwrap();
        delete_user(&okta, &people[2], None).await.unwrap();
        // A day later two are forgotten; ten percent of seventeen is one.
        let tomorrow = okta.at(okta.now + Duration::hours(24));
        delete_user(&tomorrow, &people[3], None).await.unwrap();
        assert_eq!(refused(delete_user(&tomorrow, &people[4], None).await).status, 403);
    })
    .await;
}

#[tokio::test]
async fn who_leave_at_the_same_moment_are_counted_one_after_the_other() {
    on_each(async |app| {
        let okta = provider(&app, "okta").await;
        let people = many(&okta, 10).await;
        let done = futures::future::join_all(people.iter().map(|id| delete_user(&okta, id, None))).await;
        assert_eq!(done.iter().filter(|d| d.is_ok()).count(), 1, "{done:?}");
    })
    .await;
}
