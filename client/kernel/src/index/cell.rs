//! The records that are nearest to a centre.

use super::bounds::{above, below};
use crate::{packed::Packed, tile::LANES};

/// Between which distances from the centre records are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shell {
    /// None is nearer.
    pub(super) inner: f32,
    /// None is further.
    pub(super) outer: f32,
}

impl Shell {
    /// What every shell shares something with.
    const UNBOUNDED: Self = Self {
        inner: 0.0,
        outer: f32::INFINITY,
    };
}

/// What bounds a group of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) shell: Shell,
    /// Its lowest key.
    pub(super) lowest: u64,
    /// Whether its keys ascend.
    pub(super) is_sorted: bool,
}

/// The records that are nearest to a centre.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) packed: Packed,
    pub(super) keys: Vec<u64>,
    pub(super) labels: Vec<u8>,
    squared: Vec<u32>,
    pub(super) spans: Vec<Span>,
    /// The groups, ascending by their lowest keys.
    pub(super) by_key: Vec<u32>,
    /// No record is further from the centre.
    pub(super) outer: f32,
    /// What reaches this shell from outside or from inside reaches that of every group.
    pub(super) common: Shell,
}

impl Cell {
    pub(super) fn new(dimension: usize) -> Self {
        Self {
            packed: Packed::new(dimension),
            keys: Vec::new(),
            labels: Vec::new(),
            squared: Vec::new(),
            spans: Vec::new(),
            by_key: Vec::new(),
            outer: 0.0,
            common: Shell::UNBOUNDED,
        }
    }

    /// Adds a record by its squared distance from the centre. [`bound`](Self::bound) must follow.
    pub(super) fn push(&mut self, vector: &[i8], key: u64, label: u8, squared: u32) {
        self.packed.push(vector);
        self.keys.push(key);
        self.labels.push(label);
        self.squared.push(squared);
    }

    /// Computes the bounds.
    pub(super) fn bound(&mut self) {
        let groups = self.squared.chunks(LANES).zip(self.keys.chunks(LANES));
        self.spans.clear();
        self.outer = 0.0;
        self.common = Shell::UNBOUNDED;
        for (squared, keys) in groups {
            let shell = Shell {
                inner: below(squared.iter().copied().min().unwrap_or_default()),
                outer: above(squared.iter().copied().max().unwrap_or_default()),
            };
            self.outer = self.outer.max(shell.outer);
            self.common.inner = self.common.inner.max(shell.inner);
            self.common.outer = self.common.outer.min(shell.outer);
            self.spans.push(Span {
                shell,
                lowest: keys.iter().copied().min().unwrap_or(u64::MAX),
                is_sorted: keys.is_sorted(),
            });
        }
        self.by_key.clear();
        self.by_key.extend((0..).take(self.spans.len()));
        self.by_key
            .sort_unstable_by_key(|group| self.spans[*group as usize].lowest);
    }

    /// The labels of a group, and zeros for what it lacks.
    pub(super) fn labels_of(&self, group: usize) -> [u8; LANES] {
        let mut lanes = [0; LANES];
        for (lane, label) in lanes.iter_mut().zip(&self.labels[group * LANES..]) {
            *lane = *label;
        }
        lanes
    }

    /// Drops records by their keys.
    pub(super) fn retain(&mut self, dimension: usize, keep: impl Fn(u64) -> bool) {
        let mut kept: Vec<usize> = (0..self.keys.len()).collect();
        kept.retain(|index| keep(self.keys[*index]));
        if kept.len() == self.keys.len() {
            return;
        }
        let mut cell = Self::new(dimension);
        let mut vector = Vec::with_capacity(dimension);
        for group in kept.chunks_mut(LANES) {
            group.sort_unstable_by_key(|index| self.keys[*index]);
            for index in group.iter().copied() {
                vector.clear();
                vector.extend(self.packed.vector(index));
                let (key, label) = (self.keys[index], self.labels[index]);
                cell.push(&vector, key, label, self.squared[index]);
            }
        }
        cell.bound();
        *self = cell;
    }
}
