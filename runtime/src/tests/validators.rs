use super::*;
use crate::{currency::TRIB, validators::SessionsInHistory};
use frame_support::{assert_noop, assert_ok};
use pallet_session::historical::{HistoricalSessions, StoredRange};
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};

fn root_of(session: u32) -> Hash {
    HistoricalSessions::<Runtime>::get(session)
        .expect("the session is remembered")
        .0
}

/// Empty blocks up to the one that begins session `index`.
fn begin_session(index: u32) {
    while Session::current_index() < index {
        let last = pallet_babe::CurrentSlot::<Runtime>::get();
        empty_block(if *last == 0 { FIRST_SLOT } else { *last + 1 });
    }
}

#[test]
fn the_validators_of_genesis_stay() {
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        let validators = Session::validators();
        assert!(validators.is_sorted());
        begin_session(4);
        assert_eq!(Session::validators(), validators);
        // A set that does not change asks for no GRANDPA justification and no step of warp sync.
        assert_eq!(Grandpa::current_set_id(), 0);
        assert_eq!(root_of(5), root_of(0));
    });
}

#[test]
fn validators_of_genesis_exist_by_their_money_alone() {
    for preset in [DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET] {
        network(preset).execute_with(|| {
            for validator in Session::validators() {
                // One of session's own would let an account fall below the existential deposit beside what it has on hold.
                assert_eq!(System::providers(&validator), 1);
                assert_eq!(System::consumers(&validator), 1);
            }
        });
    }
}

#[test]
fn new_session_keys_take_effect_two_sessions_later() {
    let mut network = network(LOCAL_TESTNET_RUNTIME_PRESET);
    network.register_extension(KeystoreExt::new(MemoryKeystore::new()));
    network.execute_with(|| {
        let bob = Sr25519Keyring::Bob.to_account_id();
        begin_session(1);
        let generated = SessionKeys::generate(&bob.encode(), None);
        let old = Session::load_keys(&bob).expect("Bob validates");
        assert_noop!(
            Session::set_keys(
                RuntimeOrigin::signed(bob.clone()),
                generated.keys.clone(),
                vec![],
            ),
            pallet_session::Error::<Runtime>::InvalidProof
        );
        assert_ok!(Session::set_keys(
            RuntimeOrigin::signed(bob.clone()),
            generated.keys.clone(),
            generated.proof.encode(),
        ));

        let authorities = || -> Vec<_> {
            Babe::authorities()
                .into_iter()
                .map(|(key, _)| key)
                .collect()
        };
        begin_session(2);
        assert!(authorities().contains(&old.babe));
        assert_eq!(Grandpa::current_set_id(), 0);
        begin_session(3);
        assert!(authorities().contains(&generated.keys.babe));
        assert!(!authorities().contains(&old.babe));
        assert_eq!(Session::validators().len(), 4);
        assert_eq!(Grandpa::current_set_id(), 1);
        // Equivocations are proven against the keys of their session.
        assert_eq!(root_of(2), root_of(1));
        assert_ne!(root_of(3), root_of(2));
        begin_session(5);
        assert_eq!(Grandpa::current_set_id(), 1);
        assert_eq!(root_of(5), root_of(3));
    });
}

#[test]
fn a_validator_that_purges_its_keys_is_left_out() {
    network(LOCAL_TESTNET_RUNTIME_PRESET).execute_with(|| {
        let bob = Sr25519Keyring::Bob.to_account_id();
        begin_session(1);
        assert_ok!(Session::purge_keys(RuntimeOrigin::signed(bob.clone())));
        begin_session(3);
        assert_eq!(Session::validators().len(), 3);
        assert!(!Session::validators().contains(&bob));
        assert_eq!(Grandpa::grandpa_authorities().len(), 3);
        begin_session(5);
        assert_eq!(Session::validators().len(), 3);
    });
}

#[test]
fn a_stranger_with_session_keys_does_not_validate() {
    let mut network = network(DEV_RUNTIME_PRESET);
    network.register_extension(KeystoreExt::new(MemoryKeystore::new()));
    network.execute_with(|| {
        let eve = Sr25519Keyring::Eve.to_account_id();
        begin_session(1);
        let free = Balances::free_balance(&eve);
        let generated = SessionKeys::generate(&eve.encode(), None);
        assert_ok!(Session::set_keys(
            RuntimeOrigin::signed(eve.clone()),
            generated.keys,
            generated.proof.encode(),
        ));
        begin_session(4);
        assert_eq!(Session::validators().len(), 1);
        // The keys are paid for while they are stored.
        let held = free - Balances::free_balance(&eve);
        assert_eq!(held, <Runtime as pallet_session::Config>::KeyDeposit::get());
        assert!(held > 0 && held < TRIB);
    });
}

#[test]
fn sessions_are_forgotten_when_it_is_too_late_for_reports() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        let sessions = SessionsInHistory::get() + 12;
        // One block an epoch is enough for it to begin.
        (0..=u64::from(sessions)).for_each(|epoch| empty_block(FIRST_SLOT + 20 * epoch));
        assert_eq!(Session::current_index(), sessions);
        let kept = HistoricalSessions::<Runtime>::iter_keys().count() as u32;
        // Those of the history, the current one and the one that is planned.
        assert_eq!(kept, SessionsInHistory::get() + 3);
        let (first, end) = StoredRange::<Runtime>::get().expect("some are stored");
        assert_eq!(
            (first, end),
            (sessions - 1 - SessionsInHistory::get(), sessions + 2)
        );
        let sets = pallet_grandpa::SetIdSession::<Runtime>::iter().count() as u32;
        assert!(sets <= SessionsInHistory::get());
    });
}
