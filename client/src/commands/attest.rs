//! `tributary attest`: what an attestor says that a round is worth.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{json, Value};
use subxt::utils::{Static, H256};
use tributary_primitives::{
    datanets::{self, Evidence, Phase, Recipe, Statement},
    hashing,
};

use crate::{
    chain::{
        calls::{AttestRound, Attested, RoundAttested},
        state::{Attestation, Contribution, Round},
        Chain, Snapshot,
    },
    context::Context,
    evidence,
    failure::misuse,
    keys,
    output::{count, hex, Grid, Output},
    progress,
    records::{Format, Records, Shape},
    references::references,
    round,
    valuation::{accuracy, Inputs, Valuation},
    valued::{looked_at, worth, LookedAt},
};

/// `tributary attest`
#[derive(Args, Debug)]
pub(crate) struct Attest {
    /// The datanet.
    datanet: u32,
    /// The round.
    round: u32,
    /// The records of contributions, a file each, in any order: CSV or JSON Lines.
    files: Vec<PathBuf>,
    /// The records of the benchmark, which attestors keep among themselves: as many of each class, T in all.
    #[arg(long, value_name = "FILE")]
    benchmark: PathBuf,
    /// The files' format [default: by their names]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// A contribution of this round whose records are not where its reference says, or are others or not as many as were committed to: it is
    /// worth nothing. May be said several times.
    #[arg(long, value_name = "CONTRIBUTION")]
    without: Vec<u32>,
    /// Say what came out, and who said the same, without saying anything on the chain. Needs no key.
    #[arg(long)]
    dry_run: bool,
}

/// A round, and all that is said of it.
struct Said {
    recipe: Recipe,
    round: Round,
    contributions: Vec<(u32, Contribution)>,
    valuation: Valuation,
    statement: Statement,
    hash: H256,
    standing: Vec<Attestation>,
}

impl Attest {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let (chain, key) = if self.dry_run {
            (context.connect().await?, None)
        } else {
            let (chain, key) = context.connect_to_sign().await?;
            (chain, Some(key))
        };
        let now = chain.now().await?;
        let (datanet, number) = (self.datanet, self.round);
        let recipe = round::recipe(&now, datanet).await?;
        let found = round::round(&now, datanet, number).await?;
        if recipe.evidence == Evidence::Open {
            misuse!("datanet {datanet} is open: its rounds are measured, by `tributary evaluate`");
        }
        if found.phase.0 != Phase::Revealed {
            misuse!(
                "round {number} of datanet {datanet} is {:?}: it can be attested while it is Revealed",
                found.phase.0
            );
        }
        if let Some(key) = &key {
            let own = keys::account(key);
            if !round::is_provider(&found, &own) {
                misuse!("{own} is no attestor of round {number} of datanet {datanet}");
            }
        }
        let said = self.say(&chain, &now, recipe, found).await?;
        let (output, mut json) = said.report(datanet, number);
        let Some(key) = key else {
            return Ok(output.with_json(json));
        };
        let call = AttestRound {
            datanet,
            round: number,
            statement: Static(said.statement),
        };
        let included = chain.submit(&key, call).await?;
        let Attested {
            agreeing,
            threshold,
        } = included.expect()?;
        let is_final = included
            .all::<RoundAttested>()?
            .iter()
            .any(|ended| (ended.datanet, ended.round) == (datanet, number));
        for (name, value) in [
            ("included", included.json()?),
            ("agreeing", agreeing.into()),
            ("final", is_final.into()),
        ] {
            json[name] = value;
        }
        let end = if is_final {
            "the round is final"
        } else {
            "the round goes on"
        };
        Ok(output.with_json(json).line(format!(
            "Attested {}: {agreeing} of {threshold} who must agree say the same; {end}.",
            included.place()
        )))
    }

    /// Values the round.
    async fn say(
        &self,
        chain: &Chain,
        now: &Snapshot,
        recipe: Recipe,
        round: Round,
    ) -> Result<Said> {
        let (datanet, number) = (self.datanet, self.round);
        let LookedAt {
            contributions,
            newcomers,
            first,
        } = looked_at(now, datanet, number, &round).await?;
        for without in &self.without {
            if !newcomers.contains(without) {
                misuse!(
                    "round {number} of datanet {datanet} does not value contribution {without}"
                );
            }
        }
        let shape = Shape::from(&recipe);
        let benchmark = Records::read(&self.benchmark, self.format, shape)?;
        ensure_benchmark(&benchmark, &recipe)?;
        let mut found = BTreeMap::new();
        for file in &self.files {
            let records = Records::read(file, self.format, shape)?;
            let root = records.root_hash();
            let same = of_root(&contributions, root);
            if same.is_empty() {
                misuse!(
                    "{} holds the records of no contribution that round {number} of datanet {datanet} looks at: its root is {}",
                    file.display(),
                    hex(root)
                );
            }
            for (whose, contribution) in same {
                let is_new = contribution.round == number && !self.without.contains(whose);
                if is_new && !is_whole(contribution, &records) {
                    misuse!(
                        "{} holds {} records of {} bytes; contribution {whose} with the same root was committed, and pays, for {} of {}: it is worth nothing, say --without {whose}",
                        file.display(),
                        records.len(),
                        records.size(),
                        contribution.records,
                        contribution.bytes
                    );
                }
                found.insert(*whose, records.clone());
            }
        }
        found.retain(|number, _| !self.without.contains(number));
        let missing: Vec<_> = contributions
            .iter()
            .filter(|(number, _)| !found.contains_key(number) && !self.without.contains(number))
            .cloned()
            .collect();
        if !missing.is_empty() {
            misuse!("{}", missing_text(chain, now, datanet, &missing).await?);
        }

        let root = benchmark.root_hash();
        let inputs = Inputs {
            first,
            contributions: found,
            slices: vec![benchmark],
        };
        let spinner = progress::spinner("valuing");
        let work = recipe.clone();
        let valuing = tokio::task::spawn_blocking(move || inputs.value(&work));
        let valuation = valuing.await.context("valuing a round")??;
        spinner.finish_and_clear();
        let statement = statement(&newcomers, root, &valuation)?;
        let hash = hashing::statement(datanet, number, round.inputs, &statement);
        let standing: Option<Vec<Attestation>> = now
            .get("Attestation", "Standing", (datanet, number))
            .await?;
        Ok(Said {
            recipe,
            round,
            contributions,
            valuation,
            statement,
            hash,
            standing: standing.unwrap_or_default(),
        })
    }
}

