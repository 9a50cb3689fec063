//! The first administrator and set-up links.

use chrono::Duration;
use tenure_domain::access::PortalRole;
use tenure_services::ServiceError;
use tenure_services::accounts::{check_instance, first_administrator, invite, look_at_link, portal_access, set_portal_role, set_up};
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

#[tokio::test]
async fn a_name_that_is_taken_does_not_keep_the_first_administrator_away() {
    on_each(async |app| {
        let ctx = admin(&app);
        // A feed brought an `admin`; so it is nobody that Tenure may raise.
        import(&ctx, &[row("1", "admin", "Sales")]).await.unwrap();
        let first = first_administrator(&ctx).await.unwrap().unwrap();
        assert_eq!(first.user_name, "admin-2");
        let admin_2 = identity(&app, "admin-2").await.id;
        assert!(portal_access(&ctx, identity(&app, "admin").await.id).await.unwrap().0.is_empty());
        assert_eq!(first_administrator(&ctx).await.unwrap().unwrap().user_name, "admin-2", "the same one, with a new link");

        // It has ended, by a way that asks nobody: its name is still taken.
        let ending = end_past_the_guard(&app, admin_2).await;
        assert!(ending, "the guard is not asked here");
        assert_eq!(first_administrator(&ctx).await.unwrap().unwrap().user_name, "admin-3");
    })
    .await;
}

/// Ends somebody as the schedule does.
async fn end_past_the_guard(app: &std::sync::Arc<tenure_services::App>, who: tenure_domain::id::IdentityId) -> bool {
    tenure_store::testing::execute_raw(&app.store, "UPDATE identities SET end_on = '2024-02-01' WHERE user_name = 'admin-2'")
        .await
        .unwrap();
    tenure_services::schedule::run_due(&admin(app)).await.unwrap();
    !app.store.read().await.unwrap().administrators().await.unwrap().iter().any(|a| a.id == who)
}

#[tokio::test]
async fn a_start_makes_a_link_for_nobody_who_was_there_before() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        // Somebody took the name, and is no administrator.
        let taken = person(&ctx, "admin").await;
        let first = first_administrator(&ctx).await.unwrap().unwrap();
        assert_eq!(first.user_name, "admin-2", "the link would act in the name of somebody else");
        set_up(&nobody(&ctx), first.token.expose(), password(GOOD), &password(GOOD)).await.unwrap();
        assert!(first_administrator(&ctx).await.unwrap().is_none());
        assert!(portal_access(&ctx, taken).await.unwrap().0.is_empty());
        assert_eq!(everybody(&app).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn of_two_first_starts_at_once_one_writes_the_instance_and_both_read_it() {
    for (engine, store) in tenure_services::testing::stores().await {
        let app = std::sync::Arc::new(tenure_services::App {
            store,
            keys: tenure_services::testing::keys().clone(),
            passwords: tenure_vault::PasswordPool::new(tenure_vault::Verifier::weak_for_tests()),
            settings: std::sync::Arc::default(),
            connectors: std::sync::Arc::new(tenure_services::targets::Connectors),
            seen: None,
            mail: None,
            places: None,
            transient: std::sync::Arc::default(),
        });
        let (one, two) = (admin(&app), admin(&app));
        let (first, second) = tokio::join!(check_instance(&one), check_instance(&two));
        assert_eq!(first.unwrap(), second.unwrap(), "{engine}");
        assert_eq!(events(&app, "instance.created").await.len(), 1, "{engine}");
    }
}
