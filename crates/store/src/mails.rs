//! Mail to people: owed by the transaction of what is told, taken by whoever sends, settled by what the server said.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{Id as _, IdentityId, MailId};
use tenure_domain::mail::{MailKind, MailState};

use crate::engine::{Store, StoreError, Tx, WriteTx};
use crate::page::{Cursor, Page, PageRequest};

/// To how many people one claim writes at once.
const BATCH: i64 = 8;

/// A mail that is to be owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail<'m> {
    /// Its key, from which its Message-ID is made.
    pub id: MailId,
    /// For whom.
    pub identity_id: IdentityId,
    /// Why.
    pub kind: MailKind,
    /// To which address.
    pub recipient: &'m str,
    /// Who owes the same again owes nothing.
    pub once: &'m str,
    /// What it says, sealed.
    pub facts: &'m [u8],
    /// From when it is of no use.
    pub void_at: Option<DateTime<Utc>>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MailRow {
    /// Its key.
    pub id: MailId,
    /// For whom.
    pub identity_id: IdentityId,
    /// Why.
    pub kind: MailKind,
    /// To which address.
    pub recipient: String,
    /// What it says, sealed; None when it is not kept any more.
    pub facts: Option<Vec<u8>>,
    /// Where it stands.
    pub state: MailState,
    /// How often the server asked to come back later with it.
    pub failures: i32,
    /// When it is tried next.
    pub next_at: DateTime<Utc>,
    /// From when it is of no use.
    pub void_at: Option<DateTime<Utc>>,
    /// What the server said last, or why it was given up.
    pub said: String,
    /// Since when it is owed.
    pub created_at: DateTime<Utc>,
    /// When it was sent or given up.
    pub settled_at: Option<DateTime<Utc>>,
}

/// A mail in a list, with the name of whom it is for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MailView {
    /// The mail.
    #[sqlx(flatten)]
    pub mail: MailRow,
    /// The name of whom it is for.
    pub display_name: String,
}

/// How it goes with the mail server.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MailRoute {
    /// Failures in a row.
    pub failures: i32,
    /// Since when.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it is asked next.
    pub next_at: DateTime<Utc>,
    /// What went wrong last.
    pub said: String,
    /// When it last took a mail.
    pub sent_at: Option<DateTime<Utc>>,
}

/// What came of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailOutcome {
    /// Which.
    pub id: MailId,
    /// Where it stands now.
    pub state: MailState,
    /// What the server said, or why it was given up.
    pub said: String,
    /// When it is tried again, where this one was the trouble.
    pub next_at: Option<DateTime<Utc>>,
    /// What it says is not kept.
    pub forgets: bool,
}

/// What came of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledMails<'s> {
    /// Whose claim it was.
    pub by: &'s str,
    /// Failures of the server in a row.
    pub failures: i32,
    /// Since when.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it is asked next.
    pub next_at: DateTime<Utc>,
    /// What went wrong, if it did.
    pub said: &'s str,
    /// Now.
    pub now: DateTime<Utc>,
    /// What came of each.
    pub mails: &'s [MailOutcome],
}

impl Tx {
    /// Mails, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mails(&mut self, state: Option<MailState>, page: &PageRequest) -> Result<Page<MailView>, StoreError> {
        let backwards = page.after.is_none() && page.before.is_some();
        let from = page.after.as_ref().or(page.before.as_ref()).map(|cursor| MailId::from_uuid(cursor.id));
        let limit = i64::try_from(page.limit() + 1).unwrap_or(i64::MAX);
        let states: Vec<MailState> = state.map_or_else(|| MailState::ALL.to_vec(), |state| vec![state]);
        let rows: Vec<MailView> = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT m.*, i.display_name FROM mails m JOIN identities i ON i.id = m.identity_id WHERE m.state IN (");
            {
                let mut list = query.separated(", ");
                for state in states { list.push_bind(state); }
            }
            query.push(")");
            if let Some(from) = from {
                query.push(if backwards { " AND m.id > " } else { " AND m.id < " }).push_bind(from);
            }
            query.push(if backwards { " ORDER BY m.id ASC LIMIT " } else { " ORDER BY m.id DESC LIMIT " }).push_bind(limit);
            query.build_query_as().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, page, |row| Cursor { keys: Vec::new(), id: row.mail.id.uuid() }))
    }

    /// One mail.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mail(&mut self, id: MailId) -> Result<Option<MailView>, StoreError> {
        Ok(fetch_optional!(
            self,
            MailView,
            "SELECT m.*, i.display_name FROM mails m JOIN identities i ON i.id = m.identity_id WHERE m.id = $1",
            id
        ))
    }

    /// How many mails wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mails_waiting(&mut self) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT count(*) FROM mails WHERE state = 'owed'").0)
    }

    /// How it goes with the mail server.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mail_route(&mut self) -> Result<MailRoute, StoreError> {
        Ok(fetch_one!(self, MailRoute, "SELECT failures, failing_since, next_at, said, sent_at FROM mail_route WHERE id = 1"))
    }
}

