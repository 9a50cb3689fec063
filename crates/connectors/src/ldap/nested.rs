//! Groups in groups: by which way an account holds one.

use std::collections::{HashMap, HashSet};

use ldap3::ldap_escape;

use super::{
    connection::Connection,
    dn,
    search::{Entry, Query},
};
use crate::{Fault, FaultKind};

/// No way is followed through more groups than these.
const MOST_GROUPS: usize = 20_000;
/// How many groups are asked about in one search.
const AT_A_TIME: usize = 40;

const OF_A_GROUP: [&str; 4] = ["objectClass", "cn", "primaryGroupToken", "gidNumber"];

/// How groups name an account.
pub(super) struct Member<'e> {
    dn: &'e str,
    uids: Vec<&'e str>,
}

impl<'e> Member<'e> {
    pub(super) fn of(entry: &'e Entry) -> Self {
        Self { dn: &entry.dn, uids: entry.texts("uid").collect() }
    }

    /// One that is not there (yet).
    pub(super) fn named(dn: &'e str, uids: &'e [Vec<u8>]) -> Self {
        Self { dn, uids: uids.iter().filter_map(|uid| std::str::from_utf8(uid).ok()).collect() }
    }

    /// The name in `memberUid`.
    pub(super) fn uid(&self) -> Result<&'e str, Fault> {
        let none = || Fault::new(FaultKind::Refused, format!("{} has no uid, and the group knows its members by it.", self.dn));
        self.uids.first().copied().ok_or_else(none)
    }

    fn filter(&self) -> String {
        let by_uid = self.uids.iter().map(|uid| equals("memberUid", uid)).collect::<String>();
        format!("(|{}{by_uid})", by_name(self.dn))
    }
}

pub(super) fn equals(attribute: &str, value: &str) -> String {
    format!("({attribute}={})", ldap_escape(value))
}

fn by_name(dn: &str) -> String {
    format!("{}{}", equals("member", dn), equals("uniqueMember", dn))
}

/// A group by its key, which is its distinguished name; `None` if there is none.
///
/// # Errors
/// If it is outside of where groups are, as no proof would be possible there.
pub(super) async fn group(on: &mut Connection<'_>, key: &str) -> Result<Option<Entry>, Fault> {
    let base = &on.target.settings.groups_base;
    let inside = dn::normalised(key).zip(dn::normalised(base)).is_some_and(|(key, base)| key == base || dn::is_below(&key, &base));
    if !inside {
        let key: String = key.chars().take(200).collect();
        return Err(Fault::new(FaultKind::Refused, format!("{key} is not below {base}, where this target's groups are.")));
    }
    let group = on.entry(key, &OF_A_GROUP).await?;
    if group.is_none() {
        on.base_is_there(base).await?;
    }
    Ok(group)
}

/// Whether the group names the account itself.
pub(super) async fn holds_directly(on: &mut Connection<'_>, group: &Entry, member: &Member<'_>) -> Result<bool, Fault> {
    Ok(on.entry_if(&group.dn, member.filter(), &["objectClass"]).await?.is_some())
}

/// Whether it is the account's primary group, which does not name its members (`primaryGroupID`, `gidNumber`).
pub(super) fn is_primary(entry: &Entry, group: &Entry) -> bool {
    let ad = entry.number("primaryGroupID").is_some_and(|id| group.number("primaryGroupToken") == Some(id));
    let posix = group.is_a("posixGroup") && entry.number("gidNumber").is_some_and(|id| group.number("gidNumber") == Some(id));
    ad || posix
}

/// All groups that name the account.
pub(super) async fn direct(on: &mut Connection<'_>, member: &Member<'_>) -> Result<Vec<Entry>, Fault> {
    let query = Query::below(&on.target.settings.groups_base, member.filter(), &OF_A_GROUP);
    match on.all(&query, MOST_GROUPS).await? {
        Some(groups) => Ok(groups),
        None => on.base_is_there(&query.base).await.map(|()| Vec::new()),
    }
}

/// The way from the account up to the group, nearest first, if there is one. Circles are walked once.
///
/// # Errors
/// When the directory cannot be read, or the way is through too many groups to be followed.
pub(super) async fn way_up(on: &mut Connection<'_>, member: &Member<'_>, group: &Entry) -> Result<Option<Vec<String>>, Fault> {
    let goal = dn::normalised(&group.dn);
    // Each group that was reached, and from which one.
    let mut from: HashMap<String, Option<String>> = HashMap::new();
    let mut names: HashMap<String, String> = HashMap::new();
    let mut layer = Vec::new();
    for entry in direct(on, member).await? {
        let Some(key) = dn::normalised(&entry.dn) else { continue };
        if from.insert(key.clone(), None).is_none() {
            names.insert(key.clone(), entry.dn);
            layer.push(key);
        }
    }
    while !layer.is_empty() {
        if let Some(goal) = &goal
            && from.contains_key(goal)
        {
            return Ok(Some(way(goal, &from, &names)));
        }
        if from.len() > MOST_GROUPS {
            let words = format!("The account is in more than {MOST_GROUPS} groups by way of others: that is more than can be followed.");
            return Err(Fault::new(FaultKind::NeedsDecision, words));
        }
        layer = next_layer(on, &layer, &mut from, &mut names).await?;
    }
    Ok(None)
}

async fn next_layer(
    on: &mut Connection<'_>,
    layer: &[String],
    from: &mut HashMap<String, Option<String>>,
    names: &mut HashMap<String, String>,
) -> Result<Vec<String>, Fault> {
    let mut next = Vec::new();
    for some in layer.chunks(AT_A_TIME) {
        let filter = some.iter().filter_map(|key| names.get(key)).map(|dn| by_name(dn)).collect::<String>();
        let query = Query::below(&on.target.settings.groups_base, format!("(|{filter})"), &["objectClass"]);
        let found = on.all(&query, MOST_GROUPS).await?.unwrap_or_default();
        for entry in found {
            let Some(key) = dn::normalised(&entry.dn) else { continue };
            if from.contains_key(&key) {
                continue;
            }
            let below = which_below(on, &entry.dn, some, names).await?;
            from.insert(key.clone(), below);
            names.insert(key.clone(), entry.dn);
            next.push(key);
        }
    }
    Ok(next)
}

/// Which of these groups is the member. Asked by halves, as a group's list of members may be long.
async fn which_below(
    on: &mut Connection<'_>,
    group: &str,
    candidates: &[String],
    names: &HashMap<String, String>,
) -> Result<Option<String>, Fault> {
    let mut candidates: Vec<&String> = candidates.iter().collect();
    while candidates.len() > 1 {
        let half = candidates.split_off(candidates.len() / 2);
        let filter = candidates.iter().filter_map(|key| names.get(*key)).map(|dn| by_name(dn)).collect::<String>();
        if on.entry_if(group, format!("(|{filter})"), &["objectClass"]).await?.is_none() {
            candidates = half;
        }
    }
    Ok(candidates.first().map(|key| (*key).clone()))
}

fn way(goal: &str, from: &HashMap<String, Option<String>>, names: &HashMap<String, String>) -> Vec<String> {
    let mut way = Vec::new();
    let mut seen = HashSet::new();
    let mut at = Some(goal.to_owned());
    while let Some(key) = at.filter(|key| seen.insert(key.clone())) {
        way.extend(names.get(&key).cloned());
        at = from.get(&key).cloned().flatten();
    }
    way.reverse();
    way
}
