//! What a target of hosts is set up with.

use serde::Deserialize;

use super::{Allow, OptionFault, Options};

/// What keys may do on the hosts of a target, and from where. Without anything: run commands, from everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SshSettings {
    /// What `restrict` turns off and is given back.
    pub allow: Vec<Allow>,
    /// Addresses, networks and host patterns; empty for everywhere.
    pub from: Vec<String>,
    /// Always this command, whatever is asked for.
    pub command: Option<String>,
}

impl SshSettings {
    /// The options of every key there.
    ///
    /// # Errors
    /// Which setting cannot be one.
    pub fn options(&self) -> Result<Options, OptionFault> {
        let mut options = self.allow.iter().fold(Options::restricted(), |options, allow| options.allowing(*allow));
        if !self.from.is_empty() {
            options = options.only_from(self.from.iter().map(String::as_str))?;
        }
        match &self.command {
            Some(command) => options.always_running(command),
            None => Ok(options),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_options_and_what_is_none_is_named() {
        let read = |value| serde_json::from_value::<SshSettings>(value);
        let all = read(json!({ "allow": ["pty", "port-forwarding"], "from": ["10.0.0.0/8"], "command": "uptime" })).unwrap();
        assert_eq!(all.options().unwrap().text(None), "restrict,pty,port-forwarding,from=\"10.0.0.0/8\",command=\"uptime\"");
        assert_eq!(read(json!({})).unwrap().options().unwrap().text(None), "restrict");
        assert!(read(json!({ "allow": ["root"] })).unwrap_err().to_string().contains("agent-forwarding"));
        assert!(read(json!({ "permit": [] })).unwrap_err().to_string().contains("permit"));
        assert!(read(json!({ "from": ["a b"] })).unwrap().options().unwrap_err().to_string().starts_with("from: "));
    }
}
