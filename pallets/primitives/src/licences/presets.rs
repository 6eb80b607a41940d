//! Terms for the usual cases. Each hash is that of the bytes at the text's address. `docs/licences.md` compares terms and texts clause by
//! clause.
//!
//! A preset is a starting point. With a royalty or a fee added, terms ask for more than the public text does: give them a text that
//! says so ([`LicenceTerms::with_text`]).

use sp_core::{hex2array, H256};
use sp_runtime::Perbill;

use super::{LegalText, LicenceTerms, Use, Uses};
use crate::Balance;

/// The names of the presets that [`named`] knows: SPDX identifiers, where there is one.
pub const NAMES: [&str; 7] = [
    "MIT",
    "Apache-2.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CreativeML-OpenRAIL-M",
    "Llama-3.1-Community",
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
        "Llama-3.1-Community" => Some(llama_3_1()),
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

/// An OpenRAIL-M licence, CreativeML's of 22 August 2022: everything is allowed but what its list of purposes forbids, which descendants
/// hand on.
///
/// - Definitions: data are not licensed, so that no datanet can be under it. Distilled models are derivatives like others.
/// - 4.a: whatever terms a derivative has, the restrictions of use are among them. So terms of descendants are of its family, and have
///   a text of their own if they like.
/// - 4.d: notices are kept: attribution.
/// - 5, Attachment A: the forbidden purposes are stated only.
pub fn openrail_m() -> LicenceTerms {
    for_models(text(
        "https://raw.githubusercontent.com/CompVis/stable-diffusion/21f890f9da3cfbeaba8e2ac3c425ee9e998d5229/LICENSE",
        hex2array!("ab5c89b366c6d5990c3b2e44ff4a60a6302751c258f4635befea4b3aed719519"),
        "",
    ))
}

/// The Llama 3.1 Community License Agreement of 23 July 2024: everything is allowed, makers are named, the agreement goes along with
/// descendants.
///
/// - "Llama Materials" are models, software and documentation, not data, so that no datanet can be under it.
/// - 1.a: use, copies, derivatives and modifications are allowed, royalty-free: all uses, no royalty.
/// - 1.b.i: a copy of the agreement goes along with derivatives, which are their maker's all the same (5.b). So terms of descendants are
///   of its family, and have a text of their own if they like. "Built with Llama" is displayed, 1.b.iii: a notice is kept: attribution.
///   Models that learn from outputs are allowed, which earlier versions forbid; that their names begin with "Llama" is stated only.
/// - 1.b.iv: law and Acceptable Use Policy are stated only.
/// - 2: whoever had more than 700 million monthly users when it was released asks Meta first. That is stated only: it is commercial.
/// - 5.c, 6: ends with a breach or certain lawsuits, which is stated only: an expiry is a block that is known before.
pub fn llama_3_1() -> LicenceTerms {
    for_models(text(
        "https://raw.githubusercontent.com/meta-llama/llama-models/a9c89c471f793423afd4cc3ca8671d6e56fe64cb/models/llama3_1/LICENSE",
        hex2array!("8c9ba6fbf96e73428b4a1230237cf7f8abeab875f37ff3d2eed489dc5344b80f"),
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

/// The same for a text that licenses models and no data: nothing is trained on the asset, or looked up in it. Descendants may have
/// terms that allow it.
fn for_models(text: LegalText) -> LicenceTerms {
    let data_only = Uses::of(&[Use::Train, Use::Retrieve]);
    LicenceTerms {
        direct: Uses::ALL.without(data_only),
        ..share_alike(text)
    }
}

/// A text that is known here.
fn text(uri: &str, hash: [u8; 32], spdx: &str) -> LegalText {
    LegalText::new(uri, H256(hash), spdx)
        .expect("the addresses above are shorter than 256 bytes, the identifiers than 64; qed")
}
