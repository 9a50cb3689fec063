//! From what went wrong to words.

use std::borrow::Cow;
use std::error::Error as _;
use std::io;

use lettre::transport::smtp::Error;
use rustls::CertificateError;

use crate::mailer::Mailer;
use crate::settings::Security;
use crate::{MailError, MailErrorKind};

/// Where in a conversation something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Until the server has greeted, with the connection secured where it is from the start.
    Connect,
    /// STARTTLS, and the greeting after it.
    Secure,
    /// AUTH.
    SignIn,
    /// NOOP.
    Look,
    /// From MAIL to the answer after the message.
    HandOver,
}

/// No answer within the timeout.
pub(crate) fn too_late(mailer: &Mailer, step: Step) -> MailError {
    let (at, seconds) = (mailer.settings.address(), mailer.settings.timeout.as_secs());
    let words = match step {
        Step::Connect => format!(
            "The mail server at {at} did not answer within {seconds} s. Check mail.host and mail.port, and whether a firewall is in between. {}",
            other_security(mailer)
        ),
        Step::HandOver => format!(
            "The mail server at {at} did not answer within {seconds} s when it was given the message. Whether it took it is not known; its log tells."
        ),
        _ => format!("The mail server at {at} stopped answering for {seconds} s. See its log, or raise mail.timeout_seconds."),
    };
    MailError::new(MailErrorKind::Timeout, words)
}

/// The most frequent reason for silence: both wait for the other to begin.
fn other_security(mailer: &Mailer) -> &'static str {
    match mailer.settings.security {
        Security::StartTls | Security::None => "If it wants TLS from the start (port 465), set mail.security to tls.",
        Security::Tls => "If it wants STARTTLS (port 587), set mail.security to starttls.",
    }
}

/// What the library says, in words that say what to do.
pub(crate) fn in_words(mailer: &Mailer, step: Step, error: &Error) -> MailError {
    if let Some(io) = io_error(error) {
        return of_the_connection(mailer, step, io);
    }
    if error.status().is_some() {
        return of_the_answer(mailer, step, error);
    }
    let at = mailer.settings.address();
    let said = shown(mailer, &error.to_string());
    let words = match step {
        _ if error.is_client() => {
            return MailError::new(MailErrorKind::Refused, format!("The mail server at {at} cannot take this: {said}."));
        }
        Step::Connect => format!(
            "What answers at {at} is no mail server, or it closed the connection at once ({said}). Check mail.port. {}",
            other_security(mailer)
        ),
        _ => format!("The mail server at {at} closed the connection or answered what is not SMTP ({said}). See its log."),
    };
    MailError::new(MailErrorKind::Protocol, words)
}

fn io_error(error: &Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(found) = source {
        if let Some(io) = found.downcast_ref() {
            return Some(io);
        }
        source = found.source();
    }
    None
}

/// What the network says, in such words.
pub(crate) fn of_the_connection(mailer: &Mailer, step: Step, error: &io::Error) -> MailError {
    let at = mailer.settings.address();
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return of_tls(mailer, tls);
    }
    let (kind, words) = match error.kind() {
        io::ErrorKind::TimedOut => return too_late(mailer, step),
        io::ErrorKind::ConnectionRefused => (
            MailErrorKind::Unreachable,
            format!("Nobody listens at {at} (connection refused). Check mail.host and mail.port, and whether the mail server runs."),
        ),
        io::ErrorKind::InvalidData => (
            MailErrorKind::Protocol,
            format!(
                "What answers at {at} does not speak SMTP ({}). Check mail.port. {}",
                shown(mailer, &error.to_string()),
                other_security(mailer)
            ),
        ),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
            (MailErrorKind::Unreachable, format!("The mail server at {at} closed the connection. {} See its log.", other_security(mailer)))
        }
        _ => (
            MailErrorKind::Unreachable,
            format!("The mail server at {at} cannot be reached: {}. Check mail.host and mail.port.", shown(mailer, &error.to_string())),
        ),
    };
    MailError::new(kind, words)
}

fn of_tls(mailer: &Mailer, error: &rustls::Error) -> MailError {
    let (at, host) = (mailer.settings.address(), &mailer.settings.host);
    let certificate =
        |words: String| MailError::new(MailErrorKind::Certificate, format!("The certificate of the mail server at {at} {words}"));
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            // A signature is wrong where an authority was made anew under its old name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => certificate(match &mailer.settings.ca_file {
                None => "is not from an authority that browsers trust. Put its authority's certificate (PEM) into a file and name it in mail.ca_file.".to_owned(),
                Some(file) => format!("is not from an authority in mail.ca_file ({}). Put its authority's certificate into it.", file.display()),
            }),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                certificate(format!("is not for {host}. Set mail.host to a name that it has, or have it renewed with this one."))
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => certificate("has expired. Have it renewed.".to_owned()),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                certificate("is not valid yet. Check the clocks of both machines.".to_owned())
            }
            other => certificate(format!("is not accepted: {}.", shown(mailer, &other.to_string()))),
        },
        rustls::Error::InvalidMessage(_) => MailError::new(
            MailErrorKind::Security,
            format!("What answers at {at} does not speak TLS. Check mail.port. {}", other_security(mailer)),
        ),
        other => MailError::new(
            MailErrorKind::Security,
            format!("The mail server at {at} and Tenure agree on no TLS: {}. Tenure speaks TLS 1.2 and 1.3.", shown(mailer, &other.to_string())),
        ),
    }
}

/// The server understood, and said no.
fn of_the_answer(mailer: &Mailer, step: Step, error: &Error) -> MailError {
    let at = mailer.settings.address();
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    let said = shown(mailer, &format!("{code} {}", error.source().map(ToString::to_string).unwrap_or_default()));
    let (kind, words) = match (step, code.as_str()) {
        // Signed in by nobody, or not as it has to be (RFC 4954, 6).
        (Step::SignIn, _) if error.is_permanent() => (
            MailErrorKind::SignIn,
            format!("The mail server at {at} does not accept mail.user_name with the password in mail.password_file. It said: {said}"),
        ),
        (_, "530") => (
            MailErrorKind::SignIn,
            format!("The mail server at {at} wants a sign-in first: set mail.user_name and mail.password_file. It said: {said}"),
        ),
        _ if error.is_transient() => (MailErrorKind::Later, format!("The mail server at {at} asks to come back later. It said: {said}")),
        (Step::HandOver, _) => (MailErrorKind::Refused, format!("The mail server at {at} does not take this message. It said: {said}")),
        _ => (MailErrorKind::Protocol, format!("The mail server at {at} turned Tenure away. It said: {said}")),
    };
    MailError::new(kind, words)
}

/// What a server says, as one line of bounded length, up to where it repeats the password.
pub(crate) fn shown(mailer: &Mailer, said: &str) -> String {
    let said = mailer.login.as_ref().map_or(Cow::Borrowed(said), |login| login.hidden_in(said));
    let line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
