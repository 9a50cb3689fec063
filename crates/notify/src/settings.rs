//! Where the mail server is and how it is spoken to.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;
use rustls::pki_types::ServerName;
use serde::Deserialize;

/// How the connection is made secure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// It begins in the clear and is secured before anything is said that matters (RFC 3207). A server that
    /// does not offer it is refused.
    #[default]
    StartTls,
    /// It is secure from the first byte (RFC 8314).
    Tls,
    /// Not at all; for the loopback only.
    None,
}

impl Security {
    /// The port where servers usually listen for it.
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// A mail server, and in whose name it is asked. Holds no secret, only the name of the file with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// The server's name or address, as its certificate has it.
    pub host: String,
    /// Its port; without one, the usual port for that security.
    pub port: Option<u16>,
    /// How the connection is made secure.
    pub security: Security,
    /// The account at the server; without one, nobody signs in.
    pub user_name: Option<String>,
    /// The file with that account's password, readable by nobody else.
    pub password_file: Option<PathBuf>,
    /// The only authorities whose certificates are trusted, in PEM; without it, those that browsers trust.
    pub ca_file: Option<PathBuf>,
    /// Whom messages come from: `tenure@example.com` or `Tenure <tenure@example.com>`.
    pub from: String,
    /// The longest wait for one step of a conversation.
    pub timeout: Duration,
    /// The name by which Tenure greets the server; without one, an address literal (RFC 5321, 4.1.3).
    pub greet_as: Option<String>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: None,
            security: Security::default(),
            user_name: None,
            password_file: None,
            ca_file: None,
            from: String::new(),
            timeout: Duration::from_secs(10),
            greet_as: None,
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {words}")]
pub struct SettingsFault {
    /// Its name, as it is written in the file.
    pub field: &'static str,
    /// What is wrong with it and what to do.
    pub words: String,
}

impl MailSettings {
    /// Every setting that cannot be used. Opens no file and asks nobody.
    pub fn faults(&self) -> Vec<SettingsFault> {
        let mut faults = Vec::new();
        let mut wrong = |field, so: bool, words: &str| {
            if so {
                faults.push(SettingsFault { field, words: words.to_owned() });
            }
        };
        let named = ServerName::try_from(self.host.as_str()).is_ok();
        wrong("host", !named, "give the mail server's name or address alone, such as mail.example.com; the port has a setting of its own");
        wrong("port", self.port == Some(0), "it is between 1 and 65535");
        wrong(
            "security",
            named && self.security == Security::None && !is_loopback(&self.host),
            "none is only for the loopback (127.0.0.1, ::1, localhost); use starttls or tls",
        );
        wrong("from", self.sender().is_err(), "give an address such as tenure@example.com or \"Tenure <tenure@example.com>\"");
        let user_name = self.user_name.as_deref();
        wrong("user_name", user_name == Some(""), "it is empty; leave it out where the server asks for no sign-in");
        wrong(
            "password_file",
            user_name.is_some() && self.password_file.is_none(),
            "it is missing: name the file with user_name's password",
        );
        wrong("user_name", user_name.is_none() && self.password_file.is_some(), "it is missing: whose password is in password_file?");
        wrong("timeout_seconds", !(1..=120).contains(&self.timeout.as_secs()), "it is between 1 and 120 seconds");
        faults
    }

    /// The port, given or usual.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(self.security.usual_port())
    }

    /// Server and port as people write them.
    pub(crate) fn address(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port()),
            false => format!("{}:{}", self.host, self.port()),
        }
    }

    pub(crate) fn sender(&self) -> Result<Mailbox, lettre::address::AddressError> {
        self.from.parse()
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> MailSettings {
        MailSettings { host: "mail.example.com".into(), from: "Tenure <tenure@example.com>".into(), ..MailSettings::default() }
    }

    fn fields(settings: &MailSettings) -> Vec<&'static str> {
        settings.faults().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_host_and_a_sender_are_enough() {
        assert_eq!(sound().faults(), []);
        assert_eq!((sound().port(), sound().address()), (587, "mail.example.com:587".to_owned()));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let settings = MailSettings {
            host: "smtp://mail.example.com:25".into(),
            port: Some(0),
            user_name: Some(String::new()),
            from: "nobody".into(),
            timeout: Duration::from_secs(0),
            ..sound()
        };
        assert_eq!(fields(&settings), ["host", "port", "from", "user_name", "password_file", "timeout_seconds"]);
        assert_eq!(fields(&MailSettings { password_file: Some("p".into()), ..sound() }), ["user_name"]);
    }

    #[test]
    fn without_security_only_the_loopback_is_spoken_to() {
        for (host, spoken_to) in [("127.0.0.1", true), ("::1", true), ("localhost", true), ("10.0.0.1", false), ("mail.example.com", false)]
        {
            let settings = MailSettings { host: host.into(), security: Security::None, ..sound() };
            assert_eq!(settings.faults().is_empty(), spoken_to, "{host}");
        }
    }
}
