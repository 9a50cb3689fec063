//! Whether the mail server lets Tenure in, and takes a message.

use chrono::Utc;
use tenure_notify::{MailError, MailServer, MailSettings, Mailer, Message};

use super::Checks;

pub(super) async fn look(settings: Option<MailSettings>, to: Option<&str>, checks: &mut Checks) {
    let Some(settings) = settings else {
        return match to {
            None => checks.note("mail", Ok("no mail server is configured".to_owned())),
            Some(_) => {
                checks.note("mail", Err("no mail server is configured, so no message was sent; say in [mail] which one it is".to_owned()))
            }
        };
    };
    match probe(settings).await {
        Ok((mailer, server)) => {
            checks.note_foreign("mail", Ok(words(&server)));
            if let Some(to) = to {
                let answered = mailer.send(&test_message(to)).await;
                let outcome = answered.map(|said| format!("a test message was taken; the server said: {said}")).map_err(|e| e.words);
                checks.note_foreign(&format!("mail to {to}"), outcome);
            }
        }
        Err(error) => checks.note_foreign("mail", Err(error.words)),
    }
}

async fn probe(settings: MailSettings) -> Result<(Mailer, MailServer), MailError> {
    let mailer = Mailer::new(settings)?;
    let server = mailer.probe().await?;
    Ok((mailer, server))
}

fn words(server: &MailServer) -> String {
    let who = server.signed_in_as.as_ref().map_or_else(|| "nobody signed in".to_owned(), |name| format!("signed in as {name}"));
    let wire = if server.is_secure { "" } else { "; the connection is not encrypted; this is allowed on the loopback only" };
    format!("{} at {}, {who}{wire}", server.name, server.address)
}

fn test_message(to: &str) -> Message {
    Message {
        id: uuid::Uuid::now_v7(),
        at: Utc::now(),
        to: to.to_owned(),
        subject: "Tenure: test message".to_owned(),
        text:
            "This is a test message of Tenure. Somebody who runs it asked for it by `tenure doctor --mail-to`.\nNothing has to be done.\n"
                .to_owned(),
        html: String::new(),
    }
}
