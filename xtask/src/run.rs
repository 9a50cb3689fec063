//! `cargo xtask run`: from a fresh clone to a page in the browser.

use crate::{islands, machine, workspace};
use anyhow::{Context, Result, anyhow};
use std::{
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
    let tenure = || -> Result<Command> {
        let mut command = Command::new(workspace::binary(options.release)?);
        let url = format!("sqlite://{}", database.display());
        command.current_dir(workspace::root()).arg("--database").arg(url);
        Ok(command)
    };
    if !database.exists() {
        fs::create_dir_all(database.parent().unwrap_or(Path::new(".")))?;
        println!("filling a new database: {}", database.display());
        if let Err(error) = workspace::succeed(tenure()?.arg("demo")) {
            // Half a company must not pass for a database the next time.
            for suffix in ["", "-wal", "-shm"] {
                let mut file = database.clone().into_os_string();
                file.push(suffix);
                let _ = fs::remove_file(file);
            }
            return Err(error).context("the demo company could not be made");
        }
    }
    // This process becomes the server, so that ctrl-c and its exit code are the server's own.
    let mut serve = tenure()?;
    serve.args(["serve", "--listen", &options.listen]).args(&options.serve);
    Err(anyhow!(serve.exec()).context(workspace::line_of(&serve)))
}