impl Store {
    /// Whether a mail is due, nobody sends, and the server is not left alone for now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mail_is_due(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let due: Option<(i32,)> = look!(
            self,
            (i32,),
            concat!(
                "SELECT 1 FROM mail_route r WHERE r.id = 1 AND r.next_at <= $1 AND (r.claimed_until IS NULL OR r.claimed_until <= $1)
                   AND EXISTS (SELECT 1 FROM mails m WHERE m.state = 'owed' AND m.next_at <= $1
                               AND NOT EXISTS (SELECT 1 FROM mails e WHERE e.recipient = m.recipient AND e.state = 'owed' AND e.id < m.id))
                   AND ",
                not_held!()
            ),
            now
        );
        Ok(due.is_some())
    }

    /// Takes what is due, until a moment: of each address the oldest mail that is owed to it, so that its mails keep their
    /// order. Those that failed least go first, so that none stands in the way of all, and of them those that are of no use
    /// later. None when somebody else sends, the server is left alone for now, nothing is due, or a restored database is
    /// looked at. Who holds what is bookkeeping: it leaves no event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_mails(
        &self,
        _proof: &impl May<change::WriteMails>,
        by: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<(MailRoute, Vec<MailRow>)>, StoreError> {
        let mut tx = self.write().await?;
        let taken = execute!(
            tx.tx,
            concat!(
                "UPDATE mail_route SET claimed_by = $1, claimed_until = $3
                 WHERE id = 1 AND next_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2) AND ",
                not_held!()
            ),
            by,
            now,
            until
        );
        if taken == 0 {
            return Ok(None);
        }
        let mails = fetch_all!(
            tx.tx,
            MailRow,
            "SELECT m.* FROM mails m
             WHERE m.state = 'owed' AND m.next_at <= $1
               AND NOT EXISTS (SELECT 1 FROM mails e WHERE e.recipient = m.recipient AND e.state = 'owed' AND e.id < m.id)
             ORDER BY m.failures, CASE WHEN m.void_at IS NULL THEN 1 ELSE 0 END, m.id LIMIT $2",
            now,
            BATCH
        );
        if mails.is_empty() {
            return Ok(None);
        }
        let route = tx.mail_route().await?;
        tx.unscoped_commit().await?;
        Ok(Some((route, mails)))
    }

    /// Keeps what came of a claim in which no mail was given up: bookkeeping, without an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_mails(&self, proof: &impl May<change::WriteMails>, settled: &SettledMails<'_>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.settle_mails(proof, settled).await?;
        tx.unscoped_commit().await
    }

    /// Lets go what settled mails said, and later that there were any; yields how much.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_mails(&self, said_before: DateTime<Utc>, settled_before: DateTime<Utc>) -> Result<u64, StoreError> {
        let due = look!(
            self,
            (i32,),
            "SELECT 1 FROM mails WHERE settled_at < $2 OR (settled_at < $1 AND facts IS NOT NULL) LIMIT 1",
            said_before,
            settled_before
        );
        if due.is_none() {
            return Ok(0);
        }
        let mut tx = self.write().await?;
        let gone = execute!(tx.tx, "DELETE FROM mails WHERE settled_at < $1", settled_before);
        let emptied = execute!(tx.tx, "UPDATE mails SET facts = NULL WHERE settled_at < $1 AND facts IS NOT NULL", said_before);
        tx.unscoped_commit().await?;
        Ok(gone + emptied)
    }
}

