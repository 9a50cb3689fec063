//! Reading `tenure.toml`, key by key, so that one fault does not hide the next.

use std::path::Path;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::origin::origin;
use super::{Config, Overrides, mail, tls};

/// Every fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} has {}:\n{}", match .faults.len() { 1 => "a fault".to_owned(), n => format!("{n} faults") }, .faults.iter().map(|f| format!("  {f}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigFaults {
    /// The file; without one, what stands for it in a sentence.
    pub file: String,
    /// Each with its key and what to do.
    pub faults: Vec<String>,
}

const KEYS: [&str; 15] = [
    "database",
    "key_file",
    "listen",
    "public_url",
    "log",
    "log_format",
    "metrics_allow",
    "trusted_proxies",
    "limits",
    "mail",
    "mappings",
    "memberships",
    "passwords",
    "places",
    "tls",
];

pub(super) fn read(file: Option<&Path>, over: Overrides) -> Result<Config, ConfigFaults> {
    let name = file.map_or_else(|| "the configuration".to_owned(), |file| file.display().to_string());
    let fail = |faults: Vec<String>| ConfigFaults { file: name.clone(), faults };
    let table: Table = match file {
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|e| fail(vec![format!("it cannot be read: {e}")]))?;
            text.parse().map_err(|e: toml::de::Error| fail(vec![e.to_string().trim().replace('\n', " ")]))?
        }
        None => Table::new(),
    };
    let mut faults = Vec::new();
    if let Some(file) = file
        && table.get("database").and_then(Value::as_str).is_some_and(holds_password)
        && is_open_to_others(file)
    {
        faults.push(format!(
            "database: it holds a password, and others may read the file; close it with: chmod 600 {name}, or put the password into ~/.pgpass"
        ));
    }
    let config = settle(&table, over, &mut faults);
    if faults.is_empty() { Ok(config) } else { Err(fail(faults)) }
}

/// Whether the address of a database has a password in it: `postgres://USER:PASSWORD@HOST/NAME`, or as a parameter.
fn holds_password(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let named = authority.rsplit_once('@').is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, password)| !password.is_empty()));
    named || rest.split(['?', '&']).skip(1).any(|pair| pair.starts_with("password="))
}

/// Whether others than its owner may read a file. What cannot be looked at is not read either.
#[cfg(unix)]
fn is_open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// Reads the file, puts the overrides over it, and checks what has to hold wherever it came from.
fn settle(table: &Table, over: Overrides, faults: &mut Vec<String>) -> Config {
    let mut config = gather(table, faults);
    let files = sub_table(table, "tls", faults).map(|table| tls::gather(table, faults)).unwrap_or_default();
    let files = tls::Said { certificate: over.tls_certificate_file.or(files.certificate), key: over.tls_key_file.or(files.key) };
    config.tls = tls::settle(files, faults);
    config.database = over.database.unwrap_or(config.database);
    config.key_file = over.key_file.or(config.key_file);
    config.listen = over.listen.unwrap_or(config.listen);
    config.public_url = over.public_url.or(config.public_url).and_then(|url| match origin(&url) {
        Ok(origin) => Some(origin),
        Err(words) => {
            faults.push(format!("public_url: {words}"));
            None
        }
    });
    if config.tls.is_some() && config.public_url.as_ref().is_some_and(|url| url.starts_with("http://")) {
        faults.push("public_url: it begins with http://, and with a certificate ([tls]) browsers come by https://".to_owned());
    }
    if let Some(settings) = &mut config.mail {
        settings.password_file = over.mail_password_file.or(settings.password_file.take());
        settings.greet_as = config.public_url.as_deref().and_then(host_of).map(str::to_owned);
        faults.extend(mail::faults(settings, faults));
    }
    config
}

/// The host of an origin.
fn host_of(origin: &str) -> Option<&str> {
    let (_, rest) = origin.split_once("://")?;
    match rest.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => Some(host),
        _ => Some(rest),
    }
}

