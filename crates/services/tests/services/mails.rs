//! The outbox: each mail once, in the order of its recipient, and given up with a reason.

use tenure_domain::access::PortalRole;
use tenure_domain::mail::MailState;
use tenure_notify::MailErrorKind;
use tenure_services::accounts::invite;
use tenure_services::mail::{attempt, claim_mails, overview, read_mail, send_test, settle_mails, try_now};
use tenure_services::schedule::run_due;
use tenure_services::{App, Ctx, ServiceError, testing};
use tenure_store::PageRequest;
use tenure_store::mails::MailRow;

use super::mail_support::*;
use super::support::*;

const NOON: &str = "2024-03-01T12:00:00Z";

async fn mails(app: &App) -> Vec<MailRow> {
    let page = PageRequest { limit: 100, ..PageRequest::default() };
    app.store.read().await.unwrap().mails(None, &page).await.unwrap().rows.into_iter().map(|view| view.mail).collect()
}

async fn administrator(ctx: &Ctx) -> Ctx {
    let ada = addressed(ctx, "ada").await;
    signed_in(&ctx.app, ada, &[PortalRole::Admin])
}

#[tokio::test]
async fn a_mail_is_sent_once_with_its_link_and_then_says_nothing_any_more() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        let link = invite(&ctx, ann).await.unwrap();
        assert_eq!(post.taken(), [], "nothing goes out before the worker comes");
        send_all(&app, NOON).await;
        let [message] = &post.taken()[..] else { panic!("one mail: {:?}", post.taken()) };
        assert_eq!(message.to, "ann@example.com");
        assert!(message.text.contains(&format!("https://tenure.example/set-up?token={}", link.expose())), "{}", message.text);
        assert!(message.html.contains("<a href=\"https:"), "{}", message.html);
        send_all(&app, "2024-03-01T13:00:00Z").await;
        assert_eq!(post.taken().len(), 1);
        let row = &mails(&app).await[0];
        assert_eq!(
            (row.state, row.facts.as_ref(), row.id.to_string().replace('-', "")),
            (MailState::Sent, None, message.id.simple().to_string())
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_sent_waits_in_order_and_arrives_once_when_the_server_is_back() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let ada = administrator(&ctx).await;
        for _ in 0..3 {
            send_test(&ada, None).await.unwrap();
        }
        invite(&ctx, addressed(&ctx, "ann").await).await.unwrap();
        post.fails(Some(MailErrorKind::Unreachable));
        assert_eq!(send_all(&app, NOON).await, 1, "the server is left alone after it failed");
        assert_eq!(send_all(&app, "2024-03-01T12:00:00.5Z").await, 0);
        let route = app.store.read().await.unwrap().mail_route().await.unwrap();
        assert_eq!((route.failures, route.failing_since, route.said.as_str()), (1, Some(moment(NOON)), "the server says no"));
        post.fails(None);
        send_all(&app, "2024-03-01T12:20:00Z").await;
        let sent: Vec<_> = post.taken().into_iter().map(|message| (message.to, message.id)).collect();
        let to_ada: Vec<_> = sent.iter().filter(|(to, _)| to == "ada@example.com").map(|(_, id)| *id).collect();
        assert_eq!((sent.len(), to_ada.len(), to_ada.is_sorted()), (4, 3, true), "{sent:?}");
        assert!(mails(&app).await.iter().all(|mail| mail.state == MailState::Sent));
        assert_eq!(app.store.read().await.unwrap().mail_route().await.unwrap().failures, 0);
    })
    .await;
}

