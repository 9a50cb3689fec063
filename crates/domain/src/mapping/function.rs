//! The functions of one text, and how each function is written.

use super::latin;

/// A function that makes a text of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Function {
    /// Small letters.
    Lower,
    /// Capitals.
    Upper,
    /// Plain ASCII.
    Ascii,
    /// The letters and digits of ASCII alone.
    Letters,
    /// Without outer blanks.
    Trim,
}

impl Function {
    #[cfg(test)]
    pub(super) const ALL: [Self; 5] = [Self::Lower, Self::Upper, Self::Ascii, Self::Letters, Self::Trim];

    /// Its name in an expression.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Ascii => "ascii",
            Self::Letters => "letters",
            Self::Trim => "trim",
        }
    }

    pub(super) fn apply(self, text: &str) -> String {
        match self {
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
            Self::Ascii => latin::ascii(text),
            Self::Letters => text.chars().filter(char::is_ascii_alphanumeric).collect(),
            Self::Trim => text.trim().to_owned(),
        }
    }
}

/// Every function: its name, and how it is written.
const USAGE: [(&str, &str); 10] = [
    ("lower", "lower(given_name)"),
    ("upper", "upper(family_name)"),
    ("ascii", "ascii(family_name)"),
    ("letters", "letters(family_name)"),
    ("trim", "trim(title)"),
    ("first", "first(given_name, 1)"),
    ("replace", "replace(email, \"@old.example\", \"@new.example\")"),
    ("default", "default(title, \"none\")"),
    ("date", "date(start_on, \"%Y%m%d\")"),
    ("if", "if(department == \"cargo\", \"C\", \"X\")"),
];

/// How a function is written; none when there is no such function.
pub(super) fn usage(name: &str) -> Option<&'static str> {
    USAGE.into_iter().find(|(known, _)| *known == name).map(|(_, usage)| usage)
}

/// The names of all functions, for a message.
pub(super) fn names() -> String {
    USAGE.map(|(name, _)| name).join(", ")
}
