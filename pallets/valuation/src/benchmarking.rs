//! What the calls cost at their largest.

use alloc::vec::Vec;

use frame_benchmarking::v2::*;
use frame_support::traits::fungible::{Inspect, Mutate};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_core::H256;
use sp_runtime::traits::One;
use tributary_primitives::{
    datanets::{Phase, MAX_CONTRIBUTIONS, MAX_ENTRIES},
    hashing,
    ids::{DatanetId, RecordId, RoundNumber},
    merkle::Range,
    roles::Snapshots,
    valuation::{Row, RowEntry, Shadow},
};

use crate::{
    entries, Call, Config, Outcomes, Pallet, Progress, Proposals, Reopened, Rows, ShadowChunk,
    MAX_PROPOSALS, MAX_ROWS, MAX_SHADOWS,
};

/// The fewest rows that have room for the most entries, 32 newcomers each.
const FEWEST_ROWS: u32 = MAX_ENTRIES / 32;
/// Enough rows for two records of each of the most contributions.
const SOME_ROWS: u16 = 64;

/// An account that can afford its bond.
fn evaluator<T: Config>(index: u32, datanet: DatanetId, round: RoundNumber) -> T::AccountId {
    // Enough also when all that stand have lapsed.
    let bond = Pallet::<T>::bond(datanet, round).expect("prepared") << MAX_PROPOSALS;
    let evaluator = account("evaluator", index, 0);
    T::Currency::set_balance(&evaluator, bond + 2 * T::Currency::minimum_balance());
    evaluator
}

/// `count` rows that list `entries` newcomers together, of all contributions in turn, all with the right label.
fn rows<T: Config>(datanet: DatanetId, round: RoundNumber, count: u32, entries: u32) -> Rows {
    let delivered = T::Snapshots::frozen(datanet, round)
        .expect("prepared")
        .delivered;
    let entry = |index: u64| {
        let contribution = &delivered[(index % delivered.len() as u64) as usize];
        let position = index / delivered.len() as u64 % u64::from(contribution.records);
        RowEntry {
            record: RecordId {
                contribution: contribution.number,
                position: position as u16,
            },
            matches: true,
        }
    };
    let before = |row: u32| u64::from(row) * u64::from(entries) / u64::from(count);
    let rows: Vec<_> = (0..count)
        .map(|row| Row {
            entries: (before(row)..before(row + 1))
                .map(entry)
                .collect::<Vec<_>>()
                .try_into()
                .expect("no row holds more than 32"),
        })
        .collect();
    rows.try_into().expect("no more than a proposal holds")
}

/// The inputs of a round, and what an evaluator commits to who publishes no shadows and these rows.
fn commitment<T: Config>(
    evaluator: &T::AccountId,
    datanet: DatanetId,
    round: RoundNumber,
    rows: &Rows,
) -> (H256, H256) {
    let inputs = T::Snapshots::frozen(datanet, round)
        .expect("prepared")
        .inputs;
    let mut range = Range::default();
    for row in rows {
        range
            .append(hashing::row_leaf(row), 1)
            .expect("fewer than 2^32");
    }
    let shadows = Range::default().root().hash;
    let payload = hashing::payload(inputs, shadows, range.root().hash);
    (
        inputs,
        hashing::proposal_commitment(evaluator, datanet, round, payload),
    )
}

/// Four proposals of others, none published.
fn fill<T: Config>(datanet: DatanetId, round: RoundNumber) -> Result<(), BenchmarkError> {
    for index in 0..MAX_PROPOSALS {
        let evaluator = evaluator::<T>(index, datanet, round);
        Pallet::<T>::do_commit_proposal(evaluator, datanet, round, H256::zero())?;
    }
    Ok(())
}

/// In the next block all proposals of the round have lapsed.
fn let_time_pass<T: Config>(datanet: DatanetId, round: RoundNumber) {
    let now = frame_system::Pallet::<T>::block_number();
    Proposals::<T>::mutate(datanet, round, |proposals| {
        proposals
            .iter_mut()
            .for_each(|proposal| proposal.deadline = now)
    });
    frame_system::Pallet::<T>::set_block_number(now + One::one());
}

