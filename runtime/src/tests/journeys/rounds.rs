//! A datanet and its rounds, as the people who play them see them.

use super::{
    assets::publish,
    records::{count_of, records, records_root, relabelled, Evaluation, Kind, World},
    texts::texts,
    *,
};
use crate::currency::{MICRO, MILLI, TRIB};
use pallet_datanets::{Call, Event, LastEpoch, Status};
use std::collections::BTreeMap;
use tributary_primitives::{
    assets::Pool,
    datanets::{Encoder, Evidence, Periods, Phase, Recipe, KERNEL},
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber, TermsId},
    licences::LicenceTerms,
    merkle::prove,
    valuation::{Challenge, Params},
};

/// The classes: each is a corner of the space.
pub(super) const CLASSES: u8 = 4;
/// Paid for an accuracy of 1.0.
pub(super) const PRICE: Balance = 1_000 * TRIB;
/// The most that a sponsor pays for a round.
pub(super) const BUDGET: Balance = 900 * TRIB;
/// Everybody's. What is secret elsewhere need not be here.
pub(super) const SALT: [u8; 32] = [7; 32];
/// How many slices a provider commits.
const SLICES: u8 = 4;

/// A small recipe.
pub(super) fn recipe() -> Recipe {
    Recipe {
        evidence: Evidence::Open,
        encoder: Encoder::Vector,
        dimension: 4,
        classes: CLASSES.into(),
        neighbours: 3,
        horizon: 5,
        radius: 2,
        benchmark: 8,
        min_records: 4,
        max_records: 64,
        deposit_per_byte: 10 * MILLI,
        fee_per_record: 333 * MICRO,
        provider_bond: 50 * TRIB,
        evaluator_bond: 50 * TRIB,
        providers_share: Perbill::from_percent(3),
        evaluator_share: Perbill::from_percent(3),
        steward_share: Perbill::from_percent(2),
        vesting: 2,
        periods: Periods {
            committing: 10,
            delivering: 12,
            revealing: 8,
            publishing: 4,
            challenging: 4,
            window: 20,
        },
        kernel: KERNEL,
    }
}

/// A datanet, and what its people keep of its data.
pub(super) struct Datanet {
    pub(super) id: DatanetId,
    pub(super) recipe: Recipe,
    records: BTreeMap<ContributionNumber, Vec<u8>>,
    /// The provider whose slices have wrong labels.
    pub(super) mislabels: Option<Person>,
}

impl Datanet {
    /// Creates a datanet whose benchmark the provider supplies.
    pub(super) fn create(chain: &mut Chain, terms: LicenceTerms) -> Self {
        Self::create_with(chain, recipe(), terms)
    }

    /// Creates a datanet with a recipe.
    pub(super) fn create_with(chain: &mut Chain, recipe: Recipe, terms: LicenceTerms) -> Self {
        let terms = publish(chain, STEWARD, terms);
        let datanet = Self::create_unmeasured(chain, recipe, terms);
        datanet.appoint(chain, &[PROVIDER]);
        datanet
    }

    /// Creates a datanet without providers.
    pub(super) fn create_unmeasured(chain: &mut Chain, recipe: Recipe, terms: TermsId) -> Self {
        let call = Call::create {
            recipe: recipe.clone(),
            terms,
            metadata: b"Corners".to_vec(),
        };
        let events = chain.must(STEWARD, RuntimeCall::Datanets(call));
        Self {
            id: found(&events, |event| match event {
                RuntimeEvent::Datanets(Event::DatanetCreated { datanet, .. }) => Some(*datanet),
                _ => None,
            }),
            recipe,
            records: BTreeMap::new(),
            mislabels: None,
        }
    }

    /// A datanet with a final round of two honest contributions.
    pub(super) fn played(chain: &mut Chain, terms: LicenceTerms) -> Self {
        let mut datanet = Self::create(chain, terms);
        let contributions = HONEST[..2]
            .iter()
            .map(|who| (*who, records(who.to_account_id(), 0..CLASSES, 2)));
        datanet.play(chain, None, contributions.collect());
        datanet
    }

    fn kind(&self) -> Kind {
        (self.recipe.encoder, self.recipe.dimension)
    }

    pub(super) fn pool(&self, round: RoundNumber) -> Pool {
        Pool {
            datanet: self.id,
            round,
        }
    }

