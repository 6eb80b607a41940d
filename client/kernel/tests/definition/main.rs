//! Shadows, rows and values against their definitions, by all instructions that this processor has, on one thread and two.

mod hostile;
mod support;

use std::num::NonZero;

use proptest::prelude::*;
use support::{kind, machines, Data, Kind};
use tributary_kernel::{
    knn_shapley, nearest, rows, shadows, Backend, Error, Index, Machine, Params, Shadow,
};

fn dimension() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 1..=4usize, 4 => 5..70usize, 1 => 60..68usize, 1 => prop_oneof![Just(1_023usize), Just(1_024)]]
}

fn radius() -> impl Strategy<Value = u32> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(4),
        0..200u32,
        0..70_000_000u32,
        Just(u32::MAX)
    ]
}

/// Old records, newcomers and a benchmark.
fn round() -> impl Strategy<Value = (Data, Data, Data)> {
    let sizes = prop_oneof![3 => 0..90usize, 2 => 90..700usize];
    (
        dimension(),
        kind(),
        sizes,
        0..=4usize,
        1..40usize,
        any::<u64>(),
    )
        .prop_map(|(dimension, kind, count, quarters, targets, seed)| {
            let count = if dimension > 1_000 { count / 4 } else { count };
            let mut old = kind.data(dimension, count, seed);
            let new = old.split_off(count * quarters / 4);
            // Half of the benchmark at records, half elsewhere.
            let mut benchmark = kind.data(dimension, targets.div_ceil(2), seed);
            let elsewhere = Kind::Anywhere.data(dimension, targets / 2, seed);
            benchmark.features.extend(elsewhere.features);
            benchmark.labels.extend(elsewhere.labels);
            (old, new, benchmark)
        })
}

/// An index that has grown by pieces.
fn index(machine: Machine, old: &Data, pieces: usize) -> Index {
    let mut index = Index::new(old.dimension).unwrap();
    let mut rest = old.clone();
    for left in (1..=pieces).rev() {
        let next = rest.split_off(rest.len() / left);
        index.extend(machine, &rest.records()).unwrap();
        rest = next;
    }
    assert_eq!(index.len(), old.len());
    index
}

