//! The answering side: evaluates what was asked, and seals a bucket's rows so
//! that their number says nothing (SPEC.md 4.6, 4.7, 4.10).

use super::answer::{AnswerSegment, LookupAnswer, MAX_ROWS};
use super::element::PublicKey;
use super::epoch::EpochSeed;
use super::mac::Mac;
use super::proof::{self, ProofError};
use super::request::LookupRequest;
use super::row::{CROWD, Gate, Label, QueryKey, Row, RowSecret};
use super::voprf::SecretKey;
use crate::vocabulary::{Class, Digest, Handle, Random, Salt};
use std::fmt;

/// Why an answer was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Two subjects have one handle under this salt: start again with another.
    #[error("two subjects share a handle; another salt is needed")]
    Collision,
    /// More rows than the slots published for them: never cut off, but an alarm.
    #[error("a bucket of class {0} has outgrown its slots")]
    Overflow(Class),
    /// More than [`MAX_ROWS`] in one answer.
    #[error("an answer has at most 131072 rows")]
    TooManyRows,
    /// A class the request does not ask for, or one answered twice or not at all.
    #[error("the answer has other segments than the request")]
    Segments,
    /// The elements could not be evaluated.
    #[error("the elements were not evaluated")]
    Evaluation(#[source] ProofError),
}

/// One entry of a bucket: a key and a subject that has it.
///
/// One for each class, key and subject over the window; the caller de-duplicates.
#[derive(Clone)]
pub struct LiveRow {
    /// The secret of the key.
    pub s: RowSecret,
    /// The resolved person, never a booking.
    pub subject: [u8; 16],
    /// The gate of the subject's eligible records that carry the key; none if
    /// no record may be found by this requester now.
    pub eligible: Option<Gate>,
}

impl fmt::Debug for LiveRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LiveRow(..)")
    }
}

/// Names subjects within one answer:
/// `handle = HMAC(HMAC(Kh, req_hash || salt), subject)[0..7]`, `Kh = HMAC(E, "piux/1/handle\0")`.
pub struct Handles(Mac);

impl Handles {
    /// The handles of one answer. A follow-up finds its subject with them too.
    pub fn new(seed: &EpochSeed, req_hash: &Digest, salt: &Salt) -> Self {
        Self(seed.answer_key(b"piux/1/handle\0", &binding(req_hash, salt)))
    }

    /// The handle of a subject.
    pub fn of(&self, subject: &[u8; 16]) -> Handle {
        let [a, b, c, d, e, f, g, ..] = self.0.of(subject);
        Handle([a, b, c, d, e, f, g])
    }
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handles(..)")
    }
}

/// Seals the rows of one answer's segments.
#[derive(Debug)]
pub struct RowSealer {
    query: QueryKey,
    filler: QueryKey,
    handles: Handles,
}

/// The rows of one segment, and the handles they use.
pub struct SealedRows {
    class: Class,
    rows: Vec<Row>,
    handles: Vec<(Handle, [u8; 16])>,
}

impl RowSealer {
    /// The keys of one answer. The filler key is `HMAC(Kp, req_hash || salt)`,
    /// `Kp = HMAC(E, "piux/1/pad\0")`, and stays here.
    pub fn new(seed: &EpochSeed, req_hash: &Digest, salt: &Salt) -> Self {
        let filler = seed.answer_key(b"piux/1/pad\0", &binding(req_hash, salt));
        Self {
            query: QueryKey::new(req_hash, salt),
            filler: QueryKey::filler(filler),
            handles: Handles::new(seed, req_hash, salt),
        }
    }

    /// Exactly `slots` rows in ascending order.
    ///
    /// Live rows are sealed for whoever asked for their key; what is not
    /// eligible, crowded out or missing runs the same code under a key nobody
    /// else has. Fastest when the caller keeps its rows sorted by `s`.
    pub fn seal(&self, class: Class, held: &[LiveRow], slots: usize) -> Result<SealedRows, SealError> {
        if held.len() > slots {
            return Err(SealError::Overflow(class));
        }
        if slots > MAX_ROWS {
            return Err(SealError::TooManyRows);
        }
        let places = self.places(held, slots);
        let mut rows = Vec::with_capacity(slots);
        let sharing = |a: &Place<'_>, b: &Place<'_>| a.held.s.expose() == b.held.s.expose();
        for group in places.chunk_by(sharing) {
            let live = group.iter().filter(|place| place.held.eligible.is_some()).count();
            let labels = group
                .iter()
                .enumerate()
                .map(|(position, place)| place.label(position, live));
            rows.extend(
                group
                    .iter()
                    .zip(labels)
                    .map(|(place, label)| self.row(class, place, label)),
            );
        }
        rows.sort_unstable_by_key(|row| u128::from_be_bytes(*row));
        let live = places.iter().filter(|place| place.held.eligible.is_some());
        let handles = live.map(|place| (place.handle, place.held.subject)).collect();
        Ok(SealedRows { class, rows, handles })
    }

