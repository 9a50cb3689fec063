//! Targets for the suites: real servers in which people have accounts, and how Tenure is told of them.

mod directory;
mod roles;
mod wire;

pub use directory::Directory;
pub use roles::Roles;

use crate::{Client, wait_until};

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
        ("read_minutes", "5"),
        ("full_days", "1"),
    ];
    for (step, fields) in [("target", fields.as_slice()), ("target/probe", &[])] {
        let reply = admin.send(&format!("{at}/{step}"), fields);
        assert_eq!(reply.status, 303, "{name}, {step}: {}", words(&reply.text()));
    }
    read(admin, &at);
    at
}

/// Has a target read, and waits until it was.
#[track_caller]
pub fn read(admin: &mut Client, at: &str) {
    let reply = admin.send(&format!("{at}/target/read"), &[]);
    assert_eq!(reply.status, 303, "{}", words(&reply.text()));
    let mut state = String::new();
    wait_until("the target was read", || {
        let page = admin.get(&format!("{at}/target")).text();
        let newest = page.split("data-reading=\"").nth(1).and_then(|rest| rest.split('"').next());
        state = newest.unwrap_or_else(|| panic!("no reading: {}", words(&page))).to_owned();
        !["queued", "running"].contains(&state.as_str())
    });
    assert_eq!(state, "done", "{}", words(&admin.get(&format!("{at}/target")).text()));
}

fn words(page: &str) -> String {
    let start = page.find("<main").unwrap_or_default();
    page[start..].chars().take(1500).collect()
}
