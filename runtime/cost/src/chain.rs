//! Blocks of the real runtime's Wasm, executed as a node does, on a state trie in memory behind the node's cache.

use crate::{clock, state::Transaction};
use codec::{Decode, Encode};
use sc_executor::{WasmExecutionMethod, WasmExecutor, WasmtimeInstantiationStrategy};
use sp_consensus_babe::{
    digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest},
    Slot,
};
use sp_core::{
    traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
    H256,
};
use sp_runtime::{
    generic,
    traits::{BlakeTwo256, Header as _},
    ApplyExtrinsicResult, DigestItem, OpaqueExtrinsic,
};
use sp_state_machine::{
    Backend, Ext, InMemoryBackend, OverlayedChanges, TrieBackend, TrieBackendBuilder,
    TrieBackendStorage,
};
use sp_storage::{StateVersion, Storage};
use sp_trie::{
    cache::{CacheSize, LocalTrieCache, SharedTrieCache},
    DBValue, HashDBT, PrefixedMemoryDB,
};
use std::{collections::BTreeMap, sync::Arc};
use tributary_runtime::{time::SLOT_MILLISECONDS, Hash, Header, RuntimeCall, WASM_BINARY};

type Database = PrefixedMemoryDB<BlakeTwo256>;
type Overlay = OverlayedChanges<BlakeTwo256>;
type CachedBackend<'a> = TrieBackend<&'a Nodes, BlakeTwo256, LocalTrieCache<BlakeTwo256>>;

/// The slot of the first block.
const FIRST_SLOT: u64 = 1_000;

/// The parent of the first block: what transactions sign for the genesis.
pub(crate) const GENESIS: Hash = H256::repeat_byte(7);

/// Executes the runtime with the host functions `H`.
pub(crate) struct Engine<H> {
    executor: WasmExecutor<H>,
    cache: SharedTrieCache<BlakeTwo256>,
}

/// Nodes of tries: those of the genesis, which all chains share, and those of later blocks.
#[derive(Clone)]
pub(crate) struct Nodes {
    genesis: Arc<Database>,
    later: Database,
}

impl TrieBackendStorage<BlakeTwo256> for Nodes {
    fn get(&self, key: &H256, prefix: (&[u8], Option<u8>)) -> Result<Option<DBValue>, String> {
        let later = HashDBT::get(&self.later, key, prefix);
        Ok(later.or_else(|| HashDBT::get(&*self.genesis, key, prefix)))
    }
}

/// A state and the block that it is the state after.
#[derive(Clone)]
pub(crate) struct Chain {
    nodes: Nodes,
    root: H256,
    number: u32,
    parent: Hash,
}

/// A block that has been made.
pub(crate) struct Block {
    /// As others import it.
    encoded: Vec<u8>,
    header: Header,
    /// What it writes: values by key, `None` where an entry goes.
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    transaction: Database,
    root: H256,
    /// What its transactions took one by one, as the author applies them, in microseconds.
    pub(crate) applied: f64,
    /// What the root of its state took.
    pub(crate) rooted: f64,
}

impl<H: sp_runtime_interface::sp_wasm_interface::HostFunctions> Engine<H> {
    /// Compiles the runtime, with the settings of a node.
    pub(crate) fn new() -> Self {
        let executor = WasmExecutor::builder()
            .with_execution_method(WasmExecutionMethod::Compiled {
                instantiation_strategy: WasmtimeInstantiationStrategy::PoolingCopyOnWrite,
            })
            .build();
        Self {
            executor,
            cache: SharedTrieCache::new(CacheSize::unlimited(), None),
        }
    }

