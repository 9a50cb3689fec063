//! What an administrator says of a directory.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{dn, found::is_secret};

/// Which kind of directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LdapFlavour {
    /// OpenLDAP, and others that keep to the RFCs and have `entryUUID` (RFC 4530).
    OpenLdap,
    /// Active Directory, and Samba as its domain controller.
    ActiveDirectory,
}

/// An attribute that says whether an account may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DisablingAttribute {
    /// Its name, as `loginShell`.
    pub name: String,
    /// The value of an account that is disabled, as `/usr/sbin/nologin`.
    pub disabled: String,
    /// The value of an account that is enabled; without one the attribute is taken away.
    #[serde(default)]
    pub enabled: Option<String>,
}

/// How an account is disabled in a directory of the OpenLDAP flavour.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisableBy {
    /// `pwdAccountLockedTime: 000001010000Z`, the lock for ever of the module `ppolicy`. It works where
    /// the policy that applies has `pwdLockout: TRUE`.
    #[default]
    PasswordPolicy,
    /// An attribute and a value that those who ask the directory heed.
    Attribute(DisablingAttribute),
    /// A move below this entry (its DN), which those who ask the directory leave out.
    MoveTo(String),
}

/// A directory, as configured. The password that Tenure signs in with comes apart from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LdapSettings {
    /// `ldap://host:389` or `ldaps://host:636`; the port may be left out.
    pub url: String,
    /// Whether `ldap://` is made secure by StartTLS (RFC 4511, 4.14) before anything is said.
    #[serde(default)]
    pub start_tls: bool,
    /// The certificate authorities to trust, as PEM; without it those that the world's browsers trust.
    #[serde(default)]
    pub ca_certificate: Option<String>,
    /// As whom Tenure signs in.
    pub bind_dn: String,
    /// Below which entry the accounts are.
    pub people_base: String,
    /// Below which entry the groups are.
    pub groups_base: String,
    /// Which kind of directory.
    pub flavour: LdapFlavour,
    /// The object classes of a new account; without them `inetOrgPerson` or `user`.
    #[serde(default)]
    pub object_classes: Vec<String>,
    /// The attribute in a new account's name, `uid` or `cn`; without it `uid`, and `cn` in Active Directory.
    #[serde(default)]
    pub naming_attribute: Option<String>,
    /// How an account is disabled; only for the OpenLDAP flavour.
    #[serde(default)]
    pub disable_by: DisableBy,
    /// How many entries the server is asked for at a time (RFC 2696).
    #[serde(default = "default_page_size")]
    pub page_size: u16,
    /// What is read of an account, to tell whose it is.
    #[serde(default = "default_attributes")]
    pub attributes: Vec<String>,
}

/// Why settings are not taken: the field, as it is written there, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct LdapSettingsError {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

fn default_page_size() -> u16 {
    500
}

fn default_attributes() -> Vec<String> {
    ["employeeNumber", "mail", "displayName", "uid", "cn"].map(str::to_owned).to_vec()
}

impl LdapSettings {
    /// The fewest words, of one flavour.
    #[cfg(test)]
    pub(super) fn for_tests(flavour: &str) -> Self {
        serde_json::from_value(serde_json::json!({
            "url": "ldaps://x", "bind-dn": "cn=t", "people-base": "ou=p", "groups-base": "ou=g", "flavour": flavour,
        }))
        .expect("settings")
    }

