//! A PostgreSQL server of one's own: started on a free port of the loopback, with a folder of its own.

mod account;
mod programs;

use account::Account;
pub use programs::Programs;
use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
    process::Command,
    sync::OnceLock,
};

use tempfile::TempDir;

use crate::ServerError;
use crate::supervised::{Signal, Supervised, free_ports};

/// Holds a URL of a running server on which tests may create databases. `cargo xtask test` sets it.
pub const URL_VARIABLE: &str = "TENURE_TEST_POSTGRES";

const NOT_INSTALLED: &str = "PostgreSQL's server programs are not installed (Debian: apt-get install postgresql); \
                             set TENURE_POSTGRES_BIN to their folder if they are elsewhere";

/// Whether a commit is on the disk when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// No: fast, for tests.
    Off,
    /// Yes, as in production: for measurements.
    On,
}

/// A running server. Dropping it stops the server and removes its folder.
pub struct Postgres {
    // Held for its end alone.
    _server: Supervised,
    port: u16,
}

impl Postgres {
    /// Initialises a new server and starts it. Takes about two seconds.
    ///
    /// # Errors
    /// When a program is missing or fails.
    pub fn start(durability: Durability) -> Result<Self, ServerError> {
        let programs = Programs::find().ok_or(ServerError::Missing(NOT_INSTALLED))?;
        let account = Account::to_run_as()?;
        let folder = new_folder(&account).map_err(ServerError::io("its folder"))?;
        initialise(&programs, &account, folder.path())?;
        let [port] = free_ports()?;
        let mut program = account.command(&programs.path("postgres"), folder.path());
        program.arg("-D").arg(folder.path().join("data"));
        for setting in settings(durability, port, folder.path()) {
            program.args(["-c", &setting]);
        }
        let server = Supervised::start(folder, &program, Signal::Int)?;
        let asked = port.to_string();
        let is_ready = || {
            let status = Command::new(programs.path("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &asked]).status();
            status.is_ok_and(|status| status.success())
        };
        // That it is not ready yet is what it says to whoever asks.
        let gave_up = |line: &str| (line.contains("FATAL") && !line.contains("starting up")) || line.contains("could not");
        server.wait_until("postgres", is_ready, |said| said.lines().any(gave_up))?;
        Ok(Self { _server: server, port })
    }

    /// A superuser's URL to the database `postgres`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// The server for tests: the one that `cargo xtask test` has started, else one for this process.
pub fn postgres_url() -> Result<String, String> {
    static OWN: OnceLock<Result<Postgres, String>> = OnceLock::new();
    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return Ok(url);
    }
    let own = OWN.get_or_init(|| Postgres::start(Durability::Off).map_err(|e| e.to_string()));
    own.as_ref().map(Postgres::url).map_err(Clone::clone)
}

/// Mode 711: the server's account must be able to walk through, others have nothing to read.
fn new_folder(account: &Account) -> std::io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("tenure-postgres-").tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711))?;
    for inner in ["data", "socket"] {
        let inner = folder.path().join(inner);
        fs::create_dir(&inner)?;
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = account.owner() {
            chown(&inner, Some(user), Some(group))?;
        }
    }
    Ok(folder)
}

fn initialise(programs: &Programs, account: &Account, folder: &Path) -> Result<(), ServerError> {
    let made = account
        .command(&programs.path("initdb"), folder)
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
        .args(["--locale=C.UTF-8", "--no-sync", "--no-instructions"])
        .arg("--pgdata")
        .arg(folder.join("data"))
        .output()
        .map_err(ServerError::io("initdb"))?;
    if made.status.success() {
        return Ok(());
    }
    Err(ServerError::Failed("initdb", String::from_utf8_lossy(&made.stderr).into_owned()))
}

fn settings(durability: Durability, port: u16, folder: &Path) -> Vec<String> {
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".into(),
        format!("unix_socket_directories={}", folder.join("socket").display()),
        "max_connections=300".into(),
        "shared_buffers=128MB".into(),
    ];
    if durability == Durability::Off {
        settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"].map(Into::into));
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervised::assert_gone_with_its_guard;

    #[test]
    fn a_server_answers_and_is_gone_with_its_guard() {
        let server = Postgres::start(Durability::Off).expect("PostgreSQL starts");
        let (port, folder) = (server.port, server._server.folder().to_owned());
        assert_eq!(fs::metadata(&folder).expect("a folder").permissions().mode() & 0o777, 0o711);
        assert_gone_with_its_guard(server, &folder, port);
    }

    #[test]
    fn tests_may_turn_durability_off_and_measurements_not() {
        let has_fsync = |durability| {
            let settings = settings(durability, 1, Path::new("/x"));
            settings.iter().any(|setting| setting.starts_with("fsync"))
        };
        assert!(has_fsync(Durability::Off));
        assert!(!has_fsync(Durability::On));
    }
}
