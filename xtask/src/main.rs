//! `cargo xtask`: everything that is done to this repository besides editing it.

mod bench;
mod islands;
mod machine;
mod run;
mod supply;
mod test;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Builds, runs, tests and measures Tenure.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what runs in the browser, into `target/browser`.
    Islands,
    /// Build and start Tenure, with a demo company when there is no database yet.
    Run(run::Options),
    /// Run every suite; the last line counts.
    Test(test::Options),
    /// Measure, in a release build, with a PostgreSQL that is as durable as in production.
    Bench(bench::Options),
    /// Check dependencies against deny.toml: licences, bans, sources.
    Deny,
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Islands => islands::build(machine::Install::Allowed),
        Task::Run(options) => run::run(&options),
        Task::Test(options) => return test::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Deny => supply::report(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
