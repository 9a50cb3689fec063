//! A thousand people leave with one file: how long until nothing inside accepts them any more.

use std::time::Instant;

use tenure_domain::access::TokenScopes;
use tenure_domain::people::Allowed;
use tenure_services::Ctx;
use tenure_services::accounts::authenticate_token;
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::people::{ImportOptions, import_people};

use crate::database::Database;
use crate::report::Report;
use crate::{Args, company, run};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

const LEAVERS: usize = 1000;
const TOKENS: usize = 2;

/// Measures it on an engine: a company, grants by rule, two API tokens and two sessions for each who leaves.
pub async fn leavers(args: &Args, engine: &str, report: &mut Report) -> Fallible<()> {
    let rows = args.rows.max(LEAVERS * 2);
    let database = Database::new(engine).await?;
    let ctx = database.open().await?;
    let everybody = company::people(rows, 0);
    import_people(&ctx, &run::options(&ctx), everybody.as_bytes()).await?;
    run::give_everyone(&ctx, args.grants).await?;
    let tokens = tokens(&ctx, rows).await?;
    sessions(&database).await?;
    for token in &tokens {
        if authenticate_token(&ctx.app, token, ctx.now).await?.is_none() {
            return Err("a token is not accepted before the end".into());
        }
    }

    let left: String = everybody.split_inclusive('\n').take(rows + 1 - LEAVERS).collect();
    let allowed = Allowed { leavers: Some(LEAVERS), changes: Some(rows), older: false };
    let options = ImportOptions { allowed, ..run::options(&ctx) };
    let started = Instant::now();
    import_people(&ctx, &options, left.as_bytes()).await?;
    let seconds = started.elapsed().as_secs_f64();
    report.rate(engine, &format!("leavers at once, the whole import of {} rows", rows - LEAVERS), LEAVERS, seconds, "≤ 2 s");

    for token in &tokens {
        if authenticate_token(&ctx.app, token, ctx.now).await?.is_some() {
            return Err("a token is accepted after the end".into());
        }
    }
    let open = "SELECT COUNT(*) FROM portal_sessions s JOIN identities i ON i.id = s.identity_id WHERE s.epoch = i.epoch";
    let held = "SELECT COUNT(*) FROM grants g JOIN identities i ON i.id = g.identity_id WHERE i.state = 'terminated' AND g.state = 'held'";
    for query in [open, held] {
        let n = number(&database, query).await?;
        if n != 0 {
            return Err(format!("{n} are left: {query}").into());
        }
    }
    ctx.app.store.close().await;
    Ok(())
}

async fn tokens(ctx: &Ctx, rows: usize) -> Fallible<Vec<String>> {
    let mut tokens = Vec::with_capacity(LEAVERS * TOKENS);
    for n in rows - LEAVERS..rows {
        let found = ctx.app.store.read().await?.identity_by_user_name(&format!("user{n}")).await?;
        let identity_id = found.ok_or("no such user")?.id;
        for label in ["one", "two"] {
            let new = NewToken {
                identity_id,
                label: label.to_owned(),
                purpose: "bench".to_owned(),
                days: 30,
                scopes: TokenScopes::all(),
                networks: Default::default(),
                once: None,
            };
            tokens.push(issue_token(ctx, &new).await?.token.expose().to_owned());
        }
    }
    Ok(tokens)
}

/// Sessions are made by browsers, a thousand of which would only measure passwords: here a row for each token.
async fn sessions(database: &Database) -> Fallible<()> {
    let now = chrono::Utc::now();
    let until = now + chrono::TimeDelta::hours(8);
    let insert = "INSERT INTO portal_sessions (id_hash, credential_id, identity_id, epoch, data, created_at, last_seen_at, expires_at)
         SELECT token_hash, credential_id, identity_id, epoch, '{}', $1, $1, $2 FROM api_tokens";
    if database.url.starts_with("sqlite") {
        let pool = sqlx::SqlitePool::connect(&database.url).await?;
        sqlx::query(insert).bind(now).bind(until).execute(&pool).await?;
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(&database.url).await?;
        sqlx::query(insert).bind(now).bind(until).execute(&pool).await?;
        pool.close().await;
    }
    Ok(())
}

async fn number(database: &Database, query: &'static str) -> Fallible<i64> {
    Ok(if database.url.starts_with("sqlite") {
        sqlx::query_scalar(query).fetch_one(&sqlx::SqlitePool::connect(&database.url).await?).await?
    } else {
        sqlx::query_scalar(query).fetch_one(&sqlx::PgPool::connect(&database.url).await?).await?
    })
}
