//! Does to the runtime, and to the book, what operations say.

use crate::{
    book::{
        self, Account, Book, Coin, Constants, Outcome, PoolId, Who, MONEY, NOBODY, POT, TREASURY,
    },
    lineage,
    operations::{Operation, Proof, PEOPLE, RICH, VESTING},
};
use frame_support::{
    storage::with_storage_layer,
    traits::{
        fungible::{Mutate, MutateHold},
        LockableCurrency, ReservableCurrency, WithdrawReasons,
    },
};
use pallet_rewards::Call;
use sp_core::H256;
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult, Perbill};
use tributary_primitives::{
    assets::{
        Asset, Authors, Crew, LateRoyalties, Payee, Pool, Royalty, RoyaltyStack, Share, Team,
    },
    hashing,
    ledger::Vesting,
    merkle::{self, Node, Range},
    roles::{CallRevenue, DataPools, Revenue},
};
use tributary_runtime::{
    configs::tributary::{EscrowPeriod, HostMax, ProtocolFee, TeamNotice, Treasury},
    currency::EXISTENTIAL_DEPOSIT,
    AccountId, Balances, BlockNumber, Rewards, RuntimeCall, RuntimeHoldReason, RuntimeOrigin,
    System,
};

/// The block in which worlds begin: not at a boundary of the escrow.
const FIRST_BLOCK: BlockNumber = 1_000;

pub(crate) fn account(who: Who) -> AccountId {
    match who {
        POT => Rewards::pot_account(),
        TREASURY => Treasury::get(),
        who => {
            let mut bytes = [7; 32];
            bytes[..2].copy_from_slice(&who.to_be_bytes());
            AccountId::from(bytes)
        }
    }
}

/// Everybody whose money is watched.
pub(crate) fn everybody() -> impl Iterator<Item = Who> {
    (0..PEOPLE).chain([POT, TREASURY])
}

/// Begins a world in which all that there is is one account's; `lineage` says whether models are registered with what they come from, or
/// only their ledgers opened. The book of it.
pub(crate) fn begin(wealth: Coin, lineage: bool) -> Book {
    System::set_block_number(FIRST_BLOCK);
    let constants = Constants {
        existential: EXISTENTIAL_DEPOSIT,
        fee: ProtocolFee::get().deconstruct(),
        host_max: HostMax::get().deconstruct(),
        period: EscrowPeriod::get(),
        notice: TeamNotice::get(),
    };
    let mut book = Book::new(constants, FIRST_BLOCK);
    let _ = <Balances as Mutate<AccountId>>::mint_into(&account(RICH), wealth);
    if lineage {
        book.datanet_royalties = lineage::begin();
    }
    for who in everybody() {
        let known = account_of(who);
        if known != Account::default() {
            book.accounts.insert(who, known);
        }
    }
    book.issuance = Balances::total_issuance();
    book
}

/// What somebody owns outside the pot, as the runtime says.
pub(crate) fn account_of(who: Who) -> Account {
    let data = System::account(account(who)).data;
    Account {
        free: data.free,
        held: data.reserved,
        locked: data.frozen,
    }
}

pub(crate) fn asset(asset: book::Asset) -> Asset {
    match asset {
        book::Asset::Datanet(datanet) => Asset::Datanet(datanet),
        book::Asset::Model(model) => Asset::Model(model),
    }
}

pub(crate) fn pool((datanet, round): PoolId) -> Pool {
    Pool { datanet, round }
}

pub(crate) fn payee(payee: book::Payee) -> Payee {
    match payee {
        book::Payee::Model(model) => Payee::Model(model),
        book::Payee::Pool(id) => Payee::Pool(pool(id)),
    }
}

fn royalties(royalties: &[book::Royalty]) -> Vec<Royalty> {
    let royalty = |royalty: &book::Royalty| Royalty {
        payee: payee(royalty.payee),
        rate: Perbill::from_parts(royalty.rate),
        ceiling: royalty.ceiling,
    };
    royalties.iter().map(royalty).collect()
}

pub(crate) fn shares(shares: &[book::Share]) -> Vec<Share<AccountId>> {
    let share = |share: &book::Share| Share {
        account: account(share.who),
        part: Perbill::from_parts(share.part),
    };
    shares.iter().map(share).collect()
}

fn stack(stack: &[book::Royalty]) -> RoyaltyStack {
    RoyaltyStack::try_from(royalties(stack)).expect("few royalties are drawn")
}

fn late(late: &[book::Royalty]) -> LateRoyalties {
    LateRoyalties::truncate_from(royalties(late))
}

fn team(team: &[book::Share]) -> Team<AccountId> {
    Team::try_from(shares(team)).expect("few members are drawn")
}

fn vesting(datanet: u32) -> book::Vesting {
    VESTING[datanet as usize]
}

