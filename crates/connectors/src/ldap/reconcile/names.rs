//! Which account or group a member is, by the name that a group has of it. Names are kept as the first half
//! of their SHA-256, so that a hundred thousand of them take a few megabytes.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ldap::{dn, search::Entry};

/// A name, short.
type Short = [u8; 16];

/// What a member is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// An account, by its key.
    Account(String),
    /// A group, by its key.
    Group(String),
}

#[derive(Default)]
pub(super) struct Names {
    accounts: HashMap<Short, Uuid>,
    uids: HashMap<Short, Uuid>,
    groups: HashMap<Short, usize>,
    keys_of_groups: Vec<String>,
    /// Groups that are an account's primary one by a number.
    primary: HashMap<i64, usize>,
}

impl Names {
    pub(super) fn account(&mut self, entry: &Entry, key: &str) {
        let Ok(key) = Uuid::try_parse(key) else { return };
        if let Some(name) = dn::normalised(&entry.dn) {
            self.accounts.insert(short(&name), key);
        }
        for uid in entry.texts("uid") {
            self.uids.insert(short(&uid.to_lowercase()), key);
        }
    }

    pub(super) fn group(&mut self, entry: &Entry) {
        let Some(name) = dn::normalised(&entry.dn) else { return };
        let keys = &mut self.keys_of_groups;
        let at = *self.groups.entry(short(&name)).or_insert_with(|| {
            keys.push(entry.dn.clone());
            keys.len() - 1
        });
        let number = entry.number("primaryGroupToken").or_else(|| entry.number("gidNumber"));
        if let Some(number) = number {
            self.primary.insert(number, at);
        }
    }

    pub(super) fn by_name(&self, name: &str) -> Option<Known> {
        let name = short(&dn::normalised(name)?);
        let account = self.accounts.get(&name).map(|key| Known::Account(key.hyphenated().to_string()));
        account.or_else(|| self.groups.get(&name).map(|at| Known::Group(self.keys_of_groups[*at].clone())))
    }

    pub(super) fn by_uid(&self, uid: &str) -> Option<Known> {
        self.uids.get(&short(&uid.to_lowercase())).map(|key| Known::Account(key.hyphenated().to_string()))
    }

    pub(super) fn primary_group(&self, number: i64) -> Option<&str> {
        self.primary.get(&number).map(|at| self.keys_of_groups[*at].as_str())
    }
}

fn short(name: &str) -> Short {
    let mut half = Short::default();
    half.copy_from_slice(&Sha256::digest(name)[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_known_by_any_writing_of_its_name() {
        let mut names = Names::default();
        names.account(&Entry::for_tests("uid=anna,ou=people", &[("uid", b"anna")]), "00112233-4455-6677-8899-aabbccddeeff");
        names.group(&Entry::for_tests("cn=All,ou=groups", &[("gidnumber", b"7")]));
        let anna = Some(Known::Account("00112233-4455-6677-8899-aabbccddeeff".to_owned()));
        assert_eq!(names.by_name("UID=Anna, OU=People"), anna);
        assert_eq!(names.by_uid("ANNA"), anna);
        assert_eq!(names.by_name("cn=all,ou=groups"), Some(Known::Group("cn=All,ou=groups".to_owned())));
        assert_eq!(names.primary_group(7), Some("cn=All,ou=groups"));
        assert_eq!(names.by_name("").or(names.by_name("x")), None);
    }
}
