//! One conversation with the server, step by step: each with its own bound of time, so that what is said of
//! a fault tells which step it was.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Noop;
use lettre::transport::smtp::extension::ClientId;
use tokio::net::lookup_host;

use crate::faults::{self, Step};
use crate::mailer::Mailer;
use crate::settings::Security;
use crate::wire::Wire;
use crate::{MailError, MailErrorKind};

const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// A connection on which Tenure is signed in, if the settings say as whom.
pub(crate) struct Session<'m> {
    mailer: &'m Mailer,
    connection: AsyncSmtpConnection,
}

impl<'m> Session<'m> {
    pub(crate) async fn open(mailer: &'m Mailer) -> Result<Self, MailError> {
        let settings = &mailer.settings;
        let name = greeting(settings.greet_as.as_deref());
        let connection = connect(mailer, &name).await?;
        let mut session = Self { mailer, connection };
        if let (Security::StartTls, Some(tls)) = (settings.security, mailer.tls.clone()) {
            if !session.connection.can_starttls() {
                session.close().await;
                return Err(MailError::new(
                    MailErrorKind::Security,
                    format!(
                        "The mail server at {} offers no STARTTLS, so neither password nor message was sent. Set mail.security to tls if it listens for that (port 465), or have STARTTLS switched on there.",
                        settings.address()
                    ),
                ));
            }
            within(mailer, Step::Secure, session.connection.starttls(tls, &name)).await?;
        }
        session.sign_in().await?;
        Ok(session)
    }

    async fn sign_in(&mut self) -> Result<(), MailError> {
        let Some(login) = &self.mailer.login else { return Ok(()) };
        if self.connection.server_info().get_auth_mechanism(&MECHANISMS).is_none() {
            self.close().await;
            return Err(MailError::new(
                MailErrorKind::SignIn,
                format!(
                    "The mail server at {} takes no sign-in with a password (it offers neither AUTH PLAIN nor AUTH LOGIN). Leave out mail.user_name and mail.password_file, or ask whoever runs it for the address where accounts sign in.",
                    self.mailer.settings.address()
                ),
            ));
        }
        let credentials = Credentials::new(login.user_name.clone(), login.password.as_str().to_owned());
        within(self.mailer, Step::SignIn, self.connection.auth(&MECHANISMS, &credentials)).await.map(|_| ())
    }

    /// Asks for nothing (RFC 5321, 4.1.1.9).
    pub(crate) async fn nothing(&mut self) -> Result<(), MailError> {
        within(self.mailer, Step::Look, self.connection.command(Noop)).await.map(|_| ())
    }

    /// Hands a message over; yields what the server answered.
    pub(crate) async fn hand_over(&mut self, message: &lettre::Message) -> Result<String, MailError> {
        let bytes = message.formatted();
        let response = within(self.mailer, Step::HandOver, self.connection.send(message.envelope(), &bytes)).await?;
        let lines: Vec<&str> = response.message().collect();
        Ok(faults::shown(self.mailer, &format!("{} {}", response.code(), lines.join(" "))))
    }

    /// The name by which the server answered.
    pub(crate) fn server_name(&self) -> String {
        faults::shown(self.mailer, self.connection.server_info().name())
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.connection.is_encrypted()
    }

    /// Says good-bye. What was to be done is done: whether the server still answers does not matter.
    pub(crate) async fn close(&mut self) {
        let _ = tokio::time::timeout(self.mailer.settings.timeout, self.connection.quit()).await;
    }
}

/// Connects, until the server has answered the greeting. Where a name has several addresses, one that does not
/// answer leaves time for the next.
async fn connect(mailer: &Mailer, name: &ClientId) -> Result<AsyncSmtpConnection, MailError> {
    let settings = &mailer.settings;
    let looking_up = async { lookup_host((settings.host.as_str(), settings.port())).await.map(Vec::from_iter) };
    let addresses = bounded(mailer, Step::Connect, looking_up, faults::of_the_connection).await?;
    let each = if addresses.len() > 1 { settings.timeout / 3 } else { settings.timeout };
    if let (Security::Tls, Some(tls)) = (settings.security, mailer.tls.clone()) {
        let connecting = AsyncSmtpConnection::connect_tokio1(&addresses[..], Some(each), name, Some(tls), None);
        return within(mailer, Step::Connect, connecting).await;
    }
    let wire = bounded(mailer, Step::Connect, Wire::connect(&addresses, each), faults::of_the_connection).await?;
    within(mailer, Step::Connect, AsyncSmtpConnection::connect_with_transport(Box::new(wire), name)).await
}

async fn within<T>(mailer: &Mailer, step: Step, doing: impl Future<Output = Result<T, Error>>) -> Result<T, MailError> {
    bounded(mailer, step, doing, faults::in_words).await
}

async fn bounded<T, E>(
    mailer: &Mailer,
    step: Step,
    doing: impl Future<Output = Result<T, E>>,
    in_words: fn(&Mailer, Step, &E) -> MailError,
) -> Result<T, MailError> {
    match tokio::time::timeout(mailer.settings.timeout, doing).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(in_words(mailer, step, &error)),
        Err(_) => Err(faults::too_late(mailer, step)),
    }
}

/// How Tenure greets the server (RFC 5321, 4.1.1.1).
fn greeting(name: Option<&str>) -> ClientId {
    let literal = |address| match address {
        IpAddr::V4(address) => ClientId::Ipv4(address),
        IpAddr::V6(address) => ClientId::Ipv6(address),
    };
    match name.map(|name| name.trim_matches(['[', ']'])) {
        None => ClientId::Ipv4(Ipv4Addr::LOCALHOST),
        Some(name) => name.parse().map_or_else(|_| ClientId::Domain(name.to_owned()), literal),
    }
}
