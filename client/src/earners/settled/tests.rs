//! What everybody has, in examples that are reckoned by hand.

use super::*;
use crate::{
    chain::calls::{
        Awarded, Cause, Credited, Forfeited, HandedOver, Member, Paid, Settled, Shared, Source,
        Sponsored, Withdrawn,
    },
    earners::{facts::ModelFacts, lines_of, CallSums, Line, Outside, Via},
    ledger::Entry,
};
use subxt::utils::Static;
use tributary_primitives::{
    assets::{Asset, Crew, Royalty, RoyaltyStack, Share, Team},
    ledger::{Marks, Royalties, Split},
    Perbill,
};

const PAYER: AccountId32 = AccountId32([1; 32]);
const PARENT: AccountId32 = AccountId32([2; 32]);
const TEAM: [AccountId32; 3] = [
    AccountId32([3; 32]),
    AccountId32([4; 32]),
    AccountId32([5; 32]),
];
const ONE: AccountId32 = AccountId32([6; 32]);
const AUTHORS: [AccountId32; 2] = [AccountId32([7; 32]), AccountId32([8; 32])];
/// Evaluates, provides one of two slices, and is the steward.
const JACK: AccountId32 = AccountId32([9; 32]);
const PROVIDER: AccountId32 = AccountId32([10; 32]);
const POOL: Pool = Pool {
    datanet: 0,
    round: 1,
};
const PERCENT: u32 = 10_000_000;

fn share(account: AccountId32, percent: u32) -> Share<AccountId32> {
    Share {
        account,
        part: Perbill::from_percent(percent),
    }
}

fn model(stack: &[(Payee, u32)], team: Vec<Share<AccountId32>>) -> ModelFacts {
    let stack = stack.iter().map(|(payee, percent)| Royalty {
        payee: *payee,
        rate: Perbill::from_percent(*percent),
        ceiling: None,
    });
    let royalties = Royalties::new(&RoyaltyStack::truncate_from(stack.collect())).unwrap();
    let mut split = Split::new(royalties, Team::truncate_from(team));
    split.release().unwrap();
    ModelFacts {
        split,
        marks: Marks::default(),
    }
}

/// Model 1 owes model 0 a tenth and the pool two fifths of what it gets.
fn facts() -> Facts {
    let [a, b, c] = TEAM;
    let stack = [(Payee::Model(0), 10), (Payee::Pool(POOL), 40)];
    let team = vec![share(a, 30), share(b, 30), share(c, 40)];
    let pool = PoolFacts {
        crew: Crew::truncate_from(vec![share(JACK, 7), share(PROVIDER, 2)]),
        weight: 10,
        evaluator: (JACK, (3 * PERCENT).into()),
        providers: (vec![JACK, PROVIDER], (2 * PERCENT).into()),
    };
    let admitted = |number, contributor, weight| Admitted {
        number,
        round: 1,
        contributor,
        weight,
        withdrawn: None,
    };
    Facts {
        models: BTreeMap::from([
            (0, model(&[], vec![share(PARENT, 100)])),
            (1, model(&stack, team)),
        ]),
        pools: BTreeMap::from([(POOL, pool)]),
        admitted: BTreeMap::from([(0, vec![admitted(0, ONE, 3), admitted(1, AUTHORS[0], 7)])]),
    }
}

fn credited(account: AccountId32, amount: u128, source: Source) -> Entry {
    Entry::Credited(Credited {
        account,
        amount,
        source,
    })
}

/// What comes in: 1,003 for model 1, of which 983 are its own, and 150 by a sponsor, of which contribution 0 has 101, and
/// contribution 1 had 20, which it forfeited.
fn paid() -> Vec<Entry> {
    let part = |account, percent: u32| Member {
        account,
        part: percent * PERCENT,
    };
    vec![
        Entry::Sponsored(Sponsored {
            sponsor: PAYER,
            amount: 150,
        }),
        Entry::Shared(Shared {
            datanet: 0,
            contribution: 1,
            authors: vec![part(AUTHORS[0], 25), part(AUTHORS[1], 75)],
        }),
        Entry::Awarded(Awarded {
            pool: Static(POOL),
            contribution: 0,
            account: ONE,
            amount: 101,
        }),
        credited(ONE, 51, Source::Award(Static(POOL), 0)),
        Entry::Awarded(Awarded {
            pool: Static(POOL),
            contribution: 1,
            account: AUTHORS[0],
            amount: 20,
        }),
        Entry::Forfeited(Forfeited {
            pool: Static(POOL),
            contribution: 1,
            amount: 20,
        }),
        Entry::Paid(Paid {
            asset: Static(Asset::Model(1)),
            round: None,
            payer: PAYER,
            gross: 1_003,
            fee: 20,
            host: 0,
            net: 983,
            cause: Cause::Payment,
        }),
    ]
}

