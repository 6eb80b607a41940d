//! What the calls cost at their worst.

use frame_benchmarking::v2::*;
use frame_support::traits::fungible::Mutate;
use frame_system::RawOrigin;
use sp_core::H256;
use tributary_primitives::{
    ids::ModelId,
    roles::{Contention, Lineage},
    Balance,
};

use crate::*;

/// Enough for every bond, and far from overflow when several accounts have it.
const WEALTH: Balance = u64::MAX as Balance;

/// An account that can pay for everything.
fn rich<T: Config>(name: &'static str) -> T::AccountId {
    let account = account(name, 0, 0);
    T::Currency::set_balance(&account, WEALTH);
    account
}

fn arbiter<T: Config>(index: u32) -> T::AccountId {
    account("arbiter", index, 0)
}

/// As many arbiters as there can be, none of them a party.
fn arbiters<T: Config>() -> ArbitersOf<T> {
    (0..MAX_ARBITERS)
        .map(arbiter::<T>)
        .collect::<alloc::vec::Vec<_>>()
        .try_into()
        .expect("there are no more than can be; qed")
}

/// Governance, as the runtime has it. Tests without the feature have it as root.
fn governance<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
    #[cfg(feature = "runtime-benchmarks")]
    {
        use frame_support::traits::EnsureOrigin;
        T::GovernanceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
    }
    #[cfg(not(feature = "runtime-benchmarks"))]
    Ok(RawOrigin::Root.into())
}

/// A model of which all that costs is contested at the highest bond.
fn prepared<T: Config>() -> (T::AccountId, ModelId, Contention) {
    Arbiters::<T>::put(arbiters::<T>());
    let (model, contention) = T::Lineage::prepare_contention(&rich::<T>("owner"));
    Lost::<T>::insert(model, MAX_DOUBLINGS);
    (rich::<T>("plaintiff"), model, contention)
}

/// A case that is heard.
fn opened<T: Config>() -> Result<(CaseId, ModelId), BenchmarkError> {
    let (plaintiff, model, contention) = prepared::<T>();
    let case = Pallet::<T>::do_open(plaintiff, model, contention, H256::zero())?;
    Ok((case, model))
}

/// A case for whose ruling a vote is missing.
fn almost_ruled<T: Config>() -> Result<(CaseId, ModelId, T::AccountId), BenchmarkError> {
    let (case, model) = opened::<T>()?;
    let last = MAX_ARBITERS / 2;
    for index in 0..last {
        Pallet::<T>::do_vote(arbiter::<T>(index), case, true)?;
    }
    Ok((case, model, arbiter::<T>(last)))
}

/// A case that governance has decided after an appeal, and money to settle with whatever comes of it.
fn decided<T: Config>(upheld: bool) -> Result<(CaseId, ModelId), BenchmarkError> {
    let (case, model) = appealed::<T>()?;
    Pallet::<T>::do_decide(case, upheld)?;
    T::Lineage::prepare_income(&rich::<T>("owner"), model);
    Ok((case, model))
}

/// A case that was appealed from after it was upheld.
fn appealed<T: Config>() -> Result<(CaseId, ModelId), BenchmarkError> {
    let (case, model, last) = almost_ruled::<T>()?;
    Pallet::<T>::do_vote(last, case, true)?;
    Pallet::<T>::do_appeal(rich::<T>("appellant"), case)?;
    Ok((case, model))
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn appoint() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, arbiters::<T>());

        assert_eq!(Arbiters::<T>::get().len() as u32, MAX_ARBITERS);
        Ok(())
    }

    /// Everybody hears it.
    #[benchmark]
    fn open() -> Result<(), BenchmarkError> {
        let (plaintiff, model, contention) = prepared::<T>();
        T::Lineage::prepare_income(&rich::<T>("owner"), model);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(plaintiff),
            model,
            contention,
            H256::zero(),
        );

        let case = Pallet::<T>::cases_of(model).pop();
        let case = case.and_then(Pallet::<T>::case);
        assert_eq!(case.map(|case| case.panel.len() as u32), Some(MAX_ARBITERS));
        Ok(())
    }

    /// The vote that was missing.
    #[benchmark]
    fn vote() -> Result<(), BenchmarkError> {
        let (case, _, last) = almost_ruled::<T>()?;

        #[extrinsic_call]
        _(RawOrigin::Signed(last), case, true);

        let stage = Pallet::<T>::case(case).map(|case| case.stage);
        assert!(matches!(stage, Some(Stage::Ruled { upheld: true, .. })));
        Ok(())
    }

    #[benchmark]
    fn appeal() -> Result<(), BenchmarkError> {
        let (case, _, last) = almost_ruled::<T>()?;
        Pallet::<T>::do_vote(last, case, true)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(rich::<T>("appellant")), case);

        assert!(Pallet::<T>::case(case).is_some_and(|case| case.appeal().is_some()));
        Ok(())
    }

    #[benchmark]
    fn decide() -> Result<(), BenchmarkError> {
        let (case, _) = appealed::<T>()?;
        let origin = governance::<T>()?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, case, true);

        let stage = Pallet::<T>::case(case).map(|case| case.stage);
        assert!(matches!(stage, Some(Stage::Decided { upheld: true, .. })));
        Ok(())
    }

    /// The ancestry changes; one bond is given back and another burnt.
    #[benchmark]
    fn close_upheld() -> Result<(), BenchmarkError> {
        let (case, model) = decided::<T>(true)?;

        #[extrinsic_call]
        close(RawOrigin::Signed(whitelisted_caller()), case);

        assert!(Pallet::<T>::cases_of(model).is_empty());
        assert_eq!(Lost::<T>::get(model), MAX_DOUBLINGS);
        Ok(())
    }

    /// What was set aside is as before; one bond is burnt and another given back.
    #[benchmark]
    fn close_dismissed() -> Result<(), BenchmarkError> {
        let (case, model) = decided::<T>(false)?;

        #[extrinsic_call]
        close(RawOrigin::Signed(whitelisted_caller()), case);

        assert!(Pallet::<T>::cases_of(model).is_empty());
        assert_eq!(Lost::<T>::get(model), MAX_DOUBLINGS + 1);
        Ok(())
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
