//! Five years of real snapshots: each month does what the summary says.

use std::path::{Path, PathBuf};

use tenure_services::people::{PeopleSummary, import_people};

use super::support::*;

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lifecycle");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no shared data");
    None
}

/// month, people, joiners, movers, leavers.
fn expected(folder: &Path) -> Vec<(String, [usize; 4])> {
    let text = std::fs::read_to_string(folder.join("summary.csv")).unwrap();
    let line = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse().unwrap();
        (cells[0].to_owned(), [number(1), number(2), number(3), number(4)])
    };
    text.lines().skip(1).map(line).collect()
}

#[tokio::test]
async fn each_of_sixty_snapshots_does_what_the_summary_says_and_the_last_one_again_nothing() {
    let Some(folder) = folder() else { return };
    let months = expected(&folder);
    assert_eq!(months.len(), 60);
    on_each(async |app| {
        for (month, expected) in &months {
            let as_of = format!("{month}-01");
            let ctx = admin_at(&app, &format!("{as_of}T06:00:00Z"));
            let snapshot = std::fs::File::open(folder.join(format!("people-{month}.csv"))).unwrap();
            let done = import_people(&ctx, &options(&as_of), snapshot).await.unwrap();
            assert_eq!([done.people, done.joiners, done.movers, done.leavers], *expected, "{month}");
            let live = everybody(&app).await.iter().filter(|i| !i.state.has_ended()).count();
            assert_eq!(live, expected[0], "{month}");
        }

        let (month, last) = months.last().unwrap();
        let before = (everybody(&app).await, events(&app, "").await.len());
        let ctx = admin_at(&app, "2023-12-02T06:00:00Z");
        let snapshot = std::fs::File::open(folder.join(format!("people-{month}.csv"))).unwrap();
        let again = import_people(&ctx, &options(&format!("{month}-01")), snapshot).await.unwrap();
        assert_eq!(
            again,
            PeopleSummary {
                people: last[0],
                unchanged: last[0],
                plan: again.plan.clone(),
                warnings: again.warnings.clone(),
                ..PeopleSummary::default()
            }
        );
        assert_eq!((everybody(&app).await, events(&app, "").await.len()), before);
    })
    .await;
}
