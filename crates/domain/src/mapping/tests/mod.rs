//! What an expression makes of an identity, what it says when it is wrong, that it survives being
//! printed, and that the examples of the documentation are true.

mod documentation;
mod errors;
mod meaning;
mod printing;
mod table;

use std::collections::BTreeMap;

use crate::rule::Value;
use crate::rule::somebody::Somebody;

fn nadia() -> Somebody {
    Somebody(BTreeMap::from([
        ("kind", Value::Text("person")),
        ("state", Value::Text("active")),
        ("user_name", Value::Text("nadia.varga")),
        ("employee_id", Value::Text("E-1042")),
        ("given_name", Value::Text("Nadia")),
        ("family_name", Value::Text("Varga-Sørensen")),
        ("display_name", Value::Text("Nadia Varga-Sørensen")),
        ("email", Value::Text("nadia.varga@example.org")),
        ("department", Value::Text("Cargo")),
        ("title", Value::Text("")),
        ("city", Value::Text(" Malmö ")),
        ("foreign_name", Value::Text("Надя")),
        ("start_on", Value::Date("2024-02-29".parse().unwrap())),
    ]))
}
