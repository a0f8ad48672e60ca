//! A whole lookup, both roles, no network: who holds, sends and learns what.
//!
//! `cargo run -p piux-examples --example both_sides`

use piux_examples::{Chance, Outcome, descriptor, person};
use piux_protocol::blind::{
    AnswerBuilder, Bucket, Descriptor, EpochSeed, Gate, LiveRow, LookupAnswer, LookupRequest, Query, Question, Rekey,
    StorageKey, StoredElement,
};
use piux_protocol::identifier::{BirthDate, Person, derive, derive_query};
use piux_protocol::vocabulary::{Class, Purpose, Scope, Window};

const PURPOSE: Purpose = Purpose::SeriousCrime;
const SCOPE: Scope = Scope::Tight;

fn main() -> Outcome<()> {
    // The responder holds one traveller, as elements under a storage key, and publishes an epoch.
    let responder = Responder::holding(&person("TESTMANN", "ERIKA JOSEFINE", "1984-02-29", "UTO:L898902C3")?);
    let descriptor = descriptor(&responder.epoch, PURPOSE, SCOPE)?;

    let known = person("Testmann", "Josefine Erika", "1984-02-29", "UTO:L898902C3")?;
    let stranger = person("NOBODY", "NEMO", "1984-02-29", "RUR:X0000017")?;
    for (who, asked) in [("a traveller it holds", known), ("somebody it does not", stranger)] {
        // The requester blinds the match keys; dummies fill the other places.
        let (query, request) = ask(&asked, &descriptor)?;
        let body = request.to_body();

        // The responder sees the purpose, the bucket and group elements; it cannot tell whom they name.
        let answer = responder.answer(&body, &descriptor)?;

        // The requester checks the proofs and opens the rows of its own keys, if there are any.
        let opened = query.open(
            &LookupAnswer::decode(&answer)?,
            &LookupRequest::hash(&body),
            &descriptor,
        )?;
        println!(
            "asked about {who}: {} bytes out, {} bytes back",
            body.len(),
            answer.len()
        );
        for hit in &opened {
            println!("  known by {}, next: {:?}, handle {}", hit.class, hit.gate, hit.handle);
        }
        if opened.is_empty() {
            println!("  no hit, in as many bytes as a hit");
        }
    }
    Ok(())
}

/// Keeps the query, sends the request.
fn ask(person: &Person, descriptor: &Descriptor) -> Outcome<(Query, LookupRequest)> {
    let keys = derive_query(person);
    let of = |class: &Class| {
        keys.iter()
            .filter(|key| key.class() == Some(*class))
            .map(|key| key.input())
            .collect()
    };
    let by_class: Vec<(Class, Vec<_>)> = SCOPE.segments().iter().map(|class| (*class, of(class))).collect();
    let birth_date = person.birth_date.and_then(BirthDate::complete);
    let birth_date = birth_date.ok_or("a bucket of family S needs a whole birth date")?;
    let question = Question {
        agreement: descriptor.agreement.clone(),
        agreement_version: descriptor.agreement_version,
        epoch: descriptor.epoch,
        purpose: PURPOSE,
        scope: SCOPE,
        bucket: Bucket::of_birth_date(birth_date, descriptor.bits),
        window: Window::All,
    };
    Ok(Query::new(question, &by_class, &Chance::new())?)
}

struct Responder {
    epoch: EpochSeed,
    storage: [u8; 32],
    held: Vec<(Class, StoredElement)>,
}

impl Responder {
    /// At rest a match key is a group element; the identifier itself is sealed elsewhere.
    fn holding(person: &Person) -> Self {
        let (epoch, storage) = (EpochSeed::draw(&Chance::new()), [7; 32]);
        let store = |class, input: &[u8]| (class, StorageKey::derive(&storage, class).store(input));
        let held = derive(person)
            .iter()
            .filter_map(|key| Some(store(key.class()?, &key.input())))
            .collect();
        Self { epoch, storage, held }
    }

    fn answer(&self, body: &[u8], descriptor: &Descriptor) -> Outcome<Vec<u8>> {
        let request = LookupRequest::parse(body)?;
        let mut answer = AnswerBuilder::new(&self.epoch, &request, LookupRequest::hash(body), &Chance::new());
        for class in request.segments.iter().map(|segment| segment.class) {
            let key = self.epoch.key(request.purpose, class);
            let context = descriptor.context(request.purpose, class).ok_or("not offered")?;
            let held: Vec<_> = self
                .held
                .iter()
                .filter(|held| held.0 == class)
                .map(|held| held.1)
                .collect();
            let secrets = Rekey::new(&key, &StorageKey::derive(&self.storage, class)).row_secrets(&context, &held)?;
            let live = |s| LiveRow {
                s,
                subject: [1; 16],
                eligible: Some(Gate::Routine),
            };
            let live: Vec<_> = secrets.into_iter().map(live).collect();
            let slots = descriptor
                .rows(class, request.bucket, &request.window)
                .ok_or("no such bucket")?;
            let sealed = answer.sealer().seal(class, &live, slots)?;
            answer.segment(&key, &key.public_key(), sealed, &Chance::new())?;
        }
        Ok(answer.finish()?.encode())
    }
}
