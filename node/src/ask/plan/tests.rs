#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use super::*;
use crate::command::Question;
use crate::keys::SystemRandom;
use piux_protocol::blind::{EpochKey, EpochSeed, Query, SlotCount, SubjectCount};
use piux_protocol::vocabulary::{Basis, Offence, Timestamp, sha256};

const PURPOSE: Purpose = Purpose::SeriousCrime;

/// What a partner with so many subjects publishes.
struct Partner {
    subjects: u64,
    bits: u8,
    /// Rows of a bucket of family S and I of each class.
    rows: (u32, u32),
    classes: Vec<Class>,
}

impl Partner {
    fn small() -> Self {
        Self {
            subjects: 1_000,
            bits: 0,
            rows: (512, 512),
            classes: Class::ALL.to_vec(),
        }
    }

    /// A bucket of every class at five bits is an eighth of a MiB: full fits at five bits.
    fn medium() -> Self {
        Self {
            subjects: 100_000,
            bits: 5,
            rows: (12_800, 8_192),
            ..Self::small()
        }
    }

    fn national() -> Self {
        let spellings = [Class::Pk, Class::Si];
        Self {
            subjects: 100_000_000,
            classes: Class::ALL
                .iter()
                .copied()
                .filter(|class| !spellings.contains(class))
                .collect(),
            ..Self::small()
        }
    }

    fn descriptor(&self) -> Descriptor {
        let (seed, start) = (EpochSeed::from_bytes([1; 32]), Timestamp::from_seconds(1_780_000_000));
        let quarter = "2026Q2".parse().unwrap();
        let key = |class: &Class| EpochKey {
            purpose: PURPOSE,
            class: *class,
            pk: seed.key(PURPOSE, *class).public_key(),
        };
        let slots = |class: &Class| SlotCount {
            class: *class,
            quarter,
            s: self.rows.0,
            i: self.rows.1,
        };
        Descriptor {
            v: 1,
            agreement: "UTO-RUR-2026".parse().unwrap(),
            agreement_version: sha256("agreement"),
            epoch: 1,
            not_before: start,
            expires: start.plus_seconds(86_400),
            grace_until: start.plus_seconds(86_400),
            keys: self.classes.iter().map(key).collect(),
            bits: self.bits,
            slots: Class::ALL.iter().map(slots).collect(),
            undated: Undated::I,
            subjects_per_quarter: vec![SubjectCount {
                quarter,
                subjects: self.subjects,
            }],
            prev: None,
        }
    }

    fn plan(&self, question: &Question, budget: u32) -> Plan {
        self.plan_after(question, budget, &[])
    }

    fn plan_after(&self, question: &Question, budget: u32, asked: &[(Bucket, Window)]) -> Plan {
        let open = Open {
            names: vec![Scope::Full, Scope::Tight],
            single: Class::ALL
                .iter()
                .filter_map(|class| {
                    let scopes = Scope::ALL.iter();
                    let scope = scopes.copied().find(|scope| scope.segments().contains(class));
                    Some((*class, scope?))
                })
                .collect(),
        };
        let ground = Ground {
            descriptor: &self.descriptor(),
            purpose: PURPOSE,
            open: &open,
            keyset: Keyset::CURRENT,
            window: Window::All,
            budget,
            asked,
        };
        Plan::make(&Subject::of(question).unwrap(), &ground)
    }
}

fn question(persons: &[&str], documents: &[&str]) -> Question {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Question {
        to: Vec::new(),
        agreement: None,
        purpose: PURPOSE,
        offence: Offence::A04,
        basis: Basis::Pnr9_2,
        case: "2026/117".to_owned(),
        reasons: "suspected courier".to_owned(),
        officer: "officer Quill".to_owned(),
        documents: texts(documents),
        persons: texts(persons),
        phones: Vec::new(),
        emails: Vec::new(),
        locators: Vec::new(),
        frequent_flyers: Vec::new(),
        window: Window::All,
        declares: Vec::new(),
        urgent: false,
    }
}

