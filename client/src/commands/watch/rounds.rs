//! Which rounds are being valued.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use tributary_primitives::datanets::{Evidence, Phase};

use crate::{
    chain::{
        calls::{PhaseChanged, RoundConcluded, RoundVoided},
        scan::FoundEvent,
        state::Datanet,
        Chain, Snapshot,
    },
    output::remark,
    round,
};

/// The rounds whose benchmark is complete and which are not final, by datanet and number. Attested ones are left out: only their attestors
/// have the records.
pub(super) struct Rounds {
    /// These only, unless it is empty.
    datanets: Vec<u32>,
    standing: BTreeSet<(u32, u32)>,
    /// Whether the records of datanets lie in blocks, as far as that was asked. It never changes.
    open: BTreeMap<u32, bool>,
    seen: Option<u64>,
}

impl Rounds {
    pub(super) fn new(datanets: Vec<u32>) -> Self {
        Self {
            datanets,
            standing: BTreeSet::new(),
            open: BTreeMap::new(),
            seen: None,
        }
    }

    /// The block up to which they are known.
    pub(super) fn seen(&self) -> Option<u64> {
        self.seen
    }

    pub(super) fn standing(&self) -> impl Iterator<Item = (u32, u32)> + use<> {
        self.standing.clone().into_iter()
    }

    /// Goes on to a later block. Tells which rounds have ended since.
    pub(super) async fn update(
        &mut self,
        chain: &Chain,
        now: &Snapshot,
    ) -> Result<Vec<(u32, u32)>> {
        let before = self.standing.clone();
        match self.seen {
            None => self.look_around(now).await?,
            Some(seen) => {
                let changes = chain
                    .scan_events(
                        seen + 1..=now.number(),
                        &["Datanets"],
                        "following rounds",
                        change_by,
                    )
                    .await?;
                for (round, phase) in changes {
                    self.note(round, phase);
                }
            }
        }
        for round in self.standing().filter(|round| !before.contains(round)) {
            if !self.is_open(now, round.0).await? {
                let (datanet, number) = round;
                remark(format!(
                    "Round {number} of datanet {datanet} is attested: there are no records to look at."
                ));
                self.standing.remove(&round);
            }
        }
        self.seen = Some(now.number());
        Ok(before.difference(&self.standing).copied().collect())
    }

    /// Reads all datanets' rounds. They end in their order: whatever stands comes after the last that has ended, and any number may have
    /// been opened since.
    async fn look_around(&mut self, now: &Snapshot) -> Result<()> {
        let datanets: Vec<((u32,), Datanet)> = now.entries("Datanets", "Datanets", ()).await?;
        for ((datanet,), Datanet { rounds, .. }) in datanets {
            for number in (1..=rounds).rev() {
                let phase = round::round(now, datanet, number).await?.phase.0;
                self.note((datanet, number), phase);
                if matches!(phase, Phase::Final | Phase::Void) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Whether anybody can value the rounds of a datanet.
    async fn is_open(&mut self, now: &Snapshot, datanet: u32) -> Result<bool> {
        if let Some(open) = self.open.get(&datanet) {
            return Ok(*open);
        }
        let open = round::recipe(now, datanet).await?.evidence == Evidence::Open;
        self.open.insert(datanet, open);
        Ok(open)
    }

    fn note(&mut self, round: (u32, u32), phase: Phase) {
        let (datanet, _) = round;
        let wanted = self.datanets.is_empty() || self.datanets.contains(&datanet);
        if wanted && matches!(phase, Phase::Revealed | Phase::Published) {
            self.standing.insert(round);
        } else {
            self.standing.remove(&round);
        }
    }
}

/// A round, and the phase that it is in from now on.
type Change = ((u32, u32), Phase);

/// What an event changes. The phases in which a round ends have events of their own.
fn change_by(event: &FoundEvent) -> Result<Option<Change>> {
    if let Some(change) = event.read::<PhaseChanged>()? {
        return Ok(Some(((change.datanet, change.round), change.phase.0)));
    }
    if let Some(ended) = event.read::<RoundConcluded>()? {
        return Ok(Some(((ended.datanet, ended.round), Phase::Final)));
    }
    let voided = event.read::<RoundVoided>()?;
    Ok(voided.map(|ended| ((ended.datanet, ended.round), Phase::Void)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_stand_from_revealed_until_they_end() {
        let mut rounds = Rounds::new(vec![]);
        for (phase, stands) in [
            (Phase::Committing, false),
            (Phase::Revealed, true),
            (Phase::Published, true),
            (Phase::Revealed, true),
            (Phase::Final, false),
        ] {
            rounds.note((3, 1), phase);
            assert_eq!(rounds.standing().eq([(3, 1)]), stands, "{phase:?}");
        }
    }

    #[test]
    fn other_datanets_than_those_named_are_not_looked_at() {
        let mut rounds = Rounds::new(vec![3]);
        rounds.note((3, 1), Phase::Revealed);
        rounds.note((4, 1), Phase::Revealed);
        assert!(rounds.standing().eq([(3, 1)]));
    }
}
