//! What may happen next, as chance and the book have it: most of it possible, some of it refused.

use crate::{
    book::{
        exact::ONE, Asset, Book, Coin, Contention, Kind, ModelId, Payee, PoolId, Royalty, Who,
        MAX_LATE, POT,
    },
    dice::Dice,
    operations::{Operation, Proof, DATANETS, MODELS, PEOPLE, RICH},
};

fn models(book: &Book) -> Vec<ModelId> {
    book.ledgers.keys().copied().collect()
}

fn pools(book: &Book) -> Vec<PoolId> {
    book.pools.keys().copied().collect()
}

/// The next pool of a datanet.
fn next_pool(book: &Book, datanet: u32) -> PoolId {
    (
        datanet,
        book.last_pool(datanet).map_or(1, |(_, last)| last + 1),
    )
}

impl Dice {
    fn model(&mut self, book: &Book) -> ModelId {
        let models = models(book);
        match self.pick(&models) {
            Some(model) if !self.one_in(100) => *model,
            _ => MODELS,
        }
    }

    fn known_pool(&mut self, book: &Book) -> PoolId {
        let pools = pools(book);
        match self.pick(&pools) {
            Some(pool) if !self.one_in(100) => *pool,
            _ => (self.below(DATANETS.into()) as u32, 99),
        }
    }

    fn asset(&mut self, book: &Book) -> Asset {
        if self.one_in(4) {
            Asset::Datanet(self.below(DATANETS.into()) as u32)
        } else {
            Asset::Model(self.model(book))
        }
    }

    /// A contribution of a datanet that was delivered, with the pools' round that it is asked of.
    fn contribution(&mut self, book: &Book) -> (PoolId, u32) {
        let pool = self.known_pool(book);
        let leaves = book.leaves.get(&pool).copied().unwrap_or_default();
        (pool, self.below(leaves as u128 + 1) as u32)
    }

    fn awarded(&mut self, book: &Book) -> (PoolId, u32) {
        let awards: Vec<(PoolId, u32)> = book.awards.keys().copied().collect();
        match self.pick(&awards) {
            Some(award) if !self.one_in(20) => *award,
            _ => self.contribution(book),
        }
    }

    fn royalty(&mut self, payee: Payee) -> Royalty {
        let rate = match self.below(7) {
            0 => self.between(0, 3),
            1 => self.magnitude((ONE / 4).into()),
            2 => u128::from(ONE / 100) * self.between(1, 30),
            // Others have to make room.
            3 => u128::from(ONE / 100) * self.between(30, 95),
            _ => self.between(1, (ONE / 8).into()),
        };
        let ceiling = match self.below(8) {
            0 => Some(self.between(0, 1_000)),
            1 | 2 => Some(self.magnitude(1 << 60)),
            _ => None,
        };
        Royalty {
            payee,
            rate: rate as u32,
            ceiling,
        }
    }

    /// Royalties to models below `model` and to pools, each asset once, but for those in `without`.
    fn royalties(
        &mut self,
        book: &Book,
        model: ModelId,
        most: u128,
        without: &[Asset],
    ) -> Vec<Royalty> {
        let mut payees: Vec<Payee> = (0..model).map(Payee::Model).collect();
        for datanet in 0..DATANETS {
            let rounds: Vec<PoolId> = pools(book)
                .into_iter()
                .filter(|pool| pool.0 == datanet)
                .collect();
            payees.extend(self.pick(&rounds).map(|pool| Payee::Pool(*pool)));
        }
        payees.retain(|payee| !without.contains(&payee.asset()));
        self.shuffle(&mut payees);
        let count = self.between(0, most) as usize;
        let mut left = ONE;
        let mut royalties: Vec<Royalty> = Vec::new();
        for payee in payees.into_iter().take(count) {
            let mut royalty = self.royalty(payee);
            royalty.rate = royalty.rate.min(left);
            left -= royalty.rate;
            royalties.push(royalty);
        }
        royalties.sort_by_key(|royalty| royalty.payee);
        royalties
    }

