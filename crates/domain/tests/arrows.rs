//! The arrows between the crates, as the architecture draws them, held by `cargo metadata`.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What the domain must never use: engines, runtimes, the network, the clock's and chance's crates.
const IO: [&str; 12] =
    ["sqlx", "tokio", "axum", "reqwest", "hyper", "tower", "rusqlite", "lettre", "async-std", "getrandom", "rand", "tempfile"];

/// A package's dependencies by name, with what cargo says of each.
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    /// Only for its tests.
    dev: bool,
    optional: bool,
}

impl Package {
    fn uses(&self, name: &str) -> bool {
        self.dependencies.iter().any(|d| !d.dev && d.name == name)
    }
}

fn packages() -> BTreeMap<String, Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let dependency = |d: &Value| Dependency { name: text(&d["name"]), dev: d["kind"] == "dev", optional: d["optional"] == true };
    let package = |p: &Value| Package { name: text(&p["name"]), dependencies: list(&p["dependencies"]).iter().map(dependency).collect() };
    list(&metadata["packages"]).iter().map(package).map(|p| (p.name.clone(), p)).collect()
}

#[test]
fn the_domain_uses_no_crate_that_does_anything_outside() {
    let packages = packages();
    let domain = &packages["tenure-domain"];
    let used: Vec<&str> = domain.dependencies.iter().filter(|d| !d.dev && !d.optional).map(|d| d.name.as_str()).collect();
    assert!(used.contains(&"serde"), "the list is read: {used:?}");
    assert_eq!(used.iter().filter(|name| IO.contains(name) || name.starts_with("tenure")).collect::<Vec<_>>(), [&""; 0]);
    // Column types alone are optional, and only the store asks for them.
    let optional: Vec<&str> = domain.dependencies.iter().filter(|d| d.optional).map(|d| d.name.as_str()).collect();
    assert_eq!(optional, ["sqlx"]);
}

#[test]
fn pages_and_the_server_hold_no_sql() {
    let packages = packages();
    for name in ["tenure-app", "tenure-frontend", "tenure-services", "tenure"] {
        assert!(!packages[name].uses("sqlx"), "{name} uses sqlx");
    }
    assert!(packages["tenure-store"].uses("sqlx"));
}

#[test]
fn the_crates_below_never_use_those_above() {
    let packages = packages();
    for (name, allowed) in [
        ("tenure-vault", &["tenure-domain"][..]),
        ("tenure-store", &["tenure-domain"]),
        ("tenure-scim", &[]),
        ("tenure-paper", &["tenure-domain"]),
        ("tenure-notify", &["tenure-domain"]),
        ("tenure-connectors", &["tenure-domain", "tenure-scim"]),
        ("tenure-oidc", &["tenure-connectors", "tenure-vault"]),
        (
            "tenure-services",
            &["tenure-connectors", "tenure-domain", "tenure-notify", "tenure-oidc", "tenure-scim", "tenure-store", "tenure-vault"],
        ),
        ("tenure-frontend", &["tenure-domain", "tenure-services"]),
        ("tenure-app", &["tenure-domain", "tenure-services", "tenure-frontend", "tenure-store"]),
    ] {
        let own: BTreeSet<&str> =
            packages[name].dependencies.iter().filter(|d| !d.dev).map(|d| d.name.as_str()).filter(|d| packages.contains_key(*d)).collect();
        let more: Vec<&&str> = own.iter().filter(|d| !allowed.contains(d)).collect();
        assert!(more.is_empty(), "{name} uses {more:?}");
    }
}

#[test]
fn nothing_but_tests_uses_the_server() {
    for package in packages().values().filter(|p| !p.name.starts_with("tenure-tests") && !p.name.starts_with("tenure-bench")) {
        assert!(!package.uses("tenure"), "{} uses the server", package.name);
    }
}
