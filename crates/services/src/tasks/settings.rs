//! What a target that a person serves by hand is set up with.

use serde::Deserialize;
use serde_json::Value;
use tenure_domain::operation::OperationKind;

/// The longest text of steps.
const LONGEST: usize = 4_000;
/// The longest time, in hours: three months.
const LATEST: i32 = 2_160;

/// Who does what is owed there, within which time, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ManualSettings {
    /// The user name of who does it; without one the application's owner does.
    #[serde(default)]
    pub done_by: String,
    /// How many hours after it was owed it is to be done.
    #[serde(default = "a_day")]
    pub due_hours: i32,
    /// How an account is made.
    #[serde(default)]
    pub make_account: String,
    /// How an account is taken away: nobody can sign in as it any more.
    #[serde(default)]
    pub take_account_away: String,
    /// How an entitlement is given.
    #[serde(default)]
    pub give: String,
    /// How an entitlement, or a credential, is taken away.
    #[serde(default)]
    pub take: String,
}

const fn a_day() -> i32 {
    24
}

impl ManualSettings {
    /// Reads them.
    ///
    /// # Errors
    /// Which one cannot be understood, and what to write.
    pub fn read(settings: &Value) -> Result<Self, String> {
        let read = Self::deserialize(settings).map_err(|e| e.to_string())?;
        if !(1..=LATEST).contains(&read.due_hours) {
            return Err(format!("due-hours: between 1 and {LATEST}"));
        }
        let texts = [
            ("make-account", &read.make_account),
            ("take-account-away", &read.take_account_away),
            ("give", &read.give),
            ("take", &read.take),
        ];
        let bad =
            texts.into_iter().find(|(_, text)| text.chars().count() > LONGEST || crate::text::has_control(text)).map(|(name, _)| name);
        match bad {
            Some(name) => Err(format!("{name}: at most {LONGEST} characters, with line breaks but no other control characters")),
            None => Ok(read),
        }
    }

    /// How a kind of work is done; empty where nobody wrote it down.
    pub fn steps(&self, kind: OperationKind) -> &str {
        match kind {
            OperationKind::CreateAccount | OperationKind::ChangeAccount | OperationKind::EnableAccount => &self.make_account,
            OperationKind::DisableAccount | OperationKind::DeleteAccount | OperationKind::EndSessions => &self.take_account_away,
            OperationKind::AddEntitlement => &self.give,
            OperationKind::RemoveEntitlement | OperationKind::RevokeCredential => &self.take,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_have_a_day_unless_they_say_otherwise_and_faults_name_the_field() {
        let read = ManualSettings::read(&json!({ "give": "1. Ask Finance" })).unwrap();
        assert_eq!((read.due_hours, read.steps(OperationKind::AddEntitlement)), (24, "1. Ask Finance"));
        for (settings, word) in
            [(json!({ "due-hours": 0 }), "due-hours"), (json!({ "who": "x" }), "who"), (json!({ "take": "a\0" }), "take")]
        {
            assert!(ManualSettings::read(&settings).unwrap_err().contains(word), "{word}");
        }
    }
}