/// The contributions whose records have a root. Several may have committed to the same records: a file is as good for each of them.
fn of_root(contributions: &[(u32, Contribution)], root: H256) -> Vec<&(u32, Contribution)> {
    contributions
        .iter()
        .filter(|(_, contribution)| contribution.root == root)
        .collect()
}

/// Holds for as many records as the recipe asks for, of each class equally many.
fn ensure_benchmark(records: &Records, recipe: &Recipe) -> Result<()> {
    let mut classes = vec![0u16; recipe.classes.into()];
    for item in records.iter() {
        // Files with other labels are refused.
        if let Some(count) = classes.get_mut(usize::from(item.label)) {
            *count = count.saturating_add(1);
        }
    }
    let each = recipe.benchmark / recipe.classes;
    if records.len() != usize::from(recipe.benchmark) || classes.iter().any(|count| *count != each)
    {
        misuse!(
            "the benchmark has {} records; the recipe asks for {}, {each} of each class",
            records.len(),
            recipe.benchmark
        );
    }
    Ok(())
}

/// Whether records are as many, of as many bytes, as were committed to. The chain has only their root: it can hold nobody to the least and the most
/// records of the recipe, nor to bond and fee for what is valued.
fn is_whole(contribution: &Contribution, records: &Records) -> bool {
    usize::from(contribution.records) == records.len()
        && u64::from(contribution.bytes) == records.size() as u64
}

/// What an attestor says of a valuation.
fn statement(newcomers: &[u32], benchmark: H256, valuation: &Valuation) -> Result<Statement> {
    let values: Vec<_> = newcomers
        .iter()
        .map(|number| datanets::Value {
            number: *number,
            value: valuation.value_of(*number),
        })
        .collect();
    Ok(Statement {
        benchmark,
        before: valuation.values.before,
        after: valuation.values.after,
        values: values
            .try_into()
            .ok()
            .context("a round values at most 1,024 contributions")?,
    })
}

/// Which records are missing, and where they lie.
async fn missing_text(
    chain: &Chain,
    now: &Snapshot,
    datanet: u32,
    missing: &[(u32, Contribution)],
) -> Result<String> {
    let places = references(chain, now, datanet, missing).await?;
    let lines = missing.iter().map(|(number, contribution)| {
        let place = places
            .get(number)
            .filter(|place| !place.is_empty())
            .map_or("its contributor did not say where", String::as_str);
        format!(
            "  contribution {number} of {}, {} with root {}: {place}",
            contribution.contributor,
            count(contribution.records, "record"),
            hex(contribution.root)
        )
    });
    Ok(format!(
        "the records of these contributions are needed as well; say --without for those of this round that are not there\n{}",
        lines.collect::<Vec<_>>().join("\n")
    ))
}