/// The block is the first after the window.
fn let_window_pass<T: Config>(datanet: DatanetId, round: RoundNumber) {
    let closes_at: BlockNumberFor<T> = Pallet::<T>::closes_at(datanet, round).expect("prepared");
    frame_system::Pallet::<T>::set_block_number(closes_at);
}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// `c`: contributions of the round. Four proposals lapse on the way.
    #[benchmark]
    fn commit_proposal(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round) = T::Snapshots::prepare_frozen(c, SOME_ROWS);
        fill::<T>(datanet, round)?;
        let_time_pass::<T>(datanet, round);
        let proposer = evaluator::<T>(MAX_PROPOSALS, datanet, round);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(proposer.clone()),
            datanet,
            round,
            H256::repeat_byte(1),
        );

        let proposals = Proposals::<T>::get(datanet, round);
        assert_eq!(proposals.len(), 1);
        assert_eq!(proposals[0].proposer, proposer);
        Ok(())
    }

    /// `n`: shadows; `c`: contributions of the round, enough for so many.
    #[benchmark]
    fn publish_shadows(
        n: Linear<1, MAX_SHADOWS>,
        c: Linear<5, MAX_CONTRIBUTIONS>,
    ) -> Result<(), BenchmarkError> {
        let (datanet, round) = T::Snapshots::prepare_frozen(c, SOME_ROWS);
        fill::<T>(datanet, round)?;
        let proposer = Proposals::<T>::get(datanet, round)[0].proposer.clone();

        // All records in order of priority; the first is the witness of evenly spread others.
        let delivered = T::Snapshots::frozen(datanet, round)
            .expect("prepared")
            .delivered;
        let records = u64::from(delivered[0].records);
        let record = |index: u64| RecordId {
            contribution: delivered[(index / records) as usize].number,
            position: (index % records) as u16,
        };
        let others = records * delivered.len() as u64 - 1;
        let shadows: Vec<_> = (0..u64::from(n))
            .map(|index| Shadow {
                shadow: record(1 + index * others / u64::from(n)),
                witness: record(0),
            })
            .collect();
        let chunk = ShadowChunk::try_from(shadows).expect("n is at most its bound");

        #[extrinsic_call]
        _(RawOrigin::Signed(proposer), datanet, round, chunk);

        let proposals = Proposals::<T>::get(datanet, round);
        assert!(matches!(
            &proposals[0].progress,
            Progress::Publishing { shadows, .. } if shadows.count == n
        ));
        Ok(())
    }

    /// `r`: rows; `e`: entries of all rows, all newcomers, so that every row has 32 phantoms as well; `c`: contributions of the round.
    #[benchmark]
    fn publish_rows(
        r: Linear<FEWEST_ROWS, MAX_ROWS>,
        e: Linear<0, MAX_ENTRIES>,
        c: Linear<1, MAX_CONTRIBUTIONS>,
    ) -> Result<(), BenchmarkError> {
        let (datanet, round) = T::Snapshots::prepare_frozen(c, r as u16);
        let proposer = evaluator::<T>(MAX_PROPOSALS, datanet, round);
        let rows = rows::<T>(datanet, round, r, e);
        assert_eq!(entries(&rows), e);
        let (inputs, commitment) = commitment::<T>(&proposer, datanet, round, &rows);
        Pallet::<T>::do_commit_proposal(proposer.clone(), datanet, round, commitment)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(proposer), datanet, round, inputs, rows);

        assert!(Proposals::<T>::get(datanet, round)[0]
            .publication()
            .is_some());
        Ok(())
    }

    /// Of a round with four proposals.
    #[benchmark]
    fn lapse() -> Result<(), BenchmarkError> {
        let (datanet, round) = T::Snapshots::prepare_frozen(1, SOME_ROWS);
        fill::<T>(datanet, round)?;
        let_time_pass::<T>(datanet, round);
        let proposer = Proposals::<T>::get(datanet, round)[0].proposer.clone();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(whitelisted_caller()),
            datanet,
            round,
            proposer,
        );

        assert_eq!(
            Proposals::<T>::get(datanet, round).len() as u32,
            MAX_PROPOSALS - 1
        );
        Ok(())
    }

    /// `c`: contributions of the round, all of positive value. Four proposals are complete.
    #[benchmark]
    fn finalise_published(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round) = T::Snapshots::prepare_frozen(c, SOME_ROWS);
        let rows = rows::<T>(
            datanet,
            round,
            u32::from(SOME_ROWS),
            u32::from(SOME_ROWS) * 32,
        );
        for index in 0..MAX_PROPOSALS {
            let evaluator = evaluator::<T>(index, datanet, round);
            let (inputs, commitment) = commitment::<T>(&evaluator, datanet, round, &rows);
            Pallet::<T>::do_commit_proposal(evaluator.clone(), datanet, round, commitment)?;
            Pallet::<T>::do_publish_rows(&evaluator, datanet, round, inputs, &rows)?;
            assert!(
                Pallet::<T>::values(datanet, round, evaluator)
                    .is_some_and(|values| values.iter().all(|value| value.value > 0)),
                "every contribution will be admitted"
            );
        }
        let_window_pass::<T>(datanet, round);

        #[extrinsic_call]
        finalise(RawOrigin::Signed(whitelisted_caller()), datanet, round);

        assert!(Outcomes::<T>::contains_key(datanet, round));
        Ok(())
    }

    /// `c`: contributions of the round. Four proposals lapse.
    #[benchmark]
    fn finalise_reopened(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round) = T::Snapshots::prepare_frozen(c, SOME_ROWS);
        fill::<T>(datanet, round)?;
        let_window_pass::<T>(datanet, round);

        #[extrinsic_call]
        finalise(RawOrigin::Signed(whitelisted_caller()), datanet, round);

        assert!(Reopened::<T>::contains_key(datanet, round));
        Ok(())
    }

    /// `c`: contributions of the round. Four proposals lapse.
    #[benchmark]
    fn finalise_void(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round) = T::Snapshots::prepare_frozen(c, SOME_ROWS);
        let_window_pass::<T>(datanet, round);
        Pallet::<T>::do_finalise(datanet, round)?;
        fill::<T>(datanet, round)?;
        let_window_pass::<T>(datanet, round);

        #[extrinsic_call]
        finalise(RawOrigin::Signed(whitelisted_caller()), datanet, round);

        assert_eq!(T::Snapshots::phase(datanet, round), Some(Phase::Void));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder.build(), crate::mock::Test);
}
