//! The calls that the client makes, and in [`events`] what it reads, by the names that the runtime's metadata gives them.
//!
//! Arguments are encoded and fields decoded by name: a runtime that has renamed or retyped one is an error, not a mistake. Types of
//! [`tributary_primitives`] stand in [`Static`].

// Derives within a macro bring imports that not every type needs.
#![allow(unused_imports)]

use sp_runtime::MultiSignature;
use subxt::{
    ext::{
        scale_decode::{DecodeAsFields, DecodeAsType},
        scale_encode::{EncodeAsFields, EncodeAsType},
    },
    utils::{AccountId32, MultiAddress, Static, H256},
};
use tributary_primitives::{
    assets::{Asset, Pool},
    datanets::{Recipe, Statement},
    licences::{Generation, LicenceTerms, Origin},
    merkle::Path,
    metering::{Contradiction, Receipt, Usage},
    roles::Contention,
    valuation::{Challenge, Row, Shadow},
};

use crate::hosting::VoucherToSettle;

/// A call of the runtime.
pub(crate) trait Call: EncodeAsFields {
    /// Its pallet.
    const PALLET: &'static str;
    /// Its name there.
    const NAME: &'static str;
}

/// An event of the runtime.
pub(crate) trait Event: DecodeAsFields {
    /// Its pallet.
    const PALLET: &'static str;
    /// Its name there.
    const NAME: &'static str;
}

