use proptest::prelude::*;

use super::*;
use crate::packed::Packed;

/// Numbers that reach the extremes.
fn number() -> impl Strategy<Value = i8> {
    prop_oneof![Just(i8::MIN), Just(i8::MAX), Just(0), any::<i8>()]
}

fn dimension() -> impl Strategy<Value = usize> {
    prop_oneof![1..70usize, Just(255), Just(1_024), 1_000..1_025usize]
}

fn vectors(dimension: usize, most: usize) -> impl Strategy<Value = Vec<Vec<i8>>> {
    let one = prop_oneof![
        prop::collection::vec(number(), dimension),
        prop::collection::vec(prop_oneof![Just(i8::MIN), Just(i8::MAX)], dimension),
        number().prop_map(move |number| vec![number; dimension]),
    ];
    // Often as many as there is room for.
    let count = prop_oneof![1..=most, Just(most)];
    count.prop_flat_map(move |count| prop::collection::vec(one.clone(), count))
}

fn distance(one: &[i8], other: &[i8]) -> u32 {
    let pairs = one.iter().zip(other);
    pairs
        .map(|(one, other)| (i32::from(*one) - i32::from(*other)).pow(2) as u32)
        .sum()
}

fn machines() -> Vec<Machine> {
    let backends = Backend::available().into_iter();
    backends
        .map(|backend| Machine::new(backend, std::num::NonZero::<usize>::MIN).unwrap())
        .collect()
}

fn targets_of(dimension: usize, vectors: &[Vec<i8>]) -> Targets {
    Targets::of(dimension, vectors.iter().map(Vec::as_slice))
}

fn packed_of(dimension: usize, vectors: &[Vec<i8>]) -> Packed {
    Packed::of(dimension, vectors.iter().map(Vec::as_slice))
}

proptest! {
    #[test]
    fn distances_are_those_of_the_definition(
        (dimension, group, targets) in dimension().prop_flat_map(|dimension| {
            (Just(dimension), vectors(dimension, LANES), vectors(dimension, 14))
        }),
        reversed: bool,
    ) {
        let packed = packed_of(dimension, &group);
        let all = targets_of(dimension, &targets);
        let mut chosen: Vec<u32> = (0..targets.len() as u32).collect();
        if reversed {
            chosen.reverse();
        }
        for machine in machines() {
            let mut found = vec![[0; LANES]; chosen.len()];
            distances(machine, packed.group(0), &all, &chosen, &mut found);
            for (target, found) in chosen.iter().zip(found) {
                for (lane, vector) in group.iter().enumerate() {
                    prop_assert_eq!(found[lane], distance(vector, &targets[*target as usize]));
                }
                let furthest = 1_024 * 255 * 255;
                prop_assert!(found[group.len()..].iter().all(|padding| *padding > furthest));
            }
        }
    }

    #[test]
    fn a_window_finds_all_distances_in_it_and_no_other(
        (dimension, group, targets) in dimension().prop_flat_map(|dimension| {
            (Just(dimension), vectors(dimension, LANES), vectors(dimension, 14))
        }),
        lane: prop::sample::Index,
        over in prop_oneof![Just(None), (0..3u32).prop_map(Some), any::<u32>().prop_map(Some)],
        below in any::<bool>(),
        beside in prop_oneof![Just(u32::MAX), 0..3u32, 0..100_000u32],
        lanes in any::<[[bool; 32]; 2]>(),
        labelled: bool,
        first_only: bool,
    ) {
        let packed = packed_of(dimension, &group);
        let group_0 = packed.group(0);
        let all = targets_of(dimension, &targets);
        let chosen: Vec<u32> = (0..targets.len() as u32).collect();
        // Bounds that lie on a distance, or just beside it.
        let windows: Vec<(Option<u32>, u32)> = targets
            .iter()
            .map(|target| {
                let distance = distance(&group[lane.index(group.len())], target);
                if below {
                    (Some(distance.saturating_sub(beside)), u32::MAX)
                } else {
                    (over, distance.saturating_add(beside).saturating_sub(1))
                }
            })
            .collect();
        let mut lane_labels = [0; LANES];
        for (label, other) in lane_labels.iter_mut().zip(lanes.as_flattened()) {
            *label = u8::from(*other);
        }
        let target_labels: Vec<u8> = (0..targets.len()).map(|target| (target % 2) as u8).collect();
        let mut expected = Vec::new();
        for (target, vector) in targets.iter().enumerate() {
            let (over, up_to) = windows[target];
            let found = group.iter().enumerate().filter(|(lane, other)| {
                let distance = distance(vector, other);
                distance <= up_to
                    && over.is_none_or(|over| distance > over)
                    && (!labelled || lane_labels[*lane] == target_labels[target])
            });
            let most = if labelled && first_only { 1 } else { LANES };
            expected.extend(found.take(most).map(|(lane, other)| (target, lane, distance(vector, other))));
        }
        let windows: Vec<Window> = windows
            .iter()
            .enumerate()
            .map(|(target, (over, up_to))| Window::new(all.base(target), *over, *up_to))
            .collect();
        let labels = Labels { lanes: &lane_labels, targets: &target_labels, first_only };
        let wanted = Wanted {
            chosen: &chosen,
            windows: &windows,
            labels: labelled.then_some(labels),
        };
        for machine in machines() {
            let mut hits = vec![Hit { target: 9, lane: 9, score: 9 }];
            find(machine, group_0, &all, wanted, &mut hits);
            let found = hits.iter().map(|hit| {
                (hit.target as usize, hit.lane as usize, group_0.distance(&all, *hit))
            });
            prop_assert_eq!(found.collect::<Vec<_>>(), expected.as_slice());
        }
    }

    #[test]
    fn sums_agree(
        (dimension, group, targets) in dimension().prop_flat_map(|dimension| {
            (Just(dimension), vectors(dimension, LANES), vectors(dimension, 14))
        }),
    ) {
        let packed = packed_of(dimension, &group);
        let all = targets_of(dimension, &targets);
        let sums: Vec<i32> = machines()
            .into_iter()
            .map(|machine| sum(machine, packed.group(0), &all))
            .collect();
        prop_assert!(sums.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
