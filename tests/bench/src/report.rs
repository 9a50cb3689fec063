//! The figures, as JSON and as a table.

use serde_json::{Value, json};

use crate::Args;

/// All figures of a run.
pub struct Report {
    rows: Vec<Value>,
    sizes: Value,
}

impl Report {
    /// An empty report of a run of this size.
    pub fn new(args: &Args) -> Self {
        Self {
            rows: Vec::new(),
            sizes: json!({ "identities": args.rows, "grants": args.rows * args.grants, "credentials": args.rows * args.credentials }),
        }
    }

    /// A rate.
    pub fn rate(&mut self, engine: &str, what: &str, count: usize, seconds: f64, goal: &str) {
        self.put(json!({ "engine": engine, "what": what, "count": count, "seconds": seconds, "per_second": count as f64 / seconds, "goal": goal }));
    }

    /// Times, in milliseconds.
    pub fn times(&mut self, engine: &str, what: &str, mut ms: Vec<f64>, goal: &str) {
        ms.sort_by(f64::total_cmp);
        let at = |p: f64| ms.get(((ms.len() as f64 * p).ceil() as usize).clamp(1, ms.len().max(1)) - 1).copied().unwrap_or_default();
        self.put(json!({ "engine": engine, "what": what, "count": ms.len(), "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "goal": goal }));
    }

    /// An amount of memory or disk.
    pub fn size(&mut self, engine: &str, what: &str, bytes: u64, goal: &str) {
        self.put(json!({ "engine": engine, "what": what, "mb": bytes as f64 / 1e6, "goal": goal }));
    }

    fn put(&mut self, row: Value) {
        eprintln!("{row}");
        self.rows.push(row);
    }

    /// Writes both forms.
    pub fn finish(self, args: &Args) -> Result<(), Box<dyn std::error::Error>> {
        println!("| engine | what | figure | goal |\n|---|---|---|---|");
        for row in &self.rows {
            let number = |key: &str| row[key].as_f64().unwrap_or_default();
            let figure = if row.get("per_second").is_some() {
                format!("{:.0}/s ({} in {:.2} s)", number("per_second"), row["count"], number("seconds"))
            } else if row.get("p50_ms").is_some() {
                format!(
                    "p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms (n = {})",
                    number("p50_ms"),
                    number("p95_ms"),
                    number("p99_ms"),
                    row["count"]
                )
            } else {
                format!("{:.0} MB", number("mb"))
            };
            println!(
                "| {} | {} | {figure} | {} |",
                row["engine"].as_str().unwrap_or_default(),
                row["what"].as_str().unwrap_or_default(),
                row["goal"].as_str().unwrap_or_default()
            );
        }
        let all = json!({ "sizes": self.sizes, "figures": self.rows });
        match &args.json {
            Some(file) => std::fs::write(file, serde_json::to_string_pretty(&all)?)?,
            None => println!("{all}"),
        }
        Ok(())
    }
}