impl Tx {
    /// Mails that are owed though they are over: older than a moment, or of no use any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mails_over(&mut self, created_before: DateTime<Utc>, now: DateTime<Utc>, limit: i64) -> Result<Vec<MailRow>, StoreError> {
        Ok(fetch_all!(
            self,
            MailRow,
            "SELECT * FROM mails WHERE state = 'owed' AND (created_at <= $1 OR void_at <= $2) ORDER BY id LIMIT $3",
            created_before,
            now,
            limit
        ))
    }
}

impl WriteTx {
    /// Owes a mail. Whether it was not owed before: each is sent once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owe_mail(&mut self, _proof: &impl May<change::WriteMails>, mail: &NewMail<'_>) -> Result<bool, StoreError> {
        let rows = execute!(
            self.tx,
            "INSERT INTO mails (id, identity_id, kind, recipient, once, facts, state, next_at, void_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'owed', $7, $8, $7) ON CONFLICT (once) DO NOTHING",
            mail.id,
            mail.identity_id,
            mail.kind,
            mail.recipient,
            mail.once,
            mail.facts,
            mail.at,
            mail.void_at
        );
        Ok(rows == 1)
    }

    /// Takes back the mails of a kind that wait for somebody: what they say does not hold any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_back_mails(
        &mut self,
        _proof: &impl May<change::WriteMails>,
        identity: IdentityId,
        kind: MailKind,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(execute!(
            self.tx,
            "UPDATE mails SET state = 'given-up', said = $3, settled_at = $4, facts = NULL WHERE identity_id = $1 AND kind = $2 AND state = 'owed'",
            identity,
            kind,
            why,
            now
        ))
    }

    /// Has a mail tried at once, and the server too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_mail_now(
        &mut self,
        _proof: &impl May<change::WriteMails>,
        id: MailId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        execute!(self.tx, "UPDATE mail_route SET next_at = $1 WHERE id = 1 AND next_at > $1", now);
        Ok(execute!(self.tx, "UPDATE mails SET next_at = $2 WHERE id = $1 AND state = 'owed'", id, now) == 1)
    }

    /// Keeps what came of a claim. What was sent was sent, also where the claim is over; how it goes with the server is
    /// said by whoever holds it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_mails(&mut self, _proof: &impl May<change::WriteMails>, settled: &SettledMails<'_>) -> Result<(), StoreError> {
        let held = execute!(
            self.tx,
            "UPDATE mail_route SET claimed_by = NULL, claimed_until = NULL, failures = $2, failing_since = $3, next_at = $4, said = $5
             WHERE id = 1 AND claimed_by = $1",
            settled.by,
            settled.failures,
            settled.failing_since,
            settled.next_at,
            settled.said
        ) == 1;
        for outcome in settled.mails {
            if outcome.state == MailState::Owed {
                let Some(next_at) = outcome.next_at.filter(|_| held) else { continue };
                execute!(
                    self.tx,
                    "UPDATE mails SET failures = failures + 1, next_at = $2, said = $3 WHERE id = $1 AND state = 'owed'",
                    outcome.id,
                    next_at,
                    outcome.said.as_str()
                );
                continue;
            }
            execute!(
                self.tx,
                "UPDATE mails SET state = $2, said = $3, settled_at = $4, facts = CASE WHEN $5 THEN NULL ELSE facts END WHERE id = $1 AND state = 'owed'",
                outcome.id,
                outcome.state,
                outcome.said.as_str(),
                settled.now,
                outcome.forgets
            );
        }
        if settled.mails.iter().any(|outcome| outcome.state == MailState::Sent) {
            execute!(self.tx, "UPDATE mail_route SET sent_at = $1 WHERE id = 1", settled.now);
        }
        Ok(())
    }
}