/// The same once everything is settled and claimed, by the formulas: 98 and 393 of 98.3 and 393.2 are owed, the team
/// has 492 less a unit of rounding; 27.51 and 7.86 of the pool's are the crew's, and 357.63, rounded up, the contributors'.
fn settled() -> (Vec<Entry>, Facts) {
    let mut entries = paid();
    let team = [147, 147, 197];
    for (member, amount) in TEAM.into_iter().zip(team) {
        entries.push(credited(member, amount, Source::Team(1)));
    }
    entries.push(Entry::Settled(Settled {
        model: 1,
        royalties: vec![
            (Static(Payee::Model(0)), 98),
            (Static(Payee::Pool(POOL)), 393),
        ],
    }));
    entries.push(credited(PARENT, 98, Source::Team(0)));
    entries.push(credited(JACK, 27, Source::Crew(Static(POOL))));
    entries.push(credited(PROVIDER, 7, Source::Crew(Static(POOL))));
    let of = |number| Source::Contribution(Static(POOL), number);
    entries.push(credited(ONE, 107, of(0)));
    entries.push(credited(AUTHORS[0], 62, of(1)));
    entries.push(credited(AUTHORS[1], 188, of(1)));
    let mut facts = facts();
    for (model, net, royalties) in [(0, 0, 98), (1, 983, 0)] {
        let found = facts.models.get_mut(&model).unwrap();
        let inflow = Inflow { net, royalties };
        found.split.settle(&inflow, &found.marks).unwrap();
    }
    (entries, facts)
}

fn earned(entries: Vec<Entry>, facts: &Facts) -> Earnings {
    let accrued = Accrued::of(&entries).unwrap();
    let ledger = Ledger::of(entries).unwrap();
    Earnings::of(&ledger, &accrued, &Outside::default(), facts).unwrap()
}

fn totals(earnings: &Earnings) -> Vec<(AccountId32, Earner, u128)> {
    let every = earnings.every_account();
    every
        .map(|(account, earner, places)| (account, earner, places.total()))
        .collect()
}

#[test]
fn who_earned_what_does_not_depend_on_who_settled() {
    let before = earned(paid(), &facts());
    let (entries, facts) = settled();
    let after = earned(entries, &facts);
    assert_eq!(totals(&before), totals(&after));
    assert_eq!(before.carried, after.carried);
    let owed = |earnings: &Earnings| {
        let owed = Earner::ALL.map(|earner| earnings.role(earner).owed);
        owed.iter().sum::<u128>()
    };
    assert_eq!(owed(&after), 29, "the rest of the sponsor's budget");
    assert_eq!(owed(&before), 29 + 98 + 491 + 34 + 357);
}

#[test]
fn every_unit_is_somebodys_in_one_role() {
    let (entries, facts) = settled();
    let earnings = earned(entries, &facts);
    let roles = Earner::ALL.map(|earner| earnings.role(earner).total());
    let expected = [357, 51 + 50, 98, 491, 0, 11, 14, 0, 9, 0, 29];
    assert_eq!(roles, expected);
    assert_eq!(
        (earnings.treasury.owed, earnings.burnt.0, earnings.carried.0),
        (20, 20, 3)
    );
    assert_eq!(earnings.placed(), 1_153);
    let jack: Vec<_> = earnings
        .of_account(JACK)
        .iter()
        .map(|(earner, places)| (*earner, places.total()))
        .collect();
    // 27 units for 3 and 2 and 2 hundredths.
    assert_eq!(
        jack,
        [
            (Earner::Evaluator, 11),
            (Earner::Provider, 7),
            (Earner::Steward, 9)
        ]
    );
}

