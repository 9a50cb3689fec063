//! OpenID providers: a certified one (npm `oidc-provider`), and a hostile one that says what it is told to. What each can be
//! asked stands at the top of its program in `tests/openid`.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::ServerError;
use crate::supervised::{Signal, Supervised, answers, free_ports};

/// A running provider. Dropping it stops it.
pub struct OpenIdProvider {
    server: Supervised,
    port: u16,
}

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openid")
}

impl OpenIdProvider {
    /// Starts npm's `oidc-provider`. Its packages are installed by `cargo xtask test`, or by `npm ci` in `tests/openid`.
    ///
    /// # Errors
    /// When it does not start.
    pub fn certified() -> Result<Self, ServerError> {
        Self::start("provider.mjs")
    }

    /// Starts the hostile provider.
    ///
    /// # Errors
    /// When it does not start.
    pub fn hostile() -> Result<Self, ServerError> {
        Self::start("hostile.mjs")
    }

    fn start(program: &str) -> Result<Self, ServerError> {
        let [port] = free_ports()?;
        let folder = tempfile::Builder::new().prefix("tenure-openid-").tempdir().map_err(ServerError::io("its folder"))?;
        let mut node = Command::new("node");
        node.arg(programs().join(program)).arg(port.to_string());
        let server = Supervised::start(folder, &node, Signal::Term)?;
        server.wait_until("the provider", || answers((Ipv4Addr::LOCALHOST, port)), |said| said.contains("Error"))?;
        Ok(Self { server, port })
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its issuer.
    pub fn issuer(&self) -> String {
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
    fn a_provider_answers_and_is_gone_with_its_guard() {
        for start in [OpenIdProvider::certified, OpenIdProvider::hostile] {
            let provider = start().unwrap_or_else(|error| panic!("{error}"));
            let (port, folder) = (provider.port, provider.server.folder().to_owned());
            assert_gone_with_its_guard(provider, &folder, port);
        }
    }
}
