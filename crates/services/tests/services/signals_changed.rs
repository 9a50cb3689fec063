//! Receivers that are changed, that ask to be verified again and again, that nobody fetches; and who sees where they are.

use chrono::TimeDelta;
use tenure_domain::access::PortalRole;
use tenure_domain::signal::{ReceiverKind, ReceiverState, SignalKind};
use tenure_services::identities::end_identity;
use tenure_services::signals::{
    NewReceiver, Polled, ReceiverChange, attempt, claim_signals, create_receiver, edit_receiver, list_receivers, poll, rotate_receiver,
    rotate_receiver_as_seen, settle_signals, show_receiver, verify_stream,
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
        edit_receiver(&ctx, id, 3, &changed("Push", "https://other.example/push", &kinds)).await.unwrap();
        let ann = person(&ctx, "ann").await;
        let auditor = signed_in(&app, ann, &[PortalRole::Auditor]);
        let refused = edit_receiver(&auditor, id, 4, &changed("Mine", "https://other.example/push", &kinds)).await;
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
async fn tokens_are_for_the_address_that_a_receiver_has_now_where_nobody_said_otherwise() {
    on_each(async |app| {
        let ctx = admin(&app);
        let kinds = [SignalKind::SessionRevoked];
        let (old, new) = ("https://chat.example/services/s3cr3t", "https://other.example/services/0ther");
        let its_own = NewReceiver { audience: String::new(), ..draft(ReceiverKind::Push, old) };
        let said = NewReceiver { audience: "https://aud.example/services/s3cr3t".to_owned(), ..draft(ReceiverKind::Push, old) };
        let ann = person(&ctx, "ann").await;
        let auditor = signed_in(&app, ann, &[PortalRole::Auditor]);
        for (new_one, audience) in [(its_own, new), (said, "https://aud.example/services/s3cr3t")] {
            let id = create_receiver(&ctx, &new_one).await.unwrap().id;
            edit_receiver(&ctx, id, 1, &changed("Push", new, &kinds)).await.unwrap();
            let row = now_is(&app, id).await;
            assert_eq!((row.url.as_str(), row.audience.as_str()), (new, audience));
            // Who may not change it sees of neither what may be secret, also where it is an address that it had before.
            let page = PageRequest { limit: 1, ..PageRequest::default() };
            let seen = show_receiver(&auditor, id, &page).await.unwrap().view.receiver;
            assert!(!seen.audience.contains("s3cr3t") && !seen.audience.contains("0ther"), "{}", seen.audience);
        }
        for event in events(&app, "signal-receiver.created").await {
            assert!(!event.body.contains("s3cr3t"), "{}", event.body);
        }
    })
    .await;
}

#[tokio::test]
async fn what_came_of_an_attempt_at_the_old_address_is_not_said_of_the_new_one() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (old, new) = (Hook::new(410), Hook::new(204));
        let id = receiver(&ctx, ReceiverKind::Webhook, &old.url).await.id;
        person(&ctx, "ann").await;
        let worker = later(&app, 0);
        let job = claim_signals(&worker, id, "worker", ORIGIN).await.unwrap().expect("something is owed");
        let attempted = attempt(&job).await;
        let kinds = now_is(&app, id).await.kinds();
        edit_receiver(&ctx, id, 1, &changed("Tickets", &new.url, &kinds)).await.unwrap();
        settle_signals(&worker, &job, &attempted).await.unwrap();
        let row = now_is(&app, id).await;
        assert_eq!((row.state, row.failures, row.said.as_str()), (ReceiverState::Enabled, 0, ""), "the old address is gone, not this one");
        assert_eq!(tell(&app, 0).await, 1, "at once");
        assert_eq!((old.got().len(), new.got().len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_was_typed_for_one_machine_does_not_go_to_another() {
    on_each(async |app| {
        let ctx = admin(&app);
        let id = receiver(&ctx, ReceiverKind::Push, "https://one.example/push").await.id;
        let kinds = [SignalKind::SessionRevoked];
        edit_receiver(&ctx, id, 1, &changed("Push", "https://other.example/push", &kinds)).await.unwrap();
        let typed = || Some(Secret::new("Bearer for-one".to_owned()));
        let late = rotate_receiver_as_seen(&ctx, id, 1, typed()).await;
        assert!(matches!(late, Err(ServiceError::Conflict(_))), "{late:?}");
        assert!(now_is(&app, id).await.secret.is_empty());
        rotate_receiver_as_seen(&ctx, id, 2, typed()).await.unwrap();
        assert_eq!(now_is(&app, id).await.version, 3);
        // And who did not see that it has a secret by now does not move it.
        let late = edit_receiver(&ctx, id, 2, &changed("Push", "https://one.example/push", &kinds)).await;
        assert!(matches!(late, Err(ServiceError::Conflict(_) | ServiceError::Invalid(_))), "{late:?}");
        // A webhook's secret too.
        let hook = receiver(&ctx, ReceiverKind::Webhook, "https://one.example/hook").await.id;
        rotate_receiver_as_seen(&ctx, hook, 1, None).await.unwrap();
        assert!(matches!(rotate_receiver_as_seen(&ctx, hook, 1, None).await, Err(ServiceError::Conflict(_))), "a second click");
    })
    .await;
}

#[tokio::test]
async fn an_address_is_kept_and_judged_as_it_is_asked_however_it_was_typed() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let auditor = signed_in(&app, ann, &[PortalRole::Auditor]);
        let whole = "https://chat.example/services/s3cr3t";
        for typed in
            ["https:chat.example/services/s3cr3t", "https:\\\\chat.example\\services\\s3cr3t", "https:///CHAT.example:443/services/s3cr3t"]
        {
            let new = NewReceiver {
                audience: String::new(),
                authorization: Some(Secret::new("Bearer x".to_owned())),
                ..draft(ReceiverKind::Push, typed)
            };
            let id = create_receiver(&ctx, &new).await.unwrap().id;
            let row = now_is(&app, id).await;
            assert_eq!((row.url.as_str(), row.audience.as_str()), (whole, whole), "{typed}");
            let page = PageRequest { limit: 1, ..PageRequest::default() };
            let seen = show_receiver(&auditor, id, &page).await.unwrap().view.receiver;
            assert_eq!((seen.url.as_str(), seen.audience.as_str()), ("https://chat.example/serv…", "https://chat.example/serv…"));
            // The same machine is the same, and another one another, however it is typed.
            let kinds = [SignalKind::SessionRevoked];
            let same = changed("Push", "https:\\\\chat.example\\services\\s3cr3t", &kinds);
            assert_eq!(edit_receiver(&ctx, id, 1, &same).await.unwrap(), 2);
            let elsewhere = edit_receiver(&ctx, id, 2, &changed("Push", "https:evil.example/services/s3cr3t", &kinds)).await;
            assert!(matches!(elsewhere, Err(ServiceError::Invalid(ref faults)) if faults[0].field == "url"), "{elsewhere:?}");
        }
        for event in events(&app, "signal-receiver.").await {
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
