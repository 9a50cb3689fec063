//! Servers from PyPI: each is installed once, into a virtual environment of its own below the target folder,
//! where it stays for the next run.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

/// A package at the version that the tests were written for.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// What it offers beyond itself, in brackets.
    pub(crate) extras: &'static str,
    pub(crate) version: &'static str,
}

/// A package could not be installed.
#[derive(Debug, thiserror::Error)]
#[error("{name} {version} cannot be installed; it needs python3 with venv (Debian: apt-get install python3-venv) and PyPI:\n{said}")]
pub struct NotInstalled {
    name: &'static str,
    version: &'static str,
    /// What `pip` said, or what kept it from being started.
    said: String,
}

impl Package {
    /// The environment's Python. One at a time in this process; made apart, under a name of its own, and moved into
    /// place whole, so that other processes do no harm.
    pub(crate) fn installed(&self) -> Result<PathBuf, NotInstalled> {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let servers = target().join("test-servers");
        let place = servers.join(format!("{}-{}", self.name, self.version));
        let python = place.join("bin/python");
        if !python.exists() {
            self.install(&servers, &place).map_err(|said| NotInstalled { name: self.name, version: self.version, said })?;
        }
        Ok(python)
    }

    fn install(&self, servers: &Path, place: &Path) -> Result<(), String> {
        let in_words = |error: std::io::Error| format!("the target folder: {error}");
        fs::create_dir_all(servers).map_err(in_words)?;
        let made = tempfile::Builder::new().prefix("new-").tempdir_in(servers).map_err(in_words)?;
        let package = format!("{}{}=={}", self.name, self.extras, self.version);
        run(Command::new("python3").args(["-m", "venv"]).arg(made.path()))?;
        run(Command::new(made.path().join("bin/python")).args(["-m", "pip", "install", "--quiet", &package]))?;
        // Where somebody else was quicker, theirs stays, and this one goes with its guard.
        if fs::rename(made.path(), place).is_ok() {
            let _ = made.keep();
        }
        Ok(())
    }
}

fn target() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    std::env::var_os("CARGO_TARGET_DIR").map_or(own, PathBuf::from)
}

fn run(command: &mut Command) -> Result<(), String> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    let mut said = String::new();
    if let Some(mut errors) = child.stderr.take() {
        let _ = errors.read_to_string(&mut said);
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(said),
    }
}
