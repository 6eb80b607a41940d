//! What a datanet's metadata say to programs: names of classes and columns, the size of images, and the scale by which decimal numbers
//! become the integers of a record.
//!
//! Metadata never change, so that everybody turns the same measurement into the same record. The keys are described in the client's
//! README, for programs in other languages as well.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::Result;
use serde::Deserialize;
use serde_json::value::RawValue;
use tributary_primitives::datanets::Recipe;

use crate::{
    chain::Snapshot,
    failure::{misuse, Misuse},
};

/// What the metadata of a datanet say. Metadata that are no JSON object say nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scheme {
    /// The name of each class.
    classes: Vec<String>,
    /// The name of each number of a vector.
    columns: Vec<String>,
    /// How decimal numbers become integers.
    quantisation: Option<Quantisation>,
    /// Width and height of an image.
    image: Option<(u32, u32)>,
}

/// Metadata as they are written. Other keys are the steward's own.
#[derive(Deserialize)]
struct Written<'a> {
    #[serde(default)]
    classes: Vec<String>,
    #[serde(default)]
    columns: Vec<String>,
    #[serde(borrow)]
    quantisation: Option<WrittenQuantisation<'a>>,
    image: Option<WrittenImage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenQuantisation<'a> {
    #[serde(borrow)]
    offset: &'a RawValue,
    #[serde(borrow)]
    scale: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenImage {
    width: u32,
    height: u32,
}

/// A number x becomes the integer q nearest to (x - offset) / scale; of two that are equally near the even one. Each step is one of
/// IEEE 754 in 64 bits, which gives the same everywhere. What is below -128 or above 127 becomes that.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantisation {
    offset: Numbers,
    scale: Numbers,
}

/// One number for all columns, or one for each.
#[derive(Clone, Debug, PartialEq)]
enum Numbers {
    All(f64),
    Each(Vec<f64>),
}

impl Numbers {
    /// Reads JSON. Not by way of its library, which may be a bit off in the last digit.
    fn read(name: &str, json: &RawValue, dimension: u16) -> Result<Self, String> {
        let number = |json: &RawValue| match json.get().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(format!("{} in `{name}` is not a number", json.get())),
        };
        if !json.get().starts_with('[') {
            return number(json).map(Self::All);
        }
        let each: Vec<&RawValue> =
            serde_json::from_str(json.get()).map_err(|error| format!("`{name}`: {error}"))?;
        if each.len() != usize::from(dimension) {
            return Err(format!(
                "`{name}` has {} numbers where the recipe asks for {dimension} features",
                each.len()
            ));
        }
        each.into_iter()
            .map(number)
            .collect::<Result<_, _>>()
            .map(Self::Each)
    }

    fn get(&self, column: usize) -> f64 {
        match self {
            Self::All(number) => *number,
            Self::Each(numbers) => numbers[column],
        }
    }

    fn iter(&self) -> impl Iterator<Item = &f64> {
        match self {
            Self::All(number) => std::slice::from_ref(number).iter(),
            Self::Each(numbers) => numbers.iter(),
        }
    }
}

impl Quantisation {
    /// The integer that stands for a number of a column, and whether it had to be clamped. Of what is no number, nothing.
    pub(crate) fn quantise(&self, column: usize, number: f64) -> Option<(i8, bool)> {
        if !number.is_finite() {
            return None;
        }
        let steps = ((number - self.offset.get(column)) / self.scale.get(column)).round_ties_even();
        let bounded = steps.clamp(i8::MIN.into(), i8::MAX.into());
        Some((bounded as i8, bounded != steps))
    }
}

impl Scheme {
    /// Reads metadata, and checks them against the recipe that they stand beside. Says what is wrong with them.
    pub(crate) fn read(metadata: &[u8], recipe: &Recipe) -> Result<Self, String> {
        let text = String::from_utf8_lossy(metadata);
        if !text.trim_start().starts_with('{') {
            return Ok(Self::default());
        }
        let written: Written = serde_json::from_str(&text)
            .map_err(|error| format!("it is no JSON object: {error}"))?;
        let dimension = recipe.dimension;
        let classes = written.classes;
        names("classes", &classes, recipe.classes)?;
        if let Some((label, name)) = misleading(&classes) {
            return Err(format!(
                "class {label} is named `{name}`, which is another one's number"
            ));
        }
        let columns = written.columns;
        names("columns", &columns, dimension)?;
        if columns.iter().any(|name| name == LABEL) {
            return Err(format!(
                "a column is named `{LABEL}`, as that of the class is"
            ));
        }
        let quantisation = match written.quantisation {
            Some(WrittenQuantisation { offset, scale }) => Some(Quantisation {
                offset: Numbers::read("offset", offset, dimension)?,
                scale: Numbers::read("scale", scale, dimension)?,
            }),
            None => None,
        };
        let scales = quantisation.iter().flat_map(|found| found.scale.iter());
        if let Some(scale) = scales.into_iter().find(|scale| **scale <= 0.0) {
            return Err(format!("{scale} in `scale` is not above 0"));
        }
        let image = written.image.map(|image| (image.width, image.height));
        if let Some((width, height)) = image {
            if u64::from(width) * u64::from(height) != u64::from(dimension) {
                return Err(format!(
                    "images of {width} x {height} have not the {dimension} features that the recipe asks for"
                ));
            }
        }
        Ok(Self {
            classes,
            columns,
            quantisation,
            image,
        })
    }

