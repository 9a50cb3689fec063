//! Who asked for it is told what happens: by webhook, by push and by poll.

use std::collections::BTreeSet;

use serde_json::json;
use tenure_domain::access::PortalRole;
use tenure_domain::identity::Transition;
use tenure_domain::signal::{DeliveryState, ReceiverKind, ReceiverState, SILENT, SubjectForm};
use tenure_services::identities::{change_lifecycle, end_identity, rehire_identity};
use tenure_services::restores::hold_outward;
use tenure_services::schedule::run_due;
use tenure_services::signals::{
    NewReceiver, Polled, SetError, attempt, claim_signals, create_receiver, poll, receivers_due, resume_receiver, rotate_receiver,
    settle_signals, test_receiver, verify_stream,
};
use tenure_services::targets::Secret;
use tenure_services::{Ctx, ServiceError};
use tenure_vault::WebhookSecret;

use super::scim_support::by_token;
use super::signals_support::*;
use super::support::*;

#[tokio::test]
async fn an_end_is_told_by_webhook_once_signed_and_without_a_name() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hook = Hook::new(204);
        let issued = receiver(&ctx, ReceiverKind::Webhook, &hook.url).await;
        let ann = person(&ctx, "ann").await;
        end_identity(&ctx, ann, "she found something better").await.unwrap();
        assert_eq!(owed(&app, issued.id).await, ["identity.joined", "identity.ended"]);
        assert_eq!(tell(&app, 1).await, 1);
        let got = hook.got();
        let end = got.iter().find(|got| got.json()["type"] == "identity.ended").unwrap();
        assert_eq!((got.len(), end.json()["data"]["identity_id"].as_str().unwrap()), (2, ann.to_string().as_str()));
        assert_eq!(end.json()["data"]["identity"], format!("{ORIGIN}/api/v1/identities/{ann}"));
        assert!(!end.body.contains("better") && !end.body.contains("\"ann\"") && !end.body.contains("example.com"), "{}", end.body);
        let secret: WebhookSecret = issued.secret.unwrap().expose().parse().unwrap();
        let signed = secret.sign(end.header("webhook-id"), end.header("webhook-timestamp").parse().unwrap(), end.body.as_bytes());
        assert_eq!(end.header("webhook-signature"), signed);
        assert_eq!(tell(&app, 2).await, 0, "once");
        assert!(signals(&app, issued.id).await.iter().all(|s| s.state == DeliveryState::Delivered && s.said == "It answered 204."));
    })
    .await;
}

#[tokio::test]
async fn an_end_is_pushed_as_tokens_in_order_with_what_each_receiver_knows_them_by() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hook = Hook::new(202);
        let new = NewReceiver { authorization: Some(Secret::new("Bearer sesame".to_owned())), ..draft(ReceiverKind::Push, &hook.url) };
        create_receiver(&ctx, &new).await.unwrap();
        let mail = Hook::new(202);
        create_receiver(&ctx, &NewReceiver { subject_form: SubjectForm::Email, ..draft(ReceiverKind::Push, &mail.url) }).await.unwrap();
        import(&ctx, &[crowd(3), vec![row_of("E1", "ann", "Sales", "", "2020-01-01", "", "")]].concat()).await.unwrap();
        let ann = identity(&app, "ann").await.id;
        end_identity(&ctx, ann, "left").await.unwrap();
        tell(&app, 1).await;
        let got: Vec<_> = hook.got();
        assert!(
            got.iter()
                .all(|got| got.header("authorization") == "Bearer sesame" && got.header("content-type") == "application/secevent+jwt")
        );
        let sets: Vec<_> = got.iter().map(|got| got.set(&app)).collect();
        let uris: Vec<String> = sets.iter().flat_map(|set| set["events"].as_object().unwrap().keys().cloned()).collect();
        assert_eq!(
            uris,
            [
                "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
                "https://schemas.openid.net/secevent/risc/event-type/account-disabled"
            ]
        );
        for set in &sets {
            assert_eq!(
                (set["iss"].as_str(), set["aud"].as_str(), &set["sub_id"]),
                (Some(ORIGIN), Some("https://receiver.example"), &iss_sub(ann))
            );
            assert_eq!((set["iat"].as_i64(), set["txn"].is_string(), set.get("sub")), (Some(noon().timestamp()), true, None));
        }
        let by_mail: Vec<_> = mail.got().iter().map(|got| got.set(&app)["sub_id"].clone()).collect();
        assert_eq!(
            by_mail,
            [json!({ "format": "email", "email": "ann@example.com" }), json!({ "format": "email", "email": "ann@example.com" })]
        );
    })
    .await;
}

