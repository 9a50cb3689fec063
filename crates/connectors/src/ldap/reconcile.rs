//! Everything that is there, in pages: accounts, groups, who is in them, passwords and SSH keys.
//!
//! Held in memory are one page, what waits to be taken, and 32 bytes for each account and group to tell by its name which one a
//! member is.
//!
//! Incrementally, what changed since the watermark is told again whole: an account with its credentials, a
//! group with all of its members. Active Directory tells what was deleted; others do not, so what is gone
//! there shows only in a full look.

mod credentials;
mod memberships;
mod names;
mod since;

use std::{sync::Arc, time::Instant};

use futures::{StreamExt, stream, stream::BoxStream};
use ldap3::Scope;
use tokio::{sync::mpsc, task::JoinHandle};

use self::{
    names::Names,
    since::{Newest, Since},
};
use super::{
    Target,
    connection::Connection,
    found::{self, LONGEST_VALUE, Told},
    probe,
    search::{Entry, Query, people_bases},
};
use crate::{Fault, FaultKind, Found, FoundEntitlement, Watermark};

/// How many things may wait to be taken: twice what is taken in at a time, so that the directory answers while that is
/// compared and written.
const WAITING: usize = 2048;

/// Looks at all, or at what changed since.
pub(super) async fn reconcile(
    target: &Arc<Target>,
    since: Option<&Watermark>,
    wanted: &[String],
) -> Result<BoxStream<'static, Result<Found, Fault>>, Fault> {
    let begun = Instant::now();
    let told = Told::new(&target.settings, wanted);
    let root = probe::root(&mut Connection::signed_in(target).await?).await?;
    let since = since.and_then(|watermark| Since::read(watermark, target.settings.is_ad(), &root));
    let (to, from) = mpsc::channel(WAITING);
    let target = Arc::clone(target);
    let task = Task(tokio::spawn(async move {
        let out = to.clone();
        if let Err(Stop::Fault(fault)) = look(&target, told, root, since, to, begun).await {
            let _ = out.send(Err(fault)).await;
        }
    }));
    let items = stream::unfold(Some((from, task)), |listening| async move {
        let (mut from, mut task) = listening?;
        if let Some(item) = from.recv().await {
            return Some((item, Some((from, task))));
        }
        // A look that broke off in the middle is not one that came to its end: what it did not tell may be there.
        let broke_off = (&mut task.0).await.is_err();
        broke_off.then(|| (Err(Fault::new(FaultKind::Protocol, "Reading the directory broke off by a fault of Tenure's own.")), None))
    });
    Ok(items.boxed())
}

/// Ends with the stream that is read from it.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Why looking stops before its end.
enum Stop {
    Fault(Fault),
    /// Nobody reads on.
    NobodyListens,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// One look at a directory.
struct Look<'t> {
    target: &'t Target,
    told: Told,
    on: Connection<'t>,
    root: Entry,
    since: Option<Since>,
    out: mpsc::Sender<Result<Found, Fault>>,
    names: Names,
    newest: Newest,
}

async fn look(
    target: &Target,
    told: Told,
    root: Entry,
    since: Option<Since>,
    out: mpsc::Sender<Result<Found, Fault>>,
    begun: Instant,
) -> Result<(), Stop> {
    let on = Connection::signed_in(target).await?;
    let newest = Newest::begin(target.settings.is_ad(), &root, begun);
    let mut look = Look { target, told, on, root, since, out, names: Names::default(), newest };
    let any_account = look.accounts().await?;
    look.gone().await?;
    let any_group = look.groups().await?;
    // A group that changed has members that did not, and a changed account's primary group has not changed:
    // their names are read, and nothing else of them.
    if look.since.is_some() && any_group {
        look.names_of_accounts().await?;
    }
    if look.since.is_some() && (any_group || any_account) {
        look.names_of_groups().await?;
    }
    look.memberships().await?;
    look.primary_groups().await?;
    look.credentials().await?;
    let watermark = look.newest.watermark(look.since.as_ref());
    look.tell(Found::Watermark(watermark)).await
}

