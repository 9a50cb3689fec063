//! Transactions. Reading ones see one snapshot; writing ones end with their audit events.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::{Executor as _, Postgres, Sqlite, SqliteConnection, Transaction};
use tenure_domain::audit::{AuditEvent, Events};

use super::owed::Owed;
use super::together::{Member, Seen};
use super::{Dialect as _, StoreError};
use crate::idempotency::Claim;
use crate::imports::MaybeSource;

/// The keyed HMAC by which each audit event is sealed before the sealer gives it a leaf.
pub type EventMac = Arc<dyn Fn(&[u8]) -> [u8; 32] + Send + Sync>;

pub(crate) enum Conn {
    Sqlite(SqliteTx),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction of the embedded database: of its own, or shared with other short changes.
pub(crate) enum SqliteTx {
    Alone(Transaction<'static, Sqlite>),
    Together(Member),
}

impl Deref for SqliteTx {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Alone(tx) => tx,
            Self::Together(member) => member,
        }
    }
}

impl DerefMut for SqliteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Alone(tx) => tx,
            Self::Together(member) => member,
        }
    }
}

/// From so many new rows on, what the planner knows of the tables is out of date.
const MANY: u64 = 20_000;

/// A transaction, for reading.
pub struct Tx {
    pub(crate) conn: Conn,
    /// Rows put in by statements for many rows.
    pub(crate) inserted: u64,
    /// A short change of one person: its rows are written together.
    pub(crate) is_short: bool,
    /// Rows of a short change that are still to be written.
    pub(crate) owed: Owed,
    /// What people are found by may have changed.
    pub(crate) search: bool,
    /// There is nobody who receives signals.
    pub(crate) tells_nobody: bool,
}

impl Tx {
    pub(super) fn new(conn: Conn) -> Self {
        Self { conn, inserted: 0, is_short: false, owed: Owed::default(), search: false, tells_nobody: false }
    }

    /// Writes the rows that are still to be written.
    pub(crate) async fn write_owed(&mut self) -> Result<(), StoreError> {
        match &mut self.conn {
            Conn::Sqlite(conn) => self.owed.script.write(conn).await,
            Conn::Postgres(conn) => self.owed.parts.write(conn).await,
        }
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.conn {
            Conn::Sqlite(_) => "Tx(SQLite)",
            Conn::Postgres(_) => "Tx(PostgreSQL)",
        })
    }
}

/// A transaction that sees one snapshot and changes nothing.
#[derive(Debug)]
pub struct ReadTx(pub(super) Tx);

impl Deref for ReadTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.0
    }
}

impl DerefMut for ReadTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.0
    }
}

/// A transaction that changes something. Dropped without a commit, it changes nothing.
pub struct WriteTx {
    pub(crate) tx: Tx,
    pub(super) mac: EventMac,
    /// Nobody can change roles and rules until this ends.
    pub(super) holds_model: bool,
    /// The key of roles and rules as they are, once it was read after they were held.
    pub(crate) model: Option<uuid::Uuid>,
    /// The source of whoever acts, as it was seen at the beginning; asked for at most once.
    pub(crate) source: Option<MaybeSource>,
    /// There were no targets when this was last looked at.
    pub(crate) reaches_nothing: bool,
    /// What its commit fulfils.
    pub(super) once: Option<Arc<Claim>>,
}

impl std::fmt::Debug for WriteTx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Write{:?}", self.tx)
    }
}

impl Deref for WriteTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

impl WriteTx {
    /// With what was seen in the step in which it began.
    pub(super) fn beginning_with(self, seen: Seen) -> Self {
        let tx = Tx { tells_nobody: !seen.tells, ..self.tx };
        Self { tx, model: Some(seen.model), source: Some(seen.source), reaches_nothing: !seen.reaches, ..self }
    }

    /// Writes audit events of the change that is under way, so that not all of them need to be kept
    /// until the commit. They are there only if the transaction commits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append(&mut self, events: &[AuditEvent]) -> Result<(), StoreError> {
        let mac = Arc::clone(&self.mac);
        crate::audit::append(&mut self.tx, &mac, events).await
    }

    /// Counts rows that transactions before this one put in for the same purpose: where they are many, what the planner
    /// knows is refreshed with this commit.
    pub fn after_rows(&mut self, rows: usize) {
        self.tx.inserted += u64::try_from(rows).unwrap_or(u64::MAX);
    }

    /// Writes the audit events and commits.
    ///
    /// # Errors
    /// When the database fails; then nothing of the transaction has happened.
    pub async fn commit(mut self, events: impl Into<Events>) -> Result<(), StoreError> {
        match self.complete(events.into()).await {
            Ok(()) => self.unscoped_commit().await,
            Err(error) => Err(self.given_up(error).await),
        }
    }

    /// Writes what belongs to a change beside what it is.
    async fn complete(&mut self, events: Events) -> Result<(), StoreError> {
        let mac = Arc::clone(&self.mac);
        crate::audit::append(&mut self.tx, &mac, events.iter()).await?;
        if self.tx.inserted >= MANY {
            on_both!(self.tx, conn => for statement in conn.refresh_statistics() {
                sqlx::query(*statement).execute(&mut **conn).await?;
            });
        }
        if let Some(claim) = self.once.take() {
            self.fulfil(&claim).await?;
        }
        Ok(())
    }

    /// Commits without an event of its own: for bookkeeping that no person's change is behind
    /// (the seal of the audit log itself, the time a session was last seen).
    pub(crate) async fn unscoped_commit(mut self) -> Result<(), StoreError> {
        if let Err(error) = self.tx.write_owed().await {
            return Err(self.given_up(error).await);
        }
        match self.tx.conn {
            Conn::Sqlite(SqliteTx::Alone(mut tx)) => {
                if self.tx.search {
                    let settle = tx.settle_search();
                    tx.execute(settle).await?;
                }
                tx.commit().await?;
            }
            Conn::Sqlite(SqliteTx::Together(member)) => member.commit(self.tx.search).await?,
            Conn::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Changes nothing after all. A change that reaches the disk together with others
    /// ([`crate::engine::Store::write_together`]) has seen what they did: whoever wants to answer by what it saw, be it
    /// an error, does so after this only. Of a change of its own this is the same as dropping it.
    ///
    /// # Errors
    /// [`StoreError::Collision`] when what it saw is not so, because the others' changes could not be committed.
    pub async fn give_up(self) -> Result<(), StoreError> {
        match self.tx.conn {
            Conn::Sqlite(SqliteTx::Together(member)) => member.give_up().await,
            Conn::Sqlite(SqliteTx::Alone(_)) | Conn::Postgres(_) => Ok(()),
        }
    }

    /// What to say of a change that failed.
    async fn given_up(self, error: StoreError) -> StoreError {
        self.give_up().await.err().unwrap_or(error)
    }
}
