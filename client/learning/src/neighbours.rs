//! Answers by the nearest records.

use std::num::NonZero;

use tributary_kernel::{nearest, Id, Index, Machine, Records, MAX_HORIZON};
use tributary_primitives::ids::RecordId;

use crate::{
    model::{Neighbour, Prediction},
    Error, Examples,
};

/// Records, and how many of them answer.
#[derive(Clone, Debug)]
pub(crate) struct Neighbours {
    pub(crate) examples: Examples,
    pub(crate) count: u8,
    index: Index,
    /// On one thread: whoever serves a model asks it from many.
    machine: Machine,
}

impl Neighbours {
    pub(crate) fn new(examples: Examples, count: u8) -> Result<Self, Error> {
        if !(1..=MAX_HORIZON).contains(&count.into()) {
            return Err(Error::Neighbours);
        }
        let backend = Machine::detect().backend();
        let machine =
            Machine::new(backend, NonZero::<usize>::MIN).expect("it was detected just now; qed");
        let ids = examples.kernel_ids();
        let dimension = examples.shape.dimension.into();
        let known = "the examples were checked; qed";
        let records = Records::new(dimension, &examples.features, &examples.labels, &ids);
        let mut index = Index::new(dimension).expect(known);
        index.extend(machine, &records.expect(known)).expect(known);
        Ok(Self {
            examples,
            count,
            index,
            machine,
        })
    }

    /// The prediction for a vector of the right dimension.
    pub(crate) fn predict(&self, vector: &[i8]) -> Prediction {
        let found = nearest(self.machine, self.count.into(), &self.index, vector);
        let found = found.expect("number and vector have been checked; qed");
        let neighbours: Vec<Neighbour> = found
            .into_iter()
            .flatten()
            .map(|near| self.neighbour(near.id, near.distance))
            .collect();

        let classes = usize::from(self.examples.shape.classes);
        let mut votes = vec![0u32; classes];
        for neighbour in &neighbours {
            votes[usize::from(neighbour.label)] += 1;
        }
        let most = votes.iter().max().copied().unwrap_or_default();
        let winner = neighbours
            .iter()
            .find(|neighbour| votes[usize::from(neighbour.label)] == most);
        // Where records lack, each missing one is a guess, as it is when records are valued.
        let missing = f64::from(u32::from(self.count)) - neighbours.len() as f64;
        let guess = missing / classes as f64;
        let scores = votes
            .iter()
            .map(|votes| (f64::from(*votes) + guess) / f64::from(self.count));
        Prediction {
            label: winner.map_or(0, |neighbour| neighbour.label),
            scores: scores.collect(),
            neighbours,
        }
    }

    fn neighbour(&self, id: Id, distance: u32) -> Neighbour {
        let record = RecordId {
            contribution: id.contribution,
            position: id.position,
        };
        let index = self.examples.ids.binary_search(&record);
        let index = index.expect("the index has what the model has; qed");
        Neighbour {
            record,
            label: self.examples.labels[index],
            distance,
        }
    }
}
