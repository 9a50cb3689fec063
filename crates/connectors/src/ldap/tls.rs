//! Transport security: the certificate is always checked, by rustls with ring.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::settings::{LdapSettings, LdapSettingsError};

/// Whom to trust, by the settings.
pub(super) fn config(settings: &LdapSettings) -> Result<Arc<ClientConfig>, LdapSettingsError> {
    let fault = |problem: String| LdapSettingsError { field: "ca-certificate", problem };
    let mut roots = RootCertStore::empty();
    match &settings.ca_certificate {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|e| fault(format!("is not PEM: {e}")))?;
                roots.add(certificate).map_err(|e| fault(format!("holds a certificate that cannot be read: {e}")))?;
            }
            if roots.is_empty() {
                return Err(fault("holds no certificate (-----BEGIN CERTIFICATE-----)".to_owned()));
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| fault(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
