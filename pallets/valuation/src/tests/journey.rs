//! From records to a final round: the kernel's evaluator off chain, the pallet on chain.

use proptest::prelude::*;
use tributary_primitives::{
    datanets::{Delivered, Phase},
    valuation::{self, Benchmark, Params, Record},
};

use super::*;
use crate::ProposedValues;

/// A record with its vector.
#[derive(Clone, Debug)]
struct Point {
    id: RecordId,
    label: u8,
    features: [i8; 2],
}

impl Point {
    fn record(&self) -> Record<'_> {
        Record {
            id: self.id,
            label: self.label,
            features: &self.features,
        }
    }
}

/// A datanet with what a round adds to it.
#[derive(Clone, Debug)]
struct World {
    params: Params,
    /// The first contribution of the round.
    first: u32,
    /// Records of each delivered contribution.
    delivered: Vec<Delivered>,
    old: Vec<Point>,
    new: Vec<Point>,
    benchmark: Vec<([i8; 2], u8)>,
}

type Sample = (Vec<([i8; 2], u8)>, bool);

fn world() -> impl Strategy<Value = World> {
    let classes = 2..5u16;
    let neighbours = 1..5u8;
    (classes, neighbours, 0..4u8, 0..6u32, 0..4usize).prop_flat_map(
        |(classes, neighbours, further, radius, earlier)| {
            // Small coordinates, so that ties and copies are common.
            let point = (
                prop::array::uniform2(-6..6i8),
                (0..classes).prop_map(|class| class as u8),
            );
            let contribution = (prop::collection::vec(point.clone(), 1..8), any::<bool>());
            (
                prop::collection::vec(contribution, earlier + 1..earlier + 5),
                prop::collection::vec(point, 1..6),
            )
                .prop_map(move |(contributions, benchmark)| {
                    let params = Params {
                        dimension: 2,
                        classes,
                        neighbours,
                        horizon: neighbours + further,
                        radius,
                    };
                    assemble(params, earlier as u32, contributions, benchmark)
                })
        },
    )
}

/// Contributions that are not kept were rejected in an earlier round, or not delivered in this one.
fn assemble(
    params: Params,
    first: u32,
    contributions: Vec<Sample>,
    benchmark: Vec<([i8; 2], u8)>,
) -> World {
    let mut world = World {
        params,
        first,
        delivered: vec![],
        old: vec![],
        new: vec![],
        benchmark,
    };
    for (number, (points, is_kept)) in (0..).zip(contributions) {
        if !is_kept {
            continue;
        }
        let is_old = number < first;
        if !is_old {
            world.delivered.push(Delivered {
                number,
                records: points.len() as u16,
            });
        }
        let kept = if is_old {
            &mut world.old
        } else {
            &mut world.new
        };
        for (position, (features, label)) in (0..).zip(points) {
            kept.push(Point {
                id: record(number, position),
                label,
                features,
            });
        }
    }
    world
}

