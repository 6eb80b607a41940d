//! What a contribution is worth, taken apart, in a statement: by class, by record of the benchmark, by record of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context as _, Result};
use serde_json::{json, Value};
use tributary_primitives::{
    ids::RecordId,
    valuation::{Params, Shadow},
};

use crate::{
    breakdown::{answering, labels, Breakdown, Extremes, Shown},
    chain::{
        calls::ContributionValued,
        state::{Contribution, Status},
        Chain, Snapshot,
    },
    concluded::Concluded,
    context::Context,
    failure::misuse,
    files::{ensure_free, write_whole},
    gather::{gather, slices, Expected, Whose},
    money::Amount,
    output::{Grid, Output},
    publication::Published,
    records::Records,
    round,
    scheme::Scheme,
    valuation::{accuracy, points},
};

/// Files of a statement.
const FILES: [&str; 3] = ["classes.csv", "benchmark.csv", "records.csv"];

/// What is asked about a contribution.
pub(super) struct Question {
    pub(super) datanet: u32,
    /// The round that valued it, if it is named.
    pub(super) round: Option<u32>,
    pub(super) contribution: u32,
    /// How many are shown of what has a long list.
    pub(super) most: usize,
    /// Where to write everything.
    pub(super) csv: Option<PathBuf>,
}

impl Question {
    pub(super) async fn answer(self, context: &Context) -> Result<Output> {
        for file in self.files() {
            ensure_free(&file)?;
        }
        let chain = context.connect().await?;
        let now = chain.finalized().await?;
        round::open_recipe(&now, self.datanet).await?;
        let number = self.round(&now).await?;
        let concluded = Concluded::fetch(&chain, &now, self.datanet, number).await?;
        let published = concluded.published(&chain).await?;
        let statement = self.statement(&chain, &concluded, published).await?;
        if let Some(folder) = &self.csv {
            fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
            statement.write(&self.files())?;
        }
        Ok(statement.output())
    }

    fn files(&self) -> Vec<PathBuf> {
        let folder = self.csv.iter();
        folder
            .flat_map(|folder| FILES.map(|name| folder.join(name)))
            .collect()
    }

    /// The round that valued the contribution.
    async fn round(&self, now: &Snapshot) -> Result<u32> {
        if let Some(round) = self.round {
            return Ok(round);
        }
        let (datanet, number) = (self.datanet, self.contribution);
        round::datanet(now, datanet).await?;
        match contribution(now, datanet, number).await? {
            Some(found) if matches!(found.status, Status::Admitted | Status::Rejected) => {
                Ok(found.round)
            }
            Some(found) => misuse!(
                "contribution {number} of datanet {datanet} is {:?}: it has no final value yet",
                found.status
            ),
            None => misuse!(
                "datanet {datanet} has no contribution {number}; if it was reclaimed, say which round valued it with --round"
            ),
        }
    }

    /// Takes the final value apart, and makes sure that nothing is lost.
    async fn statement(
        &self,
        chain: &Chain,
        concluded: &Concluded,
        published: Published,
    ) -> Result<Statement> {
        let (datanet, number) = (self.datanet, self.contribution);
        let mut values = concluded.values.iter();
        let Some(valued) = values.find(|valued| valued.contribution == number) else {
            misuse!(
                "round {} of datanet {datanet} did not value contribution {number}",
                concluded.number
            );
        };
        let params = Params::from(&concluded.recipe);
        let Published { shadows, rows } = published;
        let records = usize::from(valued.records);
        let breakdown = Breakdown::of(&params, concluded.first(), &rows, number, records)?;
        let of_records: i128 = breakdown.records.iter().map(|record| record.value).sum();
        ensure!(
            breakdown.value() == valued.value && of_records == valued.value,
            "the parts of contribution {number} do not sum to the chain's value of it"
        );
        let extremes = breakdown.extreme_points(self.most);
        let shown = extremes.highest.iter().chain(&extremes.lowest);
        let answers = shown.map(|index| {
            let (before, after) = answering(&params, concluded.first(), &rows[*index]);
            (*index, Answers { before, after })
        });
        let answers: BTreeMap<usize, Answers> = answers.collect();
        let labels = Labels::fetch(chain, concluded, number, &answers).await?;
        ensure!(
            labels.benchmark.len() == rows.len(),
            "{} rows were published of a benchmark of {}",
            rows.len(),
            labels.benchmark.len()
        );
        let copies = shadows.iter().map(|Shadow { shadow, .. }| shadow);
        let copies = copies.filter(|copy| copy.contribution == number);
        let scheme = Scheme::fetch(&concluded.state, datanet, &concluded.recipe).await?;
        Ok(Statement {
            datanet,
            round: concluded.number,
            unit: concluded.recipe.unit(),
            neighbours: concluded.recipe.neighbours.into(),
            evaluator: concluded.outcome.evaluator.to_string(),
            valued: valued.clone(),
            copies: copies.map(|copy| copy.position).collect(),
            extreme_records: breakdown.extreme_records(self.most),
            extremes,
            breakdown,
            answers,
            labels,
            // Names are for people: without them numbers do.
            scheme: scheme.unwrap_or_default(),
        })
    }
}

