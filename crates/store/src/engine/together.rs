//! Short changes of an embedded database that reach the disk together: one trip for all that waited
//! (docs/decisions/0022).
//!
//! There is one writer. Who is done while others wait hands the open transaction over instead of
//! committing it; the last of them, or the one that makes it enough, commits for all. Nobody is told anything
//! before that: neither of a success, nor of what was found on the way, because the others' rows that it was
//! found in may yet be given up. Each change but the first begins with a savepoint, so that one that is given
//! up takes nothing of the others with it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::{Executor as _, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tenure_domain::id::CredentialId;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::{Dialect as _, StoreError};
use crate::imports::MaybeSource;

/// How many changes share a commit at most: who came first waits for all of them.
const MOST: usize = 16;

/// How long one waits for a turn and for the connection, both together: as long as a pool lets wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether a session or token still stands; with what whoever tells of people asks first.
macro_rules! acting_look {
    ($before:literal) => {
        concat!(
            $before,
            "SELECT s.*, v.version AS model, EXISTS (SELECT 1 FROM targets) AS reaches, EXISTS (SELECT 1 FROM signal_receivers) AS tells
             FROM credentials c CROSS JOIN access_model_version v LEFT JOIN sources s ON s.provisioner_id = c.identity_id
             WHERE c.id = $1 AND c.state = 'active'"
        )
    };
}

/// A text alone, and followed by that look: both in one go.
macro_rules! and_look {
    ($text:literal) => {
        [$text, acting_look!($text)]
    };
}

const ONLY_LOOK: [&str; 2] = and_look!("");
const MARK: [&str; 2] = and_look!("SAVEPOINT member; ");
const MARK_NEXT: [&str; 2] = and_look!("RELEASE member; SAVEPOINT member; ");
const UNDO_AND_MARK: [&str; 2] = and_look!("ROLLBACK TO member; RELEASE member; SAVEPOINT member; ");

/// What is seen by that look: as it is while the change lasts, because nobody else writes.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Seen {
    /// The source that whoever acts tells, if they have told anything yet.
    #[sqlx(flatten)]
    pub(crate) source: MaybeSource,
    /// The key of roles and rules.
    pub(super) model: Uuid,
    /// Whether there are targets.
    pub(super) reaches: bool,
    /// Whether anybody receives signals.
    pub(super) tells: bool,
}

type Told = oneshot::Sender<Result<(), StoreError>>;

/// The transaction that goes from hand to hand.
struct Open {
    tx: Transaction<'static, Sqlite>,
    /// Who waits for the commit of what they did.
    done: Vec<Told>,
    /// Who did nothing, and waits to learn whether what they saw is so.
    witnesses: Vec<Told>,
    /// Whether the change that came last has a savepoint; the first has none.
    marked: bool,
    /// That change was given up.
    undo: bool,
    /// What people are found by may have changed: the index is written once for all, with the commit.
    search: bool,
    /// Nobody knows what the transaction holds: all of it is given up.
    lost: bool,
}

/// Those who want to write something short, in the order in which they came.
pub(crate) struct Line {
    seat: Arc<Mutex<Option<Open>>>,
    waiting: AtomicUsize,
}

/// One short change under way.
pub(crate) struct Member {
    line: Arc<Line>,
    /// Some until the change is over.
    seat: Option<OwnedMutexGuard<Option<Open>>>,
    /// What was seen at its beginning, where somebody acts.
    pub(super) seen: Option<Seen>,
}

