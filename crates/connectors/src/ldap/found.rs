//! An account as it is told, by itself or among all.

use std::collections::BTreeMap;

use super::{
    Target,
    connection::Connection,
    search::Entry,
    settings::{LdapSettings, is_attribute_name},
    state, time,
};
use crate::{AccountRef, Fault, FaultKind, FoundAccount};

/// No attribute has more values than these when it is told, and no value is longer.
pub(super) const MOST_VALUES: usize = 100;
pub(super) const LONGEST_VALUE: usize = 4096;

/// Attributes that hold a password, a key, or what stands for one. They are neither told nor mapped.
const SECRETS: [&str; 19] = [
    "userPassword",
    "unicodePwd",
    "authPassword",
    "pwdHistory",
    "dBCSPwd",
    "lmPwdHistory",
    "ntPwdHistory",
    "supplementalCredentials",
    "msDS-ManagedPassword",
    "ms-Mcs-AdmPwd",
    "msLAPS-Password",
    "msLAPS-EncryptedPassword",
    "msFVE-RecoveryPassword",
    "sambaNTPassword",
    "sambaLMPassword",
    "sambaPasswordHistory",
    "krbPrincipalKey",
    "oathSecret",
    "userPKCS12",
];

/// Whether an attribute holds a secret, by its name in any case, with or without options (`;binary`).
pub(super) fn is_secret(name: &str) -> bool {
    SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(bare(name)))
}

/// A name without its options (RFC 4512, 2.5.2).
fn bare(name: &str) -> &str {
    name.split(';').next().unwrap_or(name)
}

/// One account by a fresh look; `None` only if the place where it would be can be read and it is not there.
pub(super) async fn find(target: &Target, account: &AccountRef, wanted: &[String]) -> Result<Option<FoundAccount>, Fault> {
    let settings = &target.settings;
    let told = Told::new(settings, wanted);
    let mut on = Connection::signed_in(target).await?;
    match on.account(account, &told.asked(settings)).await? {
        Some(entry) => Ok(Some(told.account(settings, &entry, key(settings, &entry)?))),
        None => Ok(None),
    }
}

/// An entry's key.
///
/// # Errors
/// When it cannot be read.
pub(super) fn key(settings: &LdapSettings, entry: &Entry) -> Result<String, Fault> {
    settings.key_of(entry).ok_or_else(|| {
        let words = format!("{} of {} cannot be read: give Tenure's account the right to.", settings.key_attribute(), entry.dn);
        Fault::new(FaultKind::Forbidden, words)
    })
}

/// Which attributes of an account are told: those of the settings, and those that are wanted besides. Each
/// under the name by which it is asked for, so that `Mail` and `mail` are both answered.
#[derive(Debug, Clone)]
pub(super) struct Told {
    names: Vec<String>,
}

impl Told {
    pub(super) fn new(settings: &LdapSettings, wanted: &[String]) -> Self {
        let mut names = Vec::new();
        for name in settings.attributes.iter().chain(wanted) {
            let fits = name.split(';').all(is_attribute_name) && !is_secret(name);
            if fits && !names.contains(name) {
                names.push(name.clone());
            }
        }
        Self { names }
    }

    /// What a search asks for, each attribute once.
    pub(super) fn asked<'a>(&'a self, settings: &'a LdapSettings) -> Vec<&'a str> {
        let own = ["objectClass", settings.key_attribute(), settings.name_attribute(), "uid"];
        let used = ["entryCSN", "modifyTimestamp", "lastLogonTimestamp", "pwdLastSuccess", "authTimestamp"];
        let standing = state::standing_attributes(settings);
        let all = own.into_iter().chain(used).chain(standing).chain(self.names.iter().map(String::as_str));
        all.fold(Vec::new(), |mut asked, name| {
            if !asked.iter().any(|there: &&str| there.eq_ignore_ascii_case(name)) {
                asked.push(name);
            }
            asked
        })
    }

    pub(super) fn account(&self, settings: &LdapSettings, entry: &Entry, key: String) -> FoundAccount {
        let mut attributes = BTreeMap::new();
        for name in &self.names {
            let values: Vec<String> = entry.texts(name).take(MOST_VALUES).map(|v| v.chars().take(LONGEST_VALUE).collect()).collect();
            if !values.is_empty() {
                attributes.insert(name.clone(), values);
            }
        }
        let last_used_at = match settings.is_ad() {
            true => entry.number("lastLogonTimestamp").and_then(time::windows),
            false => ["pwdLastSuccess", "authTimestamp"].iter().filter_map(|name| time::generalized(entry.text(name)?)).max(),
        };
        FoundAccount {
            account: AccountRef { key, name: settings.name_of(entry) },
            enabled: !state::standing(settings, entry).disabled,
            attributes,
            last_used_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(wanted: &[&str]) -> Vec<String> {
        let settings = LdapSettings { attributes: vec!["mail".to_owned()], ..LdapSettings::for_tests("open-ldap") };
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        Told::new(&settings, &wanted).names
    }

    #[test]
    fn what_is_wanted_is_told_by_its_own_name_besides_what_the_settings_say() {
        assert_eq!(told(&["sn", "Mail", "sn"]), ["mail", "sn", "Mail"]);
    }

    #[test]
    fn secrets_are_never_told_however_they_are_written() {
        for name in SECRETS {
            assert_eq!(told(&[name, &name.to_uppercase(), &format!("{name};binary")]), ["mail"], "{name}");
        }
    }

    #[test]
    fn what_is_no_name_of_an_attribute_asks_for_nothing() {
        assert_eq!(told(&["*", "+", "", "a b", "(x)", ";binary", "1.1"]), ["mail"]);
    }
}
