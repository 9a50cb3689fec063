//! A directory in memory that tests break on purpose, and short ways to what it is owed. That real
//! targets are reached is for the suites against real servers to say.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::{Value, json};
use tenure_connectors::*;
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::ApplicationId;
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_domain::target::{OnEnd, TargetKind};
use tenure_services::operations::{attempt, claim_operations, settle_operation};
use tenure_services::targets::{Connect, TargetDraft, configure_target};
use tenure_services::{App, Ctx, testing};

use super::support::*;

/// What is in the directory.
#[derive(Debug, Default)]
pub struct Contents {
    /// By name: whether somebody can sign in.
    pub accounts: BTreeMap<String, bool>,
    /// By account: what else is known of it.
    pub attributes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Names that somebody has there of whom Tenure knows nothing.
    pub strangers: BTreeSet<String>,
    /// By group: accounts, and groups behind an `@`.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    /// What goes wrong next, one for each exchange.
    pub faults: VecDeque<Fault>,
    /// Says yes and does nothing.
    pub lies: bool,
    /// What it was asked to change.
    pub asked: Vec<String>,
    /// By account: when its password was set.
    pub passwords: BTreeMap<String, DateTime<Utc>>,
    /// Stops answering after so many things were told.
    pub hangs_after: Option<usize>,
    /// Stops telling after so many things, as if that were all; otherwise it ends with a watermark.
    pub cut_after: Option<usize>,
    /// What it says is gone, when it is asked for changes.
    pub deleted: Vec<String>,
    /// Tells where a reading ended, and then only accounts and groups of these names.
    pub watermark: Option<String>,
    pub changed: BTreeSet<String>,
    /// From where it was asked to tell changes.
    pub since: Vec<Option<String>>,
}

impl Contents {
    fn found(&self, name: &str) -> FoundAccount {
        let mut attributes = self.attributes.get(name).cloned().unwrap_or_default();
        attributes.entry("employeeNumber".to_owned()).or_insert_with(|| vec![name.to_uppercase()]);
        let account = AccountRef { key: format!("key-{name}"), name: name.to_owned() };
        FoundAccount { account, enabled: self.accounts.get(name).copied().unwrap_or_default(), attributes, last_used_at: None }
    }
}

/// A directory in memory.
#[derive(Debug, Clone, Default)]
pub struct Directory(pub Arc<Mutex<Contents>>);

impl Directory {
    pub fn contents(&self) -> std::sync::MutexGuard<'_, Contents> {
        self.0.lock().unwrap()
    }

    pub fn breaks(&self, kind: FaultKind, times: usize) {
        self.contents().faults.extend((0..times).map(|_| Fault::new(kind, format!("{kind:?} on purpose"))));
    }
}

impl Connect for Directory {
    fn check(&self, _: TargetKind, settings: &Value) -> Result<(), String> {
        settings.get("url").map(|_| ()).ok_or_else(|| "url: say where the directory is".to_owned())
    }

    fn connect(&self, _: TargetKind, _: &Value, secret: Secret, _: Limits) -> Result<Arc<dyn Connector>, Fault> {
        assert_eq!(secret.expose(), "s3cret", "the secret comes as it was entered");
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl Connector for Directory {
    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::ListAccounts,
            Capability::ListEntitlements,
            Capability::ListCredentials,
            Capability::Disable,
            Capability::Delete,
            Capability::Membership,
        ]
    }

    async fn probe(&self) -> Result<Probe, Fault> {
        match self.contents().faults.pop_front() {
            Some(fault) => Err(fault),
            None => Ok(Probe { product: "Memory".to_owned(), signed_in_as: "tenure".to_owned(), remarks: Vec::new() }),
        }
    }