/// A contribution, if there is one of this number.
async fn contribution(state: &Snapshot, datanet: u32, number: u32) -> Result<Option<Contribution>> {
    state
        .get("Datanets", "Contributions", (datanet, number))
        .await
}

/// The records that answer at a record of the benchmark, nearest first.
struct Answers {
    before: Vec<RecordId>,
    after: Vec<RecordId>,
}

/// Classes of records.
struct Labels {
    /// Of the benchmark, in its order.
    benchmark: Vec<u8>,
    /// Of the contributions that were looked at.
    contributions: BTreeMap<u32, Records>,
}

impl Labels {
    /// Fetches the records of the benchmark, of a contribution, and of those that answers name.
    async fn fetch(
        chain: &Chain,
        concluded: &Concluded,
        own: u32,
        answers: &BTreeMap<usize, Answers>,
    ) -> Result<Self> {
        let Concluded {
            datanet,
            number,
            recipe,
            round,
            state,
            ..
        } = concluded;
        let slices = slices(*number, round)?.into_iter();
        let mut wanted: BTreeMap<Whose, Expected> = slices.collect();
        let named = answers.values();
        let named = named.flat_map(|answers| answers.before.iter().chain(&answers.after));
        let numbers: BTreeSet<u32> = named.map(|id| id.contribution).chain([own]).collect();
        for number in numbers {
            let found = contribution(state, *datanet, number).await?;
            let found = found.with_context(|| {
                format!("contribution {number} counted, and is not in the state")
            })?;
            wanted.insert(Whose::Contribution(number), (&found).into());
        }
        let mut found = Self {
            benchmark: Vec::new(),
            contributions: BTreeMap::new(),
        };
        for (whose, records) in gather(chain, state, *datanet, recipe, &wanted).await? {
            match whose {
                Whose::Contribution(number) => {
                    found.contributions.insert(number, records);
                }
                // They come in the order of the seats.
                Whose::Seat(..) => found.benchmark.extend(labels(&records)),
            }
        }
        Ok(found)
    }

    /// The class of a record.
    fn of(&self, id: RecordId) -> Option<u8> {
        let records = self.contributions.get(&id.contribution)?;
        labels(records).nth(id.position.into())
    }
}

/// The value of a contribution, taken apart.
struct Statement {
    datanet: u32,
    round: u32,
    /// Accuracy 1.0 of the whole benchmark.
    unit: u128,
    neighbours: usize,
    evaluator: String,
    valued: ContributionValued,
    /// Positions of its copies of earlier records.
    copies: BTreeSet<u16>,
    breakdown: Breakdown,
    extremes: Extremes,
    extreme_records: Extremes,
    /// What answers at the extreme records of the benchmark.
    answers: BTreeMap<usize, Answers>,
    labels: Labels,
    scheme: Scheme,
}

impl Statement {
    /// The class of one of its own records.
    fn own_label(&self, position: usize) -> u8 {
        let id = RecordId {
            contribution: self.valued.contribution,
            position: position as u16,
        };
        self.labels.of(id).unwrap_or_default()
    }

