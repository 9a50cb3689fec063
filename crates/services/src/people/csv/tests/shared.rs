use std::fs;
use std::path::{Path, PathBuf};

use super::super::{manager_cycles, read_memberships};
use super::*;

/// The shared files of a kind, in order; empty, and said so, where there are none.
fn files(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/lifecycle");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no shared data");
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(kind)))
        .collect();
    files.sort();
    assert_eq!(files.len(), 60, "{}", folder.display());
    files
}

#[test]
fn every_shared_snapshot_of_people_is_read_without_a_rejected_row() {
    for path in files("people-") {
        let bytes = fs::read(&path).unwrap();
        let snapshot = taken(&bytes, &Mapping::default());
        assert_eq!(
            snapshot.rows.len(),
            bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() - 1,
            "{}",
            path.display()
        );
        assert_eq!(snapshot.warnings.len(), manager_cycles(&snapshot.rows).len(), "{}", path.display());
        assert!(snapshot.rows.iter().all(|row| row.start_on.is_some() && !row.email.is_empty()), "{}", path.display());
    }
}

#[test]
fn every_shared_list_of_memberships_is_read_without_a_rejected_row() {
    for path in files("memberships-") {
        let snapshot = read_memberships(fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(snapshot.rejected, [], "{}", path.display());
        assert!(!snapshot.rows.is_empty(), "{}", path.display());
    }
}
