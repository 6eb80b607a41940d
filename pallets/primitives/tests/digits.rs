//! The story of `scripts/run`, both rounds, in the kernel alone: handwritten digits, honest contributors and five kinds of garbage.
//!
//! The digits are divided just as `scripts/story/data.mjs` divides them, by the same generator, so that a seed means the same records
//! here and there. Of the 1,797 digits, in an order shuffled by the seed:
//!
//! - 2 x 150, 15 of each class, are held back for the two rounds' benchmarks; each round has four slices of 100, 10 of each class,
//!   drawn from its 150 (here by the seed; on a chain the provider draws them as it likes);
//! - 6 x 200 are those of Ada, Ben, Cleo (round 1), Dora, Emil and Fay (round 2);
//! - 150, each with a wrong label, are Flip's (round 1), 140, each with its pixels in an order of its own, Shuffle's (round 2).
//!
//! Flood (round 1) brings 400 vectors of uniform noise with random labels, Copy (round 2) the very records of Ada, Jitter (round 2)
//! those of Ben with each pixel moved by up to one.
//!
//! Run with `--nocapture` for the table of all seeds.

use std::collections::BTreeSet;

use tributary_primitives::{
    ids::{ContributionNumber, RecordId},
    valuation::{round_values, rows, shadows, Benchmark, Params, Record, RoundValues, SCALE},
};

const CLASSES: u8 = 10;
const HONEST: usize = 200;
const FLIPPED: usize = 150;
const SHUFFLED: usize = 140;
const FLOOD: usize = 400;
const HELD_BACK: usize = 15;
const SLICE: usize = 10;
const SLICES: usize = 4;
const BENCHMARK: usize = 100;
const SEEDS: core::ops::RangeInclusive<u32> = 1..=20;

const PARAMS: Params = Params {
    dimension: 64,
    classes: CLASSES as u16,
    neighbours: 5,
    horizon: 32,
    radius: 100,
};

#[derive(Clone)]
struct Digit {
    label: u8,
    pixels: Vec<i8>,
}

/// The generator of `scripts/story/random.mjs` (mulberry32).
struct Generator(u32);

impl Generator {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 15)).wrapping_mul(mixed | 1);
        mixed ^= mixed.wrapping_add((mixed ^ (mixed >> 7)).wrapping_mul(mixed | 61));
        let number = mixed ^ (mixed >> 14);
        ((u64::from(number) * bound as u64) >> 32) as usize
    }

    fn shuffled<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut copy = items.to_vec();
        for last in (1..copy.len()).rev() {
            let other = self.below(last + 1);
            copy.swap(last, other);
        }
        copy
    }
}

fn digits() -> Vec<Digit> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/data/digits.csv");
    std::fs::read_to_string(path)
        .expect("the digits are in the repository")
        .lines()
        .skip(1)
        .map(|line| {
            let mut numbers: Vec<i8> = line
                .split(',')
                .map(|number| number.parse().expect("a number"))
                .collect();
            let label = numbers.pop().expect("a label").unsigned_abs();
            Digit {
                label,
                pixels: numbers,
            }
        })
        .collect()
}

struct Contribution {
    name: &'static str,
    honest: bool,
    digits: Vec<Digit>,
}

struct Round {
    slices: Vec<Vec<Digit>>,
    contributions: Vec<Contribution>,
}

/// Takes the first `per_class` digits of each class out of `digits`.
fn take_balanced(digits: &mut Vec<Digit>, per_class: usize) -> Vec<Digit> {
    let mut taken = Vec::new();
    for label in 0..CLASSES {
        for _ in 0..per_class {
            let place = digits
                .iter()
                .position(|digit| digit.label == label)
                .expect("enough of each class");
            taken.push(digits.remove(place));
        }
    }
    taken
}

fn slices(held_back: &[Digit], generator: &mut Generator) -> Vec<Vec<Digit>> {
    (0..SLICES)
        .map(|_| {
            let mut candidates = generator.shuffled(held_back);
            generator.shuffled(&take_balanced(&mut candidates, SLICE))
        })
        .collect()
}