    async fn perform(&self, change: &Change) -> Result<Outcome, Fault> {
        let mut it = self.contents();
        if let Some(fault) = it.faults.pop_front() {
            return Err(fault);
        }
        let (what, account) = words(change);
        it.asked.push(format!("{what} {account}"));
        if it.lies {
            return Ok(Outcome::Done);
        }
        let was = match change {
            Change::Disable(_) => it.accounts.get_mut(&account).map(|on| std::mem::replace(on, false)).unwrap_or(false),
            Change::Enable(_) => it.accounts.get_mut(&account).map(|on| !std::mem::replace(on, true)).unwrap_or(false),
            Change::Delete { .. } => it.accounts.remove(&account).is_some(),
            Change::RemoveMember { entitlement, .. } => it.groups.get_mut(&entitlement.key).is_some_and(|g| g.remove(&account)),
            Change::Create(draft) if it.strangers.contains(&draft.account.name) => {
                return Err(Fault::new(FaultKind::NameTaken, format!("{account} is somebody else's")));
            }
            Change::Create(draft) => {
                it.attributes.insert(account.clone(), draft.attributes.clone());
                it.accounts.insert(account.clone(), true) != Some(true)
            }
            Change::Change(draft) => {
                // What it is not asked for it leaves.
                let there = it.attributes.entry(account.clone()).or_default();
                let before = there.clone();
                there.extend(draft.attributes.clone());
                *there != before
            }
            Change::AddMember { .. } if !it.accounts.contains_key(&account) => {
                return Err(Fault::new(FaultKind::Refused, format!("there is no {account}")));
            }
            Change::AddMember { entitlement, .. } => it.groups.entry(entitlement.key.clone()).or_default().insert(account.clone()),
            _ => return Err(Fault::new(FaultKind::Unsupported, "this directory cannot do that")),
        };
        Ok(if was { Outcome::Done } else { Outcome::AlreadySo })
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, Fault> {
        let mut it = self.contents();
        if let Some(fault) = it.faults.pop_front() {
            return Err(fault);
        }
        let (_, account) = words(change);
        let so = match change {
            Change::Disable(_) => !it.accounts.get(&account).copied().unwrap_or(false),
            Change::Enable(_) => it.accounts.get(&account).copied().unwrap_or(false),
            Change::Delete { .. } => !it.accounts.contains_key(&account),
            Change::RemoveMember { entitlement, .. } => !it.groups.get(&entitlement.key).is_some_and(|g| g.contains(&account)),
            Change::Create(draft) | Change::Change(draft) => it
                .attributes
                .get(&account)
                .is_some_and(|there| draft.attributes.iter().all(|(name, values)| there.get(name) == Some(values))),
            Change::AddMember { entitlement, .. } => it.groups.get(&entitlement.key).is_some_and(|g| g.contains(&account)),
            _ => return Err(Fault::new(FaultKind::Unsupported, "this directory cannot do that")),
        };
        Ok(if so { ReadBack::So(format!("read: {account}")) } else { ReadBack::NotSo("it is still there".to_owned()) })
    }

    async fn find(&self, account: &AccountRef, _: &[String]) -> Result<Option<FoundAccount>, Fault> {
        let it = self.contents();
        Ok(it.accounts.contains_key(&account.name).then(|| it.found(&account.name)))
    }

    async fn reconcile(&self, since: Option<&Watermark>, _: &[String]) -> Result<BoxStream<'_, Result<Found, Fault>>, Fault> {
        let mut it = self.contents();
        it.since.push(since.map(|w| w.0.clone()));
        let mut found = Vec::new();
        let told = |name: &String| since.is_none() || it.changed.contains(name);
        for name in it.accounts.keys().filter(|name| told(name)) {
            found.push(Ok(Found::Account(it.found(name))));
        }
        if since.is_some() {
            found.extend(it.deleted.iter().map(|name| Ok(Found::Gone(format!("key-{name}")))));
        }
        for (group, members) in it.groups.iter().filter(|(name, _)| told(name)) {
            found.push(Ok(Found::Entitlement(FoundEntitlement { key: group.clone(), name: group.clone(), description: String::new() })));
            for member in members {
                let (member, nested) = member.strip_prefix('@').map_or_else(|| (format!("key-{member}"), false), |g| (g.to_owned(), true));
                found.push(Ok(Found::Membership(FoundMembership { entitlement: group.clone(), member, nested })));
            }
        }
        for (name, changed_at) in it.passwords.iter().filter(|(name, _)| told(name)) {
            found.push(Ok(Found::Credential(FoundCredential {
                key: format!("key-{name}"),
                account: format!("key-{name}"),
                kind: CredentialKind::Password,
                label: "password".to_owned(),
                changed_at: Some(*changed_at),
                expires_at: None,
                live: it.accounts.get(name).copied().unwrap_or_default(),
            })));
        }
        found.extend(it.watermark.clone().map(|mark| Ok(Found::Watermark(Watermark(mark)))));
        if let Some(fault) = it.faults.pop_front() {
            found.truncate(found.len() / 2);
            found.push(Err(fault));
        }
        if let Some(after) = it.cut_after {
            found.truncate(after);
        }
        if let Some(after) = it.hangs_after {
            found.truncate(after);
            return Ok(futures::stream::iter(found).chain(futures::stream::pending()).boxed());
        }
        Ok(futures::stream::iter(found).boxed())
    }

