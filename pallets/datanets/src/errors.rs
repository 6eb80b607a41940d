//! Why calls are refused.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// No datanet has this identifier. Look it up in the `DatanetCreated` event of the datanet meant.
        DatanetNotFound,
        /// The datanet has no round of this number. Rounds are counted from 1.
        RoundNotFound,
        /// The round has no contribution of this number, or it lapsed. Look it up in the `ContributionCommitted` event.
        ContributionNotFound,
        /// The sponsor has pledged nothing for a round of the datanet.
        PledgeNotFound,
        /// The round has no seat of this number. Seats are counted from 0, one for each provider, once slices are picked.
        SeatNotFound,
        /// The signer is not whom the call is for: the datanet's steward, the contribution's contributor, an appointed provider, or
        /// the provider whose slice was picked. Sign with that account.
        NotAuthorized,
        /// Identifiers are used up.
        TooManyDatanets,
        /// Numbers of rounds are used up.
        TooManyRounds,
        /// The signer cannot have the deposit, bond, fee or budget on hold: free coins beyond the existential deposit are too
        /// few, or other pallets have too many holds there.
        DepositNotPayable,
        /// The threshold of an attested datanet is not 1 to 4.
        InvalidThreshold,
        /// The dimension is not 1 to 1,024.
        InvalidDimension,
        /// The number of classes is not 2 to 256.
        InvalidClasses,
        /// The number of neighbours K is 0 or more than the horizon K*.
        InvalidNeighbours,
        /// The horizon K* is more than 32.
        InvalidHorizon,
        /// The benchmark has no records, not equally many of each class, or T (K + K*) is more than 40,960.
        InvalidBenchmark,
        /// A contribution's fewest records are none or more than its most records, or these are more than 4,096.
        InvalidRecordBounds,
        /// The deposit or the fee of a contribution of the most records does not fit a balance.
        InvalidPrices,
        /// The shares of providers, evaluator and steward are more than 15 % together.
        CrewShareTooHigh,
        /// Sponsors' pay vests in more than 16 parts.
        InvalidVesting,
        /// A period is 0 or longer than a year of blocks (10,512,000), or the window is shorter than the time to
        /// challenge and four times the time to publish.
        InvalidPeriods,
        /// The time to challenge is shorter than a tenth of an epoch. `Babe.EpochDuration` says how long that is.
        ChallengingTooShort,
        /// The runtime does not know this version of the valuation's rules.
        UnknownKernel,
        /// Metadata is longer than 4,096 bytes. Keep what is longer elsewhere, with its address and hash here.
        MetadataTooLong,
        /// The account is the steward already.
        AlreadySteward,
        /// The datanet is not offered to anybody.
        NotOffered,
        /// The datanet is offered to another account. Ask its steward to offer it to the signer.
        NotOfferedToSigner,
        /// The datanet is retired: it opens no round, and takes neither providers nor pledges for one.
        DatanetRetired,
        /// No provider is named or appointed. The steward appoints one to four before a round is opened.
        NoProviders,
        /// More than four providers are named.
        TooManyProviders,
        /// An account is named twice.
        DuplicateProvider,
        /// The benchmark cannot be divided equally among so many providers and all classes. Name another number of providers.
        BenchmarkNotDivisible,
        /// Fewer attestors are named than must say the same, by the recipe's threshold. Name more.
        TooFewAttestors,
        /// The datanet is attested: no records and slices come to the chain. Contributors call `deliver_reference`; attestors need no
        /// slices.
        DatanetIsAttested,
        /// The datanet is open: its records are delivered to the chain. Call `deliver`.
        DatanetIsOpen,
        /// A pledge has no price or no budget.
        EmptyPledge,
        /// The sponsor has a pledge for a round of the datanet already. Withdraw it first.
        AlreadyPledged,
        /// The round is open, or over. Pledge for a later one.
        RoundOpened,
        /// The pledge is for another round than the next one.
        OtherRound,
        /// The datanet's providers are not those that the pledge names, one by one and in their order. Look them up, and pledge only if
        /// these are to be trusted with the measurement.
        OtherProviders,
        /// The contribution is neither rejected nor left by a void round: it must be delivered or valued, or is admitted for ever.
        NotReclaimable,
        /// The contribution is not admitted: there is no snapshot and no pool to take it out of. Reclaim it if it is rejected, or if a void
        /// round left it.
        NotAdmitted,
        /// The contribution was rejected: nobody is paid for it. `reclaim` returns what is on hold for it.
        EarnsNothing,
        /// The contribution is the account's own already. Name another one.
        AlreadyPaid,
        /// Consent was withdrawn already. It cannot be given again.
        ConsentAlreadyWithdrawn,
        /// The datanet's last round still takes commitments. Open the next one when it is past that.
        LastRoundCommitting,
        /// The round is in another phase: see the round, and the call's documentation for the phase that it needs.
        WrongPhase,
        /// The last block for this is over. `advance` moves the round on.
        DeadlinePassed,
        /// The round waits for contributions, slices or a deadline. Try again after the deadline.
        TooEarly,
        /// The round before is neither final nor void. This one can freeze when it is.
        LastRoundNotEnded,
        /// The randomness that picks the slices is not known yet. It is with the second change of epoch after the freeze.
        RandomnessNotKnown,
        /// The number of records is not within the recipe's bounds.
        RecordsOutOfBounds,
        /// So many records of the recipe's kind cannot have so many bytes. A vector has its dimension and a byte for the label; a text
        /// its own 1 to 16,384 bytes, two for their number and one for the label.
        BytesOutOfBounds,
        /// 1,024 contributions of the datanet have no value yet: commit when a round has ended. Or numbers are used up.
        TooManyContributions,
        /// The provider has committed its slices already.
        SlicesAlreadyCommitted,
        /// Fewer than four slices are committed.
        TooFewSlices,
        /// More than 16 slices are committed.
        TooManySlices,
        /// Records are delivered by extrinsics only, where others can read them: not by a call that the chain makes by itself.
        NotInExtrinsic,
        /// The contribution is delivered already.
        AlreadyDelivered,
        /// The slice is revealed already.
        AlreadyRevealed,
        /// The batch has no records.
        EmptyBatch,
        /// The batch is longer than 256 KiB. Deliver it as several.
        BatchTooLong,
        /// The batch's bytes are not whole records: the recipe's features and a label each; or the number of a text's bytes (two
        /// bytes, the lower one first), the text, and a label.
        BatchNotWhole,
        /// A text has more than 16,384 bytes. Divide it into several records.
        TextTooLong,
        /// A text is not UTF-8. Convert it first; what is no text cannot be encoded as one.
        TextNotUtf8,
        /// A text is empty or white space alone, or its features cancel out. Leave it out.
        NothingToEncode,
        /// The batch is neither the next one nor batch 0, which begins anew.
        BatchOutOfOrder,
        /// There are more records than committed to, or than the slice has.
        TooManyRecords,
        /// There are more bytes than committed to; or a slice has more than its part of 20,992,000 bytes, the most of a benchmark of
        /// vectors. Choose shorter texts for a slice.
        TooManyBytes,
        /// The records are complete, but fewer bytes than committed to. Batch 0 begins anew.
        TooFewBytes,
        /// A label is not below the number of classes.
        LabelOutOfRange,
        /// A slice has more records of one class than of another.
        ClassesUnbalanced,
        /// The last batch comes without the salt of the commitment.
        SaltMissing,
        /// A batch before the last one comes with the salt. Keep it until all records are delivered.
        SaltTooEarly,
        /// Account, datanet, round, salt and records are not what was committed to. Batch 0 begins anew.
        CommitmentMismatch,
        /// A reference is longer than 256 bytes. Keep the rest where it points to.
        ReferenceTooLong,
        /// The root is zero, which no records have.
        RootMissing,
        /// The values are not one for each delivered contribution of the round, ascending by number.
        ValuesMismatch,
        /// A sum, a price or a deadline does not fit. No such recipe can be created, and no such data delivered.
        Overflow,
    }
}
