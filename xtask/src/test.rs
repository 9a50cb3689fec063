//! `cargo xtask test`: every suite, in order, on whatever machine this is; the last line counts.

mod count;
mod stream;
mod suites;

use crate::machine::Install;
use count::Count;
use std::{process::ExitCode, time::Instant};
use suites::{Servers, Suite, all};

/// Which suites, and whether to install what they need.
#[derive(clap::Args)]
pub struct Options {
    /// Install nothing; a suite whose needs are missing fails and names them.
    #[arg(long)]
    offline: bool,
    /// Name the suites and what each needs, and run none.
    #[arg(long)]
    list: bool,
    /// Only suites whose name contains this.
    filter: Option<String>,
}

/// Runs the suites. A suite that could not run counts as one failed test, never as none.
pub fn run(options: &Options) -> ExitCode {
    let wanted = |suite: &Suite| {
        let filter = options.filter.as_deref().unwrap_or_default();
        suite.name.contains(filter)
    };
    let suites: Vec<Suite> = all().into_iter().filter(wanted).collect();
    if options.list {
        for suite in suites {
            println!("{:<16} {}", suite.name, suite.about);
        }
        return ExitCode::SUCCESS;
    }
    let install = match options.offline {
        true => Install::Refused,
        false => Install::Allowed,
    };

    let mut servers = Servers::new(install);
    let mut rows = Vec::new();
    let mut total = Count::default();
    for suite in &suites {
        println!("\n=== {}: {}", suite.name, suite.about);
        let begun = Instant::now();
        let count = (suite.run)(&mut servers).unwrap_or_else(|error| {
            eprintln!("{} could not run: {error:#}", suite.name);
            Count::failed()
        });
        total += count;
        rows.push((suite.name, count, begun.elapsed()));
    }
    drop(servers);

    println!();
    for (name, count, took) in rows {
        println!("{name:<16} {count} in {:.0} s", took.as_secs_f32());
    }
    if suites.is_empty() {
        eprintln!("no suite is called so; `cargo xtask test --list` names them");
        total += Count::failed();
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    match total.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
