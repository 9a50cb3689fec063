//! Who acts, when, by which way, and with what.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::access::{Action, Authorized, Channel, Denied, Principal, PrincipalKind, Resource, Scope, TargetName, authorize, scope};
use tenure_domain::audit::{Actor, AuditEvent, EventBody, Outcome, Stream};
use tenure_domain::id::{EventId, Id};
use tenure_domain::people::Limits;
use tenure_domain::sign_in::Level;
use tenure_store::Store;
use tenure_vault::{Keys, PasswordPool};

use crate::ServiceError;
use crate::ids::new_id;
use crate::people::mapping::Mapping;

/// What configuration says to the services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How a source's columns are read, by the source's name; `default` for all others.
    pub mappings: std::collections::BTreeMap<String, Mapping>,
    /// How much one snapshot may change.
    pub limits: Limits,
    /// The address by which people reach the portal: links in mails begin with it.
    pub origin: String,
}

impl Settings {
    /// How the columns of a source are read.
    pub fn mapping(&self, source: &str) -> Mapping {
        self.mappings.get(source).or_else(|| self.mappings.get("default")).cloned().unwrap_or_default()
    }
}

/// What all commands share.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// Keys that are not in the database.
    pub keys: Keys,
    /// Argon2, a bounded number at once.
    pub passwords: PasswordPool,
    /// Configuration.
    pub settings: Arc<Settings>,
    /// How targets are reached.
    pub connectors: Arc<dyn crate::targets::Connect>,
    /// How far this machine has seen the audit log; none for a database that vanishes with the process.
    pub seen: Option<crate::restores::SeenFile>,
    /// By what mails go out; none where no mail server is configured.
    pub mail: Option<Arc<dyn crate::mail::Carrier>>,
    /// Where addresses are; none where no table is configured.
    pub places: Option<Arc<crate::places::Places>>,
    /// What only this process remembers.
    pub transient: Arc<crate::transient::Transient>,
}

/// What the person at a session has proved, and until when that counts for what asks for a fresh proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// How much.
    pub level: Level,
    /// Whether a password of the portal was the first of it.
    pub by_password: bool,
    /// Until when it is fresh.
    pub until: DateTime<Utc>,
}

/// The context of one command.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// What all commands share.
    pub app: Arc<App>,
    /// Who acts.
    pub principal: Principal,
    /// The moment of the command. Nothing below asks the clock.
    pub now: DateTime<Utc>,
    /// What belongs together in the audit log.
    pub request_id: String,
    /// By which way it came in.
    pub channel: Channel,
    /// What the person at the session has proved; none where nobody sits at one.
    pub proven: Option<Proven>,
}

impl Ctx {
    /// The same actor and request at another moment: for making a past.
    pub fn at(&self, now: DateTime<Utc>) -> Self {
        Self { now, ..self.clone() }
    }

    /// The day of the command, in UTC.
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// A new key.
    pub(crate) fn id<I: Id>(&self) -> I {
        I::from_uuid(new_id(self.now))
    }

    /// An event of this command, to be completed.
    pub(crate) fn event(&self, stream: Stream, action: &str) -> AuditEvent {
        AuditEvent(EventBody {
            id: self.id::<EventId>(),
            at: self.now,
            stream,
            action: action.to_owned(),
            actor: Actor::from(&self.principal),
            channel: self.channel,
            request_id: self.request_id.clone(),
            target_kind: String::new(),
            target_id: String::new(),
            target_label: String::new(),
            // Whoever it is about, not whoever did it: what somebody does is for the audit log alone.
            identity_id: None,
            outcome: Outcome::Done,
            reason: String::new(),
            before: serde_json::Value::Null,
            after: serde_json::Value::Null,
        })
    }

    /// Checks an action on a thing. A refusal leaves its own row in the audit log. Every command does
    /// this itself; a form does it first where it looks up what was typed.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`ServiceError::Proof`] where a person must first show anew that it is them.
    pub async fn authorize<A, R>(&self, what: &R) -> Result<Authorized<A>, ServiceError>
    where
        A: Action,
        A::Target: TargetName,
        R: Resource<Key = A::Target> + Sync,
    {
        match authorize::<A, R>(&self.principal, what) {
            Ok(proof) => {
                if A::PROOF {
                    self.fresh()?;
                }
                Ok(proof)
            }
            Err(denied) if crate::accounts::was_told(self, &denied).await? => Err(ServiceError::Denied(denied)),
            Err(denied) => {
                let mut event = self.event(Stream::System, A::KIND.as_str()).target(&what.key(), "").because(why_not(&denied)).refused();
                event.0.identity_id = what.key().identity();
                self.app.store.fulfilling_nothing().write().await?.commit(event).await?;
                Err(ServiceError::Denied(denied))
            }
        }
    }

    /// The rows of a list that somebody asks for. A token that lacks the scope leaves its row in the audit log.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub(crate) async fn rows<A>(&self) -> Result<Scope, ServiceError>
    where
        A: Action,
    {
        match scope::<A>(&self.principal) {
            Ok(rows) => Ok(rows),
            Err(denied) => {
                if denied.lacks.is_some() && !crate::accounts::was_told(self, &denied).await? {
                    let event = self.event(Stream::System, A::KIND.as_str()).because(why_not(&denied)).refused();
                    self.app.store.fulfilling_nothing().write().await?.commit(event).await?;
                }
                Err(ServiceError::Denied(denied))
            }
        }
    }

    /// Makes sure that a person at a session has just shown that it is them. Programs do so with each request.
    ///
    /// # Errors
    /// [`ServiceError::Proof`].
    pub(crate) fn fresh(&self) -> Result<(), ServiceError> {
        let stale =
            matches!(self.principal.kind, PrincipalKind::Person { .. }) && self.proven.is_none_or(|proven| proven.until <= self.now);
        if stale { Err(ServiceError::Proof) } else { Ok(()) }
    }

    /// The rows of a list that the actor may see.
    pub(crate) fn scope<A: Action>(&self) -> Result<Scope, ServiceError> {
        Ok(scope::<A>(&self.principal)?)
    }
}

/// Why it was refused, for the audit log.
fn why_not(denied: &Denied) -> String {
    denied.lacks.map_or_else(|| "not allowed".to_owned(), |scope| format!("the token lacks the scope {scope}"))
}
