//! A PostgreSQL server of one's own: started on a free port of the loopback, with a folder of its own.
//!
//! It ends with its guard, and also when this process dies without dropping the guard (ctrl-c, a panic
//! that aborts, `kill -9`, a guard in a `static`): a small shell stands between, which stops the server
//! when its standard input closes. No signal handler, no `unsafe`.

mod account;
mod programs;

use account::Account;
pub use programs::Programs;
use std::{
    fs,
    io::Write,
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// Holds a URL of a running server on which tests may create databases. `cargo xtask test` sets it.
pub const URL_VARIABLE: &str = "TENURE_TEST_POSTGRES";

const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// The supervisor: starts the server, waits until its input ends, stops the server, clears up.
/// `INT` is PostgreSQL's fast shutdown: it does not wait for clients.
const SUPERVISOR: &str = r#"
folder=$1; shift
"$@" </dev/null & server=$!
while read -r _; do :; done
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"#;

/// What can go wrong on the way to a server.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// The programs are not on this machine.
    #[error(
        "PostgreSQL's server programs are not installed (Debian: apt-get install postgresql); \
         set TENURE_POSTGRES_BIN to their folder if they are elsewhere"
    )]
    NotInstalled,
    /// PostgreSQL refuses to run as root, and the account it came with is gone.
    #[error("this runs as root, PostgreSQL must not, and there is no account called postgres")]
    NoAccount,
    /// A folder could not be made, or a program not be started.
    #[error("{0}: {1}")]
    Io(&'static str, #[source] std::io::Error),
    /// `initdb` or the server failed; the text is what it said.
    #[error("{0} failed:\n{1}")]
    Failed(&'static str, String),
}

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
    supervisor: Child,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Initialises a new server and starts it. Takes about two seconds.
    pub fn start(durability: Durability) -> Result<Self, PostgresError> {
        let programs = Programs::find().ok_or(PostgresError::NotInstalled)?;
        let account = Account::to_run_as()?;
        let folder = new_folder(&account).map_err(|e| PostgresError::Io("its folder", e))?;
        let data = folder.join("data");

        let made = account
            .command(&programs.path("initdb"), &folder)
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
            .args(["--locale=C.UTF-8", "--no-sync", "--no-instructions"])
            .arg("--pgdata")
            .arg(&data)
            .output();
        let made = made.map_err(|e| PostgresError::Io("initdb", e)).and_then(|output| {
            if output.status.success() {
                return Ok(());
            }
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(PostgresError::Failed("initdb", said))
        });
        if let Err(error) = made {
            let _ = fs::remove_dir_all(&folder);
            return Err(error);
        }
        Self::serve(&programs, &account, folder, durability)
    }

    fn serve(programs: &Programs, account: &Account, folder: PathBuf, durability: Durability) -> Result<Self, PostgresError> {
        let port = free_port().map_err(|e| PostgresError::Io("a free port", e))?;
        let log = fs::File::create(folder.join("log"));
        let log = log.map_err(|e| PostgresError::Io("its log", e))?;
        let mut server = account.command(&programs.path("postgres"), &folder);
        server.arg("-D").arg(folder.join("data"));
        for setting in settings(durability, port, &folder) {
            server.args(["-c", &setting]);
        }

        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(&folder)
            .arg(server.get_program())
            .args(server.get_args())
            .current_dir(&folder)
            // A group of its own: ctrl-c on the terminal must reach it through its input only.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|e| PostgresError::Io("sh", e))?;
        // From here on, dropping it stops the server and clears up.
        let server = Postgres { supervisor, folder, port };
        server.wait_until_ready(programs)?;
        Ok(server)
    }

    fn wait_until_ready(&self, programs: &Programs) -> Result<(), PostgresError> {
        let begun = Instant::now();
        let port = self.port.to_string();
        loop {
            let asked = Command::new(programs.path("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
            if asked.is_ok_and(|status| status.success()) {
                return Ok(());
            }
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            // That it is not ready yet is what it says to whoever asks.
            let gave_up = log.lines().any(|l| (l.contains("FATAL") && !l.contains("starting up")) || l.contains("could not"));
            if gave_up || begun.elapsed() > STARTS_WITHIN {
                return Err(PostgresError::Failed("postgres", log));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A superuser's URL to the database `postgres`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Closing its input tells the supervisor to stop the server.
        if let Some(mut input) = self.supervisor.stdin.take() {
            let _ = input.flush();
        }
        let _ = self.supervisor.wait();
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
fn new_folder(account: &Account) -> std::io::Result<PathBuf> {
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
    // From here on the supervisor clears up.
    Ok(folder.keep())
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
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
    use std::net::TcpStream;

    #[test]
    fn a_server_answers_and_is_gone_with_its_guard() {
        let server = Postgres::start(Durability::Off).expect("PostgreSQL starts");
        let (port, folder) = (server.port, server.folder.clone());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        assert_eq!(fs::metadata(&folder).expect("a folder").permissions().mode() & 0o777, 0o711);
        drop(server);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        assert!(!folder.exists(), "its folder is left over");
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
