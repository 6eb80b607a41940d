//! The node: client, consensus, network, pool and RPC, put together.

use crate::{
    equivocation::{Sealing, Unsealing},
    preflight,
    rpc::{self, Sources},
};
use futures::FutureExt;
use sc_client_api::{Backend, BlockBackend};
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle, SlotProportion};
use sc_consensus_grandpa::{
    FinalityProofProvider, GrandpaBlockImport, LinkHalf, SharedVoterState, VotingRulesBuilder,
};
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_network::{
    config::{FullNetworkConfiguration, NetworkBackendType},
    Litep2pNetworkBackend, NetworkBackend, NetworkWorker,
};
use sc_service::{
    config::Configuration, Error as ServiceError, GenesisBlockBuilder, PruningMode, TaskManager,
    WarpSyncConfig,
};
use sc_storage_monitor::{StorageMonitorParams, StorageMonitorService};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::{
    BabeCreateInherentDataProviders, InherentDataProvider as SlotProvider,
};
use sp_runtime::traits::Block as BlockT;
use std::{path::Path, sync::Arc, time::Duration};
use tributary_runtime::{configs::system::BLOCK_LENGTH, opaque::Block, Hash, RuntimeApi};

/// Runs the runtime's WebAssembly.
type Executor = sc_executor::WasmExecutor<sp_io::SubstrateHostFunctions>;
/// Executes and imports blocks, answers questions about them.
pub(crate) type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// Stores blocks and state.
pub(crate) type FullBackend = sc_service::TFullBackend<Block>;
/// Picks the best chain.
pub(crate) type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// Keeps transactions until they are in a block.
pub(crate) type TransactionPool = TransactionPoolHandle<Block, FullClient>;

type GrandpaImport = GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
type BabeImport = Sealing<
    BabeBlockImport<
        Block,
        FullClient,
        Unsealing<GrandpaImport>,
        BabeCreateInherentDataProviders<Block>,
        FullSelectChain,
    >,
>;

/// A node that can import and export blocks but is not connected to others.
pub(crate) type Parts = sc_service::PartialComponents<
    FullClient,
    FullBackend,
    FullSelectChain,
    sc_consensus::DefaultImportQueue<Block>,
    TransactionPool,
    Consensus,
>;

/// What consensus needs when the node goes on.
pub(crate) struct Consensus {
    block_import: BabeImport,
    babe_link: BabeLink<Block>,
    babe_worker: BabeWorkerHandle<Block>,
    grandpa_link: LinkHalf<Block, FullClient, FullSelectChain>,
    telemetry: Option<Telemetry>,
}

/// A finality proof is kept for at least every such block, so that others can check the chain without
/// its votes: about every half hour.
const JUSTIFICATION_PERIOD: u32 = 512;
/// How long a vote is expected to travel. A ninth of a slot, as on other networks of this kind.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);
/// The share of a slot that goes into making a block; the rest is for others to import it.
const PROPOSAL_SHARE: f32 = 2.0 / 3.0;
/// Room for a header: the first block of an epoch names the authorities of the next one.
const HEADER_ALLOWANCE: usize = 64 * 1024;

/// Opens the database and sets up whatever imports blocks.
pub(crate) fn new_partial(config: &Configuration) -> sc_cli::Result<Parts> {
    let telemetry = config
        .telemetry_endpoints
        .clone()
        .filter(|endpoints| !endpoints.is_empty())
        .map(|endpoints| -> Result<_, sc_telemetry::Error> {
            let worker = TelemetryWorker::new(16)?;
            let telemetry = worker.handle().new_telemetry(endpoints);
            Ok((worker, telemetry))
        })
        .transpose()
        .map_err(ServiceError::from)?;

    let executor: Executor = sc_service::new_wasm_executor(&config.executor);
    let (client, backend, keystore_container, task_manager) = open(
        config,
        executor,
        telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
    )?;
    let client = Arc::new(client);
    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager
            .spawn_handle()
            .spawn("telemetry", None, worker.run());
        telemetry
    });
    let telemetry_handle = || telemetry.as_ref().map(Telemetry::handle);

    let select_chain = sc_consensus::LongestChain::new(backend.clone());
    let transaction_pool = Arc::new(
        sc_transaction_pool::Builder::new(
            task_manager.spawn_essential_handle(),
            client.clone(),
            config.role.is_authority().into(),
        )
        .with_options(config.transaction_pool.clone())
        .with_prometheus(config.prometheus_registry())
        .build(),
    );

    let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD,
        &client,
        select_chain.clone(),
        telemetry_handle(),
    )?;
    let babe_config = sc_consensus_babe::configuration(&*client)?;
    let slot_duration = babe_config.slot_duration();
    // Equivocations are reported through the pool, as extrinsics of this node to itself.
    let (block_import, babe_link) = sc_consensus_babe::block_import(
        babe_config,
        Unsealing(grandpa_import.clone()),
        client.clone(),
        inherents(slot_duration),
        select_chain.clone(),
        OffchainTransactionPoolFactory::new(transaction_pool.clone()),
    )?;
    let block_import = Sealing(block_import);
    let (import_queue, babe_worker) =
        sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
            link: babe_link.clone(),
            block_import: block_import.clone(),
            justification_import: Some(Box::new(grandpa_import)),
            client: client.clone(),
            slot_duration,
            spawner: &task_manager.spawn_essential_handle(),
            registry: config.prometheus_registry(),
            telemetry: telemetry_handle(),
        })?;

    Ok(Parts {
        client,
        backend,
        task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other: Consensus {
            block_import,
            babe_link,
            babe_worker,
            grandpa_link,
            telemetry,
        },
    })
}

