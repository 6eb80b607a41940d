//! What the calls cost at their worst.

use alloc::vec::Vec;

use frame_benchmarking::v2::*;
use frame_support::traits::fungible::{Inspect, Mutate};
use frame_system::RawOrigin;
use sp_runtime::{traits::StaticLookup, Perbill};
use tributary_primitives::{
    assets::{Asset, Pool, Share, Team, MAX_LATE, MAX_STACK, MAX_TEAM},
    ids::ModelId,
    licences::{
        claimed_royalties, Gate, Generation, LicenceTerms, Origin, Source, MAX_SOURCES,
        MAX_SOURCE_MODELS, MAX_SOURCE_POOLS,
    },
    roles::{Cause, Contention, Revenue, Terms},
    Balance,
};

use crate::{preparation::longest_terms, *};

/// Enough for every deposit and fee, and far from overflow when several accounts have it.
const WEALTH: Balance = u64::MAX as Balance;
/// An upfront fee that is above the existential deposit.
const FEE: Balance = WEALTH / 1_000;
/// The model that the calls are about.
const ASSET: Asset = Asset::Model(1_000);

/// An account that can pay for everything.
fn rich<T: Config>(name: &'static str) -> T::AccountId {
    let account = account(name, 0, 0);
    T::Currency::set_balance(&account, WEALTH);
    account
}

/// Every source that a model of `owner` can come from, up to so many.
fn sources<T: Config>(owner: &T::AccountId, models: u32, pools: u32) -> Vec<Origin> {
    let pools = (0..pools).map(|datanet| Origin::TrainedOn(Pool { datanet, round: 1 }));
    let models = (0..models).map(Origin::FineTunedFrom);
    let origins: Vec<_> = pools.chain(models).collect();
    for origin in &origins {
        Pallet::<T>::prepare_source(origin.asset(), owner);
    }
    origins
}

/// Attaches terms of the greatest length to a model with all the ancestors that it can have, and makes it ready to be paid for.
fn asset<T: Config>(owner: &T::AccountId, terms: LicenceTerms) -> Result<(), BenchmarkError> {
    let origins = sources::<T>(owner, MAX_SOURCE_MODELS, MAX_SOURCE_POOLS);
    let terms = preparation::published::<T>(owner, terms);
    let Asset::Model(model) = ASSET else {
        return Err("the asset is a model".into());
    };
    Pallet::<T>::do_attach_model(model, owner, terms, &origins)?;
    T::Revenue::prepare_asset(ASSET, owner);
    Ok(())
}

/// An application for a grant that waits with a fee.
fn applied<T: Config>(
    owner: &T::AccountId,
    applicant: &T::AccountId,
) -> Result<(), BenchmarkError> {
    let terms = longest_terms().with_fee(FEE, Gate::First);
    asset::<T>(owner, terms.with_approval(Gate::First))?;
    Ok(Pallet::<T>::do_acquire(
        applicant.clone(),
        ASSET,
        Generation::First,
    )?)
}

/// What a source would bring is claimed. The ledger, which is prepared with other late royalties, is not told.
fn claimed<T: Config>(model: ModelId, origin: Origin) -> Result<(), BenchmarkError> {
    let standing = |asset| {
        let attachment = Attachments::<T>::get(asset);
        attachment.map(|attachment| attachment.standing)
    };
    let (held, source) = standing(ASSET)
        .zip(standing(origin.asset()))
        .ok_or("both are attached")?;
    let source = Source {
        origin,
        standing: &source,
    };
    let royalties = claimed_royalties(&held, &source);
    Claims::<T>::insert(model, Claim { origin, royalties });
    Ok(())
}

