//! `deny.toml`, as far as it is used here.

use super::packages::Package;
use crate::workspace;
use anyhow::{Context, Result};
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};
use std::fs;

/// What dependencies may be.
#[derive(Deserialize)]
pub struct Policy {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

impl Policy {
    /// The repository's own.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(workspace::root().join("deny.toml")).context("deny.toml")?;
        Self::parse(&text).context("deny.toml")
    }

    pub fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// Whether a package must not be used at all.
    pub fn bans(&self, package: &str) -> bool {
        self.bans.deny.iter().any(|ban| ban.name == package)
    }

    /// Whether packages may come from there.
    pub fn knows_source(&self, source: &str) -> bool {
        let registry = source.strip_prefix("registry+");
        registry.is_some_and(|registry| self.sources.allow_registry.iter().any(|it| it == registry))
    }

    /// Whether an SPDX expression can be met with the licences allowed for this package.
    pub fn allows(&self, package: &str, license: &str) -> Result<bool> {
        let exceptions = self.licenses.exceptions.iter();
        let own = exceptions.filter(|it| it.name == package).flat_map(|it| &it.allow);
        let allowed: Vec<Licensee> =
            self.licenses.allow.iter().chain(own).map(|name| Licensee::parse(name).with_context(|| name.clone())).collect::<Result<_>>()?;
        // Old crates write `MIT/Apache-2.0`.
        let expression = Expression::parse_mode(license, ParseMode::LAX).context(license.to_owned())?;
        Ok(expression.evaluate(|wanted| allowed.iter().any(|licence| licence.satisfies(wanted))))
    }

    /// Exceptions that have outlived their package.
    pub fn unused_exceptions<'a>(&'a self, packages: &[Package]) -> Vec<&'a str> {
        let names = self.licenses.exceptions.iter().map(|it| it.name.as_str());
        names.filter(|name| packages.iter().all(|package| package.name != *name)).collect()
    }
}