    fn backend<'a>(&self, chain: &'a Chain) -> CachedBackend<'a> {
        TrieBackendBuilder::new_with_cache(
            &chain.nodes,
            chain.root,
            self.cache.local_cache_trusted(),
        )
        .build()
    }

    fn call(
        &self,
        backend: &CachedBackend<'_>,
        overlay: &mut Overlay,
        method: &str,
        data: &[u8],
    ) -> Vec<u8> {
        let fetcher = WrappedRuntimeCode(WASM_BINARY.expect("the Wasm is built").into());
        let code = RuntimeCode {
            code_fetcher: &fetcher,
            heap_pages: None,
            hash: b"the runtime".to_vec(),
        };
        let context = CallContext::Onchain { import: true };
        overlay.enter_runtime().expect("calls are not nested");
        let mut ext = Ext::new(overlay, backend, None);
        let (result, _) = self.executor.call(&mut ext, &code, method, data, context);
        overlay.exit_runtime().expect("the call has ended");
        result.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Makes a block of `transactions`, all of which must succeed.
    pub(crate) fn make(&self, chain: &Chain, transactions: &[Transaction]) -> Block {
        let (backend, mut overlay) = (self.backend(chain), Overlay::default());
        let slot = FIRST_SLOT + u64::from(chain.number);
        let now = slot * SLOT_MILLISECONDS;
        let call = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
        let inherent = tributary_runtime::UncheckedExtrinsic::new_bare(call);
        let mut header = Header::new(
            chain.number + 1,
            Default::default(),
            Default::default(),
            chain.parent,
            Default::default(),
        );
        let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
            authority_index: 0,
            slot: Slot::from(slot),
        });
        header.digest_mut().push(DigestItem::babe_pre_digest(claim));

        self.call(
            &backend,
            &mut overlay,
            "Core_initialize_block",
            &header.encode(),
        );
        let mut apply = |extrinsic: &[u8]| {
            let method = "BlockBuilder_apply_extrinsic";
            let result = self.call(&backend, &mut overlay, method, extrinsic);
            let result = ApplyExtrinsicResult::decode(&mut &result[..]);
            assert_eq!(result, Ok(Ok(Ok(()))), "each transaction succeeds");
        };
        apply(&inherent.encode());
        let (_, applied) = clock::timed(|| {
            transactions
                .iter()
                .for_each(|transaction| apply(&transaction.extrinsic.encode()))
        });
        // As `finalize_block` asks for it, but for the few entries that go then.
        let mut pending = overlay.clone();
        let (_, rooted) = clock::timed(|| pending.storage_root(&backend, StateVersion::V1));

        let method = "BlockBuilder_finalize_block";
        let header = self.call(&backend, &mut overlay, method, &[]);
        let header = Header::decode(&mut &header[..]).expect("a header");
        let changes = overlay
            .drain_storage_changes(&backend, StateVersion::V1)
            .expect("the state has a root");
        let body = core::iter::once(OpaqueExtrinsic::from(inherent))
            .chain(
                transactions
                    .iter()
                    .map(|transaction| transaction.extrinsic.clone()),
            )
            .collect();
        let block = generic::Block {
            header: header.clone(),
            extrinsics: body,
        };
        Block {
            encoded: block.encode(),
            header,
            changes: changes.main_storage_changes.into_iter().collect(),
            transaction: changes.transaction,
            root: changes.transaction_storage_root,
            applied,
            rooted,
        }
    }

    /// Executes a block as whoever imports it, and says how many microseconds that took.
    pub(crate) fn import(&self, chain: &Chain, block: &Block) -> f64 {
        let (backend, mut overlay) = (self.backend(chain), Overlay::default());
        let (_, time) = clock::timed(|| {
            self.call(&backend, &mut overlay, "Core_execute_block", &block.encoded)
        });
        time
    }

    /// The value of an entry.
    pub(crate) fn read(&self, chain: &Chain, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.backend(chain).storage(key);
        value.expect("the state is whole")
    }
}

impl Chain {
    /// A chain whose genesis is `storage`.
    pub(crate) fn new(storage: Storage) -> Self {
        let backend = InMemoryBackend::<BlakeTwo256>::from((storage, StateVersion::V1));
        Self {
            root: *backend.root(),
            nodes: Nodes {
                genesis: Arc::new(backend.into_storage()),
                later: Database::default(),
            },
            number: 0,
            parent: GENESIS,
        }
    }

    /// The chain with one more block.
    pub(crate) fn extend(&mut self, block: &Block) {
        self.nodes.later.consolidate(block.transaction.clone());
        self.root = block.root;
        self.number += 1;
        self.parent = block.header.hash();
    }
}

/// Bytes that a block's transactions write.
pub(crate) struct Written {
    /// Keys and values of all entries that a block without transactions does not write.
    pub(crate) state: usize,
    /// Events, which the next block overwrites.
    pub(crate) events: usize,
}

impl Block {
    /// What its transactions write beyond what `empty` does: each entry once, however often it changed.
    pub(crate) fn written(&self, empty: &Block) -> Written {
        let events = |block: &Block| {
            let key = frame_support::storage::storage_prefix(b"System", b"Events");
            let value = block.changes.get(&key[..]).cloned().flatten();
            value.map_or(0, |value| value.len())
        };
        let state = self
            .changes
            .iter()
            .filter(|(key, _)| !empty.changes.contains_key(*key))
            .map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len))
            .sum();
        Written {
            state,
            events: events(self) - events(empty),
        }
    }
}
