//! What went wrong, in words that an administrator can act on.

use std::{error::Error, io};

use ldap3::{LdapError, LdapResult};
use rustls::CertificateError;

use super::{code, settings::Address, wire};
use crate::{Fault, FaultKind, Secret};

/// The longest text of a server that is repeated.
const LONGEST_TEXT: usize = 300;

/// No connection to the address.
pub(super) fn connecting(error: &io::Error, address: &Address) -> Fault {
    let at = format!("{}:{}", address.host, address.port);
    let words = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("Nobody listens at {at}: is the directory running, and is the port right?"),
        io::ErrorKind::TimedOut => format!("No connection to {at}: a firewall or a wrong address."),
        _ => format!("No connection to {at}: {error}."),
    };
    Fault::new(FaultKind::Unreachable, words)
}

/// A connection was not made in time. Nothing was asked yet, so this is not a timeout of a change.
pub(super) fn not_connected_in_time(address: &Address) -> Fault {
    connecting(&io::Error::from(io::ErrorKind::TimedOut), address)
}

/// No answer in time.
pub(super) fn too_slow(seconds: f32) -> Fault {
    Fault::new(
        FaultKind::Timeout,
        format!("The directory gave no answer within {seconds} s. Whether it did what was asked is not known; it will be looked at again."),
    )
}

/// TLS did not come about.
pub(super) fn tls(error: &io::Error, address: &Address) -> Fault {
    let host = &address.host;
    let cause = error.get_ref().and_then(|inner| (inner as &(dyn Error + 'static)).downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(why)) => Fault::new(FaultKind::Certificate, certificate(why, host)),
        Some(rustls::Error::NoCertificatesPresented) => Fault::new(FaultKind::Certificate, format!("{host} shows no certificate.")),
        Some(other) => Fault::new(FaultKind::Protocol, format!("No TLS with {host}: {other}. Does this port speak TLS?")),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            Fault::new(FaultKind::Protocol, format!("{host} closed the connection in the middle of TLS. Does this port speak TLS?"))
        }
        None => Fault::new(FaultKind::Unreachable, format!("The connection to {host} broke in the middle of TLS: {error}.")),
    }
}

fn certificate(why: &CertificateError, host: &str) -> String {
    let what = match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "is not from an authority that is trusted here: has it been replaced? Set ca-certificate to the authority that issued it"
                .to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("is not for the name {host}: use the name that stands in it, or have it issued again")
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired: it must be renewed there".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet: compare the clocks of both machines".to_owned()
        }
        CertificateError::Revoked => "has been revoked".to_owned(),
        other => format!("is not accepted: {other}"),
    };
    format!("The certificate of {host} {what}.")
}

/// What `ldap3` reports: mostly that the connection is gone, and then the wire knows why.
pub(super) fn exchange(error: &LdapError, trouble: &wire::Trouble) -> Fault {
    if let Some(fault) = trouble.get() {
        return fault.clone();
    }
    match error {
        LdapError::FilterParsing => Fault::new(FaultKind::Refused, "A value cannot be searched for in this directory."),
        LdapError::AddNoValues => Fault::new(FaultKind::Refused, "An attribute without values cannot be added."),
        _ => wire::closed(),
    }
}

/// The server refuses Tenure's own sign-in.
pub(super) fn sign_in(result: &LdapResult, bind_dn: &str) -> Fault {
    let words = match result.rc {
        code::INVALID_CREDENTIALS | code::INAPPROPRIATE_AUTH | code::NO_SUCH_OBJECT => {
            format!("The directory does not let {bind_dn} in: the password is wrong, or the account is locked or gone{}", said(result))
        }
        code::STRONGER_AUTH | code::CONFIDENTIALITY => {
            format!("The directory wants a secure connection before it lets anybody in: use ldaps:// or start-tls{}", said(result))
        }
        _ => return refused(result, "sign in"),
    };
    Fault::new(FaultKind::SignIn, words)
}

