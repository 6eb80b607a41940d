//! What models owe because of where they come from, and what becomes known of that late.

use super::{exact::ONE, Asset, Book, Coin, ModelId, Outcome, Payee, Royalty, Share, MAX_LATE};
use std::cmp::Reverse;

/// The most that a model owes in its stack.
const MAX_STACK: usize = 32;
const MAX_ROYALTIES: u32 = ONE / 100 * 60;

/// Where a model comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Source {
    pub(crate) payee: Payee,
    /// Its owner had left it out, others showed it.
    pub(crate) upheld: bool,
}

/// What is contested about the ancestry of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Contention {
    Missing(Payee),
    False(Payee),
    Reexecuted,
}

#[derive(Clone, Debug)]
pub(crate) struct Kin {
    /// What descendants owe it: a rate, and a ceiling.
    own: (u32, Option<Coin>),
    pub(crate) stack: Vec<Royalty>,
    pub(crate) late: Vec<Royalty>,
    pub(crate) sources: Vec<Source>,
    /// One of each kind.
    pub(crate) contested: Vec<Contention>,
    /// What is claimed because of a source: nothing else changes what it owes meanwhile.
    claimed: Option<Vec<Royalty>>,
    reexecuted: bool,
    /// Where it comes from has changed since somebody set out to show that it was made again.
    changed_since: bool,
    /// A source that its owner had named was struck.
    naming_forfeited: bool,
    /// Who is announced to be the team, from which block on.
    announced: Option<(Vec<Share>, u32)>,
    /// The numbers of the last change of what it owes, and of the last one when it was folded.
    changed: u64,
    folded: u64,
}

/// Owes for an asset once: of a datanet for the latest round.
fn unite(royalties: &mut Vec<Royalty>, royalty: Royalty) {
    match royalties
        .iter_mut()
        .find(|other| other.payee.asset() == royalty.payee.asset())
    {
        Some(other) => other.payee = other.payee.max(royalty.payee),
        None => royalties.push(royalty),
    }
}

fn owes(royalties: &[Royalty], asset: Asset) -> bool {
    royalties
        .iter()
        .any(|royalty| royalty.payee.asset() == asset)
}

fn highest_first(mut royalties: Vec<Royalty>) -> Vec<Royalty> {
    royalties.sort_by_key(|royalty| (Reverse(royalty.rate), royalty.payee));
    royalties
}

fn fits(stack: &[Royalty]) -> Outcome {
    if stack.len() > MAX_STACK {
        return Err("StackTooLong");
    }
    if stack.iter().map(|royalty| royalty.rate).sum::<u32>() > MAX_ROYALTIES {
        return Err("RoyaltiesTooHigh");
    }
    Ok(())
}

impl Kin {
    fn check_unclaimed(&self) -> Outcome {
        if self.claimed.is_some() {
            return Err("SourceClaimed");
        }
        Ok(())
    }

    /// Whether something of this kind is contested.
    pub(crate) fn is_contested(&self, contention: Contention) -> bool {
        let kind = std::mem::discriminant(&contention);
        let mut kinds = self.contested.iter().map(std::mem::discriminant);
        kinds.any(|it| it == kind)
    }

    /// Whether a case can be carried out: what is upheld once no source is missing any more, as it seems.
    pub(crate) fn may_conclude(&self, contention: Contention, upheld: bool) -> bool {
        let is_missing = |case: &Contention| matches!(case, Contention::Missing(_));
        let waits = upheld && !is_missing(&contention) && self.contested.iter().any(is_missing);
        self.contested.contains(&contention) && !waits
    }

    pub(crate) fn is_reexecuted(&self) -> bool {
        self.reexecuted
    }

    /// Whether the team that is announced can take over.
    pub(crate) fn may_change_team(&self, block: u32, notice: u32) -> bool {
        let announced = self.announced.as_ref();
        announced.is_some_and(|(_, from)| (*from..=from + notice).contains(&block))
    }
}

impl Book {
    pub(crate) fn kin(&mut self, model: ModelId) -> Outcome<&mut Kin> {
        self.kin.get_mut(&model).ok_or("ModelNotFound")
    }

    /// What a source owes in its stack, and its own royalty.
    fn timely(&self, source: Payee) -> Vec<Royalty> {
        let ((rate, ceiling), mut royalties) = match source {
            Payee::Model(model) => (self.kin[&model].own, self.kin[&model].stack.clone()),
            Payee::Pool((datanet, _)) => (self.datanet_royalties[datanet as usize], Vec::new()),
        };
        unite(
            &mut royalties,
            Royalty {
                payee: source,
                rate,
                ceiling,
            },
        );
        royalties
    }