impl Said {
    /// What came out, and who said the same.
    fn report(&self, datanet: u32, number: u32) -> (Output, Value) {
        let unit = self.recipe.unit();
        let Statement {
            benchmark,
            before,
            after,
            ..
        } = &self.statement;
        let contributions = self.contributions.iter();
        let newcomers = contributions.filter(|(_, contribution)| contribution.round == number);
        let (table, list) = worth(newcomers, &self.valuation, unit);
        let mut others = Grid::new(["attestor", "says"]);
        for said in &self.standing {
            let same = if said.statement == self.hash {
                "the same"
            } else {
                "something else"
            };
            others.row([&said.attestor, &same]);
        }
        let accuracies = format!("{} -> {}", accuracy(*before, unit), accuracy(*after, unit));
        let output = Output::new(Value::Null)
            .fields([
                ("round", format!("{number} of datanet {datanet}")),
                (
                    "evidence",
                    evidence::line(self.recipe.evidence, self.round.providers.len()),
                ),
                (
                    "accuracy",
                    evidence::marked(accuracies, self.recipe.evidence),
                ),
                ("benchmark", hex(*benchmark)),
                ("statement", hex(self.hash)),
            ])
            .table(table)
            .table(others);
        let json = json!({
            "datanet": datanet,
            "round": number,
            "evidence": evidence::word(self.recipe.evidence),
            "threshold": self.recipe.evidence.threshold(),
            "unit": unit.to_string(),
            "before": before.to_string(),
            "after": after.to_string(),
            "benchmark": hex(*benchmark),
            "statement": hex(self.hash),
            "contributions": list,
            "standing": attestations_json(&self.standing),
        });
        (output, json)
    }
}

/// Statements that stand, for programs.
pub(crate) fn attestations_json(standing: &[Attestation]) -> Vec<Value> {
    let each = standing
        .iter()
        .map(|said| json!({ "attestor": said.attestor, "statement": hex(said.statement) }));
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chain::state,
        valuation::tests::{recipe, records},
    };

    /// A contribution that was committed to with so many records and bytes.
    fn contribution(root: H256, records: u16, bytes: u32) -> Contribution {
        Contribution {
            root,
            records,
            bytes,
            ..state::tests::contribution(1)
        }
    }

    #[test]
    fn records_are_as_many_as_was_paid_for() {
        let own = records(&[(-50, 0), (50, 1)]);
        let committed = |records, bytes| contribution(own.root_hash(), records, bytes);
        assert!(is_whole(&committed(2, 4), &own));
        for (records, bytes) in [(1, 2), (1, 4), (3, 6), (2, 5)] {
            assert!(!is_whole(&committed(records, bytes), &own));
        }
    }

    #[test]
    fn a_file_is_as_good_for_everybody_who_committed_to_its_records() {
        let [own, other, unknown] = [7, 8, 9].map(H256::repeat_byte);
        let contributions = [(3, own), (4, other), (5, own)]
            .map(|(number, root)| (number, contribution(root, 1, 1)));
        let found = |root| -> Vec<u32> {
            of_root(&contributions, root)
                .iter()
                .map(|(number, _)| *number)
                .collect()
        };
        assert_eq!(found(own), [3, 5]);
        assert!(found(unknown).is_empty());
    }

    #[test]
    fn a_benchmark_has_as_many_records_of_each_class() {
        let recipe = recipe();
        assert!(ensure_benchmark(&records(&[(-40, 0), (40, 1)]), &recipe).is_ok());
        for wrong in [
            &[(-40, 0)][..],
            &[(-40, 0), (40, 0)],
            &[(-40, 0), (40, 1), (41, 1)],
        ] {
            assert!(ensure_benchmark(&records(wrong), &recipe).is_err());
        }
    }

    #[test]
    fn a_contribution_whose_records_are_not_found_is_worth_nothing_and_the_rest_sums_to_the_gain() {
        let inputs = Inputs {
            first: 4,
            contributions: BTreeMap::from([(5, records(&[(-50, 0), (50, 1)]))]),
            slices: vec![records(&[(-40, 0), (40, 1)])],
        };
        let valuation = inputs.value(&recipe()).unwrap();
        let said = statement(&[4, 5], H256::zero(), &valuation).unwrap();
        let values: Vec<_> = said.values.iter().map(|it| (it.number, it.value)).collect();
        assert_eq!(values, [(4, 0), (5, (recipe().unit() / 2) as i128)]);
        assert!(said.sums_to_its_gain());
    }
}
