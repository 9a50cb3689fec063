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
