//! Every wrong publication is disproved by the one challenge that the challenger finds, and no challenge disproves a right one.
//!
//! Small rounds, on a grid or of short texts, where ties, copies and ineligible records are frequent, are published rightly; then every
//! item is changed in turn.
//! `TRIBUTARY_CASES=3000000 cargo nextest run --release --workspace --test challenges` tries more than the 100,000 cases of a usual run.

mod liars;
mod mixtures;
mod rounds;

use codec::{Decode, Encode};
use liars::{lies, Lie};
use mixtures::{Stock, CHANGES};
use rounds::{Random, Round};
use tributary_primitives::{
    ids::RecordId,
    valuation::{
        disproves, find, prove, round_values, Challenge, ChallengeError, Finding, FoundFault, Row,
        Shadow, MAX_CHALLENGE,
    },
};

/// How many cases a test tries at the least.
fn cases() -> u64 {
    std::env::var("TRIBUTARY_CASES").map_or(100_000, |text| {
        text.parse().expect("TRIBUTARY_CASES is a number")
    })
}

/// What is found against a publication of a round, proven.
fn found(round: &Round, shadows: &[Shadow], rows: &[Row]) -> Option<(Finding, Challenge)> {
    let (old, new, benchmark) = (round.admitted(), round.newcomers(), round.benchmark());
    let data = round.data(&old, &new, &benchmark);
    let (right_shadows, right_rows) = data.publication();
    let finding = find(&data, (&right_shadows, &right_rows), (shadows, rows))?;
    let challenge = prove(&round.params, round.first, round, shadows, rows, &finding);
    Some((finding, challenge.expect("what was found can be proven")))
}

#[test]
fn every_wrong_item_is_refuted_by_the_challenge_that_is_found() {
    let mut random = Random::new(1);
    let (mut tried, mut harmless) = (0u64, 0u64);
    let mut kinds = [0u64; 5];
    while tried < cases() {
        let round = Round::random(&mut random);
        let (shadows, rows) = round.right();
        let right = round.published(&shadows, &rows);
        for Lie {
            shadows: false_shadows,
            rows: false_rows,
        } in lies(&round, &shadows, &rows)
        {
            tried += 1;
            let Some((finding, challenge)) = found(&round, &false_shadows, &false_rows) else {
                // Another witness, as good as the right one: nothing else may differ.
                assert!(false_shadows
                    .iter()
                    .map(|pair| pair.shadow)
                    .eq(shadows.iter().map(|pair| pair.shadow)));
                assert_eq!(false_rows, rows);
                harmless += 1;
                continue;
            };
            let published = round.published(&false_shadows, &false_rows);
            assert_eq!(
                disproves(&published, &challenge),
                Ok(()),
                "{finding:?} in {round:?}"
            );
            assert!(
                disproves(&right, &challenge).is_err(),
                "{finding:?} in {round:?}"
            );
            assert!(challenge.encoded_size() as u32 <= MAX_CHALLENGE);
            kinds[match finding {
                Finding::Entry { .. } => 0,
                Finding::Order { .. } => 1,
                Finding::Missed { .. } => 2,
                Finding::NotShadow { .. } => 3,
                Finding::Shadow { .. } => 4,
            }] += 1;
        }
    }
    println!("{tried} publications, {harmless} with another right witness; challenges by kind: {kinds:?}");
    assert!(
        kinds.iter().all(|count| *count * 200 > tried),
        "{kinds:?} of {tried}"
    );
    assert!(harmless * 20 < tried, "{harmless} of {tried} are harmless");
}

#[test]
fn publications_with_several_wrong_items_are_refuted() {
    let mut random = Random::new(4);
    let (mut tried, mut harmless) = (0u64, 0u64);
    // Each case lists all lies that could come next: fewer of them take as long.
    while tried * 20 < cases() {
        let round = Round::random(&mut random);
        let (shadows, rows) = round.right();
        let right = round.published(&shadows, &rows);
        let mut lie = Lie {
            shadows: shadows.clone(),
            rows: rows.clone(),
        };
        for _ in 0..2 + random.below(5) {
            let next = lies(&round, &lie.shadows, &lie.rows);
            if !next.is_empty() {
                lie = next[random.below(next.len() as u64) as usize].clone();
            }
        }
        tried += 1;
        let Some((finding, challenge)) = found(&round, &lie.shadows, &lie.rows) else {
            let listed = |list: &[Shadow]| list.iter().map(|pair| pair.shadow).collect::<Vec<_>>();
            assert_eq!(listed(&lie.shadows), listed(&shadows));
            assert_eq!(lie.rows, rows);
            harmless += 1;
            continue;
        };
        assert_eq!(
            disproves(&round.published(&lie.shadows, &lie.rows), &challenge),
            Ok(()),
            "{finding:?} in {round:?}"
        );
        assert!(
            disproves(&right, &challenge).is_err(),
            "{finding:?} in {round:?}"
        );
    }
    println!("{tried} publications, {harmless} of them right again");
    assert!(harmless * 10 < tried);
}

