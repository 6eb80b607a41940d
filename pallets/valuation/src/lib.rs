#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod functions;
mod impls;
mod invariants;
mod quality;
mod types;
pub mod weights;

#[cfg(any(test, feature = "runtime-benchmarks"))]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use functions::{challenge_weight, entries, Ending};
use quality::kibibytes;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::boxed::Box;
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, Get},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use tributary_primitives::{
        datanets::{SeatAccuracies, Values, MAX_BATCH, MAX_CONTRIBUTIONS, MAX_ENTRIES},
        ids::{DatanetId, RoundNumber},
        roles::Snapshots,
        valuation::{Challenge, RowEntry, Shadow, MAX_CHALLENGE},
        Balance,
    };

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the pallet needs of the runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The runtime's reasons for holding money.
        type RuntimeHoldReason: From<HoldReason>;

        /// The coin in which evaluators put up their bonds.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// The rounds that are valued.
        type Snapshots: Snapshots<Self::AccountId>;

        /// The least bond for each item that a proposal takes in state.
        #[pallet::constant]
        type DepositPerItem: Get<Balance>;

        /// The least bond for each byte that a proposal takes in state.
        #[pallet::constant]
        type DepositPerByte: Get<Balance>;

        /// The weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Why the pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// The bond of an evaluator whose proposal stands.
        Proposal,
    }

    /// The proposals that stand in a round, in the order of their commitments. Gone when the round is final or void.
    ///
    /// Identifiers are counted by the runtime, so that nobody can choose their hashes: the fast hasher will do.
    #[pallet::storage]
    pub type Proposals<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        DatanetId,
        Twox64Concat,
        RoundNumber,
        ProposalsOf<T>,
        ValueQuery,
    >;

    /// The values that the runtime derived from each complete proposal, one for each delivered contribution, ascending by number.
    /// Accounts are chosen by their owners: the cryptographic hasher.
    #[pallet::storage]
    pub type ProposedValues<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Twox64Concat, DatanetId>,
            NMapKey<Twox64Concat, RoundNumber>,
            NMapKey<Blake2_128Concat, T::AccountId>,
        ),
        Values,
    >;

    /// The end of the second window of each round that has reopened and is neither final nor void.
    #[pallet::storage]
    pub type Reopened<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, RoundNumber, BlockNumberFor<T>>;

    /// How many proposals lapsed or were disproved in the window of each round that goes on: every one makes the next ones' bonds twice as high, the
    /// first [`MAX_DOUBLINGS`] of them.
    #[pallet::storage]
    pub type Failures<T> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, RoundNumber, u32, ValueQuery>;

    /// How each final round came out.
    #[pallet::storage]
    pub type Outcomes<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, RoundNumber, OutcomeOf<T>>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An evaluator committed a proposal.
        ProposalCommitted {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The evaluator.
            proposer: T::AccountId,
            /// What it will publish, and for whom.
            commitment: H256,
            /// Held from the evaluator.
            bond: Balance,
            /// The last block in which it can be published.
            deadline: BlockNumberFor<T>,
        },
        /// An evaluator published shadows. They are in an extrinsic of this block.
        ShadowsPublished {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The evaluator.
            proposer: T::AccountId,
            /// How many shadows the proposal has now.
            count: u32,
            /// Root of all of them.
            root: H256,
            /// The extrinsic of this block that these are in.
            extrinsic: u32,
        },
        /// A proposal is complete. Its rows are in an extrinsic of this block, its values in the state.
        ProposalPublished {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The evaluator.
            proposer: T::AccountId,
            /// Root of the rows.
            rows: H256,
            /// Root of the shadows.
            shadows: H256,
            /// Accuracy before the newcomers, over L K C T.
            before: u128,
            /// Accuracy with them, over L K C T.
            after: u128,
            /// The same for each slice of the benchmark, in its order. They sum to those of the round.
            seats: SeatAccuracies,
            /// The extrinsic of this block that the rows are in.
            extrinsic: u32,
        },
        /// A proposal was not published in time; its bond is burnt.
        ProposalLapsed {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The evaluator.
            proposer: T::AccountId,
            /// What was burnt.
            bond: Balance,
        },
        /// A proposal was disproved; its bond is lost.
        ProposalDisproved {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The evaluator.
            proposer: T::AccountId,
            /// Who disproved it. The proof is in the extrinsic.
            challenger: T::AccountId,
            /// What the challenger had of the bond: half of it, rounded down.
            reward: Balance,
            /// What was burnt of the bond: the rest.
            burnt: Balance,
        },
        /// No proposal was complete when the window ended: it opened once more.
        WindowReopened {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The block from which on the round can be finalised.
            closes_at: BlockNumberFor<T>,
        },
        /// The values of a round stand for ever.
        RoundFinalised {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// Whose proposal became final.
            evaluator: T::AccountId,
            /// Accuracy before the newcomers, over L K C T.
            before: u128,
            /// Accuracy with them, over L K C T.
            after: u128,
            /// The same for each slice of the benchmark, in its order. They sum to those of the round.
            seats: SeatAccuracies,
        },
        /// No proposal was complete when the window ended for the second time: the round is void.
        RoundAbandoned {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
        },
        /// The evaluator of a final round published advisory scores of its records. They are in an extrinsic of this block.
        QualityPublished {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The evaluator.
            evaluator: T::AccountId,
            /// The batch's number; 0 begins anew.
            batch: u16,
            /// How many scores the batch has.
            scores: u32,
            /// Hash of its bytes.
            hash: H256,
            /// The extrinsic of this block that they are in.
            extrinsic: u32,
        },
    }

    /// Why a call is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The datanet or its round does not exist. Look both up before calling.
        RoundNotFound,
        /// The round is neither `Revealed` nor `Published`: its benchmark is not complete yet, or it is final or void already.
        WrongPhase,
        /// The datanet is attested: its rounds have the values that its attestors agree on, by `attest` of the attestation pallet, and no
        /// proposals.
        RoundIsAttested,
        /// The window of proposals is over. Call `finalise`: if nobody published, it opens once more.
        WindowClosed,
        /// Less of the window is left than the time that a proposal has to be published and then to be challenged. Wait whether the window
        /// reopens.
        TooLateToPublish,
        /// The window of proposals is not over yet. Wait until its last block has passed.
        WindowOpen,
        /// A proposal of this account stands in the round. An account has one at a time.
        AlreadyProposed,
        /// Four proposals stand in the round. Wait whether one lapses or is disproved.
        TooManyProposals,
        /// The signer cannot have the bond on hold: free coins beyond the existential deposit are too few, or other pallets have too many
        /// holds there. `bond` tells what is asked.
        DepositNotPayable,
        /// No proposal of the account stands in the round: it was never committed, or it lapsed, or somebody else disproved it.
        ProposalNotFound,
        /// The proposal is not published yet. Wait until it is, or until it lapses.
        ProposalNotComplete,
        /// The proposal is complete: nothing can be added to it.
        ProposalComplete,
        /// The time to publish the proposal is over. Publish by the deadline in the event of its commitment.
        ProposalOverdue,
        /// The proposal has time left to be published, or it is complete. Only overdue ones lapse.
        ProposalNotOverdue,
        /// The chunk holds no shadow. Without shadows publish the rows at once.
        EmptyChunk,
        /// A shadow is not later than the one before it, in this chunk or the last one. Publish them ascending, each once.
        ShadowsNotAscending,
        /// A shadow's witness is not an earlier record than the shadow.
        WitnessNotEarlier,
        /// A record is of no contribution that was delivered in this round, or lies beyond the contribution's last record. List shadows and
        /// newcomers of contributions that the round values, and no others.
        NewcomerNotFound,
        /// The inputs are not the round's. Value the delivered records and revealed slices of the finalised chain again.
        ForeignInputs,
        /// There is not exactly one row for each record of the benchmark. Publish the recipe's `benchmark` rows, in the order of the seats.
        WrongNumberOfRows,
        /// The rows list more records together than any recipe allows.
        TooManyEntries,
        /// A row lists more than K old records. Leave out all after the K-th.
        TooManyOld,
        /// A row lists more than K* newcomers. Leave out those after the K*-th.
        TooManyNew,
        /// A row lists a record after the K-th old one, where it cannot count. End the row there.
        AfterLastOld,
        /// A row lists a record twice. List it once, where its distance puts it.
        RepeatedRecord,
        /// It must be called by an extrinsic, also inside a batch or by a proxy, so that what is published lies in a block's body: the call
        /// came from a hook.
        NotInExtrinsic,
        /// What was published is not what the commitment says: other inputs, shadows or rows, or another account, datanet or round.
        CommitmentMismatch,
        /// A challenge names a row, an entry or a record that is not there, or leaves out something that its kind must prove.
        ChallengeMalformed,
        /// A record, row or shadow of a challenge is not what its path leads to. Take all of them from blocks of the finalised chain.
        InvalidProof,
        /// Everything in the challenge is true, and nothing of the publication is wrong by it. Value the round from the finalised chain, and
        /// challenge only what differs.
        NothingDisproved,
        /// The round is not final: there is no such round, or it goes on, or it is void. Wait until it has been finalised.
        RoundNotFinal,
        /// Another account's proposal became final. Only that account, which `outcome` names, publishes the quality of the round's records.
        NotEvaluator,
        /// The batch holds no score. A round whose records are all published needs no other batch.
        EmptyBatch,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Binds the caller to a proposal for a round before anybody can see it, and holds its bond. Proposals that have lapsed make room
        /// first.
        ///
        /// The bond is the recipe's `evaluator_bond`, the round's budget, or the price of what is stored, whichever is the most, and
        /// twice as high for every proposal that lapsed or was disproved in the round's window, up to 16 times: places for proposals are few.
        ///
        /// - `datanet`, `round`: a round that is `Revealed` or `Published`, and of whose window at least `periods.publishing` and
        ///   `periods.challenging` blocks are left after this one.
        /// - `commitment`: `hashing::proposal_commitment` of the caller, the datanet, the round and `hashing::payload` of the round's
        ///   inputs, the root of the shadows and the root of the rows.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `RoundNotFound`, `WrongPhase`, `RoundIsAttested`, `WindowClosed`, `TooLateToPublish`, `AlreadyProposed`, `TooManyProposals`,
        /// `DepositNotPayable`; `Overflow` where nobody could pay the bond.
        ///
        /// Events: `ProposalCommitted`, and `ProposalLapsed` for each proposal that made room.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::commit_proposal(MAX_CONTRIBUTIONS))]
        pub fn commit_proposal(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            commitment: H256,
        ) -> DispatchResultWithPostInfo {
            let proposer = ensure_signed(origin)?;
            let contributions = Self::do_commit_proposal(proposer, datanet, round, commitment)?;
            Ok(Some(T::WeightInfo::commit_proposal(contributions)).into())
        }

        /// Publishes the next shadows of the caller's proposal: newcomers that copy an earlier record, each with the record that it
        /// copies.
        ///
        /// - `chunk`: at least one, ascending by shadow and later than what was published before; each shadow a record delivered in
        ///   this round, each witness earlier than its shadow.
        ///
        /// Origin: signed by the proposer.
        ///
        /// Errors: `RoundNotFound`, `WrongPhase`, `RoundIsAttested`, `ProposalNotFound`, `ProposalComplete`, `ProposalOverdue`, `NotInExtrinsic`,
        /// `EmptyChunk`, `ShadowsNotAscending`, `WitnessNotEarlier`, `NewcomerNotFound`.
        ///
        /// Events: `ShadowsPublished`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::publish_shadows(chunk.len() as u32, MAX_CONTRIBUTIONS))]
        pub fn publish_shadows(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            chunk: ShadowChunk,
        ) -> DispatchResultWithPostInfo {
            let proposer = ensure_signed(origin)?;
            let contributions = Self::do_publish_shadows(&proposer, datanet, round, &chunk)?;
            Ok(Some(T::WeightInfo::publish_shadows(
                chunk.len() as u32,
                contributions,
            ))
            .into())
        }

        /// Publishes the rows of the caller's proposal and completes it: derives and keeps the accuracies before and after and the
        /// value of each contribution. A round that was `Revealed` becomes `Published`.
        ///
        /// - `inputs`: the round's rolling hash of delivered roots and revealed slices, as the evaluator saw it.
        /// - `rows`: one for each record of the benchmark, in its order; each lists at most K old records and at most K* newcomers in
        ///   the order of (squared distance, identifier), none twice and nothing after the K-th old one, with a bit that says whether
        ///   the labels match.
        ///
        /// Origin: signed by the proposer.
        ///
        /// Errors: `RoundNotFound`, `WrongPhase`, `RoundIsAttested`, `ProposalNotFound`, `ProposalComplete`, `ProposalOverdue`, `NotInExtrinsic`,
        /// `ForeignInputs`, `WrongNumberOfRows`, `TooManyEntries`, `NewcomerNotFound`, `TooManyOld`, `TooManyNew`, `AfterLastOld`, `RepeatedRecord`,
        /// `CommitmentMismatch`.
        ///
        /// Events: `ProposalPublished`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::publish_rows(
            rows.len() as u32,
            entries(rows),
            MAX_CONTRIBUTIONS,
        ))]
        pub fn publish_rows(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            inputs: H256,
            rows: Rows,
        ) -> DispatchResultWithPostInfo {
            let proposer = ensure_signed(origin)?;
            let contributions = Self::do_publish_rows(&proposer, datanet, round, inputs, &rows)?;
            Ok(Some(T::WeightInfo::publish_rows(
                rows.len() as u32,
                entries(&rows),
                contributions,
            ))
            .into())
        }

        /// Removes a proposal that was not published in time and burns its bond, so that another can take its place.
        ///
        /// - `proposer`: whose proposal.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `ProposalNotFound`, `ProposalNotOverdue`.
        ///
        /// Events: `ProposalLapsed`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::lapse())]
        pub fn lapse(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            proposer: T::AccountId,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_lapse(&proposer, datanet, round)
        }

        /// Ends the window of a round. The complete proposal that was committed first becomes final: its values stand, its evaluator
        /// earns the fees, the bonds of all complete proposals are released. If none is complete the window opens once more; at the
        /// second end the round is void. Proposals that are not complete have lapsed.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `RoundNotFound`, `WrongPhase`, `RoundIsAttested`, `WindowOpen`.
        ///
        /// Events: `ProposalLapsed` for each incomplete proposal; `RoundFinalised`, `WindowReopened` or `RoundAbandoned`.
        #[pallet::call_index(4)]
        #[pallet::weight(
            T::WeightInfo::finalise_published(MAX_CONTRIBUTIONS)
                .max(T::WeightInfo::finalise_reopened(MAX_CONTRIBUTIONS))
                .max(T::WeightInfo::finalise_void(MAX_CONTRIBUTIONS))
        )]
        pub fn finalise(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let (ending, contributions) = Self::do_finalise(datanet, round)?;
            let weight = match ending {
                Ending::Final => T::WeightInfo::finalise_published(contributions),
                Ending::Reopened => T::WeightInfo::finalise_reopened(contributions),
                Ending::Void => T::WeightInfo::finalise_void(contributions),
            };
            Ok(Some(weight).into())
        }

        /// Disproves a complete proposal: it no longer stands, half of its bond goes to the caller, the rest is burnt. If no other is
        /// complete, the round is `Revealed` again.
        ///
        /// One wrong item is enough, and what proves it is small however many records there are. An Operational extrinsic, so that
        /// full blocks do not protect a proposal; at full price.
        ///
        /// - `proposer`: whose proposal.
        /// - `challenge`: what is wrong with it, with its proofs.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `RoundNotFound`, `WrongPhase`, `RoundIsAttested`, `ProposalNotFound`, `ProposalNotComplete`, `ChallengeMalformed`, `InvalidProof`,
        /// `NothingDisproved`.
        ///
        /// Events: `ProposalDisproved`.
        #[pallet::call_index(5)]
        #[pallet::weight((
            challenge_weight::<T>(challenge, MAX_CONTRIBUTIONS),
            DispatchClass::Operational,
            Pays::Yes,
        ))]
        pub fn challenge(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            proposer: T::AccountId,
            challenge: Box<Challenge>,
        ) -> DispatchResultWithPostInfo {
            let challenger = ensure_signed(origin)?;
            let contributions =
                Self::do_challenge(&challenger, datanet, round, &proposer, &challenge)?;
            Ok(Some(challenge_weight::<T>(&challenge, contributions)).into())
        }

        /// Publishes advisory scores of a final round's records. Nothing is paid by them, and nothing of them is kept in state: they lie
        /// in the block's body, and an event says where.
        ///
        /// The scores of a round are one byte for each record, 255 the best, of all contributions that it valued, ascending by number
        /// and, within one, by position. What a byte says is defined by `tributary_kernel::screening::quality`. They come in batches
        /// that are numbered from 0. The chain does not compare them with anything: the README says which batches readers take.
        ///
        /// - `batch`: 0 begins anew; each other one is one more than the batch before.
        /// - `scores`: at least one, and at most 262,144 of them.
        ///
        /// Origin: signed by the evaluator whose proposal became final.
        ///
        /// Errors: `RoundNotFinal`, `NotEvaluator`, `NotInExtrinsic`, `EmptyBatch`.
        ///
        /// Events: `QualityPublished`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::publish_quality(kibibytes(scores)))]
        pub fn publish_quality(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            batch: u16,
            scores: Scores,
        ) -> DispatchResult {
            let evaluator = ensure_signed(origin)?;
            Self::do_publish_quality(evaluator, datanet, round, batch, &scores)
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// The proposals that stand in a round, in the order of their commitments: the first complete one is on its way to be final.
        pub fn proposals(datanet: DatanetId, round: RoundNumber) -> ProposalsOf<T> {
            Proposals::<T>::get(datanet, round)
        }

        /// What a proposal that is committed now must put up; none unless the round is `Revealed` or `Published`. What has lapsed and
        /// is not removed yet counts.
        pub fn bond(datanet: DatanetId, round: RoundNumber) -> Option<Balance> {
            let standing = Self::standing(datanet, round).ok()?;
            let now = frame_system::Pallet::<T>::block_number();
            let overdue = Proposals::<T>::get(datanet, round)
                .iter()
                .filter(|proposal| proposal.has_lapsed(now))
                .count();
            let failures = Failures::<T>::get(datanet, round).checked_add(overdue as u32)?;
            Self::bond_after(&standing, failures).ok()
        }

        /// The values that a complete proposal comes to, one for each delivered contribution, over L K C T.
        pub fn values(
            datanet: DatanetId,
            round: RoundNumber,
            proposer: T::AccountId,
        ) -> Option<Values> {
            ProposedValues::<T>::get((datanet, round, proposer))
        }

        /// The block from which on a round can be finalised; none unless it is `Revealed` or `Published`.
        pub fn closes_at(datanet: DatanetId, round: RoundNumber) -> Option<BlockNumberFor<T>> {
            let standing = Self::standing(datanet, round).ok()?;
            Self::window_end(datanet, round, &standing).ok()
        }

        /// How a final round came out.
        pub fn outcome(datanet: DatanetId, round: RoundNumber) -> Option<OutcomeOf<T>> {
            Outcomes::<T>::get(datanet, round)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// The largest chunk and the largest proposal fit a block beside others; a challenge is small.
        fn integrity_test() {
            assert!(
                Challenge::max_encoded_len() <= MAX_CHALLENGE as usize,
                "no challenge is longer than 16 KiB: {}",
                Challenge::max_encoded_len()
            );
            let chunk = MAX_SHADOWS as usize * Shadow::max_encoded_len();
            assert!(
                chunk <= MAX_BATCH as usize,
                "a chunk of shadows is no longer than a delivered batch"
            );

            // Each row is preceded by its length in at most two bytes; the rest of an extrinsic is less than a kilobyte.
            let rows = MAX_ENTRIES as usize * RowEntry::max_encoded_len() + MAX_ROWS as usize * 2;
            let length = *T::BlockLength::get().max.get(DispatchClass::Normal) as usize;
            assert!(
                rows + 1_024 <= length,
                "the rows of a proposal fit a block's Normal length"
            );

            let limit = T::BlockWeights::get()
                .get(DispatchClass::Normal)
                .max_extrinsic
                .unwrap_or(Weight::MAX);
            for (call, weight) in [
                (
                    "commit_proposal",
                    T::WeightInfo::commit_proposal(MAX_CONTRIBUTIONS),
                ),
                (
                    "publish_shadows",
                    T::WeightInfo::publish_shadows(MAX_SHADOWS, MAX_CONTRIBUTIONS),
                ),
                (
                    "publish_rows",
                    T::WeightInfo::publish_rows(MAX_ROWS, MAX_ENTRIES, MAX_CONTRIBUTIONS),
                ),
                ("lapse", T::WeightInfo::lapse()),
                (
                    "finalise",
                    T::WeightInfo::finalise_published(MAX_CONTRIBUTIONS)
                        .max(T::WeightInfo::finalise_reopened(MAX_CONTRIBUTIONS))
                        .max(T::WeightInfo::finalise_void(MAX_CONTRIBUTIONS)),
                ),
                (
                    "publish_quality",
                    T::WeightInfo::publish_quality(MAX_BATCH.div_ceil(1_024)),
                ),
            ] {
                assert!(
                    weight.all_lte(limit),
                    "{call} at its largest fits a block: {weight:?} of {limit:?}"
                );
            }
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }
}