fn gather(table: &Table, faults: &mut Vec<String>) -> Config {
    let mut config = Config::default();
    for key in table.keys().filter(|k| !KEYS.contains(&k.as_str())) {
        faults.push(format!("{key}: there is no such setting; there are {}", KEYS.join(", ")));
    }
    set(table, "", "database", &mut config.database, faults);
    set(table, "", "listen", &mut config.listen, faults);
    set(table, "", "log", &mut config.log, faults);
    set(table, "", "log_format", &mut config.log_format, faults);
    set(table, "", "metrics_allow", &mut config.metrics_allow, faults);
    let mut proxies: Vec<String> = Vec::new();
    set(table, "", "trusted_proxies", &mut proxies, faults);
    for proxy in proxies {
        match proxy.parse() {
            Ok(network) => config.trusted_proxies.push(network),
            Err(words) => faults.push(format!("trusted_proxies: {words}")),
        }
    }
    config.key_file = optional(table, "", "key_file", faults);
    config.public_url = optional(table, "", "public_url", faults);
    if let Some(limits) = sub_table(table, "limits", faults) {
        unknown(limits, "limits", &["leavers_percent", "leavers", "changes_percent"], faults);
        set(limits, "limits.", "leavers_percent", &mut config.limits.leavers_percent, faults);
        set(limits, "limits.", "changes_percent", &mut config.limits.changes_percent, faults);
        let mut leavers = 0;
        set(limits, "limits.", "leavers", &mut leavers, faults);
        config.limits.leavers = limits.contains_key("leavers").then_some(leavers);
    }
    if let Some(memberships) = sub_table(table, "memberships", faults) {
        unknown(memberships, "memberships", &["application"], faults);
        set(memberships, "memberships.", "application", &mut config.memberships_application, faults);
    }
    if let Some(passwords) = sub_table(table, "passwords", faults) {
        unknown(passwords, "passwords", &["breached_filter"], faults);
        config.breached_filter = optional(passwords, "passwords.", "breached_filter", faults);
    }
    if let Some(places) = sub_table(table, "places", faults) {
        unknown(places, "places", &["file"], faults);
        config.places = optional(places, "places.", "file", faults);
    }
    config.mail = sub_table(table, "mail", faults).map(|table| mail::gather(table, faults));
    if let Some(mappings) = sub_table(table, "mappings", faults) {
        for name in mappings.keys() {
            let Some(mapping) = sub_table(mappings, name, faults) else { continue };
            // Each key by itself, so that each fault is seen.
            let mut sound = Table::new();
            for (key, value) in mapping {
                let alone = Table::from_iter([(key.clone(), value.clone())]);
                match alone.try_into::<tenure_services::people::mapping::Mapping>() {
                    Ok(_) => {
                        sound.insert(key.clone(), value.clone());
                    }
                    Err(e) => faults.push(format!("mappings.{name}.{key}: {}", e.message())),
                }
            }
            if let Ok(mapping) = sound.try_into::<tenure_services::people::mapping::Mapping>() {
                faults.extend(mapping.check().into_iter().map(|f| format!("mappings.{name}: {f}")));
                config.mappings.insert(name.clone(), mapping);
            }
        }
    }
    config
}

pub(super) fn set<T: DeserializeOwned>(table: &Table, prefix: &str, key: &str, place: &mut T, faults: &mut Vec<String>) {
    let Some(value) = table.get(key) else { return };
    match value.clone().try_into::<T>() {
        Ok(value) => *place = value,
        Err(e) => faults.push(format!("{prefix}{key}: {}", e.message())),
    }
}

pub(super) fn optional<T: DeserializeOwned>(table: &Table, prefix: &str, key: &str, faults: &mut Vec<String>) -> Option<T> {
    let value = table.get(key)?;
    match value.clone().try_into::<T>() {
        Ok(value) => Some(value),
        Err(e) => {
            faults.push(format!("{prefix}{key}: {}", e.message()));
            None
        }
    }
}

