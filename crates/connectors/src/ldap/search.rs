//! Looking things up: pages of entries (RFC 2696), one entry, one account.

use std::collections::BTreeMap;

use ldap3::{
    ResultEntry, Scope, SearchEntry,
    controls::{ControlType, PagedResults, RawControl},
};

use super::{Target, code, connection::Connection, dn, faults, settings::DisableBy};
use crate::{AccountRef, Fault, FaultKind};

/// An entry as it came: names of attributes in lower case, values as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub dn: String,
    attributes: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    fn new(raw: ResultEntry) -> Self {
        let raw = SearchEntry::construct(raw);
        let mut attributes: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for (name, values) in raw.attrs {
            attributes.entry(name.to_lowercase()).or_default().extend(values.into_iter().map(String::into_bytes));
        }
        for (name, values) in raw.bin_attrs {
            attributes.entry(name.to_lowercase()).or_default().extend(values);
        }
        Self { dn: raw.dn, attributes }
    }

    #[cfg(test)]
    pub(super) fn for_tests(dn: &str, attributes: &[(&str, &[u8])]) -> Self {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![value.to_vec()])).collect();
        Self { dn: dn.to_owned(), attributes }
    }

    /// The values of an attribute, none if it is not there or may not be read.
    pub(super) fn values(&self, name: &str) -> &[Vec<u8>] {
        self.attributes.get(&name.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The values that are text.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values(name).iter().filter_map(|value| std::str::from_utf8(value).ok())
    }

    /// The first value that is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    /// Whether it is of this class.
    pub(super) fn is_a(&self, class: &str) -> bool {
        self.texts("objectClass").any(|c| c.eq_ignore_ascii_case(class))
    }

    /// The names of its attributes, in lower case.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.keys().map(String::as_str)
    }
}

/// What to look for.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub base: String,
    pub scope: Scope,
    /// With every value in it escaped.
    pub filter: String,
    pub attributes: Vec<String>,
    /// Whether what was deleted is shown as well (Active Directory).
    pub deleted: bool,
    /// How many at a time; without it as many as the settings say, and never more.
    pub page: Option<u16>,
}

impl Query {
    pub(super) fn below(base: &str, filter: String, attributes: &[&str]) -> Self {
        let attributes = attributes.iter().map(|a| (*a).to_owned()).collect();
        Self { base: base.to_owned(), scope: Scope::Subtree, filter, attributes, deleted: false, page: None }
    }

    pub(super) fn in_pages_of(self, size: u16) -> Self {
        Self { page: Some(size), ..self }
    }
}

/// Some entries, and where the next ones begin.
pub(super) struct Page {
    pub entries: Vec<Entry>,
    pub next: Option<Vec<u8>>,
}

