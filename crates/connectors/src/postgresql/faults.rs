//! What sqlx and PostgreSQL say, as a fault in words.

use std::io::ErrorKind;

use sqlx::postgres::PgDatabaseError;

use super::{names::shown, settings::Settings};
use crate::{Fault, FaultKind};

/// Where and as whom, for the words of a fault.
#[derive(Debug, Clone)]
pub(super) struct Place {
    address: String,
    user: String,
    database: String,
}

impl Place {
    pub(super) fn new(settings: &Settings, database: &str) -> Self {
        Self { address: format!("{}:{}", settings.host, settings.port), user: shown(&settings.user), database: shown(database) }
    }

    /// No answer within the limit.
    pub(super) fn timeout(&self, limit: std::time::Duration, doing: &str) -> Fault {
        let words =
            format!("{} gave no answer within {} s to: {doing}. Whether it was done is not known.", self.address, limit.as_secs_f32());
        Fault::new(FaultKind::Timeout, words)
    }

    /// A fault while signing in.
    pub(super) fn while_connecting(&self, error: sqlx::Error) -> Fault {
        let at = &self.address;
        match error {
            // rustls' refusals come wrapped in an I/O error of this kind.
            sqlx::Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
                let words = format!("the certificate of {at} is not accepted ({}). Check host and ca-pem.", shown(&error.to_string()));
                Fault::new(FaultKind::Certificate, words)
            }
            sqlx::Error::Tls(error) => {
                let words =
                    format!("no checked TLS with {at} ({}). Turn on ssl in postgresql.conf, or check ca-pem.", shown(&error.to_string()));
                Fault::new(FaultKind::Certificate, words)
            }
            sqlx::Error::Io(error) => {
                let words = format!(
                    "nobody answers at {at} ({}). Check host, port and firewall, and whether the server runs.",
                    shown(&error.to_string())
                );
                Fault::new(FaultKind::Unreachable, words)
            }
            error => self.while_doing(error, "sign in"),
        }
    }

    /// A fault while doing something; `doing` says what, for an administrator, without secrets.
    pub(super) fn while_doing(&self, error: sqlx::Error, doing: &str) -> Fault {
        let at = &self.address;
        match error {
            sqlx::Error::Database(error) => match error.try_downcast_ref::<PgDatabaseError>() {
                Some(error) => self.by_state(error, doing),
                None => Fault::new(FaultKind::Protocol, format!("{at} answered {doing} with an error that is not PostgreSQL's")),
            },
            sqlx::Error::Io(error) => {
                let words = format!(
                    "the connection to {at} was cut during: {doing} ({}). Whether it was done is not known.",
                    shown(&error.to_string())
                );
                Fault::new(FaultKind::Unreachable, words)
            }
            // What could not be decoded may hold anything: its text is not repeated.
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Fault::new(FaultKind::Protocol, format!("{at} answered {doing} with a value that is not text in UTF-8 or not of its type"))
            }
            error => Fault::new(
                FaultKind::Protocol,
                format!(
                    "{at} did not speak PostgreSQL's protocol during: {doing} ({}). Is another service listening there?",
                    shown(&error.to_string())
                ),
            ),
        }
    }

    fn by_state(&self, error: &PgDatabaseError, doing: &str) -> Fault {
        let Self { address, user, database } = self;
        let (kind, advice) = kind_and_advice(error.code());
        let detail = error.detail().map(|detail| format!(" {}", shown(detail))).unwrap_or_default();
        let said = format!("{} (SQLSTATE {}).{detail}", shown(error.message()), shown(error.code()));
        Fault::new(
            kind,
            format!("{address}, database {database}, signed in as {user}, refused to {doing}: {said} {advice}").trim_end().to_owned(),
        )
    }
}

/// PostgreSQL's appendix A, as far as it tells what to do.
fn kind_and_advice(state: &str) -> (FaultKind, &'static str) {
    match state {
        "28P01" => (FaultKind::SignIn, "Give this target the password that its role has now."),
        "28000" => (FaultKind::SignIn, "Check user, and the line for it in pg_hba.conf."),
        "3D000" => (FaultKind::Refused, "Check maintenance-database."),
        "42501" => (
            FaultKind::Forbidden,
            "Tenure's role needs CREATEROLE (from 16 on also ADMIN OPTION on this role), and membership in pg_signal_backend.",
        ),
        "42710" => (FaultKind::NameTaken, "Take another name."),
        // Of privileges on what another owns, Tenure without superuser can take none away.
        "2BP01" => (
            FaultKind::NeedsDecision,
            "Something still depends on it: decide who takes it over. Privileges that others granted are taken away by the owner or a superuser (REVOKE).",
        ),
        "57014" => (FaultKind::Timeout, "It took longer than this target's timeout and was called off; a longer timeout may be needed."),
        "55P03" => (FaultKind::Refused, "Another transaction holds a lock on it: look into pg_locks and pg_prepared_xacts."),
        "40P01" | "40001" | "XX000" => (FaultKind::Refused, "Something else changed the same at the same moment; the next try will show."),
        "25006" => (FaultKind::Refused, "This server is a standby or read-only: give the address of the primary."),
        "57P03" => (FaultKind::TooMany, "The server is starting or stopping."),
        "57P01" | "57P02" => (FaultKind::Unreachable, "The server or an administrator ended Tenure's connection."),
        "0A000" => (FaultKind::Unsupported, ""),
        // Too many connections, no memory, no disk.
        _ if state.starts_with("53") => (FaultKind::TooMany, "The server is short of something."),
        _ if state.starts_with("08") => (FaultKind::Protocol, ""),
        _ => (FaultKind::Refused, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_tells_what_to_do_next() {
        let kinds = [
            ("28P01", FaultKind::SignIn),
            ("28000", FaultKind::SignIn),
            ("42501", FaultKind::Forbidden),
            ("42710", FaultKind::NameTaken),
            ("2BP01", FaultKind::NeedsDecision),
            ("53300", FaultKind::TooMany),
            ("57P03", FaultKind::TooMany),
            ("57014", FaultKind::Timeout),
            ("99999", FaultKind::Refused),
        ];
        for (state, kind) in kinds {
            assert_eq!(kind_and_advice(state).0, kind, "{state}");
        }
    }
}
