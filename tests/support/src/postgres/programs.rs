//! Where PostgreSQL's server programs are. Debian keeps them out of the path, by version.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The folder that holds `initdb`, `postgres` and `pg_isready`.
#[derive(Clone, Debug)]
pub struct Programs(PathBuf);

impl Programs {
    /// `TENURE_POSTGRES_BIN`, else Debian's newest version, else the path.
    pub fn find() -> Option<Self> {
        if let Some(folder) = env::var_os("TENURE_POSTGRES_BIN") {
            return Self::at(Path::new(&folder));
        }
        let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut versions: Vec<(u32, PathBuf)> = debian
            .filter_map(|entry| {
                let version = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        versions.sort_unstable();
        let path = env::var_os("PATH").unwrap_or_default();
        let newest_first = versions.into_iter().rev().map(|(_, folder)| folder);
        newest_first.chain(env::split_paths(&path)).find_map(|folder| Self::at(&folder))
    }

    fn at(folder: &Path) -> Option<Self> {
        let all = ["initdb", "postgres", "pg_isready"];
        let complete = all.iter().all(|program| folder.join(program).is_file());
        complete.then(|| Programs(folder.to_owned()))
    }

    /// The full path of one program.
    pub fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }
}
