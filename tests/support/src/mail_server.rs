//! A mail server of one's own: PyPI's `aiosmtpd` on a free port of the loopback. What is sent through it stays
//! in a folder that the test can read.
//!
//! It is installed once, into a virtual environment below the target folder.

use std::{fs, net::Ipv4Addr, path::PathBuf, process::Command};

use crate::ServerError;
use crate::openldap::Authority;
use crate::python::installed;
use crate::supervised::{Signal, Supervised, answers, free_ports};

const PACKAGE: &str = "aiosmtpd==1.4.6";
const PROGRAM: &str = include_str!("mail_server/serve.py");

/// The account that may send.
pub const USER_NAME: &str = "tenure";
/// Its password.
pub const PASSWORD: &str = "the mail of this test";

/// What a server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offers {
    /// `none`, `starttls` or `tls`.
    pub security: &'static str,
    /// Whether [`USER_NAME`] has to sign in.
    pub sign_in: bool,
    /// For what name its certificate is.
    pub certificate_for: &'static str,
}

impl Default for Offers {
    fn default() -> Self {
        Self { security: "starttls", sign_in: true, certificate_for: "127.0.0.1" }
    }
}

/// A running server. Dropping it stops it.
pub struct MailServer {
    server: Supervised,
    port: u16,
}

impl MailServer {
    /// Starts a server. The first call on a machine installs it.
    ///
    /// # Errors
    /// When it cannot be installed or does not start.
    pub fn start(offers: Offers) -> Result<Self, ServerError> {
        let [port] = free_ports()?;
        Self::start_at(offers, port)
    }

    /// Starts a server on a port where one was before, or is awaited.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_at(offers: Offers, port: u16) -> Result<Self, ServerError> {
        let python = installed("aiosmtpd-1.4.6", &[PACKAGE])?;
        let at_folder = ServerError::io("its folder");
        let folder = tempfile::Builder::new().prefix("tenure-mail-").tempdir().map_err(at_folder)?;
        let authority = Authority::new()?;
        let (certificate, key) = authority.issue(&[offers.certificate_for])?;
        for (name, text) in [("ca.pem", authority.pem()), ("server.pem", &certificate), ("server.key", &key), ("serve.py", PROGRAM)] {
            fs::write(folder.path().join(name), text).map_err(at_folder)?;
        }
        fs::create_dir(folder.path().join("mail")).map_err(at_folder)?;
        let (user_name, password) = if offers.sign_in { (USER_NAME, PASSWORD) } else { ("", "") };
        let mut program = Command::new(python);
        program.args(["serve.py", offers.security, &port.to_string(), user_name, password]);
        let server = Supervised::start(folder, &program, Signal::Term)?;
        server.wait_until("aiosmtpd", || answers((Ipv4Addr::LOCALHOST, port)), |said| said.contains("Traceback"))?;
        Ok(Self { server, port })
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file with the certificate authority to trust, as PEM.
    pub fn ca_file(&self) -> PathBuf {
        self.server.folder().join("ca.pem")
    }

    /// What was sent through it, oldest first: who it is from, to, and who was signed in, then the message as it came.
    pub fn messages(&self) -> Vec<String> {
        let files = fs::read_dir(self.server.folder().join("mail")).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
        files.sort();
        files.into_iter().flat_map(fs::read_to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervised::assert_gone_with_its_guard;

    #[test]
    fn a_server_answers_and_is_gone_with_its_guard() {
        let server = MailServer::start(Offers::default()).unwrap_or_else(|error| panic!("{error}"));
        let (port, folder) = (server.port, server.server.folder().to_owned());
        assert_eq!(server.messages(), Vec::<String>::new());
        assert_gone_with_its_guard(server, &folder, port);
    }
}
