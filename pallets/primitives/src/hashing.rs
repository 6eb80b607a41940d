//! Every hash that runtime, clients and auditors must agree on.
//!
//! All are BLAKE2b with 32 bytes of output over one byte, the tag, followed by the SCALE encodings of the fields. Each kind of
//! content has its own tag, so that nothing can be passed off as something else:
//!
//! | tag | content | fields |
//! |---|---|---|
//! | 0 | record | hash of the raw bytes (no tag), label, features as length-prefixed bytes |
//! | 1 | leaf of a tree | leaf hash, weight `u128` |
//! | 2 | inner node of a tree | leaves below `u32`, left hash, left sum `u128`, right hash, right sum `u128` |
//! | 3 | commitment of a contribution | account, datanet `u32`, round `u32`, salt (32 bytes), root |
//! | 4 | commitment of a benchmark slice | account, datanet `u32`, round `u32`, slice number `u8`, salt (32 bytes), root |
//! | 5 | admitted contribution | contribution number `u32`, account |
//! | 6 | commitment of a proposal | account, datanet `u32`, round `u32`, payload |
//! | 7 | payload of a proposal | inputs, root of the shadows, root of the rows |
//! | 8 | row | its entries, length-prefixed: contribution `u32`, position `u16`, match `bool` |
//! | 9 | shadow | shadow, witness: contribution `u32`, position `u16` each |
//! | 10 | inputs of a valuation | the hash so far, the next item |
//! | 11 | pick of a benchmark slice | randomness, datanet `u32`, round `u32`, seat `u8`, attempt `u8` |
//! | 12 | statement of an attestor | datanet `u32`, round `u32`, inputs, root of the benchmark, accuracies before and after `u128`, values length-prefixed: contribution `u32`, value `i128` |
//! | 13 | receipt of a call | genesis, channel `u64`, number `u32`, units `u64`, amount `u128`, request, response |
//! | 14 | voucher | genesis, channel `u64`, model `u32`, count `u32`, units `u64`, amount `u128`, root, order |
//! | 15 | a host's consent to a voucher | hash of the voucher |
//! | 16 | order of a call | number `u32`, request |

use codec::Encode;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

use crate::{
    datanets::Statement,
    ids::{ContributionNumber, DatanetId, ModelId, RoundNumber},
    merkle::Node,
    metering::{Receipt, Voucher},
    valuation::{Row, Shadow},
};

const RECORD: u8 = 0;
const TREE_LEAF: u8 = 1;
const TREE_INNER: u8 = 2;
const CONTRIBUTION: u8 = 3;
const SLICE: u8 = 4;
const WEIGHT: u8 = 5;
const PROPOSAL: u8 = 6;
const PAYLOAD: u8 = 7;
const ROW: u8 = 8;
const SHADOW: u8 = 9;
const INPUTS: u8 = 10;
const PICK: u8 = 11;
const STATEMENT: u8 = 12;
const RECEIPT: u8 = 13;
const VOUCHER: u8 = 14;
const CONSENT: u8 = 15;
const ORDER: u8 = 16;

/// Bytes of a node, or of a leaf and its weight: a hash and a `u128`.
const NODE: usize = 48;

fn hash_of(fields: impl Encode) -> H256 {
    BlakeTwo256::hash_of(&fields)
}

/// The leaf of a record in the tree of its contribution or slice, where its weight is 1.
///
/// `raw` is the record as it was delivered, `features` the bytes of the `i8` vector that the encoder made of it: the same bytes
/// for [`Encoder::Vector`](crate::datanets::Encoder::Vector).
pub fn record_leaf(raw: &[u8], label: u8, features: &[u8]) -> H256 {
    proven_record_leaf(raw_hash(raw), label, features)
}

/// The hash of a record's raw bytes, which stands for them in its leaf.
pub fn raw_hash(raw: &[u8]) -> H256 {
    <BlakeTwo256 as Hash>::hash(raw)
}

/// The leaf of a record of which only the hash of its raw bytes is known: however long it is, its vector can be proven.
pub fn proven_record_leaf(raw: H256, label: u8, features: &[u8]) -> H256 {
    hash_of((RECORD, raw, label, features))
}

/// What a contributor commits to before anybody sees its records. `root` is the hash of the tree of its records.
///
/// Naming the account makes a copied commitment useless; the salt keeps records secret that could be guessed.
pub fn commitment(
    account: &impl Encode,
    datanet: DatanetId,
    round: RoundNumber,
    salt: &[u8; 32],
    root: H256,
) -> H256 {
    hash_of((CONTRIBUTION, account, datanet, round, salt, root))
}

/// What a benchmark provider commits to for its slice `number`. `root` is the hash of the tree of the slice's records.
pub fn slice_commitment(
    account: &impl Encode,
    datanet: DatanetId,
    round: RoundNumber,
    number: u8,
    salt: &[u8; 32],
    root: H256,
) -> H256 {
    hash_of((SLICE, account, datanet, round, number, salt, root))
}

