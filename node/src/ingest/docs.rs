//! The grammars of free text in special service requests: `DOCS`, `DOCO`, `DOCA`, `INFT`,
//! `FOID`, `FQTV` (AIRIMP; PNRGOV guide appendices).

mod contact;

pub(crate) use contact::{remark_contact, request_contact};

use super::date::{self, Century, PartialDate};
use super::model::{Contact, ContactOwner, Country, Document, NameForm, NameSource, ReferenceKind, Sex};
use jiff::civil::Date;

/// What a `DOCS` says of a person and their document. All parts may be absent.
#[derive(Clone)]
pub(crate) struct Docs {
    pub(crate) document: Option<Document>,
    pub(crate) nationality: Option<Country>,
    pub(crate) birth: Option<PartialDate>,
    pub(crate) sex: Option<Sex>,
    /// The sex code was `FI` or `MI`: the person is an infant, whoever the request hangs on.
    pub(crate) infant: bool,
    pub(crate) name: NameForm,
}

/// An infant as `INFT` names it: `DYE/ARCHER 15APR12`, `DYE/ARCHER/15APR12`.
#[derive(Clone)]
pub(crate) struct Inft {
    pub(crate) name: NameForm,
    pub(crate) birth: Option<PartialDate>,
}

/// What a `DOCO` says: a visa, or a number of an authority, and where the person was born.
#[derive(Clone, Default)]
pub(crate) struct Doco {
    pub(crate) visa: Option<Document>,
    pub(crate) reference: Option<(ReferenceKind, String)>,
    pub(crate) birth_place: Option<String>,
    /// It is about the infant, whoever the request hangs on.
    pub(crate) infant: bool,
}

/// What a `DOCA` says: where a person lives, goes, or was born.
#[derive(Clone, Default)]
pub(crate) struct Doca {
    pub(crate) address: Option<Contact>,
    pub(crate) residence: Option<Country>,
    pub(crate) birth_place: Option<String>,
    /// It is about the infant, whoever the request hangs on.
    pub(crate) infant: bool,
}

/// How a person identified themselves (`FOID`).
#[derive(Clone)]
pub(crate) enum Identification {
    Document(Document),
    FrequentFlyer(String, String),
    Ticket(String),
}

/// `/type/issuer/number/nationality/birth/sex/expiry/surname/given/second/H`.
pub(crate) fn docs(text: &str, message: Date) -> Docs {
    let fields = aligned(text);
    let field = |at: usize| fields.get(at).copied().unwrap_or_default().trim();
    let mut document = Document::new(field(0), field(2), field(1));
    if let Some(document) = &mut document {
        document.expiry = date::lettered(field(6), Century::Expiry, message);
    }
    let [surname, given, second] = names([field(7), field(8), field(9)]);
    let sex = field(5).to_ascii_uppercase();
    Docs {
        document,
        nationality: Country::new(field(3)),
        birth: date::lettered(field(4), Century::Birth, message),
        sex: Sex::of(&sex),
        infant: sex.len() == 2 && sex.ends_with('I'),
        name: NameForm::new(NameSource::Docs, surname, &format!("{given} {second}")),
    }
}

/// The fields so that the date of birth is the fifth: some systems leave a slash out or put one
/// in too many; the sex after a date tells.
fn aligned(text: &str) -> Vec<&str> {
    let mut fields = fields(text);
    let dated = |pair: &[&str]| matches!(pair, [date, sex] if looks_dated(date) && Sex::of(sex).is_some());
    match fields.windows(2).position(dated) {
        Some(3) => fields.insert(0, ""),
        Some(5) if fields.first().is_some_and(|first| first.trim().is_empty()) => {
            fields.remove(0);
        }
        _ => {}
    }
    fields
}

/// The fields between slashes, the first slash passed over; or between hyphens, as some reservation
/// systems write them, an association `/P1` behind them.
fn fields(text: &str) -> Vec<&str> {
    let text = text.trim();
    let plain = text.strip_prefix('/').unwrap_or(text);
    let count = |separator: char| plain.matches(separator).count();
    if count('-') >= 4 && count('/') <= 1 {
        let entry = plain.split('/').next().unwrap_or_default();
        entry.split('-').collect()
    } else {
        plain.split('/').collect()
    }
}

