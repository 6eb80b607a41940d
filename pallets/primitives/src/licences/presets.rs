//! Terms for the usual cases. Each hash is that of the bytes at the text's address.
//!
//! A preset is a starting point. With a royalty or a fee added, terms ask for more than the public text does: give them a text that
//! says so ([`LicenceTerms::with_text`]).

use sp_core::{hex2array, H256};
use sp_runtime::Perbill;

use super::{LegalText, LicenceTerms, Use, Uses};
use crate::Balance;

/// The names of the presets that [`named`] knows: SPDX identifiers, where there is one.
pub const NAMES: [&str; 6] = [
    "MIT",
    "Apache-2.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CreativeML-OpenRAIL-M",
];

/// The preset of a name out of [`NAMES`].
pub fn named(name: &str) -> Option<LicenceTerms> {
    match name {
        "MIT" => Some(mit()),
        "Apache-2.0" => Some(apache_2_0()),
        "CC-BY-4.0" => Some(cc_by_4_0()),
        "CC-BY-SA-4.0" => Some(cc_by_sa_4_0()),
        "CC-BY-NC-4.0" => Some(cc_by_nc_4_0()),
        "CreativeML-OpenRAIL-M" => Some(openrail_m()),
        _ => None,
    }
}

/// MIT: everything is allowed, makers are named. The text is the template without a name.
pub fn mit() -> LicenceTerms {
    permissive(text(
        "https://raw.githubusercontent.com/OpenSourceOrg/licenses/2fafc9c56be87a02a95bb430c66482fcfb00188a/texts/plain/MIT",
        hex2array!("eb12e4fda5c6450eec54858900e5918c3d85eb89ec2d6d07253a54817fbd086f"),
        "MIT",
    ))
}

/// Apache 2.0: everything is allowed, makers are named.
pub fn apache_2_0() -> LicenceTerms {
    permissive(text(
        "https://www.apache.org/licenses/LICENSE-2.0.txt",
        hex2array!("3cbae8f16217ad44981e5843100092cd582202e69d452eb094480f2d24abdb49"),
        "Apache-2.0",
    ))
}

/// Creative Commons Attribution 4.0: everything is allowed, makers are named.
pub fn cc_by_4_0() -> LicenceTerms {
    permissive(text(
        "https://creativecommons.org/licenses/by/4.0/legalcode.txt",
        hex2array!("5d568ea073f0bbd5a665cb1a75baf86b11ffec97f4bfbae85cae77b235cdfeda"),
        "CC-BY-4.0",
    ))
}

/// Creative Commons Attribution-ShareAlike 4.0: everything is allowed, makers are named, descendants are under the same text.
pub fn cc_by_sa_4_0() -> LicenceTerms {
    share_alike(text(
        "https://creativecommons.org/licenses/by-sa/4.0/legalcode.txt",
        hex2array!("fb87641cf31df4b87f6d3705290da98ebc7866225cfdac3233b509e075616215"),
        "CC-BY-SA-4.0",
    ))
}

/// Creative Commons Attribution-NonCommercial 4.0: everything is allowed but gain, makers are named.
pub fn cc_by_nc_4_0() -> LicenceTerms {
    LicenceTerms {
        commercial: false,
        ..permissive(text(
            "https://creativecommons.org/licenses/by-nc/4.0/legalcode.txt",
            hex2array!("910fa3a325aa0d5acbadf9c6871551b68414ffb2adf6f5d70e496cb52b0f7f07"),
            "CC-BY-NC-4.0",
        ))
    }
}

/// An OpenRAIL-M licence, CreativeML's: everything is allowed but what its list of purposes forbids, which descendants hand on. The
/// purposes are stated; that the terms of descendants are of its family, whatever their own text, is enforced.
pub fn openrail_m() -> LicenceTerms {
    share_alike(text(
        "https://raw.githubusercontent.com/CompVis/stable-diffusion/21f890f9da3cfbeaba8e2ac3c425ee9e998d5229/LICENSE",
        hex2array!("ab5c89b366c6d5990c3b2e44ff4a60a6302751c258f4635befea4b3aed719519"),
        "",
    ))
}

/// Commercial use of the asset and its descendants where it is metered, against a royalty: everything but handing them on.
pub fn commercial_with_royalty(
    rate: Perbill,
    ceiling: Option<Balance>,
    text: LegalText,
) -> LicenceTerms {
    let uses = Uses::ALL.without(Uses::of(&[Use::Redistribute]));
    LicenceTerms {
        direct: uses,
        onward: uses,
        ..permissive(text)
    }
    .with_royalty(rate, ceiling)
}

/// Everything is allowed, makers are named.
fn permissive(text: LegalText) -> LicenceTerms {
    LicenceTerms {
        direct: Uses::ALL,
        onward: Uses::ALL,
        commercial: true,
        share_alike: None,
        attribution: true,
        approval: None,
        fee: None,
        royalty: None,
        quota: None,
        expires: None,
        text,
    }
}

/// Everything is allowed, makers are named, descendants are of the text's family.
fn share_alike(text: LegalText) -> LicenceTerms {
    LicenceTerms {
        share_alike: Some(text.hash),
        ..permissive(text)
    }
}

/// A text that is known here.
fn text(uri: &str, hash: [u8; 32], spdx: &str) -> LegalText {
    LegalText::new(uri, H256(hash), spdx)
        .expect("the addresses above are shorter than 256 bytes, the identifiers than 64; qed")
}
