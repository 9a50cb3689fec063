//! One connection, for one change or one look. Each exchange on it is bounded by the limits' timeout.

use std::{collections::HashSet, future::Future, os::unix::net::UnixStream as StdUnixStream, sync::Arc};

use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, Mod, StdStream,
    exop::{Exop, PasswordModify, WhoAmI},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    Target, ber, code, faults,
    settings::Address,
    wire::{self, Trouble},
};
use crate::{Fault, FaultKind, Secret};

/// A changed attribute and its values; without values it is taken away.
pub(super) type Modification = Mod<Vec<u8>>;

/// The request to begin TLS (RFC 4511, 4.14): the only message that is not `ldap3`'s.
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// A connection to the directory.
pub(super) struct Connection<'a> {
    pub(super) ldap: Ldap,
    pub(super) target: &'a Target,
    trouble: Trouble,
}

impl<'a> Connection<'a> {
    /// Connected and signed in as Tenure.
    pub(super) async fn signed_in(target: &'a Target) -> Result<Self, Fault> {
        let mut connection = Self::open(target).await?;
        let dn = &target.settings.bind_dn;
        let result = connection.sign_in(dn, &target.password).await?;
        if result.rc == code::SUCCESS { Ok(connection) } else { Err(faults::without(faults::sign_in(&result, dn), &target.password)) }
    }

    /// Connected and secure, if the settings say so, and not signed in.
    pub(super) async fn open(target: &'a Target) -> Result<Self, Fault> {
        let address = &target.address;
        let in_time = target.limits.timeout;
        let stream = timeout(in_time, TcpStream::connect((address.host.as_str(), address.port)))
            .await
            .map_err(|_| faults::not_connected_in_time(address))?
            .map_err(|e| faults::connecting(&e, address))?;
        // Requests are small and each waits for its answer.
        let _ = stream.set_nodelay(true);
        let trouble = Trouble::default();
        let secured = timeout(in_time, secure(stream, target)).await.map_err(|_| faults::too_slow(in_time.as_secs_f32()))??;
        let ldap = match secured {
            Secured::Plain(stream) => handle(stream, &trouble).await,
            Secured::Tls(stream) => handle(stream, &trouble).await,
        };
        let ldap = ldap.map_err(|e| Fault::new(FaultKind::Unreachable, format!("No connection to {}: {e}.", address.host)))?;
        Ok(Self { ldap, target, trouble })
    }

    /// A simple bind (RFC 4513, 5.1.3). Never without a password: servers take that for nobody, and say yes.
    pub(super) async fn sign_in(&mut self, dn: &str, password: &Secret) -> Result<LdapResult, Fault> {
        if dn.is_empty() || password.expose().is_empty() {
            return Err(Fault::new(FaultKind::SignIn, "There is no password to sign in with."));
        }
        let mut ldap = self.ldap.clone();
        self.ask(ldap.simple_bind(dn, password.expose())).await
    }

    /// Who the server says this is (RFC 4532), if it says.
    pub(super) async fn who_am_i(&mut self) -> Result<Option<String>, Fault> {
        let mut ldap = self.ldap.clone();
        let answer = self.ask(ldap.extended(WhoAmI)).await?;
        let text = answer.0.val.and_then(|value| String::from_utf8(value).ok());
        Ok(text.filter(|t| answer.1.rc == code::SUCCESS && !t.is_empty()).map(|t| t.trim_start_matches("dn:").to_owned()))
    }

    pub(super) async fn add(&mut self, dn: &str, attributes: Vec<(Vec<u8>, HashSet<Vec<u8>>)>) -> Result<LdapResult, Fault> {
        let mut ldap = self.ldap.clone();
        self.ask(ldap.add(dn, attributes)).await
    }

    pub(super) async fn modify(&mut self, dn: &str, changes: Vec<Modification>) -> Result<LdapResult, Fault> {
        let mut ldap = self.ldap.clone();
        self.ask(ldap.modify(dn, changes)).await
    }

