//! The labelled files, read into persons.

use jiff::civil::Date;
use piux_protocol::identifier::{Document, Person};
use std::ops::Range;
use std::path::Path;

/// A file that is not there, or has not the columns it should have; its name.
#[derive(Debug)]
pub(super) struct Missing(pub(super) &'static str);

/// The rows of a file, by the columns wanted of it.
pub(super) fn rows<const N: usize>(
    folder: &Path,
    file: &'static str,
    columns: [&str; N],
) -> Result<Vec<[String; N]>, Missing> {
    let mut reader = csv::Reader::from_path(folder.join(file)).map_err(|_| Missing(file))?;
    let headers = reader.headers().map_err(|_| Missing(file))?.clone();
    let place = |column| headers.iter().position(|header| header == column);
    let places: Option<Vec<usize>> = columns.into_iter().map(place).collect();
    let places: [usize; N] = places.and_then(|places| places.try_into().ok()).ok_or(Missing(file))?;
    let records = reader.into_records();
    records
        .map(|record| {
            let record = record.map_err(|_| Missing(file))?;
            Ok(places.map(|place| record.get(place).unwrap_or_default().to_owned()))
        })
        .collect()
}

/// A record of a person and the number of who it is.
#[derive(Clone)]
pub(super) struct Record {
    /// Equal for records of one person; none for a person held nowhere.
    pub(super) truth: Option<u32>,
    pub(super) person: Person,
}

/// Who a record says it is about.
pub(super) struct Written<'a> {
    pub(super) surname: &'a str,
    pub(super) given: &'a str,
    /// `YYYYMMDD`.
    pub(super) birth: &'a str,
    pub(super) document: &'a str,
    pub(super) issuer: &'a str,
}

impl Written<'_> {
    pub(super) fn person(&self) -> Person {
        Person {
            surname: self.surname.to_owned(),
            given: self.given.to_owned(),
            birth_date: date(self.birth).map(Into::into),
            documents: Document::new(self.issuer, self.document).into_iter().collect(),
            ..Person::default()
        }
    }
}

/// `YYYYMMDD`, if the calendar has it.
fn date(text: &str) -> Option<Date> {
    let part = |range: Range<usize>| text.get(range)?.parse().ok();
    let year = text.get(..4)?.parse().ok()?;
    Date::new(year, part(4..6)?, part(6..8)?).ok()
}
