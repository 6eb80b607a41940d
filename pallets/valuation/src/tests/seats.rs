//! Slices are measured one by one as well: who mislabels one is seen.

use tributary_primitives::{
    datanets::Value,
    valuation::{self, Benchmark, Params, Record},
};

use super::*;
use crate::{Outcomes, ProposedValues};

/// Records of a slice.
const SIZE: usize = 8;

/// A class as a place, and a record around it.
fn features(class: u8, number: usize) -> [i8; 2] {
    [class as i8 * 60 + (number % 3) as i8, (number / 3) as i8]
}

/// Values a round of three honest contributions by four slices, of which some have all labels wrong. The gain of each seat, and the values.
fn measure(mislabelled: &[usize]) -> (Vec<i128>, Vec<Value>) {
    let mut outcome = Default::default();
    ExtBuilder.build_and_execute(|| {
        let new: Vec<_> = [3u32, 4, 6]
            .into_iter()
            .zip(0usize..)
            .flat_map(|(number, of)| {
                (0..10u16).map(move |position| {
                    let class = (position % 2) as u8;
                    let features = features(class, 3 * usize::from(position) + of);
                    (record(number, position), class, features)
                })
            })
            .collect();
        let records: Vec<_> = new
            .iter()
            .map(|(id, label, features)| Record {
                id: *id,
                label: *label,
                features,
            })
            .collect();
        let targets: Vec<_> = (0..4 * SIZE)
            .map(|index| {
                let class = (index % 2) as u8;
                let wrong = mislabelled.contains(&(index / SIZE));
                let [x, y] = features(class, index % 9);
                (class ^ u8::from(wrong), [x, y - 20])
            })
            .collect();
        let targets: Vec<_> = targets
            .iter()
            .map(|(label, features)| Benchmark {
                label: *label,
                features,
            })
            .collect();
        change_round(|round| {
            round.recipe.benchmark = targets.len() as u16;
            round.frozen.seats = 4;
        });
        let params = Params::from(&round().recipe);
        let shadows = valuation::shadows(&params, &[], &records);
        let rows = valuation::rows(&params, &[], &records, &shadows, &targets);
        Work { shadows, rows }.commit_and_publish(ALICE);
        let values = ProposedValues::<Test>::get((DATANET, ROUND, ALICE)).unwrap();
        go_to(CLOSES_AT);
        finalise();
        let published = Outcomes::<Test>::get(DATANET, ROUND).unwrap().publication;
        let gains = published
            .seats
            .iter()
            .map(|seat| seat.after as i128 - seat.before as i128);
        outcome = (gains.collect(), values.into_inner());
    });
    outcome
}

#[test]
fn honest_slices_agree() {
    let (gains, values) = measure(&[]);
    assert!(gains.iter().all(|gain| *gain > 0), "{gains:?}");
    assert!(gains.iter().all(|gain| *gain == gains[0]), "{gains:?}");
    assert!(values.iter().all(|value| value.value > 0));
}

#[test]
fn a_provider_that_mislabels_its_slice_is_seen() {
    for liar in 0..4 {
        let (gains, values) = measure(&[liar]);
        for (seat, gain) in gains.iter().enumerate() {
            assert_eq!(*gain < 0, seat == liar, "{gains:?}");
        }
        // And what it takes away is bounded by its seat: three of four slices still pay those who help.
        assert!(values.iter().all(|value| value.value > 0));
    }
}

#[test]
fn a_slice_says_what_it_would_have_measured_alone() {
    ExtBuilder.build_and_execute(|| {
        work().commit_and_publish(ALICE);
        let proposals = proposals();
        let published = proposals[0].publication().unwrap();
        for (row, seat) in work().rows.iter().zip(&published.seats) {
            let params = Params::from(&recipe());
            let alone = valuation::row_values(&params, FIRST, row).unwrap();
            assert_eq!((seat.before, seat.after), (alone.before, alone.after));
        }
    });
}

#[test]
fn a_benchmark_of_one_slice_has_one_seat() {
    ExtBuilder.build_and_execute(|| {
        change_round(|round| round.frozen.seats = 1);
        work().commit_and_publish(ALICE);
        let proposals = proposals();
        let published = proposals[0].publication().unwrap();
        let whole = SeatAccuracy {
            before: BEFORE,
            after: AFTER,
        };
        assert_eq!(published.seats.to_vec(), [whole]);
    });
}
