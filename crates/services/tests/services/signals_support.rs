//! A receiver that answers as it is told and keeps what it got, and short ways to signals.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tenure_domain::id::{IdentityId, SignalReceiverId};
use tenure_domain::signal::{DeliveryState, ReceiverKind, SignalKind, SubjectForm};
use tenure_services::signals::{
    IssuedReceiver, NewReceiver, attempt, claim_signals, create_receiver, receivers_due, settle_signals, show_receiver,
};
use tenure_services::{App, Ctx, testing};
use tenure_store::PageRequest;
use tenure_store::signals::{ReceiverRow, SignalRow};
use tenure_vault::KeySet;

use super::support::*;

pub const ORIGIN: &str = "https://tenure.example";

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Got {
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// As a token of this installation, its signature checked.
    pub fn set(&self, app: &App) -> Value {
        claims(app, &self.body)
    }
}

pub fn claims(app: &App, token: &str) -> Value {
    let keys = KeySet::read(&tenure_services::signals::jwks(&app.keys).to_string()).unwrap();
    let verified = keys.verify(token).unwrap();
    assert_eq!(verified.typ.as_deref(), Some("secevent+jwt"));
    verified.claims
}

/// A receiver on the loopback.
pub struct Hook {
    pub url: String,
    got: Arc<Mutex<Vec<Got>>>,
    status: Arc<Mutex<(u16, String)>>,
}

impl Hook {
    pub fn new(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let status = Arc::new(Mutex::new((status, String::new())));
        let (keeps, says) = (Arc::clone(&got), Arc::clone(&status));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let (keeps, says) = (Arc::clone(&keeps), Arc::clone(&says));
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    let mut headers = Vec::new();
                    for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                        if let Some((name, value)) = line.split_once(": ") {
                            headers.push((name.to_ascii_lowercase(), value.to_owned()));
                        }
                    }
                    let length = headers.iter().find(|(n, _)| n == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
                    let mut body = vec![0; length];
                    reader.read_exact(&mut body).unwrap();
                    let (status, said) = says.lock().unwrap().clone();
                    keeps.lock().unwrap().push(Got { headers, body: String::from_utf8(body).unwrap() });
                    let _ = write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}", said.len());
                });
            }
        });
        Self { url, got, status }
    }

    pub fn answers(&self, status: u16, body: &str) {
        *self.status.lock().unwrap() = (status, body.to_owned());
    }

    /// What arrived since it was last asked.
    pub fn got(&self) -> Vec<Got> {
        std::mem::take(&mut self.got.lock().unwrap())
    }
}

pub fn draft(kind: ReceiverKind, url: &str) -> NewReceiver {
    let kinds = SignalKind::ALL.iter().copied();
    let kinds = kinds.filter(|k| if kind == ReceiverKind::Webhook { k.is_life_cycle() } else { k.is_security_event() }).collect();
    NewReceiver {
        kind,
        name: format!("a {kind}"),
        url: url.to_owned(),
        audience: if kind == ReceiverKind::Webhook { String::new() } else { "https://receiver.example".to_owned() },
        subject_form: SubjectForm::IssSub,
        kinds,
        authorization: None,
        reader_id: None,
        once: None,
    }
}

pub async fn receiver(ctx: &Ctx, kind: ReceiverKind, url: &str) -> IssuedReceiver {
    create_receiver(ctx, &draft(kind, url)).await.unwrap()
}

/// The worker, so many minutes after the noon of all tests.
pub fn later(app: &Arc<App>, minutes: i64) -> Ctx {
    testing::worker_ctx(app).at(noon() + TimeDelta::minutes(minutes))
}

pub fn noon() -> DateTime<Utc> {
    moment("2024-03-01T12:00:00Z")
}

/// What the worker does: tells everybody what is due at that minute. How many attempts that were.
pub async fn tell(app: &Arc<App>, minutes: i64) -> usize {
    let ctx = later(app, minutes);
    let mut rounds = 0;
    for id in receivers_due(&ctx).await.unwrap() {
        while let Some(job) = claim_signals(&ctx, id, "worker", ORIGIN).await.unwrap() {
            let attempted = attempt(&job).await;
            settle_signals(&ctx, &job, &attempted).await.unwrap();
            rounds += 1;
        }
    }
    rounds
}

pub async fn now_is(app: &Arc<App>, id: SignalReceiverId) -> ReceiverRow {
    show_receiver(&admin(app), id, &PageRequest::default()).await.unwrap().view.receiver
}

/// What went to it or is on its way, oldest first.
pub async fn signals(app: &Arc<App>, id: SignalReceiverId) -> Vec<SignalRow> {
    let mut rows = show_receiver(&admin(app), id, &PageRequest { limit: 100, ..PageRequest::default() }).await.unwrap().signals.rows;
    rows.reverse();
    rows
}

pub async fn owed(app: &Arc<App>, id: SignalReceiverId) -> Vec<&'static str> {
    signals(app, id).await.iter().filter(|s| s.state == DeliveryState::Owed).map(|s| s.kind.as_str()).collect()
}

/// Who somebody is as they were told of.
pub fn iss_sub(id: IdentityId) -> Value {
    json!({ "format": "iss_sub", "iss": ORIGIN, "sub": id })
}
