//! An `sshd` on the loopback, for whoever runs the tests, whose only keys come from a command.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::supervised::{Signal, Supervised, answers, free_ports};

/// It, ended with its guard.
pub struct Sshd {
    server: Supervised,
    port: u16,
    user: String,
}

impl Sshd {
    /// Starts one. `{}` in the command (of `AuthorizedKeysCommand`) is its folder. The program in it must belong to
    /// root up to `/`, so it is one of the system's, and not a script in that folder.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(command: &str) -> Self {
        let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].map(PathBuf::from).into_iter().find(|path| path.is_file());
        let program = program.expect("sshd is not installed (Debian: apt-get install openssh-server)");
        let folder = tempfile::tempdir().expect("a folder");
        let user = openssh("id", &["-un"]).trim().to_owned();
        if user == "root" {
            // sshd's own empty folder; its service would make it.
            fs::create_dir_all("/run/sshd").expect("its folder");
        }
        let _ = make_key(folder.path(), "host", "ed25519", "");
        let [port] = free_ports().expect("a free port");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let configuration = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nPidFile none\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nAuthorizedKeysFile none\nAuthorizedKeysCommand {}\nAuthorizedKeysCommandUser {user}\n",
            at("host"),
            command.replace("{}", &folder.path().display().to_string())
        );
        fs::write(folder.path().join("sshd_config"), configuration).expect("its configuration");
        let mut sshd = Command::new(program);
        sshd.args(["-D", "-e", "-f", &at("sshd_config")]);
        let server = Supervised::start(folder, &sshd, Signal::Term).unwrap_or_else(|error| panic!("{error}"));
        let ready = server.wait_until("sshd", || answers((Ipv4Addr::LOCALHOST, port)), |_| false);
        ready.unwrap_or_else(|error| panic!("{error}"));
        Self { server, port, user }
    }

    /// Whom it lets in: whoever runs the tests.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Where its files are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.server.folder()
    }

    /// What it has said.
    #[must_use]
    pub fn log(&self) -> String {
        self.server.said()
    }

    /// Signs in with a key of its folder; what the command wrote, if it was let in.
    ///
    /// # Panics
    /// When there is no `ssh`.
    #[must_use]
    pub fn sign_in(&self, key: &str, command: &str) -> Option<String> {
        let output = Command::new("ssh")
            .args(["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"])
            .args(["-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-i"])
            .arg(self.folder().join(key))
            .args(["-p", &self.port.to_string(), &format!("{}@127.0.0.1", self.user), command])
            .stdin(Stdio::null())
            .output()
            .expect("ssh is not installed (Debian: apt-get install openssh-client)");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Makes a key pair in a folder; yields the public half.
///
/// # Panics
/// When `ssh-keygen` does not make one.
#[must_use]
pub fn make_key(folder: &Path, name: &str, kind: &str, bits: &str) -> String {
    let path = folder.join(name).display().to_string();
    let mut arguments = vec!["-q", "-t", kind, "-N", "", "-C", "who made it", "-f", &path];
    if !bits.is_empty() {
        arguments.extend(["-b", bits]);
    }
    let _ = openssh("ssh-keygen", &arguments);
    fs::read_to_string(format!("{path}.pub")).expect("the public half")
}

/// Runs a program of OpenSSH and gives what it wrote.
///
/// # Panics
/// When it is not there, or fails.
#[must_use]
pub fn openssh(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|_| panic!("{program} is not installed (Debian: apt-get install openssh-client openssh-server)"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
