//! The file, and what its verification says of it.

use super::*;
use crate::audit::{ExportError, ExportRange, ExportVerdict, export_audit, verify_export};
use crate::{ServiceError, testing};

const ALL: ExportRange = ExportRange { from: None, to: None };

async fn export(trial: &Trial, range: ExportRange) -> String {
    let mut file = Vec::new();
    export_audit(&trial.ctx, &mut file, range).await.unwrap();
    String::from_utf8(file).unwrap()
}

fn verify(file: &str) -> ExportVerdict {
    verify_export(file.as_bytes(), Some(testing::keys().public_key())).unwrap()
}

fn without_line(file: &str, line: usize) -> String {
    file.split_inclusive('\n').enumerate().filter(|(n, _)| *n != line).map(|(_, l)| l).collect()
}

#[tokio::test]
async fn a_whole_export_proves_itself() {
    for trial in sealed_trials().await {
        trial.record(3).await;
        let file = export(&trial, ALL).await;
        let verdict = verify(&file);
        assert!(verdict.sound && verdict.whole && verdict.key_given, "{:#?}", verdict.faults);
        // What was not sealed before, and the export itself, are in it.
        assert_eq!((verdict.events, verdict.size, verdict.from, verdict.to), (28, 28, 0, 28));
        let last = file.lines().last().unwrap();
        assert!(last.contains("audit.exported"), "{last}");
        assert!(file.starts_with("{\"format\":\"tenure-audit-1\",\"origin\":\"tenure/"));
        // The texts are the stored ones, byte for byte.
        for (line, row) in file.lines().skip(1).zip(trial.rows().await) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!((line["leaf"].as_i64(), line["body"].as_str()), (row.leaf, row.body.ok().as_deref()));
        }
    }
}

#[tokio::test]
async fn a_part_proves_itself_and_says_that_it_is_one() {
    for trial in sealed_trials().await {
        let file = export(&trial, ExportRange { from: Some(5), to: Some(9) }).await;
        let verdict = verify(&file);
        assert!(verdict.sound && !verdict.whole);
        assert_eq!((verdict.events, verdict.from, verdict.to, verdict.size), (4, 5, 9, 25));
        let file = export(&trial, ExportRange { from: Some(500), to: Some(900) }).await;
        assert_eq!((verify(&file).sound, verify(&file).events), (true, 0));
        let refused = export_audit(&trial.ctx, &mut Vec::new(), ExportRange { from: Some(9), to: Some(5) }).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    }
}

#[tokio::test]
async fn an_export_of_more_events_than_a_piece_holds_is_whole() {
    for trial in trials().await {
        trial.record(2500).await;
        let verdict = verify(&export(&trial, ALL).await);
        assert!(verdict.sound && verdict.whole);
        assert_eq!(verdict.events, 2502);
    }
}

#[tokio::test]
async fn each_line_that_was_changed_removed_or_put_in_is_named() {
    let trial = sealed_trials().await.remove(0);
    let file = export(&trial, ALL).await;
    let first = |file: &str| {
        let verdict = verify(file);
        assert!(!verdict.sound);
        let fault = verdict.faults[0].clone();
        (fault.line, fault.leaf, fault.what)
    };
    for line in [2, 9, 26] {
        let leaf = u64::try_from(line - 2).unwrap();
        let lines: Vec<_> = file.lines().collect();
        let changed = file.replace(lines[line - 1], &lines[line - 1].replacen(r#"\"channel\":\"c"#, r#"\"channel\":\"d"#, 1));
        let (at, number, what) = first(&changed);
        assert_eq!((at, number), (line as u64, Some(leaf)));
        assert!(what.starts_with(&format!("the event is not the one that was sealed with number {leaf}: ")), "{what}");
        let removed = without_line(&file, line - 1);
        let (_, number, what) = first(&removed);
        assert_eq!(number, Some(leaf));
        assert!(what.contains("missing"), "{what}");
        let doubled = file.replace(lines[line - 1], &format!("{}\n{}", lines[line - 1], lines[line - 1]));
        let (at, number, what) = first(&doubled);
        assert_eq!((at, number), (line as u64 + 1, Some(leaf)));
        assert!(what.contains("comes again"), "{what}");
        let nonsense = file.replace(lines[line - 1], &format!("nonsense\n{}", lines[line - 1]));
        assert_eq!(first(&nonsense).0, line as u64);
    }
}

#[tokio::test]
async fn a_changed_proof_checkpoint_or_range_is_named() {
    let trial = sealed_trials().await.remove(0);
    let file = export(&trial, ALL).await;
    let line = file.lines().nth(4).unwrap();
    let short = file.replace(line, &line.replacen("\"proof\":[\"", "\"proof\":[\"00", 1));
    assert_eq!(verify(&short).faults[0].line, 5);
    let checkpoint = verify(&file.replacen("\\n25\\n", "\\n26\\n", 1));
    assert!(checkpoint.faults[0].what.starts_with("the checkpoint cannot be trusted"), "{:#?}", checkpoint.faults);
    // Whoever cuts the end off must say so in the first line, and is then no longer whole.
    let cut = without_line(&file, 25).replacen("\"to\":25", "\"to\":24", 1);
    let cut = verify(&cut);
    assert!(cut.sound && !cut.whole);
    assert_eq!(verify(&file.replacen("\"to\":25", "\"to\":99", 1)).faults[0].line, 1);
}

#[tokio::test]
async fn without_a_key_the_file_proves_itself_only() {
    let trial = sealed_trials().await.remove(0);
    let file = export(&trial, ALL).await;
    let verdict = verify_export(file.as_bytes(), None).unwrap();
    assert!(verdict.sound && !verdict.key_given);
    let other = tenure_vault::Keys::ephemeral().unwrap().public_key();
    let verdict = verify_export(file.as_bytes(), Some(other)).unwrap();
    assert!(!verdict.sound && verdict.key_given);
}

#[test]
fn what_is_no_export_is_refused() {
    for file in ["", "\n", "{}", "[1]\n", "{\"format\":\"tenure-audit-2\"}"] {
        assert!(matches!(verify_export(file.as_bytes(), None), Err(ExportError::Header(_))), "{file:?}");
    }
}

#[tokio::test]
async fn a_line_without_end_takes_no_memory() {
    use std::io::{BufReader, Read};
    let trial = sealed_trials().await.remove(0);
    let file = export(&trial, ALL).await;
    let endless = std::io::repeat(b'x').take(200 << 20);
    let verdict = verify_export(BufReader::new(file.as_bytes().chain(endless)), None).unwrap();
    assert_eq!((verdict.fault_count, verdict.faults[0].line), (1, 27));
}

#[tokio::test]
async fn a_log_that_is_not_sound_is_not_exported() {
    for trial in sealed_trials().await {
        trial.sql("DELETE FROM audit_events WHERE leaf = 3").await;
        let error = export_audit(&trial.ctx, &mut Vec::new(), ALL).await.unwrap_err().to_string();
        assert!(error.starts_with("nothing is exported"), "{error}");
    }
}

#[tokio::test]
async fn a_changed_text_is_exported_and_named_by_the_files_verification() {
    for trial in sealed_trials().await {
        trial.sql("UPDATE audit_events SET body = replace(body, 'Ada', 'Eve') WHERE leaf = 3").await;
        let verdict = verify(&export(&trial, ALL).await);
        assert_eq!((verdict.fault_count, verdict.faults[0].leaf, verdict.faults[0].line), (1, Some(3), 5));
    }
}