    fn late(&self, source: Payee) -> Vec<Royalty> {
        match source {
            Payee::Model(model) => self.kin[&model].late.clone(),
            Payee::Pool(_) => Vec::new(),
        }
    }

    fn brought(&self, source: Payee) -> Vec<Royalty> {
        [self.timely(source), self.late(source)].concat()
    }

    /// Whether a model can come from a source: it was there before.
    fn check_source(&self, model: ModelId, source: Payee) -> Outcome {
        match source {
            Payee::Model(parent) if parent >= model => Err("ParentNotEarlier"),
            Payee::Pool(pool) if !self.pools.contains_key(&pool) => Err("RoundNotFinal"),
            _ => Ok(()),
        }
    }

    /// Whether a source of a model has changed since the model was folded.
    fn is_stale(&self, kin: &Kin) -> bool {
        let changed = |source: &Source| match source.payee {
            Payee::Model(model) => self.kin[&model].changed > kin.folded,
            Payee::Pool(_) => false,
        };
        kin.sources.iter().any(changed)
    }

    /// Nobody descends from a model that says something else than its sources.
    fn check_fresh(&self, source: Payee) -> Outcome {
        match source {
            Payee::Model(model) if self.is_stale(&self.kin[&model]) => Err("OriginStale"),
            _ => Ok(()),
        }
    }

    pub(crate) fn register(
        &mut self,
        own: (u32, Option<Coin>),
        sources: &[Payee],
        team: &[Share],
    ) -> Outcome {
        let model = self.kin.len() as ModelId;
        super::check_team(team)?;
        for source in sources {
            // Of those that a model names at first, none is there that is not earlier.
            self.check_source(model, *source)
                .map_err(|error| match error {
                    "ParentNotEarlier" => "ParentNotFound",
                    error => error,
                })?;
        }
        sources
            .iter()
            .try_for_each(|source| self.check_fresh(*source))?;
        let mut stack = Vec::new();
        for source in sources {
            for royalty in self.brought(*source) {
                unite(&mut stack, royalty);
            }
            fits(&stack)?;
        }
        stack.sort_by_key(|royalty| royalty.payee);
        self.open(model, &stack, team)?;
        let sources = sources.iter().map(|payee| Source {
            payee: *payee,
            upheld: false,
        });
        let kin = Kin {
            own,
            stack,
            late: Vec::new(),
            sources: sources.collect(),
            contested: Vec::new(),
            claimed: None,
            reexecuted: false,
            changed_since: false,
            naming_forfeited: false,
            announced: None,
            changed: 0,
            folded: self.changes,
        };
        self.kin.insert(model, kin);
        Ok(())
    }

    /// What a model owes by what its sources owe now: what it owes already stays, what does not fit is left out.
    fn folded(&self, kin: &Kin) -> (Vec<Royalty>, Vec<Royalty>) {
        let (mut all, mut upheld, mut inherited) = (Vec::new(), Vec::new(), Vec::new());
        for source in &kin.sources {
            for royalty in self.late(source.payee) {
                unite(&mut inherited, royalty);
            }
            for royalty in self.brought(source.payee) {
                unite(&mut all, royalty);
                if source.upheld && royalty.payee.asset() == source.payee.asset() {
                    unite(&mut upheld, royalty);
                }
            }
        }
        // By whatever way an asset is reached, its latest round is owed.
        let kept = |held: &[Royalty]| -> Vec<Royalty> {
            let still = all
                .iter()
                .filter(|royalty| owes(held, royalty.payee.asset()));
            still.copied().collect()
        };
        // Nothing is added: what owners upstream name by themselves binds models that are registered afterwards.
        let mut stack = kept(&kin.stack);
        let mut late: Vec<Royalty> = Vec::new();
        // Who was left out comes before others who are owed late at the same rate. A descendant has left nothing out: what it owes because of those
        // who have stays within what anybody owes.
        let mut owed = kept(&[&upheld[..], &kin.late].concat());
        owed.sort_by_key(|royalty| {
            let own = owes(&upheld, royalty.payee.asset());
            (Reverse(royalty.rate), !own, royalty.payee)
        });
        for (others, bounded) in [(owed, false), (highest_first(kept(&inherited)), true)] {
            for royalty in others {
                let asset = royalty.payee.asset();
                let owed = [&stack[..], &late, &[royalty]].concat();
                let rates: u64 = owed.iter().map(|royalty| u64::from(royalty.rate)).sum();
                let fits = !bounded || rates <= u64::from(MAX_ROYALTIES);
                let known = owes(&stack, asset) || owes(&late, asset);
                if fits && late.len() < MAX_LATE && !known {
                    late.push(royalty);
                }
            }
        }
        stack.sort_by_key(|royalty| royalty.payee);
        late.sort_by_key(|royalty| royalty.payee);
        (stack, late)
    }