fn vesting_of(datanet: u32) -> Vesting {
    let book::Vesting { parts, blocks } = vesting(datanet);
    Vesting { parts, blocks }
}

/// The leaves of a pool's tree.
fn leaves(book: &Book, datanet: u32, count: usize) -> Vec<(H256, u128)> {
    let numbered = (0..).zip(&book.contributions(datanet)[..count]);
    numbered
        .map(|(number, each)| {
            (
                hashing::weight_leaf(number, &account(each.who)),
                each.weight,
            )
        })
        .collect()
}

fn root(leaves: &[(H256, u128)]) -> Node {
    let mut range = Range::default();
    for (leaf, weight) in leaves {
        range.append(*leaf, *weight).expect("weights are small");
    }
    range.root()
}

/// A claim, with its proof if there is to be one.
fn claim(
    book: &Book,
    id: PoolId,
    contribution: u32,
    proof: Proof,
) -> pallet_rewards::Claim<AccountId> {
    let prove = || {
        let count = *book.leaves.get(&id)?;
        let each = book.contributions(id.0).get(contribution as usize)?;
        let path = merkle::prove(&leaves(book, id.0, count), contribution)?;
        Some(pallet_rewards::Proof {
            account: account(each.who),
            weight: each.weight,
            index: contribution,
            path,
        })
    };
    let nothing = pallet_rewards::Proof {
        account: account(RICH),
        weight: 1,
        index: contribution,
        path: Default::default(),
    };
    let mut shown = prove().unwrap_or(nothing);
    match proof {
        Proof::Wrong(0) => shown.weight += 1,
        Proof::Wrong(1) => shown.account = account(POT),
        Proof::Wrong(2) => shown.index += 1,
        Proof::Wrong(_) => {
            let wrong = Node {
                hash: H256::repeat_byte(9),
                sum: 1,
            };
            if shown.path.pop().is_none() {
                let _ = shown.path.try_push(wrong);
            }
        }
        Proof::None | Proof::Right => {}
    }
    let proof = (!matches!(proof, Proof::None)).then_some(shown);
    pallet_rewards::Claim {
        pool: pool(id),
        contribution,
        proof,
    }
}

/// Has a call dispatched, signed.
pub(crate) fn call(who: Who, call: impl Into<RuntimeCall>) -> DispatchResult {
    dispatched(RuntimeOrigin::signed(account(who)), call)
}

fn dispatched(origin: RuntimeOrigin, call: impl Into<RuntimeCall>) -> DispatchResult {
    let outcome = call.into().dispatch(origin);
    outcome.map(|_| ()).map_err(|refusal| refusal.error)
}

/// Does as a pallet does.
pub(crate) fn role(run: impl FnOnce() -> DispatchResult) -> DispatchResult {
    with_storage_layer(run)
}

/// The same refusal, as the book calls it.
pub(crate) fn refusal(error: DispatchError) -> &'static str {
    match error {
        DispatchError::Module(module) => match module.message {
            Some("InsufficientBalance" | "LiquidityRestrictions" | "Expendability") | None => MONEY,
            Some(name) => name,
        },
        DispatchError::Token(_)
        | DispatchError::Arithmetic(_)
        | DispatchError::ConsumerRemaining => MONEY,
        _ => "something else",
    }
}

