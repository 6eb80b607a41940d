//! What stands beside exported records: where they come from, and under which licence.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use subxt::utils::{AccountId32, H256};
use tributary_primitives::{
    assets::Asset,
    datanets::{Encoder, Recipe},
    hashing::record_leaf,
    ids::RecordId,
    licences::{LicenceTerms, Refusal, Term, Use},
    merkle::Range,
};

use crate::{
    commands::licence::refused_call,
    failure::misuse,
    records::{Records, Shape},
};

/// `FILE.licence.json`, beside a file of records.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exported {
    /// The chain.
    pub(crate) genesis: H256,
    /// The datanet.
    pub(crate) datanet: u32,
    /// The last round whose records are there.
    pub(crate) round: u32,
    /// Whether those of earlier rounds are left out.
    pub(crate) only_this_round: bool,
    /// The least quality of a record, if any was asked for.
    pub(crate) min_quality: Option<u8>,
    /// How many records have less.
    pub(crate) left_out: usize,
    /// The identifier of the terms.
    pub(crate) terms_hash: H256,
    /// The datanet's licence.
    pub(crate) terms: LicenceTerms,
    /// Whose licence it is.
    pub(crate) steward: AccountId32,
    /// How records become vectors and are valued.
    pub(crate) recipe: ExportedRecipe,
    /// How many records there are.
    pub(crate) records: usize,
    /// Where they come from, in the order in which they stand.
    pub(crate) contributions: Vec<ExportedContribution>,
}

/// What models need of a recipe.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportedRecipe {
    /// How a record becomes a vector.
    pub(crate) encoder: Encoder,
    /// Numbers of a vector.
    pub(crate) dimension: u16,
    /// Labels are below this.
    pub(crate) classes: u16,
    /// Neighbours that answer when records are valued.
    pub(crate) neighbours: u8,
}

impl From<&Recipe> for ExportedRecipe {
    fn from(recipe: &Recipe) -> Self {
        Self {
            encoder: recipe.encoder,
            dimension: recipe.dimension,
            classes: recipe.classes,
            neighbours: recipe.neighbours,
        }
    }
}

/// A contribution whose records are there.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportedContribution {
    /// Its number.
    pub(crate) contribution: u32,
    /// Whose it is.
    pub(crate) contributor: AccountId32,
    /// The round that valued it.
    pub(crate) round: u32,
    /// How many of its records are there.
    pub(crate) records: usize,
    /// The positions of its other records, ascending.
    pub(crate) left_out: Vec<u16>,
    /// The root of all its records.
    pub(crate) root: H256,
    /// Its weight in the round's pool.
    pub(crate) weight: String,
    /// The first round that it is withdrawn from.
    pub(crate) withdrawn_since: Option<u32>,
}

impl ExportedContribution {
    /// The identifiers of its records that are there, if no position is impossible.
    fn ids(&self) -> Option<Vec<RecordId>> {
        let all = self.records.checked_add(self.left_out.len())?;
        let ascend = self.left_out.is_sorted_by(|one, next| one < next);
        let last = self.left_out.last();
        let fits = last.is_none_or(|last| usize::from(*last) < all);
        if !ascend || !fits || all > usize::from(u16::MAX) + 1 {
            return None;
        }
        let mut left_out = self.left_out.iter().peekable();
        let kept = (0..=u16::MAX)
            .take(all)
            .filter(|position| left_out.next_if_eq(&position).is_none());
        let id = |position| RecordId {
            contribution: self.contribution,
            position,
        };
        Some(kept.map(id).collect())
    }
}

/// Where what is said about a file of records stands.
pub(crate) fn alongside(file: &Path) -> PathBuf {
    let mut name = file.to_path_buf().into_os_string();
    name.push(".licence.json");
    name.into()
}

