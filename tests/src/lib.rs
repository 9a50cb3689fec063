//! What the black-box suites share: the built binary, databases of both engines, a hand that
//! changes rows past all rules, a served portal and a small browser without a screen.
//!
//! Nothing here panics softly: a test that cannot begin has failed, so helpers `expect`.

mod answer;
pub mod birthright;
pub mod client;
mod company;
pub mod database;
pub mod offboarding;
mod patience;
mod program;
mod random;
pub mod reply;
pub mod server;
mod shared;
mod slapd_log;
mod sql;
pub mod targets;

pub use answer::Answer;
pub use client::Client;
pub use company::{Company, Expected};
pub use database::{Database, Engine};
pub use patience::wait_until;
pub use program::{binary, tenure};
pub use random::Random;
pub use reply::Reply;
pub use server::Server;
pub use shared::shared;
pub use slapd_log::SlapdLog;
pub use sql::Sql;

/// Runs tests, each a function of a [`Database`], on both engines: `on_sqlite::name`,
/// `on_postgresql::name`.
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test] fn $test() { super::$test($crate::Database::sqlite()); })+
        }
        mod on_postgresql {
            $(#[test] fn $test() { super::$test($crate::Database::postgres()); })+
        }
    };
}
