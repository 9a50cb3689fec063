//! Real servers for tests, on the loopback, each gone when the test is, also when its
//! process dies without a word: used by the suites and by xtask.

mod error;
pub mod mail_server;
pub mod openid_provider;
pub mod openldap;
pub mod postgres;
pub mod python;
pub mod samba;
pub mod scim_server;
pub mod scim_tester;
pub mod signal_peer;
pub mod sshd;
mod supervised;

pub use error::ServerError;
pub use mail_server::MailServer;
pub use openid_provider::OpenIdProvider;
pub use openldap::OpenLdap;
pub use postgres::{Postgres, postgres_url};
pub use samba::Samba;
pub use scim_server::ScimServer;
pub use signal_peer::SignalPeer;
pub use sshd::Sshd;
