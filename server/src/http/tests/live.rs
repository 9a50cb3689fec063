//! Records that move by themselves: who is told what, and until when.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::response::Response;
use futures::StreamExt as _;
use tenure_domain::access::{PortalRole, TokenScopes};
use tenure_domain::id::RecordId;
use tenure_domain::identity::IdentityKind;
use tenure_services::identities::{end_identity, hand_over, list_hand_overs};
use tenure_services::records::record_of;
use tenure_store::PageRequest;

use super::*;
use crate::web::{Live, Pace};

const LONG: Duration = Duration::from_secs(3600);
const PATIENCE: Duration = Duration::from_secs(60);

fn pace() -> Pace {
    let short = Duration::from_millis(2);
    Pace { look: short, check: LONG, alive: LONG, lasts: LONG, again: short, streams: 9, of_one: 9 }
}

async fn watched(pace: Pace) -> Vec<Portal> {
    let mut portals = portals_with(|web| web.live = Live::new(pace)).await;
    for portal in &mut portals {
        portal.administrator().await;
    }
    portals
}

/// What a stream says, event by event.
struct Said(BodyDataStream);

impl Said {
    /// The next event, without how soon to come again; None when the stream is over.
    async fn next(&mut self) -> Option<String> {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something is said, or it ends")?;
        let text = String::from_utf8(next.unwrap().to_vec()).unwrap();
        Some(text.lines().filter(|line| !line.is_empty() && !line.starts_with("retry:")).collect::<Vec<_>>().join(", "))
    }

    async fn changed(&mut self) -> String {
        let event = self.next().await.expect("an event");
        event.strip_prefix("event: changed, data: ").unwrap_or_else(|| panic!("{event}")).to_owned()
    }
}

impl Portal {
    /// Somebody left, and what they answered for waits for somebody else. The address of the record.
    async fn open_record(&self) -> String {
        let ctx = testing::admin_ctx(&self.app);
        let nadia = self.person("nadia").await;
        let robot = NewIdentity {
            kind: IdentityKind::Service,
            owner_id: Some(nadia),
            purpose: "builds".to_owned(),
            ..NewIdentity::person("robot", "Robot")
        };
        create_identity(&ctx, &robot).await.unwrap();
        end_identity(&ctx, nadia, "left").await.unwrap();
        let id: RecordId = record_of(&ctx, nadia).await.unwrap().unwrap();
        format!("/offboarding/{id}")
    }

    /// Somebody else answers for it: the record is complete.
    async fn complete(&self) {
        let ctx = testing::admin_ctx(&self.app);
        let task = list_hand_overs(&ctx, &PageRequest::default()).await.unwrap().rows.remove(0).id;
        let heir = self.person("heir").await;
        hand_over(&ctx, task, heir).await.unwrap();
    }

    /// Begins to watch, with the session or a token.
    async fn watch(&self, record: &str, token: Option<&str>) -> Response {
        let request = Request::builder().uri(format!("{record}/events")).header("host", HOST).header("accept-encoding", "gzip");
        let request = match token {
            Some(token) => request.header("authorization", token),
            None => request.header("cookie", &self.cookie),
        };
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))));
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn said(&self, record: &str) -> Said {
        Said(self.watch(record, None).await.into_body().into_data_stream())
    }

    /// An auditor, and the header of their token.
    async fn auditor(&self, name: &str) -> (IdentityId, String) {
        let ctx = testing::admin_ctx(&self.app);
        let identity_id = self.person(name).await;
        accounts::set_portal_role(&ctx, identity_id, PortalRole::Auditor, true).await.unwrap();
        let new = NewToken {
            identity_id,
            label: "t".to_owned(),
            purpose: "p".to_owned(),
            scopes: TokenScopes::reading(),
            networks: Default::default(),
            days: 1,
            once: None,
        };
        (identity_id, format!("Bearer {}", issue_token(&ctx, &new).await.unwrap().token.expose()))
    }
}

#[tokio::test]
async fn a_record_says_at_once_how_it_stands_then_each_change_and_ends_when_nothing_is_open() {
    for portal in watched(pace()).await {
        let record = portal.open_record().await;
        let reply = portal.watch(&record, None).await;
        let header = |name: &str| reply.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        assert_eq!((header("content-type").as_str(), header("cache-control").as_str()), ("text/event-stream", "no-store"));
        assert_eq!((header("content-encoding").as_str(), header("x-accel-buffering").as_str()), ("", "no"), "it is not collected");
        let mut said = Said(reply.into_body().into_data_stream());
        let first = said.changed().await;
        let mut page = portal.said(&record).await;
        assert_eq!(page.changed().await, first, "{}: whoever comes later hears the same", portal.engine);
        portal.complete().await;
        assert_ne!(said.changed().await, first);
        assert_eq!(said.next().await.unwrap(), "event: complete, data: complete", "{}", portal.engine);
        assert_eq!(said.next().await, None);
    }
}

