//! Which requests a question becomes, within what the partner may learn (SPEC.md 4.5).
//!
//! A plan is made before anything of it is sent, and sent whatever the first answers
//! say: a partner that saw a second request only after a miss would learn that it was one.

use super::subject::Subject;
use piux_protocol::blind::answer::MAX_ROWS;
use piux_protocol::blind::{Bucket, Descriptor, LeakMeter, Undated};
use piux_protocol::grade::{FrequencyTable, expected};
use piux_protocol::identifier::{Keyset, MatchKey};
use piux_protocol::vocabulary::{Class, Purpose, Scope, Window};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Rows an answer should have at most: one MiB.
const MODEST_ROWS: usize = 65_536;
/// People an index may take in during an epoch besides a tenth of those it has.
const ROOM: u64 = 512;

/// What policy and agreement leave open for this question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Open {
    /// Scopes in which names may be searched, the preferred first.
    pub(super) names: Vec<Scope>,
    /// The scope in which one identifier of a class may be searched by itself.
    pub(super) single: BTreeMap<Class, Scope>,
}

/// Where a plan is made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) descriptor: &'a Descriptor,
    pub(super) purpose: Purpose,
    pub(super) open: &'a Open,
    pub(super) keyset: Keyset,
    pub(super) window: Window,
    /// Bits that may be told of the subject, all questions together.
    pub(super) budget: u32,
    /// What was asked of this partner about the subject before.
    pub(super) asked: &'a [(Bucket, Window)],
}

/// One request to send.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) scope: Scope,
    pub(super) bucket: Bucket,
    /// The keys in their slots; every other slot is a dummy.
    pub(super) keys: Vec<(Class, Vec<MatchKey>)>,
}

/// The requests of one question to one partner.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) requests: Vec<Planned>,
    /// Keys that would have matched strangers only, replaced by dummies.
    pub(super) left_out: usize,
    /// What the answers say nothing about, in plain words.
    pub(super) not_searched: Vec<String>,
    /// Bits the first request that was dropped would have led to.
    pub(super) over_budget: Option<u32>,
}

/// Something to search, before its bucket is settled.
struct Wanted {
    scope: Scope,
    place: Place,
    keys: Vec<MatchKey>,
}

enum Place {
    Born(jiff::civil::Date),
    Core(Class),
}

/// How many people may be in the part of the index that is searched: as many as when the
/// epoch began, and as many more as its buckets have room for.
pub(super) fn population(descriptor: &Descriptor, window: Window) -> u64 {
    let counts = descriptor.subjects_per_quarter.iter();
    let searched = counts.filter(|count| window.contains(count.quarter));
    let counted: u64 = searched.map(|count| count.subjects).sum();
    counted.saturating_add(counted / 10).saturating_add(ROOM)
}

impl Planned {
    /// The identifier the request is about, if it is about one.
    pub(super) fn identifier(&self) -> Option<&MatchKey> {
        self.key(self.bucket.class()?, 0)
    }

    fn empty(scope: Scope, bucket: Bucket) -> Self {
        let keys = Vec::new();
        let mut planned = Self { scope, bucket, keys };
        planned.keys = planned.classes().into_iter().map(|class| (class, Vec::new())).collect();
        planned
    }

    /// The request with these keys too; none if one of them finds no slot.
    fn with(&self, keys: &[MatchKey]) -> Option<Self> {
        let mut planned = self.clone();
        keys.iter().all(|key| planned.place(key)).then_some(planned)
    }

    /// Whether the key has a slot now, or had one already.
    fn place(&mut self, key: &MatchKey) -> bool {
        let of_class = self.keys.iter_mut().find(|(class, _)| key.class() == Some(*class));
        let Some((class, keys)) = of_class else { return false };
        if !keys.contains(key) && keys.len() < class.slots() {
            keys.push(key.clone());
        }
        keys.contains(key)
    }

    /// The segments the request carries.
    pub(super) fn classes(&self) -> Vec<Class> {
        match self.bucket.class() {
            Some(class) => vec![class],
            None => self.scope.segments().to_vec(),
        }
    }

