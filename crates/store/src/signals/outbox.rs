//! What is on its way: put in by the events of a commit, taken by whoever sends it, settled by what was answered.

use std::sync::{LazyLock, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::audit::AuditEvent;
use tenure_domain::id::{Id as _, SignalId, SignalReceiverId};
use tenure_domain::signal::{DeliveryState, ReceiverState, Signal, SignalKind, WorkOff, signals_of};
use uuid::{ContextV7, Timestamp, Uuid};

use super::ReceiverRow;
use crate::engine::{LockRows as _, RowLock, Store, StoreError, Tx, WriteTx};
use crate::page::{Cursor, Page, PageRequest};

/// How many are taken at once.
const BATCH: i64 = 8;

/// A signal on its way to a receiver.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SignalRow {
    /// Its key: `webhook-id`, `jti`.
    pub id: SignalId,
    /// To whom.
    pub receiver_id: SignalReceiverId,
    /// Which.
    pub kind: SignalKind,
    /// What is told, as JSON.
    pub facts: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often its receiver refused it by itself: nothing of when the receiver was not there.
    pub failures: i32,
    /// When it is tried next.
    pub next_at: DateTime<Utc>,
    /// What the receiver answered last.
    pub said: String,
    /// Since when it is owed.
    pub created_at: DateTime<Utc>,
    /// When it arrived, or was refused.
    pub settled_at: Option<DateTime<Utc>>,
}

/// A receiver that somebody holds, with what is due to it, oldest first, and what it refused before behind that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedReceiver {
    /// The receiver.
    pub receiver: ReceiverRow,
    /// What is due.
    pub signals: Vec<SignalRow>,
}

/// What came of one signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalOutcome {
    /// Which.
    pub id: SignalId,
    /// Where it stands now.
    pub state: DeliveryState,
    /// What the receiver answered.
    pub said: String,
    /// Whether the receiver refused this one by itself.
    pub refused: bool,
    /// When it is tried again, if it is still owed; None when it was not tried.
    pub next_at: Option<DateTime<Utc>>,
}

/// What came of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled<'s> {
    /// Whose claim it was.
    pub by: &'s str,
    /// How it goes with the receiver now.
    pub work_off: WorkOff,
    /// Whether anything goes to it from now on.
    pub state: ReceiverState,
    /// What it said last, where it failed.
    pub said: &'s str,
    /// When it is asked next.
    pub next_at: DateTime<Utc>,
    /// Now.
    pub now: DateTime<Utc>,
    /// What came of each.
    pub signals: &'s [SignalOutcome],
}

#[derive(sqlx::FromRow)]
struct Asking {
    id: SignalReceiverId,
    kinds: String,
}

/// Owes to each receiver the signals of these events that it asked for: part of the transaction in which they happened.
/// Where there is no receiver this costs one look at an empty table, and where no event is a signal nothing.
pub(crate) async fn tell(tx: &mut Tx, events: &[&AuditEvent]) -> Result<(), StoreError> {
    let signals: Vec<_> = events.iter().flat_map(|event| signals_of(&event.0)).collect();
    if signals.is_empty() || tx.tells_nobody {
        return Ok(());
    }
    // Whoever takes one away meanwhile waits: a change never fails because of it.
    let asking: Vec<Asking> = on_both!(tx, conn => {
        let mut query = sqlx::QueryBuilder::new("SELECT id, kinds FROM signal_receivers ORDER BY id");
        query.lock_rows(RowLock::Kept).build_query_as().fetch_all(&mut **conn).await?
    });
    if asking.is_empty() {
        return Ok(());
    }
    let asking: Vec<(SignalReceiverId, Vec<SignalKind>)> =
        asking.into_iter().map(|a| (a.id, a.kinds.split(' ').filter_map(|word| word.parse().ok()).collect())).collect();
    let owed = owed(&signals, &asking);
    insert_rows!(tx, columns: 7,
        "INSERT INTO signals (id, receiver_id, kind, facts, state, next_at, created_at) ",
        owed.as_slice(),
        |b, owed| {
            let (id, receiver, signal) = owed;
            let facts = serde_json::to_string(&signal.facts).unwrap_or_else(|e| b.refuse(e));
            b.push_bind(*id).push_bind(*receiver).push_bind(signal.kind).push_bind(facts).push_bind(DeliveryState::Owed)
                .push_bind(signal.facts.at).push_bind(signal.facts.at);
        },
        "");
    Ok(())
}

/// A new key. Those of one process are in the order in which they were made, those of several in that of their moments.
pub fn signal_key(at: DateTime<Utc>) -> SignalId {
    static ORDER: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));
    let order = ORDER.lock().unwrap_or_else(PoisonError::into_inner);
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    SignalId::from_uuid(Uuid::new_v7(Timestamp::from_unix(&*order, seconds, at.timestamp_subsec_nanos())))
}

