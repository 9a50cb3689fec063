//! Writing assignments and grants, many at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::grant::GrantState;
use tenure_domain::id::{AssignmentId, EntitlementId, GrantId, IdentityId};

use super::{NewAssignment, NewGrant};
use crate::engine::{StoreError, Within as _, WriteTx};

macro_rules! insert_grants {
    ($insert:ident, $tx:expr, $rows:expr, $tail:literal) => {
        $insert!($tx, columns: 6, "INSERT INTO grants (id, identity_id, entitlement_id, state, since, observed_at) ", $rows,
            |b, g| { b.push_bind(g.id).push_bind(g.identity_id).push_bind(g.entitlement_id).push_bind(g.state).push_bind(g.since).push_bind(g.observed_at); },
            $tail)
    };
}

impl WriteTx {
    /// Makes assignments.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when one is there already.
    pub async fn insert_assignments(&mut self, _proof: &impl May<change::WriteAccess>, rows: &[NewAssignment]) -> Result<(), StoreError> {
        insert_rows_later!(self.tx, columns: 9, "INSERT INTO assignments (id, identity_id, role_id, reason, origin, note, state, since, until) ", rows,
            |b, a| { b.push_bind(a.id).push_bind(a.identity_id).push_bind(a.role_id).push_bind(a.reason).push_bind(a.origin).push_bind(a.note.as_str()).push_bind("active").push_bind(a.since).push_bind(a.until); }, "");
        Ok(())
    }

    /// Ends assignments.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_assignments(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        ids: &[AssignmentId],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute_for_ids!(
            self.tx,
            ids,
            |q| {
                q.push("UPDATE assignments SET state = 'ended', ended_at = ").push_bind(at).push(" WHERE state <> 'ended' AND id IN (");
            },
            ")"
        );
        Ok(())
    }

    /// Puts assignments that were in grace back in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restore_assignments(&mut self, _proof: &impl May<change::WriteAccess>, ids: &[AssignmentId]) -> Result<(), StoreError> {
        execute_for_ids!(
            self.tx,
            ids,
            |q| {
                q.push("UPDATE assignments SET state = 'active', until = NULL WHERE state = 'grace' AND id IN (");
            },
            ")"
        );
        Ok(())
    }

    /// Gives assignments a grace time; those of one call share their end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grace_assignments(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        ids: &[AssignmentId],
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute_for_ids!(
            self.tx,
            ids,
            |q| {
                q.push("UPDATE assignments SET state = 'grace', until = ").push_bind(until).push(" WHERE state = 'active' AND id IN (");
            },
            ")"
        );
        Ok(())
    }

    /// Makes grants. One that was there before, removed or not, keeps its key and takes the rest; yields the keys of these, by the keys that were given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_grants(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        rows: &[NewGrant],
    ) -> Result<HashMap<GrantId, GrantId>, StoreError> {
        // Nearly all are new: told apart here, they need no statement that looks for a conflict at each row.
        let there = self.pairs_granted_to(rows).await?;
        let (back, new): (Vec<&NewGrant>, Vec<&NewGrant>) =
            rows.iter().partition(|g| there.contains_key(&(g.identity_id, g.entitlement_id)));
        insert_grants!(insert_rows, self.tx, new.as_slice(), "");
        insert_grants!(
            insert_rows,
            self.tx,
            back.as_slice(),
            " ON CONFLICT (identity_id, entitlement_id) DO UPDATE SET state = excluded.state, since = excluded.since, observed_at = excluded.observed_at"
        );
        Ok(back.into_iter().filter_map(|g| Some((g.id, *there.get(&(g.identity_id, g.entitlement_id))?))).collect())
    }

    /// Makes grants of those who have none, because they were made just now.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when one is there already.
    pub async fn insert_first_grants(&mut self, _proof: &impl May<change::WriteAccess>, rows: &[NewGrant]) -> Result<(), StoreError> {
        insert_grants!(insert_rows_later, self.tx, rows, "");
        Ok(())
    }

    /// The pairs of identity and entitlement of which there is a grant, among those who get these.
    async fn pairs_granted_to(&mut self, rows: &[NewGrant]) -> Result<HashMap<(IdentityId, EntitlementId), GrantId>, StoreError> {
        let mut identities: Vec<IdentityId> = rows.iter().map(|g| g.identity_id).collect();
        identities.sort_unstable();
        identities.dedup();
        let pairs = fetch_for_ids!(
            self.tx,
            (IdentityId, EntitlementId, GrantId),
            &identities,
            |q| {
                q.push("SELECT identity_id, entitlement_id, id FROM grants WHERE identity_id IN (");
            },
            |q| {
                q.push(")").within("identity_id", &identities);
            }
        );
        Ok(pairs.into_iter().map(|(identity, entitlement, id)| ((identity, entitlement), id)).collect())
    }

    /// Changes the state of grants.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_grants(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        ids: &[GrantId],
        state: GrantState,
    ) -> Result<(), StoreError> {
        execute_for_ids!(
            self.tx,
            ids,
            |q| {
                q.push("UPDATE grants SET state = ").push_bind(state).push(" WHERE id IN (");
            },
            ")"
        );
        Ok(())
    }

    /// Notes whether grants were seen on their target.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn observe_grants(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        ids: &[GrantId],
        at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        execute_for_ids!(
            self.tx,
            ids,
            |q| {
                q.push("UPDATE grants SET observed_at = ").push_bind(at).push(" WHERE id IN (");
            },
            ")"
        );
        Ok(())
    }
}