    pub(super) async fn rename(&mut self, dn: &str, rdn: &str, below: Option<&str>) -> Result<LdapResult, Fault> {
        let mut ldap = self.ldap.clone();
        self.ask(ldap.modifydn(dn, rdn, true, below)).await
    }

    pub(super) async fn delete(&mut self, dn: &str) -> Result<LdapResult, Fault> {
        let mut ldap = self.ldap.clone();
        self.ask(ldap.delete(dn)).await
    }

    /// Sets a password by RFC 3062.
    pub(super) async fn modify_password(&mut self, dn: &str, password: &Secret) -> Result<LdapResult, Fault> {
        let request = PasswordModify { user_id: Some(dn), old_pass: None, new_pass: Some(password.expose()) };
        let mut ldap = self.ldap.clone();
        Ok(self.ask(ldap.extended(Exop::from(request))).await?.1)
    }

    /// One exchange, in time, with the wire's own reason if it broke.
    pub(super) async fn ask<T>(&self, exchange: impl Future<Output = Result<T, LdapError>>) -> Result<T, Fault> {
        let in_time = self.target.limits.timeout;
        match timeout(in_time, exchange).await {
            Ok(answer) => match answer {
                Ok(answer) => Ok(answer),
                Err(error) => Err(faults::exchange(&error, &self.trouble)),
            },
            Err(_) => Err(faults::too_slow(in_time.as_secs_f32())),
        }
    }

    /// Whether nobody on the way can read along.
    pub(super) fn is_secure(&self) -> bool {
        self.target.is_secure()
    }
}

enum Secured {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

async fn secure(mut stream: TcpStream, target: &Target) -> Result<Secured, Fault> {
    if !target.is_secure() {
        return Ok(Secured::Plain(stream));
    }
    if target.settings.start_tls {
        start_tls(&mut stream, &target.address).await?;
    }
    let name = rustls::pki_types::ServerName::try_from(target.address.host.clone())
        .map_err(|_| Fault::new(FaultKind::Certificate, format!("{} is not a name that a certificate can have.", target.address.host)))?;
    let stream = TlsConnector::from(Arc::clone(&target.tls)).connect(name, stream).await;
    stream.map(|s| Secured::Tls(Box::new(s))).map_err(|e| faults::tls(&e, &target.address))
}

/// Nothing that came before TLS is kept: the answer is read to its last byte and no further.
async fn start_tls(stream: &mut TcpStream, address: &Address) -> Result<(), Fault> {
    stream.write_all(START_TLS).await.map_err(|e| faults::connecting(&e, address))?;
    let frame = wire::frame(stream).await?.ok_or_else(wire::closed)?;
    let answer = ber::response(frame.body()).filter(|m| m.id == 1 && m.operation == ber::operation::EXTENDED_RESPONSE);
    match answer.and_then(|_| ber::result_of(frame.body())) {
        Some((code::SUCCESS, _)) => Ok(()),
        Some((rc, text)) => {
            let result = LdapResult { rc, matched: String::new(), text, refs: vec![], ctrls: vec![] };
            let words = format!("The directory does not begin StartTLS{} (LDAP result {rc}). Has it a certificate?", faults::said(&result));
            Err(Fault::new(FaultKind::Protocol, words))
        }
        None => Err(wire::garbled()),
    }
}

/// `ldap3` on one end of a pair of sockets, the looked-through wire at the other.
async fn handle<S>(stream: S, trouble: &Trouble) -> Result<Ldap, LdapError>
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let (ours, its) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(its));
    let (connection, ldap) = LdapConnAsync::with_settings(settings, "ldapi:///").await?;
    tokio::spawn(wire::hand_on(stream, UnixStream::from_std(ours)?, Arc::clone(trouble)));
    tokio::spawn(connection.drive());
    Ok(ldap)
}
