//! Mail to people, by one SMTP server (RFC 5321).
//!
//! A [`Mailer`] keeps no connection and no state: what is to be sent is a row in the database, and whoever
//! works on it hands one message at a time to [`Mailer::send`]. It never retries and never queues; the kind
//! of a [`MailError`] says whether trying again is of any use. The server's certificate is always checked, by
//! rustls with ring, and without transport security only the loopback is spoken to.

mod error;
mod faults;
mod letter;
mod login;
mod mailer;
mod message;
mod session;
mod settings;
mod tls;
mod wire;

pub use error::{MailError, MailErrorKind};
pub use letter::{Written, write};
pub use mailer::{MailServer, Mailer};
pub use message::Message;
pub use settings::{MailSettings, Security, SettingsFault};
