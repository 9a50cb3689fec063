//! SSH hosts as a target: nothing is pushed to them, they ask at each login. What they would be given is what is read
//! back, by the very query that answers them.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use tenure_connectors::ssh::LoginName;
use tenure_connectors::{
    AccountRef, Capability, Change, Connector, Fault, FaultKind, Found, FoundAccount, Outcome, Probe, ReadBack, Watermark,
};
use tenure_domain::id::ApplicationId;
use tenure_store::ssh::ServedKey;
use tenure_store::{Store, StoreError};

use crate::App;

/// The hosts of one target.
#[derive(Debug)]
pub(crate) struct OwnTarget {
    store: Store,
    target: ApplicationId,
    now: DateTime<Utc>,
}

impl OwnTarget {
    /// The hosts of a target, as they would be answered at a moment.
    pub(crate) fn new(app: &Arc<App>, target: ApplicationId, now: DateTime<Utc>) -> Self {
        Self { store: app.store.clone(), target, now }
    }

    async fn keys(&self, login: &str) -> Result<Vec<ServedKey>, Fault> {
        self.store.read().await.map_err(away)?.served_keys(self.target, login, self.now).await.map_err(away)
    }

    /// Whether the login name is somebody's; with `acting`, of somebody who may act.
    async fn knows(&self, login: &str, acting: bool) -> Result<ReadBack, Fault> {
        let known = self.store.read().await.map_err(away)?.login_of(self.target, login).await.map_err(away)?;
        Ok(match known {
            Some((_, may_act)) if may_act || !acting => {
                ReadBack::So(format!("asked as a host asks, Tenure gives {} for {login}", keys(self.keys(login).await?.len())))
            }
            _ => ReadBack::NotSo(format!("nobody who may act is called {login} there")),
        })
    }

    async fn holds(&self, account: &AccountRef, entitlement: &str, wanted: bool) -> Result<ReadBack, Fault> {
        let mut tx = self.store.read().await.map_err(away)?;
        let holds = tx.login_holds(self.target, &account.name, entitlement).await.map_err(away)?;
        let is = if holds { "holds" } else { "does not hold" };
        let said = format!("by Tenure's own records, which hosts are answered from, {} {is} {entitlement}", account.name);
        Ok(if holds == wanted { ReadBack::So(said) } else { ReadBack::NotSo(said) })
    }
}

fn keys(n: usize) -> String {
    match n {
        0 => "no key".to_owned(),
        1 => "1 key".to_owned(),
        n => format!("{n} keys"),
    }
}

fn away(error: StoreError) -> Fault {
    Fault::new(FaultKind::Unreachable, error.to_string())
}

#[async_trait]
impl Connector for OwnTarget {
    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::Create,
            Capability::Change,
            Capability::Disable,
            Capability::Delete,
            Capability::Membership,
            Capability::RevokeCredential,
        ]
    }

    async fn probe(&self) -> Result<Probe, Fault> {
        let hosts = self.store.read().await.map_err(away)?.ssh_hosts(self.target, self.now).await.map_err(away)?;
        let live: Vec<_> = hosts.iter().filter(|host| host.is_live(self.now)).collect();
        let mut remarks = Vec::new();
        if live.is_empty() {
            remarks.push("no host has a token: none can ask for keys".to_owned());
        }
        remarks.extend(live.iter().filter(|h| h.last_used_at.is_none()).map(|h| format!("{} has not asked yet", h.name)));
        Ok(Probe { product: format!("Tenure itself, for {} SSH hosts", live.len()), signed_in_as: "nobody".to_owned(), remarks })
    }

    async fn perform(&self, change: &Change) -> Result<Outcome, Fault> {
        match change {
            Change::Create(draft) if LoginName::read(&draft.account.name).is_err() => Err(Fault::new(
                FaultKind::Refused,
                format!(
                    "{} is no login name on a host, which has 1 to 64 letters, digits and _ . @ - and does not begin with -: change the mapping",
                    draft.account.name
                ),
            )),
            Change::SetPassword { .. } | Change::ValidUntil { .. } | Change::EndSessions(_) => {
                Err(Fault::new(FaultKind::Unsupported, "hosts are only told which keys let somebody in"))
            }
            // What Tenure records is what hosts are told.
            _ => Ok(Outcome::AlreadySo),
        }
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, Fault> {
        match change {
            Change::Create(draft) => self.knows(&draft.account.name, true).await,
            // Of who is suspended something may change, too.
            Change::Change(draft) => self.knows(&draft.account.name, false).await,
            Change::Enable(account) => self.knows(&account.name, true).await,
            Change::Disable(account) | Change::Delete { account, .. } => {
                let given = self.keys(&account.name).await?.len();
                let said = format!("asked as a host asks, Tenure gives {} for {}", keys(given), account.name);
                Ok(if given == 0 { ReadBack::So(said) } else { ReadBack::NotSo(said) })
            }
            Change::RevokeCredential(credential) => {
                let name = &credential.account.name;
                let given = self.keys(name).await?;
                let key = &credential.key;
                Ok(if given.iter().all(|g| g.fingerprint != *key) {
                    let others = keys(given.len());
                    ReadBack::So(format!("asked as a host asks, Tenure gives {others} for {name}; {key} is not among them"))
                } else {
                    ReadBack::NotSo(format!("asked as a host asks, Tenure still gives {key} for {name}"))
                })
            }
            Change::AddMember { account, entitlement } => self.holds(account, &entitlement.key, true).await,
            Change::RemoveMember { account, entitlement } => self.holds(account, &entitlement.key, false).await,
            Change::SetPassword { .. } | Change::ValidUntil { .. } | Change::EndSessions(_) => {
                Err(Fault::new(FaultKind::Unsupported, "hosts are only told which keys let somebody in"))
            }
        }
    }

    async fn find(&self, account: &AccountRef, _: &[String]) -> Result<Option<FoundAccount>, Fault> {
        let known = self.store.read().await.map_err(away)?.login_of(self.target, &account.name).await.map_err(away)?;
        Ok(known.map(|(id, _)| FoundAccount {
            account: AccountRef { key: id.to_string(), name: account.name.clone() },
            enabled: true,
            attributes: std::collections::BTreeMap::new(),
            last_used_at: None,
        }))
    }

    async fn reconcile(&self, _: Option<&Watermark>, _: &[String]) -> Result<BoxStream<'_, Result<Found, Fault>>, Fault> {
        Err(Fault::new(FaultKind::Unsupported, "there is nothing to be read: hosts are told what Tenure records, and keep nothing"))
    }
}
