//! What is in the database, before and after.

use super::Running;

/// What is in the database, as far as anybody could change it.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    pub state: Vec<String>,
    pub events: i64,
}

impl Running {
    pub fn picture(&self) -> Picture {
        let mut sql = self.database.sql();
        let tables = sql.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%' AND name NOT LIKE 'identity_search%' AND name NOT LIKE 'audit_%' AND name NOT IN ('sign_in_attempts', 'attempts')");
        let mut state = Vec::new();
        for table in tables {
            let columns = sql.texts(&format!("SELECT name FROM pragma_table_info('{table}')"));
            // When something was last used, from where, or looked at, is no change; nor is a sign-in that begins.
            let columns = columns.into_iter().filter(|c| {
                !matches!(c.as_str(), "last_seen_at" | "last_used_at" | "last_used_from" | "looked_at" | "expires_at" | "data")
            });
            let row: Vec<_> = columns.map(|c| format!("quote({c})")).collect();
            let rows = sql.texts(&format!("SELECT {} FROM {table}", row.join(" || '|' || ")));
            // Of a session before sign-in nobody has anything.
            state.extend(rows.into_iter().map(|row| format!("{table} {row}")));
        }
        state.sort();
        Picture { state, events: self.database.events() }
    }
}

impl Picture {
    pub fn difference(&self, after: &Picture) -> String {
        let only = |these: &Picture, those: &Picture| {
            let rows = these.state.iter().filter(|row| those.state.binary_search(row).is_err());
            rows.take(4).cloned().collect::<Vec<_>>().join("\n    ")
        };
        format!("{} events, now {}\n  - {}\n  + {}", self.events, after.events, only(self, after), only(after, self))
    }
}
