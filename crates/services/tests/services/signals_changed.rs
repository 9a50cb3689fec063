//! Receivers that are changed, that ask to be verified again and again, that nobody fetches; and who sees where they are.

use chrono::TimeDelta;
use tenure_domain::access::PortalRole;
use tenure_domain::signal::{ReceiverKind, SignalKind};
use tenure_services::identities::end_identity;
use tenure_services::signals::{
    NewReceiver, Polled, ReceiverChange, create_receiver, edit_receiver, list_receivers, poll, rotate_receiver, show_receiver,
    verify_stream,
};
use tenure_services::targets::Secret;
use tenure_services::{Ctx, ServiceError};
use tenure_store::PageRequest;

use super::scim_support::by_token;
use super::signals_support::*;
use super::support::*;

fn changed(name: &str, url: &str, kinds: &[SignalKind]) -> ReceiverChange {
    ReceiverChange { name: name.to_owned(), url: url.to_owned(), kinds: kinds.to_vec() }
}

#[tokio::test]
async fn a_receiver_moves_and_what_was_on_its_way_goes_to_where_it_is_now_by_the_same_secret() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (old, new) = (Hook::new(503), Hook::new(204));
        let id = receiver(&ctx, ReceiverKind::Webhook, &old.url).await.id;
        let secret = now_is(&app, id).await.secret;
        let ann = person(&ctx, "ann").await;
        end_identity(&ctx, ann, "left").await.unwrap();
        tell(&app, 1).await;
        assert!(now_is(&app, id).await.failures > 0);
        let version = now_is(&app, id).await.version;
        let change = changed("Tickets anew", &new.url, &[SignalKind::Ended]);
        assert_eq!(edit_receiver(&ctx, id, version, &change).await.unwrap(), version + 1);
        assert!(matches!(
            edit_receiver(&ctx, id, version, &changed("Late", &new.url, &[SignalKind::Ended])).await,
            Err(ServiceError::Conflict(_))
        ));
        assert_eq!(edit_receiver(&ctx, id, version + 1, &change).await.unwrap(), version + 1, "nothing is otherwise");
        let row = now_is(&app, id).await;
        assert_eq!(
            (row.name.as_str(), row.failures, row.kinds.as_str(), row.secret == secret),
            ("Tickets anew", 0, "identity.ended", true)
        );
        assert!(tell(&app, 2).await > 0);
        assert_eq!(new.got().len(), 2, "what was owed before, too");
        let told = events(&app, "signal-receiver.edited").await;
        assert!(told.len() == 1 && !told[0].body.contains("/hook"), "the path may hold a secret: {}", told[0].body);
        person(&ctx, "bob").await;
        assert!(owed(&app, id).await.is_empty(), "it asks for ends only by now");
    })
    .await;
}

#[tokio::test]
async fn a_change_of_a_receiver_that_cannot_be_names_its_field() {
    on_each(async |app| {
        let ctx = admin(&app);
        let draft = NewReceiver {
            authorization: Some(Secret::new("Bearer s3cret".to_owned())),
            ..draft(ReceiverKind::Push, "https://one.example/push")
        };
        let id = create_receiver(&ctx, &draft).await.unwrap().id;
        let kinds = [SignalKind::SessionRevoked];
        let field = async |change: ReceiverChange| match edit_receiver(&ctx, id, 1, &change).await {
            Err(ServiceError::Invalid(faults)) => faults[0].field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(changed(" ", "https://one.example/push", &kinds)).await, "name");
        assert_eq!(field(changed("Push", "http://one.example/push", &kinds)).await, "url");
        assert_eq!(field(changed("Push", "https://one.example/push", &[SignalKind::Ended])).await, "kinds");
        // What it is sent as Authorization is for that machine alone.
        assert_eq!(field(changed("Push", "https://other.example/push", &kinds)).await, "url");
        edit_receiver(&ctx, id, 1, &changed("Push", "https://one.example/elsewhere", &kinds)).await.unwrap();
        rotate_receiver(&ctx, id, None).await.unwrap();
        edit_receiver(&ctx, id, 2, &changed("Push", "https://other.example/push", &kinds)).await.unwrap();
        let ann = person(&ctx, "ann").await;
        let auditor = signed_in(&app, ann, &[PortalRole::Auditor]);
        let refused = edit_receiver(&auditor, id, 3, &changed("Mine", "https://other.example/push", &kinds)).await;
        assert!(matches!(refused, Err(ServiceError::Denied(_))));
    })
    .await;
}