/// Everybody's records. Every number that is drawn is drawn in the order of `scripts/story/data.mjs`, then those of the slices.
fn divide(digits: &[Digit], seed: u32) -> [Round; 2] {
    let mut generator = Generator(seed);
    let mut rest = generator.shuffled(digits);
    let held_back = [(); 2].map(|()| take_balanced(&mut rest, HELD_BACK));
    let [ada, ben, cleo, dora, emil, fay] = [(); 6].map(|()| take(&mut rest, HONEST));
    let flipped = take(&mut rest, FLIPPED)
        .into_iter()
        .map(|digit| {
            let shift = 1 + generator.below(usize::from(CLASSES) - 1) as u8;
            Digit {
                label: (digit.label + shift) % CLASSES,
                ..digit
            }
        })
        .collect();
    let mixed = take(&mut rest, SHUFFLED)
        .into_iter()
        .map(|digit| Digit {
            pixels: generator.shuffled(&digit.pixels),
            ..digit
        })
        .collect();
    let flood = (0..FLOOD)
        .map(|_| {
            let pixels = (0..64).map(|_| generator.below(17) as i8).collect();
            let label = generator.below(usize::from(CLASSES)) as u8;
            Digit { label, pixels }
        })
        .collect();
    let jittered = ben
        .iter()
        .map(|digit| Digit {
            label: digit.label,
            pixels: digit
                .pixels
                .iter()
                .map(|pixel| (pixel - 1 + generator.below(3) as i8).clamp(0, 16))
                .collect(),
        })
        .collect();
    let copied = ada.clone();
    let [first, second] = held_back.map(|held_back| slices(&held_back, &mut generator));
    let contribution = |name, honest, digits| Contribution {
        name,
        honest,
        digits,
    };
    [
        Round {
            slices: first,
            contributions: vec![
                contribution("Ada", true, ada),
                contribution("Ben", true, ben),
                contribution("Cleo", true, cleo),
                contribution("Flip", false, flipped),
                contribution("Flood", false, flood),
            ],
        },
        Round {
            slices: second,
            contributions: vec![
                contribution("Dora", true, dora),
                contribution("Emil", true, emil),
                contribution("Fay", true, fay),
                contribution("Copy", false, copied),
                contribution("Jitter", false, jittered),
                contribution("Shuffle", false, mixed),
            ],
        },
    ]
}

fn take(digits: &mut Vec<Digit>, count: usize) -> Vec<Digit> {
    digits.drain(..count).collect()
}

fn records<'a>(
    contributions: impl IntoIterator<Item = (ContributionNumber, &'a Contribution)>,
) -> Vec<Record<'a>> {
    contributions
        .into_iter()
        .flat_map(|(contribution, content)| {
            content
                .digits
                .iter()
                .zip(0..)
                .map(move |(digit, position)| Record {
                    id: RecordId {
                        contribution,
                        position,
                    },
                    label: digit.label,
                    features: &digit.pixels,
                })
        })
        .collect()
}

/// A round that was played.
struct Played {
    shadows: BTreeSet<RecordId>,
    values: RoundValues,
    shares: Vec<Share>,
}

/// What a contribution came to.
struct Share {
    name: &'static str,
    honest: bool,
    number: ContributionNumber,
    records: usize,
    value: i128,
}

impl Played {
    fn honest(&self) -> i128 {
        let honest = self.shares.iter().filter(|share| share.honest);
        honest.map(|share| share.value).sum()
    }

    fn share(&self, name: &str) -> &Share {
        let share = self.shares.iter().find(|share| share.name == name);
        share.expect("a name of the story")
    }

    /// How many records of a contribution repeat others.
    fn shadows_of(&self, name: &str) -> usize {
        let number = self.share(name).number;
        let shadows = self.shadows.iter();
        shadows.filter(|id| id.contribution == number).count()
    }
}

/// Plays both rounds, with one slice of each as its benchmark.
fn play(story: &[Round; 2], slices: [usize; 2]) -> [Played; 2] {
    let mut first = 0;
    let mut admitted: Vec<(ContributionNumber, &Contribution)> = Vec::new();
    [0, 1].map(|index| {
        let round = &story[index];
        let newcomers: Vec<_> = (first..).zip(&round.contributions).collect();
        let old = records(admitted.iter().copied());
        let new = records(newcomers.iter().copied());
        let benchmark: Vec<_> = round.slices[slices[index]]
            .iter()
            .map(|digit| Benchmark {
                label: digit.label,
                features: &digit.pixels,
            })
            .collect();
        let shadows = shadows(&PARAMS, &old, &new);
        let rows = rows(&PARAMS, &old, &new, &shadows, &benchmark);
        let values = round_values(&PARAMS, first, &rows).expect("rows");
        let shares: Vec<_> = newcomers
            .iter()
            .map(|(number, contribution)| Share {
                name: contribution.name,
                honest: contribution.honest,
                number: *number,
                records: contribution.digits.len(),
                value: values
                    .by_contribution
                    .get(number)
                    .copied()
                    .unwrap_or_default(),
            })
            .collect();
        let positive = newcomers
            .iter()
            .zip(&shares)
            .filter(|(_, share)| share.value > 0);
        admitted.extend(positive.map(|(newcomer, _)| *newcomer));
        first += newcomers.len() as ContributionNumber;
        Played {
            shadows: shadows.iter().map(|pair| pair.shadow).collect(),
            values,
            shares,
        }
    })
}

