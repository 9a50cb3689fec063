//! Every package that a build of this workspace may use, on a server or in a browser.

use crate::{machine, workspace};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::process::Command;

/// One package, as its author describes it.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    /// None for a crate of this workspace.
    pub source: Option<String>,
}

/// The packages for this machine's target and the browser's.
pub fn all() -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let host = Command::new("rustc").args(["--print", "host-tuple"]).output().context("rustc")?;
    let host = String::from_utf8(host.stdout)?;
    let output = workspace::cargo()
        .args(["metadata", "--format-version=1", "--locked"])
        .args(["--filter-platform", host.trim(), "--filter-platform", machine::WASM])
        .output()
        .context("cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    Ok(metadata.packages)
}
