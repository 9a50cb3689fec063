//! The data that lies beside the project and is no part of it.

use std::path::{Path, PathBuf};

/// A folder of the shared data; None, said aloud, where there is none.
pub fn shared(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = folder.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no shared data");
    None
}
