//! What the chain keeps, as far as commands look at it, by the names that the runtime's metadata gives it.

// Derives within a macro bring imports that not every type needs.
#![allow(unused_imports)]

use serde_json::Value;
use subxt::{
    ext::scale_decode::DecodeAsType,
    utils::{AccountId32, Static, H256},
};
use tributary_primitives::{
    assets::Royalty,
    datanets::Phase,
    ledger::{Ground, Marks},
    licences::{Generation, Origin, Standing},
    merkle::Node,
    roles::Contention,
};

use super::{
    calls::{Kind, Member},
    decode::Json,
};

macro_rules! state {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, DecodeAsType)]
            #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
            pub(crate) struct $name {
                $($(#[$field_meta])* pub(crate) $field: $type,)*
            }
        )*
    };
}

state! {
    /// An account.
    #[derive(Default)]
    AccountInfo {
        nonce: u32,
        data: AccountData,
    }

    /// Its money.
    #[derive(Default)]
    AccountData {
        free: u128,
        reserved: u128,
        frozen: u128,
    }

    /// Money on hold.
    Held {
        id: Json,
        amount: u128,
    }

    /// An asset under terms.
    Attachment {
        owner: AccountId32,
        terms: H256,
        standing: Static<Standing>,
        retired: bool,
    }

    /// What the owner of an asset asks.
    Offer {
        price: u128,
        host_share: u32,
    }

    /// Somebody who answers calls.
    Host {
        key: AccountId32,
        bond: u128,
        channels: u32,
        offers: u32,
    }

    /// What a host asks for calls of a model.
    HostOffer {
        price: u128,
        share: u32,
        endpoint: Vec<u8>,
    }

    /// An agreement about calls of a model.
    Channel {
        consumer: AccountId32,
        host: AccountId32,
        model: u32,
        key: AccountId32,
        receipt_key: AccountId32,
        price: u128,
        share: u32,
        units: u64,
        expires: u32,
        settled: SettledCalls,
        stage: ChannelStage,
        challenged: bool,
        deposit: u128,
    }

    /// What of a model's calls was settled.
    CallTotals {
        calls: u64,
        units: u128,
        net: u128,
    }

    /// What of a channel was settled.
    SettledCalls {
        count: u32,
        units: u64,
        amount: u128,
        root: H256,
    }

    /// The right to make a descendant, or the application for it.
    Grant {
        generation: Static<Generation>,
        approved: bool,
        fee: u128,
    }

    /// A datanet.
    Datanet {
        steward: AccountId32,
        offered: Option<AccountId32>,
        deposit: u128,
        providers: Vec<AccountId32>,
        rounds: u32,
        contributions: u32,
        retired: bool,
        withdrawn: u128,
    }

    /// Money that waits for a round of a datanet.
    Pledged {
        round: u32,
        price: u128,
        budget: u128,
    }

    /// A round of a datanet.
    Round {
        phase: Static<Phase>,
        deadline: Option<u32>,
        first: u32,
        committed: u32,
        delivered: u32,
        carried: u32,
        providers: Vec<AccountId32>,
        sponsorship: Option<Sponsorship>,
        frozen: Option<u64>,
        seats: Vec<Seat>,
        inputs: H256,
        revealed_at: u32,
        outcome: Option<Outcome>,
    }

    /// What a sponsor pays.
    Sponsorship {
        sponsor: AccountId32,
        price: u128,
        budget: u128,
    }

    /// How a final round came out.
    Outcome {
        evaluator: AccountId32,
        before: u128,
        after: u128,
    }

    /// What an attestor says of a round.
    Attestation {
        attestor: AccountId32,
        statement: H256,
    }

    /// A part of a round's benchmark.
    Seat {
        provider: AccountId32,
        slice: u8,
        root: Option<H256>,
    }

    /// A contribution of a round.
    Contribution {
        contributor: AccountId32,
        committed_to: u32,
        round: u32,
        root: H256,
        records: u16,
        bytes: u32,
        authors: u8,
        bond: u128,
        status: Status,
        value: i128,
        withdrawn: Option<u32>,
    }

    /// How far a contribution is delivered.
    Delivery {
        commitment: H256,
        next: u16,
    }

    /// What a provider committed for a round.
    Slices {
        provider: AccountId32,
        hashes: Vec<H256>,
    }

    /// How far a slice is revealed.
    Revealing {
        next: u16,
    }

    /// How many changes of epoch were seen.
    EpochCount {
        recorded: u64,
    }

    /// A model.
    Model {
        owner: AccountId32,
        offered_to: Option<AccountId32>,
        kind: Kind,
        weights_hash: H256,
        recipe_hash: H256,
        terms: H256,
        registered: u32,
        retired: bool,
        reexecuted: Option<u32>,
        ancestry_changed: bool,
        naming_forfeited: bool,
        evaluations: u32,
        deposit: u128,
    }

    /// Who is announced to share what a model earns, and the first and the last block in which the change can be made.
    NextTeam {
        team: Vec<Member>,
        from: u32,
        until: u32,
    }

    /// What somebody found a model to be worth on a benchmark. The score has 18 decimals.
    Evaluation {
        evaluator: AccountId32,
        benchmark: Vec<u8>,
        metric: Vec<u8>,
        score: i128,
        evidence: H256,
        evaluated: u32,
    }

    /// Where a model comes from.
    Edge {
        origin: Static<Origin>,
        grade: Json,
        debt: Option<u32>,
        upheld: bool,
    }

    /// What is contested about a model.
    Case {
        model: u32,
        contention: Static<Contention>,
        evidence: H256,
        plaintiff: AccountId32,
        bond: u128,
        panel: Vec<CaseSeat>,
        stage: Stage,
    }

    /// An appeal from a ruling, and whether that upheld the case.
    Appeal {
        ruling: bool,
        appellant: AccountId32,
        bond: u128,
    }

    /// An arbiter who hears a case.
    CaseSeat {
        arbiter: AccountId32,
        vote: Option<bool>,
    }

    /// How far a proposal has come is text, of which only some is looked at.
    Proposal {
        proposer: AccountId32,
        commitment: H256,
        bond: u128,
        deadline: u32,
        progress: Json,
    }

    /// How the valuation of a final round came out.
    ValuationOutcome {
        evaluator: AccountId32,
        publication: Publication,
    }

    /// What was derived from what was published.
    Publication {
        seats: Vec<SeatAccuracy>,
    }

    /// Accuracies on a slice.
    SeatAccuracy {
        before: u128,
        after: u128,
    }

    /// The ledger of a model.
    ModelStatement {
        royalties: Vec<RoyaltyStatement>,
        team: Vec<ShareStatement>,
        former: Vec<ShareStatement>,
        waiting: u128,
        contested: u128,
        waits: bool,
    }

    /// A royalty that a model owes.
    RoyaltyStatement {
        royalty: Static<Royalty>,
        ground: Static<Ground>,
        frozen: bool,
        earned: u128,
        paid: u128,
    }

    /// A member of a team or a crew.
    ShareStatement {
        share: Member,
        earned: u128,
        paid: u128,
    }

    /// The root of a pool, and who earns beside its contributors.
    PoolTerms {
        root: Static<Node>,
        count: u32,
        weight: u128,
        crew: Vec<Member>,
    }

    /// The money of a model.
    ModelAccount {
        takings: Takings,
        marks: Static<Marks>,
    }

    /// What has come in for a model.
    Takings {
        net: u128,
    }

    /// What a sponsor pays for a contribution, where half of it vests.
    Award {
        account: AccountId32,
        amount: u128,
        paid: u128,
    }

    /// An award, and what of it has vested.
    AwardStatement {
        award: Award,
        vested: u128,
    }

    /// The whole pot.
    Totals {
        held: HeldTotals,
        gross: u128,
        fees: u128,
        sponsored: u128,
        earned: Earned,
        withdrawn: u128,
        swept: u128,
        burnt: u128,
    }

    /// Where the pot's money is.
    HeldTotals {
        models: u128,
        pools: u128,
        budgets: u128,
        vesting: u128,
        claimable: u128,
        fees: u128,
    }

    /// What accounts have been credited, by role.
    Earned {
        teams: u128,
        crews: u128,
        contributors: u128,
        hosts: u128,
        awards: u128,
        refunds: u128,
    }
}

