//! `tributary host`: answering calls of models for others.

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use subxt::utils::{AccountId32, Static};
use tributary_primitives::{
    assets::Asset,
    ledger::{covers, take, TakingRates},
    Perbill,
};

use super::{
    audit::Audit,
    channel::{list, ChannelName},
    model::registered,
    send,
    serve::{Serve, SettleVouchers},
};
use crate::{
    chain::{
        calls::{LeaveHosts, OfferCalls, RegisterHost, WithdrawCalls},
        state::{Host, HostOffer, Offer},
        Snapshot,
    },
    context::{AccountName, Context},
    failure::{misuse, Misuse},
    money::{Amount, Part},
    output::{remark, Grid, Output},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Become a host, or change the key or the bond
    ///
    /// The bond is on hold as long as channels to the host are kept. Half of it is burnt and half goes to whoever shows that a receipt contradicts what was
    /// settled.
    Register {
        /// Signs receipts, of channels that are opened from now on: an address, dev:NAME or the name of a key [default: the account of --key or
        /// --dev]
        #[arg(long, value_name = "ACCOUNT")]
        receipt_key: Option<AccountName>,
        /// All that is on hold from now on [default: what is on hold, or the least]
        #[arg(long)]
        bond: Option<Amount>,
    },
    /// End being a host, and have the bond back
    Leave,
    /// Say what calls of a model cost here from now on
    ///
    /// Channels that are open keep what was agreed.
    Offer(MakeOffer),
    /// Offer a model no more; channels that are open stay
    WithdrawOffer {
        /// The model.
        model: u32,
    },
    /// Who offers a model, and for how much
    Offers {
        /// The model.
        model: u32,
    },
    /// A host, and the channels to it
    Show {
        /// An address, dev:NAME or the name of a key [default: the account of --key or --dev]
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Answer calls over HTTP, and settle what they bring
    ///
    /// Calls are covered by vouchers of channels to the host. Receipts are on disk before answers leave. Ended by SIGTERM or Ctrl-C, it
    /// answers what has begun; started again, it knows everything. /openapi.json says what it answers.
    Serve(Serve),
    /// Settle all vouchers now, while `host serve` does not run
    Settle(SettleVouchers),
    /// Compare what hosts have settled with the receipts that they gave, and challenge those that contradict themselves
    ///
    /// For consumers: of all channels whose books lie in the state directory. A challenge takes the host's bond: half of it is yours.
    Audit(Audit),
    /// End a channel at once; settle its last voucher before
    Close(ChannelName),
}

/// `tributary host offer`
#[derive(Args, Debug)]
pub(crate) struct MakeOffer {
    /// The model.
    model: u32,
    /// What a unit costs: protocol fee, host and model together.
    price: Amount,
    /// The host's part of what the protocol fee leaves.
    #[arg(long, default_value = "0%")]
    share: Part,
    /// Where calls are answered, as in https://host.example/v1
    #[arg(long, value_name = "URL")]
    endpoint: String,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Register { receipt_key, bond } => {
                register(context, receipt_key.as_ref(), bond).await
            }
            Self::Leave => {
                let done = "Left: the bond is released".to_owned();
                send(context, LeaveHosts {}, done).await
            }
            Self::Offer(offer) => offer.run(context).await,
            Self::WithdrawOffer { model } => {
                let done = format!("Model {model} is not offered any more");
                send(context, WithdrawCalls { model }, done).await
            }
            Self::Offers { model } => offers(context, model).await,
            Self::Show { account } => show(context, account.as_ref()).await,
            Self::Serve(serve) => serve.run(context).await,
            Self::Settle(settle) => settle.run(context).await,
            Self::Audit(audit) => audit.run(context).await,
            Self::Close(channel) => channel.close(context).await,
        }
    }
}

async fn register(
    context: &Context,
    receipt_key: Option<&AccountName>,
    bond: Option<Amount>,
) -> Result<Output> {
    let (chain, signer) = context.connect_to_sign().await?;
    let own = crate::keys::account(&signer);
    let key = match receipt_key {
        Some(key) => context.account(key)?,
        None => own,
    };
    let state = chain.newest().await?;
    let least: u128 = state.constant("Metering", "MinBond")?;
    let before = find(&state, &own).await?.map_or(0, |host| host.bond);
    let bond = bond.unwrap_or(Amount(before.max(least)));
    if bond.0 < least {
        misuse!("the bond of a host is at least {}", Amount(least));
    }
    if let Some(more) = bond.0.checked_sub(before).filter(|more| *more > 0) {
        remark(format!("{} are put on hold as a bond", Amount(more)));
    }
    let call = RegisterHost { key, bond: bond.0 };
    let included = chain.submit(&signer, call).await?;
    Ok(Output::new(included.json()?).line(format!(
        "{own} is a host with a bond of {bond} {}.",
        included.place()
    )))
}

