//! Several providers measure a round together: each slice is seen by itself, and none of them measures it alone.

use super::{accounts::*, records::records, rounds::*, *};
use pallet_datanets::HoldReason;
use tributary_primitives::datanets::Phase;

const SECOND: Person = BASE_OWNER;

/// The gain of each seat, as the event of the end of a round says.
fn gains(chain: &Chain) -> Vec<i128> {
    use pallet_valuation::Event;
    found(&chain.events, |event| match event {
        RuntimeEvent::Valuation(Event::RoundFinalised { seats, .. }) => Some(
            seats
                .iter()
                .map(|seat| seat.after as i128 - seat.before as i128)
                .collect(),
        ),
        _ => None,
    })
}

/// Plays a round of three honest contributions to its end, measured by two providers.
fn play(chain: &mut Chain, datanet: &mut Datanet) {
    datanet.appoint(chain, &[PROVIDER, SECOND]);
    let round = datanet.open(chain, Some(SPONSOR));
    let numbers = HONEST.map(|who| {
        let records = records(account(who), 0..CLASSES, 3);
        datanet.commit(chain, who, round, records)
    });
    for provider in [PROVIDER, SECOND] {
        datanet.commit_slices(chain, provider, round);
    }
    datanet.advance(chain, round);
    for number in numbers {
        datanet.deliver(chain, number);
    }
    datanet.advance(chain, round);
    datanet.pick(chain, round);
    datanet.reveal(chain, round);
    datanet.evaluate(chain, EVALUATOR, round);
    assert_eq!(datanet.finalise(chain, round), Phase::Final);
    let published = Valuation::outcome(datanet.id, round).expect("it is final");
    let seats = published.publication.seats;
    assert_eq!(seats.len(), 2);
    let sums = seats.iter().fold((0, 0), |(before, after), seat| {
        (before + seat.before, after + seat.after)
    });
    let outcome = datanet.round(round).outcome.expect("it is final");
    assert_eq!(sums, (outcome.before, outcome.after));
}

#[test]
fn a_provider_that_mislabels_its_slice_is_seen_by_everybody() {
    journey(|chain| {
        let mut datanet = Datanet::create(chain, super::assets::terms(20));
        chain.branch(|chain| {
            play(chain, &mut datanet);
            assert!(gains(chain).iter().all(|gain| *gain > 0));
        });
        let mut datanet = Datanet::create(chain, super::assets::terms(20));
        datanet.mislabels = Some(SECOND);
        play(chain, &mut datanet);
        let gains = gains(chain);
        assert!(gains[0] > 0 && gains[1] < 0, "{gains:?}");
    });
}

#[test]
fn nobody_gains_by_the_silence_of_another_provider() {
    journey(|chain| {
        let mut datanet = Datanet::create(chain, super::assets::terms(20));
        datanet.appoint(chain, &[PROVIDER, SECOND]);
        let round = datanet.open(chain, Some(SPONSOR));
        let number = datanet.commit(chain, HONEST[0], round, records("own", 0..CLASSES, 3));
        for provider in [PROVIDER, SECOND] {
            datanet.commit_slices(chain, provider, round);
        }
        datanet.advance(chain, round);
        datanet.deliver(chain, number);
        datanet.advance(chain, round);
        datanet.pick(chain, round);
        // The sponsor pays for a measurement by both: one alone does not stand in for the other.
        datanet.reveal_seat(chain, round, 0);
        assert_eq!(on_hold(PROVIDER, HoldReason::Provider), BUDGET);
        assert_eq!(datanet.advance(chain, round), Phase::Void);
        for provider in [PROVIDER, SECOND] {
            assert_eq!(on_hold(provider, HoldReason::Provider), 0);
        }
        let burnt = chain.all(burnt);
        assert_eq!(burnt, [(account(SECOND), BUDGET)]);
        assert_eq!(claimable(SPONSOR), BUDGET);
        assert_eq!(Datanets::waiting(datanet.id).len(), 1);
        check_everybody(chain);
    });
}
