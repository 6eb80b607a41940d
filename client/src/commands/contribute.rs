//! `tributary contribute`: commit records, wait, deliver them.

use std::path::{Path, PathBuf};

use anyhow::{ensure, Result};
use clap::{Args, Subcommand};
use serde_json::{json, Value};
use subxt::utils::AccountId32;
use subxt_signer::sr25519::Keypair;
use tributary_primitives::{
    datanets::{Evidence, Phase, Recipe, MAX_REFERENCE},
    hashing,
};

use crate::{
    chain::{
        calls::{
            AuthorsNamed, CommitContribution, ContributionCommitted, Deliver, DeliverReference,
            Member, NameAuthors, ReclaimContribution,
        },
        state::{Contribution, Delivery, Status},
        Chain, Snapshot, Wait,
    },
    commands::{
        estimate::Estimate,
        members::{team, MemberArgument},
        send,
    },
    context::Context,
    failure::misuse,
    keys,
    money::Amount,
    output::{count, hex, remark, Output},
    progress,
    records::{Format, Records, Shape},
    round::{self, Step},
    state::{Commitment, Kind, StateDirectory},
};

/// How many blocks others have to move the round on before the contributor does.
const PATIENCE: u64 = 3;

/// `tributary contribute`
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Contribute {
    #[command(subcommand)]
    step: Option<StepCommand>,
    #[command(flatten)]
    all: Option<What>,
}

#[derive(Debug, Subcommand)]
enum StepCommand {
    /// Without a key: what records would have been worth in earlier rounds, and what committing to them would cost
    ///
    /// On benchmark slices that were used already, on top of everything that is admitted now: without a bond or a signature, and without
    /// showing the records to anybody.
    Estimate(Estimate),
    /// Commit only: nobody sees the records yet
    Commit(What),
    /// Deliver what this account has committed to a round
    Deliver(Where),
}

/// What is contributed.
#[derive(Args, Clone, Debug)]
struct What {
    /// The datanet.
    datanet: u32,
    /// CSV or JSON Lines; `-` reads standard input.
    file: PathBuf,
    /// The file's format [default: by its name]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The round [default: the last one]
    #[arg(long)]
    round: Option<u32>,
    /// Who shares all that it earns, as ACCOUNT=PERCENT; up to 16 times, 100 % together. The signer has a part only if it is named. Bond and
    /// fee are the signer's alone; a deposit for the authors' place adds to the bond, and can be burnt as the rest can. Cannot be changed.
    #[arg(long = "author", value_name = "ACCOUNT=PERCENT")]
    authors: Vec<MemberArgument>,
    /// In an attested datanet: where attestors find the records, such as a URI of 256 bytes at the most. It is public; no record is sent.
    #[arg(long, value_name = "URI")]
    reference: Option<String>,
}

/// Where it is delivered.
#[derive(Args, Clone, Debug)]
struct Where {
    /// The datanet.
    datanet: u32,
    /// The round [default: the last one]
    #[arg(long)]
    round: Option<u32>,
    /// In an attested datanet: where attestors find the records, such as a URI of 256 bytes at the most. It is public; no record is sent.
    #[arg(long, value_name = "URI")]
    reference: Option<String>,
}

/// `tributary reclaim`
#[derive(Args, Debug)]
pub(crate) struct Reclaim {
    /// The datanet.
    datanet: u32,
    /// The contribution.
    contribution: u32,
}

impl Reclaim {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        let Self {
            datanet,
            contribution,
        } = self;
        send(
            context,
            ReclaimContribution {
                datanet,
                contribution,
            },
            format!("Contribution {contribution} of datanet {datanet} is removed"),
        )
        .await
    }
}

