//! Portal roles, local passwords, set-up links.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, PortalRole, change};
use tenure_domain::credential::LinkPurpose;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::IdentityKind;
use uuid::Uuid;

use crate::engine::{StoreError, Tx, WriteTx};

/// The one row that says which installation this is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Instance {
    /// Made at first start.
    pub id: Uuid,
    /// Which key file belongs to it.
    pub key_id: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A live identity that holds the role of an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Administrator {
    /// Who.
    pub id: IdentityId,
    /// Person, or something that never signs in.
    pub kind: IdentityKind,
    /// Whether it can sign in.
    pub has_password: bool,
}

/// A local password, hashed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LocalAccount {
    /// Whose.
    pub identity_id: IdentityId,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    /// When it was set.
    pub changed_at: DateTime<Utc>,
    /// Wrong tries since the last right one.
    pub failures: i32,
    /// Until when no try counts.
    pub locked_until: Option<DateTime<Utc>>,
}

/// A link with which somebody chooses a password, once.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SetupLink {
    /// Keyed hash of the token.
    pub token_hash: Vec<u8>,
    /// Whose.
    pub identity_id: IdentityId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// What it is for.
    pub purpose: LinkPurpose,
}

impl Tx {
    /// Which installation this is; None before the first start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn instance(&mut self) -> Result<Option<Instance>, StoreError> {
        Ok(fetch_optional!(self, Instance, "SELECT * FROM instance LIMIT 1"))
    }

    /// What somebody may be in the portal, as granted. Manager and employee are not granted: they
    /// follow from having reports and from being.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn portal_roles_of(&mut self, id: IdentityId) -> Result<BTreeSet<PortalRole>, StoreError> {
        Ok(fetch_all!(self, (PortalRole,), "SELECT role FROM portal_roles WHERE identity_id = $1", id).into_iter().map(|r| r.0).collect())
    }

    /// The live administrators, those who were made one first at the head. Sealed accounts do not count: whoever
    /// relies on them has locked everybody out already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn administrators(&mut self) -> Result<Vec<Administrator>, StoreError> {
        // From the few who have the role to who they are: SQLite joins crosswise as it is written.
        Ok(fetch_all!(
            self,
            Administrator,
            "SELECT i.id, i.kind, EXISTS (SELECT 1 FROM local_accounts l WHERE l.identity_id = i.id) AS has_password
             FROM portal_roles r CROSS JOIN identities i
             WHERE i.id = r.identity_id AND r.role = 'admin' AND i.state IN ('active', 'on-leave')
                 AND NOT EXISTS (SELECT 1 FROM break_glass b WHERE b.identity_id = i.id) ORDER BY r.granted_at, i.id"
        ))
    }

    /// The local password of an identity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn local_account(&mut self, id: IdentityId) -> Result<Option<LocalAccount>, StoreError> {
        Ok(fetch_optional!(self, LocalAccount, "SELECT * FROM local_accounts WHERE identity_id = $1", id))
    }

    /// A set-up link.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setup_link(&mut self, token_hash: &[u8]) -> Result<Option<SetupLink>, StoreError> {
        Ok(fetch_optional!(self, SetupLink, "SELECT * FROM setup_links WHERE token_hash = $1", token_hash))
    }
}

impl WriteTx {
    /// Writes down which installation this is, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_instance(&mut self, _proof: &impl May<change::WriteAccounts>, instance: &Instance) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO instance (id, key_id, created_at) VALUES ($1, $2, $3)",
            instance.id,
            instance.key_id.as_str(),
            instance.created_at
        );
        Ok(())
    }

    /// Gives a portal role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grant_portal_role(
        &mut self,
        _proof: &impl May<change::WriteAccounts>,
        id: IdentityId,
        role: PortalRole,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO portal_roles (identity_id, role, granted_at) VALUES ($1, $2, $3) ON CONFLICT (identity_id, role) DO NOTHING",
            id,
            role,
            at
        );
        Ok(())
    }

    /// Takes a portal role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_portal_role(
        &mut self,
        _proof: &impl May<change::WriteAccounts>,
        id: IdentityId,
        role: PortalRole,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM portal_roles WHERE identity_id = $1 AND role = $2", id, role) == 1)
    }

    /// Kills the local password of an identity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_local_account(&mut self, _proof: &impl May<change::WriteCredentials>, id: IdentityId) -> Result<u64, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM local_accounts WHERE identity_id = $1", id))
    }

    /// Sets a local password, and forgets wrong tries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_local_account(
        &mut self,
        _proof: &impl May<change::WriteAccounts>,
        id: IdentityId,
        password_hash: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO local_accounts (identity_id, password_hash, changed_at, failures) VALUES ($1, $2, $3, 0)
             ON CONFLICT (identity_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at, failures = 0, locked_until = NULL",
            id, password_hash, at
        );
        Ok(())
    }

    /// Counts a wrong try, and locks after so many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_failure(
        &mut self,
        _proof: &impl May<change::WriteAccounts>,
        id: IdentityId,
        lock_after: i32,
        locked_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE local_accounts SET failures = CASE WHEN failures + 1 >= $2 THEN 0 ELSE failures + 1 END,
                 locked_until = CASE WHEN failures + 1 >= $2 THEN $3 ELSE locked_until END WHERE identity_id = $1",
            id,
            lock_after,
            locked_until
        );
        Ok(())
    }

    /// Forgets wrong tries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_failures(&mut self, _proof: &impl May<change::WriteAccounts>, id: IdentityId) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE local_accounts SET failures = 0, locked_until = NULL WHERE identity_id = $1", id);
        Ok(())
    }

    /// Keeps a set-up link, in place of earlier ones of the identity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_setup_link(&mut self, _proof: &impl May<change::WriteAccounts>, link: &SetupLink) -> Result<(), StoreError> {
        execute!(self.tx, "DELETE FROM setup_links WHERE identity_id = $1", link.identity_id);
        execute!(
            self.tx,
            "INSERT INTO setup_links (token_hash, identity_id, created_at, expires_at, purpose) VALUES ($1, $2, $3, $4, $5)",
            link.token_hash.as_slice(),
            link.identity_id,
            link.created_at,
            link.expires_at,
            link.purpose
        );
        Ok(())
    }

    /// Takes back the links by which somebody would choose a new password: those for a forgotten one, and every one of
    /// somebody who has a password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_back_links(&mut self, _proof: &impl May<change::WriteAccounts>, id: IdentityId) -> Result<u64, StoreError> {
        Ok(execute!(
            self.tx,
            "DELETE FROM setup_links WHERE identity_id = $1 AND used_at IS NULL
               AND (purpose = 'reset' OR EXISTS (SELECT 1 FROM local_accounts a WHERE a.identity_id = $1))",
            id
        ))
    }

    /// Uses a link, once: of two at the same time, one is told that it came too late.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is used or over.
    pub async fn use_setup_link(
        &mut self,
        _proof: &impl May<change::WriteAccounts>,
        token_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let n = execute!(
            self.tx,
            "UPDATE setup_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
            token_hash,
            now
        );
        if n == 1 { Ok(()) } else { Err(StoreError::Conflict("the link")) }
    }
}
