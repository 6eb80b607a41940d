//! Models at their worst, for the benchmarks here and of those who use the role.

use alloc::{vec, vec::Vec};

use codec::Decode;
use frame_support::traits::fungible::{Inspect, Mutate};
use sp_core::H256;
use sp_runtime::{traits::TrailingZeroInput, DispatchError, Perbill};
use tributary_primitives::{
    assets::{Asset, Pool, Share, MAX_LATE, MAX_TEAM},
    ids::{DatanetId, ModelId},
    licences::Origin,
    roles::{Cause, Contention, Revenue, Rounds, Terms},
    Balance,
};

use crate::*;

/// Enough for every deposit and fee, and far from overflow when several accounts have it.
pub(crate) const WEALTH: Balance = u64::MAX as Balance;

/// A team of so many accounts that the parts of all but the first are as small as can be.
pub(crate) fn team<T: Config>(members: u32) -> Vec<Share<T::AccountId>> {
    team_from::<T>(0, members)
}

/// A team of so many members, beginning with the one of a number.
fn team_from<T: Config>(first: u32, members: u32) -> Vec<Share<T::AccountId>> {
    let one = Perbill::one().deconstruct();
    (0..members)
        .map(|member| Share {
            account: member_of::<T>(first + member),
            part: Perbill::from_parts(if member == 0 { one - (members - 1) } else { 1 }),
        })
        .collect()
}

/// A member of a team, by number.
fn member_of<T: Config>(number: u32) -> T::AccountId {
    // No account of the tests.
    let number = u32::MAX - number;
    T::AccountId::decode(&mut TrailingZeroInput::new(&number.to_le_bytes()))
        .expect("any bytes with zeroes after them are an account; qed")
}

/// Registers a model of these origins, as [`Pallet::register`] does.
pub(crate) fn registered<T: Config>(
    owner: &T::AccountId,
    kind: Kind,
    origins: Vec<Origin>,
    members: u32,
) -> Result<ModelId, DispatchError> {
    let registration = Registration {
        kind,
        origins,
        weights_hash: H256::repeat_byte(1),
        recipe_hash: H256::repeat_byte(2),
        terms: T::Terms::prepare_terms(owner),
        royalties_at_most: Perbill::one(),
        team: team::<T>(members),
        metadata: vec![b' '; MAX_METADATA as usize],
    };
    Pallet::<T>::do_register(owner.clone(), registration)
}

/// Models that a child can descend from, whose ancestries are as long as they can be for them to have it: the child's is the
/// longest, and what they share is read with each.
pub(crate) fn parents<T: Config>(owner: &T::AccountId, parents: u32) -> Vec<ModelId> {
    let ancestors = MAX_ANCESTORS - parents;
    let shared: Vec<ModelId> = (0..ancestors).collect();
    (ancestors..MAX_ANCESTORS)
        .inspect(|&parent| {
            T::Terms::prepare_source(Asset::Model(parent), owner);
            insert::<T>(owner, parent);
            Ancestors::<T>::insert(parent, AncestorSet::truncate_from(shared.clone()));
        })
        .collect()
}

/// Final rounds that a model can be trained on.
pub(crate) fn rounds<T: Config>(owner: &T::AccountId, rounds: u32) -> Vec<Pool> {
    (0..rounds)
        .map(|datanet: DatanetId| {
            T::Rounds::prepare_final(datanet, 1);
            T::Terms::prepare_source(Asset::Datanet(datanet), owner);
            Pool { datanet, round: 1 }
        })
        .collect()
}

/// Origins of a fine-tune: rounds, then parents.
pub(crate) fn origins<T: Config>(owner: &T::AccountId, p: u32, r: u32) -> Vec<Origin> {
    rounds::<T>(owner, r)
        .into_iter()
        .map(Origin::TrainedOn)
        .chain(
            parents::<T>(owner, p)
                .into_iter()
                .map(Origin::FineTunedFrom),
        )
        .collect()
}