impl Connection<'_> {
    /// One page; `None` if there is no such base.
    pub(super) async fn page(&mut self, query: &Query, cookie: Vec<u8>) -> Result<Option<Page>, Fault> {
        let most_at_once = self.target.settings.page_size;
        let size = i32::from(query.page.map_or(most_at_once, |size| size.min(most_at_once)));
        let mut controls: Vec<RawControl> = vec![PagedResults { size, cookie }.into()];
        if query.deleted {
            controls.push(RawControl { ctype: "1.2.840.113556.1.4.417".to_owned(), crit: true, val: None });
        }
        let mut ldap = self.ldap.clone();
        ldap.with_controls(controls);
        let most = usize::from(self.target.settings.page_size) * 4 + 1000;
        let (entries, result) = self
            .ask(async {
                let mut stream = ldap.streaming_search(&query.base, query.scope, &query.filter, query.attributes.clone()).await?;
                let mut entries = Vec::new();
                while let Some(entry) = stream.next().await? {
                    // References to other servers are not followed.
                    if !entry.is_ref() && entries.len() < most {
                        entries.push(Entry::new(entry));
                    }
                }
                Ok((entries, stream.finish().await))
            })
            .await?;
        match result.rc {
            code::SUCCESS => {}
            code::NO_SUCH_OBJECT => return Ok(None),
            _ => return Err(faults::refused(&result, &format!("look below {}", query.base))),
        }
        // A server that does not page gives all at once. More than that is not kept, and not passed over.
        if entries.len() >= most {
            return Err(Fault::new(FaultKind::Protocol, "The directory gave far more entries than it was asked for at a time."));
        }
        let cookie = result.ctrls.iter().find(|c| matches!(c.0, Some(ControlType::PagedResults)));
        let cookie = cookie.map(|c| c.1.parse::<PagedResults>().cookie).filter(|c| !c.is_empty());
        Ok(Some(Page { entries, next: cookie }))
    }

    /// All that is found, if that is not more than `most`; `None` if there is no such base.
    pub(super) async fn all(&mut self, query: &Query, most: usize) -> Result<Option<Vec<Entry>>, Fault> {
        let mut found = Vec::new();
        let mut cookie = Vec::new();
        loop {
            let Some(page) = self.page(query, cookie).await? else { return Ok(None) };
            found.extend(page.entries);
            if found.len() > most {
                let words = format!("More than {most} entries below {} fit; that is more than can be followed.", query.base);
                return Err(Fault::new(FaultKind::NeedsDecision, words));
            }
            match page.next {
                Some(next) => cookie = next,
                None => return Ok(Some(found)),
            }
        }
    }

    /// One entry by its name; `None` if there is none.
    pub(super) async fn entry(&mut self, dn: &str, attributes: &[&str]) -> Result<Option<Entry>, Fault> {
        self.entry_if(dn, "(objectClass=*)".to_owned(), attributes).await
    }

    /// One entry by its name, if the filter fits.
    pub(super) async fn entry_if(&mut self, dn: &str, filter: String, attributes: &[&str]) -> Result<Option<Entry>, Fault> {
        let query = Query { scope: Scope::Base, ..Query::below(dn, filter, attributes) };
        Ok(self.all(&query, 1).await?.and_then(|mut found| found.pop()))
    }

    /// What can be seen below a base is only proof of absence if the base itself can be seen.
    ///
    /// # Errors
    /// If it cannot.
    pub(super) async fn base_is_there(&mut self, base: &str) -> Result<(), Fault> {
        match self.entry(base, &["objectClass"]).await? {
            Some(_) => Ok(()),
            None => Err(Fault::new(
                FaultKind::Forbidden,
                format!("{base} is not there, or Tenure's account may not read it: nothing can be proved."),
            )),
        }
    }

    /// The account, by its key, or by its name if it has no key yet; `None` if there is none.
    ///
    /// # Errors
    /// [`FaultKind::NeedsDecision`] if there are two.
    pub(super) async fn account(&mut self, account: &AccountRef, attributes: &[&str]) -> Result<Option<Entry>, Fault> {
        let settings = &self.target.settings;
        let filter = match (account.key.is_empty(), account.name.is_empty()) {
            (false, _) => settings.key_filter(&account.key)?,
            (true, false) => settings.name_filter(&account.name),
            (true, true) => return Err(Fault::new(FaultKind::NeedsDecision, "The account has neither a key nor a name: correlate it.")),
        };
        let mut wanted = vec!["objectClass", settings.key_attribute(), settings.name_attribute(), settings.naming()];
        wanted.extend_from_slice(attributes);
        let mut found = Vec::new();
        for base in people_bases(self.target) {
            let query = Query::below(&base, filter.clone(), &wanted);
            match self.all(&query, 50).await? {
                Some(entries) => found.extend(entries),
                None => self.base_is_there(&base).await?,
            }
        }
        if let [one, other, ..] = &found[..] {
            let words = format!("Two entries are called {}: {} and {}. Decide which one is meant.", account.name, one.dn, other.dn);
            return Err(Fault::new(FaultKind::NeedsDecision, words));
        }
        if found.is_empty() {
            for base in people_bases(self.target) {
                self.base_is_there(&base).await?;
            }
        }
        Ok(found.pop())
    }
}

/// Where accounts are: those that were moved away to disable them are looked for too.
pub(super) fn people_bases(target: &Target) -> Vec<String> {
    let people = target.settings.people_base.clone();
    match &target.settings.disable_by {
        DisableBy::MoveTo(gone) => {
            let below = dn::normalised(gone).zip(dn::normalised(&people)).is_some_and(|(gone, people)| dn::is_below(&gone, &people));
            if below { vec![people] } else { vec![people, gone.clone()] }
        }
        _ => vec![people],
    }
}