impl MakeOffer {
    async fn run(self, context: &Context) -> Result<Output> {
        let (chain, signer) = context.connect_to_sign().await?;
        let state = chain.newest().await?;
        registered(&state, self.model).await?;
        let kept = self.check(&state).await?;
        let call = OfferCalls {
            model: self.model,
            price: self.price.0,
            share: self.share.0,
            endpoint: self.endpoint.into_bytes(),
        };
        let included = chain.submit(&signer, call).await?;
        Ok(Output::new(included.json()?)
            .line(format!(
                "Calls of model {} cost {} a unit here {}.",
                self.model,
                self.price,
                included.place()
            ))
            .fields([
                ("the host has of that", Amount(kept.host).to_string()),
                ("the model", Amount(kept.net).to_string()),
                ("the protocol", Amount(kept.fee).to_string()),
            ]))
    }

    /// Says before anything is signed whether a channel could open at this price, and who has what of a unit.
    async fn check(&self, state: &Snapshot) -> Result<tributary_primitives::ledger::Taking> {
        let asset = Asset::Model(self.model);
        let asked: Option<Offer> = state.get("Licensing", "Offers", (Static(asset),)).await?;
        let Static(rates): Static<TakingRates> = state.view("Rewards", "rates", ()).await?;
        let share = Perbill::from_parts(self.share.0);
        let Some(asked) = asked else {
            misuse!(
                "the owner of model {} has made no offer: without it nobody may answer its calls for others (`tributary licence offer`)",
                self.model
            );
        };
        let most = Perbill::from_parts(asked.host_share).min(rates.host_max);
        if share > most {
            misuse!(
                "a host may keep at most {} of calls of model {}",
                Part(most.deconstruct()),
                self.model
            );
        }
        if !covers(self.price.0, rates.protocol_fee, share, asked.price) {
            misuse!(
                "the owner of model {} asks for {} a unit, after protocol fee and host share: raise the price or keep less",
                self.model,
                Amount(asked.price)
            );
        }
        Ok(take(self.price.0, rates.protocol_fee, share))
    }
}

async fn find(state: &Snapshot, who: &AccountId32) -> Result<Option<Host>> {
    state.get("Metering", "Hosts", (*who,)).await
}

async fn offers(context: &Context, model: u32) -> Result<Output> {
    let state = context.connect().await?.now().await?;
    registered(&state, model).await?;
    let mut found: Vec<((u32, AccountId32), HostOffer)> =
        state.entries("Metering", "Offers", (model,)).await?;
    found.sort_by_key(|(_, offer)| offer.price);
    let mut table = Grid::new(["host", "price of a unit", "share", "bond", "address"]);
    let mut list = Vec::new();
    for ((_, host), offer) in &found {
        let bond = find(&state, host).await?.map_or(0, |host| host.bond);
        let endpoint = String::from_utf8_lossy(&offer.endpoint);
        let (price, share) = (Amount(offer.price), Part(offer.share));
        table.row([host, &price, &share, &Amount(bond), &endpoint]);
        list.push(json!({
            "host": host, "price": price, "share": share, "bond": Amount(bond), "endpoint": endpoint,
        }));
    }
    Ok(Output::new(list.into()).table(table))
}

async fn show(context: &Context, account: Option<&AccountName>) -> Result<Output> {
    let who = context.account_or_own(account)?;
    let state = context.connect().await?.now().await?;
    let host = find(&state, &who).await?;
    let host = host.with_context(|| {
        Misuse(format!(
            "{who} is no host: `tributary host register` makes it one"
        ))
    })?;
    let (table, channels) = list(&state, |channel| channel.host == who).await?;
    let json = json!({
        "host": who,
        "receipt_key": host.key,
        "bond": Amount(host.bond),
        "offers": host.offers,
        "channels": channels,
    });
    Ok(Output::new(json)
        .fields([
            ("host", who.to_string()),
            ("receipts are signed by", host.key.to_string()),
            ("bond", Amount(host.bond).to_string()),
            ("models offered", host.offers.to_string()),
            ("channels kept", host.channels.to_string()),
        ])
        .table(table))
}
