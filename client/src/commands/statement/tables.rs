//! Tables of a statement that say what the ledger of the chain does: the pot, accounts, models and data pools.

use serde_json::{json, Value};
use tributary_primitives::assets::Payee;

use super::Books;
use crate::{
    asset::payee_text,
    chain::state::Totals,
    ledger::{PayeeSums, Role, Sum},
    money::Amount,
    output::Grid,
};

impl Books {
    /// Where the pot's money is.
    pub(super) fn money(&self) -> (Grid, Value) {
        let Totals {
            held,
            gross,
            fees,
            sponsored,
            withdrawn,
            swept,
            burnt,
            ..
        } = &self.totals;
        let credited: u128 = Role::ALL.iter().map(|role| self.ledger.earned(*role)).sum();
        let rows = [
            ("paid for assets", "in", *gross),
            ("put up by sponsors", "in", *sponsored),
            ("withdrawn by those who earned it", "out", *withdrawn),
            ("swept to the treasury", "out", *swept),
            ("forfeited before it vested, burnt", "out", *burnt),
            ("credited, to be withdrawn", "held", held.claimable),
            ("in models' ledgers, to be settled", "held", held.models),
            ("in data pools, to be claimed", "held", held.pools),
            ("in sponsors' budgets", "held", held.budgets),
            ("paid by sponsors, to vest", "held", held.vesting),
            ("protocol fees, to be swept", "held", held.fees),
        ];
        let mut table = Grid::new(["money", "place", "$amount"]);
        for (what, place, amount) in rows {
            table.row([&what, &place, &Amount(amount).plain()]);
        }
        let json = json!({
            "gross": Amount(*gross),
            "fees": Amount(*fees),
            "sponsored": Amount(*sponsored),
            "credited": Amount(credited),
            "withdrawn": Amount(*withdrawn),
            "swept": Amount(*swept),
            "burnt": Amount(*burnt),
            "held": {
                "claimable": Amount(held.claimable),
                "models": Amount(held.models),
                "pools": Amount(held.pools),
                "budgets": Amount(held.budgets),
                "vesting": Amount(held.vesting),
                "fees": Amount(held.fees),
            },
        });
        (table, json)
    }

    /// What each account earned, by role.
    pub(super) fn accounts(&self) -> (Grid, Vec<Value>) {
        let mut table = Grid::new([
            "account",
            "$paid",
            "$put up",
            "$team",
            "$crew",
            "$contributor",
            "$host",
            "$sponsor pay",
            "$vesting",
            "$refund",
            "$withdrawn",
        ]);
        let mut list = Vec::new();
        let vests = self.ledger.vesting(|_| true);
        for (account, sums) in &self.ledger.accounts {
            let [team, crew, contributor, host, award, refund] =
                Role::ALL.map(|role| Amount(sums.earned(role)));
            let [paid, sponsored, withdrawn] =
                [sums.paid, sums.sponsored, sums.withdrawn].map(|sum| Amount(sum.0));
            let vesting = Amount(vests.get(account).map_or(0, |sum| sum.0));
            table.row([
                account,
                &paid.plain(),
                &sponsored.plain(),
                &team.plain(),
                &crew.plain(),
                &contributor.plain(),
                &host.plain(),
                &award.plain(),
                &vesting.plain(),
                &refund.plain(),
                &withdrawn.plain(),
            ]);
            list.push(json!({
                "account": account,
                "paid": paid,
                "sponsored": sponsored,
                "team": team,
                "crew": crew,
                "contributor": contributor,
                "host": host,
                "award": award,
                "vesting": vesting,
                "refund": refund,
                "credited": Amount(sums.credited()),
                "withdrawn": withdrawn,
            }));
        }
        (table, list)
    }

    /// What came in for models and pools, and what went on.
    pub(super) fn payees(&self, wanted: impl Fn(Payee) -> bool) -> (Grid, Vec<Value>) {
        let mut table = Grid::new([
            "paid for",
            "$gross",
            "$protocol fee",
            "$host",
            "$net",
            "$royalties in",
            "$royalties out",
            "$credited",
        ]);
        let mut list = Vec::new();
        for (payee, sums) in self
            .ledger
            .payees
            .iter()
            .filter(|(payee, _)| wanted(**payee))
        {
            let PayeeSums {
                gross,
                fees,
                hosts,
                net,
                royalties_in,
                royalties_out,
                credited,
                payments: _,
            } = sums;
            let mut out = Sum::default();
            royalties_out.values().for_each(|amount| out += amount.0);
            let [gross, fees, hosts, net, royalties_in, out, credited] =
                [*gross, *fees, *hosts, *net, *royalties_in, out, *credited]
                    .map(|sum| Amount(sum.0));
            table.row([
                &payee_text(*payee),
                &gross.plain(),
                &fees.plain(),
                &hosts.plain(),
                &net.plain(),
                &royalties_in.plain(),
                &out.plain(),
                &credited.plain(),
            ]);
            let royalties: Vec<_> = royalties_out
                .iter()
                .map(|(to, amount)| json!({ "payee": to, "amount": Amount(amount.0) }))
                .collect();
            list.push(json!({
                "payee": payee,
                "gross": gross,
                "fee": fees,
                "host": hosts,
                "net": net,
                "royalties_in": royalties_in,
                "royalties_out": royalties,
                "credited": credited,
            }));
        }
        (table, list)
    }
}
