//! RPC methods besides those that every SDK node has (`author`, `chain`, `state`, `system`,
//! `chainHead`, `chainSpec`, `transaction`, `transactionWatch` and `archive`).

use crate::service::{FullBackend, FullClient, FullSelectChain, TransactionPool};
use jsonrpsee::RpcModule;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_grandpa::{
    FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_rpc::SubscriptionTaskExecutor;
use sc_service::ChainSpec;
use sp_keystore::KeystorePtr;
use std::{error::Error, sync::Arc};
use tributary_runtime::{opaque::Block, AccountId, BlockNumber, Hash, Nonce};

/// What the methods answer from.
pub(crate) struct Sources {
    pub(crate) client: Arc<FullClient>,
    pub(crate) pool: Arc<TransactionPool>,
    pub(crate) select_chain: FullSelectChain,
    pub(crate) chain_spec: Box<dyn ChainSpec>,
    pub(crate) keystore: KeystorePtr,
    pub(crate) babe_worker: BabeWorkerHandle<Block>,
    pub(crate) voter_state: SharedVoterState,
    pub(crate) authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    pub(crate) justifications: GrandpaJustificationStream<Block>,
    pub(crate) finality_proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// Nonces, fees, BABE, GRANDPA, and chain specs for light clients.
pub(crate) fn methods(
    sources: &Sources,
    executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Box<dyn Error + Send + Sync>> {
    use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
    use sc_consensus_babe_rpc::{Babe, BabeApiServer};
    use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
    use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
    use substrate_frame_rpc_system::{System, SystemApiServer};

    let client = || sources.client.clone();
    let mut module = RpcModule::new(());
    module.merge(SystemApiServer::<Hash, AccountId, Nonce>::into_rpc(
        System::<_, _, Block>::new(client(), sources.pool.clone()),
    ))?;
    module.merge(TransactionPayment::new(client()).into_rpc())?;
    module.merge(
        Babe::new(
            client(),
            sources.babe_worker.clone(),
            sources.keystore.clone(),
            sources.select_chain.clone(),
        )
        .into_rpc(),
    )?;
    module.merge(
        Grandpa::new(
            executor,
            sources.authority_set.clone(),
            sources.voter_state.clone(),
            sources.justifications.clone(),
            sources.finality_proofs.clone(),
        )
        .into_rpc(),
    )?;
    module.merge(
        SyncState::new(
            sources.chain_spec.cloned_box(),
            client(),
            sources.authority_set.clone(),
            sources.babe_worker.clone(),
        )?
        .into_rpc(),
    )?;
    Ok(module)
}
