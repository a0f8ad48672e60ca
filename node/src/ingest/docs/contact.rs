//! Contacts in the text of remarks (`OSI`) and requests (`CTCM`, `CTCE`, `CTCR`), AIRIMP forms.

use crate::ingest::model::{Contact, ContactOwner};

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
        Some('T' | 'A') => Contact::phone(ContactOwner::Agency, rest),
        _ => Contact::phone(ContactOwner::Passenger, rest),
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

/// `CTCM`, `CTCR` and `CTCE` of a special service request: `/1800123456789-1NAME`, `/NAME//EXAMPLE.ORG`.
pub(crate) fn request_contact(code: &str, text: &str) -> Option<Contact> {
    match code {
        "CTCE" => Contact::email(ContactOwner::Passenger, text),
        _ => Contact::phone(ContactOwner::Passenger, text.split('-').next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn no_text_stops_a_reader(text in "[A-Z0-9/ .ÄÉ+-]{0,60}") {
            let _ = remark_contact(&format!("CTC{text}"));
            let _ = request_contact("CTCM", &text);
        }
    }
}
