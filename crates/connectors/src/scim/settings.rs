//! Where the peer is and how it likes to be spoken to.

use std::net::IpAddr;

use reqwest::Url;
use serde::{Deserialize, Serialize};

/// How a resource is changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Update {
    /// Only what differs (RFC 7644, 3.5.2).
    #[default]
    Patch,
    /// The whole resource (RFC 7644, 3.5.1), for a peer without PATCH.
    Put,
}

/// How PATCH is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// As the RFC says, each operation with a path.
    #[default]
    Standard,
    /// As Entra ID writes: `Replace`, `Add`, `Remove`, and members removed by a list of values.
    Entra,
    /// As Okta writes: attributes are replaced by one operation without a path.
    Okta,
}

/// What tells whose account it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Correlation {
    /// `userName`.
    #[default]
    UserName,
    /// `externalId`, which a new account's attributes must hold.
    ExternalId,
}

/// A SCIM service provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Where `/Users` and `/Groups` are: `https://idp.example.org/scim/v2`. `http` only on the loopback.
    pub base_url: String,
    /// How a resource is changed.
    #[serde(default)]
    pub update: Update,
    /// How PATCH is written.
    #[serde(default)]
    pub dialect: Dialect,
    /// What tells whose account it is.
    #[serde(default)]
    pub correlation: Correlation,
    /// How many resources are asked for at once, 1 to 1000.
    #[serde(default = "default_page_size")]
    pub page_size: u32,
    /// Whether the peer takes passwords. That one was set cannot be read back.
    #[serde(default)]
    pub passwords: bool,
    /// Whether the peer can filter by `meta.lastModified`, so that only what changed is read.
    #[serde(default)]
    pub incremental: bool,
    /// The only authorities whose certificates are trusted, in PEM; without it, those that browsers trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
}

const fn default_page_size() -> u32 {
    100
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {words}")]
pub struct SettingsError {
    /// The field, as it is written in the settings; `token` for the bearer token.
    pub field: &'static str,
    /// What is wrong with it and what to do.
    pub words: String,
}

pub(super) fn wrong(field: &'static str, words: &str) -> SettingsError {
    SettingsError { field, words: words.into() }
}

impl Settings {
    /// Looks whether these can be used, without asking the peer.
    ///
    /// # Errors
    /// The first field that cannot be used, and why.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.base()?;
        if !(1..=1000).contains(&self.page_size) {
            return Err(wrong("page-size", "it is between 1 and 1000"));
        }
        if self.ca_pem.as_ref().is_some_and(|pem| !pem.contains("-----BEGIN CERTIFICATE-----")) {
            return Err(wrong("ca-pem", "no certificate in it; it begins with -----BEGIN CERTIFICATE-----"));
        }
        Ok(())
    }

    pub(super) fn base(&self) -> Result<Url, SettingsError> {
        let field = "base-url";
        let mut url =
            Url::parse(self.base_url.trim()).map_err(|_| wrong(field, "give an address such as https://idp.example.org/scim/v2"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(field, "it must hold no name and no password; the token is given apart"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong(field, "it must end with the path, without ? and #"));
        }
        match url.scheme() {
            "https" => {}
            "http" if url.host_str().is_some_and(is_loopback) => {}
            _ => return Err(wrong(field, "it must begin with https://; http:// is only for the loopback")),
        }
        crate::outward::check_url(url.as_str()).map_err(|words| SettingsError { field, words })?;
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(url)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Settings, serde_json::Error> {
        serde_json::from_str(json)
    }

    fn at(url: &str) -> Settings {
        read(&format!(r#"{{"base-url": "{url}"}}"#)).unwrap()
    }

    #[test]
    fn an_address_is_enough() {
        let settings = at("https://idp.example.org/scim/v2/");
        settings.check().unwrap();
        assert_eq!((settings.update, settings.dialect, settings.page_size), (Update::Patch, Dialect::Standard, 100));
        assert_eq!(settings.base().unwrap().as_str(), "https://idp.example.org/scim/v2");
    }

    #[test]
    fn http_is_only_for_the_loopback() {
        for (url, fine) in [
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080/v2", true),
            ("http://localhost", true),
            ("http://idp.example.org", false),
            ("http://127.0.0.1.example.org", false),
            ("ftp://127.0.0.1", false),
            ("https://user:pw@idp.example.org", false),
            ("https://169.254.169.254/scim", false),
            ("https://[::ffff:169.254.169.254]/scim", false),
            ("https://10.1.2.3/scim", true),
            ("https://idp.example.org/?a=b", false),
            ("idp.example.org", false),
        ] {
            assert_eq!(at(url).check().is_ok(), fine, "{url}");
        }
    }

    #[test]
    fn an_error_names_its_field() {
        let mut settings = at("https://idp.example.org");
        settings.page_size = 0;
        assert_eq!(settings.check().unwrap_err().field, "page-size");
        settings.page_size = 1;
        settings.ca_pem = Some("no".into());
        assert!(settings.check().unwrap_err().to_string().starts_with("ca-pem: "));
    }

    #[test]
    fn a_field_that_nobody_knows_is_refused() {
        let error = read(r#"{"base-url": "https://x.example", "token": "x"}"#).unwrap_err();
        assert!(error.to_string().contains("token"), "{error}");
    }
}
