//! `tenure`: identity governance in one file.

use std::process::ExitCode;

/// Gives memory back to the system after a large import or many password checks, where the system's
/// own keeps it; SQLite uses it, too.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tenure_server::cli::main()
}
