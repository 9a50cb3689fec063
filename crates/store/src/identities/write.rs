//! Writing identities, many at once.

use std::collections::HashMap;

use chrono::NaiveDate;
use tenure_domain::access::{May, change};
use tenure_domain::fold::fold;
use tenure_domain::id::{EmploymentId, IdentityId};
use tenure_domain::identity::Identity;

use crate::engine::{Change, Conn, Dialect as _, LockRows, RowLock, SqliteTx, StoreError, WriteTx};

/// A period of employment.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Employment {
    /// Its key.
    pub id: EmploymentId,
    /// Whose.
    pub identity_id: IdentityId,
    /// First day.
    pub started_on: NaiveDate,
    /// Last day, when it is over.
    pub ended_on: Option<NaiveDate>,
    /// Joiner or rehire.
    pub start_reason: String,
    /// Why it ended.
    pub end_reason: String,
}

/// Who is new and who is known differ by the end of the statement only.
macro_rules! put {
    ($insert:ident, $tx:expr, $rows:expr, $tail:expr) => {
        $insert!($tx, columns: 29,
            "INSERT INTO identities (id, kind, state, user_name, user_name_key, employee_id, source_id, source_present, display_name, name_key, given_name, family_name, email, department, title, purpose, manager_id, owner_id, persona_of, time_zone, start_on, end_on, epoch, attributes, search_text, version, created_at, updated_at, ended_at) ",
            $rows,
            |b, i| {
                b.push_bind(i.id).push_bind(i.kind).push_bind(i.state).push_bind(i.user_name.as_str()).push_bind(fold(&i.user_name))
                    .push_bind(i.employee_id.as_deref()).push_bind(i.source_id).push_bind(i.source_present).push_bind(i.display_name.as_str())
                    .push_bind(i.name_key()).push_bind(i.given_name.as_str()).push_bind(i.family_name.as_str()).push_bind(i.email.as_str())
                    .push_bind(i.department.as_str()).push_bind(i.title.as_str()).push_bind(i.purpose.as_str()).push_bind(i.manager_id)
                    .push_bind(i.owner_id).push_bind(i.persona_of).push_bind(i.time_zone.as_str()).push_bind(i.start_on).push_bind(i.end_on)
                    .push_bind(i.epoch).push_bind(sqlx::types::Json(&i.attributes)).push_bind(i.search_text()).push_bind(i.version)
                    .push_bind(i.created_at).push_bind(i.updated_at).push_bind(i.ended_at);
            },
            $tail
        )
    };
}

const UPDATE: &str = "UPDATE identities SET version = ";

/// The columns that differ, whichever way the statement is sent.
macro_rules! differing {
    ($query:ident, $was:ident, $is:ident, $($column:literal: $of:expr),* $(,)?) => {$({
        let of = $of;
        let value = of($is);
        if value != of($was) {
            $query.push(concat!(", ", $column, " = ")).push_bind(value);
        }
    })*};
}

/// The rest of the statement that writes them.
macro_rules! update {
    ($query:ident, $was:ident, $is:ident) => {
        $query.push_bind($is.version);
        differing!(
            $query, $was, $is,
            "kind": |i: &Identity| i.kind,
            "state": |i: &Identity| i.state,
            "user_name": |i: &Identity| i.user_name.clone(),
            "user_name_key": |i: &Identity| fold(&i.user_name),
            "employee_id": |i: &Identity| i.employee_id.clone(),
            "source_id": |i: &Identity| i.source_id,
            "source_present": |i: &Identity| i.source_present,
            "display_name": |i: &Identity| i.display_name.clone(),
            "name_key": |i: &Identity| i.name_key(),
            "given_name": |i: &Identity| i.given_name.clone(),
            "family_name": |i: &Identity| i.family_name.clone(),
            "email": |i: &Identity| i.email.clone(),
            "department": |i: &Identity| i.department.clone(),
            "title": |i: &Identity| i.title.clone(),
            "purpose": |i: &Identity| i.purpose.clone(),
            "manager_id": |i: &Identity| i.manager_id,
            "owner_id": |i: &Identity| i.owner_id,
            "persona_of": |i: &Identity| i.persona_of,
            "time_zone": |i: &Identity| i.time_zone.clone(),
            "start_on": |i: &Identity| i.start_on,
            "end_on": |i: &Identity| i.end_on,
            "attributes": |i: &Identity| sqlx::types::Json(i.attributes.clone()),
            "search_text": |i: &Identity| i.search_text(),
            "updated_at": |i: &Identity| i.updated_at,
            "ended_at": |i: &Identity| i.ended_at,

        );
        $query.push(" WHERE id = ").push_bind($is.id).push(" AND version = ").push_bind($was.version);
    };
}

