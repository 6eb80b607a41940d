#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod functions;
mod impls;
mod invariants;
mod pay;
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
mod prepare;
pub mod types;
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

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, Mutate, MutateHold},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_runtime::traits::StaticLookup;
    use tributary_primitives::{
        assets::Authors,
        datanets::{Phase, Recipe},
        ids::{ContributionNumber, DatanetId, RoundNumber, TermsId},
        merkle::Range,
        roles::{DataPools, EpochRandomness, Terms},
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
        /// The coin of deposits, bonds, fees and budgets.
        type Currency: Inspect<Self::AccountId, Balance = Balance>
            + Mutate<Self::AccountId>
            + MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// Why money is on hold, in the whole runtime.
        type RuntimeHoldReason: From<HoldReason>;

        /// Keeps the licences of datanets.
        type Terms: Terms<Self::AccountId>;

        /// Keeps what datanets earn, and the budgets of their rounds.
        type DataPools: DataPools<Self::AccountId>;

        /// Picks the benchmark.
        type Randomness: EpochRandomness;

        /// Held for each stored item.
        #[pallet::constant]
        type DepositPerItem: Get<Balance>;

        /// Held for each stored byte.
        #[pallet::constant]
        type DepositPerByte: Get<Balance>;

        /// What the calls weigh.
        type WeightInfo: WeightInfo;
    }

    /// Why this pallet has money of an account on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A steward's deposit for what its datanets keep in state.
        Datanet,
        /// A sponsor's budget for a datanet's next round.
        Pledge,
        /// A contributor's deposit until a contribution is delivered, its bond until it is valued, then the price of its place as
        /// far as that is left.
        Contribution,
        /// What a contributor pays the evaluator of a round.
        ValuationFee,
        /// The bond of a benchmark's provider.
        Provider,
    }

    /// The identifier of the next datanet, which is how many there are.
    #[pallet::storage]
    pub type NextDatanet<T> = StorageValue<_, DatanetId, ValueQuery>;

    /// All datanets. Identifiers are counted up by the chain, so that nobody chooses where a key lies: the fast hasher will do, here
    /// and below.
    #[pallet::storage]
    pub type Datanets<T: Config> = StorageMap<_, Twox64Concat, DatanetId, DatanetOf<T>>;

    /// What each datanet fixes once and for all.
    #[pallet::storage]
    pub type Recipes<T> = StorageMap<_, Twox64Concat, DatanetId, Recipe>;

    /// What each datanet says of itself.
    #[pallet::storage]
    pub type Metadata<T> = StorageMap<_, Twox64Concat, DatanetId, MetadataBytes>;

    /// The weights of each datanet's admitted contributions, in the order of their numbers (`hashing::weight_leaf`).
    #[pallet::storage]
    pub type Admitted<T> = StorageMap<_, Twox64Concat, DatanetId, Range, ValueQuery>;

    /// What sponsors pledged for a round of each datanet that is not open yet. Accounts are chosen by their owners, hence the cryptographic hash.
    #[pallet::storage]
    pub type Pledges<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Blake2_128Concat, T::AccountId, PledgeOf<T>>;

    /// The rounds of each datanet.
    #[pallet::storage]
    pub type Rounds<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, RoundNumber, RoundOf<T>>;

    /// The contributions of each datanet that must still be delivered, wait for their values, or were valued. What lapsed or was
    /// reclaimed is removed.
    #[pallet::storage]
    pub type Contributions<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        DatanetId,
        Twox64Concat,
        ContributionNumber,
        ContributionOf<T>,
    >;

    /// How far contributions are delivered that are not delivered yet.
    #[pallet::storage]
    pub type Deliveries<T> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, ContributionNumber, Delivery>;

    /// What void rounds of each datanet left delivered and without a value: the first newcomers of the next round that freezes.
    #[pallet::storage]
    pub type Waiting<T> = StorageMap<_, Twox64Concat, DatanetId, NewcomerList, ValueQuery>;

    /// What is valued in each round that is frozen and goes on, so that it is read in one.
    #[pallet::storage]
    pub type Newcomers<T> = StorageDoubleMap<
        _,
        Twox64Concat,
        DatanetId,
        Twox64Concat,
        RoundNumber,
        NewcomerList,
        ValueQuery,
    >;

    /// What the providers of each round that goes on committed.
    #[pallet::storage]
    pub type Benchmarks<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        DatanetId,
        Twox64Concat,
        RoundNumber,
        BenchmarkOf<T>,
        ValueQuery,
    >;

    /// How far picked slices are revealed that are not revealed yet, by seat.
    #[pallet::storage]
    pub type Reveals<T> = StorageNMap<
        _,
        (
            NMapKey<Twox64Concat, DatanetId>,
            NMapKey<Twox64Concat, RoundNumber>,
            NMapKey<Twox64Concat, u8>,
        ),
        Reveal,
    >;

    /// How many changes of epoch were recorded, and which was the last.
    #[pallet::storage]
    pub type LastEpoch<T> = StorageValue<_, EpochCount>;

    /// The last changes of epoch: number n, counted from 0, is at n modulo [`EPOCHS_KEPT`].
    #[pallet::storage]
    pub type Epochs<T> = StorageMap<_, Twox64Concat, u64, EpochRecord>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A datanet was created.
        DatanetCreated {
            /// The new datanet.
            datanet: DatanetId,
            /// Who decides about its rounds.
            steward: T::AccountId,
            /// What it fixes once and for all.
            recipe: Recipe,
            /// The licence of its data.
            terms: TermsId,
            /// What the steward has on hold for it.
            deposit: Balance,
        },
        /// A datanet was offered to an account; an earlier offer is void.
        TransferOffered {
            /// The datanet.
            datanet: DatanetId,
            /// Its steward.
            steward: T::AccountId,
            /// Who may accept.
            to: T::AccountId,
        },
        /// The offer of a datanet was withdrawn.
        OfferWithdrawn {
            /// The datanet.
            datanet: DatanetId,
        },
        /// A datanet has another steward, who has its deposit on hold now.
        Transferred {
            /// The datanet.
            datanet: DatanetId,
            /// Who was its steward.
            from: T::AccountId,
            /// Who is its steward.
            to: T::AccountId,
            /// What went from hold to hold.
            deposit: Balance,
        },
        /// No round of a datanet is opened any more. An offer of it is void.
        Retired {
            /// The datanet.
            datanet: DatanetId,
        },
        /// Others supply the benchmark of the rounds opened from now on, or attest them.
        ProvidersAppointed {
            /// The datanet.
            datanet: DatanetId,
            /// Who supplies an equal part each, or attests.
            providers: Providers<T::AccountId>,
        },
        /// A sponsor put money on hold for a round of a datanet.
        Pledged {
            /// The datanet.
            datanet: DatanetId,
            /// The sponsor.
            sponsor: T::AccountId,
            /// The round that may take it.
            round: RoundNumber,
            /// Who must supply that round's benchmark.
            providers: Providers<T::AccountId>,
            /// Paid for an accuracy of 1.0.
            price: Balance,
            /// The most that is paid in all.
            budget: Balance,
            /// On hold beside the budget for what is stored.
            deposit: Balance,
        },
        /// A sponsor has a pledge back.
        PledgeWithdrawn {
            /// The datanet.
            datanet: DatanetId,
            /// The sponsor.
            sponsor: T::AccountId,
            /// What was released.
            released: Balance,
        },
        /// A round was opened: contributions and slices are committed.
        RoundOpened {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// Who supplies its benchmark.
            providers: Providers<T::AccountId>,
            /// Who pays for its values, and how much.
            sponsorship: Option<Sponsorship<T::AccountId>>,
            /// The number of its first contribution.
            first: ContributionNumber,
            /// The last block for commitments.
            deadline: u32,
        },
        /// A contributor committed to records that nobody else has seen.
        ContributionCommitted {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution's number.
            contribution: ContributionNumber,
            /// Whose it is.
            contributor: T::AccountId,
            /// Binds account, datanet, round and records.
            commitment: H256,
            /// How many records it has.
            records: u16,
            /// How many bytes they are.
            bytes: u32,
            /// On hold until it is valued, and the price of its place from then on; burnt if it is not delivered.
            bond: Balance,
            /// On hold for the evaluator.
            fee: Balance,
        },
        /// A contributor named the authors who share what a contribution earns, for good.
        AuthorsNamed {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Who shares it, by their parts; the last one has what rounding leaves.
            authors: Authors<T::AccountId>,
            /// On hold from the contributor besides the bond, of which it is part from now on.
            deposit: Balance,
        },
        /// Who was paid for a contribution, as its contributor or as one of its authors, handed all that it will be credited with to another account.
        HandedOver {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Who was paid.
            from: T::AccountId,
            /// Who will be.
            to: T::AccountId,
            /// On hold from the contributor besides the bond, of which it is part from now on; nothing where authors were named, or it was handed
            /// over before.
            deposit: Balance,
        },
        /// A provider committed to benchmark slices that nobody else has seen.
        SlicesCommitted {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The provider.
            provider: T::AccountId,
            /// The commitments, by slice number.
            hashes: SliceHashes,
            /// On hold until the round ends; burnt if a picked slice is not revealed.
            bond: Balance,
        },
        /// A round went on to another phase. The end of a round has its own event.
        PhaseChanged {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// Where it stands now.
            phase: Phase,
            /// The last block of the phase, where that is known.
            deadline: Option<u32>,
        },
        /// A batch of a contribution is in this block. A batch 0 voids the earlier batches of a contribution that is not complete.
        BatchDelivered {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// The batch.
            batch: u16,
            /// How many records it has.
            records: u32,
            /// The index of the extrinsic in this block that holds it, perhaps within a batch or a proxy's call.
            extrinsic: u32,
            /// Hash of its bytes, to tell it from other calls in the same extrinsic.
            hash: H256,
        },
        /// A contribution is delivered whole, as committed to.
        DeliveryCompleted {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// Root of its records.
            root: H256,
            /// In how many batches.
            batches: u16,
        },
        /// A contribution is delivered to an attested round: attestors find its records, as committed to, where the reference says.
        ReferenceDelivered {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// Root of its records.
            root: H256,
            /// Where they lie for those who are let in.
            reference: ReferenceBytes,
        },
        /// A contribution was not delivered in time. It is removed, its fee went back.
        ContributionLapsed {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose it was.
            contributor: T::AccountId,
            /// The deposit that was burnt.
            burnt: Balance,
        },
        /// A slice was picked, and must be revealed.
        SlicePicked {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The part of the benchmark that it is for.
            seat: u8,
            /// Whose slice it is.
            provider: T::AccountId,
            /// Its number.
            slice: u8,
            /// The last block in which it can be revealed.
            deadline: u32,
        },
        /// A batch of a slice is in this block. A batch 0 voids the earlier batches of a slice that is not complete.
        SliceBatchRevealed {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The part of the benchmark that it is for.
            seat: u8,
            /// The batch.
            batch: u16,
            /// How many records it has.
            records: u32,
            /// The index of the extrinsic in this block that holds it, perhaps within a batch or a proxy's call.
            extrinsic: u32,
            /// Hash of its bytes, to tell it from other calls in the same extrinsic.
            hash: H256,
        },
        /// A picked slice is revealed whole, as committed to.
        SliceRevealed {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The part of the benchmark that it is for.
            seat: u8,
            /// Whose slice it is.
            provider: T::AccountId,
            /// Its number.
            slice: u8,
            /// Root of its records.
            root: H256,
            /// In how many batches.
            batches: u16,
        },
        /// A provider did not reveal a picked slice in time: its bond is burnt, its other slices are not picked any more.
        ProviderSilent {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The provider.
            provider: T::AccountId,
            /// The bond that was burnt.
            burnt: Balance,
        },
        /// A contribution was valued. What was not burnt of its bond is released, but for the price of its place in state as far as
        /// that is left.
        ContributionValued {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose it is.
            contributor: T::AccountId,
            /// How many records it has.
            records: u16,
            /// What it is worth, over L K C T.
            value: i128,
            /// Its weight in this pool and all later ones: its value if that is more than nothing.
            weight: u128,
            /// What the sponsor pays for it, what vests included.
            paid: Balance,
            /// What was burnt of its bond.
            burnt: Balance,
            /// Admitted or rejected.
            status: Status,
        },
        /// A round is final: its values, admissions and pool stand for ever.
        RoundConcluded {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// Whose valuation stands.
            evaluator: T::AccountId,
            /// Accuracy before the newcomers, over L K C T.
            before: u128,
            /// Accuracy with them, over L K C T.
            after: u128,
            /// How many contributions of all rounds are admitted.
            admitted: u32,
            /// Root of their weights.
            root: H256,
            /// Sum of their weights.
            weight: u128,
            /// Of that, what the pool leaves out: consent was withdrawn before the round froze.
            withdrawn: u128,
            /// What the sponsor pays in all, what vests included.
            paid: Balance,
            /// The valuation fees, which the evaluator has: all, unless its account is gone and a fee less than an existential deposit.
            fees: Balance,
        },
        /// A round came to nothing. Providers who did their part have their bonds back, the sponsor the budget; out of
        /// `Committing` contributors, too. What was delivered waits for the next round.
        RoundVoided {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The phase in which it came to nothing.
            phase: Phase,
            /// How many delivered contributions of the datanet wait for another round after this one.
            waiting: u32,
        },
        /// A contributor removed a contribution that nothing depends on, and has back what was on hold for it.
        ContributionReclaimed {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose it was.
            contributor: T::AccountId,
            /// What was released.
            released: Balance,
        },
        /// A contributor withdrew consent: snapshots and pools of later rounds leave a contribution out.
        ConsentWithdrawn {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose it is.
            contributor: T::AccountId,
            /// Its weight, which later pools do not pay.
            weight: u128,
            /// The first round that leaves it out: the next one to freeze.
            since: RoundNumber,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// No datanet has this identifier. Look it up in the `DatanetCreated` event of the datanet meant.
        DatanetNotFound,
        /// The datanet has no round of this number. Rounds are counted from 1.
        RoundNotFound,
        /// The round has no contribution of this number, or it lapsed. Look it up in the `ContributionCommitted` event.
        ContributionNotFound,
        /// The sponsor has pledged nothing for a round of the datanet.
        PledgeNotFound,
        /// The round has no seat of this number. Seats are counted from 0, one for each provider, once slices are picked.
        SeatNotFound,
        /// The signer is not whom the call is for: the datanet's steward, the contribution's contributor, an appointed provider, or
        /// the provider whose slice was picked. Sign with that account.
        NotAuthorized,
        /// Identifiers are used up.
        TooManyDatanets,
        /// Numbers of rounds are used up.
        TooManyRounds,
        /// The signer cannot have the deposit, bond, fee or budget on hold: free coins beyond the existential deposit are too
        /// few, or other pallets have too many holds there.
        DepositNotPayable,
        /// The threshold of an attested datanet is not 1 to 4.
        InvalidThreshold,
        /// The dimension is not 1 to 1,024.
        InvalidDimension,
        /// The number of classes is not 2 to 256.
        InvalidClasses,
        /// The number of neighbours K is 0 or more than the horizon K*.
        InvalidNeighbours,
        /// The horizon K* is more than 32.
        InvalidHorizon,
        /// The benchmark has no records, not equally many of each class, or T (K + K*) is more than 40,960.
        InvalidBenchmark,
        /// A contribution's fewest records are none or more than its most records, or these are more than 4,096.
        InvalidRecordBounds,
        /// The deposit or the fee of a contribution of the most records does not fit a balance.
        InvalidPrices,
        /// The shares of providers, evaluator and steward are more than 15 % together.
        CrewShareTooHigh,
        /// Sponsors' pay vests in more than 16 parts.
        InvalidVesting,
        /// A period is 0 or longer than a year of blocks (10,512,000), or the window is shorter than the time to
        /// challenge and four times the time to publish.
        InvalidPeriods,
        /// The time to challenge is shorter than a tenth of an epoch. `Babe.EpochDuration` says how long that is.
        ChallengingTooShort,
        /// The runtime does not know this version of the valuation's rules.
        UnknownKernel,
        /// Metadata is longer than 4,096 bytes. Keep what is longer elsewhere, with its address and hash here.
        MetadataTooLong,
        /// The account is the steward already.
        AlreadySteward,
        /// The datanet is not offered to anybody.
        NotOffered,
        /// The datanet is offered to another account. Ask its steward to offer it to the signer.
        NotOfferedToSigner,
        /// The datanet is retired: it opens no round, and takes neither providers nor pledges for one.
        DatanetRetired,
        /// No provider is named or appointed. The steward appoints one to four before a round is opened.
        NoProviders,
        /// More than four providers are named.
        TooManyProviders,
        /// An account is named twice.
        DuplicateProvider,
        /// The benchmark cannot be divided equally among so many providers and all classes. Name another number of providers.
        BenchmarkNotDivisible,
        /// Fewer attestors are named than must say the same, by the recipe's threshold. Name more.
        TooFewAttestors,
        /// The datanet is attested: no records and slices come to the chain. Contributors call `deliver_reference`; attestors need no
        /// slices.
        DatanetIsAttested,
        /// The datanet is open: its records are delivered to the chain. Call `deliver`.
        DatanetIsOpen,
        /// A pledge has no price or no budget.
        EmptyPledge,
        /// The sponsor has a pledge for a round of the datanet already. Withdraw it first.
        AlreadyPledged,
        /// The round is open, or over. Pledge for a later one.
        RoundOpened,
        /// The pledge is for another round than the next one.
        OtherRound,
        /// The datanet's providers are not those that the pledge names, one by one and in their order. Look them up, and pledge only if
        /// these are to be trusted with the measurement.
        OtherProviders,
        /// The contribution is neither rejected nor left by a void round: it must be delivered or valued, or is admitted for ever.
        NotReclaimable,
        /// The contribution is not admitted: there is no snapshot and no pool to take it out of. Reclaim it if it is rejected, or if a void
        /// round left it.
        NotAdmitted,
        /// The contribution was rejected: nobody is paid for it.
        EarnsNothing,
        /// The contribution is the account's own already. Name another one.
        AlreadyPaid,
        /// Consent was withdrawn already. It cannot be given again.
        ConsentAlreadyWithdrawn,
        /// The datanet's last round still takes commitments. Open the next one when it is past that.
        LastRoundCommitting,
        /// The round is in another phase: see the round, and the call's documentation for the phase that it needs.
        WrongPhase,
        /// The last block for this is over. `advance` moves the round on.
        DeadlinePassed,
        /// The round waits for contributions, slices or a deadline. Try again after the deadline.
        TooEarly,
        /// The round before is neither final nor void. This one can freeze when it is.
        LastRoundNotEnded,
        /// The randomness that picks the slices is not known yet. It is with the second change of epoch after the freeze.
        RandomnessNotKnown,
        /// The number of records is not within the recipe's bounds.
        RecordsOutOfBounds,
        /// So many records of the recipe's kind cannot have so many bytes. A vector has its dimension and a byte for the label; a text
        /// its own 1 to 16,384 bytes, two for their number and one for the label.
        BytesOutOfBounds,
        /// 1,024 contributions of the datanet have no value yet: commit when a round has ended. Or numbers are used up.
        TooManyContributions,
        /// The provider has committed its slices already.
        SlicesAlreadyCommitted,
        /// Fewer than four slices are committed.
        TooFewSlices,
        /// More than 16 slices are committed.
        TooManySlices,
        /// Records are delivered by extrinsics only, where others can read them: not by a call that the chain makes by itself.
        NotInExtrinsic,
        /// The contribution is delivered already.
        AlreadyDelivered,
        /// The slice is revealed already.
        AlreadyRevealed,
        /// The batch has no records.
        EmptyBatch,
        /// The batch is longer than 256 KiB. Deliver it as several.
        BatchTooLong,
        /// The batch's bytes are not whole records: the recipe's features and a label each; or the number of a text's bytes (two
        /// bytes, the lower one first), the text, and a label.
        BatchNotWhole,
        /// A text has more than 16,384 bytes. Divide it into several records.
        TextTooLong,
        /// A text is not UTF-8. Convert it first; what is no text cannot be encoded as one.
        TextNotUtf8,
        /// A text is empty or white space alone, or its features cancel out. Leave it out.
        NothingToEncode,
        /// The batch is neither the next one nor batch 0, which begins anew.
        BatchOutOfOrder,
        /// There are more records than committed to, or than the slice has.
        TooManyRecords,
        /// There are more bytes than committed to; or a slice has more than its part of 20,992,000 bytes, the most of a benchmark of
        /// vectors. Choose shorter texts for a slice.
        TooManyBytes,
        /// The records are complete, but fewer bytes than committed to. Batch 0 begins anew.
        TooFewBytes,
        /// A label is not below the number of classes.
        LabelOutOfRange,
        /// A slice has more records of one class than of another.
        ClassesUnbalanced,
        /// The last batch comes without the salt of the commitment.
        SaltMissing,
        /// A batch before the last one comes with the salt. Keep it until all records are delivered.
        SaltTooEarly,
        /// Account, datanet, round, salt and records are not what was committed to. Batch 0 begins anew.
        CommitmentMismatch,
        /// A reference is longer than 256 bytes. Keep the rest where it points to.
        ReferenceTooLong,
        /// The root is zero, which no records have.
        RootMissing,
        /// The values are not one for each delivered contribution of the round, ascending by number.
        ValuesMismatch,
        /// A sum, a price or a deadline does not fit. No such recipe can be created, and no such data delivered.
        Overflow,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Records what the last epoch produced in the first block of the next one, at the same cost whatever the state.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            if Self::note_epoch() {
                T::WeightInfo::on_initialize_epoch()
            } else {
                T::WeightInfo::on_initialize()
            }
        }

        fn integrity_test() {
            assert!(
                Self::price_of(u32::MAX, u32::MAX).is_ok(),
                "the deposit of anything that can be stored fits a balance"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Creates a datanet. Its recipe and its licence never change.
        ///
        /// ## Origin
        /// Signed; the signer becomes the steward and has a deposit for what is stored on hold for as long as the datanet is
        /// theirs.
        ///
        /// ## Details
        /// - `recipe`: what the datanet pays, asks and waits for. Open, or attested with a threshold of 1 to 4; dimension 1 to 1,024; 2 to 256 classes; 1 <= K <= K* <= 32;
        ///   T (K + K*) <= 40,960 with T a multiple of the classes; 1 to 4,096 records a contribution; shares of 15 % at most
        ///   together; pay that vests in at most 16 parts; every period 1 block to a year, the time to challenge at least a tenth of an epoch,
        ///   the window at least that and four times the time to publish; kernel 1.
        /// - `terms`: the licence of the data, published before, with a royalty.
        /// - `metadata`: at most 4,096 bytes of text or JSON.
        ///
        /// ## Errors
        /// `InvalidThreshold`, `InvalidDimension`, `InvalidClasses`, `InvalidNeighbours`, `InvalidHorizon`, `InvalidBenchmark`,
        /// `InvalidRecordBounds`, `InvalidPrices`, `CrewShareTooHigh`, `InvalidVesting`, `InvalidPeriods`, `ChallengingTooShort`,
        /// `UnknownKernel`,
        /// `MetadataTooLong`, `TooManyDatanets`, `DepositNotPayable`, and the refusals of the licence.
        ///
        /// ## Events
        /// `DatanetCreated`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::create(metadata.len() as u32))]
        pub fn create(
            origin: OriginFor<T>,
            recipe: Recipe,
            terms: TermsId,
            metadata: Vec<u8>,
        ) -> DispatchResult {
            let steward = ensure_signed(origin)?;
            Self::do_create(steward, recipe, terms, metadata)
        }

        /// Names who supplies the benchmark of the rounds opened from now on, an equal part each; in an attested datanet, who attests these.
        ///
        /// ## Origin
        /// Signed by the datanet's steward.
        ///
        /// ## Details
        /// - `providers`: one to four accounts. In an attested datanet they are the attestors, at least as many as the threshold. Else T must be a multiple of their number times the number of classes. Nobody stands in for others
        ///   beyond half of all parts: with two or three providers a round is void as soon as one is missing or silent, with four when three
        ///   are.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `NotAuthorized`, `DatanetRetired`, `NoProviders`, `TooManyProviders`, `DuplicateProvider`,
        /// `BenchmarkNotDivisible`, `TooFewAttestors`.
        ///
        /// ## Events
        /// `ProvidersAppointed`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::appoint_providers())]
        pub fn appoint_providers(
            origin: OriginFor<T>,
            datanet: DatanetId,
            providers: Vec<T::AccountId>,
        ) -> DispatchResult {
            let steward = ensure_signed(origin)?;
            Self::do_appoint_providers(steward, datanet, providers)
        }

        /// Offers a datanet to an account, which becomes its steward by accepting. An earlier offer is void.
        ///
        /// ## Origin
        /// Signed by the datanet's steward.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `NotAuthorized`, `AlreadySteward`; an account that cannot be looked up.
        ///
        /// ## Events
        /// `TransferOffered`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::offer_transfer())]
        pub fn offer_transfer(
            origin: OriginFor<T>,
            datanet: DatanetId,
            new_steward: AccountIdLookupOf<T>,
        ) -> DispatchResult {
            let steward = ensure_signed(origin)?;
            let new_steward = T::Lookup::lookup(new_steward)?;
            Self::do_offer_transfer(steward, datanet, new_steward)
        }

        /// Withdraws the offer of a datanet.
        ///
        /// ## Origin
        /// Signed by the datanet's steward.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `NotAuthorized`, `NotOffered`.
        ///
        /// ## Events
        /// `OfferWithdrawn`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::withdraw_offer())]
        pub fn withdraw_offer(origin: OriginFor<T>, datanet: DatanetId) -> DispatchResult {
            let steward = ensure_signed(origin)?;
            Self::do_withdraw_offer(steward, datanet)
        }

        /// Accepts an offered datanet: the signer is its steward and has its deposit on hold; the former steward's is released.
        ///
        /// ## Origin
        /// Signed by whom the datanet is offered to.
        ///
        /// ## Details
        /// Recipe, licence, providers and rounds stay as they are. The steward's share of a pool is whose steward it is when the
        /// pool opens.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `NotOffered`, `NotOfferedToSigner`, `DepositNotPayable`.
        ///
        /// ## Events
        /// `Transferred`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::accept_transfer())]
        pub fn accept_transfer(origin: OriginFor<T>, datanet: DatanetId) -> DispatchResult {
            let new_steward = ensure_signed(origin)?;
            Self::do_accept_transfer(new_steward, datanet)
        }

        /// Retires a datanet, for ever: it opens no round and gives no new grants. Rounds that are open go on, pools go on to earn,
        /// the deposit stays on hold. An offer of it is void.
        ///
        /// ## Origin
        /// Signed by the datanet's steward.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `NotAuthorized`, `DatanetRetired`.
        ///
        /// ## Events
        /// `Retired`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::retire())]
        pub fn retire(origin: OriginFor<T>, datanet: DatanetId) -> DispatchResult {
            let steward = ensure_signed(origin)?;
            Self::do_retire(steward, datanet)
        }

        /// Puts money on hold for a round of a datanet that is not open yet.
        ///
        /// ## Origin
        /// Signed by anybody, who becomes a sponsor.
        ///
        /// ## Details
        /// - `round`: the one that may take the pledge.
        /// - `providers`: the datanet's, in their order: they decide what is measured. If the steward appoints others, no round takes
        ///   the pledge.
        /// - `price`: paid for an accuracy of 1.0.
        /// - `budget`: the most that is paid in all; on hold with a deposit for what is stored.
        ///
        /// The steward opens a round with one of its pledges, or with none. What a round does not pay goes back.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `DatanetRetired`, `RoundOpened`, `NoProviders`, `OtherProviders`, `EmptyPledge`, `AlreadyPledged`,
        /// `DepositNotPayable`.
        ///
        /// ## Events
        /// `Pledged`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::pledge())]
        pub fn pledge(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            providers: Vec<T::AccountId>,
            price: Balance,
            budget: Balance,
        ) -> DispatchResult {
            let sponsor = ensure_signed(origin)?;
            Self::do_pledge(sponsor, datanet, round, providers, price, budget)
        }

        /// Takes back a pledge that no round has taken.
        ///
        /// ## Origin
        /// Signed by the sponsor.
        ///
        /// ## Errors
        /// `PledgeNotFound`.
        ///
        /// ## Events
        /// `PledgeWithdrawn`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::withdraw_pledge())]
        pub fn withdraw_pledge(origin: OriginFor<T>, datanet: DatanetId) -> DispatchResult {
            let sponsor = ensure_signed(origin)?;
            Self::do_withdraw_pledge(sponsor, datanet)
        }

        /// Opens a datanet's next round: contributions and slices are committed from now on, to the end of the recipe's period.
        ///
        /// ## Origin
        /// Signed by the datanet's steward, whose deposit grows by what is stored of the round.
        ///
        /// ## Details
        /// - `sponsor`: whose pledge the round takes, if any: one for this round and its providers. Its money goes into the pot.
        ///
        /// The round before must be past its commitments.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `NotAuthorized`, `DatanetRetired`, `NoProviders`, `LastRoundCommitting`, `PledgeNotFound`, `OtherRound`,
        /// `OtherProviders`, `TooManyRounds`, `DepositNotPayable`, and the refusals of the pot.
        ///
        /// ## Events
        /// `RoundOpened`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::open_round())]
        pub fn open_round(
            origin: OriginFor<T>,
            datanet: DatanetId,
            sponsor: Option<T::AccountId>,
        ) -> DispatchResult {
            let steward = ensure_signed(origin)?;
            Self::do_open_round(steward, datanet, sponsor)
        }

        /// Commits to a contribution without showing it.
        ///
        /// ## Origin
        /// Signed by the contributor, who has on hold: a deposit by bytes, burnt if the contribution is not delivered and its bond
        /// once it is; and the valuation fee by records.
        ///
        /// ## Details
        /// - `round`: one in phase `Committing`.
        /// - `commitment`: hash of account, datanet, round, a secret salt, and the root of the records
        ///   (`hashing::commitment`).
        /// - `records`: how many there are, within the recipe's bounds.
        /// - `bytes`: how many bytes they are as they are delivered: neither more nor fewer can be.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `RoundNotFound`, `WrongPhase`, `DeadlinePassed`, `RecordsOutOfBounds`, `BytesOutOfBounds`,
        /// `TooManyContributions`, `DepositNotPayable`.
        ///
        /// ## Events
        /// `ContributionCommitted`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::commit())]
        pub fn commit(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            commitment: H256,
            records: u16,
            bytes: u32,
        ) -> DispatchResult {
            let contributor = ensure_signed(origin)?;
            Self::do_commit(contributor, datanet, round, commitment, records, bytes)
        }

        /// Commits to benchmark slices without showing them. Once a round.
        ///
        /// ## Origin
        /// Signed by a provider of the round, who has the recipe's bond or the round's budget on hold, whichever is more.
        ///
        /// ## Details
        /// - `round`: one in phase `Committing`.
        /// - `hashes`: four to 16 commitments (`hashing::slice_commitment`), by slice number. Each slice has T divided by the
        ///   number of providers records, equally many of each class, and at most 20,992,000 divided by the number of providers bytes.
        ///   One of them is picked after the deliveries are over.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `RoundNotFound`, `WrongPhase`, `DeadlinePassed`, `NotAuthorized`, `SlicesAlreadyCommitted`,
        /// `TooFewSlices`, `TooManySlices`, `DepositNotPayable`, `DatanetIsAttested`.
        ///
        /// ## Events
        /// `SlicesCommitted`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::commit_slices())]
        pub fn commit_slices(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            hashes: Vec<H256>,
        ) -> DispatchResult {
            let provider = ensure_signed(origin)?;
            Self::do_commit_slices(provider, datanet, round, hashes)
        }

        /// Moves a round on, as far as its deadlines and the chain's randomness allow. An attested round needs no slices: it is never
        /// void for want of them, and goes on from `Delivering` to `Revealed` at once.
        ///
        /// ## Origin
        /// Signed by anybody.
        ///
        /// ## Details
        /// - `Committing`, after its deadline: goes on to `Delivering`; is void if too few providers committed slices for all seats, or
        ///   nobody a contribution and no void round left one, once the round before has ended. A provider has one seat, and in the place
        ///   of others at most half of all.
        /// - `Delivering`, after its deadline or once everything is delivered, and when the round before has ended: goes on to
        ///   `Frozen`, with what void rounds left before its own. The deposits of contributions that are not delivered are burnt; if
        ///   none is there, the round is void.
        /// - `Frozen`, from the second change of epoch on: a slice of each provider is picked, and of another provider in the place of
        ///   one that has committed none. Void if so many epochs have gone by that the randomness is forgotten.
        /// - `Frozen`, after the deadline of picked slices: the bonds of silent providers are burnt and slices of others are
        ///   picked; void if too few are left for that.
        ///
        /// A void round gives bonds and budget back to all who did their part. What is delivered to it waits, with bond and fee, for
        /// the next round, or to be reclaimed.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `RoundNotFound`, `WrongPhase` from `Revealed` on, `TooEarly`, `LastRoundNotEnded`,
        /// `RandomnessNotKnown`.
        ///
        /// ## Events
        /// `PhaseChanged`, `ContributionLapsed`, `SlicePicked`, `ProviderSilent`, `RoundVoided`.
        #[pallet::call_index(11)]
        #[pallet::weight(functions::Step::longest::<T::WeightInfo>())]
        pub fn advance(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let step = Self::do_advance(datanet, round).map_err(functions::refused::<T>)?;
            Ok(Some(step.weight::<T::WeightInfo>()).into())
        }

        /// Delivers the next batch of a contribution, in the open.
        ///
        /// ## Origin
        /// Signed by the contributor, in an extrinsic (also within a batch or as a proxy).
        ///
        /// ## Details
        /// - `round`: one in phase `Delivering`.
        /// - `batch`: one more than the last; 0 begins anew.
        /// - `records`: at most 256 KiB. Of vectors, each record is its features as `i8` and then its label; of texts, the number of
        ///   the text's bytes as `u16`, little endian, the text as UTF-8, and then its label.
        /// - `salt`: that of the commitment, with the last batch and no other.
        ///
        /// With the last batch the records must be what was committed to.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `RoundNotFound`, `WrongPhase`, `DeadlinePassed`, `ContributionNotFound`, `NotAuthorized`,
        /// `NotInExtrinsic`, `AlreadyDelivered`, `EmptyBatch`, `BatchTooLong`, `BatchNotWhole`, `BatchOutOfOrder`,
        /// `TooManyRecords`, `TooManyBytes`, `TooFewBytes`, `LabelOutOfRange`, `TextTooLong`, `TextNotUtf8`, `NothingToEncode`,
        /// `SaltMissing`, `SaltTooEarly`, `CommitmentMismatch`, `DatanetIsAttested`.
        ///
        /// ## Events
        /// `BatchDelivered`, and `DeliveryCompleted` with the last.
        #[pallet::call_index(12)]
        #[pallet::weight(functions::delivery_weight::<T>(records.len(), None))]
        pub fn deliver(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            contribution: ContributionNumber,
            batch: u16,
            records: Vec<u8>,
            salt: Option<[u8; 32]>,
        ) -> DispatchResultWithPostInfo {
            let contributor = ensure_signed(origin)?;
            let batch = functions::Batch {
                number: batch,
                bytes: &records,
                salt,
            };
            let found = Self::do_deliver(contributor, datanet, round, contribution, batch)?;
            Ok(Some(functions::delivery_weight::<T>(records.len(), Some(found))).into())
        }

        /// Reveals the next batch of a picked slice, in the open.
        ///
        /// ## Origin
        /// Signed by the provider whose slice was picked, in an extrinsic (also within a batch or as a proxy).
        ///
        /// ## Details
        /// - `round`: one in phase `Frozen` whose slices are picked.
        /// - `seat`: for which the slice was picked.
        /// - `batch`: one more than the last; 0 begins anew.
        /// - `records`: at most 256 KiB, as for `deliver`; in the whole slice equally many of each class.
        /// - `salt`: that of the commitment, with the last batch and no other.
        ///
        /// With the last slice the round goes on to `Revealed`.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `RoundNotFound`, `WrongPhase`, `SeatNotFound`, `DeadlinePassed`, `NotAuthorized`, `NotInExtrinsic`,
        /// `AlreadyRevealed`, `EmptyBatch`, `BatchTooLong`, `BatchNotWhole`, `BatchOutOfOrder`, `TooManyRecords`, `TooManyBytes`,
        /// `LabelOutOfRange`, `TextTooLong`, `TextNotUtf8`, `NothingToEncode`, `ClassesUnbalanced`, `SaltMissing`, `SaltTooEarly`,
        /// `CommitmentMismatch`, `DatanetIsAttested`.
        ///
        /// ## Events
        /// `SliceBatchRevealed`; `SliceRevealed` with the last batch; `PhaseChanged` with the last slice.
        #[pallet::call_index(13)]
        #[pallet::weight(functions::reveal_weight::<T>(records.len(), None))]
        pub fn reveal(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            seat: u8,
            batch: u16,
            records: Vec<u8>,
            salt: Option<[u8; 32]>,
        ) -> DispatchResultWithPostInfo {
            let provider = ensure_signed(origin)?;
            let batch = functions::Batch {
                number: batch,
                bytes: &records,
                salt,
            };
            let found = Self::do_reveal(provider, datanet, round, seat, batch)?;
            Ok(Some(functions::reveal_weight::<T>(records.len(), Some(found))).into())
        }

        /// Removes a contribution from which nothing follows, and releases what is on hold for it: a rejected one, or one that a void
        /// round left delivered and that no other round has taken.
        ///
        /// ## Origin
        /// Signed by the contributor.
        ///
        /// ## Details
        /// Delivered records stay public. Once a contribution without a value is reclaimed, anybody may commit them.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `ContributionNotFound`, `NotAuthorized`, `NotReclaimable`.
        ///
        /// ## Events
        /// `ContributionReclaimed`.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::reclaim())]
        pub fn reclaim(
            origin: OriginFor<T>,
            datanet: DatanetId,
            contribution: ContributionNumber,
        ) -> DispatchResult {
            let contributor = ensure_signed(origin)?;
            Self::do_reclaim(contributor, datanet, contribution)
        }

        /// Lets authors share all that a contribution will earn: what its sponsor pays, and what it earns from pools. Once, for good.
        ///
        /// ## Origin
        /// Signed by the contributor, who has the price of what is stored on hold, as part of the bond. Bond and fee stay the contributor's
        /// alone. Authors need not sign, and have rights only: what is earned is credited to each, who withdraws it alone.
        ///
        /// ## Details
        /// - `contribution`: one that is committed to a round in phase `Committing`: nobody has seen a record of it, and a copy of the
        ///   commitment is of no use to another account.
        /// - `authors`: one to 16 accounts, with parts that sum to one in billionths. The contributor has a part only if it is among them.
        ///
        /// ## Errors
        /// `ContributionNotFound`, `NotAuthorized`, `RoundNotFound`, `WrongPhase`, `DeadlinePassed`, `DepositNotPayable`, and the refusals of
        /// the pot: no author, one of them twice, parts that do not sum to one, authors named before.
        ///
        /// ## Events
        /// `AuthorsNamed`.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::name_authors(authors.len() as u32))]
        pub fn name_authors(
            origin: OriginFor<T>,
            datanet: DatanetId,
            contribution: ContributionNumber,
            authors: Authors<T::AccountId>,
        ) -> DispatchResult {
            let contributor = ensure_signed(origin)?;
            Self::do_name_authors(contributor, datanet, contribution, authors)
        }

        /// Withdraws the consent to go on using an admitted contribution, for ever.
        ///
        /// ## Origin
        /// Signed by the contributor.
        ///
        /// ## Details
        /// The snapshots that models are trained on, and the pools, of all rounds that freeze from now on leave the contribution out.
        /// Earlier ones keep it: who was licensed to train on them still is, and what they earn goes on being its own. A round that is frozen is
        /// one of them. In valuations it stays: later copies of its records are copies, and gain nothing. What has not vested of its sponsor's
        /// pay is burnt (`Forfeited` in the pot's events), its authors' part, too.
        ///
        /// Records that were delivered are public for ever: no call takes them off the disks of others. What is on hold for the place in
        /// state stays there.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `ContributionNotFound`, `NotAuthorized`, `NotAdmitted`, `ConsentAlreadyWithdrawn`.
        ///
        /// ## Events
        /// `ConsentWithdrawn`.
        #[pallet::call_index(16)]
        #[pallet::weight(T::WeightInfo::withdraw_consent())]
        pub fn withdraw_consent(
            origin: OriginFor<T>,
            datanet: DatanetId,
            contribution: ContributionNumber,
        ) -> DispatchResult {
            let contributor = ensure_signed(origin)?;
            Self::do_withdraw_consent(contributor, datanet, contribution)
        }

        /// Hands all that a contribution will be credited with for the signer to another account, for good: to a new key, or to whoever buys it.
        ///
        /// ## Origin
        /// Signed by whom the contribution pays: one of its authors, or its contributor if none are named. Its contributor has the price of what is
        /// stored on hold, once, as part of the bond.
        ///
        /// ## Details
        /// - `to`: an account that the contribution does not pay yet. It need not sign, has rights only, and may hand them on.
        ///
        /// What was credited stays the signer's, to be withdrawn; what is owed and was not asked for goes to `to`, so claim and vest before. The
        /// contributor stays the one who may reclaim the contribution or withdraw consent to it, and has the bond.
        ///
        /// ## Errors
        /// `ContributionNotFound`, `NotAuthorized`, `EarnsNothing`, `AlreadyPaid`, `DepositNotPayable`, and the refusals of the pot: the signer is not
        /// an author, or `to` is one.
        ///
        /// ## Events
        /// `HandedOver`.
        #[pallet::call_index(17)]
        #[pallet::weight(T::WeightInfo::hand_over().max(T::WeightInfo::hand_over_part()))]
        pub fn hand_over(
            origin: OriginFor<T>,
            datanet: DatanetId,
            contribution: ContributionNumber,
            to: AccountIdLookupOf<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let to = T::Lookup::lookup(to)?;
            Self::do_hand_over(who, datanet, contribution, to)
        }

        /// Delivers a contribution to a round of an attested datanet: attestors find its records where the reference says, and no record
        /// comes to the chain.
        ///
        /// ## Origin
        /// Signed by the contributor.
        ///
        /// ## Details
        /// - `round`: one in phase `Delivering`.
        /// - `root`: that of the records, as committed to.
        /// - `reference`: at most 256 bytes, such as a URI. It is public and in no state: the event has it. Attestors tell by the root
        ///   whether what they find there is what was committed to; whoever lets them find nothing has a contribution of no value.
        /// - `salt`: that of the commitment.
        ///
        /// ## Errors
        /// `DatanetNotFound`, `DatanetIsOpen`, `RoundNotFound`, `WrongPhase`, `DeadlinePassed`, `ContributionNotFound`, `NotAuthorized`,
        /// `AlreadyDelivered`, `ReferenceTooLong`, `RootMissing`, `CommitmentMismatch`.
        ///
        /// ## Events
        /// `ReferenceDelivered`.
        #[pallet::call_index(18)]
        #[pallet::weight(T::WeightInfo::deliver_reference())]
        pub fn deliver_reference(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            contribution: ContributionNumber,
            root: H256,
            reference: Vec<u8>,
            salt: [u8; 32],
        ) -> DispatchResult {
            let contributor = ensure_signed(origin)?;
            Self::do_deliver_reference(
                contributor,
                datanet,
                round,
                contribution,
                root,
                reference,
                salt,
            )
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// A datanet with its recipe and metadata, or nothing if there is no such datanet.
        pub fn datanet(datanet: DatanetId) -> Option<DetailsOf<T>> {
            let admitted = Admitted::<T>::get(datanet);
            Some(Details {
                datanet: Datanets::<T>::get(datanet)?,
                recipe: Recipes::<T>::get(datanet)?,
                metadata: Metadata::<T>::get(datanet)?,
                admitted: admitted.count,
                weights: admitted.root(),
            })
        }

        /// A round, or nothing if there is no such round.
        pub fn round(datanet: DatanetId, round: RoundNumber) -> Option<RoundOf<T>> {
            Rounds::<T>::get(datanet, round)
        }

        /// A contribution, or nothing if there is none of this number, it lapsed, or was reclaimed.
        pub fn contribution(
            datanet: DatanetId,
            contribution: ContributionNumber,
        ) -> Option<ContributionOf<T>> {
            Contributions::<T>::get(datanet, contribution)
        }

        /// The contributions that were committed to a round and still exist, ascending by number, from `start` on, at most 64 ([`PAGE`]) of them.
        pub fn contributions(
            datanet: DatanetId,
            round: RoundNumber,
            start: ContributionNumber,
        ) -> Vec<(ContributionNumber, ContributionOf<T>)> {
            let Some(round) = Rounds::<T>::get(datanet, round) else {
                return Vec::new();
            };
            round
                .numbers()
                .filter(|number| *number >= start)
                .filter_map(|number| Some((number, Contributions::<T>::get(datanet, number)?)))
                .take(PAGE)
                .collect()
        }

        /// What is valued in a round that is frozen and goes on: what void rounds left, then its own, ascending by number.
        pub fn newcomers(datanet: DatanetId, round: RoundNumber) -> NewcomerList {
            Newcomers::<T>::get(datanet, round)
        }

        /// What void rounds of a datanet left delivered and without a value, ascending by number.
        pub fn waiting(datanet: DatanetId) -> NewcomerList {
            Waiting::<T>::get(datanet)
        }

        /// How far a contribution is delivered: the number of its next batch, and how many records came so far. Nothing if it is
        /// delivered, or does not exist.
        pub fn delivery(
            datanet: DatanetId,
            contribution: ContributionNumber,
        ) -> Option<(u16, u32)> {
            let delivery = Deliveries::<T>::get(datanet, contribution)?;
            Some((delivery.next, delivery.records.count))
        }

        /// How far a picked slice is revealed: the number of its next batch, and how many records came so far. Nothing before the
        /// first batch and after the last one.
        pub fn revealing(datanet: DatanetId, round: RoundNumber, seat: u8) -> Option<(u16, u32)> {
            let reveal = Reveals::<T>::get((datanet, round, seat))?;
            Some((reveal.next, reveal.records.count))
        }

        /// What the providers of a round committed, while the round goes on.
        pub fn slices(datanet: DatanetId, round: RoundNumber) -> BenchmarkOf<T> {
            Benchmarks::<T>::get(datanet, round)
        }

        /// The picked slices of a round, in the order of its benchmark's records. Nothing before they are picked.
        pub fn seats(datanet: DatanetId, round: RoundNumber) -> Seats<T::AccountId> {
            Rounds::<T>::get(datanet, round)
                .map(|round| round.seats)
                .unwrap_or_default()
        }

        /// What a sponsor pledged for a round of a datanet.
        pub fn pledged(datanet: DatanetId, sponsor: T::AccountId) -> Option<PledgeOf<T>> {
            Pledges::<T>::get(datanet, sponsor)
        }

        /// What a contributor has on hold for a contribution of so many records and bytes: bond and valuation fee. Nothing if there
        /// is no such datanet, or so many records cannot have so many bytes.
        pub fn costs(datanet: DatanetId, records: u16, bytes: u32) -> Option<(Balance, Balance)> {
            let recipe = Recipes::<T>::get(datanet)
                .filter(|recipe| recipe.bytes(records).contains(&bytes))?;
            Some((
                Self::bond_of(&recipe, bytes).ok()?,
                Self::fee_of(&recipe, records).ok()?,
            ))
        }
    }
}
