//! K nearest neighbours.

use codec::{Decode, Encode};

use crate::{
    data::Data,
    error::{Broken, NotTrained},
    model::{Learnt, Model, Neighbour, Prediction, Shape, Source},
};

/// The most neighbours that a prediction looks at.
pub const MAX_NEIGHBOURS: u16 = 1_000;

#[derive(Clone, Debug, Decode, Encode, PartialEq)]
pub(crate) struct Nearest {
    neighbours: u16,
    data: Data,
}

/// A model whose weights are the records, and that asks so many of them for each prediction.
///
/// # Errors
///
/// The records are not of the shape, or the number of neighbours is none.
pub fn nearest(
    source: Source,
    shape: Shape,
    data: Data,
    neighbours: u16,
) -> Result<Model, NotTrained> {
    let nearest = Nearest { neighbours, data };
    nearest.check_training(shape)?;
    Ok(Model::new(source, shape, Learnt::Nearest(nearest)))
}

impl Nearest {
    fn check_training(&self, shape: Shape) -> Result<(), NotTrained> {
        if !(1..=MAX_NEIGHBOURS).contains(&self.neighbours) {
            return Err(NotTrained::Neighbours);
        }
        self.data.check(shape)
    }

    pub(crate) fn check(&self, shape: Shape) -> Result<(), Broken> {
        Ok(self.check_training(shape)?)
    }

    /// Each neighbour has one vote. Of classes with as many votes, that of the nearest neighbour wins. Of records that are equally near, those that come
    /// first are taken: as in valuation.
    pub(crate) fn predict(&self, shape: Shape, vector: &[i8]) -> Prediction {
        let mut places: Vec<(u32, usize)> = self
            .data
            .features
            .chunks_exact(vector.len())
            .map(|features| distance(features, vector))
            .enumerate()
            .map(|(place, distance)| (distance, place))
            .collect();
        let count = usize::from(self.neighbours).min(places.len());
        if count < places.len() {
            places.select_nth_unstable(count);
            places.truncate(count);
        }
        places.sort_unstable();
        let mut votes = vec![0u32; shape.classes.into()];
        for (_, place) in &places {
            votes[usize::from(self.data.labels[*place])] += 1;
        }
        let most = votes.iter().max().copied().unwrap_or_default();
        let neighbours: Vec<_> = places
            .into_iter()
            .map(|(distance, place)| Neighbour {
                place: self.data.places[place],
                label: self.data.labels[place],
                distance,
            })
            .collect();
        let label = neighbours
            .iter()
            .map(|neighbour| neighbour.label)
            .find(|label| votes[usize::from(*label)] == most);
        Prediction {
            label: label.unwrap_or_default(),
            scores: votes
                .into_iter()
                .map(|votes| f64::from(votes) / count as f64)
                .collect(),
            neighbours,
        }
    }
}

/// The squared Euclidean distance: below 2^27 for 1,024 numbers.
fn distance(one: &[i8], other: &[i8]) -> u32 {
    one.iter()
        .zip(other)
        .map(|(one, other)| {
            let apart = i32::from(*one) - i32::from(*other);
            (apart * apart).unsigned_abs()
        })
        .sum()
}