fn check_round(
    (old, new, benchmark): (&Data, &Data, &Data),
    (neighbours, horizon, radius): (usize, usize, u32),
    pieces: usize,
) -> Result<(), TestCaseError> {
    let params = support::params(neighbours, horizon, radius);
    let (copies, expected) = support::publication(&params, old, new, benchmark);
    let params = support::kernel_params(&params);
    for machine in machines() {
        let index = index(machine, old, pieces);
        prop_assert_eq!(
            &shadows(machine, &index, &new.records(), radius).unwrap(),
            &copies
        );
        let found = rows(
            machine,
            &params,
            &index,
            &new.records(),
            &copies,
            &benchmark.benchmark(),
        );
        prop_assert_eq!(&found.unwrap(), &expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_round_is_as_defined(
        (old, new, benchmark) in round(),
        (horizon, neighbours) in (1..=32usize).prop_flat_map(|horizon| (Just(horizon), 1..=horizon)),
        radius in radius(),
        pieces in 1..4usize,
    ) {
        check_round((&old, &new, &benchmark), (neighbours, horizon, radius), pieces)?;
    }

    #[test]
    fn the_nearest_of_a_query_are_first_by_distance_and_record(
        (old, _, queries) in round(),
        count in 1..=32usize,
        pieces in 1..4usize,
    ) {
        let expected: Vec<Vec<_>> = (0..queries.len()).map(|query| {
            let mut all: Vec<_> = (0..old.len()).map(|index| {
                (support::distance(old.vector(index), queries.vector(query)), old.ids[index])
            }).collect();
            all.sort();
            all.truncate(count);
            all
        }).collect();
        for machine in machines() {
            let index = index(machine, &old, pieces);
            let found = nearest(machine, count, &index, &queries.features).unwrap();
            let found: Vec<Vec<_>> = found.iter().map(|list| {
                list.iter().map(|one| (one.distance.into(), one.id)).collect()
            }).collect();
            prop_assert_eq!(&found, &expected);
        }
    }

    #[test]
    fn values_are_those_of_the_recursion(
        dimension in dimension(),
        kind in kind(),
        count in 1..300usize,
        targets in 1..120usize,
        neighbours in 1..40usize,
        seed: u64,
    ) {
        let count = if dimension > 1_000 { count / 10 + 1 } else { count };
        let data = kind.data(dimension, count, seed);
        let benchmark = kind.data(dimension, targets, !seed);
        let mut expected = vec![0.0; count];
        for target in 0..targets {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by_key(|index| support::distance(data.vector(*index), benchmark.vector(target)));
            let matches = |place: usize| f64::from(u8::from(data.labels[order[place]] == benchmark.labels[target]));
            let mut value = matches(count - 1) / neighbours.max(count) as f64;
            expected[order[count - 1]] += value;
            for place in (1..count).rev() {
                value += (matches(place - 1) - matches(place)) / neighbours.max(place) as f64;
                expected[order[place - 1]] += value;
            }
        }
        let mut first = None;
        for machine in machines() {
            let values = knn_shapley(machine, neighbours, &data.benchmark(), &benchmark.benchmark()).unwrap();
            for (value, expected) in values.iter().zip(&expected) {
                prop_assert!((value - expected / targets as f64).abs() < 1e-12);
            }
            let bits: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
            prop_assert_eq!(first.get_or_insert(bits.clone()), &bits);
        }
    }

    #[test]
    fn values_are_averages_over_all_orders_of_arrival(
        count in 1..6usize,
        neighbours in 1..5usize,
        seed: u64,
    ) {
        let data = Kind::Grid.data(2, count, seed);
        let benchmark = Kind::Grid.data(2, 3, !seed);
        let accuracy = |set: &[usize]| {
            let share = |target: usize| {
                let mut order = set.to_vec();
                order.sort_by_key(|index| (support::distance(data.vector(*index), benchmark.vector(target)), *index));
                order.truncate(neighbours);
                let right = order.iter().filter(|index| data.labels[**index] == benchmark.labels[target]);
                right.count() as f64 / neighbours as f64
            };
            (0..3).map(share).sum::<f64>() / 3.0
        };
        let mut sums = vec![0.0; count];
        let orders = orders(count);
        for order in &orders {
            for (place, index) in order.iter().enumerate() {
                sums[*index] += accuracy(&order[..=place]) - accuracy(&order[..place]);
            }
        }
        let machine = Machine::detect();
        let values = knn_shapley(machine, neighbours, &data.benchmark(), &benchmark.benchmark()).unwrap();
        for (value, sum) in values.iter().zip(&sums) {
            prop_assert!((value - sum / orders.len() as f64).abs() < 1e-12);
        }
    }
}

/// All orders of the first numbers.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let longer = shorter.iter().flat_map(|order| {
        (0..=order.len()).map(|at| {
            let mut order = order.clone();
            order.insert(at, count - 1);
            order
        })
    });
    longer.collect()
}

/// What is a shadow by definition.
fn copies(old: &Data, new: &Data, radius: u32) -> Vec<Shadow> {
    let benchmark = Data::default();
    support::publication(&support::params(1, 1, radius), old, new, &benchmark).0
}

#[test]
fn many_records_in_many_cells_are_as_defined() {
    let kinds = [
        (Kind::Clusters, 16, 60),
        (Kind::Clusters, 3, 30),
        (Kind::Anywhere, 2, 4),
        (Kind::Anywhere, 64, 200_000),
        (Kind::Grid, 7, 4),
    ];
    for (seed, (kind, dimension, radius)) in (0..).zip(kinds) {
        let mut old = kind.data(dimension, 6_000, seed);
        let new = old.split_off(3_000);
        let benchmark = kind.data(dimension, 70, seed + 1);
        check_round((&old, &new, &benchmark), (5, 32, radius), 3).unwrap();
    }
}

#[test]
fn chains_of_copies_of_copies_are_resolved_in_order() {
    // One number a record, each a step from the next: every second one is a copy of its predecessor, if they come in order.
    for ascending in [true, false] {
        let count = 250;
        let mut new = Kind::Chain.data(1, count, 1);
        new.labels = vec![0; count];
        new.ids.sort_unstable();
        if !ascending {
            new.ids.reverse();
        }
        let none = Kind::Chain.data(1, 0, 1);
        let expected = copies(&none, &new, 1);
        assert_eq!(expected.len(), count / 2);
        for machine in machines() {
            let old = Index::new(1).unwrap();
            assert_eq!(shadows(machine, &old, &new.records(), 1).unwrap(), expected);
        }
    }
}

