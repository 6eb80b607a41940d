//! Hashes as another implementation must compute them. The vectors were made by Python's `hashlib.blake2b(digest_size=32)` over
//! bytes put together by hand.

use core::str::FromStr;
use std::collections::BTreeSet;

use sp_core::H256;
use tributary_primitives::{
    hashing::*,
    ids::RecordId,
    merkle::Range,
    metering::{Receipt, Voucher},
    valuation::{Row, RowEntry, Shadow},
};

const ACCOUNT: [u8; 32] = [0x11; 32];
const SALT: [u8; 32] = [0x22; 32];
const ROOT: H256 = H256([0x33; 32]);

#[track_caller]
fn assert_hash(found: H256, vector: &str) {
    assert_eq!(found, H256::from_str(vector).expect("64 digits"));
}

fn record(contribution: u32, position: u16) -> RecordId {
    RecordId {
        contribution,
        position,
    }
}

fn row() -> Row {
    let entries = vec![
        RowEntry {
            record: record(1, 2),
            matches: true,
        },
        RowEntry {
            record: record(70_000, 65_535),
            matches: false,
        },
    ];
    Row {
        entries: entries.try_into().expect("two"),
    }
}

fn shadow() -> Shadow {
    Shadow {
        shadow: record(70_000, 3),
        witness: record(1, 2),
    }
}

#[test]
fn a_record_hashes_to_its_vector() {
    let raw = [0, 1, 16, 255, 128];
    assert_hash(
        record_leaf(&raw, 7, &raw),
        "493da1535a8f4512f69b4c2cefc19717b3349eb7c325e759452417077583df0c",
    );
    let features: Vec<_> = (0..200).collect();
    assert_hash(
        record_leaf(b"a text", 255, &features),
        "415fe1dfb8a1e043499b6950df470849f2dc4c6d2068854529759f960744d836",
    );
}

#[test]
fn commitments_hash_to_their_vectors() {
    assert_hash(
        commitment(&ACCOUNT, 1, 2, &SALT, ROOT),
        "e71095aba6eec12da40db546755af9c0a7b614c3b5d1d6b235fdc8254783a3ff",
    );
    assert_hash(
        slice_commitment(&ACCOUNT, 1, 2, 3, &SALT, ROOT),
        "09797bf0a9b12046a5d7444012b5f79745808a432906ae81497bb297e467a3f0",
    );
    assert_hash(
        proposal_commitment(&ACCOUNT, 1, 2, ROOT),
        "c4b8ad7fdc0521e01c82ecffe2ea32d8551412a62ae73d0669586876cd7c2e8d",
    );
}

#[test]
fn an_admitted_contribution_hashes_to_its_vector() {
    assert_hash(
        weight_leaf(9, &ACCOUNT),
        "7463ba779dd72055cbe1c54e510636cde20f3aa62353a67896c28187f6dcf042",
    );
}

fn receipt() -> Receipt {
    Receipt {
        channel: 5,
        number: 7,
        units: 300,
        amount: 1 << 70,
        request: H256(ACCOUNT),
        response: H256(SALT),
    }
}

fn voucher() -> Voucher {
    Voucher {
        channel: 5,
        count: 8,
        units: 301,
        amount: (1 << 70) + 1,
        root: ROOT,
        order: H256(SALT),
    }
}

#[test]
fn calls_and_what_pays_for_them_hash_to_their_vectors() {
    let genesis = H256([0x44; 32]);
    assert_hash(
        receipt().leaf(genesis),
        "fab226ca4ee5a4acba8a98983704fa2728b9420b5cd44f59dd076431c3913f30",
    );
    let hash = voucher().hash(genesis, 9);
    assert_hash(
        hash,
        "b44ad613af6e6f79af4a150170292c0c51de27e916703f730791585332a157fb",
    );
    assert_hash(
        consent(hash),
        "7e161751535ac3f44491749da118d6a5bec1e5e69567ccce23468611af637388",
    );
    assert_hash(
        order(7, H256(ACCOUNT)),
        "e2672fdea8d26f2a632b7973434b3b541b7317828e4625fef396fc18deef5b4d",
    );
}

