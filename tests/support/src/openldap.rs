//! An OpenLDAP server of one's own: `ldap://` and `ldaps://` on free ports of the loopback, with a folder
//! and a certificate authority of its own, and the modules that directories in the field have: `back_mdb`,
//! `memberof`, `ppolicy`.

mod certificate;
mod configuration;

use std::{
    fs,
    io::Write,
    net::Ipv4Addr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use crate::ServerError;
use crate::supervised::{Signal, Supervised, answers, free_ports};

pub use certificate::Authority;

/// The naming context of the test's directory.
pub const SUFFIX: &str = "dc=example,dc=test";
/// Who may do everything in it.
pub const ROOT_DN: &str = "cn=admin,dc=example,dc=test";
/// Their password.
pub const ROOT_PASSWORD: &str = "the root of this test";

/// Who may change the server's own settings while it runs.
const CONFIG_DN: &str = "cn=config";

const NOT_INSTALLED: &str = "OpenLDAP's server is not installed (Debian: apt-get install slapd ldap-utils)";

/// A running server. Dropping it stops the server and removes its folder.
pub struct OpenLdap {
    server: Supervised,
    port: u16,
    tls_port: u16,
    authority: Authority,
}

impl OpenLdap {
    /// A new directory with these entries (LDIF), loaded before the server starts. Takes about a second.
    ///
    /// # Errors
    /// When a program is missing, refuses the LDIF or does not start.
    pub fn start(ldif: &str) -> Result<Self, ServerError> {
        Self::start_with(ldif, &Authority::new()?)
    }

    /// The same, with a certificate of this authority.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(ldif: &str, authority: &Authority) -> Result<Self, ServerError> {
        let slapd = program("slapd").ok_or(ServerError::Missing(NOT_INSTALLED))?;
        let folder = tempfile::Builder::new().prefix("tenure-openldap-").tempdir().map_err(ServerError::io("its folder"))?;
        configuration::write(folder.path(), authority)?;
        fs::write(folder.path().join("load.ldif"), ldif).map_err(ServerError::io("its entries"))?;
        load(&slapd, folder.path())?;
        let [port, tls_port] = free_ports()?;
        let mut program = Command::new(slapd);
        // With a level of debugging it stays in the foreground; this one tells of each request and its result.
        program.args(["-d", "stats", "-h"]).arg(format!("ldap://127.0.0.1:{port}/ ldaps://127.0.0.1:{tls_port}/"));
        program.arg("-f").arg(folder.path().join("slapd.conf"));
        let server = Supervised::start(folder, &program, Signal::Term)?;
        let is_ready = || [port, tls_port].iter().all(|port| answers((Ipv4Addr::LOCALHOST, *port)));
        server.wait_until("slapd", is_ready, |_| false)?;
        Ok(Self { server, port, tls_port, authority: authority.clone() })
    }

    /// Its address without transport security; StartTLS works on it.
    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// Its address with transport security from the start.
    pub fn tls_url(&self) -> String {
        format!("ldaps://127.0.0.1:{}", self.tls_port)
    }

    /// The certificate authority to trust, as PEM.
    pub fn ca_certificate(&self) -> &str {
        self.authority.pem()
    }

    /// What it wrote: a line for each request and each result, with the moment in hexadecimal seconds and nanoseconds.
    pub fn log(&self) -> String {
        self.server.said()
    }

    /// Shows a certificate of this authority from now on, without a new start.
    ///
    /// # Errors
    /// When no certificate can be made, or the server refuses.
    pub fn certify(&self, authority: &Authority) -> Result<(), ServerError> {
        configuration::certify(self.server.folder(), authority, "next-")?;
        let at = self.server.folder().display();
        let lines = [("CACertificateFile", "ca.pem"), ("CertificateFile", "server.pem"), ("CertificateKeyFile", "server.key")]
            .map(|(name, file)| format!("replace: olcTLS{name}\nolcTLS{name}: {at}/next-{file}\n-\n"));
        self.apply(CONFIG_DN, &format!("dn: {CONFIG_DN}\nchangetype: modify\n{}", lines.concat()))
    }

    /// What `ldapsearch` as the root finds, by another client than the one under test. Lines are not wrapped.
    ///
    /// # Errors
    /// When the program is missing or fails.
    pub fn search(&self, base: &str, filter: &str, attributes: &[&str]) -> Result<String, ServerError> {
        let mut command = self.tool("ldapsearch");
        command.args(["-LLL", "-o", "ldif-wrap=no", "-b", base, filter]).args(attributes);
        said("ldapsearch", command.output())
    }

    /// Applies changes (LDIF with `changetype`) as the root by `ldapmodify`.
    ///
    /// # Errors
    /// When the program is missing or the server refuses.
    pub fn modify(&self, ldif: &str) -> Result<(), ServerError> {
        self.apply(ROOT_DN, ldif)
    }

    fn apply(&self, as_whom: &str, ldif: &str) -> Result<(), ServerError> {
        let mut tool = self.tool_as("ldapmodify", as_whom).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        if let Ok(child) = &mut tool
            && let Some(mut input) = child.stdin.take()
        {
            input.write_all(ldif.as_bytes()).map_err(ServerError::io("ldapmodify"))?;
        }
        said("ldapmodify", tool.and_then(Child::wait_with_output)).map(|_| ())
    }

    /// Whether the server lets someone in with this password, asked by `ldapwhoami`.
    ///
    /// # Errors
    /// When the program is missing.
    pub fn lets_in(&self, dn: &str, password: &str) -> Result<bool, ServerError> {
        let asked = Command::new("ldapwhoami").args(["-x", "-H", &self.url(), "-D", dn, "-w", password]).output();
        Ok(asked.map_err(ServerError::io("ldapwhoami"))?.status.success())
    }

    fn tool(&self, name: &str) -> Command {
        self.tool_as(name, ROOT_DN)
    }

    fn tool_as(&self, name: &str, as_whom: &str) -> Command {
        let mut command = Command::new(name);
        command.args(["-x", "-H", &self.url(), "-D", as_whom, "-w", ROOT_PASSWORD]);
        command
    }
}

/// `slapadd`: thousands of entries in a second, with operational attributes if wanted.
fn load(slapd: &Path, folder: &Path) -> Result<(), ServerError> {
    let mut command = Command::new(slapd);
    command.arg0("slapadd").args(["-q", "-f"]).arg(folder.join("slapd.conf")).arg("-l").arg(folder.join("load.ldif"));
    said("slapadd", command.output()).map(|_| ())
}

/// What a client wrote, if it was content.
pub(crate) fn said(program: &'static str, output: std::io::Result<Output>) -> Result<String, ServerError> {
    let output = output.map_err(ServerError::io(program))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(ServerError::Failed(program, String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Debian keeps servers out of the path of ordinary users.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/lib/openldap", "/usr/libexec"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervised::assert_gone_with_its_guard;

    #[test]
    fn a_directory_answers_and_is_gone_with_its_guard() {
        let server = OpenLdap::start(&configuration::ldif_of_the_suffix()).expect("slapd starts");
        let (port, folder) = (server.port, server.server.folder().to_owned());
        assert!(server.search(SUFFIX, "(objectClass=*)", &["dc"]).expect("an answer").contains("dc: example"));
        assert!(server.lets_in(ROOT_DN, ROOT_PASSWORD).expect("an answer"));
        assert_gone_with_its_guard(server, &folder, port);
    }
}