/// The leaf of an admitted contribution in the tree of a datanet's weights, where its weight is its positive value.
pub fn weight_leaf(number: ContributionNumber, account: &impl Encode) -> H256 {
    hash_of((WEIGHT, number, account))
}

/// What an evaluator commits to before it publishes. Naming the account makes a copied commitment useless.
pub fn proposal_commitment(
    proposer: &impl Encode,
    datanet: DatanetId,
    round: RoundNumber,
    payload: H256,
) -> H256 {
    hash_of((PROPOSAL, proposer, datanet, round, payload))
}

/// All that an evaluator publishes: the inputs that it valued, and the roots of its shadows and rows.
pub fn payload(inputs: H256, shadows: H256, rows: H256) -> H256 {
    hash_of((PAYLOAD, inputs, shadows, rows))
}

/// The leaf of a row in the tree of a proposal's rows, where its weight is 1.
pub fn row_leaf(row: &Row) -> H256 {
    hash_of((ROW, row))
}

/// The leaf of a shadow in the tree of a proposal's shadows, where its weight is 1.
pub fn shadow_leaf(shadow: &Shadow) -> H256 {
    hash_of((SHADOW, shadow))
}

/// The rolling hash of what a round values, after one more delivered root or revealed slice root. It starts at zero.
pub fn extend_inputs(inputs: H256, item: H256) -> H256 {
    hash_of((INPUTS, inputs, item))
}

/// Which of `choices` > 0 benchmark slices is picked for a seat, in its `attempt`, counted from 0: the last eight bytes of the
/// hash, little endian, modulo `choices`. Far from 2^64 choices, none is preferred.
pub fn pick(
    randomness: H256,
    datanet: DatanetId,
    round: RoundNumber,
    seat: u8,
    attempt: u8,
    choices: u64,
) -> u64 {
    let hash = hash_of((PICK, randomness, datanet, round, seat, attempt));
    // `to_low_u64_le` exists with std only.
    let mut last = [0; 8];
    last.copy_from_slice(&hash.as_bytes()[24..]);
    u64::from_le_bytes(last) % choices.max(1)
}

/// What an attestor says of a round with these inputs, of which the chain keeps only the hash.
pub fn statement(
    datanet: DatanetId,
    round: RoundNumber,
    inputs: H256,
    statement: &Statement,
) -> H256 {
    hash_of((STATEMENT, datanet, round, inputs, statement))
}

/// The leaf of a call in the tree of its channel, where its weight is its amount; and what the host signs.
///
/// `genesis`: hash of the chain's first block, so that it means nothing on another chain.
pub fn receipt(genesis: H256, receipt: &Receipt) -> H256 {
    hash_of((RECEIPT, genesis, receipt))
}

/// What a consumer signs to pay for calls of `model`, which is the channel's.
pub fn voucher(genesis: H256, model: ModelId, voucher: &Voucher) -> H256 {
    let Voucher {
        channel,
        count,
        units,
        amount,
        root,
        order,
    } = voucher;
    let paid = (count, units, amount, root);
    hash_of((VOUCHER, genesis, channel, model, paid, order))
}

/// What a host signs so that others may settle a voucher with this hash.
pub fn consent(voucher: H256) -> H256 {
    hash_of((CONSENT, voucher))
}

/// What a consumer asks for in a channel's call `number`: the hash of its request.
pub fn order(number: u32, request: H256) -> H256 {
    hash_of((ORDER, number, request))
}

/// The hash of a leaf that weighs 1, as its sibling's path has it.
pub fn counted_leaf(leaf: H256) -> H256 {
    tree_leaf(leaf, 1)
}

// The hashes of trees are made of arrays: a proof asks for dozens of them, and an encoded hash takes vectors that grow.

/// The hash of a tree's leaf.
pub(crate) fn tree_leaf(leaf: H256, weight: u128) -> H256 {
    let mut bytes = [TREE_LEAF; 1 + NODE];
    bytes[1..].copy_from_slice(&hash_and_sum(leaf, weight));
    <BlakeTwo256 as Hash>::hash(&bytes)
}

/// The hash of a tree's inner node with `count` leaves below it.
pub(crate) fn tree_inner(count: u32, left: &Node, right: &Node) -> H256 {
    let mut bytes = [TREE_INNER; 5 + 2 * NODE];
    bytes[1..5].copy_from_slice(&count.to_le_bytes());
    bytes[5..5 + NODE].copy_from_slice(&hash_and_sum(left.hash, left.sum));
    bytes[5 + NODE..].copy_from_slice(&hash_and_sum(right.hash, right.sum));
    <BlakeTwo256 as Hash>::hash(&bytes)
}

/// The encoding of a hash and a sum, one after the other.
fn hash_and_sum(hash: H256, sum: u128) -> [u8; NODE] {
    let mut bytes = [0; NODE];
    bytes[..32].copy_from_slice(hash.as_bytes());
    bytes[32..].copy_from_slice(&sum.to_le_bytes());
    bytes
}