#[tokio::test]
async fn who_is_refused_is_given_up_with_the_reason_and_holds_up_nobody() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ada = administrator(&admin(&app)).await;
        send_test(&ada, None).await.unwrap();
        post.fails(Some(MailErrorKind::Refused));
        send_all(&app, NOON).await;
        let row = &mails(&app).await[0];
        assert_eq!((row.state, row.said.as_str()), (MailState::GivenUp, "the server says no"));
        assert_eq!(events(&app, "mail.gave-up").await.len(), 1);
        post.fails(None);
        send_test(&ada, None).await.unwrap();
        send_all(&app, NOON).await;
        assert_eq!(post.taken().len(), 1);
        assert!(matches!(try_now(&ada, row.id).await, Err(ServiceError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn a_recipient_who_is_to_be_tried_later_waits_alone_and_can_be_tried_at_once() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ada = administrator(&admin(&app)).await;
        send_test(&ada, None).await.unwrap();
        post.fails(Some(MailErrorKind::Later));
        send_all(&app, NOON).await;
        post.fails(None);
        invite(&admin(&app), addressed(&admin(&app), "ann").await).await.unwrap();
        send_all(&app, NOON).await;
        assert_eq!(post.taken().iter().map(|message| message.to.as_str()).collect::<Vec<_>>(), ["ann@example.com"]);
        let waiting = mails(&app).await.into_iter().find(|mail| mail.state == MailState::Owed).unwrap();
        assert_eq!(waiting.failures, 1);
        try_now(&ada, waiting.id).await.unwrap();
        send_all(&app, NOON).await;
        assert_eq!(post.taken().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn of_two_workers_one_sends_and_a_claim_that_is_lost_is_taken_over() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        send_test(&administrator(&admin(&app)).await, None).await.unwrap();
        let worker = testing::worker_ctx(&app).at(moment(NOON));
        let one = claim_mails(&worker, "one").await.unwrap().expect("something is due");
        assert!(claim_mails(&worker, "two").await.unwrap().is_none());
        // The first is never heard of again.
        let later = worker.at(moment("2024-03-01T12:05:00Z"));
        let two = claim_mails(&later, "two").await.unwrap().expect("its time is over");
        let attempted = attempt(&later, &two).await;
        settle_mails(&later, &two, &attempted).await.unwrap();
        let late = attempt(&later, &one).await;
        settle_mails(&later, &one, &late).await.unwrap();
        let sent = post.taken();
        assert_eq!((sent.len(), sent[0].id), (2, sent[1].id), "sent twice, it is the same message");
        assert!(mails(&app).await.iter().all(|mail| mail.state == MailState::Sent));
    })
    .await;
}

#[tokio::test]
async fn what_is_over_is_given_up_also_without_a_mail_server_and_words_are_forgotten_in_time() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ada = administrator(&ctx).await;
        invite(&ctx, addressed(&ctx, "ann").await).await.unwrap();
        send_test(&ada, None).await.unwrap();
        let days = |n: i64| testing::worker_ctx(&app).at(moment(NOON) + chrono::Duration::days(n));
        run_due(&days(2)).await.unwrap();
        assert!(mails(&app).await.iter().all(|mail| mail.state == MailState::Owed));
        run_due(&days(3)).await.unwrap();
        let over = mails(&app).await;
        assert!(over.iter().all(|mail| mail.state == MailState::GivenUp), "{over:?}");
        let kept: Vec<_> = over.iter().map(|mail| (mail.kind.as_str(), mail.facts.is_some(), mail.said.as_str())).collect();
        let link = ("invitation", false, "the link in it does not work any more, so it was not sent");
        assert_eq!(kept, [("test", true, "it could not be sent for three days"), link]);
        run_due(&days(18)).await.unwrap();
        assert!(mails(&app).await.iter().all(|mail| mail.facts.is_none()));
        run_due(&days(94)).await.unwrap();
        assert_eq!(mails(&app).await, []);
    })
    .await;
}

