//! Who is told.

use chrono::{DateTime, TimeDelta, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{IdentityId, SignalReceiverId};
use tenure_domain::signal::{ReceiverKind, ReceiverState, SignalKind, SubjectForm, WorkOff};

use crate::engine::{Store, StoreError, Tx, WriteTx};

/// A receiver, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReceiverRow {
    /// Its key.
    pub id: SignalReceiverId,
    /// By what it is told.
    pub kind: ReceiverKind,
    /// What people call it.
    pub name: String,
    /// Whether anything goes to it.
    pub state: ReceiverState,
    /// Where it is told; empty where it fetches.
    pub url: String,
    /// For whom its tokens are.
    pub audience: String,
    /// How subjects are named to it.
    pub subject_form: SubjectForm,
    /// Its kinds of signal, separated by blanks.
    pub kinds: String,
    /// Sealed: what a webhook is signed with, or what is sent as `Authorization`; empty for nothing.
    pub secret: Vec<u8>,
    /// Sealed: the one before.
    pub secret_before: Option<Vec<u8>>,
    /// Until when that one signs too.
    pub before_until: Option<DateTime<Utc>>,
    /// Whose API tokens may fetch.
    pub reader_id: Option<IdentityId>,
    /// Failures in a row.
    pub failures: i32,
    /// When the first of them was.
    pub failing_since: Option<DateTime<Utc>>,
    /// What it said last, where it failed, or why it is paused.
    pub said: String,
    /// When it is asked next.
    pub next_at: DateTime<Utc>,
    /// When something last arrived.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last fetched, where it fetches; kept to a minute.
    pub fetched_at: Option<DateTime<Utc>>,
    /// Raised with each change by a person.
    pub version: i64,
}

impl ReceiverRow {
    /// Its kinds of signal. A word that is none any more is passed over.
    pub fn kinds(&self) -> Vec<SignalKind> {
        self.kinds.split(' ').filter_map(|word| word.parse().ok()).collect()
    }

    /// How it goes with it.
    pub fn work_off(&self) -> WorkOff {
        WorkOff { failures: u32::try_from(self.failures).unwrap_or_default(), failing_since: self.failing_since }
    }
}

/// A receiver, with how much is on its way.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReceiverView {
    /// The receiver.
    #[sqlx(flatten)]
    pub receiver: ReceiverRow,
    /// How much is owed to it.
    pub owed: i64,
    /// Since when the oldest of that is.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Who fetches, by name.
    pub reader: Option<String>,
}

impl ReceiverView {
    /// Whether something waits that nobody fetches: a person has to look.
    pub fn is_left_waiting(&self, now: DateTime<Utc>) -> bool {
        let old = |at: Option<DateTime<Utc>>| at.is_some_and(|at| now - at >= LEFT_WAITING);
        let r = &self.receiver;
        r.kind == ReceiverKind::Poll
            && r.state == ReceiverState::Enabled
            && old(self.waiting_since)
            && (r.fetched_at.is_none() || old(r.fetched_at))
    }
}

/// What a receiver is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiverEdit<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Where it is told.
    pub url: &'a str,
    /// For whom its tokens are.
    pub audience: &'a str,
    /// Its kinds of signal, separated by blanks.
    pub kinds: &'a str,
    /// Whether the address is another one: what failed there says nothing of this one.
    pub moved: bool,
}

/// So long something waits before it is said that nobody fetches it.
const LEFT_WAITING: TimeDelta = TimeDelta::hours(1);

/// How exactly it is kept when somebody last fetched: a stream is asked all the time.
const FETCHED_WITHIN: TimeDelta = TimeDelta::minutes(1);

/// What a receiver is signed for with from now on.
#[derive(Debug, Clone, Copy)]
pub struct NewSecret<'s> {
    /// Sealed.
    pub secret: &'s [u8],
    /// Until when the one before signs too; None for no longer.
    pub before_until: Option<DateTime<Utc>>,
    /// Now: one that is replaced a second time goes on until it is over.
    pub now: DateTime<Utc>,
}

impl Tx {
    /// All receivers by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signal_receivers(&mut self) -> Result<Vec<ReceiverView>, StoreError> {
        Ok(fetch_all!(
            self,
            ReceiverView,
            "SELECT r.*, i.user_name AS reader, (SELECT COUNT(*) FROM signals s WHERE s.receiver_id = r.id AND s.state = 'owed') AS owed,
                (SELECT MIN(s.created_at) FROM signals s WHERE s.receiver_id = r.id AND s.state = 'owed') AS waiting_since
             FROM signal_receivers r LEFT JOIN identities i ON i.id = r.reader_id ORDER BY r.name, r.id"
        ))
    }

    /// One receiver.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signal_receiver(&mut self, id: SignalReceiverId) -> Result<Option<ReceiverView>, StoreError> {
        Ok(fetch_optional!(
            self,
            ReceiverView,
            "SELECT r.*, i.user_name AS reader, (SELECT COUNT(*) FROM signals s WHERE s.receiver_id = r.id AND s.state = 'owed') AS owed,
                (SELECT MIN(s.created_at) FROM signals s WHERE s.receiver_id = r.id AND s.state = 'owed') AS waiting_since
             FROM signal_receivers r LEFT JOIN identities i ON i.id = r.reader_id WHERE r.id = $1",
            id
        ))
    }

    /// The same without how much is on its way, which may be much and is counted then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bare_signal_receiver(&mut self, id: SignalReceiverId) -> Result<Option<ReceiverRow>, StoreError> {
        Ok(fetch_optional!(self, ReceiverRow, "SELECT * FROM signal_receivers WHERE id = $1", id))
    }

    /// The receivers whose signals somebody may fetch or ask about.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signal_receivers_of(&mut self, reader: IdentityId) -> Result<Vec<ReceiverRow>, StoreError> {
        Ok(fetch_all!(self, ReceiverRow, "SELECT * FROM signal_receivers WHERE reader_id = $1 ORDER BY id", reader))
    }
}