#[test]
fn what_was_withdrawn_is_paid_in_every_role() {
    let (mut entries, facts) = settled();
    let before = totals(&earned(settled().0, &facts));
    for (account, amount) in [(JACK, 27), (ONE, 158)] {
        entries.push(Entry::Withdrawn(Withdrawn { account, amount }));
    }
    let earnings = earned(entries, &facts);
    assert_eq!(totals(&earnings), before);
    let of = |account| earnings.of_account(account);
    assert!(of(JACK)
        .iter()
        .all(|(_, places)| places.paid == places.total()));
    let sponsored = of(ONE)[1].1;
    assert_eq!(
        (sponsored.paid, sponsored.claimable, sponsored.vesting),
        (51, 0, 50)
    );
}

#[test]
fn what_is_owed_to_a_place_is_the_new_accounts_and_what_was_paid_is_not() {
    let handed = |mut entries: Vec<Entry>| {
        entries.push(Entry::HandedOver(HandedOver {
            datanet: 0,
            contribution: 1,
            from: AUTHORS[1],
            to: PAYER,
        }));
        entries
    };
    let of = |earnings: &Earnings, account| {
        let own = earnings.by_account(&[Earner::Pools]);
        own.get(&account).copied().unwrap_or_default()
    };
    let (entries, settled_facts) = settled();
    let after = earned(handed(entries), &settled_facts);
    assert_eq!((of(&after, AUTHORS[1]), of(&after, PAYER)), (188, 0));
    let before = earned(handed(paid()), &facts());
    assert_eq!((of(&before, AUTHORS[1]), of(&before, PAYER)), (0, 188));
}

#[test]
fn a_pool_pays_what_was_admitted_up_to_it_and_not_withdrawn_before() {
    let mut member = facts().admitted[&0][0].clone();
    member.round = 2;
    member.withdrawn = Some(4);
    let paid: Vec<u32> = (0..6).filter(|round| member.is_paid(*round)).collect();
    assert_eq!(paid, [2, 3]);
}

#[test]
fn payments_count_where_a_pool_is_paid_or_owed_a_royalty() {
    let (mut entries, facts) = settled();
    let pay = |asset, round, cause| {
        Entry::Paid(Paid {
            asset: Static(asset),
            round,
            payer: PAYER,
            gross: 10,
            fee: 0,
            host: 0,
            net: 10,
            cause,
        })
    };
    let model = |number| Asset::Model(number);
    entries.push(pay(model(1), None, Cause::Calls));
    entries.push(pay(model(1), None, Cause::Licence));
    entries.push(pay(model(0), None, Cause::Payment));
    entries.push(pay(Asset::Datanet(0), Some(1), Cause::Payment));
    let ledger = Ledger::of(entries).unwrap();
    assert_eq!(facts.payments(&ledger, |pool| pool == POOL), 3);
    assert_eq!(facts.payments(&ledger, |_| false), 0);
}

#[test]
fn pools_alone_have_what_is_theirs() {
    let (entries, facts) = settled();
    let accrued = Accrued::of(&entries).unwrap();
    let ledger = Ledger::of(entries).unwrap();
    let of =
        |pool: Pool| Earnings::of_pools(&ledger, &accrued, &facts, |other| other == pool).unwrap();
    assert_eq!(of(POOL).placed(), 393 + 101);
    let other = Pool {
        datanet: 0,
        round: 2,
    };
    assert_eq!(of(other), Earnings::default());
}

#[test]
fn a_model_says_where_everything_goes() {
    let (entries, settled_facts) = settled();
    for (entries, facts) in [(paid(), facts()), (entries, settled_facts)] {
        let ledger = Ledger::of(entries).unwrap();
        let of = |model| {
            let roles = model_roles(&ledger, &facts, model).unwrap();
            roles.map(|(_, key, places)| (key, places.total()))
        };
        let expected = [
            ("treasury", 20),
            ("hosts", 0),
            ("royalties_to_models", 98),
            ("royalties_to_pools", 393),
            ("developers", 491),
            ("upstream", 0),
            ("contested", 0),
            ("carried", 1),
        ];
        assert_eq!(of(1), expected);
        assert_eq!(of(0)[5], ("upstream", 98));
        assert!(model_roles(&ledger, &facts, 2).is_err());
    }
}