/// Opens the database, having checked that chain spec and database are of this chain.
#[allow(clippy::type_complexity)]
fn open(
    config: &Configuration,
    executor: Executor,
    telemetry: Option<sc_telemetry::TelemetryHandle>,
) -> sc_cli::Result<(
    FullClient,
    Arc<FullBackend>,
    sc_service::KeystoreContainer,
    TaskManager,
)> {
    let spec = config.chain_spec.id();
    let genesis = config
        .chain_spec
        .as_storage_builder()
        .build_storage()
        .map_err(|reason| preflight::Error::InvalidGenesis {
            spec: spec.into(),
            reason,
        })?;
    preflight::check_runtime(spec, &genesis, &executor)?;
    let backend = sc_service::new_db_backend(config.db_config())
        .map_err(|error| preflight::explain_lock(config, error))?;
    preflight::check_database(config, &backend, &genesis, executor.clone())?;
    let genesis_builder = GenesisBlockBuilder::new_with_storage(
        genesis,
        !config.no_genesis(),
        backend.clone(),
        executor.clone(),
    )?;
    Ok(sc_service::new_full_parts_with_genesis_builder(
        config,
        telemetry,
        executor,
        backend,
        genesis_builder,
        false,
    )?)
}

/// The slot and the time, which every block begins with.
fn inherents(
    slot_duration: sp_consensus_babe::SlotDuration,
) -> BabeCreateInherentDataProviders<Block> {
    Arc::new(move |_, ()| async move {
        let time = sp_timestamp::InherentDataProvider::from_system_time();
        let slot = SlotProvider::from_timestamp_and_slot_duration(*time, slot_duration);
        Ok((slot, time))
    })
}

/// Starts the node on the network backend that the configuration names.
pub(crate) fn new_full(
    config: Configuration,
    storage_monitor: StorageMonitorParams,
) -> sc_cli::Result<TaskManager> {
    let database = config.database.path().map(Path::to_path_buf);
    let task_manager = match config.network.network_backend {
        NetworkBackendType::Libp2p => start::<NetworkWorker<Block, Hash>>(config)?,
        NetworkBackendType::Litep2p => start::<Litep2pNetworkBackend>(config)?,
    };
    if let Some(database) = database {
        StorageMonitorService::try_spawn(
            storage_monitor,
            database,
            &task_manager.spawn_essential_handle(),
        )
        .map_err(|error| sc_cli::Error::Application(Box::new(error)))?;
    }
    Ok(task_manager)
}

