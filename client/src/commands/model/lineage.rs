//! `tributary model lineage`: the whole ancestry of a model.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{json, Value};
use tributary_primitives::{
    assets::{Asset, Pool},
    licences::{LicenceTerms, Origin},
};

use super::{
    contributors::{Contributors, Datanets},
    find, model_json, parent, Source,
};
use crate::{
    chain::{state::Model, Snapshot},
    commands::licence::{find_attachment, find_terms},
    context::Context,
    money::{Amount, Part},
    origin::origin_text,
    output::{count, hex, short, Output},
    round,
    valuation::accuracy,
};

/// A model of an ancestry.
struct Relative {
    model: Model,
    sources: Vec<Source>,
}

/// A round of data of an ancestry.
struct Data {
    contributors: Contributors,
    /// Accuracies before and after, and what is one of them.
    gain: Option<(u128, u128, u128)>,
}

/// Everything that a model comes from.
#[derive(Default)]
struct Ancestry {
    datanets: Datanets,
    relatives: BTreeMap<u32, Relative>,
    data: BTreeMap<Pool, Data>,
    licences: BTreeMap<Asset, LicenceTerms>,
}

pub(super) async fn lineage(context: &Context, id: u32) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    let ancestry = Ancestry::fetch(&state, id).await?;
    let lines = Drawing::of(&ancestry, id);
    Ok(Output::new(ancestry.json()?).line(lines.join("\n")))
}

impl Ancestry {
    /// Walks along all edges, those that became known late included.
    async fn fetch(state: &Snapshot, id: u32) -> Result<Self> {
        let mut ancestry = Self::default();
        let mut pending = vec![id];
        while let Some(next) = pending.pop() {
            if ancestry.relatives.contains_key(&next) {
                continue;
            }
            let (model, sources) = find(state, next).await?;
            ancestry.licence(state, Asset::Model(next)).await?;
            for source in &sources {
                let origin = &source.edge.origin.0;
                pending.extend(parent(origin));
                if let Origin::TrainedOn(pool) | Origin::RetrievesFrom(pool) = origin {
                    ancestry.round(state, *pool).await?;
                }
            }
            ancestry.relatives.insert(next, Relative { model, sources });
        }
        Ok(ancestry)
    }

    async fn licence(&mut self, state: &Snapshot, asset: Asset) -> Result<()> {
        if let Some(attachment) = find_attachment(state, asset).await? {
            if let Some(terms) = find_terms(state, attachment.terms).await? {
                self.licences.insert(asset, terms);
            }
        }
        Ok(())
    }

    async fn round(&mut self, state: &Snapshot, pool: Pool) -> Result<()> {
        if self.data.contains_key(&pool) {
            return Ok(());
        }
        let Pool { datanet, round } = pool;
        self.licence(state, Asset::Datanet(datanet)).await?;
        let contributors = self.datanets.contributors(state, pool).await?;
        let unit = round::recipe(state, datanet).await?.unit();
        let outcome = round::round(state, datanet, round).await?.outcome;
        self.data.insert(
            pool,
            Data {
                contributors,
                gain: outcome.map(|outcome| (outcome.before, outcome.after, unit)),
            },
        );
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        let mut models = Vec::new();
        for (id, relative) in &self.relatives {
            let mut json = model_json(*id, &relative.model, &relative.sources)?;
            json["licence"] = self.licence_json(Asset::Model(*id));
            models.push(json);
        }
        let data: Vec<_> = self
            .data
            .iter()
            .map(|(pool, data)| {
                json!({
                    "datanet": pool.datanet,
                    "round": pool.round,
                    "contributions": data.contributors.count(),
                    "contributors": data.contributors.json(),
                    "before": data.gain.map(|(before, _, _)| before.to_string()),
                    "after": data.gain.map(|(_, after, _)| after.to_string()),
                    "unit": data.gain.map(|(_, _, unit)| unit.to_string()),
                    "licence": self.licence_json(Asset::Datanet(pool.datanet)),
                })
            })
            .collect();
        Ok(json!({ "models": models, "data": data }))
    }

    fn licence_json(&self, asset: Asset) -> Value {
        self.licences.get(&asset).map_or(Value::Null, |terms| {
            json!({
                "terms": hex(terms.id()),
                "spdx": String::from_utf8_lossy(&terms.text.spdx),
                "royalty": terms.royalty.map(|royalty| Part(royalty.rate.deconstruct())),
                "ceiling": terms.royalty.and_then(|royalty| royalty.ceiling).map(Amount),
            })
        })
    }

    /// Licence and royalty in a few words.
    fn licence_text(&self, asset: Asset) -> String {
        let Some(terms) = self.licences.get(&asset) else {
            return "no licence".into();
        };
        let name = match terms.text.spdx.is_empty() {
            true => format!("terms {}", short(terms.id())),
            false => String::from_utf8_lossy(&terms.text.spdx).into_owned(),
        };
        match terms.royalty {
            None => name,
            Some(royalty) => {
                let ceiling = royalty.ceiling.map_or_else(String::new, |ceiling| {
                    format!(", at most {}", Amount(ceiling))
                });
                format!("{name}, asks {}{ceiling}", Part(royalty.rate.deconstruct()))
            }
        }
    }

    /// A round of data in a few words.
    fn data_text(&self, pool: Pool, how: &str) -> String {
        let Some(data) = self.data.get(&pool) else {
            return how.to_owned();
        };
        let gain = data.gain.map_or_else(String::new, |(before, after, unit)| {
            format!(
                ", accuracy {} -> {}",
                accuracy(before, unit),
                accuracy(after, unit)
            )
        });
        format!(
            "{how} ({}{gain}; {})",
            count(data.contributors.count(), "contribution"),
            self.licence_text(Asset::Datanet(pool.datanet))
        )
    }
}

