//! The account at the mail server, with its password from a file.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use crate::settings::MailSettings;
use crate::{MailError, MailErrorKind};

const LARGEST: usize = 4096;
/// So much of an encoded password tells it from other words.
const TELLING: usize = 8;

/// Who signs in. Its password shows itself to nobody who does not ask for it.
pub(crate) struct Login {
    pub(crate) user_name: String,
    pub(crate) password: Zeroizing<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}

impl Login {
    /// The login of the settings, if they have one.
    pub(crate) fn of(settings: &MailSettings) -> Result<Option<Self>, MailError> {
        match (&settings.user_name, &settings.password_file) {
            (Some(user_name), Some(file)) => Ok(Some(Self { user_name: user_name.clone(), password: read(file)? })),
            _ => Ok(None),
        }
    }

    /// What a server says, up to where it repeats the password: as it is, or as AUTH LOGIN and AUTH PLAIN
    /// encode it (RFC 4616, 2). The beginning of an encoded one is enough, and its case does not count: servers
    /// that do not understand a line repeat it cut or in capitals.
    pub(crate) fn hidden_in<'s>(&self, said: &'s str) -> Cow<'s, str> {
        let password = self.password.as_str();
        let plain = Zeroizing::new(format!("\0{}\0{password}", self.user_name));
        let begins = |secret: &str| {
            let mut text = STANDARD_NO_PAD.encode(secret);
            text.truncate(TELLING);
            text
        };
        let heard = said.to_ascii_lowercase();
        let traces = [password.to_owned(), begins(password), begins(&plain)].map(|t| Zeroizing::new(t.to_ascii_lowercase()));
        let first = traces.iter().filter_map(|trace| heard.find(trace.as_str())).min();
        first.and_then(|at| said.get(..at)).map_or(Cow::Borrowed(said), |before| Cow::Owned(format!("{before}…")))
    }
}

/// The password is the file's text without the line break at its end.
fn read(path: &Path) -> Result<Zeroizing<String>, MailError> {
    let wrong = |words: String| MailError::new(MailErrorKind::Settings, format!("mail.password_file: {} {words}", path.display()));
    let unreadable = |e: std::io::Error| wrong(format!("cannot be read: {e}"));
    // To open a pipe would wait for whoever writes into it.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(wrong("is no file; name a file with the password in it".to_owned()));
    }
    let file = File::open(path).map_err(unreadable)?;
    refuse_if_exposed(&file).map_err(wrong)?;
    let mut text = Zeroizing::new(String::with_capacity(LARGEST + 1));
    file.take(LARGEST as u64 + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() > LARGEST {
        return Err(wrong(format!("holds more than a password: it has more than {LARGEST} bytes")));
    }
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(wrong("is empty; write the password into it".to_owned()));
    }
    // A control character, such as the end of a line, means that it is another kind of file.
    if password.chars().any(char::is_control) {
        return Err(wrong("holds more than a password: it is one line of text".to_owned()));
    }
    Ok(Zeroizing::new(password.to_owned()))
}

/// The permissions are those of the opened file, not of whatever has its name a moment later.
#[cfg(unix)]
fn refuse_if_exposed(file: &File) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map_err(|e| format!("cannot be read: {e}"))?.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(format!("can be read by others (mode {mode:03o}); change it to 600")),
    }
}

#[cfg(not(unix))]
fn refuse_if_exposed(_: &File) -> Result<(), String> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn file(text: &str, mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn a_password_is_one_line_that_only_its_owner_can_read() {
        assert_eq!(read(file("pass word\r\n", 0o600).path()).unwrap().as_str(), "pass word");
        let long = "x".repeat(LARGEST);
        assert_eq!(read(file(&long, 0o600).path()).unwrap().as_str(), long);
        for (text, mode, words) in [
            ("secret", 0o640, "mode 640"),
            ("\n", 0o600, "is empty"),
            ("two\nlines", 0o600, "holds more than a password"),
            (&format!("{long}x"), 0o600, "more than 4096 bytes"),
        ] {
            let error = read(file(text, mode).path()).unwrap_err();
            assert!(error.words.contains(words) && error.words.contains("mail.password_file: /"), "{error}");
            assert!(!error.words.contains("secret"), "{error}");
        }
        assert!(read(Path::new("/nowhere/at/all")).unwrap_err().words.contains("cannot be read"));
        for path in ["/", "/dev/zero"] {
            assert!(read(Path::new(path)).unwrap_err().words.contains("is no file"), "{path}");
        }
    }

    #[test]
    fn it_is_not_shown() {
        let login = Login { user_name: "tenure".into(), password: Zeroizing::new("s3cret".into()) };
        assert_eq!(format!("{login:?}"), r#"Login { user_name: "tenure", .. }"#);
    }

    #[test]
    fn a_server_that_repeats_it_is_quoted_up_to_there() {
        let login = Login { user_name: "tenure".into(), password: Zeroizing::new("correct horse".into()) };
        for (said, shown) in [
            ("535 5.7.8 Authentication failed", "535 5.7.8 Authentication failed"),
            ("500 AUTH PLAIN AHRlbnVyZQBjb3JyZWN0IGhvcnNl?", "500 AUTH PLAIN …"),
            ("500 AUTH PLAIN AHRLBNVYZQBJB3", "500 AUTH PLAIN …"),
            ("500 Y29ycmVjdCBob3JzZQ==", "500 …"),
            ("500 ä correct horse no", "500 ä …"),
        ] {
            assert_eq!(login.hidden_in(said), shown);
        }
    }
}
