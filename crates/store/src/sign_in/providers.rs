//! By whom people sign in.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::ProviderId;
use tenure_domain::sign_in::{ClientAuth, LinkBy, LinkRule, ProviderState};

use crate::engine::{LockRows as _, RowLock, Store, StoreError, Tx, WriteTx};

/// A provider, as it is stored. Its secret is sealed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ProviderRow {
    /// Its key.
    pub id: ProviderId,
    /// What people call it.
    pub name: String,
    /// Whether people may sign in by it.
    pub state: ProviderState,
    /// Who it is: `iss`.
    pub issuer: String,
    /// Who Tenure is there: `aud`.
    pub client_id: String,
    /// How Tenure proves that.
    pub client_auth: ClientAuth,
    /// Sealed; empty where there is none.
    pub secret: Vec<u8>,
    /// What is asked for beside `openid`, separated by blanks.
    pub scopes: String,
    /// By what somebody is found who comes for the first time.
    pub link_by: LinkBy,
    /// The claim that says it.
    pub link_claim: String,
    /// The domains of mail addresses that are believed, separated by blanks.
    pub link_domains: String,
    /// Whether who signs out here is sent on to sign out there.
    pub sign_out_there: bool,
    /// What it said of itself last; empty before.
    pub metadata: String,
    /// When it was last asked that.
    pub looked_at: Option<DateTime<Utc>>,
    /// Its keys.
    pub jwks: String,
    /// When keys were last fetched because a token did not fit them.
    pub keys_at: Option<DateTime<Utc>>,
    /// Why it could not be used last; empty where it could.
    pub said: String,
    /// How often it was changed.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl ProviderRow {
    /// The rule by which people are linked.
    pub fn rule(&self) -> LinkRule {
        LinkRule {
            by: self.link_by,
            claim: self.link_claim.clone(),
            domains: self.link_domains.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// A provider in the list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ProviderView {
    /// The provider.
    #[sqlx(flatten)]
    pub provider: ProviderRow,
    /// How many are linked and may still use it.
    pub links: i64,
}

impl Tx {
    /// All providers by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_providers(&mut self) -> Result<Vec<ProviderView>, StoreError> {
        Ok(fetch_all!(
            self,
            ProviderView,
            "SELECT p.*, (SELECT COUNT(*) FROM sign_in_links l WHERE l.provider_id = p.id AND l.ended_at IS NULL) AS links
             FROM sign_in_providers p ORDER BY p.name, p.id"
        ))
    }

    /// Keys and names of those by which people may sign in, by name: for who is not signed in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ways_of_sign_in(&mut self) -> Result<Vec<(ProviderId, String)>, StoreError> {
        Ok(fetch_all!(self, (ProviderId, String), "SELECT id, name FROM sign_in_providers WHERE state = 'enabled' ORDER BY name, id"))
    }

    /// Keys and names of all, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_provider_names(&mut self) -> Result<Vec<(ProviderId, String)>, StoreError> {
        Ok(fetch_all!(self, (ProviderId, String), "SELECT id, name FROM sign_in_providers ORDER BY name, id"))
    }

    /// One provider.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_provider(&mut self, id: ProviderId) -> Result<Option<ProviderRow>, StoreError> {
        Ok(fetch_optional!(self, ProviderRow, "SELECT * FROM sign_in_providers WHERE id = $1", id))
    }

    /// The provider with this issuer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in_provider_of(&mut self, issuer: &str) -> Result<Option<ProviderId>, StoreError> {
        Ok(fetch_optional!(self, (ProviderId,), "SELECT id FROM sign_in_providers WHERE issuer = $1", issuer).map(|(id,)| id))
    }
}

