//! The demonstration keeps what it promises.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Months, TimeZone as _, Utc};
use tenure_domain::access::actions;
use tenure_domain::credential::CredentialKind;
use tenure_domain::identity::Identity;
use tokio::sync::OnceCell;

use super::*;
use crate::testing;

const SEED: u64 = 7;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 11, 10, 0, 0).unwrap()
}

/// What is looked at of a filled installation.
#[derive(Debug)]
struct Picture {
    summary: DemoSummary,
    people: Vec<Identity>,
    credentials: BTreeMap<CredentialKind, i64>,
    /// Credentials of which a time has not come yet.
    from_tomorrow: Vec<String>,
    findings: tenure_store::stats::FindingCounts,
    /// Periods that began and ended, month by month, this month last.
    flow: Vec<(i64, i64)>,
    oldest: String,
    again: String,
}

static FIRST: OnceCell<Picture> = OnceCell::const_new();

async fn fill() -> Picture {
    let (_, store) = testing::stores().await.swap_remove(0);
    let app = testing::app(store).await;
    let ctx = testing::admin_ctx(&app).at(now());
    crate::accounts::first_administrator(&ctx).await.unwrap();
    let begun = std::time::Instant::now();
    let summary = fill_demo(&ctx, SEED).await.unwrap();
    println!("{:?}: {summary:#?}", begun.elapsed());
    let again = fill_demo(&ctx, SEED).await.unwrap_err().to_string();

    let mut tx = app.store.read().await.unwrap();
    let people = tx.identities_after(None, 10_000).await.unwrap();
    let credentials = tx.credentials_by_kind().await.unwrap().into_iter().collect();
    let everything = tenure_store::PageRequest { limit: 10_000, ..Default::default() };
    let listed = tx.list_credentials(ctx.scope::<actions::ViewCredential>().unwrap(), &Default::default(), &everything).await.unwrap();
    assert!(listed.rows.len() >= 800);
    let from_tomorrow = listed
        .rows
        .into_iter()
        .map(|v| v.credential)
        .filter(|c| [Some(c.created_at), c.last_used_at, c.rotated_at, c.ended_at].into_iter().flatten().any(|at| at > now()));
    let from_tomorrow = from_tomorrow.map(|c| format!("{c:?}")).collect();
    let findings = tx.finding_counts(ctx.now).await.unwrap();
    let mut flow = Vec::new();
    let this_month = chrono::Datelike::with_day(&now().date_naive(), 1).unwrap();
    for back in (0..=60).rev() {
        let from = this_month - Months::new(back);
        let month = tx.flow_between(from, from + Months::new(1)).await.unwrap();
        flow.push((month.started, month.ended));
    }
    let before = tx.flow_between(NaiveDate::MIN, now().date_naive() - Days::new(5 * 365)).await.unwrap();
    let oldest = format!("{} began before", before.started);
    Picture { summary, people, credentials, from_tomorrow, findings, flow, oldest, again }
}

async fn first() -> &'static Picture {
    FIRST.get_or_init(fill).await
}

#[tokio::test]
async fn it_is_as_large_and_as_old_as_promised() {
    let picture = first().await;
    let s = &picture.summary;
    assert!((1164..=1236).contains(&s.people), "{s:?}");
    assert_eq!((s.applications, s.roles), (8, 40));
    assert!((55..=60).contains(&s.non_human) && s.former_people > 300 && s.entitlements == 80, "{s:?}");
    assert!((800..=1000).contains(&s.credentials), "{s:?}");
    for kind in CredentialKind::ALL {
        assert!(picture.credentials.get(kind).is_some_and(|n| *n >= 20), "{kind}: {:?}", picture.credentials);
    }
    for kind in IdentityKind::ALL {
        assert!(picture.people.iter().any(|i| i.kind == *kind && i.state == LifecycleState::Active), "{kind}");
    }
    for state in [LifecycleState::PreHire, LifecycleState::OnLeave, LifecycleState::Suspended, LifecycleState::Terminated] {
        assert!(picture.people.iter().any(|i| i.state == state), "{state}");
    }
    assert!(picture.flow.iter().all(|(joined, _)| *joined > 0), "every month has joiners: {:?}", picture.flow);
    assert!(
        picture.flow.iter().rev().skip(1).take(12).all(|(_, left)| *left > 0),
        "every month of the last year has leavers: {:?}",
        picture.flow
    );
    assert!(s.since <= now().date_naive() - Months::new(60), "{s:?}, {}", picture.oldest);
    assert!(
        picture.people.iter().any(|i| i.end_on.is_some_and(|end| end > now().date_naive()) && i.state == LifecycleState::Active),
        "somebody has given notice"
    );
}

#[tokio::test]
async fn nothing_happened_to_a_credential_tomorrow() {
    assert_eq!(first().await.from_tomorrow, Vec::<String>::new());
}

#[tokio::test]
async fn it_has_findings_of_every_kind() {
    let picture = first().await;
    let f = picture.findings;
    let counts = [f.credentials_without_owner, f.credentials_of_ended, f.out_of_band, f.without_owner, f.hand_overs, f.expired_live];
    assert!(counts.iter().all(|n| (1..=100).contains(n)), "{f:?}");
    assert!((15..=25).contains(&f.credentials_without_owner), "{f:?}");
}