    /// Classes of records that answer, nearest first; nothing for phantoms.
    fn classes_of(&self, answers: &[RecordId]) -> Vec<Option<u8>> {
        let mut classes: Vec<_> = answers.iter().map(|id| self.labels.of(*id)).collect();
        classes.resize(self.neighbours, None);
        classes
    }

    /// Answers in a few words: how many for which class, most first.
    fn votes(&self, answers: &[RecordId]) -> String {
        let mut counts: BTreeMap<Option<u8>, usize> = BTreeMap::new();
        for class in self.classes_of(answers) {
            *counts.entry(class).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(class, count)| (usize::MAX - count, class.is_none(), *class));
        let name = |class: Option<u8>| {
            class.map_or("no record".to_owned(), |class| self.scheme.class(class))
        };
        let votes = counts
            .into_iter()
            .map(|(class, count)| format!("{count} x {}", name(class)));
        votes.collect::<Vec<_>>().join(", ")
    }

    fn output(&self) -> Output {
        let Self { valued, unit, .. } = self;
        let most = |found: &[usize], what: &str| match found {
            [] => format!("{what}: none"),
            _ => what.to_owned(),
        };
        Output::new(self.json())
            .fields([
                (
                    "contribution",
                    format!(
                        "{} of datanet {}, valued in round {}",
                        valued.contribution, self.datanet, self.round
                    ),
                ),
                ("contributor", valued.contributor.to_string()),
                ("status", format!("{:?}", valued.status)),
                (
                    "records",
                    format!("{}, of which {} are copies", valued.records, self.copies.len()),
                ),
                (
                    "value",
                    format!(
                        "{} points of accuracy; its parts below sum to the chain's value exactly",
                        points(valued.value, *unit)
                    ),
                ),
                ("sponsor pay", Amount(valued.paid).to_string()),
                ("burnt", Amount(valued.burnt).to_string()),
                ("rows published by", self.evaluator.clone()),
            ])
            .line("By class of the benchmark's records (accuracies are those of all records, before the round and after it)")
            .table(self.shown().class_table())
            .line(most(&self.extremes.highest, "The benchmark's records that it helped most"))
            .table(self.point_table(&self.extremes.highest))
            .line(most(&self.extremes.lowest, "The benchmark's records that it hurt most"))
            .table(self.point_table(&self.extremes.lowest))
            .line(most(&self.extreme_records.highest, "Its records that earned most"))
            .table(self.record_table(&self.extreme_records.highest))
            .line(most(&self.extreme_records.lowest, "Its records that lost most"))
            .table(self.record_table(&self.extreme_records.lowest))
    }