    /// Other royalties for a model: most that it owes go on, what is claimed is owed now or not.
    fn amended(&mut self, book: &Book, model: ModelId) -> Operation {
        let mut stack: Vec<Royalty> = Vec::new();
        let mut late: Vec<Royalty> = Vec::new();
        let mut waiting = 0;
        if let Some(ledger) = book.ledgers.get(&model) {
            for entry in &ledger.entries {
                let mut royalty = self.royalty(entry.payee);
                if !self.one_in(4) {
                    royalty.rate = entry.rate;
                    royalty.ceiling = None;
                }
                match entry.kind {
                    _ if self.one_in(5) => waiting += usize::from(entry.kind == Kind::Claimed),
                    Kind::Stack => stack.push(royalty),
                    Kind::Late | Kind::Claimed => late.push(royalty),
                }
            }
            let owed: Vec<Asset> = ledger
                .entries
                .iter()
                .map(|entry| entry.payee.asset())
                .collect();
            if self.one_in(2) {
                stack.extend(self.royalties(book, model.min(MODELS), 2, &owed));
            }
            late.truncate(MAX_LATE - waiting.min(MAX_LATE));
        }
        let mut left = ONE;
        for royalty in &mut stack {
            royalty.rate = royalty.rate.min(left);
            left -= royalty.rate;
        }
        stack.sort_by_key(|royalty| royalty.payee);
        late.sort_by_key(|royalty| royalty.payee);
        Operation::AmendRoyalties {
            model,
            stack,
            late,
            named: self.one_in(3),
        }
    }

    fn owed_asset(&mut self, book: &Book, model: ModelId) -> Asset {
        let entries = book
            .ledgers
            .get(&model)
            .map_or(&[][..], |ledger| &ledger.entries[..]);
        let entry = self.pick(entries).map(|entry| entry.payee.asset());
        entry.unwrap_or(Asset::Model(0))
    }

    /// What somebody spends at once: everybody now and then all they have, but whoever is rich rarely, as nobody pays much afterwards.
    fn spending(&mut self, book: &Book, who: Who) -> Coin {
        let spendable = book.spendable(who);
        if who == RICH && !self.one_in(300) {
            return self.amount(book, spendable / 16).min(spendable / 16 + 1);
        }
        self.amount(book, spendable)
    }

    fn payment(&mut self, book: &Book) -> Operation {
        // Whoever is rich pays most, so that others are not always poor.
        let payer = if self.one_in(3) { self.who() } else { RICH };
        let gross = self.spending(book, payer);
        if self.one_in(6) {
            let percent = u128::from(ONE / 100);
            let share = self.between(0, 72 * percent) as u32;
            return Operation::PayHosted {
                payer,
                model: self.model(book),
                gross: gross.max(1),
                host: self.who(),
                share,
            };
        }
        let asset = self.asset(book);
        let round = match asset {
            Asset::Datanet(datanet) if self.one_in(2) => {
                Some(self.between(1, u128::from(next_pool(book, datanet).1)) as u32)
            }
            _ => self.one_in(50).then_some(1),
        };
        let gross = if self.one_in(100) { 0 } else { gross };
        Operation::Pay {
            payer,
            asset,
            round,
            gross,
        }
    }

    fn claims(&mut self, book: &Book) -> Operation {
        let count = if self.one_in(4) { 4 } else { 1 };
        let claims = (0..count).map(|_| {
            let (pool, contribution) = self.contribution(book);
            let proof = match self.below(12) {
                0 => Proof::None,
                1 => Proof::Wrong(self.below(4) as u8),
                2..=4 if count == 1 => Proof::None,
                _ => Proof::Right,
            };
            (pool, contribution, proof)
        });
        Operation::Claim(claims.collect())
    }

    fn rates(&mut self) -> Operation {
        let percent = u128::from(ONE / 100);
        let fee = if self.one_in(3) {
            self.below(2)
        } else {
            self.below(6 * percent)
        };
        let host_max = if self.one_in(3) {
            70 * percent
        } else {
            self.below(75 * percent)
        };
        Operation::SetRates {
            fee: fee as u32,
            host_max: host_max as u32,
        }
    }

    /// Money that moves outside the pot.
    fn money(&mut self, book: &Book) -> Operation {
        let who = self.who();
        let amount = self.amount(book, book.spendable(who));
        match self.below(8) {
            0 => Operation::Lock {
                who,
                amount: if self.one_in(2) { 0 } else { amount },
            },
            1 => Operation::Reserve { who, amount },
            2 => {
                let held = book.account(who).held;
                Operation::Unreserve {
                    who,
                    amount: if self.one_in(3) {
                        self.magnitude(held)
                    } else {
                        held
                    },
                }
            }
            3 => Operation::Transfer {
                from: who,
                to: POT,
                amount,
            },
            4 => {
                let from = if self.one_in(2) { who } else { RICH };
                let to = (from + 1 + self.below(u128::from(PEOPLE) - 1) as Who) % PEOPLE;
                let amount = self.spending(book, from);
                Operation::Transfer { from, to, amount }
            }
            _ => Operation::Withdraw(who),
        }
    }

