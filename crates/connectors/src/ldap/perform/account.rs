//! Accounts: made, changed, renamed, deleted.

use ldap3::LdapResult;

use super::{Connection, done, membership, missing, needs_tls, replace, required, set_of, standing, whose};
use crate::{
    AccountDraft, AccountRef, Fault, FaultKind, Outcome,
    ldap::{code, dn, faults, flavour::AD_NORMAL, found::is_secret, nested, random, search::Entry, settings::DisableBy, state},
};

pub(super) async fn create(on: &mut Connection<'_>, draft: &AccountDraft) -> Result<Outcome, Fault> {
    without_passwords(draft)?;
    if let Some(entry) = account_of(on, draft).await? {
        // What has the draft's key is what was meant; what has its name may be somebody else's.
        if draft.account.key.is_empty() {
            whose::is_of_this_person(draft, &entry)?;
        }
        return complete(on, draft).await;
    }
    let settings = &on.target.settings;
    let mut attributes: required::Attributes =
        draft.attributes.iter().map(|(name, values)| (name.clone(), values.iter().map(|v| v.clone().into_bytes()).collect())).collect();
    let mut default = |name: &str, values: Vec<Vec<u8>>| {
        if !attributes.keys().any(|there| there.eq_ignore_ascii_case(name)) {
            attributes.insert(name.to_owned(), values);
        }
    };
    default("objectClass", settings.classes_of_a_new_account().into_iter().map(String::into_bytes).collect());
    default(settings.name_attribute(), vec![draft.account.name.clone().into_bytes()]);
    default(settings.naming(), vec![draft.account.name.clone().into_bytes()]);
    if settings.is_ad() {
        // Without a password that fits the domain's rules no account can be enabled. Nobody knows this one.
        if !on.is_secure() {
            return Err(needs_tls());
        }
        attributes.insert("unicodePwd".to_owned(), vec![super::password::for_ad(&random::password()?)]);
        attributes.insert("userAccountControl".to_owned(), vec![AD_NORMAL.to_string().into_bytes()]);
    } else if let DisableBy::Attribute(attribute) = &settings.disable_by
        && let Some(enabled) = &attribute.enabled
    {
        default(&attribute.name, vec![enabled.clone().into_bytes()]);
    }
    required::check(settings, &attributes)?;
    let naming = naming_value(on, draft).unwrap_or_else(|| draft.account.name.clone());
    let name = dn::below(&dn::rdn(settings.naming(), &naming), &settings.people_base);
    not_named_yet(on, &name, attributes.get("uid").map_or(&[], Vec::as_slice)).await?;
    let attributes = attributes.into_iter().filter(|(_, values)| !values.is_empty());
    let result = on.add(&name, attributes.map(|(name, values)| (name.into_bytes(), set_of(values))).collect()).await?;
    if result.rc == code::EXISTS {
        return taken(on, draft, &name, &result).await;
    }
    let outcome = done(&result, &format!("create {name}"));
    outcome.map_err(|fault| match required::said_missing(&result) {
        Some(advice) => Fault { words: format!("{} {advice}", fault.words), ..fault },
        None => fault,
    })
}

/// An account that is there already becomes as drafted, and can be used.
async fn complete(on: &mut Connection<'_>, draft: &AccountDraft) -> Result<Outcome, Fault> {
    let changed = change(on, draft).await?;
    let enabled = standing::enable(on, &draft.account).await?;
    Ok(if changed == Outcome::Done { changed } else { enabled })
}

/// The directory has that name already, though it was not there a moment ago or is no account below the base of
/// people. Somebody was quicker: maybe Tenure itself, before it was cut off.
async fn taken(on: &mut Connection<'_>, draft: &AccountDraft, dn: &str, result: &LdapResult) -> Result<Outcome, Fault> {
    let account = AccountRef { key: String::new(), ..draft.account.clone() };
    let named = AccountDraft { account, attributes: draft.attributes.clone() };
    if let Some(entry) = account_of(on, &named).await? {
        whose::is_of_this_person(&named, &entry)?;
        return complete(on, &named).await;
    }
    let settings = &on.target.settings;
    let (naming, said) = (settings.naming(), faults::said(result));
    // Another name of the account would not change a name that is mapped by itself.
    let is_apart = naming_value(on, draft).is_some_and(|value| value != draft.account.name);
    if is_apart && on.entry(dn, &[]).await?.is_some() {
        let words = format!(
            "There is a {dn} already, of another account: `{naming}` is mapped to something that two can have. Leave `{naming}` out of the \
             mapping, then it is the account's name, or map it to what is unique{said}."
        );
        return Err(Fault::new(FaultKind::Refused, words));
    }
    let words = format!(
        "The name {} is taken there, by what is no account below {}: take another name{said}.",
        draft.account.name, settings.people_base
    );
    Err(Fault::new(FaultKind::NameTaken, words))
}

