//! The mappings that `docs/targets.md` offers to be copied, as a person of the tests would get them.

use std::collections::BTreeMap;

const TARGETS: &str = include_str!("../../../../docs/targets.md");

/// The attributes under a title: names from the table, a value for each from what it is mapped to.
pub fn documented(title: &str) -> BTreeMap<String, Vec<String>> {
    let (_, below) = TARGETS.split_once(&format!("# {title}\nname = ")).unwrap_or_else(|| panic!("no mapping `{title}`"));
    let (_, table) = below.split_once("[attributes]\n").expect("attributes");
    let (table, _) = table.split_once("```").expect("an end");
    let line = |line: &str| {
        let (name, expression) = line.split_once(" = ").expect("a name and an expression");
        let expression = expression.split(" #").next().expect("an expression").trim();
        let expression = expression.trim_matches(if expression.starts_with('"') { '"' } else { '\'' });
        (name.trim_matches(['"', '\'']).to_owned(), vec![value(expression)])
    };
    table.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

fn value(expression: &str) -> String {
    match expression {
        "email" => "anna@example.test".into(),
        "employee_id" => "E-4711".into(),
        "uid_number" => "4711".into(),
        r#""/home/" + user_name"# => "/home/anna".into(),
        text if text.starts_with('"') => text.trim_matches('"').into(),
        _ => "Anna Müller".into(),
    }
}
