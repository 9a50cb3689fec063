use leptos::prelude::*;

/// What is wrong with a form: the id of a field, and words. The same words
/// stand in the summary and at the field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// Nothing is wrong.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what is wrong with a field; the field is named by its id, or `""` for the form as a whole.
    pub fn add(&mut self, field: impl Into<String>, words: impl Into<String>) {
        self.0.push((field.into(), words.into()));
    }

    /// Adds everything that is wrong elsewhere.
    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// What is wrong with this field, if anything.
    pub fn at(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, words)| words.clone())
    }

    /// Everything that is wrong with this field, if anything.
    pub fn all_at(&self, field: &str) -> Option<String> {
        let all: Vec<&str> = self.0.iter().filter(|(name, _)| name == field).map(|(_, words)| words.as_str()).collect();
        (!all.is_empty()).then(|| all.join(". "))
    }

    /// With a field under another id: a `DateField` named `until` takes `until-day`.
    #[must_use]
    pub fn renamed(mut self, from: &str, to: &str) -> Self {
        for (field, _) in &mut self.0 {
            if field == from {
                to.clone_into(field);
            }
        }
        self
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The title of the page; `Error:` comes first when something is wrong.
    pub fn title(&self, title: &str) -> String {
        if self.is_empty() { title.to_owned() } else { format!("Error: {title}") }
    }
}

impl<F: Into<String>, W: Into<String>> FromIterator<(F, W)> for FormErrors {
    fn from_iter<I: IntoIterator<Item = (F, W)>>(errors: I) -> Self {
        Self(errors.into_iter().map(|(field, words)| (field.into(), words.into())).collect())
    }
}

/// What is wrong, above the title of a form; nothing when nothing is. It takes the focus
/// and is read aloud, and each line leads to its field.
#[component]
pub fn ErrorSummary(
    /// What is wrong.
    errors: FormErrors,
    /// The level of its heading: 1 to 6. It stands before the `h1`, hence 2.
    #[prop(default = 2)]
    level: u8,
    /// Off only where a page shows it as an example.
    #[prop(default = true)]
    focus: bool,
) -> impl IntoView {
    if errors.is_empty() {
        return ().into_any();
    }
    let lines = errors.0.into_iter().map(|(field, words)| match field.as_str() {
        "" => view! { <li>{words}</li> }.into_any(),
        _ => view! { <li><a href=format!("#{field}")>{words}</a></li> }.into_any(),
    });
    view! {
        <div class="errors" role=if focus { "alert" } else { "group" } tabindex="-1" autofocus=focus aria-label="There is a problem">
            {super::heading::heading(level, None, "There is a problem")}
            <ul>{lines.collect_view()}</ul>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_leads_to_the_fields_and_takes_focus() {
        let errors: FormErrors = [("owner", "Choose an owner who is active"), ("", "Nothing was changed")].into_iter().collect();
        assert_eq!(errors.at("owner").as_deref(), Some("Choose an owner who is active"));
        assert_eq!(errors.title("New identity"), "Error: New identity");
        let html = view! { <ErrorSummary errors/> }.to_html();
        assert!(html.contains(r##"<a href="#owner">Choose an owner who is active</a>"##), "{html}");
        assert!(html.contains(r#"role="alert""#) && html.contains("autofocus"), "{html}");
    }

    #[test]
    fn without_errors_there_is_no_summary() {
        let html = view! { <ErrorSummary errors=FormErrors::new()/> }.to_html();
        assert!(!html.contains("problem"), "{html}");
    }
}
