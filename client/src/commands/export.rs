//! `tributary datanet export`: the records that models are trained on.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;
use tributary_primitives::assets::{Asset, Pool};

use crate::{
    chain::{Chain, Snapshot},
    commands::licence::{find_attachment, find_terms},
    concluded::Concluded,
    context::Context,
    exported::{alongside, Exported, ExportedContribution},
    failure::misuse,
    files::{ensure_free, write_whole},
    gather::{gather, Expected, Whose},
    output::{remark, Grid, Output},
    pool::{final_rounds, Members},
    quality::Quality,
    records::Format,
    round,
};

/// `tributary datanet export`
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// The datanet.
    datanet: u32,
    /// Where the records are written.
    file: PathBuf,
    /// The last round [default: the last final one]
    #[arg(long)]
    round: Option<u32>,
    /// Leave out what earlier rounds admitted.
    #[arg(long)]
    only_this_round: bool,
    /// How they are written [default: by the file's name]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Leave out records whose published quality is below this: from 1, the worst, to 255; copies have 0.
    #[arg(long, value_name = "1-255", value_parser = clap::value_parser!(u8).range(1..))]
    min_quality: Option<u8>,
    /// Keep all records of rounds of which no quality is published, instead of failing.
    #[arg(long, requires = "min_quality")]
    keep_unscored: bool,
}

/// What decides about single records: the published quality of the rounds that have any, and the least that is kept.
struct Filter {
    least: u8,
    rounds: BTreeMap<u32, Quality>,
}

impl Filter {
    /// Fetches the published quality of some rounds.
    async fn fetch(
        chain: &Chain,
        now: &Snapshot,
        datanet: u32,
        least: u8,
        numbers: BTreeSet<u32>,
        keep_unscored: bool,
    ) -> Result<Self> {
        let mut rounds = BTreeMap::new();
        for number in numbers {
            let concluded = Concluded::fetch(chain, now, datanet, number).await?;
            match Quality::fetch(chain, now, &concluded).await? {
                Some(quality) => {
                    rounds.insert(number, quality);
                }
                None if keep_unscored => remark(format!(
                    "The quality of round {number} is not published: all its records are kept."
                )),
                None => misuse!(
                    "the quality of round {number} of datanet {datanet} is not published: leave --min-quality out, or keep all records of such rounds with --keep-unscored"
                ),
            }
        }
        Ok(Self { least, rounds })
    }

    /// Whether a record of a contribution that was valued in a round is kept.
    fn keeps(&self, round: u32, contribution: u32, place: usize) -> bool {
        let quality = self.rounds.get(&round);
        quality.is_none_or(|quality| {
            let score = quality.scores(contribution).get(place);
            score.is_some_and(|score| *score >= self.least)
        })
    }
}

impl Export {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let format = Format::of(self.format, &self.file)?;
        let alongside = alongside(&self.file);
        for place in [&self.file, &alongside] {
            ensure_free(place)?;
        }
        let chain = context.connect().await?;
        let now = chain.finalized().await?;
        let recipe = round::open_recipe(&now, self.datanet).await?;
        let round = match self.round {
            Some(round) => round,
            None => match final_rounds(&now, self.datanet).await?.pop() {
                Some(last) => last,
                None => misuse!("datanet {} has no final round yet", self.datanet),
            },
        };
        let pool = Pool {
            datanet: self.datanet,
            round,
        };
        let members = Members::fetch(&now, pool).await?;
        let wanted: BTreeMap<Whose, Expected> = members
            .iter()
            .filter(|member| !self.only_this_round || member.contribution.round == round)
            .map(|member| {
                let whose = Whose::Contribution(member.number);
                (whose, (&member.contribution).into())
            })
            .collect();
        let gathered = gather(&chain, &now, self.datanet, &recipe, &wanted).await?;

        let withdrawn_since = members
            .iter()
            .filter(|member| wanted.contains_key(&Whose::Contribution(member.number)))
            .filter(|member| member.contribution.withdrawn.is_some())
            .count();
        if withdrawn_since > 0 {
            remark(format!(
                "Consent to {withdrawn_since} of these contributions was withdrawn since: they are part of round {round}, and of no later one."
            ));
        }

        let filter = match self.min_quality {
            None => None,
            Some(least) => {
                let rounds = members
                    .iter()
                    .filter(|member| wanted.contains_key(&Whose::Contribution(member.number)))
                    .map(|member| member.contribution.round)
                    .collect();
                let (datanet, keep) = (self.datanet, self.keep_unscored);
                Some(Filter::fetch(&chain, &now, datanet, least, rounds, keep).await?)
            }
        };

        // Before anything is written: records without their licence would be left behind if it could not be read.
        let attachment = find_attachment(&now, Asset::Datanet(self.datanet)).await?;
        let attachment = attachment.context("the datanet has no licence")?;
        let terms = find_terms(&now, attachment.terms)
            .await?
            .context("the datanet's licence is not published")?;

        let mut table = Grid::new([">contribution", "contributor", ">round", ">records"]);
        let mut list = Vec::new();
        let (mut total, mut left_out) = (0, 0);
        write_whole(&self.file, |output| {
            for (index, (whose, records)) in gathered.iter().enumerate() {
                let member = members
                    .iter()
                    .find(|member| Whose::Contribution(member.number) == *whose);
                let member = member.context("records of a contribution that was not asked for")?;
                let contribution = &member.contribution;
                let (round, number) = (contribution.round, member.number);
                let keeps = |place: usize| {
                    let filter = filter.as_ref();
                    filter.is_none_or(|filter| filter.keeps(round, number, place))
                };
                let kept = records.only(keeps);
                let places = (0..=u16::MAX).take(records.len());
                let gone: Vec<u16> = places.filter(|place| !keeps((*place).into())).collect();
                kept.write(&mut *output, format, index == 0)?;
                table.row([
                    &member.number,
                    &contribution.contributor,
                    &contribution.round,
                    &kept.len(),
                ]);
                left_out += gone.len();
                list.push(ExportedContribution {
                    contribution: member.number,
                    contributor: contribution.contributor,
                    round: contribution.round,
                    records: kept.len(),
                    left_out: gone,
                    root: contribution.root,
                    weight: member.weight.to_string(),
                    withdrawn_since: contribution.withdrawn,
                });
                total += kept.len();
            }
            Ok(())
        })?;

        let licence = Exported {
            genesis: chain.genesis(),
            datanet: self.datanet,
            round,
            only_this_round: self.only_this_round,
            min_quality: self.min_quality,
            left_out,
            terms_hash: attachment.terms,
            terms,
            steward: attachment.owner,
            recipe: (&recipe).into(),
            records: total,
            contributions: list,
        };
        let text = serde_json::to_vec_pretty(&licence).context("writing the licence")?;
        write_whole(&alongside, |output| Ok(output.write_all(&text)?))?;

        if let Some(least) = self.min_quality {
            remark(format!(
                "Left out {left_out} records of a quality below {least}."
            ));
        }
        let json = json!({ "file": self.file, "licence_file": alongside, "licence": licence });
        Ok(Output::new(json).table(table).line(format!(
            "Wrote {total} records of datanet {} up to round {round} to {}, their licence to {}.",
            self.datanet,
            self.file.display(),
            alongside.display()
        )))
    }
}
