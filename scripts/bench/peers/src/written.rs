//! What a block changes in the state, and what the root of the state after it takes.

use crate::{clock, world::State};
use alloy_consensus::EMPTY_ROOT_HASH;
use alloy_primitives::{keccak256, Address, B256, U256};
use alloy_rlp::RlpEncodable;
use eth_trie::{EthTrie, MemoryDB, Trie};
use revm::{
    database::{CacheDB, InMemoryDB},
    state::AccountInfo,
    DatabaseRef,
};
use std::{collections::BTreeMap, sync::Arc};

/// Bytes of a slot: where it lies and what is in it.
pub(crate) const SLOT: usize = 64;

/// What a block changes.
pub(crate) struct Changes {
    accounts: Vec<(Address, AccountInfo, Vec<(U256, U256)>)>,
}

impl Changes {
    /// Compares what a block left with the state before it.
    pub(crate) fn between(before: &State, after: &CacheDB<&State>) -> Self {
        let mut accounts = Vec::new();
        for (address, account) in &after.cache.accounts {
            let old = before.basic_ref(*address).expect("memory does not fail");
            let slots: Vec<_> = account
                .storage
                .iter()
                .filter(|(place, value)| before.storage_ref(*address, **place) != Ok(**value))
                .map(|(place, value)| (*place, *value))
                .collect();
            let unchanged = |old: &AccountInfo| {
                (old.balance, old.nonce) == (account.info.balance, account.info.nonce)
            };
            if !slots.is_empty() || !old.is_some_and(|old| unchanged(&old)) {
                accounts.push((*address, account.info.clone(), slots));
            }
        }
        Self { accounts }
    }

    /// Bytes of all accounts and slots that changed: an account's address with its encoding, 64 a slot.
    pub(crate) fn bytes(&self) -> usize {
        let accounts = self.accounts.iter().map(|(_, info, slots)| {
            let encoded = alloy_rlp::encode(Entry::new(info, B256::ZERO));
            Address::len_bytes() + encoded.len() + slots.len() * SLOT
        });
        accounts.sum()
    }
}

/// An account as the trie of the state has it.
#[derive(RlpEncodable)]
struct Entry {
    nonce: u64,
    balance: U256,
    storage: B256,
    code: B256,
}

impl Entry {
    fn new(info: &AccountInfo, storage: B256) -> Self {
        Self {
            nonce: info.nonce,
            balance: info.balance,
            storage,
            code: info.code_hash,
        }
    }
}

/// The tries of a state: of all accounts, and of the slots of each that has some.
#[derive(Clone)]
pub(crate) struct Tries {
    nodes: Arc<MemoryDB>,
    accounts: B256,
    slots: BTreeMap<Address, B256>,
}

impl Tries {
    pub(crate) fn new(genesis: &InMemoryDB) -> Self {
        let empty = Self {
            // Keeps the nodes of all states: blocks are executed on the same one again and again.
            nodes: Arc::new(MemoryDB::new(false)),
            accounts: EMPTY_ROOT_HASH,
            slots: BTreeMap::new(),
        };
        let accounts = genesis.cache.accounts.iter();
        let accounts = accounts.map(|(address, account)| {
            let slots = account.storage.iter();
            let slots = slots.map(|(place, value)| (*place, *value)).collect();
            (*address, account.info.clone(), slots)
        });
        empty.after(&Changes {
            accounts: accounts.collect(),
        })
    }

    fn open(&self, root: B256) -> EthTrie<MemoryDB> {
        if root == EMPTY_ROOT_HASH {
            EthTrie::new(self.nodes.clone())
        } else {
            EthTrie::from(self.nodes.clone(), root).expect("the root is known")
        }
    }

    /// The tries after some changes.
    pub(crate) fn after(&self, changes: &Changes) -> Self {
        const SOUND: &str = "tries in memory are sound";
        let mut after = self.clone();
        let mut accounts = self.open(self.accounts);
        for (address, info, slots) in &changes.accounts {
            let root = after.slots.entry(*address).or_insert(EMPTY_ROOT_HASH);
            if !slots.is_empty() {
                let mut trie = self.open(*root);
                for (place, value) in slots {
                    let place = keccak256(place.to_be_bytes::<32>());
                    if value.is_zero() {
                        trie.remove(place.as_slice()).expect(SOUND);
                    } else {
                        let value = alloy_rlp::encode(value);
                        trie.insert(place.as_slice(), &value).expect(SOUND);
                    }
                }
                *root = trie.root_hash().expect(SOUND);
            }
            let entry = alloy_rlp::encode(Entry::new(info, *root));
            accounts
                .insert(keccak256(address).as_slice(), &entry)
                .expect(SOUND);
        }
        after.accounts = accounts.root_hash().expect(SOUND);
        after
    }

    /// How many microseconds the root after some changes takes.
    pub(crate) fn time(&self, changes: &Changes) -> f64 {
        clock::timed(|| self.after(changes)).1
    }
}
