//! Who is in which group: accounts and groups, as the group names them.

use super::{Look, Stop, names::Known};
use crate::{
    Found, FoundMembership,
    ldap::search::{Entry, Query, people_bases},
};

/// Groups are long: fewer of them in a page.
const GROUPS_IN_A_PAGE: u16 = 50;

impl Look<'_> {
    pub(super) async fn memberships(&mut self) -> Result<(), Stop> {
        let settings = &self.target.settings;
        let filter = self.changed(settings.groups_filter());
        let query = Query::below(&settings.groups_base, filter, &["member", "uniqueMember", "memberUid"]).in_pages_of(GROUPS_IN_A_PAGE);
        let mut cookie = Some(Vec::new());
        while cookie.is_some() {
            for entry in self.page(&query, &mut cookie).await? {
                self.members_of(&entry).await?;
                self.further_members_of(&entry).await?;
            }
        }
        Ok(())
    }

    async fn members_of(&self, group: &Entry) -> Result<(), Stop> {
        for attribute in ["member", "uniqueMember"] {
            self.members(group, attribute).await?;
        }
        for uid in group.texts("memberUid") {
            self.member(group, self.names.by_uid(uid)).await?;
        }
        Ok(())
    }

    async fn members(&self, group: &Entry, attribute: &str) -> Result<(), Stop> {
        for name in group.texts(attribute) {
            self.member(group, self.names.by_name(name)).await?;
        }
        Ok(())
    }

    /// A member that is neither an account nor a group of this target is nobody's access here.
    async fn member(&self, group: &Entry, member: Option<Known>) -> Result<(), Stop> {
        let (member, nested) = match member {
            Some(Known::Account(key)) => (key, false),
            Some(Known::Group(key)) => (key, true),
            None => return Ok(()),
        };
        self.tell(Found::Membership(FoundMembership { entitlement: group.dn.clone(), member, nested })).await
    }

    /// Active Directory gives a long list in parts: `member;range=0-1499`, the last one `…-*`.
    async fn further_members_of(&mut self, group: &Entry) -> Result<(), Stop> {
        let mut part = range(group).map(str::to_owned);
        let mut entry = group.clone();
        while let Some(name) = part {
            self.members(&entry, &name).await?;
            let Some(last) = name.rsplit_once('-').and_then(|(_, last)| last.parse::<u32>().ok()) else { return Ok(()) };
            let next = format!("member;range={}-*", last.saturating_add(1));
            let Some(more) = self.on.entry(&group.dn, &[&next]).await? else { return Ok(()) };
            // A part that does not go on from where the last one ended would go round for ever.
            part = range(&more).filter(|part| part.starts_with(next.trim_end_matches('*'))).map(str::to_owned);
            entry = more;
        }
        Ok(())
    }

    /// The primary group does not name those whose primary group it is: they name it, by a number.
    pub(super) async fn primary_groups(&mut self) -> Result<(), Stop> {
        let settings = &self.target.settings;
        let number = if settings.is_ad() { "primaryGroupID" } else { "gidNumber" };
        let filter = format!("(&{}({number}=*))", self.changed(&settings.accounts_filter()));
        for base in people_bases(self.target) {
            let query = Query::below(&base, filter.clone(), &[settings.key_attribute(), number]);
            let mut cookie = Some(Vec::new());
            while cookie.is_some() {
                for entry in self.page(&query, &mut cookie).await? {
                    let group = entry.number(number).and_then(|number| self.names.primary_group(number));
                    if let Some(group) = group.map(str::to_owned) {
                        let member = self.key(&entry)?;
                        self.tell(Found::Membership(FoundMembership { entitlement: group, member, nested: false })).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn range(entry: &Entry) -> Option<&str> {
    entry.names().find(|name| name.starts_with("member;range="))
}
