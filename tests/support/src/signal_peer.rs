//! A peer that shares signals: it checks webhooks by PyPI's `standardwebhooks` and tokens by `PyJWT`, and signs tokens
//! of its own. What it can be asked stands at the top of its program.
//!
//! It is installed once, into a virtual environment below the target folder.

use std::{fs, net::Ipv4Addr, process::Command};

use crate::ServerError;
use crate::python::installed;
use crate::supervised::{Signal, Supervised, answers, free_ports};

const PACKAGES: [&str; 2] = ["standardwebhooks==1.0.1", "PyJWT[crypto]==2.12.1"];
const PROGRAM: &str = include_str!("signal_peer/serve.py");

/// A running peer. Dropping it stops it.
pub struct SignalPeer {
    server: Supervised,
    port: u16,
}

impl SignalPeer {
    /// Starts a peer. The first call on a machine installs it.
    ///
    /// # Errors
    /// When it cannot be installed or does not start.
    pub fn start() -> Result<Self, ServerError> {
        let python = installed("standardwebhooks-1.0.1-pyjwt-2.12.1", &PACKAGES)?;
        let [port] = free_ports()?;
        let at_folder = ServerError::io("its folder");
        let folder = tempfile::Builder::new().prefix("tenure-signals-").tempdir().map_err(at_folder)?;
        fs::write(folder.path().join("serve.py"), PROGRAM).map_err(at_folder)?;
        let mut program = Command::new(python);
        program.args(["serve.py", &port.to_string()]);
        let server = Supervised::start(folder, &program, Signal::Term)?;
        server.wait_until("the peer", || answers((Ipv4Addr::LOCALHOST, port)), |said| said.contains("Traceback"))?;
        Ok(Self { server, port })
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it said, if something went wrong.
    pub fn log(&self) -> String {
        self.server.said()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervised::assert_gone_with_its_guard;

    #[test]
    fn a_peer_answers_and_is_gone_with_its_guard() {
        let peer = SignalPeer::start().unwrap_or_else(|error| panic!("{error}"));
        let (port, folder) = (peer.port, peer.server.folder().to_owned());
        assert_gone_with_its_guard(peer, &folder, port);
    }
}