#[tokio::test]
async fn people_report_to_people_at_work_and_titles_fit() {
    let picture = first().await;
    let by_id: BTreeMap<_, _> = picture.people.iter().map(|i| (i.id, i)).collect();
    let mut alone = 0;
    for person in picture.people.iter().filter(|i| i.state == LifecycleState::Active && i.source_id.is_some()) {
        match person.manager_id {
            Some(manager) => assert!(!by_id[&manager].state.has_ended(), "{} reports to {}", person.user_name, by_id[&manager].user_name),
            None => alone += 1,
        }
        assert!(!person.title.is_empty() && !person.department.is_empty() && person.email.ends_with("@example.com"), "{person:?}");
        assert!(person.time_zone.parse::<chrono_tz::Tz>().is_ok());
    }
    assert_eq!(alone, 1, "only one person reports to nobody");
    let zones: BTreeSet<&str> = picture.people.iter().map(|i| i.time_zone.as_str()).collect();
    assert!(zones.len() >= 8, "{zones:?}");
}

#[tokio::test]
async fn it_never_meets_real_data() {
    assert!(first().await.again.contains("in use"), "{}", first().await.again);
    let (_, store) = testing::stores().await.swap_remove(0);
    let app = testing::app(store).await;
    let ctx = testing::admin_ctx(&app);
    let new = crate::access::NewApplication { name: "Real".to_owned(), ..Default::default() };
    crate::access::create_application(&ctx, &new).await.unwrap();
    assert!(matches!(fill_demo(&ctx, SEED).await, Err(ServiceError::Refused(_))));
    let nobody = testing::employee_ctx(&app, tenure_domain::id::Id::from_uuid(uuid::Uuid::nil()));
    assert!(matches!(fill_demo(&nobody, SEED).await, Err(ServiceError::Denied(_))));
}

#[tokio::test]
async fn the_same_seed_makes_the_same_company() {
    let second = fill().await;
    let first = first().await;
    assert_eq!(first.summary, second.summary);
    let named = |p: &Picture| -> BTreeSet<String> {
        let names: BTreeMap<_, _> = p.people.iter().map(|i| (i.id, i.user_name.as_str())).collect();
        let name = |id: Option<_>| id.and_then(|id| names.get(&id).copied()).unwrap_or_default().to_owned();
        p.people
            .iter()
            .map(|i| {
                format!(
                    "{} {} {} {} {} {} {:?}",
                    i.user_name,
                    i.display_name,
                    i.department,
                    i.title,
                    i.state,
                    name(i.manager_id.or(i.owner_id)),
                    i.ended_at
                )
            })
            .collect()
    };
    assert_eq!(named(first), named(&second));
    assert_eq!((&first.credentials, first.findings, &first.flow), (&second.credentials, second.findings, &second.flow));
}

#[test]
fn other_days_and_seeds_can_be_made_too() {
    for (seed, day) in [(1, (2024, 2, 29)), (2, (2025, 12, 31)), (3, (2026, 1, 1)), (4, (2027, 7, 15))] {
        let now = Utc.with_ymd_and_hms(day.0, day.1, day.2, 0, 5, 0).unwrap();
        let history = history::play(seed, now - Duration::hours(2));
        let diary = diary::write(seed, &history, now);
        assert!(diary.entries.iter().all(|(at, _)| *at <= now));
        let staff = history.snapshots.last().unwrap().staff.len();
        assert!((1164..=1236).contains(&staff), "{seed}: {staff}");
        let inventory = Inventory::invent(seed, &history, &diary.machines, &diary.personas, now);
        let (file, rows) = inventory.file(now);
        assert!((900..=1100).contains(&rows), "{seed}: {rows}");
        for c in crate::people::csv::read_credentials(file.as_bytes()).unwrap().rows {
            let times = [Some(c.created), c.last_used, c.rotated];
            assert!(times.into_iter().flatten().all(|at| at <= now), "{seed}: {c:?}");
        }
    }
}

#[tokio::test]
#[ignore = "takes minutes; run it after changes of the history or of services: cargo test -p tenure-services demo -- --ignored"]
async fn every_seed_and_day_and_both_engines_can_be_filled() {
    for (seed, day) in [(1, (2024, 2, 29)), (2, (2025, 12, 31)), (3, (2026, 1, 1)), (4, (2027, 7, 15))] {
        let now = Utc.with_ymd_and_hms(day.0, day.1, day.2, 0, 5, 0).unwrap();
        for (engine, store) in testing::stores().await {
            let app = testing::app(store).await;
            let begun = std::time::Instant::now();
            let summary = fill_demo(&testing::admin_ctx(&app).at(now), seed).await.unwrap();
            println!("{engine}, seed {seed}, {day:?}: {:?}, {summary:?}", begun.elapsed());
            assert!((1164..=1236).contains(&summary.people) && summary.out_of_band > 0, "{engine}, {seed}: {summary:?}");
        }
    }
}