fn looks_dated(text: &str) -> bool {
    date::lettered(text, Century::Travel, Date::constant(2000, 1, 1)).is_some()
}

/// Leaves out the holder mark and the association `-1NAME/GIVEN` that some systems append.
fn names(fields: [&str; 3]) -> [&str; 3] {
    let mut ended = false;
    fields.map(|field| {
        if ended {
            return "";
        }
        let association = field.match_indices('-').map(|(at, _)| at).find(|at| {
            let mut after = field
                .chars()
                .skip(field.get(..*at).unwrap_or_default().chars().count() + 1);
            after.next().is_some_and(|c| c.is_ascii_digit()) && after.next().is_some_and(char::is_alphabetic)
        });
        ended = association.is_some() || field == "H";
        let kept = association.map_or(field, |at| field.get(..at).unwrap_or_default());
        if kept == "H" { "" } else { kept }
    })
}

/// `/birth place/type/number/place of issue/date/country it is for/I`: type `V` is a visa, `K` a
/// known traveller number, `R` a redress number.
pub(crate) fn doco(text: &str, message: Date) -> Option<Doco> {
    let fields = fields(text);
    let field = |at: usize| fields.get(at).copied().unwrap_or_default().trim();
    let mut read = Doco {
        infant: fields.iter().skip(5).any(|field| field.trim() == "I"),
        birth_place: text_of(field(0)),
        ..Doco::default()
    };
    match field(1) {
        "V" => {
            let mut visa = Document::new("V", field(2), field(5));
            if let Some(visa) = &mut visa {
                visa.issued = date::lettered(field(4), Century::Expiry, message);
            }
            read.visa = visa;
        }
        "K" => read.reference = text_of(field(2)).map(|number| (ReferenceKind::KnownTraveller, number)),
        "R" => read.reference = text_of(field(2)).map(|number| (ReferenceKind::Government, number)),
        _ => {}
    }
    let hollow = read.visa.is_none() && read.reference.is_none() && read.birth_place.is_none();
    (!hollow).then_some(read)
}

/// `/D/country/street/city/state/zip/I`: `R` residence, `D` destination, `B` birth.
pub(crate) fn doca(text: &str) -> Option<Doca> {
    let mut fields = fields(text);
    let kind = fields.first().map(|kind| kind.trim()).filter(|kind| kind.len() <= 1);
    let kind = kind.unwrap_or("D");
    if fields.first().is_some_and(|first| first.trim().len() <= 1) {
        fields.remove(0);
    }
    let infant = fields.iter().skip(1).any(|field| field.trim() == "I");
    fields.retain(|field| field.trim() != "I");
    let country = fields.first().copied().unwrap_or_default();
    let mut read = Doca {
        infant,
        ..Doca::default()
    };
    if kind == "B" {
        let place: Vec<_> = fields
            .iter()
            .skip(1)
            .chain([&country])
            .map(|field| field.trim())
            .collect();
        let place: Vec<_> = place.into_iter().filter(|field| !field.is_empty()).collect();
        read.birth_place = text_of(&place.join(", "));
    } else {
        read.residence = Country::new(country).filter(|_| kind == "R");
        if !fields.is_empty() {
            fields.rotate_left(1);
        }
        read.address = Contact::address(ContactOwner::Passenger, fields);
    }
    let hollow = read.address.is_none() && read.birth_place.is_none();
    (!hollow).then_some(read)
}

/// `PP123456`: two letters for the kind, then the number. A payment card (`CC`) is not read.
pub(crate) fn foid(text: &str) -> Option<Identification> {
    let plain = text.trim().trim_start_matches('/').trim();
    let plain = plain.split(['/', ' ']).next().unwrap_or_default();
    let (kind, number) = plain.split_at_checked(2)?;
    let number = number.split_once('-').map_or(number, |(number, _)| number);
    let document = |class: &str| Document::new(class, number, "").map(Identification::Document);
    match kind.to_ascii_uppercase().as_str() {
        "PP" => document("P"),
        "NI" | "ID" => document("I"),
        "DL" => document("DL"),
        "TN" => Some(Identification::Ticket(number.to_owned())),
        "FF" => frequent_flyer(number)
            .map(|(programme, number)| Identification::FrequentFlyer(programme.to_owned(), number.to_owned())),
        _ => None,
    }
}

