//! From what somebody typed to whom they mean; what an end did, read back; one's other sessions.

use tenure_domain::access::PortalRole;
use tenure_services::ServiceError;
use tenure_services::accounts::end_other_sessions;
use tenure_services::identities::{end_identity, find_identity, propose_people, show_end};

use super::support::*;

#[tokio::test]
async fn a_user_name_or_a_name_that_only_one_has_finds_its_identity() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        assert_eq!(find_identity(&ctx, "owner_id", " ").await.unwrap(), None);
        assert_eq!(find_identity(&ctx, "owner_id", " ANN ").await.unwrap(), Some(ann));
        let Err(ServiceError::Invalid(faults)) = find_identity(&ctx, "owner_id", "nobody").await else { panic!("found nobody") };
        assert_eq!(faults[0].field, "owner_id");
        assert!(faults[0].message.contains("nobody"), "{faults:?}");
    })
    .await;
}

#[tokio::test]
async fn whom_one_may_not_see_is_not_found_and_not_proposed() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, _) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        let ann_ctx = signed_in(&app, ann, &[PortalRole::Employee]);
        assert!(matches!(find_identity(&ann_ctx, "owner_id", "ben").await, Err(ServiceError::Invalid(_))));
        assert_eq!(find_identity(&ann_ctx, "owner_id", "ann").await.unwrap(), Some(ann));
        let proposed: Vec<_> = propose_people(&ann_ctx, None).await.unwrap().into_iter().map(|p| p.user_name).collect();
        assert_eq!(proposed, ["ann"]);
        assert_eq!(propose_people(&ctx, None).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_an_end_did_can_be_read_back() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        service(&ctx, "robot", ann).await;
        assert!(matches!(show_end(&ctx, ann).await, Err(ServiceError::NotFound("ending"))));
        let ended = end_identity(&ctx, ann, "left").await.unwrap();
        let report = show_end(&ctx, ann).await.unwrap();
        assert_eq!(report.effects, ended.effects);
        assert_eq!((report.ending.reason.as_str(), report.ending.at), ("left", ctx.now));
        assert_eq!(report.hand_overs.iter().map(|h| (h.display_name.as_str(), h.state.as_str())).collect::<Vec<_>>(), [("robot", "open")]);
        assert!(report.operations.is_empty() && report.personas.is_empty());
    })
    .await;
}

#[tokio::test]
async fn ending_the_other_sessions_leaves_an_event() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        assert!(matches!(end_other_sessions(&ctx, None).await, Err(ServiceError::Refused(_))));
        assert_eq!(end_other_sessions(&signed_in(&app, ann, &[PortalRole::Employee]), None).await.unwrap(), 0);
        assert_eq!(events(&app, "sessions.ended").await.len(), 1);
    })
    .await;
}