    /// A place for every slot, those of one key together: live ones first, in handle order.
    fn places<'a>(&self, held: &'a [LiveRow], slots: usize) -> Vec<Place<'a>> {
        let all = held.iter().chain(std::iter::repeat(&EMPTY)).take(slots).enumerate();
        let mut places: Vec<_> = all
            .map(|(index, held)| Place::new(index, held, &self.handles))
            .collect();
        places.sort_unstable_by(|a, b| {
            let secrets = || a.held.s.expose().cmp(b.held.s.expose());
            let order = || (a.held.eligible.is_none(), a.handle).cmp(&(b.held.eligible.is_none(), b.handle));
            a.prefix.cmp(&b.prefix).then_with(secrets).then_with(order)
        });
        places
    }

    fn row(&self, class: Class, place: &Place<'_>, label: Option<(u8, Label)>) -> Row {
        let filler = place.filler(class);
        let (key, secret, j, label) = match label {
            Some((j, label)) => (&self.query, place.held.s.expose(), j, label.to_bytes()),
            None => (&self.filler, &filler, 0, [0; 8]),
        };
        key.seal_bytes(secret, j, label)
    }
}

impl fmt::Debug for SealedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedRows({}, {})", self.class, self.rows.len())
    }
}

/// Builds the answer to one request, segment by segment.
#[derive(Debug)]
pub struct AnswerBuilder<'a> {
    request: &'a LookupRequest,
    answer: LookupAnswer,
    sealer: RowSealer,
    handles: Vec<(Handle, [u8; 16])>,
}

impl<'a> AnswerBuilder<'a> {
    /// Begins an answer under a fresh salt. `req_hash` is the digest of the body as received.
    pub fn new(seed: &EpochSeed, request: &'a LookupRequest, req_hash: Digest, random: &dyn Random) -> Self {
        let salt = Salt(random.bytes());
        let answer = LookupAnswer {
            qid: request.qid,
            req_hash,
            salt,
            segments: Vec::new(),
        };
        Self {
            request,
            answer,
            sealer: RowSealer::new(seed, &req_hash, &salt),
            handles: Vec::new(),
        }
    }

    /// The sealer of this answer, for callers that seal segments side by side.
    pub fn sealer(&self) -> &RowSealer {
        &self.sealer
    }

    /// Evaluates a class of the request and adds the rows sealed for it.
    ///
    /// Segments are added in the order of the request.
    pub fn segment(
        &mut self,
        key: &SecretKey,
        public: &PublicKey,
        sealed: SealedRows,
        random: &dyn Random,
    ) -> Result<(), SealError> {
        let class = sealed.class;
        let next = self.request.segments.get(self.answer.segments.len());
        let asked = next
            .filter(|segment| segment.class == class)
            .ok_or(SealError::Segments)?;
        let (evaluated, proof) =
            proof::evaluate(key, public, &asked.elements, random).map_err(SealError::Evaluation)?;
        self.answer.segments.push(AnswerSegment {
            class,
            evaluated,
            proof,
            rows: sealed.rows,
        });
        self.handles.extend(sealed.handles);
        Ok(())
    }

    /// The whole answer, or what keeps it from being one.
    pub fn finish(mut self) -> Result<LookupAnswer, SealError> {
        if self.answer.segments.len() != self.request.segments.len() {
            return Err(SealError::Segments);
        }
        if self
            .answer
            .segments
            .iter()
            .map(|segment| segment.rows.len())
            .sum::<usize>()
            > MAX_ROWS
        {
            return Err(SealError::TooManyRows);
        }
        self.handles.sort_unstable();
        let one_subject_each = self.handles.is_sorted_by(|a, b| a.0 != b.0 || a.1 == b.1);
        if one_subject_each {
            Ok(self.answer)
        } else {
            Err(SealError::Collision)
        }
    }
}

/// A slot on its way to becoming a row.
struct Place<'a> {
    prefix: u64,
    handle: Handle,
    index: u32,
    held: &'a LiveRow,
}

impl<'a> Place<'a> {
    fn new(index: usize, held: &'a LiveRow, handles: &Handles) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *held.s.expose();
        Self {
            prefix: u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            handle: handles.of(&held.subject),
            index: u32::try_from(index).unwrap_or(u32::MAX),
            held,
        }
    }

    /// What the place says as number `position` of its key, `live` subjects of which are live.
    fn label(&self, position: usize, live: usize) -> Option<(u8, Label)> {
        let j = u8::try_from(position).ok()?;
        let gate = self.held.eligible?;
        if live <= usize::from(CROWD) {
            return Some((
                j,
                Label {
                    gate,
                    handle: self.handle,
                },
            ));
        }
        (j == 0).then_some((
            0,
            Label {
                gate: Gate::Crowded,
                handle: Handle([0; 7]),
            },
        ))
    }

    /// What stands in for `s` in a row that says nothing: different for every slot of an answer.
    fn filler(&self, class: Class) -> [u8; 32] {
        let [a, b, c, d] = self.index.to_be_bytes();
        let mut filler = [0; 32];
        filler
            .iter_mut()
            .zip([class.code(), a, b, c, d])
            .for_each(|(to, from)| *to = from);
        filler
    }
}

/// The entry of a slot that holds none.
static EMPTY: LiveRow = LiveRow {
    s: RowSecret::ZERO,
    subject: [0; 16],
    eligible: None,
};

fn binding(req_hash: &Digest, salt: &Salt) -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes
        .iter_mut()
        .zip(req_hash.0.iter().chain(&salt.0))
        .for_each(|(to, from)| *to = *from);
    bytes
}

#[cfg(test)]
mod tests;
