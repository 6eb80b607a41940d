//! The benchmark of a round: slices that are committed before anything is delivered, picked after it, and revealed.

use alloc::{vec, vec::Vec};

use codec::MaxEncodedLen;
use frame_support::{ensure, pallet_prelude::DispatchResult};
use sp_core::H256;
use sp_runtime::DispatchError;
use tributary_primitives::{
    datanets::{most_seats, Phase, Recipe, MAX_BENCHMARK_BYTES, MIN_SLICES},
    hashing,
    ids::{DatanetId, RoundNumber},
};

use super::{
    delivery::{Measured, Progress, Whole},
    Batch, Step,
};
use crate::{
    Benchmarks, Config, Error, Event, HoldReason, Pallet, Reveal, Reveals, RoundOf, Rounds, Seat,
    SliceHashes, Slices,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_commit_slices(
        provider: T::AccountId,
        datanet: DatanetId,
        number: RoundNumber,
        hashes: Vec<H256>,
    ) -> DispatchResult {
        let recipe = Self::open_recipe(datanet)?;
        let round = Self::round_of(datanet, number)?;
        Self::ensure_open(&round, Phase::Committing)?;
        ensure!(
            round.providers.contains(&provider),
            Error::<T>::NotAuthorized
        );
        let mut benchmark = Benchmarks::<T>::get(datanet, number);
        ensure!(
            benchmark.iter().all(|slices| slices.provider != provider),
            Error::<T>::SlicesAlreadyCommitted
        );
        let hashes = SliceHashes::try_from(hashes).map_err(|_| Error::<T>::TooManySlices)?;
        ensure!(
            hashes.len() >= MIN_SLICES as usize,
            Error::<T>::TooFewSlices
        );

        let (_, budget) = round.price_and_budget();
        let stored = Slices::<T::AccountId>::max_encoded_len() + Reveal::max_encoded_len();
        let bond = recipe
            .provider_bond
            .max(budget)
            .max(Self::price_of(2, stored as u32)?);
        Self::hold(HoldReason::Provider, &provider, bond)?;
        benchmark
            .try_push(Slices {
                provider: provider.clone(),
                hashes: hashes.clone(),
                bond,
                picked: 0,
                silent: false,
            })
            .map_err(|_| Error::<T>::TooManyProviders)?;
        Benchmarks::<T>::insert(datanet, number, benchmark);

        Self::deposit_event(Event::SlicesCommitted {
            datanet,
            round: number,
            provider,
            hashes,
            bond,
        });
        Ok(())
    }

    /// Picks a slice for each seat: one of the provider that was appointed for it, or, where that has committed none, one of
    /// another.
    pub(crate) fn pick_slices(
        datanet: DatanetId,
        number: RoundNumber,
        mut round: RoundOf<T>,
        recipe: &Recipe,
        randomness: H256,
    ) -> Result<Step, DispatchError> {
        let mut benchmark = Benchmarks::<T>::get(datanet, number);
        round.randomness = Some(randomness);
        let deadline = Self::deadline(recipe.periods.revealing)?;
        round.deadline = Some(deadline);
        let draw = |seat: u8, choices| hashing::pick(randomness, datanet, number, seat, 0, choices);
        // First everybody's own seat, so that it is known how many are left to those who stand in for others.
        let mut picks: Vec<Option<(T::AccountId, u8)>> = (0u8..)
            .zip(&round.providers)
            .map(|(seat, appointed)| {
                pick(
                    &mut benchmark,
                    |provider| provider == appointed,
                    |choices| draw(seat, choices),
                )
            })
            .collect();
        for seat in 0..picks.len() {
            if picks[seat].is_none() {
                let holders = picks.iter().flatten().map(|(provider, _)| provider);
                let holders: Vec<_> = holders.cloned().collect();
                picks[seat] = pick(
                    &mut benchmark,
                    |provider| has_room(&holders, picks.len(), provider),
                    |choices| draw(seat as u8, choices),
                );
            }
        }
        for picked in picks {
            // Enough providers have committed, each at least as many slices as there are seats.
            let (provider, slice) = picked.ok_or(Error::<T>::TooFewSlices)?;
            round
                .seats
                .try_push(Seat {
                    provider,
                    slice,
                    attempt: 0,
                    root: None,
                })
                .map_err(|_| Error::<T>::TooManyProviders)?;
        }
        Benchmarks::<T>::insert(datanet, number, benchmark);
        let picked: Vec<u8> = (0..round.seats.len() as u8).collect();
        Self::announce(datanet, number, &round, &picked, deadline);
        Rounds::<T>::insert(datanet, number, round);
        Ok(Step::Picked)
    }

    /// Burns the bonds of the providers that left a picked slice unrevealed, and picks slices of others in their place. If
    /// those who are left cannot fill all seats, each no more than it may have, the round is void.
    pub(crate) fn replace_slices(
        datanet: DatanetId,
        number: RoundNumber,
        mut round: RoundOf<T>,
        recipe: &Recipe,
    ) -> Result<Step, DispatchError> {
        let mut benchmark = Benchmarks::<T>::get(datanet, number);
        for slices in benchmark.iter_mut() {
            let silent = round
                .seats
                .iter()
                .any(|seat| seat.root.is_none() && seat.provider == slices.provider);
            if !silent {
                continue;
            }
            slices.silent = true;
            let burnt = core::mem::take(&mut slices.bond);
            Self::burn(HoldReason::Provider, &slices.provider, burnt)?;
            Self::deposit_event(Event::ProviderSilent {
                datanet,
                round: number,
                provider: slices.provider.clone(),
                burnt,
            });
        }

        // A round whose slices are picked keeps what picked them.
        let randomness = round.randomness.ok_or(Error::<T>::WrongPhase)?;
        let deadline = Self::deadline(recipe.periods.revealing)?;
        let mut picked = Vec::new();
        let seats = round.seats.len();
        let revealed = round.seats.iter().filter(|seat| seat.root.is_some());
        let mut holders: Vec<_> = revealed.map(|seat| seat.provider.clone()).collect();
        for (index, seat) in round.seats.iter_mut().enumerate() {
            if seat.root.is_some() {
                continue;
            }
            let index = index as u8;
            Reveals::<T>::remove((datanet, number, index));
            // Every attempt silences a provider: at most four.
            seat.attempt = seat.attempt.checked_add(1).ok_or(Error::<T>::Overflow)?;
            let draw =
                |choices| hashing::pick(randomness, datanet, number, index, seat.attempt, choices);
            let room = |provider: &T::AccountId| has_room(&holders, seats, provider);
            let Some((provider, slice)) = pick(&mut benchmark, room, draw) else {
                Benchmarks::<T>::insert(datanet, number, benchmark);
                return Self::void_frozen(datanet, number, round);
            };
            holders.push(provider.clone());
            seat.provider = provider;
            seat.slice = slice;
            picked.push(index);
        }
        round.deadline = Some(deadline);
        Benchmarks::<T>::insert(datanet, number, benchmark);
        Self::announce(datanet, number, &round, &picked, deadline);
        Rounds::<T>::insert(datanet, number, round);
        Ok(Step::Replaced)
    }

    /// Says which slices were picked.
    fn announce(
        datanet: DatanetId,
        number: RoundNumber,
        round: &RoundOf<T>,
        picked: &[u8],
        deadline: u32,
    ) {
        for index in picked {
            let Some(seat) = round.seats.get(usize::from(*index)) else {
                continue;
            };
            Self::deposit_event(Event::SlicePicked {
                datanet,
                round: number,
                seat: *index,
                provider: seat.provider.clone(),
                slice: seat.slice,
                deadline,
            });
        }
    }

    pub(crate) fn do_reveal(
        provider: T::AccountId,
        datanet: DatanetId,
        number: RoundNumber,
        seat: u8,
        batch: Batch<'_>,
    ) -> Result<Measured, DispatchError> {
        let recipe = Self::open_recipe(datanet)?;
        let mut round = Self::round_of(datanet, number)?;
        ensure!(round.phase == Phase::Frozen, Error::<T>::WrongPhase);
        let seats = round.seats.len() as u32;
        let picked = round
            .seats
            .get_mut(usize::from(seat))
            .ok_or(Error::<T>::SeatNotFound)?;
        ensure!(picked.provider == provider, Error::<T>::NotAuthorized);
        ensure!(picked.root.is_none(), Error::<T>::AlreadyRevealed);
        let slice = picked.slice;
        Self::ensure_open(&round, Phase::Frozen)?;

        // The benchmark is a multiple of seats times classes, both at least 1.
        let total = u32::from(recipe.benchmark) / seats;
        let of_a_class = total / u32::from(recipe.classes);
        let mut reveal = Reveals::<T>::get((datanet, number, seat))
            .filter(|_| batch.number > 0)
            .map_or_else(|| empty_reveal::<T>(&recipe), Ok)?;
        let classes = &mut reveal.classes;
        let so_far = Progress {
            next: &mut reveal.next,
            records: &mut reveal.records,
            bytes: &mut reveal.bytes,
        };
        // A slice of vectors is never longer.
        let most = Whole {
            records: total,
            bytes: MAX_BENCHMARK_BYTES / seats,
        };
        let taken = Self::take_batch(&recipe, &batch, so_far, most, |label| {
            // A label is below the number of classes.
            let count = classes
                .get_mut(usize::from(label))
                .ok_or(Error::<T>::LabelOutOfRange)?;
            *count = count.checked_add(1).ok_or(Error::<T>::Overflow)?;
            ensure!(
                u32::from(*count) <= of_a_class,
                Error::<T>::ClassesUnbalanced
            );
            Ok(())
        })?;
        Self::deposit_event(Event::SliceBatchRevealed {
            datanet,
            round: number,
            seat,
            batch: batch.number,
            records: taken.records,
            extrinsic: taken.extrinsic,
            hash: taken.hash,
        });
        let Some(salt) = taken.complete else {
            Reveals::<T>::insert((datanet, number, seat), reveal);
            return Ok(taken.measured(&recipe));
        };

        let root = reveal.records.root().hash;
        let committed = Benchmarks::<T>::get(datanet, number)
            .iter()
            .find(|slices| slices.provider == provider)
            .and_then(|slices| slices.hashes.get(usize::from(slice)).copied());
        ensure!(
            committed
                == Some(hashing::slice_commitment(
                    &provider, datanet, number, slice, &salt, root
                )),
            Error::<T>::CommitmentMismatch
        );
        Reveals::<T>::remove((datanet, number, seat));
        Self::deposit_event(Event::SliceRevealed {
            datanet,
            round: number,
            seat,
            provider,
            slice,
            root,
            batches: reveal.next,
        });
        if let Some(picked) = round.seats.get_mut(usize::from(seat)) {
            picked.root = Some(root);
        }
        Self::put_revealed(datanet, number, round);
        Ok(taken.measured(&recipe))
    }

    /// Stores a round of which one slice more is revealed: `Revealed`, if it was the last.
    fn put_revealed(datanet: DatanetId, number: RoundNumber, mut round: RoundOf<T>) {
        let roots: Option<Vec<H256>> = round.seats.iter().map(|seat| seat.root).collect();
        let Some(roots) = roots else {
            Rounds::<T>::insert(datanet, number, round);
            return;
        };
        round.inputs = roots.into_iter().fold(round.inputs, hashing::extend_inputs);
        round.phase = Phase::Revealed;
        round.deadline = None;
        round.revealed_at = Self::now();
        Self::put_round(datanet, number, round);
    }
}

