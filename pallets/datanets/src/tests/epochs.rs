use crate::{
    mock::{Datanets, *},
    *,
};

#[test]
fn the_first_block_records_the_epoch_that_is_running() {
    execute(|| {
        assert_eq!(
            LastEpoch::<Test>::get(),
            Some(EpochCount {
                recorded: 1,
                epoch: 0
            })
        );
        assert_eq!(
            Epochs::<Test>::get(0),
            Some(EpochRecord {
                epoch: 0,
                start: 1,
                randomness: Oracle::of(0),
            })
        );
    });
}

#[test]
fn blocks_within_an_epoch_record_nothing() {
    execute(|| {
        let before = Epochs::<Test>::iter().count();
        run_to(100);
        assert_eq!(Epochs::<Test>::iter().count(), before);
    });
}

#[test]
fn the_first_block_of_an_epoch_records_it() {
    execute(|| {
        run_to(7);
        next_epoch();
        assert_eq!(
            Epochs::<Test>::get(1),
            Some(EpochRecord {
                epoch: 1,
                start: 8,
                randomness: Oracle::of(1),
            })
        );
    });
}

#[test]
fn the_last_64_changes_are_kept() {
    execute(|| {
        (0..200).for_each(|_| next_epoch());
        assert_eq!(Epochs::<Test>::iter_keys().count(), 64);
        let mut epochs: Vec<_> = Epochs::<Test>::iter_values()
            .map(|record| record.epoch)
            .collect();
        epochs.sort_unstable();
        assert!(epochs.into_iter().eq(137..=200));
    });
}

#[test]
fn a_counter_at_its_end_stops_without_a_panic() {
    new_test_ext().execute_with(|| {
        LastEpoch::<Test>::put(EpochCount {
            recorded: u64::MAX,
            epoch: 0,
        });
        next_epoch();
        assert_eq!(Datanets::epochs_recorded(), u64::MAX);
    });
}
