//! `tributary model train` and `tributary model predict`: models that anybody can make again.

use std::{
    fs,
    io::Write,
    num::NonZero,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::json;
use sp_core::H256;
use tributary_learning::{
    nearest, softmax, Data, Input, Kind, Model, Place, Shape, Source, MAX_NEIGHBOURS,
};
use tributary_primitives::{
    datanets::Encoder,
    hashing::record_leaf,
    licences::{LicenceTerms, Use},
    merkle::Range,
    metering::content,
};

use crate::{
    failure::{misuse, Misuse},
    files::{ensure_free, write_whole},
    output::{hex, Grid, Output},
    records::{self, Records},
};

/// `tributary model train`
#[derive(Args, Debug)]
pub(crate) struct Train {
    /// Records as `datanet export` wrote them; their licence lies beside
    data: PathBuf,
    /// What kind of model
    #[arg(long, value_enum)]
    kind: KindName,
    /// Where the model is written: its weights, for `model register --weights`
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Go on from the weights of this softmax model
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// How many neighbours a prediction of a K-NN model looks at
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_NEIGHBOURS)))]
    neighbours: u16,
    /// How many threads compute: what comes out is the same, to the bit [default: as many as there are processors]
    #[arg(long)]
    threads: Option<NonZero<usize>>,
    /// Records that were held back, to try the model on
    #[arg(long, value_name = "FILE")]
    test: Option<PathBuf>,
}

/// What kind of model, by name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum KindName {
    /// K nearest neighbours: its weights are the records, and each answer names those that made it
    Knn,
    /// Multinomial logistic regression
    Softmax,
}

/// `tributary model predict`
#[derive(Args, Debug)]
pub(crate) struct Predict {
    /// The model
    file: PathBuf,
    /// A vector, as in 1,-2,3
    #[arg(
        long,
        value_delimiter = ',',
        allow_hyphen_values = true,
        required_unless_present = "text"
    )]
    vector: Vec<i8>,
    /// A text
    #[arg(long, conflicts_with = "vector")]
    text: Option<String>,
}

/// What `datanet export` writes beside records, as far as it is needed.
#[derive(Deserialize)]
struct Licence {
    genesis: H256,
    datanet: u32,
    round: u32,
    shape: RecordShape,
    terms_hash: H256,
    terms: LicenceTerms,
    records: usize,
    contributions: Vec<Contribution>,
}

#[derive(Deserialize)]
struct RecordShape {
    encoder: Encoder,
    dimension: u16,
    classes: u16,
}

#[derive(Deserialize)]
struct Contribution {
    contribution: u32,
    records: usize,
    left_out: usize,
    root: H256,
}

impl Train {
    pub(crate) fn run(self) -> Result<Output> {
        if self.from.is_some() && self.kind == KindName::Knn {
            misuse!("nearest neighbours have no weights to go on from: leave --from out");
        }
        ensure_free(&self.out)?;
        let licence = Licence::beside(&self.data)?;
        licence.allows(self.kind, &self.data)?;
        let shape = licence.shape();
        let records = Records::read(&self.data, None, (&licence.shape).into())?;
        let data = licence.data(&records, &self.data)?;
        let count = data.len();
        let parent = self.from.as_deref().map(load).transpose()?;
        let bytes = read(&self.data)?;
        let source = Source {
            genesis: licence.genesis,
            datanet: licence.datanet,
            round: licence.round,
            records: content(&bytes),
            parent: parent.as_ref().map(Model::weights_hash).unwrap_or_default(),
        };
        let trained = match self.kind {
            KindName::Knn => nearest(source, shape, data, self.neighbours),
            KindName::Softmax => {
                let threads = match self.threads {
                    Some(threads) => threads,
                    None => thread::available_parallelism().context("counting processors")?,
                };
                softmax(source, shape, &data, parent.as_ref(), threads)
            }
        };
        let model = trained.map_err(|error| Misuse(error.to_string()))?;
        let right = match &self.test {
            Some(test) => Some(try_on(&model, test, &licence.shape)?),
            None => None,
        };
        write_whole(&self.out, |output| Ok(output.write_all(&model.to_bytes())?))?;

        let hash = hex(model.weights_hash());
        let mut json = json!({
            "file": self.out,
            "kind": name(model.kind()),
            "records": count,
            "weights_hash": hash,
            "trained_on": format!("{}:{}", licence.datanet, licence.round),
        });
        let mut fields = vec![
            ("model", name(model.kind()).to_owned()),
            ("records", count.to_string()),
            ("weights hash", hash),
        ];
        if let Some((right, tried)) = right {
            json["test"] = json!({ "right": right, "of": tried });
            let percent = 100.0 * right as f64 / tried as f64;
            fields.push(("right", format!("{right} of {tried}, {percent:.1} %")));
        }
        let mut output = Output::new(json).line(format!("Wrote {}.", self.out.display()));
        for field in fields {
            output = output.line(format!("{}: {}", field.0, field.1));
        }
        Ok(output)
    }
}

