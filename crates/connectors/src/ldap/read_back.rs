//! Whether it is so: by a connection and searches of its own.

use super::{
    Target,
    connection::Connection,
    credential::{self, Proof},
    flavour::AD_SMART_CARD,
    nested::{self, Member},
    perform::{self, naming_value, password_proves, wanted_attributes},
    search::Entry,
    state,
};
use crate::{AccountDraft, AccountRef, Change, CredentialRef, Fault, FaultKind, ReadBack, Secret};

/// Looks whether it is so.
pub(super) async fn read_back(target: &Target, change: &Change) -> Result<ReadBack, Fault> {
    if let Some(fault) = perform::impossible(target, change) {
        return Err(fault);
    }
    let mut on = Connection::signed_in(target).await?;
    match change {
        Change::Create(draft) => as_drafted(&mut on, draft, true).await,
        Change::Change(draft) => as_drafted(&mut on, draft, false).await,
        Change::Disable(account) => disabled(&mut on, account).await,
        Change::Enable(account) => enabled(&mut on, account).await,
        Change::Delete { account, .. } => deleted(&mut on, account).await,
        Change::AddMember { account, entitlement } => member(&mut on, account, &entitlement.key).await,
        Change::RemoveMember { account, entitlement } => no_member(&mut on, account, &entitlement.key).await,
        Change::SetPassword { account, password } => password_set(&mut on, account, password).await,
        Change::RevokeCredential(credential) => revoked(&mut on, credential).await,
        Change::EndSessions(_) | Change::ValidUntil { .. } => Err(Fault::new(FaultKind::Unsupported, "A directory cannot show this.")),
    }
}

async fn as_drafted(on: &mut Connection<'_>, draft: &AccountDraft, and_enabled: bool) -> Result<ReadBack, Fault> {
    let settings = &on.target.settings;
    let wanted = wanted_attributes(on, draft);
    let Some(entry) = on.account(&draft.account, &wanted).await? else { return Ok(ReadBack::NotSo(absent(on, &draft.account))) };
    let mut differing = state::differing(draft, &entry);
    if naming_value(on, draft).is_some_and(|name| !entry.texts(settings.naming()).any(|value| value == name)) {
        differing.push(settings.naming());
    }
    if !differing.is_empty() {
        return Ok(ReadBack::NotSo(format!("{} has another {}.", entry.dn, differing.join(", "))));
    }
    let standing = state::standing(settings, &entry);
    if and_enabled && !standing.enabled {
        return Ok(ReadBack::NotSo(format!("The account is there, but not enabled: {}.", standing.evidence)));
    }
    let names = draft.attributes.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    Ok(ReadBack::So(format!("{} is there; as asked: {names}", entry.dn)))
}

async fn disabled(on: &mut Connection<'_>, account: &AccountRef) -> Result<ReadBack, Fault> {
    let settings = &on.target.settings;
    let Some(entry) = on.account(account, &state::standing_attributes(settings)).await? else {
        return Ok(ReadBack::So(absent(on, account)));
    };
    let standing = state::standing(settings, &entry);
    Ok(if standing.disabled {
        ReadBack::So(standing.evidence)
    } else {
        ReadBack::NotSo(format!("It is not disabled: {}.", standing.evidence))
    })
}

async fn enabled(on: &mut Connection<'_>, account: &AccountRef) -> Result<ReadBack, Fault> {
    let settings = &on.target.settings;
    let Some(entry) = on.account(account, &state::standing_attributes(settings)).await? else {
        return Ok(ReadBack::NotSo(absent(on, account)));
    };
    let standing = state::standing(settings, &entry);
    Ok(if standing.enabled {
        ReadBack::So(standing.evidence)
    } else {
        ReadBack::NotSo(format!("It is not enabled: {}.", standing.evidence))
    })
}

async fn deleted(on: &mut Connection<'_>, account: &AccountRef) -> Result<ReadBack, Fault> {
    Ok(match on.account(account, &[]).await? {
        Some(entry) => ReadBack::NotSo(format!("{} is still there.", entry.dn)),
        None => ReadBack::So(absent(on, account)),
    })
}