    pub(super) fn round(&self, round: RoundNumber) -> pallet_datanets::RoundOf<Runtime> {
        Datanets::round(self.id, round).expect("the round is open")
    }

    pub(super) fn contribution(
        &self,
        number: ContributionNumber,
    ) -> pallet_datanets::ContributionOf<Runtime> {
        Datanets::contribution(self.id, number).expect("the contribution is there")
    }

    pub(super) fn appoint(&self, chain: &mut Chain, providers: &[Person]) {
        let call = Call::appoint_providers {
            datanet: self.id,
            providers: providers.iter().copied().map(account).collect(),
        };
        chain.must(STEWARD, RuntimeCall::Datanets(call));
    }

    /// Opens the next round, with a pledge of the sponsor if there is one.
    pub(super) fn open(&self, chain: &mut Chain, sponsor: Option<Person>) -> RoundNumber {
        let found = pallet_datanets::Datanets::<Runtime>::get(self.id).expect("it is created");
        let round = found.rounds + 1;
        if let Some(sponsor) = sponsor {
            let call = Call::pledge {
                datanet: self.id,
                round,
                providers: found.providers.to_vec(),
                price: PRICE,
                budget: BUDGET,
            };
            chain.must(sponsor, RuntimeCall::Datanets(call));
        }
        let call = Call::open_round {
            datanet: self.id,
            sponsor: sponsor.map(account),
        };
        chain.must(person(&found.steward), RuntimeCall::Datanets(call));
        round
    }

    pub(super) fn commit(
        &mut self,
        chain: &mut Chain,
        who: Person,
        round: RoundNumber,
        records: Vec<u8>,
    ) -> ContributionNumber {
        let root = records_root(self.kind(), &records);
        let call = Call::commit {
            datanet: self.id,
            round,
            commitment: hashing::commitment(&account(who), self.id, round, &SALT, root),
            records: count_of(self.kind(), &records),
            bytes: records.len() as u32,
        };
        let events = chain.must(who, RuntimeCall::Datanets(call));
        let number = found(&events, |event| match event {
            RuntimeEvent::Datanets(Event::ContributionCommitted { contribution, .. }) => {
                Some(*contribution)
            }
            _ => None,
        });
        self.records.insert(number, records);
        number
    }

    /// The records of a slice.
    fn slice(&self, round: RoundNumber, provider: Person, slice: u8) -> Vec<u8> {
        let providers = self.round(round).providers.len() as u16;
        let count = self.recipe.benchmark / u16::from(CLASSES) / providers;
        let right = match self.recipe.encoder {
            Encoder::Vector => records((account(provider), round, slice), 0..CLASSES, count),
            Encoder::Text => texts(500 + usize::from(slice) * 10, count.into()),
        };
        if self.mislabels == Some(provider) {
            return relabelled(right, |label| (label + 1) % CLASSES);
        }
        right
    }

    pub(super) fn commit_slices(&self, chain: &mut Chain, provider: Person, round: RoundNumber) {
        let hash = |slice| {
            let root = records_root(self.kind(), &self.slice(round, provider, slice));
            hashing::slice_commitment(&account(provider), self.id, round, slice, &SALT, root)
        };
        let call = Call::commit_slices {
            datanet: self.id,
            round,
            hashes: (0..SLICES).map(hash).collect(),
        };
        chain.must(provider, RuntimeCall::Datanets(call));
    }

    /// Asks for a round to move on.
    pub(super) fn advancing(&self, round: RoundNumber) -> RuntimeCall {
        RuntimeCall::Datanets(Call::advance {
            datanet: self.id,
            round,
        })
    }

    /// Moves a round on, after its deadline if it has one that matters.
    pub(super) fn advance(&self, chain: &mut Chain, round: RoundNumber) -> Phase {
        let found = self.round(round);
        let all_there = found.phase == Phase::Delivering && found.delivered == found.committed;
        if let Some(deadline) = found.deadline.filter(|_| !all_there) {
            chain.reach(deadline + 1);
        }
        chain.must(ANYBODY, self.advancing(round));
        self.round(round).phase
    }

    /// Delivers a whole contribution at once.
    pub(super) fn delivery(&self, number: ContributionNumber) -> RuntimeCall {
        RuntimeCall::Datanets(Call::deliver {
            datanet: self.id,
            round: self.contribution(number).committed_to,
            contribution: number,
            batch: 0,
            records: self.records[&number].clone(),
            salt: Some(SALT),
        })
    }

