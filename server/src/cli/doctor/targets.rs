//! Whether targets let Tenure in.

use tenure_domain::target::TargetState;
use tenure_services::Ctx;
use tenure_services::targets::{TriedTarget, try_targets};

use super::Checks;

pub(super) async fn look(ctx: &Ctx, checks: &mut Checks) {
    match try_targets(ctx).await {
        Ok(targets) if targets.is_empty() => checks.note("targets", Ok("none are configured".to_owned())),
        Ok(targets) => targets.iter().for_each(|target| checks.note_foreign(&format!("target {}", target.name), words(target))),
        Err(error) => checks.note("targets", Err(error.to_string())),
    }
}

/// What it is or why that is not known, then whatever else somebody should know.
fn words(target: &TriedTarget) -> Result<String, String> {
    let mut more = Vec::new();
    if target.state == TargetState::Held {
        more.push("it is held: nothing is changed there".to_owned());
    }
    match target.needs_human {
        0 => {}
        1 => more.push("1 operation needs a human".to_owned()),
        n => more.push(format!("{n} operations need a human")),
    }
    let told = |first: String| std::iter::once(first).chain(more).collect::<Vec<_>>().join("; ");
    match &target.probed {
        Ok(probe) => {
            let remarks = probe.remarks.iter().map(|remark| format!("; {}", remark.trim_end_matches('.'))).collect::<String>();
            Ok(told(format!("{}, signed in as {}", probe.product, probe.signed_in_as)) + &remarks)
        }
        Err(fault) => Err(told(fault.words.clone())),
    }
}