#[tokio::test]
async fn two_clicks_of_one_form_are_one_mail_and_who_has_no_address_gets_none() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ada = administrator(&ctx).await;
        let once =
            mails(&app).await.first().map(|mail| mail.id).unwrap_or_else(|| tenure_domain::id::Id::from_uuid(uuid::Uuid::from_u128(7)));
        for _ in 0..2 {
            send_test(&ada, Some(once)).await.unwrap();
        }
        invite(&ctx, person(&ctx, "no-address").await).await.unwrap();
        assert_eq!(mails(&app).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_mail_says_is_read_by_its_recipient_and_only_without_a_server_by_administrators() {
    on_each(async |app| {
        let (with_server, _) = with_post(&app);
        let ctx = admin(&app);
        let ada = administrator(&ctx).await;
        let ann = addressed(&ctx, "ann").await;
        invite(&ctx, ann).await.unwrap();
        send_test(&ada, None).await.unwrap();
        let rows = mails(&app).await;
        let [test, invitation] = &rows[..] else { panic!("{rows:?}") };
        let read = read_mail(&ada, invitation.id).await.unwrap();
        assert!(read.written.unwrap().text.contains("/set-up?token="));
        assert_eq!(events(&app, "mail.read").await[0].identity_id, Some(ann));
        read_mail(&ada, test.id).await.unwrap();
        assert_eq!(events(&app, "mail.read").await.len(), 1, "one's own is nobody's business");
        let hidden = async |ctx: &Ctx, mail: &MailRow| matches!(read_mail(ctx, mail.id).await, Err(ServiceError::NotFound(_)));
        // With a server it went to whoever it is for, and a session is no proof for a link.
        let own = signed_in(&with_server, ann, &[PortalRole::Employee]);
        let ada = Ctx { app: with_server, ..ada };
        assert!(hidden(&ada, invitation).await && hidden(&own, invitation).await && hidden(&own, test).await);
        read_mail(&ada, test.id).await.unwrap();
        let auditor = signed_in(&app, ann, &[PortalRole::Auditor, PortalRole::Employee]);
        assert!(hidden(&auditor, test).await && hidden(&auditor, invitation).await);
        assert_eq!(overview(&auditor, None, &PageRequest { limit: 50, ..PageRequest::default() }).await.unwrap().waiting, 2);
    })
    .await;
}

#[tokio::test]
async fn the_outbox_is_paged_forth_and_back() {
    on_each(async |app| {
        let (app, _post) = with_post(&app);
        let ada = administrator(&admin(&app)).await;
        for _ in 0..5 {
            send_test(&ada, None).await.unwrap();
        }
        let all: Vec<_> = mails(&app).await.into_iter().map(|mail| mail.id).collect();
        let page = async |after, before| {
            let page = overview(&ada, None, &PageRequest { limit: 2, after, before }).await.unwrap().mails;
            (page.rows.iter().map(|view| view.mail.id).collect::<Vec<_>>(), page.next, page.previous)
        };
        let (first, next, none) = page(None, None).await;
        assert_eq!((&first[..], none), (&all[..2], None));
        let (second, _, previous) = page(next, None).await;
        assert_eq!(second, all[2..4]);
        let (again, _, none) = page(None, previous).await;
        assert_eq!((&again[..], none), (&all[..2], None));
    })
    .await;
}

#[tokio::test]
async fn a_mail_at_which_the_server_falls_silent_holds_up_nobody_else() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        post.fails_for("ann@example.com", MailErrorKind::Timeout);
        invite(&ctx, addressed(&ctx, "ann").await).await.unwrap();
        assert_eq!(send_all(&app, NOON).await, 1);
        // While the server is in trouble one mail is tried at a time: not always the same.
        invite(&ctx, addressed(&ctx, "bob").await).await.unwrap();
        send_all(&app, "2024-03-01T13:00:00Z").await;
        post.last_to("bob@example.com");
        let waits = mails(&app).await.into_iter().find(|mail| mail.recipient == "ann@example.com").unwrap();
        assert_eq!((waits.state, waits.failures > 0), (MailState::Owed, true));
        // And it is not tried again and again beside those that go.
        assert!(waits.next_at > moment("2024-03-01T12:00:00Z"));
    })
    .await;
}
