//! `FOP`, `ADD` and the payer of `IFT+4:43`.

use crate::ingest::docs;
use crate::ingest::edifact::Segment;
use crate::ingest::model::{Booking, Contact, ContactOwner, Payment};
use std::borrow::Cow;

/// The forms of payment of a `FOP`, card numbers cut down.
pub(super) fn forms(segment: &Segment<'_>) -> Vec<Payment> {
    segment
        .items(1)
        .filter(|element| !element.is_empty())
        .map(|form| {
            Payment::new(
                &form.component(0),
                &form.component(3),
                &form.component(4),
                &form.component(5),
            )
        })
        .collect()
}

/// The contacts of an `ADD`: street, city, district, country, postcode; telephone or a remark last.
pub(super) fn address(segment: &Segment<'_>, owner: ContactOwner) -> Vec<Contact> {
    let mut contacts = Vec::new();
    for element in segment.items(2) {
        let last = element.component(7);
        let reach = docs::remark_contact(&last).or_else(|| Contact::phone(owner, &last));
        let code = if reach.is_none() { last } else { Cow::Borrowed("") };
        let lines = [1, 2, 3, 6, 5].map(|component| element.component(component));
        let place = Contact::address(owner, lines.iter().map(AsRef::as_ref).chain([code.as_ref()]));
        contacts.extend(place.into_iter().chain(reach));
    }
    contacts
}

/// Name, address and telephone of the payer, with the last payment or one of their own.
pub(super) fn payer(booking: &mut Booking, words: &[Cow<'_, str>]) {
    let kept: Vec<_> = words
        .iter()
        .map(AsRef::as_ref)
        .filter(|word| !word.is_empty())
        .collect();
    if kept.is_empty() {
        return;
    }
    if booking.payments.is_empty() {
        booking.payments.push(Payment::new("", "", "", ""));
    }
    if let Some(payment) = booking.payments.last_mut() {
        payment.payer = Some(kept.join(", "));
    }
}