/// What is known of an edge, before what it leads to.
fn edge_text(source: &Source) -> String {
    let grade = Some(source.grade_text().to_owned()).filter(|grade| grade != "declared");
    let words: Vec<_> = grade.into_iter().chain(source.debt_text()).collect();
    match words.is_empty() {
        true => String::new(),
        false => format!("({}) ", words.join("; ")),
    }
}

/// An ancestry as indented lines.
struct Drawing<'a> {
    ancestry: &'a Ancestry,
    /// Models whose own sources stand above already.
    drawn: BTreeSet<u32>,
    /// Rounds whose contributors do.
    shown: BTreeSet<Pool>,
    lines: Vec<String>,
}

impl<'a> Drawing<'a> {
    /// The whole ancestry of a model.
    fn of(ancestry: &'a Ancestry, id: u32) -> Vec<String> {
        let mut drawing = Self {
            ancestry,
            drawn: BTreeSet::new(),
            shown: BTreeSet::new(),
            lines: Vec::new(),
        };
        drawing.draw(id, 0, "");
        drawing.lines
    }

    /// Draws a model and, indented below it, what it comes from.
    fn draw(&mut self, id: u32, depth: usize, how: &str) {
        let Some(Relative { model, sources }) = self.ancestry.relatives.get(&id) else {
            return;
        };
        let indent = "  ".repeat(depth);
        self.lines.push(format!(
            "{indent}{how}model {id} ({:?}; {}) of {}",
            model.kind,
            self.ancestry.licence_text(Asset::Model(id)),
            model.owner
        ));
        if !self.drawn.insert(id) {
            if !sources.is_empty() {
                self.lines.push(format!("{indent}  (see above)"));
            }
            return;
        }
        for source in sources {
            let origin = &source.edge.origin.0;
            let grade = edge_text(source);
            match origin {
                Origin::TrainedOn(pool) | Origin::RetrievesFrom(pool) => {
                    let text = self.ancestry.data_text(*pool, &source.text());
                    self.lines.push(format!("{indent}  {grade}{text}"));
                    self.name_contributors(*pool, depth + 2);
                }
                _ => {
                    let Some(parent) = parent(origin) else {
                        continue;
                    };
                    let text = origin_text(origin);
                    let how = text
                        .strip_suffix(&format!("model {parent}"))
                        .unwrap_or_default();
                    self.draw(parent, depth + 1, &format!("{grade}{how}"));
                }
            }
        }
    }

    /// Names the contributors of a round, the first time that it is drawn.
    fn name_contributors(&mut self, pool: Pool, depth: usize) {
        let indent = "  ".repeat(depth);
        let data = self.ancestry.data.get(&pool);
        let data = data.filter(|_| self.shown.insert(pool));
        let lines = data.map(|data| data.contributors.lines());
        let lines = lines.into_iter().flatten();
        self.lines
            .extend(lines.map(|line| format!("{indent}{line}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chain::{calls::Kind, state::Edge},
        commands::model::contributors::tests::contributors,
    };
    use subxt::utils::{AccountId32, Static, H256};

    fn relative(kind: Kind, origins: &[Origin]) -> Relative {
        let source = |origin: &Origin| Source {
            edge: Edge {
                origin: Static(*origin),
                grade: Value::from("Declared").into(),
                debt: None,
                upheld: false,
            },
            evidence: None,
        };
        Relative {
            model: Model {
                owner: AccountId32([7; 32]),
                offered_to: None,
                kind,
                weights_hash: H256::zero(),
                recipe_hash: H256::zero(),
                terms: H256::zero(),
                registered: 1,
                retired: false,
                reexecuted: None,
                ancestry_changed: false,
                naming_forfeited: false,
                evaluations: 0,
                deposit: 0,
            },
            sources: origins.iter().map(source).collect(),
        }
    }

    /// Model 1, fine-tuned from model 0: both are trained on the same round.
    fn ancestry() -> Ancestry {
        let pool = Pool {
            datanet: 4,
            round: 2,
        };
        let trained = Origin::TrainedOn(pool);
        let child = relative(Kind::FineTune, &[trained, Origin::FineTunedFrom(0)]);
        let data = Data {
            contributors: contributors(&[3, 1]),
            gain: None,
        };
        Ancestry {
            relatives: BTreeMap::from([(0, relative(Kind::Base, &[trained])), (1, child)]),
            data: BTreeMap::from([(pool, data)]),
            ..Ancestry::default()
        }
    }

    #[test]
    fn contributors_are_named_where_their_round_is_drawn_first() {
        let lines = Drawing::of(&ancestry(), 1);
        let starts: Vec<_> = lines
            .iter()
            .map(|line| line.split([' ', '(']).filter(|word| !word.is_empty()))
            .map(|words| words.take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            starts,
            [
                "model 1",
                "trained on",
                "contribution 1",
                "contribution 2",
                "fine-tuned from",
                "trained on",
            ]
        );
        assert!(lines[1].contains("2 contributions"), "{}", lines[1]);
        assert!(lines[2].starts_with("    contribution"), "{}", lines[2]);
    }

    #[test]
    fn programs_read_every_contribution_of_a_round() {
        let json = ancestry().json().unwrap();
        assert_eq!(json["data"][0]["contributions"], 2);
        assert_eq!(json["data"][0]["contributors"][1]["weight"], "1");
    }
}