#[tokio::test]
async fn the_page_carries_the_version_that_its_events_begin_with() {
    for mut portal in watched(pace()).await {
        let record = portal.open_record().await;
        let version = portal.said(&record).await.changed().await;
        let page = portal.get(&record).await;
        assert!(page.text.contains(&format!("data-live-version=\"{version}\"")), "{}: {}", portal.engine, page.text);
        assert!(page.text.contains("0 of 1 done") && page.text.contains(">Refresh<"), "{}", page.text);
        portal.complete().await;
        let page = portal.get(&record).await;
        assert!(page.text.contains("1 of 1 done") && !page.text.contains(">Refresh<"), "{}", page.text);
    }
}

#[tokio::test]
async fn whoever_may_not_see_the_page_is_answered_as_the_page_answers() {
    for mut portal in watched(pace()).await {
        let record = portal.open_record().await;
        let token = portal.employee().await;
        assert_eq!(portal.watch(&record, Some(&token)).await.status().as_u16(), 403, "{}", portal.engine);
        for nothing in ["/offboarding/x", "/offboarding/0190a1b2-0000-7000-8000-000000000000"] {
            assert_eq!((portal.watch(nothing, None).await.status().as_u16(), portal.get(nothing).await.status), (404, 404), "{nothing}");
        }
        portal.cookie.clear();
        assert_eq!((portal.watch(&record, None).await.status().as_u16(), portal.get(&record).await.status), (303, 303));
    }
}

#[tokio::test]
async fn a_session_that_is_over_hears_no_more() {
    for mut portal in watched(Pace { check: Duration::from_millis(2), ..pace() }).await {
        let record = portal.open_record().await;
        let mut said = portal.said(&record).await;
        said.changed().await;
        let token = portal.get("/account").await.token();
        assert_eq!(portal.post("/sign-out", &[("_token", &token)]).await.status, 303);
        assert_eq!(said.next().await, None, "{}", portal.engine);
    }
}

#[tokio::test]
async fn who_was_ended_or_lost_their_role_is_not_told_of_a_change_that_came_afterwards() {
    for ended in [true, false] {
        for portal in watched(pace()).await {
            let record = portal.open_record().await;
            let (otto, token) = portal.auditor("otto").await;
            let mut said = Said(portal.watch(&record, Some(&token)).await.into_body().into_data_stream());
            said.changed().await;
            let ctx = testing::admin_ctx(&portal.app);
            if ended {
                end_identity(&ctx, otto, "left").await.unwrap();
            } else {
                accounts::set_portal_role(&ctx, otto, PortalRole::Auditor, false).await.unwrap();
            }
            // The next regular look at who it is comes in an hour.
            portal.complete().await;
            assert_eq!(said.next().await, None, "{}: ended: {ended}", portal.engine);
        }
    }
}

#[tokio::test]
async fn a_stream_lasts_so_long_and_the_browser_is_told_when_to_come_again() {
    for portal in watched(Pace { lasts: Duration::from_millis(50), ..pace() }).await {
        let record = portal.open_record().await;
        let all = to_bytes(portal.watch(&record, None).await.into_body(), usize::MAX);
        let all = tokio::time::timeout(PATIENCE, all).await.expect("it ends").unwrap();
        let all = String::from_utf8(all.to_vec()).unwrap();
        assert!(all.is_empty() || all.contains("retry: 2\n") && !all.contains("complete"), "{}: {all}", portal.engine);
    }
}

#[tokio::test]
async fn a_stop_of_the_server_ends_what_is_open_and_what_still_begins() {
    for portal in watched(pace()).await {
        let record = portal.open_record().await;
        let mut said = portal.said(&record).await;
        said.changed().await;
        portal.web.live.end();
        assert_eq!(said.next().await, None, "{}", portal.engine);
        let mut late = portal.said(&record).await;
        while late.next().await.is_some() {}
    }
}

#[tokio::test]
async fn one_session_may_watch_so_many_and_everybody_so_many_and_the_others_are_told_in_words() {
    for mut portal in watched(Pace { of_one: 1, streams: 2, ..pace() }).await {
        let record = portal.open_record().await;
        let first = portal.watch(&record, None).await;
        let reply = portal.get(&format!("{record}/events")).await;
        assert_eq!((reply.status, reply.header(header::RETRY_AFTER)), (429, "5"), "{}", portal.engine);
        assert!(reply.text.contains("Close another one"), "{}", reply.text);
        let (_, token) = portal.auditor("otto").await;
        let second = portal.watch(&record, Some(&token)).await;
        assert_eq!(second.status().as_u16(), 200);
        let (_, third) = portal.auditor("olga").await;
        assert_eq!(portal.watch(&record, Some(&third)).await.status().as_u16(), 503);
        drop(first);
        assert_eq!(portal.watch(&record, None).await.status().as_u16(), 200, "a place is free again");
    }
}
