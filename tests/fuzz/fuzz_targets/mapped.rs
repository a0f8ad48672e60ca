//! Exports that a mapping file explains, a table and a manifest: everybody is accounted for, and
//! reading goes on after any unit as if it had never stopped.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;
use piux_node::ingest::{Booking, Decoded, Mapping, resume_mapped};

const TABLE: &str = include_str!("../../../node/data/mapping/gtas-like.toml");
const MANIFEST: &str = include_str!("../../../node/data/mapping/uk-manifest.toml");
const HEADER: &[u8] = b"passengerId,carrier,flightNumber,etdLocalDate,flightOrigin,flightDestination,passengerType,lastName,\
    firstName,gender,dob,nationality,documentType,documentNumber,issuanceCountry,phone,email\n";

/// What comes after a point: where each unit ends, and its bookings.
fn read(bytes: &[u8], mapping: &Mapping, after: u64) -> (Vec<(u64, Vec<Booking>)>, Decoded) {
    let (mut units, mut whole, mut input) = (Vec::new(), Decoded::default(), bytes);
    let outcome = resume_mapped::<std::io::Error>(&mut input, mapping, accounts::now(), after, &mut |unit| {
        units.push((unit.position_end, unit.bookings.clone()));
        whole.absorb(unit);
        Ok(())
    });
    assert!(outcome.is_ok(), "memory does not fail");
    (units, whole)
}

fuzz_target!(|input: (bool, u8, &[u8])| {
    let (is_table, stop, bytes) = input;
    let (mapping, bytes) = match is_table {
        true => (TABLE, [HEADER, bytes].concat()),
        false => (MANIFEST, bytes.to_vec()),
    };
    let Ok(mapping) = Mapping::parse("mapping", mapping) else {
        unreachable!("it is an example")
    };
    let (units, whole) = read(&bytes, &mapping, 0);
    accounts::settled(&whole);
    let Some((after, _)) = units.get(usize::from(stop) % units.len().max(1)) else {
        return;
    };
    // What does not tell where it ends is given again.
    let rest = units.iter().filter(|(end, _)| *end == 0 || end > after);
    assert!(read(&bytes, &mapping, *after).0.iter().eq(rest), "what was not read before");
});
