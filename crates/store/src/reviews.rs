//! Questions to reviewers: whether what a target has otherwise than recorded may stay so.

use chrono::{DateTime, NaiveDate, Utc};
use tenure_domain::access::{May, Scope, change};
use tenure_domain::id::{AccountId, ApplicationId, Id as _, IdentityId, ReviewId};
use tenure_domain::review::ReviewState;

use crate::engine::{StoreError, Tx, WriteTx, storable};
use crate::page::{Cursor, Page, PageRequest};
use crate::targets::Drift;
use crate::tasks::doers;

/// A question that is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReview<'a> {
    /// Its key.
    pub id: ReviewId,
    /// The account.
    pub account: AccountId,
    /// The target.
    pub target: ApplicationId,
    /// Whose account it is.
    pub identity: IdentityId,
    /// What it is about: both values of each attribute.
    pub question: &'a Drift,
    /// Who asks, by name.
    pub asker: &'a str,
    /// Who is asked.
    pub reviewer: IdentityId,
    /// What they are told.
    pub note: &'a str,
    /// Until when.
    pub due_on: NaiveDate,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A question, with its names.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReviewRow {
    /// Its key.
    pub id: ReviewId,
    /// The account.
    pub account_id: AccountId,
    /// The account, by the name there.
    pub account: String,
    /// The target.
    pub application_id: ApplicationId,
    /// The target, by name.
    pub application: String,
    /// Whose account it was when it was asked.
    pub identity_id: IdentityId,
    /// Whose, by name.
    pub identity: String,
    /// What it is about: both values of each attribute, as they were then.
    #[sqlx(json)]
    pub question: Drift,
    /// Where it stands.
    pub state: ReviewState,
    /// Who asked, by name.
    pub asker: String,
    /// Who was asked.
    pub asked_id: IdentityId,
    /// Who was asked, by name.
    pub asked: String,
    /// Who decides now: whoever was asked, else the application's owner; nobody where administrators do.
    pub reviewer_id: Option<IdentityId>,
    /// Who decides now, by name.
    pub reviewer: Option<String>,
    /// What they were told.
    pub note: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Until when.
    pub due_on: NaiveDate,
    /// Who decided, by name; empty while nobody has, and for Tenure itself.
    pub decided_by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
}

/// Which questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReviewFilter {
    /// Those that are decided, withdrawn or moot, the newest first; else those that are open, what is due first first.
    pub settled: bool,
    /// Only those that one decides.
    pub of: Option<IdentityId>,
    /// Only about accounts on one target.
    pub application_id: Option<ApplicationId>,
}

/// An open question whose account is otherwise than it was when it was asked, as far as the database can tell.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DoubtfulReview {
    /// Its key.
    pub id: ReviewId,
    /// The account, by the name there.
    pub account: String,
    /// Whose account it was.
    pub identity_id: IdentityId,
    /// Whether it is still theirs.
    pub is_theirs: bool,
    /// Whether they have ended.
    pub has_ended: bool,
    /// Whether the account is there no more.
    pub is_gone: bool,
    /// What it is about.
    #[sqlx(json)]
    pub question: Drift,
    /// What is otherwise now.
    #[sqlx(json(nullable))]
    pub drift: Option<Drift>,
}

/// Of which accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewed {
    /// Of one.
    Account(AccountId),
    /// Of those on a target.
    Target(ApplicationId),
    /// Of all.
    All,
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// Where it stands now.
    pub state: ReviewState,
    /// Who decided, by name; empty for Tenure itself.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

const VIEW: &str = concat!(
    "SELECT o.id, o.account_id, x.name AS account, o.application_id, a.name AS application, o.identity_id, i.display_name AS identity, o.question, o.state, o.asker,
        o.reviewer_id AS asked_id, n.display_name AS asked, COALESCE(d.id, w.id) AS reviewer_id, COALESCE(d.display_name, w.display_name) AS reviewer,
        o.note, o.asked_at, o.due_on, o.decided_by, o.reason, o.decided_at
     FROM drift_reviews o JOIN accounts x ON x.id = o.account_id JOIN applications a ON a.id = o.application_id JOIN identities i ON i.id = o.identity_id
     JOIN identities n ON n.id = o.reviewer_id",
    doers!("o.reviewer_id"),
    "WHERE "
);

