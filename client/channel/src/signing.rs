//! Who signs vouchers and receipts, and whether they did.

use codec::{Decode, Encode};
use schnorrkel::{context::SigningContext, signing_context, PublicKey, Signature};
use sp_core::{ecdsa, ed25519, sr25519, Pair, H256};
use sp_runtime::{
    traits::{IdentifyAccount, Verify},
    AccountId32, MultiSignature, MultiSigner,
};
use tributary_primitives::metering::{Receipt, Voucher};

/// The context in which accounts sign.
const CONTEXT: &[u8] = b"substrate";

/// How many signatures are checked as one: more gain little, and one wrong signature among them has all checked singly.
const BATCH: usize = 64;

/// A key that signs, of any of the three schemes of accounts.
pub trait Signer: Send + Sync {
    /// Its account, by which a channel names it.
    fn account(&self) -> AccountId32;

    /// Its signature of a hash.
    fn sign(&self, hash: H256) -> MultiSignature;
}

macro_rules! signer {
    ($scheme:ident) => {
        impl Signer for $scheme::Pair {
            fn account(&self) -> AccountId32 {
                MultiSigner::from(self.public()).into_account()
            }

            fn sign(&self, hash: H256) -> MultiSignature {
                Pair::sign(self, hash.as_bytes()).into()
            }
        }
    };
}

signer!(sr25519);
signer!(ed25519);
signer!(ecdsa);

/// A receipt and its host's signature.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct SignedReceipt {
    /// The receipt.
    pub receipt: Receipt,
    /// Of its leaf, by the channel's receipt key.
    pub signature: MultiSignature,
}

/// A voucher and its consumer's signature.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct SignedVoucher {
    /// The voucher.
    pub voucher: Voucher,
    /// Of its hash, by the channel's voucher key.
    pub signature: MultiSignature,
}

/// A key of which signatures are checked often: what can be computed once is.
pub(crate) struct KnownKey {
    account: AccountId32,
    /// The account as a key of sr25519, if it can be one.
    point: Option<PublicKey>,
}

impl KnownKey {
    pub(crate) fn new(account: AccountId32) -> Self {
        let point = PublicKey::from_bytes(account.as_ref()).ok();
        Self { account, point }
    }

    pub(crate) fn signed(&self, hash: H256, signature: &MultiSignature) -> bool {
        match (signature, &self.point) {
            (MultiSignature::Sr25519(signature), Some(point)) => {
                Signature::from_bytes(&signature.0).is_ok_and(|signature| {
                    let transcript = signing_context(CONTEXT).bytes(hash.as_bytes());
                    point.verify(transcript, &signature).is_ok()
                })
            }
            (MultiSignature::Sr25519(_), None) => false,
            _ => signature.verify(hash.as_bytes(), &self.account),
        }
    }
}

/// Which of many keys have signed their hashes.
///
/// Signatures of sr25519 are checked together, by one equation that random factors make hold for right ones only. Where it does not
/// hold, each is checked by itself.
pub(crate) fn signed(all: &[(&KnownKey, H256, &MultiSignature)]) -> Vec<bool> {
    let context = signing_context(CONTEXT);
    all.chunks(BATCH)
        .flat_map(|batch| {
            if batch.len() > 1 && signed_together(&context, batch) {
                return vec![true; batch.len()];
            }
            batch
                .iter()
                .map(|(key, hash, signature)| key.signed(*hash, signature))
                .collect()
        })
        .collect()
}

/// Whether all are right signatures of sr25519.
fn signed_together(context: &SigningContext, batch: &[(&KnownKey, H256, &MultiSignature)]) -> bool {
    let mut keys = Vec::with_capacity(batch.len());
    let mut signatures = Vec::with_capacity(batch.len());
    for (key, _, signature) in batch {
        let (MultiSignature::Sr25519(signature), Some(point)) = (signature, key.point) else {
            return false;
        };
        let Ok(signature) = Signature::from_bytes(&signature.0) else {
            return false;
        };
        keys.push(point);
        signatures.push(signature);
    }
    let transcripts = batch
        .iter()
        .map(|(_, hash, _)| context.bytes(hash.as_bytes()));
    schnorrkel::verify_batch(transcripts, &signatures, &keys, false).is_ok()
}