    /// What is blinded, class by class.
    pub(super) fn inputs(&self) -> Vec<(Class, Vec<Zeroizing<Vec<u8>>>)> {
        let inputs = |keys: &Vec<MatchKey>| keys.iter().map(MatchKey::input).collect();
        self.keys.iter().map(|(class, keys)| (*class, inputs(keys))).collect()
    }

    /// The key in a slot; none for a dummy.
    pub(super) fn key(&self, class: Class, slot: usize) -> Option<&MatchKey> {
        let (_, keys) = self.keys.iter().find(|(of, _)| *of == class)?;
        keys.get(slot)
    }

    /// The classes in which at least one key is really asked.
    pub(super) fn tried(&self) -> impl Iterator<Item = Class> {
        let asked = self.keys.iter().filter(|(_, keys)| !keys.is_empty());
        asked.map(|(class, _)| *class)
    }
}

impl Plan {
    /// The requests about a subject, those that tell the officer most first.
    ///
    /// Every request has the fewest bits with which its answer stays within one MiB. Only
    /// if the budget would not hold all of them, answers may be twice that size.
    pub(super) fn make(subject: &Subject, ground: &Ground<'_>) -> Self {
        let mut plan = Self::default();
        let wanted = plan.wanted(subject, ground);
        let modest = attempt(&wanted, ground, MODEST_ROWS);
        let ample = attempt(&wanted, ground, MAX_ROWS);
        let chosen = if ample.is_better_than(&modest) { ample } else { modest };
        plan.take(chosen, &wanted, ground);
        plan
    }

    /// Says that the requests from number `sent` on were not answered.
    pub(super) fn breaks_off(&mut self, sent: usize, why: &str) {
        let (all, rest) = (self.requests.len(), self.requests.len().saturating_sub(sent));
        self.says(&format!("{rest} of {all} requests were not answered ({why})"));
    }

    /// Whether any request searches by name.
    pub(super) fn is_named(&self) -> bool {
        self.requests.iter().any(|planned| planned.bucket.class().is_none())
    }

    /// The first birth date, the documents, the other birth dates, then everything else.
    fn wanted(&mut self, subject: &Subject, ground: &Ground<'_>) -> Vec<Wanted> {
        let mut names = self.names(subject, ground).into_iter();
        let identifiers = self.identifiers(subject, ground);
        let (documents, contacts): (Vec<_>, Vec<_>) = identifiers
            .into_iter()
            .partition(|wanted| matches!(wanted.place, Place::Core(Class::Doc)));
        let first = names.next();
        first
            .into_iter()
            .chain(documents)
            .chain(names)
            .chain(contacts)
            .collect()
    }

    /// A search by name for every spelling, with the documents among the keys.
    fn names(&mut self, subject: &Subject, ground: &Ground<'_>) -> Vec<Wanted> {
        if !subject.is_named() {
            self.says("names were not searched: no birth date was given");
            return Vec::new();
        }
        let Some(scope) = ground.names_scope() else {
            self.says("names were not searched: neither agreement nor partner allows it for this purpose");
            return Vec::new();
        };
        self.says("names were searched only under the birth dates given");
        if scope == Scope::Tight {
            self.says("other spellings of the name were not searched: agreement or partner offers exact names only");
        }
        let documents = subject.identifiers(ground.keyset);
        let documents = documents.into_iter().filter(|key| key.class() == Some(Class::Doc));
        let documents: Vec<MatchKey> = documents.collect();
        let names = subject.names(ground.keyset);
        if names.is_empty() {
            self.says("names were not searched: the name gives no key");
        }
        let searched = |key: &MatchKey| key.class().is_some_and(|class| scope.segments().contains(&class));
        names
            .into_iter()
            .map(|(birth, keys)| {
                let keys = self.telling(keys.into_iter().filter(searched).collect(), ground);
                Wanted {
                    scope,
                    place: Place::Born(birth),
                    keys: documents.iter().cloned().chain(keys).collect(),
                }
            })
            .collect()
    }

