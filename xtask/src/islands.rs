//! `cargo xtask islands`: the frontend crate as WebAssembly with its JavaScript glue, in `target/browser`.
//!
//! Cargo decides whether to compile. The glue is made anew only when the module has changed, and files
//! are written only when their content has, so that the server is not embedded again for nothing.

mod sizes;

use crate::{machine, workspace};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use sizes::Sizes;
use std::{fs, path::Path, time::Instant};
use wasm_bindgen_cli_support::Bindgen;

const GLUE: &str = "tenure_frontend.js";
const WASM: &str = "tenure_frontend_bg.wasm";

/// Compressed, glue and module together. What a first visit loads besides the page and its style.
const BUDGET: usize = 90_000;

/// Builds the islands, and fails when they outgrow their budget.
pub fn build(install: machine::Install) -> Result<()> {
    machine::wasm_target(install)?;
    let begun = Instant::now();
    workspace::succeed(
        workspace::cargo()
            .args(["build", "--quiet", "--package=tenure-frontend", "--lib"])
            .args(["--target", machine::WASM, "--profile=islands"])
            .args(["--no-default-features", "--features=hydrate"]),
    )?;
    let module = workspace::target()?.join(machine::WASM).join("islands/tenure_frontend.wasm");
    let module = fs::read(&module).with_context(|| module.display().to_string())?;

    let folder = workspace::target()?.join("browser");
    let stamp = stamp(&module);
    let stamp_file = folder.join("stamp");
    let made = [GLUE, WASM].iter().all(|name| folder.join(name).is_file());
    let fresh = made && fs::read_to_string(&stamp_file).is_ok_and(|text| text == stamp);
    if !fresh {
        let (glue, wasm) = bind(module)?;
        fs::create_dir_all(&folder)?;
        write_if_changed(&folder.join(GLUE), glue.as_bytes())?;
        write_if_changed(&folder.join(WASM), &wasm)?;
        write_if_changed(&stamp_file, stamp.as_bytes())?;
    }

    let glue = Sizes::of(&fs::read(folder.join(GLUE))?)?;
    let wasm = Sizes::of(&fs::read(folder.join(WASM))?)?;
    let both = glue + wasm;
    let state = if fresh { "unchanged" } else { "built" };
    println!("islands: {state} in {:.1} s", begun.elapsed().as_secs_f32());
    for (name, sizes) in [(WASM, wasm), (GLUE, glue), ("together", both)] {
        println!("  {name:<24} {sizes}");
    }
    ensure!(both.gzip <= BUDGET, "the islands are {} bytes compressed; their budget is {BUDGET}", both.gzip);
    Ok(())
}

/// The module as the browser wants it, and the glue that starts it.
fn bind(module: Vec<u8>) -> Result<(String, Vec<u8>)> {
    let mut output = Bindgen::new()
        .input_bytes("tenure_frontend", module)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .remove_name_section(true)
                .remove_producers_section(true)
                // The loader always says where the module is; a second address would be a wrong one.
                .omit_default_module_path(true)
                .generate_output()
        })
        .context("wasm-bindgen")?;
    let mut snippets = output.snippets().iter().filter(|(_, scripts)| !scripts.is_empty());
    if let Some((package, _)) = snippets.next() {
        bail!("{package} brings a script file of its own, which the server does not embed");
    }
    if let Some(module) = output.local_modules().keys().next() {
        bail!("the glue imports {module}, which the server does not embed");
    }
    let glue = output.js().to_owned();
    Ok((glue, output.wasm_mut().emit_wasm()))
}

/// What the bound files were made from.
fn stamp(module: &[u8]) -> String {
    let digest = Sha256::digest(module);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let making = Sha256::digest(include_bytes!("islands.rs"));
    format!("{digest} {:02x}{:02x}\n", making[0], making[1])
}

fn write_if_changed(file: &Path, content: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|old| old == content) {
        return Ok(());
    }
    fs::write(file, content).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A glue of another version than the module's would fail only in the browser.
    #[test]
    fn the_library_that_binds_is_of_the_version_that_is_bound() {
        let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).expect("a lock file");
        let lock: toml::Table = lock.parse().expect("TOML");
        let packages = lock["package"].as_array().expect("packages");
        let versions = |name: &str| -> Vec<_> {
            let named = packages.iter().filter(|it| it["name"].as_str() == Some(name));
            named.map(|it| it["version"].clone()).collect()
        };
        assert_eq!(versions("wasm-bindgen").len(), 1);
        assert_eq!(versions("wasm-bindgen"), versions("wasm-bindgen-cli-support"));
    }

    #[test]
    fn an_unchanged_file_keeps_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("x");
        write_if_changed(&file, b"1").expect("written");
        let old = std::time::SystemTime::UNIX_EPOCH;
        let time = || fs::metadata(&file).and_then(|it| it.modified()).expect("a time");
        let opened = fs::File::options().write(true).open(&file).expect("opened");
        opened.set_modified(old).expect("dated");
        write_if_changed(&file, b"1").expect("left");
        assert_eq!(time(), old);
        write_if_changed(&file, b"2").expect("written");
        assert_ne!(time(), old);
    }
}
