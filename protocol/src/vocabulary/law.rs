//! The terms of the law: purposes, offences, bases, elements.

use super::class::closed_list;
use serde::{Deserialize, Serialize};
use std::fmt;

closed_list! {
    /// What a question serves (Directive (EU) 2016/681 Art. 1(2)).
    Purpose("purpose") {
        /// Terrorist offences (Art. 3(8); Directive (EU) 2017/541).
        TerroristOffences = "terrorist_offences",
        /// Serious crime (Art. 3(9), Annex II).
        SeriousCrime = "serious_crime",
        /// Can be said, and is always refused (CJEU C-817/19 paras 270-291).
        BorderControl = "border_control",
    }
}

closed_list! {
    /// The legal basis a question rests on.
    Basis("basis") {
        /// Spontaneous transfer, Directive (EU) 2016/681 Art. 9(1).
        Pnr9_1 = "pnr_9_1",
        /// Duly reasoned request between units, Art. 9(2).
        Pnr9_2 = "pnr_9_2",
        /// Emergency request by a competent authority, Art. 9(3).
        Pnr9_3 = "pnr_9_3",
        /// Specific and actual threat, Art. 9(4).
        Pnr9_4 = "pnr_9_4",
        /// Request by Europol, Art. 10.
        Pnr10 = "pnr_10",
        /// Transfer to a third country, Art. 11.
        Pnr11 = "pnr_11",
    }
}

closed_list! {
    /// What a token may be used for.
    Action("action") {
        /// Ask whether a subject is known.
        Lookup = "lookup",
        /// Ask for data elements of a hit.
        Disclose = "disclose",
    }
}

closed_list! {
    /// What the asking unit asserts, kept as evidence.
    Declaration("declaration") {
        /// The question concerns one specific case (Art. 9(2)).
        CaseSpecific = "case_specific",
        /// There is an objective link with the carriage of passengers by air (CJEU C-817/19).
        AirLink = "air_link",
        /// The offence carries a maximum penalty of at least three years (Art. 3(9)).
        Gravity = "gravity",
    }
}

closed_list! {
    /// `TER`, or one of the 26 offences of Annex II in its order.
    Offence("offence") {
        /// Terrorist offences.
        Ter = "TER",
        /// Participation in a criminal organisation.
        A01 = "A01",
        /// Trafficking in human beings.
        A02 = "A02",
        /// Sexual exploitation of children and child pornography.
        A03 = "A03",
        /// Illicit trafficking in narcotic drugs and psychotropic substances.
        A04 = "A04",
        /// Illicit trafficking in weapons, munitions and explosives.
        A05 = "A05",
        /// Corruption.
        A06 = "A06",
        /// Fraud, including that against the financial interests of the Union.
        A07 = "A07",
        /// Laundering of the proceeds of crime and counterfeiting of currency.
        A08 = "A08",
        /// Computer-related crime.
        A09 = "A09",
        /// Environmental crime.
        A10 = "A10",
        /// Facilitation of unauthorised entry and residence.
        A11 = "A11",
        /// Murder, grievous bodily injury.
        A12 = "A12",
        /// Illicit trade in human organs and tissue.
        A13 = "A13",
        /// Kidnapping, illegal restraint and hostage-taking.
        A14 = "A14",
        /// Organised and armed robbery.
        A15 = "A15",
        /// Illicit trafficking in cultural goods.
        A16 = "A16",
        /// Counterfeiting and piracy of products.
        A17 = "A17",
        /// Forgery of administrative documents and trafficking therein.
        A18 = "A18",
        /// Illicit trafficking in hormonal substances and other growth promoters.
        A19 = "A19",
        /// Illicit trafficking in nuclear or radioactive materials.
        A20 = "A20",
        /// Rape.
        A21 = "A21",
        /// Crimes within the jurisdiction of the International Criminal Court.
        A22 = "A22",
        /// Unlawful seizure of aircraft or ships.
        A23 = "A23",
        /// Sabotage.
        A24 = "A24",
        /// Trafficking in stolen vehicles.
        A25 = "A25",
        /// Industrial espionage.
        A26 = "A26",
    }
}

/// A data element of the profile's catalogue, such as `pnr.04_names`.
///
/// The catalogue is data of the legal profile; here only the form is checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ElementId(String);

impl ElementId {
    /// The element of this name; lower-case letters, digits, `.` and `_`, at most 40.
    pub fn new(name: &str) -> Result<Self, super::ParseTermError> {
        let fits = (1..=40).contains(&name.len());
        let plain = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'_');
        if fits && plain {
            Ok(Self(name.to_owned()))
        } else {
            Err(super::ParseTermError { list: "element" })
        }
    }
}

impl AsRef<str> for ElementId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ElementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ElementId {
    type Error = super::ParseTermError;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(&name)
    }
}

impl From<ElementId> for String {
    fn from(element: ElementId) -> Self {
        element.0
    }
}
