//! What the calls cost, at their worst.

use alloc::{vec, vec::Vec};

use frame_benchmarking::v2::*;
use frame_support::{
    pallet_prelude::Hooks,
    traits::fungible::{Inspect, InspectHold},
};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::traits::StaticLookup;
use tributary_primitives::{
    assets::{Pool, MAX_AUTHORS},
    datanets::{
        Encoder, Phase, Recipe, MAX_CONTRIBUTIONS, MAX_DIMENSION, MAX_ENTRIES, MAX_PROVIDERS,
        MAX_RECORDS, MAX_REFERENCE, MAX_SLICES,
    },
    hashing,
    ids::{ContributionNumber, DatanetId, RoundNumber},
    merkle::Range,
    roles::{DataPools, EpochRandomness, Terms},
    Balance,
};

use crate::{
    prepare::{
        account, attested_recipe, authors, change, datanet, funded, list, recipe, round, seat,
    },
    *,
};

const SALT: [u8; 32] = [7; 32];
/// Features of the longest record that is a whole number of KiB.
const KIBIBYTE: u16 = 1_023;
/// Bytes of a text that makes a record of 64: short, so that a KiB of them has nearly as many features that fall on places of their own as
/// any KiB, and yet not so short that records are what is measured.
const SHORT: u16 = 61;
/// Records of a benchmark within the bounds of a recipe with the largest horizon and the most classes.
const ROWS: u16 = 512;

fn ready<T: Config>() {
    frame_system::Pallet::<T>::note_finished_initialize();
}

/// Contribution 0, which is committed to a round. Says whose it is.
fn commitment<T: Config>(datanet: DatanetId, round: RoundNumber) -> T::AccountId {
    let contributor = funded::<T>("contributor", 0);
    let bytes = *recipe::<T>(ROWS).bytes(MAX_RECORDS).end();
    Pallet::<T>::do_commit(
        contributor.clone(),
        datanet,
        round,
        H256::repeat_byte(1),
        MAX_RECORDS,
        bytes,
    )
    .expect("the round takes commitments; qed");
    contributor
}

/// A recipe whose contributions and slices are all records of one class with so many features.
fn plain<T: Config>(dimension: u16, rows: u32) -> Recipe {
    Recipe {
        dimension,
        classes: 1,
        ..recipe::<T>(rows as u16)
    }
}

/// The same for texts, whose vectors are as long as can be.
fn written<T: Config>(rows: u32) -> Recipe {
    Recipe {
        encoder: Encoder::Text,
        ..plain::<T>(MAX_DIMENSION, rows)
    }
}

/// So many records of class 0.
fn records(recipe: &Recipe, count: u32) -> Vec<u8> {
    vec![0; *recipe.bytes(count as u16).end() as usize]
}

/// So many texts of class 0, of `length` bytes each. Every other one is a space: no other text of that length has more features.
fn texts(count: u32, length: u16) -> Vec<u8> {
    let mut seed = 1u32;
    let mut letter = || {
        // Numerical Recipes, section 7.1.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'!' + (seed >> 24) as u8 % 94
    };
    let mut bytes = Vec::new();
    for _ in 0..count {
        bytes.extend(length.to_le_bytes());
        bytes.extend((0..length).map(|place| if place % 2 == 0 { letter() } else { b' ' }));
        bytes.push(0);
    }
    bytes
}

fn root_of(recipe: &Recipe, records: &[u8]) -> H256 {
    let mut range = Range::default();
    for record in recipe.encoder.records(recipe.dimension, records) {
        let record = record.expect("records are whole; qed");
        let features = recipe.encoder.features(recipe.dimension, record.raw);
        let features = features.expect("records can be encoded; qed");
        range
            .append(hashing::record_leaf(record.raw, record.label, &features), 1)
            .expect("there are few records; qed");
    }
    range.root().hash
}

/// A round in phase `Delivering` with one contribution of so many records.
fn delivering<T: Config>(
    recipe: &Recipe,
    count: u32,
    records: &[u8],
) -> (DatanetId, RoundNumber, ContributionNumber, T::AccountId) {
    committed::<T>(
        datanet::<T>(recipe, 1),
        root_of(recipe, records),
        count as u16,
        records.len() as u32,
    )
}

