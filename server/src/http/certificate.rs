//! The portal's own certificate: read from its files, and again when they change, without a restart.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, ServerConfig};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::config::TlsFiles;
use crate::serve::every;

/// How often the files are looked at: they are small, and who renews a certificate waits for it.
const ROUND: Duration = Duration::from_secs(15);

/// What browsers are shown now.
#[derive(Debug)]
struct Shown {
    key: Arc<CertifiedKey>,
    ends_at: DateTime<Utc>,
}

/// The certificate, with its files.
pub(crate) struct Certificate {
    files: TlsFiles,
    shown: RwLock<Shown>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.files.certificate.display())
    }
}

impl Certificate {
    /// Reads it.
    ///
    /// # Errors
    /// In words that name the setting, when a file cannot be read, or the two do not belong together.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, String> {
        let shown = read(&files)?;
        Ok(Self { files, shown: RwLock::new(shown) })
    }

    /// When it ends.
    pub(crate) fn ends_at(&self) -> DateTime<Utc> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).ends_at
    }

    /// Reads the files again; whether they hold another one. What cannot be used leaves the one before in its place.
    fn read_again(&self) -> Result<bool, String> {
        let now = read(&self.files)?;
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        let is_other = shown.key.cert != now.key.cert;
        if is_other {
            *shown = now;
        }
        Ok(is_other)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}

fn read(files: &TlsFiles) -> Result<Shown, String> {
    let wrong = |setting: &str, file: &Path, words: &dyn fmt::Display| format!("tls.{setting}: {} {words}", file.display());
    let of_certificate = |words: &dyn fmt::Display| wrong("certificate_file", &files.certificate, words);
    let of_key = |words: &dyn fmt::Display| wrong("key_file", &files.key, words);

    let pem = std::fs::read(&files.certificate).map_err(|e| of_certificate(&format_args!("cannot be read: {e}")))?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|e| of_certificate(&format_args!("is no certificate in PEM: {e}")))?;
    let first = chain.first().ok_or_else(|| of_certificate(&"holds no certificate (-----BEGIN CERTIFICATE-----)"))?;
    let (_, parsed) = X509Certificate::from_der(first).map_err(|e| of_certificate(&format_args!("cannot be understood: {e}")))?;
    let ends_at = DateTime::from_timestamp(parsed.validity().not_after.timestamp(), 0).unwrap_or(DateTime::<Utc>::MAX_UTC);

    let pem = std::fs::read(&files.key).map_err(|e| of_key(&format_args!("cannot be read: {e}")))?;
    // The parser's words would not show the key, but there is nothing else that they could add either.
    let key = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| of_key(&"holds no private key in PEM (-----BEGIN PRIVATE KEY-----); one with a passphrase cannot be used"))?;
    let key = CertifiedKey::from_der(chain, key, &provider()).map_err(|e| match e {
        Error::InconsistentKeys(_) => of_key(&format_args!("is not the key of {}", files.certificate.display())),
        other => of_key(&format_args!("does not serve: {other}")),
    })?;
    Ok(Shown { key: Arc::new(key), ends_at })
}

fn provider() -> CryptoProvider {
    ring::default_provider()
}

/// What encrypts connections with it: TLS 1.2 and 1.3, with the ciphers that rustls allows (RFC 9325).
///
/// # Errors
/// In words, when the library refuses the versions.
pub(crate) fn acceptor(certificate: Arc<Certificate>) -> Result<TlsAcceptor, String> {
    let config =
        ServerConfig::builder_with_provider(Arc::new(provider())).with_safe_default_protocol_versions().map_err(|e| format!("tls: {e}"))?;
    let mut config = config.with_no_client_auth().with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Looks again and again whether the files hold another certificate, and says once what is wrong with them.
pub(crate) async fn renew(certificate: Option<Arc<Certificate>>, stopped: watch::Receiver<bool>) {
    let Some(certificate) = certificate else { return };
    let said = RwLock::new(String::new());
    every(ROUND, stopped, || async {
        let outcome = certificate.read_again();
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and seconds fit for millions of years")]
        metrics::gauge!("tenure_certificate_ends_at_seconds").set(certificate.ends_at().timestamp() as f64);
        let mut said = said.write().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(is_other) => {
                said.clear();
                if is_other {
                    tracing::info!(ends_at = %certificate.ends_at(), "another certificate is shown from now on");
                }
            }
            Err(words) if *said != words => {
                tracing::error!("{words}; the certificate before it stays");
                *said = words;
            }
            Err(_) => {}
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use tenure_test_support::openldap::Authority;

    use super::*;

    fn put(files: &TlsFiles, (certificate, key): (&str, &str)) {
        std::fs::write(&files.certificate, certificate).unwrap();
        std::fs::write(&files.key, key).unwrap();
    }

    #[test]
    fn another_certificate_is_taken_and_a_broken_one_leaves_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles { certificate: folder.path().join("it.pem"), key: folder.path().join("it.key") };
        let authority = Authority::new().unwrap();
        let (first, second) = (authority.issue(&["127.0.0.1"]).unwrap(), authority.issue(&["127.0.0.1"]).unwrap());
        put(&files, (&first.0, &first.1));
        let certificate = Certificate::open(files.clone()).unwrap();
        assert!(certificate.ends_at() > Utc::now());
        assert!(!certificate.read_again().unwrap(), "it is the same one");
        let shown = || certificate.shown.read().unwrap().key.cert.clone();
        let before = shown();

        for (pem, key, words) in [
            ("", first.1.as_str(), "tls.certificate_file: "),
            ("not PEM", &first.1, "holds no certificate"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &first.1, "cannot be understood"),
            (&first.0, "", "holds no private key"),
            // Half of what is written when both are renewed.
            (&second.0, &first.1, "is not the key of"),
        ] {
            put(&files, (pem, key));
            let fault = certificate.read_again().unwrap_err();
            assert!(fault.contains(words), "{fault}");
            assert!(!fault.contains("PRIVATE KEY-----\n"), "{fault}");
            assert_eq!(shown(), before);
        }
        std::fs::remove_file(&files.key).unwrap();
        assert!(certificate.read_again().unwrap_err().contains("cannot be read"));
        put(&files, (&second.0, &second.1));
        assert!(certificate.read_again().unwrap());
        assert_ne!(shown(), before);
    }
}
