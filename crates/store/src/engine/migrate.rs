//! Migrations: forward only, embedded, checked at every start.

use sqlx::migrate::Migrator;

use super::{Opening, StoreError};

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

/// The migrations that a database has; None when it is none of Tenure.
pub(super) async fn sqlite_has(pool: &sqlx::SqlitePool) -> Result<Option<Vec<i64>>, sqlx::Error> {
    let table = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'";
    let tables: i64 = sqlx::query_scalar(table).fetch_one(pool).await?;
    Ok(if tables == 0 { None } else { Some(sqlx::query_scalar(APPLIED).fetch_all(pool).await?) })
}

/// The migrations that a database has; None when it is none of Tenure.
pub(super) async fn postgres_has(pool: &sqlx::PgPool) -> Result<Option<Vec<i64>>, sqlx::Error> {
    let there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(pool).await?;
    Ok(if there { Some(sqlx::query_scalar(APPLIED).fetch_all(pool).await?) } else { None })
}

const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";

/// Whether a database with these migrations can be opened so; `address` names it for people.
pub(super) fn check(has: Option<&[i64]>, opening: Opening, address: impl FnOnce() -> String) -> Result<(), StoreError> {
    let known: Vec<i64> = SQLITE.iter().map(|migration| migration.version).collect();
    let Some(has) = has else {
        return if opening == Opening::MayCreate { Ok(()) } else { Err(StoreError::Absent(address())) };
    };
    if let Some(newer) = has.iter().find(|version| !known.contains(version)) {
        return Err(StoreError::Newer(*newer));
    }
    let missing = known.iter().filter(|version| !has.contains(version)).count();
    if missing > 0 && opening == Opening::Looks {
        return Err(StoreError::Older { missing, known: known.len() });
    }
    Ok(())
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
