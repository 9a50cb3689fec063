//! The built binary.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// `TENURE_BIN`, else the debug build of this workspace.
pub fn binary() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/tenure");
    let binary = std::env::var_os("TENURE_BIN").map_or(built, PathBuf::from);
    assert!(binary.is_file(), "{} is not there: cargo build --package tenure, or set TENURE_BIN", binary.display());
    binary
}

/// A command of the binary, with nothing of this process's own settings.
pub fn tenure() -> Command {
    let mut command = Command::new(binary());
    let own = std::env::vars_os().map(|(name, _)| name);
    for name in own.filter(|name| name.to_string_lossy().starts_with("TENURE_")) {
        command.env_remove(name);
    }
    // A folder without a `tenure.toml`.
    command.current_dir("/").env("USER", "tester");
    command
}
