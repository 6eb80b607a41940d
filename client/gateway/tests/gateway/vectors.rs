//! What another implementation must compute to the bit: `client/javascript` checks the same file.
//!
//! `TRIBUTARY_WRITE_VECTORS=1 cargo nextest run --release -p tributary-gateway vectors` writes it anew: signatures of sr25519 differ each time.

use std::{env, fs, path::PathBuf, sync::Arc};

use serde_json::{json, Value};
use sp_core::{ecdsa, ed25519, sr25519, Pair, H256};
use sp_runtime::{traits::Verify, AccountId32};
use tributary_channel::{SignedReceipt, SignedVoucher, Signer};
use tributary_gateway::message::{header, of_header, Request, Response};
use tributary_primitives::{
    merkle::Range,
    metering::{content, order, Receipt, Voucher},
};

const MODEL: u32 = 5;
const RECEIPTS: u32 = 11;

fn genesis() -> H256 {
    H256::repeat_byte(9)
}

fn signers() -> [(&'static str, Arc<dyn Signer>); 3] {
    let seed = [7; 32];
    [
        ("ecdsa", Arc::new(ecdsa::Pair::from_seed(&seed))),
        ("ed25519", Arc::new(ed25519::Pair::from_seed(&seed))),
        ("sr25519", Arc::new(sr25519::Pair::from_seed(&seed))),
    ]
}

fn digits(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(bytes)
}

fn request(number: u32) -> Vec<u8> {
    let body = format!("{{\"prompt\":\"question {number} ü\"}}");
    Request {
        method: "POST",
        path: "/v1/completions?a=1",
        body: body.as_bytes(),
    }
    .content()
}

fn response(number: u32) -> Vec<u8> {
    let body = format!("answer {number}\n\n");
    Response {
        status: 200,
        content_type: "application/json",
        body: body.as_bytes(),
    }
    .content()
}

fn receipts() -> Vec<Receipt> {
    (0..RECEIPTS)
        .map(|number| {
            let units = u64::from(number) * 1_000_000_007 + 1;
            Receipt {
                channel: 1 << 40 | 3,
                number,
                units,
                amount: u128::from(units) << 50,
                request: content(&request(number)),
                response: content(&response(number)),
            }
        })
        .collect()
}

/// All that is the same whoever computes it, and whenever.
fn computed() -> Value {
    let mut tree = Range::default();
    let mut units = 0;
    let steps: Vec<_> = receipts()
        .iter()
        .map(|receipt| {
            let leaf = receipt.leaf(genesis());
            tree.append(leaf, receipt.amount).expect("it fits");
            units += receipt.units;
            let root = tree.root();
            let voucher = Voucher {
                channel: receipt.channel,
                count: tree.count,
                units,
                amount: root.sum,
                root: root.hash,
                order: order(receipt.number + 1, content(&request(receipt.number + 1))),
            };
            json!({
                "request": digits(request(receipt.number)),
                "response": digits(response(receipt.number)),
                "units": receipt.units.to_string(),
                "amount": receipt.amount.to_string(),
                "leaf": digits(leaf),
                "voucher": {
                    "units": voucher.units.to_string(),
                    "amount": voucher.amount.to_string(),
                    "root": digits(voucher.root),
                    "order": digits(voucher.order),
                    "hash": digits(voucher.hash(genesis(), MODEL)),
                },
            })
        })
        .collect();
    let accounts: serde_json::Map<_, _> = signers()
        .iter()
        .map(|(name, key)| ((*name).to_owned(), digits(key.account()).into()))
        .collect();
    json!({
        "genesis": digits(genesis()),
        "model": MODEL,
        "channel": (1u64 << 40 | 3).to_string(),
        "seed": digits([7; 32]),
        "accounts": accounts,
        "steps": steps,
    })
}

/// The last receipt and its voucher, signed by each scheme, as headers have them.
fn signed() -> Value {
    let computed = computed();
    let receipt = receipts()[RECEIPTS as usize - 1];
    let last = &computed["steps"][RECEIPTS as usize - 1]["voucher"];
    let hash = |name: &str| -> H256 {
        let text = last[name].as_str().expect("it is there");
        H256::from_slice(&hex::decode(text).expect("digits"))
    };
    let number = |name: &str| last[name].as_str().and_then(|text| text.parse().ok());
    let voucher = Voucher {
        channel: receipt.channel,
        count: RECEIPTS,
        units: number("units")
            .and_then(|units: u128| units.try_into().ok())
            .expect("it fits"),
        amount: number("amount").expect("it is there"),
        root: hash("root"),
        order: hash("order"),
    };
    let headers: serde_json::Map<_, _> = signers()
        .iter()
        .map(|(name, key)| {
            let receipt = SignedReceipt {
                receipt,
                signature: key.sign(receipt.leaf(genesis())),
            };
            let voucher = SignedVoucher {
                voucher,
                signature: key.sign(voucher.hash(genesis(), MODEL)),
            };
            let both = json!({ "receipt": header(&receipt), "voucher": header(&voucher) });
            ((*name).to_owned(), both)
        })
        .collect();
    headers.into()
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors.json")
}

#[test]
fn the_file_has_what_is_computed_and_right_signatures() {
    if env::var_os("TRIBUTARY_WRITE_VECTORS").is_some() {
        let mut all = computed();
        all["signed"] = signed();
        let text = serde_json::to_string_pretty(&all).expect("JSON");
        fs::write(file(), text + "\n").expect("there is room");
    }
    let text = fs::read_to_string(file()).expect("it is there");
    let mut kept: Value = serde_json::from_str(&text).expect("JSON");
    let signed = kept.as_object_mut().and_then(|all| all.remove("signed"));
    let signed = signed.expect("it is there");
    assert_eq!(kept, computed());
    for (name, key) in signers() {
        let account: AccountId32 = key.account();
        let text = |what: &str| signed[name][what].as_str().expect("it is there");
        let receipt: SignedReceipt = of_header(text("receipt"), "a receipt").expect("right");
        let leaf = receipt.receipt.leaf(genesis());
        assert_eq!(receipt.receipt, receipts()[RECEIPTS as usize - 1]);
        assert!(
            receipt.signature.verify(leaf.as_bytes(), &account),
            "{name}"
        );
        let voucher: SignedVoucher = of_header(text("voucher"), "a voucher").expect("right");
        let hash = voucher.voucher.hash(genesis(), MODEL);
        assert!(
            voucher.signature.verify(hash.as_bytes(), &account),
            "{name}"
        );
    }
}