#[test]
fn chains_longer_than_a_batch_are_resolved_in_order() {
    // In 16 numbers a walk can be long without meeting itself.
    let count = 3_000;
    let mut new = Kind::Equal.data(16, count, 1);
    new.ids.sort_unstable();
    new.labels = vec![0; count];
    let mut place = [-128i8; 16];
    for index in 0..count {
        let axis = index / 200;
        place[axis] += 1;
        new.features[index * 16..][..16].copy_from_slice(&place);
    }
    let none = Kind::Equal.data(16, 0, 1);
    let expected = copies(&none, &new, 1);
    assert!(expected.len() > count / 3);
    for machine in machines() {
        let old = Index::new(16).unwrap();
        assert_eq!(shadows(machine, &old, &new.records(), 1).unwrap(), expected);
    }
}

#[test]
fn lattices_are_resolved_in_order() {
    // Each record is in reach of those beside it, of which the lowest counts, wherever its state was found out.
    for (radius, shuffled) in [(1, false), (2, false), (5, false), (1, true), (5, true)] {
        let side = 60;
        let mut new = Kind::Equal.data(2, side * side, 1);
        new.ids.sort_unstable();
        new.labels = vec![0; side * side];
        for index in 0..side * side {
            new.features[2 * index] = (index / side) as i8;
            new.features[2 * index + 1] = (index % side) as i8;
        }
        if shuffled {
            // Every other part backwards.
            for ids in new.ids.chunks_mut(90).step_by(2) {
                ids.reverse();
            }
        }
        let none = Kind::Equal.data(2, 0, 1);
        let expected = copies(&none, &new, radius);
        for machine in machines() {
            let old = Index::new(2).unwrap();
            assert_eq!(
                shadows(machine, &old, &new.records(), radius).unwrap(),
                expected
            );
        }
    }
}

#[test]
fn different_dimensions_are_refused() {
    let machine = Machine::new(Backend::Portable, NonZero::<usize>::MIN).unwrap();
    let (one, two) = (Kind::Grid.data(1, 3, 0), Kind::Grid.data(2, 3, 0));
    let mut index = Index::new(1).unwrap();
    let params = Params::new(1, 1, 0).unwrap();
    assert_eq!(index.extend(machine, &two.records()), Err(Error::Differs));
    assert_eq!(
        shadows(machine, &index, &two.records(), 0),
        Err(Error::Differs)
    );
    for (new, benchmark) in [(&one, &two), (&two, &one)] {
        let found = rows(
            machine,
            &params,
            &index,
            &new.records(),
            &[],
            &benchmark.benchmark(),
        );
        assert_eq!(found, Err(Error::Differs));
    }
    let values = knn_shapley(machine, 1, &one.benchmark(), &two.benchmark());
    assert_eq!(values, Err(Error::Differs));
    let values = knn_shapley(machine, 0, &one.benchmark(), &one.benchmark());
    assert_eq!(values, Err(Error::Params));
    assert_eq!(Index::new(0).err(), Some(Error::Dimension));
}

#[test]
fn by_an_empty_benchmark_nothing_is_worth_anything() {
    let (data, none) = (Kind::Grid.data(1, 3, 0), Kind::Grid.data(1, 0, 0));
    let machine = Machine::detect();
    let values = knn_shapley(machine, 1, &data.benchmark(), &none.benchmark());
    assert_eq!(values, Ok(vec![0.0; 3]));
    let values = knn_shapley(machine, 1, &none.benchmark(), &data.benchmark());
    assert_eq!(values, Ok(vec![]));
}

#[test]
fn a_newcomer_listed_as_a_shadow_is_in_no_row() {
    let new = Kind::Equal.data(1, 2, 0);
    let target = Kind::Grid.data(1, 1, 0);
    let listed = [Shadow {
        shadow: new.ids[0],
        witness: new.ids[1],
    }];
    let params = Params::new(1, 2, 0).unwrap();
    let index = Index::new(1).unwrap();
    let machine = Machine::detect();
    let rows = rows(
        machine,
        &params,
        &index,
        &new.records(),
        &listed,
        &target.benchmark(),
    )
    .unwrap();
    let ids: Vec<_> = rows[0].entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [new.ids[1]]);
}
