//! What the calls cost at their worst.

use alloc::{vec, vec::Vec};

use frame_benchmarking::v2::*;
use frame_support::traits::fungible::Mutate;
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::{traits::StaticLookup, DispatchError, FixedI128, Perbill};
use tributary_primitives::{
    assets::{MAX_LATE, MAX_TEAM},
    ids::ModelId,
    licences::Origin,
    roles::{Contention, Terms},
};

use crate::{preparation::*, *};

/// An account that can pay for everything.
fn rich<T: Config>(name: &'static str) -> T::AccountId {
    let account = account(name, 0, 0);
    T::Currency::set_balance(&account, WEALTH);
    account
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
            Perbill::one(),
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

    /// A full team follows another, for a model with as many royalties as can be, and money to settle, some of it of a former team's.
    #[benchmark]
    fn change_team() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let (model, missing) = prepare_contention::<T>(&owner);
        Pallet::<T>::do_contest(model, &missing)?;
        Pallet::<T>::do_conclude(model, &missing, true)?;
        prepare_income::<T>(&owner, model);

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

    /// A model with as many sources and royalties as can be but for one, which was re-executed, and money to settle, some of it of a former team's;
    /// its new parent has all the ancestors that it can have.
    #[benchmark]
    fn add_parent() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let bases = |count: u32| -> Result<Vec<ModelId>, DispatchError> {
            (0..count)
                .map(|_| registered::<T>(&owner, Kind::Base, Vec::new(), 1))
                .collect()
        };
        let (named, upheld) = (bases(MAX_PARENTS - 1)?, bases(MAX_LATE)?);
        let parent = registered::<T>(&owner, Kind::Base, Vec::new(), 1)?;
        let ancestors = MAX_ANCESTORS - MAX_PARENTS;
        let ancestors = AncestorSet::truncate_from((1_000..1_000 + ancestors).collect());
        Ancestors::<T>::insert(parent, ancestors);
        let rounds = rounds::<T>(&owner, MAX_ROUNDS).into_iter();
        let origins = rounds
            .map(Origin::TrainedOn)
            .chain(named.into_iter().map(Origin::FineTunedFrom))
            .collect();
        let model = registered::<T>(&owner, Kind::FineTune, origins, MAX_TEAM)?;
        for missing in upheld {
            let missing = Contention::MissingParent(Origin::FineTunedFrom(missing));
            Pallet::<T>::do_conclude(model, &missing, true)?;
        }
        income_of_two_teams::<T>(&owner, model);
        // Else too little might wait for what the parent has of it, since there is data.
        pass_boundaries::<T>();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner.clone()),
            model,
            Origin::FineTunedFrom(parent),
            Perbill::one(),
        );

        let edges = Edges::<T>::get(model).ok_or("it was registered")?;
        assert_eq!(edges.len() as u32, MAX_EDGES);
        assert_eq!(Ancestors::<T>::get(model).len() as u32, MAX_ANCESTORS);
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
