use super::*;
use crate::chain::{calls::Source, state::HeldTotals};
use subxt::utils::Static;

const PAYER: AccountId32 = AccountId32([1; 32]);
const DEVELOPER: AccountId32 = AccountId32([2; 32]);
const CONTRIBUTOR: AccountId32 = AccountId32([3; 32]);
const POOL: Pool = Pool {
    datanet: 0,
    round: 1,
};

fn credited(account: AccountId32, amount: u128, source: Source) -> Entry {
    Entry::Credited(Credited {
        account,
        amount,
        source,
    })
}

fn entries() -> Vec<Entry> {
    vec![
        Entry::Sponsored(Sponsored {
            sponsor: PAYER,
            amount: 500,
        }),
        Entry::Awarded(Awarded {
            pool: Static(POOL),
            contribution: 4,
            account: CONTRIBUTOR,
            amount: 400,
        }),
        credited(CONTRIBUTOR, 300, Source::Award(Static(POOL), 4)),
        Entry::Forfeited(Forfeited {
            pool: Static(POOL),
            contribution: 4,
            amount: 40,
        }),
        credited(PAYER, 100, Source::Refund(Static(POOL))),
        Entry::Paid(Paid {
            asset: Static(Asset::Model(7)),
            round: None,
            payer: PAYER,
            gross: 100,
            fee: 2,
            host: 0,
            net: 98,
            cause: Cause::Payment,
        }),
        Entry::Settled(Settled {
            model: 7,
            royalties: vec![(Static(Payee::Pool(POOL)), 48)],
        }),
        credited(DEVELOPER, 50, Source::Team(7)),
        credited(CONTRIBUTOR, 45, Source::Contribution(Static(POOL), 4)),
        Entry::Withdrawn(Withdrawn {
            account: CONTRIBUTOR,
            amount: 345,
        }),
        Entry::Swept(Swept { fees: 1 }),
    ]
}

fn totals() -> Totals {
    Totals {
        held: HeldTotals {
            models: 0,
            pools: 3,
            budgets: 0,
            vesting: 60,
            claimable: 150,
            fees: 1,
        },
        gross: 100,
        fees: 2,
        sponsored: 500,
        earned: Earned {
            teams: 50,
            crews: 0,
            contributors: 45,
            hosts: 0,
            awards: 300,
            refunds: 100,
        },
        withdrawn: 345,
        swept: 1,
        burnt: 40,
    }
}

#[test]
fn every_unit_is_somewhere() {
    let ledger = Ledger::of(entries()).unwrap();
    ledger.check(&totals()).unwrap();
    assert_eq!(ledger.gross(), 100);
    assert_eq!(ledger.accounts[&CONTRIBUTOR].credited(), 345);
    assert_eq!(ledger.accounts[&CONTRIBUTOR].earned(Role::Award), 300);
    assert_eq!(ledger.vesting_of(&CONTRIBUTOR), 60);
    assert_eq!(ledger.vesting_of(&DEVELOPER), 0);
    assert_eq!(ledger.awards[&(POOL, 4)].vesting(), 60);
    assert_eq!(ledger.payees[&Payee::Pool(POOL)].royalties_in, Sum(48));
    assert_eq!(
        ledger.payees[&Payee::Model(7)].royalties_out[&Payee::Pool(POOL)],
        Sum(48)
    );
    assert_eq!(ledger.payees[&Payee::Model(7)].credited, Sum(50));
}

#[test]
fn what_vests_for_authors_is_theirs_by_their_parts() {
    let part = |account, percent: u32| Member {
        account,
        part: percent * 10_000_000,
    };
    let award = Entry::Awarded(Awarded {
        pool: Static(POOL),
        contribution: 4,
        account: CONTRIBUTOR,
        amount: 103,
    });
    let authors = Entry::Shared(Shared {
        datanet: 0,
        contribution: 4,
        authors: vec![part(PAYER, 30), part(DEVELOPER, 30), part(CONTRIBUTOR, 40)],
    });
    let source = || Source::Award(Static(POOL), 4);
    let credits = [(PAYER, 15), (DEVELOPER, 15), (CONTRIBUTOR, 21)];
    let credits = credits.map(|(account, amount)| credited(account, amount, source()));
    let ledger = Ledger::of([award, authors].into_iter().chain(credits)).unwrap();
    let vesting = [PAYER, DEVELOPER, CONTRIBUTOR].map(|account| ledger.vesting_of(&account));
    assert_eq!(vesting, [15, 15, 22]);
}

#[test]
fn what_vests_after_a_hand_over_is_the_new_accounts() {
    let award = Entry::Awarded(Awarded {
        pool: Static(POOL),
        contribution: 4,
        account: CONTRIBUTOR,
        amount: 103,
    });
    let at_once = credited(CONTRIBUTOR, 52, Source::Award(Static(POOL), 4));
    let shared = Entry::Shared(Shared {
        datanet: 0,
        contribution: 4,
        authors: vec![Member {
            account: PAYER,
            part: 1_000_000_000,
        }],
    });
    let part = credited(PAYER, 10, Source::Award(Static(POOL), 4));
    let handed = || {
        Entry::HandedOver(HandedOver {
            datanet: 0,
            contribution: 4,
            from: PAYER,
            to: DEVELOPER,
        })
    };
    let ledger = Ledger::of([award, at_once, shared, part, handed()]).unwrap();
    let vesting = [CONTRIBUTOR, PAYER, DEVELOPER].map(|account| ledger.vesting_of(&account));
    assert_eq!(vesting, [0, 0, 41]);
    assert!(Ledger::of([handed()]).is_err());
}

#[test]
fn the_order_of_events_changes_nothing() {
    let mut reversed = entries();
    reversed.reverse();
    assert_eq!(
        Ledger::of(entries()).unwrap(),
        Ledger::of(reversed).unwrap()
    );
}

#[test]
fn a_missing_unit_is_noticed() {
    let ledger = Ledger::of(entries()).unwrap();
    let mut wrong = totals();
    wrong.held.pools = 2;
    assert!(ledger
        .check(&wrong)
        .unwrap_err()
        .to_string()
        .contains("600 units were received, and 599"));
    let mut wrong = totals();
    wrong.earned.teams = 49;
    assert!(ledger
        .check(&wrong)
        .unwrap_err()
        .to_string()
        .contains("earned by teams"));
}

#[test]
fn a_missing_event_is_noticed() {
    for missing in 0..entries().len() {
        let kept = entries()
            .into_iter()
            .enumerate()
            .filter(|(index, _)| *index != missing);
        let ledger = Ledger::of(kept.map(|(_, entry)| entry)).unwrap();
        let is_royalty = missing == 6;
        assert_eq!(
            ledger.check(&totals()).is_ok(),
            is_royalty,
            "without entry {missing}"
        );
    }
}
