//! Blocks that others have filled: whoever disproves a valuation finds room in them.

use super::{
    assets::terms, challenges::challenging, rounds::*, texts::texts, weights::challenges, *,
};
use frame_support::weights::Weight;
use pallet_valuation::Event;
use sp_runtime::transaction_validity::TransactionValidityError;
use tributary_primitives::{
    datanets::{Encoder, Phase, Recipe, MAX_DIMENSION},
    ids::RoundNumber,
    valuation::Challenge,
};

/// What applying a call comes to in a block that has no room for it.
const NO_ROOM: ApplyExtrinsicResult = Err(TransactionValidityError::Invalid(
    InvalidTransaction::ExhaustsResources,
));

/// Applies a call in the block under way, and in no other.
fn apply_here(who: Person, call: impl Into<RuntimeCall>) -> ApplyExtrinsicResult {
    apply(who, System::account_nonce(account(who)), call)
}

fn remark(length: usize) -> RuntimeCall {
    let remark = vec![0; length];
    RuntimeCall::System(frame_system::Call::remark { remark })
}

/// A call that weighs what it says.
fn weighing(picoseconds: u64) -> RuntimeCall {
    RuntimeCall::Sudo(pallet_sudo::Call::sudo_unchecked_weight {
        call: Box::new(remark(0)),
        weight: Weight::from_parts(picoseconds, 0),
    })
}

/// Sends Normal calls, each as large as there is still room for, until there is none for the smallest.
fn fill(who: Person, call: impl Fn(u32) -> RuntimeCall, largest: u32) {
    for size in (0..=largest).rev() {
        loop {
            let applied = apply_here(who, call(size));
            if applied == NO_ROOM {
                break;
            }
            assert_eq!(applied, Ok(Ok(())));
        }
    }
}

fn fill_length() {
    fill(ANYBODY, |bits| remark(1 << bits), 20);
}

fn fill_weight() {
    // From a second on; the superuser of the network is Alice.
    fill(Person::Alice, |bits| weighing(1 << bits), 40);
}

/// A revealed round with as many old and new records as make the longest challenge, and a wrong valuation of it.
fn disputed(chain: &mut Chain) -> (Datanet, RoundNumber, Challenge) {
    let recipe = Recipe {
        encoder: Encoder::Text,
        dimension: MAX_DIMENSION,
        neighbours: 1,
        horizon: 1,
        radius: 4_000,
        ..recipe()
    };
    let mut datanet = Datanet::create_with(chain, recipe, terms(20));
    datanet.play(chain, None, vec![(HONEST[0], texts(0, 4))]);
    let round = datanet.open(chain, None);
    let number = datanet.commit(chain, HONEST[1], round, texts(4, 12));
    datanet.commit_slices(chain, PROVIDER, round);
    datanet.advance(chain, round);
    datanet.deliver(chain, number);
    datanet.advance(chain, round);
    datanet.pick(chain, round);
    datanet.reveal(chain, round);

    // Where two newcomers come before the nearest old record, the first of them is passed over.
    let mut lie = datanet.value(round);
    datanet.recipe.horizon = 2;
    let wider = datanet.value(round);
    datanet.recipe.horizon = 1;
    for (row, wider) in lie.rows.iter_mut().zip(wider.rows) {
        if let [_, second, old] = wider.entries[..] {
            row.entries = vec![second, old].try_into().expect("two are few");
        }
    }
    datanet.propose(chain, FLIPPER, round, &lie);
    let proof = datanet.challenge(round, &lie).expect("it is wrong");
    (datanet, round, proof)
}

#[test]
fn a_block_full_of_other_calls_has_room_for_a_challenge() {
    journey(|chain| {
        let (datanet, round, proof) = disputed(chain);
        // It proves four records, the most that a challenge needs.
        assert!(matches!(
            proof,
            Challenge::Missed {
                unlisted: Some(_),
                last_old: Some(_),
                last_new: Some(_),
                ..
            }
        ));
        assert!(proof.encoded_size() > 4 * usize::from(MAX_DIMENSION));
        let fills: [&dyn Fn(); 3] = [&fill_length, &fill_weight, &|| {
            fill_weight();
            fill_length();
        }];
        for fill in fills {
            chain.next();
            chain.branch(|chain| {
                let block = System::block_number();
                fill();
                assert_eq!(apply_here(CONSUMER, remark(1)), NO_ROOM);

                // Those at their longest go in and are refused for what they say: no tree is as deep as their paths.
                for longest in challenges() {
                    chain.branch(|_| {
                        let call = challenging(&datanet, round, FLIPPER, &longest);
                        let outcome = apply_here(CONSUMER, call).expect("there is room");
                        assert!(matches!(outcome, Err(DispatchError::Module(_))));
                    });
                }
                let call = challenging(&datanet, round, FLIPPER, &proof);
                assert_eq!(apply_here(CONSUMER, call), Ok(Ok(())));
                assert_eq!(System::block_number(), block);
                assert!(System::events().iter().any(|record| matches!(
                    record.event,
                    RuntimeEvent::Valuation(Event::ProposalDisproved { .. })
                )));
                assert_eq!(datanet.round(round).phase, Phase::Revealed);
                chain.close();
            });
        }
    });
}
