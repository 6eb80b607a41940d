//! How long an epoch lasts: the one number of consensus that a network picks at its birth.
//!
//! Test networks want epochs of a minute, a live one wants hours, and all of them want the same
//! Wasm blob. So the length is state, written at genesis and by nothing else: there is no call. BABE
//! reads it through [`Get`] wherever it would read a constant. This is safe because
//! - it cannot change under way, which would break BABE (epoch numbers are derived from slots by
//!   dividing by it); `try_state` watches its bounds;
//! - a node takes the length of the first epoch from `BabeApi::configuration` at genesis, after warp
//!   sync from `BabeApi::current_epoch` at the imported state, and every later epoch inherits it, so
//!   that node and runtime cannot disagree;
//! - metadata is produced in the state of a block: the constant `Babe::EpochDuration` that wallets
//!   see is the network's own. The metadata hash does not cover constants.

use frame_support::traits::Get;
pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    //! The storage of the epochs' length.

    use crate::time;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::BlockNumberFor;

    /// Slots in an epoch of a live network: four hours.
    pub const LIVE_LENGTH: u64 = 4 * time::HOURS as u64;
    /// Slots in an epoch of a test network: a minute.
    pub const TEST_LENGTH: u64 = time::MINUTES as u64;
    /// The shortest epoch in slots. The block that begins one has no room for transactions, so shorter
    /// epochs would cost more than a tenth of all blocks.
    pub const SHORTEST: u64 = 10;
    /// The longest epoch in slots: a week. The VRF outputs of one epoch are collected in state.
    pub const LONGEST: u64 = 7 * time::DAYS as u64;

    /// The epochs' length.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Nothing to configure.
    #[pallet::config]
    pub trait Config: frame_system::Config {}

    /// The length before genesis has set one, as tools see it that read metadata without a chain.
    #[pallet::type_value]
    pub fn DefaultLength() -> u64 {
        LIVE_LENGTH
    }

    /// Slots in an epoch. Written at genesis only.
    #[pallet::storage]
    pub type Length<T> = StorageValue<_, u64, ValueQuery, DefaultLength>;

    /// The epochs' length at genesis.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Slots in an epoch, between [`SHORTEST`] and [`LONGEST`].
        pub length: u64,
        #[doc(hidden)]
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            Self {
                length: LIVE_LENGTH,
                _config: Default::default(),
            }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            assert!(
                (SHORTEST..=LONGEST).contains(&self.length),
                "an epoch must have between {SHORTEST} and {LONGEST} slots, not {}",
                self.length,
            );
            Length::<T>::put(self.length);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    impl<T: Config> Pallet<T> {
        /// The length lies within its bounds.
        pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
            frame_support::ensure!(
                (SHORTEST..=LONGEST).contains(&Length::<T>::get()),
                "the length of an epoch is out of bounds"
            );
            Ok(())
        }
    }
}

impl<T: Config> Get<u64> for Pallet<T> {
    fn get() -> u64 {
        Length::<T>::get()
    }
}
