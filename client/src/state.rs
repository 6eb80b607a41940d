//! What must not be lost between two commands: salts and records of commitments that are not yet opened. A bond hangs on each.
//!
//! A file is written beside its place, flushed to disk, then renamed: it is there whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use subxt::utils::{AccountId32, H256};
use tributary_primitives::datanets::Encoder;

use crate::records::Records;

/// The directory of one chain's state.
#[derive(Clone, Debug)]
pub(crate) struct StateDirectory(PathBuf);

impl StateDirectory {
    /// The state of the chain with a genesis hash, under a root directory.
    pub(crate) fn new(root: &Path, genesis: H256) -> Self {
        Self(root.join(hex::encode(genesis)))
    }

    /// Keeps a commitment, with its records beside it. Nothing is signed before this has returned.
    pub(crate) fn keep(&self, commitment: &Commitment, records: &Records) -> Result<()> {
        create_directory(&self.0)?;
        write(&self.path(commitment, "records"), &records.to_bytes())?;
        self.update(commitment)
    }

    /// Keeps what has become of a commitment.
    pub(crate) fn update(&self, commitment: &Commitment) -> Result<()> {
        let json = serde_json::to_vec_pretty(commitment).context("writing down a commitment")?;
        write(&self.path(commitment, "json"), &json)
    }

    /// The records of a commitment.
    pub(crate) fn records(&self, commitment: &Commitment) -> Result<Records> {
        let path = self.path(commitment, "records");
        let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        Records::from_bytes(commitment.encoder, commitment.dimension, &bytes)
            .with_context(|| format!("reading {}", path.display()))
    }

    /// The commitments of a kind that an account has made in a round, in the order of their numbers.
    pub(crate) fn commitments(
        &self,
        kind: Kind,
        account: &AccountId32,
        datanet: u32,
        round: u32,
    ) -> Result<Vec<Commitment>> {
        let mut commitments: Vec<Commitment> = self.all()?;
        commitments.retain(|commitment| {
            commitment.kind == kind
                && commitment.account == *account
                && commitment.datanet == datanet
                && commitment.round == round
        });
        commitments.sort_by_key(|commitment| (commitment.number, commitment.root));
        Ok(commitments)
    }

    /// Every commitment in the directory.
    fn all<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        if !self.0.exists() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in
            fs::read_dir(&self.0).with_context(|| format!("reading {}", self.0.display()))?
        {
            let path = entry
                .with_context(|| format!("reading {}", self.0.display()))?
                .path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            let value = serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is damaged", path.display()))?;
            found.push(value);
        }
        Ok(found)
    }

    /// The file of a commitment. Its own hash in the name keeps two commitments from ever sharing one.
    fn path(&self, commitment: &Commitment, extension: &str) -> PathBuf {
        let Commitment {
            kind,
            datanet,
            round,
            hash,
            ..
        } = commitment;
        let kind = match kind {
            Kind::Contribution => "contribution",
            Kind::Slice => "slice",
        };
        self.0.join(format!(
            "{kind}-{datanet}-{round}-{}.{extension}",
            hex::encode(hash)
        ))
    }
}

/// What was committed to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Records that a contributor sells.
    Contribution,
    /// Records that a provider measures with.
    Slice,
}

/// A commitment to records, as it stands on disk.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Commitment {
    /// What it commits to.
    pub(crate) kind: Kind,
    /// Who it binds.
    pub(crate) account: AccountId32,
    /// Its datanet.
    pub(crate) datanet: u32,
    /// Its round.
    pub(crate) round: u32,
    /// What hides the root until it is opened.
    #[serde(with = "hex_bytes")]
    pub(crate) salt: [u8; 32],
    /// Root of the records.
    pub(crate) root: H256,
    /// The commitment itself, as the chain has it.
    pub(crate) hash: H256,
    /// How a record becomes a vector. Before there were texts, it was not written down.
    #[serde(default = "vector")]
    pub(crate) encoder: Encoder,
    /// Numbers of a record's vector.
    pub(crate) dimension: u16,
    /// How many records.
    pub(crate) records: u32,
    /// A slice's number; a contribution's, once the chain has given it one.
    pub(crate) number: Option<u32>,
}

fn vector() -> Encoder {
    Encoder::Vector
}

/// Bytes as hexadecimal text.
mod hex_bytes {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        bytes: &[u8; 32],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(D::Error::custom)?;
        Ok(bytes)
    }
}

/// Creates a directory that only its owner can enter.
pub(crate) fn create_directory(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("creating {}", path.display()))
}

