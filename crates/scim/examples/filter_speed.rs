//! How long one filter takes over 100,000 small users: `cargo run -p tenure-scim --example filter_speed`.

use std::error::Error;
use std::time::Instant;

use serde_json::{Value, json};
use tenure_scim::{Filter, ResourceType};

fn main() -> Result<(), Box<dyn Error>> {
    let user = |n: u32| json!({ "id": n.to_string(), "userName": format!("user{n}"), "emails": [{ "value": format!("u{n}@example.com"), "type": "work" }] });
    let users: Vec<Value> = (0..100_000).map(user).collect();
    for text in [r#"userName eq "USER99999""#, r#"emails[type eq "work" and value co "99@"]"#, r#"userName sw "user9" and not (title pr)"#]
    {
        let begun = Instant::now();
        let filter = Filter::parse(text)?.compile(ResourceType::users())?;
        let found = users.iter().filter(|user| filter.matches(user)).count();
        println!("{text}: {found} of 100,000 in {:?}", begun.elapsed());
    }
    Ok(())
}
