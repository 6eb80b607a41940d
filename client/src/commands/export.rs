//! `tributary datanet export`: the records that models are trained on.

use std::{collections::BTreeMap, io::Write, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;
use tributary_primitives::assets::{Asset, Pool};

use crate::{
    commands::licence::{find_attachment, find_terms},
    context::Context,
    failure::misuse,
    files::{ensure_free, write_whole},
    gather::{gather, Expected, Whose},
    output::{hex, remark, Grid, Output},
    pool::{final_rounds, Members},
    records::Format,
    round,
};

/// `tributary datanet export`
///
/// Fetches the admitted records of a datanet up to a final round, but for those that were withdrawn before it froze, checks each contribution against its root and the contributions against
/// the root of the pool, and writes them with their licence alongside (FILE.licence.json).
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
}

impl Export {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let Some(format) = self.format.or_else(|| Format::of(&self.file)) else {
            misuse!(
                "cannot tell the format of {} by its name: say --format csv or --format jsonl",
                self.file.display()
            );
        };
        let mut alongside = self.file.clone().into_os_string();
        alongside.push(".licence.json");
        let alongside = PathBuf::from(alongside);
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
                let expected = Expected {
                    root: member.contribution.root,
                    round: member.contribution.committed_to,
                };
                (Whose::Contribution(member.number), expected)
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

        let mut table = Grid::new([">contribution", "contributor", ">round", ">records"]);
        let mut list = Vec::new();
        let mut total = 0;
        write_whole(&self.file, |output| {
            for (index, (whose, records)) in gathered.iter().enumerate() {
                let member = members
                    .iter()
                    .find(|member| Whose::Contribution(member.number) == *whose);
                let member = member.context("records of a contribution that was not asked for")?;
                records.write(&mut *output, format, index == 0)?;
                let contribution = &member.contribution;
                table.row([
                    &member.number,
                    &contribution.contributor,
                    &contribution.round,
                    &records.len(),
                ]);
                list.push(json!({
                    "contribution": member.number,
                    "contributor": contribution.contributor,
                    "round": contribution.round,
                    "records": records.len(),
                    "root": hex(contribution.root),
                    "weight": member.weight.to_string(),
                    "withdrawn_since": contribution.withdrawn,
                }));
                total += records.len();
            }
            Ok(())
        })?;

        let attachment = find_attachment(&now, Asset::Datanet(self.datanet)).await?;
        let attachment = attachment.context("the datanet has no licence")?;
        let terms = find_terms(&now, attachment.terms)
            .await?
            .context("the datanet's licence is not published")?;
        let licence = json!({
            "genesis": hex(chain.genesis()),
            "datanet": self.datanet,
            "round": round,
            "only_this_round": self.only_this_round,
            "terms_hash": hex(attachment.terms),
            "terms": terms,
            "steward": attachment.owner,
            "records": total,
            "contributions": list,
        });
        let text = serde_json::to_vec_pretty(&licence).context("writing the licence")?;
        write_whole(&alongside, |output| Ok(output.write_all(&text)?))?;

        let json = json!({ "file": self.file, "licence_file": alongside, "licence": licence });
        Ok(Output::new(json).table(table).line(format!(
            "Wrote {total} records of datanet {} up to round {round} to {}, their licence to {}.",
            self.datanet,
            self.file.display(),
            alongside.display()
        )))
    }
}
