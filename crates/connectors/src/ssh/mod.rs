//! OpenSSH public keys, as pure functions: what an `authorized_keys` file holds, and the answer that
//! OpenSSH's `AuthorizedKeysCommand` gets for a login name. The format is that of sshd(8), section
//! "AUTHORIZED_KEYS FILE FORMAT".
//!
//! With the pull end point as the only source of keys (`AuthorizedKeysFile none`), a key that is not
//! rendered any more is dead at the next login. Sessions that are open go on: that is another thing to end.

mod answer;
mod file;
mod key;
mod login;
mod options;
mod settings;

pub use answer::{Trusted, answer};
pub use file::{BadLine, Entry, File, TooLarge, read_file};
pub use key::{Key, KeyFault};
pub use login::{LoginName, NoLoginName};
pub use options::{Allow, OptionFault, Options};
pub use settings::SshSettings;