/// What is owed to whom, with keys in the order of the events.
fn owed<'s>(signals: &'s [Signal], asking: &[(SignalReceiverId, Vec<SignalKind>)]) -> Vec<(SignalId, SignalReceiverId, &'s Signal)> {
    let asked = |signal: &'s Signal| {
        let by = asking.iter().filter(|(_, kinds)| kinds.contains(&signal.kind));
        by.map(|(receiver, _)| (signal_key(signal.facts.at), *receiver, signal)).collect::<Vec<_>>()
    };
    signals.iter().flat_map(asked).collect()
}

impl Tx {
    /// Receivers that are told, to whom something is due, and whom nobody holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signal_receivers_due(&mut self, now: DateTime<Utc>) -> Result<Vec<SignalReceiverId>, StoreError> {
        let due = fetch_all!(
            self,
            (SignalReceiverId,),
            concat!(
                "SELECT r.id FROM signal_receivers r
                 WHERE r.kind <> 'poll' AND r.state = 'enabled' AND r.next_at <= $1 AND (r.claimed_until IS NULL OR r.claimed_until <= $1)
                   AND EXISTS (SELECT 1 FROM signals s WHERE s.receiver_id = r.id AND s.state = 'owed' AND s.next_at <= $1) AND ",
                not_held!()
            ),
            now
        );
        Ok(due.into_iter().map(|(id,)| id).collect())
    }

    /// What is owed to a receiver that fetches, oldest first, one more than asked for if there is more. Nothing while a
    /// restored database is looked at, or while it is paused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signals_to_fetch(&mut self, receiver: SignalReceiverId, limit: i64) -> Result<Vec<SignalRow>, StoreError> {
        Ok(fetch_all!(
            self,
            SignalRow,
            concat!(
                "SELECT s.* FROM signals s JOIN signal_receivers r ON r.id = s.receiver_id
                 WHERE s.receiver_id = $1 AND s.state = 'owed' AND r.state = 'enabled' AND ",
                not_held!(),
                " ORDER BY s.id LIMIT $2"
            ),
            receiver,
            limit
        ))
    }

    /// What went to a receiver or is on its way, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signals_of(&mut self, receiver: SignalReceiverId, page: &PageRequest) -> Result<Page<SignalRow>, StoreError> {
        let after = page.after.as_ref().map(|cursor| SignalId::from_uuid(cursor.id));
        let limit = i64::try_from(page.limit + 1).unwrap_or(i64::MAX);
        let mut rows = match after {
            None => fetch_all!(self, SignalRow, "SELECT * FROM signals WHERE receiver_id = $1 ORDER BY id DESC LIMIT $2", receiver, limit),
            Some(after) => fetch_all!(
                self,
                SignalRow,
                "SELECT * FROM signals WHERE receiver_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2",
                receiver,
                limit,
                after
            ),
        };
        let more = rows.len() > page.limit;
        rows.truncate(page.limit);
        let next = rows.last().filter(|_| more).map(|row| Cursor { keys: Vec::new(), id: row.id.uuid() });
        Ok(Page { rows, next, previous: None })
    }
}

impl Store {
    /// Takes a receiver with what is due to it, until a moment. None when somebody else holds it, it is paused or left
    /// alone for now, or a restored database is looked at. Who holds what is bookkeeping: it leaves no event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_signals(
        &self,
        _proof: &impl May<change::WriteSignals>,
        receiver: SignalReceiverId,
        by: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<ClaimedReceiver>, StoreError> {
        let mut tx = self.write().await?;
        let taken = execute!(
            tx.tx,
            concat!(
                "UPDATE signal_receivers SET claimed_by = $2, claimed_until = $4
                 WHERE id = $1 AND kind <> 'poll' AND state = 'enabled' AND next_at <= $3 AND (claimed_until IS NULL OR claimed_until <= $3) AND ",
                not_held!()
            ),
            receiver,
            by,
            now,
            until
        );
        if taken == 0 {
            return Ok(None);
        }
        let row = fetch_one!(tx.tx, ReceiverRow, "SELECT * FROM signal_receivers WHERE id = $1", receiver);
        let signals = fetch_all!(
            tx.tx,
            SignalRow,
            "SELECT * FROM signals WHERE receiver_id = $1 AND state = 'owed' AND next_at <= $2
             ORDER BY CASE WHEN failures = 0 THEN 0 ELSE 1 END, id LIMIT $3",
            receiver,
            now,
            BATCH
        );
        if signals.is_empty() {
            return Ok(None);
        }
        tx.unscoped_commit().await?;
        Ok(Some(ClaimedReceiver { receiver: row, signals }))
    }

