//! Any sequence of calls, retries, losses, wrong calls and crashes.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tributary_channel::{
    consumer::{Outgoing, Trouble},
    host::{Begun, Refusal, Served},
};

use crate::support::*;

/// What happens next. Numbers choose among what there is.
#[derive(Clone, Debug)]
enum Event {
    /// The consumer makes a call of so many units.
    Ask(u64),
    /// A call without an answer goes to the host, and its answer comes back or is lost.
    Send { which: usize, lost: bool },
    /// A call is begun and given up.
    GiveUp { which: usize },
    /// A call comes with another request.
    Replay { which: usize },
    /// An answer comes again.
    Repeat { which: usize },
    /// A last voucher is taken.
    Pay,
    /// Both processes end and start again.
    Crash,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (1u64..20).prop_map(Event::Ask),
        8 => (any::<usize>(), prop::bool::weighted(0.3))
            .prop_map(|(which, lost)| Event::Send { which, lost }),
        1 => any::<usize>().prop_map(|which| Event::GiveUp { which }),
        1 => any::<usize>().prop_map(|which| Event::Replay { which }),
        1 => any::<usize>().prop_map(|which| Event::Repeat { which }),
        1 => Just(Event::Pay),
        1 => Just(Event::Crash),
    ];
    prop::collection::vec(event, 1..60)
}

/// What both sides must have come to.
#[derive(Default)]
struct Truth {
    asked: u32,
    /// Answers that the host has let out, by number.
    answered: BTreeMap<u32, Served>,
}

impl Truth {
    /// The host answered: nothing else than before, if there was an answer.
    fn learn(&mut self, served: &Served) {
        let number = served.receipt.receipt.number;
        let known = self
            .answered
            .entry(number)
            .or_insert_with(|| served.clone());
        assert_eq!(known, served);
    }
}

fn pick(both: &Pairing, which: usize) -> Option<Outgoing> {
    let outstanding = both.consumer.outstanding(CHANNEL).expect("on disk");
    let place = which.checked_rem(outstanding.len())?;
    outstanding.into_iter().nth(place)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_is_lost_and_nothing_is_paid_twice(window in 1u32..=4, events in events()) {
        let mut both = Pairing::new(window);
        let mut truth = Truth::default();
        for event in events {
            match event {
                Event::Ask(most) => {
                    let request = truth.asked.to_le_bytes().to_vec();
                    match both.consumer.ask(CHANNEL, request, most, NOW) {
                        Ok(commit) => {
                            prop_assert_eq!(commit.wait().expect("on disk").number, truth.asked);
                            truth.asked += 1;
                        }
                        Err(Trouble::Outstanding { .. } | Trouble::UnitsExhausted { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
                Event::Send { which, lost } => {
                    let Some(outgoing) = pick(&both, which) else { continue };
                    match serve(&both.host, &outgoing) {
                        Ok(served) => {
                            truth.learn(&served);
                            if !lost {
                                both.accept(&served);
                            }
                        }
                        Err(Refusal::NotNext { next }) => prop_assert!(next < outgoing.number),
                        Err(other) => panic!("{other}"),
                    }
                }
                Event::GiveUp { which } => {
                    let Some(outgoing) = pick(&both, which) else { continue };
                    match both.host.begin(&incoming(&outgoing), NOW) {
                        Ok(Begun::Served(served)) => truth.learn(&served),
                        Ok(Begun::Compute(_)) | Err(Refusal::NotNext { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
                Event::Replay { which } => {
                    let Some(mut outgoing) = pick(&both, which) else { continue };
                    outgoing.request.push(0);
                    prop_assert!(matches!(
                        serve(&both.host, &outgoing),
                        Err(Refusal::OtherOrder)
                    ));
                }
                Event::Repeat { which } => {
                    let Some(place) = which.checked_rem(truth.answered.len()) else { continue };
                    let served = truth.answered.values().nth(place).expect("there are more");
                    both.accept(served);
                }
                Event::Pay => {
                    let last = both.consumer.final_voucher(CHANNEL).expect("it is known");
                    match both.host.take(last.voucher, &last.signature) {
                        Ok(commit) => commit.wait().expect("on disk"),
                        Err(other) => panic!("{other}"),
                    }
                }
                Event::Crash => both = both.reopened(),
            }
            let answered = both.host.status(CHANNEL).expect("it is known").answered;
            let owed = both.consumer.position(CHANNEL).expect("it is known").owed;
            prop_assert_eq!(answered.count as usize, truth.answered.len());
            prop_assert!(owed.count <= answered.count && answered.units <= UNITS);
        }

        // At the end all that was asked is answered, and paid.
        while let Some(outgoing) = pick(&both, 0) {
            let served = serve(&both.host, &outgoing).expect("it is next");
            truth.learn(&served);
            both.accept(&served);
        }
        prop_assert_eq!(truth.answered.len(), truth.asked as usize);
        let receipts: Vec<_> = truth
            .answered
            .values()
            .map(|served| served.receipt.clone())
            .collect();
        prop_assert_eq!(&both.host.receipts(CHANNEL, 0, 99).expect("on disk"), &receipts);
        prop_assert_eq!(&both.consumer.receipts(CHANNEL, 0, 99).expect("on disk"), &receipts);
        let last = both.consumer.final_voucher(CHANNEL).expect("it is known");
        let taken = both.host.take(last.voucher, &last.signature);
        taken.expect("it is right").wait().expect("on disk");
        let status = both.host.status(CHANNEL).expect("it is known");
        prop_assert_eq!(status.paid, status.answered);
    }
}
