//! Whole travellers: names, birth dates and documents with the errors of travel data.

use super::data::{Missing, Record, Written, rows};
use super::derivation::{Searched, tally};
use super::figures::{Figures, share};
use super::table::Line;
use super::{Extent, buckets};
use piux_protocol::vocabulary::Scope;
use std::path::Path;

/// One data set of travellers.
struct Travellers {
    names: &'static str,
    with_documents: &'static str,
    /// Method, whether with documents, recall, precision.
    published: &'static [(&'static str, bool, f64, f64)],
    held: Vec<Record>,
    asked: Vec<Record>,
}

/// `reference/matching.md` 3; CLK over given name, surname and birth date.
const SEA: &[(&str, bool, f64, f64)] = &[
    ("exact surname, given name, birth date", false, 0.296, 1.0),
    ("CLK, best F1", false, 0.623, 0.884),
    ("CLK, precision .99", false, 0.412, 0.990),
    ("exact surname, given name, birth date", true, 0.514, 1.0),
];

/// `reference/matching.md` 2; CLK over given name, surname and birth date (and document).
const FEBRL: &[(&str, bool, f64, f64)] = &[
    ("exact surname, given name, birth date", false, 0.416, 1.0),
    ("CLK, best F1", false, 0.780, 0.916),
    ("CLK, precision .99", false, 0.659, 0.991),
    ("Splink on plain text", false, 0.863, 0.996),
    ("exact document number", true, 0.912, 1.0),
    ("CLK, best F1", true, 0.893, 0.981),
];

/// Synthetic travellers of South-East Asia: 10,000 held, some of those asked are not.
pub(super) fn south_east_asia(folder: &Path, extent: Extent) -> Result<Vec<Line>, Missing> {
    let read = |file, truth| -> Result<Vec<Record>, Missing> {
        let rows = rows(folder, file, [truth, "surname", "given", "dob", "doc", "issuer"])?;
        let record = |[truth, surname, given, birth, document, issuer]: &[String; 6]| Record {
            truth: truth.parse().ok(),
            person: Written {
                surname,
                given,
                birth,
                document,
                issuer,
            }
            .person(),
        };
        Ok(rows.iter().map(record).collect())
    };
    let travellers = Travellers {
        names: "SE-Asia",
        with_documents: "SE-Asia with documents",
        published: SEA,
        held: read("sea_synth_index.csv", "person")?,
        asked: extent.cut(read("sea_synth_queries.csv", "person_or_-1")?),
    };
    Ok(travellers.lines(extent))
}

/// FEBRL 4: 5,000 persons and a damaged duplicate of each.
pub(super) fn febrl4(folder: &Path, extent: Extent) -> Result<Vec<Line>, Missing> {
    let read = |file| -> Result<Vec<Record>, Missing> {
        let columns = ["rec_id", "surname", "given_name", "date_of_birth", "soc_sec_id"];
        let rows = rows(folder, file, columns)?;
        let record = |[id, surname, given, birth, document]: &[String; 5]| Record {
            truth: id.split('-').nth(1).and_then(|number| number.parse().ok()),
            person: Written {
                surname,
                given,
                birth,
                document,
                issuer: "AUS",
            }
            .person(),
        };
        Ok(rows.iter().map(record).collect())
    };
    let travellers = Travellers {
        names: "FEBRL 4",
        with_documents: "FEBRL 4 with documents",
        published: FEBRL,
        held: read("febrl4_a.csv")?,
        asked: extent.cut(read("febrl4_b.csv")?),
    };
    Ok(travellers.lines(extent))
}

impl Travellers {
    fn lines(&self, extent: Extent) -> Vec<Line> {
        let mut lines = [self.of(false), self.of(true)];
        if !extent.derivation_only {
            for scope in [Scope::Tight, Scope::Full] {
                let exchanged = buckets::exchange(scope, &self.held, &self.asked);
                let [names, documents] = &mut lines;
                names.push(Line::ours(
                    self.names,
                    format!("{scope}, buckets"),
                    exchanged.names.figures(),
                ));
                documents.push(Line::ours(
                    self.with_documents,
                    format!("{scope}, buckets"),
                    exchanged.all.figures(),
                ));
                documents.extend(buckets::GRADES.into_iter().zip(exchanged.graded).map(|(grade, tally)| {
                    let figures = Figures {
                        recall: share(tally.found, exchanged.all.findable),
                        keys: None,
                        ..tally.figures()
                    };
                    Line::ours(
                        self.with_documents,
                        format!("{scope}, buckets: graded {grade}"),
                        figures,
                    )
                }));
            }
        }
        lines.concat()
    }

    fn of(&self, documents: bool) -> Vec<Line> {
        let data = if documents { self.with_documents } else { self.names };
        let published = self.published.iter().filter(|(_, with, ..)| *with == documents);
        let published = published.map(|(method, _, recall, precision)| {
            let figures = Figures {
                recall: Some(*recall),
                precision: Some(*precision),
                ..Figures::default()
            };
            Line::published(data, method, figures)
        });
        let ours = [Scope::Tight, Scope::Full].map(|scope| {
            let figures = tally(Searched { scope, documents }, &self.held, &self.asked).figures();
            Line::ours(data, format!("{scope}, derivation"), figures)
        });
        published.chain(ours).collect()
    }
}
