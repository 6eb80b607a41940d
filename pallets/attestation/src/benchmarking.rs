//! What the calls cost at their largest.

use alloc::vec::Vec;

use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use sp_core::H256;
use tributary_primitives::{
    datanets::{Phase, Statement, Value, Values, MAX_CONTRIBUTIONS, MAX_PROVIDERS},
    ids::{DatanetId, RoundNumber},
    roles::Snapshots,
};

use crate::{Call, Config, Outcomes, Pallet, Standing};

/// A statement by which every contribution is admitted.
fn statement<T: Config>(datanet: DatanetId, round: RoundNumber, benchmark: u8) -> Statement {
    let delivered = T::Snapshots::frozen(datanet, round)
        .expect("it is prepared; qed")
        .delivered;
    let unit = T::Snapshots::recipe(datanet)
        .expect("it is prepared; qed")
        .unit();
    let equal = unit / delivered.len() as u128;
    let values: Vec<_> = delivered
        .iter()
        .map(|found| Value {
            number: found.number,
            value: equal as i128,
        })
        .collect();
    Statement {
        benchmark: H256::repeat_byte(benchmark),
        before: 0,
        after: equal * delivered.len() as u128,
        values: Values::truncate_from(values),
    }
}

/// A prepared round of which all attestors but one have said something: the same, or each something else.
fn almost<T: Config>(
    contributions: u32,
    agreed: bool,
) -> Result<(DatanetId, RoundNumber, T::AccountId), BenchmarkError> {
    let (datanet, round) = T::Snapshots::prepare_attested(contributions);
    let mut attestors = T::Snapshots::providers(datanet, round);
    let last = attestors.pop().expect("there are four; qed");
    for (index, attestor) in attestors.into_iter().enumerate() {
        let benchmark = if agreed { 0 } else { 1 + index as u8 };
        let said = statement::<T>(datanet, round, benchmark);
        Pallet::<T>::do_attest(attestor, datanet, round, said)?;
    }
    Ok((datanet, round, last))
}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// `c`: contributions of the round. Others have said something else, the signer, too.
    #[benchmark]
    fn attest(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round, last) = almost::<T>(c, false)?;
        let earlier = statement::<T>(datanet, round, 9);
        Pallet::<T>::do_attest(last.clone(), datanet, round, earlier)?;
        let said = statement::<T>(datanet, round, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(last), datanet, round, said);

        assert_eq!(
            Standing::<T>::get(datanet, round).len() as u32,
            MAX_PROVIDERS
        );
        Ok(())
    }

    /// `c`: contributions of the round, all of which are admitted and paid.
    #[benchmark]
    fn attest_final(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round, last) = almost::<T>(c, true)?;
        let said = statement::<T>(datanet, round, 0);

        #[extrinsic_call]
        attest(RawOrigin::Signed(last), datanet, round, said);

        assert!(Outcomes::<T>::contains_key(datanet, round));
        Ok(())
    }

    /// `c`: contributions of the round, which wait for the next one.
    #[benchmark]
    fn abandon(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round, _) = almost::<T>(c, false)?;
        let closes_at = Pallet::<T>::closes_at(datanet, round).expect("it is prepared; qed");
        frame_system::Pallet::<T>::set_block_number(closes_at);

        #[extrinsic_call]
        _(RawOrigin::Signed(whitelisted_caller()), datanet, round);

        assert_eq!(T::Snapshots::phase(datanet, round), Some(Phase::Void));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
