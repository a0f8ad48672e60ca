//! Promises of a whole piux, kept on real nodes; one promise a file.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod a_disclosure_needs_people;
mod a_folder_has_one_opener;
mod a_hit_must_be_proved;
mod a_lookup_finds_who_is_known;
mod a_lookup_outside_its_grant_is_refused;
mod a_person_is_found_however_spelt;
mod a_purpose_is_not_another;
mod a_record_refused_looks_like_a_miss;
mod a_refusal_names_its_clause;
mod a_replay_is_refused;
mod a_subject_is_told_little_of;
mod a_suspension_holds_at_once;
mod an_agreement_names_the_keyset;
mod an_answer_belongs_to_its_question;
mod both_sides_keep_evidence;
mod every_covered_part_is_protected;
mod nothing_written_names_anybody;
mod without_a_ledger_nothing_leaves;
