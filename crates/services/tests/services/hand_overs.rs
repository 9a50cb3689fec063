//! What an ended identity owned finds somebody who answers for it.

use std::sync::Arc;

use tenure_domain::id::IdentityId;
use tenure_services::identities::{IdentityChange, edit_identity, end_identity, hand_over, list_hand_overs};
use tenure_services::{App, Ctx, ServiceError};
use tenure_store::PageRequest;
use tenure_store::hand_overs::HandOverView;

use super::support::*;

/// Ann owned a robot and left.
async fn left_behind(app: &Arc<App>) -> (Ctx, IdentityId, HandOverView) {
    let ctx = admin(app);
    let ann = person(&ctx, "ann").await;
    let robot = service(&ctx, "robot", ann).await;
    end_identity(&ctx, ann, "left").await.unwrap();
    let task = open(&ctx).await.remove(0);
    (ctx, robot, task)
}

async fn open(ctx: &Ctx) -> Vec<HandOverView> {
    list_hand_overs(ctx, &PageRequest::default()).await.unwrap().rows
}

#[tokio::test]
async fn a_new_owner_closes_the_task_once() {
    on_each(async |app| {
        let (ctx, robot, task) = left_behind(&app).await;
        assert_eq!((task.identity_id, task.former_owner.as_str()), (robot, "ann"));
        let (ben, cem) = (person(&ctx, "ben").await, person(&ctx, "cem").await);
        hand_over(&ctx, task.id, ben).await.unwrap();
        assert_eq!(identity(&app, "robot").await.owner_id, Some(ben));
        assert!(open(&ctx).await.is_empty());
        assert!(matches!(hand_over(&ctx, task.id, cem).await, Err(ServiceError::Conflict(_))));
        assert_eq!(identity(&app, "robot").await.owner_id, Some(ben));
        assert_eq!(events(&app, "identity.handed-over").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_new_owner_is_a_person_who_has_not_ended() {
    on_each(async |app| {
        let (ctx, robot, task) = left_behind(&app).await;
        let gone = person(&ctx, "gone").await;
        end_identity(&ctx, gone, "left").await.unwrap();
        for who in [gone, robot, task.former_owner_id] {
            assert!(matches!(hand_over(&ctx, task.id, who).await, Err(ServiceError::Invalid(_))));
        }
        assert_eq!(open(&ctx).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_owner_who_leaves_in_turn_leaves_a_new_task() {
    on_each(async |app| {
        let (ctx, _, task) = left_behind(&app).await;
        let ben = person(&ctx, "ben").await;
        hand_over(&ctx, task.id, ben).await.unwrap();
        end_identity(&ctx, ben, "left").await.unwrap();
        assert_eq!(open(&ctx).await.iter().map(|t| t.former_owner.as_str()).collect::<Vec<_>>(), ["ben"]);
    })
    .await;
}

#[tokio::test]
async fn a_task_is_over_when_what_it_is_about_has_ended_or_has_an_owner_again() {
    on_each(async |app| {
        let (ctx, robot, _) = left_behind(&app).await;
        let ben = person(&ctx, "ben").await;
        let record = identity(&app, "robot").await;
        let change = IdentityChange {
            version: record.version,
            display_name: record.display_name,
            email: String::new(),
            department: record.department,
            title: String::new(),
            purpose: record.purpose,
            owner_id: Some(ben),
            work: tenure_services::identities::Work::default(),
        };
        edit_identity(&ctx, robot, &change).await.unwrap();
        assert!(open(&ctx).await.is_empty(), "ben answers for it");
        end_identity(&ctx, ben, "left").await.unwrap();
        assert_eq!(open(&ctx).await.len(), 1);
        end_identity(&ctx, robot, "switched off").await.unwrap();
        assert!(open(&ctx).await.is_empty(), "nobody needs to");
    })
    .await;
}
