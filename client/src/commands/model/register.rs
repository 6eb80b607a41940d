//! `tributary model register`: a model with all it comes from.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use subxt::utils::{AccountId32, Static, H256};
use tributary_primitives::{
    assets::RoyaltyStack,
    licences::{Origin, Refusal},
};

use super::dry_run::DryRun;
use crate::{
    asset::PoolName,
    chain::{
        calls::{Kind, Member, ModelRegistered, RegisterModel},
        Snapshot,
    },
    commands::{
        file_hash,
        licence::refused_call,
        members::{team, MemberArgument},
        parse_hash,
    },
    context::{AccountName, Context},
    failure::misuse,
    keys,
    output::Output,
};

/// The call, as refusals name it.
pub(super) const CALL: &str = "Models.register";

/// `tributary model register`
#[derive(Args, Debug)]
pub(crate) struct Register {
    /// How it was made.
    #[arg(long, value_enum)]
    kind: Kind,
    /// A model that it comes from in the way of its kind.
    #[arg(long, value_name = "ID")]
    parent: Vec<u32>,
    /// A model that it was distilled from besides.
    #[arg(long, value_name = "ID")]
    distilled_from: Vec<u32>,
    /// A round that it was trained on, and the rounds before.
    #[arg(long, value_name = "DATANET:ROUND")]
    trained_on: Vec<PoolName>,
    /// A round whose records it looks up, and the rounds before.
    #[arg(long, value_name = "DATANET:ROUND")]
    retrieves_from: Vec<PoolName>,
    /// The file of its weights, which is hashed.
    #[arg(long, value_name = "FILE", required_unless_present = "weights_hash")]
    weights: Option<PathBuf>,
    /// BLAKE2b hash of its weights (32 bytes).
    #[arg(long, value_name = "HASH", conflicts_with = "weights", value_parser = parse_hash)]
    weights_hash: Option<H256>,
    /// A file that says how it was made, which is hashed.
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// BLAKE2b hash of what says how it was made (32 bytes).
    #[arg(long, value_name = "HASH", conflicts_with = "recipe", value_parser = parse_hash)]
    recipe_hash: Option<H256>,
    /// Its licence terms, published before.
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    terms: H256,
    /// Who shares what it earns: ACCOUNT=PERCENT [default: the signer alone]
    #[arg(long, value_name = "ACCOUNT=PERCENT")]
    team: Vec<MemberArgument>,
    /// Text or JSON about it, among other things where its weights can be fetched.
    #[arg(long, default_value = "")]
    metadata: String,
    /// Say what the chain would say, and what the model would owe and need, without registering it. Needs no key.
    #[arg(long)]
    dry_run: bool,
    /// Who would register it: an address, dev:NAME or the name of a key [default: the account of --key or --dev]
    #[arg(long, requires = "dry_run")]
    account: Option<AccountName>,
}

impl Register {
    pub(super) async fn run(self, context: &Context) -> Result<Output> {
        let call = self.call(context)?;
        if self.dry_run {
            let owner = context.account_or_own(self.account.as_ref())?;
            let state = context.connect().await?.newest().await?;
            return DryRun::new(owner, call).answer(&state).await;
        }
        let (chain, key) = context.connect_to_sign().await?;
        let owner = keys::account(&key);
        // What it is told now is all that it agrees to: a source can come to owe more meanwhile.
        let stack = check(&chain.newest().await?, owner, &call).await?;
        let stack = stack.map_err(|refusal| refused_call(CALL, &refusal))?;
        let call = RegisterModel {
            royalties_at_most: sum(&stack),
            team: shared_by(call.team, owner),
            ..call
        };
        let included = chain.submit(&key, call).await?;
        let model = included.expect::<ModelRegistered>()?.model;
        let mut json = included.json()?;
        json["model"] = model.into();
        Ok(Output::new(json).line(format!("Registered model {model} {}.", included.place())))
    }

    /// What was asked for, but for what depends on who signs and on what the chain says.
    fn call(&self, context: &Context) -> Result<RegisterModel> {
        Ok(RegisterModel {
            kind: self.kind,
            origins: self.origins()?.into_iter().map(Static).collect(),
            weights_hash: file_hash(self.weights.as_ref(), self.weights_hash)?,
            recipe_hash: file_hash(self.recipe.as_ref(), self.recipe_hash)?,
            terms: self.terms,
            royalties_at_most: 0,
            team: team(context, &self.team)?,
            metadata: self.metadata.clone().into_bytes(),
        })
    }

    fn origins(&self) -> Result<Vec<Origin>> {
        let by_kind: fn(u32) -> Origin = match self.kind {
            Kind::Base => {
                if !self.parent.is_empty() {
                    misuse!("a base model has no parent: say of what kind it is");
                }
                Origin::DistilledFrom
            }
            Kind::FineTune => Origin::FineTunedFrom,
            Kind::Adapter => Origin::AdapterOf,
            Kind::Merge => Origin::MergedFrom,
            Kind::Distill => Origin::DistilledFrom,
            Kind::Quantize => Origin::QuantizedFrom,
        };
        let parents = self.parent.iter().copied().map(by_kind);
        let distilled = self
            .distilled_from
            .iter()
            .copied()
            .map(Origin::DistilledFrom);
        let trained = self.trained_on.iter().map(|name| Origin::TrainedOn(name.0));
        let retrieved = self
            .retrieves_from
            .iter()
            .map(|name| Origin::RetrievesFrom(name.0));
        Ok(parents
            .chain(distilled)
            .chain(trained)
            .chain(retrieved)
            .collect())
    }
}

/// Those who share what a model earns: its owner alone if nobody is named.
pub(super) fn shared_by(mut team: Vec<Member>, owner: AccountId32) -> Vec<Member> {
    if team.is_empty() {
        team.push(Member {
            account: owner,
            part: 1_000_000_000,
        });
    }
    team
}

/// What all royalties come to, in billionths.
pub(super) fn sum(stack: &RoyaltyStack) -> u32 {
    let rates = stack.iter().map(|royalty| royalty.rate.deconstruct());
    rates.sum()
}

/// Asks what the licences of the sources say, which is more than an extrinsic's error does.
pub(super) async fn check(
    state: &Snapshot,
    owner: AccountId32,
    call: &RegisterModel,
) -> Result<Result<RoyaltyStack, Refusal>> {
    let arguments = (owner, call.terms, call.origins.clone());
    let answer: Static<Result<RoyaltyStack, Refusal>> =
        state.view("Licensing", "check_model", arguments).await?;
    Ok(answer.0)
}
