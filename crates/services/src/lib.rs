//! Everything Tenure does, one file a command or query. Each takes a [`Ctx`], checks, loads,
//! lets the domain decide, and writes one transaction with its audit events. Every surface
//! (portal, command line, API, worker) ends here; none has logic of its own.

pub mod access;
pub mod accounts;
pub mod audit;
mod backup;
pub mod break_glass;
mod context;
mod counts;
pub mod credentials;
pub mod demo;
mod error;
pub mod factors;
pub mod home;
pub mod identities;
mod ids;
pub mod list_imports;
pub mod mail;
pub mod operations;
pub mod people;
pub mod places;
pub mod records;
pub mod restores;
pub mod reviews;
pub mod schedule;
pub mod scim;
pub mod search;
pub mod session_limits;
mod sheet;
pub mod sign_in;
pub mod signals;
pub mod ssh;
pub mod targets;
pub mod tasks;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
pub mod transient;
pub mod views;

pub use backup::back_up;
pub use context::{App, Ctx, Proven, Settings};
pub use counts::Counts;
pub use error::{FieldError, ServiceError};
pub use sheet::Asked;
