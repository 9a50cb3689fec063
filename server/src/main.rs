//! `tenure`: identity governance in one file.

use std::process::ExitCode;

fn main() -> ExitCode {
    tenure_server::cli::main()
}