/// Does it to the runtime.
pub(crate) fn on_chain(operation: &Operation, book: &Book) -> Outcome {
    use Operation::*;
    let lock = *b"trib/law";
    let outcome = match operation {
        Pay {
            payer,
            asset: paid,
            round,
            gross,
        } => call(
            *payer,
            Call::pay {
                asset: asset(*paid),
                round: *round,
                gross: *gross,
            },
        ),
        PayHosted {
            payer,
            model,
            gross,
            host,
            share,
        } => role(|| {
            let reason = RuntimeHoldReason::Metering(pallet_metering::HoldReason::Calls);
            let (payer, host) = (account(*payer), account(*host));
            Balances::hold(&reason, &payer, *gross)?;
            let share = Perbill::from_parts(*share);
            Rewards::pay_held(*model, &payer, reason, *gross, &host, share)?;
            Ok(())
        }),
        Settle(model) => call(RICH, Call::settle { model: *model }),
        SettleCrew(id) => call(RICH, Call::settle_crew { pool: pool(*id) }),
        Claim(claims) => {
            let claims = claims
                .iter()
                .map(|(id, number, proof)| claim(book, *id, *number, *proof));
            let claims = pallet_rewards::Claims::truncate_from(claims.collect());
            call(RICH, Call::claim { claims })
        }
        Vest(awards) => {
            let awards = awards.iter().map(|(id, number)| (pool(*id), *number));
            let awards = pallet_rewards::AwardList::truncate_from(awards.collect());
            call(RICH, Call::vest { awards })
        }
        Withdraw(who) => call(*who, Call::withdraw {}),
        Sweep => call(RICH, Call::sweep {}),
        Transfer { from, to, amount } => call(
            *from,
            pallet_balances::Call::transfer_allow_death {
                dest: account(*to).into(),
                value: *amount,
            },
        ),
        OpenPool {
            pool: (datanet, _),
            awards,
            ..
        } if awards
            .iter()
            .any(|(number, _)| book.contribution(*datanet, *number).is_err()) =>
        {
            return Err(NOBODY)
        }
        Lock { who, .. } | Reserve { who, .. } | Unreserve { who, .. }
            if !book.accounts.contains_key(who) =>
        {
            return Err(NOBODY)
        }
        Lock { who, amount } => {
            Balances::set_lock(lock, &account(*who), *amount, WithdrawReasons::all());
            Ok(())
        }
        Reserve { who, amount } => role(|| Balances::reserve(&account(*who), *amount)),
        Unreserve { who, amount } => {
            Balances::unreserve(&account(*who), *amount);
            Ok(())
        }
        Advance(blocks) => {
            System::set_block_number(book.block + blocks);
            Ok(())
        }
        SetRates { fee, host_max } => {
            let (protocol_fee, host_max) =
                (Perbill::from_parts(*fee), Perbill::from_parts(*host_max));
            let rates = pallet_rewards::TakingRates {
                protocol_fee,
                host_max,
            };
            dispatched(RuntimeOrigin::root(), Call::set_rates { rates })
        }
        Deliver { .. } => Ok(()),
        OpenPool {
            pool: id,
            crew,
            awards,
        } => role(|| {
            for (number, amount) in awards {
                let who = account(
                    book.contribution(id.0, *number)
                        .map_or(RICH, |each| each.who),
                );
                Rewards::award(pool(*id), *number, &who, *amount, vesting_of(id.0))?;
            }
            lineage::finish(*id);
            let leaves = leaves(book, id.0, book.contributions(id.0).len());
            let (root, withdrawn, count) =
                (root(&leaves), book.withdrawn(*id), leaves.len() as u32);
            let crew = Crew::try_from(shares(crew)).expect("few members are drawn");
            Rewards::open_pool(
                pool(*id),
                root.hash,
                root.sum,
                withdrawn,
                count,
                crew,
                vesting_of(id.0),
            )
        }),
        Exclude {
            datanet,
            contribution,
            since,
        } => {
            let weight = book.contribution(*datanet, *contribution)?.weight;
            role(|| <Rewards as DataPools<_>>::exclude(*datanet, *contribution, weight, *since))
        }
        Sponsor {
            pool: id,
            sponsor,
            amount,
        } => role(|| Rewards::sponsor(pool(*id), &account(*sponsor), *amount)),
        Refund(id) => role(|| <Rewards as DataPools<_>>::refund(pool(*id))),
        Share {
            datanet,
            contribution,
            authors,
        } => role(|| {
            let authors = Authors::try_from(shares(authors)).expect("few authors are drawn");
            Rewards::share(*datanet, *contribution, authors)
        }),
        Unshare {
            datanet,
            contribution,
        } => {
            <Rewards as DataPools<_>>::unshare(*datanet, *contribution);
            Ok(())
        }
        HandOver {
            datanet,
            contribution,
            from,
            to,
        } => {
            // Whoever contributed alone is the only author.
            let who = book.contribution(*datanet, *contribution)?.who;
            let alone = [book::Share {
                who,
                part: book::exact::ONE,
            }];
            let named = book.authors.contains_key(&(*datanet, *contribution));
            role(|| {
                if !named {
                    Rewards::share(
                        *datanet,
                        *contribution,
                        Authors::truncate_from(shares(&alone)),
                    )?;
                }
                Rewards::hand_over(*datanet, *contribution, &account(*from), account(*to))
            })
        }
        Forfeit {
            pool: id,
            contribution,
        } => role(|| <Rewards as DataPools<_>>::forfeit(pool(*id), *contribution).map(|_| ())),
        Open {
            model,
            stack: owed,
            team: members,
        } => role(|| Rewards::open(*model, stack(owed), team(members))),
        AmendTeam {
            model,
            team: members,
        } => role(|| Rewards::amend_team(*model, team(members))),
        AmendRoyalties {
            model,
            stack: owed,
            late: also,
            named,
        } => role(|| {
            let (owed, also) = (stack(owed), late(also));
            match named {
                true => <Rewards as Revenue<_>>::add_royalties(*model, owed, also),
                false => <Rewards as Revenue<_>>::amend_royalties(*model, owed, also),
            }
        }),
        ClaimLate { model, royalties } => {
            role(|| <Rewards as Revenue<_>>::claim(*model, late(royalties)))
        }
        CloseClaim(model) => role(|| <Rewards as Revenue<_>>::close_claim(*model)),
        Freeze { model, asset: owed } => {
            role(|| <Rewards as Revenue<_>>::freeze(*model, asset(*owed)))
        }
        Unfreeze { model, asset: owed } => {
            role(|| <Rewards as Revenue<_>>::unfreeze(*model, asset(*owed)))
        }
        Release(model) => role(|| <Rewards as Revenue<_>>::release(*model)),
        Resume(model) => role(|| <Rewards as Revenue<_>>::resume(*model)),
        Register { .. }
        | AnnounceTeam { .. }
        | ChangeTeam(_)
        | AddParent { .. }
        | Contest { .. }
        | Conclude { .. }
        | Refold(_) => return lineage::on_chain(operation, book),
    };
    outcome.map_err(refusal)
}

