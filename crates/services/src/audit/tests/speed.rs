//! How quick it is. Not a part of the suite: `cargo test --release -p tenure-services audit::tests::speed -- --ignored --nocapture`,
//! with the number of events in `TENURE_TEST_EVENTS`.

use std::time::Instant;

use super::*;
use crate::audit::{ExportRange, export_audit, verify_export};
use crate::testing;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures"]
async fn speed() {
    let events: usize = std::env::var("TENURE_TEST_EVENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    for trial in trials().await {
        let rate = |since: Instant| (events as f64 / since.elapsed().as_secs_f64()) as u64;
        let begin = Instant::now();
        for _ in 0..events / 1000 {
            trial.record(1000).await;
        }
        println!("{:?}: {events} events, recorded {}/s, most memory {}", trial.app.store, rate(begin), most_memory());
        let begin = Instant::now();
        trial.seal().await;
        println!("  sealed {}/s, most memory {}", rate(begin), most_memory());
        let begin = Instant::now();
        let verdict = trial.verify().await;
        println!("  verified {}/s in {:?} (sound: {}), most memory {}", rate(begin), begin.elapsed(), verdict.sound, most_memory());
        let file = std::env::temp_dir().join(format!("tenure-audit-{}.jsonl", std::process::id()));
        let begin = Instant::now();
        let mut out = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
        export_audit(&trial.ctx, &mut out, ExportRange::default()).await.unwrap();
        drop(out);
        println!("  exported {}/s, {} bytes, most memory {}", rate(begin), std::fs::metadata(&file).unwrap().len(), most_memory());
        let begin = Instant::now();
        let verdict =
            verify_export(std::io::BufReader::new(std::fs::File::open(&file).unwrap()), Some(testing::keys().public_key())).unwrap();
        println!("  verified the export {}/s (sound: {})", rate(begin), verdict.sound);
        std::fs::remove_file(&file).unwrap();
    }
}

/// The most memory this process has had, where the system says it.
fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim().to_owned()
}
