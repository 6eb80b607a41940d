use super::*;
use codec::Decode;
use frame_support::{assert_noop, assert_ok, traits::KeyOwnerProofSystem};
use sp_core::crypto::Pair;
use sp_keyring::Ed25519Keyring;
use sp_runtime::DispatchError;

/// A header of `slot`, signed by Alice. It differs from others in its state root.
fn header_by_alice(slot: u64, state_root: Hash) -> Header {
    let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
        authority_index: 0,
        slot: slot.into(),
    });
    let mut header = Header::new(
        1,
        Default::default(),
        state_root,
        Default::default(),
        Default::default(),
    );
    header.digest_mut().push(DigestItem::babe_pre_digest(claim));
    let seal = Sr25519Keyring::Alice.sign(header.hash().as_ref());
    header.digest_mut().push(DigestItem::babe_seal(seal.into()));
    header
}

/// Alice's two blocks in one slot.
fn two_blocks(slot: u64) -> sp_consensus_babe::EquivocationProof<Header> {
    sp_consensus_babe::EquivocationProof {
        offender: Sr25519Keyring::Alice.public().into(),
        slot: slot.into(),
        first_header: header_by_alice(slot, Hash::repeat_byte(1)),
        second_header: header_by_alice(slot, Hash::repeat_byte(2)),
    }
}

/// Alice's two prevotes in round 1 of set 0.
fn two_votes() -> sp_consensus_grandpa::EquivocationProof<Hash, BlockNumber> {
    // As `finality_grandpa` encodes them: variant 0 is a prevote for (hash, number).
    let vote = |byte| {
        let target = (Hash::repeat_byte(byte), 1u32);
        let message = (0u8, target);
        let payload = sp_consensus_grandpa::localized_payload(1, 0, &message);
        (target, Ed25519Keyring::Alice.pair().sign(&payload))
    };
    let alice: sp_consensus_grandpa::AuthorityId = Ed25519Keyring::Alice.public().into();
    let encoded = (0u8, 1u64, alice, vote(1), vote(2)).encode();
    let equivocation = Decode::decode(&mut &encoded[..]).expect("this is its encoding");
    sp_consensus_grandpa::EquivocationProof::new(0, equivocation)
}

fn report_blocks(
    slot: u64,
    proof: sp_session::MembershipProof,
) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Babe::report_equivocation_unsigned(RuntimeOrigin::none(), Box::new(two_blocks(slot)), proof)
}

fn ownership_of_babe_key() -> sp_session::MembershipProof {
    let key: sp_consensus_babe::AuthorityId = Sr25519Keyring::Alice.public().into();
    Historical::prove((sp_consensus_babe::KEY_TYPE, key)).expect("Alice validates")
}

fn recorded() -> usize {
    pallet_offences::Reports::<Runtime>::iter().count()
}

#[test]
fn two_blocks_in_one_slot_are_recorded_once_and_cost_nothing() {
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        empty_blocks(FIRST_SLOT, FIRST_SLOT + 3);
        let issuance = Balances::total_issuance();
        let slot = FIRST_SLOT + 1;
        assert_ok!(report_blocks(slot, ownership_of_babe_key()));
        assert_eq!(recorded(), 1);
        let (_, details) = pallet_offences::Reports::<Runtime>::iter()
            .next()
            .expect("just counted");
        assert_eq!(details.offender.0, Sr25519Keyring::Alice.to_account_id());

        assert_noop!(
            report_blocks(slot, ownership_of_babe_key()),
            pallet_babe::Error::<Runtime>::DuplicateOffenceReport
        );
        // Nobody is slashed or disabled.
        assert_eq!(Balances::total_issuance(), issuance);
        assert!(Session::disabled_validators().is_empty());
    });
}

#[test]
fn an_equivocation_of_a_past_session_can_still_be_proven() {
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        empty_block(FIRST_SLOT);
        let proof = ownership_of_babe_key();
        empty_blocks(FIRST_SLOT + 1, FIRST_SLOT + 65);
        assert_eq!(Session::current_index(), 3);
        assert_ok!(report_blocks(FIRST_SLOT + 1, proof));
        assert_eq!(recorded(), 1);
    });
}

#[test]
fn a_proof_of_another_session_is_refused() {
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        empty_blocks(FIRST_SLOT, FIRST_SLOT + 25);
        assert_eq!(Session::current_index(), 1);
        assert_noop!(
            report_blocks(FIRST_SLOT + 1, ownership_of_babe_key()),
            pallet_babe::Error::<Runtime>::InvalidKeyOwnershipProof
        );
    });
}

#[test]
fn two_votes_in_one_round_are_recorded() {
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        empty_blocks(FIRST_SLOT, FIRST_SLOT + 3);
        let key: sp_consensus_grandpa::AuthorityId = Ed25519Keyring::Alice.public().into();
        let ownership =
            Historical::prove((sp_consensus_grandpa::KEY_TYPE, key)).expect("Alice validates");
        assert_ok!(Grandpa::report_equivocation_unsigned(
            RuntimeOrigin::none(),
            Box::new(two_votes()),
            ownership,
        ));
        assert_eq!(recorded(), 1);
    });
}

#[test]
fn only_a_validators_own_machine_reports_unsigned() {
    use sp_runtime::transaction_validity::{InvalidTransaction, TransactionSource};
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        empty_blocks(FIRST_SLOT, FIRST_SLOT + 3);
        let report = UncheckedExtrinsic::new_bare(
            pallet_babe::Call::<Runtime>::report_equivocation_unsigned {
                equivocation_proof: Box::new(two_blocks(FIRST_SLOT + 1)),
                key_owner_proof: ownership_of_babe_key(),
            }
            .into(),
        );
        let validate = |source| {
            let report = report.clone();
            frame_support::storage::with_transaction(|| {
                let outcome = Executive::validate_transaction(source, report, Hash::zero());
                sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(outcome))
            })
            .expect("rolled back")
        };
        assert_ok!(validate(TransactionSource::Local));
        assert_eq!(
            validate(TransactionSource::External),
            Err(InvalidTransaction::Call.into())
        );
    });
}
