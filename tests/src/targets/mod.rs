//! Targets for the suites: real servers in which people have accounts, and how Tenure is told of them.

mod directory;
mod roles;
mod wire;

pub use directory::Directory;
pub use roles::Roles;

use crate::Client;

/// Records an application, says how it is reached, tries it and reads it; yields its address.
pub(crate) fn configure(admin: &mut Client, name: &str, kind: &str, settings: &str, secret: &str, on_end: &str) -> String {
    let reply = admin.send("/applications", &[("name", name), ("description", "a target")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let at = reply.location().split('?').next().expect("an address").to_owned();
    let fields = [
        ("version", "0"),
        ("kind", kind),
        ("settings", settings),
        ("secret", secret),
        ("on_end", on_end),
        ("at_once", "4"),
        ("per_minute", "600"),
        ("timeout_seconds", "10"),
    ];
    for (step, fields) in [("target", fields.as_slice()), ("target/probe", &[]), ("target/read", &[])] {
        let reply = admin.send(&format!("{at}/{step}"), fields);
        assert_eq!(reply.status, 303, "{name}, {step}: {}", words(&reply.text()));
    }
    at
}

fn words(page: &str) -> String {
    let start = page.find("<main").unwrap_or_default();
    page[start..].chars().take(1500).collect()
}
