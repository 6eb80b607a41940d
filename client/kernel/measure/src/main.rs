//! Measures what takes too long for many repetitions, and says what it measured it against.
//!
//! ```text
//! measure throughput [RECORDS]           rows of 1,000 benchmark records, against bare scalar products; peak memory
//! measure rounds [RECORDS]               a round that adds 1 % of the records, against the valuation of all of them
//! measure hostile [RECORDS]              data that were made to take long; 100,000 records unless it is said otherwise
//! measure pydvl FOLDER RECORDS TESTS     writes data for pyDVL to value, and what the kernel makes of them
//! ```
//!
//! Else RECORDS are 1,000,000 unless it is said otherwise.

mod hostile;

use std::{
    env,
    error::Error,
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use hostile::Hostile;
use tributary_kernel::{
    knn_shapley, rows, shadows, yardstick, Index, Machine, Params, Records, Row, Shadow,
};
use tributary_kernel_measure::{Data, Kind, DIMENSION};

/// Records of the benchmark.
const TESTS: usize = 1_000;

/// K.
const NEIGHBOURS: usize = 8;

/// K*.
const HORIZON: usize = 32;

/// Times that a short measurement is repeated; the median counts.
const REPETITIONS: usize = 5;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let machine = Machine::detect();
    println!(
        "{:?}, {} threads, d = {DIMENSION}, K = {NEIGHBOURS}, K* = {HORIZON}",
        machine.backend(),
        machine.threads()
    );
    match arguments[..] {
        ["throughput"] => throughput(machine, 1_000_000),
        ["throughput", count] => throughput(machine, count.parse()?),
        ["rounds"] => rounds(machine, 1_000_000),
        ["rounds", count] => rounds(machine, count.parse()?),
        ["hostile"] => hostile(machine, 100_000),
        ["hostile", count] => hostile(machine, count.parse()?),
        ["pydvl", folder, count, tests] => {
            pydvl(machine, Path::new(folder), count.parse()?, tests.parse()?)
        }
        _ => Err(
            "throughput [RECORDS], rounds [RECORDS], hostile [RECORDS] or pydvl FOLDER RECORDS TESTS"
                .into(),
        ),
    }
}

fn throughput(machine: Machine, count: usize) -> Result<()> {
    println!("\n{count} records x {TESTS}, no old ones; products of numbers in 10^9 a second");
    println!(
        "{:<10}{:>12}{:>12}{:>9}{:>14}{:>9}",
        "data", "rows", "bare tiles", "share", "plain loop", "share"
    );
    let empty = Index::new(DIMENSION)?;
    for kind in Kind::ALL {
        let all = Data::new(kind, count, 1);
        let (records, tests) = (all.records(), Data::new(kind, TESTS, 2));
        let benchmark = tests.benchmark();
        let params = Params::new(NEIGHBOURS, HORIZON, kind.radius())?;
        let packing = yardstick::Packing::new(machine, &records);
        let (mut kernel, mut bare) = (Vec::new(), Vec::new());
        // In turn, so that whatever else the machine does meets both.
        for _ in 0..REPETITIONS {
            let rows = || rows(machine, &params, &empty, &records, &[], &benchmark);
            kernel.push(timed(rows).0);
            bare.push(timed(|| packing.multiply(machine, &benchmark)).0);
        }
        let (plain, _) = timed(|| yardstick::multiply_plainly(machine, &records, &benchmark));
        let speed = |time: Duration| (count * TESTS * DIMENSION) as f64 / time.as_secs_f64() / 1e9;
        let (kernel, bare, plain) = (speed(median(kernel)), speed(median(bare)), speed(plain));
        println!(
            "{:<10}{kernel:>12.1}{bare:>12.1}{:>8.0}%{plain:>14.1}{:>8.0}%",
            kind.to_string(),
            100.0 * kernel / bare,
            100.0 * kernel / plain
        );
    }
    println!("peak memory (VmHWM): {}", peak_memory()?);
    Ok(())
}

fn rounds(machine: Machine, count: usize) -> Result<()> {
    let added = count / 100;
    println!("\nall: {count} newcomers to an empty datanet; round: {added} newcomers to the others, of which an index is kept; x {TESTS}");
    println!("seconds; to admit is to add the newcomers to the index");
    println!(
        "{:<10}{:>9}{:>9}{:>9}{:>10}{:>9}{:>10}{:>9}{:>9}",
        "data", "shadows", "rows", "= all", "shadows", "rows", "to admit", "= round", "of all"
    );
    let empty = Index::new(DIMENSION)?;
    for kind in Kind::ALL {
        let mut old = Data::new(kind, count, 1).repeat(3);
        let tests = Data::new(kind, TESTS, 2);
        let all = value(machine, kind, &empty, &old.records(), &tests)?;

        let new = old.split_off(count - added);
        let (build, index) = timed(|| {
            let mut index = Index::new(DIMENSION)?;
            index.extend(machine, &old.records())?;
            Ok::<_, tributary_kernel::Error>(index)
        });
        let mut index = index?;
        let round = value(machine, kind, &index, &new.records(), &tests)?;
        let (extension, extended) = timed(|| index.extend(machine, &new.records()));
        extended?;

        let whole = round.shadows + round.rows + extension;
        println!(
            "{:<10}{:>9.3}{:>9.3}{:>9.3}{:>10.4}{:>9.4}{:>10.4}{:>9.4}{:>8.1}%",
            kind.to_string(),
            all.shadows.as_secs_f64(),
            all.rows.as_secs_f64(),
            (all.shadows + all.rows).as_secs_f64(),
            round.shadows.as_secs_f64(),
            round.rows.as_secs_f64(),
            extension.as_secs_f64(),
            whole.as_secs_f64(),
            100.0 * whole.as_secs_f64() / (all.shadows + all.rows).as_secs_f64(),
        );
        println!(
            "{:<10}the round's rows alone: {:.1} % of all rows; {} and {} shadows; index built in {:.3} s",
            "",
            100.0 * round.rows.as_secs_f64() / all.rows.as_secs_f64(),
            all.listed.len(),
            round.listed.len(),
            build.as_secs_f64()
        );
    }
    println!("peak memory (VmHWM): {}", peak_memory()?);
    Ok(())
}

