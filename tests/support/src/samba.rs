//! An Active Directory of one's own: Samba as a domain controller, with its LDAP service alone, on a loopback
//! address of its own (its ports 389 and 636 are fixed), with a folder and a certificate of its own.
//!
//! Making the domain takes up to half a minute. It needs root, as ports below 1024 do.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::ServerError;
use crate::openldap::{Authority, said};
use crate::supervised::{Signal, Supervised, answers};

/// The naming context of the test's domain.
pub const SUFFIX: &str = "DC=example,DC=test";
/// Who may do everything in it.
pub const ADMINISTRATOR: &str = "CN=Administrator,CN=Users,DC=example,DC=test";
/// Their password, which fits the domain's rules.
pub const PASSWORD: &str = "Passw0rd-of-this-test";

const NOT_INSTALLED: &str = "Samba's domain controller is not installed (Debian: apt-get install samba-ad-dc samba-ad-provision)";

/// A running domain controller. Dropping it stops it and removes its folder.
pub struct Samba {
    server: Supervised,
    address: Ipv4Addr,
    authority: Authority,
}

impl Samba {
    /// A new domain with nobody in it but its administrator.
    ///
    /// # Errors
    /// When a program is missing or fails.
    pub fn start() -> Result<Self, ServerError> {
        let authority = Authority::new()?;
        let folder = tempfile::Builder::new().prefix("tenure-samba-").tempdir().map_err(ServerError::io("its folder"))?;
        let address = free_address().map_err(ServerError::io("a free loopback address (ports below 1024 need root)"))?;
        provision(folder.path(), address)?;
        configure(folder.path(), address, &authority)?;
        let mut program = Command::new("samba");
        program.args(["-F", "--no-process-group", "-M", "single", "-s"]).arg(folder.path().join("etc/smb.conf"));
        let server = Supervised::start(folder, &program, Signal::Term)?;
        server.wait_until("samba", || answers((address, 636)), |_| false)?;
        Ok(Self { server, address, authority })
    }

    /// Its address without transport security; StartTLS works on it.
    pub fn url(&self) -> String {
        format!("ldap://{}", self.address)
    }

    /// Its address with transport security from the start.
    pub fn tls_url(&self) -> String {
        format!("ldaps://{}", self.address)
    }

    /// Where it listens for LDAPS.
    pub fn tls_address(&self) -> SocketAddr {
        SocketAddr::from((self.address, 636))
    }

    /// What `ldapsearch` as the administrator finds. Lines are not wrapped.
    ///
    /// # Errors
    /// When the program is missing or fails.
    pub fn search(&self, base: &str, filter: &str, attributes: &[&str]) -> Result<String, ServerError> {
        let mut tool = self.tool("ldapsearch");
        said("ldapsearch", tool.args(["-LLL", "-o", "ldif-wrap=no", "-b", base, filter]).args(attributes).output())
    }

    /// Applies changes (LDIF with `changetype`) as the administrator.
    ///
    /// # Errors
    /// When the program is missing or the server refuses.
    pub fn modify(&self, ldif: &str) -> Result<(), ServerError> {
        let file = self.server.folder().join("changes.ldif");
        fs::write(&file, ldif).map_err(ServerError::io("the changes"))?;
        said("ldapmodify", self.tool("ldapmodify").arg("-f").arg(file).output()).map(|_| ())
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("LDAPTLS_CACERT", self.server.folder().join("ca.pem"));
        command.args(["-x", "-H", &self.tls_url(), "-D", ADMINISTRATOR, "-w", PASSWORD]);
        command
    }

    /// The certificate authority to trust, as PEM.
    pub fn ca_certificate(&self) -> &str {
        self.authority.pem()
    }

