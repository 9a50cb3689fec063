//! A database of a test's own, gone with it.

use crate::{Answer, Sql, program::tenure};
use std::{
    ffi::OsStr,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};
use tempfile::TempDir;

/// Which engine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An address with nothing behind it yet, a folder, and a key file in it.
#[derive(Debug)]
pub struct Database {
    pub engine: Engine,
    /// For `--database`.
    pub url: String,
    folder: TempDir,
}

impl Database {
    /// On SQLite, in a file.
    pub fn sqlite() -> Self {
        let folder = new_folder();
        let url = format!("sqlite://{}", folder.path().join("tenure.db").display());
        Database { engine: Engine::Sqlite, url, folder }
    }

    /// On the PostgreSQL that all tests share.
    pub fn postgres() -> Self {
        let server = tenure_test_support::postgres_url().expect("PostgreSQL runs");
        let name = format!("tenure_blackbox_{}", uuid::Uuid::new_v4().simple());
        // It sorts as people do, not by bytes, so that what counts on bytes is found out.
        Sql::open(&server).execute(&format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"));
        let (address, _) = server.rsplit_once('/').expect("a URL with a database");
        Database { engine: Engine::Postgres, url: format!("{address}/{name}"), folder: new_folder() }
    }

    /// A file of the test's own folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, content).expect("the folder can be written");
        path
    }

    /// The key file.
    pub fn key_file(&self) -> PathBuf {
        self.file("tenure.key")
    }

    /// A command on this database.
    pub fn command(&self) -> Command {
        let mut command = tenure();
        command.arg("--database").arg(&self.url);
        command.arg("--key-file").arg(self.key_file());
        command
    }

    /// Runs a command on this database.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Answer {
        run(self.command().args(arguments))
    }

    /// Runs a command on this database that answers JSON.
    pub fn json<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Answer {
        run(self.command().args(["--format", "json"]).args(arguments))
    }

    /// Imports a snapshot of people.
    pub fn import(&self, file: &Path, as_of: &str, more: &[&str]) -> Answer {
        let mut command = self.command();
        command.args(["--format", "json", "import", "people"]);
        run(command.arg(file).args(["--as-of", as_of]).args(more))
    }

    /// Raw SQL.
    pub fn sql(&self) -> Sql {
        Sql::open(&self.url)
    }

    /// How many audit events there are.
    pub fn events(&self) -> i64 {
        self.sql().number("SELECT COUNT(*) FROM audit_events")
    }

    /// The audit log is sound. Gives what `audit verify` said.
    #[track_caller]
    pub fn assert_sound(&self) -> serde_json::Value {
        let verdict = self.json(["audit", "verify"]).done().json();
        assert_eq!(verdict["sound"], true, "{verdict:#}");
        verdict
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.engine == Engine::Postgres
            && !std::thread::panicking()
            && let Some((address, name)) = self.url.rsplit_once('/')
        {
            let mut server = Sql::open(&format!("{address}/postgres"));
            let _ = server.try_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Answer {
    run_with(command, &[])
}

/// Runs a command to its end, with this on its standard input.
pub fn run_with(command: &mut Command, input: &[u8]) -> Answer {
    let line = format!("{command:?}");
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    // A command that refuses its input early closes it.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    Answer::wait(&line, child, begun)
}

fn new_folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("tenure-blackbox-").tempdir();
    folder.expect("a folder can be made")
}