/// Starts the node.
fn start<Network>(mut config: Configuration) -> sc_cli::Result<TaskManager>
where
    Network: NetworkBackend<Block, <Block as BlockT>::Hash>,
{
    let Parts {
        client,
        backend,
        mut task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other:
            Consensus {
                block_import,
                babe_link,
                babe_worker,
                grandpa_link,
                mut telemetry,
            },
    } = new_partial(&config)?;

    if config.state_pruning.is_none() && client_keeps_all_state(&client) {
        // The database knows its mode, the configuration decides whether `archive` is served.
        config.state_pruning = Some(PruningMode::ArchiveCanonical);
    }

    let registry = config.prometheus_registry().cloned();
    let genesis_hash = client
        .block_hash(0)?
        .expect("a client that could be opened has a genesis block; qed");

    // Network.
    let mut net_config =
        FullNetworkConfiguration::<Block, Hash, Network>::new(&config.network, registry.clone());
    let metrics = Network::register_notification_metrics(registry.as_ref());
    let grandpa_protocol =
        sc_consensus_grandpa::protocol_standard_name(&genesis_hash, &config.chain_spec);
    let (grandpa_peers, grandpa_notifications) =
        sc_consensus_grandpa::grandpa_peers_set_config::<Block, Network>(
            grandpa_protocol.clone(),
            metrics.clone(),
            net_config.peer_store_handle(),
        );
    net_config.add_notification_protocol(grandpa_peers);
    let warp_proofs = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
        backend.clone(),
        grandpa_link.shared_authority_set().clone(),
        Vec::new(),
    ));
    let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
        sc_service::build_network(sc_service::BuildNetworkParams {
            config: &config,
            net_config,
            client: client.clone(),
            transaction_pool: transaction_pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue,
            block_announce_validator_builder: None,
            warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_proofs)),
            block_relay: None,
            metrics,
            gap_sync_body_policy: None,
        })?;

    if config.offchain_worker.enabled {
        let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            keystore: Some(keystore_container.keystore()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(
                transaction_pool.clone(),
            )),
            network_provider: Arc::new(network.clone()),
            is_validator: config.role.is_authority(),
            enable_http_requests: false,
            custom_extensions: |_| Vec::new(),
        })
        .map_err(ServiceError::from)?;
        task_manager.spawn_handle().spawn(
            "offchain-workers-runner",
            "offchain-worker",
            workers
                .run(client.clone(), task_manager.spawn_handle())
                .boxed(),
        );
    }

    // What is needed after `config` is given away.
    let role = config.role;
    let name = config.network.node_name.clone();
    let force_authoring = config.force_authoring;
    let votes = !config.disable_grandpa;

    // RPC, informant, metrics.
    let voter_state = SharedVoterState::empty();
    let sources = Sources {
        client: client.clone(),
        pool: transaction_pool.clone(),
        select_chain: select_chain.clone(),
        chain_spec: config.chain_spec.cloned_box(),
        keystore: keystore_container.keystore(),
        babe_worker,
        voter_state: voter_state.clone(),
        authority_set: grandpa_link.shared_authority_set().clone(),
        justifications: grandpa_link.justification_stream(),
        finality_proofs: FinalityProofProvider::new_for_service(
            backend.clone(),
            Some(grandpa_link.shared_authority_set().clone()),
        ),
    };
    sc_service::spawn_tasks(sc_service::SpawnTasksParams {
        config,
        backend,
        client: client.clone(),
        keystore: keystore_container.keystore(),
        network: network.clone(),
        rpc_builder: Box::new(move |executor| {
            rpc::methods(&sources, executor).map_err(ServiceError::Application)
        }),
        transaction_pool: transaction_pool.clone(),
        task_manager: &mut task_manager,
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync_service.clone(),
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;
    let telemetry_handle = || telemetry.as_ref().map(Telemetry::handle);

    // Blocks.
    if role.is_authority() {
        let mut proposer = sc_basic_authorship::ProposerFactory::new(
            task_manager.spawn_handle(),
            client.clone(),
            transaction_pool.clone(),
            registry.as_ref(),
            telemetry_handle(),
        );
        // The default of 4 MiB would keep out Operational extrinsics that the runtime has room for.
        // The runtime counts extrinsics alone, this limit the header as well.
        proposer.set_default_block_size_limit(BLOCK_LENGTH as usize + HEADER_ALLOWANCE);
        let slot_duration = babe_link.config().slot_duration();
        let babe = sc_consensus_babe::start_babe(sc_consensus_babe::BabeParams {
            keystore: keystore_container.keystore(),
            client,
            select_chain,
            env: proposer,
            block_import,
            sync_oracle: sync_service.clone(),
            justification_sync_link: sync_service.clone(),
            create_inherent_data_providers: inherents(slot_duration),
            force_authoring,
            backoff_authoring_blocks: Some(BackoffAuthoringOnFinalizedHeadLagging::default()),
            babe_link,
            block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SHARE),
            max_block_proposal_slot_portion: None,
            telemetry: telemetry_handle(),
        })
        .map_err(ServiceError::from)?;
        task_manager.spawn_essential_handle().spawn_blocking(
            "babe-proposer",
            Some("block-authoring"),
            babe,
        );
    }

    // Finality. Also a node that does not vote runs the voter, to follow the votes of others.
    if votes {
        let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
            config: sc_consensus_grandpa::Config {
                gossip_duration: GOSSIP_DURATION,
                justification_generation_period: JUSTIFICATION_PERIOD,
                observer_enabled: false,
                local_role: role,
                name: Some(name),
                keystore: role.is_authority().then(|| keystore_container.keystore()),
                telemetry: telemetry_handle(),
                protocol_name: grandpa_protocol,
            },
            link: grandpa_link,
            network,
            sync: sync_service,
            notification_service: grandpa_notifications,
            voting_rule: VotingRulesBuilder::default().build(),
            prometheus_registry: registry,
            shared_voter_state: voter_state,
            telemetry: telemetry_handle(),
            offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
        })?;
        task_manager
            .spawn_essential_handle()
            .spawn_blocking("grandpa-voter", None, voter);
    }

    Ok(task_manager)
}

/// Whether the database was made to keep the state of all finalised blocks.
fn client_keeps_all_state(client: &FullClient) -> bool {
    BlockBackend::requires_full_sync(client)
}
