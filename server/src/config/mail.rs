//! The table `[mail]`.

use std::time::Duration;

use tenure_notify::MailSettings;
use toml::Table;

use super::read::{optional, set, unknown};

const NAME: &str = "mail";
const PREFIX: &str = "mail.";
const KEYS: [&str; 8] = ["host", "port", "security", "user_name", "password_file", "ca_file", "from", "timeout_seconds"];

/// What the table says, with a fault for each setting that cannot be read.
pub(super) fn gather(table: &Table, faults: &mut Vec<String>) -> MailSettings {
    unknown(table, NAME, &KEYS, faults);
    let mut mail = MailSettings::default();
    set(table, PREFIX, "host", &mut mail.host, faults);
    set(table, PREFIX, "security", &mut mail.security, faults);
    set(table, PREFIX, "from", &mut mail.from, faults);
    mail.port = optional(table, PREFIX, "port", faults);
    mail.user_name = optional(table, PREFIX, "user_name", faults);
    mail.password_file = optional(table, PREFIX, "password_file", faults);
    mail.ca_file = optional(table, PREFIX, "ca_file", faults);
    if let Some(seconds) = optional(table, PREFIX, "timeout_seconds", faults) {
        mail.timeout = Duration::from_secs(seconds);
    }
    mail
}

/// What can be read and still not be used. What was not readable is said already.
pub(super) fn faults(mail: &MailSettings, said: &[String]) -> Vec<String> {
    let found = mail.faults().into_iter().map(|fault| (format!("{PREFIX}{}:", fault.field), format!("{PREFIX}{fault}")));
    found.filter(|(key, _)| !said.iter().any(|words| words.starts_with(key))).map(|(_, words)| words).collect()
}

#[cfg(test)]
mod tests {
    use super::super::read::test_config;
    use tenure_notify::Security;

    #[test]
    fn every_fault_of_the_table_is_named_once() {
        let (_, faults) = test_config(
            "[mail]\nhost = 3\nport = 70000\nsecurity = \"ssl\"\nfrom = \"nobody\"\nuser_name = \"tenure\"\npassword = \"s3cret\"\ntimeout_seconds = 0\n",
            None,
        );
        let keys: Vec<&str> = faults.iter().filter_map(|f| f.split(':').next()).collect();
        assert_eq!(
            keys,
            ["mail.password", "mail.host", "mail.security", "mail.port", "mail.from", "mail.password_file", "mail.timeout_seconds"],
            "{faults:#?}"
        );
        assert!(!faults.join(" ").contains("s3cret"), "{faults:#?}");
        let (_, faults) = test_config("mail = \"mail.example.com\"\n", None);
        assert!(faults[0].starts_with("mail: a table is expected ([mail])"), "{faults:?}");
    }

    #[test]
    fn host_and_sender_are_enough_and_the_portals_name_greets_the_server() {
        let text = "public_url = \"https://tenure.example.com:8443\"\n[mail]\nhost = \"mail.example.com\"\nfrom = \"tenure@example.com\"\n";
        let (config, faults) = test_config(text, None);
        assert_eq!(faults, Vec::<String>::new());
        let mail = config.mail.unwrap();
        assert_eq!((mail.port(), mail.security, mail.greet_as.as_deref()), (587, Security::StartTls, Some("tenure.example.com")));
        // A file with a password and nobody whose password it is.
        let (_, faults) = test_config(text, Some("/run/secrets/mail"));
        assert!(faults.len() == 1 && faults[0].starts_with("mail.user_name: it is missing"), "{faults:?}");
        assert_eq!(test_config("", Some("/run/secrets/mail")).0.mail, None);
    }
}