macro_rules! calls {
    ($($(#[$doc:meta])* $pallet:ident.$call:ident: $name:ident { $($field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(EncodeAsType)]
            #[encode_as_type(crate_path = "subxt::ext::scale_encode")]
            pub(crate) struct $name {
                $(pub(crate) $field: $type,)*
            }

            impl Call for $name {
                const PALLET: &'static str = stringify!($pallet);
                const NAME: &'static str = stringify!($call);
            }
        )*
    };
}

macro_rules! event_types {
    ($($(#[$doc:meta])* $pallet:ident.$event:ident: $name:ident { $($field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, DecodeAsType)]
            #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
            pub(crate) struct $name {
                $(pub(crate) $field: $type,)*
            }

            impl Event for $name {
                const PALLET: &'static str = stringify!($pallet);
                const NAME: &'static str = stringify!($event);
            }
        )*
    };
}

pub(super) use event_types;

mod events;

pub(crate) use events::*;

calls! {
    /// Sends money.
    Balances.transfer_keep_alive: Transfer {
        dest: MultiAddress<AccountId32, ()>,
        value: u128,
    }

    /// Publishes licence terms.
    Licensing.publish: PublishTerms {
        terms: Static<LicenceTerms>,
    }

    /// Says what an asset costs.
    Licensing.make_offer: MakeOffer {
        asset: Static<Asset>,
        price: u128,
        host_share: u32,
    }

    /// Makes an account a host, or changes its key or bond.
    Metering.register: RegisterHost {
        key: AccountId32,
        bond: u128,
    }

    /// Ends being a host.
    Metering.leave: LeaveHosts {}

    /// Says what calls of a model cost at a host.
    Metering.make_offer: OfferCalls {
        model: u32,
        price: u128,
        share: u32,
        endpoint: Vec<u8>,
    }

    /// Offers a model no more.
    Metering.withdraw_offer: WithdrawCalls {
        model: u32,
    }

    /// Opens a channel.
    Metering.open: OpenChannel {
        host: MultiAddress<AccountId32, ()>,
        model: u32,
        key: AccountId32,
        units: u64,
        price: u128,
        expires: u32,
    }

    /// Settles vouchers.
    Metering.settle: SettleCalls {
        settlements: Static<Vec<VoucherToSettle>>,
        usage: Static<Vec<(u32, Usage)>>,
    }

    /// Ends a channel, or asks for it.
    Metering.close: CloseChannel {
        channel: u64,
    }

    /// Shows that a host has contradicted itself.
    Metering.challenge: ChallengeHost {
        receipt: Static<Receipt>,
        signature: Static<MultiSignature>,
        contradiction: Static<Contradiction>,
    }

    /// Has a channel forgotten that ended long enough ago.
    Metering.forget: ForgetChannel {
        channel: u64,
    }

    /// Asks for the right to make a descendant of an asset.
    Licensing.acquire: AcquireGrant {
        asset: Static<Asset>,
        generation: Static<Generation>,
    }

    /// Approves an application for such a right.
    Licensing.approve: ApproveGrant {
        asset: Static<Asset>,
        applicant: MultiAddress<AccountId32, ()>,
    }

    /// Declines an application for such a right.
    Licensing.decline: DeclineGrant {
        asset: Static<Asset>,
        applicant: MultiAddress<AccountId32, ()>,
    }

    /// Gives up such a right, or the application for it.
    Licensing.relinquish: RelinquishGrant {
        asset: Static<Asset>,
    }

    /// Creates a datanet.
    Datanets.create: CreateDatanet {
        recipe: Static<Recipe>,
        terms: H256,
        metadata: Vec<u8>,
    }

    /// Names who supplies the benchmark.
    Datanets.appoint_providers: AppointProviders {
        datanet: u32,
        providers: Vec<AccountId32>,
    }

    /// Offers a datanet to an account.
    Datanets.offer_transfer: OfferDatanet {
        datanet: u32,
        new_steward: MultiAddress<AccountId32, ()>,
    }

    /// Accepts an offered datanet.
    Datanets.accept_transfer: AcceptDatanet {
        datanet: u32,
    }

    /// Retires a datanet.
    Datanets.retire: RetireDatanet {
        datanet: u32,
    }

    /// Puts money on hold for a datanet's next round.
    Datanets.pledge: Pledge {
        datanet: u32,
        round: u32,
        providers: Vec<AccountId32>,
        price: u128,
        budget: u128,
    }

    /// Takes back a pledge.
    Datanets.withdraw_pledge: WithdrawPledge {
        datanet: u32,
    }

    /// Opens a datanet's next round.
    Datanets.open_round: OpenRound {
        datanet: u32,
        sponsor: Option<AccountId32>,
    }

    /// Commits to a contribution.
    Datanets.commit: CommitContribution {
        datanet: u32,
        round: u32,
        commitment: H256,
        records: u16,
        bytes: u32,
    }

    /// Names the authors who share what a contribution earns.
    Datanets.name_authors: NameAuthors {
        datanet: u32,
        contribution: u32,
        authors: Vec<Member>,
    }

    /// Hands what a contribution will be credited with to another account.
    Datanets.hand_over: HandOver {
        datanet: u32,
        contribution: u32,
        to: MultiAddress<AccountId32, ()>,
    }

    /// Commits to benchmark slices.
    Datanets.commit_slices: CommitSlices {
        datanet: u32,
        round: u32,
        hashes: Vec<H256>,
    }

    /// Moves a round on.
    Datanets.advance: AdvanceRound {
        datanet: u32,
        round: u32,
    }

    /// Delivers a batch of a contribution.
    Datanets.deliver: Deliver {
        datanet: u32,
        round: u32,
        contribution: u32,
        batch: u16,
        records: Vec<u8>,
        salt: Option<[u8; 32]>,
    }

    /// Delivers the root of an attested contribution, and says where its records lie.
    Datanets.deliver_reference: DeliverReference {
        datanet: u32,
        round: u32,
        contribution: u32,
        root: H256,
        reference: Vec<u8>,
        salt: [u8; 32],
    }

    /// Withdraws the offer of a datanet.
    Datanets.withdraw_offer: WithdrawDatanetOffer {
        datanet: u32,
    }

    /// Removes a contribution from which nothing follows.
    Datanets.reclaim: ReclaimContribution {
        datanet: u32,
        contribution: u32,
    }

    /// Withdraws the consent to go on using a contribution.
    Datanets.withdraw_consent: WithdrawConsent {
        datanet: u32,
        contribution: u32,
    }

    /// Reveals a batch of a slice.
    Datanets.reveal: Reveal {
        datanet: u32,
        round: u32,
        seat: u8,
        batch: u16,
        records: Vec<u8>,
        salt: Option<[u8; 32]>,
    }

    /// Registers a model.
    Models.register: RegisterModel {
        kind: Kind,
        origins: Vec<Static<Origin>>,
        weights_hash: H256,
        recipe_hash: H256,
        terms: H256,
        royalties_at_most: u32,
        team: Vec<Member>,
        metadata: Vec<u8>,
    }

    /// Offers a model to an account.
    Models.offer_transfer: OfferModel {
        model: u32,
        new_owner: MultiAddress<AccountId32, ()>,
    }

    /// Accepts an offered model.
    Models.accept_transfer: AcceptModel {
        model: u32,
    }

    /// Announces that others are to share what a model earns.
    Models.announce_team: AnnounceTeam {
        model: u32,
        team: Vec<Member>,
    }

    /// Withdraws the offer of a model.
    Models.withdraw_offer: WithdrawModelOffer {
        model: u32,
    }

    /// States what a model reached on a benchmark.
    Models.evaluate: EvaluateModel {
        model: u32,
        benchmark: Vec<u8>,
        metric: Vec<u8>,
        score: i128,
        evidence: H256,
    }

    /// Lets the announced team in.
    Models.change_team: ChangeTeam {
        model: u32,
    }

    /// Retires a model.
    Models.retire: RetireModel {
        model: u32,
    }

    /// Confirms an edge that leads to one's own model.
    Models.cosign: Cosign {
        model: u32,
        edge: Static<Origin>,
    }

    /// Adds a source that the owner of a model had left out.
    Models.add_parent: AddParent {
        model: u32,
        source: Static<Origin>,
        royalties_at_most: u32,
    }

    /// Lets a model owe what its sources owe by now.
    Licensing.refold: RefoldModel {
        model: u32,
    }

    /// Contests something about a model.
    Disputes.open: OpenCase {
        model: u32,
        contention: Static<Contention>,
        evidence: H256,
    }

    /// Votes as an arbiter.
    Disputes.vote: VoteOnCase {
        case: u32,
        upheld: bool,
    }

    /// Appeals from a ruling.
    Disputes.appeal: AppealCase {
        case: u32,
    }

    /// Ends a case.
    Disputes.close: CloseCase {
        case: u32,
    }

    /// Binds an evaluator to a proposal.
    Valuation.commit_proposal: CommitProposal {
        datanet: u32,
        round: u32,
        commitment: H256,
    }

    /// Removes a proposal whose time to publish is over.
    Valuation.lapse: Lapse {
        datanet: u32,
        round: u32,
        proposer: AccountId32,
    }

    /// Retracts terms that nothing uses.
    Licensing.retract: RetractTerms {
        terms: H256,
    }

    /// Publishes shadows of a proposal.
    Valuation.publish_shadows: PublishShadows {
        datanet: u32,
        round: u32,
        chunk: Vec<Static<Shadow>>,
    }

    /// Publishes the rows of a proposal.
    Valuation.publish_rows: PublishRows {
        datanet: u32,
        round: u32,
        inputs: H256,
        rows: Vec<Static<Row>>,
    }

    /// Disproves a proposal.
    Valuation.challenge: ChallengeProposal {
        datanet: u32,
        round: u32,
        proposer: AccountId32,
        challenge: Static<Challenge>,
    }

    /// Publishes advisory scores of a final round's records.
    Valuation.publish_quality: PublishQuality {
        datanet: u32,
        round: u32,
        batch: u16,
        scores: Vec<u8>,
    }

    /// Ends a round's window.
    Valuation.finalise: FinaliseRound {
        datanet: u32,
        round: u32,
    }

    /// Says what a round of an attested datanet is worth.
    Attestation.attest: AttestRound {
        datanet: u32,
        round: u32,
        statement: Static<Statement>,
    }

    /// Ends a round on which attestors did not agree in time.
    Attestation.abandon: AbandonRound {
        datanet: u32,
        round: u32,
    }

    /// Pays for an asset.
    Rewards.pay: PayAsset {
        asset: Static<Asset>,
        round: Option<u32>,
        gross: u128,
    }

    /// Shares out what a model has received.
    Rewards.settle: SettleModel {
        model: u32,
    }

    /// Shares out what a pool's crew has earned.
    Rewards.settle_crew: SettleCrew {
        pool: Static<Pool>,
    }

    /// Collects what contributions have earned.
    Rewards.claim: ClaimEarnings {
        claims: Vec<Claim>,
    }

    /// Collects what has vested of sponsors' pay.
    Rewards.vest: VestAwards {
        awards: Vec<(Static<Pool>, u32)>,
    }

    /// Moves what an account has earned to its free balance.
    Rewards.withdraw: WithdrawEarnings {}

    /// Moves protocol fees to the treasury.
    Rewards.sweep: Sweep {}
}

/// How a model was made.
#[derive(Clone, Copy, Debug, DecodeAsType, EncodeAsType, Eq, PartialEq, clap::ValueEnum)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum Kind {
    /// Trained from nothing but data.
    Base,
    /// The weights of another model, trained further.
    FineTune,
    /// Weights that work together with those of another model only.
    Adapter,
    /// The weights of several models made into one.
    Merge,
    /// Trained on the answers of another model.
    Distill,
    /// The weights of another model at a lower precision.
    Quantize,
}

/// An account and its part of something.
#[derive(Clone, Copy, Debug, DecodeAsType, EncodeAsType, Eq, PartialEq)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Member {
    /// Who receives the part.
    pub(crate) account: AccountId32,
    /// The part, in billionths.
    pub(crate) part: u32,
}

/// Asks for what a contribution has earned from a pool.
#[derive(Clone, Debug, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Claim {
    pub(crate) pool: Static<Pool>,
    pub(crate) contribution: u32,
    pub(crate) proof: Option<Proof>,
}

/// Proves the weight of a contribution in a pool.
#[derive(Clone, Debug, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Proof {
    pub(crate) account: AccountId32,
    pub(crate) weight: u128,
    pub(crate) index: u32,
    pub(crate) path: Static<Path>,
}
