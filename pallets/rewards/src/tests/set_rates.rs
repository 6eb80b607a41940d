use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, Perbill};

fn rates(fee: u32, host: u32) -> TakingRates {
    TakingRates {
        protocol_fee: Perbill::from_percent(fee),
        host_max: Perbill::from_percent(host),
    }
}

fn set(fee: u32, host: u32) -> sp_runtime::DispatchResult {
    Rewards::set_rates(RuntimeOrigin::root(), rates(fee, host))
}

#[test]
fn payments_are_taken_at_other_rates_from_now_on() {
    ExtBuilder.build_and_execute(|| {
        open_model(0, &[], 20);
        let fee = || {
            let paid = pay_held(0, 100, 30, Perbill::zero());
            paid.map(|taking| taking.fee)
        };
        assert_eq!(fee(), Ok(2));
        events();
        assert_ok!(set(5, 70));
        assert_eq!(
            events(),
            [Event::RatesSet {
                rates: rates(5, 70)
            }]
        );
        assert_eq!(Rewards::rates(), rates(5, 70));
        assert_eq!(fee(), Ok(5));
        assert_eq!(PotTotals::<Test>::get().fees, 7);
    });
}

#[test]
fn no_rate_passes_its_bound() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(set(6, 50), Error::<Test>::ProtocolFeeAboveBound);
        assert_noop!(set(5, 71), Error::<Test>::HostMaxAboveBound);
        let hair = TakingRates {
            protocol_fee: Perbill::from_parts(50_000_001),
            ..rates(0, 0)
        };
        assert_noop!(
            Rewards::set_rates(RuntimeOrigin::root(), hair),
            Error::<Test>::ProtocolFeeAboveBound
        );
        assert_ok!(set(5, 70));
        assert_ok!(set(0, 0));
    });
}

#[test]
fn only_governance_sets_rates() {
    ExtBuilder.build_and_execute(|| {
        assert_noop!(
            Rewards::set_rates(RuntimeOrigin::signed(1), rates(1, 1)),
            DispatchError::BadOrigin
        );
    });
}
