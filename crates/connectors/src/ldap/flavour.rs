//! In what the two kinds of directory differ: names of attributes, the form of keys, filters.

use ldap3::ldap_escape;
use uuid::Uuid;

use super::{
    search::Entry,
    settings::{LdapFlavour, LdapSettings},
};
use crate::{Fault, FaultKind};

/// `userAccountControl`: the account is disabled.
pub(super) const AD_DISABLED: i64 = 0x2;
/// `userAccountControl`: an ordinary account.
pub(super) const AD_NORMAL: i64 = 0x200;
/// `userAccountControl`: no sign-in by password, only by smart card. Setting it gives the account a random
/// password, in the directory itself.
pub(super) const AD_SMART_CARD: i64 = 0x4_0000;
/// The lock for ever of OpenLDAP's `ppolicy`.
pub(super) const LOCKED_FOR_EVER: &str = "000001010000Z";

impl LdapSettings {
    pub(super) fn is_ad(&self) -> bool {
        self.flavour == LdapFlavour::ActiveDirectory
    }

    /// The attribute that stays the same as long as the entry lives.
    pub(super) fn key_attribute(&self) -> &'static str {
        if self.is_ad() { "objectGUID" } else { "entryUUID" }
    }

    /// The attribute by which people know an account.
    pub(super) fn name_attribute(&self) -> &str {
        if self.is_ad() { "sAMAccountName" } else { self.naming() }
    }

    /// What is an account.
    pub(super) fn accounts_filter(&self) -> String {
        if self.is_ad() {
            return "(&(objectCategory=person)(objectClass=user))".to_owned();
        }
        let own = self.object_classes.iter().map(String::as_str).filter(|class| !class.eq_ignore_ascii_case("top"));
        let classes = ["person", "posixAccount", "account"].into_iter().chain(own);
        format!("(|{})", classes.map(|class| format!("(objectClass={class})")).collect::<String>())
    }

    /// What is a group.
    pub(super) fn groups_filter(&self) -> &'static str {
        if self.is_ad() {
            "(objectClass=group)"
        } else {
            "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=groupOfMembers))"
        }
    }

    /// The classes of a new account.
    pub(super) fn classes_of_a_new_account(&self) -> Vec<String> {
        match (&self.object_classes[..], self.is_ad()) {
            ([], false) => vec!["inetOrgPerson".to_owned()],
            ([], true) => ["top", "person", "organizationalPerson", "user"].map(str::to_owned).to_vec(),
            (own, _) => own.to_vec(),
        }
    }

    /// The filter that finds an entry by its key. A key that is none must not look like an entry that is gone.
    pub(super) fn key_filter(&self, key: &str) -> Result<String, Fault> {
        let parsed = Uuid::try_parse(key).map_err(|_| {
            let shown: String = key.chars().take(80).collect();
            Fault::new(FaultKind::NeedsDecision, format!("{shown:?} is not a key of this directory: correlate the account again."))
        })?;
        if !self.is_ad() {
            return Ok(format!("(entryUUID={})", parsed.hyphenated()));
        }
        let octets: String = parsed.to_bytes_le().iter().map(|byte| format!("\\{byte:02x}")).collect();
        Ok(format!("(objectGUID={octets})"))
    }

    /// The filter that finds an account by its name.
    pub(super) fn name_filter(&self, name: &str) -> String {
        format!("(&{}({}={}))", self.accounts_filter(), self.name_attribute(), ldap_escape(name))
    }

    /// An entry's key, as text.
    pub(super) fn key_of(&self, entry: &Entry) -> Option<String> {
        let value = entry.values(self.key_attribute()).first()?;
        if self.is_ad() {
            return Some(Uuid::from_bytes_le(value.as_slice().try_into().ok()?).hyphenated().to_string());
        }
        let text = std::str::from_utf8(value).ok()?;
        Uuid::try_parse(text).ok().map(|uuid| uuid.hyphenated().to_string())
    }

    /// The name by which people know it; without one, its own.
    pub(super) fn name_of(&self, entry: &Entry) -> String {
        entry.text(self.name_attribute()).unwrap_or(&entry.dn).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_active_directory_has_its_first_bytes_in_reverse() {
        let settings = LdapSettings::for_tests("active-directory");
        let filter = settings.key_filter("00112233-4455-6677-8899-aabbccddeeff").expect("a key");
        assert_eq!(filter, r"(objectGUID=\33\22\11\00\55\44\77\66\88\99\aa\bb\cc\dd\ee\ff)");
        let entry = Entry::for_tests("cn=x", &[("objectguid", b"\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff")]);
        assert_eq!(settings.key_of(&entry).as_deref(), Some("00112233-4455-6677-8899-aabbccddeeff"));
    }

    #[test]
    fn a_key_that_is_none_never_looks_like_an_entry_that_is_gone() {
        for flavour in ["open-ldap", "active-directory"] {
            assert_eq!(LdapSettings::for_tests(flavour).key_filter("*").map_err(|f| f.kind), Err(FaultKind::NeedsDecision));
        }
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_a_filter() {
        let filter = LdapSettings::for_tests("open-ldap").name_filter("Müller, Anna (x)*\\\0");
        assert!(filter.ends_with(r"(uid=Müller, Anna \28x\29\2a\5c\00))"), "{filter}");
    }
}