    /// Keeps what came of a claim that changed nothing but how far deliveries are: bookkeeping, without an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_signals(
        &self,
        proof: &impl May<change::WriteSignals>,
        receiver: SignalReceiverId,
        settled: &Settled<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.settle_signals(proof, receiver, settled).await?;
        tx.unscoped_commit().await
    }

    /// Marks what a receiver fetched as arrived, or as refused with its words. No change of a person is behind it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn acknowledge_signals(
        &self,
        _proof: &impl May<change::WriteSignals>,
        receiver: SignalReceiverId,
        outcomes: &[SignalOutcome],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        if outcomes.is_empty() {
            return Ok(0);
        }
        let mut tx = self.write().await?;
        // The receiver first, as everywhere.
        execute!(tx.tx, "UPDATE signal_receivers SET next_at = next_at WHERE id = $1", receiver);
        let (mut touched, mut arrived) = (0, 0);
        for outcome in outcomes {
            let settled = execute!(
                tx.tx,
                "UPDATE signals SET state = $3, said = $4, settled_at = $5 WHERE id = $1 AND receiver_id = $2 AND state = 'owed'",
                outcome.id,
                receiver,
                outcome.state,
                outcome.said.as_str(),
                now
            );
            touched += settled;
            arrived += if outcome.state == DeliveryState::Delivered { settled } else { 0 };
        }
        if arrived > 0 {
            execute!(tx.tx, "UPDATE signal_receivers SET delivered_at = $2 WHERE id = $1", receiver, now);
        }
        tx.unscoped_commit().await?;
        Ok(touched)
    }

    /// Lets what arrived before a moment go, and what was taken before it; yields how much.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_signals(&self, settled_before: DateTime<Utc>, taken_before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let gone = execute!(tx.tx, "DELETE FROM signals WHERE settled_at < $1", settled_before);
        let taken = execute!(tx.tx, "DELETE FROM signals_taken WHERE at < $1", taken_before);
        tx.unscoped_commit().await?;
        Ok(gone + taken)
    }
}

impl WriteTx {
    /// Whether a test of a receiver is still on its way. Whoever else asks for one waits until this is committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_test_owed(&mut self, _proof: &impl May<change::WriteSignals>, receiver: SignalReceiverId) -> Result<bool, StoreError> {
        // The receiver first, as everywhere.
        execute!(self.tx, "UPDATE signal_receivers SET next_at = next_at WHERE id = $1", receiver);
        let open = fetch_one!(
            self.tx,
            (i64,),
            "SELECT COUNT(*) FROM signals WHERE receiver_id = $1 AND state = 'owed' AND kind = $2",
            receiver,
            SignalKind::Test
        );
        Ok(open.0 > 0)
    }

    /// Owes one signal to one receiver: a test.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owe_signal(&mut self, _proof: &impl May<change::WriteSignals>, row: &SignalRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO signals (id, receiver_id, kind, facts, state, next_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            row.id,
            row.receiver_id,
            row.kind,
            row.facts.as_str(),
            row.state,
            row.next_at,
            row.created_at
        );
        Ok(())
    }

    /// Keeps what came of a claim. What arrived has arrived, also where the claim is over; what of the receiver is said by
    /// whoever holds it. Whether the claim still held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_signals(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        receiver: SignalReceiverId,
        settled: &Settled<'_>,
    ) -> Result<bool, StoreError> {
        // The receiver first, as everywhere: whoever pauses it does so too.
        let held = execute!(
            self.tx,
            "UPDATE signal_receivers SET claimed_by = NULL, claimed_until = NULL, failures = $3, failing_since = $4, said = $5, next_at = $6,
                    state = CASE WHEN state = 'paused' THEN state ELSE $7 END
             WHERE id = $1 AND claimed_by = $2",
            receiver,
            settled.by,
            i32::try_from(settled.work_off.failures).unwrap_or(i32::MAX),
            settled.work_off.failing_since,
            settled.said,
            settled.next_at,
            settled.state
        ) == 1;
        let mut arrived = false;
        for outcome in settled.signals {
            if outcome.state == DeliveryState::Owed {
                if let Some(next_at) = outcome.next_at.filter(|_| held) {
                    execute!(
                        self.tx,
                        "UPDATE signals SET failures = failures + $4, next_at = $2, said = $3 WHERE id = $1 AND state = 'owed'",
                        outcome.id,
                        next_at,
                        outcome.said.as_str(),
                        i32::from(outcome.refused)
                    );
                }
                continue;
            }
            arrived |= outcome.state == DeliveryState::Delivered;
            execute!(
                self.tx,
                "UPDATE signals SET state = $2, said = $3, settled_at = $4, failures = failures + $5 WHERE id = $1 AND state = 'owed'",
                outcome.id,
                outcome.state,
                outcome.said.as_str(),
                settled.now,
                i32::from(outcome.refused)
            );
        }
        if arrived {
            execute!(self.tx, "UPDATE signal_receivers SET delivered_at = $2 WHERE id = $1", receiver, settled.now);
        }
        Ok(held)
    }
}
