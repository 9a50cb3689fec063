//! How Tenure is told of a target, by its pages.

use crate::{Client, Reply};

/// How an application is reached.
#[derive(Clone, Debug)]
pub struct Setup {
    pub name: String,
    pub kind: &'static str,
    /// As TOML.
    pub settings: String,
    pub secret: String,
    /// What becomes of accounts: `disable` or `delete`.
    pub on_end: &'static str,
    pub at_once: u32,
    pub per_minute: u32,
    pub timeout_seconds: u32,
}

impl Setup {
    /// Whose accounts are disabled, with limits that are no bottleneck.
    pub fn new(name: &str, kind: &'static str, settings: String, secret: &str) -> Self {
        let (name, secret) = (name.to_owned(), secret.to_owned());
        Self { name, kind, settings, secret, on_end: "disable", at_once: 4, per_minute: 600, timeout_seconds: 10 }
    }

    /// Records an application, says how it is reached, tries it and reads it; yields its address.
    #[track_caller]
    pub fn record(&self, admin: &mut Client) -> String {
        let at = self.record_only(admin);
        self.read(admin, &at);
        at
    }

    /// Records an application and says how it is reached; yields its address.
    #[track_caller]
    pub fn record_only(&self, admin: &mut Client) -> String {
        let reply = admin.send("/applications", &[("name", &self.name), ("description", "a target")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let at = reply.location().split('?').next().expect("an address").to_owned();
        self.say(admin, &at, "0");
        at
    }

    /// Says anew how it is reached, as an administrator does after something has changed there.
    #[track_caller]
    pub fn change(&self, admin: &mut Client, at: &str) {
        let version = admin.get(&format!("{at}/target")).hidden("version").expect("a version");
        self.say(admin, at, &version);
    }

    /// Tries it and reads it.
    #[track_caller]
    pub fn read(&self, admin: &mut Client, at: &str) {
        self.done("probe", &admin.send(&format!("{at}/target/probe"), &[]));
        super::read(admin, at);
    }

    #[track_caller]
    fn say(&self, admin: &mut Client, at: &str, version: &str) {
        let numbers = [self.at_once, self.per_minute, self.timeout_seconds].map(|number| number.to_string());
        let fields = [
            ("version", version),
            ("kind", self.kind),
            ("settings", self.settings.as_str()),
            ("secret", self.secret.as_str()),
            ("on_end", self.on_end),
            ("at_once", &numbers[0]),
            ("per_minute", &numbers[1]),
            ("timeout_seconds", &numbers[2]),
            ("read_minutes", "5"),
            ("full_days", "1"),
        ];
        self.done("target", &admin.send(&format!("{at}/target"), &fields));
    }

    #[track_caller]
    fn done(&self, step: &str, reply: &Reply) {
        assert_eq!(reply.status, 303, "{}, {step}: {}", self.name, words(&reply.text()));
    }
}

fn words(page: &str) -> String {
    let start = page.find("<main").unwrap_or_default();
    page[start..].chars().take(1500).collect()
}
