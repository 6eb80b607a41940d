//! What the calls cost at their largest.

use alloc::{boxed::Box, vec, vec::Vec};

use frame_benchmarking::v2::*;
use frame_support::traits::fungible::{Inspect, Mutate};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash, One};
use tributary_primitives::{
    datanets::{
        Phase, SeatAccuracies, SeatAccuracy, Values, MAX_BATCH, MAX_CONTRIBUTIONS, MAX_DIMENSION,
        MAX_ENTRIES, MAX_HORIZON, MAX_PROVIDERS, MAX_RECORDS,
    },
    hashing,
    ids::{DatanetId, RecordId, RoundNumber},
    merkle::{counted_root, CountedPath, Node, Range, MAX_COUNTED_DEPTH},
    roles::Snapshots,
    valuation::{
        Challenge, EntryFault, Features, ProvenRecord, ProvenRow, ProvenShadow, Row, RowEntry,
        Shadow, ShadowFault, Unlisted,
    },
};

use crate::{
    entries, Call, Config, Event, Outcome, Outcomes, Pallet, Progress, Proposals, ProposedValues,
    Publication, Reopened, Rows, Scores, ShadowChunk, MAX_PROPOSALS, MAX_ROWS, MAX_SHADOWS,
};

/// The fewest rows that have room for the most entries, 32 newcomers each.
const FEWEST_ROWS: u32 = MAX_ENTRIES / 32;
/// Enough rows for two records of each of the most contributions.
const SOME_ROWS: u16 = 64;

/// A prepared round in a block whose extrinsics run.
fn prepare<T: Config>(contributions: u32, rows: u16) -> (DatanetId, RoundNumber) {
    frame_system::Pallet::<T>::note_finished_initialize();
    T::Snapshots::prepare_frozen(contributions, rows)
}

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

