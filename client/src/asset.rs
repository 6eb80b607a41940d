//! Assets and pools as people name them.

use std::str::FromStr;

use tributary_primitives::assets::{Asset, Payee, Pool};

/// `model:3` or `datanet:0`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct AssetName(pub(crate) Asset);

impl FromStr for AssetName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let asset = match text.split_once(':') {
            Some(("model", id)) => id.parse().ok().map(Asset::Model),
            Some(("datanet", id)) => id.parse().ok().map(Asset::Datanet),
            _ => None,
        };
        asset
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not an asset: write model:ID or datanet:ID"))
    }
}

/// `0:2`: round 2 of datanet 0, and what it contains of the rounds before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PoolName(pub(crate) Pool);

impl FromStr for PoolName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pool = text.split_once(':').and_then(|(datanet, round)| {
            Some(Pool {
                datanet: datanet.parse().ok()?,
                round: round.parse().ok()?,
            })
        });
        pool.map(Self)
            .ok_or_else(|| format!("`{text}` is not a round of a datanet: write DATANET:ROUND"))
    }
}

/// An asset in a sentence.
pub(crate) fn asset_text(asset: Asset) -> String {
    match asset {
        Asset::Model(id) => format!("model {id}"),
        Asset::Datanet(id) => format!("datanet {id}"),
    }
}

/// A pool in a sentence.
pub(crate) fn pool_text(pool: Pool) -> String {
    format!("datanet {} round {}", pool.datanet, pool.round)
}

/// Who receives a royalty, in a sentence.
pub(crate) fn payee_text(payee: Payee) -> String {
    match payee {
        Payee::Model(model) => format!("model {model}"),
        Payee::Pool(pool) => pool_text(pool),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_and_pools_are_read() {
        assert_eq!("model:3".parse(), Ok(AssetName(Asset::Model(3))));
        assert_eq!("datanet:0".parse(), Ok(AssetName(Asset::Datanet(0))));
        assert_eq!(
            "4:2".parse(),
            Ok(PoolName(Pool {
                datanet: 4,
                round: 2
            }))
        );
        for wrong in ["model", "model:", "model:x", "model:-1", "pool:1"] {
            assert!(wrong.parse::<AssetName>().is_err(), "{wrong}");
        }
        assert!("4".parse::<PoolName>().is_err());
        assert!("4:2:1".parse::<PoolName>().is_err());
    }
}