    /// What a round's sponsor pays for its contributions, now and then too much.
    fn awards(&mut self, book: &Book, pool: PoolId) -> Vec<(u32, Coin)> {
        let Some(budget) = book.budgets.get(&pool) else {
            return Vec::new();
        };
        let mut left = budget.left + Coin::from(self.one_in(20));
        let mut awards = Vec::new();
        for number in book.pending(pool.0) {
            if !self.one_in(4) {
                let amount = self.magnitude(left).min(left);
                left -= amount;
                awards.push((number, amount));
            }
        }
        awards
    }

    /// Something about datanets.
    fn data(&mut self, book: &Book) -> Operation {
        let datanet = self.below(DATANETS.into()) as u32;
        let pool = next_pool(book, datanet);
        let delivered = book.contributions(datanet).len() as u128;
        let number = self.below(delivered + 1) as u32;
        let pending = book.pending(datanet);
        match self.below(12) {
            0 => Operation::OpenPool {
                pool,
                crew: self.crew(),
                awards: self.awards(book, pool),
            },
            // Of the last datanet everybody withdraws, one by one.
            1 | 2 if datanet + 1 == DATANETS && book.last_pool(datanet).is_some() => {
                let live = |number: &u32| !book.excluded.contains_key(&(datanet, *number));
                Operation::Exclude {
                    datanet,
                    contribution: (0..delivered as u32).find(live).unwrap_or(number),
                    since: pool.1,
                }
            }
            1 | 2 => {
                let weight = if self.one_in(2) {
                    self.between(1, 9)
                } else {
                    self.magnitude(1 << 90)
                };
                Operation::Deliver {
                    datanet,
                    who: self.who(),
                    weight,
                }
            }
            3 => {
                let sponsor = if self.one_in(3) { self.who() } else { RICH };
                let amount = self.spending(book, sponsor);
                Operation::Sponsor {
                    pool,
                    sponsor,
                    amount,
                }
            }
            4 | 5 => Operation::SettleCrew(self.known_pool(book)),
            6 => match self.pick(&pending) {
                Some(number) => {
                    let authors = self.team();
                    Operation::Share {
                        datanet,
                        contribution: *number,
                        authors,
                    }
                }
                _ => Operation::Settle(self.model(book)),
            },
            7 if self.one_in(4) => match self.pick(&pending) {
                Some(number) => Operation::Unshare {
                    datanet,
                    contribution: *number,
                },
                _ => Operation::Sweep,
            },
            8 if self.one_in(4) => {
                let since = self.between(
                    u128::from(pool.1).saturating_sub(1).max(1),
                    u128::from(pool.1) + 1,
                );
                Operation::Exclude {
                    datanet,
                    contribution: number,
                    since: since as u32,
                }
            }
            9 => {
                let holders: Vec<Who> = book.holders(datanet, number);
                let from = self.pick(&holders).copied().unwrap_or(RICH);
                Operation::HandOver {
                    datanet,
                    contribution: number,
                    from,
                    to: self.who(),
                }
            }
            10 if self.one_in(4) => {
                let (pool, contribution) = self.awarded(book);
                Operation::Forfeit { pool, contribution }
            }
            11 if self.one_in(2) => {
                // Of the present round or of a later one.
                let round = if self.one_in(8) {
                    pool.1
                } else {
                    pool.1.saturating_sub(1)
                };
                Operation::Refund((datanet, round))
            }
            _ => {
                let count = self.between(1, 3);
                Operation::Vest((0..count).map(|_| self.awarded(book)).collect())
            }
        }
    }

    /// Something about what models owe and who has what is left.
    fn change(&mut self, book: &Book) -> Operation {
        if !book.datanet_royalties.is_empty() {
            return self.lineage(book);
        }
        let next = book.ledgers.len() as ModelId;
        if next < MODELS && self.one_in(next as u128 + 1) {
            let stack = self.royalties(book, next, 6, &[]);
            return Operation::Open {
                model: next,
                stack,
                team: self.team(),
            };
        }
        let model = self.model(book);
        match self.below(20) {
            0..=3 => Operation::AmendTeam {
                model,
                team: self.team(),
            },
            4..=7 => self.amended(book, model),
            8..=11 => {
                let owed = book.ledgers.get(&model).map(|ledger| {
                    let entries = ledger.entries.iter();
                    entries.map(|entry| entry.payee.asset()).collect()
                });
                let without = if self.one_in(8) {
                    Vec::new()
                } else {
                    owed.unwrap_or_default()
                };
                let royalties = self.royalties(book, model.min(MODELS), 3, &without);
                Operation::ClaimLate { model, royalties }
            }
            12..=14 => Operation::CloseClaim(model),
            15 | 16 => Operation::Freeze {
                model,
                asset: self.owed_asset(book, model),
            },
            17 | 18 => Operation::Unfreeze {
                model,
                asset: self.owed_asset(book, model),
            },
            _ if self.one_in(8) => Operation::Release(model),
            _ if self.one_in(8) => Operation::Resume(model),
            _ => Operation::Freeze {
                model,
                asset: Asset::Datanet(0),
            },
        }
    }