impl Tx {
    /// A question.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn review(&mut self, id: ReviewId) -> Result<Option<ReviewRow>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push("o.id = ").push_bind(id);
            query.build_query_as::<ReviewRow>().fetch_optional(&mut **conn).await?
        }))
    }

    /// A page of the questions that somebody may see: their own are those that they decide.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_reviews(
        &mut self,
        scope: Scope,
        filter: &ReviewFilter,
        request: &PageRequest,
    ) -> Result<Page<ReviewRow>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let day = |from: &Cursor| from.keys.first().and_then(|key| key.parse::<NaiveDate>().ok()).unwrap_or_default();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(if filter.settled { "o.state <> 'open'" } else { "o.state = 'open'" });
            for decides in scope.limited_to().iter().chain(&filter.of) {
                query.push(" AND (o.reviewer_id = ").push_bind(*decides).push(" OR a.owner_id = ").push_bind(*decides);
                query.push(") AND COALESCE(d.id, w.id) = ").push_bind(*decides);
            }
            if let Some(target) = filter.application_id {
                query.push(" AND o.application_id = ").push_bind(target);
            }
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                if filter.settled {
                    query.push(if backwards { " AND o.id > " } else { " AND o.id < " }).push_bind(from.id);
                } else {
                    query.push(if backwards { " AND (o.due_on, o.id) < (" } else { " AND (o.due_on, o.id) > (" });
                    query.push_bind(day(from)).push(", ").push_bind(from.id).push(")");
                }
            }
            query.push(match (filter.settled, backwards) {
                (true, true) => " ORDER BY o.id LIMIT ",
                (true, false) => " ORDER BY o.id DESC LIMIT ",
                (false, true) => " ORDER BY o.due_on DESC, o.id DESC LIMIT ",
                (false, false) => " ORDER BY o.due_on, o.id LIMIT ",
            });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<ReviewRow>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: vec![row.due_on.to_string()], id: row.id.uuid() }))
    }

    /// How many open questions wait for somebody, and how many of these were due before a day; with those that wait for
    /// any administrator, if that is asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviews_waiting(&mut self, decides: IdentityId, or_nobody: bool, today: NaiveDate) -> Result<(i64, i64), StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT COUNT(*), COUNT(CASE WHEN o.due_on < ");
            query.push_bind(today);
            query.push(concat!(
                " THEN 1 END) FROM drift_reviews o JOIN applications a ON a.id = o.application_id JOIN identities i ON i.id = o.identity_id",
                doers!("o.reviewer_id"),
                "WHERE o.state = 'open' AND (COALESCE(d.id, w.id) = "
            ));
            query.push_bind(decides).push(if or_nobody { " OR COALESCE(d.id, w.id) IS NULL)" } else { ")" });
            if !or_nobody {
                // Whoever decides was asked, or owns the application: the others are not gone through.
                query.push(" AND o.id IN (SELECT r.id FROM drift_reviews r WHERE r.state = 'open' AND r.reviewer_id = ").push_bind(decides);
                query.push(" UNION SELECT r.id FROM applications p JOIN drift_reviews r ON r.application_id = p.id AND r.state = 'open' WHERE p.owner_id = ");
                query.push_bind(decides).push(")");
            }
            query.build_query_as::<(i64, i64)>().fetch_one(&mut **conn).await?
        }))
    }

    /// How many open questions were to be decided before a day, whoever does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overdue_reviews(&mut self, today: NaiveDate) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM drift_reviews WHERE state = 'open' AND due_on < $1", today).0)
    }

    /// Open questions after one about which there is perhaps nothing to decide any more, in the order of keys. A target
    /// may tell the same values in another order: who asks compares them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn doubtful_reviews(&mut self, of: Reviewed, after: Option<ReviewId>, limit: i64) -> Result<Vec<DoubtfulReview>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(
                "SELECT o.id, x.name AS account, o.identity_id, COALESCE(x.identity_id = o.identity_id, 1 = 0) AS is_theirs,
                    i.state IN ('terminated', 'archived') AS has_ended, x.state = 'gone' AS is_gone, o.question, x.drift
                 FROM drift_reviews o JOIN accounts x ON x.id = o.account_id JOIN identities i ON i.id = o.identity_id
                 WHERE o.state = 'open' AND (x.drift IS DISTINCT FROM o.question OR x.state = 'gone' OR x.identity_id IS DISTINCT FROM o.identity_id
                   OR i.state IN ('terminated', 'archived'))",
            );
            match of {
                Reviewed::Account(id) => query.push(" AND o.account_id = ").push_bind(id),
                Reviewed::Target(id) => query.push(" AND o.application_id = ").push_bind(id),
                Reviewed::All => &mut query,
            };
            if let Some(after) = after {
                query.push(" AND o.id > ").push_bind(after);
            }
            query.push(" ORDER BY o.id LIMIT ").push_bind(limit);
            query.build_query_as::<DoubtfulReview>().fetch_all(&mut **conn).await?
        }))
    }
}

impl WriteTx {
    /// Asks. One question about an account is open at a time.
    ///
    /// # Errors
    /// When one is, or when the database fails.
    pub async fn insert_review(&mut self, _proof: &impl May<change::WriteReviews>, new: &NewReview<'_>) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO drift_reviews (id, account_id, application_id, identity_id, question, state, asker, reviewer_id, note, asked_at, due_on)
             VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10)",
            new.id,
            new.account,
            new.target,
            new.identity,
            sqlx::types::Json(new.question),
            storable(new.asker),
            new.reviewer,
            storable(new.note),
            new.at,
            new.due_on
        );
        Ok(())
    }

    /// Keeps what came of a question. Yields whether it was open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_review(
        &mut self,
        _proof: &impl May<change::WriteReviews>,
        id: ReviewId,
        verdict: Verdict<'_>,
    ) -> Result<bool, StoreError> {
        let settled = execute!(
            self.tx,
            "UPDATE drift_reviews SET state = $2, decided_by = $3, reason = $4, decided_at = $5 WHERE id = $1 AND state = 'open'",
            id,
            verdict.state,
            storable(verdict.by),
            storable(verdict.reason),
            verdict.at
        );
        Ok(settled == 1)
    }
}