    /// What a datanet on the chain says.
    pub(crate) async fn fetch(
        state: &Snapshot,
        datanet: u32,
        recipe: &Recipe,
    ) -> Result<Result<Self, Misuse>> {
        let metadata: Option<Vec<u8>> = state.get("Datanets", "Metadata", (datanet,)).await?;
        let read = Self::read(&metadata.unwrap_or_default(), recipe);
        Ok(read.map_err(|error| Misuse(format!("the metadata of datanet {datanet}: {error}"))))
    }

    /// How decimal numbers become integers, if it is said.
    pub(crate) fn quantisation(&self) -> Option<&Quantisation> {
        self.quantisation.as_ref()
    }

    /// Width and height of images, if they are said.
    pub(crate) fn image(&self) -> Option<(u32, u32)> {
        self.image
    }

    /// The names of the numbers of a vector; none if they have none.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The name of a class, or else its number.
    pub(crate) fn class(&self, label: u8) -> String {
        self.name(label)
            .map_or_else(|| label.to_string(), ToOwned::to_owned)
    }

    /// The name of a class, if it has one.
    pub(crate) fn name(&self, label: u8) -> Option<&str> {
        self.classes.get(usize::from(label)).map(String::as_str)
    }

    /// The class that a name or number stands for, of so many.
    pub(crate) fn label(&self, text: &str, classes: u16) -> Option<u8> {
        if let Some(place) = self.classes.iter().position(|name| name == text) {
            return u8::try_from(place).ok();
        }
        let label = text.parse::<u8>().ok()?;
        (u16::from(label) < classes).then_some(label)
    }
}

/// The metadata that a steward gives, as text or in a file, if programs will understand them: they never change.
pub(crate) fn given(text: String, file: Option<&Path>, recipe: &Recipe) -> Result<Vec<u8>> {
    let metadata = match file {
        None => text.into_bytes(),
        Some(file) => match fs::read(file) {
            Ok(metadata) => metadata,
            Err(error) => misuse!("cannot read {}: {error}", file.display()),
        },
    };
    if let Err(error) = Scheme::read(&metadata, recipe) {
        misuse!("the metadata, which never change: {error}");
    }
    Ok(metadata)
}

/// The column of a record's class.
pub(crate) const LABEL: &str = "label";

/// Checks that there is no name, or one for each.
fn names(what: &str, names: &[String], count: u16) -> Result<(), String> {
    if names.is_empty() {
        return Ok(());
    }
    if names.len() != usize::from(count) {
        return Err(format!(
            "`{what}` has {} names where the recipe asks for {count}",
            names.len()
        ));
    }
    let mut seen = BTreeSet::new();
    for name in names {
        if name.trim() != name || name.is_empty() {
            return Err(format!(
                "`{what}` has `{name}`, which is empty or has space around it"
            ));
        }
        if !seen.insert(name) {
            return Err(format!("`{what}` has `{name}` twice"));
        }
    }
    Ok(())
}

