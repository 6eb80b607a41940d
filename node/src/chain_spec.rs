//! The networks that the node can start by name. Their genesis is a preset of the runtime.

use sc_chain_spec::{ChainSpecExtension, ChainType, Properties};
use sc_client_api::{BadBlocks, ForkBlocks};
use sc_service::GenericChainSpec;
use sc_sync_state_rpc::LightSyncStateExtension;
use serde::{Deserialize, Serialize};
use tributary_runtime::{
    genesis_presets::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET},
    opaque::Block,
    WASM_BINARY,
};

/// What a chain spec may say besides names, boot nodes and genesis.
#[derive(Clone, Default, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Extensions {
    /// Blocks that are known to be right.
    pub(crate) fork_blocks: ForkBlocks<Block>,
    /// Blocks that are known to be wrong.
    pub(crate) bad_blocks: BadBlocks<Block>,
    /// Where light clients may start; filled in by the RPC method that makes specs for them.
    pub(crate) light_sync_state: LightSyncStateExtension,
}

/// A chain spec of Tributary.
pub(crate) type ChainSpec = GenericChainSpec<Extensions>;

/// The prefix of protocol names between nodes.
const PROTOCOL_ID: &str = "tributary";

/// What wallets show and sign by. The runtime's build script knows the same symbol and decimals.
fn properties() -> Properties {
    Properties::from_iter([
        ("tokenSymbol".into(), "TRIB".into()),
        ("tokenDecimals".into(), 12.into()),
        ("ss58Format".into(), 42.into()),
    ])
}

fn of_preset(
    preset: &str,
    name: &str,
    id: &str,
    chain_type: ChainType,
) -> Result<ChainSpec, String> {
    let code = WASM_BINARY.ok_or("this binary was built without the runtime's WebAssembly")?;
    Ok(ChainSpec::builder(code, Extensions::default())
        .with_name(name)
        .with_id(id)
        .with_chain_type(chain_type)
        .with_protocol_id(PROTOCOL_ID)
        .with_properties(properties())
        .with_genesis_config_preset_name(preset)
        .build())
}

/// One validator, Alice. What `--dev` runs.
pub(crate) fn development() -> Result<ChainSpec, String> {
    of_preset(
        DEV_RUNTIME_PRESET,
        "Tributary Development",
        "tributary_dev",
        ChainType::Development,
    )
}

/// Four validators: Alice, Bob, Charlie and Dave.
pub(crate) fn local_testnet() -> Result<ChainSpec, String> {
    of_preset(
        LOCAL_TESTNET_RUNTIME_PRESET,
        "Tributary Local Testnet",
        "tributary_local",
        ChainType::Local,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_runtime::BuildStorage;

    #[test]
    fn the_presets_build_in_webassembly() {
        for spec in [development(), local_testnet()] {
            let storage = spec
                .expect("the blob is there")
                .build_storage()
                .expect("the preset is valid");
            assert!(storage.top.len() > 50);
        }
    }

    #[test]
    fn a_spec_survives_being_written_and_read() {
        let spec = local_testnet().expect("the blob is there");
        let raw = spec.as_json(true).expect("it can be written");
        let read = ChainSpec::from_json_bytes(raw.into_bytes()).expect("it can be read");
        let storage = |spec: &ChainSpec| spec.build_storage().expect("valid").top;
        assert_eq!(storage(&spec), storage(&read));
        assert_eq!(sc_chain_spec::ChainSpec::properties(&read), properties(),);
    }

    #[test]
    fn wallets_learn_the_token() {
        let spec = development().expect("the blob is there");
        let properties = sc_chain_spec::ChainSpec::properties(&spec);
        assert_eq!(properties["tokenSymbol"], "TRIB");
        assert_eq!(properties["tokenDecimals"], 12);
        assert_eq!(properties["ss58Format"], 42);
    }
}
