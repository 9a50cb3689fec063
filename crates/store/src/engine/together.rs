//! Short changes of an embedded database that reach the disk together: one trip for all that waited
//! (docs/decisions/0022).
//!
//! There is one writer. Who is done while others wait hands the open transaction over instead of
//! committing it; the last of them, or the one that makes it enough, commits for all. Nobody is told of a
//! success before that. Each change but the first begins with a savepoint, so that one that is given up takes
//! nothing of the others with it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{Executor as _, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tenure_domain::id::CredentialId;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::StoreError;

/// How many changes share a commit at most: who came first waits for all of them.
const MOST: usize = 16;

const LOOK: &str = "SELECT id FROM credentials WHERE id = $1 AND state = 'active'";

/// A text alone, and followed by that look: both in one go.
macro_rules! and_look {
    ($text:literal) => {
        [$text, concat!($text, "; SELECT id FROM credentials WHERE id = $1 AND state = 'active'")]
    };
}

const MARK: [&str; 2] = and_look!("SAVEPOINT member");
const MARK_NEXT: [&str; 2] = and_look!("RELEASE member; SAVEPOINT member");
const UNDO_AND_MARK: [&str; 2] = and_look!("ROLLBACK TO member; RELEASE member; SAVEPOINT member");

type Told = oneshot::Sender<Result<(), StoreError>>;

/// The transaction that goes from hand to hand.
struct Open {
    tx: Transaction<'static, Sqlite>,
    /// Who waits for the commit.
    done: Vec<Told>,
    /// Whether the change that came last has a savepoint; the first has none.
    marked: bool,
    /// That change was given up.
    undo: bool,
    /// Nobody knows what the transaction holds: all of it is given up.
    lost: bool,
}

/// Those who want to write something short, in the order in which they came.
pub(crate) struct Line {
    seat: Arc<Mutex<Option<Open>>>,
    waiting: AtomicUsize,
    /// A commit of several failed: so many after it go alone, so that one that cannot be committed
    /// fails alone when they are tried again.
    apart: AtomicUsize,
}

/// One short change under way.
pub(crate) struct Member {
    line: Arc<Line>,
    /// Some until the change is over.
    seat: Option<OwnedMutexGuard<Option<Open>>>,
}

impl Line {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { seat: Arc::default(), waiting: AtomicUsize::new(0), apart: AtomicUsize::new(0) })
    }

    /// Begins a change when its turn has come, and looks whether whoever acts still may: in one go with the savepoint.
    pub(super) async fn enter(self: &Arc<Self>, pool: &SqlitePool, acting: Option<CredentialId>) -> Result<Member, StoreError> {
        let turn = Turn::wait(self);
        let seat = Arc::clone(&self.seat).lock_owned().await;
        drop(turn);
        let mut member = Member { line: Arc::clone(self), seat: Some(seat) };
        let Some(seat) = member.seat.as_deref_mut() else { return Err(StoreError::Collision) };
        if seat.as_ref().is_some_and(|open| open.lost) {
            // Who waits for it is told by its being dropped.
            *seat = None;
        }
        let began = match seat {
            Some(open) => {
                let text = match (open.marked, open.undo) {
                    (false, _) => MARK,
                    (true, false) => MARK_NEXT,
                    (true, true) => UNDO_AND_MARK,
                };
                // Until it is known how this went, nothing is.
                open.lost = true;
                let live = is_live(&mut open.tx, text, acting).await?;
                (open.marked, open.undo, open.lost) = (true, false, false);
                live
            }
            None => {
                let tx = pool.begin_with("BEGIN IMMEDIATE").await?;
                let open = seat.insert(Open { tx, done: Vec::new(), marked: false, undo: false, lost: false });
                acting.is_none() || is_live(&mut open.tx, ["", LOOK], acting).await?
            }
        };
        if began { Ok(member) } else { Err(StoreError::Over) }
    }

    /// Whether it is time to commit what so many have done.
    fn enough(&self, done: usize) -> bool {
        self.waiting.load(Ordering::SeqCst) == 0 || done >= MOST || self.apart.load(Ordering::SeqCst) > 0
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
        let Some(Open { mut tx, done, undo, .. }) = seat.take().filter(|open| !open.lost) else { return };
        let commit = async {
            if undo {
                tx.execute("ROLLBACK TO member").await?;
            }
            tx.commit().await
        };
        match commit.await {
            Ok(()) => {
                let left = self.apart.load(Ordering::SeqCst);
                self.apart.store(left.saturating_sub(done.len()), Ordering::SeqCst);
                drop(seat);
                for one in done {
                    // Who does not listen any more has gone away.
                    let _ = one.send(Ok(()));
                }
            }
            Err(error) => {
                let several = done.len() > 1;
                if several {
                    self.apart.fetch_max(done.len(), Ordering::SeqCst);
                }
                drop(seat);
                let mut error = Some(StoreError::from(error));
                for one in done {
                    let said = if several { StoreError::Collision } else { error.take().unwrap_or(StoreError::Collision) };
                    let _ = one.send(Err(said));
                }
            }
        }
    }
}

/// Marks a place, and looks whether a session or token still stands: the second text, where somebody acts by one.
async fn is_live(conn: &mut SqliteConnection, texts: [&'static str; 2], acting: Option<CredentialId>) -> Result<bool, sqlx::Error> {
    let Some(credential) = acting else {
        conn.execute(texts[0]).await?;
        return Ok(true);
    };
    Ok(sqlx::query(texts[1]).bind(credential).fetch_optional(conn).await?.is_some())
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
    /// Ends the change: what it did is on the disk when this yields, or nothing of it happened.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let (tell, told) = oneshot::channel();
        let Some(mut seat) = self.seat.take() else { return Err(StoreError::Collision) };
        let Some(open) = seat.as_mut() else { return Err(StoreError::Collision) };
        open.done.push(tell);
        if self.line.enough(open.done.len()) {
            let line = Arc::clone(&self.line);
            // Apart from this request, which may be given up: the others would not learn what became of theirs.
            tokio::spawn(async move { line.finish(seat).await });
        } else {
            self.line.hand_over(seat);
        }
        told.await.unwrap_or(Err(StoreError::Collision))
    }
}

impl Line {
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
        self.line.hand_over(seat);
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