    /// Leaves out what more strangers than none would share at the published size.
    fn telling(&mut self, keys: Vec<MatchKey>, ground: &Ground<'_>) -> Vec<MatchKey> {
        let (table, population) = (FrequencyTable::public(), population(ground.descriptor, ground.window));
        let (telling, common): (Vec<_>, Vec<_>) =
            keys.into_iter().partition(|key| expected(table, key, population) < 1.0);
        self.left_out += common.len();
        telling
    }

    /// A search for every identifier by itself, so that a wrong birth date hides nothing.
    fn identifiers(&mut self, subject: &Subject, ground: &Ground<'_>) -> Vec<Wanted> {
        let keys = subject.identifiers(ground.keyset);
        if !keys.iter().any(|key| key.class() == Some(Class::Doc)) {
            self.says("documents were not searched: none was given");
        }
        let mut wanted = Vec::new();
        for key in keys {
            let Some(class) = key.class() else { continue };
            match ground.single_scope(class) {
                Some(scope) => wanted.push(Wanted {
                    scope,
                    place: Place::Core(class),
                    keys: vec![key],
                }),
                None => self.says(&format!(
                    "{} were not searched: neither agreement nor partner allows it for this purpose",
                    plural(class)
                )),
            }
        }
        wanted
    }

    fn take(&mut self, attempt: Attempt, wanted: &[Wanted], ground: &Ground<'_>) {
        for index in &attempt.dropped {
            if let Some(wanted) = wanted.get(*index) {
                self.says(&dropped(wanted, ground.budget));
            }
        }
        if attempt.too_large {
            self.says("a part of the partner's index is too large for one answer: narrow --window");
        }
        let by_document = |planned: &Planned| planned.bucket.class() == Some(Class::Doc);
        let among_names = |planned: &Planned| planned.tried().any(|class| class == Class::Doc);
        let searched = &attempt.requests;
        if searched.iter().any(among_names) && !searched.iter().any(by_document) {
            self.says(match ground.descriptor.undated {
                Undated::I => "documents were searched only under this birth date",
                Undated::All => "documents were searched only under this birth date and where none is known",
            });
        }
        if self.left_out > 0 {
            let left_out = self.left_out;
            self.says(&format!("left out: {left_out} key(s) would match strangers"));
        }
        self.requests = attempt.requests;
        self.over_budget = attempt.over_budget;
    }

    fn says(&mut self, words: &str) {
        if !self.not_searched.iter().any(|said| said == words) {
            self.not_searched.push(words.to_owned());
        }
    }
}

impl Ground<'_> {
    fn offers(&self, class: Class) -> bool {
        self.descriptor.public_key(self.purpose, class).is_some()
    }

    fn names_scope(&self) -> Option<Scope> {
        let offered = |scope: &&Scope| scope.segments().iter().all(|class| self.offers(*class));
        self.open.names.iter().find(offered).copied()
    }

    fn single_scope(&self, class: Class) -> Option<Scope> {
        let scope = self.open.single.get(&class).copied();
        scope.filter(|_| self.offers(class))
    }

    /// The bucket with the fewest bits whose answer has at most so many rows.
    fn bucket(&self, wanted: &Wanted, most: usize) -> Option<Bucket> {
        let of = |bits| match wanted.place {
            Place::Born(birth) => Some(Bucket::of_birth_date(birth, bits)),
            Place::Core(class) => {
                let core = wanted.keys.first().and_then(MatchKey::core)?;
                Some(Bucket::of_core(class, core, bits))
            }
        };
        let fits = |bucket: &Bucket, most| self.rows(wanted, *bucket).is_some_and(|rows| rows <= most);
        let mut buckets = (0..=self.descriptor.bits).filter_map(of);
        let finest = of(self.descriptor.bits).filter(|bucket| fits(bucket, MAX_ROWS));
        buckets.find(|bucket| fits(bucket, most)).or(finest)
    }

    fn rows(&self, wanted: &Wanted, bucket: Bucket) -> Option<usize> {
        let classes = match wanted.place {
            Place::Born(_) => wanted.scope.segments(),
            Place::Core(ref class) => std::slice::from_ref(class),
        };
        let rows = classes.iter();
        rows.map(|class| self.descriptor.rows(*class, bucket, &self.window))
            .sum()
    }
}