    /// Folds a model again. `held` is what it owes with precedence, and where it comes from.
    fn renew(&mut self, model: ModelId, held: Kin, named: bool) -> Outcome {
        let (stack, late) = self.folded(&held);
        let before = self.kin(model)?.clone();
        if (&before.stack, &before.late) != (&stack, &late) {
            self.amend_royalties(model, &stack, &late, named)?;
        }
        // What is owed in time besides is for those who are registered afterwards, but that all owe for the latest round.
        let owed = [&stack[..], &late].concat();
        let mut before_that = before.stack.iter().chain(&before.late);
        let is_pool = |royalty: &Royalty| matches!(royalty.payee, Payee::Pool(_));
        let mut pools = stack.iter().filter(|royalty| is_pool(royalty));
        let binds = before_that.any(|royalty| !owed.contains(royalty))
            || late.iter().any(|royalty| !before.late.contains(royalty))
            || pools.any(|royalty| !before.stack.contains(royalty));
        self.changes += u64::from(binds);
        let changes = self.changes;
        let kin = self.kin(model)?;
        if binds {
            kin.changed = changes;
        }
        (kin.stack, kin.late, kin.sources, kin.folded) = (stack, late, held.sources, changes);
        Ok(())
    }

    pub(crate) fn refold(&mut self, model: ModelId) -> Outcome {
        let kin = self.kin.get(&model).ok_or("AssetNotFound")?.clone();
        kin.check_unclaimed()?;
        if !self.is_stale(&kin) {
            return Err("NotStale");
        }
        self.renew(model, kin, false)
    }

    pub(crate) fn add_parent(&mut self, model: ModelId, source: Payee) -> Outcome {
        let mut held = self.kin(model)?.clone();
        if held.naming_forfeited {
            return Err("NamingForfeited");
        }
        let assets = held.sources.iter().map(|known| known.payee.asset());
        if assets.into_iter().any(|asset| asset == source.asset()) {
            return Err("DuplicateOrigin");
        }
        self.check_source(model, source)?;
        held.check_unclaimed()?;
        if self.is_stale(&held) {
            return Err("ModelStale");
        }
        self.check_fresh(source)?;
        for royalty in self.brought(source) {
            // What is late stays late.
            if !owes(&held.late, royalty.payee.asset()) {
                unite(&mut held.stack, royalty);
            }
        }
        fits(&held.stack)?;
        held.sources.push(Source {
            payee: source,
            upheld: false,
        });
        self.renew(model, held, true)?;
        self.come_from_others(model)
    }

    /// A model that was made again was made from other sources than it comes from.
    fn come_from_others(&mut self, model: ModelId) -> Outcome {
        self.kin(model)?.changed_since = true;
        if std::mem::take(&mut self.kin(model)?.reexecuted) {
            self.resume(model)?;
        }
        Ok(())
    }

    /// What a model would owe besides if it came from a source: as much as there are places for.
    fn claimed(&self, kin: &Kin, source: Payee) -> Vec<Royalty> {
        let mut brought = self.brought(source);
        brought.retain(|royalty| {
            let asset = royalty.payee.asset();
            !owes(&kin.stack, asset) && !owes(&kin.late, asset)
        });
        // The source's own royalty comes first, in the place of one that is not higher if none is free; the others within what anybody owes.
        let free = MAX_LATE - kin.late.len();
        let is_own = |royalty: &Royalty| royalty.payee.asset() == source.asset();
        let (own, others): (Vec<_>, Vec<_>) = brought.into_iter().partition(is_own);
        let mut claimed = own;
        claimed.retain(|own| free > 0 || kin.late.iter().any(|late| late.rate <= own.rate));
        for royalty in highest_first(others) {
            let owed = [&kin.stack[..], &kin.late, &claimed, &[royalty]].concat();
            let rates: u64 = owed.iter().map(|royalty| u64::from(royalty.rate)).sum();
            if claimed.len() < free && rates <= u64::from(MAX_ROYALTIES) {
                claimed.push(royalty);
            }
        }
        claimed.sort_by_key(|royalty| royalty.payee);
        claimed
    }

