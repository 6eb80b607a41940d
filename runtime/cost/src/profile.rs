//! The host functions that transactions ask for most, with a clock around each. What is left of a transaction's time is spent in Wasm, and in
//! going there and back.

// The macro writes public functions for runtimes as well, which nobody calls here.
#![allow(dead_code, unreachable_pub)]

use sp_core::{crypto::Pair as _, sr25519, Blake2Hasher, H256};
use sp_runtime_interface::{
    pass_by::{
        AllocateAndReturnByCodec, AllocateAndReturnFatPointer, AllocateAndReturnPointer, PassAs,
        PassFatPointerAndDecode, PassFatPointerAndRead, PassFatPointerAndReadWrite,
        PassPointerAndRead,
    },
    runtime_interface,
    sp_wasm_interface::ExtendedHostFunctions,
    Pointer,
};
use sp_storage::StateVersion;
use sp_trie::{LayoutV0, LayoutV1, TrieConfiguration};
use std::{cell::RefCell, collections::BTreeMap, time::Instant};

/// A node's host functions, with a clock around the most used.
pub(crate) type HostFunctions = ExtendedHostFunctions<
    sp_io::SubstrateHostFunctions,
    (
        storage::HostFunctions,
        hashing::HostFunctions,
        crypto::HostFunctions,
        allocator::HostFunctions,
        trie::HostFunctions,
    ),
>;

/// What host functions of a kind took, call by call, in nanoseconds.
#[derive(Default)]
pub(crate) struct Calls(Vec<u32>);

impl Calls {
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Microseconds of all calls. The longest of fifty count as the others do: other programs ran in them.
    pub(crate) fn time(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.truncate(sorted.len() - sorted.len() / 50);
        let sum = sorted.iter().copied().map(f64::from).sum::<f64>();
        sum * self.0.len() as f64 / sorted.len().max(1) as f64 / 1e3
    }
}

thread_local! {
    static CALLS: RefCell<BTreeMap<&'static str, Calls>> = const { RefCell::new(BTreeMap::new()) };
}

/// What was called since this was asked last.
pub(crate) fn take() -> BTreeMap<&'static str, Calls> {
    CALLS.take()
}

/// What a clock itself adds to a call's time, in microseconds.
pub(crate) fn clock_cost() -> f64 {
    const TIMES: u32 = 100_000;
    take();
    (0..TIMES).for_each(|_| clocked("nothing", || ()));
    take()["nothing"].time() / f64::from(TIMES)
}

fn clocked<R>(kind: &'static str, work: impl FnOnce() -> R) -> R {
    let begin = Instant::now();
    let result = work();
    let time = begin.elapsed().as_nanos();
    CALLS.with_borrow_mut(|calls| {
        let calls = calls.entry(kind).or_default();
        calls.0.push(u32::try_from(time).unwrap_or(u32::MAX));
    });
    result
}

#[runtime_interface]
pub trait Storage {
    fn get(
        &mut self,
        key: PassFatPointerAndRead<&[u8]>,
    ) -> AllocateAndReturnByCodec<Option<Vec<u8>>> {
        clocked("storage: read", || self.storage(key))
    }

    fn read(
        &mut self,
        key: PassFatPointerAndRead<&[u8]>,
        out: PassFatPointerAndReadWrite<&mut [u8]>,
        offset: u32,
    ) -> AllocateAndReturnByCodec<Option<u32>> {
        let value = clocked("storage: read", || self.storage(key))?;
        let data = &value[value.len().min(offset as usize)..];
        let written = data.len().min(out.len());
        out[..written].copy_from_slice(&data[..written]);
        Some(data.len() as u32)
    }

    fn set(&mut self, key: PassFatPointerAndRead<&[u8]>, value: PassFatPointerAndRead<&[u8]>) {
        clocked("storage: write", || {
            self.set_storage(key.to_vec(), value.to_vec())
        });
    }

    fn clear(&mut self, key: PassFatPointerAndRead<&[u8]>) {
        clocked("storage: write", || self.clear_storage(key));
    }