#[tokio::test]
async fn what_did_not_happen_is_told_to_nobody() {
    on_each(async |app| {
        let ctx = admin(&app);
        let issued = receiver(&ctx, ReceiverKind::Webhook, "https://hooks.example").await;
        let ann = person(&ctx, "ann").await;
        let bob = signed_in(&app, ann, &[PortalRole::Employee]);
        assert!(end_identity(&bob, ann, "no right").await.is_err());
        assert!(end_identity(&ctx, ann, "").await.is_err());
        assert_eq!(owed(&app, issued.id).await, ["identity.joined"]);
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_is_down_is_told_later_by_the_same_id_and_paused_after_a_day_until_somebody_resumes_it() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hook = Hook::new(503);
        let issued = receiver(&ctx, ReceiverKind::Webhook, &hook.url).await;
        person(&ctx, "ann").await;
        person(&ctx, "bob").await;
        tell(&app, 0).await;
        let first = hook.got();
        assert_eq!(first.len(), 2);
        let now = now_is(&app, issued.id).await;
        assert_eq!((now.failures, now.state, now.said.as_str()), (1, ReceiverState::Enabled, "It answered 503: something is wrong there."));
        assert!(now.next_at > noon() && receivers_due(&later(&app, 0)).await.unwrap().is_empty(), "it is left alone for a moment");
        tell(&app, 30).await;
        assert_eq!(hook.got().len(), 1, "one looks whether it is back");
        tell(&app, 60 * 24).await;
        let now = now_is(&app, issued.id).await;
        assert!(now.state == ReceiverState::Paused && now.said.starts_with("Nothing has arrived for 24 hours"), "{}", now.said);
        assert_eq!(events(&app, "signal-receiver.paused").await.len(), 1);
        hook.got();
        assert_eq!(tell(&app, 60 * 25).await, 0);
        person(&ctx, "eve").await;
        hook.answers(200, "");
        resume_receiver(&later_admin(&ctx, 60 * 26), issued.id).await.unwrap();
        tell(&app, 60 * 26).await;
        let ids = |got: &[Got]| got.iter().map(|got| got.header("webhook-id").to_owned()).collect::<BTreeSet<_>>();
        let arrived = hook.got();
        assert_eq!(arrived.len(), 3, "what happened meanwhile was kept");
        assert!(ids(&first).is_subset(&ids(&arrived)), "by the same ids");
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_back_on_a_day_to_come_is_enabled_on_that_day() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let (_, stream) = stream(&ctx).await;
        end_identity(&ctx, ann, "left").await.unwrap();
        rehire_identity(&ctx, ann, day("2024-03-05"), "came back").await.unwrap();
        assert_eq!(owed(&app, stream).await, ["session-revoked", "account-disabled"]);
        run_due(&later(&app, 60 * 24 * 5)).await.unwrap();
        assert_eq!(owed(&app, stream).await, ["session-revoked", "account-disabled", "account-enabled"]);
    })
    .await;
}

fn later_admin(ctx: &Ctx, minutes: i64) -> Ctx {
    ctx.at(noon() + chrono::TimeDelta::minutes(minutes))
}

