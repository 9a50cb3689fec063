//! What a key may do. Everything is off (`restrict`) but what is named.

/// Something that `restrict` turns off and that is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allow {
    /// A terminal.
    Pty,
    /// Forwarding of ports.
    PortForwarding,
    /// Forwarding of the agent.
    AgentForwarding,
    /// Forwarding of X11.
    #[serde(rename = "x11-forwarding")]
    X11Forwarding,
    /// The user's own `~/.ssh/rc`.
    UserRc,
}

impl Allow {
    const fn word(self) -> &'static str {
        match self {
            Self::Pty => "pty",
            Self::PortForwarding => "port-forwarding",
            Self::AgentForwarding => "agent-forwarding",
            Self::X11Forwarding => "X11-forwarding",
            Self::UserRc => "user-rc",
        }
    }
}

/// The options of one key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    allow: Vec<Allow>,
    from: Option<String>,
    command: Option<String>,
}

/// A value that cannot be an option.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionFault {
    /// Not a list of addresses and host patterns.
    #[error("from: {0} is no address, network or host pattern; between them stand commas")]
    From(String),
    /// A command that no quoting can hold.
    #[error("command: control characters, and a backslash before a quotation mark or at the end, cannot be written into authorized_keys")]
    Command,
}

impl Options {
    /// Nothing but to run commands.
    pub fn restricted() -> Self {
        Self::default()
    }

    /// Gives something back.
    #[must_use]
    pub fn allowing(mut self, allow: Allow) -> Self {
        if let Err(place) = self.allow.binary_search(&allow) {
            self.allow.insert(place, allow);
        }
        self
    }

    /// Only from these addresses, networks and host patterns, one of which matches and none of them,
    /// with `!` in front, does.
    ///
    /// # Errors
    /// The first that is none. An empty list is none either: it would let in from everywhere.
    pub fn only_from<'a>(mut self, patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, OptionFault> {
        let patterns: Vec<&str> = patterns.into_iter().collect();
        let fine = |pattern: &&str| {
            let body = pattern.strip_prefix('!').unwrap_or(pattern);
            !body.is_empty() && body.len() <= 255 && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:*?/_-%".contains(&byte))
        };
        if let Some(bad) = patterns.iter().find(|pattern| !fine(pattern)) {
            return Err(OptionFault::From(bad.escape_debug().take(100).collect()));
        }
        if patterns.is_empty() {
            return Err(OptionFault::From("an empty list".into()));
        }
        self.from = Some(patterns.join(","));
        Ok(self)
    }

    /// Always this command, whatever is asked for.
    ///
    /// # Errors
    /// When sshd could read something else than what was meant.
    pub fn always_running(mut self, command: &str) -> Result<Self, OptionFault> {
        // sshd turns \" into " and leaves every other backslash alone: these two cannot be written.
        let cannot = command.contains("\\\"") || command.ends_with('\\') || command.chars().any(char::is_control);
        if cannot || command.is_empty() || command.len() > 4096 {
            return Err(OptionFault::Command);
        }
        self.command = Some(command.to_owned());
        Ok(self)
    }

    /// As they stand in front of a key, with its end as sshd reads it (`YYYYMMDDHHMMSSZ`; OpenSSH before
    /// 9.1 does not know the `Z` and refuses the key).
    pub(super) fn text(&self, expiry: Option<chrono::DateTime<chrono::Utc>>) -> String {
        let mut words = vec!["restrict".to_owned()];
        words.extend(self.allow.iter().map(|allow| allow.word().to_owned()));
        words.extend(self.from.iter().map(|from| format!("from=\"{from}\"")));
        words.extend(self.command.iter().map(|command| format!("command=\"{}\"", command.replace('"', "\\\""))));
        words.extend(expiry.map(|expiry| format!("expiry-time=\"{}\"", expiry.format("%Y%m%d%H%M%SZ"))));
        words.join(",")
    }
}
