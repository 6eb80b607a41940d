//! An estimate, to be shown.

use serde_json::{json, Value};
use tributary_primitives::{datanets::Recipe, valuation::Shadow};

use super::{
    cost::{Money, Offer},
    OfRound,
};
use crate::{
    breakdown::{labels, Shown},
    money::Amount,
    output::{remark, Grid, Output},
    records::Records,
    scheme::Scheme,
    valuation::{accuracy, points},
};

/// What an estimate is not, for everybody who reads it.
const CAVEATS: [&str; 4] = [
    "The next round has another benchmark, which nobody knows yet.",
    "Newcomers of others share in what is gained; here the file is alone. What has been delivered and has no value yet is left out.",
    "Earlier rounds had less to build on: records that were first earned more than the same would now.",
    "These slices were public before the file was written: records chosen by them look better here than they will be.",
];

/// An estimate, to be shown.
pub(super) struct Report {
    pub(super) datanet: u32,
    pub(super) recipe: Recipe,
    pub(super) records: Records,
    pub(super) copies: Vec<Shadow>,
    pub(super) rounds: Vec<OfRound>,
    pub(super) offers: Vec<Offer>,
    pub(super) bond: u128,
    pub(super) fee: u128,
    pub(super) scheme: Scheme,
    pub(super) top: usize,
}

impl Report {
    pub(super) fn output(&self) -> Output {
        let within = self.copies.iter();
        let within = within.filter(|copy| copy.witness.contribution == copy.shadow.contribution);
        let within = within.count();
        let output = Output::new(self.json(within)).fields([
            ("datanet", self.datanet.to_string()),
            (
                "records",
                format!(
                    "{}, of which {} repeat admitted ones and {within} others of the file: these earn nothing",
                    self.records.len(),
                    self.copies.len() - within
                ),
            ),
            ("bond", format!("{}, back but for what negative values burn", Amount(self.bond))),
            ("valuation fee", format!("{}, not back", Amount(self.fee))),
        ]);
        let Some(last) = self.rounds.last() else {
            remark("No benchmark of this datanet is public yet: what records are worth in a first round cannot be estimated.");
            return output;
        };
        CAVEATS.iter().for_each(remark);
        let lost = last.breakdown.extreme_records(self.top).lowest;
        let mut output = output
            .line("On slices of earlier rounds, on top of everything that is admitted now")
            .table(self.round_table());
        for offer in &self.offers {
            output = output.line(self.title(offer)).table(self.pay_table(offer));
        }
        output = output
            .line(format!("By class, on the slices of round {}", last.round))
            .table(self.shown(last).class_table());
        if !lost.is_empty() {
            output = output
                .line(format!(
                    "Records that lost most, on the slices of round {} (counted from 0)",
                    last.round
                ))
                .table(
                    self.shown(last)
                        .record_table(&lost, |position| self.label(position)),
                );
        }
        output
    }

    fn title(&self, offer: &Offer) -> String {
        let Offer {
            round,
            sponsor,
            price,
            budget,
            ..
        } = offer;
        let (price, budget) = (Amount(*price), Amount(*budget));
        let how = if offer.taken { "has" } else { "is pledged" };
        format!("Round {round} {how} {price} for an accuracy of 1.0, at most {budget} in all, from {sponsor}. It would have paid")
    }

    fn round_table(&self) -> Grid {
        let mut table = Grid::new([">round", ">before", ">after", ">points of accuracy"]);
        let unit = self.recipe.unit();
        for found in &self.rounds {
            let (before, after) = found.breakdown.accuracies();
            table.row([
                &found.round,
                &accuracy(before, unit),
                &accuracy(after, unit),
                &points(found.breakdown.value(), unit),
            ]);
        }
        table
    }

    fn pay_table(&self, offer: &Offer) -> Grid {
        let mut table = Grid::new([">by the slices of round", ">pay", ">burnt of the bond"]);
        for found in &self.rounds {
            let Money { paid, burnt } = self.pay(offer, found);
            table.row([&found.round, &Amount(paid), &Amount(burnt)]);
        }
        table
    }

    fn pay(&self, offer: &Offer, found: &OfRound) -> Money {
        offer.pays(found.breakdown.value(), self.recipe.unit(), self.bond)
    }

    fn shown<'a>(&'a self, found: &'a OfRound) -> Shown<'a> {
        Shown {
            breakdown: &found.breakdown,
            benchmark: &found.labels,
            scheme: &self.scheme,
            unit: self.recipe.unit(),
        }
    }

    fn label(&self, position: usize) -> u8 {
        labels(&self.records).nth(position).unwrap_or_default()
    }

    fn json(&self, within: usize) -> Value {
        let offers = self.offers.iter().map(|offer| {
            let pays = self.rounds.iter().map(|found| {
                let Money { paid, burnt } = self.pay(offer, found);
                json!({ "round": found.round, "pay": Amount(paid), "burnt": Amount(burnt) })
            });
            json!({
                "round": offer.round,
                "sponsor": offer.sponsor,
                "price": Amount(offer.price),
                "budget": Amount(offer.budget),
                "taken": offer.taken,
                "pays": pays.collect::<Vec<_>>(),
            })
        });
        let copies = self
            .copies
            .iter()
            .map(|copy| json!({ "record": copy.shadow.position, "of": copy.witness }));
        json!({
            "datanet": self.datanet,
            "records": self.records.len(),
            "copies_of_admitted": self.copies.len() - within,
            "copies_within": within,
            "copies": copies.collect::<Vec<_>>(),
            "unit": self.recipe.unit().to_string(),
            "rounds": self.rounds.iter().map(|found| self.round_json(found)).collect::<Vec<_>>(),
            "offers": offers.collect::<Vec<_>>(),
            "bond": Amount(self.bond),
            "fee": Amount(self.fee),
            "caveats": CAVEATS,
        })
    }

    fn round_json(&self, found: &OfRound) -> Value {
        let OfRound {
            round, breakdown, ..
        } = found;
        let (before, after) = breakdown.accuracies();
        let own = breakdown
            .records
            .iter()
            .enumerate()
            .map(|(position, record)| {
                json!({
                    "record": position,
                    "class": self.label(position),
                    "value": record.value.to_string(),
                    "rows": record.rows,
                })
            });
        json!({
            "round": round,
            "value": breakdown.value().to_string(),
            "before": before.to_string(),
            "after": after.to_string(),
            "classes": self.shown(found).classes_json(),
            "own": own.collect::<Vec<_>>(),
        })
    }
}