#[tokio::test]
async fn a_webhook_that_is_gone_is_paused_at_once_and_a_message_that_it_cannot_use_delays_no_other() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (gone, picky) = (Hook::new(410), Hook::new(400));
        let one = receiver(&ctx, ReceiverKind::Webhook, &gone.url).await;
        let two = receiver(&ctx, ReceiverKind::Push, &picky.url).await;
        picky.answers(400, r#"{"err":"invalid_request","description":"no such subject"}"#);
        let ann = person(&ctx, "ann").await;
        change_lifecycle(&ctx, ann, Transition::Suspend, "").await.unwrap();
        tell(&app, 0).await;
        let now = now_is(&app, one.id).await;
        assert!(now.state == ReceiverState::Paused && now.said.contains("410"), "{}", now.said);
        assert_eq!(picky.got().len(), 2, "both were tried");
        let now = now_is(&app, two.id).await;
        assert_eq!((now.failures, now.state), (1, ReceiverState::Enabled), "nothing arrived, so it is not well");
        assert!(now.said.contains("no such subject"), "{}", now.said);
        assert!(signals(&app, two.id).await.iter().all(|s| s.said.contains("no such subject") && s.failures == 1));
        // What it takes is not behind what it refused.
        picky.answers(202, "");
        change_lifecycle(&ctx, ann, Transition::Resume, "").await.unwrap();
        tell(&app, 0).await;
        let got = picky.got();
        assert!(got.len() == 1 && got[0].body.len() > 100 && owed(&app, two.id).await.len() == 2, "{got:?}");
        assert_eq!(now_is(&app, two.id).await.failures, 0);
    })
    .await;
}

