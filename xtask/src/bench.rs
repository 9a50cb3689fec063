//! `cargo xtask bench`: the measurements, in a release build.

use crate::{machine, workspace};
use anyhow::Result;
use std::ffi::OsString;
use tenure_test_support::postgres::{Durability, Postgres, URL_VARIABLE};

/// What to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Arguments for the measuring program, such as `--rows 100000`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds and runs the measuring program. Its output is the result: a table, and JSON.
pub fn run(options: &Options) -> Result<()> {
    machine::postgres(machine::Install::Allowed)?;
    // A commit that does not reach the disk would measure something nobody runs.
    let postgres = Postgres::start(Durability::On)?;
    workspace::succeed(workspace::cargo().args(["build", "--release", "--package=tenure"]))?;
    workspace::succeed(
        workspace::cargo()
            .args(["run", "--release", "--package=tenure-bench", "--bin=bench", "--"])
            .args(&options.arguments)
            .env(URL_VARIABLE, postgres.url())
            .env("TENURE_BIN", workspace::binary(true)?),
    )
}
