//! The client's keys, as they sign vouchers and receipts.

use sp_core::H256;
use sp_runtime::{AccountId32, MultiSignature};
use subxt_signer::sr25519::Keypair;
use tributary_channel::Signer;

use crate::keys;

/// A key that signs what both sides of a channel exchange.
pub(crate) struct ChannelKey(pub(crate) Keypair);

impl Signer for ChannelKey {
    fn account(&self) -> AccountId32 {
        account(&keys::account(&self.0))
    }

    fn sign(&self, hash: H256) -> MultiSignature {
        let signature = self.0.sign(hash.as_bytes());
        sp_core::sr25519::Signature::from_raw(signature.0).into()
    }
}

/// An account, as the runtime's own types have it.
pub(crate) fn account(account: &subxt::utils::AccountId32) -> AccountId32 {
    account.0.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_runtime::traits::Verify;

    #[test]
    fn a_key_signs_as_its_account() {
        let key = ChannelKey(keys::development("alice").unwrap());
        let hash = H256::repeat_byte(7);
        let signature = key.sign(hash);
        assert!(signature.verify(hash.as_bytes(), &key.account()));
        assert!(!signature.verify(H256::zero().as_bytes(), &key.account()));
    }
}
