//! Calls that are paid through channels: one settlement for many of them, and everybody along the ancestry has their part.

use super::{accounts::*, assets::*, rounds::*, *};
use crate::{
    configs::tributary::{HostBond, HostMax},
    currency::{EXISTENTIAL_DEPOSIT, TRIB},
};
use frame_support::traits::{fungible::MutateHold, Get, LockableCurrency, WithdrawReasons};
use pallet_metering::{Call, ChannelOf, Error, Event, HoldReason, Settlement, Stage};
use pallet_rewards::{Source, TakingRates};
use sp_core::H256;
use sp_runtime::MultiSignature;
use tributary_primitives::{
    assets::Asset,
    ids::{ChannelId, ModelId},
    licences::{LicenceTerms, Origin},
    merkle::Range,
    metering::{leaves, Contradiction, Receipt, Voucher},
    roles::{CallLicences, CallRevenue},
};

const HOST: Person = FLIPPER;
/// Signs receipts for the host, and vouchers for the consumer.
const RECEIPT_KEY: Person = COPIER;
const VOUCHER_KEY: Person = HONEST[2];
/// What a unit costs, of which the model has 98 % x 80 %.
const UNIT: Balance = TRIB / 100;
const SHARE: Perbill = Perbill::from_percent(20);
/// What the owner of the model asks for a unit: all that the price leaves.
const ASKED: Balance = UNIT * 98 * 80 / 10_000;

fn call(call: Call<Runtime>) -> RuntimeCall {
    RuntimeCall::Metering(call)
}

/// Calls of a channel so far, as host and consumer have them.
struct Calls {
    channel: ChannelId,
    receipts: Vec<Receipt>,
}

impl Calls {
    /// So many calls more, of one unit each.
    fn make(&mut self, count: u32) -> &Self {
        for _ in 0..count {
            let number = self.receipts.len() as u32;
            self.receipts.push(Receipt {
                channel: self.channel,
                number,
                units: 1,
                amount: UNIT,
                request: H256::repeat_byte(1),
                response: H256::from_low_u64_be(number.into()),
            });
        }
        self
    }

    fn settlement(&self, model: ModelId) -> RuntimeCall {
        let mut tree = Range::default();
        for (leaf, amount) in leaves(genesis(), &self.receipts) {
            tree.append(leaf, amount).expect("they are few");
        }
        let root = tree.root();
        let voucher = Voucher {
            channel: self.channel,
            count: tree.count,
            units: tree.count.into(),
            amount: root.sum,
            root: root.hash,
            order: H256::zero(),
        };
        let settlement = Settlement {
            voucher,
            signature: sign(VOUCHER_KEY, voucher.hash(genesis(), model)),
            consent: None,
        };
        call(Call::settle {
            settlements: vec![settlement].try_into().expect("one fits"),
            usage: Default::default(),
        })
    }
}

fn genesis() -> H256 {
    System::block_hash(0)
}

fn sign(who: Person, hash: H256) -> MultiSignature {
    who.sign(hash.as_bytes()).into()
}

/// A base model, and a child of it that a host offers.
fn offered(chain: &mut Chain, terms: LicenceTerms) -> (ModelId, ModelId) {
    let base = register(chain, BASE_OWNER, vec![], 10, &[(BASE_OWNER, 100)]).id;
    let model = offered_from(chain, vec![Origin::FineTunedFrom(base)], terms);
    (base, model)
}

/// A model that a host offers.
fn offered_from(chain: &mut Chain, origins: Vec<Origin>, terms: LicenceTerms) -> ModelId {
    let members = [(CHILD_OWNER, 100)];
    let model = register_under(chain, CHILD_OWNER, origins, terms, &members).id;
    let offer = pallet_licensing::Call::make_offer {
        asset: Asset::Model(model),
        price: ASKED,
        host_share: SHARE,
    };
    chain.must(CHILD_OWNER, RuntimeCall::Licensing(offer));
    let register = Call::register {
        key: account(RECEIPT_KEY),
        bond: HostBond::get(),
    };
    chain.must(HOST, call(register));
    offer_as_host(chain, model, UNIT);
    model
}

/// Governance sets what is taken of payments, in percent.
fn set_rates(chain: &mut Chain, protocol_fee: u32, host_max: u32) {
    let rates = TakingRates {
        protocol_fee: Perbill::from_percent(protocol_fee),
        host_max: Perbill::from_percent(host_max),
    };
    let set = RuntimeCall::Rewards(pallet_rewards::Call::set_rates { rates });
    let call = Box::new(set);
    chain.must(Person::Alice, pallet_sudo::Call::sudo { call });
}

