//! Measurements at a size that matters, on both engines: what the figures of
//! `docs/measurements.md` come from. Nothing is asserted here.

mod company;
mod database;
mod http;
mod leavers;
mod reading;
mod report;
mod run;
mod scim;

use clap::Parser;

/// What to measure.
#[derive(Debug, Parser)]
pub struct Args {
    /// Identities.
    #[arg(long, default_value_t = 100_000)]
    pub rows: usize,
    /// Grants that each identity gets by rule.
    #[arg(long, default_value_t = 10)]
    pub grants: usize,
    /// Credentials for each identity.
    #[arg(long, default_value_t = 3)]
    pub credentials: usize,
    /// How often each page is asked for.
    #[arg(long, default_value_t = 300)]
    pub requests: usize,
    /// Users made, read, found and changed over SCIM.
    #[arg(long, default_value_t = 4_000)]
    pub scim: usize,
    /// Leavers, one by one.
    #[arg(long, default_value_t = 300)]
    pub leavers: usize,
    /// sqlite, postgres or both.
    #[arg(long, default_value = "both")]
    pub engine: String,
    /// Only this part, over what it needs.
    #[arg(long)]
    pub only: Option<Part>,
    /// Where the JSON goes; standard output if not given.
    #[arg(long)]
    pub json: Option<std::path::PathBuf>,
}

/// A part of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Users made, read, found and changed over SCIM.
    Scim,
    /// A thousand leavers in one import.
    Leavers,
    /// Reading a directory of so many accounts as there are identities.
    Reading,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let mut report = report::Report::new(&args);
    for engine in ["sqlite", "postgres"] {
        if args.engine == engine || args.engine == "both" {
            match args.only {
                Some(Part::Reading) => reading::run(&args, engine, &mut report).await?,
                Some(Part::Leavers) => leavers::leavers(&args, engine, &mut report).await?,
                Some(Part::Scim) => run::run(&args, engine, &mut report).await?,
                None => {
                    run::run(&args, engine, &mut report).await?;
                    reading::run(&args, engine, &mut report).await?;
                }
            }
        }
    }
    report.finish(&args)
}