/// Money to settle, some of it of a former team's, of which nothing waits any more.
fn income_of_two_teams<T: Config>(model: ModelId, owner: &T::AccountId) {
    const DONE: &str = "a prepared asset can be paid for, and its team changed; qed";
    let pay = || {
        let gross = T::Currency::minimum_balance() * 1_000_000;
        T::Revenue::pay(Asset::Model(model), None, owner, gross, Cause::Licence).expect(DONE);
    };
    pay();
    let part = |index: u32| Share {
        account: account("later", index, 0),
        part: Perbill::one() / MAX_TEAM,
    };
    let team = Team::truncate_from((0..MAX_TEAM).map(part).collect());
    T::Revenue::amend_team(model, team).expect(DONE);
    pay();
    // No period of any runtime is that long.
    let now = frame_system::Pallet::<T>::block_number();
    frame_system::Pallet::<T>::set_block_number(now + 100_000_000u32.into());
    pay();
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn publish() -> Result<(), BenchmarkError> {
        let publisher = rich::<T>("publisher");
        let terms = longest_terms();

        #[extrinsic_call]
        _(RawOrigin::Signed(publisher), terms.clone());

        assert_eq!(Licences::<T>::get(terms.id()), Some(terms));
        Ok(())
    }

    #[benchmark]
    fn retract() -> Result<(), BenchmarkError> {
        let publisher = rich::<T>("publisher");
        let terms = longest_terms().id();
        Pallet::<T>::do_publish(publisher.clone(), longest_terms())?;

        #[extrinsic_call]
        _(RawOrigin::Signed(publisher), terms);

        assert!(!Licences::<T>::contains_key(terms));
        Ok(())
    }

    #[benchmark]
    fn make_offer() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        asset::<T>(&owner, longest_terms())?;

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), ASSET, 1, Perbill::zero());

        assert!(Offers::<T>::contains_key(ASSET));
        Ok(())
    }

    #[benchmark]
    fn acquire() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let applicant = rich::<T>("applicant");
        asset::<T>(&owner, longest_terms().with_fee(FEE, Gate::First))?;

        #[extrinsic_call]
        _(
            RawOrigin::Signed(applicant.clone()),
            ASSET,
            Generation::First,
        );

        assert!(Grants::<T>::get(ASSET, applicant).is_some_and(|grant| grant.approved));
        Ok(())
    }

    #[benchmark]
    fn approve() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let applicant = rich::<T>("applicant");
        applied::<T>(&owner, &applicant)?;

        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner),
            ASSET,
            T::Lookup::unlookup(applicant.clone()),
        );

        assert!(Grants::<T>::get(ASSET, applicant).is_some_and(|grant| grant.approved));
        Ok(())
    }

    #[benchmark]
    fn decline() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let applicant = rich::<T>("applicant");
        applied::<T>(&owner, &applicant)?;

        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner),
            ASSET,
            T::Lookup::unlookup(applicant.clone()),
        );

        assert!(!Grants::<T>::contains_key(ASSET, applicant));
        Ok(())
    }

    #[benchmark]
    fn relinquish() -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let applicant = rich::<T>("applicant");
        applied::<T>(&owner, &applicant)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(applicant.clone()), ASSET);

        assert!(!Grants::<T>::contains_key(ASSET, applicant));
        Ok(())
    }

    /// `m` models and `p` pools, each with a grant to be used up, and eight more grants.
    #[benchmark]
    fn attach_model(
        m: Linear<0, MAX_SOURCE_MODELS>,
        p: Linear<0, MAX_SOURCE_POOLS>,
    ) -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let origins = sources::<T>(&owner, m, p);
        let terms = Pallet::<T>::prepare_terms(&owner);
        let attached;

        #[block]
        {
            attached = Pallet::<T>::attach_model(1_000, &owner, terms, &origins);
        }

        let royalties = attached?.len() as u32;
        assert_eq!(royalties, if m > 0 { MAX_STACK } else { p });
        assert_eq!(Grants::<T>::iter().count(), 0);
        Ok(())
    }

    /// `s` sources: pools and models that are named, then those that were missing. All that can be owed late is new to the model.
    #[benchmark]
    fn refold(s: Linear<1, MAX_SOURCES>) -> Result<(), BenchmarkError> {
        let owner = rich::<T>("owner");
        let named = s.min(MAX_SOURCE_MODELS + MAX_SOURCE_POOLS);
        let models = named / 2;
        let missing = s - named;
        let mut origins = sources::<T>(&owner, models + missing, named - models);
        let hidden = origins.split_off(named as usize);
        let model = 1_000;
        let terms = Pallet::<T>::prepare_terms(&owner);
        Pallet::<T>::do_attach_model(model, &owner, terms, &origins)?;
        T::Revenue::prepare_asset(ASSET, &owner);
        for (number, origin) in hidden.into_iter().enumerate() {
            // One of them brings as much as can be owed late, the others what is owed already.
            let origin = if number == 0 {
                Pallet::<T>::prepare_missing(999, &owner);
                Origin::FineTunedFrom(999)
            } else {
                origin
            };
            claimed::<T>(model, origin)?;
            Pallet::<T>::do_conclude(model, &Contention::MissingParent(origin), true)?;
        }
        let late = if missing > 0 { MAX_LATE } else { 0 };
        let changes = Changes::<T>::mutate(|changes| {
            *changes += 1;
            *changes
        });
        // So that what it owes is amended: a rate that no source asks for any more, and the ceilings of all that is late.
        Attachments::<T>::mutate_extant(ASSET, |attachment| {
            for royalty in attachment.standing.late.iter_mut() {
                royalty.ceiling = None;
            }
            if let Some(royalty) = attachment.standing.stack.iter_mut().next() {
                royalty.rate = royalty.rate + Perbill::from_parts(1);
            }
        });
        let source = Sources::<T>::get(model)[0].origin.asset();
        Attachments::<T>::mutate_extant(source, |source| source.changed = changes);
        income_of_two_teams::<T>(model, &owner);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);

        let standing = Attachments::<T>::get(ASSET)
            .ok_or("it was attached")?
            .standing;
        let royalties = if models > 0 { MAX_STACK } else { 1 };
        assert_eq!(standing.stack.len() as u32, royalties);
        assert_eq!(standing.late.len() as u32, late);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::build(), crate::mock::Test);
}