    /// Whether the server lets someone in with this password over LDAPS, asked by `ldapsearch`, and what it said.
    ///
    /// # Errors
    /// When the program is missing.
    pub fn lets_in(&self, dn: &str, password: &str) -> Result<(bool, String), ServerError> {
        let asked = Command::new("ldapsearch")
            .env("LDAPTLS_CACERT", self.server.folder().join("ca.pem"))
            .args(["-x", "-H", &self.tls_url(), "-D", dn, "-w", password, "-s", "base", "-b", "", "defaultNamingContext"])
            .output()
            .map_err(ServerError::io("ldapsearch (Debian: apt-get install ldap-utils)"))?;
        Ok((asked.status.success(), String::from_utf8_lossy(&asked.stderr).into_owned()))
    }
}

fn provision(folder: &Path, address: Ipv4Addr) -> Result<(), ServerError> {
    let output = Command::new("samba-tool")
        .args(["domain", "provision", "--realm=EXAMPLE.TEST", "--domain=EXAMPLE", "--server-role=dc", "--dns-backend=NONE"])
        .args(["--host-name=dc", "--host-ip=127.0.0.1", &format!("--adminpass={PASSWORD}")])
        .arg(format!("--targetdir={}", folder.display()))
        .arg(format!("--option=interfaces={address}/8"))
        .args(["--option=bind interfaces only=yes", "--option=log file=/dev/null", "--option=dsdb:schema update allowed=no"])
        .output();
    match output {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ServerError::Missing(NOT_INSTALLED)),
        Err(error) => Err(ServerError::Io("samba-tool", error)),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(ServerError::Failed("samba-tool", String::from_utf8_lossy(&output.stderr).into_owned())),
    }
}

/// The same as `samba-tool` has written, with our certificate and the LDAP service alone.
fn configure(folder: &Path, address: Ipv4Addr, authority: &Authority) -> Result<(), ServerError> {
    let io = ServerError::io("its configuration");
    // Also for the loopback's usual address, where a test may put a wire before it.
    let (certificate, key) = authority.issue(&[&address.to_string(), "127.0.0.1"])?;
    for (name, content) in [("ca.pem", authority.pem()), ("server.pem", &certificate), ("server.key", &key)] {
        fs::write(folder.join(name), content).map_err(io)?;
    }
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).map_err(io)?;
    let at = folder.display();
    let own = format!(
        "[global]\n\tserver services = ldap\n\ttls enabled = yes\n\ttls keyfile = {at}/server.key\n\ttls certfile = {at}/server.pem\n\
         \ttls cafile = {at}/ca.pem\n\tpid directory = {at}\n\tncalrpc dir = {at}/ncalrpc\n\tlogging = file\n\tlog file = {at}/samba.log\n\
         \told password allowed period = 0\n"
    );
    let file = folder.join("etc/smb.conf");
    let written = fs::read_to_string(&file).map_err(io)?;
    let dropped = ["server services", "logging", "log file"];
    let written: String = written
        .lines()
        .filter(|line| !dropped.iter().any(|name| line.trim_start().starts_with(&format!("{name} ="))))
        .map(|line| if line == "[global]" { own.trim_end().to_owned() + "\n" } else { format!("{line}\n") })
        .collect();
    fs::write(&file, written).map_err(io)
}

/// An address of the loopback network on which nobody listens at the fixed ports.
fn free_address() -> std::io::Result<Ipv4Addr> {
    // Those that this process has given away are not in use before they are made.
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id() + GIVEN.fetch_add(1, Ordering::Relaxed) * 7919;
    let mut last = std::io::Error::other("no address was tried");
    for offset in 0..200 {
        let number = (start + offset * 257) % 64_000;
        let address = Ipv4Addr::new(127, 77, u8::try_from(number / 250).unwrap_or(1), u8::try_from(number % 250 + 1).unwrap_or(1));
        match TcpListener::bind((address, 389)).and_then(|_| TcpListener::bind((address, 636))) {
            Ok(_) => return Ok(address),
            Err(error) => last = error,
        }
    }
    Err(last)
}
