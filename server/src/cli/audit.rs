//! `tenure audit …`

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use serde_json::json;
use tenure_services::{Ctx, audit};

use super::output::{Failed, Output};
use tenure_store::private;

pub(super) async fn verify(ctx: &Ctx, output: &Output, known: Option<&Path>) -> Result<(), Failed> {
    let known = known.map(std::fs::read_to_string).transpose().map_err(|e| Failed::new(format!("the checkpoint cannot be read: {e}")))?;
    // Nothing is sealed first: a sealer would refuse a damaged log, or mend what is to be found.
    let verdict = audit::verify_audit(ctx, known.as_deref()).await?;
    if verdict.sound {
        output.say(&verdict, || {
            format!(
                "{} events, {} sealed: nothing was changed, removed or put in between.\n  root {}",
                verdict.events,
                verdict.sealed,
                verdict.root.map(|r| r.to_string()).unwrap_or_default()
            )
        });
        Ok(())
    } else {
        let words = verdict
            .faults
            .iter()
            .take(20)
            .map(|f| format!("\n  {}{}", f.leaf.map(|n| format!("event {n}: ")).unwrap_or_default(), f.what))
            .collect::<String>();
        Err(Failed::with(format!("the audit log is not sound. The first fault comes first:{words}"), json!(verdict)))
    }
}

pub(super) async fn export(ctx: &Ctx, output: &Output, file: Option<&Path>) -> Result<(), Failed> {
    let failed = |e: std::io::Error| Failed::new(format!("the export cannot be written: {e}"));
    match file {
        Some(path) => {
            let mut to = BufWriter::new(private::new_file(path).map_err(failed)?);
            let events = audit::export_audit(ctx, &mut to, audit::ExportRange::default()).await?;
            to.flush().map_err(failed)?;
            output.say(&json!({ "file": path, "exported": events }), || format!("Written to {}.", path.display()));
        }
        None => {
            let mut to = BufWriter::new(std::io::stdout());
            audit::export_audit(ctx, &mut to, audit::ExportRange::default()).await?;
            to.flush().map_err(failed)?;
        }
    }
    Ok(())
}

pub(super) fn verify_file(output: &Output, file: &Path, key: Option<&str>) -> Result<(), Failed> {
    let key = key.map(str::parse).transpose().map_err(|e| Failed::new(format!("the key cannot be read: {e}")))?;
    let open = File::open(file).map_err(|e| Failed::new(format!("{} cannot be read: {e}", file.display())))?;
    let verdict = audit::verify_export(BufReader::new(open), key).map_err(|e| Failed::new(e.to_string()))?;
    if !verdict.sound {
        let words = verdict
            .faults
            .iter()
            .take(20)
            .map(|f| format!("\n  line {}{}: {}", f.line, f.leaf.map(|n| format!(", event {n}")).unwrap_or_default(), f.what))
            .collect::<String>();
        return Err(Failed::with(format!("the export is not sound. The first fault comes first:{words}"), json!(verdict)));
    }
    output.say(&verdict, || {
        let who =
            if verdict.key_given { "signed by the key that was given" } else { "who signed it is unproven, because no key was given" };
        format!(
            "{} of {} events: nothing was changed, removed or put in between; {who}.\n  root {}",
            verdict.events,
            verdict.size,
            verdict.root.map(|r| r.to_string()).unwrap_or_default()
        )
    });
    Ok(())
}
