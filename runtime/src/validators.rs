//! Who validates: every account that has session keys in genesis, for as long as it has them.
//!
//! There is no staking yet, so nobody joins and nothing is at stake. A validator may change its keys
//! (`Session::set_keys`), which takes effect two sessions later; one that purges them is left out from
//! then on. A set whose keys are all purged ends the chain, as the set of any chain can.

use crate::{AccountId, Historical, Runtime, Session};
use alloc::vec::Vec;
use frame_support::parameter_types;
use sp_runtime::traits::Convert;
use sp_staking::SessionIndex;

parameter_types! {
    /// For how many sessions an equivocation can be proven: four weeks of a live network.
    pub const SessionsInHistory: SessionIndex = 7 * 24;
}

/// Nothing need be said of a validator besides its account: no stake stands behind it.
pub struct NoFurtherIdentification;

impl Convert<AccountId, Option<()>> for NoFurtherIdentification {
    fn convert(_: AccountId) -> Option<()> {
        Some(())
    }
}

/// The genesis validators.
pub struct GenesisValidators;

impl GenesisValidators {
    /// The accounts with keys in genesis, in the order of their ids.
    fn at_genesis() -> Vec<AccountId> {
        let mut validators: Vec<_> = pallet_session::NextKeys::<Runtime>::iter_keys().collect();
        validators.sort();
        validators
    }

    /// The set of the session after the one that starts now, or `None` if it is the same with the same
    /// keys. A set that is handed over counts as changed, and each change costs a GRANDPA
    /// justification for ever and a step of every warp sync.
    fn planned() -> Option<Vec<AccountId>> {
        // While a session is planned, what was queued is in force already and not yet replaced.
        let current = Session::queued_keys();
        let unchanged = current
            .iter()
            .all(|(validator, keys)| Session::load_keys(validator).as_ref() == Some(keys));
        if unchanged {
            return None;
        }
        Some(
            current
                .into_iter()
                .map(|(validator, _)| validator)
                .filter(|validator| Session::load_keys(validator).is_some())
                .collect(),
        )
    }

    fn identified(validators: Vec<AccountId>) -> Vec<(AccountId, ())> {
        validators
            .into_iter()
            .map(|validator| (validator, ()))
            .collect()
    }
}

impl pallet_session::SessionManager<AccountId> for GenesisValidators {
    fn new_session(_: SessionIndex) -> Option<Vec<AccountId>> {
        Self::planned()
    }

    fn new_session_genesis(_: SessionIndex) -> Option<Vec<AccountId>> {
        Some(Self::at_genesis())
    }

    fn start_session(_: SessionIndex) {}

    /// Forgets the validators of a session for whose offences it is too late, one at a time.
    fn end_session(ended: SessionIndex) {
        if let Some(kept_from) = ended.checked_sub(SessionsInHistory::get()) {
            Historical::prune_up_to(kept_from);
        }
    }
}

impl pallet_session::historical::SessionManager<AccountId, ()> for GenesisValidators {
    fn new_session(_: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        Self::planned().map(Self::identified)
    }

    fn new_session_genesis(_: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        Some(Self::identified(Self::at_genesis()))
    }

    fn start_session(session: SessionIndex) {
        <Self as pallet_session::SessionManager<AccountId>>::start_session(session)
    }

    fn end_session(session: SessionIndex) {
        <Self as pallet_session::SessionManager<AccountId>>::end_session(session)
    }
}