    pub(crate) fn contest(&mut self, model: ModelId, contention: Contention) -> Outcome {
        let kin = self.kin(model)?.clone();
        if kin.is_contested(contention) {
            return Err(super::NOBODY);
        }
        let known = |payee: Payee| kin.sources.iter().any(|source| source.payee == payee);
        match contention {
            Contention::Missing(source) => {
                let named = kin.sources.iter().map(|known| known.payee);
                let mut named = named.filter(|known| known.asset() == source.asset());
                // Of a datanet, a later round is missing.
                if named.any(|known| known >= source) {
                    return Err("NotMissing");
                }
                if kin.sources.iter().filter(|source| source.upheld).count() == MAX_LATE {
                    return Err("TooManyUpheld");
                }
                self.check_source(model, source)?;
                let claimed = self.claimed(&kin, source);
                if !claimed.is_empty() {
                    self.claim_late(model, &claimed)?;
                }
                self.kin(model)?.claimed = Some(claimed);
            }
            Contention::False(source) if known(source) => {
                self.freeze(model, source.asset(), true)?
            }
            Contention::False(_) => return Err("EdgeNotFound"),
            Contention::Reexecuted if kin.reexecuted => return Err("AlreadyReexecuted"),
            Contention::Reexecuted => self.kin(model)?.changed_since = false,
        }
        self.kin(model)?.contested.push(contention);
        Ok(())
    }

    pub(crate) fn conclude(
        &mut self,
        model: ModelId,
        contention: Contention,
        upheld: bool,
    ) -> Outcome {
        let mut held = self.kin(model).map_err(|_| super::NOBODY)?.clone();
        if !held.may_conclude(contention, upheld) {
            return Err(super::NOBODY);
        }
        self.kin(model)?.contested.retain(|it| *it != contention);
        match contention {
            Contention::Missing(source) => {
                let named = held.sources.iter().map(|known| known.payee);
                let mut named = named.filter(|known| known.asset() == source.asset());
                if upheld && !named.any(|known| known >= source) {
                    // What the source has come to owe since is not claimed.
                    let brought = self.brought(source);
                    let claimed = held.claimed.take().unwrap_or_default().into_iter();
                    held.late.extend(claimed.filter(|royalty| {
                        let asset = royalty.payee.asset();
                        asset != source.asset() && owes(&brought, asset)
                    }));
                    held.sources.push(Source {
                        payee: source,
                        upheld: true,
                    });
                    self.renew(model, held, false)?;
                }
                self.kin(model)?.claimed = None;
                self.close_claim(model)?;
            }
            Contention::False(source) => {
                if upheld {
                    let named = |known: &Source| known.payee == source && !known.upheld;
                    self.kin(model)?.naming_forfeited |= held.sources.iter().any(named);
                    held.sources.retain(|known| known.payee != source);
                    self.renew(model, held, false)?;
                }
                self.freeze(model, source.asset(), false)?;
            }
            Contention::Reexecuted => {
                if upheld {
                    if held.changed_since {
                        return Err("AncestryChanged");
                    }
                    self.kin(model)?.reexecuted = true;
                    self.release(model)?;
                }
                return Ok(());
            }
        }
        if upheld {
            self.come_from_others(model)?;
        }
        Ok(())
    }

    pub(crate) fn announce_team(&mut self, model: ModelId, team: &[Share]) -> Outcome {
        let from = self.block + self.constants.notice;
        self.kin(model)?;
        super::check_team(team)?;
        self.kin(model)?.announced = Some((team.to_vec(), from));
        Ok(())
    }

    pub(crate) fn change_team(&mut self, model: ModelId) -> Outcome {
        let (block, notice) = (self.block, self.constants.notice);
        let announced = self.kin(model)?.announced.take();
        let (team, from) = announced.ok_or("NoTeamAnnounced")?;
        if block < from {
            return Err("NoticeNotOver");
        }
        if block > from + notice {
            return Err("AnnouncementLapsed");
        }
        self.amend_team(model, &team)
    }
}
