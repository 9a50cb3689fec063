//! All targets are tried at once, and nothing tells that they were.

use tenure_connectors::FaultKind;
use tenure_domain::target::{OnEnd, TargetState};
use tenure_services::identities::end_identity;
use tenure_services::targets::{configure_target, hold_target, reconcile_target, try_targets};
use tenure_services::{ServiceError, testing};

use super::support::*;
use super::targets::*;

#[tokio::test]
async fn trying_says_what_each_target_is_or_why_not_by_name_and_leaves_no_trace() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        for name in ["Zoo", "Attic"] {
            let more = application(&ctx, name).await;
            configure_target(&ctx, more, &draft(OnEnd::Disable)).await.unwrap();
        }
        let ann = person(&ctx, "ann").await;
        directory.contents().accounts.insert("ann".to_owned(), true);
        reconcile_target(&ctx, target, false).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        directory.breaks(FaultKind::Forbidden, 1);
        work(&app, target, chrono::TimeDelta::zero()).await;
        hold_target(&ctx, target, TargetState::Held).await.unwrap();

        let before = (events(&app, "").await.len(), app.store.read().await.unwrap().targets().await.unwrap());
        directory.breaks(FaultKind::SignIn, 1);
        let tried = try_targets(&ctx).await.unwrap();
        let seen: Vec<_> = tried.iter().map(|t| (t.name.as_str(), t.state, t.needs_human, t.probed.is_ok())).collect();
        assert_eq!(
            seen,
            [("Attic", TargetState::Live, 0, false), ("Directory", TargetState::Held, 1, true), ("Zoo", TargetState::Live, 0, true)]
        );
        assert_eq!(tried[0].probed.as_ref().unwrap_err().words, "SignIn on purpose");
        assert_eq!(tried[2].probed.as_ref().unwrap().product, "Memory");
        let after = (events(&app, "").await.len(), app.store.read().await.unwrap().targets().await.unwrap());
        assert_eq!(after, before, "no event, no row");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_manage_targets_does_not_try_them() {
    with_directory(OnEnd::Disable, async |app, directory, _| {
        let nobody = testing::employee_ctx(&app, person(&admin(&app), "ann").await);
        directory.breaks(FaultKind::SignIn, 1);
        assert!(matches!(try_targets(&nobody).await, Err(ServiceError::Denied(_))));
        assert_eq!(directory.contents().faults.len(), 1, "nobody was asked");
    })
    .await;
}
