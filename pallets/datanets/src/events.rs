//! What happens to datanets, rounds and contributions, as events tell it.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A datanet was created.
        DatanetCreated {
            /// The new datanet.
            datanet: DatanetId,
            /// Who decides about its rounds.
            steward: T::AccountId,
            /// What it fixes once and for all.
            recipe: Recipe,
            /// The licence of its data.
            terms: TermsId,
            /// What the steward has on hold for it.
            deposit: Balance,
        },
        /// A datanet was offered to an account; an earlier offer is void.
        TransferOffered {
            /// The datanet.
            datanet: DatanetId,
            /// Its steward.
            steward: T::AccountId,
            /// Who may accept.
            to: T::AccountId,
        },
        /// The offer of a datanet was withdrawn.
        OfferWithdrawn {
            /// The datanet.
            datanet: DatanetId,
        },
        /// A datanet has another steward, who has its deposit on hold now.
        Transferred {
            /// The datanet.
            datanet: DatanetId,
            /// Who was its steward.
            from: T::AccountId,
            /// Who is its steward.
            to: T::AccountId,
            /// What went from hold to hold.
            deposit: Balance,
        },
        /// No round of a datanet is opened any more. An offer of it is void.
        Retired {
            /// The datanet.
            datanet: DatanetId,
        },
        /// Others supply the benchmark of the rounds opened from now on, or attest them.
        ProvidersAppointed {
            /// The datanet.
            datanet: DatanetId,
            /// Who supplies an equal part each, or attests.
            providers: Providers<T::AccountId>,
        },
        /// A sponsor put money on hold for a round of a datanet.
        Pledged {
            /// The datanet.
            datanet: DatanetId,
            /// The sponsor.
            sponsor: T::AccountId,
            /// The round that may take it.
            round: RoundNumber,
            /// Who must supply that round's benchmark.
            providers: Providers<T::AccountId>,
            /// Paid for an accuracy of 1.0.
            price: Balance,
            /// The most that is paid in all.
            budget: Balance,
            /// On hold beside the budget for what is stored.
            deposit: Balance,
        },
        /// A sponsor has a pledge back.
        PledgeWithdrawn {
            /// The datanet.
            datanet: DatanetId,
            /// The sponsor.
            sponsor: T::AccountId,
            /// What was released.
            released: Balance,
        },
        /// A round was opened: contributions and slices are committed.
        RoundOpened {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// Who supplies its benchmark.
            providers: Providers<T::AccountId>,
            /// Who pays for its values, and how much.
            sponsorship: Option<Sponsorship<T::AccountId>>,
            /// The number of its first contribution.
            first: ContributionNumber,
            /// The last block for commitments.
            deadline: u32,
        },
        /// A contributor committed to records that nobody else has seen.
        ContributionCommitted {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution's number.
            contribution: ContributionNumber,
            /// Whose it is.
            contributor: T::AccountId,
            /// Binds account, datanet, round and records.
            commitment: H256,
            /// How many records it has.
            records: u16,
            /// How many bytes they are.
            bytes: u32,
            /// On hold until it is valued, and the price of its place from then on; burnt if it is not delivered.
            bond: Balance,
            /// On hold for the evaluator.
            fee: Balance,
        },
        /// A contributor named the authors who share what a contribution earns, for good.
        AuthorsNamed {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Who shares it, by their parts; the last one has what rounding leaves.
            authors: Authors<T::AccountId>,
            /// On hold from the contributor besides the bond, of which it is part from now on.
            deposit: Balance,
        },
        /// Who was paid for a contribution, as its contributor or as one of its authors, handed all that it will be credited with to another account.
        HandedOver {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Who was paid.
            from: T::AccountId,
            /// Who will be.
            to: T::AccountId,
            /// On hold from the contributor besides the bond, of which it is part from now on; nothing where authors were named, or it was handed
            /// over before.
            deposit: Balance,
        },
        /// A provider committed to benchmark slices that nobody else has seen.
        SlicesCommitted {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The provider.
            provider: T::AccountId,
            /// The commitments, by slice number.
            hashes: SliceHashes,
            /// On hold until the round ends; burnt if a picked slice is not revealed.
            bond: Balance,
        },
        /// A round went on to another phase. The end of a round has its own event.
        PhaseChanged {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// Where it stands now.
            phase: Phase,
            /// The last block of the phase, where that is known.
            deadline: Option<u32>,
        },
        /// A batch of a contribution is in this block. A batch 0 voids the earlier batches of a contribution that is not complete.
        BatchDelivered {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// The batch.
            batch: u16,
            /// How many records it has.
            records: u32,
            /// The index of the extrinsic in this block that holds it, perhaps within a batch or a proxy's call.
            extrinsic: u32,
            /// Hash of its bytes, to tell it from other calls in the same extrinsic.
            hash: H256,
        },
        /// A contribution is delivered whole, as committed to.
        DeliveryCompleted {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// Root of its records.
            root: H256,
            /// In how many batches.
            batches: u16,
        },
        /// A contribution is delivered to an attested round: attestors find its records, as committed to, where the reference says.
        ReferenceDelivered {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// Root of its records.
            root: H256,
            /// Where they lie for those who are let in.
            reference: ReferenceBytes,
        },
        /// A contribution was not delivered in time. It is removed, its fee went back.
        ContributionLapsed {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose it was.
            contributor: T::AccountId,
            /// The deposit that was burnt.
            burnt: Balance,
        },
        /// A slice was picked, and must be revealed.
        SlicePicked {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The part of the benchmark that it is for.
            seat: u8,
            /// Whose slice it is.
            provider: T::AccountId,
            /// Its number.
            slice: u8,
            /// The last block in which it can be revealed.
            deadline: u32,
        },
        /// A batch of a slice is in this block. A batch 0 voids the earlier batches of a slice that is not complete.
        SliceBatchRevealed {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The part of the benchmark that it is for.
            seat: u8,
            /// The batch.
            batch: u16,
            /// How many records it has.
            records: u32,
            /// The index of the extrinsic in this block that holds it, perhaps within a batch or a proxy's call.
            extrinsic: u32,
            /// Hash of its bytes, to tell it from other calls in the same extrinsic.
            hash: H256,
        },
        /// A picked slice is revealed whole, as committed to.
        SliceRevealed {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The part of the benchmark that it is for.
            seat: u8,
            /// Whose slice it is.
            provider: T::AccountId,
            /// Its number.
            slice: u8,
            /// Root of its records.
            root: H256,
            /// In how many batches.
            batches: u16,
        },
        /// A provider did not reveal a picked slice in time: its bond is burnt, its other slices are not picked any more.
        ProviderSilent {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The provider.
            provider: T::AccountId,
            /// The bond that was burnt.
            burnt: Balance,
        },
        /// A contribution was valued. What was not burnt of its bond is released, but for the price of its place in state as far as
        /// that is left.
        ContributionValued {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose it is.
            contributor: T::AccountId,
            /// How many records it has.
            records: u16,
            /// What it is worth, over L K C T.
            value: i128,
            /// Its weight in this pool and all later ones: its value if that is more than nothing.
            weight: u128,
            /// What the sponsor pays for it, what vests included.
            paid: Balance,
            /// What was burnt of its bond.
            burnt: Balance,
            /// Admitted or rejected.
            status: Status,
        },
        /// A round is final: its values, admissions and pool stand for ever.
        RoundConcluded {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// Whose valuation stands.
            evaluator: T::AccountId,
            /// Accuracy before the newcomers, over L K C T.
            before: u128,
            /// Accuracy with them, over L K C T.
            after: u128,
            /// How many contributions of all rounds are admitted.
            admitted: u32,
            /// Root of their weights.
            root: H256,
            /// Sum of their weights.
            weight: u128,
            /// Of that, what the pool leaves out: consent was withdrawn before the round froze.
            withdrawn: u128,
            /// What the sponsor pays in all, what vests included.
            paid: Balance,
            /// The valuation fees, which the evaluator has: all, unless its account is gone and a fee less than an existential deposit.
            fees: Balance,
        },
        /// A round came to nothing. Providers who did their part have their bonds back, the sponsor the budget; out of
        /// `Committing` contributors, too. What was delivered waits for the next round.
        RoundVoided {
            /// The datanet.
            datanet: DatanetId,
            /// The round.
            round: RoundNumber,
            /// The phase in which it came to nothing.
            phase: Phase,
            /// How many delivered contributions of the datanet wait for another round after this one.
            waiting: u32,
        },
        /// A contributor removed a contribution that nothing depends on, and has back what was on hold for it.
        ContributionReclaimed {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose it was.
            contributor: T::AccountId,
            /// What was released.
            released: Balance,
        },
        /// A contributor withdrew consent: snapshots and pools of later rounds leave a contribution out.
        ConsentWithdrawn {
            /// The datanet.
            datanet: DatanetId,
            /// The contribution.
            contribution: ContributionNumber,
            /// Whose it is.
            contributor: T::AccountId,
            /// Its weight, which later pools do not pay.
            weight: u128,
            /// The first round that leaves it out: the next one to freeze.
            since: RoundNumber,
        },
    }
}
