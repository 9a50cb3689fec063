//! Mail to people. A command owes it in its own transaction ([`owe`]); a worker takes it, writes it down and hands it to
//! the mail server, without a transaction, and keeps what came of it. `docs/operations.md`, decision 0028.

mod carrier;
mod deliver;
mod forget;
mod look;
mod manage;
mod owe;

pub use carrier::{Carrier, Smtp};
pub use deliver::{Attempted, Job, attempt, claim_mails, mail_is_due, settle_mails};
pub(crate) use forget::forget;
pub use look::{MailOverview, ReadMail, may_read, overview, read_mail};
pub use manage::{send_test, try_now};
pub(crate) use owe::{Letter, moment, owe};
