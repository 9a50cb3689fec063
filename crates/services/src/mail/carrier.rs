//! Who carries mails away: an SMTP server, or a test.

use async_trait::async_trait;
use tenure_notify::{MailError, MailSettings, Mailer, Message};

/// Takes a message to its person.
#[async_trait]
pub trait Carrier: Send + Sync + std::fmt::Debug {
    /// Hands a message over, and yields what was answered.
    ///
    /// # Errors
    /// Why it was not taken.
    async fn carry(&self, message: &Message) -> Result<String, MailError>;
}

/// An SMTP server. Its files are read for each message, so that a new password or certificate needs no restart.
#[derive(Debug, Clone)]
pub struct Smtp(pub MailSettings);

#[async_trait]
impl Carrier for Smtp {
    async fn carry(&self, message: &Message) -> Result<String, MailError> {
        Mailer::new(self.0.clone())?.send(message).await
    }
}
