//! `tenure passwords …`: on any machine, without a database.

use std::path::Path;

use tenure_vault::build_filter;

use super::output::{Failed, Output};

pub(super) fn build(output: &Output, input: &Path, file: &Path, at_least: u64) -> Result<(), Failed> {
    let built = build_filter(input, file, at_least).map_err(|e| Failed::new(format!("the filter was not built: {e}")))?;
    output.say(&built, || {
        format!(
            "{} holds {} hashes in {} bytes. Name it in tenure.toml, and restart:\n  [passwords]\n  breached_filter = \"{}\"",
            file.display(),
            built.hashes,
            built.bytes,
            file.display()
        )
    });
    Ok(())
}