impl Line {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { seat: Arc::default(), waiting: AtomicUsize::new(0) })
    }

    /// Begins a change when its turn has come, and looks whether whoever acts still may: in one go with the savepoint.
    pub(super) async fn enter(self: &Arc<Self>, pool: &SqlitePool, acting: Option<CredentialId>) -> Result<Member, StoreError> {
        self.enter_within(PATIENCE, pool, acting).await
    }

    async fn enter_within(
        self: &Arc<Self>,
        patience: Duration,
        pool: &SqlitePool,
        acting: Option<CredentialId>,
    ) -> Result<Member, StoreError> {
        let too_late = Instant::now() + patience;
        let turn = Turn::wait(self);
        let seat = timeout_at(too_late, Arc::clone(&self.seat).lock_owned()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        drop(turn);
        let mut member = Member { line: Arc::clone(self), seat: Some(seat), seen: None };
        let Some(seat) = member.seat.as_deref_mut() else { return Err(StoreError::Collision) };
        if seat.as_ref().is_some_and(|open| open.lost) {
            // Who waits for it is told by its being dropped.
            *seat = None;
        }
        let seen = match seat {
            Some(open) => {
                let text = match (open.marked, open.undo) {
                    (false, _) => MARK,
                    (true, false) => MARK_NEXT,
                    (true, true) => UNDO_AND_MARK,
                };
                // Until it is known how this went, nothing is.
                open.lost = true;
                let seen = mark(&mut open.tx, text, acting).await?;
                (open.marked, open.undo, open.lost) = (true, false, false);
                seen
            }
            None => {
                let begin = timeout_at(too_late, pool.begin_with("BEGIN IMMEDIATE"));
                let tx = begin.await.map_err(|_| sqlx::Error::PoolTimedOut)??;
                let open = seat.insert(Open {
                    tx,
                    done: Vec::new(),
                    witnesses: Vec::new(),
                    marked: false,
                    undo: false,
                    search: false,
                    lost: false,
                });
                mark(&mut open.tx, ONLY_LOOK, acting).await?
            }
        };
        if acting.is_none() || seen.is_some() {
            member.seen = seen;
            return Ok(member);
        }
        // It may have ended by another's change, which is not on the disk yet.
        member.give_up().await?;
        Err(StoreError::Over)
    }

    /// Whether it is time to commit what so many wait for.
    fn enough(&self, open: &Open) -> bool {
        self.waiting.load(Ordering::SeqCst) == 0 || open.done.len() + open.witnesses.len() >= MOST
    }

    /// Commits what nobody else would come for.
    fn look_after(self: &Arc<Self>) {
        // Without a runtime nothing can be written any more: what is open is given up.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let line = Arc::clone(self);
            runtime.spawn(async move {
                let seat = Arc::clone(&line.seat).lock_owned().await;
                line.finish(seat).await;
            });
        }
    }

    /// Commits for all who are done, and tells them.
    async fn finish(&self, mut seat: OwnedMutexGuard<Option<Open>>) {
        let Some(Open { mut tx, done, witnesses, undo, search, .. }) = seat.take().filter(|open| !open.lost) else { return };
        let commit = async {
            if undo {
                tx.execute("ROLLBACK TO member").await?;
            }
            if search {
                let settle = tx.settle_search();
                tx.execute(settle).await?;
            }
            tx.commit().await
        };
        let done = match (commit.await, <[Told; 1]>::try_from(done)) {
            (Ok(()), done) => {
                drop(seat);
                for one in done.map_or_else(|several| several, Vec::from).into_iter().chain(witnesses) {
                    // Who does not listen any more has gone away.
                    let _ = one.send(Ok(()));
                }
                return;
            }
            // Whose it is, is known.
            (Err(error), Ok([one])) => {
                let _ = one.send(Err(error.into()));
                Vec::new()
            }
            (Err(_), Err(several)) => several,
        };
        drop(seat);
        for one in done.into_iter().chain(witnesses) {
            let _ = one.send(Err(StoreError::Collision));
        }
    }
}

/// Marks a place; where somebody acts by a session or token, with a look whether that still stands: the second text.
/// Yields what was seen, if it does.
async fn mark(conn: &mut SqliteConnection, texts: [&'static str; 2], acting: Option<CredentialId>) -> Result<Option<Seen>, sqlx::Error> {
    match acting {
        None if texts[0].is_empty() => Ok(None),
        None => conn.execute(texts[0]).await.map(|_| None),
        Some(credential) => sqlx::query_as(texts[1]).bind(credential).fetch_optional(conn).await,
    }
}

/// One who waits for a turn.
struct Turn<'l> {
    line: &'l Arc<Line>,
}

