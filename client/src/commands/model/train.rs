//! `tributary model train` and `tributary model predict`: models of what a datanet has admitted.

use std::{
    fs,
    io::Write,
    num::NonZero,
    path::{Path, PathBuf},
    thread,
};

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{json, Value};
use subxt::{
    config::{substrate::BlakeTwo256, Hasher},
    utils::H256,
};
use tributary_learning::{Descent, Error, Examples, Input, Kind, Model, Prediction, Source};
use tributary_primitives::{datanets::Encoder, licences::Use};

use super::register::CALL;
use crate::{
    exported::Exported,
    failure::{misuse, Misuse},
    files::{ensure_free, write_whole},
    output::{count, hex, Grid, Output},
    records::{Records, Shape},
};

/// How a model answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum KindArgument {
    /// By the records nearest to what is asked, as they are valued.
    Knn,
    /// By multinomial logistic regression.
    Softmax,
}

/// `tributary model train`
#[derive(Args, Debug)]
pub(crate) struct Train {
    /// Records that `datanet export` wrote, with their licence beside them.
    data: PathBuf,
    /// How the model answers.
    #[arg(long, value_enum)]
    kind: KindArgument,
    /// Where the model is written.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A softmax model to begin with.
    #[arg(long, value_name = "FILE", conflicts_with = "neighbours")]
    from: Option<PathBuf>,
    /// How many neighbours answer, 1 to 32 [default: the recipe's]
    #[arg(long, value_name = "1-32", value_parser = clap::value_parser!(u8).range(1..=32))]
    neighbours: Option<u8>,
    /// How many steps lead to a softmax model.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    steps: u32,
    /// How many threads compute it; the model is the same [default: as many as there are cores]
    #[arg(long)]
    threads: Option<NonZero<usize>>,
    /// Records to try the model on.
    #[arg(long, value_name = "FILE")]
    test: Option<PathBuf>,
}

/// `tributary model predict`
#[derive(Args, Debug)]
pub(crate) struct Predict {
    /// The model.
    file: PathBuf,
    /// The numbers of a vector, as the datanet's records have them.
    #[arg(
        long,
        value_name = "1,2,3",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    input: Vec<i8>,
    /// A text.
    #[arg(long, conflicts_with = "input", required_unless_present = "input")]
    text: Option<String>,
}

impl Train {
    pub(super) fn run(self) -> Result<Output> {
        if self.kind == KindArgument::Knn && self.from.is_some() {
            misuse!("nearest neighbours begin with no other model: --from is for softmax");
        }
        if self.kind == KindArgument::Softmax && self.neighbours.is_some() {
            misuse!("no neighbours answer for softmax: --neighbours is for knn");
        }
        ensure_free(&self.out)?;
        let exported = Exported::read(&self.data)?;
        let wanted = match self.kind {
            KindArgument::Knn => Use::Retrieve,
            KindArgument::Softmax => Use::Train,
        };
        exported.ensure_allowed(CALL, wanted)?;
        let records = Records::read(&self.data, None, exported.shape())?;
        let model = self.model(&exported, &records)?;
        let trial = self.test.as_deref();
        let trial = trial.map(|path| try_on(&model, path)).transpose()?;
        write_whole(&self.out, |output| Ok(output.write_all(&model.to_bytes())?))?;

        let pool = format!("{}:{}", exported.datanet, exported.round);
        let origin = match model.kind() {
            Kind::Neighbours => format!("--retrieves-from {pool}"),
            Kind::Softmax => format!("--trained-on {pool}"),
        };
        let accuracy = trial.as_ref().map_or_else(String::new, |trial| {
            let records = count(trial.records, "record");
            format!("{:.2} % of {records}", trial.accuracy() * 100.0)
        });
        let mut json = description(&model);
        json["file"] = json!(self.out);
        json["records"] = records.len().into();
        json["registered_with"] = origin.clone().into();
        json["test"] = trial.as_ref().map_or(Value::Null, Trial::json);
        Ok(Output::new(json)
            .fields([
                ("kind", model.kind().to_string()),
                ("records", records.len().to_string()),
                ("right", accuracy),
                ("weights", hex(model.weights_hash())),
            ])
            .line(format!(
                "Wrote the model to {}. It is registered with --weights {0} {origin}.",
                self.out.display()
            )))
    }

