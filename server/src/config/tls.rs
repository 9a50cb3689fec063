//! The table `[tls]`.

use std::path::PathBuf;

use toml::Table;

use super::read::{optional, unknown};

const NAME: &str = "tls";
const PREFIX: &str = "tls.";

/// Where the certificate of the portal and its key lie, both in PEM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and after it those that lead to an authority which browsers know.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// The two files as they are said: by the table, or from elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
}

pub(super) fn gather(table: &Table, faults: &mut Vec<String>) -> Said {
    unknown(table, NAME, &["certificate_file", "key_file"], faults);
    Said { certificate: optional(table, PREFIX, "certificate_file", faults), key: optional(table, PREFIX, "key_file", faults) }
}

/// Both or none.
pub(super) fn settle(said: Said, faults: &mut Vec<String>) -> Option<TlsFiles> {
    let missing = match (said.certificate, said.key) {
        (Some(certificate), Some(key)) => return Some(TlsFiles { certificate, key }),
        (None, None) => return None,
        (None, Some(_)) => "certificate_file",
        (Some(_), None) => "key_file",
    };
    // A value that could not be read is said already.
    let key = format!("{PREFIX}{missing}");
    if !faults.iter().any(|fault| fault.starts_with(&format!("{key}:"))) {
        faults.push(format!("{key}: it is missing, and the one does not serve without the other"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::read::test_config;
    use super::*;

    #[test]
    fn certificate_and_key_come_together_and_make_the_address_an_encrypted_one() {
        let (config, faults) =
            test_config("listen = \"127.0.0.1:8443\"\n[tls]\ncertificate_file = \"a.pem\"\nkey_file = \"a.key\"\n", None);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(config.tls, Some(TlsFiles { certificate: "a.pem".into(), key: "a.key".into() }));
        assert_eq!(config.origin(), "https://127.0.0.1:8443");
        for (text, fault) in [
            ("[tls]\ncertificate_file = \"a.pem\"\n", "tls.key_file: it is missing"),
            ("[tls]\nkey_file = \"a.key\"\n", "tls.certificate_file: it is missing"),
            ("[tls]\nkey_file = 3\ncertificate_file = \"a.pem\"\n", "tls.key_file: invalid type"),
            ("[tls]\nkey = \"a\"\n", "tls.key: there is no such setting"),
        ] {
            let (_, faults) = test_config(text, None);
            assert!(faults.len() == 1 && faults[0].starts_with(fault), "{faults:?}");
        }
    }

    #[test]
    fn nothing_is_served_in_the_clear_over_a_network() {
        let tls = "[tls]\ncertificate_file = \"a.pem\"\nkey_file = \"a.key\"\n";
        for (text, is_fit) in [
            ("listen = \"127.0.0.1:80\"\n".to_owned(), true),
            ("listen = \"[::1]:80\"\n".to_owned(), true),
            ("listen = \"0.0.0.0:80\"\n".to_owned(), false),
            ("listen = \"[::]:80\"\n".to_owned(), false),
            ("listen = \"192.0.2.1:80\"\npublic_url = \"http://tenure.example.com\"\n".to_owned(), false),
            ("listen = \"0.0.0.0:80\"\npublic_url = \"https://tenure.example.com\"\n".to_owned(), true),
            (format!("listen = \"0.0.0.0:443\"\n{tls}"), true),
        ] {
            let (config, faults) = test_config(&text, None);
            assert_eq!((faults, config.is_fit_to_serve().is_ok()), (Vec::new(), is_fit), "{text}");
        }
    }

    #[test]
    fn an_address_that_is_not_encrypted_does_not_go_with_a_certificate() {
        let text = "public_url = \"http://tenure.example.com\"\n[tls]\ncertificate_file = \"a.pem\"\nkey_file = \"a.key\"\n";
        let (_, faults) = test_config(text, None);
        assert!(faults.len() == 1 && faults[0].starts_with("public_url: "), "{faults:?}");
    }
}
