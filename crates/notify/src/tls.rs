//! Whom to trust.

use std::path::Path;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};

use crate::settings::{MailSettings, Security};
use crate::{MailError, MailErrorKind};

/// How the settings want the connection secured; nothing for a connection in the clear.
pub(crate) fn parameters(settings: &MailSettings) -> Result<Option<TlsParameters>, MailError> {
    if settings.security == Security::None {
        return Ok(None);
    }
    let mut builder = TlsParameters::builder(settings.host.clone());
    builder = match &settings.ca_file {
        None => builder.certificate_store(CertificateStore::WebpkiRoots),
        Some(file) => builder.certificate_store(CertificateStore::None).add_root_certificate(authorities(file)?),
    };
    let built = builder.build_rustls();
    built.map(Some).map_err(|e| MailError::new(MailErrorKind::Settings, format!("mail.ca_file: it cannot be used: {e}")))
}

fn authorities(file: &Path) -> Result<Certificate, MailError> {
    let wrong = |words: String| MailError::new(MailErrorKind::Settings, format!("mail.ca_file: {} {words}", file.display()));
    let pem = std::fs::read(file).map_err(|e| wrong(format!("cannot be read: {e}")))?;
    if !pem.windows(27).any(|part| part == b"-----BEGIN CERTIFICATE-----") {
        return Err(wrong("holds no certificate (-----BEGIN CERTIFICATE-----)".to_owned()));
    }
    Certificate::from_pem(&pem).map_err(|e| wrong(format!("holds a certificate that cannot be read: {e}")))
}
