//! Journeys: what people do together, from the first block to the last, by signed transactions that pay their fees. Every pallet's
//! invariants are checked after every block.

mod accounts;
mod assets;
mod attested;
mod authors;
mod challenges;
mod disputes;
mod full_blocks;
mod holds;
mod life;
mod lineage;
mod metering;
mod orders;
mod records;
mod refusals;
mod rounds;
mod slices;
mod texts;
mod vesting;
mod void_rounds;
mod weights;
mod withdrawal;

use super::*;
use frame_support::{
    storage::{storage_prefix, with_transaction},
    traits::{GetCallMetadata, PalletInfoAccess},
};
use sp_keyring::Sr25519Keyring as Person;
use sp_runtime::{
    transaction_validity::InvalidTransaction, DispatchError, Perbill, TransactionOutcome,
};
use tributary_primitives::assets::Asset;

// Alice writes all blocks and has all fees. The others are:
const STEWARD: Person = Person::Bob;
const PROVIDER: Person = Person::Charlie;
const SPONSOR: Person = Person::Dave;
const EVALUATOR: Person = Person::Eve;
/// Have records that are right.
const HONEST: [Person; 3] = [Person::Ferdie, Person::One, Person::Two];
/// Has records with wrong labels.
const FLIPPER: Person = Person::AliceStash;
/// Has copies of the records of others.
const COPIER: Person = Person::BobStash;
const BASE_OWNER: Person = Person::CharlieStash;
const CHILD_OWNER: Person = Person::DaveStash;
const CONSUMER: Person = Person::EveStash;
/// Sends what anybody may send.
const ANYBODY: Person = Person::FerdieStash;

/// Runs a journey on the development network with the shortest epochs.
fn journey(run: impl FnOnce(&mut Chain)) {
    let patch = json!({ "epochs": { "length": crate::epochs::SHORTEST } });
    network_of(genesis_json(DEV_RUNTIME_PRESET, patch)).execute_with(|| {
        let mut chain = Chain {
            slot: FIRST_SLOT,
            events: Vec::new(),
        };
        chain.open();
        run(&mut chain);
        chain.close();
    });
}

/// A chain with a block under way.
#[derive(Clone)]
struct Chain {
    /// The slot of the next block.
    slot: u64,
    /// What all transactions so far have brought about.
    events: Vec<RuntimeEvent>,
}

impl Chain {
    /// Begins the next block that takes transactions: the first one of an epoch has no room for them.
    fn open(&mut self) {
        loop {
            let epoch = Babe::epoch_index();
            begin_block(self.slot, 0);
            self.slot += 1;
            if Babe::epoch_index() == epoch {
                return;
            }
            self.close();
        }
    }

    /// Ends the block under way.
    fn close(&mut self) {
        end_block();
        check_invariants();
    }

    /// Ends the block under way and begins the next one.
    fn next(&mut self) {
        self.close();
        self.open();
    }

    /// Builds blocks up to number `block`.
    fn reach(&mut self, block: BlockNumber) {
        while System::block_number() < block {
            self.next();
        }
    }

    /// Goes to block `block` without those in between, of which there are too many to build.
    fn leap(&mut self, block: BlockNumber) {
        self.close();
        System::set_block_number(block - 1);
        self.open();
    }

    /// Sends a call, into the next block if this one is full. What it brought about, or why it was refused.
    fn send(
        &mut self,
        who: Person,
        call: impl Into<RuntimeCall>,
    ) -> Result<Vec<RuntimeEvent>, DispatchError> {
        let call = call.into();
        let mut earlier = System::event_count();
        let nonce = System::account_nonce(account(who));
        let mut applied = apply(who, nonce, call.clone());
        if applied == Err(InvalidTransaction::ExhaustsResources.into()) {
            self.next();
            earlier = System::event_count();
            applied = apply(who, nonce, call);
        }
        let outcome = applied.unwrap_or_else(|error| panic!("{who} cannot send: {error:?}"));
        let events: Vec<RuntimeEvent> = System::events()
            .into_iter()
            .skip(earlier as usize)
            .map(|record| record.event)
            .collect();
        self.events.extend(events.iter().cloned());
        outcome.map(|()| events)
    }

    /// Sends a call that must succeed.
    fn must(&mut self, who: Person, call: impl Into<RuntimeCall>) -> Vec<RuntimeEvent> {
        let call = call.into();
        let name = call.get_call_metadata();
        self.send(who, call)
            .unwrap_or_else(|error| panic!("{who} was refused {name:?}: {error:?}"))
    }

    /// Sends a call that must be refused, and change nothing of Tributary's.
    fn refused(
        &mut self,
        who: Person,
        call: impl Into<RuntimeCall>,
        error: impl Into<DispatchError>,
    ) {
        // In a block of its own, so that no hook comes in between.
        self.next();
        let before = state();
        assert_eq!(self.send(who, call), Err(error.into()));
        assert!(before == state(), "a refused call changed something");
    }