    fn model(&self, exported: &Exported, records: &Records) -> Result<Model> {
        let ids = exported.identify(records)?;
        let labels = records.iter().map(|item| item.label).collect();
        let features = records.iter().flat_map(|item| item.features);
        let features = features.map(|byte| *byte as i8).collect();
        let shape = learnt(records.encoder(), exported.shape());
        let source = Source {
            genesis: exported.genesis,
            datanet: exported.datanet,
            round: exported.round,
            terms: exported.terms_hash,
            records: hash(&records.to_bytes()),
            parent: None,
        };
        let examples = Examples::new(shape, ids, labels, features).map_err(misused)?;
        let model = match self.kind {
            KindArgument::Knn => {
                let neighbours = self.neighbours.unwrap_or(exported.recipe.neighbours);
                Model::neighbours(examples, source, neighbours)
            }
            KindArgument::Softmax => {
                let parent = self.from.as_deref().map(read).transpose()?;
                let cores = || thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
                let descent = Descent {
                    steps: self.steps,
                    threads: self.threads.unwrap_or_else(cores),
                };
                Model::softmax(&examples, source, parent.as_ref(), descent)
            }
        };
        Ok(model.map_err(misused)?)
    }
}

impl Predict {
    pub(super) fn run(self) -> Result<Output> {
        let model = read(&self.file)?;
        let input = match &self.text {
            Some(text) => Input::Text(text),
            None => Input::Vector(&self.input),
        };
        let prediction = model.predict(input).map_err(misused)?;
        let mut scores = Grid::new([">class", ">score"]);
        for (class, score) in prediction.scores.iter().enumerate() {
            scores.row([&class, &format!("{score:.6}")]);
        }
        let mut neighbours = Grid::new([">contribution", ">position", ">label", ">distance"]);
        for near in &prediction.neighbours {
            let (record, label) = (&near.record, &near.label);
            let squared = &near.distance;
            neighbours.row([&record.contribution, &record.position, label, squared]);
        }
        let mut json = description(&model);
        json["prediction"] = prediction_json(&prediction);
        Ok(Output::new(json)
            .fields([("label", prediction.label.to_string())])
            .table(scores)
            .table(neighbours))
    }
}

/// How a model did on records that it was not trained on.
struct Trial {
    records: usize,
    right: usize,
    /// The mean score of the right class: the accuracy that values are measured in.
    mean_score: f64,
}

impl Trial {
    fn accuracy(&self) -> f64 {
        self.right as f64 / self.records as f64
    }

    fn json(&self) -> Value {
        json!({
            "records": self.records,
            "right": self.right,
            "accuracy": self.accuracy(),
            "mean_score": self.mean_score,
        })
    }
}

fn try_on(model: &Model, path: &Path) -> Result<Trial> {
    let shape = model.shape();
    let records = Records::read(
        path,
        None,
        Shape {
            encoder: shape.encoder,
            dimension: shape.dimension,
            classes: shape.classes,
        },
    )?;
    let (mut right, mut sum) = (0, 0.0);
    for item in records.iter() {
        let vector: Vec<i8>;
        let input = match shape.encoder {
            Encoder::Vector => {
                vector = item.features.iter().map(|byte| *byte as i8).collect();
                Input::Vector(&vector)
            }
            Encoder::Text => Input::Text(str::from_utf8(item.raw)?),
        };
        let prediction = model.predict(input).map_err(misused)?;
        right += usize::from(prediction.label == item.label);
        sum += prediction.scores[usize::from(item.label)];
    }
    Ok(Trial {
        records: records.len(),
        right,
        mean_score: sum / records.len() as f64,
    })
}

/// Reads a model's file.
fn read(path: &Path) -> Result<Model> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => misuse!("cannot read {}: {error}", path.display()),
    };
    match Model::from_bytes(&bytes) {
        Ok(model) => Ok(model),
        Err(error) => misuse!("{}: {error}", path.display()),
    }
}

/// What a model is, for programs.
fn description(model: &Model) -> Value {
    let (shape, source) = (model.shape(), model.source());
    json!({
        "kind": model.kind().to_string(),
        "encoder": shape.encoder,
        "dimension": shape.dimension,
        "classes": shape.classes,
        "weights_hash": hex(model.weights_hash()),
        "source": {
            "genesis": hex(source.genesis),
            "datanet": source.datanet,
            "round": source.round,
            "terms": hex(source.terms),
            "records": hex(source.records),
            "parent": source.parent.map(hex),
        },
    })
}

fn prediction_json(prediction: &Prediction) -> Value {
    let neighbours = prediction.neighbours.iter().map(|near| {
        json!({
            "contribution": near.record.contribution,
            "position": near.record.position,
            "label": near.label,
            "distance": near.distance,
        })
    });
    json!({
        "label": prediction.label,
        "scores": prediction.scores,
        "neighbours": neighbours.collect::<Vec<_>>(),
    })
}

fn learnt(encoder: Encoder, shape: Shape) -> tributary_learning::Shape {
    tributary_learning::Shape {
        encoder,
        dimension: shape.dimension,
        classes: shape.classes,
    }
}

fn hash(bytes: &[u8]) -> H256 {
    BlakeTwo256.hash(bytes)
}