impl Exported {
    /// Reads what is said about a file of records.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let path = alongside(file);
        let shown = path.display();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => misuse!(
                "cannot read {shown}, which `datanet export` writes beside its records: {error}"
            ),
        };
        let exported: Self = match serde_json::from_slice(&bytes) {
            Ok(exported) => exported,
            Err(error) => misuse!("{shown} is not what `datanet export` writes: {error}"),
        };
        if exported.terms.id() != exported.terms_hash {
            misuse!("the terms in {shown} are not those whose hash it names");
        }
        Ok(exported)
    }

    /// What the records look like.
    pub(crate) fn shape(&self) -> Shape {
        Shape {
            encoder: self.recipe.encoder,
            dimension: self.recipe.dimension,
            classes: self.recipe.classes,
        }
    }

    /// Refuses a use that the licence does not allow, as the chain would for the call.
    pub(crate) fn ensure_allowed(&self, call: &str, wanted: Use) -> Result<()> {
        if self.terms.direct.contains(wanted) {
            return Ok(());
        }
        let asset = Asset::Datanet(self.datanet);
        let refusal = Refusal::through(0, asset, Term::Direct(wanted));
        Err(refused_call(call, &refusal).into())
    }

    /// The identifiers of the records, in the order of the file. Fails unless the records are those that it says: of each contribution as
    /// many, and if none was left out, the very ones that the chain has the root of.
    pub(crate) fn identify(&self, records: &Records) -> Result<Vec<RecordId>> {
        if records.len() != self.records {
            misuse!(
                "{} records where the licence file speaks of {}",
                records.len(),
                self.records
            );
        }
        let numbers = self.contributions.iter().map(|one| one.contribution);
        let mut ids = Vec::with_capacity(records.len());
        let mut items = records.iter();
        for contribution in &self.contributions {
            let number = contribution.contribution;
            let Some(own) = contribution.ids() else {
                misuse!("the licence file names impossible positions of contribution {number}");
            };
            let mut range = Range::default();
            for item in items.by_ref().take(own.len()) {
                range
                    .append(record_leaf(item.raw, item.label, item.features), 1)
                    .expect("memory holds fewer than 2^32 records; qed");
            }
            if contribution.left_out.is_empty() && range.root().hash != contribution.root {
                misuse!("the records of contribution {number} are not those that the chain has the root of");
            }
            ids.extend(own);
        }
        if ids.len() != records.len() || !numbers.is_sorted_by(|one, next| one < next) {
            misuse!("the contributions of the licence file do not make up its records");
        }
        Ok(ids)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{failure::Misuse, state::tests::scratch};
    use tributary_primitives::licences::presets;

    /// What an export of whole contributions, numbered 4, 6 and so on, says about them.
    pub(crate) fn exported(contributions: &[Records], shape: Shape) -> Exported {
        let terms = presets::mit();
        let contribution = |(number, records): (u32, &Records)| ExportedContribution {
            contribution: number,
            contributor: AccountId32([7; 32]),
            round: 1,
            records: records.len(),
            left_out: Vec::new(),
            root: records.root_hash(),
            weight: "340282366920938463463374607431768211455".to_owned(),
            withdrawn_since: None,
        };
        Exported {
            genesis: H256::repeat_byte(9),
            datanet: 3,
            round: 2,
            only_this_round: false,
            min_quality: None,
            left_out: 0,
            terms_hash: terms.id(),
            terms,
            steward: AccountId32([8; 32]),
            recipe: ExportedRecipe {
                encoder: shape.encoder,
                dimension: shape.dimension,
                classes: shape.classes,
                neighbours: 2,
            },
            records: contributions.iter().map(Records::len).sum(),
            contributions: (4u32..)
                .step_by(2)
                .zip(contributions)
                .map(contribution)
                .collect(),
        }
    }

    const SHAPE: Shape = Shape {
        encoder: Encoder::Vector,
        dimension: 2,
        classes: 3,
    };

    fn vectors(bytes: &[u8]) -> Records {
        Records::from_bytes(Encoder::Vector, 2, bytes).unwrap()
    }

    /// Two contributions, of two records and one, and both in one file.
    fn two() -> (Exported, Records) {
        let bytes = [1, 2, 0, 3, 4, 1, 5, 6, 2];
        let parts = [vectors(&bytes[..6]), vectors(&bytes[6..])];
        (exported(&parts, SHAPE), vectors(&bytes))
    }

    fn pairs(ids: &[RecordId]) -> Vec<(u32, u16)> {
        let pair = |id: &RecordId| (id.contribution, id.position);
        ids.iter().map(pair).collect()
    }

    fn refusal<T: std::fmt::Debug>(result: Result<T>) -> String {
        let error = result.expect_err("it is refused");
        assert!(error.downcast_ref::<Misuse>().is_some(), "{error}");
        error.to_string()
    }

    #[test]
    fn records_have_the_identifiers_of_the_chain() {
        let (exported, records) = two();
        let ids = exported.identify(&records).unwrap();
        assert_eq!(pairs(&ids), [(4, 0), (4, 1), (6, 0)]);
    }

    #[test]
    fn what_was_left_out_keeps_its_position() {
        let (mut exported, records) = two();
        exported.contributions[0].left_out = vec![0, 2];
        let ids = exported.identify(&records).unwrap();
        assert_eq!(pairs(&ids), [(4, 1), (4, 3), (6, 0)]);
        for impossible in [vec![2, 0], vec![1, 1], vec![0, 4]] {
            exported.contributions[0].left_out = impossible;
            let error = refusal(exported.identify(&records));
            assert!(error.contains("impossible positions"), "{error}");
        }
    }

    #[test]
    fn records_that_are_not_the_chains_are_refused() {
        let (exported, _) = two();
        for (bytes, says) in [
            (&[1, 2, 0, 3, 4, 1, 5, 6, 1][..], "contribution 6 are not"),
            (&[3, 4, 1, 1, 2, 0, 5, 6, 2], "contribution 4 are not"),
            (&[1, 2, 0, 3, 4, 1], "2 records where"),
        ] {
            let error = refusal(exported.identify(&vectors(bytes)));
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn contributions_that_do_not_make_up_the_records_are_refused() {
        let (exported, records) = two();
        let mut fewer = exported.clone();
        fewer.contributions.pop();
        let mut turned = exported.clone();
        turned.contributions[1].contribution = 4;
        let mut more = exported;
        more.contributions.push(more.contributions[1].clone());
        more.contributions[2].contribution = 8;
        more.contributions[2].left_out = vec![1];
        for wrong in [fewer, turned, more] {
            let error = refusal(wrong.identify(&records));
            assert!(error.contains("do not make up"), "{error}");
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_nothing_else_is() {
        let folder = scratch();
        let file = folder.path().join("data.csv");
        let (exported, _) = two();
        let says = |text: &str| {
            fs::write(alongside(&file), text).unwrap();
            Exported::read(&file)
        };
        assert!(refusal(Exported::read(&file)).contains("cannot read"));
        let text = serde_json::to_string(&exported).unwrap();
        assert_eq!(says(&text).unwrap(), exported);
        for (from, to, complaint) in [
            ("\"datanet\":3,", "", "missing field `datanet`"),
            (
                "\"datanet\":3",
                "\"datanet\":3,\"note\":1",
                "unknown field `note`",
            ),
            ("\"datanet\":3", "\"datanet\":-3", "invalid value"),
            (
                "\"commercial\":true",
                "\"commercial\":false",
                "are not those whose hash",
            ),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            let error = refusal(says(&changed));
            assert!(error.contains(complaint), "{error}");
        }
        refusal(says(&format!("{text}x")));
    }
}