/// Does it to the book.
pub(crate) fn on_paper(operation: &Operation, book: &mut Book) -> Outcome {
    use Operation::*;
    match operation {
        Pay { gross: 0, .. } => Err("ZeroAmount"),
        Pay {
            payer,
            asset,
            round,
            gross,
        } => book.pay(*payer, *asset, *round, *gross),
        PayHosted {
            payer,
            model,
            gross,
            host,
            share,
        } => book.pay_held(*payer, *model, *gross, *host, *share),
        Settle(model) => book.settle(*model),
        SettleCrew(id) => book.settle_crew(*id),
        Claim(claims) => claims.iter().try_for_each(|(id, number, proof)| {
            let leaf = book
                .leaves
                .get(id)
                .is_some_and(|count| (*number as usize) < *count);
            let proof = match proof {
                Proof::None => None,
                Proof::Right if leaf => book
                    .contribution(id.0, *number)
                    .ok()
                    .map(|each| Ok((each.who, each.weight))),
                Proof::Right | Proof::Wrong(_) => Some(Err("ProofInvalid")),
            };
            book.claim(*id, *number, proof)
        }),
        Vest(awards) => awards
            .iter()
            .try_for_each(|(id, number)| book.vest(*id, *number)),
        Withdraw(who) => book.withdraw(*who),
        Sweep => book.sweep(),
        Transfer { from, to, amount } => book.transfer(*from, *to, *amount),
        Lock { who, amount } => book.lock(*who, *amount),
        Reserve { who, amount } => book.reserve(*who, *amount),
        Unreserve { who, amount } => book.unreserve(*who, *amount),
        Advance(blocks) => {
            book.advance(*blocks);
            Ok(())
        }
        SetRates { fee, host_max } => book.set_rates(*fee, *host_max),
        Deliver {
            datanet,
            who,
            weight,
        } => {
            book.deliver(*datanet, *who, *weight);
            Ok(())
        }
        OpenPool { pool, crew, awards } => {
            for (number, _) in awards {
                book.contribution(pool.0, *number)?;
            }
            for (number, amount) in awards {
                book.award(*pool, *number, *amount, vesting(pool.0))?;
            }
            book.open_pool(*pool, crew)
        }
        Exclude {
            datanet,
            contribution,
            since,
        } => book.exclude(*datanet, *contribution, *since),
        Sponsor {
            pool,
            sponsor,
            amount,
        } => book.sponsor(*pool, *sponsor, *amount),
        Refund(pool) => book.refund(*pool),
        Share {
            datanet,
            contribution,
            authors,
        } => book.share(*datanet, *contribution, authors),
        Unshare {
            datanet,
            contribution,
        } => book.unshare(*datanet, *contribution),
        HandOver {
            datanet,
            contribution,
            from,
            to,
        } => book.hand_over(*datanet, *contribution, *from, *to),
        Forfeit { pool, contribution } => book.forfeit(*pool, *contribution),
        Open { model, stack, team } => book.open(*model, stack, team),
        AmendTeam { model, team } => book.amend_team(*model, team),
        AmendRoyalties {
            model,
            stack,
            late,
            named,
        } => book.amend_royalties(*model, stack, late, *named),
        ClaimLate { model, royalties } => book.claim_late(*model, royalties),
        CloseClaim(model) => book.close_claim(*model),
        Freeze { model, asset } => book.freeze(*model, *asset, true),
        Unfreeze { model, asset } => book.freeze(*model, *asset, false),
        Release(model) => book.release(*model),
        Resume(model) => book.resume(*model),
        Register { own, sources, team } => book.register(*own, sources, team),
        AnnounceTeam { model, team } => book.announce_team(*model, team),
        ChangeTeam(model) => book.change_team(*model),
        AddParent { model, source } => book.add_parent(*model, *source),
        Contest { model, contention } => book.contest(*model, *contention),
        Conclude {
            model,
            contention,
            upheld,
        } => book.conclude(*model, *contention, *upheld),
        Refold(model) => book.refold(*model),
    }
}
