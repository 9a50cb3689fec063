//! A message to one person.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Built, MultiPart, MultiPartKind, SinglePart};
use uuid::Uuid;

use crate::{MailError, MailErrorKind};

/// A message to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Tells it from every other message; the same when it is sent again, so that whoever receives it twice
    /// can see it once (RFC 5322, 3.6.4).
    pub id: Uuid,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// To whom: `nadia@example.com` or `Nadia Varga <nadia@example.com>`.
    pub to: String,
    /// What it is about, in one line.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML; empty for a message that is plain text alone.
    pub html: String,
}

/// What it says may hold a link that is a secret, so that is not shown.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("to", &self.to).field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Nobody's machine should answer it (RFC 3834, 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Message {
    /// As it goes over the wire.
    pub(crate) fn build(&self, from: &Mailbox) -> Result<Built, MailError> {
        let refused = |words: String| MailError::new(MailErrorKind::Refused, words);
        let shown: String = self.to.chars().filter(|c| !c.is_control()).take(320).collect();
        let to: Mailbox =
            self.to.parse().map_err(|_| refused(format!("`{shown}` is no mail address; give one such as nadia@example.com")))?;
        if self.subject.chars().any(char::is_control) {
            return Err(refused("The subject is more than one line.".to_owned()));
        }
        let builder = Built::builder()
            .from(from.clone())
            .to(to)
            .subject(&self.subject)
            .date(SystemTime::from(self.at))
            .message_id(Some(format!("<{}@{}>", self.id.simple(), from.email.domain())))
            .header(AutoSubmitted);
        let built = if self.html.is_empty() {
            builder.header(ContentType::TEXT_PLAIN).body(self.text.clone())
        } else {
            // Sent again, it is the same message to the letter.
            let parts = MultiPart::builder().kind(MultiPartKind::Alternative).boundary(format!("tenure-{}", self.id.simple()));
            builder.multipart(parts.singlepart(SinglePart::plain(self.text.clone())).singlepart(SinglePart::html(self.html.clone())))
        };
        built.map_err(|e| refused(format!("The message cannot be written: {e}.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            id: Uuid::from_u128(7),
            at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            to: "Zoë Ångström <zoe@example.com>".into(),
            subject: "Grüße".into(),
            text: "Schöne Grüße.\n.\nEnd\n".into(),
            html: String::new(),
        }
    }

    fn written(message: &Message) -> Result<String, MailError> {
        let from = "Tenure <tenure@example.com>".parse().unwrap();
        message.build(&from).map(|built| String::from_utf8(built.formatted()).unwrap())
    }

    #[test]
    fn it_is_plain_ascii_with_an_id_that_stays_and_the_time_it_was_written() {
        let text = written(&message()).unwrap();
        assert!(text.is_ascii(), "{text}");
        for line in [
            "From: Tenure <tenure@example.com>",
            "Date: Fri, 15 Jan 2027 08:00:00 +0000",
            "Message-ID: <00000000000000000000000000000007@example.com>",
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
        }
        assert_eq!(written(&message()).unwrap(), text);
    }

    #[test]
    fn a_message_with_html_is_both_and_the_same_each_time() {
        let both = Message { html: "<p>Schöne Grüße.</p>".into(), ..message() };
        let text = written(&both).unwrap();
        assert!(text.is_ascii() && text.contains("multipart/alternative"), "{text}");
        let (plain, html) = (text.find("text/plain").unwrap(), text.find("text/html").unwrap());
        // The last is what is shown where it can be (RFC 2046, 5.1.4).
        assert!(plain < html, "{text}");
        assert_eq!(written(&both).unwrap(), text);
    }

    #[test]
    fn nothing_that_is_given_becomes_another_header_or_recipient() {
        for to in
            ["", "nobody", "a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "a@example.com> RCPT TO:<b@example.com"]
        {
            let error = written(&Message { to: to.into(), ..message() }).unwrap_err();
            assert_eq!(error.kind, MailErrorKind::Refused, "{to:?}");
            assert!(!error.words.contains('\n'), "{error}");
        }
        let error = written(&Message { subject: "Hello\r\nBcc: b@example.com".into(), ..message() }).unwrap_err();
        assert!(error.words.contains("more than one line"), "{error}");
    }
}
