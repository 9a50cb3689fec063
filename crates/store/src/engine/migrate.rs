//! Migrations: forward only, embedded, checked at every start.

use sqlx::migrate::Migrator;

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Applies what is missing.
pub(super) async fn sqlite(pool: &sqlx::SqlitePool) -> Result<(), sqlx::migrate::MigrateError> {
    SQLITE.run(pool).await
}

/// Applies what is missing.
pub(super) async fn postgres(pool: &sqlx::PgPool) -> Result<(), sqlx::migrate::MigrateError> {
    POSTGRES.run(pool).await
}

/// How many migrations this version knows.
pub(super) fn known() -> usize {
    SQLITE.iter().count()
}

#[cfg(test)]
mod tests {
    use super::{POSTGRES, SQLITE};

    #[test]
    fn both_engines_have_the_same_migrations() {
        let list = |m: &'static sqlx::migrate::Migrator| m.iter().map(|m| (m.version, m.description.to_string())).collect::<Vec<_>>();
        assert_eq!(list(&SQLITE), list(&POSTGRES));
    }
}