#[test]
fn a_right_publication_is_refuted_by_nothing() {
    let mut random = Random::new(2);
    let (mut tried, mut decoded) = (0u64, 0u64);
    while tried < cases() {
        let round = Round::random(&mut random);
        let (shadows, rows) = round.right();
        assert_eq!(found(&round, &shadows, &rows), None);
        let published = round.published(&shadows, &rows);
        for finding in every_finding(&round, &shadows, &rows) {
            let Some(challenge) = prove(
                &round.params,
                round.first,
                &round,
                &shadows,
                &rows,
                &finding,
            ) else {
                continue;
            };
            tried += 1;
            let answer = disproves(&published, &challenge);
            assert!(answer.is_err(), "{finding:?} in {round:?}");
            // What is proven as a challenge must be is refused for what it says alone.
            if !matches!(answer, Err(ChallengeError::NothingDisproved)) {
                assert!(
                    is_incomplete(&round, &finding),
                    "{answer:?}: {finding:?} in {round:?}"
                );
            }
            let mut bytes = challenge.encode();
            for _ in 0..2 {
                let place = random.below(bytes.len() as u64) as usize;
                bytes[place] ^= 1 << random.below(8);
                if let Ok(mutant) = Challenge::decode(&mut &bytes[..]) {
                    decoded += 1;
                    assert!(
                        disproves(&published, &mutant).is_err(),
                        "{mutant:?} in {round:?}"
                    );
                }
            }
        }
    }
    println!("{tried} proven challenges, {decoded} mutants of them");
    assert!(decoded > tried / 4);
}

#[test]
fn no_mixture_of_valid_proofs_refutes_a_right_publication() {
    let mut random = Random::new(5);
    let mut tried = 0u64;
    let mut answers = [0u64; 3];
    let mut changed = [0u64; CHANGES.len()];
    let mut earlier = Stock::default();
    // Hardly any is new by itself, and a thousand take a few milliseconds.
    while tried < 8 * cases() {
        let round = Round::random(&mut random);
        let (shadows, rows) = round.right();
        let published = round.published(&shadows, &rows);
        let mut challenges: Vec<Challenge> = every_finding(&round, &shadows, &rows)
            .iter()
            .filter_map(|finding| {
                let Round { params, first, .. } = round;
                prove(&params, first, &round, &shadows, &rows, finding)
            })
            .collect();
        // And what does disprove wrong publications of the same round.
        let wrong = lies(&round, &shadows, &rows);
        for _ in 0..challenges.len() / 4 {
            let lie = &wrong[random.below(wrong.len() as u64) as usize];
            challenges.extend(found(&round, &lie.shadows, &lie.rows).map(|found| found.1));
        }
        let stock = Stock::of(&challenges);
        for challenge in &challenges {
            for _ in 0..8 {
                let mut mutant = challenge.clone();
                for _ in 0..1 + random.below(3) {
                    let change = random.below(CHANGES.len() as u64) as usize;
                    let stock = if random.below(8) == 0 {
                        &earlier
                    } else {
                        &stock
                    };
                    let before = mutant.clone();
                    CHANGES[change](&mut mutant, stock, &mut random);
                    changed[change] += u64::from(mutant != before);
                }
                // Some have no part to be changed, and some are changed back.
                if mutant == *challenge {
                    continue;
                }
                tried += 1;
                match disproves(&published, &mutant) {
                    Ok(()) => panic!("{mutant:?}, made of {challenge:?}, in {round:?}"),
                    Err(ChallengeError::Malformed) => answers[0] += 1,
                    Err(ChallengeError::InvalidProof) => answers[1] += 1,
                    Err(ChallengeError::NothingDisproved) => answers[2] += 1,
                }
            }
        }
        earlier = stock;
    }
    println!(
        "{tried} mixtures; malformed, not proven, proven: {answers:?}; by change: {changed:?}"
    );
    assert!(answers.iter().all(|count| *count * 50 > tried));
    assert!(changed.iter().all(|count| *count * 50 > tried));
}

/// Whether a record of a finding is listed as a shadow, so that there is no proof that it is not.
fn is_incomplete(round: &Round, finding: &Finding) -> bool {
    let (shadows, _) = round.right();
    let listed = |record: &RecordId| shadows.iter().any(|pair| pair.shadow == *record);
    match finding {
        Finding::Missed { record, .. } => listed(record),
        Finding::Shadow { record, witness } => listed(record) || listed(witness),
        _ => false,
    }
}

/// All that can be said against a publication.
fn every_finding(round: &Round, shadows: &[Shadow], rows: &[Row]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let faults = || {
        let places = (0..shadows.len() as u32).map(FoundFault::Listed);
        [FoundFault::Unknown, FoundFault::Wrong]
            .into_iter()
            .chain(places)
    };
    let known: Vec<RecordId> = round.known().map(|point| point.id).collect();
    for (index, row) in (0..).zip(rows) {
        for entry in 0..row.entries.len() as u8 {
            findings.push(Finding::Order { row: index, entry });
            findings.extend(faults().map(|fault| Finding::Entry {
                row: index,
                entry,
                fault,
            }));
        }
        findings.extend(known.iter().map(|record| Finding::Missed {
            row: index,
            record: *record,
        }));
    }
    for index in 0..shadows.len() as u32 {
        findings.extend(faults().map(|fault| Finding::NotShadow { index, fault }));
    }
    for record in &known {
        findings.extend(known.iter().map(|witness| Finding::Shadow {
            record: *record,
            witness: *witness,
        }));
    }
    findings
}

#[test]
fn publications_that_are_right_but_for_witnesses_have_the_same_values() {
    let mut random = Random::new(3);
    let mut tried = 0;
    while tried < 200 {
        let round = Round::random(&mut random);
        let (shadows, rows) = round.right();
        let right = round_values(&round.params, round.first, &rows).expect("right rows are rows");
        for Lie {
            shadows: others,
            rows: same,
        } in lies(&round, &shadows, &rows)
        {
            if found(&round, &others, &same).is_none() {
                tried += 1;
                assert_eq!(
                    round_values(&round.params, round.first, &same),
                    Ok(right.clone())
                );
            }
        }
    }
}