/// Writes a file that only its owner can read, whole or not at all, and waits until it is on disk.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let directory = path.parent().expect("files lie in a directory; qed");
    // Another command for another account may write at the same moment.
    let beside = path.with_extension(format!("part-{}", std::process::id()));
    let _ = fs::remove_file(&beside);
    create_private(&beside, bytes)?;
    fs::rename(&beside, path).with_context(|| format!("writing {}", path.display()))?;
    sync_directory(directory)
}

/// Creates a file that only its owner can read, and waits until it is on disk. Fails if it exists.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("creating {}", path.display()))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .with_context(|| format!("writing {}", path.display()))
}

/// Waits until a directory's entries are on disk.
pub(crate) fn sync_directory(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    /// A new empty directory under the system's temporary one, which goes when this is dropped.
    pub(crate) fn scratch() -> TempDir {
        tempfile::Builder::new()
            .prefix("tributary-test-")
            .tempdir()
            .unwrap()
    }

    fn commitment(hash: u8) -> (Commitment, Records) {
        let records = Records::from_bytes(Encoder::Vector, 2, &[1, 2, 0, 3, 4, 1]).unwrap();
        let commitment = Commitment {
            kind: Kind::Contribution,
            account: AccountId32([7; 32]),
            datanet: 3,
            round: 1,
            salt: [9; 32],
            root: H256::repeat_byte(5),
            hash: H256::repeat_byte(hash),
            encoder: Encoder::Vector,
            dimension: 2,
            records: 2,
            number: None,
        };
        (commitment, records)
    }

    #[test]
    fn a_commitment_is_found_again_with_its_records() {
        let folder = scratch();
        let state = StateDirectory::new(folder.path(), H256::repeat_byte(1));
        let (mut kept, records) = commitment(1);
        state.keep(&kept, &records).unwrap();
        kept.number = Some(12);
        state.update(&kept).unwrap();

        let found = state
            .commitments(Kind::Contribution, &kept.account, 3, 1)
            .unwrap();
        assert_eq!(found, vec![kept.clone()]);
        assert_eq!(
            state.records(&found[0]).unwrap().to_bytes(),
            records.to_bytes()
        );
        assert!(state
            .commitments(Kind::Slice, &kept.account, 3, 1)
            .unwrap()
            .is_empty());
        assert!(state
            .commitments(Kind::Contribution, &kept.account, 3, 2)
            .unwrap()
            .is_empty());
    }

    #[test]
    fn a_commitment_to_texts_is_found_again_as_texts() {
        let folder = scratch();
        let state = StateDirectory::new(folder.path(), H256::repeat_byte(1));
        let records = crate::records::tests::texts(8, &[("one", 0), ("another", 1)]);
        let kept = Commitment {
            encoder: Encoder::Text,
            dimension: 8,
            ..commitment(1).0
        };
        state.keep(&kept, &records).unwrap();
        assert_eq!(state.records(&kept).unwrap(), records);
    }

    #[test]
    fn a_commitment_without_an_encoder_is_one_to_vectors() {
        let (commitment, _) = commitment(1);
        let mut json = serde_json::to_value(&commitment).unwrap();
        json.as_object_mut().unwrap().remove("encoder").unwrap();
        assert_eq!(
            serde_json::from_value::<Commitment>(json).unwrap(),
            commitment
        );
    }

    #[test]
    fn two_commitments_never_share_a_file() {
        let folder = scratch();
        let state = StateDirectory::new(folder.path(), H256::repeat_byte(1));
        let (first, records) = commitment(1);
        let (second, _) = commitment(2);
        state.keep(&first, &records).unwrap();
        state.keep(&second, &records).unwrap();
        assert_eq!(
            state
                .commitments(Kind::Contribution, &first.account, 3, 1)
                .unwrap()
                .len(),
            2
        );
    }

    #[test]
    fn only_its_owner_can_read_a_state_file() {
        let folder = scratch();
        let state = StateDirectory::new(folder.path(), H256::repeat_byte(1));
        let (kept, records) = commitment(1);
        state.keep(&kept, &records).unwrap();
        for extension in ["json", "records"] {
            let mode = fs::metadata(state.path(&kept, extension))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_is_an_error_and_not_a_missing_commitment() {
        let folder = scratch();
        let state = StateDirectory::new(folder.path(), H256::repeat_byte(1));
        let (kept, records) = commitment(1);
        state.keep(&kept, &records).unwrap();
        fs::write(state.path(&kept, "json"), b"{").unwrap();
        let error = state
            .commitments(Kind::Contribution, &kept.account, 3, 1)
            .unwrap_err();
        assert!(format!("{error:#}").contains("is damaged"));
    }
}