#[test]
fn a_missing_unit_is_noticed() {
    for missing in 6..settled().0.len() {
        let (mut entries, facts) = settled();
        entries.remove(missing);
        let accrued = Accrued::of(&entries).unwrap();
        let ledger = Ledger::of(entries).unwrap();
        let found = Earnings::of(&ledger, &accrued, &Outside::default(), &facts);
        // What nobody was credited with is still owed: only what the chain says of models is not made up for.
        let is_claim = missing > 11;
        assert_eq!(
            found.is_ok(),
            is_claim,
            "without entry {missing}: {found:?}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn a_part_is_spread_over_places_to_the_unit(
        amounts in proptest::collection::vec((0..1u128 << 70, 0..1u128 << 70, 0..1u128 << 70), 1..8),
        part in proptest::prelude::any::<u128>(),
    ) {
        let all: Vec<_> = amounts
            .iter()
            .map(|(paid, claimable, owed)| places(Taken { paid: *paid, claimable: *claimable }, *owed))
            .collect();
        let whole: u128 = all.iter().map(Places::total).sum();
        let part = part % (whole + 1);
        let parts = part_of(&all, part).unwrap();
        assert_eq!(parts.iter().map(Places::total).sum::<u128>(), part);
        for (all, part) in all.into_iter().zip(parts) {
            // Would overflow if a part were more than there is.
            let rest = without(all, part);
            assert_eq!(rest.total() + part.total(), all.total());
        }
        assert!(part_of(&all_of(whole), whole + 1).is_err());
    }
}

fn all_of(whole: u128) -> [Places; 1] {
    [places(Taken::default(), whole)]
}

/// Of 983 that model 1 received, 600 came by 40 calls.
fn calls() -> BTreeMap<u32, CallSums> {
    let sums = CallSums {
        calls: 40,
        units: 55,
        net: 600,
    };
    BTreeMap::from([(1, sums)])
}

fn line(contribution: u32, weight: u128, via: Via, amount: u128) -> Line {
    Line {
        pool: POOL,
        contribution,
        weight,
        whole: 10,
        via,
        rate: 40 * PERCENT,
        calls: match via {
            Via::Calls(model) => calls()[&model],
            _ => CallSums::default(),
        },
        amount,
    }
}

#[test]
fn calls_pay_their_part_of_what_data_earned_whoever_settled() {
    // 239 of the pool's 393 came by calls, rounded down; of contribution 0's 107 that is 65, of an author's 188 it is 114.
    let (done, after) = settled();
    for (entries, facts) in [(paid(), facts()), (done, after)] {
        let accrued = Accrued::of(&entries).unwrap();
        let ledger = Ledger::of(entries).unwrap();
        let earnings = Earnings::of(&ledger, &accrued, &Outside::default(), &facts).unwrap();
        for (account, contribution, weight, parts) in
            [(ONE, 0, 3, [65, 42]), (AUTHORS[1], 1, 7, [114, 74])]
        {
            let lines = lines_of(&ledger, &facts, &calls(), account).unwrap();
            assert_eq!(
                lines,
                [
                    line(contribution, weight, Via::Calls(1), parts[0]),
                    line(contribution, weight, Via::Payments(1), parts[1]),
                ]
            );
            let all: u128 = lines.iter().map(|line| line.amount).sum();
            assert_eq!(all, earnings.of_role(account, Earner::Pools));
        }
        assert_eq!(lines_of(&ledger, &facts, &calls(), PAYER).unwrap(), []);
    }
}

#[test]
fn what_was_paid_for_data_came_by_no_model() {
    let mut entries = paid();
    entries.push(Entry::Paid(Paid {
        asset: Static(Asset::Datanet(0)),
        round: Some(1),
        payer: PAYER,
        gross: 1_000,
        fee: 20,
        host: 0,
        net: 980,
        cause: Cause::Payment,
    }));
    let ledger = Ledger::of(entries).unwrap();
    let lines = lines_of(&ledger, &facts(), &BTreeMap::new(), ONE).unwrap();
    // Three tenths of 91 % of 1,373: 980 were paid for the data.
    let amounts: Vec<_> = lines.iter().map(|line| (line.via, line.amount)).collect();
    assert_eq!(amounts, [(Via::Data, 267), (Via::Payments(1), 108)]);
}

#[test]
fn calls_that_brought_more_than_their_model_received_are_an_error() {
    let ledger = Ledger::of(paid()).unwrap();
    let mut calls = calls();
    calls.get_mut(&1).unwrap().net = 984;
    assert!(lines_of(&ledger, &facts(), &calls, ONE).is_err());
}
