//! For whom something is made: oneself, or a non-human identity.

use std::fmt::Display;

/// For whom a page makes something, and its addresses.
#[derive(Debug, Clone)]
pub struct ForWhom {
    /// The name; empty for oneself.
    pub holder: String,
    /// The pages above: words and addresses.
    pub crumbs: Vec<(String, String)>,
    /// The address of the form.
    pub action: String,
    /// Where one goes without making it.
    pub back: String,
}

impl ForWhom {
    /// Oneself. `things` is the word in the address; the page above has words and an address.
    pub fn oneself(things: &str, (words, back): (&str, &str)) -> Self {
        Self {
            holder: String::new(),
            crumbs: vec![(words.to_owned(), back.to_owned())],
            action: format!("/account/{things}/new"),
            back: back.to_owned(),
        }
    }

    /// Another identity, by key and name.
    pub fn other(things: &str, id: impl Display, name: &str) -> Self {
        let back = format!("/identities/{id}");
        Self {
            holder: name.to_owned(),
            crumbs: vec![("Identities".to_owned(), "/identities".to_owned()), (name.to_owned(), back.clone())],
            action: format!("{back}/{things}/new"),
            back,
        }
    }

    /// What the page is called.
    pub fn title(&self, what: &str) -> String {
        if self.holder.is_empty() { what.to_owned() } else { format!("{what} for {}", self.holder) }
    }
}
