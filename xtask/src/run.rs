//! `cargo xtask run`: from a fresh clone to a page in the browser.

use crate::{islands, machine, workspace};
use anyhow::{Context, Result, anyhow};
use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

/// What to run, and where.
#[derive(clap::Args)]
pub struct Options {
    /// The database file; made, with the demo company in it, when it does not exist.
    #[arg(long, default_value = ".tenure/tenure.db")]
    database: PathBuf,
    /// The address to serve at.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: String,
    /// Build with optimisation.
    ///
    /// Not the default: a first build takes longer, the gallery of components is in debug builds only,
    /// and what would be slow (password hashing, SQLite) is optimised in a debug build too.
    #[arg(long)]
    release: bool,
    /// Further arguments for `tenure serve`.
    #[arg(last = true)]
    serve: Vec<OsString>,
}

/// Builds, fills a new database, and becomes the server.
pub fn run(options: &Options) -> Result<()> {
    islands::build(machine::Install::Allowed)?;
    println!("building tenure; the first time takes some minutes");
    let mut build = workspace::cargo();
    build.args(["build", "--package=tenure", "--bin=tenure"]);
    build.args(options.release.then_some("--release"));
    workspace::succeed(&mut build)?;

    let database = workspace::root().join(&options.database);
    let key = env::var_os("TENURE_KEY_FILE").map_or_else(|| database.with_extension("key"), PathBuf::from);
    let tenure = |database: &Path, key: &Path| -> Result<Command> {
        let mut command = Command::new(workspace::binary(options.release)?);
        let url = format!("sqlite://{}", database.display());
        command.current_dir(workspace::root()).arg("--database").arg(url).arg("--key-file").arg(key);
        Ok(command)
    };
    if !database.exists() {
        fs::create_dir_all(database.parent().unwrap_or(Path::new(".")))?;
        println!("filling a new database: {}", database.display());
        fill(&database, &key, |database, key| workspace::succeed(tenure(database, key)?.arg("demo")))
            .context("the demo company could not be made")?;
    }
    // This process becomes the server, so that ctrl-c and its exit code are the server's own.
    let mut serve = tenure(&database, &key)?;
    serve.args(["serve", "--listen", &options.listen]).args(&options.serve);
    Err(anyhow!(serve.exec()).context(workspace::line_of(&serve)))
}

/// Makes a database and its key under other names, and gives them their own when all of it is there: half a
/// company must not pass for a database the next time, whatever stopped the first.
fn fill(database: &Path, key: &Path, make: impl FnOnce(&Path, &Path) -> Result<()>) -> Result<()> {
    const WITH: [&str; 2] = ["-wal", "-shm"];
    let new = beside(database, ".new");
    // A key that is there already is used, as the server would.
    let new_key = if key.exists() { key.to_owned() } else { beside(key, ".new") };
    for left in [new.clone(), beside(&new, WITH[0]), beside(&new, WITH[1]), beside(key, ".new")] {
        if left.exists() {
            fs::remove_file(&left).with_context(|| left.display().to_string())?;
        }
    }
    make(&new, &new_key)?;
    if new_key != key {
        fs::rename(&new_key, key).context("the key file")?;
    }
    for suffix in WITH {
        let part = beside(&new, suffix);
        if part.exists() {
            fs::rename(part, beside(database, suffix)).context("the database")?;
        }
    }
    // Last: where it is, all of it is.
    fs::rename(new, database).context("the database")
}

/// A name with something at its end.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn what_was_stopped_half_way_is_no_database_and_is_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let (database, key) = (folder.path().join("tenure.db"), folder.path().join("tenure.key"));
        let half = |database: &Path, key: &Path| -> Result<()> {
            fs::write(database, "half")?;
            fs::write(beside(database, "-wal"), "half")?;
            fs::write(key, "a key")?;
            bail!("stopped")
        };
        assert!(fill(&database, &key, half).is_err());
        assert!(!database.exists() && !key.exists());

        let whole = |database: &Path, key: &Path| -> Result<()> {
            assert!(!database.exists() && !beside(database, "-wal").exists() && !key.exists(), "it begins anew");
            fs::write(database, "whole")?;
            Ok(fs::write(key, "another key")?)
        };
        fill(&database, &key, whole).unwrap();
        assert_eq!((fs::read(&database).unwrap(), fs::read(&key).unwrap()), (b"whole".to_vec(), b"another key".to_vec()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    }

    #[test]
    fn a_key_that_is_there_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let (database, key) = (folder.path().join("tenure.db"), folder.path().join("tenure.key"));
        fs::write(&key, "kept").unwrap();
        fill(&database, &key, |database, used| {
            assert_eq!(used, key);
            Ok(fs::write(database, "whole")?)
        })
        .unwrap();
        assert_eq!(fs::read(&key).unwrap(), b"kept");
    }
}
