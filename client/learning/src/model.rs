//! What was learnt, as it is kept and asked.

use codec::{Decode, DecodeAll, Encode};
use sp_core::H256;
use tributary_primitives::{datanets::Encoder, metering::content};

use crate::{
    error::{Broken, NotPredicted, NotTrained},
    nearest::Nearest,
    softmax::Softmax,
};

/// What a file begins with.
const MAGIC: [u8; 16] = *b"tributary model1";
/// The most numbers of a vector.
const MAX_DIMENSION: u16 = 1_024;
/// The most classes.
const MAX_CLASSES: u16 = 256;

/// What a model was trained from.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Source {
    /// Hash of the chain's first block.
    pub genesis: H256,
    /// The datanet.
    pub datanet: u32,
    /// The round up to which its records were admitted.
    pub round: u32,
    /// BLAKE2b of the file of records.
    pub records: H256,
    /// BLAKE2b of the parent's bytes; zero without one.
    pub parent: H256,
}

/// What a model takes and says.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Shape {
    /// How an input becomes a vector.
    pub encoder: Encoder,
    /// Numbers of a vector.
    pub dimension: u16,
    /// Labels are below this.
    pub classes: u16,
}

impl Shape {
    pub(crate) fn check(self) -> Result<(), NotTrained> {
        let right = (1..=MAX_DIMENSION).contains(&self.dimension)
            && (2..=MAX_CLASSES).contains(&self.classes);
        right.then_some(()).ok_or(NotTrained::Shape)
    }
}

/// What kind of model.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Nearest neighbours.
    Nearest,
    /// Softmax regression.
    Softmax,
}

/// A model that can be asked.
#[derive(Clone, Debug, Decode, Encode, PartialEq)]
pub struct Model {
    magic: [u8; 16],
    source: Source,
    shape: Shape,
    learnt: Learnt,
}

#[derive(Clone, Debug, Decode, Encode, PartialEq)]
pub(crate) enum Learnt {
    Nearest(Nearest),
    Softmax(Softmax),
}

/// What a model is asked about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Input<'a> {
    /// A vector.
    Vector(&'a [i8]),
    /// A text, which the model's encoder makes a vector of.
    Text(&'a str),
}

/// What a model says.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The class.
    pub label: u8,
    /// How likely each class is: they sum to 1, but for rounding.
    pub scores: Vec<f64>,
    /// The records that said so, the nearest first; none of a softmax model.
    pub neighbours: Vec<Neighbour>,
}

/// A record that was near.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Neighbour {
    /// Which one.
    pub place: crate::Place,
    /// Its class.
    pub label: u8,
    /// Its squared Euclidean distance.
    pub distance: u32,
}

impl Model {
    pub(crate) fn new(source: Source, shape: Shape, learnt: Learnt) -> Self {
        Self {
            magic: MAGIC,
            source,
            shape,
            learnt,
        }
    }

    /// Reads a model that nobody vouches for.
    ///
    /// # Errors
    ///
    /// The bytes are of no model that training makes.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, Broken> {
        if !bytes.starts_with(&MAGIC) {
            return Err(Broken::NotAModel);
        }
        let model = Self::decode_all(&mut bytes).map_err(|_| Broken::Length)?;
        model.shape.check()?;
        match &model.learnt {
            Learnt::Nearest(nearest) => nearest.check(model.shape)?,
            Learnt::Softmax(softmax) => softmax.check(model.shape)?,
        }
        Ok(model)
    }

    /// The bytes that [`Model::from_bytes`] reads: always the same of the same model.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode()
    }

    /// BLAKE2b of its bytes, by which a chain knows it.
    pub fn weights_hash(&self) -> H256 {
        content(&self.to_bytes())
    }

    /// What kind of model it is.
    pub fn kind(&self) -> Kind {
        match self.learnt {
            Learnt::Nearest(_) => Kind::Nearest,
            Learnt::Softmax(_) => Kind::Softmax,
        }
    }

    /// What it takes and says.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// What it was trained from.
    pub fn source(&self) -> Source {
        self.source
    }

    pub(crate) fn learnt(&self) -> &Learnt {
        &self.learnt
    }

    /// What it says about an input.
    ///
    /// # Errors
    ///
    /// The input is none that it takes.
    pub fn predict(&self, input: Input<'_>) -> Result<Prediction, NotPredicted> {
        let dimension = self.shape.dimension;
        match (input, self.shape.encoder) {
            (Input::Vector(vector), Encoder::Vector) => {
                let length = vector.len();
                if length != usize::from(dimension) {
                    return Err(NotPredicted::Dimension { length, dimension });
                }
                Ok(self.predict_vector(vector))
            }
            (Input::Text(text), Encoder::Text) => {
                let encoded = Encoder::Text.features(dimension, text.as_bytes());
                let encoded = encoded.map_err(|_| NotPredicted::Text)?;
                let vector: Vec<i8> = encoded.iter().map(|byte| byte.cast_signed()).collect();
                Ok(self.predict_vector(&vector))
            }
            (Input::Text(_), Encoder::Vector) => Err(NotPredicted::NotAText(dimension)),
            (Input::Vector(_), Encoder::Text) => Err(NotPredicted::NotAVector),
        }
    }

    /// What it says about a vector of its dimension.
    fn predict_vector(&self, vector: &[i8]) -> Prediction {
        match &self.learnt {
            Learnt::Nearest(nearest) => nearest.predict(self.shape, vector),
            Learnt::Softmax(softmax) => softmax.predict(self.shape, vector),
        }
    }
}

/// The place of the highest score; the first of equals.
pub(crate) fn highest(scores: &[f64]) -> usize {
    let mut best = 0;
    for (place, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = place;
        }
    }
    best
}
