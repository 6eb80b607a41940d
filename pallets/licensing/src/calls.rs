//! What licences ask of those whose calls are paid.

use sp_runtime::{DispatchError, DispatchResult};
use tributary_primitives::{
    assets::Asset,
    ids::ModelId,
    licences::{Offer, Use, UseRefusal},
};

use crate::{Attachments, Config, Error, Offers, Pallet, Sources};

impl<T: Config> Pallet<T> {
    /// See [`tributary_primitives::roles::CallLicences::reserve`].
    ///
    /// Only changes of direct sources make it fail as stale: they are as many as the call pays for. [`Pallet::can_use`] looks farther.
    pub(crate) fn do_reserve(
        model: ModelId,
        units: u64,
        until: u32,
    ) -> Result<Offer, DispatchError> {
        let asset = Asset::Model(model);
        let mut attachment = Self::attachment(asset)?;
        if Self::is_stale(&attachment, &Sources::<T>::get(model)) {
            return Err(Error::<T>::ModelStale.into());
        }
        Self::check_standing(asset, &attachment, Use::Infer, until).map_err(Error::<T>::from)?;
        let not_offered = Error::<T>::from(UseRefusal::NotOffered);
        let offer = Offers::<T>::get(asset).ok_or(not_offered)?;
        let reserved = Self::reserved_with(&attachment, units).map_err(Error::<T>::from)?;
        if reserved != attachment.reserved {
            attachment.reserved = reserved;
            Attachments::<T>::insert(asset, attachment);
        }
        Ok(offer)
    }

    /// See [`tributary_primitives::roles::CallLicences::refund`].
    pub(crate) fn do_refund(model: ModelId, units: u64) -> DispatchResult {
        let asset = Asset::Model(model);
        let mut attachment = Self::attachment(asset)?;
        let terms = Self::terms(attachment.terms).map_err(Error::<T>::from)?;
        if terms.quota.is_some() {
            attachment.reserved = attachment
                .reserved
                .checked_sub(units)
                .ok_or(sp_runtime::ArithmeticError::Underflow)?;
            Attachments::<T>::insert(asset, attachment);
        }
        Ok(())
    }
}
