//! A call asks for its worst case; closing pays for what it did.

use std::collections::BTreeSet;

use frame_support::{
    dispatch::{DispatchInfo, GetDispatchInfo},
    weights::Weight,
};
use sp_runtime::MultiSignature;
use tributary_primitives::{
    assets::Pool,
    metering::{Contradiction, Usage},
};

use super::*;
use crate::{benchmarking, Call, Calls, Channel, StatedUsage};

fn info(call: Call<Test>) -> DispatchInfo {
    RuntimeCall::Metering(call).get_dispatch_info()
}

#[test]
fn each_call_asks_for_its_own_weight() {
    ExtBuilder::build_and_execute(|| {
        let receipt = Book::new(0).calls(1).receipts[0];
        let calls = [
            (
                Call::register {
                    key: account("key"),
                    bond: 0,
                },
                1,
            ),
            (Call::leave {}, 2),
            (
                Call::make_offer {
                    model: 0,
                    price: 0,
                    share: SHARE,
                    endpoint: Default::default(),
                },
                3,
            ),
            (Call::withdraw_offer { model: 0 }, 4),
            (
                Call::open {
                    host: account("host"),
                    model: 0,
                    key: account("key"),
                    units: 0,
                    price: 0,
                    expires: 0,
                },
                5,
            ),
            (Call::close { channel: 0 }, 70),
            (
                Call::challenge {
                    receipt,
                    signature: Key::from("key").sign(H256::zero()),
                    contradiction: Box::new(Contradiction::Price),
                },
                8,
            ),
            (Call::forget { channel: 0 }, 9),
        ];
        for (call, weight) in calls {
            assert_eq!(info(call).call_weight.ref_time(), weight);
        }
    });
}

#[test]
fn settling_pays_for_each_voucher_and_each_count() {
    ExtBuilder::build_and_execute(|| {
        let asked = |vouchers: usize, counts: u32| {
            let settlement = Book::new(0).calls(1).settlement();
            let usage = Usage {
                pool: Pool {
                    datanet: 0,
                    round: 1,
                },
                contribution: 0,
                uses: 1,
            };
            let call = Call::settle {
                settlements: vec![settlement; vouchers].try_into().expect("few"),
                usage: StatedUsage::truncate_from(vec![(MODEL, usage); counts as usize]),
            };
            info(call).call_weight.ref_time()
        };
        assert_eq!(asked(1, 0), 1_000);
        assert_eq!(asked(64, 0), 64_000);
        assert_eq!(asked(2, 256), 2_000 + 25_600);
    });
}

#[test]
fn closing_pays_for_what_it_did() {
    opened(|| {
        let charged = |who| {
            let done = Metering::close(signed(who), 0).expect("it can be closed");
            done.actual_weight
        };
        assert_eq!(charged("consumer"), Some(Weight::from_parts(60, 0)));
        assert_eq!(charged("host"), Some(Weight::from_parts(70, 0)));
    });
}

#[test]
fn what_is_measured_of_settling_has_nothing_in_common() {
    ExtBuilder::build().execute_with(|| {
        let most = crate::MAX_SETTLEMENTS as usize;
        let settlements = benchmarking::settlements::<Test>(crate::MAX_SETTLEMENTS);
        let settlements = settlements.expect("they can be made");
        let channels: Vec<_> = settlements
            .iter()
            .map(|settlement| channel(settlement.voucher.channel))
            .collect();
        let models: BTreeSet<_> = channels.iter().map(|channel| channel.model).collect();
        assert_eq!(models.len(), most);
        let accounts: BTreeSet<_> = channels
            .iter()
            .flat_map(|channel| {
                let Channel {
                    consumer,
                    host,
                    key,
                    receipt_key,
                    ..
                } = channel.clone();
                [consumer, host, key, receipt_key]
            })
            .collect();
        assert_eq!(accounts.len(), 4 * most);
        // Hosts are credited, with as much as they can have.
        let host_max = Rates::get().host_max;
        assert!(channels.iter().all(|channel| channel.share == host_max));
        // Nothing is there of what settling writes but channels and holds.
        assert_eq!(Calls::<Test>::iter().count(), 0);
        let by_ecdsa = |signature: &MultiSignature| matches!(signature, MultiSignature::Ecdsa(_));
        assert!(settlements.iter().all(|settlement| {
            by_ecdsa(&settlement.signature) && settlement.consent.as_ref().is_some_and(by_ecdsa)
        }));
    });
}
