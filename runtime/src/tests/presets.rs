use super::*;
use crate::currency::TRIB;

#[test]
fn every_preset_builds_a_valid_genesis() {
    for preset in genesis_presets::names() {
        network(&preset).execute_with(|| {
            assert!(Epochs::do_try_state().is_ok());
            assert!(Babe::epoch_config().is_some());
            assert!(!Session::validators().is_empty());
            empty_block(FIRST_SLOT);
        });
    }
}

#[test]
fn the_presets_have_one_and_four_validators() {
    for (preset, validators) in [(DEV_RUNTIME_PRESET, 1), (LOCAL_TESTNET_RUNTIME_PRESET, 4)] {
        network(preset).execute_with(|| {
            assert_eq!(Session::validators().len(), validators);
            assert_eq!(Babe::authorities().len(), validators);
            assert_eq!(Grandpa::grandpa_authorities().len(), validators);
        });
    }
}

#[test]
fn block_authors_and_voters_are_the_same_people() {
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        for (index, validator) in Session::validators().iter().enumerate() {
            let keys = Session::load_keys(validator).expect("a validator has keys");
            assert_eq!(Babe::authorities()[index].0, keys.babe);
            assert_eq!(Grandpa::grandpa_authorities()[index].0, keys.grandpa);
        }
    });
}

#[test]
fn every_well_known_account_is_endowed() {
    for preset in genesis_presets::names() {
        network(&preset).execute_with(|| {
            for account in Sr25519Keyring::iter() {
                let free = Balances::free_balance(account.to_account_id());
                assert_eq!(free, 1_000_000 * TRIB, "{account}");
            }
        });
    }
}

#[test]
fn only_the_presets_have_a_superuser() {
    for preset in genesis_presets::names() {
        network(&preset).execute_with(|| {
            let alice = Sr25519Keyring::Alice.to_account_id();
            assert_eq!(pallet_sudo::Key::<Runtime>::get(), Some(alice));
        });
    }
    let genesis = RuntimeGenesisConfig::default();
    TestExternalities::new(genesis.build_storage().expect("valid"))
        .execute_with(|| assert_eq!(pallet_sudo::Key::<Runtime>::get(), None));
}

#[test]
fn there_is_no_other_preset() {
    assert!(genesis_presets::get(&"staging".into()).is_none());
    assert_eq!(
        genesis_presets::names(),
        [DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET]
    );
}
