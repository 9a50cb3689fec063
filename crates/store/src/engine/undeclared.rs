//! References that PostgreSQL's schema does not declare (docs/decisions/0012), looked at by `tenure doctor`.

use sqlx::{AssertSqlSafe, PgPool};

/// Table, column, and the table of which it is the key.
const REFERENCES: [(&str, &str, &str); 7] = [
    ("identities", "source_id", "sources"),
    ("identities", "manager_id", "identities"),
    ("employments", "identity_id", "identities"),
    ("assignments", "identity_id", "identities"),
    ("grants", "identity_id", "identities"),
    ("grants", "entitlement_id", "entitlements"),
    ("credentials", "identity_id", "identities"),
];

/// What refers to nothing, in words.
pub(super) async fn faults(pool: &PgPool) -> Result<Vec<String>, sqlx::Error> {
    let mut faults = Vec::new();
    for (table, column, of) in REFERENCES {
        let count = format!(
            "SELECT COUNT(*) FROM {table} t WHERE t.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {of} r WHERE r.id = t.{column})"
        );
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(pool).await?;
        if rows > 0 {
            faults.push(format!("{rows} rows of {table} refer by {column} to {of} that are not there"));
        }
    }
    Ok(faults)
}
