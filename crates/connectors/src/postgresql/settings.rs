//! Where a cluster is, and what Tenure may change there.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// How the connection is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// TLS, with a certificate that is trusted and is for that host.
    #[default]
    VerifyFull,
    /// No TLS. Only for a loopback address.
    Disable,
}

/// Where a cluster is, and what Tenure may change there. The password comes apart, as a [`crate::Secret`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Host name or address. With TLS it is the name that the certificate must be for.
    pub host: String,
    /// TCP port.
    #[serde(default = "default_port")]
    pub port: u16,
    /// Tenure's own role: a superuser, or one with `CREATEROLE` and a member of `pg_signal_backend`.
    pub user: String,
    /// The database in which Tenure signs in.
    #[serde(default = "default_database")]
    pub maintenance_database: String,
    /// How the connection is protected.
    #[serde(default)]
    pub ssl_mode: SslMode,
    /// A certificate authority to trust besides the public ones, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
    /// Tenure changes only roles whose names begin with one of these, or are in `roles`. Both empty: all but the protected.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Roles that Tenure may change, by name.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Roles that Tenure never changes. Superusers, `pg_…` and its own role need not be named.
    #[serde(default)]
    pub protected: Vec<String>,
    /// Who takes over what a deleted role owns, if no heir is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassign_to: Option<String>,
}

fn default_port() -> u16 {
    5432
}

fn default_database() -> String {
    "postgres".into()
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {words}")]
pub struct SettingsError {
    /// The field, as it is written in the settings.
    pub field: &'static str,
    /// What is wrong with it and what to do.
    pub words: String,
}

impl Settings {
    /// Looks whether these can be used, without asking the server.
    ///
    /// # Errors
    /// The first field that cannot be used, and why.
    pub fn check(&self) -> Result<(), SettingsError> {
        let wrong = |field, words: String| Err(SettingsError { field, words });
        if self.host.is_empty() || self.host.starts_with('/') || self.host.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return wrong("host", "give a host name or an address; sockets are not used".into());
        }
        if self.port == 0 {
            return wrong("port", "0 is not a port".into());
        }
        let names = [
            ("user", Some(&self.user)),
            ("maintenance-database", Some(&self.maintenance_database)),
            ("reassign-to", self.reassign_to.as_ref()),
        ];
        for (field, name) in names {
            if let Some(Err(why)) = name.map(|name| super::names::check(name)) {
                return wrong(field, why);
            }
        }
        for (field, list) in [("prefixes", &self.prefixes), ("roles", &self.roles), ("protected", &self.protected)] {
            if let Some(why) = list.iter().find_map(|name| super::names::check(name).err()) {
                return wrong(field, why);
            }
        }
        if self.ssl_mode == SslMode::Disable && !self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()) {
            return wrong("ssl-mode", "disable is only for a loopback address such as 127.0.0.1; use verify-full".into());
        }
        if self.ca_pem.as_ref().is_some_and(|pem| !pem.contains("-----BEGIN CERTIFICATE-----")) {
            return wrong("ca-pem", "no certificate in it; it begins with -----BEGIN CERTIFICATE-----".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extra: &str) -> Result<Settings, serde_json::Error> {
        serde_json::from_str(&format!(r#"{{"host": "db.example.org", "user": "tenure"{extra}}}"#))
    }

    #[test]
    fn host_and_user_are_enough_and_tls_is_checked_then() {
        let settings = read("").unwrap();
        assert_eq!((settings.port, settings.maintenance_database.as_str(), settings.ssl_mode), (5432, "postgres", SslMode::VerifyFull));
        settings.check().unwrap();
    }

    #[test]
    fn a_field_that_nobody_knows_is_refused() {
        assert!(read(r#", "sslmode": "disable""#).unwrap_err().to_string().contains("sslmode"));
    }

    #[test]
    fn tls_is_left_out_only_on_the_loopback() {
        let mut settings = read(r#", "ssl-mode": "disable""#).unwrap();
        assert_eq!(settings.check().unwrap_err().field, "ssl-mode");
        for (host, fine) in [("127.0.0.1", true), ("::1", true), ("localhost", false), ("10.0.0.1", false)] {
            settings.host = host.into();
            assert_eq!(settings.check().is_ok(), fine, "{host}");
        }
    }

    #[test]
    fn an_error_names_its_field() {
        let mut settings = read("").unwrap();
        settings.reassign_to = Some("x".repeat(64));
        assert_eq!(settings.check().unwrap_err().field, "reassign-to");
        settings.reassign_to = None;
        settings.ca_pem = Some("no".into());
        assert!(settings.check().unwrap_err().to_string().starts_with("ca-pem: "));
    }
}