/// A valuation and how long its parts took.
struct Valued {
    listed: Vec<Shadow>,
    shadows: Duration,
    rows: Duration,
}

fn value(machine: Machine, kind: Kind, old: &Index, new: &Records, tests: &Data) -> Result<Valued> {
    let params = Params::new(NEIGHBOURS, HORIZON, kind.radius())?;
    let benchmark = tests.benchmark();
    let repeat = |work: &dyn Fn() -> Result<()>| -> Result<Duration> {
        let mut times = Vec::new();
        for _ in 0..REPETITIONS {
            let (time, done) = timed(work);
            done?;
            times.push(time);
        }
        Ok(median(times))
    };
    let listed = shadows(machine, old, new, kind.radius())?;
    Ok(Valued {
        shadows: repeat(&|| {
            black_box(shadows(machine, old, new, kind.radius())?);
            Ok(())
        })?,
        rows: repeat(&|| {
            let found: Vec<Row> = rows(machine, &params, old, new, &listed, &benchmark)?;
            black_box(found);
            Ok(())
        })?,
        listed,
    })
}

/// Data that defeat what makes the kernel fast.
fn hostile(machine: Machine, count: usize) -> Result<()> {
    println!("\n{count} newcomers to an empty datanet x {TESTS}; seconds");
    println!(
        "{:<44}{:>8}{:>9}{:>9}{:>9}",
        "data", "radius", "shadows", "listed", "rows"
    );
    let empty = Index::new(DIMENSION)?;
    let tests = Data::new(Kind::Uniform, TESTS, 2);
    for Hostile { name, data, radius } in Hostile::all(count) {
        let records = data.records();
        let params = Params::new(NEIGHBOURS, HORIZON, radius)?;
        let (shadows_time, listed) = timed(|| shadows(machine, &empty, &records, radius));
        let benchmark = tests.benchmark();
        // As if none were a shadow.
        let (rows_time, found) =
            timed(|| rows(machine, &params, &empty, &records, &[], &benchmark));
        found?;
        println!(
            "{name:<44}{radius:>8}{:>9.3}{:>9}{:>9.3}",
            shadows_time.as_secs_f64(),
            listed?.len(),
            rows_time.as_secs_f64()
        );
    }
    Ok(())
}

fn pydvl(machine: Machine, folder: &Path, count: usize, tests: usize) -> Result<()> {
    let data = Data::new(Kind::Uniform, count, 1);
    let benchmark = Data::new(Kind::Uniform, tests, 2);
    let (time, values) = timed(|| {
        knn_shapley(
            machine,
            NEIGHBOURS,
            &data.benchmark(),
            &benchmark.benchmark(),
        )
    });
    let values: Vec<u8> = values?
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();

    let params = Params::new(NEIGHBOURS, HORIZON, Kind::Uniform.radius())?;
    let empty = Index::new(DIMENSION)?;
    let (round, found) = timed(|| {
        let listed = shadows(machine, &empty, &data.records(), Kind::Uniform.radius())?;
        rows(
            machine,
            &params,
            &empty,
            &data.records(),
            &listed,
            &benchmark.benchmark(),
        )
    });
    found?;

    fs::create_dir_all(folder)?;
    for (name, data) in [("data", &data), ("benchmark", &benchmark)] {
        let features: Vec<u8> = data.features.iter().map(|number| *number as u8).collect();
        fs::write(folder.join(format!("{name}.i8")), features)?;
        fs::write(folder.join(format!("{name}.labels")), &data.labels)?;
    }
    fs::write(folder.join("values.f64"), values)?;
    fs::write(
        folder.join("measured.json"),
        format!(
            "{{\"records\": {count}, \"tests\": {tests}, \"dimension\": {DIMENSION}, \"neighbours\": {NEIGHBOURS}, \
             \"threads\": {}, \"seconds\": {}, \"round\": {}}}\n",
            machine.threads(),
            time.as_secs_f64(),
            round.as_secs_f64(),
        ),
    )?;
    println!(
        "{count} records x {tests}: all values in {:.3} s; shadows and rows of a first round in {:.3} s",
        time.as_secs_f64(),
        round.as_secs_f64()
    );
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let result = black_box(work());
    (begin.elapsed(), result)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The most memory that this process ever had, as Linux counts it.
fn peak_memory() -> Result<String> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line
        .ok_or("no VmHWM in /proc/self/status")?
        .trim()
        .to_owned())
}
