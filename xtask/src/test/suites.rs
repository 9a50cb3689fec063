//! The suites, in the order in which they run: what fails soonest first.

use super::{
    count::Count,
    stream::{counted, whole},
};
use crate::{
    islands,
    machine::{self, Install},
    supply, workspace,
};
use anyhow::{Context, Result};
use std::{ffi::OsString, fs, path::PathBuf, process::Command};
use tenure_test_support::postgres::{Durability, Postgres, URL_VARIABLE};

/// One suite. `run` installs what it needs, or fails.
pub struct Suite {
    pub name: &'static str,
    pub about: &'static str,
    pub run: fn(&mut Servers) -> Result<Count>,
}

/// What suites share, started when the first one asks.
pub struct Servers {
    install: Install,
    postgres: Option<Postgres>,
    binary: Option<PathBuf>,
}

/// Every suite.
pub fn all() -> Vec<Suite> {
    vec![
        Suite { name: "format", about: "cargo fmt --check", run: |_| whole(workspace::cargo().args(["fmt", "--all", "--check"])) },
        Suite { name: "deny", about: "licences, bans and sources of every dependency, by deny.toml", run: deny },
        Suite {
            name: "islands",
            about: "what runs in the browser builds and keeps its size budget",
            run: |servers| islands::build(servers.install).map(|()| Count::passed()),
        },
        Suite { name: "clippy", about: "clippy without a warning, natively and for the browser", run: clippy },
        Suite { name: "unit", about: "unit, integration and documentation tests of every crate; needs PostgreSQL", run: unit },
        Suite { name: "blackbox", about: "the built binary against real servers; needs PostgreSQL", run: blackbox },
        Suite {
            name: "browser-script",
            about: "the built binary in Chromium; needs node, chromium and npm's packages",
            run: |servers| browser(servers, "on"),
        },
        Suite { name: "browser-plain", about: "the same with scripts off", run: |servers| browser(servers, "off") },
    ]
}

impl Servers {
    pub fn new(install: Install) -> Self {
        Servers { install, postgres: None, binary: None }
    }

    /// A superuser's URL to a PostgreSQL server on which tests make databases of their own.
    fn postgres(&mut self) -> Result<String> {
        if self.postgres.is_none() {
            machine::postgres(self.install)?;
            self.postgres = Some(Postgres::start(Durability::Off)?);
        }
        let postgres = self.postgres.as_ref().context("it was started above")?;
        Ok(postgres.url())
    }

    /// The built binary, with the islands in it. Built like the unit tests, to share their work.
    fn binary(&mut self) -> Result<PathBuf> {
        if let Some(binary) = &self.binary {
            return Ok(binary.clone());
        }
        islands::build(self.install)?;
        workspace::succeed(workspace::cargo().args(["build", "--workspace", "--bins"]))?;
        let binary = workspace::binary(false)?;
        Ok(self.binary.insert(binary).clone())
    }
}

fn deny(_: &mut Servers) -> Result<Count> {
    supply::report()?;
    let mut count = Count::passed();
    // The advisory database is fetched from the network by a tool that takes longer to build than all
    // of this to run, so it is asked where it is installed, and its absence is said.
    if machine::on_path("cargo-deny").is_some() {
        count += whole(workspace::cargo().args(["deny", "check"]))?;
    } else {
        println!(
            "not checked here: advisories, because cargo-deny is not installed \
             (cargo install --locked cargo-deny; cargo deny check)"
        );
    }
    Ok(count)
}

fn clippy(servers: &mut Servers) -> Result<Count> {
    machine::wasm_target(servers.install)?;
    let deny_warnings = ["--", "-D", "warnings"];
    let mut native = workspace::cargo();
    native.args(["clippy", "--quiet", "--workspace", "--all-targets"]).args(deny_warnings);
    let mut browser = workspace::cargo();
    browser
        .args(["clippy", "--quiet", "--package=tenure-frontend", "--lib"])
        .args(["--target", machine::WASM, "--profile=islands"])
        .args(["--no-default-features", "--features=hydrate"])
        .args(deny_warnings);
    let mut count = whole(&mut native)?;
    count += whole(&mut browser)?;
    Ok(count)
}

fn unit(servers: &mut Servers) -> Result<Count> {
    machine::target_servers(servers.install)?;
    machine::openid_packages(servers.install)?;
    let url = servers.postgres()?;
    counted(workspace::cargo().args(["test", "--workspace", "--exclude=tenure-tests", "--no-fail-fast"]).env(URL_VARIABLE, url))
}

fn blackbox(servers: &mut Servers) -> Result<Count> {
    machine::target_servers(servers.install)?;
    machine::openid_packages(servers.install)?;
    let url = servers.postgres()?;
    let binary = servers.binary()?;
    counted(workspace::cargo().args(["test", "--package=tenure-tests", "--no-fail-fast"]).env(URL_VARIABLE, url).env("TENURE_BIN", binary))
}

fn browser(servers: &mut Servers, script: &str) -> Result<Count> {
    machine::browser_packages(servers.install)?;
    let chromium = machine::chromium(servers.install)?;
    let binary = servers.binary()?;
    let folder = workspace::root().join("tests/browser");
    counted(
        Command::new("node")
            // One file at a time: each has a browser and a server of its own, and pages are timed.
            .args(["--test", "--test-reporter=tap", "--test-concurrency=1"])
            .args(test_files(&folder.join("suites"))?)
            .current_dir(&folder)
            .env("TENURE_BIN", binary)
            .env("TENURE_CHROMIUM", chromium)
            .env("TENURE_SCRIPT", script),
    )
}

/// Named one by one: what `node --test` makes of a folder differs between its versions.
fn test_files(folder: &std::path::Path) -> Result<Vec<OsString>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.js") {
            files.push(path.into_os_string());
        }
    }
    files.sort();
    Ok(files)
}
