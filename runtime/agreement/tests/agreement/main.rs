//! Random rounds, valued by the reference in WebAssembly and natively, and by the kernel with all instructions that this processor has on
//! one thread and two: everything that is published, its roots and its values are the same to the bit. So are the vectors of texts and
//! the verdicts on challenges.
//!
//! `TRIBUTARY_CASES=100000 cargo nextest run --release --workspace --test agreement` tries more than the 2,000 rounds of a usual run.

mod challenges;
mod texts;

use std::num::NonZero;

use codec::{Decode, Encode};
use rand::{rngs::StdRng, Rng, SeedableRng};
use sc_executor::WasmExecutor;
use sc_executor_common::runtime_blob::RuntimeBlob;
use sp_io::{SubstrateHostFunctions, TestExternalities};
use tributary_agreement::{blob::WASM_BINARY, value, Point, Round, Valuation};
use tributary_kernel::{
    rows, shadows, Backend, Benchmark, Entry, Id, Index, Machine, Params, Records, Row, Shadow,
};
use tributary_primitives::ids::RecordId;

/// Rounds that are valued by one call.
const BATCH: u64 = 250;

/// A round on a grid, or anywhere.
fn random_round(random: &mut StdRng) -> Round {
    let dimension = match random.random_range(0..40) {
        0 => 1_024,
        1..20 => random.random_range(1..=3),
        _ => random.random_range(4..=70),
    };
    let width = [2, 6, 256u16][random.random_range(0..3)];
    let classes = [1, 2, 10, 256u16][random.random_range(0..4)];
    let horizon = [1, 3, 32u8][random.random_range(0..3)];
    let first = [0, 3, u32::MAX - 8][random.random_range(0..3)];
    let mut points = |contributions: std::ops::Range<u32>| -> Vec<Point> {
        let mut points = Vec::new();
        for contribution in contributions {
            for position in 0..random.random_range(0..30) {
                points.push(Point {
                    id: RecordId {
                        contribution,
                        position,
                    },
                    label: random.random_range(0..classes) as u8,
                    features: (0..dimension)
                        .map(|_| (random.random_range(0..width) as u8).wrapping_sub(128) as i8)
                        .collect(),
                });
            }
        }
        points
    };
    let old = points(first.saturating_sub(3)..first);
    let new = points(first..first + 4);
    let mut benchmark = points(0..1);
    benchmark.extend(new.first().cloned());
    Round {
        dimension,
        classes,
        neighbours: random.random_range(1..=horizon),
        horizon,
        radius: match random.random_range(0..4) {
            0 => 0,
            1 => random.random(),
            _ => random.random_range(0..8),
        },
        first,
        old,
        new,
        benchmark,
    }
}

fn blob() -> RuntimeBlob {
    let blob = WASM_BINARY.expect("the blob is there unless SKIP_WASM_BUILD is set");
    RuntimeBlob::uncompress_if_needed(blob).expect("the builder makes blobs")
}

/// How many cases a test tries at the least.
fn cases() -> u64 {
    std::env::var("TRIBUTARY_CASES").map_or(2_000, |text| {
        text.parse().expect("TRIBUTARY_CASES is a number")
    })
}

/// What a function of the blob makes of each of some items.
fn in_wasm<Item: Encode, Made: Decode>(
    blob: &RuntimeBlob,
    function: &str,
    items: &[Item],
) -> Vec<Made> {
    let executor = WasmExecutor::<SubstrateHostFunctions>::builder().build();
    let mut externalities = TestExternalities::default();
    let answer = executor.uncached_call(
        blob.clone(),
        &mut externalities.ext(),
        false,
        function,
        &items.encode(),
    );
    let made = Vec::decode(&mut &answer.expect("the blob answers")[..]);
    let made = made.expect("what was asked for comes back");
    assert_eq!(made.len(), items.len());
    made
}

/// Points as the kernel takes them.
#[derive(Default)]
struct Flat {
    features: Vec<i8>,
    labels: Vec<u8>,
    ids: Vec<Id>,
}

impl Flat {
    fn of(points: &[Point]) -> Self {
        let mut flat = Self::default();
        for Point {
            id,
            label,
            features,
        } in points
        {
            flat.features.extend(features);
            flat.labels.push(*label);
            flat.ids.push(kernel_id(*id));
        }
        flat
    }

    fn records(&self, dimension: usize) -> Records<'_> {
        Records::new(dimension, &self.features, &self.labels, &self.ids).unwrap()
    }
}

fn kernel_id(id: RecordId) -> Id {
    Id {
        contribution: id.contribution,
        position: id.position,
    }
}

/// Compares the kernel's shadows and rows with those of a valuation.
fn check_kernel(machine: Machine, round: &Round, valuation: &Valuation) {
    let dimension = round.dimension.into();
    let (old, new, benchmark) = (
        Flat::of(&round.old),
        Flat::of(&round.new),
        Flat::of(&round.benchmark),
    );
    let new = new.records(dimension);
    let mut index = Index::new(dimension).unwrap();
    index.extend(machine, &old.records(dimension)).unwrap();
    let expected: Vec<Shadow> = valuation
        .shadows
        .iter()
        .map(|pair| Shadow {
            shadow: kernel_id(pair.shadow),
            witness: kernel_id(pair.witness),
        })
        .collect();
    let found = shadows(machine, &index, &new, round.radius).unwrap();
    assert_eq!(found, expected, "{machine:?}: {round:?}");

    let params = Params::new(round.neighbours.into(), round.horizon.into(), round.radius).unwrap();
    let benchmark = Benchmark::new(dimension, &benchmark.features, &benchmark.labels).unwrap();
    let found = rows(machine, &params, &index, &new, &found, &benchmark).unwrap();
    let expected: Vec<Row> = valuation
        .rows
        .iter()
        .map(|row| Row {
            entries: row
                .entries
                .iter()
                .map(|entry| Entry {
                    id: kernel_id(entry.record),
                    matches: entry.matches,
                })
                .collect(),
        })
        .collect();
    assert_eq!(found, expected, "{machine:?}: {round:?}");
}

#[test]
fn native_code_and_webassembly_agree_to_the_bit() {
    let blob = blob();
    let machines: Vec<Machine> = Backend::available()
        .into_iter()
        .flat_map(|backend| {
            [1, 2].map(|threads| Machine::new(backend, NonZero::new(threads).unwrap()).unwrap())
        })
        .collect();
    let cases = cases();
    let random = &mut StdRng::seed_from_u64(1);
    let (mut shadowed, mut paid) = (0u64, 0u64);
    for _ in 0..u64::div_ceil(cases, BATCH) {
        let rounds: Vec<Round> = (0..BATCH).map(|_| random_round(random)).collect();
        let in_wasm: Vec<Valuation> = in_wasm(&blob, "value_rounds", &rounds);
        for (round, in_wasm) in rounds.iter().zip(&in_wasm) {
            let natively = value(round);
            assert_eq!(natively, *in_wasm, "{round:?}");
            shadowed += u64::from(!natively.shadows.is_empty());
            paid += u64::from(natively.values.0.iter().any(|(_, value)| *value > 0));
            for machine in &machines {
                check_kernel(*machine, round, &natively);
            }
        }
    }
    println!("{cases} rounds; shadows in {shadowed}, positive values in {paid}; {machines:?}");
    assert!(shadowed > cases / 10 && paid > cases / 5);
}
