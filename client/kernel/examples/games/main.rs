//! Values games that another program thinks up: what `scripts/evidence` asks is answered by the kernel and the runtime's own recursion.
//!
//! Reads requests from standard input until it ends, and answers each by a line of JSON. A request is a line of words, then bytes; numbers are
//! little-endian. Records are `d` numbers each (i8), then their labels (u8), contributions (u32) and positions (u16); benchmark
//! records have no contributions and positions.
//!
//! ```text
//! game K HORIZON RADIUS CLASSES D OLD NEW TESTS   records OLD, records NEW, benchmark: a round; contributions of OLD are below those of NEW
//! rows K HORIZON CLASSES FIRST TESTS              for each row a count (u16) and so many (contribution u32, position u16, match u8)
//! shapley K D DATA TESTS                          benchmark DATA, benchmark TESTS: the game of Jia et al.
//! neighbours D COUNT                              benchmark COUNT: the nearest 32 of each, nearest first
//! screen D COUNT                                  records COUNT: the advisory quality
//! ```
//!
//! Values are exact: an accuracy of one is `one`, the number L K C T.

mod request;

use std::{
    collections::BTreeMap,
    error::Error,
    fmt::{Display, Write as _},
    io::{self, BufRead, Write as _},
    time::Instant,
};

use request::{Records, Request};
use tributary_kernel::{knn_shapley, rows, screening, shadows, Index, Machine, Params};
use tributary_primitives::{
    ids::RecordId,
    valuation::{self, round_values, row_values, RowEntry, SCALE},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let machine = Machine::detect();
    let mut input = io::stdin().lock();
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let answer = {
            let mut request = Request::new(&line, &mut input)?;
            match request.name() {
                "game" => game(machine, &mut request)?,
                "rows" => published(&mut request)?,
                "shapley" => shapley(machine, &mut request)?,
                "neighbours" => neighbours(machine, &mut request)?,
                "screen" => screen(machine, &mut request)?,
                other => return Err(format!("there is no request '{other}'").into()),
            }
        };
        let mut output = io::stdout().lock();
        writeln!(output, "{answer}")?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

/// What the runtime needs of the recipe.
fn recipe(neighbours: usize, horizon: usize, classes: usize) -> Result<valuation::Params> {
    Ok(valuation::Params {
        dimension: 1,
        classes: classes.try_into()?,
        neighbours: neighbours.try_into()?,
        horizon: horizon.try_into()?,
        radius: 0,
    })
}

/// A round: shadows, rows and values, and how long each took.
fn game(machine: Machine, request: &mut Request) -> Result<String> {
    let [neighbours, horizon, radius, classes, dimension, old, new, tests] = request.numbers()?;
    let radius = u32::try_from(radius)?;
    let params = Params::new(neighbours, horizon, radius)?;
    let old = request.records(dimension, old)?;
    let new = request.records(dimension, new)?;
    let tests = request.benchmark(dimension, tests)?;
    let first = new.ids.iter().map(|id| id.contribution).min().unwrap_or(0);
    if old.ids.iter().any(|id| id.contribution >= first) {
        return Err("an old contribution does not come before the new ones".into());
    }

    let begin = Instant::now();
    let mut index = Index::new(dimension)?;
    index.extend(machine, &old.borrow()?)?;
    let indexed = begin.elapsed();
    let begin = Instant::now();
    let listed = shadows(machine, &index, &new.borrow()?, radius)?;
    let shadowed = begin.elapsed();
    let begin = Instant::now();
    let all = rows(
        machine,
        &params,
        &index,
        &new.borrow()?,
        &listed,
        &tests.borrow()?,
    )?;
    let rowed = begin.elapsed();

    let begin = Instant::now();
    let published: Vec<valuation::Row> = all.iter().map(row).collect::<Result<_>>()?;
    let mut answer = values(&recipe(neighbours, horizon, classes)?, first, &published)?;
    let valued = begin.elapsed();
    let place: BTreeMap<_, _> = (0..)
        .zip(&new.ids)
        .map(|(place, id)| (*id, place))
        .collect();
    let listed = listed.iter().map(|pair| place[&pair.shadow]);
    field(&mut answer, "shadows", list(listed));
    let seconds = [indexed, shadowed, rowed, valued].map(|time| time.as_secs_f64());
    field(&mut answer, "seconds", list(seconds));
    Ok(answer + "}")
}

fn row(row: &tributary_kernel::Row) -> Result<valuation::Row> {
    let entries = row.entries.iter().map(|entry| RowEntry {
        record: RecordId {
            contribution: entry.id.contribution,
            position: entry.id.position,
        },
        matches: entry.matches,
    });
    let entries: Vec<RowEntry> = entries.collect();
    let entries = entries.try_into().map_err(|_| "a row is too long")?;
    Ok(valuation::Row { entries })
}

/// Rows that somebody else made up.
fn published(request: &mut Request) -> Result<String> {
    let [neighbours, horizon, classes, first, tests] = request.numbers()?;
    let rows: Vec<valuation::Row> = (0..tests).map(|_| request.row()).collect::<Result<_>>()?;
    let recipe = recipe(neighbours, horizon, classes)?;
    Ok(values(&recipe, first.try_into()?, &rows)? + "}")
}

/// What rows come to, by contribution as the runtime computes it, and by record. An object that is not closed.
fn values(params: &valuation::Params, first: u32, rows: &[valuation::Row]) -> Result<String> {
    let refused = |(row, error)| format!("row {row}: {error:?}");
    let round = round_values(params, first, rows).map_err(refused)?;
    let mut records: BTreeMap<(u32, u16), i128> = BTreeMap::new();
    for row in rows {
        let row = row_values(params, first, row).map_err(|error| format!("{error:?}"))?;
        for (record, value) in row.values {
            *records
                .entry((record.contribution, record.position))
                .or_default() += value;
        }
    }
    let sum: i128 = records.values().sum();
    assert_eq!(sum, round.by_contribution.values().sum());
    assert_eq!(round.before.checked_add_signed(sum), Some(round.after));
    let units = u128::from(params.neighbours) * u128::from(params.classes);
    let one = SCALE * units * rows.len() as u128;
    let mut answer = format!(
        "{{\"one\": {one}, \"before\": {}, \"after\": {}",
        round.before, round.after
    );
    let contributions = round.by_contribution.iter();
    let contributions = contributions.map(|(number, value)| format!("[{number}, {value}]"));
    field(&mut answer, "contributions", list(contributions));
    let records = records.iter();
    let records =
        records.map(|((number, position), value)| format!("[{number}, {position}, {value}]"));
    field(&mut answer, "records", list(records));
    Ok(answer)
}

fn shapley(machine: Machine, request: &mut Request) -> Result<String> {
    let [neighbours, dimension, data, tests] = request.numbers()?;
    let data = request.benchmark(dimension, data)?;
    let tests = request.benchmark(dimension, tests)?;
    let begin = Instant::now();
    let values = knn_shapley(machine, neighbours, &data.borrow()?, &tests.borrow()?)?;
    let mut answer = format!("{{\"seconds\": {}", begin.elapsed().as_secs_f64());
    field(&mut answer, "values", list(values));
    Ok(answer + "}")
}

fn neighbours(machine: Machine, request: &mut Request) -> Result<String> {
    let [dimension, count] = request.numbers()?;
    let records: Records = request.benchmark(dimension, count)?.numbered();
    let lists = screening::neighbours(machine, &records.borrow()?)?;
    let lists = lists.iter().map(|near| {
        let near = near.iter().map(|neighbour| neighbour.index);
        list(near)
    });
    Ok(format!("{{\"neighbours\": {}}}", list(lists)))
}

fn screen(machine: Machine, request: &mut Request) -> Result<String> {
    let [dimension, count] = request.numbers()?;
    let records = request.records(dimension, count)?;
    let begin = Instant::now();
    let scores = screening::screen(machine, &records.borrow()?)?;
    let mut answer = format!("{{\"seconds\": {}", begin.elapsed().as_secs_f64());
    field(&mut answer, "scores", list(scores));
    Ok(answer + "}")
}

fn field(answer: &mut String, name: &str, value: String) {
    // Writing to a string cannot fail.
    let _ = write!(answer, ", \"{name}\": {value}");
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}
