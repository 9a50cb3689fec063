//! The three small values that most components take.

use leptos::prelude::*;

/// Optional words for an attribute or a plain line. Made from `&str`, `String`
/// and from their options, so that a page hands over what its model has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(pub Option<String>);

impl Words {
    /// The words, when there are any that are not empty.
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|words| !words.is_empty())
    }

    /// Whether there is nothing to say.
    pub fn is_none(&self) -> bool {
        self.get().is_none()
    }
}

impl From<&str> for Words {
    fn from(words: &str) -> Self {
        Self(Some(words.to_owned()))
    }
}

impl From<String> for Words {
    fn from(words: String) -> Self {
        Self(Some(words))
    }
}

impl From<Option<String>> for Words {
    fn from(words: Option<String>) -> Self {
        Self(words)
    }
}

impl From<Option<&str>> for Words {
    fn from(words: Option<&str>) -> Self {
        Self(words.map(str::to_owned))
    }
}

/// Optional content: words, or a `view!` where words are not enough.
#[derive(Default)]
pub struct Slot(pub Option<AnyView>);

impl Slot {
    /// Whether there is nothing to show.
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Whether there is something to show.
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

impl From<&str> for Slot {
    fn from(words: &str) -> Self {
        Self((!words.is_empty()).then(|| words.to_owned().into_any()))
    }
}

impl From<String> for Slot {
    fn from(words: String) -> Self {
        Self((!words.is_empty()).then(|| words.into_any()))
    }
}

impl From<Option<String>> for Slot {
    fn from(words: Option<String>) -> Self {
        words.map(Self::from).unwrap_or_default()
    }
}

impl From<AnyView> for Slot {
    fn from(view: AnyView) -> Self {
        Self(Some(view))
    }
}

impl<T> From<View<T>> for Slot
where
    View<T>: IntoAny,
{
    fn from(view: View<T>) -> Self {
        Self(Some(view.into_any()))
    }
}

/// What a colour means. The normal state is `Plain`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing differs.
    #[default]
    Plain,
    /// Something broke, or is forbidden.
    Danger,
    /// Something will break, or is late.
    Warning,
    /// Something went well; use it sparingly.
    Success,
    /// Worth knowing.
    Info,
    /// You can act here.
    Accent,
    /// Put away: archived, disabled.
    Off,
}

impl Tone {
    /// The word that class names end with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Danger => "danger",
            Self::Warning => "warning",
            Self::Success => "success",
            Self::Info => "info",
            Self::Accent => "accent",
            Self::Off => "off",
        }
    }
}

/// `block` and, when there is a tone, `block block--tone`.
pub(crate) fn toned(block: &str, tone: Tone) -> String {
    match tone {
        Tone::Plain => block.to_owned(),
        tone => format!("{block} {block}--{}", tone.word()),
    }
}

/// Joins class names, leaving out the empty ones.
pub(crate) fn classes(names: &[&str]) -> String {
    names.iter().filter(|name| !name.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// Words as an id: lower case, hyphens, nothing else.
pub(crate) fn slug(words: &str) -> String {
    let mut id = String::with_capacity(words.len());
    for letter in words.chars() {
        if letter.is_alphanumeric() {
            id.extend(letter.to_lowercase());
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.trim_end_matches('-').to_owned()
}

/// A whole number with its thousands set apart: `1,214`.
pub fn count(number: impl Into<i128>) -> String {
    let number: i128 = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_in_thousands() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_214), "1,214");
        assert_eq!(count(-1_000_000), "−1,000,000");
    }

    #[test]
    fn an_id_has_only_letters_digits_and_hyphens() {
        assert_eq!(slug("Open risk, by week"), "open-risk-by-week");
        assert_eq!(slug("  a__b  "), "a-b");
    }

    #[test]
    fn empty_words_are_no_words() {
        assert!(Words::from("").is_none());
        assert_eq!(Words::from("x").get(), Some("x"));
    }
}