/// How far a case is. `until` is the first block in which what it waits for is too late.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum Stage {
    /// The panel votes.
    Hearing { until: u32 },
    /// More than half of it agree.
    Ruled { upheld: bool, until: u32 },
    /// It is for governance to decide, by an appeal or because too few arbiters were impartial.
    Referred { appeal: Option<Appeal>, until: u32 },
    /// Governance has decided.
    Decided {
        appeal: Option<Appeal>,
        upheld: bool,
    },
}

/// How far a contribution has come.
#[derive(Clone, Copy, Debug, DecodeAsType, Eq, PartialEq)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum Status {
    /// It must be delivered.
    Committed,
    /// It waits for its value.
    Delivered,
    /// It is part of the datanet for ever.
    Admitted,
    /// It is worth nothing or less.
    Rejected,
}

impl Contribution {
    /// Whether consent was withdrawn before a round froze: its snapshot and its pool leave it out.
    pub(crate) fn is_left_out(&self, round: u32) -> bool {
        self.withdrawn.is_some_and(|since| since <= round)
    }

    /// Its status in a few words.
    pub(crate) fn status_text(&self) -> String {
        status_text(self.status, self.withdrawn)
    }
}

/// How far a contribution has come, in a few words.
pub(crate) fn status_text(status: Status, withdrawn: Option<u32>) -> String {
    match withdrawn {
        Some(since) => format!("{status:?}, withdrawn since round {since}"),
        None => format!("{status:?}"),
    }
}

impl Held {
    /// Why it is on hold: pallet and reason.
    pub(crate) fn reason(&self) -> String {
        match &self.id.value {
            Value::Object(object) => object
                .iter()
                .map(|(pallet, reason)| format!("{pallet} {}", reason.as_str().unwrap_or_default()))
                .collect(),
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A contribution of one record that was delivered to a round.
    pub(crate) fn contribution(round: u32) -> Contribution {
        Contribution {
            contributor: AccountId32([round as u8; 32]),
            committed_to: round,
            round,
            root: H256::zero(),
            records: 1,
            bytes: 1,
            authors: 0,
            bond: 0,
            status: Status::Delivered,
            value: 0,
            withdrawn: None,
        }
    }
}

/// How far a channel is.
#[derive(Clone, Copy, Debug, DecodeAsType, Eq, PartialEq)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum ChannelStage {
    /// Calls are answered and paid.
    Open,
    /// The consumer wants it to end.
    Closing {
        /// The first block in which no voucher is taken any more.
        until: u32,
    },
    /// Only contradictions are still heard.
    Ended {
        /// In which block.
        at: u32,
    },
}
