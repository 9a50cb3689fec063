//! A SCIM 2.0 service provider of one's own: PyPI's `scim2-server` on a free port of the loopback.
//!
//! It is installed once, into a virtual environment below the target folder. It keeps everything in memory.

use std::{fs, net::Ipv4Addr, process::Command};

use crate::ServerError;
use crate::python::installed;
use crate::supervised::{Signal, Supervised, answers, free_ports};

const VERSION: &str = "0.8.3";
/// The bearer token that it accepts.
pub const TOKEN: &str = "a-token-for-tests";

/// Its program, but that the tokens it accepts are those of a file, as they are now.
const PROGRAM: &str = "
from scim2_server.testserver import application, cli
tokens = property(lambda _: set(open('tokens').read().splitlines()), lambda *_: None)
application.BearerTokenApplication.bearer_tokens = tokens
cli.main()
";

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
    server: Supervised,
    port: u16,
}

impl ScimServer {
    /// Starts an empty server. The first call on a machine installs it, which takes a minute.
    ///
    /// # Errors
    /// When it cannot be installed or does not start.
    pub fn start(paging: Paging) -> Result<Self, ServerError> {
        let python = installed(&format!("scim2-server-{VERSION}"), &[&format!("scim2-server[cursor]=={VERSION}")])?;
        let [port] = free_ports()?;
        let folder = tempfile::Builder::new().prefix("tenure-scim-").tempdir().map_err(ServerError::io("its folder"))?;
        let configuration = folder.path().join("configuration.json");
        fs::write(&configuration, provides(paging)).map_err(ServerError::io("its configuration"))?;
        fs::write(folder.path().join("tokens"), TOKEN).map_err(ServerError::io("its tokens"))?;
        let mut program = Command::new(python);
        program
            .args(["-c", PROGRAM, "--bearer-token", TOKEN])
            .args(["--port", &port.to_string(), "--service-provider-config"])
            .arg(&configuration);
        let server = Supervised::start(folder, &program, Signal::Term)?;
        let gave_up = |said: &str| said.contains("Traceback") || said.contains("error:");
        server.wait_until("scim2-server", || answers((Ipv4Addr::LOCALHOST, port)), gave_up)?;
        Ok(Self { server, port })
    }

    /// Its base address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v2", self.port)
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Accepts these tokens from now on, and no other.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn accept(&self, tokens: &[&str]) -> Result<(), ServerError> {
        fs::write(self.server.folder().join("tokens"), tokens.join("\n")).map_err(ServerError::io("its tokens"))
    }

    /// What it wrote: one line for each request that it answered.
    pub fn log(&self) -> String {
        self.server.said()
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
    use crate::supervised::assert_gone_with_its_guard;

    #[test]
    fn a_server_answers_and_is_gone_with_its_guard() {
        let server = ScimServer::start(Paging::Index).unwrap_or_else(|error| panic!("{error}"));
        let (port, folder) = (server.port, server.server.folder().to_owned());
        assert_gone_with_its_guard(server, &folder, port);
    }
}