    /// Delivers the root of a contribution to an attested round, and says where its records lie.
    pub(super) fn reference(&self, number: ContributionNumber) -> RuntimeCall {
        RuntimeCall::Datanets(Call::deliver_reference {
            datanet: self.id,
            round: self.contribution(number).committed_to,
            contribution: number,
            root: records_root(self.kind(), &self.records[&number]),
            reference: b"https://example.org/corners".to_vec(),
            salt: SALT,
        })
    }

    pub(super) fn deliver(&self, chain: &mut Chain, number: ContributionNumber) {
        let who = person(&self.contribution(number).contributor);
        chain.must(who, self.delivery(number));
    }

    /// Waits for the randomness that picks a frozen round's slices, and picks them.
    pub(super) fn pick(&self, chain: &mut Chain, round: RoundNumber) {
        let frozen = self.round(round).frozen.expect("the round is frozen");
        // The second change of epoch after the freeze.
        while LastEpoch::<Runtime>::get().is_none_or(|last| last.recorded < frozen + 2) {
            chain.next();
        }
        self.advance(chain, round);
    }

    /// Reveals what was picked.
    pub(super) fn reveal(&self, chain: &mut Chain, round: RoundNumber) {
        for seat in 0..self.round(round).seats.len() as u8 {
            self.reveal_seat(chain, round, seat);
        }
        assert_eq!(self.round(round).phase, Phase::Revealed);
    }

    /// Reveals what was picked for a seat.
    pub(super) fn reveal_seat(&self, chain: &mut Chain, round: RoundNumber, seat: u8) {
        let picked = self.round(round).seats[usize::from(seat)].clone();
        let provider = person(&picked.provider);
        let call = Call::reveal {
            datanet: self.id,
            round,
            seat,
            batch: 0,
            records: self.slice(round, provider, picked.slice),
            salt: Some(SALT),
        };
        chain.must(provider, RuntimeCall::Datanets(call));
    }

    /// The contributions admitted up to a round, ascending.
    pub(super) fn admitted(&self, round: RoundNumber) -> Vec<ContributionNumber> {
        let contributions = pallet_datanets::Contributions::<Runtime>::iter_prefix(self.id);
        let mut admitted: Vec<_> = contributions
            .filter(|(_, found)| found.status == Status::Admitted && found.round <= round)
            .map(|(number, _)| number)
            .collect();
        admitted.sort_unstable();
        admitted
    }

    /// Values a round that is revealed, from the records.
    pub(super) fn value(&self, round: RoundNumber) -> Evaluation {
        self.value_by(round, &self.slices(round))
    }

    /// Values a round by a benchmark.
    pub(super) fn value_by(&self, round: RoundNumber, benchmark: &[Vec<u8>]) -> Evaluation {
        let newcomers = Datanets::newcomers(self.id, round);
        let new: Vec<_> = newcomers.iter().map(|newcomer| newcomer.number).collect();
        Evaluation::of(
            self.kind(),
            &Params::from(&self.recipe),
            &self.known(&self.admitted(round)),
            &self.known(&new),
            benchmark,
        )
    }

    /// The revealed benchmark of a round.
    fn slices(&self, round: RoundNumber) -> Vec<Vec<u8>> {
        let seats = self.round(round).seats;
        seats
            .iter()
            .map(|seat| self.slice(round, person(&seat.provider), seat.slice))
            .collect()
    }

    /// Contributions with their records.
    fn known(&self, numbers: &[ContributionNumber]) -> Vec<(ContributionNumber, &[u8])> {
        let known = numbers
            .iter()
            .map(|number| (*number, self.records[number].as_slice()));
        known.collect()
    }

    /// Commits and publishes a right proposal.
    pub(super) fn evaluate(
        &self,
        chain: &mut Chain,
        evaluator: Person,
        round: RoundNumber,
    ) -> Evaluation {
        let evaluation = self.value(round);
        self.propose(chain, evaluator, round, &evaluation);
        evaluation
    }

