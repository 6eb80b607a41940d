use super::*;
use crate::epochs::{Length, LIVE_LENGTH, LONGEST, SHORTEST, TEST_LENGTH};
use sp_consensus_babe::runtime_decl_for_babe_api::BabeApi;

/// What the node asks at its start.
fn epoch_of_node() -> u64 {
    <Runtime as BabeApi<Block>>::configuration().epoch_length
}

#[test]
fn a_test_network_has_epochs_of_a_minute() {
    for preset in genesis_presets::names() {
        network(&preset).execute_with(|| {
            assert_eq!(epoch_of_node(), 20);
            assert_eq!(TEST_LENGTH, 20);
        });
    }
}

#[test]
fn a_network_that_does_not_say_has_epochs_of_four_hours() {
    let genesis = RuntimeGenesisConfig::default();
    let mut network = TestExternalities::new(genesis.build_storage().expect("valid"));
    network.execute_with(|| {
        assert_eq!(epoch_of_node(), 4_800);
        assert_eq!(LIVE_LENGTH, 4_800);
        // Also where no genesis was, as for tools that read metadata from the bare blob.
        Length::<Runtime>::kill();
        assert_eq!(epoch_of_node(), 4_800);
    });
}

#[test]
fn an_epoch_begins_when_the_slots_of_the_last_one_are_over() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        empty_blocks(FIRST_SLOT, FIRST_SLOT + 19);
        assert_eq!((Babe::epoch_index(), Session::current_index()), (0, 0));
        empty_block(FIRST_SLOT + 20);
        assert_eq!((Babe::epoch_index(), Session::current_index()), (1, 1));
        assert_eq!(*Babe::current_epoch_start(), FIRST_SLOT + 20);
        assert_eq!(<Runtime as BabeApi<Block>>::next_epoch().duration, 20);
    });
}

#[test]
fn a_genesis_picks_its_own_length() {
    let json = genesis_json(DEV_RUNTIME_PRESET, json!({ "epochs": { "length": 50 } }));
    network_of(json).execute_with(|| {
        assert_eq!(epoch_of_node(), 50);
        empty_blocks(FIRST_SLOT, FIRST_SLOT + 49);
        assert_eq!(Babe::epoch_index(), 0);
        empty_block(FIRST_SLOT + 50);
        assert_eq!(Babe::epoch_index(), 1);
        assert!(Epochs::do_try_state().is_ok());
    });
}

#[test]
fn the_shortest_and_the_longest_epoch_are_allowed() {
    for length in [SHORTEST, LONGEST] {
        let patch = json!({ "epochs": { "length": length } });
        network_of(genesis_json(DEV_RUNTIME_PRESET, patch))
            .execute_with(|| assert_eq!(epoch_of_node(), length));
    }
}

#[test]
#[should_panic(expected = "an epoch must have between 10 and 201600 slots, not 9")]
fn a_genesis_with_too_short_an_epoch_is_refused() {
    let patch = json!({ "epochs": { "length": SHORTEST - 1 } });
    network_of(genesis_json(DEV_RUNTIME_PRESET, patch));
}

#[test]
#[should_panic(expected = "an epoch must have between 10 and 201600 slots, not 201601")]
fn a_genesis_with_too_long_an_epoch_is_refused() {
    let patch = json!({ "epochs": { "length": LONGEST + 1 } });
    network_of(genesis_json(DEV_RUNTIME_PRESET, patch));
}