impl<'l> Turn<'l> {
    fn wait(line: &'l Arc<Line>) -> Self {
        line.waiting.fetch_add(1, Ordering::SeqCst);
        Self { line }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Who came before may have counted on this one, and this one may have gone away while waiting. With a turn
        // in hand, the seat is taken: then it is looked after by whoever has it.
        if self.line.waiting.fetch_sub(1, Ordering::SeqCst) == 1 && self.line.seat.try_lock().is_ok_and(|open| open.is_some()) {
            self.line.look_after();
        }
    }
}

impl Member {
    /// Ends the change: what it did is on the disk when this yields, or nothing of it happened. It says whether it may
    /// have changed what people are found by.
    pub(super) async fn commit(mut self, search: bool) -> Result<(), StoreError> {
        let Some(mut seat) = self.seat.take() else { return Err(StoreError::Collision) };
        let Some(open) = seat.as_mut() else { return Err(StoreError::Collision) };
        let (tell, told) = oneshot::channel();
        open.done.push(tell);
        open.search |= search;
        self.line.leave(seat);
        told.await.unwrap_or(Err(StoreError::Collision))
    }

    /// Takes back what the change did. What it saw of others is on the disk when this yields.
    ///
    /// # Errors
    /// [`StoreError::Collision`] when what it saw is not so: the others' changes could not be committed.
    pub(super) async fn give_up(mut self) -> Result<(), StoreError> {
        let told = match self.seat.as_deref_mut() {
            Some(Some(open)) if !open.lost && !open.done.is_empty() => {
                let (tell, told) = oneshot::channel();
                open.witnesses.push(tell);
                told
            }
            // It saw nobody's rows but those on the disk.
            _ => return Ok(()),
        };
        drop(self);
        told.await.unwrap_or(Err(StoreError::Collision))
    }
}

impl Line {
    /// Commits if it is time to, or lets the next one go on.
    fn leave(self: &Arc<Self>, seat: OwnedMutexGuard<Option<Open>>) {
        if seat.as_ref().is_some_and(|open| self.enough(open))
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let line = Arc::clone(self);
            // Apart from this request, which may be given up: the others would not learn what became of theirs.
            runtime.spawn(async move { line.finish(seat).await });
        } else {
            self.hand_over(seat);
        }
    }

    /// Lets the next one go on; commits if there is none.
    fn hand_over(self: &Arc<Self>, seat: OwnedMutexGuard<Option<Open>>) {
        let open = seat.is_some();
        drop(seat);
        if open && self.waiting.load(Ordering::SeqCst) == 0 {
            self.look_after();
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let Some(mut seat) = self.seat.take() else { return };
        match seat.as_mut() {
            Some(open) if open.lost || open.done.is_empty() => *seat = None,
            Some(open) => open.undo = true,
            None => {}
        }
        self.line.leave(seat);
    }
}

impl Deref for Member {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        let open = self.seat.as_ref().and_then(|seat| seat.as_ref());
        &open.expect("a change has its seat until it is over").tx
    }
}

impl DerefMut for Member {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        let open = self.seat.as_mut().and_then(|seat| seat.as_mut());
        &mut open.expect("a change has its seat until it is over").tx
    }
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqlitePoolOptions;

    use super::*;

    const NONE: Duration = Duration::ZERO;

    fn too_late(entered: Result<Member, StoreError>) -> bool {
        matches!(entered, Err(StoreError::Database(sqlx::Error::PoolTimedOut)))
    }

    #[tokio::test]
    async fn who_waits_for_a_turn_or_for_the_connection_too_long_is_told_so_and_holds_up_nobody() {
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.expect("it opens");
        let line = Line::new();
        let first = line.enter(&pool, None).await.expect("nobody is before it");
        assert!(too_late(line.enter_within(NONE, &pool, None).await), "somebody has the turn");
        first.commit(false).await.expect("who waited no longer is not counted on");
        let writes = pool.begin().await.expect("the connection is free");
        assert!(too_late(line.enter_within(NONE, &pool, None).await), "somebody has the connection");
        drop(writes);
        line.enter(&pool, None).await.expect("it is free again").commit(false).await.expect("it can be written");
    }
}