fn offer_as_host(chain: &mut Chain, model: ModelId, price: Balance) {
    let offer = Call::make_offer {
        model,
        price,
        share: SHARE,
        endpoint: b"https://host.example/v1"
            .to_vec()
            .try_into()
            .expect("short"),
    };
    chain.must(HOST, call(offer));
}

fn opening(model: ModelId, units: u64) -> RuntimeCall {
    call(Call::open {
        host: account(HOST).into(),
        model,
        key: account(VOUCHER_KEY),
        units,
        price: UNIT,
        expires: System::block_number() + 1_000,
    })
}

fn open(chain: &mut Chain, model: ModelId, units: u64) -> Calls {
    let events = chain.must(CONSUMER, opening(model, units));
    let channel = found(&events, |event| match event {
        RuntimeEvent::Metering(Event::ChannelOpened { channel, .. }) => Some(*channel),
        _ => None,
    });
    Calls {
        channel,
        receipts: Vec::new(),
    }
}

fn kept(channel: ChannelId) -> ChannelOf<Runtime> {
    Metering::channel(channel).expect("it is kept")
}

/// Ends the channel of some calls, and waits until nothing is kept of it.
fn end(chain: &mut Chain, channel: ChannelId) {
    chain.must(HOST, call(Call::close { channel }));
    let Stage::Ended { at } = kept(channel).stage else {
        panic!("a host ends at once");
    };
    let forget = call(Call::forget { channel });
    chain.refused(ANYBODY, forget.clone(), Error::<Runtime>::NotOver);
    let notice = <Runtime as pallet_metering::Config>::NoticePeriod::get();
    chain.leap(at + notice);
    chain.must(ANYBODY, forget);
    chain.must(HOST, call(Call::withdraw_offer { model: 1 }));
    chain.must(HOST, call(Call::leave {}));
    for who in [CONSUMER, HOST] {
        assert_eq!(all_on_hold(who), 0, "{who}");
    }
}

#[test]
fn a_hundred_calls_pay_host_team_and_ancestor_in_one_settlement() {
    journey(|chain| {
        let (base, model) = offered(chain, terms(5));
        let mut calls = open(chain, model, 1_000);
        assert_eq!(on_hold(CONSUMER, HoldReason::Calls), 1_000 * UNIT);
        // Whoever sets an hour of calls against their settlement sees the same.
        chain.must(HOST, calls.make(60).settlement(model));
        chain.must(HOST, calls.make(40).settlement(model));
        assert_eq!(on_hold(CONSUMER, HoldReason::Calls), 900 * UNIT);
        let totals = Metering::calls(model);
        let net = 100 * ASKED;
        assert_eq!((totals.calls, totals.gross, totals.net), (100, TRIB, net));
        assert_eq!(claimable(HOST), 100 * (UNIT * 98 / 100 - ASKED));

        for model in [model, base] {
            chain.must(ANYBODY, settlement(model));
        }
        let team = credited(chain, BASE_OWNER, |source| *source == Source::Team(base));
        // Half of what a team keeps waits, of what it earned by itself.
        assert_eq!(team, net / 10);
        let kept = net - net / 10;
        let child = credited(chain, CHILD_OWNER, |source| *source == Source::Team(model));
        assert_eq!(child, kept / 2);
        for who in [HOST, BASE_OWNER, CHILD_OWNER] {
            chain.must(who, withdrawal());
        }
        end(chain, calls.channel);
        check_everybody(chain);
    });
}

#[test]
fn votes_and_governance_change_nothing_about_what_is_agreed() {
    journey(|chain| {
        let (_, model) = offered(chain, terms(5));
        let mut calls = open(chain, model, 100);
        Balances::set_lock(
            *b"voting  ",
            &account(CONSUMER),
            Balance::MAX,
            WithdrawReasons::all(),
        );
        set_rates(chain, 5, 0);
        assert_eq!(HostMax::get(), Perbill::from_percent(50));

        chain.must(HOST, calls.make(100).settlement(model));
        let after_fee = TRIB - TRIB * 5 / 100;
        assert_eq!(claimable(HOST), SHARE.mul_floor(after_fee));
        // Nobody agrees to that any more.
        Balances::remove_lock(*b"voting  ", &account(CONSUMER));
        chain.refused(
            CONSUMER,
            opening(model, 100),
            Error::<Runtime>::HostShareTooHigh,
        );
    });
}

