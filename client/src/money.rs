//! Amounts of the chain's coin as people write them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Name of the coin.
pub(crate) const SYMBOL: &str = "TRIB";
/// Decimals of the coin: one TRIB is 10^12 of its smallest units.
const DECIMALS: usize = 12;

/// An amount in the coin's smallest unit.
///
/// Written as `12.5` or `12.5 TRIB`, or as `1200u` for smallest units. Programs read and write the number of smallest units as a
/// string.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Amount(pub(crate) u128);

impl Amount {
    /// In coins. For people and graphs; programs have the exact amount.
    pub(crate) fn coins(self) -> f64 {
        self.0 as f64 / 10u128.pow(DECIMALS as u32) as f64
    }

    /// In coins, exactly and without the name of the coin: for tables whose heading has it.
    pub(crate) fn plain(self) -> String {
        let unit = 10u128.pow(DECIMALS as u32);
        let fraction = format!("{:0width$}", self.0 % unit, width = DECIMALS);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{point}{fraction}", self.0 / unit)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {SYMBOL}", self.plain())
    }
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim();
        let refuse = || {
            format!(
                "`{text}` is not an amount: write 12.5 for {SYMBOL}, or 1200u for smallest units"
            )
        };
        if let Some(units) = number.strip_suffix('u') {
            return digits(units)
                .and_then(|units| units.parse().ok())
                .map(Self)
                .ok_or_else(refuse);
        }
        let number = number.strip_suffix(SYMBOL).unwrap_or(number).trim_end();
        let decimals = number
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        if decimals > DECIMALS {
            return Err(format!("`{text}` has more than {DECIMALS} decimals"));
        }
        scaled(number, DECIMALS).map(Self).ok_or_else(refuse)
    }
}

/// A decimal number without a sign, in units of the last of so many decimals; nothing if it is none, or has more.
pub(crate) fn scaled<N: FromStr>(number: &str, decimals: usize) -> Option<N> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.len() > decimals {
        return None;
    }
    digits(&format!("{whole}{fraction:0<decimals$}"))?
        .parse()
        .ok()
}

/// The text, if it is decimal digits and nothing else (`parse` would take a sign, too).
fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string())
    }
}

/// In files that people write an amount is text with a unit, as on the command line.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A part of a whole in billionths, written as `2.5%`.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Part(pub(crate) u32);

/// Billionths in a percent.
const PERCENT: u32 = 10_000_000;
/// Decimals of a percentage.
const PERCENT_DECIMALS: usize = 7;

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:0width$}", self.0 % PERCENT, width = PERCENT_DECIMALS);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{}{point}{fraction}%", self.0 / PERCENT)
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || {
            format!("`{text}` is not a percentage between 0% and 100% with at most {PERCENT_DECIMALS} decimals")
        };
        let number = text.trim().strip_suffix('%').ok_or_else(refuse)?.trim_end();
        let part: u32 = scaled(number, PERCENT_DECIMALS).ok_or_else(refuse)?;
        if part > 100 * PERCENT {
            return Err(refuse());
        }
        Ok(Self(part))
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let unit = 1_000_000_000_000;
        for (text, units) in [
            ("1", unit),
            ("1.5", unit + unit / 2),
            ("0.000000000001", 1),
            (".25", unit / 4),
            ("3 TRIB", 3 * unit),
            ("3TRIB", 3 * unit),
            ("7u", 7),
        ] {
            assert_eq!(text.parse(), Ok(Amount(units)), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in [
            "",
            ".",
            "-1",
            "+1",
            "1e3",
            "1,5",
            "0.0000000000001",
            "u",
            "TRIB",
            "1.5u",
            "340282366920938463463374607431768211456u",
        ] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }

    #[test]
    fn percentages_are_read_and_bounded() {
        assert_eq!("2.5%".parse(), Ok(Part(25_000_000)));
        assert_eq!("100%".parse(), Ok(Part(1_000_000_000)));
        assert_eq!("0.0000001%".parse(), Ok(Part(1)));
        for text in ["", "%", "5", "101%", "-1%", "0.00000001%"] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_survives_its_own_text(units: u128) {
            prop_assert_eq!(Amount(units).to_string().parse(), Ok(Amount(units)));
        }

        #[test]
        fn a_part_survives_its_own_text(billionths in 0..=1_000_000_000u32) {
            prop_assert_eq!(Part(billionths).to_string().parse(), Ok(Part(billionths)));
        }
    }
}
