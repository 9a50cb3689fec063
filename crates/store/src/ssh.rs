//! SSH keys that hosts ask for, and the hosts that may ask.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::credential::CredentialState;
use tenure_domain::grant::GrantState;
use tenure_domain::id::{AccountId, ApplicationId, CredentialId, HostId, IdentityId};

use crate::engine::{Store, StoreError, Tx, WriteTx};

/// A host that may ask, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HostRow {
    /// Its key.
    pub id: HostId,
    /// The target that it is part of: it is told of no other.
    pub application_id: ApplicationId,
    /// What people call it.
    pub name: String,
    /// Keyed hash of its token.
    pub token_hash: Vec<u8>,
    /// The first signs of its token.
    pub hint: String,
    /// When the token was made.
    pub created_at: DateTime<Utc>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
    /// When somebody ended it.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it last asked.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl HostRow {
    /// Whether its token works.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// A host that asks, by a token that works.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AskingHost {
    /// Its key.
    pub id: HostId,
    /// Its target.
    pub application_id: ApplicationId,
    /// The settings of its target.
    #[sqlx(json)]
    pub settings: serde_json::Value,
    /// When it was last noted that it asked.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A key that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ServedKey {
    /// The account with the login name.
    pub account_id: AccountId,
    /// The key's credential.
    pub credential_id: CredentialId,
    /// What its holder calls it.
    pub label: String,
    /// Type and base64.
    pub text: String,
    /// As `ssh-keygen -l` shows it.
    pub fingerprint: String,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// Whose a key is, and whether it lives.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KnownKey {
    /// Whose.
    pub identity_id: Option<IdentityId>,
    /// Where its credential stands.
    pub state: CredentialState,
}

impl Tx {
    /// The host whose token has this hash, if the token works and its target is one of hosts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asking_host(&mut self, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<AskingHost>, StoreError> {
        Ok(fetch_optional!(
            self,
            AskingHost,
            "SELECT h.id, h.application_id, t.settings, h.last_used_at FROM ssh_hosts h JOIN targets t ON t.application_id = h.application_id
             WHERE h.token_hash = $1 AND h.revoked_at IS NULL AND h.expires_at > $2 AND t.kind = 'ssh'",
            token_hash,
            now
        ))
    }

    /// The keys that let somebody in under a login name: those of whoever has that account there, may act and holds
    /// something there; and of these the keys that live. What a host is given, and what is read back. A name that two
    /// accounts have is nobody's, whoever of them lives.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn served_keys(&mut self, target: ApplicationId, login: &str, now: DateTime<Utc>) -> Result<Vec<ServedKey>, StoreError> {
        Ok(fetch_all!(
            self,
            ServedKey,
            "SELECT a.id AS account_id, c.id AS credential_id, c.label, k.text, k.fingerprint, c.expires_at
             FROM accounts a JOIN identities i ON i.id = a.identity_id JOIN credentials c ON c.identity_id = i.id
             JOIN ssh_keys k ON k.credential_id = c.id
             WHERE a.application_id = $1 AND a.name = $2 AND a.state <> 'gone' AND i.state IN ('active', 'on-leave')
               AND NOT EXISTS (SELECT 1 FROM accounts b
                               WHERE b.application_id = a.application_id AND b.name = a.name AND b.id <> a.id AND b.state <> 'gone')
               AND c.state = 'active' AND c.expires_at > $3
               AND EXISTS (SELECT 1 FROM grants g JOIN entitlements e ON e.id = g.entitlement_id
                           WHERE g.identity_id = i.id AND g.state = 'held' AND e.application_id = a.application_id)
             ORDER BY c.id",
            target,
            login,
            now
        ))
    }

    /// The account with a login name on a target, and whether whoever has it may act.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_of(&mut self, target: ApplicationId, login: &str) -> Result<Option<(AccountId, bool)>, StoreError> {
        Ok(fetch_optional!(
            self,
            (AccountId, bool),
            "SELECT a.id, (i.state IN ('active', 'on-leave')) FROM accounts a JOIN identities i ON i.id = a.identity_id
             WHERE a.application_id = $1 AND a.name = $2 AND a.state <> 'gone' ORDER BY a.id",
            target,
            login
        ))
    }

    /// Whether whoever has a login name on a target holds an entitlement there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_holds(&mut self, target: ApplicationId, login: &str, entitlement: &str) -> Result<bool, StoreError> {
        Ok(fetch_optional!(
            self,
            (GrantState,),
            "SELECT g.state FROM accounts a JOIN grants g ON g.identity_id = a.identity_id JOIN entitlements e ON e.id = g.entitlement_id
             WHERE a.application_id = $1 AND a.name = $2 AND a.state <> 'gone' AND e.application_id = $1 AND e.name = $3 AND g.state = 'held'",
            target,
            login,
            entitlement
        )
        .is_some())
    }

    /// The hosts of a target, those whose tokens work first, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ssh_hosts(&mut self, target: ApplicationId, now: DateTime<Utc>) -> Result<Vec<HostRow>, StoreError> {
        Ok(fetch_all!(
            self,
            HostRow,
            "SELECT * FROM ssh_hosts WHERE application_id = $1
             ORDER BY CASE WHEN revoked_at IS NULL AND expires_at > $2 THEN 0 ELSE 1 END, name, id DESC LIMIT 500",
            target,
            now
        ))
    }

    /// A host.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ssh_host(&mut self, id: HostId) -> Result<Option<HostRow>, StoreError> {
        Ok(fetch_optional!(self, HostRow, "SELECT * FROM ssh_hosts WHERE id = $1", id))
    }

    /// What some hosts are called.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ssh_host_names(&mut self, ids: &[HostId]) -> Result<Vec<(HostId, String)>, StoreError> {
        Ok(fetch_for_ids!(self, (HostId, String), ids, "SELECT id, name FROM ssh_hosts WHERE id IN (", ")"))
    }

    /// Whose the key with a fingerprint is, if it was ever registered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_ssh_key(&mut self, fingerprint: &str) -> Result<Option<KnownKey>, StoreError> {
        Ok(fetch_optional!(
            self,
            KnownKey,
            "SELECT c.identity_id, c.state FROM ssh_keys k JOIN credentials c ON c.id = k.credential_id WHERE k.fingerprint = $1",
            fingerprint
        ))
    }

    /// How many keys of somebody hosts may be given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_ssh_keys(&mut self, identity: IdentityId) -> Result<i64, StoreError> {
        Ok(fetch_one!(
            self,
            (i64,),
            "SELECT COUNT(*) FROM credentials c JOIN ssh_keys k ON k.credential_id = c.id WHERE c.identity_id = $1 AND c.state = 'active'",
            identity
        )
        .0)
    }

    /// Whether hosts are given a credential: it is a key that was registered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_ssh_key(&mut self, credential: CredentialId) -> Result<bool, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM ssh_keys WHERE credential_id = $1", credential).0 > 0)
    }

    /// The targets on whose hosts somebody has an account: a key's end is read back on each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ssh_targets_of(&mut self, identity: IdentityId) -> Result<Vec<ApplicationId>, StoreError> {
        let rows = fetch_all!(
            self,
            (ApplicationId,),
            "SELECT DISTINCT a.application_id FROM accounts a JOIN targets t ON t.application_id = a.application_id
             WHERE a.identity_id = $1 AND a.state <> 'gone' AND t.kind = 'ssh' ORDER BY 1",
            identity
        );
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}

