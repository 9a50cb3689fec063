//! The words of the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Parser, Subcommand, ValueEnum};
use tenure_domain::access::PortalRole;

/// Identity governance: identities, roles and credentials, and proof that what ended is dead.
#[derive(Debug, Parser)]
#[command(name = "tenure", version)]
pub(crate) struct Args {
    /// `sqlite://FILE`, `sqlite::memory:` or `postgres://USER@HOST/NAME`
    #[arg(long, global = true, env = "TENURE_DATABASE", hide_env_values = true, value_name = "URL")]
    pub database: Option<String>,
    /// The configuration file; `tenure.toml` if there is one
    #[arg(long, global = true, env = "TENURE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The key file; beside the database if not given
    #[arg(long, global = true, env = "TENURE_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// The address by which browsers reach the portal: `https://tenure.example.com`
    #[arg(long, global = true, env = "TENURE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// The file with the password of `[mail]`'s account at the mail server
    #[arg(long, global = true, env = "TENURE_MAIL_PASSWORD_FILE", value_name = "FILE")]
    pub mail_password_file: Option<PathBuf>,
    /// The file with the portal's own certificate, in PEM; a proxy before it has one otherwise
    #[arg(long, global = true, env = "TENURE_TLS_CERTIFICATE_FILE", value_name = "FILE")]
    pub tls_certificate_file: Option<PathBuf>,
    /// The file with the key of that certificate
    #[arg(long, global = true, env = "TENURE_TLS_KEY_FILE", value_name = "FILE")]
    pub tls_key_file: Option<PathBuf>,
    /// How to answer
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(subcommand)]
    pub command: Command,
}

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the portal
    Serve {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Fill an empty database with the demo company
    Demo {
        /// Another seed makes other people
        #[arg(long, default_value_t = 42)]
        seed: u64,
    },
    /// Take in people, memberships or credentials
    #[command(subcommand)]
    Import(Import),
    /// Look at identities
    #[command(subcommand)]
    Identity(Identity),
    /// End an identity: everything that could act in its name dies, or its end is owed
    Offboard {
        /// Its user name
        user: String,
        /// Why: it stands in the record for ever
        #[arg(long, default_value = "offboarded from the command line")]
        reason: String,
        /// Show only what would happen
        #[arg(long)]
        dry_run: bool,
    },
    /// Prove and export the audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Prove offboarding records
    #[command(subcommand)]
    Record(Record),
    /// Let people into the portal
    #[command(subcommand)]
    Account(Account),
    /// Prepare the list of breached passwords
    #[command(subcommand)]
    Passwords(Passwords),
    /// Make what identities hold equal to what roles and rules say
    Recompute,
    /// Copy an embedded database to a new file
    Backup {
        /// The new file
        file: PathBuf,
    },
    /// What to do when the database was restored from a copy
    #[command(subcommand)]
    Restore(Restore),
    /// Check configuration, database, migrations, keys, the audit log, targets and mail; changes nothing
    Doctor {
        /// Also send a test message to this address
        #[arg(long, value_name = "ADDRESS")]
        mail_to: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Joiners, movers and leavers from a full snapshot of a source
    People {
        /// A CSV file, or - for standard input
        file: PathBuf,
        /// The source's name
        #[arg(long, default_value = "HR")]
        source: String,
        /// The plan's today
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: Option<NaiveDate>,
        /// Show the plan only
        #[arg(long)]
        dry_run: bool,
        /// Allow up to so many leavers beyond the limit
        #[arg(long, value_name = "N")]
        allow_leavers: Option<usize>,
        /// Allow up to so many changes beyond the limit
        #[arg(long, value_name = "N")]
        allow_changes: Option<usize>,
        /// Allow a snapshot that is older than the one that was applied last
        #[arg(long)]
        allow_older: bool,
        /// Take the rows that can be taken although others cannot
        #[arg(long)]
        accept_rejected: bool,
    },
    /// What is really held on a target
    Memberships {
        /// A CSV file, or - for standard input
        file: PathBuf,
        /// The source whose people the file speaks of
        #[arg(long, default_value = "HR")]
        source: String,
        /// The application on which the memberships are
        #[arg(long)]
        application: Option<String>,
        /// The day it was true
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: Option<NaiveDate>,
        /// Show only what would happen
        #[arg(long)]
        dry_run: bool,
        /// Take the rows that can be taken although others cannot
        #[arg(long)]
        accept_rejected: bool,
    },
    /// An inventory of credentials
    Credentials {
        /// A CSV file, or - for standard input
        file: PathBuf,
        /// Show only what would happen
        #[arg(long)]
        dry_run: bool,
        /// Take the rows that can be taken although others cannot
        #[arg(long)]
        accept_rejected: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Identity {
    /// Everything about one identity
    Show {
        /// Its user name
        user: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Prove that nothing was changed, removed or put in between
    Verify {
        /// A checkpoint that was kept elsewhere: the log must be a continuation of it
        #[arg(long, value_name = "FILE")]
        known: Option<PathBuf>,
    },
    /// Write all events with their proofs, as JSON lines
    Export {
        /// The file; standard output if not given
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Prove an export, without a database
    VerifyFile {
        /// The export
        file: PathBuf,
        /// The public key that signed it, base64 or hex
        #[arg(long)]
        key: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    /// Prove an offboarding record, without a database
    Verify {
        /// The record
        file: PathBuf,
        /// The public key that signed it, base64 or hex, or a file with it
        #[arg(long, value_name = "PUB")]
        key: Option<String>,
        /// A record that was signed earlier, or its signed note: this one must be a continuation of it
        #[arg(long, value_name = "FILE")]
        known: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Passwords {
    /// Make the compact file that `passwords.breached_filter` names, without a database
    BuildFilter {
        /// SHA-1 hashes of breached passwords, sorted, one a line, each with `:COUNT` or without
        input: PathBuf,
        /// The new file
        output: PathBuf,
        /// Leave out what was seen less often
        #[arg(long, value_name = "N", default_value_t = 1)]
        at_least: u64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Restore {
    /// Let nothing go out to targets until an administrator has looked at the difference
    Hold {
        /// Why: it stands in the audit log
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Print a link by which somebody sets a password, once
    Invite {
        /// Their user name
        user: String,
    },
    /// Give a portal role
    Grant {
        /// Their user name
        user: String,
        /// admin or auditor
        role: PortalRole,
    },
    /// Take a portal role
    Revoke {
        /// Their user name
        user: String,
        /// admin or auditor
        role: PortalRole,
    },
}
