//! `tenure import …`

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use tenure_domain::people::{Allowed, Change, PeoplePlan};
use tenure_services::Ctx;
use tenure_services::access::{MembershipOptions, import_memberships};
use tenure_services::credentials::{CredentialImportOptions, import_credentials};
use tenure_services::people::{ImportOptions, PeopleSummary, import_people, preview_people};

use super::args::Import;
use super::output::{Failed, Output};
use crate::config::Config;

pub(super) async fn run(ctx: &Ctx, config: &Config, output: &Output, what: &Import) -> Result<(), Failed> {
    match what {
        Import::People { file, source, as_of, dry_run, allow_leavers, allow_changes, allow_older, accept_rejected } => {
            let options = ImportOptions {
                source: source.clone(),
                file_name: name(file),
                as_of: as_of.unwrap_or_else(|| ctx.today()),
                mapping: ctx.app.settings.mapping(source),
                allowed: Allowed { leavers: *allow_leavers, changes: *allow_changes, older: *allow_older },
                accept_rejected: *accept_rejected,
                expected_plan: None,
            };
            if *dry_run {
                let (plan, summary) = preview_people(ctx, &options, open(file)?).await?;
                output.say(&summary, || format!("{}\n{}", people(&summary), list(&plan)));
            } else {
                let summary = import_people(ctx, &options, open(file)?).await?;
                output.say(&summary, || people(&summary));
            }
        }
        Import::Memberships { file, source, application, as_of, dry_run, accept_rejected } => {
            let options = MembershipOptions {
                source: source.clone(),
                application: application.clone().unwrap_or_else(|| config.memberships_application.clone()),
                file_name: name(file),
                as_of: as_of.unwrap_or_else(|| ctx.today()),
                dry_run: *dry_run,
                accept_rejected: *accept_rejected,
            };
            let s = import_memberships(ctx, &options, open(file)?).await?;
            output.say(&s, || {
                format!(
                    "{} memberships: {} explained by a role, {} out of band ({} new), {} recorded but not there. Removals: {} verified, {} still owed, {} of which this list proves nothing.{}",
                    s.rows, s.explained, s.out_of_band, s.newly_out_of_band, s.missing, s.removals_verified, s.removals_open, s.removals_unproven, tail(s.dry_run)
                )
            });
        }
        Import::Credentials { file, dry_run, accept_rejected } => {
            let options = CredentialImportOptions { file_name: name(file), dry_run: *dry_run, accept_rejected: *accept_rejected };
            let s = import_credentials(ctx, &options, open(file)?).await?;
            output.say(&s, || {
                format!(
                    "{} credentials: {} new, {} changed, {} unchanged; {} without an owner.{}",
                    s.rows,
                    s.new,
                    s.changed,
                    s.unchanged,
                    s.without_owner,
                    tail(s.dry_run)
                )
            });
        }
    }
    Ok(())
}

fn open(file: &Path) -> Result<Box<dyn Read + Send>, Failed> {
    if file == Path::new("-") {
        return Ok(Box::new(stdin()));
    }
    let open = File::open(file).map_err(|e| Failed::new(format!("{} cannot be read: {e}", file.display())))?;
    Ok(Box::new(open))
}

fn name(file: &Path) -> String {
    file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn tail(dry_run: bool) -> &'static str {
    if dry_run { " Nothing was changed (dry run)." } else { "" }
}

fn people(s: &PeopleSummary) -> String {
    let mut text = format!(
        "{} people: {} joiners ({} of them rehires), {} movers, {} leavers, {} changed otherwise, {} unchanged, {} rejected.{}",
        s.people,
        s.joiners,
        s.rehires,
        s.movers,
        s.leavers,
        s.changed,
        s.unchanged,
        s.rejected.len(),
        tail(s.dry_run)
    );
    for row in s.rejected.iter().take(20) {
        text.push_str(&format!("\n  rejected: {row}"));
    }
    for row in s.warnings.iter().take(20) {
        text.push_str(&format!("\n  look at: {row}"));
    }
    if s.warnings.len() > 20 {
        text.push_str(&format!("\n  … and {} more to look at", s.warnings.len() - 20));
    }
    text
}

fn list(plan: &PeoplePlan) -> String {
    let mut text = String::new();
    for p in plan.planned.iter().filter(|p| p.change != Change::Joiner).take(200) {
        let fields: Vec<_> = p.fields.iter().map(|f| format!("{} {} → {}", f.field, f.before, f.after)).collect();
        text.push_str(&format!("  {:<8} {} ({}) {}\n", p.change.as_str(), p.display_name, p.employee_id, fields.join(", ")));
    }
    if plan.planned.len() > 200 {
        text.push_str("  … see --format json for all\n");
    }
    text
}