/// Soft accuracy over L K C T of the K nearest records that are further than the radius, guesses where there are fewer. Written down
/// from the definition, with no part of the kernel.
fn accuracy(params: &Params, present: &[&Point], benchmark: &[([i8; 2], u8)]) -> u128 {
    let per_target = |(target, label): &([i8; 2], u8)| {
        let mut nearest: Vec<_> = present
            .iter()
            .map(|point| {
                let distance: i64 = point
                    .features
                    .iter()
                    .zip(target)
                    .map(|(one, other)| (i64::from(*one) - i64::from(*other)).pow(2))
                    .sum();
                (distance, point.id, point.label == *label)
            })
            .filter(|(distance, ..)| *distance > i64::from(params.radius))
            .collect();
        nearest.sort();
        nearest.truncate(usize::from(params.neighbours));
        let guesses = u128::from(params.neighbours) - nearest.len() as u128;
        let matches = nearest.iter().filter(|(.., matches)| *matches).count() as u128;
        SCALE * (matches * u128::from(params.classes) + guesses)
    };
    benchmark.iter().map(per_target).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_an_evaluator_publishes_becomes_the_values_of_a_round(world in world()) {
        let World { params, first, delivered, old, new, benchmark } = &world;
        let old_records: Vec<_> = old.iter().map(Point::record).collect();
        let new_records: Vec<_> = new.iter().map(Point::record).collect();
        let targets: Vec<_> = benchmark
            .iter()
            .map(|(features, label)| Benchmark { label: *label, features })
            .collect();
        let shadows = valuation::shadows(params, &old_records, &new_records);
        let rows = valuation::rows(params, &old_records, &new_records, &shadows, &targets);
        let expected = valuation::round_values(params, *first, &rows).unwrap();
        let work = Work { shadows, rows };

        let unshadowed = new
            .iter()
            .filter(|point| work.shadows.iter().all(|pair| pair.shadow != point.id));
        let before = accuracy(params, &old.iter().collect::<Vec<_>>(), benchmark);
        let after = accuracy(params, &old.iter().chain(unshadowed).collect::<Vec<_>>(), benchmark);

        ExtBuilder.build_and_execute(|| {
            change_round(|round| {
                round.recipe.classes = params.classes;
                round.recipe.neighbours = params.neighbours;
                round.recipe.horizon = params.horizon;
                round.recipe.radius = params.radius;
                round.recipe.benchmark = benchmark.len() as u16;
                // As many slices as divide it equally.
                let length = benchmark.len() as u8;
                let seats = (1..=4u8).rev().find(|seats| length.is_multiple_of(*seats));
                round.frozen.seats = seats.unwrap_or(1);
                round.frozen.first = *first;
                round.frozen.delivered = delivered.clone().try_into().unwrap();
            });
            work.commit(ALICE);
            // In as many chunks as there are shadows.
            for pair in &work.shadows {
                publish_shadows(ALICE, &[*pair]);
            }
            Work { shadows: vec![], ..work.clone() }.publish(ALICE);
            Valuation::do_try_state().unwrap();

            let proposed = ProposedValues::<Test>::get((DATANET, ROUND, ALICE)).unwrap();
            let numbers: Vec<_> = delivered.iter().map(|delivered| delivered.number).collect();
            assert_eq!(proposed.iter().map(|value| value.number).collect::<Vec<_>>(), numbers);
            for value in &proposed {
                let of_kernel = expected.by_contribution.get(&value.number).copied();
                assert_eq!(value.value, of_kernel.unwrap_or(0));
            }

            go_to(CLOSES_AT);
            finalise();
            let concluded = round().concluded.unwrap();
            assert_eq!(round().phase, Phase::Final);
            assert_eq!(concluded.values, proposed);
            assert_eq!((concluded.before, concluded.after), (before, after));
            let gain: i128 = concluded.values.iter().map(|value| value.value).sum();
            assert_eq!(before.checked_add_signed(gain), Some(after));
        });
    }
}

#[test]
fn copies_earn_nothing_and_who_helps_earns_the_whole_gain() {
    ExtBuilder.build_and_execute(|| {
        // Contribution 3 is right about everything, 4 copies it, 6 has all labels wrong but lies further away.
        let targets = [([0, 0], 0u8), ([20, 0], 1u8), ([0, 20], 1u8)];
        let points = |number: u32, offset: i8, flip: u8| {
            (0..)
                .zip(targets)
                .map(move |(position, (at, label))| Point {
                    id: record(number, position),
                    label: label ^ flip,
                    features: at.map(|number: i8| number + offset),
                })
        };
        let new: Vec<_> = points(3, 1, 0)
            .chain(points(4, 1, 0))
            .chain(points(6, 3, 1))
            .collect();
        let records: Vec<_> = new.iter().map(Point::record).collect();
        let targets: Vec<_> = targets
            .iter()
            .map(|(features, label)| Benchmark {
                label: *label,
                features,
            })
            .collect();
        let params = Params::from(&recipe());
        let shadows = valuation::shadows(&params, &[], &records);
        let copies: Vec<_> = shadows
            .iter()
            .map(|pair| pair.shadow.contribution)
            .collect();
        assert_eq!(copies, [4, 4, 4]);
        let rows = valuation::rows(&params, &[], &records, &shadows, &targets);
        Work { shadows, rows }.commit_and_publish(ALICE);

        let values = ProposedValues::<Test>::get((DATANET, ROUND, ALICE)).unwrap();
        assert!(values[0].value > 0);
        assert_eq!(values[1].value, 0);
        assert!(values[2].value < 0);
    });
}
