//! Ways to reach somebody, and whose they are.

use super::redacted;
use serde::{Deserialize, Serialize};

redacted!(Contact);

/// A way to reach somebody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What it is.
    pub kind: ContactKind,
    /// Whose it is.
    pub owner: ContactOwner,
    /// Phone: digits with `+` if given; e-mail: lower case; address: its lines joined by commas.
    pub value: String,
}

/// The kinds of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    /// Telephone.
    Phone,
    /// Electronic mail.
    Email,
    /// Postal address.
    Address,
}

/// Whose contact it is. Only a passenger's may become a match key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactOwner {
    /// A traveller, or the travellers of the booking.
    Passenger,
    /// The agency: thousands of bookings share it.
    Agency,
    /// Who paid.
    Payer,
}

impl Contact {
    /// The phone number in a text: its digits, and `+` if it begins so or with `00`; none below
    /// seven digits.
    ///
    /// What stands around it is left out: the label, the city of an AIRIMP contact
    /// (`SEA 866 746-4647`), an extension, the letter of its kind. An `A` right after it says
    /// that it is an agency's.
    pub fn phone(owner: ContactOwner, text: &str) -> Option<Self> {
        let text = text.replace("(0)", "");
        let begin = text.find(|c: char| c.is_ascii_digit() || c == '+')?;
        let (number, after) = phone_end(text.get(begin..)?);
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let value = match digits.strip_prefix("00") {
            _ if !(7..=17).contains(&digits.len()) => return None,
            _ if number.starts_with('+') => format!("+{digits}"),
            Some(rest) if rest.len() >= 7 => format!("+{rest}"),
            _ => digits,
        };
        let mut after = after.chars();
        let is_agency = after.next() == Some('A') && after.next().is_none_or(|c| !c.is_ascii_alphanumeric());
        Some(Self {
            kind: ContactKind::Phone,
            owner: if is_agency { ContactOwner::Agency } else { owner },
            value,
        })
    }

    /// An e-mail address, with the ways messages write `@`, `_` and `-` undone.
    pub fn email(owner: ContactOwner, text: &str) -> Option<Self> {
        let plain = text.trim().trim_start_matches('/').to_ascii_lowercase();
        let plain = plain
            .replace(".at.", "@")
            .replace(" at ", "@")
            .replace("//", "@")
            .replace("..", "_");
        let value: String = plain.replace("./", "-").split_whitespace().collect();
        let (name, domain) = value.split_once('@')?;
        let fits = !name.is_empty() && domain.contains('.') && !domain.contains(['@', '/']);
        fits.then_some(Self {
            kind: ContactKind::Email,
            owner,
            value,
        })
    }

    /// A postal address of these lines; none if all are empty.
    pub fn address<'a>(owner: ContactOwner, lines: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let kept: Vec<_> = lines
            .into_iter()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        (!kept.is_empty()).then(|| Self {
            kind: ContactKind::Address,
            owner,
            value: kept.join(", "),
        })
    }
}

/// A text that begins with a phone number, split where the number ends.
fn phone_end(text: &str) -> (&str, &str) {
    let mut digits = 0;
    let ends = |c: char| {
        digits += u32::from(c.is_ascii_digit());
        // A slash stands between the parts of a number, or between two numbers.
        !(c.is_ascii_digit() || " -()+.".contains(c) || c == '/' && digits < 7)
    };
    let end = text.find(ends).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn the_ways_to_write_an_address_in_a_message_are_undone() {
        let email = |text| Contact::email(ContactOwner::Passenger, text).map(|c| c.value);
        assert_eq!(email("ZOE..QUILL//EXAMPLE.ORG").unwrap(), "zoe_quill@example.org");
        assert_eq!(email("/ZOE./QUILL//EXAMPLE.ORG").unwrap(), "zoe-quill@example.org");
        assert_eq!(email("QUILLZ.AT. EXAMPLE.ORG").unwrap(), "quillz@example.org");
        assert_eq!(email("NOBODY"), None);
    }

    #[test]
    fn a_phone_number_keeps_its_digits_and_its_plus() {
        let phone = |text| Contact::phone(ContactOwner::Passenger, text).map(|c| c.value);
        assert_eq!(phone("+44 7700 900123").unwrap(), "+447700900123");
        assert_eq!(phone("00447700900123").unwrap(), "+447700900123");
        assert_eq!(phone("703-555-1212").unwrap(), "7035551212");
        assert_eq!(phone("12345"), None);
        assert_eq!(phone("NONE"), None);
    }

    #[test]
    fn what_stands_around_a_phone_number_is_left_out() {
        let phone = |text| Contact::phone(ContactOwner::Passenger, text).map(|c| c.value);
        assert_eq!(phone("LON +44 (0)7700 900123 M").unwrap(), "+447700900123");
        assert_eq!(phone("WAS 202 555 0143 H").unwrap(), "2025550143");
        assert_eq!(phone("H5125551212").unwrap(), "5125551212");
        assert_eq!(phone("703-555-1212 X1234").unwrap(), "7035551212");
        assert_eq!(phone("703/555/1212").unwrap(), "7035551212");
        assert_eq!(phone("7035551212/7035551213").unwrap(), "7035551212");
    }

    #[test]
    fn the_number_of_an_agency_is_the_agencys() {
        let owner = |text| Contact::phone(ContactOwner::Passenger, text).unwrap().owner;
        assert_eq!(owner("BOG +57 1 600 5830 A"), ContactOwner::Agency);
        assert_eq!(owner("LON 020 7946 0018-A"), ContactOwner::Agency);
        assert_eq!(owner("LON 020 7946 0018-M"), ContactOwner::Passenger);
        assert_eq!(owner("020 7946 0018 ANN"), ContactOwner::Passenger);
    }
}
