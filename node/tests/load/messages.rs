//! Invented messages of an invented carrier.

/// A booking of a push: locator, then the lines of its travellers.
pub(crate) fn booking(locator: &str, flight: &str, travellers: &[&str]) -> String {
    let people: String = travellers.concat();
    format!("SRC'RCI+ZZ:{locator}::010226:0900'ORG+ZZ:UTP'{people}{flight}")
}

pub(crate) fn cancelled(locator: &str) -> String {
    format!("SRC'RCI+ZZ:{locator}::010226:0900'ORG'")
}

/// A traveller with a passport.
pub(crate) fn traveller(surname: &str, given: &str, passport: &str) -> String {
    format!(
        "TIF+{surname}:I+{given}MR:A:1'SSR+DOCS:HK:1:ZZ:::::/P/UTO/{passport}/UTO/03MAY71/M/01JAN32/{surname}/{given}/'"
    )
}

/// A traveller of whom nothing but the name is known.
pub(crate) fn nameless(surname: &str, given: &str) -> String {
    format!("TIF+{surname}:I+{given}MR:A:1'")
}

/// ZZ417 on 5 March.
pub(crate) const OUT: &str = "TVL+050326:0830::1145+UTP+STR+ZZ+417:Y'RPI+1+HK'";
/// ZZ418 on 9 March.
pub(crate) const BACK: &str = "TVL+090326:1830::2145+STR+UTP+ZZ+418:Y'RPI+1+HK'";

/// One message of a push about ZZ417: kind 22 or 141, its part, all bookings announced.
pub(crate) fn push(kind: &str, control: &str, part: &str, total: usize, bookings: &[String]) -> String {
    let bookings = bookings.concat();
    let segments = 6 + bookings.matches('\'').count();
    let part = if part.is_empty() {
        String::new()
    } else {
        format!("+{part}")
    };
    format!(
        "UNB+IATA:1+ZZ+UTOPIU+260304:1215+{control}++PNRGOV'UNH+1+PNRGOV:13:1:IA+050326/0830/ZZ/417{part}'MSG+:{kind}'\
         ORG+ZZ:UTP'TVL+050326:0830:1145+UTP+STR+ZZ+417'EQN+{total}'{bookings}UNT+{segments}+1'UNZ+1+{control}'"
    )
}

pub(crate) fn full(control: &str, bookings: &[String]) -> String {
    push("22", control, "01:F", bookings.len(), bookings)
}

pub(crate) fn update(control: &str, bookings: &[String]) -> String {
    push("141", control, "", bookings.len(), bookings)
}

/// A passenger list of ZZ417.
pub(crate) fn list(control: &str, code: &str, people: &[String]) -> String {
    part_of_list(control, code, "", people.len(), people)
}

/// One part of a passenger list of ZZ417, all passengers announced.
pub(crate) fn part_of_list(control: &str, code: &str, part: &str, total: usize, people: &[String]) -> String {
    let bodies = people.concat();
    let segments = 9 + bodies.matches('\'').count();
    let part = if part.is_empty() {
        String::new()
    } else {
        format!("+{part}")
    };
    format!(
        "UNB+UNOA:4+ZZAIR+UTOPIU+260305:0830+{control}'UNH+1+PAXLST:D:12B:UN:IATA+ZZ417/260305{part}'BGM+{code}'\
         TDT+20+ZZ417+++ZZ'LOC+125+UTP'DTM+189:2603050830:201'LOC+87+STR'DTM+232:2603051145:201'{bodies}\
         CNT+42:{total}'UNT+{segments}+1'UNZ+1+{control}'"
    )
}

/// A listed passenger; verified: read from the document.
pub(crate) fn listed(surname: &str, given: &str, passport: &str, locator: &str, verified: bool) -> String {
    let how = if verified { "173" } else { "174" };
    let locator = if locator.is_empty() {
        String::new()
    } else {
        format!("RFF+AVF:{locator}'")
    };
    format!(
        "NAD+FL+++{surname}:{given}'ATT+2++M'DTM+329:710503'GEI+4+{how}'NAT+2+UTO'{locator}DOC+P+{passport}'\
         DTM+36:320101'LOC+91+UTO'"
    )
}
