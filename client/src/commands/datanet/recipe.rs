//! The recipe of a datanet, as people write it.

use serde::{Deserialize, Serialize};
use tributary_primitives::{
    datanets::{Encoder, Evidence, Periods, Recipe, KERNEL},
    Perbill,
};

use crate::money::{Amount, Part};

/// A recipe as people write it: amounts with a unit, parts in percent.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecipeFile {
    /// `Open`, or `Attested` with how many attestors must agree; open if nothing is said.
    #[serde(default = "open")]
    pub(super) evidence: Evidence,
    /// `Vector` or `Text`; vectors if nothing is said.
    #[serde(default = "vector")]
    encoder: Encoder,
    dimension: u16,
    classes: u16,
    neighbours: u8,
    horizon: u8,
    radius: u32,
    benchmark: u16,
    min_records: u16,
    max_records: u16,
    #[serde(serialize_with = "with_unit")]
    deposit_per_byte: Amount,
    #[serde(serialize_with = "with_unit")]
    fee_per_record: Amount,
    #[serde(serialize_with = "with_unit")]
    provider_bond: Amount,
    #[serde(serialize_with = "with_unit")]
    evaluator_bond: Amount,
    providers_share: Part,
    evaluator_share: Part,
    steward_share: Part,
    /// In how many parts half of sponsors' pay vests; left out, all is paid at once.
    #[serde(default)]
    vesting: u8,
    periods: Periods,
}

fn open() -> Evidence {
    Evidence::Open
}

fn vector() -> Encoder {
    Encoder::Vector
}

/// An amount as people write it.
fn with_unit<S: serde::Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}

impl From<&Recipe> for RecipeFile {
    fn from(recipe: &Recipe) -> Self {
        let part = |part: Perbill| Part(part.deconstruct());
        Self {
            evidence: recipe.evidence,
            encoder: recipe.encoder,
            dimension: recipe.dimension,
            classes: recipe.classes,
            neighbours: recipe.neighbours,
            horizon: recipe.horizon,
            radius: recipe.radius,
            benchmark: recipe.benchmark,
            min_records: recipe.min_records,
            max_records: recipe.max_records,
            deposit_per_byte: Amount(recipe.deposit_per_byte),
            fee_per_record: Amount(recipe.fee_per_record),
            provider_bond: Amount(recipe.provider_bond),
            evaluator_bond: Amount(recipe.evaluator_bond),
            providers_share: part(recipe.providers_share),
            evaluator_share: part(recipe.evaluator_share),
            steward_share: part(recipe.steward_share),
            vesting: recipe.vesting,
            periods: recipe.periods,
        }
    }
}

impl From<RecipeFile> for Recipe {
    fn from(file: RecipeFile) -> Self {
        let part = |part: Part| Perbill::from_parts(part.0);
        Self {
            evidence: file.evidence,
            encoder: file.encoder,
            dimension: file.dimension,
            classes: file.classes,
            neighbours: file.neighbours,
            horizon: file.horizon,
            radius: file.radius,
            benchmark: file.benchmark,
            min_records: file.min_records,
            max_records: file.max_records,
            deposit_per_byte: file.deposit_per_byte.0,
            fee_per_record: file.fee_per_record.0,
            provider_bond: file.provider_bond.0,
            evaluator_bond: file.evaluator_bond.0,
            providers_share: part(file.providers_share),
            evaluator_share: part(file.evaluator_share),
            steward_share: part(file.steward_share),
            vesting: file.vesting,
            periods: file.periods,
            kernel: KERNEL,
        }
    }
}

/// A recipe to begin with: handwritten digits of 8 x 8 pixels, phases of a day.
pub(super) fn example() -> RecipeFile {
    const DAY: u32 = 28_800;
    const MILLI: u128 = 1_000_000_000;
    RecipeFile {
        evidence: Evidence::Open,
        encoder: Encoder::Vector,
        dimension: 64,
        classes: 10,
        neighbours: 5,
        horizon: 32,
        radius: 100,
        benchmark: 100,
        min_records: 128,
        max_records: 4_096,
        deposit_per_byte: Amount(MILLI / 1_000),
        fee_per_record: Amount(MILLI),
        provider_bond: Amount(100_000 * MILLI),
        evaluator_bond: Amount(100_000 * MILLI),
        providers_share: Part(50_000_000),
        evaluator_share: Part(20_000_000),
        steward_share: Part(30_000_000),
        vesting: 4,
        periods: Periods {
            committing: DAY,
            delivering: DAY,
            revealing: DAY,
            publishing: DAY / 8,
            challenging: DAY / 2,
            window: DAY,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_recipe_file_is_read_as_it_was_written() {
        let recipe = Recipe::from(example());
        let text = serde_json::to_string(&RecipeFile::from(&recipe)).unwrap();
        assert!(text.contains("\"fee_per_record\":\"0.001 TRIB\""), "{text}");
        assert!(text.contains("\"providers_share\":\"5%\""), "{text}");
        let again: RecipeFile = serde_json::from_str(&text).unwrap();
        assert_eq!(Recipe::from(again), recipe);
    }

    #[test]
    fn a_recipe_file_says_whether_records_are_texts() {
        let mut json = serde_json::to_value(example()).unwrap();
        json["encoder"] = "Text".into();
        let encoder = |json| {
            let file: RecipeFile = serde_json::from_value(json).unwrap();
            Recipe::from(file).encoder
        };
        assert_eq!(encoder(json.clone()), Encoder::Text);
        json.as_object_mut().unwrap().remove("encoder").unwrap();
        assert_eq!(encoder(json.clone()), Encoder::Vector);
        json["encoder"] = "Image".into();
        assert!(serde_json::from_value::<RecipeFile>(json).is_err());
    }

    #[test]
    fn a_recipe_file_says_whether_rounds_are_attested() {
        let mut json = serde_json::to_value(example()).unwrap();
        assert_eq!(json["evidence"], "Open");
        let evidence = |json| {
            let file: RecipeFile = serde_json::from_value(json).unwrap();
            Recipe::from(file).evidence
        };
        json["evidence"] = json!({ "Attested": { "threshold": 2 } });
        assert_eq!(evidence(json.clone()), Evidence::Attested { threshold: 2 });
        json.as_object_mut().unwrap().remove("evidence").unwrap();
        assert_eq!(evidence(json), Evidence::Open);
    }

    #[test]
    fn a_recipe_file_with_a_misspelt_field_is_refused() {
        let mut json = serde_json::to_value(example()).unwrap();
        json["benchmarks"] = 1.into();
        let error = serde_json::from_value::<RecipeFile>(json).unwrap_err();
        assert!(error.to_string().contains("benchmarks"));
    }
}