/// What comes of the wanted searches with answers of a certain size.
#[derive(Default)]
struct Attempt {
    requests: Vec<Planned>,
    dropped: Vec<usize>,
    over_budget: Option<u32>,
    too_large: bool,
}

impl Attempt {
    /// Whether it searches more, or what matters more.
    fn is_better_than(&self, other: &Self) -> bool {
        let first = |attempt: &Self| attempt.dropped.first().copied().unwrap_or(usize::MAX);
        (first(self), other.dropped.len()) > (first(other), self.dropped.len())
    }
}

/// The spellings to search in one bucket.
struct Shared {
    scope: Scope,
    bucket: Bucket,
    spellings: Vec<Vec<MatchKey>>,
}

fn attempt(wanted: &[Wanted], ground: &Ground<'_>, most: usize) -> Attempt {
    let meter = LeakMeter::new(&ground.descriptor.subjects_per_quarter);
    let mut made = Attempt::default();
    let mut asked = ground.asked.to_vec();
    let mut buckets: Vec<Shared> = Vec::new();
    for (index, one) in wanted.iter().enumerate() {
        let Some(bucket) = ground.bucket(one, most) else {
            made.too_large = true;
            continue;
        };
        asked.push((bucket, ground.window));
        let bits = meter.bits(&asked);
        if bits > ground.budget {
            asked.pop();
            made.over_budget.get_or_insert(bits);
            made.dropped.push(index);
            continue;
        }
        let same = |shared: &&mut Shared| (shared.scope, shared.bucket) == (one.scope, bucket);
        let by_birth = bucket.class().is_none();
        match buckets.iter_mut().find(same).filter(|_| by_birth) {
            Some(shared) => shared.spellings.push(one.keys.clone()),
            None => buckets.push(Shared {
                scope: one.scope,
                bucket,
                spellings: vec![one.keys.clone()],
            }),
        }
    }
    made.requests = buckets.iter().flat_map(Shared::requests).collect();
    made
}

impl Shared {
    /// One request if the keys of all spellings fit, else one for each spelling that does not.
    ///
    /// Places left over repeat keys of the requests before: who is hit by the same key in
    /// two answers from one bucket is the same person.
    fn requests(&self) -> Vec<Planned> {
        let mut requests: Vec<Planned> = Vec::new();
        for keys in &self.spellings {
            let joined = requests.last().and_then(|last| last.with(keys));
            match joined {
                Some(joined) => {
                    requests.pop();
                    requests.push(joined);
                }
                None => requests.extend(Planned::empty(self.scope, self.bucket).with(keys)),
            }
        }
        let before: Vec<MatchKey> = self.spellings.concat();
        for request in requests.iter_mut().skip(1) {
            before.iter().for_each(|key| {
                request.place(key);
            });
        }
        requests
    }
}

fn dropped(wanted: &Wanted, budget: u32) -> String {
    let what = match wanted.place {
        Place::Born(_) => "a further birth date was",
        Place::Core(Class::Doc) => "a document under other birth dates was",
        Place::Core(Class::Phone) => "a telephone number was",
        Place::Core(Class::Email) => "an e-mail address was",
        Place::Core(Class::Ff) => "a frequent flyer number was",
        Place::Core(_) => "a record locator was",
    };
    format!("{what} not searched: the partner would learn more than {budget} bit(s) about the person")
}

fn plural(class: Class) -> &'static str {
    match class {
        Class::Doc => "documents",
        Class::Phone => "telephone numbers",
        Class::Email => "e-mail addresses",
        Class::Ff => "frequent flyer numbers",
        Class::Loc => "record locators",
        Class::Nx | Class::Ds | Class::Px | Class::Pk | Class::Si => "names",
    }
}

#[cfg(test)]
mod tests;
