//! Roles and rules, made by their pages.

use crate::Client;

/// Makes a role of an entitlement, and a rule that gives it to whoever an expression fits.
#[track_caller]
pub fn give_by_rule(admin: &mut Client, entitlement: &str, name: &str, expression: &str) {
    let key = choice(&admin.get("/roles/new").text(), "entitlement", entitlement);
    let role = [("name", name), ("kind", "business"), ("grace_days", "0"), ("entitlement", key.as_str())];
    let role = plan_and_apply(admin, "/roles", &role);
    let role = role.rsplit('/').next().expect("a key");
    plan_and_apply(admin, "/rules", &[("name", name), ("role_id", role), ("expression", expression), ("enabled", "yes")]);
}

/// Plans a change of roles or rules by its form, and applies what was planned; yields where that leads.
#[track_caller]
pub fn plan_and_apply(admin: &mut Client, at: &str, fields: &[(&str, &str)]) -> String {
    let plan = admin.send(&format!("{at}/plan"), fields);
    assert_eq!(plan.status, 200, "{}", plan.text());
    let hidden = |name| plan.hidden(name).unwrap_or_else(|| panic!("no {name}: {}", plan.text()));
    let applied = admin.send(&format!("{at}/apply"), &[("draft", &hidden("draft")), ("hash", &hidden("hash"))]);
    assert_eq!(applied.status, 303, "{}", applied.text());
    applied.location().split('?').next().expect("an address").to_owned()
}

/// The value of the choice that stands beside a word.
#[track_caller]
fn choice(page: &str, field: &str, word: &str) -> String {
    let start = format!("name=\"{field}\" value=\"");
    let mut choices = page.split(&start).skip(1);
    let found = choices.find(|rest| rest.split("</label>").next().unwrap_or_default().contains(word));
    found.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no {word} among {field}: {page}")).to_owned()
}