    fn shown(&self) -> Shown<'_> {
        Shown {
            breakdown: &self.breakdown,
            benchmark: &self.labels.benchmark,
            scheme: &self.scheme,
            unit: self.unit,
        }
    }

    /// Accuracy 1.0 at one of the benchmark's records.
    fn one(&self) -> u128 {
        self.shown().one()
    }

    fn record_table(&self, positions: &[usize]) -> Grid {
        let class = |position| self.own_label(position);
        self.shown().record_table(positions, class)
    }

    fn point_table(&self, indices: &[usize]) -> Grid {
        let mut table = Grid::new([
            ">record",
            "class",
            ">points",
            ">before",
            ">after",
            "answered before by",
            "answered after by",
        ]);
        for index in indices {
            let point = &self.breakdown.points[*index];
            let answers = &self.answers[index];
            table.row([
                index,
                &self.scheme.class(self.labels.benchmark[*index]),
                &points(point.value, self.unit),
                &accuracy(point.before, self.one()),
                &accuracy(point.after, self.one()),
                &self.votes(&answers.before),
                &self.votes(&answers.after),
            ]);
        }
        table
    }

    fn json(&self) -> Value {
        let valued = &self.valued;
        let every_point = 0..self.breakdown.points.len();
        let every_record = 0..self.breakdown.records.len();
        json!({
            "datanet": self.datanet,
            "round": self.round,
            "contribution": valued.contribution,
            "contributor": valued.contributor,
            "status": format!("{:?}", valued.status),
            "records": valued.records,
            "copies": self.copies.len(),
            "value": valued.value.to_string(),
            "unit": self.unit.to_string(),
            "one": self.one().to_string(),
            "award": Amount(valued.paid),
            "burnt": Amount(valued.burnt),
            "evaluator": self.evaluator,
            "classes": self.shown().classes_json(),
            "helped": self.shown_points(&self.extremes.highest),
            "hurt": self.shown_points(&self.extremes.lowest),
            "earned": self.extreme_records.highest,
            "lost": self.extreme_records.lowest,
            "benchmark": every_point.map(|index| self.point_json(index)).collect::<Vec<_>>(),
            "own": every_record.map(|position| self.record_json(position)).collect::<Vec<_>>(),
        })
    }

    fn shown_points(&self, indices: &[usize]) -> Vec<Value> {
        let shown = indices.iter().map(|index| {
            let mut json = self.point_json(*index);
            let answers = &self.answers[index];
            json["answered_before"] = json!(self.classes_of(&answers.before));
            json["answered_after"] = json!(self.classes_of(&answers.after));
            json
        });
        shown.collect()
    }

    fn point_json(&self, index: usize) -> Value {
        let point = &self.breakdown.points[index];
        json!({
            "record": index,
            "class": self.labels.benchmark[index],
            "value": point.value.to_string(),
            "before": point.before.to_string(),
            "after": point.after.to_string(),
        })
    }

    fn record_json(&self, position: usize) -> Value {
        let record = &self.breakdown.records[position];
        json!({
            "record": position,
            "class": self.own_label(position),
            "value": record.value.to_string(),
            "rows": record.rows,
            "copy": self.is_copy(position),
        })
    }

    fn is_copy(&self, position: usize) -> bool {
        u16::try_from(position).is_ok_and(|position| self.copies.contains(&position))
    }

    /// Writes everything to files, in the order of [`FILES`].
    fn write(&self, files: &[PathBuf]) -> Result<()> {
        let [classes, benchmark, records] = files else {
            return Ok(());
        };
        let name = |label: u8| self.scheme.class(label);
        let heading = [
            "class", "name", "records", "value", "points", "before", "after",
        ];
        let by_class = self.breakdown.classes(&self.labels.benchmark);
        let rows = by_class.into_iter().map(|(label, class)| {
            let whole = self.one() * u128::from(class.points);
            [
                label.to_string(),
                name(label),
                class.points.to_string(),
                class.value.to_string(),
                points(class.value, self.unit),
                accuracy(class.before, whole),
                accuracy(class.after, whole),
            ]
        });
        write_csv(classes, heading, rows)?;
        let heading = [
            "record", "class", "name", "value", "points", "before", "after",
        ];
        let labelled = self.breakdown.points.iter().zip(&self.labels.benchmark);
        let rows = labelled.enumerate().map(|(index, (point, label))| {
            [
                index.to_string(),
                label.to_string(),
                name(*label),
                point.value.to_string(),
                points(point.value, self.unit),
                accuracy(point.before, self.one()),
                accuracy(point.after, self.one()),
            ]
        });
        write_csv(benchmark, heading, rows)?;
        let heading = ["record", "class", "name", "value", "points", "rows", "copy"];
        let every = self.breakdown.records.iter().enumerate();
        let rows = every.map(|(position, record)| {
            let label = self.own_label(position);
            [
                position.to_string(),
                label.to_string(),
                name(label),
                record.value.to_string(),
                points(record.value, self.unit),
                record.rows.to_string(),
                self.is_copy(position).to_string(),
            ]
        });
        write_csv(records, heading, rows)
    }
}

/// Writes a table to a file.
fn write_csv<const N: usize>(
    path: &Path,
    heading: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<()> {
    write_whole(path, |output| {
        let mut writer = csv::Writer::from_writer(output.by_ref());
        writer.write_record(heading)?;
        for row in rows {
            writer.write_record(row)?;
        }
        Ok(writer.flush()?)
    })
}