/// A round in phase `Delivering` with one contribution of so many records and bytes, of this root.
fn committed<T: Config>(
    datanet: DatanetId,
    root: H256,
    records: u16,
    bytes: u32,
) -> (DatanetId, RoundNumber, ContributionNumber, T::AccountId) {
    ready::<T>();
    let number = round::<T>(datanet, 0, Status::Committed);
    let contributor = funded::<T>("contributor", 0);
    let commitment = hashing::commitment(&contributor, datanet, number, &SALT, root);
    Pallet::<T>::do_commit(
        contributor.clone(),
        datanet,
        number,
        commitment,
        records,
        bytes,
    )
    .expect("the round takes commitments; qed");
    change::<T>(datanet, number, |round| round.phase = Phase::Delivering);
    let contribution = Rounds::<T>::get(datanet, number)
        .expect("it was opened; qed")
        .first;
    (datanet, number, contribution, contributor)
}

/// A round in phase `Frozen` that waits for one slice: these records, as many as the recipe's benchmark has.
fn revealing<T: Config>(recipe: &Recipe, records: &[u8]) -> (DatanetId, RoundNumber, T::AccountId) {
    ready::<T>();
    let datanet = datanet::<T>(recipe, 1);
    let number = round::<T>(datanet, 1, Status::Delivered);
    let provider = account::<T>("provider", 0);
    let root = root_of(recipe, records);
    let hash = hashing::slice_commitment(&provider, datanet, number, 0, &SALT, root);
    Benchmarks::<T>::mutate(datanet, number, |benchmark| benchmark[0].hashes[0] = hash);
    change::<T>(datanet, number, |round| {
        round.phase = Phase::Frozen;
        seat::<T>(round, None);
    });
    (datanet, number, provider)
}

/// A frozen round with the most providers and so many delivered contributions, whose slices are not picked yet.
fn unpicked<T: Config>(contributions: u32) -> (DatanetId, RoundNumber) {
    let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
    let number = round::<T>(datanet, contributions, Status::Delivered);
    list::<T>(datanet, number);
    let frozen = Pallet::<T>::epochs_recorded();
    change::<T>(datanet, number, |round| {
        round.phase = Phase::Frozen;
        round.deadline = None;
        round.frozen = Some(frozen);
    });
    (datanet, number)
}

/// Lets epochs go by.
fn record_epochs<T: Config>(epochs: u64) {
    for _ in 0..epochs {
        T::Randomness::advance();
        Pallet::<T>::note_epoch();
    }
}

/// Makes a round wait for nobody.
fn overdue<T: Config>(datanet: DatanetId, number: RoundNumber, phase: Phase) {
    change::<T>(datanet, number, |round| {
        round.phase = phase;
        round.deadline = Some(0);
    });
}

