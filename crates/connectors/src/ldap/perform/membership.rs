//! Who is in a group, directly.

use super::{Connection, add as adding, done, missing, remove as removing};
use crate::{
    AccountRef, Fault, FaultKind, Outcome,
    ldap::{
        code, faults,
        nested::{self, Member},
        search::Entry,
    },
};

pub(super) async fn add(on: &mut Connection<'_>, account: &AccountRef, group: &str) -> Result<Outcome, Fault> {
    let Some(entry) = on.account(account, &["uid"]).await? else { return Err(missing(account)) };
    let Some(group) = nested::group(on, group).await? else {
        return Err(Fault::new(FaultKind::Refused, format!("There is no group {group} in this directory.")));
    };
    let member = Member::of(&entry);
    if nested::holds_directly(on, &group, &member).await? {
        return Ok(Outcome::AlreadySo);
    }
    let change = match attribute_of(&group) {
        "memberUid" => adding("memberUid", member.uid()?),
        attribute => adding(attribute, &entry.dn),
    };
    let result = on.modify(&group.dn, vec![change]).await?;
    if result.rc == code::VALUE_EXISTS {
        return Ok(Outcome::AlreadySo);
    }
    done(&result, &format!("add {} to {}", entry.dn, group.dn))
}

pub(super) async fn remove(on: &mut Connection<'_>, account: &AccountRef, group: &str) -> Result<Outcome, Fault> {
    let Some(entry) = on.account(account, &["uid", "primaryGroupID", "gidNumber"]).await? else { return Ok(Outcome::AlreadySo) };
    let Some(group) = nested::group(on, group).await? else { return Ok(Outcome::AlreadySo) };
    if nested::is_primary(&entry, &group) {
        let words = format!("{} is the primary group of {}: another one must be made its primary group first.", group.dn, entry.dn);
        return Err(Fault::new(FaultKind::NeedsDecision, words));
    }
    if nested::holds_directly(on, &group, &Member::of(&entry)).await? { take_out(on, &entry, &group).await } else { Ok(Outcome::AlreadySo) }
}

/// Takes an account out of a group by every attribute that names it there.
pub(super) async fn take_out(on: &mut Connection<'_>, entry: &Entry, group: &Entry) -> Result<Outcome, Fault> {
    let mut outcome = Outcome::AlreadySo;
    let mut values = vec![("member", entry.dn.clone()), ("uniqueMember", entry.dn.clone())];
    values.extend(entry.texts("uid").map(|uid| ("memberUid", uid.to_owned())));
    for (attribute, value) in values {
        let filter = nested::equals(attribute, &value);
        if on.entry_if(&group.dn, filter, &["objectClass"]).await?.is_none() {
            continue;
        }
        let mut result = on.modify(&group.dn, vec![removing(attribute, &value)]).await?;
        if result.rc == code::OBJECT_CLASS && attribute != "memberUid" {
            // A group of this class must have a member: the empty name is nobody (RFC 4519, 2.17 allows it).
            result = on.modify(&group.dn, vec![adding(attribute, ""), removing(attribute, &value)]).await?;
        }
        match result.rc {
            code::SUCCESS => outcome = Outcome::Done,
            code::NO_SUCH_ATTRIBUTE => {}
            _ => return Err(faults::refused(&result, &format!("take {} out of {}", entry.dn, group.dn))),
        }
    }
    Ok(outcome)
}

/// By which attribute a group of its class names members.
fn attribute_of(group: &Entry) -> &'static str {
    if group.is_a("groupOfUniqueNames") {
        "uniqueMember"
    } else if group.is_a("posixGroup") && !group.is_a("groupOfNames") && !group.is_a("groupOfMembers") && !group.is_a("group") {
        "memberUid"
    } else {
        "member"
    }
}

/// After an account has another name, the groups that know it by the old one are told. Many directories do
/// that themselves; in the others the next account of the old name would get what this one had.
pub(super) async fn follow(on: &mut Connection<'_>, old: &Entry, new: &Entry) -> Result<(), Fault> {
    for group in nested::direct(on, &Member::of(old)).await? {
        let mut names = vec![("member", old.dn.as_str(), new.dn.as_str()), ("uniqueMember", &old.dn, &new.dn)];
        if let (Some(old), Some(new)) = (old.text("uid"), new.text("uid")) {
            names.push(("memberUid", old, new));
        }
        for (attribute, old, new) in names {
            if old == new || on.entry_if(&group.dn, nested::equals(attribute, old), &["objectClass"]).await?.is_none() {
                continue;
            }
            let has_both = on.entry_if(&group.dn, nested::equals(attribute, new), &["objectClass"]).await?.is_some();
            let mut changes = vec![removing(attribute, old)];
            if !has_both {
                changes.insert(0, adding(attribute, new));
            }
            let result = on.modify(&group.dn, changes).await?;
            if result.rc != code::NO_SUCH_ATTRIBUTE {
                done(&result, &format!("put {new} for {old} in {}", group.dn))?;
            }
        }
    }
    Ok(())
}