/// What is kept of looks at providers. No person's change is behind it.
impl Store {
    /// Keeps what a provider said of itself, and its keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_provider_look(
        &self,
        id: ProviderId,
        issuer: &str,
        metadata: &str,
        jwks: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        // Of that very issuer: it may have been edited meanwhile.
        execute!(
            tx.tx,
            "UPDATE sign_in_providers SET metadata = $3, jwks = $4, looked_at = $5, said = '' WHERE id = $1 AND issuer = $2",
            id,
            issuer,
            metadata,
            jwks,
            now
        );
        tx.unscoped_commit().await
    }

    /// Keeps why a provider cannot be used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_provider_fault(&self, id: ProviderId, said: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "UPDATE sign_in_providers SET said = $2 WHERE id = $1", id, said);
        tx.unscoped_commit().await
    }

    /// Claims the fetch of keys because a token did not fit them: whether nobody else did since a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_provider_keys(&self, id: ProviderId, now: DateTime<Utc>, since: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE sign_in_providers SET keys_at = $2 WHERE id = $1 AND (keys_at IS NULL OR keys_at <= $3)";
        let claimed = execute!(tx.tx, sql, id, now, since);
        if claimed == 1 {
            tx.unscoped_commit().await?;
        }
        Ok(claimed == 1)
    }

    /// Keeps keys that were fetched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_provider_keys(&self, id: ProviderId, issuer: &str, jwks: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "UPDATE sign_in_providers SET jwks = $3 WHERE id = $1 AND issuer = $2", id, issuer, jwks);
        tx.unscoped_commit().await
    }
}

impl WriteTx {
    /// Keeps a provider as it is until the transaction ends, and reads it: whoever signs somebody in by it takes this first.
    /// What an administrator or the provider itself ends is either seen, or comes after and ends this sign-in too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_sign_in_provider(&mut self, id: ProviderId) -> Result<Option<ProviderRow>, StoreError> {
        self.locked_provider(id, RowLock::Shared).await
    }

    /// Waits for everybody who is being signed in by a provider, keeps others from it, and reads it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_sign_in_provider(&mut self, id: ProviderId) -> Result<Option<ProviderRow>, StoreError> {
        self.locked_provider(id, RowLock::Alone).await
    }

    async fn locked_provider(&mut self, id: ProviderId, lock: RowLock) -> Result<Option<ProviderRow>, StoreError> {
        Ok(on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT * FROM sign_in_providers WHERE id = ");
            query.push_bind(id);
            query.lock_rows(lock).build_query_as().fetch_optional(&mut **conn).await?
        }))
    }

    /// Puts a provider in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_sign_in_provider(&mut self, _proof: &impl May<change::WriteProviders>, p: &ProviderRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO sign_in_providers (id, name, state, issuer, client_id, client_auth, secret, scopes, link_by, link_claim, link_domains,
                 sign_out_there, metadata, looked_at, jwks, keys_at, said, version, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, NULL, '', 1, $16)",
            p.id,
            p.name.as_str(),
            p.state,
            p.issuer.as_str(),
            p.client_id.as_str(),
            p.client_auth,
            p.secret.as_slice(),
            p.scopes.as_str(),
            p.link_by,
            p.link_claim.as_str(),
            p.link_domains.as_str(),
            p.sign_out_there,
            p.metadata.as_str(),
            p.looked_at,
            p.jwks.as_str(),
            p.created_at
        );
        Ok(())
    }

    /// Changes a provider, if it is still of that version. Its issuer stays: links are of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is of another version.
    pub async fn update_sign_in_provider(&mut self, _proof: &impl May<change::WriteProviders>, p: &ProviderRow) -> Result<(), StoreError> {
        let changed = execute!(
            self.tx,
            "UPDATE sign_in_providers SET name = $3, client_id = $4, client_auth = $5, secret = $6, scopes = $7, link_by = $8, link_claim = $9,
                 link_domains = $10, sign_out_there = $11, version = version + 1 WHERE id = $1 AND version = $2",
            p.id,
            p.version,
            p.name.as_str(),
            p.client_id.as_str(),
            p.client_auth,
            p.secret.as_slice(),
            p.scopes.as_str(),
            p.link_by,
            p.link_claim.as_str(),
            p.link_domains.as_str(),
            p.sign_out_there
        );
        if changed == 1 { Ok(()) } else { Err(StoreError::Conflict("the provider")) }
    }

    /// Lets people sign in by it, or nobody any more. Whether it was otherwise before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_sign_in_provider_state(
        &mut self,
        _proof: &impl May<change::WriteProviders>,
        id: ProviderId,
        state: ProviderState,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE sign_in_providers SET state = $2, version = version + 1 WHERE id = $1 AND state <> $2";
        Ok(execute!(self.tx, sql, id, state) == 1)
    }

    /// Takes a provider away, with its links.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sign_in_provider(&mut self, _proof: &impl May<change::WriteProviders>, id: ProviderId) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM sign_in_providers WHERE id = $1", id) == 1)
    }
}