impl Licence {
    /// The licence that lies beside a file of records.
    fn beside(data: &Path) -> Result<Self> {
        let mut path = data.to_path_buf().into_os_string();
        path.push(".licence.json");
        let path = PathBuf::from(path);
        let bytes = read(&path).map_err(|error| {
            Misuse(format!(
                "{error}: records are trained on with the licence that `datanet export` writes beside them"
            ))
        })?;
        let licence: Self = serde_json::from_slice(&bytes)
            .map_err(|error| Misuse(format!("{}: {error}", path.display())))?;
        if licence.terms.id() != licence.terms_hash {
            misuse!(
                "{} states other terms than those of its hash",
                path.display()
            );
        }
        Ok(licence)
    }

    fn shape(&self) -> Shape {
        let RecordShape {
            encoder,
            dimension,
            classes,
        } = self.shape;
        Shape {
            encoder,
            dimension,
            classes,
        }
    }

    /// Refuses what the terms do not allow. Whether they have expired only the chain can tell: it does, when the model is registered.
    fn allows(&self, kind: KindName, data: &Path) -> Result<()> {
        let needed: &[Use] = match kind {
            KindName::Knn => &[Use::Train, Use::Retrieve],
            KindName::Softmax => &[Use::Train],
        };
        for needed in needed {
            if !self.terms.direct.contains(*needed) {
                misuse!(
                    "the licence of {} does not allow this: it lacks {needed:?}",
                    data.display()
                );
            }
        }
        Ok(())
    }

    /// The records with where they come from, if they are those of the licence.
    fn data(&self, records: &Records, file: &Path) -> Result<Data> {
        let stated = self
            .contributions
            .iter()
            .try_fold(0usize, |sum, one| sum.checked_add(one.records));
        if stated != Some(self.records) || self.records != records.len() {
            misuse!(
                "{} has {} records, and its licence states {}",
                file.display(),
                records.len(),
                self.records
            );
        }
        let mut data = Data::default();
        let mut items = records.iter();
        for one in &self.contributions {
            let mut tree = Range::default();
            for (record, item) in (0..).zip(items.by_ref().take(one.records)) {
                let leaf = record_leaf(item.raw, item.label, item.features);
                tree.append(leaf, 1)
                    .map_err(|_| Misuse("there are more than 2^32 records".to_owned()))?;
                let place = Place {
                    contribution: one.contribution,
                    record,
                };
                data.push(&signed(item.features), item.label, place);
            }
            // With records left out, the tree on the chain is another one.
            if one.left_out == 0 && tree.root().hash != one.root {
                misuse!(
                    "the records of contribution {} in {} are not those that are on the chain",
                    one.contribution,
                    file.display()
                );
            }
        }
        Ok(data)
    }
}

impl From<&RecordShape> for records::Shape {
    fn from(shape: &RecordShape) -> Self {
        Self {
            encoder: shape.encoder,
            dimension: shape.dimension,
            classes: shape.classes,
        }
    }
}

impl Predict {
    pub(crate) fn run(self) -> Result<Output> {
        let model = load(&self.file)?;
        let input = match &self.text {
            Some(text) => Input::Text(text),
            None => Input::Vector(&self.vector),
        };
        let said = model
            .predict(input)
            .map_err(|error| Misuse(error.to_string()))?;
        let mut table = Grid::new([">contribution", ">record", ">label", ">squared distance"]);
        for near in &said.neighbours {
            let place = near.place;
            table.row([
                &place.contribution,
                &place.record,
                &near.label,
                &near.distance,
            ]);
        }
        let neighbours = said.neighbours.iter().map(|near| {
            json!({
                "contribution": near.place.contribution,
                "record": near.place.record,
                "label": near.label,
                "distance": near.distance,
            })
        });
        let json = json!({
            "label": said.label,
            "scores": said.scores,
            "neighbours": neighbours.collect::<Vec<_>>(),
        });
        let score = said.scores.get(usize::from(said.label));
        let percent = 100.0 * score.copied().unwrap_or_default();
        let output = Output::new(json).line(format!("Class {} ({percent:.1} %)", said.label));
        Ok(if said.neighbours.is_empty() {
            output
        } else {
            output.table(table)
        })
    }
}

/// How many records a model tells the class of, and of how many.
fn try_on(model: &Model, test: &Path, shape: &RecordShape) -> Result<(usize, usize)> {
    let records = Records::read(test, None, shape.into())?;
    let mut right = 0;
    for item in records.iter() {
        let features = signed(item.features);
        let text = std::str::from_utf8(item.raw).unwrap_or_default();
        let input = match shape.encoder {
            Encoder::Vector => Input::Vector(&features),
            Encoder::Text => Input::Text(text),
        };
        let said = model
            .predict(input)
            .map_err(|error| Misuse(format!("{}: {error}", test.display())))?;
        right += usize::from(said.label == item.label);
    }
    Ok((right, records.len()))
}

/// Reads a model that somebody trained.
pub(crate) fn load(file: &Path) -> Result<Model> {
    let model = Model::from_bytes(&read(file)?);
    Ok(model.map_err(|error| Misuse(format!("{}: {error}", file.display())))?)
}

fn read(file: &Path) -> Result<Vec<u8>, Misuse> {
    fs::read(file).map_err(|error| Misuse(format!("cannot read {}: {error}", file.display())))
}

fn signed(features: &[u8]) -> Vec<i8> {
    features.iter().map(|byte| byte.cast_signed()).collect()
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Nearest => "nearest neighbours",
        Kind::Softmax => "softmax",
    }
}
