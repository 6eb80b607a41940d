//! Which real licences may descend from which, as tables that are compared with the fold and with `docs/licences.md`.

use sp_core::H256;
use sp_runtime::Perbill;
use tributary_primitives::{assets::Pool, licences::*};

const DOCUMENT: &str = include_str!("../../../docs/licences.md");

const ROYALTY: &str = "commercial with royalty";

/// The order of rows and columns.
const LICENCES: [&str; 8] = [
    "MIT",
    "Apache-2.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CreativeML-OpenRAIL-M",
    "Llama-3.1-Community",
    ROYALTY,
];

/// Nothing, or which source stands against it, counted from 0, by which term.
type Verdict = Option<(u8, Term)>;
type Row = [Verdict; LICENCES.len()];

const MAY: Verdict = None;
const NC: Verdict = Some((0, Term::Commercial));
const SA: Verdict = Some((0, Term::ShareAlike));
const RE: Verdict = Some((0, Term::Onward(Uses::of(&[Use::Redistribute]))));
const TR: Verdict = Some((0, Term::Direct(Use::Train)));
const NC2: Verdict = Some((1, Term::Commercial));
const SA2: Verdict = Some((1, Term::ShareAlike));
const FC2: Verdict = Some((1, Term::FamilyConflict));
const TR2: Verdict = Some((1, Term::Direct(Use::Train)));

/// Rows: what a model is fine-tuned from. Columns: its own terms.
#[rustfmt::skip]
const FINE_TUNED: [(&str, Row); LICENCES.len()] = [
    //                         MIT  Apa  BY   SA   NC   Rail Llam Roy
    ("MIT",                   [MAY, MAY, MAY, MAY, MAY, MAY, MAY, MAY]),
    ("Apache-2.0",            [MAY, MAY, MAY, MAY, MAY, MAY, MAY, MAY]),
    ("CC-BY-4.0",             [MAY, MAY, MAY, MAY, MAY, MAY, MAY, MAY]),
    ("CC-BY-SA-4.0",          [SA,  SA,  SA,  MAY, SA,  SA,  SA,  SA]),
    ("CC-BY-NC-4.0",          [NC,  NC,  NC,  NC,  MAY, NC,  NC,  NC]),
    ("CreativeML-OpenRAIL-M", [SA,  SA,  SA,  SA,  SA,  MAY, SA,  SA]),
    ("Llama-3.1-Community",   [SA,  SA,  SA,  SA,  SA,  SA,  MAY, SA]),
    (ROYALTY,                 [RE,  RE,  RE,  RE,  RE,  RE,  RE,  MAY]),
];

/// Rows: what the data are under that a model is trained on.
#[rustfmt::skip]
const TRAINED: [(&str, Row); LICENCES.len()] = [
    //                         MIT  Apa  BY   SA   NC   Rail Llam Roy
    ("MIT",                   [MAY, MAY, MAY, MAY, MAY, MAY, MAY, MAY]),
    ("Apache-2.0",            [MAY, MAY, MAY, MAY, MAY, MAY, MAY, MAY]),
    ("CC-BY-4.0",             [MAY, MAY, MAY, MAY, MAY, MAY, MAY, MAY]),
    ("CC-BY-SA-4.0",          [SA,  SA,  SA,  MAY, SA,  SA,  SA,  SA]),
    ("CC-BY-NC-4.0",          [NC,  NC,  NC,  NC,  MAY, NC,  NC,  NC]),
    ("CreativeML-OpenRAIL-M", [TR,  TR,  TR,  TR,  TR,  TR,  TR,  TR]),
    ("Llama-3.1-Community",   [TR,  TR,  TR,  TR,  TR,  TR,  TR,  TR]),
    (ROYALTY,                 [RE,  RE,  RE,  RE,  RE,  RE,  RE,  MAY]),
];

