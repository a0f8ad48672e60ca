//! Invented messages of any size, of the shape real feeds have.

use std::fmt::Write;

const SURNAMES: [&str; 8] = [
    "QUILLFEATHER",
    "ROOKWOOD",
    "MERROW",
    "ALBANESE",
    "FENWICK",
    "TANAKA",
    "VANDERMEER",
    "OKONJO",
];
const GIVEN: [&str; 8] = [
    "ORSOLYA MAE",
    "TAMSIN",
    "TILDA",
    "MARCO",
    "ODO",
    "YUI",
    "JOOST",
    "ADAEZE GRACE",
];

fn name(at: usize) -> (&'static str, &'static str) {
    let pick = |names: &[&'static str; 8], at: usize| names.get(at % 8).copied().unwrap_or_default();
    (pick(&SURNAMES, at), pick(&GIVEN, at / 3))
}

/// A PNRGOV push of so many bookings of one or two travellers, about 1.6 kB each.
pub(crate) fn push(bookings: usize) -> Vec<u8> {
    let mut text = String::from(
        "UNA:+.? '\nUNB+IATA:1+UT+UTOPIU+260304:1215+PUSH0007'\nUNH+1+PNRGOV:13:1:IA+050326/0700/UT/451+01:F'\n\
         MSG+:22'\nORG+UT:UTA'\nTVL+050326:0700:0910+UTA+RUB+UT+451'\n",
    );
    writeln!(text, "EQN+{bookings}'").unwrap();
    for at in 0..bookings {
        booking(&mut text, at);
    }
    text.push_str("UNT+1+1'\nUNZ+1+PUSH0007'\n");
    text.into_bytes()
}

fn booking(text: &mut String, at: usize) {
    writeln!(text, "SRC'\nRCI+1A:{:06}::110126:0439+UT:K{:05}'", at + 100_000, at).unwrap();
    text.push_str(
        "SSR+OTHS:HK:1:UT:::::KEEP AN EYE ON SEAT 12'\nDAT+700:030326:0718+710:120126:0900'\n\
         IFT+4:28::UT+CTCT UTA 020 7946 0000 SUNNY TRAVEL'\nIFT+4:28::UT+CTCM 447700900456'\n\
         ORG+1A:UTA+12345675:UTAUT2400+UTA+1A+T+GB'\n\
         ADD++700:4 HARBOUR ROW:PORT UTOPIA:SOUTH::GB:UT4 1ZZ:00447700900123'\n",
    );
    for person in 1..=1 + at % 2 {
        traveller(text, at, person);
    }
    for (flight, board, off) in [(451, "UTA", "RUB"), (452, "RUB", "NKW")] {
        writeln!(
            text,
            "TVL+050326:0700::0910+{board}+{off}+UT:UX+{flight}:Y'\nRPI+1+HK'\nTRA+UX+8{flight}:Y'\n\
             SSR+SEAT:HK:1:UT:::{board}:{off}+012A::1'\n\
             SSR+TKNE:HK:1:UT:::{board}:{off}:9991234567890C1+::1'\nDAT+2:050326:0512'\nORG+UT++++A'\n\
             TRI++{board}-12:::1'\nSSD+012A++++Y'\nTBD++1:17:700++HP:{board}-12+618:1026000001:1:NKW'"
        )
        .unwrap();
    }
}

fn traveller(text: &mut String, at: usize, person: usize) {
    let (surname, given) = name(at + 5 * person);
    let number = 550_000_000 + 2 * at + person;
    writeln!(
        text,
        "TIF+{surname}:I+{given}MS:A:{person}'\nFTI+UT:7001{at:06}'\nREF+:UT451{number}'\n\
         SSR+DOCS:HK:1:UT:::::/P/GB/{number}/GB/01JUL88/F/12NOV32/{surname}/{given}/+::{person}'\n\
         SSR+CTCE:HK:1:UT:::::/N{number}//EXAMPLE.ORG+::{person}'\nTKT+999{number}0:T:1'\n\
         MON+T:300.00:GBP'\nPTK+NR::N+++120126:0900'\nTXD++25.00:::GB'\nFOP+CC::300.00:VI:411111XXXXXX1111:0931'\n\
         IFT+4:15+UTA UT RUB 150.00 UT NKW 150.00 GBP300.00END'"
    )
    .unwrap();
}

/// A PAXLST of so many passengers, about 330 bytes each.
pub(crate) fn list(passengers: usize) -> Vec<u8> {
    let mut text = String::from(
        "UNA:+.? '\nUNB+UNOA:4+UTOPIA AIR+UTOPIU+260304:0915+UT000451'\n\
         UNH+M1+PAXLST:D:15B:UN:IATA+UT451/260305/0700+01:F'\nBGM+745'\nNAD+MS+++DISPATCH:DESK'\n\
         TDT+20+UT451+++UT'\nLOC+125+UTA'\nDTM+189:2603050700:201'\nLOC+87+RUB'\nDTM+232:2603050910:201'\n",
    );
    for at in 0..passengers {
        let (surname, given) = name(at);
        writeln!(
            text,
            "NAD+FL+++{surname}:{given}+4 HARBOUR ROW+PORT UTOPIA+:::SOUTH+UT4 1ZZ+GBR'\nATT+2++F'\n\
             DTM+329:840229'\nMEA+CT++2'\nGEI+4+173'\nLOC+22+NKW'\nLOC+174+GBR'\nLOC+178+UTA'\nLOC+179+NKW'\n\
             COM+0044 7700 900123:TE'\nNAT+2+GBR'\nRFF+AVF:Q{at:05}'\nRFF+ABO:UT451{at:06}'\nRFF+SEA:011D'\n\
             DOC+P:110:111+UT{:07}'\nDTM+36:310611'\nLOC+91+GBR'",
            8_000_000 + at
        )
        .unwrap();
    }
    writeln!(text, "CNT+42:{passengers}'\nUNT+1+M1'\nUNZ+1+UT000451'").unwrap();
    text.into_bytes()
}
