//! A fresh database of an engine, and what it is opened with.

use std::sync::Arc;

use chrono::Utc;
use tempfile::TempDir;
use tenure_domain::access::{Channel, Principal};
use tenure_services::{App, Ctx, accounts};
use tenure_store::Store;
use tenure_vault::{Keys, PasswordPool, Verifier};

/// A database with its key file.
pub struct Database {
    /// Its address.
    pub url: String,
    /// The key file.
    pub key_file: std::path::PathBuf,
    _folder: TempDir,
}

impl Database {
    /// Makes one.
    pub async fn new(engine: &str) -> Result<Self, Box<dyn std::error::Error>> {
        // On the disk of the project, not in memory: a commit has to reach it.
        let base = std::path::Path::new("target").join("bench");
        std::fs::create_dir_all(&base)?;
        let folder = tempfile::tempdir_in(base.canonicalize()?)?;
        let url = if engine == "sqlite" {
            format!("sqlite://{}", folder.path().join("bench.db").display())
        } else {
            let server = std::env::var("TENURE_TEST_POSTGRES").map_err(|_| "TENURE_TEST_POSTGRES is not set: use `cargo xtask bench`")?;
            let name = format!("bench_{}", uuid::Uuid::now_v7().simple());
            let pool = sqlx::PgPool::connect(&server).await?;
            sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await?;
            pool.close().await;
            let (base, _) = server.rsplit_once('/').ok_or("the address has no database")?;
            format!("{base}/{name}")
        };
        Ok(Self { url, key_file: folder.path().join("bench.key"), _folder: folder })
    }

    /// Opens it.
    pub async fn open(&self) -> Result<Ctx, Box<dyn std::error::Error>> {
        let keys = Keys::open_or_create(&self.key_file)?;
        let mac = {
            let keys = keys.clone();
            Arc::new(move |body: &[u8]| *keys.audit_mac().tag(body).as_bytes())
        };
        let store = Store::open(&self.url, mac).await?;
        let app = Arc::new(App {
            store,
            keys,
            passwords: PasswordPool::new(Verifier::owasp()),
            settings: Arc::default(),
            connectors: Arc::new(tenure_services::targets::Connectors),
            seen: None,
            mail: None,
            places: None,
            transient: Arc::default(),
        });
        let ctx = Ctx {
            app,
            principal: Principal::local_operator("bench"),
            now: Utc::now(),
            request_id: "bench".to_owned(),
            channel: Channel::Cli,
            proven: None,
        };
        accounts::check_instance(&ctx).await?;
        Ok(ctx)
    }
}