impl WriteTx {
    /// Keeps a host with its token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_ssh_host(&mut self, _proof: &impl May<change::WriteTargets>, host: &HostRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO ssh_hosts (id, application_id, name, token_hash, hint, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            host.id,
            host.application_id,
            host.name.as_str(),
            host.token_hash.as_slice(),
            host.hint.as_str(),
            host.created_at,
            host.expires_at
        );
        Ok(())
    }

    /// Lets the token of a host work until a moment at most. Yields whether it would have worked longer: of one that was
    /// replaced already, it would not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shorten_ssh_host(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        id: HostId,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let touched =
            execute!(self.tx, "UPDATE ssh_hosts SET expires_at = $2 WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2", id, until);
        Ok(touched == 1)
    }

    /// Ends the token of a host. Yields whether it still worked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_ssh_host(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        id: HostId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "UPDATE ssh_hosts SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2", id, now) == 1)
    }

    /// Ends the tokens of all hosts of a target that is one of hosts no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_ssh_hosts(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        target: ApplicationId,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(execute!(self.tx, "UPDATE ssh_hosts SET revoked_at = $2 WHERE application_id = $1 AND revoked_at IS NULL", target, now))
    }

    /// Keeps the public key of a credential.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the key is registered already.
    pub async fn insert_ssh_key(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        credential: CredentialId,
        text: &str,
        fingerprint: &str,
    ) -> Result<(), StoreError> {
        execute!(self.tx, "INSERT INTO ssh_keys (credential_id, text, fingerprint) VALUES ($1, $2, $3)", credential, text, fingerprint);
        Ok(())
    }
}

impl Store {
    /// Notes that a host asked; no person's change is behind it, so it leaves no event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_ssh_host(&self, id: HostId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "UPDATE ssh_hosts SET last_used_at = $2 WHERE id = $1", id, now);
        tx.unscoped_commit().await
    }
}
