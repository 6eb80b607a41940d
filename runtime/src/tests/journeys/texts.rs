//! A datanet of texts: real ones, which are encoded, valued and disputed as vectors are.

use super::{
    assets::terms,
    challenges::{challenging, lies},
    rounds::*,
    *,
};
use tributary_primitives::datanets::{Encoder, Phase, Recipe};

const SNIPPETS: &str = include_str!("../../../../scripts/data/snippets.csv");
/// The kinds of snippets, by label.
const KINDS: [&str; CLASSES as usize] = ["tweet", "product-review", "film-review", "editorial"];

/// `count` snippets of each kind, from the one with number `first` of its kind on, as records.
pub(super) fn texts(first: usize, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (label, kind) in (0..).zip(KINDS) {
        let of_kind = SNIPPETS.lines().filter_map(|line| {
            let (text, found) = line.rsplit_once(',')?;
            (found == kind).then_some(text)
        });
        for text in of_kind.skip(first).take(count) {
            push(&mut bytes, text, label);
        }
    }
    bytes
}

/// Adds a record.
fn push(bytes: &mut Vec<u8>, text: &str, label: u8) {
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.push(label);
}

/// Records with other texts or labels.
fn changed(records: &[u8], change: impl Fn(&str, u8) -> (String, u8)) -> Vec<u8> {
    let mut bytes = Vec::new();
    for record in Encoder::Text.records(0, records) {
        let record = record.expect("records are whole");
        let text = core::str::from_utf8(record.raw).expect("snippets are UTF-8");
        let (text, label) = change(text, record.label);
        push(&mut bytes, &text, label);
    }
    bytes
}

#[test]
fn texts_are_valued_and_disputed_like_vectors() {
    journey(|chain| {
        let recipe = Recipe {
            encoder: Encoder::Text,
            dimension: 256,
            radius: 1_000,
            ..recipe()
        };
        let mut datanet = Datanet::create_with(chain, recipe, terms(20));
        let round = datanet.open(chain, Some(SPONSOR));
        let contributions = [
            (HONEST[0], texts(0, 12)),
            (HONEST[1], texts(12, 12)),
            (
                FLIPPER,
                changed(&texts(24, 12), |text, label| {
                    (text.to_owned(), (label + 1) % CLASSES)
                }),
            ),
            // What differs in ASCII letters' case and in white space alone is a copy.
            (
                COPIER,
                changed(&texts(0, 12), |text, label| {
                    (text.to_ascii_uppercase().replace(' ', "\n  "), label)
                }),
            ),
        ];
        let numbers =
            contributions.map(|(who, records)| datanet.commit(chain, who, round, records));
        datanet.commit_slices(chain, PROVIDER, round);
        assert_eq!(datanet.advance(chain, round), Phase::Delivering);
        for number in numbers {
            datanet.deliver(chain, number);
        }
        assert_eq!(datanet.advance(chain, round), Phase::Frozen);
        datanet.pick(chain, round);
        datanet.reveal(chain, round);

        let right = datanet.value(round);
        assert_eq!(right.shadows_of(numbers[3]), 48);
        for (liar, lie) in [FLIPPER, COPIER].into_iter().zip(lies(&right)) {
            datanet.propose(chain, liar, round, &lie);
            let proof = datanet.challenge(round, &lie).expect("it is wrong");
            chain.must(CONSUMER, challenging(&datanet, round, liar, &proof));
        }
        datanet.propose(chain, EVALUATOR, round, &right);
        assert_eq!(datanet.challenge(round, &right), None);
        assert_eq!(datanet.finalise(chain, round), Phase::Final);

        let values = numbers.map(|number| datanet.contribution(number).value);
        let outcome = datanet.round(round).outcome.expect("it is final");
        assert_eq!((outcome.before, outcome.after), right.accuracies);
        let gain = outcome.after as i128 - outcome.before as i128;
        assert_eq!(values.iter().sum::<i128>(), gain);
        assert!(values[0] + values[1] > 0, "{values:?}");
        assert_eq!(values[3], 0, "copies are worth nothing");
    });
}
