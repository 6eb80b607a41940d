//! What the calls cost at their worst.

use alloc::{vec, vec::Vec};

use frame_benchmarking::v2::*;
use frame_support::traits::fungible::{Inspect, Mutate};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::{traits::StaticLookup, FixedI128, Perbill};
use tributary_primitives::{
    assets::{Asset, Pool, Share, MAX_TEAM},
    ids::{DatanetId, ModelId},
    licences::Origin,
    roles::{Cause, Revenue, Rounds, Terms},
    Balance,
};

use crate::*;

/// Enough for every deposit and fee, and far from overflow when several accounts have it.
const WEALTH: Balance = u64::MAX as Balance;

/// An account that can pay for everything.
fn rich<T: Config>(name: &'static str) -> T::AccountId {
    let account = account(name, 0, 0);
    T::Currency::set_balance(&account, WEALTH);
    account
}

/// A team of so many accounts that the parts of all but the first are as small as can be.
fn team<T: Config>(members: u32) -> Vec<Share<T::AccountId>> {
    let one = Perbill::one().deconstruct();
    (0..members)
        .map(|member| Share {
            account: account("member", member, 0),
            part: Perbill::from_parts(if member == 0 { one - (members - 1) } else { 1 }),
        })
        .collect()
}

/// Registers a model of these origins, as [`Pallet::register`] does.
fn registered<T: Config>(
    owner: &T::AccountId,
    kind: Kind,
    origins: Vec<Origin>,
    members: u32,
) -> Result<ModelId, BenchmarkError> {
    let registration = Registration {
        kind,
        origins,
        weights_hash: H256::repeat_byte(1),
        recipe_hash: H256::repeat_byte(2),
        terms: T::Terms::prepare_terms(owner),
        team: team::<T>(members),
        metadata: vec![b' '; MAX_METADATA as usize],
    };
    Ok(Pallet::<T>::do_register(owner.clone(), registration)?)
}

/// Models that a child can descend from, whose ancestries are as long as they can be for them to have it: the child's is the
/// longest, and what they share is read with each.
fn parents<T: Config>(owner: &T::AccountId, parents: u32) -> Vec<ModelId> {
    let ancestors = MAX_ANCESTORS - parents;
    let shared: Vec<ModelId> = (0..ancestors).collect();
    (ancestors..MAX_ANCESTORS)
        .inspect(|&parent| {
            T::Terms::prepare_source(Asset::Model(parent), owner);
            Models::<T>::insert(
                parent,
                Model {
                    owner: owner.clone(),
                    offered_to: None,
                    kind: Kind::Base,
                    weights_hash: H256::zero(),
                    recipe_hash: H256::zero(),
                    terms: H256::zero(),
                    registered: Default::default(),
                    retired: false,
                    evaluations: 0,
                    deposit: 0,
                },
            );
            Ancestors::<T>::insert(parent, AncestorSet::truncate_from(shared.clone()));
            NextModel::<T>::put(parent + 1);
        })
        .collect()
}

/// Final rounds that a model can be trained on.
fn rounds<T: Config>(owner: &T::AccountId, rounds: u32) -> Vec<Pool> {
    (0..rounds)
        .map(|datanet: DatanetId| {
            T::Rounds::prepare_final(datanet, 1);
            T::Terms::prepare_source(Asset::Datanet(datanet), owner);
            Pool { datanet, round: 1 }
        })
        .collect()
}

