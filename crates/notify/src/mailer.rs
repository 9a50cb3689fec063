//! What the rest of Tenure sees of a mail server.

use lettre::message::Mailbox;
use lettre::transport::smtp::client::TlsParameters;

use crate::login::Login;
use crate::message::Message;
use crate::session::Session;
use crate::settings::MailSettings;
use crate::{MailError, MailErrorKind, tls};

/// A mail server that messages are handed to. Each conversation is a connection of its own.
pub struct Mailer {
    pub(crate) settings: MailSettings,
    pub(crate) tls: Option<TlsParameters>,
    pub(crate) login: Option<Login>,
    from: Mailbox,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What a mail server said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Server and port, as they were asked.
    pub address: String,
    /// The name by which it answered.
    pub name: String,
    /// Whether nobody on the way can read what is said.
    pub is_secure: bool,
    /// As whom Tenure is signed in, if at all.
    pub signed_in_as: Option<String>,
}

impl Mailer {
    /// Reads the files that the settings name. Asks nobody.
    ///
    /// # Errors
    /// [`MailErrorKind::Settings`], with each setting that cannot be used, or the file that cannot.
    pub fn new(settings: MailSettings) -> Result<Self, MailError> {
        let faults: Vec<String> = settings.faults().iter().map(|fault| format!("mail.{fault}")).collect();
        let unusable = |words: String| MailError::new(MailErrorKind::Settings, words);
        if !faults.is_empty() {
            return Err(unusable(faults.join("; ")));
        }
        let from = settings.sender().map_err(|e| unusable(format!("mail.from: {e}")))?;
        Ok(Self { tls: tls::parameters(&settings)?, login: Login::of(&settings)?, from, settings })
    }

    /// Connects, secures the connection, signs in, and asks for nothing (NOOP). No message is sent.
    ///
    /// # Errors
    /// Which of these did not work, and what to do.
    pub async fn probe(&self) -> Result<MailServer, MailError> {
        let mut session = Session::open(self).await?;
        session.nothing().await?;
        let seen = MailServer {
            address: self.settings.address(),
            name: session.server_name(),
            is_secure: session.is_secure(),
            signed_in_as: self.login.as_ref().map(|login| login.user_name.clone()),
        };
        session.close().await;
        Ok(seen)
    }

    /// Hands a message over. Yields what the server answered when it took it: from then on it is the
    /// server's to deliver.
    ///
    /// # Errors
    /// Why it was not taken. After [`MailErrorKind::Timeout`] nobody knows whether it was.
    pub async fn send(&self, message: &Message) -> Result<String, MailError> {
        let built = message.build(&self.from)?;
        let mut session = Session::open(self).await?;
        let said = session.hand_over(&built).await?;
        session.close().await;
        Ok(said)
    }
}