#[tokio::test]
async fn who_may_not_change_it_sees_the_machine_and_not_the_whole_address() {
    on_each(async |app| {
        let ctx = admin(&app);
        let url = "https://chat.example/services/T0001/s3cr3t";
        let id = receiver(&ctx, ReceiverKind::Webhook, url).await.id;
        let push = NewReceiver { audience: String::new(), ..draft(ReceiverKind::Push, url) };
        let push = create_receiver(&ctx, &push).await.unwrap().id;
        let ann = person(&ctx, "ann").await;
        let auditor = signed_in(&app, ann, &[PortalRole::Auditor]);
        let page = PageRequest { limit: 1, ..PageRequest::default() };
        let seen = async |ctx: &Ctx, id| show_receiver(ctx, id, &page).await.unwrap().view.receiver;
        assert_eq!(seen(&ctx, id).await.url, url);
        assert_eq!(seen(&auditor, id).await.url, "https://chat.example/servic…");
        let (address, audience) = (seen(&auditor, push).await.url, seen(&auditor, push).await.audience);
        assert!(!address.contains("s3cr3t") && !audience.contains("s3cr3t"), "{address} {audience}");
        let listed = list_receivers(&auditor).await.unwrap();
        assert!(listed.iter().all(|view| !view.receiver.url.contains("s3cr3t") && !view.receiver.audience.contains("s3cr3t")));
        for event in events(&app, "signal-receiver.created").await {
            assert!(!event.body.contains("s3cr3t"), "{}", event.body);
        }
    })
    .await;
}

#[tokio::test]
async fn one_verification_waits_at_a_time_and_what_nobody_fetches_is_seen() {
    on_each(async |app| {
        let ctx = admin(&app);
        let owner = person(&ctx, "owner").await;
        let robot = service(&ctx, "robot", owner).await;
        let new = NewReceiver { reader_id: Some(robot), ..draft(ReceiverKind::Poll, "") };
        let id = create_receiver(&ctx, &new).await.unwrap().id;
        let robot = by_token(&app, robot, &[PortalRole::Receiver]);
        assert!(verify_stream(&robot, id, Some("one")).await.unwrap());
        for _ in 0..5 {
            assert!(!verify_stream(&robot, id, Some("two")).await.unwrap());
        }
        assert_eq!(owed(&app, id).await, ["test"]);
        let view = async |minutes| list_receivers(&ctx.at(noon() + TimeDelta::minutes(minutes))).await.unwrap().remove(0);
        let (early, late) = (noon() + TimeDelta::minutes(30), noon() + TimeDelta::minutes(61));
        assert_eq!((view(0).await.waiting_since, view(0).await.receiver.fetched_at), (Some(noon()), None));
        assert!(!view(0).await.is_left_waiting(early) && view(0).await.is_left_waiting(late));
        let fetched = poll(&robot.at(late), id, &Polled::default(), ORIGIN).await.unwrap();
        assert_eq!(view(61).await.receiver.fetched_at, Some(late));
        assert!(!view(61).await.is_left_waiting(late), "somebody is there");
        // Kept to a minute.
        poll(&robot.at(late + TimeDelta::seconds(20)), id, &Polled::default(), ORIGIN).await.unwrap();
        assert_eq!(view(61).await.receiver.fetched_at, Some(late));
        assert!(view(61).await.is_left_waiting(late + TimeDelta::hours(2)), "and gone again, without having taken it");
        let ack = Polled { ack: fetched.sets.keys().cloned().collect(), ..Polled::default() };
        poll(&robot.at(late), id, &ack, ORIGIN).await.unwrap();
        assert!(verify_stream(&robot.at(late), id, Some("three")).await.unwrap(), "once it was taken");
    })
    .await;
}
