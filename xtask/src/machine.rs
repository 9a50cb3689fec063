//! What the tasks need from the machine, and how it gets there: each thing said before it is installed.

mod debian;

use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};
use tenure_test_support::postgres::Programs;

/// The browser's target.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Whether to install what is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Install {
    /// Yes, and say so.
    Allowed,
    /// No: name what is missing, and fail.
    Refused,
}

impl Install {
    /// Says what is about to be installed, or refuses.
    fn announce(self, what: &str, how: &str) -> Result<()> {
        if self == Install::Refused {
            bail!("{what} is missing, and --offline refuses to install it; by hand: {how}");
        }
        println!("installing {what}: {how}");
        Ok(())
    }
}

/// The standard library for the browser's target.
pub fn wasm_target(install: Install) -> Result<()> {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = String::from_utf8(sysroot.context("rustc")?.stdout)?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    install.announce("Rust's target for the browser", &format!("rustup target add {WASM}"))?;
    workspace::succeed(Command::new("rustup").args(["target", "add", WASM]))
}

/// PostgreSQL's server programs. They are used for servers of the tests' own, never as a service.
pub fn postgres(install: Install) -> Result<()> {
    if Programs::find().is_none() {
        debian::install("postgresql", install)?;
        ensure!(Programs::find().is_some(), "postgresql brought no server programs");
    }
    Ok(())
}

/// Servers that stand for targets, and the clients that look at them. None runs as a service.
pub fn target_servers(install: Install) -> Result<()> {
    for (program, package) in [
        ("slapd", "slapd"),
        ("ldapsearch", "ldap-utils"),
        ("sshd", "openssh-server"),
        ("ssh", "openssh-client"),
        // What the documented script of a host asks with.
        ("curl", "curl"),
        ("samba", "samba-ad-dc"),
        ("samba-tool", "samba-ad-provision"),
        // For the SCIM and the mail server and the peer of signals, which come from PyPI into folders of the tests' own.
        ("python3", "python3-venv"),
    ] {
        let there = on_path(program).or_else(|| Some(Path::new("/usr/sbin").join(program)).filter(|file| file.is_file()));
        let whole = match package {
            "python3-venv" => there.is_some() && workspace::succeed(Command::new("python3").args(["-c", "import ensurepip"])).is_ok(),
            "samba-ad-provision" => there.is_some() && Path::new("/usr/share/samba/setup").is_dir(),
            _ => there.is_some(),
        };
        if !whole {
            debian::install(package, install)?;
        }
    }
    Ok(())
}

/// The browser that the suites drive. `TENURE_CHROMIUM` names another than the path's.
pub fn chromium(install: Install) -> Result<PathBuf> {
    if let Some(named) = env::var_os("TENURE_CHROMIUM") {
        return Ok(named.into());
    }
    if on_path("chromium").is_none() {
        debian::install("chromium", install)?;
    }
    on_path("chromium").context("chromium brought no program of that name")
}

/// Node, and the packages of `tests/browser` exactly as its lock file has them.
pub fn browser_packages(install: Install) -> Result<()> {
    node_packages("tests/browser", "the browser suite's packages", install)
}

/// Node, and the certified OpenID provider of `tests/openid` exactly as its lock file has it.
pub fn openid_packages(install: Install) -> Result<()> {
    node_packages("tests/openid", "the OpenID provider's packages", install)
}

fn node_packages(of: &str, what: &str, install: Install) -> Result<()> {
    for (program, package) in [("node", "nodejs"), ("npm", "npm")] {
        if on_path(program).is_none() {
            debian::install(package, install)?;
            ensure!(on_path(program).is_some(), "{package} brought no program called {program}; see https://nodejs.org");
        }
    }
    let folder = workspace::root().join(of);
    let modified = |file: &str| fs::metadata(folder.join(file)).and_then(|it| it.modified()).ok();
    // npm writes its own copy of the lock file last.
    let installed = modified("node_modules/.package-lock.json");
    if installed.is_none() || installed < modified("package-lock.json") {
        install.announce(what, &format!("npm ci, in {of}"))?;
        workspace::succeed(Command::new("npm").arg("ci").current_dir(&folder))?;
    }
    Ok(())
}

/// The full path of a program.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