fn phase<T: Config>(datanet: DatanetId, number: RoundNumber) -> Option<Phase> {
    Rounds::<T>::get(datanet, number).map(|round| round.phase)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn on_initialize() {
        Pallet::<T>::note_epoch();
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            Pallet::<T>::on_initialize(now);
        }
    }

    #[benchmark]
    fn on_initialize_epoch() {
        record_epochs::<T>(EPOCHS_KEPT);
        T::Randomness::advance();
        let recorded = Pallet::<T>::epochs_recorded();
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            Pallet::<T>::on_initialize(now);
        }

        assert_eq!(Pallet::<T>::epochs_recorded(), recorded + 1);
    }

    #[benchmark]
    fn create(m: Linear<0, MAX_METADATA>) {
        let steward = funded::<T>("steward", 0);
        let terms = T::Terms::prepare_terms(&steward);
        let recipe = recipe::<T>(ROWS);
        let metadata = vec![b'x'; m as usize];

        #[extrinsic_call]
        _(RawOrigin::Signed(steward), recipe, terms, metadata);

        assert_eq!(NextDatanet::<T>::get(), 1);
    }

    #[benchmark]
    fn appoint_providers() {
        let datanet = datanet::<T>(&recipe::<T>(1_024), 1);
        let providers: Vec<_> = (0..MAX_PROVIDERS)
            .map(|index| account::<T>("provider", index))
            .collect();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(account::<T>("steward", 0)),
            datanet,
            providers.clone(),
        );

        let found = Datanets::<T>::get(datanet).expect("it exists; qed");
        assert_eq!(found.providers.into_inner(), providers);
    }

    #[benchmark]
    fn offer_transfer() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let to = funded::<T>("heir", 0);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(account::<T>("steward", 0)),
            datanet,
            T::Lookup::unlookup(to.clone()),
        );

        let found = Datanets::<T>::get(datanet).expect("it exists; qed");
        assert_eq!(found.offered, Some(to));
    }

    #[benchmark]
    fn withdraw_offer() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let steward = account::<T>("steward", 0);
        let to = funded::<T>("heir", 0);
        Pallet::<T>::do_offer_transfer(steward.clone(), datanet, to)
            .expect("it is the steward's; qed");

        #[extrinsic_call]
        _(RawOrigin::Signed(steward), datanet);

        let found = Datanets::<T>::get(datanet).expect("it exists; qed");
        assert_eq!(found.offered, None);
    }

    #[benchmark]
    fn accept_transfer() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let steward = account::<T>("steward", 0);
        let to = funded::<T>("heir", 0);
        Pallet::<T>::do_offer_transfer(steward, datanet, to.clone())
            .expect("it is the steward's; qed");

        #[extrinsic_call]
        _(RawOrigin::Signed(to.clone()), datanet);

        let found = Datanets::<T>::get(datanet).expect("it exists; qed");
        assert_eq!(found.steward, to);
    }

    #[benchmark]
    fn retire() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);

        #[extrinsic_call]
        _(RawOrigin::Signed(account::<T>("steward", 0)), datanet);

        let found = Datanets::<T>::get(datanet).expect("it exists; qed");
        assert!(found.retired);
    }

    #[benchmark]
    fn pledge() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let sponsor = funded::<T>("sponsor", 0);
        let budget = T::Currency::minimum_balance();
        let providers = Datanets::<T>::get(datanet)
            .expect("it exists; qed")
            .providers
            .into_inner();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(sponsor.clone()),
            datanet,
            1,
            providers,
            1,
            budget,
        );

        assert!(Pledges::<T>::contains_key(datanet, sponsor));
    }

    #[benchmark]
    fn withdraw_pledge() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let sponsor = prepare::pledge::<T>(datanet);

        #[extrinsic_call]
        _(RawOrigin::Signed(sponsor.clone()), datanet);

        assert!(!Pledges::<T>::contains_key(datanet, sponsor));
    }

    #[benchmark]
    fn open_round() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let last = round::<T>(datanet, 1, Status::Delivered);
        change::<T>(datanet, last, |round| round.phase = Phase::Delivering);
        let sponsor = prepare::pledge::<T>(datanet);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(account::<T>("steward", 0)),
            datanet,
            Some(sponsor),
        );

        assert_eq!(phase::<T>(datanet, last + 1), Some(Phase::Committing));
    }

    #[benchmark]
    fn commit() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let number = round::<T>(datanet, 0, Status::Committed);
        let contributor = funded::<T>("contributor", 0);
        let bytes = *recipe::<T>(ROWS).bytes(MAX_RECORDS).end();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(contributor),
            datanet,
            number,
            H256::repeat_byte(1),
            MAX_RECORDS,
            bytes,
        );

        assert!(Contributions::<T>::contains_key(datanet, 0));
    }

    #[benchmark]
    fn name_authors(a: Linear<1, MAX_AUTHORS>) {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let number = round::<T>(datanet, 0, Status::Committed);
        let contributor = commitment::<T>(datanet, number);

        #[extrinsic_call]
        _(RawOrigin::Signed(contributor), datanet, 0, authors::<T>(a));

        let found = Contributions::<T>::get(datanet, 0).unwrap();
        assert_eq!(u32::from(found.authors), a);
    }

    #[benchmark]
    fn hand_over() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let number = round::<T>(datanet, 0, Status::Committed);
        let contributor = commitment::<T>(datanet, number);
        let to = account::<T>("heir", 0);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(contributor),
            datanet,
            0,
            T::Lookup::unlookup(to),
        );

        let found = Contributions::<T>::get(datanet, 0).unwrap();
        assert_eq!(found.authors, 1);
    }

    /// As one of the most authors, the last of them.
    #[benchmark]
    fn hand_over_part() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let number = round::<T>(datanet, 0, Status::Committed);
        let contributor = commitment::<T>(datanet, number);
        let authors = authors::<T>(MAX_AUTHORS);
        let last = authors.last().expect("there are some; qed").account.clone();
        Pallet::<T>::do_name_authors(contributor, datanet, 0, authors)
            .expect("the contributor may; qed");
        let to = account::<T>("heir", 0);

        #[extrinsic_call]
        hand_over(
            RawOrigin::Signed(last.clone()),
            datanet,
            0,
            T::Lookup::unlookup(to.clone()),
        );

        let event = Event::<T>::HandedOver {
            datanet,
            contribution: 0,
            from: last,
            to,
            deposit: 0,
        };
        frame_system::Pallet::<T>::assert_last_event(event.into());
    }

    #[benchmark]
    fn commit_slices() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let number = round::<T>(datanet, 0, Status::Committed);
        let last = Benchmarks::<T>::mutate(datanet, number, |benchmark| benchmark.pop())
            .expect("four providers committed; qed");
        let provider = last.provider;
        Pallet::<T>::release(HoldReason::Provider, &provider, last.bond)
            .expect("it is on hold; qed");

        #[extrinsic_call]
        _(
            RawOrigin::Signed(provider),
            datanet,
            number,
            vec![H256::repeat_byte(1); MAX_SLICES as usize],
        );

        assert_eq!(Benchmarks::<T>::get(datanet, number).len(), 4);
    }

    #[benchmark]
    fn advance_delivering() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        // Nothing is committed, as much waits as can.
        let last = round::<T>(datanet, MAX_CONTRIBUTIONS, Status::Delivered);
        list::<T>(datanet, last);
        Waiting::<T>::insert(datanet, Newcomers::<T>::take(datanet, last));
        change::<T>(datanet, last, |round| round.phase = Phase::Void);
        let number = round::<T>(datanet, 0, Status::Committed);
        overdue::<T>(datanet, number, Phase::Committing);
        let caller = funded::<T>("caller", 0);

        #[extrinsic_call]
        advance(RawOrigin::Signed(caller), datanet, number);

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Delivering));
    }

    #[benchmark]
    fn advance_frozen(d: Linear<1, MAX_CONTRIBUTIONS>) {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let last = round::<T>(datanet, d, Status::Delivered);
        list::<T>(datanet, last);
        Waiting::<T>::insert(datanet, Newcomers::<T>::take(datanet, last));
        change::<T>(datanet, last, |round| round.phase = Phase::Void);
        let number = round::<T>(datanet, 0, Status::Delivered);
        overdue::<T>(datanet, number, Phase::Delivering);
        let caller = funded::<T>("caller", 0);

        #[extrinsic_call]
        advance(RawOrigin::Signed(caller), datanet, number);

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Frozen));
    }

    #[benchmark]
    fn advance_lapsed(l: Linear<0, { MAX_CONTRIBUTIONS - 1 }>) {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let last = round::<T>(datanet, 0, Status::Delivered);
        change::<T>(datanet, last, |round| round.phase = Phase::Void);
        let number = round::<T>(datanet, l + 1, Status::Committed);
        Contributions::<T>::mutate(datanet, 0, |contribution| {
            contribution.as_mut().expect("it was committed; qed").status = Status::Delivered;
        });
        overdue::<T>(datanet, number, Phase::Delivering);
        let caller = funded::<T>("caller", 0);

        #[extrinsic_call]
        advance(RawOrigin::Signed(caller), datanet, number);

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Frozen));
        assert_eq!(Contributions::<T>::iter_prefix(datanet).count(), 1);
    }

    #[benchmark]
    fn advance_picked() {
        let (datanet, number) = unpicked::<T>(1);
        record_epochs::<T>(EPOCHS_KEPT);
        let caller = funded::<T>("caller", 0);

        #[extrinsic_call]
        advance(RawOrigin::Signed(caller), datanet, number);

        assert_eq!(Pallet::<T>::seats(datanet, number).len(), 4);
    }

    #[benchmark]
    fn advance_replaced() {
        let (datanet, number) = unpicked::<T>(1);
        // Two of four are silent: with three the round would be void.
        change::<T>(datanet, number, |round| {
            seat::<T>(round, None);
            for seat in round.seats.iter_mut().skip(2) {
                seat.root = Some(H256::repeat_byte(2));
            }
            round.randomness = Some(H256::repeat_byte(1));
        });
        overdue::<T>(datanet, number, Phase::Frozen);
        let caller = funded::<T>("caller", 0);

        #[extrinsic_call]
        advance(RawOrigin::Signed(caller), datanet, number);

        let others = [2, 3].map(|index| account::<T>("provider", index));
        assert!(Pallet::<T>::seats(datanet, number)
            .iter()
            .take(2)
            .all(|seat| others.contains(&seat.provider) && seat.attempt == 1));
    }

    #[benchmark]
    fn advance_void(c: Linear<0, MAX_CONTRIBUTIONS>) {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let number = round::<T>(datanet, c, Status::Committed);
        for slices in Benchmarks::<T>::take(datanet, number) {
            Pallet::<T>::release(HoldReason::Provider, &slices.provider, slices.bond)
                .expect("it is on hold; qed");
        }
        overdue::<T>(datanet, number, Phase::Committing);
        let caller = funded::<T>("caller", 0);

        #[extrinsic_call]
        advance(RawOrigin::Signed(caller), datanet, number);

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Void));
        assert_eq!(Contributions::<T>::iter_prefix(datanet).count(), 0);
    }

    #[benchmark]
    fn advance_unrevealed() {
        let (datanet, number) = unpicked::<T>(MAX_CONTRIBUTIONS);
        change::<T>(datanet, number, |round| {
            seat::<T>(round, None);
            round.randomness = Some(H256::repeat_byte(1));
        });
        overdue::<T>(datanet, number, Phase::Frozen);
        let caller = funded::<T>("caller", 0);

        #[extrinsic_call]
        advance(RawOrigin::Signed(caller), datanet, number);

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Void));
        assert_eq!(Waiting::<T>::get(datanet).len(), MAX_CONTRIBUTIONS as usize);
        let provider = account::<T>("provider", 0);
        let reason = HoldReason::Provider.into();
        assert_eq!(
            T::Currency::balance_on_hold(&reason, &provider),
            0 as Balance
        );
    }

    #[benchmark]
    fn deliver(r: Linear<1, { MAX_RECORDS as u32 }>) {
        let recipe = plain::<T>(1, 1);
        let records = records(&recipe, r);
        let (datanet, number, contribution, contributor) = delivering::<T>(&recipe, r, &records);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(contributor),
            datanet,
            number,
            contribution,
            0,
            records,
            Some(SALT),
        );

        assert!(!Deliveries::<T>::contains_key(datanet, contribution));
    }

    #[benchmark]
    fn deliver_bytes(k: Linear<1, 256>) {
        let recipe = plain::<T>(KIBIBYTE, 1);
        let records = records(&recipe, k);
        let (datanet, number, contribution, contributor) = delivering::<T>(&recipe, k, &records);

        #[extrinsic_call]
        deliver(
            RawOrigin::Signed(contributor),
            datanet,
            number,
            contribution,
            0,
            records,
            Some(SALT),
        );

        assert!(!Deliveries::<T>::contains_key(datanet, contribution));
    }

    #[benchmark]
    fn deliver_text(r: Linear<1, { MAX_RECORDS as u32 }>) {
        let recipe = written::<T>(1);
        let records = texts(r, 1);
        let (datanet, number, contribution, contributor) = delivering::<T>(&recipe, r, &records);

        #[extrinsic_call]
        deliver(
            RawOrigin::Signed(contributor),
            datanet,
            number,
            contribution,
            0,
            records,
            Some(SALT),
        );

        assert!(!Deliveries::<T>::contains_key(datanet, contribution));
    }

    #[benchmark]
    fn deliver_text_bytes(k: Linear<1, 256>) {
        let recipe = written::<T>(1);
        let records = texts(16 * k, SHORT);
        let (datanet, number, contribution, contributor) =
            delivering::<T>(&recipe, 16 * k, &records);

        #[extrinsic_call]
        deliver(
            RawOrigin::Signed(contributor),
            datanet,
            number,
            contribution,
            0,
            records,
            Some(SALT),
        );

        assert!(!Deliveries::<T>::contains_key(datanet, contribution));
    }

    #[benchmark]
    fn deliver_reference() {
        let recipe = attested_recipe::<T>();
        let root = H256::repeat_byte(1);
        let bytes = *recipe.bytes(MAX_RECORDS).end();
        let datanet = datanet::<T>(&recipe, MAX_PROVIDERS);
        let (datanet, number, contribution, contributor) =
            committed::<T>(datanet, root, MAX_RECORDS, bytes);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(contributor),
            datanet,
            number,
            contribution,
            root,
            vec![b'x'; MAX_REFERENCE as usize],
            SALT,
        );

        assert!(!Deliveries::<T>::contains_key(datanet, contribution));
    }

    #[benchmark]
    fn reveal(r: Linear<1, { MAX_ENTRIES / 2 }>) {
        let recipe = plain::<T>(1, r);
        let records = records(&recipe, r);
        let (datanet, number, provider) = revealing::<T>(&recipe, &records);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(provider),
            datanet,
            number,
            0,
            0,
            records,
            Some(SALT),
        );

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Revealed));
    }

    #[benchmark]
    fn reveal_bytes(k: Linear<1, 256>) {
        let recipe = plain::<T>(KIBIBYTE, k);
        let records = records(&recipe, k);
        let (datanet, number, provider) = revealing::<T>(&recipe, &records);

        #[extrinsic_call]
        reveal(
            RawOrigin::Signed(provider),
            datanet,
            number,
            0,
            0,
            records,
            Some(SALT),
        );

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Revealed));
    }

    #[benchmark]
    fn reveal_text(r: Linear<1, { MAX_ENTRIES / 2 }>) {
        let recipe = written::<T>(r);
        let records = texts(r, 1);
        let (datanet, number, provider) = revealing::<T>(&recipe, &records);

        #[extrinsic_call]
        reveal(
            RawOrigin::Signed(provider),
            datanet,
            number,
            0,
            0,
            records,
            Some(SALT),
        );

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Revealed));
    }

    #[benchmark]
    fn reveal_text_bytes(k: Linear<1, 256>) {
        let recipe = written::<T>(16 * k);
        let records = texts(16 * k, SHORT);
        let (datanet, number, provider) = revealing::<T>(&recipe, &records);

        #[extrinsic_call]
        reveal(
            RawOrigin::Signed(provider),
            datanet,
            number,
            0,
            0,
            records,
            Some(SALT),
        );

        assert_eq!(phase::<T>(datanet, number), Some(Phase::Revealed));
    }

    #[benchmark]
    fn reclaim() {
        let (datanet, number) = unpicked::<T>(MAX_CONTRIBUTIONS);
        let newcomers = Newcomers::<T>::take(datanet, number);
        Waiting::<T>::insert(datanet, newcomers);
        change::<T>(datanet, number, |round| round.phase = Phase::Void);
        let contribution = Rounds::<T>::get(datanet, number)
            .expect("it was opened; qed")
            .first;
        let contributor = Contributions::<T>::get(datanet, contribution)
            .expect("it is there; qed")
            .contributor;

        #[extrinsic_call]
        _(RawOrigin::Signed(contributor), datanet, contribution);

        assert!(!Contributions::<T>::contains_key(datanet, contribution));
    }

    #[benchmark]
    fn withdraw_consent() {
        let datanet = datanet::<T>(&recipe::<T>(ROWS), MAX_PROVIDERS);
        let number = round::<T>(datanet, 1, Status::Admitted);
        let contribution = Rounds::<T>::get(datanet, number)
            .expect("it was opened; qed")
            .first;
        let contributor = Contributions::<T>::mutate(datanet, contribution, |found| {
            let found = found.as_mut().expect("it is there; qed");
            found.value = i128::MAX;
            found.contributor.clone()
        });
        // Its pay vests, and its authors have had nothing of it yet.
        let pool = Pool {
            datanet,
            round: number,
        };
        let vesting = recipe::<T>(ROWS).vesting();
        let amount = T::Currency::minimum_balance() * 1_000;
        T::DataPools::award(pool, contribution, &contributor, amount, vesting)
            .expect("the budget is larger; qed");
        let root = H256::repeat_byte(1);
        T::DataPools::open_pool(pool, root, 1, 0, 1, Default::default(), vesting)
            .expect("the pool is new; qed");
        Datanets::<T>::mutate(datanet, |found| {
            found.as_mut().expect("it is there; qed").frozen = number
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(contributor), datanet, contribution);

        let found = Contributions::<T>::get(datanet, contribution).expect("it stays; qed");
        assert_eq!(found.withdrawn, Some(number + 1));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