fn says(plan: &Plan, words: &str) -> bool {
    plan.not_searched.iter().any(|said| said.contains(words))
}

fn buckets(plan: &Plan) -> Vec<Bucket> {
    plan.requests.iter().map(|planned| planned.bucket).collect()
}

/// The length of what leaves, dummies and all.
fn sent(planned: &Planned) -> usize {
    let question = piux_protocol::blind::Question {
        agreement: "UTO-RUR-2026".parse().unwrap(),
        agreement_version: sha256("agreement"),
        epoch: 1,
        purpose: PURPOSE,
        scope: planned.scope,
        bucket: planned.bucket,
        window: Window::All,
    };
    let (_, request) = Query::new(question, &planned.inputs(), &SystemRandom).unwrap();
    request.to_body().len()
}

fn asked(planned: &Planned, key: &MatchKey) -> bool {
    planned.keys.iter().any(|(_, keys)| keys.contains(key))
}

#[test]
fn a_document_is_searched_with_the_name_and_by_itself() {
    let asked = question(&["TESTMANN/ERIKA/1984-02-29"], &["UTO:L898902C3"]);
    let plan = Partner::small().plan(&asked, 8);
    let [named, alone] = plan.requests.as_slice() else {
        unreachable!("two requests: {:?}", buckets(&plan))
    };
    assert_eq!((named.scope, named.bucket.class()), (Scope::Full, None));
    assert!(named.tried().any(|class| class == Class::Doc));
    assert_eq!(alone.classes(), [Class::Doc]);
    assert!(!says(&plan, "documents were searched only"));
}

#[test]
fn a_name_with_one_part_leaves_as_a_name_with_five_does() {
    let one = Partner::small().plan(&question(&["SUHARTO//1984-02-29"], &[]), 8);
    let name = "TESTMANN HERRERA/ERIKA MARIA JOSEFINE/1984-02-29";
    let five = Partner::small().plan(&question(&[name], &[]), 8);
    assert_eq!(
        one.requests.iter().map(sent).collect::<Vec<_>>(),
        five.requests.iter().map(sent).collect::<Vec<_>>()
    );
    assert_eq!(one.requests.len(), 1);
}

#[test]
fn birth_dates_in_one_bucket_share_a_request_and_others_have_their_own() {
    let swapped = question(&["TESTMANN/ERIKA/1984-02-11", "TESTMANN/ERIKA/1984-11-02"], &[]);
    assert_eq!(Partner::medium().plan(&swapped, 8).requests.len(), 1);
    let apart = question(&["TESTMANN/ERIKA/1984-02-11", "TESTMANN/ERIKA/1984-02-12"], &[]);
    assert_eq!(Partner::medium().plan(&apart, 10).requests.len(), 2);
}

#[test]
fn every_request_tells_the_fewest_bits_that_keep_its_answer_within_a_mebibyte() {
    let asked = question(&["TESTMANN/ERIKA/1984-02-29"], &["UTO:L898902C3"]);
    let plan = Partner::medium().plan(&asked, 8);
    let bits: Vec<u8> = buckets(&plan).iter().map(|bucket| bucket.bits()).collect();
    assert_eq!(bits, [5, 2], "five classes of 12,800 rows; one of 8,192 times eight");
}

#[test]
fn if_the_budget_does_not_hold_all_answers_may_be_twice_that_size() {
    let asked = question(&["TESTMANN/ERIKA/1984-02-29"], &["UTO:L898902C3"]);
    let plan = Partner::medium().plan(&asked, 6);
    let bits: Vec<u8> = buckets(&plan).iter().map(|bucket| bucket.bits()).collect();
    assert_eq!(bits, [4, 1]);
    assert!(plan.over_budget.is_none());
}

