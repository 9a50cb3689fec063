//! A mail server of one's own: PyPI's `aiosmtpd` on a free port of the loopback. What is sent through it stays
//! in a folder that the test can read.
//!
//! It is installed once, into a virtual environment below the target folder, and ends with its guard, also when
//! this process dies without dropping it: see [`crate::postgres`].

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::openldap::Authority;
use crate::python::{NotInstalled, installed};

const PACKAGE: &str = "aiosmtpd==1.4.6";
const STARTS_WITHIN: Duration = Duration::from_secs(60);
const PROGRAM: &str = include_str!("mail_server/serve.py");

/// The account that may send.
pub const USER_NAME: &str = "tenure";
/// Its password.
pub const PASSWORD: &str = "the mail of this test";

const SUPERVISOR: &str = r#"
folder=$1; shift
"$@" </dev/null & server=$!
while read -r _; do :; done
kill "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"#;

/// What can go wrong on the way to a server.
#[derive(Debug, thiserror::Error)]
pub enum MailServerError {
    /// It could not be installed.
    #[error(transparent)]
    NotInstalled(#[from] NotInstalled),
    /// No certificate could be made.
    #[error("its certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A folder could not be made, or a program not be started.
    #[error("{0}: {1}")]
    Io(&'static str, #[source] std::io::Error),
    /// The server did not start; the text is what it said.
    #[error("aiosmtpd failed:\n{0}")]
    Failed(String),
}

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
    supervisor: Child,
    folder: PathBuf,
    port: u16,
}

impl MailServer {
    /// Starts a server. The first call on a machine installs it.
    ///
    /// # Errors
    /// When it cannot be installed or does not start.
    pub fn start(offers: Offers) -> Result<Self, MailServerError> {
        let python = installed("aiosmtpd-1.4.6", &[PACKAGE])?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let port = port.map_err(|e| MailServerError::Io("a free port", e))?.port();
        let folder = tempfile::Builder::new().prefix("tenure-mail-").tempdir().map_err(|e| MailServerError::Io("its folder", e))?;
        let authority = Authority::new()?;
        let (certificate, key) = authority.issue(&[offers.certificate_for])?;
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).map_err(|e| MailServerError::Io("its folder", e));
        for (name, text) in [("ca.pem", authority.pem()), ("server.pem", &certificate), ("server.key", &key), ("serve.py", PROGRAM)] {
            write(name, text)?;
        }
        fs::create_dir(folder.path().join("mail")).map_err(|e| MailServerError::Io("its folder", e))?;
        let log = fs::File::create(folder.path().join("log")).map_err(|e| MailServerError::Io("its log", e))?;
        // From here on the supervisor clears up.
        let folder = folder.keep();
        let (user_name, password) = if offers.sign_in { (USER_NAME, PASSWORD) } else { ("", "") };
        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(&folder)
            .arg(&python)
            .args(["serve.py", offers.security, &port.to_string(), user_name, password])
            .current_dir(&folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().map_err(|e| MailServerError::Io("its log", e))?)
            .stderr(log)
            .spawn()
            .map_err(|e| MailServerError::Io("sh", e))?;
        let server = Self { supervisor, folder, port };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&self) -> Result<(), MailServerError> {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let said = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            if said.contains("Traceback") || begun.elapsed() > STARTS_WITHIN {
                return Err(MailServerError::Failed(said));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file with the certificate authority to trust, as PEM.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// What was sent through it: who it is from, to, and who was signed in, then the message as it came.
    pub fn messages(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.join("mail")).into_iter().flatten().flatten().map(|entry| entry.path());
        files.filter(|path| path.extension().is_some_and(|e| e == "eml")).flat_map(fs::read_to_string).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_is_gone_with_its_guard() {
        let server = MailServer::start(Offers::default()).unwrap_or_else(|error| panic!("{error}"));
        let (port, folder) = (server.port, server.folder.clone());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        assert_eq!(server.messages(), Vec::<String>::new());
        drop(server);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        assert!(!folder.exists(), "its folder is left over");
    }
}
