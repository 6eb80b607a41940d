//! State as benchmarks need it: ledgers as large as they can be.

use crate::*;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
    BoundedVec,
};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash, TrailingZeroInput};
use tributary_primitives::{
    assets::{
        Asset, Crew, LateRoyalties, Payee, Pool, Royalty, RoyaltyStack, Share, Team, MAX_CREW,
        MAX_LATE, MAX_STACK, MAX_TEAM,
    },
    datanets::{MAX_CREW_SHARE, MAX_PERIOD, MAX_VESTING},
    ids::ModelId,
    ledger::Vesting,
    merkle::Node,
    roles::Cause,
    Balance, Perbill,
};

/// Datanets from this one on are nobody's.
const FIRST_DATANET: u32 = 1 << 31;

/// An account that differs by name and index.
pub(crate) fn account<T: Config>(name: &str, index: u32) -> T::AccountId {
    let hash = BlakeTwo256::hash_of(&(name, index)).encode();
    T::AccountId::decode(&mut TrailingZeroInput::new(&hash))
        .expect("any bytes followed by zeros make an account; qed")
}

/// An amount that all shares of it are well above the existential deposit.
pub(crate) fn amount<T: Config>() -> Balance {
    T::Currency::minimum_balance().max(1) << 20
}

/// Gives an account money to pay `amount` twice.
pub(crate) fn fund<T: Config>(account: &T::AccountId) {
    T::Currency::mint_into(account, amount::<T>() * 3)
        .expect("the issuance has room for benchmarks; qed");
}

/// Pays `amount` for an asset.
pub(crate) fn pay<T: Config>(asset: Asset) {
    let payer = account::<T>("payer", 0);
    fund::<T>(&payer);
    let amount = amount::<T>();
    Pallet::<T>::do_pay(asset, None, &payer, amount, Cause::Payment)
        .expect("the asset can be paid for; qed");
}

/// Equal parts of `whole` for `size` accounts, the first of them `first`; what rounding leaves is the last one's.
fn shares<T: Config>(
    name: &str,
    first: Option<&T::AccountId>,
    size: u32,
    whole: Perbill,
) -> Vec<Share<T::AccountId>> {
    let part = whole.deconstruct() / size.max(1);
    (0..size)
        .map(|index| Share {
            account: match (index, first) {
                (0, Some(first)) => first.clone(),
                _ => account::<T>(name, index),
            },
            part: Perbill::from_parts(if index + 1 == size {
                whole.deconstruct() - part * (size - 1)
            } else {
                part
            }),
        })
        .collect()
}

/// A team led by `owner`.
pub(crate) fn team<T: Config>(owner: &T::AccountId, size: u32) -> Team<T::AccountId> {
    BoundedVec::truncate_from(shares::<T>("member", Some(owner), size, Perbill::one()))
}

/// A crew with as much as it can have.
pub(crate) fn crew<T: Config>(size: u32) -> Crew<T::AccountId> {
    BoundedVec::truncate_from(shares::<T>("crew", None, size, MAX_CREW_SHARE))
}

/// The longest that awards vest.
pub(crate) const VESTING: Vesting = Vesting {
    parts: MAX_VESTING,
    blocks: MAX_PERIOD,
};

/// Opens a pool.
pub(crate) fn open_pool<T: Config>(pool: Pool, root: Node, count: u32, crew: Crew<T::AccountId>) {
    Pallet::<T>::do_open_pool(pool, root, 0, count, crew, VESTING).expect("the pool is new; qed");
}

/// Opens a pool of a round where nobody can prove anything.
fn open_any_pool<T: Config>(pool: Pool) {
    if !Pools::<T>::contains_key(pool) {
        open_pool::<T>(pool, any_root(), 1, crew::<T>(MAX_CREW));
    }
}

/// A root of weights that nobody can prove.
pub(crate) fn any_root() -> Node {
    Node {
        hash: H256::repeat_byte(1),
        sum: 1,
    }
}

/// Opens the ledger of a model that owes royalties to `royalties` pools, as many of them late as the stack has no room for. Of its `members`
/// those who are too many for a team were the former team, of whose earnings the last part is free by now.
pub(crate) fn open_model<T: Config>(
    model: ModelId,
    royalties: u32,
    owner: &T::AccountId,
    members: u32,
) {
    const DONE: &str = "a ledger can be opened and changed; qed";
    let mut stack: Vec<_> = (0..royalties)
        .map(|index| {
            let pool = Pool {
                datanet: FIRST_DATANET + index,
                round: 1,
            };
            open_any_pool::<T>(pool);
            Royalty {
                payee: Payee::Pool(pool),
                rate: Perbill::from_percent(60 / MAX_STACK),
                ceiling: Some(Balance::MAX),
            }
        })
        .collect();
    let late = stack.split_off(stack.len().min(MAX_STACK as usize));
    let (stack, late) = (
        RoyaltyStack::truncate_from(stack),
        LateRoyalties::truncate_from(late),
    );
    let present = team::<T>(owner, members.min(MAX_TEAM));
    if members > MAX_TEAM {
        let former = shares::<T>("former", None, members - MAX_TEAM, Perbill::one());
        let former = BoundedVec::truncate_from(former);
        Pallet::<T>::do_open(model, stack.clone(), former).expect(DONE);
        pay::<T>(Asset::Model(model));
        Pallet::<T>::do_amend_team(model, present).expect(DONE);
        for index in 0..members - MAX_TEAM {
            Pallet::<T>::do_withdraw(account::<T>("former", index)).expect(DONE);
        }
        let later = T::EscrowPeriod::get().max(1) * 2;
        let now = frame_system::Pallet::<T>::block_number();
        frame_system::Pallet::<T>::set_block_number(now + later.into());
    } else {
        Pallet::<T>::do_open(model, stack.clone(), present).expect(DONE);
    }
    if !late.is_empty() {
        Pallet::<T>::do_amend_royalties(model, stack, late, false).expect(DONE);
    }
}

/// Makes an asset ready to be paid for, with as much to settle as there can be.
pub(crate) fn prepare_asset<T: Config>(asset: Asset, owner: &T::AccountId) {
    match asset {
        Asset::Model(model) => {
            if !Splits::<T>::contains_key(model) {
                open_model::<T>(model, MAX_STACK + MAX_LATE, owner, 2 * MAX_TEAM);
            }
        }
        Asset::Datanet(datanet) => {
            if !LastPool::<T>::contains_key(datanet) {
                open_any_pool::<T>(Pool { datanet, round: 1 });
            }
        }
    }
    pay::<T>(asset);
}