/// What was paid for the calls of a model that comes from the pool of a datanet's first round, all of it settled and claimed.
#[derive(Clone, Copy)]
struct Parts {
    protocol: Balance,
    host: Balance,
    model: Balance,
    developer: Balance,
    contributors: [Balance; 2],
}

impl Parts {
    fn collected(chain: &mut Chain, model: ModelId, datanet: &Datanet) -> Self {
        chain.must(ANYBODY, settlement(model));
        let pool = datanet.pool(1);
        let numbers = datanet.admitted(1);
        for number in &numbers {
            chain.must(ANYBODY, datanet.claim(1, *number));
        }
        let earned = |place: usize| {
            let who = person(&datanet.contribution(numbers[place]).contributor);
            let source = Source::Contribution(pool, numbers[place]);
            credited(chain, who, |it| *it == source)
        };
        let hosting = Source::Hosting(Asset::Model(model));
        let team = Source::Team(model);
        Self {
            protocol: pallet_rewards::PotTotals::<Runtime>::get().fees,
            host: credited(chain, HOST, |it| *it == hosting),
            model: Metering::calls(model).net,
            developer: credited(chain, CHILD_OWNER, |it| *it == team),
            contributors: [earned(0), earned(1)],
        }
    }

    /// What came later than what there was before.
    fn since(&self, before: &Self) -> Self {
        let earned = |place: usize| self.contributors[place] - before.contributors[place];
        Self {
            protocol: self.protocol - before.protocol,
            host: self.host - before.host,
            model: self.model - before.model,
            developer: self.developer - before.developer,
            contributors: [earned(0), earned(1)],
        }
    }
}

#[test]
fn a_fee_that_rises_after_a_channel_opened_takes_of_host_developer_and_contributors_alike() {
    journey(|chain| {
        let datanet = Datanet::played(chain, terms(20));
        let origins = vec![Origin::TrainedOn(datanet.pool(1))];
        let model = offered_from(chain, origins, terms(5));
        let mut calls = open(chain, model, 200);
        chain.must(HOST, calls.make(100).settlement(model));
        let agreed = Parts::collected(chain, model, &datanet);
        assert_eq!(agreed.protocol, TRIB * 2 / 100);
        assert_eq!(agreed.host, TRIB * 98 * 20 / 10_000);
        // What the owner asks for, of which the data have half.
        assert_eq!(agreed.model, 100 * ASKED);

        set_rates(chain, 5, 50);
        chain.must(HOST, calls.make(100).settlement(model));
        let all = Parts::collected(chain, model, &datanet);
        let later = all.since(&agreed);
        // The consumer pays what was agreed, and the protocol has what others lose.
        assert_eq!(on_hold(CONSUMER, HoldReason::Calls), 0);
        assert_eq!(later.protocol, TRIB * 5 / 100);
        assert_eq!(later.host, TRIB * 95 * 20 / 10_000);
        // Less than the owner asks for.
        assert_eq!(later.model, TRIB * 95 * 80 / 10_000);
        let [first, second] = agreed.contributors;
        assert!(first > 0 && second > 0 && agreed.developer > 0);
        for (agreed, later) in [
            (agreed.developer, later.developer),
            (first, later.contributors[0]),
            (second, later.contributors[1]),
        ] {
            // Each has 95 / 98 of it, but for what rounding moves from one settlement to the other.
            let due = agreed * 95 / 98;
            assert!(later.abs_diff(due) <= 2, "{later} instead of {due}");
        }

        // Nobody agrees to that any more, until the host asks for more or the fee falls.
        let opening = opening(model, 1);
        chain.refused(CONSUMER, opening.clone(), Error::<Runtime>::PriceTooLow);
        set_rates(chain, 0, 50);
        chain.must(CONSUMER, opening);
        check_everybody(chain);
    });
}

#[test]
fn what_is_prepared_for_measuring_is_paid_to_as_many_models_and_hosts_as_one_call_settles() {
    network(DEV_RUNTIME_PRESET).execute_with(|| {
        let owner = account(CHILD_OWNER);
        let models: Vec<_> = (0..pallet_metering::MAX_SETTLEMENTS)
            .map(|number| <Licensing as CallLicences<_>>::prepare_callable(&owner, number))
            .collect();
        let payer = account(CONSUMER);
        let reason = RuntimeHoldReason::from(HoldReason::Calls);
        for (index, model) in models.into_iter().enumerate() {
            let until = System::block_number() + 1;
            let asked = <Licensing as CallLicences<AccountId>>::reserve(model, 1, until);
            assert_eq!(asked.map(|offer| offer.price), Ok(0));
            assert!(Balances::hold(&reason, &payer, UNIT).is_ok());
            let host = Person::numeric_id(index);
            let share = <Rewards as CallRevenue<AccountId>>::rates().host_max;
            let taking = <Rewards as CallRevenue<AccountId>>::pay_held(
                model, &payer, reason, UNIT, &host, share,
            );
            assert_eq!(taking.map(|taking| taking.host), Ok(UNIT * 98 / 200));
            assert_eq!(Rewards::claimable(host), UNIT * 98 / 200);
        }
        assert_eq!(Rewards::do_try_state(), Ok(()));
    });
}