/// Somebody with enough to exist.
fn challenger<T: Config>() -> T::AccountId {
    let challenger = whitelisted_caller();
    T::Currency::set_balance(&challenger, 2 * T::Currency::minimum_balance());
    challenger
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

/// The first two leaves of a tree of `count` leaves, as deep as such a tree is: its root, and both paths.
fn neighbours(count: u32, leaves: [H256; 2]) -> (H256, [CountedPath; 2]) {
    let above = (1..count.next_power_of_two().ilog2()).map(|_| H256::repeat_byte(7));
    let path = |sibling: H256| {
        let path: Vec<_> = [hashing::counted_leaf(sibling)]
            .into_iter()
            .chain(above.clone())
            .collect();
        CountedPath::try_from(path).expect("no tree is deeper")
    };
    let paths = [path(leaves[1]), path(leaves[0])];
    let root = counted_root(count, 0, leaves[0], &paths[0]).expect("the first leaf is there");
    (root, paths)
}

/// A publication about as many slices as there can be.
fn publication(rows: Node, shadows: Node) -> Publication {
    let seat = SeatAccuracy {
        before: 0,
        after: 0,
    };
    Publication {
        rows,
        shadows,
        before: 0,
        after: 0,
        seats: SeatAccuracies::truncate_from(vec![seat; MAX_PROVIDERS as usize]),
    }
}

/// A round with a published proposal, and everything that can be said of it.
struct Scene<T: Config> {
    datanet: DatanetId,
    round: RoundNumber,
    proposer: T::AccountId,
    /// A contribution that was admitted before, and the first two of the round.
    contributions: [u32; 3],
    /// The first record of every contribution, near the benchmark's, and the second one, far from it.
    records: [ProvenRecord; 2],
    target: ProvenRecord,
    row: ProvenRow,
    shadows: [ProvenShadow; 2],
}

impl<T: Config> Scene<T> {
    /// A round of the largest trees with `c` contributions and a proposal that lists `row` and two shadows, one of which stands before
    /// and one after the second contribution.
    fn new(c: u32, row: impl Fn([u32; 3]) -> Vec<RowEntry>) -> Result<Self, BenchmarkError> {
        let (datanet, round) = prepare::<T>(c, MAX_ROWS as u16);
        let proposer = evaluator::<T>(MAX_PROPOSALS, datanet, round);
        fill::<T>(datanet, round)?;
        Proposals::<T>::mutate(datanet, round, |proposals| proposals.truncate(3));
        Pallet::<T>::do_commit_proposal(proposer.clone(), datanet, round, H256::zero())?;

        let numbers: Vec<_> = T::Snapshots::frozen(datanet, round)
            .expect("prepared")
            .delivered
            .iter()
            .map(|delivered| delivered.number)
            .collect();
        let contributions = [numbers[0], numbers[1], numbers[2]];

        let record = |value: i8| ProvenRecord {
            raw: H256::repeat_byte(1),
            label: 1,
            features: Features::try_from(vec![value as u8; MAX_DIMENSION.into()])
                .expect("its bound"),
            path: CountedPath::default(),
        };
        let leaf = |record: &ProvenRecord| {
            hashing::proven_record_leaf(record.raw, record.label, &record.features)
        };
        let mut records = [record(64), record(127)];
        let leaves = [leaf(&records[0]), leaf(&records[1])];
        let (records_root, paths) = neighbours(MAX_RECORDS.into(), leaves);
        for (record, path) in records.iter_mut().zip(paths) {
            record.path = path;
        }
        let mut target = record(-128);
        let (slice_root, [path, _]) = neighbours(MAX_ROWS, [leaf(&target), H256::zero()]);
        target.path = path;
        T::Snapshots::prepare_trees(datanet, round, records_root, slice_root);

        let row = Row {
            entries: row(contributions).try_into().expect("no row is longer"),
        };
        let (rows_root, [path, _]) = neighbours(MAX_ROWS, [hashing::row_leaf(&row), H256::zero()]);
        let row = ProvenRow {
            index: 0,
            row,
            path,
        };
        let pairs = [
            Shadow {
                shadow: id(contributions[1], 0),
                witness: id(contributions[0], 1),
            },
            Shadow {
                shadow: id(contributions[2], MAX_RECORDS - 1),
                witness: id(contributions[1], 0),
            },
        ];
        let count = 1 << MAX_COUNTED_DEPTH;
        let (shadows_root, [first, second]) =
            neighbours(count, pairs.each_ref().map(hashing::shadow_leaf));
        let shadows = [(0, pairs[0], first), (1, pairs[1], second)]
            .map(|(index, pair, path)| ProvenShadow { index, pair, path });

        Proposals::<T>::mutate(datanet, round, |proposals| {
            proposals[3].progress = Progress::Complete(publication(
                Node {
                    hash: rows_root,
                    sum: MAX_ROWS.into(),
                },
                Node {
                    hash: shadows_root,
                    sum: count.into(),
                },
            ))
        });
        ProposedValues::<T>::insert((datanet, round, &proposer), Values::default());
        T::Snapshots::publish(datanet, round)?;
        Ok(Self {
            datanet,
            round,
            proposer,
            contributions,
            records,
            target,
            row,
            shadows,
        })
    }

    /// That a record between the two listed shadows is none.
    fn unlisted(&self) -> Unlisted {
        let [before, after] = self.shadows.clone();
        Unlisted {
            before: Some(before),
            after: Some(after),
        }
    }

    fn is_disproved(&self) -> bool {
        Proposals::<T>::get(self.datanet, self.round).len() == 3
            && !ProposedValues::<T>::contains_key((self.datanet, self.round, &self.proposer))
            && T::Snapshots::phase(self.datanet, self.round) == Some(Phase::Revealed)
    }
}

fn id(contribution: u32, position: u16) -> RecordId {
    RecordId {
        contribution,
        position,
    }
}

/// The longest row: 32 old records, then 32 newcomers, the last of each far from the benchmark.
fn longest_row(contributions: [u32; 3]) -> Vec<RowEntry> {
    let of = |contribution: u32| {
        let others = (2..u16::from(MAX_HORIZON) + 1).chain([1]);
        others.map(move |position| RowEntry {
            record: id(contribution, position),
            matches: true,
        })
    };
    of(contributions[0]).chain(of(contributions[2])).collect()
}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// `c`: contributions of the round. Four proposals lapse on the way.
    #[benchmark]
    fn commit_proposal(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round) = prepare::<T>(c, SOME_ROWS);
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
        let (datanet, round) = prepare::<T>(c, SOME_ROWS);
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
        let (datanet, round) = prepare::<T>(c, r as u16);
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
        let (datanet, round) = prepare::<T>(1, SOME_ROWS);
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

    /// `c`: contributions of the round. The longest row lists a record with a wrong match bit.
    #[benchmark]
    fn challenge_entry(c: Linear<3, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let scene = Scene::<T>::new(c, |contributions| {
            let mut entries = longest_row(contributions);
            entries[31].matches = false;
            entries
        })?;
        let challenge = Challenge::Entry {
            row: scene.row.clone(),
            entry: 31,
            fault: EntryFault::Wrong {
                target: scene.target.clone(),
                record: scene.records[1].clone(),
            },
        };

        #[extrinsic_call]
        challenge(
            RawOrigin::Signed(challenger::<T>()),
            scene.datanet,
            scene.round,
            scene.proposer.clone(),
            Box::new(challenge),
        );

        assert!(scene.is_disproved());
        Ok(())
    }

    /// `c`: contributions of the round. The longest row lists a far record before a near one.
    #[benchmark]
    fn challenge_order(c: Linear<3, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let scene = Scene::<T>::new(c, |contributions| {
            let mut entries = longest_row(contributions);
            entries[32].record = id(contributions[1], 0);
            entries
        })?;
        let challenge = Challenge::Order {
            row: scene.row.clone(),
            entry: 31,
            target: scene.target.clone(),
            first: scene.records[1].clone(),
            second: scene.records[0].clone(),
        };

        #[extrinsic_call]
        challenge(
            RawOrigin::Signed(challenger::<T>()),
            scene.datanet,
            scene.round,
            scene.proposer.clone(),
            Box::new(challenge),
        );

        assert!(scene.is_disproved());
        Ok(())
    }

    /// `c`: contributions of the round. The longest row lists a far old record and a far newcomer, and misses a near newcomer.
    #[benchmark]
    fn challenge_missed(c: Linear<3, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let scene = Scene::<T>::new(c, longest_row)?;
        let challenge = Challenge::Missed {
            row: scene.row.clone(),
            target: scene.target.clone(),
            id: id(scene.contributions[2], 0),
            record: scene.records[0].clone(),
            unlisted: Some(scene.unlisted()),
            last_old: Some(scene.records[1].clone()),
            last_new: Some(scene.records[1].clone()),
        };

        #[extrinsic_call]
        challenge(
            RawOrigin::Signed(challenger::<T>()),
            scene.datanet,
            scene.round,
            scene.proposer.clone(),
            Box::new(challenge),
        );

        assert!(scene.is_disproved());
        Ok(())
    }

    /// `c`: contributions of the round. A shadow is far from its witness.
    #[benchmark]
    fn challenge_not_shadow(c: Linear<3, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let scene = Scene::<T>::new(c, longest_row)?;
        let challenge = Challenge::NotShadow {
            listed: scene.shadows[0].clone(),
            fault: ShadowFault::Differs {
                record: scene.records[0].clone(),
                witness: scene.records[1].clone(),
            },
        };

        #[extrinsic_call]
        challenge(
            RawOrigin::Signed(challenger::<T>()),
            scene.datanet,
            scene.round,
            scene.proposer.clone(),
            Box::new(challenge),
        );

        assert!(scene.is_disproved());
        Ok(())
    }

    /// `c`: contributions of the round. A newcomer that copies another one is not listed.
    #[benchmark]
    fn challenge_shadow(c: Linear<3, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let scene = Scene::<T>::new(c, longest_row)?;
        let [_, first, second] = scene.contributions;
        let challenge = Challenge::Shadow {
            id: id(second, 1),
            record: scene.records[1].clone(),
            unlisted: scene.unlisted(),
            witness_id: id(first, 1),
            witness: scene.records[1].clone(),
            witness_unlisted: Some(scene.unlisted()),
        };

        #[extrinsic_call]
        challenge(
            RawOrigin::Signed(challenger::<T>()),
            scene.datanet,
            scene.round,
            scene.proposer.clone(),
            Box::new(challenge),
        );

        assert!(scene.is_disproved());
        Ok(())
    }

    /// `c`: contributions of the round, all of positive value. Four proposals are complete.
    #[benchmark]
    fn finalise_published(c: Linear<1, MAX_CONTRIBUTIONS>) -> Result<(), BenchmarkError> {
        let (datanet, round) = prepare::<T>(c, SOME_ROWS);
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
        let (datanet, round) = prepare::<T>(c, SOME_ROWS);
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
        let (datanet, round) = prepare::<T>(c, SOME_ROWS);
        let_window_pass::<T>(datanet, round);
        Pallet::<T>::do_finalise(datanet, round)?;
        fill::<T>(datanet, round)?;
        let_window_pass::<T>(datanet, round);

        #[extrinsic_call]
        finalise(RawOrigin::Signed(whitelisted_caller()), datanet, round);

        assert_eq!(T::Snapshots::phase(datanet, round), Some(Phase::Void));
        Ok(())
    }

    /// `k`: KiB of scores.
    #[benchmark]
    fn publish_quality(k: Linear<1, { MAX_BATCH / 1_024 }>) {
        let (datanet, round) = prepare::<T>(1, SOME_ROWS);
        let evaluator: T::AccountId = whitelisted_caller();
        let outcome = Outcome {
            evaluator: evaluator.clone(),
            publication: publication(Node::default(), Node::default()),
        };
        Outcomes::<T>::insert(datanet, round, outcome);
        let scores = vec![7; k as usize * 1_024];
        let scores = Scores::try_from(scores).expect("k is at most its bound");
        let hash = BlakeTwo256::hash(&scores);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(evaluator.clone()),
            datanet,
            round,
            0,
            scores,
        );

        let published = Event::<T>::QualityPublished {
            datanet,
            round,
            evaluator,
            batch: 0,
            scores: k * 1_024,
            hash,
            extrinsic: 0,
        };
        frame_system::Pallet::<T>::assert_last_event(published.into());
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder.build(), crate::mock::Test);
}
