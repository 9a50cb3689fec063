//! How people must sign in.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, PortalRole, change};
use tenure_domain::id::IdentityId;
use tenure_domain::sign_in::SignInPolicy;

use crate::engine::{StoreError, Tx, WriteTx};

/// The policy, and how often it was changed.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyRow {
    /// What it says.
    pub policy: SignInPolicy,
    /// How often it was changed; 0 where nobody ever did.
    pub version: i64,
}

/// Who signs in with a role and lacks a factor: people who have a password, or whom a provider knows. Managers and
/// employees follow from the records.
macro_rules! people {
    () => {
        " FROM identities i WHERE i.kind = 'person' AND i.state IN ('active', 'on-leave')
           AND (EXISTS (SELECT 1 FROM local_accounts l WHERE l.identity_id = i.id)
             OR EXISTS (SELECT 1 FROM sign_in_links s WHERE s.identity_id = i.id AND s.ended_at IS NULL))
           AND ($1 = 'employee' OR EXISTS (SELECT 1 FROM portal_roles r WHERE r.identity_id = i.id AND r.role = $1)
             OR ($1 = 'manager' AND EXISTS (SELECT 1 FROM identities d WHERE d.manager_id = i.id AND d.state NOT IN ('terminated', 'archived'))))
           AND NOT EXISTS (SELECT 1 FROM factors f WHERE f.identity_id = i.id AND f.copied_at IS NULL AND (f.kind = 'passkey' OR $2))"
    };
}

/// A policy as it is written.
///
/// # Errors
/// When it is none: then nobody can say how people must sign in.
pub fn parse_policy(text: Option<&str>) -> Result<SignInPolicy, StoreError> {
    match text {
        Some(text) => serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)).into()),
        None => Ok(SignInPolicy::default()),
    }
}

impl Tx {
    /// How people must sign in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_policy(&mut self) -> Result<PolicyRow, StoreError> {
        let saved = fetch_optional!(self, (String, i64), "SELECT policy, version FROM sign_in_policy WHERE id = 1");
        let (text, version) = saved.map_or((None, 0), |(text, version)| (Some(text), version));
        Ok(PolicyRow { policy: parse_policy(text.as_deref())?, version })
    }

    /// Who could sign in as this role and lacks a factor that serves: how many, and the first of them by name. A passkey
    /// is meant where `passkey_only`, otherwise any factor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn without_factor(
        &mut self,
        role: PortalRole,
        passkey_only: bool,
        limit: i64,
    ) -> Result<(i64, Vec<(IdentityId, String)>), StoreError> {
        let (role, any) = (role.as_str(), !passkey_only);
        let n = fetch_one!(self, (i64,), concat!("SELECT COUNT(*)", people!()), role, any).0;
        let list = concat!("SELECT i.id, i.display_name", people!(), " ORDER BY i.display_name, i.id LIMIT $3");
        let first = fetch_all!(self, (IdentityId, String), list, role, any, limit);
        Ok((n, first))
    }
}

impl WriteTx {
    /// Says how people must sign in.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else did since this version.
    pub async fn put_sign_in_policy(
        &mut self,
        _proof: &impl May<change::WriteSignInPolicy>,
        read_version: i64,
        policy: &SignInPolicy,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(policy).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        let n = execute!(
            self.tx,
            "INSERT INTO sign_in_policy (id, policy, version, changed_at) VALUES (1, $1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET policy = excluded.policy, version = excluded.version, changed_at = excluded.changed_at
             WHERE sign_in_policy.version = $2 - 1",
            text.as_str(),
            read_version + 1,
            at
        );
        if n == 1 { Ok(()) } else { Err(StoreError::Conflict("the policy")) }
    }
}
