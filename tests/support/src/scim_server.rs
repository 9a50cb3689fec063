//! A SCIM 2.0 service provider of one's own: PyPI's `scim2-server` on a free port of the loopback.
//!
//! It is installed once, into a virtual environment below the target folder. It keeps everything in memory and ends
//! with its guard, also when this process dies without dropping it: see [`crate::postgres`].

use crate::python::{NotInstalled, installed};
use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const VERSION: &str = "0.8.3";
const STARTS_WITHIN: Duration = Duration::from_secs(60);
/// The bearer token that it accepts.
pub const TOKEN: &str = "a-token-for-tests";

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
pub enum ScimServerError {
    /// It could not be installed.
    #[error(transparent)]
    NotInstalled(#[from] NotInstalled),
    /// A folder could not be made, or a program not be started.
    #[error("{0}: {1}")]
    Io(&'static str, #[source] std::io::Error),
    /// The server did not start; the text is what it said.
    #[error("scim2-server failed:\n{0}")]
    Failed(String),
}

/// How it gives long lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// By number only.
    Index,
    /// Also by cursor (RFC 9865).
    Cursor,
}

/// A running server. Dropping it stops it.
pub struct ScimServer {
    supervisor: Child,
    folder: PathBuf,
    port: u16,
}

impl ScimServer {
    /// Starts an empty server. The first call on a machine installs it, which takes a minute.
    ///
    /// # Errors
    /// When it cannot be installed or does not start.
    pub fn start(paging: Paging) -> Result<Self, ScimServerError> {
        let python = installed(&format!("scim2-server-{VERSION}"), &[&format!("scim2-server[cursor]=={VERSION}")])?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let port = port.map_err(|e| ScimServerError::Io("a free port", e))?.port();
        let folder = tempfile::Builder::new().prefix("tenure-scim-").tempdir().map_err(|e| ScimServerError::Io("its folder", e))?;
        let configuration = folder.path().join("configuration.json");
        fs::write(&configuration, provides(paging)).map_err(|e| ScimServerError::Io("its configuration", e))?;
        let log = fs::File::create(folder.path().join("log")).map_err(|e| ScimServerError::Io("its log", e))?;
        // From here on the supervisor clears up.
        let folder = folder.keep();
        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(&folder)
            .arg(&python)
            .args(["-c", "from scim2_server.testserver.cli import main; main()", "--bearer-token", TOKEN])
            .args(["--port", &port.to_string(), "--service-provider-config"])
            .arg(&configuration)
            .current_dir(&folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().map_err(|e| ScimServerError::Io("its log", e))?)
            .stderr(log)
            .spawn()
            .map_err(|e| ScimServerError::Io("sh", e))?;
        let server = Self { supervisor, folder, port };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&self) -> Result<(), ScimServerError> {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let said = self.log();
            if said.contains("Traceback") || said.contains("error:") || begun.elapsed() > STARTS_WITHIN {
                return Err(ScimServerError::Failed(said));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Its base address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v2", self.port)
    }

    /// What it wrote: one line for each request that it answered.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for ScimServer {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

fn provides(paging: Paging) -> String {
    let pagination = match paging {
        Paging::Index => "",
        Paging::Cursor => r#","pagination": {"cursor": true, "index": true, "defaultPaginationMethod": "index", "maxPageSize": 1000}"#,
    };
    format!(
        r#"{{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {{"supported": true}}, "bulk": {{"supported": true, "maxOperations": 1000, "maxPayloadSize": 1048576}},
        "filter": {{"supported": true, "maxResults": 1000}}, "changePassword": {{"supported": true}},
        "sort": {{"supported": true}}, "etag": {{"supported": true}}, "authenticationSchemes": []{pagination}}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_is_gone_with_its_guard() {
        let server = ScimServer::start(Paging::Index).unwrap_or_else(|error| panic!("{error}"));
        let (port, folder) = (server.port, server.folder.clone());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        drop(server);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        assert!(!folder.exists(), "its folder is left over");
    }
}
