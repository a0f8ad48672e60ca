//! The grammars of free text in special service requests: `DOCS`, `DOCO`, `DOCA`, `INFT`,
//! `FQTV`, and the contact forms of `OSI` remarks (AIRIMP; PNRGOV guide appendices).

use super::date::{self, Century, PartialDate};
use super::model::{Contact, ContactOwner, Country, Document, NameForm, NameSource, Sex};
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
    let text = text.trim();
    let mut fields: Vec<&str> = text.strip_prefix('/').unwrap_or(text).split('/').collect();
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

/// `/birth place/type/number/place of issue/date/country it is for/I`: a visa, or nothing.
pub(crate) fn doco(text: &str, message: Date) -> Option<Document> {
    let text = text.trim();
    let fields: Vec<&str> = text.strip_prefix('/').unwrap_or(text).split('/').collect();
    let field = |at: usize| fields.get(at).copied().unwrap_or_default().trim();
    let mut visa = (field(1) == "V")
        .then(|| Document::new("V", field(2), field(5)))
        .flatten()?;
    visa.issued = date::lettered(field(4), Century::Expiry, message);
    Some(visa)
}

/// `/D/country/street/city/state/zip`: an address of residence or destination.
pub(crate) fn doca(text: &str) -> Option<Contact> {
    let text = text.trim();
    let mut fields: Vec<&str> = text.strip_prefix('/').unwrap_or(text).split('/').collect();
    if fields.first().is_some_and(|kind| kind.trim().len() <= 1) {
        fields.remove(0);
    }
    fields.retain(|field| field.trim() != "I");
    if !fields.is_empty() {
        fields.rotate_left(1);
    }
    Contact::address(ContactOwner::Passenger, fields)
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

/// A contact in the text of a remark: `CTCE`, `CTCM`, `CTCH`, `CTCR`, `CTCT` (agency), `CTC M`, `CTCBOG`.
pub(crate) fn remark_contact(text: &str) -> Option<Contact> {
    let at = text.find("CTC")?;
    let starts_word = text
        .get(..at)
        .is_some_and(|before| before.is_empty() || before.ends_with(' '));
    let rest = text.get(at + 3..).filter(|_| starts_word)?;
    let (letter, rest) = contact_letter(rest);
    match letter {
        Some('E') => Contact::email(ContactOwner::Passenger, rest),
        Some('T' | 'A') => phone(rest, ContactOwner::Agency),
        _ => phone(rest, ContactOwner::Passenger),
    }
}

/// The letter after `CTC`, glued to it or apart, and what follows.
fn contact_letter(rest: &str) -> (Option<char>, &str) {
    let text = rest.trim_start();
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(letter), next) if letter.is_ascii_alphabetic() && next.is_none_or(|c| !c.is_ascii_alphabetic()) => {
            (Some(letter), chars.as_str())
        }
        _ => (None, rest),
    }
}

/// The phone number in a text; an `A` after it says that it is an agency's (AIRIMP).
pub(crate) fn phone(text: &str, owner: ContactOwner) -> Option<Contact> {
    let start = text.find(|c: char| c.is_ascii_digit() || c == '+')?;
    let rest = text.get(start..)?;
    let length = rest
        .find(|c: char| !(c.is_ascii_digit() || " -()+.".contains(c)))
        .unwrap_or(rest.len());
    let (number, after) = rest.split_at_checked(length)?;
    let mut after = after.chars();
    let agency = after.next() == Some('A') && after.next().is_none_or(|c| !c.is_ascii_alphanumeric());
    Contact::phone(if agency { ContactOwner::Agency } else { owner }, number)
}

/// `CTCM` and `CTCE` of a special service request: `/1800123456789-1NAME`, `/NAME//EXAMPLE.ORG`.
pub(crate) fn request_contact(code: &str, text: &str) -> Option<Contact> {
    match code {
        "CTCE" => Contact::email(ContactOwner::Passenger, text),
        _ => phone(text.split('-').next().unwrap_or_default(), ContactOwner::Passenger),
    }
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
    fn an_agency_phone_is_the_agencys() {
        let owner = |text| remark_contact(text).unwrap().owner;
        assert_eq!(owner("CTCT SEA 866 746-4647 SOME TRAVEL"), ContactOwner::Agency);
        assert_eq!(owner("UT CTCBOG 571-600 5820-A-COTOURIST"), ContactOwner::Agency);
        assert_eq!(owner("CTCP BOG 571 600 5820 A PBX"), ContactOwner::Agency);
        assert_eq!(owner("UT CTCH MEX01 81 8336 6900 H"), ContactOwner::Passenger);
        assert_eq!(owner("YY CTC M 123456789"), ContactOwner::Passenger);
        assert!(remark_contact("A VIP WHO CALLED 5551234567").is_none());
    }

    #[test]
    fn a_visa_is_issued_by_the_state_it_is_for() {
        let visa = doco(" UTOPOLIS/V/8675309/OTHER PLACE/22DEC06/LI", MESSAGE).unwrap();
        assert_eq!(
            (visa.number.as_str(), visa.issuer.unwrap().code.unwrap().as_str()),
            ("8675309", "LIE")
        );
        assert!(doco("//R/1234567890123///US", MESSAGE).is_none());
        assert_eq!(
            doca("/D/AUS/13 SHORE AVENUE/BROADBEACH/QLD/4215").unwrap().value,
            "13 SHORE AVENUE, BROADBEACH, QLD, 4215, AUS"
        );
    }

    proptest! {
        #[test]
        fn no_text_stops_a_reader(text in "[A-Z0-9/ .ÄÉ+-]{0,60}") {
            let _ = docs(&text, MESSAGE);
            let _ = doco(&text, MESSAGE);
            let _ = doca(&text);
            let _ = inft(&text, MESSAGE);
            let _ = frequent_flyer(&text);
            let _ = remark_contact(&format!("CTC{text}"));
            let _ = request_contact("CTCM", &text);
        }
    }
}