/// A model without anything, that is not registered anywhere else.
fn insert<T: Config>(owner: &T::AccountId, model: ModelId) {
    Models::<T>::insert(
        model,
        Model {
            owner: owner.clone(),
            offered_to: None,
            kind: Kind::Base,
            weights_hash: H256::zero(),
            recipe_hash: H256::zero(),
            terms: H256::zero(),
            registered: Default::default(),
            retired: false,
            reexecuted: None,
            ancestry_changed: false,
            naming_forfeited: false,
            evaluations: 0,
            deposit: 0,
        },
    );
    NextModel::<T>::put(model + 1);
}

/// See [`tributary_primitives::roles::Lineage::prepare_contention`].
pub(crate) fn prepare_contention<T: Config>(owner: &T::AccountId) -> (ModelId, Contention) {
    T::Currency::mint_into(owner, WEALTH).expect("there is room in the issuance; qed");
    let origins = origins::<T>(owner, MAX_PARENTS, MAX_ROUNDS);
    // All but one of the places for edges that were left out are taken, by models that bring nothing which is not owed already.
    let known: Vec<ModelId> = (1..MAX_LATE)
        .map(|_| {
            let model = NextModel::<T>::get();
            insert::<T>(owner, model);
            T::Terms::prepare_source(Asset::Model(model), owner);
            model
        })
        .collect();
    let hidden = NextModel::<T>::get();
    insert::<T>(owner, hidden);
    T::Terms::prepare_missing(hidden, owner);

    let model = registered::<T>(owner, Kind::FineTune, origins, MAX_TEAM)
        .expect("what is prepared can be descended from; qed");
    for known in known {
        let known = Contention::MissingParent(Origin::FineTunedFrom(known));
        Pallet::<T>::do_conclude(model, &known, true).expect("there are places; qed");
    }
    income_of_two_teams::<T>(owner, model);
    (
        model,
        Contention::MissingParent(Origin::FineTunedFrom(hidden)),
    )
}

/// See [`tributary_primitives::roles::Lineage::prepare_income`].
pub(crate) fn prepare_income<T: Config>(owner: &T::AccountId, model: ModelId) {
    income::<T>(owner, model);
    pass_boundaries::<T>();
    income::<T>(owner, model);
}

/// Time passes until nothing that came in waits any more.
pub(crate) fn pass_boundaries<T: Config>() {
    // No period of any runtime is that long.
    let now = frame_system::Pallet::<T>::block_number();
    frame_system::Pallet::<T>::set_block_number(now + 100_000_000u32.into());
}

/// Money to settle and to set aside, some of it of a former team's, for a model that counts as re-executed until its ancestry changes.
pub(crate) fn income_of_two_teams<T: Config>(owner: &T::AccountId, model: ModelId) {
    income::<T>(owner, model);
    replace_team::<T>(owner, model);
    income::<T>(owner, model);
    Models::<T>::mutate_extant(model, |details| {
        details.reexecuted = Some(details.registered);
    });
}

/// The owner pays for a model.
fn income<T: Config>(owner: &T::AccountId, model: ModelId) {
    let gross = T::Currency::minimum_balance() * 1_000_000;
    let asset = Asset::Model(model);
    T::Revenue::pay(asset, None, owner, gross, Cause::Payment).expect("the owner is rich; qed");
}

/// A full team of others takes over.
fn replace_team<T: Config>(owner: &T::AccountId, model: ModelId) {
    let team = team_from::<T>(MAX_TEAM, MAX_TEAM);
    Pallet::<T>::do_announce_team(owner.clone(), model, team).expect("it is a team; qed");
    let next = NextTeams::<T>::get(model).expect("it is announced; qed");
    frame_system::Pallet::<T>::set_block_number(next.from);
    Pallet::<T>::do_change_team(model).expect("no team waits; qed");
}
