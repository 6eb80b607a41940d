//! Records by where they are, so that most need not be looked at.

mod bounds;
mod cell;
mod centres;
mod search;

pub(crate) use bounds::above;
pub(crate) use centres::Home;
pub(crate) use search::{Queries, Search, Searcher};

use cell::Cell;
use centres::Centres;

use crate::{
    input::{check_dimension, Vectors},
    tile::LANES,
    Error, Id, Machine, Records,
};

/// How often more records than when its centres were placed an index gets before they are placed anew.
const GROWTH: usize = 2;

/// Records in cells around centres.
///
/// It is kept from round to round: admitted records are added, none is ever removed. Results do not depend on how it has grown.
#[derive(Clone, Debug)]
pub struct Index {
    dimension: usize,
    centres: Centres,
    cells: Vec<Cell>,
    len: usize,
    /// How many records there were when the centres were placed.
    placed: usize,
}

impl Index {
    /// An index without records.
    ///
    /// # Errors
    ///
    /// [`Error::Dimension`].
    pub fn new(dimension: usize) -> Result<Self, Error> {
        check_dimension(dimension)?;
        Ok(Self {
            dimension,
            centres: Centres::none(dimension),
            cells: Vec::new(),
            len: 0,
            placed: 0,
        })
    }

    /// How many records it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Numbers of a vector.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Adds records that are not in it.
    ///
    /// # Errors
    ///
    /// [`Error::Differs`] if their dimension does, [`Error::TooMany`] if it would have 2^32 records.
    pub fn extend(&mut self, machine: Machine, records: &Records) -> Result<(), Error> {
        if records.vectors.dimension != self.dimension {
            return Err(Error::Differs);
        }
        let len = self.len + records.len();
        if len >= u32::MAX as usize {
            return Err(Error::TooMany);
        }
        if records.is_empty() {
            return Ok(());
        }
        if len > GROWTH * self.placed {
            return self.place_anew(machine, records);
        }
        let homes = self.homes(machine, records.vectors);
        self.insert(homes.into_iter().enumerate().map(|(index, home)| {
            let (key, label) = (records.ids[index].key(), records.labels[index]);
            (records.vectors.get(index), key, label, home)
        }));
        Ok(())
    }

    /// Adds vectors by keys, with their labels, in the cells that they lie in.
    pub(crate) fn insert<'a>(&mut self, records: impl Iterator<Item = (&'a [i8], u64, u8, Home)>) {
        let mut changed = Vec::new();
        for (vector, key, label, home) in records {
            self.cells[home.cell as usize].push(vector, key, label, home.squared);
            changed.push(home.cell);
        }
        self.len += changed.len();
        changed.sort_unstable();
        changed.dedup();
        for cell in changed {
            self.cells[cell as usize].bound();
        }
    }

    /// An index of the records that it has and more, around centres of their own.
    fn place_anew(&mut self, machine: Machine, records: &Records) -> Result<(), Error> {
        let mut features = Vec::with_capacity((self.len + records.len()) * self.dimension);
        let mut labels = Vec::with_capacity(self.len + records.len());
        let mut ids = Vec::with_capacity(self.len + records.len());
        for cell in self.cells.drain(..) {
            for index in 0..cell.keys.len() {
                features.extend(cell.packed.vector(index));
            }
            labels.extend(cell.labels);
            ids.extend(cell.keys.into_iter().map(Id::of));
        }
        for vector in records.vectors.iter() {
            features.extend(vector);
        }
        labels.extend(records.labels);
        ids.extend(records.ids);
        // There is no error: the lists are of equal length, and their length was checked.
        let all = Records::new(self.dimension, &features, &labels, &ids)?;
        let keys: Vec<u64> = ids.iter().map(|id| id.key()).collect();
        *self = Self::gather(machine, all.vectors, &keys, all.labels).0;
        Ok(())
    }

    /// An index of records by keys, and their cells.
    pub(crate) fn gather(
        machine: Machine,
        vectors: Vectors,
        keys: &[u64],
        labels: &[u8],
    ) -> (Self, Vec<Home>) {
        let centres = Centres::place(machine, vectors);
        let count = centres.len();
        let homes = centres.homes(machine, vectors);
        let mut members = vec![Vec::new(); count];
        for (index, home) in (0..).zip(&homes) {
            members[home.cell as usize].push(index as u32);
        }
        let cells = machine.each(count, |cell| {
            // Groups differ in how far they are from the centre, and in a group keys ascend.
            let mut members = members[cell].clone();
            let place = |index: &u32| (homes[*index as usize].squared, keys[*index as usize]);
            members.sort_unstable_by_key(place);
            for group in members.chunks_mut(LANES) {
                group.sort_unstable_by_key(|index| keys[*index as usize]);
            }
            let mut cell = Cell::new(vectors.dimension);
            for index in members {
                let index = index as usize;
                cell.push(
                    vectors.get(index),
                    keys[index],
                    labels[index],
                    homes[index].squared,
                );
            }
            cell.bound();
            cell
        });
        let index = Self {
            dimension: vectors.dimension,
            centres,
            cells,
            len: vectors.len(),
            placed: vectors.len(),
        };
        (index, homes)
    }

    /// Drops records by their keys.
    pub(crate) fn retain(&mut self, keep: impl Fn(u64) -> bool) {
        for cell in &mut self.cells {
            cell.retain(self.dimension, &keep);
        }
        self.len = self.cells.iter().map(|cell| cell.keys.len()).sum();
    }

    /// The cells that vectors would lie in; there must be records.
    pub(crate) fn homes(&self, machine: Machine, vectors: Vectors) -> Vec<Home> {
        self.centres.homes(machine, vectors)
    }

    /// Vectors to search around; there must be records.
    pub(crate) fn queries<'a>(
        &self,
        machine: Machine,
        vectors: impl ExactSizeIterator<Item = &'a [i8]> + Clone,
    ) -> Queries {
        Queries::new(self.dimension, vectors, |packed| {
            self.centres.homes_of(machine, packed).collect()
        })
    }
}