#[test]
fn all_channels_together_have_the_quota_of_the_licence() {
    journey(|chain| {
        let quota = LicenceTerms {
            quota: Some(100),
            ..terms(5)
        };
        let (_, model) = offered(chain, quota);
        let mut calls = open(chain, model, 60);
        let exceeded = pallet_licensing::Error::<Runtime>::QuotaExceeded;
        chain.refused(CONSUMER, opening(model, 41), exceeded);
        chain.must(HOST, calls.make(20).settlement(model));
        chain.must(
            HOST,
            call(Call::close {
                channel: calls.channel,
            }),
        );
        let exceeded = pallet_licensing::Error::<Runtime>::QuotaExceeded;
        chain.refused(CONSUMER, opening(model, 81), exceeded);
        open(chain, model, 80);
    });
}

#[test]
fn a_host_that_asks_too_little_for_the_model_gets_no_channels() {
    journey(|chain| {
        let (_, model) = offered(chain, terms(5));
        offer_as_host(chain, model, UNIT - 1);
        chain.refused(CONSUMER, opening(model, 1), Error::<Runtime>::PriceTooLow);
    });
}

#[test]
fn a_host_that_signs_a_number_twice_loses_its_bond() {
    journey(|chain| {
        let (_, model) = offered(chain, terms(5));
        let mut calls = open(chain, model, 100);
        chain.must(HOST, calls.make(7).settlement(model));
        let lie = Receipt {
            response: H256::repeat_byte(0xee),
            ..calls.receipts[3]
        };
        let all = leaves(genesis(), &calls.receipts);
        let contradiction =
            Contradiction::find(genesis(), &lie, UNIT, &all).expect("they contradict");
        let challenge = call(Call::challenge {
            receipt: lie,
            signature: sign(RECEIPT_KEY, lie.leaf(genesis())),
            contradiction: Box::new(contradiction),
        });
        chain.must(ANYBODY, challenge);
        assert_eq!(on_hold(HOST, HoldReason::Bond), 0);
        end(chain, calls.channel);
        check_everybody(chain);
    });
}

#[test]
fn who_has_nothing_but_what_is_on_hold_still_pays_and_can_leave() {
    journey(|chain| {
        let (_, model) = offered(chain, terms(5));
        let mut calls = open(chain, model, 100);
        // Keeps what the fee of the next transaction takes.
        let rest = free(CONSUMER) - TRIB;
        let all = pallet_balances::Call::transfer_allow_death {
            dest: account(ANYBODY).into(),
            value: rest,
        };
        chain.must(CONSUMER, all);
        chain.must(HOST, calls.make(100).settlement(model));
        assert_eq!(on_hold(CONSUMER, HoldReason::Calls), 0);
        end(chain, calls.channel);
        let all = pallet_balances::Call::transfer_all {
            dest: account(ANYBODY).into(),
            keep_alive: false,
        };
        chain.must(CONSUMER, all);
        assert!(free(CONSUMER) < EXISTENTIAL_DEPOSIT);
        check_everybody(chain);
    });
}

#[test]
fn a_voucher_is_for_one_model_of_one_channel_on_one_chain() {
    journey(|chain| {
        let (base, model) = offered(chain, terms(5));
        let mut calls = open(chain, model, 100);
        let invalid = Error::<Runtime>::InvalidSignature;
        chain.refused(HOST, calls.make(3).settlement(base), invalid);
        let voucher = Voucher {
            channel: calls.channel,
            count: 3,
            units: 3,
            amount: 3 * UNIT,
            root: H256::zero(),
            order: H256::zero(),
        };
        let elsewhere = H256::repeat_byte(9);
        let settlement = Settlement {
            voucher,
            signature: sign(VOUCHER_KEY, voucher.hash(elsewhere, model)),
            consent: None,
        };
        let foreign = call(Call::settle {
            settlements: vec![settlement].try_into().expect("one fits"),
            usage: Default::default(),
        });
        chain.refused(HOST, foreign, Error::<Runtime>::InvalidSignature);
        chain.must(HOST, calls.settlement(model));
    });
}