impl Store {
    /// Keeps that a receiver fetched, to a minute. That is no event: nothing of it is a change of anybody's access.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_fetched(
        &self,
        _proof: &impl May<change::WriteSignals>,
        receiver: &ReceiverRow,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if receiver.fetched_at.is_some_and(|at| now - at < FETCHED_WITHIN) {
            return Ok(());
        }
        let mut tx = self.write().await?;
        execute!(
            tx.tx,
            "UPDATE signal_receivers SET fetched_at = $2 WHERE id = $1 AND (fetched_at IS NULL OR fetched_at < $2)",
            receiver.id,
            now
        );
        tx.unscoped_commit().await
    }
}

impl WriteTx {
    /// Changes what a receiver is called, where it is told, and what. Yields whether it was of that version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edit_signal_receiver(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        id: SignalReceiverId,
        version: i64,
        edit: ReceiverEdit<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let changed = execute!(
            self.tx,
            "UPDATE signal_receivers SET name = $3, url = $4, kinds = $5, audience = $6, version = version + 1 WHERE id = $1 AND version = $2",
            id,
            version,
            edit.name,
            edit.url,
            edit.kinds,
            edit.audience
        );
        if changed == 1 && edit.moved {
            // Whoever holds it asks the old address, and is heard no more but of what arrived.
            execute!(
                self.tx,
                "UPDATE signal_receivers SET claimed_by = NULL, claimed_until = NULL, failures = 0, failing_since = NULL, said = CASE WHEN state = 'paused' THEN said ELSE '' END, next_at = $2 WHERE id = $1",
                id,
                now
            );
            execute!(self.tx, "UPDATE signals SET next_at = $2 WHERE receiver_id = $1 AND state = 'owed' AND next_at > $2", id, now);
        }
        Ok(changed == 1)
    }

    /// Puts a receiver in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_signal_receiver(&mut self, _proof: &impl May<change::WriteSignals>, row: &ReceiverRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO signal_receivers (id, kind, name, state, url, audience, subject_form, kinds, secret, reader_id, next_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            row.id,
            row.kind,
            row.name.as_str(),
            row.state,
            row.url.as_str(),
            row.audience.as_str(),
            row.subject_form,
            row.kinds.as_str(),
            row.secret.as_slice(),
            row.reader_id,
            row.next_at,
            row.created_at
        );
        Ok(())
    }

    /// Pauses a receiver, or lets it go on: then it is asked at once. Whether it was otherwise before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_signal_receiver_state(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        id: SignalReceiverId,
        state: ReceiverState,
        said: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let changed = execute!(
            self.tx,
            "UPDATE signal_receivers SET state = $2, said = $3, failures = 0, failing_since = NULL, next_at = $4 WHERE id = $1 AND state <> $2",
            id,
            state,
            said,
            now
        );
        if changed == 1 && state == ReceiverState::Enabled {
            execute!(self.tx, "UPDATE signals SET next_at = $2 WHERE receiver_id = $1 AND state = 'owed' AND next_at > $2", id, now);
        }
        Ok(changed == 1)
    }

    /// Gives a receiver another secret. The one before stays the one that the receiver had until it is over, however often
    /// this is asked meanwhile. Yields whether it was of that version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_signal_receiver(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        id: SignalReceiverId,
        version: i64,
        new: NewSecret<'_>,
    ) -> Result<bool, StoreError> {
        let rotated = match new.before_until {
            Some(until) => execute!(
                self.tx,
                "UPDATE signal_receivers SET secret_before = CASE WHEN before_until > $4 THEN secret_before ELSE secret END,
                        before_until = CASE WHEN before_until > $4 THEN before_until ELSE $3 END, secret = $2, version = version + 1
                 WHERE id = $1 AND version = $5",
                id,
                new.secret,
                until,
                new.now,
                version
            ),
            None => execute!(
                self.tx,
                "UPDATE signal_receivers SET secret_before = NULL, before_until = NULL, secret = $2, version = version + 1 WHERE id = $1 AND version = $3",
                id,
                new.secret,
                version
            ),
        };
        Ok(rotated == 1)
    }

    /// Takes a receiver away, with everything that was on its way to it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_signal_receiver(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        id: SignalReceiverId,
    ) -> Result<bool, StoreError> {
        // The receiver first, as everywhere; what was on its way goes with it.
        Ok(execute!(self.tx, "DELETE FROM signal_receivers WHERE id = $1", id) == 1)
    }
}
