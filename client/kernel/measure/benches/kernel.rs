//! Fifty thousand records and a benchmark of a thousand, by all instructions that this processor has, on one thread and on all.

use std::{hint::black_box, num::NonZero, time::Duration};

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use tributary_kernel::{knn_shapley, rows, shadows, yardstick, Backend, Index, Machine, Params};
use tributary_kernel_measure::{Data, Kind, DIMENSION};

const RECORDS: usize = 50_000;
const TESTS: usize = 1_000;
const NEIGHBOURS: usize = 8;
const HORIZON: usize = 32;

fn machines() -> Vec<Machine> {
    let all = NonZero::new(Machine::detect().threads()).unwrap_or(NonZero::<usize>::MIN);
    let mut machines = Vec::new();
    for backend in Backend::available() {
        for threads in [NonZero::<usize>::MIN, all] {
            machines.extend(Machine::new(backend, threads));
        }
    }
    machines.dedup();
    machines
}

fn name(machine: Machine) -> String {
    format!("{:?}/{}", machine.backend(), machine.threads())
}

/// Rows of newcomers, and the scalar products alone.
fn rows_of_newcomers(criterion: &mut Criterion) {
    let (data, tests) = (
        Data::new(Kind::Uniform, RECORDS, 1),
        Data::new(Kind::Uniform, TESTS, 2),
    );
    let (records, benchmark) = (data.records(), tests.benchmark());
    let empty = Index::new(DIMENSION).expect("a dimension; qed");
    let params = Params::new(NEIGHBOURS, HORIZON, 0).expect("K <= K*; qed");
    let mut group = criterion.benchmark_group("rows of newcomers");
    group.throughput(Throughput::Elements((RECORDS * TESTS * DIMENSION) as u64));
    for machine in machines() {
        group.bench_function(name(machine), |bencher| {
            bencher.iter(|| rows(machine, &params, &empty, &records, &[], &benchmark));
        });
        let packing = yardstick::Packing::new(machine, &records);
        group.bench_function(format!("bare tiles {}", name(machine)), |bencher| {
            bencher.iter(|| packing.multiply(machine, &benchmark));
        });
        group.bench_function(format!("plain loop {}", name(machine)), |bencher| {
            bencher.iter(|| yardstick::multiply_plainly(machine, &records, &benchmark));
        });
    }
    group.finish();
}

/// Rows among old records, with and without anything that an index could use.
fn rows_of_old_records(criterion: &mut Criterion) {
    let params = Params::new(NEIGHBOURS, HORIZON, 0).expect("K <= K*; qed");
    let machine = Machine::detect();
    let mut group = criterion.benchmark_group("rows of old records");
    for kind in Kind::ALL {
        let (mut data, tests) = (Data::new(kind, RECORDS, 1), Data::new(kind, TESTS, 2));
        let new = data.split_off(RECORDS - RECORDS / 100);
        let mut index = Index::new(DIMENSION).expect("a dimension; qed");
        let grown = index.extend(machine, &data.records());
        grown.expect("of the same dimension; qed");
        let (records, benchmark) = (new.records(), tests.benchmark());
        group.bench_function(kind.to_string(), |bencher| {
            bencher.iter(|| rows(machine, &params, &index, &records, &[], &benchmark));
        });
    }
    group.finish();
}

/// Copies among newcomers.
fn shadows_of_newcomers(criterion: &mut Criterion) {
    let empty = Index::new(DIMENSION).expect("a dimension; qed");
    let machine = Machine::detect();
    let mut group = criterion.benchmark_group("shadows");
    for kind in Kind::ALL {
        let data = Data::new(kind, RECORDS, 1).repeat(3);
        let records = data.records();
        group.bench_function(kind.to_string(), |bencher| {
            bencher.iter(|| shadows(machine, &empty, &records, kind.radius()));
        });
    }
    group.finish();
}

/// All values of the game without old records, phantoms and horizon.
fn all_values(criterion: &mut Criterion) {
    let (data, tests) = (
        Data::new(Kind::Uniform, RECORDS, 1),
        Data::new(Kind::Uniform, TESTS, 2),
    );
    let machine = Machine::detect();
    let mut group = criterion.benchmark_group("all values");
    group.bench_function(name(machine), |bencher| {
        bencher.iter(|| {
            black_box(knn_shapley(
                machine,
                NEIGHBOURS,
                &data.benchmark(),
                &tests.benchmark(),
            ))
        });
    });
    group.finish();
}

criterion_group! {
    name = kernel;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(3));
    targets = rows_of_newcomers, rows_of_old_records, shadows_of_newcomers, all_values
}
criterion_main!(kernel);
