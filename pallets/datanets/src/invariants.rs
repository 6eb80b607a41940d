//! What is true between any two calls.

use alloc::{collections::BTreeMap, vec::Vec};

use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;
use tributary_primitives::{
    datanets::{most_seats, Evidence, Phase, MAX_CONTRIBUTIONS, MIN_SLICES},
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Range,
    Balance,
};

use crate::{
    Admitted, Benchmarks, Config, Contributions, Datanets, Deliveries, Epochs, HoldReason,
    LastEpoch, Metadata, Newcomers, NextDatanet, Pallet, Pledges, Recipes, Reveals, RoundOf,
    Rounds, Status, Waiting, EPOCHS_KEPT,
};

type Sums<T> = BTreeMap<<T as frame_system::Config>::AccountId, Balance>;

impl<T: Config> Pallet<T> {
    /// Checks every invariant of the pallet.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::try_datanets()?;
        Self::try_rounds()?;
        Self::try_phases()?;
        Self::try_contributions()?;
        Self::try_pending()?;
        Self::try_admitted()?;
        Self::try_consent()?;
        Self::try_benchmarks()?;
        Self::try_leftovers()?;
        Self::try_epochs()?;
        Self::try_holds()
    }

    /// Datanets are numbered from 0 without gaps. Each has metadata and a valid recipe, divisible among its providers, or with enough
    /// attestors, of whom none is there twice; none is offered to its own steward.
    fn try_datanets() -> Result<(), TryRuntimeError> {
        let count = NextDatanet::<T>::get() as usize;
        ensure!(
            Datanets::<T>::iter_keys().count() == count
                && Recipes::<T>::iter_keys().count() == count
                && Metadata::<T>::iter_keys().count() == count,
            "there are not as many datanets as identifiers"
        );
        for (id, datanet) in Datanets::<T>::iter() {
            ensure!(
                id < NextDatanet::<T>::get(),
                "a datanet has an identifier that was not given"
            );
            ensure!(Metadata::<T>::contains_key(id), "a datanet has no metadata");
            let recipe = Recipes::<T>::get(id).ok_or("a datanet has no recipe")?;
            Self::ensure_valid(&recipe).map_err(|_| "a recipe does not follow the rules")?;
            let providers = &datanet.providers;
            ensure!(
                providers.is_empty()
                    || Self::ensure_can_measure(&recipe, providers.len() as u32).is_ok(),
                "a benchmark cannot be divided among the providers, or attestors are too few"
            );
            ensure!(
                (1..providers.len()).all(|index| !providers[..index].contains(&providers[index])),
                "a provider is appointed twice"
            );
            ensure!(
                datanet.offered.as_ref() != Some(&datanet.steward),
                "a datanet is offered to its steward"
            );
        }
        Ok(())
    }

    /// The rounds of a datanet are numbered from 1 without gaps, and their contributions follow each other from 0 to the next number
    /// of the datanet, at most 1,024 in each.
    fn try_rounds() -> Result<(), TryRuntimeError> {
        let mut rounds = 0usize;
        for (id, datanet) in Datanets::<T>::iter() {
            let mut next: ContributionNumber = 0;
            for number in 1..=datanet.rounds {
                let round = Rounds::<T>::get(id, number).ok_or("a round is missing")?;
                ensure!(
                    round.first == next,
                    "a round does not begin where the last one ends"
                );
                ensure!(
                    round.committed <= MAX_CONTRIBUTIONS && round.delivered <= round.committed,
                    "a round has too many contributions"
                );
                next = next
                    .checked_add(round.committed)
                    .ok_or("too many contributions")?;
                rounds += 1;
            }
            ensure!(
                next == datanet.contributions,
                "the next contribution has the wrong number"
            );
        }
        ensure!(
            Rounds::<T>::iter_keys().count() == rounds,
            "there is a round that no datanet has"
        );
        Ok(())
    }

    /// Only the last round of a datanet is `Committing`; all before a round that is past `Delivering` have ended. There is a seat for each
    /// provider, and nobody has more of them than it may have. Deadlines,
    /// randomness, seats, roots and outcomes are there in the phases that have them, and only there. An attested round has no seats, and is
    /// never `Frozen`.
    fn try_phases() -> Result<(), TryRuntimeError> {
        for (id, number, round) in Rounds::<T>::iter() {
            let last = Datanets::<T>::get(id).map(|datanet| datanet.rounds);
            ensure!(
                round.phase != Phase::Committing || last == Some(number),
                "an earlier round takes commitments"
            );
            let before = number.checked_sub(1).and_then(|n| Rounds::<T>::get(id, n));
            ensure!(
                matches!(round.phase, Phase::Committing | Phase::Delivering)
                    || before.is_none_or(|before| before.ended()),
                "a round froze or came to nothing before the last one ended"
            );
            let picked = !round.seats.is_empty();
            ensure!(
                !picked || round.seats.len() == round.providers.len(),
                "a round has not one seat for each provider"
            );
            let most = most_seats(round.providers.len() as u32) as usize;
            ensure!(
                round.seats.iter().all(|seat| {
                    let same = round
                        .seats
                        .iter()
                        .filter(|other| other.provider == seat.provider);
                    same.count() <= most
                }),
                "a provider has more seats than it may have"
            );
            ensure!(
                picked == round.randomness.is_some(),
                "slices and what picks them are not there together"
            );
            let recipe = Recipes::<T>::get(id).ok_or("a datanet has no recipe")?;
            let attested = recipe.evidence != Evidence::Open;
            let revealed = picked != attested && round.seats.iter().all(|seat| seat.root.is_some());
            let right = match round.phase {
                Phase::Committing | Phase::Delivering => {
                    round.deadline.is_some() && round.frozen.is_none() && !picked
                }
                Phase::Frozen => {
                    round.deadline.is_some() == picked
                        && round.frozen.is_some()
                        && !revealed
                        && !attested
                }
                Phase::Revealed | Phase::Published | Phase::Final => {
                    round.deadline.is_none() && round.frozen.is_some() && revealed
                }
                Phase::Void => round.deadline.is_none(),
            };
            ensure!(right, "a round has what its phase does not have");
            ensure!(
                (round.phase == Phase::Final) == round.outcome.is_some(),
                "a round that is not final has an outcome"
            );
            ensure!(
                round.revealed_at <= Self::now(),
                "a round was revealed in a block to come"
            );
        }
        Ok(())
    }

    /// Each round has the contributions of its phase: `Committed` or `Delivered` ones while it is open, `Delivered` ones while it is
    /// valued, `Admitted` and `Rejected` ones when it is final, no `Committed` ones when it is void. How far a contribution is
    /// delivered is kept of `Committed` ones only, and all of these.
    fn try_contributions() -> Result<(), TryRuntimeError> {
        let mut seen = 0usize;
        let mut pending = 0usize;
        for (id, number, round) in Rounds::<T>::iter() {
            let found: Vec<_> = round
                .numbers()
                .filter_map(|n| Some((n, Contributions::<T>::get(id, n)?)))
                .collect();
            seen += found.len();
            let with = |status: Status| {
                found
                    .iter()
                    .filter(|(_, contribution)| contribution.status == status)
                    .count()
            };
            let (committed, delivered) = (round.committed as usize, round.delivered as usize);
            let right = match round.phase {
                Phase::Committing => with(Status::Committed) == committed && delivered == 0,
                Phase::Delivering => {
                    with(Status::Delivered) == delivered
                        && with(Status::Committed) + delivered == committed
                }
                Phase::Frozen | Phase::Revealed | Phase::Published if round.carried == 0 => {
                    with(Status::Delivered) == delivered && found.len() == delivered
                }
                // Its own wait, and can be reclaimed.
                Phase::Frozen | Phase::Revealed | Phase::Published => {
                    with(Status::Delivered) == found.len() && found.len() <= delivered
                }
                // Rejected ones can be reclaimed, and those that wait.
                Phase::Final if round.carried == 0 => {
                    with(Status::Admitted) + with(Status::Rejected) == found.len()
                        && found.len() <= delivered
                }
                Phase::Final | Phase::Void => {
                    with(Status::Committed) == 0 && found.len() <= delivered
                }
            };
            ensure!(
                right,
                "a round has contributions that its phase does not have"
            );
            for (n, contribution) in found {
                ensure!(
                    contribution.committed_to == number
                        && (contribution.round == number
                            || (round.phase == Phase::Void || round.carried > 0)
                                && contribution.round > number),
                    "a contribution names another round"
                );
                let recipe = Recipes::<T>::get(id).ok_or("a datanet has no recipe")?;
                ensure!(
                    recipe
                        .bytes(contribution.records)
                        .contains(&contribution.bytes)
                        && Deliveries::<T>::get(id, n)
                            .is_none_or(|delivery| delivery.bytes <= contribution.bytes),
                    "a contribution has more or fewer bytes than its records can have"
                );
                let open = contribution.status == Status::Committed;
                ensure!(
                    open == Deliveries::<T>::contains_key(id, n),
                    "a delivery is not that of a contribution to be delivered"
                );
                ensure!(
                    open == contribution.root.is_zero(),
                    "a contribution has a root before it is delivered, or none after"
                );
                ensure!(
                    (contribution.value > 0) == (contribution.status == Status::Admitted),
                    "a contribution is admitted for another reason than its value"
                );
                ensure!(
                    contribution.authors == 0 || contribution.status != Status::Rejected,
                    "a contribution that earns nothing has authors"
                );
                pending += usize::from(open);
            }
        }
        ensure!(
            Contributions::<T>::iter_keys().count() == seen,
            "there is a contribution that no round has"
        );
        ensure!(
            Deliveries::<T>::iter_keys().count() == pending,
            "there is a delivery that no contribution has"
        );
        Ok(())
    }

    /// A delivered contribution without a value is listed once if its own round is past `Delivering`, in the round that values it or
    /// among those that wait behind it; nowhere if its own round is open. A round values its own, or what one void round left. All
    /// contributions without a value are counted, at most 1,024.
    fn try_pending() -> Result<(), TryRuntimeError> {
        for (id, datanet) in Datanets::<T>::iter() {
            let mut listed = Vec::new();
            for number in 1..=datanet.rounds {
                let round = Rounds::<T>::get(id, number).ok_or("a round is missing")?;
                let newcomers = Newcomers::<T>::get(id, number);
                let valued = matches!(
                    round.phase,
                    Phase::Frozen | Phase::Revealed | Phase::Published
                );
                let expected = match round.carried {
                    0 => round.delivered,
                    carried => carried,
                };
                ensure!(
                    !valued || newcomers.len() as u32 == expected,
                    "a round does not list what it values"
                );
                let mut left_by = None;
                for newcomer in &newcomers {
                    let found = Contributions::<T>::get(id, newcomer.number)
                        .ok_or("a contribution is listed that is not there")?;
                    let own = found.committed_to == number;
                    let together = *left_by.get_or_insert(found.committed_to) == found.committed_to;
                    ensure!(
                        found.round == number && own == (round.carried == 0) && together,
                        "a round lists another's contributions as its own"
                    );
                }
                listed.extend(newcomers);
            }
            listed.extend(Waiting::<T>::get(id));
            ensure!(
                listed
                    .windows(2)
                    .all(|pair| pair[0].number < pair[1].number),
                "a contribution is listed twice, or not in its place"
            );
            let mut pending = 0;
            for (n, contribution) in Contributions::<T>::iter_prefix(id) {
                let open = Rounds::<T>::get(id, contribution.round).is_some_and(|round| {
                    matches!(round.phase, Phase::Committing | Phase::Delivering)
                });
                let waits = contribution.status == Status::Delivered && !open;
                let place = listed.iter().find(|newcomer| newcomer.number == n);
                ensure!(
                    waits == place.is_some(),
                    "a contribution waits for its value and is not listed, or the other way round"
                );
                ensure!(
                    place.is_none_or(|newcomer| newcomer.records == contribution.records),
                    "a contribution is listed with another number of records"
                );
                pending += u32::from(matches!(
                    contribution.status,
                    Status::Committed | Status::Delivered
                ));
            }
            ensure!(
                pending == datanet.pending && pending <= MAX_CONTRIBUTIONS,
                "the contributions without a value are not counted, or too many"
            );
        }
        Ok(())
    }

    /// The weights of a datanet are those of its admitted contributions, in the order of their numbers.
    fn try_admitted() -> Result<(), TryRuntimeError> {
        for (id, datanet) in Datanets::<T>::iter() {
            let mut range = Range::default();
            for number in 0..datanet.contributions {
                let Some(contribution) = Contributions::<T>::get(id, number)
                    .filter(|contribution| contribution.status == Status::Admitted)
                else {
                    continue;
                };
                let weight = u128::try_from(contribution.value)
                    .map_err(|_| "an admitted contribution has no weight")?;
                range
                    .append(
                        hashing::weight_leaf(number, &contribution.contributor),
                        weight,
                    )
                    .map_err(|_| "the weights overflow")?;
            }
            ensure!(
                Admitted::<T>::get(id) == range,
                "the weights are not those of the admitted contributions"
            );
        }
        Ok(())
    }

    /// Consent is withdrawn of admitted contributions only, from a round on that was to freeze after they were admitted, and not later than
    /// the next to freeze. The last round that froze is known. A round that froze leaves out what was withdrawn from it or an earlier one on, a
    /// datanet's weights all.
    fn try_consent() -> Result<(), TryRuntimeError> {
        for (id, datanet) in Datanets::<T>::iter() {
            let mut withdrawn = Vec::new();
            for (_, contribution) in Contributions::<T>::iter_prefix(id) {
                let Some(since) = contribution.withdrawn else {
                    continue;
                };
                ensure!(
                    contribution.status == Status::Admitted
                        && contribution.round < since
                        && since.checked_sub(1) <= Some(datanet.frozen),
                    "consent is withdrawn of what is not admitted, or from the wrong round on"
                );
                let weight = u128::try_from(contribution.value)
                    .map_err(|_| "an admitted contribution has no weight")?;
                withdrawn.push((since, weight));
            }
            let until = |round: RoundNumber| {
                withdrawn
                    .iter()
                    .filter(|(since, _)| *since <= round)
                    .try_fold(0u128, |sum, (_, weight)| sum.checked_add(*weight))
            };
            ensure!(
                until(RoundNumber::MAX) == Some(datanet.withdrawn),
                "the weight that is withdrawn is not that of the contributions"
            );
            let mut frozen = 0;
            for number in 1..=datanet.rounds {
                let round = Rounds::<T>::get(id, number).ok_or("a round is missing")?;
                if round.frozen.is_some() {
                    frozen = number;
                }
                let expected = match round.frozen {
                    Some(_) => until(number),
                    None => Some(0),
                };
                ensure!(
                    expected == Some(round.withdrawn),
                    "a round leaves out something else than what was withdrawn before it froze"
                );
            }
            ensure!(
                frozen == datanet.frozen,
                "another round than the last one to freeze is known as that"
            );
        }
        Ok(())
    }

    /// Slices are those of providers of their round, each once and at least four, and never of an attested one. A slice is picked for at most one seat that is not yet
    /// revealed, and no seat waits for a silent provider; a bond is 0 if and only if its provider was silent.
    fn try_benchmarks() -> Result<(), TryRuntimeError> {
        for (id, number, benchmark) in Benchmarks::<T>::iter() {
            let round = Rounds::<T>::get(id, number).ok_or("slices are those of no round")?;
            ensure!(!round.ended(), "slices of a round that ended are kept");
            ensure!(
                Recipes::<T>::get(id).is_some_and(|recipe| recipe.evidence == Evidence::Open),
                "attestors have slices"
            );
            for (index, slices) in benchmark.iter().enumerate() {
                ensure!(
                    round.providers.contains(&slices.provider)
                        && benchmark[..index]
                            .iter()
                            .all(|other| other.provider != slices.provider),
                    "a provider committed twice, or was not appointed"
                );
                ensure!(
                    slices.hashes.len() >= MIN_SLICES as usize,
                    "a provider committed too few slices"
                );
                ensure!(
                    slices.silent == (slices.bond == 0),
                    "a bond is not there, or not burnt"
                );
                ensure!(
                    slices
                        .picked
                        .checked_shr(slices.hashes.len() as u32)
                        .unwrap_or(0)
                        == 0,
                    "a slice was picked that was not committed"
                );
            }
            Self::try_seats(&round, &benchmark)?;
        }
        Ok(())
    }

    fn try_seats(
        round: &RoundOf<T>,
        benchmark: &crate::BenchmarkOf<T>,
    ) -> Result<(), TryRuntimeError> {
        for (index, seat) in round.seats.iter().enumerate() {
            let slices = benchmark
                .iter()
                .find(|slices| slices.provider == seat.provider)
                .ok_or("a seat has a provider without slices")?;
            ensure!(
                slices.picked & (1 << seat.slice) != 0,
                "a seat has a slice that was not picked"
            );
            ensure!(
                seat.root.is_some() || !slices.silent,
                "a seat waits for a silent provider"
            );
            ensure!(
                round.seats[..index]
                    .iter()
                    .all(|other| (&other.provider, other.slice) != (&seat.provider, seat.slice)),
                "two seats have the same slice"
            );
        }
        Ok(())
    }

    /// What is kept only while a round goes on is gone when it has ended. What is kept of a slice is of a seat that is not yet revealed.
    fn try_leftovers() -> Result<(), TryRuntimeError> {
        for (id, number) in Newcomers::<T>::iter_keys() {
            let phase = Rounds::<T>::get(id, number).map(|round| round.phase);
            ensure!(
                matches!(
                    phase,
                    Some(Phase::Frozen | Phase::Revealed | Phase::Published)
                ),
                "newcomers are listed of a round that is not valued"
            );
        }
        for (id, number, seat) in Reveals::<T>::iter_keys() {
            let round = Rounds::<T>::get(id, number).ok_or("a slice is that of no round")?;
            ensure!(
                round.phase == Phase::Frozen
                    && round
                        .seats
                        .get(usize::from(seat))
                        .is_some_and(|seat| seat.root.is_none()),
                "a slice is kept that need not be revealed"
            );
        }
        for (id, _, pledge) in Pledges::<T>::iter() {
            ensure!(
                Datanets::<T>::contains_key(id) && pledge.price > 0 && pledge.budget > 0,
                "a pledge has no datanet, price or budget"
            );
        }
        Ok(())
    }

    /// The ring holds the last changes of epoch, as many as were recorded and at most 64, in the order in which they came.
    fn try_epochs() -> Result<(), TryRuntimeError> {
        let Some(last) = LastEpoch::<T>::get() else {
            ensure!(
                Epochs::<T>::iter_keys().next().is_none(),
                "an epoch is recorded but not counted"
            );
            return Ok(());
        };
        let kept = last.recorded.min(EPOCHS_KEPT);
        ensure!(
            Epochs::<T>::iter_keys().count() as u64 == kept,
            "not all epochs are kept"
        );
        let mut later: Option<crate::EpochRecord> = None;
        for back in 1..=kept {
            let record = Epochs::<T>::get((last.recorded - back) % EPOCHS_KEPT)
                .ok_or("an epoch is missing")?;
            match later {
                None => ensure!(
                    record.epoch == last.epoch,
                    "the last epoch is not that recorded last"
                ),
                Some(later) => ensure!(
                    record.epoch != later.epoch && record.start < later.start,
                    "epochs are not in order"
                ),
            }
            later = Some(record);
        }
        Ok(())
    }

    /// What accounts have on hold is what is stored: deposits of datanets, pledges with their deposits, bonds and fees of contributions
    /// not yet valued, what valued ones keep for their places, bonds of providers.
    fn try_holds() -> Result<(), TryRuntimeError> {
        let mut deposits = Sums::<T>::new();
        for (_, datanet) in Datanets::<T>::iter() {
            add::<T>(&mut deposits, datanet.steward, datanet.deposit)?;
        }
        let mut pledges = Sums::<T>::new();
        for (_, sponsor, pledge) in Pledges::<T>::iter() {
            add::<T>(&mut pledges, sponsor, Self::pledge_hold(&pledge)?)?;
        }
        let mut bonds = Sums::<T>::new();
        let mut fees = Sums::<T>::new();
        for (id, _, contribution) in Contributions::<T>::iter() {
            let who = contribution.contributor.clone();
            add::<T>(&mut bonds, who.clone(), contribution.bond)?;
            let fee = match contribution.status {
                Status::Committed | Status::Delivered => Self::fee_at(id, contribution.records)?,
                Status::Admitted | Status::Rejected => 0,
            };
            add::<T>(&mut fees, who, fee)?;
        }
        let mut providers = Sums::<T>::new();
        for (_, _, benchmark) in Benchmarks::<T>::iter() {
            for slices in benchmark {
                add::<T>(&mut providers, slices.provider, slices.bond)?;
            }
        }

        Self::try_held(HoldReason::Datanet, &deposits)?;
        Self::try_held(HoldReason::Pledge, &pledges)?;
        Self::try_held(HoldReason::Contribution, &bonds)?;
        Self::try_held(HoldReason::ValuationFee, &fees)?;
        Self::try_held(HoldReason::Provider, &providers)
    }

    fn fee_at(datanet: DatanetId, records: u16) -> Result<Balance, TryRuntimeError> {
        let recipe = Recipes::<T>::get(datanet).ok_or("a datanet has no recipe")?;
        Self::fee_of(&recipe, records)
    }

    /// Every account of this chain has on hold what `sums` says, those that it does not name nothing.
    fn try_held(reason: HoldReason, sums: &Sums<T>) -> Result<(), TryRuntimeError> {
        let reason = reason.into();
        for (who, _) in frame_system::Account::<T>::iter() {
            ensure!(
                T::Currency::balance_on_hold(&reason, &who) == sums.get(&who).copied().unwrap_or(0),
                "an account has more or less on hold than is stored"
            );
        }
        ensure!(
            sums.iter()
                .all(|(who, sum)| *sum == 0 || frame_system::Account::<T>::contains_key(who)),
            "an account that is gone should have money on hold"
        );
        Ok(())
    }
}

fn add<T: Config>(
    sums: &mut Sums<T>,
    who: T::AccountId,
    amount: Balance,
) -> Result<(), TryRuntimeError> {
    let sum = sums.entry(who).or_default();
    *sum = sum.checked_add(amount).ok_or("more is on hold than fits")?;
    Ok(())
}
