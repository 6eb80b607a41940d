//! Where the records of attested contributions lie, as their contributors said.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::{
    chain::{
        calls::ReferenceDelivered,
        state::{Contribution, Status},
        Chain, Snapshot,
    },
    round,
};

/// What was said of these contributions of a datanet, by number.
pub(crate) async fn references(
    chain: &Chain,
    now: &Snapshot,
    datanet: u32,
    contributions: &[(u32, Contribution)],
) -> Result<BTreeMap<u32, String>> {
    let delivered = contributions
        .iter()
        .filter(|(_, contribution)| contribution.status != Status::Committed);
    let rounds = delivered.map(|(_, contribution)| contribution.committed_to);
    let Some(first) = rounds.min() else {
        return Ok(BTreeMap::new());
    };
    let from = round::deliveries_begin(chain, now, datanet, first).await?;
    let found = chain
        .scan_events(
            now.since(from),
            &["Datanets"],
            "looking for references",
            |event| {
                let said = event.read::<ReferenceDelivered>()?;
                Ok(said.filter(|said| said.datanet == datanet))
            },
        )
        .await?;
    let wanted = |number: u32| contributions.iter().any(|(other, _)| *other == number);
    Ok(found
        .into_iter()
        .filter(|said| wanted(said.contribution))
        .map(|said| (said.contribution, text(&said.reference)))
        .collect())
}

/// A reference for people and programs: anybody may have written it, so that nothing in it commands a terminal.
fn text(reference: &[u8]) -> String {
    String::from_utf8_lossy(reference)
        .chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_reference_commands_no_terminal() {
        assert_eq!(text(b"ipfs://a"), "ipfs://a");
        assert_eq!(text(b"a\x1b[2Jb\n"), "a\u{fffd}[2Jb\u{fffd}");
        assert_eq!(text(&[0xff]), "\u{fffd}");
    }
}
