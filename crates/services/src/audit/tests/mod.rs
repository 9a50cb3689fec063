//! Each test runs on both engines; changes by another hand are made in raw SQL.

mod bits;
mod checkpoints;
mod columns;
mod export;
mod finding;
mod inserted;
mod known;
mod order;
mod reading;
mod removed;
mod sealing;
mod sequences;
mod speed;
mod unsealed;

use std::sync::Arc;

use serde_json::json;
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::{EventId, Id};
use tenure_store::audit::{SealedRow, UnsealedFrom};
use tenure_store::testing::execute_raw;
use uuid::Uuid;

use super::{AuditVerdict, seal_pending, verify_audit};
use crate::{App, Ctx, testing};

/// A log on one engine, and the hand that changes it.
struct Trial {
    app: Arc<App>,
    ctx: Ctx,
    sqlite: bool,
}

/// A fresh log on each engine. Its first event tells of the instance.
async fn trials() -> Vec<Trial> {
    let apps = testing::apps().await;
    apps.into_iter().map(|(engine, app)| Trial { ctx: testing::admin_ctx(&app), app, sqlite: engine == "SQLite" }).collect()
}

/// A log on each engine with 24 sealed events under three checkpoints (of 8, 16 and 24).
async fn sealed_trials() -> Vec<Trial> {
    let trials = trials().await;
    for trial in &trials {
        trial.record(7).await;
        trial.seal().await;
        for _ in 0..2 {
            trial.record(8).await;
            trial.seal().await;
        }
    }
    trials
}

impl Trial {
    /// Records so many events in one transaction.
    async fn record(&self, count: usize) {
        let event = |n: usize| {
            let event = self.ctx.event(Stream::Identity, "identity.changed").target(&self.ctx.id::<EventId>(), format!("Ada \"Löwe\" {n}"));
            let event = event
                .about(self.ctx.id())
                .because("a test")
                .before(json!({ "n": n }))
                .after(json!({ "n": n + 1, "text": "äöü\u{0}\u{1f980}" }));
            if n.is_multiple_of(3) { event.refused() } else { event }
        };
        let mut events = Events::one(event(0));
        events.extend((1..count).map(event));
        self.app.store.write().await.unwrap().commit(events).await.unwrap();
    }

    async fn seal(&self) -> usize {
        seal_pending(&self.app, self.ctx.now).await.unwrap()
    }

    async fn verify(&self) -> AuditVerdict {
        verify_audit(&self.ctx, None).await.unwrap()
    }

    /// Verifies, and gives the words of the first fault, which must be about this number.
    async fn first_fault(&self, leaf: u64) -> String {
        let verdict = self.verify().await;
        assert!(!verdict.sound);
        let first = verdict.faults.first().unwrap();
        assert_eq!(first.leaf, Some(leaf), "{:#?}", verdict.faults);
        first.what.clone()
    }

    async fn assert_sound(&self) {
        let verdict = self.verify().await;
        assert!(verdict.sound, "{:#?}", verdict.faults);
    }

    async fn sql(&self, sql: &str) -> u64 {
        execute_raw(&self.app.store, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Keeps a copy of the log, to go back to.
    async fn keep(&self) {
        for table in ["audit_events", "audit_checkpoints"] {
            self.sql(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
    }

    async fn go_back(&self) {
        for table in ["audit_events", "audit_checkpoints"] {
            self.sql(&format!("DELETE FROM {table}")).await;
            self.sql(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
        self.assert_sound().await;
    }

    /// The rows that have a number.
    async fn rows(&self) -> Vec<SealedRow> {
        self.app.store.read().await.unwrap().sealed_piece(i64::MIN, 100_000).await.unwrap().0
    }

    async fn unsealed_rows(&self) -> Vec<SealedRow> {
        self.app.store.read().await.unwrap().unsealed_piece(UnsealedFrom::default(), 100_000).await.unwrap().0
    }

    async fn last_note(&self) -> String {
        self.app.store.read().await.unwrap().last_checkpoint().await.unwrap().unwrap().note.unwrap()
    }

    /// Bytes in SQL.
    fn bytes(&self, bytes: &[u8]) -> String {
        let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        if self.sqlite { format!("x'{digits}'") } else { format!("'\\x{digits}'::bytea") }
    }

    /// A key in SQL.
    fn key(&self, id: Uuid) -> String {
        if self.sqlite { self.bytes(id.as_bytes()) } else { format!("'{id}'::uuid") }
    }

    /// Puts a row in: a copy of a sealed one, with this key, text, check value and number.
    async fn put_in(&self, id: Uuid, body: &str, mac: &[u8], leaf: &str) {
        let (id, body, mac) = (self.key(id), text(body), self.bytes(mac));
        self.sql(&format!(
            "INSERT INTO audit_events (id, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, body, mac, leaf, leaf_hash)
             SELECT {id}, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, {body}, {mac}, {leaf}, CASE WHEN {leaf} IS NULL THEN NULL ELSE leaf_hash END
             FROM audit_events WHERE leaf = 3"
        ))
        .await;
    }
}

/// A text in SQL.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text of a row with another key in it, and a check value that somebody made up.
fn forged(row: &SealedRow, id: Uuid) -> (String, Vec<u8>) {
    let body = row.body.clone().unwrap();
    let old = row.id.clone().unwrap().uuid().to_string();
    assert!(body.contains(&old));
    (body.replace(&old, &id.to_string()), vec![7; 32])
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_sound() {
    for trial in trials().await {
        let verdict = trial.verify().await;
        assert_eq!((verdict.events, verdict.sealed, verdict.unsealed, verdict.checkpoints, verdict.root), (1, 0, 1, 0, None));
        assert!(verdict.sound);
    }
    for trial in sealed_trials().await {
        trial.record(5).await;
        let verdict = trial.verify().await;
        assert!(verdict.sound, "{:#?}", verdict.faults);
        assert_eq!((verdict.events, verdict.sealed, verdict.unsealed, verdict.checkpoints), (29, 24, 5, 3));
        assert_eq!(verdict.checkpoint, Some(trial.last_note().await));
    }
}

#[tokio::test]
async fn a_moment_finer_than_a_microsecond_is_no_fault() {
    for trial in trials().await {
        let now = trial.ctx.now + chrono::Duration::nanoseconds(123);
        let ctx = trial.ctx.at(now);
        trial.app.store.write().await.unwrap().commit(ctx.event(Stream::System, "test")).await.unwrap();
        trial.seal().await;
        trial.assert_sound().await;
    }
}
