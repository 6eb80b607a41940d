//! A model, whatever its kind.

use std::fmt;

use codec::{Decode, Encode};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};
use tributary_primitives::{datanets::Encoder, ids::RecordId};

use crate::{format, neighbours::Neighbours, softmax::Softmax, Descent, Error, Examples, Shape};

/// How a model answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// By the records nearest to what is asked.
    Neighbours,
    /// By multinomial logistic regression.
    Softmax,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Neighbours => "knn",
            Self::Softmax => "softmax",
        })
    }
}

/// What a model was trained on.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Source {
    /// The chain.
    pub genesis: H256,
    /// The datanet.
    pub datanet: u32,
    /// The last round whose records were admitted.
    pub round: u32,
    /// The identifier of the datanet's licence terms.
    pub terms: H256,
    /// BLAKE2b hash of the records, one after the other as they are delivered to the chain.
    pub records: H256,
    /// The weights hash of the model that its training began with.
    pub parent: Option<H256>,
}

/// What a model is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Input<'a> {
    /// Numbers of a vector, as the datanet's records have them.
    Vector(&'a [i8]),
    /// A text, of which the datanet's encoder makes a vector.
    Text(&'a str),
}

/// A record that answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Neighbour {
    /// Where it is on the chain.
    pub record: RecordId,
    /// Its label.
    pub label: u8,
    /// Its squared distance from what was asked.
    pub distance: u32,
}

/// What a model answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The class with the highest score. Of equal ones, that of the nearest neighbour; without neighbours, the first.
    pub label: u8,
    /// The chance of each class.
    pub scores: Vec<f64>,
    /// The records that answered, nearest first; none of a softmax model.
    pub neighbours: Vec<Neighbour>,
}

/// A model. It never changes, so that many threads can ask it at once.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) shape: Shape,
    pub(crate) source: Source,
    pub(crate) body: Body,
    hash: H256,
}

/// What depends on the kind.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Neighbours(Box<Neighbours>),
    Softmax(Softmax),
}

impl Model {
    /// A model that answers by the `count` nearest records, 1 to 32.
    ///
    /// Order is by (squared distance, record), and the score of a class is the share of the neighbours that have it, a missing one counting as a
    /// guess: that is U of `tributary_primitives::valuation`, and a datanet's accuracy is the mean score of the right class over its benchmark.
    /// One thing differs: what lies within the recipe's radius of a benchmark record is not valued there, since it may be that record's
    /// copy. Here nothing is left out for being near.
    ///
    /// # Errors
    ///
    /// [`Error::Neighbours`].
    pub fn neighbours(examples: Examples, source: Source, count: u8) -> Result<Self, Error> {
        let shape = examples.shape;
        let body = Body::Neighbours(Box::new(Neighbours::new(examples, count)?));
        Ok(Self::of(shape, source, body))
    }

    /// A model that answers by multinomial logistic regression, trained from the weights of a parent or from zero. The source's parent is set to
    /// that model.
    ///
    /// # Errors
    ///
    /// [`Error::Steps`], [`Error::Parent`] if the parent is of another kind or shape, or [`Error::Weights`] if its weights lead out of bounds.
    pub fn softmax(
        examples: &Examples,
        source: Source,
        parent: Option<&Self>,
        descent: Descent,
    ) -> Result<Self, Error> {
        let shape = examples.shape;
        let weights = match parent {
            None => None,
            Some(Self {
                shape: other,
                body: Body::Softmax(weights),
                ..
            }) if *other == shape => Some(weights),
            Some(_) => return Err(Error::Parent),
        };
        let body = Body::Softmax(Softmax::train(examples, weights, descent)?);
        let source = Source {
            parent: parent.map(Self::weights_hash),
            ..source
        };
        Ok(Self::of(shape, source, body))
    }

    pub(crate) fn of(shape: Shape, source: Source, body: Body) -> Self {
        let mut model = Self {
            shape,
            source,
            body,
            hash: H256::zero(),
        };
        model.hash = BlakeTwo256::hash(&model.to_bytes());
        model
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    ///
    /// Why the bytes are not those of a model: too few or too many, another format, numbers that are not finite, records out of order, or
    /// anything else that no model has.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        format::decode(bytes)
    }

    /// The model's file.
    pub fn to_bytes(&self) -> Vec<u8> {
        format::encode(self)
    }

    /// BLAKE2b of the model's file: what the chain has as the hash of its weights.
    pub fn weights_hash(&self) -> H256 {
        self.hash
    }

    /// How it answers.
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::Neighbours(_) => Kind::Neighbours,
            Body::Softmax(_) => Kind::Softmax,
        }
    }

    /// What it takes and tells apart.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// What it was trained on.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What it answers.
    ///
    /// # Errors
    ///
    /// [`Error::Input`], [`Error::Dimension`] or [`Error::Text`].
    pub fn predict(&self, input: Input<'_>) -> Result<Prediction, Error> {
        let Shape {
            encoder, dimension, ..
        } = self.shape;
        match (encoder, input) {
            (Encoder::Vector, Input::Vector(vector)) => {
                if vector.len() != usize::from(dimension) {
                    return Err(Error::Dimension {
                        got: vector.len(),
                        wanted: dimension,
                    });
                }
                Ok(self.answer(vector))
            }
            (Encoder::Text, Input::Text(text)) => {
                let bytes = encoder.features(dimension, text.as_bytes());
                let bytes = bytes.map_err(Error::Text)?;
                let vector: Vec<i8> = bytes.iter().map(|byte| *byte as i8).collect();
                Ok(self.answer(&vector))
            }
            (Encoder::Vector, Input::Text(_)) => Err(Error::Input("vectors, not texts")),
            (Encoder::Text, Input::Vector(_)) => Err(Error::Input("texts, not vectors")),
        }
    }

    fn answer(&self, vector: &[i8]) -> Prediction {
        match &self.body {
            Body::Neighbours(neighbours) => neighbours.predict(vector),
            Body::Softmax(softmax) => softmax.predict(vector),
        }
    }
}
