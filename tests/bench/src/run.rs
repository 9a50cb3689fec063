//! One run on one engine.

use std::time::Instant;

use tenure_domain::grant::Risk;
use tenure_domain::people::Allowed;
use tenure_domain::role::RoleKind;
use tenure_services::access::{
    NewApplication, NewEntitlement, RoleDraft, RuleDraft, apply_role, apply_rule, create_application, create_entitlement, plan_role,
    plan_rule, recompute_all,
};
use tenure_services::credentials::{CredentialImportOptions, import_credentials};
use tenure_services::identities::end_identity;
use tenure_services::people::mapping::Mapping;
use tenure_services::people::{ImportOptions, import_people};
use tenure_services::{Ctx, audit};

use crate::database::Database;
use crate::http::Server;
use crate::report::Report;
use crate::scim::scim;
use crate::{Args, Part, company};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// Measures everything on an engine.
pub async fn run(args: &Args, engine: &str, report: &mut Report) -> Fallible<()> {
    let database = Database::new(engine).await?;
    let ctx = database.open().await?;

    let first = company::people(args.rows, 0);
    let started = Instant::now();
    import_people(&ctx, &options(&ctx), first.as_bytes()).await?;
    report.rate(engine, "import people, all joiners", args.rows, started.elapsed().as_secs_f64(), "≥ 20,000/s");

    if args.only == Some(Part::Scim) {
        let draft = everyone(&ctx, args.grants).await?;
        apply_rule(&ctx, &draft, &plan_rule(&ctx, &draft).await?.hash).await?;
        audit::seal_pending(&ctx.app, ctx.now).await?;
        let server = Server::start(&database.url, &database.key_file)?;
        scim(&ctx, engine, args.scim, &server, report).await?;
        ctx.app.store.close().await;
        return Ok(());
    }

    let started = Instant::now();
    import_people(&ctx, &options(&ctx), first.as_bytes()).await?;
    report.rate(engine, "import people, unchanged", args.rows, started.elapsed().as_secs_f64(), "≥ 20,000/s");

    let draft = everyone(&ctx, args.grants).await?;
    let plan = plan_rule(&ctx, &draft).await?;
    let started = Instant::now();
    apply_rule(&ctx, &draft, &plan.hash).await?;
    report.rate(
        engine,
        &format!("recompute, {} grants gained each (plan, write, audit)", args.grants),
        args.rows,
        started.elapsed().as_secs_f64(),
        "≥ 5,000/s",
    );

    let started = Instant::now();
    recompute_all(&ctx).await?;
    report.rate(engine, "recompute, nothing to change", args.rows, started.elapsed().as_secs_f64(), "≥ 5,000/s");

    let second = company::people(args.rows, 3);
    let started = Instant::now();
    import_people(&ctx, &options(&ctx), second.as_bytes()).await?;
    report.rate(engine, "import people, 5 % movers, with rules", args.rows, started.elapsed().as_secs_f64(), "≥ 20,000/s");

    let inventory = company::credentials(args.rows, args.credentials);
    let started = Instant::now();
    import_credentials(&ctx, &CredentialImportOptions::default(), inventory.as_bytes()).await?;
    report.rate(engine, "import credentials", args.rows * args.credentials, started.elapsed().as_secs_f64(), "");

    let started = Instant::now();
    let sealed = audit::seal_pending(&ctx.app, ctx.now).await?;
    report.rate(engine, "seal audit events", sealed, started.elapsed().as_secs_f64(), "");
    let started = Instant::now();
    let verdict = audit::verify_audit(&ctx, None).await?;
    report.rate(engine, "verify audit events", sealed, started.elapsed().as_secs_f64(), if verdict.sound { "" } else { "NOT SOUND" });

    let mut times = Vec::new();
    let mut tx = ctx.app.store.read().await?;
    let mut ids = Vec::new();
    for n in 0..args.leavers {
        let user = format!("user{}", args.rows - 1 - n * 7);
        ids.push(tx.identity_by_user_name(&user).await?.ok_or("no such user")?.id);
    }
    drop(tx);
    for id in ids {
        let started = Instant::now();
        end_identity(&ctx, id, "measured").await?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    report.times(engine, "leaver, check to commit", times, "p50 ≤ 20, p99 ≤ 50 ms");
    pages(args, engine, &database, &ctx, report).await?;
    ctx.app.store.close().await;
    Ok(())
}

/// What a file is imported with.
pub fn options(ctx: &Ctx) -> ImportOptions {
    ImportOptions {
        source: "HR".to_owned(),
        file_name: "bench.csv".to_owned(),
        as_of: ctx.today(),
        mapping: Mapping::default(),
        allowed: Allowed::default(),
        accept_rejected: false,
        expected_plan: None,
    }
}

/// Gives everybody so many entitlements by a rule.
pub async fn give_everyone(ctx: &Ctx, grants: usize) -> Fallible<()> {
    let draft = everyone(ctx, grants).await?;
    let plan = plan_rule(ctx, &draft).await?;
    apply_rule(ctx, &draft, &plan.hash).await?;
    Ok(())
}

/// A role with so many entitlements, and the rule that gives it to everybody, not applied yet.
async fn everyone(ctx: &Ctx, grants: usize) -> Fallible<RuleDraft> {
    let application_id = create_application(ctx, &NewApplication { name: "Suite".to_owned(), ..NewApplication::default() }).await?;
    let mut entitlements = Vec::new();
    for n in 0..grants {
        entitlements.push(
            create_entitlement(
                ctx,
                &NewEntitlement { application_id, name: format!("Right {n}"), description: String::new(), risk: Risk::Low },
            )
            .await?,
        );
    }
    let role = RoleDraft {
        id: None,
        version: 0,
        name: "Everyone".to_owned(),
        kind: RoleKind::Business,
        description: String::new(),
        owner_id: None,
        application_id: None,
        grace_days: 0,
        entitlements,
        induced: Vec::new(),
    };
    let plan = plan_role(ctx, &role).await?;
    let role_id = apply_role(ctx, &role, &plan.hash).await?;
    Ok(RuleDraft { id: None, version: 0, name: "Everyone".to_owned(), role_id, expression: "kind == \"person\"".to_owned(), enabled: true })
}

async fn pages(args: &Args, engine: &str, database: &Database, ctx: &Ctx, report: &mut Report) -> Fallible<()> {
    let mut server = Server::start(&database.url, &database.key_file)?;
    let mut tx = ctx.app.store.read().await?;
    let mut people = Vec::new();
    for n in 0..args.requests {
        let user = format!("user{}", (n * 97) % (args.rows / 2));
        people.push(tx.identity_by_user_name(&user).await?.ok_or("no such user")?.id);
    }
    drop(tx);
    let lists = [
        "/identities",
        "/identities?sort=-name",
        "/identities?sort=department",
        "/identities?state=active&sort=name",
        "/identities?department=Department%20042",
        "/identities?state=terminated",
        "/identities?kind=non-human",
    ];
    let words = [
        "/identities?q=nad",
        "/identities?q=nadia+var",
        "/identities?q=user4711",
        "/identities?q=b0123",
        "/identities?q=department+07",
        "/identities?q=ma",
        "/identities?q=zzz",
        "/identities?q=in%C3%AAs+carv",
    ];
    let others = ["/credentials", "/credentials?kind=token", "/audit", "/", "/roles"];
    for (what, goal, list) in [("identities list", "p95 ≤ 20 ms", lists.as_slice()), ("identities search", "p95 ≤ 20 ms", words.as_slice())]
    {
        let mut times = Vec::new();
        for n in 0..args.requests {
            times.push(ask(&mut server, list[n % list.len()])?);
        }
        report.times(engine, what, times, goal);
        for path in list {
            let times = (0..20).map(|_| ask(&mut server, path)).collect::<Fallible<Vec<_>>>()?;
            report.times(engine, path, times, "");
        }
    }
    let times = people.iter().map(|id| ask(&mut server, &format!("/identities/{id}"))).collect::<Fallible<Vec<_>>>()?;
    report.times(engine, "identity page", times, "p95 ≤ 50 ms");
    for path in others {
        let times = (0..20).map(|_| ask(&mut server, path)).collect::<Fallible<Vec<_>>>()?;
        report.times(engine, path, times, "");
    }
    let memory = |report: &mut Report| {
        let (now, highest) = server.memory()?;
        report.size(engine, "memory of the server after this", now, "≤ 150 MB");
        report.size(engine, "memory of the server at its highest", highest, "≤ 150 MB");
        Fallible::Ok(())
    };
    memory(report)?;
    scim(ctx, engine, args.scim, &server, report).await?;
    memory(report)?;
    Ok(())
}

fn ask(server: &mut Server, path: &str) -> Fallible<f64> {
    let (ms, status, _) = server.get(path)?;
    if status == 200 { Ok(ms) } else { Err(format!("{path} answered {status}").into()) }
}
