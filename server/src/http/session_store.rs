//! Sessions in Tenure's own table: whose they are and which epoch they carry stands in columns,
//! so that one look-up tells whether they live.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::sign_in::{Level, ProvedBy};
use tenure_services::accounts::BEFORE_MINUTES;
use tenure_services::factors::Half;
use tenure_store::accounts::SessionRecord;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::Web;

/// Under which key the session keeps who signed in.
pub(crate) const WHO: &str = "who";
/// Under which key a loaded session says who that is now.
pub(crate) const NOW: &str = "now";

/// Who signed in, as the session keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Who {
    /// Whose.
    pub identity_id: IdentityId,
    /// The session's credential.
    pub session: CredentialId,
    /// The identity's epoch at sign-in.
    pub epoch: i64,
    /// The end, however much it is used.
    pub ends_at: DateTime<Utc>,
    /// How long it lasts from one use to the next, as it was at sign-in.
    #[serde(default = "an_hour")]
    pub idle_minutes: i64,
    /// From where.
    #[serde(default)]
    pub address: String,
    /// By what they proved who they are, first.
    #[serde(default = "Who::password")]
    pub first: ProvedBy,
    /// How much they proved in all.
    #[serde(default = "Who::one")]
    pub level: Level,
    /// When they last did.
    #[serde(default)]
    pub proved_at: DateTime<Utc>,
}

/// Sessions of before have had this limit.
const fn an_hour() -> i64 {
    60
}

/// What a session says that was opened before there were second factors: little, and long ago.
impl Who {
    fn password() -> ProvedBy {
        ProvedBy::Password
    }

    fn one() -> Level {
        Level::One
    }
}

/// Under which key a session keeps that somebody showed the first factor, and not the second one.
pub(crate) const HALF: &str = "half";

/// Who showed the first factor, and where they want to go.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HalfIn {
    /// Who, and what is good for going on.
    pub half: Half,
    /// A path of ours.
    pub next: String,
}

/// Who that is at this request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NowIs {
    /// Name for people.
    pub display_name: String,
    /// Granted portal roles, separated by commas.
    pub roles: String,
    /// Whether anybody reports to it.
    pub has_reports: bool,
    /// Whether nothing goes out to targets.
    pub held: bool,
    /// Whether a sealed account is in use.
    pub alarm: bool,
    /// When it was last seen.
    pub last_seen_at: DateTime<Utc>,
    /// The end by the limits that hold now, however much it is used.
    pub ends_at: DateTime<Utc>,
    /// How long it lasts from one use to the next, by the limits that hold now.
    pub idle_minutes: i64,
    /// The kinds of second factor that they have, separated by commas.
    pub factors: String,
    /// How people must sign in, as it is written.
    pub policy: Option<String>,
}

/// The store that the session layer uses.
#[derive(Debug, Clone)]
pub(crate) struct Sessions(Arc<Web>);

impl Sessions {
    pub(crate) fn new(web: Arc<Web>) -> Self {
        Self(web)
    }
}

/// What stands in the table for a cookie: a copy of the table opens no session.
pub(crate) fn id_hash(web: &Web, id: &Id) -> Vec<u8> {
    web.app.keys.form_token().tag_fields(&[b"session", &id.0.to_be_bytes()]).as_bytes().to_vec()
}

fn backend(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

/// When a session ends that is used now.
pub(crate) fn expiry(now: DateTime<Utc>, ends_at: DateTime<Utc>, idle_minutes: i64) -> DateTime<Utc> {
    ends_at.min(now + Duration::minutes(idle_minutes))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // A record whose session was emptied still carries the id of before, which somebody else may
        // know: a new session has a new id. 128 random bits: no collision is among the things that happen.
        record.id = Id::default();
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let now = Utc::now();
        let who: Option<Who> = record.data.get(WHO).and_then(|value| serde_json::from_value(value.clone()).ok());
        let mut data = record.data.clone();
        data.remove(NOW);
        let row = SessionRecord {
            id_hash: id_hash(&self.0, &record.id),
            identity_id: who.as_ref().map(|w| w.identity_id),
            credential_id: who.as_ref().map(|w| w.session),
            epoch: who.as_ref().map(|w| w.epoch),
            data: serde_json::to_value(&data).map_err(backend)?,
            expires_at: match &who {
                Some(who) => expiry(now, who.ends_at, who.idle_minutes),
                None => now + Duration::minutes(BEFORE_MINUTES),
            },
            address: who.map(|who| who.address).unwrap_or_default(),
        };
        self.0.app.store.put_session(&row, now).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut tx = self.0.app.store.read().await.map_err(backend)?;
        let Some(row) = tx.live_session(&id_hash(&self.0, id), Utc::now()).await.map_err(backend)? else { return Ok(None) };
        let limits = row.limits();
        let mut data: std::collections::HashMap<String, serde_json::Value> = serde_json::from_value(row.data).map_err(backend)?;
        if row.identity_id.is_some() {
            let now_is = NowIs {
                ends_at: row.created_at + Duration::minutes(limits.overall),
                idle_minutes: limits.idle,
                display_name: row.display_name.unwrap_or_default(),
                roles: row.roles.unwrap_or_default(),
                has_reports: row.has_reports,
                held: row.held,
                alarm: row.alarm,
                last_seen_at: row.last_seen_at,
                factors: row.factors.unwrap_or_default(),
                policy: row.policy,
            };
            data.insert(NOW.to_owned(), serde_json::to_value(now_is).map_err(backend)?);
        }
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.timestamp()).map_err(backend)?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.app.store.delete_session(&id_hash(&self.0, id)).await.map_err(backend)
    }
}
