//! Where models come from, as people name it.

use std::str::FromStr;

use tributary_primitives::{assets::Pool, licences::Origin};

use crate::asset::{pool_text, PoolName};

/// `fine-tuned-from:3`, `trained-on:0:2`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct OriginName(pub(crate) Origin);

impl FromStr for OriginName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            format!(
                "`{text}` is not an origin: write fine-tuned-from:ID, adapter-of:ID, merged-from:ID, distilled-from:ID, \
                 quantized-from:ID, trained-on:DATANET:ROUND or retrieves-from:DATANET:ROUND"
            )
        };
        let (how, what) = text.split_once(':').ok_or_else(refused)?;
        let model: fn(u32) -> Origin = match how {
            "fine-tuned-from" => Origin::FineTunedFrom,
            "adapter-of" => Origin::AdapterOf,
            "merged-from" => Origin::MergedFrom,
            "distilled-from" => Origin::DistilledFrom,
            "quantized-from" => Origin::QuantizedFrom,
            "trained-on" | "retrieves-from" => {
                let PoolName(pool) = what.parse().map_err(|_| refused())?;
                return Ok(Self(of_pool(how == "trained-on", pool)));
            }
            _ => return Err(refused()),
        };
        what.parse().map(model).map(Self).map_err(|_| refused())
    }
}

fn of_pool(trained: bool, pool: Pool) -> Origin {
    match trained {
        true => Origin::TrainedOn(pool),
        false => Origin::RetrievesFrom(pool),
    }
}

/// An origin in a few words.
pub(crate) fn origin_text(origin: &Origin) -> String {
    match origin {
        Origin::FineTunedFrom(model) => format!("fine-tuned from model {model}"),
        Origin::AdapterOf(model) => format!("adapter of model {model}"),
        Origin::MergedFrom(model) => format!("merged from model {model}"),
        Origin::DistilledFrom(model) => format!("distilled from model {model}"),
        Origin::QuantizedFrom(model) => format!("quantized from model {model}"),
        Origin::TrainedOn(pool) => format!("trained on {}", pool_text(*pool)),
        Origin::RetrievesFrom(pool) => format!("retrieves from {}", pool_text(*pool)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read() {
        let pool = Pool {
            datanet: 4,
            round: 2,
        };
        for (text, origin) in [
            ("fine-tuned-from:3", Origin::FineTunedFrom(3)),
            ("adapter-of:0", Origin::AdapterOf(0)),
            ("merged-from:1", Origin::MergedFrom(1)),
            ("distilled-from:9", Origin::DistilledFrom(9)),
            ("quantized-from:7", Origin::QuantizedFrom(7)),
            ("trained-on:4:2", Origin::TrainedOn(pool)),
            ("retrieves-from:4:2", Origin::RetrievesFrom(pool)),
        ] {
            assert_eq!(text.parse(), Ok(OriginName(origin)));
        }
        for wrong in [
            "",
            "3",
            "model:3",
            "fine-tuned-from:x",
            "trained-on:4",
            "trained-on:4:2:1",
        ] {
            assert!(wrong.parse::<OriginName>().is_err(), "{wrong}");
        }
    }
}