pub(super) async fn change(on: &mut Connection<'_>, draft: &AccountDraft) -> Result<Outcome, Fault> {
    without_passwords(draft)?;
    let Some(mut entry) = account_of(on, draft).await? else { return Err(missing(&draft.account)) };
    let settings = &on.target.settings;
    let mut outcome = Outcome::AlreadySo;
    if let Some(wanted) = naming_value(on, draft)
        && !entry.texts(settings.naming()).any(|value| value == wanted)
    {
        let rdn = dn::rdn(settings.naming(), &wanted);
        outcome = done(&on.rename(&entry.dn, &rdn, None).await?, &format!("rename {} to {rdn}", entry.dn))?;
        // By the key or, without one, by the new name: what came back is looked at anew.
        let name = dn::below(&rdn, dn::split(&entry.dn).1);
        let old = entry;
        let wanted = [&wanted_attributes(on, draft)[..], &["uid"]].concat();
        entry = on.entry(&name, &wanted).await?.ok_or_else(|| missing(&draft.account))?;
        membership::follow(on, &old, &entry).await?;
    }
    let mut changes: Vec<_> = state::differing(draft, &entry).into_iter().map(|name| replace(name, &draft.attributes[name])).collect();
    let name = settings.name_attribute();
    let named = draft.attributes.keys().any(|there| there.eq_ignore_ascii_case(name)) || draft.account.name.is_empty();
    if settings.is_ad() && !named && entry.text(name) != Some(&draft.account.name) {
        changes.push(replace(name, [&draft.account.name]));
    }
    if changes.is_empty() {
        return Ok(outcome);
    }
    done(&on.modify(&entry.dn, changes).await?, &format!("change {}", entry.dn))
}

/// Its memberships go first: a name that stays in a group would give it to the next account of that name.
pub(super) async fn delete(on: &mut Connection<'_>, account: &AccountRef) -> Result<Outcome, Fault> {
    let Some(entry) = on.account(account, &["uid", "memberOf"]).await? else { return Ok(Outcome::AlreadySo) };
    for group in nested::direct(on, &nested::Member::of(&entry)).await? {
        membership::take_out(on, &entry, &group).await?;
    }
    let result = on.delete(&entry.dn).await?;
    if result.rc == code::NO_SUCH_OBJECT {
        return Ok(Outcome::AlreadySo);
    }
    done(&result, &format!("delete {}", entry.dn))
}

/// A group that names an account which is not there yet would give it what somebody else once had.
async fn not_named_yet(on: &mut Connection<'_>, name: &str, uids: &[Vec<u8>]) -> Result<(), Fault> {
    let member = nested::Member::named(name, uids);
    let Some(group) = nested::direct(on, &member).await?.into_iter().next() else { return Ok(()) };
    let words =
        format!("{} names {name} already, though there is no such account. Take it out there, or decide that it is meant.", group.dn);
    Err(Fault::new(FaultKind::NeedsDecision, words))
}

/// The value that the account's own name is to have: from the attributes, or the name people know it by.
pub(in crate::ldap) fn naming_value(on: &Connection<'_>, draft: &AccountDraft) -> Option<String> {
    let settings = &on.target.settings;
    let given = draft.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(settings.naming()));
    match given {
        Some((_, values)) => values.first().cloned(),
        None => (settings.name_attribute() == settings.naming() && !draft.account.name.is_empty()).then(|| draft.account.name.clone()),
    }
}

async fn account_of(on: &mut Connection<'_>, draft: &AccountDraft) -> Result<Option<Entry>, Fault> {
    let wanted = [&wanted_attributes(on, draft)[..], &whose::CORRELATION, &["uid"]].concat();
    on.account(&draft.account, &wanted).await
}

pub(in crate::ldap) fn wanted_attributes<'d>(on: &Connection<'d>, draft: &'d AccountDraft) -> Vec<&'d str> {
    let settings = &on.target.settings;
    let own = ["objectClass", settings.key_attribute(), settings.name_attribute(), settings.naming()];
    own.into_iter().chain(state::standing_attributes(settings)).chain(draft.attributes.keys().map(String::as_str)).collect()
}

/// Passwords have a change of their own, which keeps them out of what is written down.
fn without_passwords(draft: &AccountDraft) -> Result<(), Fault> {
    let named = draft.attributes.keys().find(|name| is_secret(name));
    match named {
        Some(name) => Err(Fault::new(FaultKind::Refused, format!("{name} is not an attribute to be mapped: a password is set by itself."))),
        None => Ok(()),
    }
}