    /// Looks whether they can be meant.
    ///
    /// # Errors
    /// The first field that cannot.
    pub fn validate(&self) -> Result<(), LdapSettingsError> {
        let address = self.address()?;
        if address.secure && self.start_tls {
            return fault("start-tls", "is only for ldap:// addresses; ldaps:// is secure from the start");
        }
        // Tenure's own password is the first thing that is said, and it can end everybody's account.
        if !address.secure && !self.start_tls && !address.is_loopback() {
            return fault("start-tls", "is needed: without it or ldaps:// only the loopback is spoken to");
        }
        for (field, value) in [("bind-dn", &self.bind_dn), ("people-base", &self.people_base), ("groups-base", &self.groups_base)] {
            // Active Directory takes `name@domain` as well.
            let upn = field == "bind-dn" && self.flavour == LdapFlavour::ActiveDirectory && value.contains('@');
            if !upn && dn::normalised(value).is_none_or(|n| n.is_empty()) {
                return fault(field, "is not a distinguished name, as ou=people,dc=example,dc=org");
            }
        }
        if let Some(naming) = &self.naming_attribute
            && !["uid", "cn"].contains(&naming.as_str())
        {
            return fault("naming-attribute", "is uid or cn");
        }
        if self.page_size == 0 || self.page_size > 5000 {
            return fault("page-size", "is between 1 and 5000");
        }
        if !self.object_classes.iter().all(|name| is_attribute_name(name)) {
            return fault("object-classes", "has a name with other signs than letters, digits and hyphens");
        }
        if self.attributes.len() > 50 || !self.attributes.iter().all(|name| is_attribute_name(name)) {
            return fault("attributes", "is at most 50 names of letters, digits and hyphens");
        }
        if self.attributes.iter().any(|name| is_secret(name)) {
            return fault("attributes", "must not name passwords");
        }
        self.validate_disabling()
    }

    fn validate_disabling(&self) -> Result<(), LdapSettingsError> {
        match (&self.disable_by, self.flavour) {
            (DisableBy::PasswordPolicy, _) => Ok(()),
            (_, LdapFlavour::ActiveDirectory) => fault("disable-by", "is not for Active Directory, which has userAccountControl"),
            (DisableBy::Attribute(a), _) if !is_attribute_name(&a.name) || a.disabled.is_empty() => {
                fault("disable-by", "needs the attribute's name and the value of a disabled account")
            }
            (DisableBy::Attribute(a), _) if a.enabled.as_ref() == Some(&a.disabled) => {
                fault("disable-by", "has the same value for enabled and disabled")
            }
            (DisableBy::Attribute(_), _) => Ok(()),
            (DisableBy::MoveTo(entry), _) => match (dn::normalised(entry), dn::normalised(&self.people_base)) {
                (Some(entry), Some(people)) if !entry.is_empty() && entry != people => Ok(()),
                _ => fault("disable-by", "needs the distinguished name of another entry than people-base"),
            },
        }
    }

    /// The attribute in an account's own name.
    pub(super) fn naming(&self) -> &str {
        match (&self.naming_attribute, self.flavour) {
            (Some(naming), _) => naming,
            (None, LdapFlavour::OpenLdap) => "uid",
            (None, LdapFlavour::ActiveDirectory) => "cn",
        }
    }

    pub(super) fn address(&self) -> Result<Address, LdapSettingsError> {
        let (secure, rest) = match (self.url.strip_prefix("ldap://"), self.url.strip_prefix("ldaps://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return fault("url", "begins with ldap:// or ldaps://"),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // `[::1]:389` keeps its colons inside the brackets.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        if host.is_empty() || host.contains(|c: char| !(c.is_ascii_alphanumeric() || ".-_:".contains(c))) {
            return fault("url", "has no host name or address, as ldaps://directory.example.org:636");
        }
        let port = match port.map(str::parse) {
            None => Ok(if secure { 636 } else { 389 }),
            Some(port) => port.ok().filter(|p| *p != 0).ok_or(()),
        };
        let Ok(port) = port else { return fault("url", "has a port that is not a number between 1 and 65535") };
        Ok(Address { secure, host: host.to_owned(), port })
    }
}

/// Where the directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub secure: bool,
    pub host: String,
    pub port: u16,
}

impl Address {
    fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost") || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
    }
}

fn fault<T>(field: &'static str, problem: &str) -> Result<T, LdapSettingsError> {
    Err(LdapSettingsError { field, problem: problem.to_owned() })
}

/// Whether it can be the name of an attribute (RFC 4512, 2.5), without options and not by number.
pub(super) fn is_attribute_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests;