#[tokio::test]
async fn what_a_receiver_refuses_ten_times_is_given_up_and_one_that_refuses_everything_for_a_day_is_paused() {
    on_each(async |app| {
        let ctx = admin(&app);
        let picky = Hook::new(422);
        let id = receiver(&ctx, ReceiverKind::Webhook, &picky.url).await.id;
        person(&ctx, "ann").await;
        for round in 0..12 {
            tell(&app, round * 20).await;
        }
        assert_eq!((picky.got().len(), owed(&app, id).await.len()), (10, 0));
        let given_up = &signals(&app, id).await[0];
        assert_eq!((given_up.state, given_up.failures), (DeliveryState::Refused, 10));
        assert_eq!(events(&app, "signal-receiver.gave-up").await.len(), 1);
        let now = now_is(&app, id).await;
        assert_eq!((now.state, now.delivered_at), (ReceiverState::Enabled, None));
        person(&later_admin(&ctx, 60 * 25), "bob").await;
        tell(&app, 60 * 25).await;
        let now = now_is(&app, id).await;
        assert!(now.state == ReceiverState::Paused && now.said.contains("422"), "{}", now.said);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_not_asked_is_a_failure_of_the_receiver() {
    on_each(async |app| {
        let ctx = admin(&app);
        let id = receiver(&ctx, ReceiverKind::Webhook, "https://localhost.localdomain:1/").await.id;
        person(&ctx, "ann").await;
        tell(&app, 0).await;
        tell(&app, 60 * 24).await;
        assert_eq!((now_is(&app, id).await.state, signals(&app, id).await[0].failures), (ReceiverState::Paused, 0));
    })
    .await;
}

#[tokio::test]
async fn two_instances_share_and_one_that_died_lets_go_by_itself() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hook = Hook::new(200);
        let issued = receiver(&ctx, ReceiverKind::Webhook, &hook.url).await;
        person(&ctx, "ann").await;
        let job = claim_signals(&later(&app, 0), issued.id, "one", ORIGIN).await.unwrap().unwrap();
        assert!(receivers_due(&later(&app, 1)).await.unwrap().is_empty());
        assert!(claim_signals(&later(&app, 1), issued.id, "two", ORIGIN).await.unwrap().is_none());
        // It died, as it seems; another one takes it, and the late word of the first changes nothing but what arrived.
        let other = claim_signals(&later(&app, 3), issued.id, "two", ORIGIN).await.unwrap().unwrap();
        let attempted = attempt(&other).await;
        settle_signals(&later(&app, 3), &other, &attempted).await.unwrap();
        let late = attempt(&job).await;
        settle_signals(&later(&app, 3), &job, &late).await.unwrap();
        let got = hook.got();
        assert_eq!((got.len(), got[0].header("webhook-id")), (2, got[1].header("webhook-id")), "twice, and it can tell so");
        assert_eq!(owed(&app, issued.id).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_out_while_a_restored_database_is_looked_at() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hook = Hook::new(200);
        let issued = receiver(&ctx, ReceiverKind::Webhook, &hook.url).await;
        let (robot, stream) = stream(&ctx).await;
        let ann = person(&ctx, "ann").await;
        end_identity(&ctx, ann, "left").await.unwrap();
        hold_outward(&ctx, "a copy was put back").await.unwrap();
        assert_eq!((tell(&app, 5).await, hook.got().len()), (0, 0));
        assert!(claim_signals(&later(&app, 5), issued.id, "one", ORIGIN).await.unwrap().is_none());
        assert!(poll(&robot, stream, &Polled::default(), ORIGIN).await.unwrap().sets.is_empty());
    })
    .await;
}

/// A stream that is fetched, and who may.
async fn stream(ctx: &Ctx) -> (Ctx, tenure_domain::id::SignalReceiverId) {
    let owner = person(ctx, "owner").await;
    let robot = service(ctx, "robot", owner).await;
    let issued = create_receiver(ctx, &NewReceiver { reader_id: Some(robot), ..draft(ReceiverKind::Poll, "") }).await.unwrap();
    (by_token(&ctx.app, robot, &[PortalRole::Receiver]), issued.id)
}

#[tokio::test]
async fn a_stream_is_fetched_until_it_is_acknowledged_by_whom_it_is_for_alone() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (robot, id) = stream(&ctx).await;
        let ann = person(&ctx, "ann").await;
        end_identity(&ctx, ann, "left").await.unwrap();
        verify_stream(&robot, id, Some("VGhpcyBpcw")).await.unwrap();
        let some = poll(&robot, id, &Polled { max_events: Some(2), ..Polled::default() }, ORIGIN).await.unwrap();
        assert_eq!((some.sets.len(), some.more_available), (2, true));
        let (jti, token) = some.sets.iter().next().unwrap();
        assert_eq!(claims(&app, token.as_str().unwrap())["jti"].as_str(), Some(jti.as_str()));
        let again = poll(&robot, id, &Polled { max_events: Some(2), ..Polled::default() }, ORIGIN).await.unwrap();
        assert_eq!(again.sets.keys().collect::<Vec<_>>(), some.sets.keys().collect::<Vec<_>>(), "what is not acknowledged comes again");
        let [one, two] = [0, 1].map(|n| some.sets.keys().nth(n).unwrap().clone());
        let error = SetError { jti: two.clone(), err: "invalid_request".to_owned(), description: "no such subject".to_owned() };
        let rest = poll(&robot, id, &Polled { ack: vec![one], set_errs: vec![error], ..Polled::default() }, ORIGIN).await.unwrap();
        assert_eq!((rest.sets.len(), rest.more_available), (1, false));
        let test = claims(&app, rest.sets.values().next().unwrap().as_str().unwrap());
        assert_eq!(test["events"]["https://schemas.openid.net/secevent/ssf/event-type/verification"]["state"], "VGhpcyBpcw");
        assert_eq!(test["sub_id"], json!({ "format": "opaque", "id": id }));
        let states: Vec<_> = signals(&app, id).await.into_iter().map(|s| (s.state, s.said)).collect();
        assert_eq!(states.iter().map(|(state, _)| *state).collect::<BTreeSet<_>>().len(), 3);
        assert!(states.iter().any(|(_, said)| said == "It cannot use it: invalid_request. no such subject"), "{states:?}");
        // Nobody else, however mighty: it would be lost to whom it is for.
        let other = by_token(&app, ann, &[PortalRole::Receiver]);
        let all_mighty = by_token(&app, ann, &[PortalRole::Admin]);
        for who in [&other, &all_mighty, &ctx] {
            assert!(matches!(poll(who, id, &Polled::default(), ORIGIN).await, Err(ServiceError::NotFound(_))));
        }
    })
    .await;
}

