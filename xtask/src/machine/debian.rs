//! Debian packages, installed without letting any of them start a service.

use super::{Install, on_path};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs one package by apt.
pub fn install(package: &str, install: Install) -> Result<()> {
    let how = format!("apt-get install {package}");
    ensure!(on_path("apt-get").is_some(), "{package} is missing, and there is no apt-get here: install it the way of this system");
    install.announce(package, &how)?;
    let id = Command::new("id").arg("-u").output().context("id")?;
    ensure!(id.stdout == b"0\n", "only root can do that: sudo {how}");

    let _policy = NoServices::declare()?;
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(["-q", "-y", "-o", "Dpkg::Use-Pty=0"]).args(arguments);
        command.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        workspace::succeed(&mut command)
    };
    apt(&["update"])?;
    apt(&["install", "--no-install-recommends", package])
}

/// While it lives, packages may not start services: Debian's way to say so is a script that answers 101.
struct NoServices {
    ours: bool,
}

impl NoServices {
    fn declare() -> Result<Self> {
        let ours = !Path::new(POLICY).exists();
        if ours {
            fs::write(POLICY, "#!/bin/sh\nexit 101\n").context(POLICY)?;
            fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755)).context(POLICY)?;
        }
        Ok(NoServices { ours })
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        // A policy that was here before is the machine's own.
        if self.ours {
            let _ = fs::remove_file(POLICY);
        }
    }
}
