//! What goes wrong between a person and a message: every slip at its rate, and noted.

use super::bookings::Member;
use super::dice::Dice;
use super::person::{Age, Person};
use jiff::civil::Date;
use serde::Serialize;

/// A way in which a message differs from the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    /// Title glued to the given names: `JOHNMR`.
    TitleGlued,
    /// Given names run together: `CHUNHAO`.
    RunTogether,
    /// Surname and given names swapped.
    FieldsSwapped,
    /// Two neighbouring letters swapped.
    LettersSwapped,
    /// Another romanisation in use.
    Spelling,
    /// Cut to what a machine-readable zone holds.
    Truncated,
    /// Day and month of birth swapped.
    DayMonthSwapped,
    /// A letter O for a zero in the document number.
    LetterForDigit,
    /// The country in two letters.
    AlphaTwo,
}

/// How often something goes wrong, each from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// Of names in bookings: the title glued to the given names.
    pub title_glued: f64,
    /// Of names of several given names: run together.
    pub run_together: f64,
    /// Of names: fields swapped.
    pub fields_swapped: f64,
    /// Of names: two letters swapped.
    pub letters_swapped: f64,
    /// Of names that have one: another romanisation.
    pub spelling: f64,
    /// Of birth dates: day and month swapped.
    pub day_month_swapped: f64,
    /// Of document numbers with a zero: a letter O for it.
    pub letter_for_digit: f64,
    /// Of countries: two letters.
    pub alpha_two: f64,
    /// Of messages: a wrong count in `UNT`.
    pub wrong_count: f64,
    /// Of pushes in parts: one part lost.
    pub lost_part: f64,
    /// Of EDIFACT files: sent once more.
    pub repeated: f64,
    /// Of EDIFACT files: other delimiters than the usual ones.
    pub dialects: f64,
}

/// A person as one message writes them.
#[derive(Debug, Clone)]
pub(super) struct Spelt {
    pub(super) surname: String,
    pub(super) given: String,
    pub(super) birth_date: Date,
    pub(super) number: String,
    /// The country as written, two or three letters.
    pub(super) issuer: String,
    pub(super) slips: Vec<Slip>,
}

impl Default for Rates {
    /// Engineering assumptions; no public source gives such figures.
    fn default() -> Self {
        Self {
            title_glued: 0.6,
            run_together: 0.1,
            fields_swapped: 0.005,
            letters_swapped: 0.005,
            spelling: 0.03,
            day_month_swapped: 0.002,
            letter_for_digit: 0.005,
            alpha_two: 0.1,
            wrong_count: 0.3,
            lost_part: 0.01,
            repeated: 0.02,
            dialects: 0.3,
        }
    }
}

impl Rates {
    /// Nothing goes wrong.
    pub const NONE: Self = Self {
        title_glued: 0.0,
        run_together: 0.0,
        fields_swapped: 0.0,
        letters_swapped: 0.0,
        spelling: 0.0,
        day_month_swapped: 0.0,
        letter_for_digit: 0.0,
        alpha_two: 0.0,
        wrong_count: 0.0,
        lost_part: 0.0,
        repeated: 0.0,
        dialects: 0.0,
    };
}

impl Spelt {
    /// A person as a document reader or a typist writes them.
    pub(super) fn of(person: &Person, rates: &Rates, dice: &mut Dice) -> Self {
        let mut spelt = Self {
            surname: person.surname.clone(),
            given: person.given.clone(),
            birth_date: person.birth_date,
            number: person.passport.clone(),
            issuer: person.nation.code.clone(),
            slips: Vec::new(),
        };
        spelt.spell(person, rates, dice);
        spelt.swap(rates, dice);
        spelt.truncate();
        spelt.misdate(rates, dice);
        spelt.renumber(rates, dice);
        spelt
    }

