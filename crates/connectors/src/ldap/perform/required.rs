//! What a new account must have, and which mapping gives it: said before the directory says it in its own way.

use std::collections::BTreeMap;

use ldap3::LdapResult;

use crate::{Fault, FaultKind, ldap::settings::LdapSettings};

/// Attributes by their names, ready for the wire.
pub(super) type Attributes = BTreeMap<String, Vec<Vec<u8>>>;

/// The attributes that a class must have (RFC 4519, 3; RFC 2798, 3; RFC 2307, 4).
const REQUIRED: [(&str, &[&str]); 7] = [
    ("person", &["sn", "cn"]),
    ("organizationalPerson", &["sn", "cn"]),
    ("inetOrgPerson", &["sn", "cn"]),
    ("residentialPerson", &["sn", "cn", "l"]),
    ("account", &["uid"]),
    ("posixAccount", &["cn", "uid", "uidNumber", "gidNumber", "homeDirectory"]),
    ("shadowAccount", &["uid"]),
];

/// What is mapped to an attribute as a rule.
const USUALLY: [(&str, &str); 6] = [
    ("sn", "family_name"),
    ("cn", "display_name"),
    ("uid", "user_name"),
    ("uidNumber", "uid_number"),
    ("gidNumber", "\"100\""),
    ("homeDirectory", "\"/home/\" + user_name"),
];

/// The most characters of `sAMAccountName` of a user (MS-SAMR, 3.1.1.8.4), and which signs it cannot have.
const LONGEST_SAM_NAME: usize = 20;
const NOT_IN_A_SAM_NAME: &str = "\"/\\[]:;|=,+*?<>";

/// Looks whether all is there.
///
/// # Errors
/// [`FaultKind::Refused`] that names what is missing, and what to map.
pub(super) fn check(settings: &LdapSettings, attributes: &Attributes) -> Result<(), Fault> {
    if settings.is_ad() { sam_name(attributes) } else { classes(attributes) }
}

/// What the directory says is missing, for classes that are not known here.
pub(super) fn said_missing(result: &LdapResult) -> Option<String> {
    let name = result.text.split_once("requires attribute '")?.1.split_once('\'')?.0;
    Some(advice(&[name]))
}

fn values<'a>(attributes: &'a Attributes, name: &str) -> &'a [Vec<u8>] {
    attributes.iter().find(|(there, _)| there.eq_ignore_ascii_case(name)).map_or(&[], |(_, values)| values)
}

fn classes(attributes: &Attributes) -> Result<(), Fault> {
    let classes = values(attributes, "objectClass");
    let mut missing: Vec<&str> = Vec::new();
    let mut of = "";
    for (class, required) in REQUIRED {
        if !classes.iter().any(|there| there.eq_ignore_ascii_case(class.as_bytes())) {
            continue;
        }
        for name in required {
            let there = values(attributes, name).iter().any(|value| !value.trim_ascii().is_empty());
            if !there && !missing.contains(name) {
                of = class;
                missing.push(name);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let words = format!("A new {of} must have {names}, and the mapping gives no value. {}", advice(&missing));
    Err(Fault::new(FaultKind::Refused, words))
}

fn advice(missing: &[&str]) -> String {
    let each = missing.iter().map(|name| match USUALLY.iter().find(|(usual, _)| usual.eq_ignore_ascii_case(name)) {
        Some((_, expression)) => format!("map `{name}`, for instance to `{expression}`"),
        None => format!("map `{name}`"),
    });
    let each = each.collect::<Vec<_>>().join("; ");
    let mut signs = each.chars();
    let first: String = signs.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}. Where an identity may have no such attribute, give another one by `default(…, …)`.", signs.as_str())
}

fn sam_name(attributes: &Attributes) -> Result<(), Fault> {
    let name = values(attributes, "sAMAccountName").first().map(|value| String::from_utf8_lossy(value)).unwrap_or_default();
    let refused = |words: String| Err(Fault::new(FaultKind::Refused, words));
    let length = name.chars().count();
    if name.trim().is_empty() {
        return refused("A new user must have a `sAMAccountName`: the mapping's name gives no value.".to_owned());
    }
    if length > LONGEST_SAM_NAME {
        return refused(format!(
            "`sAMAccountName` has at most {LONGEST_SAM_NAME} characters and {name} has {length}: shorten the mapping's name, \
             for instance `first(lower(ascii(family_name)), 16)`, which leaves room for a number."
        ));
    }
    match name.chars().find(|c| c.is_control() || NOT_IN_A_SAM_NAME.contains(*c)) {
        Some(sign) => refused(format!(
            "`sAMAccountName` cannot have the sign {} as {name} has: keep letters and digits only, as `letters(ascii(…))` does.",
            sign.escape_debug()
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(flavour: &str, attributes: &[(&str, &str)]) -> Option<String> {
        let attributes = attributes.iter().fold(Attributes::new(), |mut all, (name, value)| {
            all.entry((*name).to_owned()).or_default().push(value.as_bytes().to_vec());
            all
        });
        check(&LdapSettings::for_tests(flavour), &attributes).err().map(|fault| fault.words)
    }

    #[test]
    fn what_is_missing_is_named_with_the_mapping_that_gives_it() {
        let said = words("open-ldap", &[("objectClass", "inetOrgPerson"), ("CN", "Anna"), ("sn", " ")]).expect("a fault");
        assert!(said.contains("Map `sn`, for instance to `family_name`"), "{said}");
        assert!(!said.contains("`cn`"), "{said}");
        let said = words("open-ldap", &[("objectClass", "account"), ("objectclass", "x"), ("uid", "a")]);
        assert_eq!(said, None);
        let posix = [("objectClass", "inetOrgPerson"), ("objectClass", "posixAccount"), ("cn", "a"), ("sn", "a"), ("uid", "a")];
        let said = words("open-ldap", &posix).expect("a fault");
        assert!(said.contains("posixAccount") && said.contains("uidNumber") && said.contains("\"/home/\" + user_name"), "{said}");
    }

    #[test]
    fn a_logon_name_of_active_directory_is_short_and_plain() {
        assert_eq!(words("active-directory", &[("sAMAccountName", "anna.müller")]), None);
        for name in ["x".repeat(21), "a/b".to_owned(), "a,b".to_owned(), String::new()] {
            let said = words("active-directory", &[("samaccountname", &name)]).expect("a fault");
            assert!(said.contains("sAMAccountName"), "{said}");
        }
    }

    #[test]
    fn what_a_server_says_is_missing_is_said_as_a_mapping() {
        let text = "object class 'posixGroup' requires attribute 'gidNumber'".to_owned();
        let result = LdapResult { rc: 65, matched: String::new(), text, refs: vec![], ctrls: vec![] };
        assert!(said_missing(&result).expect("advice").starts_with("Map `gidNumber`"));
    }
}