/// Why a source refuses, for each refusal of the two tables.
const REASONS: [(&str, Verdict, &str); 7] = [
    ("CC-BY-SA-4.0", SA, "3(b)(1): what is shared of an adaptation is under the same licence, a later version of it or a compatible one. Terms that name its family say so"),
    ("CC-BY-NC-4.0", NC, "2(a)(1): material and adaptations are shared for noncommercial purposes only, whoever adapts them"),
    ("CreativeML-OpenRAIL-M", SA, "4.a: the restrictions of use are part of the terms of every derivative. Terms that name its family say so, whatever else they say"),
    ("CreativeML-OpenRAIL-M", TR, "1: \"Data\" are not licensed. It is a licence of models: a datanet cannot be under it"),
    ("Llama-3.1-Community", SA, "1.b.i: the agreement goes along with every derivative. Terms that name its family say so, whatever else they say"),
    ("Llama-3.1-Community", TR, "\"Llama Materials\" are models, software and documentation. It is a licence of models: a datanet cannot be under it"),
    (ROYALTY, RE, "it is used where it is metered. A descendant that could be handed on would be used elsewhere"),
];

#[derive(Clone, Copy)]
enum Kind {
    Model,
    Data,
}
use Kind::{Data, Model};

/// Two sources, what each descendant may be or why not, and what the row shows.
type Mixture = ([(Kind, &'static str); 2], Row, &'static str);

/// Two sources at once, in their order: models that are merged, data that is trained on. The first that stands against it is named.
#[rustfmt::skip]
const MIXTURES: [Mixture; 14] = [
    //                                                               MIT  Apa  BY   SA   NC   Rail Llam Roy
    ([(Model, "MIT"), (Model, "CC-BY-SA-4.0")],                     [SA2, SA2, SA2, MAY, SA2, SA2, SA2, SA2],
        "the one condition of MIT, its notice, is part of attribution"),
    ([(Model, "CC-BY-4.0"), (Data, "Apache-2.0")],                  [MAY, MAY, MAY, MAY, MAY, MAY, MAY, MAY],
        "both ask for notices only, which are handed on"),
    ([(Model, "Apache-2.0"), (Model, "CC-BY-NC-4.0")],              [NC2, NC2, NC2, NC2, MAY, NC2, NC2, NC2],
        "what one source gives for gain, the other does not"),
    ([(Model, "CC-BY-NC-4.0"), (Model, "CC-BY-SA-4.0")],            [NC,  NC,  NC,  NC,  SA2, NC,  NC,  NC],
        "BY-SA is for gain as well, which BY-NC forbids; without gain it is not BY-SA (3(b)(3))"),
    ([(Model, "CC-BY-SA-4.0"), (Model, "Llama-3.1-Community")],     [SA,  SA,  SA,  FC2, SA,  SA,  SA,  SA],
        "Llama's conditions of use (1.b.iv, 2) are what BY-SA forbids to add (3(b)(3))"),
    ([(Model, "Llama-3.1-Community"), (Model, "CC-BY-SA-4.0")],     [SA,  SA,  SA,  SA,  SA,  SA,  FC2, SA],
        "the same, the other way round"),
    ([(Model, "Llama-3.1-Community"), (Data, "CC-BY-SA-4.0")],      [SA,  SA,  SA,  SA,  SA,  SA,  FC2, SA],
        "the same with data, if the model adapts them"),
    ([(Model, "CC-BY-SA-4.0"), (Model, "CreativeML-OpenRAIL-M")],   [SA,  SA,  SA,  FC2, SA,  SA,  SA,  SA],
        "OpenRAIL's restrictions of use (5) are what BY-SA forbids to add (3(b)(3))"),
    ([(Model, "CreativeML-OpenRAIL-M"), (Model, "Llama-3.1-Community")], [SA, SA, SA, SA, SA, FC2, SA, SA],
        "terms name one family. The texts themselves could both be carried along: stricter than they are"),
    ([(Model, "Llama-3.1-Community"), (Data, "CC-BY-NC-4.0")],      [SA,  SA,  SA,  SA,  SA,  SA,  NC2, SA],
        "of Llama's family, but not for gain: that takes terms of one's own"),
    ([(Model, "Llama-3.1-Community"), (Data, "Apache-2.0")],        [SA,  SA,  SA,  SA,  SA,  SA,  MAY, SA],
        "Apache leaves the terms of derivatives to their makers (4)"),
    ([(Model, "MIT"), (Data, "Llama-3.1-Community")],               [TR2, TR2, TR2, TR2, TR2, TR2, TR2, TR2],
        "a licence of models is none of data"),
    ([(Model, ROYALTY), (Model, "MIT")],                            [RE,  RE,  RE,  RE,  RE,  RE,  RE,  MAY],
        "MIT may be sublicensed"),
    ([(Model, ROYALTY), (Data, "CC-BY-SA-4.0")],                    [RE,  RE,  RE,  RE,  RE,  RE,  RE,  SA2],
        "BY-SA may be handed on, which the other forbids"),
];

fn terms(name: &str) -> LicenceTerms {
    presets::named(name).unwrap_or_else(|| {
        assert_eq!(name, ROYALTY);
        let text = LegalText::new("https://example.org/terms", H256::repeat_byte(7), "").unwrap();
        presets::commercial_with_royalty(Perbill::from_percent(10), None, text)
    })
}

/// An asset without ancestors under a licence. Data ask for a royalty, as a datanet must.
fn asset(kind: Kind, licence: &str) -> Standing {
    let terms = terms(licence);
    Standing::root(&match kind {
        Model => terms,
        Data => terms.with_royalty(Perbill::from_percent(5), None),
    })
}

fn pool(datanet: u32) -> Pool {
    Pool { datanet, round: 1 }
}

/// What the fold says of a model under a licence with these sources.
fn verdict(sources: &[(Origin, Standing)], own: &LicenceTerms) -> Verdict {
    let sources: Vec<_> = sources
        .iter()
        .map(|(origin, standing)| Source {
            origin: *origin,
            standing,
        })
        .collect();
    fold(own, &sources, 0)
        .err()
        .map(|refusal| (refusal.origin.unwrap(), refusal.term))
}

/// What it says under each licence in turn.
fn row(sources: &[(Origin, Standing)]) -> Row {
    LICENCES.map(|own| verdict(sources, &terms(own)))
}

fn mixed(sources: &[(Kind, &str)]) -> Vec<(Origin, Standing)> {
    (0..)
        .zip(sources)
        .map(|(number, (kind, licence))| {
            let origin = match kind {
                Model => Origin::MergedFrom(number),
                Data => Origin::TrainedOn(pool(number)),
            };
            (origin, asset(*kind, licence))
        })
        .collect()
}

/// The name of a term as the tables have it.
fn name(term: Term) -> String {
    match term {
        Term::Onward(uses) => {
            let uses: Vec<_> = uses.iter().map(|one| format!("{one:?}")).collect();
            format!("`Onward({})`", uses.join(", "))
        }
        other => format!("`{other:?}`"),
    }
}

fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<_> = cells.into_iter().collect();
    format!("| {} |\n", cells.join(" | "))
}

fn head(cells: &[&str]) -> String {
    line(cells.iter().copied()) + &format!("|{}\n", "---|".repeat(cells.len()))
}

fn square(source: &str, rows: &[(&str, Row)]) -> String {
    let mut table = head(&[&[source], &LICENCES[..]].concat());
    for (licence, row) in rows {
        let cells = row.map(|verdict| verdict.map_or("may".into(), |(_, term)| name(term)));
        table += &line(
            [*licence]
                .into_iter()
                .chain(cells.iter().map(String::as_str)),
        );
    }
    table
}

/// The first table below a heading of the document.
fn documented(heading: &str) -> String {
    let (_, below) = DOCUMENT
        .split_once(&format!("\n### {heading}\n"))
        .unwrap_or_else(|| panic!("there is no heading `{heading}`"));
    below
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Each table of the document with its heading.
fn tables() -> [(&'static str, String); 4] {
    let mut reasons = head(&["source", "refusal", "why"]);
    for (licence, verdict, why) in REASONS {
        reasons += &line([licence, &name(verdict.unwrap().1), why]);
    }

    let mut mixtures =
        head(&[&["first source", "second source"], &LICENCES[..], &["why"]].concat());
    for (sources, row, why) in MIXTURES {
        let mut cells: Vec<String> = sources
            .iter()
            .map(|(kind, licence)| match kind {
                Model => format!("{licence} model"),
                Data => format!("{licence} data"),
            })
            .collect();
        cells.extend(row.iter().map(|verdict| match verdict {
            None => "may".into(),
            Some((source, term)) => format!("{}: {}", source + 1, name(*term)),
        }));
        cells.push(why.into());
        mixtures += &line(cells.iter().map(String::as_str));
    }

    [
        ("Fine-tuned from", square("source", &FINE_TUNED)),
        ("Trained on", square("data", &TRAINED)),
        ("Why", reasons),
        ("Two sources at once", mixtures),
    ]
}

#[test]
fn the_tables_have_every_preset() {
    assert_eq!(LICENCES[..7], presets::NAMES);
    for table in [FINE_TUNED, TRAINED] {
        assert_eq!(table.map(|(licence, _)| licence), LICENCES);
    }
}

#[test]
fn who_fine_tunes_or_trains_may_choose_the_terms_of_the_tables_and_no_others() {
    for (licence, expected) in FINE_TUNED {
        let source = (Origin::FineTunedFrom(0), asset(Model, licence));
        assert_eq!(row(&[source]), expected, "fine-tuned from {licence}");
    }
    for (licence, expected) in TRAINED {
        let source = (Origin::TrainedOn(pool(0)), asset(Data, licence));
        assert_eq!(row(&[source]), expected, "trained on {licence}");
    }
}

#[test]
fn other_ways_to_descend_say_the_same() {
    for (licence, expected) in FINE_TUNED {
        for origin in [
            Origin::AdapterOf(0),
            Origin::MergedFrom(0),
            Origin::DistilledFrom(0),
            Origin::QuantizedFrom(0),
        ] {
            let source = (origin, asset(Model, licence));
            assert_eq!(row(&[source]), expected, "{origin:?} under {licence}");
        }
    }
    for (licence, expected) in TRAINED {
        let source = (Origin::RetrievesFrom(pool(0)), asset(Data, licence));
        let expected = expected.map(|verdict| match verdict {
            TR => Some((0, Term::Direct(Use::Retrieve))),
            other => other,
        });
        assert_eq!(row(&[source]), expected, "looking up in {licence}");
    }
}

#[test]
fn mixtures_may_choose_the_terms_of_their_table_and_no_others() {
    for (sources, expected, _) in MIXTURES {
        let of = sources.map(|(_, licence)| licence);
        assert_eq!(row(&mixed(&sources)), expected, "a mixture of {of:?}");
    }
}

#[test]
fn a_mixture_may_choose_what_each_of_its_sources_permits() {
    let kinds = [Model, Data];
    let each: Vec<_> = kinds
        .into_iter()
        .flat_map(|kind| LICENCES.map(|licence| (kind, licence)))
        .collect();
    for one in &each {
        for other in &each {
            let alone = [one, other].map(|source| row(&mixed(&[*source])));
            let together = row(&mixed(&[*one, *other]));
            for column in 0..LICENCES.len() {
                let permitted = alone.iter().all(|row| row[column].is_none());
                assert_eq!(together[column].is_none(), permitted);
            }
        }
    }
}

/// Family and text are two things: what else the terms of a family may say is for the text to tell.
#[test]
fn terms_of_a_family_may_be_under_another_text_and_narrower() {
    let rail = terms("CreativeML-OpenRAIL-M");
    let own = LicenceTerms {
        commercial: false,
        text: terms(ROYALTY).text,
        ..rail.clone()
    };
    let source = (Origin::FineTunedFrom(0), Standing::root(&rail));
    assert_eq!(verdict(&[source], &own), MAY);

    // So Llama 3.1 and noncommercial data have a descendant after all, under terms of its own.
    let own = LicenceTerms {
        commercial: false,
        ..terms("Llama-3.1-Community")
    };
    let sources = [(Model, "Llama-3.1-Community"), (Data, "CC-BY-NC-4.0")];
    assert_eq!(verdict(&mixed(&sources), &own), MAY);
}

#[test]
fn every_refusal_of_the_tables_has_its_reason() {
    let mut refusals = Vec::new();
    for (licence, row) in FINE_TUNED.into_iter().chain(TRAINED) {
        for verdict in row.into_iter().filter(Option::is_some) {
            if !refusals.contains(&(licence, verdict)) {
                refusals.push((licence, verdict));
            }
        }
    }
    for reason in REASONS {
        let place = refusals.iter().position(|it| *it == (reason.0, reason.1));
        refusals.swap_remove(place.unwrap_or_else(|| panic!("{reason:?} is of no refusal")));
    }
    assert_eq!(refusals, []);
}

#[test]
fn the_document_has_the_tables() {
    let expected = tables();
    let wrong: String = expected
        .iter()
        .filter(|(heading, table)| documented(heading) != *table)
        .map(|(heading, table)| format!("### {heading}\n\n{table}\n"))
        .collect();
    assert!(wrong.is_empty(), "the document should have:\n{wrong}");
}