    /// What `run` comes to, of which nothing stays.
    fn branch<Outcome>(&self, run: impl FnOnce(&mut Chain) -> Outcome) -> Outcome {
        let mut branch = self.clone();
        with_transaction(|| {
            let outcome = run(&mut branch);
            TransactionOutcome::Rollback(Ok::<_, DispatchError>(outcome))
        })
        .expect("there are few transactions within each other")
    }

    /// What `pick` knows of all that happened.
    fn all<Found>(&self, pick: impl FnMut(&RuntimeEvent) -> Option<Found>) -> Vec<Found> {
        self.events.iter().filter_map(pick).collect()
    }

    /// The sum of the amounts that `pick` knows.
    fn total(&self, pick: impl FnMut(&RuntimeEvent) -> Option<Balance>) -> Balance {
        sum(self.all(pick))
    }
}

/// The first event that `pick` knows.
fn found<Found>(
    events: &[RuntimeEvent],
    pick: impl FnMut(&RuntimeEvent) -> Option<Found>,
) -> Found {
    events.iter().find_map(pick).expect("the event is there")
}

/// The sum of some amounts.
fn sum(amounts: impl IntoIterator<Item = Balance>) -> Balance {
    amounts
        .into_iter()
        .try_fold(0, Balance::checked_add)
        .expect("there is not so much money")
}

fn account(who: Person) -> AccountId {
    who.to_account_id()
}

/// Who has this account.
fn person(account: &AccountId) -> Person {
    Person::from_account_id(account).expect("everybody is well known")
}

/// All that is stored below `prefix`.
fn stored(prefix: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut entries = Vec::new();
    let mut key = prefix.to_vec();
    while let Some(next) = sp_io::storage::next_key(&key) {
        if !next.starts_with(prefix) {
            break;
        }
        let value = sp_io::storage::get(&next).expect("the key is there");
        entries.push((next.clone(), value.to_vec()));
        key = next;
    }
    entries
}

/// All that is stored of a pallet.
fn stored_by<Pallet: PalletInfoAccess>() -> Vec<(Vec<u8>, Vec<u8>)> {
    stored(&sp_io::hashing::twox_128(Pallet::name().as_bytes()))
}

/// All that is stored of Tributary's pallets, and all holds.
fn state() -> Vec<(Vec<u8>, Vec<u8>)> {
    [
        stored_by::<Rewards>(),
        stored_by::<Licensing>(),
        stored_by::<Datanets>(),
        stored_by::<Valuation>(),
        stored_by::<Attestation>(),
        stored_by::<Models>(),
        stored_by::<Disputes>(),
        stored_by::<Metering>(),
        stored(&storage_prefix(b"Balances", b"Holds")),
    ]
    .concat()
}

/// Every pallet's invariants; and there is as much money as accounts own.
fn check_invariants() {
    let block = System::block_number();
    for (pallet, outcome) in [
        ("Epochs", Epochs::do_try_state()),
        ("Rewards", Rewards::do_try_state()),
        ("Licensing", Licensing::do_try_state()),
        ("Datanets", Datanets::do_try_state()),
        ("Valuation", Valuation::do_try_state()),
        ("Attestation", Attestation::do_try_state()),
        ("Models", Models::do_try_state()),
        ("Disputes", Disputes::do_try_state()),
        ("Metering", Metering::do_try_state()),
    ] {
        assert!(outcome.is_ok(), "{pallet} in block {block}: {outcome:?}");
    }
    check_reserved_units();
    let owned = frame_system::Account::<Runtime>::iter_values()
        .map(|account| sum([account.data.free, account.data.reserved]));
    assert_eq!(sum(owned), Balances::total_issuance(), "in block {block}");
}

/// Where a licence has a quota, what channels may still call, and what they have called, is reserved of it.
fn check_reserved_units() {
    for (asset, attachment) in pallet_licensing::Attachments::<Runtime>::iter() {
        let terms = pallet_licensing::Licences::<Runtime>::get(attachment.terms);
        let Asset::Model(model) = asset else {
            continue;
        };
        if terms.is_some_and(|terms| terms.quota.is_none()) {
            continue;
        }
        let channels = pallet_metering::Channels::<Runtime>::iter_values();
        let taken: u64 = channels
            .filter(|channel| channel.model == model)
            .map(|channel| match channel.stage {
                pallet_metering::Stage::Ended { .. } => channel.settled.units,
                _ => channel.units,
            })
            .sum();
        assert!(attachment.reserved >= taken, "{asset:?}: {taken} units");
    }
}
