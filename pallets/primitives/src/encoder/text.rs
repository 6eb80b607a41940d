//! Text as a vector: signed feature hashing of n-grams of characters and of words, in integers alone.
//!
//! Feature hashing is due to K. Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009. What follows is
//! all that another implementation needs; `scripts/data/encoder.json` has vectors to test it with.
//!
//! 1. **Text.** 1 to 16,384 bytes that are UTF-8 (RFC 3629: no surrogates, no overlong forms). Anything else is refused.
//! 2. **Words.** The text is split at its white space: the bytes 9 to 13 and 32. In each word the letters `A` to `Z` become `a` to `z`.
//!    No other character is changed or counts as white space: tables of Unicode differ between versions. Without a word the text
//!    is refused. The *normalised text* is a space, and then each word followed by a space.
//! 3. **Features.** Each occurrence counts:
//!
//!    | domain byte | feature | weight |
//!    |---|---|---|
//!    | 1 | a word | 2 |
//!    | 2 | two characters of the normalised text in a row | 1 |
//!    | 3 | three of them | 2 |
//!    | 4 | four of them | 2 |
//!
//!    A character is a Unicode scalar value. What the normalised text is too short for is left out.
//! 4. **Hash.** FNV-1a of 64 bits over the domain byte and the feature's UTF-8 bytes: from 0xcbf29ce484222325, for each byte
//!    `h = (h ^ byte) * 0x100000001b3`. Then the finaliser of MurmurHash3: `h ^= h >> 33; h *= 0xff51afd7ed558ccd; h ^= h >> 33;
//!    h *= 0xc4ceb9fe1a85ec53; h ^= h >> 33`. All modulo 2^64.
//! 5. **Places.** Of d places, all 0 at first, number `((h & 0xffffffff) * d) >> 32` (the low 32 bits, scaled down, not a remainder)
//!    goes down by the weight if bit 63 of `h` is set, and else up. If all are 0 in the end the text is refused.
//! 6. **Scale.** With S the sum of the squares of all places, place a becomes the integer next to 16 sqrt(d) a / sqrt(S), halves away
//!    from zero, but at most 127 and at least -127. In integers: `min(127, (isqrt(floor(1024 d a^2 / S)) + 1) / 2)` with the sign of
//!    a, where `isqrt` is the root rounded down and `/` rounds down.
//!
//! A vector's numbers have a root mean square of about 16, whatever the text's length, so that distances compare directions. The
//! weights are the best of some twenty that were tried: of 1,000 snippets of four kinds (every fourth in `scripts/data/snippets.csv`) the
//! five nearest of all others are of the same kind in 58.4 % of the cases at d = 1,024 and in 51.2 % at d = 256; with equal weights
//! in 55.7 % and 50.0 %.

use alloc::{vec, vec::Vec};

/// The most bytes of a text.
pub const MAX_TEXT: u16 = 16 * 1_024;

const WORD: u8 = 1;
/// The longest n-grams, in characters.
const LONGEST: usize = 4;

/// Why a text has no vector.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TextError {
    /// It has more than [`MAX_TEXT`] bytes.
    TooLong,
    /// It is not UTF-8.
    NotUtf8,
    /// It is empty or white space, or, as rare as that is, all its features cancel out.
    NothingToEncode,
}

/// The vector of a text: d = `dimension` numbers, each the byte of an `i8` between -127 and 127.
///
/// # Errors
///
/// The text has none.
pub fn features(text: &[u8], dimension: u16) -> Result<Vec<u8>, TextError> {
    if text.len() > usize::from(MAX_TEXT) {
        return Err(TextError::TooLong);
    }
    let text = core::str::from_utf8(text).map_err(|_| TextError::NotUtf8)?;
    let text = normalised(text);
    let mut places = Places(vec![0; dimension.into()]);
    for word in text.as_bytes().split(|byte| *byte == b' ') {
        if !word.is_empty() {
            places.add(WORD, word);
        }
    }
    // Where the last characters begin, the latest one first.
    let mut begins = [None; LONGEST];
    for (begin, character) in text.char_indices() {
        begins.rotate_right(1);
        begins[0] = Some(begin);
        let end = begin + character.len_utf8();
        for (n, begin) in (2u8..).zip(begins[1..].iter().flatten()) {
            places.add(n, &text.as_bytes()[*begin..end]);
        }
    }
    places.scaled().ok_or(TextError::NothingToEncode)
}

/// Lower case where that is ASCII, and a space before, between and after words.
fn normalised(text: &str) -> alloc::string::String {
    let mut normalised = alloc::string::String::with_capacity(text.len() + 2);
    for word in text.split(|character| matches!(character, '\t'..='\r' | ' ')) {
        if !word.is_empty() {
            if normalised.is_empty() {
                normalised.push(' ');
            }
            normalised.push_str(word);
            normalised.push(' ');
        }
    }
    normalised.make_ascii_lowercase();
    normalised
}

/// Sums of signed weights. 16,384 bytes have at most as many n-grams of each length and half as many words: no sum passes 2^17.
struct Places(Vec<i32>);

impl Places {
    fn add(&mut self, domain: u8, feature: &[u8]) {
        let hash = hash(domain, feature);
        let weight = if domain == 2 { 1 } else { 2 };
        let place = ((hash & 0xffff_ffff) * self.0.len() as u64) >> 32;
        if let Some(sum) = self.0.get_mut(place as usize) {
            *sum += if hash >> 63 == 1 { -weight } else { weight };
        }
    }

    /// The places at a root mean square of 16; nothing if all are 0.
    fn scaled(&self) -> Option<Vec<u8>> {
        let square = |sum: i32| u64::from(sum.unsigned_abs()).pow(2);
        // Below 2^34, as the sum of all absolute values is below 2^17.
        let squares: u64 = self.0.iter().map(|sum| square(*sum)).sum();
        if squares == 0 {
            return None;
        }
        // At most 2^10 * 2^10 * 2^34.
        let factor = 4 * 16 * 16 * self.0.len() as u64;
        let scale = |sum: &i32| {
            if *sum == 0 {
                return 0;
            }
            let size = (factor * square(*sum) / squares).isqrt().div_ceil(2);
            let size = size.min(127) as i8;
            (if *sum < 0 { -size } else { size }) as u8
        };
        Some(self.0.iter().map(scale).collect())
    }
}

fn hash(domain: u8, feature: &[u8]) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let begin = step(0xcbf2_9ce4_8422_2325, domain);
    let mut hash = feature.iter().fold(begin, |hash, byte| step(hash, *byte));
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}