impl WriteTx {
    /// Inserts identities, or overwrites all but the key, the epoch and the day of recording of
    /// those whose version is one less. So nobody's end is undone by a write that did not see it.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when a user name is taken, [`StoreError::Conflict`] when somebody
    /// else changed one of them since it was read.
    pub async fn put_identities(&mut self, _proof: &impl May<change::WriteIdentities>, rows: &[Identity]) -> Result<(), StoreError> {
        self.tx.search = true;
        let (new, known): (Vec<&Identity>, Vec<&Identity>) = rows.iter().partition(|i| i.version == 1);
        if new.len() == 1 && known.is_empty() {
            let tail = match &self.tx.conn {
                Conn::Sqlite(conn) => conn.fill_search_of_one(),
                Conn::Postgres(conn) => conn.fill_search_of_one(),
            };
            put!(insert_rows_later, self.tx, new.as_slice(), tail);
            return Ok(());
        }
        let filled = on_both!(self.tx, conn => match conn.fill_search().filter(|_| !new.is_empty()) {
            Some((how_far, _)) => sqlx::query_scalar::<_, i64>(how_far).fetch_one(&mut **conn).await?,
            None => 0,
        });
        // The known ones first: a name that one of them gives up may be taken by somebody new.
        let mut written = put!(
            insert_rows,
            self.tx,
            known.as_slice(),
            " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, state = excluded.state, user_name = excluded.user_name, user_name_key = excluded.user_name_key,
                employee_id = excluded.employee_id, source_id = excluded.source_id, source_present = excluded.source_present,
                display_name = excluded.display_name, name_key = excluded.name_key, given_name = excluded.given_name, family_name = excluded.family_name,
                email = excluded.email, department = excluded.department, title = excluded.title, purpose = excluded.purpose, manager_id = excluded.manager_id,
                owner_id = excluded.owner_id, persona_of = excluded.persona_of, time_zone = excluded.time_zone, start_on = excluded.start_on,
                end_on = excluded.end_on, attributes = excluded.attributes, search_text = excluded.search_text, version = excluded.version,
                updated_at = excluded.updated_at, ended_at = excluded.ended_at
              WHERE identities.version = excluded.version - 1"
        );
        written += put!(insert_rows, self.tx, new.as_slice(), "");
        on_both!(self.tx, conn => if let Some((_, fill)) = conn.fill_search().filter(|_| !new.is_empty()) {
            sqlx::query(fill).bind(filled).execute(&mut **conn).await?;
        });
        if usize::try_from(written).ok() == Some(rows.len()) { Ok(()) } else { Err(StoreError::Conflict("one of the identities")) }
    }

    /// Overwrites one identity, if nobody else changed it since it was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody did.
    pub async fn update_identity(
        &mut self,
        proof: &impl May<change::WriteIdentities>,
        read_version: i64,
        identity: &Identity,
    ) -> Result<(), StoreError> {
        // The lock of the row and the check in one: the bulk write below then cannot meet another.
        let locked = execute!(self.tx, "UPDATE identities SET version = version WHERE id = $1 AND version = $2", identity.id, read_version);
        if locked != 1 {
            return Err(StoreError::Conflict("the identity"));
        }
        self.put_identities(proof, std::slice::from_ref(identity)).await
    }