#[test]
fn every_field_of_receipts_and_vouchers_counts() {
    let (genesis, other) = (H256([0x44; 32]), H256([0x45; 32]));
    let receipts = [
        receipt(),
        Receipt {
            channel: 6,
            ..receipt()
        },
        Receipt {
            number: 8,
            ..receipt()
        },
        Receipt {
            units: 301,
            ..receipt()
        },
        Receipt {
            amount: 1,
            ..receipt()
        },
        Receipt {
            request: other,
            ..receipt()
        },
        Receipt {
            response: other,
            ..receipt()
        },
    ];
    let vouchers = [
        voucher(),
        Voucher {
            channel: 6,
            ..voucher()
        },
        Voucher {
            count: 9,
            ..voucher()
        },
        Voucher {
            units: 302,
            ..voucher()
        },
        Voucher {
            amount: 1,
            ..voucher()
        },
        Voucher {
            root: other,
            ..voucher()
        },
        Voucher {
            order: other,
            ..voucher()
        },
    ];
    let all: Vec<_> = receipts
        .iter()
        .map(|receipt| receipt.leaf(genesis))
        .chain([receipt().leaf(other)])
        .chain(vouchers.iter().map(|voucher| voucher.hash(genesis, 9)))
        .chain([voucher().hash(other, 9), voucher().hash(genesis, 10)])
        .chain([
            order(7, ROOT),
            order(8, ROOT),
            order(7, other),
            consent(ROOT),
        ])
        .collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn a_publication_hashes_to_its_vectors() {
    let [inputs, shadows, rows] = [0x44, 0x55, 0x66].map(|byte| H256([byte; 32]));
    assert_hash(
        payload(inputs, shadows, rows),
        "20fe7329e518ac019b52e61912d7f690aa3c6972ac92c366c63da449aebd8956",
    );
    assert_hash(
        row_leaf(&row()),
        "bdda3353b237d5b2d5840d9fc3c918b4a1824cc4829fc8727d5bf52cbe3f1146",
    );
    assert_hash(
        row_leaf(&Row::default()),
        "194627d1fdd409c1996a4b1d0a37d17c8fd3e23d5f39419df463e5599a489333",
    );
    assert_hash(
        shadow_leaf(&shadow()),
        "3f7a272b4e3abd7a8b69bbfd64ae4c3272140d9a04ccc443610fd2e94a682c9e",
    );
}

#[test]
fn inputs_hash_to_their_vector() {
    assert_hash(
        extend_inputs(H256::zero(), ROOT),
        "364e14862b0966c8201151a70fc925e1a49ca5d0cd186a5e51ef5e52517c7f05",
    );
}

#[test]
fn a_slice_is_picked_by_its_vector() {
    // The number that the last eight bytes make, then the remainder for 16 and 4 choices.
    let picked = |choices| pick(H256([0x77; 32]), 1, 2, 3, 4, choices);
    assert_eq!(picked(u64::MAX), 3_804_122_725_303_135_366);
    assert_eq!(picked(16), 6);
    assert_eq!(picked(4), 2);
    assert_eq!(picked(1), 0);
    assert_eq!(picked(0), 0);
}

#[test]
fn the_order_of_inputs_matters() {
    let [one, other] = [0x44, 0x55].map(|byte| H256([byte; 32]));
    let rolled = |first, second| extend_inputs(extend_inputs(H256::zero(), first), second);
    assert_ne!(rolled(one, other), rolled(other, one));
}

#[test]
fn a_commitment_binds_each_of_its_fields() {
    let other_account = [0x12; 32];
    let other_salt = [0x23; 32];
    let other_root = H256([0x34; 32]);
    let contributions = [
        commitment(&ACCOUNT, 1, 2, &SALT, ROOT),
        commitment(&other_account, 1, 2, &SALT, ROOT),
        commitment(&ACCOUNT, 2, 2, &SALT, ROOT),
        commitment(&ACCOUNT, 1, 1, &SALT, ROOT),
        commitment(&ACCOUNT, 1, 2, &other_salt, ROOT),
        commitment(&ACCOUNT, 1, 2, &SALT, other_root),
    ];
    let slices = [
        slice_commitment(&ACCOUNT, 1, 2, 3, &SALT, ROOT),
        slice_commitment(&other_account, 1, 2, 3, &SALT, ROOT),
        slice_commitment(&ACCOUNT, 2, 2, 3, &SALT, ROOT),
        slice_commitment(&ACCOUNT, 1, 1, 3, &SALT, ROOT),
        slice_commitment(&ACCOUNT, 1, 2, 4, &SALT, ROOT),
        slice_commitment(&ACCOUNT, 1, 2, 3, &other_salt, ROOT),
        slice_commitment(&ACCOUNT, 1, 2, 3, &SALT, other_root),
    ];
    let proposals = [
        proposal_commitment(&ACCOUNT, 1, 2, ROOT),
        proposal_commitment(&other_account, 1, 2, ROOT),
        proposal_commitment(&ACCOUNT, 2, 2, ROOT),
        proposal_commitment(&ACCOUNT, 1, 1, ROOT),
        proposal_commitment(&ACCOUNT, 1, 2, other_root),
    ];
    let all: Vec<_> = contributions
        .into_iter()
        .chain(slices)
        .chain(proposals)
        .collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn equal_fields_of_different_kinds_hash_differently() {
    // The same bytes but for the tag: as a contribution's, a proposal's and a slice's commitment.
    assert_ne!(
        commitment(&ACCOUNT, 1, 2, &SALT, ROOT),
        proposal_commitment(
            &(ACCOUNT, 1u32, 2u32, [0x22u8; 24]),
            0x2222_2222,
            0x2222_2222,
            ROOT
        )
    );
    assert_ne!(
        slice_commitment(&ACCOUNT, 1, 2, 3, &SALT, ROOT),
        commitment(&(ACCOUNT, 1u8), 0x0200_0000, 0x0300_0000, &SALT, ROOT)
    );
    // A leaf, and the tree of it alone.
    let leaf = row_leaf(&row());
    let mut range = Range::default();
    range.append(leaf, 1).expect("fits");
    assert_ne!(range.root().hash, leaf);
}
