//! What the calls cost at their worst.

use alloc::{boxed::Box, vec::Vec};

use frame_benchmarking::v2::*;
use frame_support::{
    traits::{fungible::Mutate, Get},
    BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::{crypto::KeyTypeId, ecdsa, H256};
use sp_runtime::{
    traits::{IdentifyAccount, StaticLookup},
    AccountId32, MultiSignature, MultiSigner, Perbill,
};
use tributary_primitives::{
    assets::Pool,
    hashing,
    ids::ModelId,
    merkle::{self, Node},
    metering::{Contradiction, Receipt, Settled, Usage, Voucher, MAX_USAGE},
    roles::{CallLicences, CallRevenue},
    Balance,
};

use crate::*;

/// Enough for every deposit, and far from overflow when several accounts have it.
const WEALTH: Balance = u64::MAX as Balance;
const KEYS: KeyTypeId = KeyTypeId(*b"metr");
const PRICE: Balance = 1_000_000_000;
const UNITS: u64 = 1_000;

/// An account that can pay for everything.
fn rich<T: Config>(name: &'static str, index: u32) -> T::AccountId {
    let account = account(name, index, 0);
    T::Currency::set_balance(&account, WEALTH);
    account
}

/// A key of the scheme that is the dearest to verify.
fn new_key() -> ecdsa::Public {
    sp_io::crypto::ecdsa_generate(KEYS, None)
}

fn account_of<T: Config>(key: &ecdsa::Public) -> T::AccountId
where
    T::AccountId: From<AccountId32>,
{
    MultiSigner::from(*key).into_account().into()
}

fn sign<T: Config>(key: &ecdsa::Public, hash: H256) -> T::Signature
where
    T::Signature: From<MultiSignature>,
{
    let signature = sp_io::crypto::ecdsa_sign(KEYS, key, hash.as_bytes());
    MultiSignature::from(signature.expect("the key is in the keystore; qed")).into()
}

/// So many models that are as costly as any to call: all of them before a channel opens, as blocks pass meanwhile.
fn callable<T: Config>(count: u32) -> Vec<ModelId> {
    let owner = rich::<T>("owner", 0);
    (0..count)
        .map(|number| T::Licences::prepare_callable(&owner, number))
        .collect()
}

/// A host with this key that offers a model for as much as hosts may have of it.
fn hosting<T: Config>(
    index: u32,
    model: ModelId,
    key: T::AccountId,
) -> Result<T::AccountId, BenchmarkError> {
    let host = rich::<T>("host", index);
    Pallet::<T>::do_register(host.clone(), key, T::MinBond::get())?;
    let endpoint = BoundedVec::truncate_from(alloc::vec![b'e'; MAX_ENDPOINT as usize]);
    let share = T::Revenue::rates().host_max;
    Pallet::<T>::do_make_offer(host.clone(), model, PRICE, share, endpoint)?;
    Ok(host)
}

/// A host with this key that offers a model which is as costly as any to call.
fn offered<T: Config>(key: T::AccountId) -> Result<(T::AccountId, ModelId), BenchmarkError> {
    let model = callable::<T>(1)[0];
    Ok((hosting::<T>(0, model, key)?, model))
}

/// A channel of that host to a consumer.
fn opened<T: Config>(
    host: &T::AccountId,
    model: ModelId,
    consumer: u32,
    key: T::AccountId,
) -> Result<u64, BenchmarkError> {
    let wanted = Wanted {
        host: host.clone(),
        model,
        key,
        units: UNITS,
        price: PRICE,
        expires: Pallet::<T>::now() + T::MaxDuration::get(),
    };
    let id = Pallet::<T>::do_open(rich::<T>("consumer", consumer), wanted)?;
    Ok(id)
}

fn pass<T: Config>(blocks: u32) {
    let now = frame_system::Pallet::<T>::block_number();
    frame_system::Pallet::<T>::set_block_number(now + blocks.into());
}

/// Settlements of so many channels that others than the hosts ask for. The channels have nothing in common: neither consumer, host, model nor
/// keys. No call of any of these models was paid before.
pub(crate) fn settlements<T: Config>(count: u32) -> Result<SettlementsOf<T>, BenchmarkError>
where
    T::AccountId: From<AccountId32>,
    T::Signature: From<MultiSignature>,
{
    let settlements = (0..)
        .zip(callable::<T>(count))
        .map(|(index, model)| {
            let (key, receipt_key) = (new_key(), new_key());
            let host = hosting::<T>(index, model, account_of::<T>(&receipt_key))?;
            let channel = opened::<T>(&host, model, index, account_of::<T>(&key))?;
            let voucher = Voucher {
                channel,
                count: 1,
                units: UNITS,
                amount: PRICE * Balance::from(UNITS),
                root: H256::repeat_byte(1),
                order: H256::repeat_byte(2),
            };
            let hash = voucher.hash(Pallet::<T>::genesis(), model);
            Ok(Settlement {
                voucher,
                signature: sign::<T>(&key, hash),
                consent: Some(sign::<T>(&receipt_key, hashing::consent(hash))),
            })
        })
        .collect::<Result<Vec<_>, BenchmarkError>>()?;
    Ok(BoundedVec::truncate_from(settlements))
}

/// How many models have a paid call.
fn paid_models<T: Config>() -> usize {
    Calls::<T>::iter_values()
        .filter(|totals| totals.calls == 1)
        .count()
}

#[benchmarks(where T::AccountId: From<AccountId32>, T::Signature: From<MultiSignature>)]
mod benchmarks {
    use super::*;

    /// With a bond that becomes higher.
    #[benchmark]
    fn register() -> Result<(), BenchmarkError> {
        let host = rich::<T>("host", 0);
        let bond = T::MinBond::get();
        Pallet::<T>::do_register(host.clone(), host.clone(), bond)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(host.clone()), host.clone(), bond + 1);

        assert!(Hosts::<T>::get(&host).is_some_and(|found| found.bond == bond + 1));
        Ok(())
    }

    #[benchmark]
    fn leave() -> Result<(), BenchmarkError> {
        let host = rich::<T>("host", 0);
        Pallet::<T>::do_register(host.clone(), host.clone(), T::MinBond::get())?;

        #[extrinsic_call]
        _(RawOrigin::Signed(host.clone()));

        assert!(!Hosts::<T>::contains_key(&host));
        Ok(())
    }

    #[benchmark]
    fn make_offer() -> Result<(), BenchmarkError> {
        let host = rich::<T>("host", 0);
        Pallet::<T>::do_register(host.clone(), host.clone(), T::MinBond::get())?;
        let endpoint = BoundedVec::truncate_from(alloc::vec![b'e'; MAX_ENDPOINT as usize]);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(host.clone()),
            ModelId::MAX,
            PRICE,
            Perbill::zero(),
            endpoint,
        );

        assert!(Offers::<T>::contains_key(ModelId::MAX, &host));
        Ok(())
    }

    #[benchmark]
    fn withdraw_offer() -> Result<(), BenchmarkError> {
        let (host, model) = offered::<T>(rich::<T>("key", 0))?;

        #[extrinsic_call]
        _(RawOrigin::Signed(host.clone()), model);

        assert!(!Offers::<T>::contains_key(model, &host));
        Ok(())
    }

    #[benchmark]
    fn open() -> Result<(), BenchmarkError> {
        let (host, model) = offered::<T>(rich::<T>("key", 0))?;
        let consumer = rich::<T>("consumer", 0);
        let host = T::Lookup::unlookup(host);
        let expires = Pallet::<T>::now() + T::MaxDuration::get();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(consumer.clone()),
            host,
            model,
            consumer.clone(),
            UNITS,
            PRICE,
            expires,
        );

        assert!(Channels::<T>::contains_key(0));
        Ok(())
    }

    /// Of channels that share nothing, by others than the hosts, so that each has its consent as well.
    #[benchmark]
    fn settle(n: Linear<1, MAX_SETTLEMENTS>) -> Result<(), BenchmarkError> {
        let settlements = settlements::<T>(n)?;
        let relay: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(relay),
            settlements,
            StatedUsage::default(),
        );

        assert_eq!(paid_models::<T>(), n as usize);
        Ok(())
    }

    /// With a single voucher, of which it must come.
    #[benchmark]
    fn state_usage(u: Linear<1, MAX_USAGE>) -> Result<(), BenchmarkError> {
        let settlements = settlements::<T>(1)?;
        let channel = Pallet::<T>::found(settlements[0].voucher.channel)
            .map_err(|_| "the channel is kept")?;
        let (host, model) = (channel.host, channel.model);
        let usage = (0..u).map(|contribution| {
            let pool = Pool {
                datanet: 0,
                round: 1,
            };
            let usage = Usage {
                pool,
                contribution,
                uses: 1,
            };
            (model, usage)
        });
        let usage = BoundedVec::truncate_from(usage.collect());

        #[extrinsic_call]
        settle(RawOrigin::Signed(host), settlements, usage);

        assert_eq!(paid_models::<T>(), 1);
        Ok(())
    }

    /// By the host.
    #[benchmark]
    fn close_at_once() -> Result<(), BenchmarkError> {
        let (host, model) = offered::<T>(rich::<T>("key", 0))?;
        let channel = opened::<T>(&host, model, 0, rich::<T>("voucher", 0))?;

        #[extrinsic_call]
        close(RawOrigin::Signed(host), channel);

        let stage = Channels::<T>::get(channel).map(|channel| channel.stage);
        assert!(matches!(stage, Some(Stage::Ended { .. })));
        Ok(())
    }

    /// By the consumer.
    #[benchmark]
    fn close_later() -> Result<(), BenchmarkError> {
        let (host, model) = offered::<T>(rich::<T>("key", 0))?;
        let channel = opened::<T>(&host, model, 0, rich::<T>("voucher", 0))?;

        #[extrinsic_call]
        close(RawOrigin::Signed(rich::<T>("consumer", 0)), channel);

        let stage = Channels::<T>::get(channel).map(|channel| channel.stage);
        assert!(matches!(stage, Some(Stage::Closing { .. })));
        Ok(())
    }

    /// With the longest path that there is.
    #[benchmark]
    fn challenge() -> Result<(), BenchmarkError> {
        let receipt_key = new_key();
        let (host, model) = offered::<T>(account_of::<T>(&receipt_key))?;
        let id = opened::<T>(&host, model, 0, rich::<T>("voucher", 0))?;
        let (count, leaf, amount) = (u32::MAX, H256::repeat_byte(2), PRICE);
        let sibling = Node {
            hash: H256::repeat_byte(3),
            sum: 1,
        };
        let path: merkle::Path = BoundedVec::truncate_from(alloc::vec![sibling; 32]);
        let root = merkle::root_above(count, 0, leaf, amount, &path).expect("it is as long; qed");
        Channels::<T>::mutate_extant(id, |channel| {
            channel.settled = Settled {
                count,
                units: UNITS,
                amount: root.sum,
                root: root.hash,
            }
        });
        let receipt = Receipt {
            channel: id,
            number: 0,
            units: 1,
            amount: PRICE,
            request: H256::zero(),
            response: H256::zero(),
        };
        let signature = sign::<T>(&receipt_key, receipt.leaf(Pallet::<T>::genesis()));
        let contradiction = Box::new(Contradiction::Leaf { leaf, amount, path });

        #[extrinsic_call]
        _(
            RawOrigin::Signed(rich::<T>("challenger", 0)),
            receipt,
            signature,
            contradiction,
        );

        assert!(Channels::<T>::get(id).is_some_and(|channel| channel.challenged));
        Ok(())
    }

    #[benchmark]
    fn forget() -> Result<(), BenchmarkError> {
        let (host, model) = offered::<T>(rich::<T>("key", 0))?;
        let channel = opened::<T>(&host, model, 0, rich::<T>("voucher", 0))?;
        Pallet::<T>::do_close(host, channel)?;
        pass::<T>(T::NoticePeriod::get());
        let anybody: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(anybody), channel);

        assert!(!Channels::<T>::contains_key(channel));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::build(), crate::mock::Test);
}
