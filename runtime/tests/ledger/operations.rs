//! What can happen.

use crate::book::{Asset, Coin, Contention, ModelId, Payee, PoolId, Royalty, Share, Vesting, Who};

/// People who earn and spend.
pub(crate) const PEOPLE: Who = 12;
/// Has all the money at first, and never too little.
pub(crate) const RICH: Who = 0;
/// The most models of a world.
pub(crate) const MODELS: ModelId = 10;
pub(crate) const DATANETS: u32 = 3;
/// How all awards of a datanet vest.
pub(crate) const VESTING: [Vesting; DATANETS as usize] = [
    Vesting {
        parts: 3,
        blocks: 100,
    },
    Vesting {
        parts: 7,
        blocks: 400_000,
    },
    Vesting {
        parts: 0,
        blocks: 100,
    },
];

/// What is shown of a contribution's weight.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Proof {
    None,
    Right,
    /// Right but for the weight, the account, the position, or the path.
    Wrong(u8),
}

#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Pay {
        payer: Who,
        asset: Asset,
        round: Option<u32>,
        gross: Coin,
    },
    PayHosted {
        payer: Who,
        model: ModelId,
        gross: Coin,
        host: Who,
        share: u32,
    },
    Settle(ModelId),
    SettleCrew(PoolId),
    Claim(Vec<(PoolId, u32, Proof)>),
    Vest(Vec<(PoolId, u32)>),
    Withdraw(Who),
    Sweep,
    Transfer {
        from: Who,
        to: Who,
        amount: Coin,
    },
    /// Of what somebody has, so much must stay.
    Lock {
        who: Who,
        amount: Coin,
    },
    Reserve {
        who: Who,
        amount: Coin,
    },
    Unreserve {
        who: Who,
        amount: Coin,
    },
    Advance(u32),
    /// Governance sets the protocol's fee, and the most that hosts may have.
    SetRates {
        fee: u32,
        host_max: u32,
    },

    /// A contribution is delivered, to be admitted with the next pool.
    Deliver {
        datanet: u32,
        who: Who,
        weight: u128,
    },
    /// With what the round's sponsor pays for contributions.
    OpenPool {
        pool: PoolId,
        crew: Vec<Share>,
        awards: Vec<(u32, Coin)>,
    },
    Exclude {
        datanet: u32,
        contribution: u32,
        since: u32,
    },
    Sponsor {
        pool: PoolId,
        sponsor: Who,
        amount: Coin,
    },
    Refund(PoolId),
    Share {
        datanet: u32,
        contribution: u32,
        authors: Vec<Share>,
    },
    Unshare {
        datanet: u32,
        contribution: u32,
    },
    HandOver {
        datanet: u32,
        contribution: u32,
        from: Who,
        to: Who,
    },
    Forfeit {
        pool: PoolId,
        contribution: u32,
    },

    Open {
        model: ModelId,
        stack: Vec<Royalty>,
        team: Vec<Share>,
    },
    AmendTeam {
        model: ModelId,
        team: Vec<Share>,
    },
    AmendRoyalties {
        model: ModelId,
        stack: Vec<Royalty>,
        late: Vec<Royalty>,
        /// By the model's owner, who had left it out.
        named: bool,
    },
    ClaimLate {
        model: ModelId,
        royalties: Vec<Royalty>,
    },
    CloseClaim(ModelId),
    Freeze {
        model: ModelId,
        asset: Asset,
    },
    Unfreeze {
        model: ModelId,
        asset: Asset,
    },
    Release(ModelId),
    Resume(ModelId),

    Register {
        own: (u32, Option<Coin>),
        sources: Vec<Payee>,
        team: Vec<Share>,
    },
    AnnounceTeam {
        model: ModelId,
        team: Vec<Share>,
    },
    ChangeTeam(ModelId),
    AddParent {
        model: ModelId,
        source: Payee,
    },
    Contest {
        model: ModelId,
        contention: Contention,
    },
    Conclude {
        model: ModelId,
        contention: Contention,
        upheld: bool,
    },
    Refold(ModelId),
}

impl Operation {
    /// Which kind it is.
    pub(crate) fn name(&self) -> String {
        let said = format!("{self:?}");
        let name = said.split(|letter: char| !letter.is_alphanumeric()).next();
        name.unwrap_or_default().to_owned()
    }
}