/// The server says no; `doing` completes "to …".
pub(super) fn refused(result: &LdapResult, doing: &str) -> Fault {
    let (kind, why) = match result.rc {
        code::TIME_LIMIT => (FaultKind::Timeout, "it takes longer than the directory allows"),
        code::SIZE_LIMIT | code::ADMIN_LIMIT => {
            (FaultKind::Refused, "it is more than the directory gives to Tenure's account; raise its limits or set a smaller page size")
        }
        code::STRONGER_AUTH | code::CONFIDENTIALITY => (FaultKind::Refused, "it wants a secure connection: use ldaps:// or start-tls"),
        code::UNAVAILABLE_EXTENSION => (FaultKind::Unsupported, "the directory does not know a control that this needs"),
        code::INVALID_CREDENTIALS | code::INAPPROPRIATE_AUTH => (FaultKind::SignIn, "Tenure is not signed in any more"),
        code::FORBIDDEN => (FaultKind::Forbidden, "Tenure's account has not the right to; give it in the directory's access rules"),
        code::BUSY => (FaultKind::TooMany, "it is busy"),
        code::UNAVAILABLE => (FaultKind::Unreachable, "it is shutting down or starting"),
        code::REFERRAL => {
            (FaultKind::Refused, "this server hands on to another one (a read-only copy?); set the address of the one that can write")
        }
        code::EXISTS => (FaultKind::Refused, "the name is taken there"),
        code::NO_SUCH_OBJECT => (FaultKind::Refused, "there is no such entry"),
        code::INVALID_DN => (FaultKind::Refused, "a name is not a distinguished name"),
        code::OBJECT_CLASS => (FaultKind::Refused, "the entry would break the directory's schema"),
        code::NO_SUCH_TYPE => (FaultKind::Refused, "the directory does not know an attribute"),
        code::CONSTRAINT => (FaultKind::Refused, "a rule of the directory is against it"),
        code::UNWILLING => (FaultKind::Refused, "the directory is not willing"),
        code::PROTOCOL => (FaultKind::Refused, "the directory does not understand or support it"),
        _ => (FaultKind::Refused, "the directory says no"),
    };
    Fault::new(kind, format!("Tried to {doing}: {why}{} (LDAP result {}).", said(result), result.rc))
}

/// The server's own words: bounded, on one line.
pub(super) fn said(result: &LdapResult) -> String {
    let text: String = result.text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_TEXT).collect();
    let text = text.trim();
    if text.is_empty() { String::new() } else { format!("; it says: {text}") }
}

/// A fault without the secret, should a server repeat it.
pub(super) fn without(mut fault: Fault, secret: &Secret) -> Fault {
    if !secret.expose().is_empty() && fault.words.contains(secret.expose()) {
        fault.words = fault.words.replace(secret.expose(), "…");
    }
    fault
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(rc: u32, text: &str) -> LdapResult {
        LdapResult { rc, matched: String::new(), text: text.to_owned(), refs: vec![], ctrls: vec![] }
    }

    #[test]
    fn each_result_code_has_its_kind() {
        for (rc, kind) in [
            (50, FaultKind::Forbidden),
            (51, FaultKind::TooMany),
            (52, FaultKind::Unreachable),
            (53, FaultKind::Refused),
            (19, FaultKind::Refused),
            (68, FaultKind::Refused),
            (3, FaultKind::Timeout),
            (12, FaultKind::Unsupported),
            (4711, FaultKind::Refused),
        ] {
            assert_eq!(refused(&result(rc, ""), "look").kind, kind, "{rc}");
        }
        assert_eq!(sign_in(&result(49, ""), "cn=x").kind, FaultKind::SignIn);
        assert_eq!(sign_in(&result(8, ""), "cn=x").kind, FaultKind::SignIn);
        assert_eq!(sign_in(&result(51, ""), "cn=x").kind, FaultKind::TooMany);
    }

    #[test]
    fn a_server_that_talks_on_and_on_is_cut_and_kept_on_one_line() {
        let fault = refused(&result(53, &"no\n".repeat(1000)), "look");
        assert!(fault.words.len() < 500 && !fault.words.contains('\n'), "{}", fault.words);
    }

    #[test]
    fn a_secret_that_a_server_repeats_is_left_out() {
        let fault = refused(&result(19, "the password hunter2 is too short"), "set a password");
        let fault = without(fault, &Secret::new("hunter2".into()));
        assert!(!fault.words.contains("hunter2"), "{}", fault.words);
    }
}
