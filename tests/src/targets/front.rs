//! Transport security before a server that has none of its own, as a proxy gives it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tenure_test_support::openldap::Authority;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A port that takes TLS and leads to another one that does not.
pub struct Front {
    pub port: u16,
    acceptor: Arc<Mutex<TlsAcceptor>>,
    // Ends with it.
    _runtime: tokio::runtime::Runtime,
}

impl Front {
    pub fn of(to: u16, authority: &Authority) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = Arc::new(Mutex::new(acceptor(authority)));
        let current = Arc::clone(&acceptor);
        runtime.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let acceptor = current.lock().unwrap_or_else(PoisonError::into_inner).clone();
                tokio::spawn(async move {
                    // Whoever does not trust the certificate hangs up.
                    let Ok(mut near) = acceptor.accept(near).await else { return };
                    let Ok(mut far) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, to))).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { port, acceptor, _runtime: runtime }
    }

    /// Shows a certificate of this authority from now on.
    pub fn certify(&self, authority: &Authority) {
        *self.acceptor.lock().unwrap_or_else(PoisonError::into_inner) = acceptor(authority);
    }
}

fn acceptor(authority: &Authority) -> TlsAcceptor {
    let (certificate, key) = authority.issue(&["127.0.0.1"]).expect("a certificate");
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key);
    TlsAcceptor::from(Arc::new(config.expect("they fit")))
}