    /// Commits and publishes a proposal.
    pub(super) fn propose(
        &self,
        chain: &mut Chain,
        evaluator: Person,
        round: RoundNumber,
        evaluation: &Evaluation,
    ) {
        use pallet_valuation::Call;
        let datanet = self.id;
        let commitment =
            hashing::proposal_commitment(&account(evaluator), datanet, round, evaluation.payload());
        let mut calls = vec![Call::commit_proposal {
            datanet,
            round,
            commitment,
        }];
        if !evaluation.shadows.is_empty() {
            calls.push(Call::publish_shadows {
                datanet,
                round,
                chunk: evaluation.shadows.clone().try_into().expect("few"),
            });
        }
        calls.push(Call::publish_rows {
            datanet,
            round,
            inputs: evaluation.inputs,
            rows: evaluation.rows.clone().try_into().expect("few"),
        });
        for call in calls {
            chain.must(evaluator, RuntimeCall::Valuation(call));
        }
    }

    /// What a challenger finds wrong in a proposal for a round, and its proof.
    pub(super) fn challenge(
        &self,
        round: RoundNumber,
        published: &Evaluation,
    ) -> Option<Challenge> {
        let newcomers = Datanets::newcomers(self.id, round);
        let new: Vec<_> = newcomers.iter().map(|newcomer| newcomer.number).collect();
        let admitted = self.admitted(round);
        let numbers = [admitted.as_slice(), &new].concat();
        let world = World {
            kind: self.kind(),
            params: Params::from(&self.recipe),
            first: new[0],
            contributions: self.known(&numbers).into_iter().collect(),
            slices: self.slices(round),
        };
        world.challenge(&self.value(round), published)
    }

    /// Waits for the end of a round's window, and ends it.
    pub(super) fn finalise(&self, chain: &mut Chain, round: RoundNumber) -> Phase {
        chain.reach(Valuation::closes_at(self.id, round).expect("the window is open"));
        let call = pallet_valuation::Call::finalise {
            datanet: self.id,
            round,
        };
        chain.must(ANYBODY, RuntimeCall::Valuation(call));
        self.round(round).phase
    }

    /// Plays the next round from its opening to its values, with all contributions delivered in this order.
    pub(super) fn play(
        &mut self,
        chain: &mut Chain,
        sponsor: Option<Person>,
        contributions: Vec<(Person, Vec<u8>)>,
    ) -> (RoundNumber, Evaluation) {
        let round = self.open(chain, sponsor);
        let numbers: Vec<_> = contributions
            .into_iter()
            .map(|(who, records)| self.commit(chain, who, round, records))
            .collect();
        self.commit_slices(chain, PROVIDER, round);
        assert_eq!(self.advance(chain, round), Phase::Delivering);
        for number in numbers {
            self.deliver(chain, number);
        }
        assert_eq!(self.advance(chain, round), Phase::Frozen);
        self.pick(chain, round);
        self.reveal(chain, round);
        let evaluation = self.evaluate(chain, EVALUATOR, round);
        assert_eq!(self.finalise(chain, round), Phase::Final);
        (round, evaluation)
    }

    /// Asks for what has vested of the awards of a round.
    pub(super) fn vest(&self, round: RoundNumber) -> RuntimeCall {
        let pool = self.pool(round);
        let admitted = self.admitted(round);
        let own = admitted
            .into_iter()
            .filter(|number| self.contribution(*number).round == round)
            .map(|number| (pool, number))
            .collect::<Vec<_>>();
        RuntimeCall::Rewards(pallet_rewards::Call::vest {
            awards: own.try_into().expect("few"),
        })
    }

    /// Claims for a contribution from the pool of a round, with a proof.
    pub(super) fn claim(&self, round: RoundNumber, number: ContributionNumber) -> RuntimeCall {
        let admitted = self.admitted(round);
        let leaves: Vec<_> = admitted
            .iter()
            .map(|number| {
                let found = self.contribution(*number);
                let leaf = hashing::weight_leaf(*number, &found.contributor);
                (leaf, found.value.unsigned_abs())
            })
            .collect();
        let index = admitted
            .binary_search(&number)
            .expect("the contribution is admitted");
        let found = self.contribution(number);
        let claim = pallet_rewards::Claim {
            pool: self.pool(round),
            contribution: number,
            proof: Some(pallet_rewards::Proof {
                account: found.contributor,
                weight: found.value.unsigned_abs(),
                index: index as u32,
                path: prove(&leaves, index as u32).expect("the leaf is there"),
            }),
        };
        RuntimeCall::Rewards(pallet_rewards::Call::claim {
            claims: vec![claim].try_into().expect("one is few"),
        })
    }
}
