//! Targets for the suites: real servers in which people have accounts, and how Tenure is told of them.

mod directory;
mod domain;
mod front;
mod hosts;
mod roles;
mod service;
mod setup;
mod wire;

pub use directory::Directory;
pub use domain::Domain;
pub use front::Front;
pub use hosts::{Hosts, host_token};
pub use roles::Roles;
pub use service::Service;
pub use setup::Setup;
pub use wire::{Answers, Wire};

use crate::{Client, wait_until};

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