    /// The given names as the name field of a booking has them, title and all.
    pub(super) fn titled(&mut self, member: &Member, rates: &Rates, dice: &mut Dice) -> String {
        let mut given = self.given.clone();
        if given.contains(' ') && dice.chance(rates.run_together) {
            given = given.replace(' ', "");
            self.slips.push(Slip::RunTogether);
        }
        let title = match (member.age, member.person.woman) {
            (Age::Infant, _) => return given,
            (Age::Child, true) => "MISS",
            (Age::Child, false) => "MSTR",
            (Age::Adult, true) => "MRS",
            (Age::Adult, false) => "MR",
        };
        if given.is_empty() {
            return title.to_owned();
        }
        if dice.chance(rates.title_glued) {
            self.slips.push(Slip::TitleGlued);
            format!("{given}{title}")
        } else {
            format!("{given} {title}")
        }
    }

    fn spell(&mut self, person: &Person, rates: &Rates, dice: &mut Dice) {
        if !dice.chance(rates.spelling) {
            return;
        }
        let whole = format!("{} {}", self.surname, self.given);
        let fits: Vec<_> = person
            .nation
            .spellings
            .iter()
            .filter(|(part, _)| whole.contains(part))
            .collect();
        if let Some((part, other)) = dice.pick(&fits) {
            self.surname = self.surname.replacen(part, other, 1);
            self.given = self.given.replacen(part, other, 1).trim().to_owned();
            self.slips.push(Slip::Spelling);
        }
    }

    fn swap(&mut self, rates: &Rates, dice: &mut Dice) {
        if !self.surname.is_empty() && !self.given.is_empty() && dice.chance(rates.fields_swapped) {
            std::mem::swap(&mut self.surname, &mut self.given);
            self.slips.push(Slip::FieldsSwapped);
        }
        if self.surname.len() > 3 && dice.chance(rates.letters_swapped) {
            let mut letters: Vec<char> = self.surname.chars().collect();
            let at = usize::try_from(dice.between(1, letters.len() as u64 - 2)).unwrap_or(1);
            if let Some([one, other]) = letters.get_mut(at..at + 2)
                && one.is_alphabetic()
                && other.is_alphabetic()
                && one != other
            {
                std::mem::swap(one, other);
                self.surname = letters.into_iter().collect();
                self.slips.push(Slip::LettersSwapped);
            }
        }
    }

    /// The name field of a passport has 39 characters, two of them between the names.
    fn truncate(&mut self) {
        let room = 37_usize.saturating_sub(self.surname.len());
        if self.given.len() > room {
            self.given.truncate(room);
            self.given.truncate(self.given.trim_end().len());
            self.slips.push(Slip::Truncated);
        }
    }

    fn misdate(&mut self, rates: &Rates, dice: &mut Dice) {
        let date = self.birth_date;
        let swapped = Date::new(date.year(), date.day(), date.month())
            .ok()
            .filter(|swapped| *swapped != date);
        if let Some(swapped) = swapped.filter(|_| dice.chance(rates.day_month_swapped)) {
            self.birth_date = swapped;
            self.slips.push(Slip::DayMonthSwapped);
        }
    }

    fn renumber(&mut self, rates: &Rates, dice: &mut Dice) {
        if self.number.contains('0') && dice.chance(rates.letter_for_digit) {
            self.number = self.number.replacen('0', "O", 1);
            self.slips.push(Slip::LetterForDigit);
        }
        if let Some(two) = alpha_two(&self.issuer).filter(|_| dice.chance(rates.alpha_two)) {
            two.clone_into(&mut self.issuer);
            self.slips.push(Slip::AlphaTwo);
        }
    }
}

/// The two-letter code of some states (ISO 3166-1).
fn alpha_two(code: &str) -> Option<&'static str> {
    const CODES: [(&str, &str); 20] = [
        ("BRN", "BN"),
        ("IDN", "ID"),
        ("KHM", "KH"),
        ("LAO", "LA"),
        ("MYS", "MY"),
        ("MMR", "MM"),
        ("PHL", "PH"),
        ("SGP", "SG"),
        ("THA", "TH"),
        ("VNM", "VN"),
        ("CHN", "CN"),
        ("KOR", "KR"),
        ("JPN", "JP"),
        ("IND", "IN"),
        ("DEU", "DE"),
        ("FRA", "FR"),
        ("GBR", "GB"),
        ("ESP", "ES"),
        ("TUR", "TR"),
        ("POL", "PL"),
    ];
    CODES.iter().find(|(three, _)| *three == code).map(|(_, two)| *two)
}