impl Look<'_> {
    async fn tell(&self, found: Found) -> Result<(), Stop> {
        self.out.send(Ok(found)).await.map_err(|_| Stop::NobodyListens)
    }

    /// A filter, and only what changed.
    fn changed(&self, filter: &str) -> String {
        match &self.since {
            Some(since) => format!("(&{filter}{})", since.filter()),
            None => filter.to_owned(),
        }
    }

    fn key(&self, entry: &Entry) -> Result<String, Stop> {
        Ok(found::key(&self.target.settings, entry)?)
    }

    /// The next page below a base that must be there.
    async fn page(&mut self, query: &Query, cookie: &mut Option<Vec<u8>>) -> Result<Vec<Entry>, Stop> {
        let Some(begin) = cookie.take() else { return Ok(Vec::new()) };
        let Some(page) = self.on.page(query, begin).await? else {
            self.on.base_is_there(&query.base).await?;
            return Err(Stop::Fault(Fault::new(FaultKind::Protocol, "The directory lost an entry while it was read. Look again.")));
        };
        *cookie = page.next;
        Ok(page.entries)
    }

    /// Tells the accounts; whether there are any.
    async fn accounts(&mut self) -> Result<bool, Stop> {
        let mut any = false;
        let settings = &self.target.settings;
        let told = self.told.clone();
        let wanted = told.asked(settings);
        for base in people_bases(self.target) {
            let query = Query::below(&base, self.changed(&settings.accounts_filter()), &wanted);
            let mut cookie = Some(Vec::new());
            while cookie.is_some() {
                for entry in self.page(&query, &mut cookie).await? {
                    any = true;
                    self.newest.saw(&entry);
                    let key = self.key(&entry)?;
                    self.names.account(&entry, &key);
                    let account = told.account(settings, &entry, key);
                    self.tell(Found::Account(account)).await?;
                }
            }
        }
        Ok(any)
    }

    /// What Active Directory remembers of deleted accounts.
    async fn gone(&mut self) -> Result<(), Stop> {
        let (Some(since), true) = (&self.since, self.target.settings.is_ad()) else { return Ok(()) };
        let Some(base) = self.root.text("defaultNamingContext") else { return Ok(()) };
        let filter = format!("(&(isDeleted=TRUE)(objectClass=user){})", since.filter());
        let query = Query { deleted: true, scope: Scope::Subtree, ..Query::below(base, filter, &[self.target.settings.key_attribute()]) };
        let mut cookie = Some(Vec::new());
        while cookie.is_some() {
            for entry in self.page(&query, &mut cookie).await? {
                let key = self.key(&entry)?;
                self.tell(Found::Gone(key)).await?;
            }
        }
        Ok(())
    }

    /// Tells the groups; whether there are any.
    async fn groups(&mut self) -> Result<bool, Stop> {
        let settings = &self.target.settings;
        let wanted = ["objectClass", "cn", "description", "entryCSN", "modifyTimestamp", "primaryGroupToken", "gidNumber"];
        let query = Query::below(&settings.groups_base, self.changed(settings.groups_filter()), &wanted);
        let mut cookie = Some(Vec::new());
        let mut any = false;
        while cookie.is_some() {
            for entry in self.page(&query, &mut cookie).await? {
                any = true;
                self.newest.saw(&entry);
                self.names.group(&entry);
                let bounded = |text: Option<&str>| text.unwrap_or_default().chars().take(LONGEST_VALUE).collect::<String>();
                let name = bounded(entry.text("cn"));
                self.tell(Found::Entitlement(FoundEntitlement {
                    name: if name.is_empty() { entry.dn.clone() } else { name },
                    description: bounded(entry.text("description")),
                    key: entry.dn,
                }))
                .await?;
            }
        }
        Ok(any)
    }

    async fn names_of_accounts(&mut self) -> Result<(), Stop> {
        let settings = &self.target.settings;
        let wanted = [settings.key_attribute(), "uid"];
        for base in people_bases(self.target) {
            let query = Query::below(&base, settings.accounts_filter(), &wanted);
            let mut cookie = Some(Vec::new());
            while cookie.is_some() {
                for entry in self.page(&query, &mut cookie).await? {
                    let key = self.key(&entry)?;
                    self.names.account(&entry, &key);
                }
            }
        }
        Ok(())
    }

    async fn names_of_groups(&mut self) -> Result<(), Stop> {
        let settings = &self.target.settings;
        let wanted = ["objectClass", "primaryGroupToken", "gidNumber"];
        let query = Query::below(&settings.groups_base, settings.groups_filter().to_owned(), &wanted);
        let mut cookie = Some(Vec::new());
        while cookie.is_some() {
            for entry in self.page(&query, &mut cookie).await? {
                self.names.group(&entry);
            }
        }
        Ok(())
    }
}
