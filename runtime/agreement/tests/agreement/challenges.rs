//! Challenges, judged in WebAssembly and natively.

use codec::{Decode, Encode};
use rand::{rngs::StdRng, Rng, SeedableRng};
use tributary_agreement::{judge, records, targets, value, Dispute, Round, Valuation};
use tributary_primitives::valuation::{find, prove, Challenge, Data, Finding, FoundFault};

use crate::{blob, cases, in_wasm, random_round};

/// Rounds whose disputes are judged by one call.
const BATCH: u64 = 100;

/// Makes one item of a publication wrong, if it has such an item.
fn corrupt(published: &mut Valuation, random: &mut StdRng) {
    let Valuation { shadows, rows, .. } = published;
    if !shadows.is_empty() && random.random() {
        let place = random.random_range(0..shadows.len());
        match random.random_range(0..3) {
            0 => shadows[place].witness.position ^= 1,
            1 => shadows[place].witness = shadows[random.random_range(0..=place)].shadow,
            _ => {
                shadows.remove(place);
            }
        }
        return;
    }
    let place = random.random_range(0..rows.len());
    let row = &mut rows[place];
    if row.entries.is_empty() {
        return;
    }
    let place = random.random_range(0..row.entries.len());
    match random.random_range(0..4) {
        0 => row.entries[place].matches ^= true,
        1 => row.entries[place].record.position ^= 1,
        2 => row.entries.as_mut().swap(0, place),
        _ => {
            row.entries.remove(place);
        }
    }
}

/// What could be said against a publication, right or not.
fn random_finding(round: &Round, published: &Valuation, random: &mut StdRng) -> Option<Finding> {
    let count = round.old.len() + round.new.len();
    let any_record = |random: &mut StdRng| {
        let points = round.old.iter().chain(&round.new);
        let place = random.random_range(0..count.max(1));
        points.map(|point| point.id).nth(place)
    };
    let fault = match random.random_range(0..3) {
        0 => FoundFault::Unknown,
        1 => FoundFault::Listed(random.random_range(0..4)),
        _ => FoundFault::Wrong,
    };
    let row = random.random_range(0..published.rows.len()) as u32;
    let entry = random.random_range(0..4);
    Some(match random.random_range(0..5) {
        0 => Finding::Entry { row, entry, fault },
        1 => Finding::Order { row, entry },
        2 => Finding::Missed {
            row,
            record: any_record(random)?,
        },
        3 => Finding::NotShadow {
            index: random.random_range(0..4),
            fault,
        },
        _ => Finding::Shadow {
            record: any_record(random)?,
            witness: any_record(random)?,
        },
    })
}

/// The challenges that disprove what is published, some that may not, and some with a wrong bit.
fn challenges(
    round: &Round,
    right: &Valuation,
    published: &Valuation,
    random: &mut StdRng,
) -> Vec<Challenge> {
    let data = Data {
        params: round.params(),
        old: &records(&round.old),
        new: &records(&round.new),
        benchmark: &targets(&round.benchmark),
    };
    let (shadows, rows) = (&published.shadows, &published.rows);
    let found = find(&data, (&right.shadows, &right.rows), (shadows, rows));
    let others = (0..6).filter_map(|_| random_finding(round, published, random));
    let mut challenges: Vec<Challenge> = found
        .into_iter()
        .chain(others)
        .filter_map(|finding| prove(&data.params, round.first, round, shadows, rows, &finding))
        .collect();
    for challenge in challenges.clone() {
        let mut bytes = challenge.encode();
        let place = random.random_range(0..bytes.len());
        bytes[place] ^= 1 << random.random_range(0..8);
        challenges.extend(Challenge::decode(&mut &bytes[..]));
    }
    challenges
}

#[test]
fn challenges_have_the_same_verdicts_in_webassembly() {
    let blob = blob();
    let random = &mut StdRng::seed_from_u64(3);
    let mut verdicts = [0u64; 4];
    for _ in 0..u64::div_ceil(cases(), BATCH) {
        let mut disputes = Vec::new();
        while (disputes.len() as u64) < BATCH {
            let round = random_round(random);
            if round.benchmark.is_empty() {
                continue;
            }
            let right = value(&round);
            let mut published = right.clone();
            // Every fourth is right.
            if random.random_range(0..4) > 0 {
                corrupt(&mut published, random);
            }
            disputes.push(Dispute {
                challenges: challenges(&round, &right, &published, random),
                shadows: published.shadows,
                rows: published.rows,
                round,
            });
        }
        let judged: Vec<Vec<Result<(), u8>>> = in_wasm(&blob, "judge_disputes", &disputes);
        for (dispute, judged) in disputes.iter().zip(judged) {
            assert_eq!(judge(dispute), judged, "{dispute:?}");
            for verdict in judged {
                verdicts[verdict.map_or_else(|why| 1 + usize::from(why), |()| 0)] += 1;
            }
        }
    }
    println!("challenges that disprove, and that do not by reason: {verdicts:?}");
    assert!(
        verdicts.iter().all(|count| *count * 100 > cases()),
        "{verdicts:?}"
    );
}