#[tokio::test]
async fn a_webhook_is_signed_by_both_secrets_for_a_day_after_one_is_replaced() {
    on_each(async |app| {
        let ctx = admin(&app);
        let hook = Hook::new(200);
        let issued = receiver(&ctx, ReceiverKind::Webhook, &hook.url).await;
        // The button was pressed twice: what the receiver has goes on.
        rotate_receiver(&ctx, issued.id, None).await.unwrap();
        let renewed = rotate_receiver(&later_admin(&ctx, 1), issued.id, None).await.unwrap();
        let secret = |text: &tenure_services::targets::Secret| text.expose().parse::<WebhookSecret>().unwrap();
        let (old, new) = (secret(issued.secret.as_ref().unwrap()), secret(renewed.secret.as_ref().unwrap()));
        for (minutes, signers) in [(1, vec![&new, &old]), (60 * 24 + 1, vec![&new])] {
            test_receiver(&later_admin(&ctx, minutes), issued.id).await.unwrap();
            tell(&app, minutes).await;
            let got = hook.got().remove(0);
            let at = got.header("webhook-timestamp").parse().unwrap();
            let signed: Vec<_> = signers.iter().map(|s| s.sign(got.header("webhook-id"), at, got.body.as_bytes())).collect();
            assert_eq!((got.header("webhook-signature"), got.json()["type"].as_str()), (signed.join(" ").as_str(), Some("test")));
        }
    })
    .await;
}

#[tokio::test]
async fn only_administrators_say_who_is_told_and_a_wrong_field_is_named() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let auditor = signed_in(&app, ann, &[PortalRole::Auditor]);
        let sound = draft(ReceiverKind::Webhook, "https://hooks.example");
        assert!(matches!(create_receiver(&auditor, &sound).await, Err(ServiceError::Denied(_))));
        assert!(tenure_services::signals::list_receivers(&auditor).await.unwrap().is_empty());
        let poll = draft(ReceiverKind::Poll, "");
        for (new, field) in [
            (NewReceiver { name: " ".to_owned(), ..sound.clone() }, "name"),
            (NewReceiver { url: "http://hooks.example".to_owned(), ..sound.clone() }, "url"),
            (NewReceiver { url: "https://169.254.169.254/".to_owned(), ..sound.clone() }, "url"),
            (NewReceiver { kinds: poll.kinds.clone(), ..sound.clone() }, "kinds"),
            (NewReceiver { kinds: Vec::new(), ..sound.clone() }, "kinds"),
            (NewReceiver { authorization: Some(Secret::new("Bearer x".to_owned())), ..sound.clone() }, "authorization"),
            (poll.clone(), "reader"),
            (NewReceiver { reader_id: Some(ann), ..poll.clone() }, "reader"),
            (NewReceiver { url: "https://hooks.example".to_owned(), ..poll }, "url"),
        ] {
            let Err(ServiceError::Invalid(faults)) = create_receiver(&ctx, &new).await else { panic!("{new:?}") };
            assert!(faults.iter().any(|fault| fault.field == field), "{faults:?}");
        }
    })
    .await;
}

/// The actions that commands write down, as they stand in the sources.
#[test]
fn every_action_of_an_identity_or_a_credential_is_a_signal_or_is_named_as_none() {
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let map = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src/signal/map.rs")).unwrap();
    let mut folders = vec![std::path::PathBuf::from(sources)];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for stream in ["Stream::Identity, \"", "Stream::Credential, \""] {
                for action in text.split(stream).skip(1).filter_map(|rest| rest.split('"').next()) {
                    found += 1;
                    let told = map.contains(&format!("\"{action}\" =>"))
                        || map.contains(&format!("\"{action}\" |"))
                        || map.contains(&format!("\"{action}\" if"));
                    assert!(
                        told || SILENT.contains(&action),
                        "{action} in {}: say in domain/src/signal/map.rs what it tells",
                        path.display()
                    );
                }
            }
        }
    }
    assert!(found >= 20, "the sources are read: {found}");
}
