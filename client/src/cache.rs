//! Records that were fetched before, so that a round costs its own records and not those of all rounds before it.
//!
//! A file is named by the root of its records and checked against that when it is read: what is damaged or forged is fetched again.

use std::{fs, path::PathBuf};

use anyhow::Result;
use subxt::utils::H256;
use tributary_primitives::datanets::Encoder;

use crate::{output::remark, records::Records, state};

/// Where fetched records lie. Records are public: whoever has the root has a right to them.
#[derive(Clone, Debug)]
pub(crate) struct Cache(Option<PathBuf>);

impl Cache {
    /// Records in a folder, which is made when it is needed.
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self(Some(folder))
    }

    /// Nothing is kept.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// The records of a root, if they are here and whole.
    pub(crate) fn get(&self, encoder: Encoder, dimension: u16, root: H256) -> Option<Records> {
        let bytes = fs::read(self.path(root)?).ok()?;
        let records = Records::from_bytes(encoder, dimension, &bytes).ok()?;
        (records.root_hash() == root).then_some(records)
    }

    /// Keeps records. Nothing depends on it: where it fails, for want of space say, they are fetched again next time.
    pub(crate) fn put(&self, records: &Records) {
        let Some(path) = self.path(records.root_hash()) else {
            return;
        };
        let kept = || -> Result<()> {
            if let Some(folder) = path.parent() {
                state::create_directory(folder)?;
            }
            state::write(&path, &records.to_bytes())
        };
        if let Err(error) = kept() {
            remark(format!("Fetched records are not kept: {error:#}"));
        }
    }

    fn path(&self, root: H256) -> Option<PathBuf> {
        let folder = self.0.as_ref()?;
        Some(folder.join(format!("{}.records", hex::encode(root))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::scratch;

    fn records() -> Records {
        Records::from_bytes(Encoder::Vector, 2, &[1, 2, 0, 3, 4, 1]).unwrap()
    }

    #[test]
    fn records_are_kept_by_their_root() {
        let folder = scratch();
        let cache = Cache::in_folder(folder.path().join("records"));
        let records = records();
        let root = records.root_hash();
        assert!(cache.get(Encoder::Vector, 2, root).is_none());
        cache.put(&records);
        cache.put(&records);
        let found = cache.get(Encoder::Vector, 2, root).unwrap();
        assert_eq!(found.to_bytes(), records.to_bytes());
        // In another shape they have another root.
        assert!(cache.get(Encoder::Vector, 5, root).is_none());
        assert!(cache.get(Encoder::Vector, 2, H256::zero()).is_none());
    }

    #[test]
    fn what_is_damaged_is_not_used_and_is_replaced() {
        let folder = scratch();
        let cache = Cache::in_folder(folder.path().into());
        let records = records();
        let root = records.root_hash();
        cache.put(&records);
        let path = cache.path(root).unwrap();
        for wrong in [&[1, 2, 0, 3, 4, 0][..], &[1, 2, 0, 3], &[]] {
            fs::write(&path, wrong).unwrap();
            assert!(cache.get(Encoder::Vector, 2, root).is_none());
        }
        cache.put(&records);
        assert!(cache.get(Encoder::Vector, 2, root).is_some());
    }

    #[test]
    fn a_folder_that_cannot_be_written_costs_nothing_but_the_next_fetch() {
        let folder = scratch();
        let file = folder.path().join("file");
        fs::write(&file, "in the way").unwrap();
        let cache = Cache::in_folder(file);
        cache.put(&records());
        assert!(cache
            .get(Encoder::Vector, 2, records().root_hash())
            .is_none());
        let none = Cache::none();
        none.put(&records());
        assert!(none
            .get(Encoder::Vector, 2, records().root_hash())
            .is_none());
    }
}