fn sub_table<'a>(table: &'a Table, key: &str, faults: &mut Vec<String>) -> Option<&'a Table> {
    match table.get(key)? {
        Value::Table(inner) => Some(inner),
        other => {
            faults.push(format!("{key}: a table is expected ([{key}]), not {}", other.type_str()));
            None
        }
    }
}

pub(super) fn unknown(table: &Table, name: &str, known: &[&str], faults: &mut Vec<String>) {
    for key in table.keys().filter(|k| !known.contains(&k.as_str())) {
        faults.push(format!("{name}.{key}: there is no such setting; there are {}", known.join(", ")));
    }
}

/// What a text makes, with this file for the mail password from elsewhere.
#[cfg(test)]
pub(super) fn test_config(text: &str, mail_password_file: Option<&str>) -> (Config, Vec<String>) {
    let mut faults = Vec::new();
    let over = Overrides { mail_password_file: mail_password_file.map(Into::into), ..Overrides::default() };
    let table: Table = text.parse().unwrap_or_default();
    let config = settle(&table, over, &mut faults);
    (config, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let mut faults = Vec::new();
        gather(&text.parse().unwrap(), &mut faults);
        faults
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let found = faults(
            "database = 3\nlisten = \"nowhere\"\ncolour = \"red\"\n[limits]\nleavers_percent = 300\nchange = 1\n[mappings.HR]\nuser_name = 1\ndelimiter = \"abc\"\n",
        );
        for key in
            ["database", "listen", "colour", "limits.leavers_percent", "limits.change", "mappings.HR.user_name", "mappings.HR.delimiter"]
        {
            assert!(found.iter().any(|f| f.starts_with(&format!("{key}:"))), "{key} in {found:#?}");
        }
        assert_eq!(found.len(), 7);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_a_password_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenure.toml");
        let faults = |address: &str, mode: u32| {
            std::fs::write(&file, format!("database = \"{address}\"\n")).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            read(Some(&file), Overrides::default()).map_or_else(|refused| refused.faults, |_| Vec::new())
        };
        for address in ["postgres://tenure:s3cret@db.internal/tenure", "postgres://db.internal/tenure?user=tenure&password=s3cret"] {
            let said = faults(address, 0o640);
            assert!(said.len() == 1 && said[0].starts_with("database: ") && !said[0].contains("s3cret"), "{said:?}");
            assert_eq!(faults(address, 0o600), Vec::<String>::new(), "{address}");
        }
        for address in ["postgres://tenure@db.internal/tenure", "postgres://db.internal:5433/tenure", "sqlite://tenure.db"] {
            assert_eq!(faults(address, 0o644), Vec::<String>::new(), "{address}");
        }
    }

    #[test]
    fn a_sound_file_is_taken() {
        let mut found = Vec::new();
        let config = gather(
            &"database = \"sqlite::memory:\"\n[limits]\nleavers = 5\n[mappings.HR]\ndepartment = \"Dept\"\n".parse().unwrap(),
            &mut found,
        );
        assert_eq!(found, Vec::<String>::new());
        assert_eq!((config.limits.leavers, config.mappings["HR"].department.as_str()), (Some(5), "Dept"));
        assert_eq!(config.key_file(), None);
    }

    #[test]
    fn an_address_for_browsers_is_checked_wherever_it_comes_from_and_with_the_other_faults() {
        let mut found = Vec::new();
        let over = |url: &str| Overrides { public_url: Some(url.to_owned()), ..Overrides::default() };
        let table = "listen = \"nowhere\"\npublic_url = \"https://file.example\"\n".parse().unwrap();
        settle(&table, over("https://tenure.example/portal"), &mut found);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].starts_with("public_url: `https://tenure.example/portal` has a path"), "{found:?}");
        let config = settle(&Table::new(), over("HTTPS://Tenure.example:443/"), &mut Vec::new());
        assert_eq!(config.origin(), "https://tenure.example");
    }
}
