use super::*;
use crate::configs::utility::ProxyType;
use frame_support::{assert_ok, traits::InstanceFilter};

fn purge() -> RuntimeCall {
    pallet_session::Call::<Runtime>::purge_keys {}.into()
}

fn transfer_all() -> RuntimeCall {
    pallet_balances::Call::<Runtime>::transfer_all {
        dest: Sr25519Keyring::Eve.to_account_id().into(),
        keep_alive: false,
    }
    .into()
}

#[test]
fn a_validators_proxy_looks_after_keys_and_cannot_spend() {
    assert!(ProxyType::Validator.filter(&purge()));
    assert!(!ProxyType::Validator.filter(&transfer_all()));
    assert!(ProxyType::Any.filter(&transfer_all()));
    assert!(!ProxyType::CancelProxy.filter(&purge()));
}

#[test]
fn a_validators_proxy_cannot_spend_in_a_batch_either() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        let (alice, bob) = (Sr25519Keyring::Alice, Sr25519Keyring::Bob);
        empty_block(FIRST_SLOT);
        assert_ok!(Proxy::add_proxy(
            RuntimeOrigin::signed(alice.to_account_id()),
            bob.to_account_id().into(),
            ProxyType::Validator,
            0,
        ));
        let free = Balances::free_balance(alice.to_account_id());
        assert_ok!(Proxy::proxy(
            RuntimeOrigin::signed(bob.to_account_id()),
            alice.to_account_id().into(),
            None,
            Box::new(
                pallet_utility::Call::<Runtime>::batch_all {
                    calls: vec![transfer_all()]
                }
                .into()
            ),
        ));
        assert_eq!(Balances::free_balance(alice.to_account_id()), free);
        let filtered =
            sp_runtime::DispatchError::from(frame_system::Error::<Runtime>::CallFiltered);
        System::assert_last_event(
            pallet_proxy::Event::ProxyExecuted {
                result: Err(filtered),
            }
            .into(),
        );
    });
}

#[test]
fn only_the_widest_proxy_makes_proxies_of_all_types() {
    assert!(ProxyType::Any.is_superset(&ProxyType::Validator));
    assert!(ProxyType::Validator.is_superset(&ProxyType::Validator));
    assert!(!ProxyType::Validator.is_superset(&ProxyType::Any));
    assert!(!ProxyType::Validator.is_superset(&ProxyType::CancelProxy));
}

#[test]
fn only_the_superuser_is_obeyed() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        empty_block(FIRST_SLOT);
        let call = || {
            Box::new(RuntimeCall::from(
                frame_system::Call::<Runtime>::set_heap_pages { pages: 64 },
            ))
        };
        let origin = |who: Sr25519Keyring| RuntimeOrigin::signed(who.to_account_id());
        assert_ok!(Sudo::sudo(origin(Sr25519Keyring::Alice), call()));
        assert!(Sudo::sudo(origin(Sr25519Keyring::Bob), call()).is_err());
    });
}
