//! Packages of PyPI, each in a virtual environment below the target folder, where it stays for the next run.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

/// A package that could not be installed; with what `pip` said.
#[derive(Debug, thiserror::Error)]
#[error("{name} cannot be installed; it needs python3 with venv (Debian: apt-get install python3-venv) and PyPI:\n{said}")]
pub struct NotInstalled {
    name: String,
    said: String,
}

/// The target folder.
fn target() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    std::env::var_os("CARGO_TARGET_DIR").map_or(own, PathBuf::from)
}

/// The Python of the environment of a name, with these packages in it. One at a time in this process; made apart, under
/// a name of its own, and moved into place whole, so that other processes do no harm. (Programs in its `bin` name the
/// place where they were made: start modules by this Python instead.)
///
/// # Errors
/// When it cannot be installed.
pub fn installed(name: &str, packages: &[&str]) -> Result<PathBuf, NotInstalled> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = |said: String| NotInstalled { name: name.to_owned(), said };
    let folder = |error: std::io::Error| failed(format!("the target folder: {error}"));
    let servers = target().join("test-servers");
    let place = servers.join(name);
    let python = place.join("bin/python");
    if python.exists() {
        return Ok(python);
    }
    fs::create_dir_all(&servers).map_err(folder)?;
    let made = tempfile::Builder::new().prefix("new-").tempdir_in(&servers).map_err(folder)?;
    run(Command::new("python3").args(["-m", "venv"]).arg(made.path()))
        .and_then(|()| run(Command::new(made.path().join("bin/python")).args(["-m", "pip", "install", "--quiet"]).args(packages)))
        .map_err(failed)?;
    // Where somebody else was quicker, theirs stays, and this one goes with its guard.
    if fs::rename(made.path(), &place).is_ok() {
        let _ = made.keep();
    }
    Ok(python)
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
