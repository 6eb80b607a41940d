//! The genesis of the networks that a node can start by name. They are for development and tests:
//! everybody knows their keys. A live network brings its own chain spec, in which no sudo key is set
//! unless it says so.

use crate::{
    currency::TRIB, epochs, AccountId, Balance, BalancesConfig, DisputesConfig, EpochsConfig,
    RuntimeGenesisConfig, SessionConfig, SessionKeys, SudoConfig,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_genesis_builder::PresetId;
pub use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// What each of the well-known accounts owns.
const ENDOWMENT: Balance = 1_000_000 * TRIB;

/// The names of all presets.
pub fn names() -> Vec<PresetId> {
    vec![
        DEV_RUNTIME_PRESET.into(),
        LOCAL_TESTNET_RUNTIME_PRESET.into(),
    ]
}

/// The preset called `name` as the JSON patch that `GenesisBuilder` asks for.
pub fn get(name: &PresetId) -> Option<Vec<u8>> {
    use Ed25519Keyring as Ed;
    use Sr25519Keyring as Sr;
    let patch = match name.as_ref() {
        DEV_RUNTIME_PRESET => test_network(&[(Sr::Alice, Ed::Alice)]),
        LOCAL_TESTNET_RUNTIME_PRESET => test_network(&[
            (Sr::Alice, Ed::Alice),
            (Sr::Bob, Ed::Bob),
            (Sr::Charlie, Ed::Charlie),
            (Sr::Dave, Ed::Dave),
        ]),
        _ => return None,
    };
    Some(serde_json::to_vec(&patch).expect("a JSON value can be written as text; qed"))
}

/// A network of well-known accounts: each of `validators` with the session keys of its name, all of
/// the keyring endowed, epochs of a minute, Dave, Eve and Ferdie as arbiters, and Alice as superuser.
fn test_network(validators: &[(Sr25519Keyring, Ed25519Keyring)]) -> Value {
    let keys = validators
        .iter()
        .map(|(sr, ed)| {
            let account: AccountId = sr.to_account_id();
            let keys = SessionKeys {
                babe: sr.public().into(),
                grandpa: ed.public().into(),
            };
            (account.clone(), account, keys)
        })
        .collect();
    build_struct_json_patch!(RuntimeGenesisConfig {
        balances: BalancesConfig {
            balances: Sr25519Keyring::iter()
                .map(|account| (account.to_account_id(), ENDOWMENT))
                .collect(),
        },
        disputes: DisputesConfig {
            arbiters: [
                Sr25519Keyring::Dave,
                Sr25519Keyring::Eve,
                Sr25519Keyring::Ferdie,
            ]
            .map(|arbiter| arbiter.to_account_id())
            .to_vec(),
        },
        epochs: EpochsConfig {
            length: epochs::TEST_LENGTH,
        },
        session: SessionConfig { keys },
        sudo: SudoConfig {
            key: Some(Sr25519Keyring::Alice.to_account_id()),
        },
    })
}
