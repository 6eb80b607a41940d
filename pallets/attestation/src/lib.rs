#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod functions;
mod impls;
mod invariants;
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

use functions::Ending;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{pallet_prelude::*, traits::Get};
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use tributary_primitives::{
        datanets::{Statement, MAX_CONTRIBUTIONS},
        ids::{DatanetId, RoundNumber},
        roles::Snapshots,
    };

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// The pallet.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the pallet needs of the runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The rounds that are attested.
        type Snapshots: Snapshots<Self::AccountId>;

        /// The weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// The statements that stand in each round, in the order in which they were made. Gone when the round is final or void.
    ///
    /// Identifiers are counted by the runtime, so that nobody can choose their hashes: the fast hasher will do.
    #[pallet::storage]
    pub type Standing<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        DatanetId,
        Twox64Concat,
        RoundNumber,
        AttestationsOf<T>,
        ValueQuery,
    >;

    /// What attestors agreed on in each final round.
    #[pallet::storage]
    pub type Outcomes<T: Config> =
        StorageDoubleMap<_, Twox64Concat, DatanetId, Twox64Concat, RoundNumber, OutcomeOf<T>>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An attestor said what a round is worth; what it said before does not stand any more. The statement is in an extrinsic of this
        /// block.
        Attested {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The attestor.
            attestor: T::AccountId,
            /// Hash of its statement.
            statement: H256,
            /// How many attestors say the same now.
            agreeing: u8,
            /// How many must.
            threshold: u8,
        },
        /// Enough attestors agree: the values of a round stand for ever, attested.
        RoundAttested {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The first of those who agree.
            evaluator: T::AccountId,
            /// Hash of their statement.
            statement: H256,
            /// Root of the benchmark's records.
            benchmark: H256,
            /// Accuracy before the newcomers, over L K C T.
            before: u128,
            /// Accuracy with them, over L K C T.
            after: u128,
        },
        /// Too few attestors agreed in time: the round is void.
        RoundAbandoned {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
        },
    }

    /// Why a call is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The datanet or its round does not exist. Look both up before calling.
        RoundNotFound,
        /// The datanet is open: its rounds are valued by proposals, which anybody can check. Use the calls of the valuation pallet.
        RoundIsOpen,
        /// Contributions can still be delivered to the round, or it is final or void already.
        WrongPhase,
        /// The signer is no attestor of the round. Those that its steward appointed are in the event of its opening.
        NotAttestor,
        /// The time to attest the round is over. Call `abandon` (the client's `finalise`): what it has waits for the next round.
        WindowClosed,
        /// The time to attest the round is not over. Wait until its last block has passed.
        WindowOpen,
        /// The signer's statement stands already. Wait for the others to say the same; another statement would replace it.
        AlreadyAttested,
        /// The values are not one for each delivered contribution of the round, ascending by number.
        ValuesMismatch,
        /// The values, gains and losses together, are more than the K* newcomers of each of T rows can gain and lose.
        /// Give those of the kernel as they are.
        ValueOutOfRange,
        /// An accuracy is more than 1.0, which is L K C T.
        AccuracyOutOfRange,
        /// The values do not sum to the accuracy after less the accuracy before. Those of the kernel do, exactly.
        NotTheGain,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Says what a round of an attested datanet came to. A statement that the signer made before does not stand any more. As soon as
        /// as many attestors as the recipe asks for have said the same, the round is final with that: the first of them is its
        /// evaluator and earns the valuation fees.
        ///
        /// - `datanet`, `round`: a round that is `Revealed`, within `periods.window` blocks after it became so.
        /// - `statement`: accuracies and values over L K C T, one for each delivered contribution, that sum to the gain exactly.
        ///
        /// Origin: signed by an attestor of the round.
        ///
        /// Errors: `RoundNotFound`, `RoundIsOpen`, `WrongPhase`, `NotAttestor`, `WindowClosed`, `ValuesMismatch`, `ValueOutOfRange`,
        /// `AccuracyOutOfRange`, `NotTheGain`, `AlreadyAttested`.
        ///
        /// Events: `Attested`; `RoundAttested` with the last one that was needed.
        #[pallet::call_index(0)]
        #[pallet::weight(
            T::WeightInfo::attest(MAX_CONTRIBUTIONS)
                .max(T::WeightInfo::attest_final(MAX_CONTRIBUTIONS))
        )]
        pub fn attest(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
            statement: Statement,
        ) -> DispatchResultWithPostInfo {
            let attestor = ensure_signed(origin)?;
            let (ending, contributions) = Self::do_attest(attestor, datanet, round, statement)
                .map_err(functions::refused::<T>)?;
            let weight = match ending {
                Ending::Open => T::WeightInfo::attest(contributions),
                Ending::Final => T::WeightInfo::attest_final(contributions),
            };
            Ok(Some(weight).into())
        }

        /// Ends a round on which attestors did not agree in time: it is void. Bonds of what was delivered stay on hold, and the next round
        /// has it valued; the sponsor has its money back.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `RoundNotFound`, `RoundIsOpen`, `WrongPhase`, `WindowOpen`.
        ///
        /// Events: `RoundAbandoned`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::abandon(MAX_CONTRIBUTIONS))]
        pub fn abandon(
            origin: OriginFor<T>,
            datanet: DatanetId,
            round: RoundNumber,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let contributions = Self::do_abandon(datanet, round)?;
            Ok(Some(T::WeightInfo::abandon(contributions)).into())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// The statements that stand in a round, in the order in which they were made.
        pub fn attestations(datanet: DatanetId, round: RoundNumber) -> AttestationsOf<T> {
            Standing::<T>::get(datanet, round)
        }

        /// The block from which on a round can be abandoned; none unless it is attested and `Revealed`.
        pub fn closes_at(datanet: DatanetId, round: RoundNumber) -> Option<BlockNumberFor<T>> {
            let attested = Self::attested(datanet, round).ok()?;
            attested.closes_at::<T>().ok()
        }

        /// What attestors agreed on in a final round.
        pub fn outcome(datanet: DatanetId, round: RoundNumber) -> Option<OutcomeOf<T>> {
            Outcomes::<T>::get(datanet, round)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// The longest statement, and the end of the largest round, fit a block beside others.
        fn integrity_test() {
            let length = *T::BlockLength::get().max.get(DispatchClass::Normal) as usize;
            assert!(
                Statement::max_encoded_len() + 1_024 <= length,
                "a statement fits a block's Normal length"
            );
            let limit = T::BlockWeights::get()
                .get(DispatchClass::Normal)
                .max_extrinsic
                .unwrap_or(Weight::MAX);
            for weight in [
                T::WeightInfo::attest(MAX_CONTRIBUTIONS),
                T::WeightInfo::attest_final(MAX_CONTRIBUTIONS),
                T::WeightInfo::abandon(MAX_CONTRIBUTIONS),
            ] {
                assert!(
                    weight.all_lte(limit),
                    "every call fits a block: {weight:?} of {limit:?}"
                );
            }
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }
}
