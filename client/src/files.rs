//! Files that people asked for.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::failure::misuse;

/// Refuses a place where something is already: a file of records may be somebody's only one.
pub(crate) fn ensure_free(path: &Path) -> Result<()> {
    if path.as_os_str() == "-" {
        misuse!("what is written goes to a file, not to standard output: name one");
    }
    if path.symlink_metadata().is_ok() {
        misuse!(
            "{} exists already: name another file, or remove it",
            path.display()
        );
    }
    Ok(())
}

/// Writes a file beside its place and renames it: it is there whole or not at all.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    let what = || format!("writing {}", path.display());
    let mut beside = path.to_path_buf().into_os_string();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut output = BufWriter::new(File::create(&beside).with_context(what)?);
    write(&mut output).with_context(what)?;
    output.flush().with_context(what)?;
    output.get_ref().sync_all().with_context(what)?;
    fs::rename(&beside, path).with_context(what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::scratch;

    #[test]
    fn what_is_there_already_is_not_written_over() {
        let folder = scratch();
        let file = folder.path().join("mine.csv");
        ensure_free(&file).unwrap();
        fs::write(&file, "1,2,0").unwrap();
        let error = ensure_free(&file).unwrap_err();
        assert!(error.to_string().contains("exists already"), "{error}");
        assert!(ensure_free(Path::new("-")).is_err());
        assert!(ensure_free(Path::new("/dev/null")).is_err());
    }
}
