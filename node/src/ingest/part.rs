//! One message as a part of its push: what was announced, and what came. Loading puts pushes together.

use super::edifact::{Message, Segment};
use super::model::Part;
use super::paxlst;

/// The part a message is; none unless it tells of passengers.
pub(super) fn of(message: &Message<'_>) -> Option<Part> {
    let mut provenance = paxlst::provenance(message);
    let (function, total, carried) = match message.header.text(2, 0).as_ref() {
        "PAXLST" => passengers(message.body),
        "PNRGOV" => bookings(message.body),
        _ => return None,
    };
    provenance.function = function;
    Some(Part {
        provenance,
        total,
        carried,
    })
}

/// Function, announced total and number of persons of a PAXLST: crew if it counts crew (`CNT+41`),
/// passengers else (`42`).
fn passengers(body: &[Segment<'_>]) -> (String, Option<usize>, usize) {
    let count = |which: &str| {
        let found = body
            .iter()
            .find(|segment| segment.tag() == "CNT" && segment.text(1, 0) == which);
        found.and_then(|segment| segment.text(1, 1).parse().ok())
    };
    let roles = |roles: &[&str]| {
        let named = body
            .iter()
            .filter(|segment| segment.tag() == "NAD" && roles.contains(&segment.text(1, 0).as_ref()));
        named.count()
    };
    let function = first(body, "BGM", 0);
    match (count("42"), count("41")) {
        (None, Some(crew)) => (function, Some(crew), roles(&["FM", "DDT"])),
        (total, _) => (function, total, roles(&["FL", "DDU"])),
    }
}

/// Function, announced total and number of bookings of a PNRGOV.
fn bookings(body: &[Segment<'_>]) -> (String, Option<usize>, usize) {
    let starts = |segment: &Segment<'_>| matches!(segment.tag(), "SRC" | "RCI");
    let level0 = body.split(starts).next().unwrap_or_default();
    let total = level0
        .iter()
        .find(|segment| segment.tag() == "EQN")
        .and_then(|segment| segment.text(1, 0).parse().ok());
    let marked = body.iter().filter(|segment| segment.tag() == "SRC").count();
    let stray = body.iter().find(|segment| starts(segment));
    let unmarked = usize::from(stray.is_some_and(|segment| segment.tag() == "RCI"));
    let function = first(level0, "MSG", 1);
    (function, total, marked + unmarked)
}

fn first(body: &[Segment<'_>], tag: &str, component: usize) -> String {
    let found = body.iter().find(|segment| segment.tag() == tag);
    found.map_or_else(String::new, |segment| segment.text(1, component).into_owned())
}