async fn member(on: &mut Connection<'_>, account: &AccountRef, group: &str) -> Result<ReadBack, Fault> {
    let Some(entry) = on.account(account, &["uid"]).await? else { return Ok(ReadBack::NotSo(absent(on, account))) };
    let Some(group) = nested::group(on, group).await? else { return Ok(ReadBack::NotSo(format!("There is no group {group}."))) };
    Ok(if nested::holds_directly(on, &group, &Member::of(&entry)).await? {
        ReadBack::So(format!("{} names {}", group.dn, entry.dn))
    } else {
        ReadBack::NotSo(format!("{} does not name {}.", group.dn, entry.dn))
    })
}

async fn no_member(on: &mut Connection<'_>, account: &AccountRef, group: &str) -> Result<ReadBack, Fault> {
    let Some(entry) = on.account(account, &["uid", "primaryGroupID", "gidNumber"]).await? else {
        return Ok(ReadBack::So(absent(on, account)));
    };
    let Some(group) = nested::group(on, group).await? else { return Ok(ReadBack::So(format!("there is no group {group}"))) };
    if nested::is_primary(&entry, &group) {
        return Ok(ReadBack::NotSo(format!("{} is the primary group of {}.", group.dn, entry.dn)));
    }
    let Some(way) = nested::way_up(on, &Member::of(&entry), &group).await? else {
        return Ok(ReadBack::So(format!("{} does not name {}, nor does a group in it", group.dn, entry.dn)));
    };
    Ok(ReadBack::NotSo(match &way[..] {
        [_] => format!("{} still names {}.", group.dn, entry.dn),
        _ => format!("{} still holds it by way of {}.", entry.dn, way.join(", which is in ")),
    }))
}

async fn password_set(on: &mut Connection<'_>, account: &AccountRef, password: &Secret) -> Result<ReadBack, Fault> {
    let Some(entry) = on.account(account, &[]).await? else { return Ok(ReadBack::NotSo(absent(on, account))) };
    let (proves, said) = password_proves(on.target, &entry.dn, password).await?;
    Ok(if proves { ReadBack::So(format!("{}: {said}", entry.dn)) } else { ReadBack::NotSo(format!("{}: {said}.", entry.dn)) })
}

async fn revoked(on: &mut Connection<'_>, credential: &CredentialRef) -> Result<ReadBack, Fault> {
    let account = &credential.account;
    let Some(entry) = on.account(account, &["userAccountControl", "sshPublicKey"]).await? else {
        return Ok(ReadBack::So(absent(on, account)));
    };
    match Proof::of(&on.target.settings, credential, &entry)? {
        Proof::SshKey(fingerprint) => Ok(ssh_key(&entry, fingerprint)),
        Proof::Password if on.target.settings.is_ad() => Ok(password_of_ad(&entry)),
        Proof::Password => match credential::password_in(on, &entry.dn).await? {
            Some(false) => Ok(ReadBack::So(format!("{} has no userPassword that can be used", entry.dn))),
            Some(true) => Ok(ReadBack::NotSo(format!("{} still has a userPassword.", entry.dn))),
            None => Err(Fault::new(
                FaultKind::Forbidden,
                "Tenure's account does not see whether an entry has a password, so nothing is proved: give it the right to search userPassword.",
            )),
        },
    }
}

fn ssh_key(entry: &Entry, fingerprint: &str) -> ReadBack {
    let there = entry.values("sshPublicKey");
    if there.iter().any(|value| credential::is_key(value, fingerprint)) {
        ReadBack::NotSo(format!("{} still has the SSH key {fingerprint}.", entry.dn))
    } else {
        ReadBack::So(format!("{} has {} SSH keys, and not {fingerprint}", entry.dn, there.len()))
    }
}

fn password_of_ad(entry: &Entry) -> ReadBack {
    match entry.number("userAccountControl") {
        Some(control) if control & AD_SMART_CARD != 0 => {
            ReadBack::So(format!("userAccountControl={control} at {}: no sign-in by password", entry.dn))
        }
        Some(control) => ReadBack::NotSo(format!("userAccountControl={control} at {} allows passwords.", entry.dn)),
        None => ReadBack::NotSo(format!("userAccountControl of {} cannot be read.", entry.dn)),
    }
}

fn absent(on: &Connection<'_>, account: &AccountRef) -> String {
    let settings = &on.target.settings;
    let (by, value) =
        if account.key.is_empty() { (settings.name_attribute(), &account.name) } else { (settings.key_attribute(), &account.key) };
    format!("no entry with {by}={value} below {}", settings.people_base)
}
