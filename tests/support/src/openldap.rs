//! An OpenLDAP server of one's own: `ldap://` and `ldaps://` on free ports of the loopback, with a folder
//! and a certificate authority of its own, and the modules that directories in the field have: `back_mdb`,
//! `memberof`, `ppolicy`.
//!
//! It ends with its guard, and also when this process dies without dropping the guard, in the same way as
//! [`crate::Postgres`].

mod certificate;
mod configuration;

use std::{
    fs,
    io::Write,
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

pub use certificate::Authority;

/// The naming context of the test's directory.
pub const SUFFIX: &str = "dc=example,dc=test";
/// Who may do everything in it.
pub const ROOT_DN: &str = "cn=admin,dc=example,dc=test";
/// Their password.
pub const ROOT_PASSWORD: &str = "the root of this test";

const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// The supervisor: starts the server, waits until its input ends, stops the server, clears up.
const SUPERVISOR: &str = r#"
folder=$1; shift
"$@" </dev/null & server=$!
while read -r _; do :; done
kill -TERM "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"#;

/// What can go wrong on the way to a server.
#[derive(Debug, thiserror::Error)]
pub enum OpenLdapError {
    /// The programs are not on this machine.
    #[error("OpenLDAP's server is not installed (Debian: apt-get install slapd ldap-utils)")]
    NotInstalled,
    /// A folder could not be made, or a program not be started.
    #[error("{0}: {1}")]
    Io(&'static str, #[source] std::io::Error),
    /// No certificate could be made.
    #[error("its certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The server or a program failed; the text is what it said.
    #[error("{0} failed:\n{1}")]
    Failed(&'static str, String),
}

/// A running server. Dropping it stops the server and removes its folder.
pub struct OpenLdap {
    supervisor: Child,
    folder: PathBuf,
    port: u16,
    tls_port: u16,
    authority: Authority,
}

impl OpenLdap {
    /// A new directory with these entries (LDIF), loaded before the server starts. Takes about a second.
    ///
    /// # Errors
    /// When a program is missing, refuses the LDIF or does not start.
    pub fn start(ldif: &str) -> Result<Self, OpenLdapError> {
        Self::start_with(ldif, &Authority::new()?)
    }

    /// The same, with a certificate of this authority.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(ldif: &str, authority: &Authority) -> Result<Self, OpenLdapError> {
        let slapd = program("slapd").ok_or(OpenLdapError::NotInstalled)?;
        let folder = tempfile::Builder::new().prefix("tenure-openldap-").tempdir();
        let folder = folder.map_err(|e| OpenLdapError::Io("its folder", e))?;
        configuration::write(folder.path(), authority)?;
        fs::write(folder.path().join("load.ldif"), ldif).map_err(|e| OpenLdapError::Io("its entries", e))?;
        load(&slapd, folder.path())?;
        let [port, tls_port] = free_ports().map_err(|e| OpenLdapError::Io("free ports", e))?;
        // From here on the supervisor clears up.
        let folder = folder.keep();
        let supervisor = serve(&slapd, &folder, port, tls_port)?;
        let server = Self { supervisor, folder, port, tls_port, authority: authority.clone() };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&self) -> Result<(), OpenLdapError> {
        let begun = Instant::now();
        while [self.port, self.tls_port].iter().any(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_err()) {
            if begun.elapsed() > STARTS_WITHIN {
                return Err(OpenLdapError::Failed("slapd", fs::read_to_string(self.folder.join("log")).unwrap_or_default()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
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

    /// What `ldapsearch` as the root finds, by another client than the one under test. Lines are not wrapped.
    ///
    /// # Errors
    /// When the program is missing or fails.
    pub fn search(&self, base: &str, filter: &str, attributes: &[&str]) -> Result<String, OpenLdapError> {
        let mut command = self.tool("ldapsearch");
        command.args(["-LLL", "-o", "ldif-wrap=no", "-b", base, filter]).args(attributes);
        said("ldapsearch", command.output())
    }

    /// Applies changes (LDIF with `changetype`) as the root by `ldapmodify`.
    ///
    /// # Errors
    /// When the program is missing or the server refuses.
    pub fn modify(&self, ldif: &str) -> Result<(), OpenLdapError> {
        let mut tool = self.tool("ldapmodify").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        if let Ok(child) = &mut tool
            && let Some(mut input) = child.stdin.take()
        {
            input.write_all(ldif.as_bytes()).map_err(|e| OpenLdapError::Io("ldapmodify", e))?;
        }
        said("ldapmodify", tool.and_then(Child::wait_with_output)).map(|_| ())
    }

    /// Whether the server lets someone in with this password, asked by `ldapwhoami`.
    ///
    /// # Errors
    /// When the program is missing.
    pub fn lets_in(&self, dn: &str, password: &str) -> Result<bool, OpenLdapError> {
        let asked = Command::new("ldapwhoami").args(["-x", "-H", &self.url(), "-D", dn, "-w", password]).output();
        Ok(asked.map_err(|e| OpenLdapError::Io("ldapwhoami", e))?.status.success())
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.args(["-x", "-H", &self.url(), "-D", ROOT_DN, "-w", ROOT_PASSWORD]);
        command
    }
}

impl Drop for OpenLdap {
    fn drop(&mut self) {
        // Closing its input tells the supervisor to stop the server.
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

fn serve(slapd: &Path, folder: &Path, port: u16, tls_port: u16) -> Result<Child, OpenLdapError> {
    let log = fs::File::create(folder.join("log")).map_err(|e| OpenLdapError::Io("its log", e))?;
    Command::new("sh")
        .args(["-c", SUPERVISOR, "sh"])
        .arg(folder)
        .arg(slapd)
        // With a level of debugging, even none, it stays in the foreground.
        .args(["-d", "0", "-h"])
        .arg(format!("ldap://127.0.0.1:{port}/ ldaps://127.0.0.1:{tls_port}/"))
        .arg("-f")
        .arg(folder.join("slapd.conf"))
        .current_dir(folder)
        // A group of its own: ctrl-c on the terminal must reach it through its input only.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|e| OpenLdapError::Io("sh", e))
}

/// `slapadd`: thousands of entries in a second, with operational attributes if wanted.
fn load(slapd: &Path, folder: &Path) -> Result<(), OpenLdapError> {
    let mut command = Command::new(slapd);
    command.arg0("slapadd").args(["-q", "-f"]).arg(folder.join("slapd.conf")).arg("-l").arg(folder.join("load.ldif"));
    said("slapadd", command.output()).map(|_| ())
}

fn said(program: &'static str, output: std::io::Result<Output>) -> Result<String, OpenLdapError> {
    let output = output.map_err(|e| OpenLdapError::Io(program, e))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(OpenLdapError::Failed(program, String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Debian keeps servers out of the path of ordinary users.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/lib/openldap", "/usr/libexec"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Both are held until both are known, so that they differ.
fn free_ports() -> std::io::Result<[u16; 2]> {
    let held = [TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?];
    Ok([held[0].local_addr()?.port(), held[1].local_addr()?.port()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_answers_and_is_gone_with_its_guard() {
        let server = OpenLdap::start(&configuration::ldif_of_the_suffix()).expect("slapd starts");
        let (port, folder) = (server.port, server.folder.clone());
        assert!(server.search(SUFFIX, "(objectClass=*)", &["dc"]).expect("an answer").contains("dc: example"));
        assert!(server.lets_in(ROOT_DN, ROOT_PASSWORD).expect("an answer"));
        drop(server);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        assert!(!folder.exists(), "its folder is left over");
    }
}
