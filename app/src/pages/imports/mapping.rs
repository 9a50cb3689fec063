//! The form that says how the columns of a file are read.

use leptos::prelude::*;
use tenure_services::people::StagedImport;
use tenure_services::people::mapping::{DELIMITERS, Mapping, STANDARD};

use crate::components::{
    Button, Choice, ChoiceGroup, Column, DateField, FormErrors, PostForm, SelectField, Table, TableLook, TextField, Width, options,
};

/// The standard attributes: name in forms, words, help.
const ATTRIBUTES: [(&str, &str, &str); 12] = [
    ("employee_id", "Employee number", "The key: it never changes and is never given to somebody else"),
    ("user_name", "User name", "Unique over all sources"),
    ("given_name", "Given name", ""),
    ("family_name", "Family name", ""),
    ("display_name", "Display name", "Given and family name, where there is none"),
    ("email", "Mail", ""),
    ("department", "Department", ""),
    ("title", "Title", ""),
    ("manager_id", "Manager", "The manager’s employee number"),
    ("start_date", "First day", ""),
    ("end_date", "Last day", ""),
    ("time_zone", "Time zone", "An IANA name such as Europe/Vienna"),
];

/// The column of a standard attribute; empty for none.
fn column<'a>(mapping: &'a Mapping, attribute: &'static str) -> &'a str {
    match attribute {
        "employee_id" => &mapping.employee_id,
        "user_name" => &mapping.user_name,
        "given_name" => &mapping.given_name,
        "family_name" => &mapping.family_name,
        "email" => &mapping.email,
        "department" => &mapping.department,
        "title" => &mapping.title,
        "manager_id" => &mapping.manager_id,
        "start_date" => &mapping.start_date,
        "end_date" => mapping.end_date.as_deref().unwrap_or(attribute),
        "time_zone" => mapping.time_zone.as_deref().unwrap_or(attribute),
        _ => mapping.display_name.as_deref().unwrap_or(attribute),
    }
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// The form.
pub(super) fn form(staged: &StagedImport, errors: &FormErrors, token: String) -> AnyView {
    let (mapping, columns) = (&staged.mapping, &staged.columns);
    let fields = ATTRIBUTES.iter().map(|(name, label, hint)| attribute(staged, name, label, hint, errors)).collect_view();
    let used = |name: &str| ATTRIBUTES.iter().any(|(attribute, ..)| same(column(mapping, attribute), name));
    let extra: Vec<_> = columns.iter().enumerate().filter(|(_, name)| !used(name)).map(|(at, name)| extra(staged, at, name)).collect();
    let extra = (!extra.is_empty()).then(|| {
        let heads = vec![Column::new("Column"), Column::new("First value"), Column::new("What becomes of it"), Column::new("Name of the attribute")];
        view! {
            <div>
                <h3>"The other columns"</h3>
                <Table caption="Columns of the file that are no standard attribute" name="Other columns" columns=heads look=TableLook::Last>{extra.collect_view()}</Table>
            </div>
        }
    });
    let words = |name: &str| {
        ATTRIBUTES
            .iter()
            .find(|(attribute, ..)| *attribute == name)
            .map_or_else(|| name.replace('_', " "), |(_, words, _)| (*words).to_owned())
    };
    let movers = STANDARD
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                words(match *name {
                    "manager" => "manager_id",
                    "start_on" => "start_date",
                    "end_on" => "end_date",
                    other => other,
                }),
            )
        })
        .chain(mapping.attributes.keys().map(|name| (name.clone(), words(name))))
        .map(|(name, words)| {
            let checked = mapping.mover_attributes.contains(&name);
            Choice::new(name, words).checked(checked)
        })
        .collect();
    let delimiters =
        options(DELIMITERS.iter().zip(["Comma", "Semicolon", "Tab", "Vertical bar"]).map(|(sign, words)| (sign.to_string(), words)));
    let day = staged.import.as_of;
    let as_of = (day.format("%-d").to_string(), day.format("%-m").to_string(), day.format("%Y").to_string());
    let action = format!("/imports/{}/map", staged.import.id);
    let (delimiter, zone, day_error) = (mapping.delimiter.to_string(), mapping.default_time_zone.clone(), errors.at("as_of-day"));
    view! {
        <PostForm action token class="stack">
            <div class="cols cols--2">{fields}</div>
            {extra}
            <div class="cols cols--2">
                <ChoiceGroup legend="What makes a mover" name="mover" choices=movers multiple=true hint="Who changes one of these has moved. Other changes are recorded too."/>
                <div class="stack">
                    <SelectField label="Fields are separated by" name="delimiter" options=delimiters value=delimiter/>
                    <TextField label="Time zone, where a row has none" name="default_time_zone" value=zone width=Width::Medium/>
                    <DateField legend="The list is of" name="as_of" value=as_of error=day_error/>
                </div>
            </div>
            <div class="row"><Button>"Preview again"</Button></div>
        </PostForm>
    }
    .into_any()
}

fn attribute(staged: &StagedImport, name: &'static str, label: &'static str, hint: &'static str, errors: &FormErrors) -> AnyView {
    let set = column(&staged.mapping, name);
    let found = staged.columns.iter().position(|c| same(c, set));
    let optional = matches!(name, "end_date" | "time_zone" | "display_name") && set == name;
    let missing = (found.is_none() && !set.trim().is_empty() && !optional)
        .then(|| format!("{set} is not in this file: choose another column, or “Not in the file”, which empties it for everybody"));
    let error = errors.at(&format!("column-{name}")).or(missing);
    let example =
        found.and_then(|at| staged.sample.get(at)).filter(|value| !value.is_empty()).map(|value| format!("First row: {}", short(value)));
    let hint = [Some(hint.to_owned()).filter(|h| !h.is_empty()), example].into_iter().flatten().collect::<Vec<_>>().join(". ");
    let value = found.map(|at| staged.columns[at].clone()).unwrap_or_default();
    let none = if matches!(name, "employee_id" | "user_name") { "Choose a column" } else { "Not in the file" };
    view! { <SelectField label name=format!("column-{name}") options=options(staged.columns.iter().map(|c| (c.clone(), c.clone()))) value none hint error/> }.into_any()
}

fn extra(staged: &StagedImport, at: usize, name: &str) -> AnyView {
    let kept = staged.mapping.attributes.iter().find(|(_, column)| same(column, name)).map(|(attribute, _)| attribute.clone());
    let value = if kept.is_some() { "keep" } else { "ignore" };
    let choices = [("ignore", "Leave it out"), ("keep", "Keep as an attribute")]
        .map(|(word, words)| view! { <option value=word selected=word == value>{words}</option> })
        .collect_view();
    let sample = staged.sample.get(at).map(|value| short(value)).unwrap_or_default();
    let attribute = kept.unwrap_or_else(|| attribute_name(name));
    view! {
        <tr>
            <th scope="row">{name.to_owned()}<input type="hidden" name="extra" value=name.to_owned()/></th>
            <td class="faint">{sample}</td>
            <td><select class="select" name="extra-use" aria-label=format!("What becomes of {name}")>{choices}</select></td>
            <td><input class="input mono" name="extra-name" value=attribute spellcheck="false" aria-label=format!("Name of the attribute for {name}")/></td>
        </tr>
    }
    .into_any()
}

/// A name that rules can use, made of a column's.
fn attribute_name(column: &str) -> String {
    let mut name = String::new();
    for letter in column.chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_end_matches('_').to_owned()
}

fn short(value: &str) -> String {
    if value.chars().count() > 40 { format!("{}…", value.chars().take(39).collect::<String>()) } else { value.to_owned() }
}
