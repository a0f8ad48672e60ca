//! Public data kept outside of the repository, which a user's clone does not have.

use std::path::{Path, PathBuf};

/// A folder or file of it: below `PIUX_SHARED`, or in a folder `shared` beside the repository. A test
/// that finds none skips, and says so.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let told = std::env::var_os("PIUX_SHARED").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|dir| dir.join("shared"));
    let found = told.into_iter().chain(above).map(|shared| shared.join(name));
    let found = found.into_iter().find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: no shared/{name} above the repository and no PIUX_SHARED");
    }
    found
}
