//! The events that the client reads.

// Derives within a macro bring imports that not every type needs.
#![allow(unused_imports)]

use subxt::{
    ext::scale_decode::DecodeAsType,
    utils::{AccountId32, Static, H256},
};
use tributary_primitives::{
    assets::{Asset, Payee, Pool},
    datanets::Phase,
};

use crate::chain::{
    decode::Json,
    state::{SettledCalls, Status},
};

use super::{event_types, Event, Member};

event_types! {
    /// A datanet was created.
    Datanets.DatanetCreated: DatanetCreated {
        datanet: u32,
    }

    /// A round was opened.
    Datanets.RoundOpened: RoundOpened {
        round: u32,
        deadline: u32,
    }

    /// A contributor committed.
    Datanets.ContributionCommitted: ContributionCommitted {
        contribution: u32,
        bond: u128,
        fee: u128,
    }

    /// A contributor named who shares what a contribution earns.
    Datanets.AuthorsNamed: AuthorsNamed {
        deposit: u128,
    }

    /// A batch of a contribution is in this block.
    Datanets.BatchDelivered: BatchDelivered {
        datanet: u32,
        contribution: u32,
        batch: u16,
        extrinsic: u32,
        hash: H256,
    }

    /// An attested contribution is delivered.
    Datanets.ReferenceDelivered: ReferenceDelivered {
        datanet: u32,
        contribution: u32,
        reference: Vec<u8>,
    }

    /// A batch of a slice is in this block.
    Datanets.SliceBatchRevealed: SliceBatchRevealed {
        datanet: u32,
        round: u32,
        seat: u8,
        batch: u16,
        extrinsic: u32,
        hash: H256,
    }

    /// A round is in another phase.
    Datanets.PhaseChanged: PhaseChanged {
        datanet: u32,
        round: u32,
        phase: Static<Phase>,
    }

    /// A round is final.
    Datanets.RoundConcluded: RoundConcluded {
        datanet: u32,
        round: u32,
    }

    /// A round came to nothing.
    Datanets.RoundVoided: RoundVoided {
        datanet: u32,
        round: u32,
    }

    /// A contribution was valued.
    Datanets.ContributionValued: ContributionValued {
        datanet: u32,
        round: u32,
        contribution: u32,
        contributor: AccountId32,
        records: u16,
        value: i128,
        paid: u128,
        burnt: u128,
        status: Status,
    }

    /// A contributor withdrew consent.
    Datanets.ConsentWithdrawn: ConsentWithdrawn {
        weight: u128,
        since: u32,
    }

    /// An evaluator committed to a proposal.
    Valuation.ProposalCommitted: ProposalCommitted {
        datanet: u32,
        round: u32,
        proposer: AccountId32,
    }

    /// Shadows of a proposal are in this block.
    Valuation.ShadowsPublished: ShadowsPublished {
        datanet: u32,
        round: u32,
        proposer: AccountId32,
        root: H256,
        extrinsic: u32,
    }

    /// Rows of a proposal are in this block.
    Valuation.ProposalPublished: ProposalPublished {
        datanet: u32,
        round: u32,
        proposer: AccountId32,
        rows: H256,
        extrinsic: u32,
    }

    /// Advisory scores of a final round's records are in this block.
    Valuation.QualityPublished: QualityPublished {
        datanet: u32,
        round: u32,
        evaluator: AccountId32,
        batch: u16,
        scores: u32,
        hash: H256,
        extrinsic: u32,
    }

    /// A proposal was disproved.
    Valuation.ProposalDisproved: ProposalDisproved {
        reward: u128,
    }

    /// An attestor said what a round is worth.
    Attestation.Attested: Attested {
        agreeing: u8,
        threshold: u8,
    }

    /// Enough attestors agree: a round is final.
    Attestation.RoundAttested: RoundAttested {
        datanet: u32,
        round: u32,
    }

    /// A model was registered.
    Models.Registered: ModelRegistered {
        model: u32,
    }

    /// Something is contested about a model.
    Disputes.Opened: CaseOpened {
        case: u32,
        bond: u128,
    }

    /// Somebody appealed from a ruling.
    Disputes.Appealed: CaseAppealed {
        bond: u128,
        until: u32,
    }

    /// A case ended.
    Disputes.Closed: CaseClosed {
        outcome: Json,
    }

    /// A channel is open.
    Metering.ChannelOpened: ChannelOpened {
        channel: u64,
        price: u128,
        deposit: u128,
    }

    /// A voucher was settled.
    Metering.ChannelSettled: ChannelSettled {
        channel: u64,
        settled: SettledCalls,
    }

    /// A voucher was not settled.
    Metering.SettlementFailed: SettlementFailed {
        channel: u64,
        error: Json,
    }

    /// A host has contradicted itself, and lost its bond.
    Metering.HostChallenged: HostChallenged {
        channel: u64,
        reward: u128,
        burnt: u128,
    }

    /// A consumer wants a channel to end.
    Metering.ChannelClosing: ChannelClosing {
        until: u32,
    }

    /// A channel has ended.
    Metering.ChannelEnded: ChannelEnded {
        returned: u128,
        units: u64,
    }

    /// Money for an asset entered the pot.
    Rewards.Paid: Paid {
        asset: Static<Asset>,
        round: Option<u32>,
        payer: AccountId32,
        gross: u128,
        fee: u128,
        host: u128,
        net: u128,
        cause: Cause,
    }

    /// Everything due of what a model had received was paid.
    Rewards.Settled: Settled {
        model: u32,
        royalties: Vec<(Static<Payee>, u128)>,
    }

    /// An account may withdraw more than before.
    Rewards.Credited: Credited {
        account: AccountId32,
        amount: u128,
        source: Source,
    }

    /// An account withdrew all that it could.
    Rewards.Withdrawn: Withdrawn {
        account: AccountId32,
        amount: u128,
    }

    /// A sponsor put up a budget.
    Rewards.Sponsored: Sponsored {
        sponsor: AccountId32,
        amount: u128,
    }

    /// Authors share what a contribution will earn.
    Rewards.Shared: Shared {
        datanet: u32,
        contribution: u32,
        authors: Vec<Member>,
    }

    /// An author's part is another account's from now on.
    Rewards.HandedOver: HandedOver {
        datanet: u32,
        contribution: u32,
        from: AccountId32,
        to: AccountId32,
    }

    /// A contribution has part of a round's budget.
    Rewards.Awarded: Awarded {
        pool: Static<Pool>,
        contribution: u32,
        account: AccountId32,
        amount: u128,
    }

    /// What was left to vest of an award was burnt.
    Rewards.Forfeited: Forfeited {
        pool: Static<Pool>,
        contribution: u32,
        amount: u128,
    }

    /// Fees and surplus went to the treasury.
    Rewards.Swept: Swept {
        fees: u128,
    }
}

/// What a payment is for.
#[derive(Clone, Copy, Debug, DecodeAsType, Eq, PartialEq)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum Cause {
    /// A plain payment.
    Payment,
    /// An upfront fee of a licence.
    Licence,
    /// Metered calls.
    Calls,
}

/// What an account is credited for.
#[derive(Clone, Debug, DecodeAsType, Eq, PartialEq)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum Source {
    /// Its part of what a team keeps.
    Team(u32),
    /// Its part of what a pool's crew has.
    Crew(Static<Pool>),
    /// What its contribution earns from a pool.
    Contribution(Static<Pool>, u32),
    /// Hosting an asset.
    Hosting(Static<Asset>),
    /// What the sponsor of a round pays for its contribution.
    Award(Static<Pool>, u32),
    /// What is left of its own budget for a round.
    Refund(Static<Pool>),
}
