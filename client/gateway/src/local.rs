//! Models that are computed here: those of `tributary-learning`. A unit is a prediction.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{json, Value};
use tributary_learning::{Input, Model, Prediction};

use crate::{
    answers::{Answer, Answers, NoAnswer, Question},
    gateway::hash,
};

/// Where predictions are asked for.
pub const PREDICT: &str = "/v1/predict";
/// The most inputs of a call.
const MOST_INPUTS: usize = 256;

/// Answers by computing.
#[derive(Debug)]
pub struct Local(Arc<Hashed>);

/// A model and its hash, which takes long to compute if there are many records.
#[derive(Debug)]
struct Hashed {
    model: Model,
    hash: String,
}

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    inputs: Vec<OneInput>,
}

/// A vector or a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneInput {
    Vector(Vec<i8>),
    Text(String),
}

impl OneInput {
    fn input(&self) -> Input<'_> {
        match self {
            Self::Vector(vector) => Input::Vector(vector),
            Self::Text(text) => Input::Text(text),
        }
    }
}

impl Local {
    /// A model that was read.
    pub fn new(model: Model) -> Self {
        let hash = hash(model.weights_hash());
        Self(Arc::new(Hashed { model, hash }))
    }
}

fn asked(question: &Question) -> Result<Asked, NoAnswer> {
    let refused = |text: String| Err(NoAnswer::Refused(text));
    if question.path != PREDICT {
        return refused(format!("{} is not answered here: {PREDICT}", question.path));
    }
    let asked: Asked = match serde_json::from_slice(&question.body) {
        Ok(asked) => asked,
        Err(error) => {
            return refused(format!(
                "the body is not {{\"inputs\": [...]}} of vectors of numbers from -128 to 127, or of texts: {error}"
            ))
        }
    };
    let count = asked.inputs.len();
    if !(1..=MOST_INPUTS).contains(&count) {
        return refused(format!(
            "a call has between 1 and {MOST_INPUTS} inputs, not {count}"
        ));
    }
    Ok(asked)
}

#[async_trait]
impl Answers for Local {
    fn most(&self, question: &Question) -> Result<u64, NoAnswer> {
        Ok(asked(question)?.inputs.len() as u64)
    }

    async fn answer(&self, question: Question) -> Result<Answer, NoAnswer> {
        let known = self.0.clone();
        let computed = tokio::task::spawn_blocking(move || answer(&known, &question)).await;
        computed.map_err(|error| NoAnswer::Failed(error.to_string()))?
    }
}

fn answer(known: &Hashed, question: &Question) -> Result<Answer, NoAnswer> {
    let Hashed { model, hash } = known;
    let asked = asked(question)?;
    let predictions = asked
        .inputs
        .iter()
        .map(|input| {
            let said = model.predict(input.input());
            said.map(|said| describe(&said))
                .map_err(|error| NoAnswer::Refused(error.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let units = predictions.len() as u64;
    let source = model.source();
    let body = json!({
        "predictions": predictions,
        "weights_hash": hash,
        "trained_on": { "datanet": source.datanet, "round": source.round },
        "usage": { "units": units },
    });
    Ok(Answer {
        status: 200,
        content_type: "application/json".to_owned(),
        body: body.to_string().into_bytes(),
        units,
    })
}

fn describe(said: &Prediction) -> Value {
    let neighbours = said.neighbours.iter().map(|near| {
        json!({
            "contribution": near.place.contribution,
            "record": near.place.record,
            "label": near.label,
            "distance": near.distance,
        })
    });
    json!({
        "label": said.label,
        "scores": said.scores,
        "neighbours": neighbours.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use tributary_learning::{nearest, Data, Place, Shape, Source};
    use tributary_primitives::datanets::Encoder;

    fn local() -> Local {
        let shape = Shape {
            encoder: Encoder::Vector,
            dimension: 2,
            classes: 2,
        };
        let mut data = Data::default();
        for (record, (features, label)) in (0..).zip([([0, 0], 0), ([9, 9], 1)]) {
            let place = Place {
                contribution: 4,
                record,
            };
            data.push(&features, label, place);
        }
        Local::new(nearest(Source::default(), shape, data, 1).expect("they are records"))
    }

    fn question(path: &str, body: &str) -> Question {
        Question {
            path: path.to_owned(),
            body: Bytes::from(body.to_owned()),
        }
    }

    #[tokio::test]
    async fn each_input_is_a_unit_and_names_its_neighbours() {
        let asked = question(PREDICT, r#"{"inputs":[[1,-1],[8,9]]}"#);
        assert_eq!(local().most(&asked), Ok(2));
        let answer = local().answer(asked).await.expect("they are vectors");
        assert_eq!((answer.status, answer.units), (200, 2));
        let said: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!(said["predictions"][0]["label"], 0);
        assert_eq!(
            said["predictions"][1]["neighbours"],
            json!([{ "contribution": 4, "record": 1, "label": 1, "distance": 1 }])
        );
    }

    #[tokio::test]
    async fn what_is_no_input_is_refused() {
        let many = format!(r#"{{"inputs":[{}[1,2]]}}"#, "[1,2],".repeat(MOST_INPUTS));
        for (path, body) in [
            ("/v1/completions", r#"{"inputs":[[1,2]]}"#),
            (PREDICT, ""),
            (PREDICT, r#"{"inputs":[]}"#),
            (PREDICT, r#"{"inputs":[[1,200]]}"#),
            (PREDICT, r#"{"inputs":[[1,2]],"more":1}"#),
            (PREDICT, &many),
        ] {
            let refused = local().most(&question(path, body));
            assert!(matches!(refused, Err(NoAnswer::Refused(_))), "{body}");
        }
        for body in [r#"{"inputs":[[1,2,3]]}"#, r#"{"inputs":["one"]}"#] {
            let refused = local().answer(question(PREDICT, body)).await;
            assert!(matches!(refused, Err(NoAnswer::Refused(_))), "{body}");
        }
    }
}
