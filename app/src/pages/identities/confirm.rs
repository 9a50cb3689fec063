//! The field in which one types a name, so that an irreversible act is meant.

use leptos::prelude::*;

use crate::components::{FormErrors, TextField, Width};

/// What is wrong when the name that was typed is another. Case does not matter.
pub fn confirm_fault(user_name: &str, typed: &str) -> Option<String> {
    (typed.trim().to_lowercase() != user_name.to_lowercase()).then(|| format!("Type {user_name} to show that you mean it"))
}

/// The field.
pub(super) fn confirm_field(user_name: &str, typed: String, errors: &FormErrors) -> AnyView {
    view! { <TextField label=format!("Type {user_name} to go on") name="confirm" value=typed error=errors.at("confirm") mono=true width=Width::Medium autocomplete="off"/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::confirm_fault;

    #[test]
    fn only_the_name_itself_confirms() {
        assert_eq!(confirm_fault("g.pritchard", " G.Pritchard "), None);
        for typed in ["", "g.pritch", "yes"] {
            assert!(confirm_fault("g.pritchard", typed).is_some(), "{typed}");
        }
    }
}