    fn exists(&mut self, key: PassFatPointerAndRead<&[u8]>) -> bool {
        clocked("storage: read", || self.exists_storage(key))
    }

    fn append(&mut self, key: PassFatPointerAndRead<&[u8]>, value: PassFatPointerAndRead<Vec<u8>>) {
        clocked("storage: append (events)", || {
            self.storage_append(key.to_vec(), value)
        });
    }

    fn root(&mut self) -> AllocateAndReturnFatPointer<Vec<u8>> {
        clocked("state root", || self.storage_root(StateVersion::V0))
    }

    #[version(2)]
    fn root(&mut self, version: PassAs<StateVersion, u8>) -> AllocateAndReturnFatPointer<Vec<u8>> {
        clocked("state root", || self.storage_root(version))
    }

    fn start_transaction(&mut self) {
        clocked("storage: layers", || self.storage_start_transaction());
    }

    fn rollback_transaction(&mut self) {
        clocked("storage: layers", || self.storage_rollback_transaction())
            .expect("a layer was begun");
    }

    fn commit_transaction(&mut self) {
        clocked("storage: layers", || self.storage_commit_transaction())
            .expect("a layer was begun");
    }
}

#[runtime_interface]
pub trait Hashing {
    fn blake2_128(data: PassFatPointerAndRead<&[u8]>) -> AllocateAndReturnPointer<[u8; 16], 16> {
        clocked("hashing", || sp_io::hashing::blake2_128(data))
    }

    fn blake2_256(data: PassFatPointerAndRead<&[u8]>) -> AllocateAndReturnPointer<[u8; 32], 32> {
        clocked("hashing", || sp_io::hashing::blake2_256(data))
    }

    fn twox_128(data: PassFatPointerAndRead<&[u8]>) -> AllocateAndReturnPointer<[u8; 16], 16> {
        clocked("hashing", || sp_io::hashing::twox_128(data))
    }

    fn twox_64(data: PassFatPointerAndRead<&[u8]>) -> AllocateAndReturnPointer<[u8; 8], 8> {
        clocked("hashing", || sp_io::hashing::twox_64(data))
    }
}

#[runtime_interface]
pub trait Crypto {
    fn sr25519_verify(
        signature: PassPointerAndRead<&sr25519::Signature, 64>,
        message: PassFatPointerAndRead<&[u8]>,
        key: PassPointerAndRead<&sr25519::Public, 32>,
    ) -> bool {
        clocked("signature", || {
            sr25519::Pair::verify_deprecated(signature, message, key)
        })
    }

    #[version(2)]
    fn sr25519_verify(
        signature: PassPointerAndRead<&sr25519::Signature, 64>,
        message: PassFatPointerAndRead<&[u8]>,
        key: PassPointerAndRead<&sr25519::Public, 32>,
    ) -> bool {
        clocked("signature", || {
            sr25519::Pair::verify(signature, message, key)
        })
    }
}

#[runtime_interface(wasm_only)]
pub trait Allocator {
    fn malloc(&mut self, size: u32) -> Pointer<u8> {
        clocked("allocator", || self.allocate_memory(size)).expect("there is memory")
    }

    fn free(&mut self, pointer: Pointer<u8>) {
        clocked("allocator", || self.deallocate_memory(pointer)).expect("it was allocated")
    }
}

#[runtime_interface]
pub trait Trie {
    fn blake2_256_ordered_root(
        input: PassFatPointerAndDecode<Vec<Vec<u8>>>,
    ) -> AllocateAndReturnPointer<H256, 32> {
        clocked("root of the transactions", || {
            LayoutV0::<Blake2Hasher>::ordered_trie_root(input)
        })
    }

    #[version(2)]
    fn blake2_256_ordered_root(
        input: PassFatPointerAndDecode<Vec<Vec<u8>>>,
        version: PassAs<StateVersion, u8>,
    ) -> AllocateAndReturnPointer<H256, 32> {
        clocked("root of the transactions", || match version {
            StateVersion::V0 => LayoutV0::<Blake2Hasher>::ordered_trie_root(input),
            StateVersion::V1 => LayoutV1::<Blake2Hasher>::ordered_trie_root(input),
        })
    }
}
