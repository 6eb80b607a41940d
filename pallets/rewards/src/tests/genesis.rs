use crate::{mock::*, *};
use frame_support::traits::{fungible::Inspect, Hooks};
use sp_runtime::Perbill;

#[test]
fn the_pot_begins_with_one_existential_deposit() {
    ExtBuilder.build_and_execute(|| {
        assert_eq!(Balances::balance(&Rewards::pot()), EXISTENTIAL_DEPOSIT);
        let endowed = ENDOWMENT * u128::from(RICH - 1);
        assert_eq!(Balances::total_issuance(), endowed + EXISTENTIAL_DEPOSIT);
        assert_eq!(Rewards::totals(), Totals::default());
    });
}

#[test]
fn parameters_within_their_bounds_pass() {
    ExtBuilder.build_and_execute(|| {
        ProtocolFee::set(MAX_PROTOCOL_FEE);
        HostMax::set(MAX_HOST_SHARE);
        Rewards::integrity_test();
    });
}

#[test]
#[should_panic(expected = "the protocol's fee must be within its bound")]
fn a_protocol_fee_above_its_bound_is_no_runtime() {
    ExtBuilder.build_and_execute(|| {
        ProtocolFee::set(Perbill::from_parts(50_000_001));
        Rewards::integrity_test();
    });
}

#[test]
#[should_panic(expected = "the most that hosts may have must be within its bound")]
fn a_host_maximum_above_its_bound_is_no_runtime() {
    ExtBuilder.build_and_execute(|| {
        HostMax::set(Perbill::from_parts(700_000_001));
        Rewards::integrity_test();
    });
}

#[test]
#[should_panic(expected = "the treasury must not be the pot")]
fn the_pot_is_not_the_treasury() {
    ExtBuilder.build_and_execute(|| {
        Treasury::set(Rewards::pot());
        Rewards::integrity_test();
    });
}
