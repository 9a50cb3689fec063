//! The first administrator and set-up links.

use chrono::Duration;
use tenure_domain::access::PortalRole;
use tenure_services::ServiceError;
use tenure_services::accounts::{first_administrator, invite, look_at_link, portal_access, set_up};
use tenure_services::identities::end_identity;

use super::support::*;

#[tokio::test]
async fn a_link_sets_a_password_once() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let link = invite(&ctx, ann).await.unwrap();
        let anyone = nobody(&ctx);
        for _ in 0..3 {
            assert_eq!(look_at_link(&anyone, link.expose()).await.unwrap().identity.id, ann, "looking does no harm");
        }
        set_up(&anyone, link.expose(), password(GOOD), &password(GOOD)).await.unwrap();
        let other = "seven otters under the bridge";
        assert!(matches!(set_up(&anyone, link.expose(), password(other), &password(other)).await, Err(ServiceError::Refused(_))));
        assert!(matches!(look_at_link(&anyone, link.expose()).await, Err(ServiceError::Refused(_))));
        assert!(portal_access(&ctx, ann).await.unwrap().1);
    })
    .await;
}

#[tokio::test]
async fn a_password_that_cannot_be_taken_leaves_the_link_as_it_is() {
    on_each(async |app| {
        let ctx = admin(&app);
        let link = invite(&ctx, person(&ctx, "ann").await).await.unwrap();
        let anyone = nobody(&ctx);
        for (typed, repeated) in [("short", "short"), (GOOD, "another one altogether")] {
            assert!(
                matches!(set_up(&anyone, link.expose(), password(typed), &password(repeated)).await, Err(ServiceError::Invalid(_))),
                "{typed}"
            );
        }
        set_up(&anyone, link.expose(), password(GOOD), &password(GOOD)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_link_dies_with_time_with_the_next_one_and_with_its_identity() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let first = invite(&ctx, ann).await.unwrap();
        let second = invite(&ctx, ann).await.unwrap();
        let anyone = nobody(&ctx);
        assert!(look_at_link(&anyone, first.expose()).await.is_err(), "replaced");
        assert!(look_at_link(&anyone.at(ctx.now + Duration::hours(71)), second.expose()).await.is_ok());
        assert!(look_at_link(&anyone.at(ctx.now + Duration::hours(72)), second.expose()).await.is_err(), "too old");
        end_identity(&ctx, ann, "left").await.unwrap();
        assert!(set_up(&anyone, second.expose(), password(GOOD), &password(GOOD)).await.is_err(), "ended");
    })
    .await;
}

#[tokio::test]
async fn the_first_start_makes_an_administrator_until_one_can_sign_in() {
    on_each(async |app| {
        let ctx = admin(&app);
        let first = first_administrator(&ctx).await.unwrap().unwrap();
        let again = first_administrator(&ctx).await.unwrap().unwrap();
        assert_eq!(everybody(&app).await.len(), 1, "the same one, with a new link");
        let anyone = nobody(&ctx);
        assert!(look_at_link(&anyone, first.token.expose()).await.is_err());
        let who = set_up(&anyone, again.token.expose(), password(GOOD), &password(GOOD)).await.unwrap();
        assert!(portal_access(&ctx, who.id).await.unwrap().0.contains(&PortalRole::Admin));
        assert!(first_administrator(&ctx).await.unwrap().is_none());
    })
    .await;
}