/// Whether a provider may have one of so many seats more than it has among these.
fn has_room<AccountId: PartialEq>(
    holders: &[AccountId],
    seats: usize,
    provider: &AccountId,
) -> bool {
    let held = holders.iter().filter(|holder| *holder == provider).count();
    // There is a seat for each provider.
    held < most_seats(seats as u32) as usize
}

/// Takes one of the slices that can still be picked, of the providers that `eligible` knows. `draw` chooses among so many.
fn pick<AccountId: Clone>(
    benchmark: &mut crate::Benchmark<AccountId>,
    eligible: impl Fn(&AccountId) -> bool,
    draw: impl FnOnce(u64) -> u64,
) -> Option<(AccountId, u8)> {
    let choices: Vec<(usize, u8)> = benchmark
        .iter()
        .enumerate()
        .filter(|(_, slices)| eligible(&slices.provider))
        .flat_map(|(index, slices)| slices.unpicked().map(move |number| (index, number)))
        .collect();
    if choices.is_empty() {
        return None;
    }
    let (index, number) = *choices.get(draw(choices.len() as u64) as usize)?;
    let slices = benchmark.get_mut(index)?;
    slices.picked |= 1 << number;
    Some((slices.provider.clone(), number))
}

/// A slice of which nothing is revealed.
fn empty_reveal<T: Config>(recipe: &Recipe) -> Result<Reveal, Error<T>> {
    Ok(Reveal {
        next: 0,
        records: Default::default(),
        bytes: 0,
        classes: vec![0; recipe.classes.into()]
            .try_into()
            .map_err(|_| Error::<T>::InvalidClasses)?,
    })
}