    /// Models and pools that a model can come from.
    fn sources(&mut self, book: &Book, model: ModelId, most: u128) -> Vec<Payee> {
        let royalties = self.royalties(book, model, most, &[]);
        royalties.iter().map(|royalty| royalty.payee).collect()
    }

    /// Something about where models come from and who has what is left.
    fn lineage(&mut self, book: &Book) -> Operation {
        let next = book.kin.len() as ModelId;
        if next < MODELS && self.one_in(next as u128 + 1) {
            let own = self.royalty(Payee::Model(next));
            let own = (
                own.rate.clamp(1, ONE / 100 * 30),
                own.ceiling.map(|ceiling| ceiling.max(1)),
            );
            return Operation::Register {
                own,
                sources: self.sources(book, next, 4),
                team: self.team(),
            };
        }
        let model = self.below(next.into()) as ModelId;
        let kin = &book.kin[&model];
        match self.below(20) {
            0..=2 => Operation::AnnounceTeam {
                model,
                team: self.team(),
            },
            3..=6 => {
                let ripe: Vec<ModelId> = (0..next)
                    .filter(|model| {
                        book.kin[model].may_change_team(book.block, book.constants.notice)
                    })
                    .collect();
                Operation::ChangeTeam(self.pick(&ripe).copied().unwrap_or(model))
            }
            7 => match self.sources(book, model + 1, 1).pop() {
                Some(source) => Operation::AddParent { model, source },
                None => Operation::Refold(model),
            },
            8..=11 => Operation::Refold(model),
            _ if !kin.contested.is_empty() && !self.one_in(4) => Operation::Conclude {
                model,
                contention: *self.pick(&kin.contested).expect("there is one"),
                upheld: self.one_in(2),
            },
            12..=15 => match self.sources(book, model + 1, 1).pop() {
                Some(source) => Operation::Contest {
                    model,
                    contention: Contention::Missing(source),
                },
                None => Operation::Settle(model),
            },
            16..=18 => {
                let source = self.pick(&kin.sources).map(|source| source.payee);
                let contention = Contention::False(source.unwrap_or(Payee::Model(model)));
                Operation::Contest { model, contention }
            }
            _ if self.one_in(2) => Operation::Contest {
                model,
                contention: Contention::Reexecuted,
            },
            _ => Operation::Settle(model),
        }
    }

    fn time(&mut self, book: &Book) -> Operation {
        let period = book.constants.period.max(1);
        let left = period - book.block % period;
        Operation::Advance(match self.below(10) {
            0 => left,
            1 => left - 1,
            2 => left + 1,
            3 => left + period,
            6 => book.constants.notice,
            4 => self.between(1, 3 * u128::from(period)) as u32,
            5 => self.between(1, period.into()) as u32,
            _ => self.between(1, 200) as u32,
        })
    }

    /// A payment that nobody's earnings decide about, or time that passes.
    pub(crate) fn income(&mut self, book: &Book) -> Operation {
        if self.one_in(5) {
            return self.time(book);
        }
        let gross = self.magnitude(book.spendable(RICH) / 1_000);
        let asset = self.asset(book);
        Operation::Pay {
            payer: RICH,
            asset,
            round: None,
            gross,
        }
    }

    /// What anybody may do for those who earn.
    pub(crate) fn settlement(&mut self, book: &Book) -> Operation {
        match self.below(8) {
            0..=3 => Operation::Settle(self.model(book)),
            4 => Operation::SettleCrew(self.known_pool(book)),
            5 => Operation::Vest(vec![self.awarded(book)]),
            _ => self.claims(book),
        }
    }

    /// Something that may happen next.
    pub(crate) fn operation(&mut self, book: &Book) -> Operation {
        match self.below(100) {
            0..=32 => self.payment(book),
            33..=50 => Operation::Settle(self.model(book)),
            51..=53 => Operation::SettleCrew(self.known_pool(book)),
            54..=61 => self.claims(book),
            62..=72 => self.money(book),
            73..=83 => self.data(book),
            84..=94 => self.change(book),
            95 if self.one_in(3) => self.rates(),
            95 => Operation::Sweep,
            _ => self.time(book),
        }
    }
}