/// Origins of a fine-tune: rounds, then parents.
fn origins<T: Config>(owner: &T::AccountId, p: u32, r: u32) -> Vec<Origin> {
    rounds::<T>(owner, r)
        .into_iter()
        .map(Origin::TrainedOn)
        .chain(
            parents::<T>(owner, p)
                .into_iter()
                .map(Origin::FineTunedFrom),
        )
        .collect()
}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// `p` parents with all the ancestors that they can have, `r` rounds, `t` members, `m` bytes of metadata.
    #[benchmark]
    fn register(
        p: Linear<0, MAX_PARENTS>,
        r: Linear<0, MAX_ROUNDS>,
        t: Linear<1, MAX_TEAM>,
        m: Linear<0, MAX_METADATA>,
    ) -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let kind = if p == 0 { Kind::Base } else { Kind::FineTune };
        let origins = origins::<T>(&owner, p, r);
        let terms = T::Terms::prepare_terms(&owner);
        let model = NextModel::<T>::get();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner),
            kind,
            origins,
            H256::repeat_byte(1),
            H256::repeat_byte(2),
            terms,
            team::<T>(t),
            vec![b' '; m as usize],
        );

        let ancestors = if p == 0 { 0 } else { MAX_ANCESTORS };
        assert_eq!(Ancestors::<T>::get(model).len() as u32, ancestors);
        Ok(())
    }

    #[benchmark]
    fn offer_transfer() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let model = registered::<T>(&owner, Kind::Base, Vec::new(), 1)?;
        let to = rich::<T>("to");

        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner),
            model,
            T::Lookup::unlookup(to.clone()),
        );

        assert_eq!(
            Models::<T>::get(model).and_then(|details| details.offered_to),
            Some(to)
        );
        Ok(())
    }

    #[benchmark]
    fn withdraw_offer() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let model = registered::<T>(&owner, Kind::Base, Vec::new(), 1)?;
        Pallet::<T>::do_offer_transfer(owner.clone(), model, rich::<T>("to"))?;

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);

        assert!(Models::<T>::get(model).is_some_and(|details| details.offered_to.is_none()));
        Ok(())
    }

    #[benchmark]
    fn accept_transfer() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let model = registered::<T>(&owner, Kind::Base, Vec::new(), 1)?;
        let to = rich::<T>("to");
        Pallet::<T>::do_offer_transfer(owner, model, to.clone())?;

        #[extrinsic_call]
        _(RawOrigin::Signed(to.clone()), model);

        assert!(Models::<T>::get(model).is_some_and(|details| details.owner == to));
        Ok(())
    }

    /// `t` members are announced.
    #[benchmark]
    fn announce_team(t: Linear<1, MAX_TEAM>) -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let model = registered::<T>(&owner, Kind::Base, Vec::new(), MAX_TEAM)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, team::<T>(t));

        assert!(NextTeams::<T>::get(model).is_some_and(|next| next.team.len() as u32 == t));
        Ok(())
    }

    /// A full team follows another, for a model with as many royalties as can be, and money to settle.
    #[benchmark]
    fn change_team() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let origins = origins::<T>(&owner, MAX_PARENTS, MAX_ROUNDS);
        let model = registered::<T>(&owner, Kind::FineTune, origins, MAX_TEAM)?;
        let gross = T::Currency::minimum_balance() * 1_000_000;
        T::Revenue::pay(
            Asset::Model(model),
            None,
            &rich::<T>("payer"),
            gross,
            None,
            Cause::Payment,
        )?;

        Pallet::<T>::do_announce_team(owner.clone(), model, team::<T>(MAX_TEAM))?;
        let from = NextTeams::<T>::get(model).map(|next| next.from);
        frame_system::Pallet::<T>::set_block_number(from.unwrap_or_default());

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);

        assert!(!NextTeams::<T>::contains_key(model));
        Ok(())
    }

    #[benchmark]
    fn retire() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let model = registered::<T>(&owner, Kind::Base, Vec::new(), 1)?;
        Pallet::<T>::do_offer_transfer(owner.clone(), model, rich::<T>("to"))?;

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);

        assert!(Models::<T>::get(model).is_some_and(|details| details.retired));
        Ok(())
    }

    #[benchmark]
    fn cosign() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let origins = origins::<T>(&owner, MAX_PARENTS, MAX_ROUNDS);
        // The last one looked at.
        let edge = Origin::FineTunedFrom(MAX_ANCESTORS - 1);
        let model = registered::<T>(&owner, Kind::FineTune, origins, 1)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, edge);

        assert!(Edges::<T>::get(model).is_some_and(|edges| edges
            .last()
            .is_some_and(|last| last.origin == edge && last.grade == Grade::CoSigned)));
        Ok(())
    }

    #[benchmark]
    fn evaluate() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let model = registered::<T>(&owner, Kind::Base, Vec::new(), 1)?;
        let name = vec![b'x'; MAX_NAME as usize];

        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner),
            model,
            name.clone(),
            name,
            FixedI128::from_u32(1),
            H256::repeat_byte(1),
        );

        assert!(Evaluations::<T>::contains_key(model, 0));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
