//! Who of several answers is the same person.
//!
//! Handles differ from answer to answer. But two answers from one bucket show the same
//! people under the same key, and a search for one identifier by itself finds everybody
//! whom a search by name finds under it. So one person under a key in each is the same
//! person, and as many in both are the same people. Everything else stays apart, and is
//! said to be perhaps the same.

use super::told::{Found, ShownHit, Told};
use piux_protocol::blind::Bucket;
use piux_protocol::identifier::MatchKey;

/// A person shown, and the request that showed them first.
struct Known {
    request: usize,
    found: Found,
}

/// What a request that was taken in showed.
struct Seen {
    request: usize,
    bucket: Bucket,
    sharers: Vec<(MatchKey, usize)>,
}

/// The people all answers show, nobody twice who is known to be the same.
pub(super) fn people(mut told: Vec<Told>) -> Vec<ShownHit> {
    // Searches by name first: they know most of a person.
    told.sort_by_key(|told| told.bucket.class().is_some());
    let (mut known, mut seen): (Vec<Known>, Vec<Seen>) = (Vec::new(), Vec::new());
    for (request, told) in told.into_iter().enumerate() {
        let now = Seen {
            request,
            bucket: told.bucket,
            sharers: told.sharers,
        };
        for found in told.found {
            match place(&found, &now, &known, &seen) {
                Place::Is(at) => {
                    if let Some(same) = known.get_mut(at) {
                        same.found.shown.absorb(found.shown);
                        same.found.keys.extend(found.keys);
                    }
                }
                Place::Repeated => {}
                Place::New => known.push(Known { request, found }),
            }
        }
        seen.push(now);
    }
    marked(known)
}

enum Place {
    /// The same as a person known.
    Is(usize),
    /// One of several known under the same key; which of them does not matter.
    Repeated,
    New,
}

fn place(found: &Found, now: &Seen, known: &[Known], seen: &[Seen]) -> Place {
    for earlier in seen.iter().filter(|earlier| earlier.covered_by(now)) {
        for key in &found.keys {
            let here = now.sharing(key);
            if here == 0 || here != earlier.sharing(key) {
                continue;
            }
            let same = |known: &Known| known.request == earlier.request && known.found.keys.contains(key);
            return match known.iter().position(same) {
                Some(at) if here == 1 => Place::Is(at),
                Some(_) if now.bucket.class().is_some() => Place::Repeated,
                _ => continue,
            };
        }
    }
    Place::New
}

impl Seen {
    /// Whether everybody this request finds under a key is found under it by the other too.
    fn covered_by(&self, other: &Self) -> bool {
        self.bucket == other.bucket || (self.bucket.class().is_none() && other.bucket.class().is_some())
    }

    fn sharing(&self, key: &MatchKey) -> usize {
        let sharers = self.sharers.iter().find(|(of, _)| of == key);
        sharers.map_or(0, |(_, people)| *people)
    }
}

/// Marks hits of different requests: they may be one person, and nothing in them says.
fn marked(known: Vec<Known>) -> Vec<ShownHit> {
    let names: Vec<(usize, String)> = known
        .iter()
        .map(|known| (known.request, known.found.shown.hit.clone()))
        .collect();
    let mark = |known: Known| {
        let others = names.iter().filter(|(request, _)| *request != known.request);
        let mut shown = known.found.shown;
        shown.may_be = others.map(|(_, name)| name.clone()).collect();
        shown
    };
    known.into_iter().map(mark).collect()
}