/// A class whose name is the number of another.
fn misleading(classes: &[String]) -> Option<(usize, &str)> {
    let mut named = classes.iter().enumerate();
    let found = named.find(|(label, name)| {
        name.parse::<u64>()
            .is_ok_and(|other| other != *label as u64)
    });
    found.map(|(label, name)| (label, name.as_str()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::valuation::tests::recipe;
    use proptest::prelude::*;

    /// A scheme for vectors of so many numbers and so many classes.
    pub(crate) fn scheme(json: &str, dimension: u16, classes: u16) -> Result<Scheme, String> {
        let recipe = Recipe {
            dimension,
            classes,
            ..recipe()
        };
        Scheme::read(json.as_bytes(), &recipe)
    }

    #[test]
    fn metadata_that_are_no_json_say_nothing() {
        assert_eq!(
            scheme("Handwritten digits", 2, 2).unwrap(),
            Scheme::default()
        );
        assert_eq!(scheme("", 2, 2).unwrap(), Scheme::default());
        assert_eq!(
            scheme(r#"{"about": "digits"}"#, 2, 2).unwrap(),
            Scheme::default()
        );
    }

    #[test]
    fn classes_go_by_name_and_by_number() {
        let named = scheme(r#"{"classes": ["cat", "dog"]}"#, 2, 2).unwrap();
        assert_eq!(named.label("dog", 2), Some(1));
        assert_eq!(named.label("0", 2), Some(0));
        assert_eq!(named.label("2", 2), None);
        assert_eq!(named.label("Dog", 2), None);
        assert_eq!(named.class(1), "dog");
        let plain = Scheme::default();
        assert_eq!(plain.label("dog", 2), None);
        assert_eq!(plain.class(1), "1");
        assert!(scheme(r#"{"classes": ["0", "1"]}"#, 2, 2).is_ok());
    }

    #[test]
    fn what_does_not_fit_the_recipe_is_refused_with_the_reason() {
        for (json, says) in [
            (
                r#"{"classes": ["cat"]}"#,
                "has 1 names where the recipe asks for 2",
            ),
            (r#"{"classes": ["cat", "cat"]}"#, "`cat` twice"),
            (r#"{"classes": ["1", "0"]}"#, "another one's number"),
            (r#"{"classes": ["cat", ""]}"#, "empty"),
            (
                r#"{"columns": ["x", "label"]}"#,
                "a column is named `label`",
            ),
            (r#"{"columns": ["x"]}"#, "`columns` has 1 names"),
            (
                r#"{"quantisation": {"offset": 0, "scale": 0}}"#,
                "0 in `scale` is not above 0",
            ),
            (
                r#"{"quantisation": {"offset": [1], "scale": 1}}"#,
                "`offset` has 1 numbers",
            ),
            (
                r#"{"quantisation": {"offset": "a", "scale": 1}}"#,
                "is not a number",
            ),
            (
                r#"{"quantisation": {"offset": 1e999, "scale": 1}}"#,
                "is not a number",
            ),
            (
                r#"{"quantisation": {"offset": 0}}"#,
                "missing field `scale`",
            ),
            (
                r#"{"quantisation": {"offset": 0, "scale": 1, "zero": 1}}"#,
                "zero",
            ),
            (r#"{"image": {"width": 2, "height": 2}}"#, "2 x 2"),
            (r#"{"classes": 2}"#, "invalid type"),
        ] {
            let error = scheme(json, 2, 2).unwrap_err();
            assert!(error.contains(says), "{json}: {error}");
        }
    }

    #[test]
    fn numbers_become_the_nearest_integers_and_ties_even_ones() {
        let found = scheme(r#"{"quantisation": {"offset": 1, "scale": 0.5}}"#, 2, 2).unwrap();
        let found = found.quantisation().unwrap();
        for (number, integer, clamped) in [
            (1.0, 0, false),
            (1.25, 0, false),
            (1.75, 2, false),
            (0.75, 0, false),
            (0.25, -2, false),
            (64.5, 127, false),
            (64.75, 127, true),
            (-63.0, -128, false),
            (-63.4, -128, true),
            (1e300, 127, true),
        ] {
            assert_eq!(
                found.quantise(0, number),
                Some((integer, clamped)),
                "{number}"
            );
        }
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(found.quantise(0, number), None);
        }
    }

    #[test]
    fn columns_can_have_scales_of_their_own() {
        let found = scheme(
            r#"{"quantisation": {"offset": [0, 10], "scale": [1, 2.5e-1]}}"#,
            2,
            2,
        )
        .unwrap();
        let found = found.quantisation().unwrap();
        assert_eq!(found.quantise(0, 7.0), Some((7, false)));
        assert_eq!(found.quantise(1, 11.0), Some((4, false)));
    }

    proptest! {
        #[test]
        fn an_integer_stands_for_numbers_within_half_a_step(offset in -1e6..1e6f64, scale in 1e-3..1e3f64, integer: i8, part in -0.49..0.49f64) {
            let json = format!(r#"{{"quantisation": {{"offset": {offset:e}, "scale": {scale:e}}}}}"#);
            let found = scheme(&json, 1, 2).unwrap();
            let number = offset + scale * (f64::from(integer) + part);
            prop_assert_eq!(found.quantisation().unwrap().quantise(0, number), Some((integer, false)));
        }
    }
}