#[test]
fn what_the_budget_does_not_hold_is_not_asked_and_named() {
    let asked = question(
        &["TESTMANN/ERIKA/1984-02-29", "TESTMANN/ERIKA/1984-03-01"],
        &["UTO:L898902C3"],
    );
    let plan = Partner::medium().plan(&asked, 5);
    assert_eq!(plan.requests.len(), 2, "the first birth date, and the document");
    assert!(
        says(&plan, "a further birth date was not searched"),
        "{:?}",
        plan.not_searched
    );
    assert_eq!(plan.over_budget, Some(9));
    let narrower = Partner::medium().plan(&asked, 4);
    assert!(says(&narrower, "a document under other birth dates was not searched"));
    assert!(says(&narrower, "documents were searched only under this birth date"));
    assert_eq!(Partner::medium().plan(&asked, 0).requests.len(), 0);
}

#[test]
fn what_was_told_before_counts() {
    let asked = question(&["TESTMANN/ERIKA/1984-02-29"], &[]);
    let plan = Partner::medium().plan(&asked, 8);
    let same: Vec<_> = buckets(&plan).into_iter().map(|bucket| (bucket, Window::All)).collect();
    assert_eq!(Partner::medium().plan_after(&asked, 5, &same).requests.len(), 1);
    let other = [(Bucket::S { bits: 5, number: 30 }, Window::All)];
    assert_ne!(same[0].0, other[0].0);
    assert_eq!(Partner::medium().plan_after(&asked, 8, &other).requests.len(), 0);
}

#[test]
fn a_national_index_is_asked_in_exact_names_and_never_by_what_strangers_share() {
    let asked = question(&["NGUYEN/VAN ANH/1984-02-29"], &[]);
    let plan = Partner::national().plan(&asked, 8);
    assert_eq!(plan.requests[0].scope, Scope::Tight);
    assert!(says(&plan, "other spellings of the name were not searched"));
    assert!(
        plan.left_out > 0 && says(&plan, "would match strangers"),
        "{:?}",
        plan.not_searched
    );
    let rare = Partner::small().plan(&asked, 8);
    assert_eq!((rare.left_out, rare.requests[0].scope), (0, Scope::Full));
}

#[test]
fn more_spellings_than_slots_are_asked_in_further_requests_of_the_same_bucket() {
    let many = question(
        &[
            "TESTMANN/ERIKA MARIA JOSEFINE ANNA/1984-02-29",
            "TOESTMAN/IRIKKA MARJA YOSEFIN HANNAH/1984-02-29",
        ],
        &[],
    );
    let plan = Partner::medium().plan(&many, 8);
    let [one, other] = plan.requests.as_slice() else {
        unreachable!("two requests: {:?}", buckets(&plan))
    };
    assert_eq!(one.bucket, other.bucket);
    for planned in &plan.requests {
        assert!(planned.keys.iter().all(|(class, keys)| keys.len() <= class.slots()));
    }
    let repeats = |class| {
        one.keys
            .iter()
            .any(|(of, keys)| *of == class && keys.iter().any(|key| asked(other, key)))
    };
    assert!(
        Class::ALL.iter().any(|class| repeats(*class)),
        "a key in both tells who is the same"
    );
}

#[test]
fn a_contact_is_asked_by_itself_even_with_a_name() {
    let mut asked = question(&["TESTMANN/ERIKA/1984-02-29"], &[]);
    asked.phones = vec!["+999 555 0100".to_owned()];
    asked.emails = vec!["erika@example.org".to_owned()];
    let plan = Partner::small().plan(&asked, 8);
    let alone: Vec<Vec<Class>> = plan.requests.iter().skip(1).map(Planned::classes).collect();
    assert_eq!(alone, [vec![Class::Phone], vec![Class::Email]]);
}

#[test]
fn a_class_nobody_offers_is_named_and_not_asked() {
    let mut partner = Partner::small();
    partner.classes.retain(|class| *class != Class::Phone);
    let mut asked = question(&[], &["UTO:L898902C3"]);
    asked.phones = vec!["+999 555 0100".to_owned()];
    let plan = partner.plan(&asked, 8);
    assert_eq!(plan.requests.len(), 1);
    assert!(says(&plan, "telephone numbers were not searched"));
    assert!(says(&plan, "names were not searched: no birth date was given"));
}