    fn always_tells_watermark(&self) -> bool {
        self.contents().cut_after.is_some()
    }
}

/// What is asked, and of which account by name.
fn words(change: &Change) -> (&'static str, String) {
    let (what, account) = match change {
        Change::Disable(account) => ("disable", account),
        Change::Enable(account) => ("enable", account),
        Change::Delete { account, .. } => ("delete", account),
        Change::RemoveMember { account, .. } => ("remove", account),
        Change::EndSessions(account) => ("end sessions", account),
        Change::Create(draft) => ("create", &draft.account),
        Change::Change(draft) => ("change", &draft.account),
        Change::AddMember { account, .. } => ("add", account),
        other => panic!("nobody asks for {other:?} here"),
    };
    (what, account.name.clone())
}

/// Runs a test with a directory as the target "Directory", on each engine.
pub async fn with_directory(on_end: OnEnd, test: impl AsyncFn(Arc<App>, Directory, ApplicationId)) {
    for (engine, store) in testing::stores().await {
        println!("on {engine}");
        let directory = Directory::default();
        let app = testing::app_with(store, Arc::new(directory.clone())).await;
        let ctx = admin(&app);
        let application = application(&ctx, "Directory").await;
        configure_target(&ctx, application, &draft(on_end)).await.unwrap();
        test(app, directory, application).await;
    }
}

pub fn draft(on_end: OnEnd) -> TargetDraft {
    TargetDraft {
        version: 0,
        kind: TargetKind::Ldap,
        settings: json!({ "url": "ldap://directory.test" }),
        secret: Some(Secret::new("s3cret".to_owned())),
        on_end,
        at_once: 8,
        per_minute: 10_000,
        timeout_seconds: 10,
        reading: tenure_domain::target::ReadingPlan::default(),
    }
}

/// The worker at a moment after the noon of all tests.
pub fn worker(app: &Arc<App>, after: TimeDelta) -> Ctx {
    testing::worker_ctx(app).at(noon() + after)
}

pub fn noon() -> DateTime<Utc> {
    moment("2024-03-01T12:00:00Z")
}

/// Works on all that is due on a target at a moment, turn by turn; yields where each attempted operation stands.
pub async fn work(app: &Arc<App>, target: ApplicationId, after: TimeDelta) -> Vec<OperationState> {
    let ctx = worker(app, after);
    let mut states = Vec::new();
    loop {
        let jobs = claim_operations(&ctx, target, "worker 1").await.unwrap();
        if jobs.is_empty() {
            return states;
        }
        for job in jobs {
            let attempted = attempt(&job).await;
            states.extend(settle_operation(&ctx, &job, &attempted).await.unwrap());
        }
    }
}

/// The operations of somebody, in the order in which they were owed.
pub async fn operations(app: &Arc<App>, user: &str) -> Vec<(OperationKind, OperationState)> {
    let mut tx = app.store.read().await.unwrap();
    let id = tx.identity_by_user_name(user).await.unwrap().unwrap().id;
    tx.operations_of(id, 100).await.unwrap().into_iter().rev().map(|o| (o.kind, o.state)).collect()
}
