#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod functions;
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

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, EnsureOrigin, Get},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use tributary_primitives::{
        ids::ModelId,
        roles::{Contention, Lineage},
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
        /// The coin in which bonds are held.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// The runtime's reasons for holding money.
        type RuntimeHoldReason: From<HoldReason>;

        /// The ancestry that is contested.
        type Lineage: Lineage<Self::AccountId>;

        /// Who appoints arbiters and decides appeals.
        type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// The bond of a model's first case. It pays for the place of a case in state while it is on hold.
        #[pallet::constant]
        type Bond: Get<Balance>;

        /// How many blocks arbiters have to vote.
        #[pallet::constant]
        type HearingPeriod: Get<BlockNumberFor<Self>>;

        /// How many blocks anybody has to appeal.
        #[pallet::constant]
        type AppealPeriod: Get<BlockNumberFor<Self>>;

        /// How many blocks governance has to decide.
        #[pallet::constant]
        type GovernancePeriod: Get<BlockNumberFor<Self>>;

        /// What the calls weigh.
        type WeightInfo: WeightInfo;
    }

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// The most arbiters that are in office at a time.
        #[pallet::constant_name(MaxArbiters)]
        fn max_arbiters() -> u32 {
            MAX_ARBITERS
        }

        /// How often the bond of a model's cases doubles at the most.
        #[pallet::constant_name(MaxDoublings)]
        fn max_doublings() -> u32 {
            MAX_DOUBLINGS
        }

        /// How many times the bond of a case that of its appeal is.
        #[pallet::constant_name(AppealFactor)]
        fn appeal_factor() -> Balance {
            APPEAL_FACTOR
        }
    }

    /// Why this pallet has money of an account on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// The bonds of the cases that the account opened.
        Plaintiff,
        /// The bonds of the account's appeals.
        Appeal,
    }

    /// The arbiters in office.
    #[pallet::storage]
    pub type Arbiters<T: Config> = StorageValue<_, ArbitersOf<T>, ValueQuery>;

    /// The identifier of the next case, which is how many there were.
    #[pallet::storage]
    pub type NextCase<T> = StorageValue<_, CaseId, ValueQuery>;

    /// The cases that are not closed. Identifiers are counted up by the chain, so that nobody chooses where a key lies: the fast hasher
    /// will do.
    #[pallet::storage]
    pub type Cases<T: Config> = StorageMap<_, Twox64Concat, CaseId, CaseOf<T>>;

    /// The cases of each model that has any. It has one of each kind at a time, as what is set aside or held back for it is one thing; not one of
    /// all, else a case about a false parent kept the one about a missing parent out.
    #[pallet::storage]
    pub type OpenCases<T> =
        StorageDoubleMap<_, Twox64Concat, ModelId, Twox64Concat, CaseKind, CaseId>;

    /// How many cases about each model ended without being upheld: each of the first [`MAX_DOUBLINGS`] makes the next bond twice as high.
    ///
    /// One small number for a model at the most, whose own deposit is far more than that takes.
    #[pallet::storage]
    pub type Lost<T> = StorageMap<_, Twox64Concat, ModelId, u32, ValueQuery>;

    /// The arbiters at genesis.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// At most [`MAX_ARBITERS`] accounts, none of them twice.
        pub arbiters: Vec<T::AccountId>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            assert!(
                Pallet::<T>::distinct(&self.arbiters),
                "an account is an arbiter twice"
            );
            let arbiters = ArbitersOf::<T>::try_from(self.arbiters.clone())
                .unwrap_or_else(|_| panic!("there are at most {MAX_ARBITERS} arbiters"));
            Arbiters::<T>::put(arbiters);
        }
    }

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Other arbiters are in office.
        Appointed {
            /// All of them.
            arbiters: ArbitersOf<T>,
        },
        /// Something is contested about a model.
        Opened {
            /// The case.
            case: CaseId,
            /// The model.
            model: ModelId,
            /// Who opened it.
            plaintiff: T::AccountId,
            /// What is contested.
            contention: Contention,
            /// Hash of the evidence.
            evidence: H256,
            /// Held from the plaintiff.
            bond: Balance,
            /// A hearing, or at once with governance if half of the arbiters or more are parties.
            stage: StageOf<T>,
            /// How many arbiters hear it.
            panel: u32,
        },
        /// An arbiter of a panel voted.
        Voted {
            /// The case.
            case: CaseId,
            /// The arbiter.
            arbiter: T::AccountId,
            /// Whether the case should be upheld.
            upheld: bool,
        },
        /// More than half of a panel agree.
        Ruled {
            /// The case.
            case: CaseId,
            /// Whether they uphold it.
            upheld: bool,
            /// The first block in which it is too late to appeal.
            until: BlockNumberFor<T>,
        },
        /// Somebody appealed from a ruling.
        Appealed {
            /// The case.
            case: CaseId,
            /// Who appealed.
            appellant: T::AccountId,
            /// Held from the appellant.
            bond: Balance,
            /// The first block in which it is too late to decide: the ruling stands.
            until: BlockNumberFor<T>,
        },
        /// Governance decided. The decision waits to be carried out by `close`.
        Decided {
            /// The case.
            case: CaseId,
            /// Whether it is upheld.
            upheld: bool,
        },
        /// A bond was given back.
        BondReturned {
            /// The case.
            case: CaseId,
            /// Whose bond it was.
            account: T::AccountId,
            /// How much.
            amount: Balance,
        },
        /// A bond is lost and burnt.
        BondBurnt {
            /// The case.
            case: CaseId,
            /// Whose bond it was.
            account: T::AccountId,
            /// How much.
            amount: Balance,
        },
        /// A case ended.
        Closed {
            /// The case.
            case: CaseId,
            /// The model.
            model: ModelId,
            /// How.
            outcome: Outcome,
        },
    }

    /// Why a call is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// An account is among the arbiters twice. Name each once.
        DuplicateArbiter,
        /// The model has a case of this kind already. Look it up with `cases_of`, and close it if its time is over.
        AlreadyContested,
        /// No arbiter is in office. Governance has to appoint some first.
        NoArbiters,
        /// The account has too little money that can be held. Ask `bond_for` for a model's bond; an appeal takes twice the case's.
        BondNotPayable,
        /// There is no such case, or it is closed. Look it up with `cases_of`.
        CaseNotFound,
        /// The case is not heard any more, or never was. Votes count until the ruling, and where arbiters were impartial.
        NotHeard,
        /// The time to vote is over. The case has lapsed: `close` ends it.
        HearingOver,
        /// The signer is no arbiter, or not any more. Sign with the account of one in office (storage `Arbiters`), or ask governance to appoint the signer.
        NotArbiter,
        /// The signer was a party or no arbiter when the case was opened. Only those who were impartial arbiters then hear it: leave the vote to the panel
        /// that the case names.
        NotOnPanel,
        /// The signer has voted. A vote is final.
        AlreadyVoted,
        /// There is no ruling from which one could appeal, or somebody appealed already.
        NotRuled,
        /// The time to appeal is over. The ruling stands: `close` carries it out.
        AppealOver,
        /// The case is not with governance, or decided already. Governance decides appeals, and cases that half of the arbiters or more are
        /// parties to.
        NotReferred,
        /// The time to decide is over. The ruling stands, or the case has lapsed: `close` ends it.
        DecisionOver,
        /// Something can still happen. Wait until the block that the case's stage names, or until governance decides.
        NotOver,
        /// A case about a missing parent of the model is open, and nothing else changes what the model owes or what waits until that is closed. Close
        /// that one first (`cases_of`), as soon as its time is over.
        MissingParentFirst,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Puts other arbiters in the place of those in office. Who leaves votes no more, but the votes count that were cast; who comes
        /// hears the cases that are opened from now on.
        ///
        /// - `arbiters`: all of them, none twice. Without any, nothing can be contested.
        ///
        /// Origin: governance.
        ///
        /// Errors: `DuplicateArbiter`.
        ///
        /// Events: `Appointed`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::appoint())]
        pub fn appoint(origin: OriginFor<T>, arbiters: ArbitersOf<T>) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_appoint(arbiters)
        }

        /// Contests something about the ancestry of a model. What is in question is set aside or held back until the case is closed.
        ///
        /// - `model`: a model without a case.
        /// - `contention`: what is wrong about it, or was proven.
        /// - `evidence`: hash of what shows it, published where arbiters find it.
        ///
        /// `bond_for(model)` is put on hold: burnt if the case is not upheld, and given back if it is, or if nobody judges it in time.
        ///
        /// Origin: signed, anybody, the parties as well.
        ///
        /// Errors: `AlreadyContested`, `NoArbiters`, `BondNotPayable`; those of the pallet that knows the ancestry, if it says so already.
        ///
        /// Events: `Opened`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::open())]
        pub fn open(
            origin: OriginFor<T>,
            model: ModelId,
            contention: Contention,
            evidence: H256,
        ) -> DispatchResult {
            let plaintiff = ensure_signed(origin)?;
            Self::do_open(plaintiff, model, contention, evidence).map(|_| ())
        }

        /// Says whether a case should be upheld, once and for all. It is ruled as soon as more than half of its panel say the same.
        ///
        /// - `case`: one that is being heard.
        /// - `upheld`: whether the plaintiff is right.
        ///
        /// Origin: signed by an arbiter in office who is on the case's panel.
        ///
        /// Errors: `CaseNotFound`, `NotHeard`, `HearingOver`, `NotArbiter`, `NotOnPanel`, `AlreadyVoted`.
        ///
        /// Events: `Voted`; `Ruled` with the last vote that was needed.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::vote())]
        pub fn vote(origin: OriginFor<T>, case: CaseId, upheld: bool) -> DispatchResult {
            let arbiter = ensure_signed(origin)?;
            Self::do_vote(arbiter, case, upheld)
        }

        /// Asks governance to decide otherwise than the arbiters ruled. Without a decision in time their ruling stands.
        ///
        /// - `case`: one that was ruled, and that nobody appealed from.
        ///
        /// Twice the case's bond is put on hold: given back if governance decides otherwise, else burnt.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `CaseNotFound`, `NotRuled`, `AppealOver`, `BondNotPayable`.
        ///
        /// Events: `Appealed`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::appeal())]
        pub fn appeal(origin: OriginFor<T>, case: CaseId) -> DispatchResult {
            let appellant = ensure_signed(origin)?;
            Self::do_appeal(appellant, case)
        }

        /// Decides a case that is with governance. `close` carries it out.
        ///
        /// - `case`: one that was appealed from, or that too few arbiters were impartial to hear.
        /// - `upheld`: whether the plaintiff is right.
        ///
        /// Origin: governance.
        ///
        /// Errors: `CaseNotFound`, `NotReferred`, `DecisionOver`.
        ///
        /// Events: `Decided`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::decide())]
        pub fn decide(origin: OriginFor<T>, case: CaseId, upheld: bool) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_decide(case, upheld)
        }

        /// Ends a case when nothing can happen any more, and carries out what came of it: the ancestry changes, or what was set aside is
        /// again as if nothing had been contested. If a change that was upheld has no room, the event says so, the ancestry stays as it
        /// was, and the plaintiff has the bond back.
        ///
        /// - `case`: one that governance decided, or whose stage is over.
        ///
        /// The plaintiff's bond is burnt if the case was not upheld, that of an appeal if governance did not decide otherwise.
        ///
        /// Origin: signed, anybody.
        ///
        /// Errors: `CaseNotFound`, `NotOver`, `MissingParentFirst`.
        ///
        /// Events: `BondReturned` or `BondBurnt` for each bond, `Closed`.
        #[pallet::call_index(5)]
        // What is upheld and cannot be carried out is concluded twice.
        #[pallet::weight(
            T::WeightInfo::close_upheld().saturating_add(T::WeightInfo::close_dismissed())
        )]
        pub fn close(origin: OriginFor<T>, case: CaseId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let weight = match Self::do_close(case)? {
                Outcome::Upheld => Some(T::WeightInfo::close_upheld()),
                Outcome::NotCarriedOut(_) => None,
                Outcome::Dismissed | Outcome::Lapsed => Some(T::WeightInfo::close_dismissed()),
            };
            Ok(weight.into())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// A case that is not closed.
        pub fn case(id: CaseId) -> Option<CaseOf<T>> {
            Cases::<T>::get(id)
        }

        /// The cases of a model that are not closed, at most one of each kind.
        pub fn cases_of(model: ModelId) -> Vec<CaseId> {
            let mut cases: Vec<_> = OpenCases::<T>::iter_prefix_values(model).collect();
            cases.sort_unstable();
            cases
        }

        /// What has to be put on hold for the next case about a model. None if that is more than all money.
        pub fn bond_for(model: ModelId) -> Option<Balance> {
            Self::bond(model).ok()
        }

        /// The arbiters in office.
        pub fn arbiters() -> ArbitersOf<T> {
            Arbiters::<T>::get()
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Bonds cost something and are never more than an amount can be, and the end of a case fits a block.
        fn integrity_test() {
            let bond = T::Bond::get();
            assert!(bond > 0, "sham cases cost something");
            assert!(
                bond.checked_mul(1 << MAX_DOUBLINGS)
                    .and_then(|most| most.checked_mul(APPEAL_FACTOR))
                    .is_some(),
                "the highest bond of an appeal is an amount"
            );
            let limit = T::BlockWeights::get()
                .get(DispatchClass::Normal)
                .max_extrinsic
                .unwrap_or(Weight::MAX);
            let close =
                T::WeightInfo::close_upheld().saturating_add(T::WeightInfo::close_dismissed());
            for weight in [T::WeightInfo::open(), close] {
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
