//! What an entry says of its account: whether it can be used, and how it differs from what it is to be.

use std::collections::BTreeSet;

use super::{
    dn,
    flavour::{AD_DISABLED, LOCKED_FOR_EVER},
    search::Entry,
    settings::{DisableBy, LdapSettings},
};
use crate::AccountDraft;

/// Whether an account can be used. Neither is so of one that is locked for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub enabled: bool,
    pub disabled: bool,
    /// What was read.
    pub evidence: String,
}

/// The attributes that tell it.
pub(super) fn standing_attributes(settings: &LdapSettings) -> Vec<&str> {
    match &settings.disable_by {
        _ if settings.is_ad() => vec!["userAccountControl", "lockoutTime"],
        DisableBy::PasswordPolicy => vec!["pwdAccountLockedTime"],
        DisableBy::Attribute(attribute) => vec![&attribute.name],
        DisableBy::MoveTo(_) => vec![],
    }
}

/// What the entry says.
pub(super) fn standing(settings: &LdapSettings, entry: &Entry) -> Standing {
    if settings.is_ad() {
        return ad_standing(entry);
    }
    let (disabled, enabled, evidence) = match &settings.disable_by {
        DisableBy::PasswordPolicy => {
            let lock = entry.text("pwdAccountLockedTime");
            let evidence = lock.map_or("no pwdAccountLockedTime".to_owned(), |l| format!("pwdAccountLockedTime={l}"));
            (lock == Some(LOCKED_FOR_EVER), lock.is_none(), evidence)
        }
        DisableBy::Attribute(attribute) => {
            let disabled = entry.texts(&attribute.name).any(|value| value == attribute.disabled);
            let value = entry.text(&attribute.name);
            let evidence = value.map_or(format!("no {}", attribute.name), |v| format!("{}={v}", attribute.name));
            (disabled, !disabled, evidence)
        }
        DisableBy::MoveTo(gone) => {
            let names = dn::normalised(&entry.dn).zip(dn::normalised(gone));
            let disabled = names.is_some_and(|(entry, gone)| dn::is_below(&entry, &gone));
            (disabled, !disabled, format!("it is {}", entry.dn))
        }
    };
    Standing { enabled, disabled, evidence: format!("{evidence} at {}", entry.dn) }
}

fn ad_standing(entry: &Entry) -> Standing {
    let Some(control) = entry.number("userAccountControl") else {
        let evidence = format!("userAccountControl of {} cannot be read", entry.dn);
        return Standing { enabled: false, disabled: false, evidence };
    };
    let locked = entry.number("lockoutTime").unwrap_or(0);
    let disabled = control & AD_DISABLED != 0;
    let lock = if locked > 0 { format!(", lockoutTime={locked}") } else { String::new() };
    Standing { enabled: !disabled && locked == 0, disabled, evidence: format!("userAccountControl={control}{lock} at {}", entry.dn) }
}

/// The attributes of a draft that the entry has otherwise.
pub(super) fn differing<'d>(draft: &'d AccountDraft, entry: &Entry) -> Vec<&'d str> {
    let wanted = draft.attributes.iter();
    wanted.filter(|(name, values)| !same(values, entry.values(name), name)).map(|(name, _)| name.as_str()).collect()
}

fn same(wanted: &[String], there: &[Vec<u8>], name: &str) -> bool {
    // The directory adds the classes above those that are asked for.
    if name.eq_ignore_ascii_case("objectClass") {
        return wanted.iter().all(|class| there.iter().any(|t| t.eq_ignore_ascii_case(class.as_bytes())));
    }
    let wanted: BTreeSet<Vec<u8>> = wanted.iter().map(|value| comparable(value.as_bytes())).collect();
    let there: BTreeSet<Vec<u8>> = there.iter().map(|value| comparable(value)).collect();
    wanted == there
}

/// Names of entries come back in another writing than they were given.
fn comparable(value: &[u8]) -> Vec<u8> {
    let name = std::str::from_utf8(value).ok().filter(|text| text.contains('='));
    name.and_then(dn::normalised).map_or_else(|| value.to_vec(), String::into_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_for_a_while_is_neither_enabled_nor_disabled() {
        let settings = LdapSettings::for_tests("open-ldap");
        let locked = standing(&settings, &Entry::for_tests("uid=a", &[("pwdaccountlockedtime", b"20260101000000Z")]));
        assert!(!locked.enabled && !locked.disabled);
        assert!(locked.evidence.contains("20260101000000Z"));
    }

    #[test]
    fn active_directory_says_it_in_one_bit_of_a_number() {
        let of = |control: &[u8]| ad_standing(&Entry::for_tests("cn=a", &[("useraccountcontrol", control)]));
        assert!(of(b"514").disabled && !of(b"514").enabled);
        assert!(of(b"512").enabled && !of(b"66048").disabled);
        assert!(!of(b"").enabled && !of(b"x").disabled);
    }
}