    /// As [`Self::update_identity`], where it is known what was read: only what differs is written, so that only the
    /// indexes of that are touched. A short change writes it with its other rows, and is told of a conflict there.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed it since; [`StoreError::Duplicate`] when a name is taken.
    pub async fn change_identity(
        &mut self,
        _proof: &impl May<change::WriteIdentities>,
        was: &Identity,
        is: &Identity,
    ) -> Result<(), StoreError> {
        self.tx.search = true;
        let touched = match &self.tx.conn {
            Conn::Sqlite(SqliteTx::Together(_)) => {
                let mut change = Change::new(&mut self.tx.owed.script, UPDATE);
                update!(change, was, is);
                self.tx.owed.script.add_change("the identity", change)?;
                1
            }
            _ => on_both!(self.tx, conn => {
                let mut query = sqlx::QueryBuilder::new(UPDATE);
                update!(query, was, is);
                query.build().execute(&mut **conn).await?.rows_affected()
            }),
        };
        // A row, and what the index of search has of it.
        if touched == 0 { Err(StoreError::Conflict("the identity")) } else { Ok(()) }
    }

    /// Keeps identities from being changed, or ended, by anybody else until the transaction ends: for who reads them
    /// afterwards, and needs no more. See [`Self::lock_identities`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_identities(&mut self, ids: &[IdentityId]) -> Result<(), StoreError> {
        if !self.has_one_writer() {
            self.lock(ids, RowLock::Alone).await?;
        }
        Ok(())
    }

    /// Keeps identities from being changed, or ended, by anybody else until the transaction ends;
    /// yields the version of each that exists. Whoever gives an identity something locks it first
    /// and reads it then: an end either is seen, or comes after and takes what was given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_identities(&mut self, ids: &[IdentityId]) -> Result<HashMap<IdentityId, i64>, StoreError> {
        self.lock(ids, RowLock::Alone).await
    }

    /// As [`Self::lock_identities`], without those that somebody else is changing: for work that is
    /// still due when they are done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_free_identities(&mut self, ids: &[IdentityId]) -> Result<HashMap<IdentityId, i64>, StoreError> {
        self.lock(ids, RowLock::AloneIfFree).await
    }

    async fn lock(&mut self, ids: &[IdentityId], lock: RowLock) -> Result<HashMap<IdentityId, i64>, StoreError> {
        // Always in one order, so that two who lock the same ones wait and do not block each other.
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let found = fetch_for_ids!(
            self.tx,
            (IdentityId, i64),
            &ids,
            |q| {
                q.push("SELECT id, version FROM identities WHERE id IN (");
            },
            |q| {
                q.push(") ORDER BY id").lock_rows(lock);
            }
        );
        Ok(found.into_iter().collect())
    }

    /// Marks whether a source lists identities.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_presence(
        &mut self,
        _proof: &impl May<change::WriteIdentities>,
        ids: &[IdentityId],
        present: bool,
    ) -> Result<(), StoreError> {
        execute_for_ids!(
            self.tx,
            ids,
            |q| {
                q.push("UPDATE identities SET source_present = ").push_bind(present).push(" WHERE id IN (");
            },
            ")"
        );
        Ok(())
    }

    /// Moves the first day of the period of employment that has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_employment(
        &mut self,
        _proof: &impl May<change::WriteIdentities>,
        id: IdentityId,
        started_on: NaiveDate,
    ) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE employments SET started_on = $2 WHERE identity_id = $1 AND ended_on IS NULL", id, started_on);
        Ok(())
    }

    /// Begins periods of employment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_employments(&mut self, _proof: &impl May<change::WriteIdentities>, rows: &[Employment]) -> Result<(), StoreError> {
        insert_rows_later!(self.tx, columns: 6, "INSERT INTO employments (id, identity_id, started_on, ended_on, start_reason, end_reason) ", rows,
            |b, e| { b.push_bind(e.id).push_bind(e.identity_id).push_bind(e.started_on).push_bind(e.ended_on).push_bind(e.start_reason.as_str()).push_bind(e.end_reason.as_str()); }, "");
        Ok(())
    }
}
