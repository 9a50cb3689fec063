//! Reading a directory: an account, a password and two groups for each identity, by the worker of a running server.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::json;
use tenure_domain::id::ApplicationId;
use tenure_domain::target::{OnEnd, ReadingKind, ReadingPlan, ReadingState, TargetKind};
use tenure_services::Ctx;
use tenure_services::access::{NewApplication, create_application};
use tenure_services::people::import_people;
use tenure_services::targets::{Secret, TargetDraft, ask_reading, configure_target, list_readings, set_mapping};
use tenure_test_support::openldap::{OpenLdap, ROOT_DN, ROOT_PASSWORD, SUFFIX};

use crate::database::Database;
use crate::http::Server;
use crate::report::Report;
use crate::run::options;
use crate::{Args, company};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// Accounts of a group.
const IN_A_GROUP: usize = 1000;
/// Groups of an account.
const GROUPS_OF_ONE: usize = 2;
/// Longer than any goal by far.
const PATIENCE: Duration = Duration::from_secs(1800);

/// Measures the first reading, an unchanged one, one of what changed, and the memory that the server took.
pub async fn run(args: &Args, engine: &str, report: &mut Report) -> Fallible<()> {
    let directory = OpenLdap::start(&ldif(args.rows))?;
    let database = Database::new(engine).await?;
    let ctx = database.open().await?;
    let people = company::people(args.rows, 0);
    import_people(&ctx, &options(&ctx), people.as_bytes()).await?;
    drop(people);
    let target = configure(&ctx, &directory).await?;
    let server = Server::start(&database.url, &database.key_file)?;
    std::thread::sleep(Duration::from_secs(3));
    let (idle, _) = server.memory()?;
    report.size(engine, "reading a directory: memory of the server, idle", idle, "");
    for (what, kind, goal) in [
        ("the first time", ReadingKind::Full, "≤ 60 s at 100,000"),
        ("unchanged", ReadingKind::Full, "≤ 15 s at 100,000"),
        ("what changed, of nothing", ReadingKind::Changes, ""),
    ] {
        let seconds = read(&ctx, target, kind).await?;
        report.rate(engine, &format!("reading a directory: {what}, accounts"), args.rows, seconds, goal);
        let (_, peak) = server.memory()?;
        report.size(engine, &format!("reading a directory: {what}, peak over idle"), peak.saturating_sub(idle), "≤ 100 MB");
    }
    ctx.app.store.close().await;
    Ok(())
}

/// Asks for a reading, and waits until the server did it; yields how long that took, from the question on.
async fn read(ctx: &Ctx, target: ApplicationId, kind: ReadingKind) -> Fallible<f64> {
    let ctx = ctx.at(Utc::now());
    let begun = Instant::now();
    let id = ask_reading(&ctx, target, kind, false).await?;
    while begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let row = list_readings(&ctx, target).await?.into_iter().find(|row| row.id == id).ok_or("no reading")?;
        match row.state {
            ReadingState::Queued | ReadingState::Running => {}
            ReadingState::Done => {
                eprintln!("{}", row.result.unwrap_or_default());
                return Ok(begun.elapsed().as_secs_f64());
            }
            _ => return Err(row.said.into()),
        }
    }
    Err("the reading did not end".into())
}

async fn configure(ctx: &Ctx, directory: &OpenLdap) -> Fallible<ApplicationId> {
    let target = create_application(ctx, &NewApplication { name: "Directory".to_owned(), ..NewApplication::default() }).await?;
    let draft = TargetDraft {
        version: 0,
        kind: TargetKind::Ldap,
        settings: json!({
            "url": directory.url(), "bind-dn": ROOT_DN, "people-base": format!("ou=people,{SUFFIX}"),
            "groups-base": format!("ou=groups,{SUFFIX}"), "flavour": "open-ldap",
        }),
        secret: Some(Secret::new(ROOT_PASSWORD.to_owned())),
        on_end: OnEnd::Disable,
        at_once: 4,
        per_minute: 600,
        timeout_seconds: 30,
        reading: ReadingPlan { minutes: None, full_days: 1 },
    };
    configure_target(ctx, target, &draft).await?;
    let mapping = json!({ "name": "user_name", "attributes": { "cn": "display_name", "mail": "email", "employeeNumber": "employee_id" } });
    set_mapping(ctx, target, 1, Some(&mapping)).await?;
    Ok(target)
}

/// The people of [`company::people`] as a directory has them.
fn ldif(rows: usize) -> String {
    let mut text = format!("dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n");
    for unit in ["people", "groups", "policies"] {
        let _ = write!(text, "dn: ou={unit},{SUFFIX}\nobjectClass: organizationalUnit\nou: {unit}\n\n");
    }
    for line in company::people(rows, 0).lines().skip(1) {
        let mut fields = line.split(',');
        let mut next = || fields.next().unwrap_or_default();
        let (number, uid, given, family, mail) = (next(), next(), next(), next(), next());
        let _ = write!(
            text,
            "dn: uid={uid},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn:: {cn}\nsn:: {sn}\nmail: {mail}\nemployeeNumber: {number}\nuserPassword: {{CRYPT}}of {uid}\npwdChangedTime: 20250102030405Z\n\n",
            cn = base64(&format!("{given} {family}")),
            sn = base64(family),
        );
    }
    for group in 0..(rows * GROUPS_OF_ONE).div_ceil(IN_A_GROUP) {
        let _ = write!(text, "dn: cn=group{group},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\ncn: group{group}\n");
        for n in 0..IN_A_GROUP {
            let _ = writeln!(text, "member: uid=user{},ou=people,{SUFFIX}", (group * IN_A_GROUP + n) % rows);
        }
        text.push('\n');
    }
    text
}

/// Names that are no ASCII stand so in LDIF (RFC 2849).
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(LETTERS[(bits & 63) as usize]);
    text.as_bytes()
        .chunks(3)
        .flat_map(|chunk| {
            let at = |n: usize| u32::from(chunk.get(n).copied().unwrap_or_default());
            let bits = (at(0) << 16) | (at(1) << 8) | at(2);
            let more = |n: usize, shift: u32| if chunk.len() > n { letter(bits >> shift) } else { '=' };
            [letter(bits >> 18), letter(bits >> 12), more(1, 6), more(2, 0)]
        })
        .collect()
}
