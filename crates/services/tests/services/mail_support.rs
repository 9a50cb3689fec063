//! What tests of mail share: somebody who carries it, or does not.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tenure_domain::id::IdentityId;
use tenure_notify::{MailError, MailErrorKind, Message};
use tenure_services::identities::{NewIdentity, create_identity};
use tenure_services::mail::{Carrier, attempt, claim_mails, mail_is_due, settle_mails};
use tenure_services::{App, Ctx, Settings, testing};

use super::support::*;

/// Carries mails, unless it is told to fail.
#[derive(Debug, Default)]
pub struct Post {
    taken: Mutex<Vec<Message>>,
    fails: Mutex<Option<MailErrorKind>>,
    /// Of whose mails it never takes one.
    fails_for: Mutex<Option<(String, MailErrorKind)>>,
}

impl Post {
    pub fn fails(&self, kind: Option<MailErrorKind>) {
        *self.fails.lock().unwrap() = kind;
    }

    pub fn fails_for(&self, address: &str, kind: MailErrorKind) {
        *self.fails_for.lock().unwrap() = Some((address.to_owned(), kind));
    }

    pub fn taken(&self) -> Vec<Message> {
        self.taken.lock().unwrap().clone()
    }

    /// What was sent last to an address.
    pub fn last_to(&self, address: &str) -> Message {
        self.taken().into_iter().rfind(|message| message.to == address).unwrap_or_else(|| panic!("a mail to {address}"))
    }
}

#[async_trait]
impl Carrier for Post {
    async fn carry(&self, message: &Message) -> Result<String, MailError> {
        let for_them = self.fails_for.lock().unwrap().as_ref().filter(|(address, _)| *address == message.to).map(|(_, kind)| *kind);
        if let Some(kind) = self.fails.lock().unwrap().or(for_them) {
            return Err(MailError { kind, words: "the server says no".to_owned() });
        }
        self.taken.lock().unwrap().push(message.clone());
        Ok("250 taken".to_owned())
    }
}

/// An installation with a mail server.
pub fn with_post(app: &Arc<App>) -> (Arc<App>, Arc<Post>) {
    let post = Arc::new(Post::default());
    let settings = Settings { origin: "https://tenure.example".to_owned(), ..Settings::default() };
    let mail: Option<Arc<dyn Carrier>> = Some(Arc::clone(&post) as Arc<dyn Carrier>);
    (Arc::new(App { mail, settings: settings.into(), ..App::clone(app) }), post)
}

pub async fn addressed(ctx: &Ctx, user_name: &str) -> IdentityId {
    let new = NewIdentity { email: format!("{user_name}@example.com"), ..new_person(user_name) };
    create_identity(ctx, &new).await.unwrap()
}

/// The worker at a moment: sends all that is due then. How many claims there were.
pub async fn send_all(app: &Arc<App>, when: &str) -> usize {
    let ctx = testing::worker_ctx(app).at(moment(when));
    let mut claims = 0;
    while mail_is_due(&ctx).await.unwrap() {
        let Some(job) = claim_mails(&ctx, "test").await.unwrap() else { break };
        let attempted = attempt(&ctx, &job).await;
        settle_mails(&ctx, &job, &attempted).await.unwrap();
        claims += 1;
    }
    claims
}

/// The token in a mail.
pub fn token_in(message: &Message) -> String {
    let (_, rest) = message.text.split_once("token=").expect("a link");
    rest.split_whitespace().next().expect("a token").to_owned()
}
