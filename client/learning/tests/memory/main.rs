//! What reading a hostile file takes.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

use codec::{Compact, Encode};
use sp_core::H256;
use tributary_learning::{Model, Source};

/// The system's allocator, which remembers the largest block that was asked for.
struct Watched;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is the system allocator's own.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// The most that may be asked for at a time by a file of a few bytes.
const MOST: usize = 8 << 20;

#[test]
fn lengths_that_a_few_bytes_claim_take_no_memory() {
    let source = Source {
        genesis: H256::zero(),
        datanet: 0,
        round: 0,
        terms: H256::zero(),
        records: H256::zero(),
        parent: None,
    };
    let head = (*b"tribmodl", 1u8, 0u8, 1_024u16, 256u16, source);
    let huge = Compact(u32::MAX >> 2);
    let few = [0u8; 64];
    for bytes in [
        (&head, 1u8, huge, few).encode(),
        (&head, 0u8, 5u8, huge, few).encode(),
        (&head, 0u8, 5u8, Compact(0u32), huge, few).encode(),
        (&head, 0u8, 5u8, Compact(0u32), Compact(0u32), huge, few).encode(),
    ] {
        LARGEST.store(0, Ordering::Relaxed);
        assert!(Model::from_bytes(&bytes).is_err());
        let largest = LARGEST.load(Ordering::Relaxed);
        assert!(largest <= MOST, "{largest} bytes for {}", bytes.len());
    }
    LARGEST.store(0, Ordering::Relaxed);
    drop(std::hint::black_box(vec![1u8; 2 * MOST]));
    assert!(LARGEST.load(Ordering::Relaxed) > MOST, "blocks are counted");
}
