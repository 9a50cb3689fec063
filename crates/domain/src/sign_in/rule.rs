//! The rule by which somebody who comes for the first time is found.

use serde_json::Value;

use super::LinkBy;
use crate::signal::MatchBy;

/// The longest text by which somebody is looked for.
const LONGEST: usize = 320;

/// The rule of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRule {
    /// By what somebody is found.
    pub by: LinkBy,
    /// The claim that says it; for mail addresses it is always `email`, which `email_verified` speaks of.
    pub claim: String,
    /// The domains of mail addresses that are believed.
    pub domains: Vec<String>,
}

/// Whom a provider means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// By what they are looked for.
    pub by: MatchBy,
    /// The text.
    pub text: String,
}

/// Why nobody is looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    /// No rule finds anybody.
    #[error("this subject is not linked, and links of this provider are made by an administrator")]
    ByHand,
    /// The provider does not say it.
    #[error("the claim `{0}`, by which people are linked, is not there")]
    Missing(String),
    /// What it says can be nobody's.
    #[error("the claim `{0}`, by which people are linked, is not a text of 1 to 320 visible characters")]
    Unfit(String),
    /// Nobody has looked whether the address is theirs.
    #[error("the provider does not say that the mail address is verified (`email_verified`)")]
    Unverified,
    /// The address is of somewhere else.
    #[error("the mail address is not of a domain that is believed from this provider")]
    Domain,
}

impl LinkRule {
    /// The claim that the rule reads, if it reads one.
    pub fn claim(&self) -> Option<&str> {
        match self.by {
            LinkBy::Administrator => None,
            LinkBy::Email => Some("email"),
            LinkBy::EmployeeId | LinkBy::UserName => Some(&self.claim),
        }
    }

    /// Whom the claims mean.
    ///
    /// # Errors
    /// [`NoLink`].
    pub fn wanted(&self, claims: &Value) -> Result<Wanted, NoLink> {
        let claim = self.claim().ok_or(NoLink::ByHand)?;
        let text = match claims.get(claim) {
            None | Some(Value::Null) => return Err(NoLink::Missing(claim.to_owned())),
            Some(Value::String(text)) => text.trim().to_owned(),
            // Some directories keep employee numbers as numbers.
            Some(Value::Number(number)) if self.by == LinkBy::EmployeeId => number.to_string(),
            Some(_) => return Err(NoLink::Unfit(claim.to_owned())),
        };
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(NoLink::Unfit(claim.to_owned()));
        }
        let by = match self.by {
            LinkBy::Administrator => return Err(NoLink::ByHand),
            LinkBy::EmployeeId => MatchBy::EmployeeId,
            LinkBy::UserName => MatchBy::UserName,
            LinkBy::Email => {
                // Some providers write it as a text.
                if !matches!(claims.get("email_verified"), Some(Value::Bool(true)))
                    && claims.get("email_verified") != Some(&Value::from("true"))
                {
                    return Err(NoLink::Unverified);
                }
                let domain = text.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
                if !self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain)) {
                    return Err(NoLink::Domain);
                }
                MatchBy::Email
            }
        };
        Ok(Wanted { by, text })
    }
}

/// Whether a text is the name of a domain of mail addresses, in ASCII.
pub fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(by: LinkBy, claim: &str) -> LinkRule {
        LinkRule { by, claim: claim.to_owned(), domains: vec!["Example.com".to_owned()] }
    }

    #[test]
    fn an_address_counts_only_where_the_provider_verified_it_and_its_domain_is_named() {
        let rule = rule(LinkBy::Email, "");
        let found = |claims: Value| rule.wanted(&claims).map(|wanted| wanted.text);
        assert_eq!(found(json!({ "email": "ada@EXAMPLE.com", "email_verified": true })), Ok("ada@EXAMPLE.com".to_owned()));
        assert_eq!(found(json!({ "email": "ada@example.com", "email_verified": "true" })), Ok("ada@example.com".to_owned()));
        for unverified in [json!(false), json!(null), json!("false"), json!(1), json!("yes")] {
            assert_eq!(found(json!({ "email": "ada@example.com", "email_verified": unverified })), Err(NoLink::Unverified));
        }
        assert_eq!(found(json!({ "email": "ada@example.com" })), Err(NoLink::Unverified));
        for foreign in [
            "ada@evil.example",
            "ada@sub.example.com",
            "ada@example.com.evil.example",
            "ada@example.com@evil.example",
            "ada",
            "example.com",
        ] {
            assert_eq!(found(json!({ "email": foreign, "email_verified": true })), Err(NoLink::Domain), "{foreign}");
        }
        assert_eq!(found(json!({ "email_verified": true })), Err(NoLink::Missing("email".to_owned())));
    }

    #[test]
    fn another_claim_says_what_it_is_asked_for_and_nothing_else() {
        let number = rule(LinkBy::EmployeeId, "employee_id");
        assert_eq!(number.wanted(&json!({ "employee_id": " E7 " })), Ok(Wanted { by: MatchBy::EmployeeId, text: "E7".to_owned() }));
        assert_eq!(number.wanted(&json!({ "employee_id": 17 })).map(|wanted| wanted.text), Ok("17".to_owned()));
        assert_eq!(
            number.wanted(&json!({ "email": "ada@example.com", "email_verified": true })),
            Err(NoLink::Missing("employee_id".to_owned()))
        );
        for unfit in [json!(""), json!("  "), json!("a\u{0}b"), json!(["E7"]), json!({}), json!(true), json!("x".repeat(321))] {
            assert_eq!(number.wanted(&json!({ "employee_id": unfit })), Err(NoLink::Unfit("employee_id".to_owned())));
        }
        let name = rule(LinkBy::UserName, "preferred_username");
        assert_eq!(name.wanted(&json!({ "preferred_username": "ada" })), Ok(Wanted { by: MatchBy::UserName, text: "ada".to_owned() }));
        assert_eq!(name.wanted(&json!({ "preferred_username": 7 })), Err(NoLink::Unfit("preferred_username".to_owned())));
        assert_eq!(rule(LinkBy::Administrator, "sub").wanted(&json!({ "sub": "ada" })), Err(NoLink::ByHand));
    }

    #[test]
    fn a_domain_is_one() {
        for (text, fine) in [
            ("example.com", true),
            ("a-b.example.co", true),
            ("example", false),
            ("-a.example", false),
            ("a@b.c", false),
            ("*.example.com", false),
            ("", false),
            ("a..b", false),
        ] {
            assert_eq!(is_domain(text), fine, "{text}");
        }
    }
}
