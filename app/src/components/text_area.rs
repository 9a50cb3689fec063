use super::field::{Field, described_by};
use super::values::{Slot, Words};
use leptos::prelude::*;

/// Leptos 0.8.23 writes the text of a `<textarea>` on the server without
/// escaping it, so that what one person typed could be markup for the next.
/// Hence every text area is this component, which escapes before it hands over.
fn escape(text: &str) -> String {
    // A browser drops one line break right after the tag; this one is it.
    let mut safe = String::with_capacity(text.len() + 8);
    safe.push('\n');
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// A text field of several lines. States: plain, with hint, with error, disabled.
#[component]
pub fn TextArea(
    /// What it is.
    #[prop(into)]
    label: String,
    /// What the form sends; also its id unless `id` says otherwise.
    #[prop(into)]
    name: String,
    /// What was typed.
    #[prop(into, optional)]
    value: String,
    /// Help in one sentence.
    #[prop(into, optional)]
    hint: Slot,
    /// What is wrong with it.
    #[prop(into, optional)]
    error: Words,
    /// Its id, when the name is not alone on the page.
    #[prop(into, optional)]
    id: Words,
    /// How many lines are seen at once.
    #[prop(default = 4)]
    rows: u32,
    /// It must be given.
    #[prop(optional)]
    required: bool,
    /// It cannot be used now; say why in the hint.
    #[prop(optional)]
    disabled: bool,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let described = described_by(&id, hint.is_some(), !error.is_none());
    let invalid = (!error.is_none()).then_some("true");
    view! {
        <Field id=id.clone() label hint error>
            <textarea
                class="textarea"
                id=id
                name=name
                rows=rows.to_string()
                required=required
                disabled=disabled
                aria-invalid=invalid
                aria-describedby=described
                inner_html=escape(&value)
            ></textarea>
        </Field>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_never_becomes_markup() {
        let typed = "\n</textarea><script>alert(1)</script> & \"so on\"";
        let html = view! { <TextArea label="Purpose" name="purpose" value=typed/> }.to_html();
        assert!(html.contains("\n\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"so on\"</textarea>"), "{html}");
        assert!(!html.contains("<script>"));
    }
}