fn misused(error: Error) -> Misuse {
    Misuse(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        exported::{alongside, tests::exported},
        failure::{exit_code, object},
        records::{tests::texts, Format},
        state::tests::scratch,
    };
    use clap::Parser;
    use tempfile::TempDir;
    use tributary_primitives::licences::Uses;

    #[derive(Debug, Parser)]
    enum Line {
        Train(Train),
        Predict(Predict),
    }

    const SHAPE: Shape = Shape {
        encoder: Encoder::Vector,
        dimension: 2,
        classes: 3,
    };

    /// A folder with an export, and one with records to try.
    struct Place {
        folder: TempDir,
        exported: Exported,
    }

    impl Place {
        fn new(contributions: &[Records], shape: Shape) -> Self {
            let place = Self {
                folder: scratch(),
                exported: exported(contributions, shape),
            };
            for name in ["data.csv", "test.csv"] {
                let mut file = fs::File::create(place.at(name)).unwrap();
                for (index, records) in contributions.iter().enumerate() {
                    records.write(&mut file, Format::Csv, index == 0).unwrap();
                }
            }
            place.describe();
            place
        }

        /// Three classes that lie apart.
        fn vectors() -> Self {
            let record = |index: u8| match index % 3 {
                0 => [80 + index, index, 0],
                1 => [index, 80 + index, 1],
                _ => [index.wrapping_sub(90), index, 2],
            };
            let part = |range: std::ops::Range<u8>| {
                let bytes: Vec<u8> = range.flat_map(record).collect();
                Records::from_bytes(Encoder::Vector, 2, &bytes).unwrap()
            };
            Self::new(&[part(0..20), part(20..40)], SHAPE)
        }

        fn at(&self, name: &str) -> String {
            self.folder.path().join(name).display().to_string()
        }

        fn describe(&self) {
            let text = serde_json::to_vec(&self.exported).unwrap();
            fs::write(alongside(Path::new(&self.at("data.csv"))), text).unwrap();
        }

        fn run(&self, words: &str) -> Result<Value> {
            let words = words.replace('@', &self.at(""));
            let line = Line::try_parse_from([""].into_iter().chain(words.split_whitespace()))?;
            let output = match line {
                Line::Train(train) => train.run(),
                Line::Predict(predict) => predict.run(),
            }?;
            Ok(serde_json::from_str(&output.json_text()).unwrap())
        }

        /// The command ends with a code and leaves no model; what it says.
        fn refused(&self, code: u8, words: &str) -> String {
            let error = self.run(words).expect_err("it is refused");
            assert_eq!(exit_code(&error), code, "{error}");
            assert!(!Path::new(&self.at("m")).exists());
            object(&error)["error"]["message"]
                .as_str()
                .unwrap()
                .to_owned()
        }
    }

    const TRAIN: &str = "train @data.csv --out @m";

    #[test]
    fn both_kinds_are_trained_tried_and_asked() {
        let place = Place::vectors();
        for (kind, origin) in [
            ("knn", "--retrieves-from 3:2"),
            ("softmax", "--trained-on 3:2"),
        ] {
            let words = format!("train @data.csv --kind {kind} --out @{kind} --test @test.csv");
            let json = place.run(&words).unwrap();
            assert_eq!(
                (&json["kind"], &json["records"]),
                (&json!(kind), &json!(40))
            );
            assert_eq!(json["registered_with"], origin);
            let test = &json["test"];
            assert_eq!(
                (&test["right"], &test["accuracy"]),
                (&json!(40), &json!(1.0))
            );
            assert!(test["mean_score"].as_f64().unwrap() > 0.7, "{test}");
            assert_eq!(json["source"]["datanet"], 3);
            // What `model register --weights` hashes.
            let file = Path::new(&place.at(kind)).to_path_buf();
            let registered = crate::commands::hash_of(&file).unwrap();
            assert_eq!(json["weights_hash"], hex(registered));

            let asked = place
                .run(&format!("predict @{kind} --input -85,3"))
                .unwrap();
            assert_eq!(asked["weights_hash"], json["weights_hash"]);
            assert_eq!(asked["prediction"]["label"], 2);
        }
    }

    #[test]
    fn neighbours_are_named_by_contribution_and_position() {
        let place = Place::vectors();
        place.run("train @data.csv --kind knn --out @m").unwrap();
        let asked = place.run("predict @m --input 21,101").unwrap();
        // The recipe's number of neighbours: record 22 of the file, the third of contribution 6, and record 19.
        let neighbours = json!([
            { "contribution": 6, "position": 2, "label": 1, "distance": 2 },
            { "contribution": 4, "position": 19, "label": 1, "distance": 8 },
        ]);
        assert_eq!(asked["prediction"]["neighbours"], neighbours);
        place
            .run("train @data.csv --kind knn --out @n --neighbours 1")
            .unwrap();
        let asked = place.run("predict @n --input 21,101").unwrap();
        assert_eq!(asked["prediction"]["neighbours"], json!([neighbours[0]]));
    }

    #[test]
    fn a_model_is_the_same_with_any_number_of_threads_and_another_one_with_a_parent() {
        let place = Place::vectors();
        let hash = |words: &str| {
            let words = format!("train @data.csv --kind softmax {words}");
            place.run(&words).unwrap()["weights_hash"].clone()
        };
        let one = hash("--threads 1 --out @1");
        for threads in [2, 3] {
            assert_eq!(hash(&format!("--threads {threads} --out @{threads}")), one);
        }
        assert_ne!(hash("--steps 7 --out @steps"), one);
        let child = place.run("train @data.csv --kind softmax --from @1 --out @child");
        let child = child.unwrap();
        assert_ne!(child["weights_hash"], one);
        assert_eq!(child["source"]["parent"], one);
    }

    #[test]
    fn texts_are_trained_on_and_asked_for() {
        let shape = Shape {
            encoder: Encoder::Text,
            dimension: 64,
            classes: 2,
        };
        let list = [("the cat sat on the mat", 0), ("stocks fell, sharply", 1)];
        let place = Place::new(&[texts(64, &list)], shape);
        for kind in ["knn", "softmax"] {
            let words = format!("train @data.csv --kind {kind} --out @{kind} --test @test.csv");
            let json = place.run(&words).unwrap();
            assert_eq!(json["encoder"], "Text");
            // Both records answer every question with equal votes; the nearer one wins.
            assert_eq!(json["test"]["right"], 2, "{json}");
            let asked = place.run(&format!("predict @{kind} --text cat")).unwrap();
            assert_eq!(asked["prediction"]["label"], 0);
        }
        let says = place.refused(2, "predict @knn --input 1,2");
        assert!(says.contains("the model takes texts"), "{says}");
    }

    #[test]
    fn what_the_licence_does_not_allow_is_refused_as_the_chain_would() {
        let mut place = Place::vectors();
        for (kind, lacking, word) in [
            ("softmax", Use::Train, "train"),
            ("knn", Use::Retrieve, "retrieve"),
        ] {
            place.exported.terms.direct = Uses::ALL.without(Uses::of(&[lacking]));
            place.exported.terms_hash = place.exported.terms.id();
            place.describe();
            let says = place.refused(1, &format!("{TRAIN} --kind {kind}"));
            let expected = format!("datanet 3 does not allow the use `{word}`");
            assert!(says.contains(&expected), "{says}");
        }
        place
            .run("train @data.csv --kind softmax --out @m")
            .unwrap();
    }

    #[test]
    fn data_that_are_not_what_their_licence_speaks_of_are_refused() {
        let place = Place::vectors();
        let text = fs::read_to_string(place.at("data.csv")).unwrap();
        for (from, to, says) in [
            ("80,0,0", "80,1,0", "contribution 4 are not those"),
            ("80,0,0\n", "", "39 records where"),
            ("80,0,0", "80,0,3", "line 2: the label 3"),
            ("80,0,0", "80,0,0,0", "line 2: 4 columns"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            fs::write(place.at("data.csv"), changed).unwrap();
            let error = place.refused(2, &format!("{TRAIN} --kind softmax"));
            assert!(error.contains(says), "{error}");
        }
        fs::write(place.at("data.csv"), text).unwrap();
        fs::remove_file(place.at("data.csv.licence.json")).unwrap();
        let error = place.refused(2, &format!("{TRAIN} --kind softmax"));
        assert!(error.contains("`datanet export` writes"), "{error}");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let place = Place::vectors();
        place.run("train @data.csv --kind knn --out @knn").unwrap();
        for (words, says) in [
            ("--kind knn --from @knn", "--from is for softmax"),
            ("--kind softmax --neighbours 3", "--neighbours is for knn"),
            (
                "--kind softmax --from @knn",
                "the parent is not a softmax model",
            ),
            ("--kind softmax --from @data.csv", "this is no model"),
            ("--kind softmax --from @nothing", "cannot read"),
            ("--kind softmax --test @nothing.csv", "cannot read"),
        ] {
            let error = place.refused(2, &format!("{TRAIN} {words}"));
            assert!(error.contains(says), "{error}");
        }
        let error = place.refused(2, "train @data.csv --kind knn --out @knn");
        assert!(error.contains("exists already"), "{error}");
        for (words, says) in [
            (
                "predict @knn --input 1,2,3",
                "3 numbers where the model takes 2",
            ),
            ("predict @knn --text cat", "the model takes vectors"),
        ] {
            let error = place.refused(2, words);
            assert!(error.contains(says), "{error}");
        }
    }
}