impl Contribute {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        if let Some(StepCommand::Estimate(estimate)) = &self.step {
            return estimate.run(context).await;
        }
        let (chain, key) = context.connect_to_sign().await?;
        let contributor = Contributor {
            state: context.state(&chain),
            account: keys::account(&key),
            chain,
            key,
        };
        match (self.step, self.all) {
            (Some(StepCommand::Commit(what)), _) => {
                let authors = team(context, &what.authors)?;
                let (commitment, mut json) = contributor.commit(&what, authors).await?;
                json["commitment"] = describe(&commitment);
                Ok(Output::new(json).line(format!(
                    "Committed {} to round {} of datanet {} as contribution {}.",
                    count(commitment.records, "record"),
                    commitment.round,
                    commitment.datanet,
                    commitment
                        .number
                        .map_or_else(|| "?".to_owned(), |number| number.to_string()),
                )))
            }
            (Some(StepCommand::Deliver(place)), _) => {
                let round = round::round_or_last(
                    &contributor.chain.newest().await?,
                    place.datanet,
                    place.round,
                )
                .await?;
                let commitments = contributor.state.commitments(
                    Kind::Contribution,
                    &contributor.account,
                    place.datanet,
                    round,
                )?;
                if commitments.is_empty() {
                    misuse!(
                        "this machine knows of no commitment of {} to round {round} of datanet {}: salts lie in the state directory of the machine that committed",
                        contributor.account,
                        place.datanet
                    );
                }
                let reference = place.reference;
                contributor
                    .ensure_fits(reference.as_deref(), place.datanet)
                    .await?;
                contributor.deliver_all(commitments, reference).await
            }
            (None, Some(what)) => {
                let authors = team(context, &what.authors)?;
                let reference = what.reference.clone();
                contributor
                    .ensure_fits(reference.as_deref(), what.datanet)
                    .await?;
                let (commitment, _) = contributor.commit(&what, authors).await?;
                contributor.deliver_all(vec![commitment], reference).await
            }
            _ => misuse!("say which datanet and which file"),
        }
    }
}

/// A commitment for programs. Its salt stays where it is.
fn describe(commitment: &Commitment) -> Value {
    json!({
        "datanet": commitment.datanet,
        "round": commitment.round,
        "contribution": commitment.number,
        "contributor": commitment.account,
        "records": commitment.records,
        "commitment": hex(commitment.hash),
        "root": hex(commitment.root),
    })
}

/// A contributor at work.
struct Contributor {
    chain: Chain,
    key: Keypair,
    account: AccountId32,
    state: StateDirectory,
}

impl Contributor {
    /// Commits to the records of a file and names who shares what they earn, unless that was done before.
    async fn commit(&self, what: &What, authors: Vec<Member>) -> Result<(Commitment, Value)> {
        let parts: u64 = authors.iter().map(|author| u64::from(author.part)).sum();
        if !authors.is_empty() && parts != 1_000_000_000 {
            misuse!("the authors' parts do not sum to 100 %");
        }
        if !authors.is_empty() {
            remark("Naming authors adds a deposit to the bond, which is the signer's alone and can be burnt as the rest can.");
        }
        let (commitment, json) = self.commit_records(what).await?;
        let number = commitment.number.unwrap_or_default();
        if !authors.is_empty() {
            self.name(what.datanet, number, authors).await?;
        }
        Ok((commitment, json))
    }

    /// Names the authors of a contribution, unless that was done before.
    async fn name(&self, datanet: u32, contribution: u32, authors: Vec<Member>) -> Result<()> {
        let newest = self.chain.settled(&self.account).await?;
        let named = found(&newest, datanet, contribution)
            .await?
            .is_some_and(|found| found.authors > 0);
        if named {
            remark("Its authors were named before, and stay as they are.");
            return Ok(());
        }
        let named = count(authors.len(), "author");
        let call = NameAuthors {
            datanet,
            contribution,
            authors,
        };
        let included = self.chain.submit(&self.key, call).await?;
        let AuthorsNamed { deposit } = included.expect()?;
        remark(format!(
            "Named {named} of what it earns {}; on hold besides: {}.",
            included.place(),
            Amount(deposit)
        ));
        Ok(())
    }

    /// Commits to the records of a file, unless that was done before.
    async fn commit_records(&self, what: &What) -> Result<(Commitment, Value)> {
        let now = self.chain.settled(&self.account).await?;
        let recipe = round::recipe(&now, what.datanet).await?;
        let number = round::round_or_last(&now, what.datanet, what.round).await?;
        let records = read(&what.file, what.format, &recipe)?;
        let root = records.root_hash();

        let before =
            self.state
                .commitments(Kind::Contribution, &self.account, what.datanet, number)?;
        let mut commitment = match before
            .into_iter()
            .find(|commitment| commitment.root == root)
        {
            Some(commitment) => commitment,
            None => self.prepare(what.datanet, number, &records)?,
        };
        if let Some(found) = self.find(&mut commitment).await? {
            remark(format!("Committed before, as contribution {found}."));
            return Ok((commitment, json!({})));
        }
        let standing = round::standing(&now, what.datanet, number).await?;
        if standing.round.phase.0 != Phase::Committing {
            misuse!(
                "round {number} of datanet {} is {:?}: it takes no commitments any more",
                what.datanet,
                standing.round.phase.0
            );
        }
        if standing.step == Step::Advance {
            misuse!(
                "the last block for commitments to round {number} of datanet {} is over",
                what.datanet
            );
        }
        remark(match recipe.evidence {
            Evidence::Open => "What is delivered is public for ever: consent can be withdrawn from later rounds, but what others have copied stays with them. \
             What turns out to be worth nothing is anybody's to commit again.",
            Evidence::Attested { .. } => "No record is sent. The root and the reference are public for ever, and attestors must be let in to the records. \
             Keep the file: later rounds need it, too.",
        });
        let call = CommitContribution {
            datanet: what.datanet,
            round: number,
            commitment: commitment.hash,
            records: u16::try_from(records.len()).unwrap_or(u16::MAX),
            bytes: u32::try_from(records.size()).unwrap_or(u32::MAX),
        };
        let included = self.chain.submit(&self.key, call).await?;
        let event: ContributionCommitted = included.expect()?;
        commitment.number = Some(event.contribution);
        self.state.update(&commitment)?;
        remark(format!(
            "Committed as contribution {} {}; on hold: bond {}, valuation fee {}.",
            event.contribution,
            included.place(),
            Amount(event.bond),
            Amount(event.fee)
        ));
        Ok((commitment, included.json()?))
    }

