//! Holds every dependency against `deny.toml`, without cargo-deny: licences, bans and sources.
//!
//! cargo-deny reads the same file and also knows the advisories, but takes longer to build than this
//! whole workspace's checks. Here only the parts of the file are read that the file uses.

mod packages;
mod policy;

use anyhow::{Result, bail};
use packages::Package;
use policy::Policy;

/// Prints what is wrong, and fails if anything is.
pub fn report() -> Result<()> {
    let policy = Policy::read()?;
    let packages = packages::all()?;
    let faults = faults(&policy, &packages);
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} faults against deny.toml", faults.len());
    }
    println!("{} packages keep to deny.toml", packages.len());
    Ok(())
}

fn faults(policy: &Policy, packages: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages {
        let mut fault = |what: String| faults.push(format!("{} {}: {what}", package.name, package.version));
        if policy.bans(&package.name) {
            fault("is banned".into());
        }
        if let Some(source) = &package.source
            && !policy.knows_source(source)
        {
            fault(format!("comes from {source}"));
        }
        match &package.license {
            None => fault("names no licence".into()),
            Some(license) => match policy.allows(&package.name, license) {
                Ok(true) => {}
                Ok(false) => fault(format!("its licence is not allowed: {license}")),
                Err(error) => fault(format!("its licence cannot be read: {error}")),
            },
        }
    }
    for unused in policy.unused_exceptions(packages) {
        faults.push(format!("deny.toml has an exception for {unused}, which nothing uses"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, license: Option<&str>, source: Option<&str>) -> Package {
        Package { name: name.into(), version: "1.0.0".into(), license: license.map(Into::into), source: source.map(Into::into) }
    }

    fn policy() -> Policy {
        Policy::parse(
            r#"
            [licenses]
            allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]
            exceptions = [{ crate = "special", allow = ["MPL-2.0"] }]
            [bans]
            deny = [{ crate = "openssl" }]
            [sources]
            allow-registry = ["https://github.com/rust-lang/crates.io-index"]
            "#,
        )
        .expect("a policy")
    }

    fn said(packages: &[Package]) -> String {
        let mut all = vec![package("special", Some("MPL-2.0"), None)];
        all.extend(packages.iter().cloned());
        faults(&policy(), &all).join("\n")
    }

    #[test]
    fn one_allowed_licence_of_several_is_enough_and_all_of_a_sum_are_needed() {
        for good in ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "(MIT AND Apache-2.0) OR GPL-3.0"] {
            assert_eq!(said(&[package("a", Some(good), None)]), "", "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "MPL-2.0", "Apache-2.0 WITH Classpath-exception-2.0"] {
            assert!(said(&[package("a", Some(bad), None)]).contains("not allowed"), "{bad}");
        }
    }

    #[test]
    fn what_is_banned_unlicensed_or_from_elsewhere_is_named() {
        assert!(said(&[package("openssl", Some("MIT"), None)]).contains("openssl 1.0.0: is banned"));
        assert!(said(&[package("a", None, None)]).contains("names no licence"));
        let git = Some("git+https://example.org/a#1");
        assert!(said(&[package("a", Some("MIT"), git)]).contains("comes from git"));
        let registry = Some("registry+https://github.com/rust-lang/crates.io-index");
        assert_eq!(said(&[package("a", Some("MIT"), registry)]), "");
    }

    #[test]
    fn an_exception_that_nothing_uses_is_a_fault() {
        let said = faults(&policy(), &[]).join("\n");
        assert!(said.contains("an exception for special"), "{said}");
    }
}