fn text_of(field: &str) -> Option<String> {
    (!field.is_empty()).then(|| field.to_owned())
}

/// The infant of an `INFT`; none if no name is given.
pub(crate) fn inft(text: &str, message: Date) -> Option<Inft> {
    let words = text
        .trim()
        .trim_start_matches('/')
        .split(['/', ' '])
        .filter(|word| !word.is_empty());
    let mut name = Vec::new();
    let mut birth = None;
    for word in words {
        match date::lettered(word, Century::Birth, message) {
            Some(date) if !name.is_empty() => {
                birth = Some(date);
                break;
            }
            _ => name.push(word),
        }
    }
    let (surname, given) = name.split_first()?;
    Some(Inft {
        name: NameForm::new(NameSource::Inft, surname, &given.join(" ")),
        birth,
    })
}

/// `/LH1234567890-…`: programme and number.
pub(crate) fn frequent_flyer(text: &str) -> Option<(&str, &str)> {
    let text = text.trim().trim_start_matches('/').trim_start();
    let (programme, rest) = text.split_at_checked(2)?;
    let number = rest.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    Some((programme, number))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    const MESSAGE: Date = jiff::civil::date(2013, 5, 27);

    #[test]
    fn a_full_docs_gives_document_and_person() {
        let read = docs("/P/UTO/L898902C3/UTO/12AUG74/F/15APR22/ERIKSSON/ANNA/MARIA/H", MESSAGE);
        let document = read.document.unwrap();
        assert_eq!(
            (
                document.number.as_str(),
                document.issuer.unwrap().code.unwrap().as_str()
            ),
            ("L898902C3", "UTO")
        );
        assert_eq!(document.expiry.unwrap().to_string(), "2022-04-15");
        assert_eq!(
            (read.name.surname.as_str(), read.name.given.as_str()),
            ("ERIKSSON", "ANNA MARIA")
        );
        assert_eq!((read.sex, read.infant), (Some(Sex::F), false));
        assert_eq!(read.birth.unwrap().to_string(), "1974-08-12");
    }

    #[test]
    fn a_docs_without_a_document_still_names_a_person() {
        for text in ["/////05FEB53/F//DORN/NINA", "////UTO/05FEB53/F//DORN/NINA"] {
            let read = docs(text, MESSAGE);
            assert!(read.document.is_none());
            assert_eq!(
                (read.name.given.as_str(), read.birth.unwrap().to_string().as_str()),
                ("NINA", "1953-02-05")
            );
        }
    }

    #[test]
    fn a_slash_too_few_or_too_many_moves_nothing() {
        for text in [
            "P/UTO/X1/UTO/05FEB53/F//DORN/NINA",
            "//P/UTO/X1/UTO/05FEB53/F//DORN/NINA",
        ] {
            let read = docs(text, MESSAGE);
            assert_eq!(
                (read.document.unwrap().number.as_str(), read.name.surname.as_str()),
                ("X1", "DORN"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_infant_is_recognised_by_its_sex_code() {
        assert!(docs("/P/UTO/X2/UTO/20SEP12/FI/25OCT17/DORN/IDA OLIVIA/", MESSAGE).infant);
        let named = inft("DORN/IDA 20SEP12", MESSAGE).unwrap();
        assert_eq!(
            (named.name.given.as_str(), named.birth.unwrap().to_string().as_str()),
            ("IDA", "2012-09-20")
        );
        assert_eq!(inft("DORN/IDA/20SEP12", MESSAGE).unwrap().name.surname, "DORN");
    }

    #[test]
    fn a_name_association_is_not_a_name() {
        let read = docs("/P/UTO/X1/UTO/05FEB53/F/01JAN20/DORN/NINA-1DORN/NINA MS", MESSAGE);
        assert_eq!((read.name.surname.as_str(), read.name.given.as_str()), ("DORN", "NINA"));
        assert_eq!(
            docs("/P/UTO/X1/UTO/05FEB53/F/01JAN20/DORN-BERG/ANNE-LI", MESSAGE)
                .name
                .given,
            "ANNE-LI"
        );
    }

    #[test]
    fn a_visa_is_issued_by_the_state_it_is_for() {
        let read = doco(" UTOPOLIS/V/8675309/OTHER PLACE/22DEC06/LI", MESSAGE).unwrap();
        let visa = read.visa.unwrap();
        assert_eq!(
            (visa.number.as_str(), visa.issuer.unwrap().code.unwrap().as_str()),
            ("8675309", "LIE")
        );
        assert_eq!((read.birth_place.as_deref(), read.infant), (Some("UTOPOLIS"), false));
        assert!(doco("/LAGO/V/V7788990/ROMA/02FEB12/NZ/I", MESSAGE).unwrap().infant);
        assert!(doco("//////", MESSAGE).is_none());
    }

    #[test]
    fn a_number_of_an_authority_is_no_document() {
        let read = doco("//R/1234567890123///US", MESSAGE).unwrap();
        assert!(read.visa.is_none());
        assert_eq!(
            read.reference.unwrap(),
            (ReferenceKind::Government, "1234567890123".to_owned())
        );
        let known = doco("//K/98123X///US", MESSAGE).unwrap().reference.unwrap();
        assert_eq!(known.0, ReferenceKind::KnownTraveller);
    }

    #[test]
    fn an_address_says_whether_one_lives_goes_or_was_born_there() {
        let goes = doca("/D/AUS/13 SHORE AVENUE/BROADBEACH/QLD/4215").unwrap();
        assert_eq!(
            goes.address.unwrap().value,
            "13 SHORE AVENUE, BROADBEACH, QLD, 4215, AUS"
        );
        assert!(goes.residence.is_none() && !goes.infant);
        let lives = doca("/R/UTO/9 KAURI LANE/PORT UTOPIA//UT4/I").unwrap();
        assert_eq!(lives.residence.unwrap().raw, "UTO");
        assert!(lives.infant);
        let born = doca("/B/ITA//LAGO///").unwrap();
        assert_eq!(
            (born.birth_place.as_deref(), born.address.is_none()),
            (Some("LAGO, ITA"), true)
        );
        assert!(doca("").is_none());
    }

    #[test]
    fn hyphens_do_for_slashes_where_a_reservation_system_writes_them() {
        let read = docs(
            "P-UTO-L898902C3-UTO-12AUG74-F-15APR22-ERIKSSON-ANNA-MARIA-H/P1",
            MESSAGE,
        );
        assert_eq!(read.document.unwrap().number, "L898902C3");
        assert_eq!(
            (read.name.surname.as_str(), read.name.given.as_str()),
            ("ERIKSSON", "ANNA MARIA")
        );
        let bare = docs("----12AUG74-F--ERIKSSON-ANNA", MESSAGE);
        assert!(bare.document.is_none());
        assert_eq!(bare.birth.unwrap().to_string(), "1974-08-12");
    }

    #[test]
    fn an_identification_is_a_document_or_a_membership_and_never_a_card() {
        assert!(matches!(foid("PP123456").unwrap(), Identification::Document(one) if one.number == "123456"));
        assert!(
            matches!(foid("/NIX77001-1QUILL/ZOE").unwrap(), Identification::Document(one) if one.number == "X77001")
        );
        assert!(
            matches!(foid("FFUT70011223").unwrap(), Identification::FrequentFlyer(airline, number)
            if airline == "UT" && number == "70011223")
        );
        assert!(foid("CC4111111111111111").is_none());
        assert!(foid("PP").is_none());
    }

    proptest! {
        #[test]
        fn no_text_stops_a_reader(text in "[A-Z0-9/ .ÄÉ+-]{0,60}") {
            let _ = docs(&text, MESSAGE);
            let _ = doco(&text, MESSAGE);
            let _ = doca(&text);
            let _ = inft(&text, MESSAGE);
            let _ = foid(&text);
            let _ = frequent_flyer(&text);
        }
    }
}