    /// Chooses a salt and keeps it, before anything is signed.
    fn prepare(&self, datanet: u32, round: u32, records: &Records) -> Result<Commitment> {
        let salt: [u8; 32] = rand::random();
        let root = records.root_hash();
        let commitment = Commitment {
            kind: Kind::Contribution,
            account: self.account,
            datanet,
            round,
            salt,
            root,
            hash: hashing::commitment(&self.account, datanet, round, &salt, root),
            encoder: records.encoder(),
            dimension: records.dimension(),
            records: u32::try_from(records.len())?,
            number: None,
        };
        self.state.keep(&commitment, records)?;
        Ok(commitment)
    }

    /// The number that the chain has given a commitment, if it has it: the extrinsic may have come through without us knowing.
    async fn find(&self, commitment: &mut Commitment) -> Result<Option<u32>> {
        if let Some(number) = commitment.number {
            return Ok(Some(number));
        }
        let newest = self.chain.settled(&self.account).await?;
        for (number, contribution) in round::contributions(&newest, commitment.datanet).await? {
            if contribution.contributor != self.account
                || contribution.committed_to != commitment.round
            {
                continue;
            }
            let delivery = delivery(&newest, commitment.datanet, number).await?;
            let committed = delivery.is_some_and(|delivery| delivery.commitment == commitment.hash);
            if committed || contribution.root == commitment.root {
                commitment.number = Some(number);
                self.state.update(commitment)?;
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Holds if a reference is there exactly where a datanet asks for one, and is short enough.
    async fn ensure_fits(&self, reference: Option<&str>, datanet: u32) -> Result<()> {
        let recipe = round::recipe(&self.chain.newest().await?, datanet).await?;
        ensure_fits(reference, &recipe)
    }

    /// Delivers some commitments of one round.
    async fn deliver_all(
        &self,
        commitments: Vec<Commitment>,
        reference: Option<String>,
    ) -> Result<Output> {
        let mut delivered = Vec::new();
        let mut output = Vec::new();
        for mut commitment in commitments {
            if self.find(&mut commitment).await?.is_none() {
                remark("A commitment that was prepared and never reached the chain is left out.");
                continue;
            }
            let contribution = self.deliver(&commitment, reference.as_deref()).await?;
            output.push(format!(
                "Contribution {} of {} is delivered to round {} of datanet {}.",
                commitment.number.unwrap_or_default(),
                count(contribution.records, "record"),
                commitment.round,
                commitment.datanet
            ));
            delivered.push(describe(&commitment));
        }
        if delivered.is_empty() {
            misuse!("nothing was committed");
        }
        Ok(Output::new(delivered.into()).line(output.join("\n")))
    }

    /// Delivers a contribution from where the chain has it.
    async fn deliver(
        &self,
        commitment: &Commitment,
        reference: Option<&str>,
    ) -> Result<Contribution> {
        let Commitment {
            datanet,
            round: number,
            ..
        } = *commitment;
        let contribution = commitment.number.unwrap_or_default();
        let lapsed = || {
            format!("contribution {contribution} is not there any more: it was not delivered in time, or its round came to nothing")
        };
        let find = |state: Snapshot| async move {
            anyhow::Ok((
                found(&state, datanet, contribution).await?,
                delivery(&state, datanet, contribution).await?,
            ))
        };
        let (existing, _) = find(self.chain.now().await?).await?;
        if let Some(done) = existing.filter(|found| found.status != Status::Committed) {
            return Ok(done);
        }
        round::wait_for(
            &self.chain,
            &self.key,
            datanet,
            number,
            PATIENCE,
            |standing| standing.round.phase.0 != Phase::Committing,
        )
        .await?;
        let newest = self.chain.settled(&self.account).await?;
        let (existing, delivery) = find(newest).await?;
        let Some(existing) = existing else {
            anyhow::bail!("{}", lapsed())
        };
        let Some(delivery) = delivery else {
            return Ok(existing);
        };

        match reference {
            Some(reference) => {
                let call = DeliverReference {
                    datanet,
                    round: number,
                    contribution,
                    root: commitment.root,
                    reference: reference.into(),
                    salt: commitment.salt,
                };
                self.chain.submit(&self.key, call).await?;
            }
            None => self.deliver_records(commitment, &delivery).await?,
        }
        let (done, _) = find(self.chain.now().await?).await?;
        match done {
            Some(done) if done.status != Status::Committed => Ok(done),
            _ => anyhow::bail!(
                "contribution {contribution} was delivered and yet is not: {}",
                lapsed()
            ),
        }
    }

    /// Delivers the records of a contribution from where the chain has them.
    async fn deliver_records(&self, commitment: &Commitment, delivery: &Delivery) -> Result<()> {
        let records = self.state.records(commitment)?;
        ensure!(
            records.root_hash() == commitment.root,
            "the records in the state directory are not those that were committed to"
        );
        let batches = records.batches();
        let last = batches.len() - 1;
        let bar = progress::bytes(records.size() as u64, "delivering");
        // A batch needs no more than a block; only the last one decides.
        let quick = self.chain.waiting(Wait::Included);
        for (batch, bytes) in batches.iter().enumerate() {
            if batch >= usize::from(delivery.next) {
                let call = Deliver {
                    datanet: commitment.datanet,
                    round: commitment.round,
                    contribution: commitment.number.unwrap_or_default(),
                    batch: u16::try_from(batch)?,
                    records: bytes.to_vec(),
                    salt: (batch == last).then_some(commitment.salt),
                };
                let chain = if batch == last { &self.chain } else { &quick };
                chain.submit(&self.key, call).await?;
            }
            bar.inc(bytes.len() as u64);
        }
        bar.finish_and_clear();
        Ok(())
    }
}

/// Holds if a reference is there exactly where a recipe asks for one, and is short enough.
fn ensure_fits(reference: Option<&str>, recipe: &Recipe) -> Result<()> {
    match (recipe.evidence, reference) {
        (Evidence::Open, Some(_)) => {
            misuse!(
                "the datanet is open: its records are delivered themselves, without --reference"
            )
        }
        (Evidence::Attested { .. }, None) => {
            misuse!(
                "the datanet is attested: say with --reference where attestors find the records"
            )
        }
        (_, Some(reference)) if reference.len() > MAX_REFERENCE as usize => {
            misuse!("a reference has at most {MAX_REFERENCE} bytes")
        }
        _ => Ok(()),
    }
}

/// Reads the records of a file as a recipe asks for them.
pub(crate) fn read(file: &Path, format: Option<Format>, recipe: &Recipe) -> Result<Records> {
    let records = Records::read(file, format, Shape::from(recipe))?;
    let bounds = usize::from(recipe.min_records)..=usize::from(recipe.max_records);
    if !bounds.contains(&records.len()) {
        misuse!(
            "{} has {} records; the recipe asks for {} to {}",
            file.display(),
            records.len(),
            bounds.start(),
            bounds.end()
        );
    }
    Ok(records)
}

async fn found(state: &Snapshot, datanet: u32, contribution: u32) -> Result<Option<Contribution>> {
    state
        .get("Datanets", "Contributions", (datanet, contribution))
        .await
}

async fn delivery(state: &Snapshot, datanet: u32, contribution: u32) -> Result<Option<Delivery>> {
    state
        .get("Datanets", "Deliveries", (datanet, contribution))
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::valuation::tests::recipe;

    #[test]
    fn a_reference_is_there_where_nothing_else_is_delivered() {
        let open = recipe();
        let attested = Recipe {
            evidence: Evidence::Attested { threshold: 1 },
            ..recipe()
        };
        assert!(ensure_fits(None, &open).is_ok());
        assert!(ensure_fits(Some("ipfs://a"), &open).is_err());
        assert!(ensure_fits(None, &attested).is_err());
        assert!(ensure_fits(Some(&"a".repeat(256)), &attested).is_ok());
        assert!(ensure_fits(Some(&"a".repeat(257)), &attested).is_err());
    }
}
