//! Configuration: typed, from `tenure.toml`, the environment and the command line, in this order.
//! Every fault is named at once.

mod mail;
mod origin;
mod read;
mod tls;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tenure_domain::people::Limits;
use tenure_notify::MailSettings;
use tenure_services::Settings;
use tenure_services::people::mapping::Mapping;

use tenure_domain::network::Network;

pub use read::ConfigFaults;
pub use tls::TlsFiles;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON object a line.
    Json,
}

/// What an installation is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `sqlite://FILE`, `sqlite::memory:` or `postgres://…`.
    pub database: String,
    /// The key file; beside the database where it is not given.
    pub key_file: Option<PathBuf>,
    /// Where the portal listens.
    pub listen: SocketAddr,
    /// The address by which browsers reach it, as they name an origin: `https://tenure.example.com`. Links
    /// are made from it, and changes have to come from it.
    pub public_url: Option<String>,
    /// What is logged, as `tracing` filters say it.
    pub log: String,
    /// How it is written.
    pub log_format: LogFormat,
    /// Who may read `/metrics`, besides the machine itself.
    pub metrics_allow: Vec<IpAddr>,
    /// Proxies whose word counts of where a request comes from.
    pub trusted_proxies: Vec<Network>,
    /// How much one snapshot may change.
    pub limits: Limits,
    /// How the columns of sources are read.
    pub mappings: BTreeMap<String, Mapping>,
    /// The application of memberships, where the command line names none.
    pub memberships_application: String,
    /// The filter of breached passwords, where there is one.
    pub breached_filter: Option<PathBuf>,
    /// The table of the places of addresses, where there is one.
    pub places: Option<PathBuf>,
    /// The mail server, where there is one.
    pub mail: Option<MailSettings>,
    /// The portal's own certificate, where no proxy before it has one.
    pub tls: Option<TlsFiles>,
}

/// What environment and command line say: it goes before the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The database.
    pub database: Option<String>,
    /// The key file.
    pub key_file: Option<PathBuf>,
    /// Where the portal listens.
    pub listen: Option<SocketAddr>,
    /// The address by which browsers reach it.
    pub public_url: Option<String>,
    /// The file with the password of the account at the mail server.
    pub mail_password_file: Option<PathBuf>,
    /// The file with the portal's certificate.
    pub tls_certificate_file: Option<PathBuf>,
    /// The file with its key.
    pub tls_key_file: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: "sqlite://tenure.db".to_owned(),
            key_file: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: None,
            log: "info,sqlx=warn".to_owned(),
            log_format: LogFormat::Text,
            metrics_allow: Vec::new(),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            mappings: BTreeMap::new(),
            memberships_application: "Teams".to_owned(),
            breached_filter: None,
            mail: None,
            places: None,
            tls: None,
        }
    }
}

impl Config {
    /// Reads a configuration file, if there is one, and puts over it what environment and command line say.
    ///
    /// # Errors
    /// [`ConfigFaults`] with every fault of all of them.
    pub fn read(file: Option<&Path>, over: Overrides) -> Result<Self, ConfigFaults> {
        read::read(file, over)
    }

    /// Where the key file is. None for a database that vanishes with the process.
    pub fn key_file(&self) -> Option<PathBuf> {
        if let Some(file) = &self.key_file {
            return Some(file.clone());
        }
        let database = self.database.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//"));
        match database {
            Some(":memory:") => None,
            Some(file) => Some(Path::new(file).with_extension("key")),
            None => Some(PathBuf::from("tenure.key")),
        }
    }

    /// The address by which browsers reach the portal, without a slash at its end.
    pub fn origin(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| self.origin_at(self.listen))
    }

    /// The address by which this machine reaches what listens here.
    pub(crate) fn origin_at(&self, address: SocketAddr) -> String {
        format!("{}://{address}", if self.tls.is_some() { "https" } else { "http" })
    }

    /// Whether what is served is encrypted on its way over a network.
    ///
    /// # Errors
    /// In words, when passwords and sessions would cross one in the clear.
    pub(crate) fn is_fit_to_serve(&self) -> Result<(), String> {
        if self.listen.ip().is_loopback() || self.origin().starts_with("https://") {
            return Ok(());
        }
        Err(format!(
            "listen: at {} others than this machine reach the portal, and nothing would encrypt passwords on their way. Give it a certificate ([tls]), or set public_url to the https:// address of the proxy that has one",
            self.listen
        ))
    }

    /// By what links in mails begin. Nobody reaches "all addresses": then it is this machine's own.
    fn link_origin(&self) -> String {
        let ip = self.listen.ip();
        match (&self.public_url, ip.is_unspecified()) {
            (None, true) => self.origin_at((Ipv4Addr::LOCALHOST, self.listen.port()).into()),
            _ => self.origin(),
        }
    }

    /// What the services are told.
    pub fn settings(&self) -> Settings {
        Settings { mappings: self.mappings.clone(), limits: self.limits.clone(), origin: self.link_origin() }
    }
}