/// L K C T: an accuracy of one.
fn one() -> i128 {
    SCALE as i128 * i128::from(PARAMS.neighbours) * i128::from(CLASSES) * BENCHMARK as i128
}

fn percent(value: i128) -> f64 {
    100.0 * value as f64 / one() as f64
}

fn print(seed: u32, slice: usize, played: &[Played; 2]) {
    print!("{seed:4} {slice:5}");
    for round in played {
        let (before, after) = (round.values.before as i128, round.values.after as i128);
        print!(" | {:6.2} {:6.2}", percent(before), percent(after));
        for share in &round.shares {
            print!(" {:7.2}", percent(share.value));
        }
    }
    println!();
}

#[test]
fn garbage_earns_exactly_nothing_and_honest_contributors_the_accuracy_gained() {
    let digits = digits();
    assert_eq!(digits.len(), 1_797);
    println!("values and accuracies in percent");
    println!(
        "seed slice | before  after     Ada     Ben    Cleo    Flip   Flood \
         | before  after    Dora    Emil     Fay    Copy  Jitter Shuffle"
    );

    let (mut games, mut sums, mut honest) = (0, [0i128; 4], 0);
    let (mut unpaid, mut saturated) = (0, 0);
    for seed in SEEDS {
        let story = divide(&digits, seed);
        for slice in 0..SLICES {
            let played = play(&story, [slice, slice]);
            print(seed, slice, &played);
            let game = format!("seed {seed}, slice {slice}");
            games += 1;
            for (index, round) in played.iter().enumerate() {
                let before = round.values.before as i128;
                let after = round.values.after as i128;
                sums[2 * index] += before;
                sums[2 * index + 1] += after;
                let total: i128 = round.shares.iter().map(|share| share.value).sum();
                assert_eq!(total, after - before, "{game}");
                for share in round.shares.iter().filter(|share| !share.honest) {
                    assert!(share.value <= 0, "{game}: {} is paid", share.name);
                }
            }

            // An empty datanet guesses. All honest contributors of round 1 are paid, the flipped labels cost accuracy.
            let [first, second] = &played;
            assert_eq!(first.values.before as i128 * i128::from(CLASSES), one());
            assert!(first.values.after as i128 * 100 > one() * 70, "{game}");
            for name in ["Ada", "Ben", "Cleo"] {
                assert!(first.share(name).value * 100 > one() * 20, "{game}: {name}");
            }
            assert!(first.share("Flip").value < 0, "{game}");
            assert_eq!(first.share("Flood").value, 0, "{game}");

            // Admission removes them: a fresh benchmark shows it before any newcomer of round 2 counts.
            assert!(second.values.before as i128 * 100 > one() * 90, "{game}");
            for name in ["Copy", "Jitter"] {
                assert_eq!(
                    second.shadows_of(name),
                    second.share(name).records,
                    "{game}: {name}"
                );
                assert_eq!(second.share(name).value, 0, "{game}: {name}");
            }
            honest += second.honest();
            unpaid += second
                .shares
                .iter()
                .filter(|share| share.honest && share.value <= 0)
                .count();
            saturated += usize::from(second.honest() <= 0);
        }
    }

    let [start, flipped, admitted, end] = sums.map(|sum| percent(sum / games));
    println!(
        "{games} games: round 1 {start:.2} -> {flipped:.2}, round 2 {admitted:.2} -> {end:.2}"
    );
    println!("of {} honest contributions of round 2, {unpaid} were worth nothing or less; in {saturated} games, all together", 3 * games);
    // Round 2 starts near saturation: honest records add little, and now and then nothing by chance of the benchmark.
    assert!(honest > 0);
    assert!(unpaid as i128 * 10 < 3 * games);
    assert!(saturated as i128 * 20 < games);
}

#[test]
fn a_newcomer_that_repeats_an_honest_one_of_its_own_round_earns_nothing() {
    let digits = digits();
    let [mut round, _] = divide(&digits, 1);
    let copied = round.contributions[0].digits.clone();
    round.contributions.push(Contribution {
        name: "Echo",
        honest: false,
        digits: copied,
    });
    let empty = Round {
        slices: round.slices.clone(),
        contributions: Vec::new(),
    };
    let [played, _] = play(&[round, empty], [0, 0]);
    assert_eq!(played.shadows_of("Echo"), HONEST);
    assert_eq!(played.share("Echo").value, 0);
    assert!(played.share("Ada").value > 0);
}
