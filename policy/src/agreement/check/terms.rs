//! The terms of an agreement, each held against the profile.

use super::Reader;
use crate::agreement::file::{self, File, Word};
use crate::agreement::{ApprovalTerms, Direction, Party, Privacy, PurposeTerms, Quota, Recipient, Service, Terms};
use crate::finding::did_you_mean;
use crate::retention::Period;
use crate::term::{Approval, Onward};
use piux_protocol::vocabulary::{Basis, ElementId, Offence, Purpose, UnitId};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

impl Reader<'_> {
    pub(super) fn terms(&mut self, file: &File, parties: Option<&[Party; 2]>) -> Terms {
        let terms = Terms {
            bases: self.bases(&file.legal.bases, parties),
            purposes: self.purposes(&file.purposes),
            classes: BTreeSet::new(),
            window_quarters: None,
            kinds: BTreeSet::new(),
            bands: BTreeSet::new(),
            intra_eu: false,
            screening: false,
            reidentification: false,
            elements_full: BTreeSet::new(),
            elements_masked: BTreeSet::new(),
            approvals: self.approvals(&file.approvals),
            recipient: self.recipient(&file.recipient),
            quota: self.quota(&file.quota),
            privacy: self.privacy(&file.privacy),
            service: self.service(&file.service),
        };
        let terms = self.with_search(terms, &file.search);
        let terms = self.with_scope(terms, &file.scope);
        self.with_release(terms, &file.release)
    }

    pub(super) fn directions(&mut self, file: &File, terms: &Terms, parties: Option<&[Party; 2]>) -> Vec<Direction> {
        let read = file.directions.iter().filter_map(|direction| {
            let units = self.direction_units(direction, parties);
            let direction = direction.get_ref();
            let mut own = terms.clone();
            if let Some(search) = &direction.search {
                own = self.with_search(own, search);
            }
            if let Some(scope) = &direction.scope {
                own = self.with_scope(own, scope);
            }
            if let Some(release) = &direction.release {
                own = self.with_release(own, release);
            }
            if let Some(approvals) = &direction.approvals {
                own.approvals = self.approvals(approvals);
            }
            if let Some(recipient) = &direction.recipient {
                own.recipient = self.recipient(recipient);
            }
            if let Some(quota) = &direction.quota {
                own.quota = self.quota(quota);
            }
            units.map(|(asks, answers)| Direction {
                asks,
                answers,
                terms: own,
            })
        });
        read.collect()
    }

    fn direction_units(
        &mut self,
        direction: &Spanned<file::Direction>,
        parties: Option<&[Party; 2]>,
    ) -> Option<(UnitId, UnitId)> {
        let [first, second] = parties?;
        let read = |word: &Word| UnitId::of_state(word.get_ref()).ok();
        let pair = (read(&direction.get_ref().asks)?, read(&direction.get_ref().answers)?);
        if pair == (first.unit, second.unit) || pair == (second.unit, first.unit) {
            return Some(pair);
        }
        self.findings
            .add(direction.span(), "A058", "a direction goes from one party to the other");
        None
    }

    fn bases(&mut self, words: &[Word], parties: Option<&[Party; 2]>) -> BTreeSet<Basis> {
        let mut bases = BTreeSet::new();
        for word in words {
            let Some(basis) = self.term(word, "A013") else { continue };
            let regimes = parties.into_iter().flatten().map(|party| party.regime);
            let open = regimes
                .filter_map(|regime| self.profile.bases.get(&regime))
                .any(|bases| bases.contains(&basis));
            if parties.is_some() && !open {
                self.findings
                    .add(word.span(), "A014", "this basis is open to neither party");
            }
            bases.insert(basis);
        }
        bases
    }

    fn purposes(&mut self, purposes: &BTreeMap<Word, file::Purpose>) -> BTreeMap<Purpose, PurposeTerms> {
        let mut read = BTreeMap::new();
        for (name, purpose) in purposes {
            let known = self.term::<Purpose>(name, "A010");
            if known == Some(Purpose::BorderControl) {
                let message = "this purpose is not open under Directive (EU) 2016/681 Art. 1(2)";
                self.findings.add(name.span(), "A010", message);
            }
            let terms = PurposeTerms {
                offences: self.offences(known, &purpose.offences),
                activities: self.terms_of(&purpose.activities, "A015"),
                scopes: self.terms_of(&purpose.scopes, "A016"),
            };
            read.extend(known.map(|known| (known, terms)));
        }
        read
    }

    fn offences(&mut self, purpose: Option<Purpose>, words: &[Word]) -> BTreeSet<Offence> {
        let mut offences = BTreeSet::new();
        for word in words {
            let Some(offence) = self.term(word, "A011") else {
                continue;
            };
            let terrorist = purpose == Some(Purpose::TerroristOffences);
            if terrorist != (offence == Offence::Ter) {
                self.findings
                    .add(word.span(), "A012", "this offence does not fit the purpose");
            }
            offences.insert(offence);
        }
        offences
    }

    fn with_search(&mut self, mut terms: Terms, search: &file::Search) -> Terms {
        terms.classes = self.terms_of(&search.classes, "A017");
        let limit = self.profile.limits.window_quarters;
        terms.window_quarters = search
            .window_quarters
            .as_ref()
            .map(|quarters| self.bounded(quarters, 1, limit));
        terms
    }

    fn with_scope(&mut self, mut terms: Terms, scope: &file::Scope) -> Terms {
        terms.kinds = self.terms_of(&scope.kinds, "A018");
        terms.bands = self.terms_of(&scope.bands, "A019");
        for word in scope.bands.iter().filter(|word| word.get_ref() == "expired") {
            self.findings.add(
                word.span(),
                "A019",
                "expired records are erased and never shared (Art. 12(4))",
            );
        }
        terms.intra_eu = scope.intra_eu;
        terms.screening = scope.screening;
        terms.reidentification = scope.reidentification.as_ref().is_some_and(|wanted| *wanted.get_ref());
        terms
    }

    fn with_release(&mut self, mut terms: Terms, release: &file::Release) -> Terms {
        terms.elements_full = self.elements(&release.full.elements);
        terms.elements_masked = self.elements(&release.masked.elements);
        for word in &release.masked.elements {
            if !release
                .full
                .elements
                .iter()
                .any(|full| full.get_ref() == word.get_ref())
            {
                self.findings
                    .add(word.span(), "A022", "released for masked records but not for full ones");
            }
        }
        terms
    }

    fn elements(&mut self, words: &[Word]) -> BTreeSet<ElementId> {
        let mut elements = BTreeSet::new();
        for word in words {
            let id = word.get_ref();
            match self.profile.element(id) {
                None => {
                    let help = did_you_mean(id, self.profile.elements.keys().map(String::as_str));
                    self.findings
                        .add_with_help(word.span(), "A020", "unknown data element", help);
                }
                Some(element) if element.sensitive => {
                    let message = "reveals a sensitive thing and can never be released (Art. 13(4))";
                    self.findings.add(word.span(), "A021", message);
                }
                Some(_) => elements.extend(ElementId::new(id).ok()),
            }
        }
        elements
    }

    fn approvals(&mut self, approvals: &file::Approvals) -> ApprovalTerms {
        let hours = self.profile.limits.approval_valid_hours;
        ApprovalTerms {
            lookup: self
                .terms_of::<Approval>(&approvals.lookup, "A061")
                .into_iter()
                .collect(),
            disclose: self
                .terms_of::<Approval>(&approvals.disclose, "A061")
                .into_iter()
                .collect(),
            reidentify: self
                .terms_of::<Approval>(&approvals.reidentify, "A061")
                .into_iter()
                .collect(),
            valid_for_s: self.seconds(&approvals.valid_for, hours.saturating_mul(3600)),
        }
    }

    fn recipient(&mut self, recipient: &file::Recipient) -> Recipient {
        let report_use = self.parsed(&recipient.report_use, "A042").unwrap_or(Period::months(0));
        Recipient {
            retention_days: self.bounded(
                &recipient.retention_days,
                1,
                self.profile.limits.recipient_retention_days,
            ),
            delete_on: self.terms_of(&recipient.delete_on, "A043"),
            report_use,
            onward: self.term(&recipient.onward, "A044").unwrap_or(Onward::Never),
            handling: self.terms_of(&recipient.handling, "A045"),
        }
    }

    fn quota(&mut self, quota: &file::Quota) -> Quota {
        let limits = self.profile.limits;
        Quota {
            queries_per_day: self.bounded(&quota.queries_per_day, 1, limits.queries_per_day),
            slots_per_day: self.bounded(&quota.slots_per_day, 1, limits.slots_per_day),
            urgent_reserve: self.bounded(&quota.urgent_reserve, 0, limits.queries_per_day),
        }
    }

    fn privacy(&mut self, privacy: &file::Privacy) -> Privacy {
        let limits = self.profile.limits;
        let excepted = privacy
            .leak_exception
            .as_ref()
            .is_some_and(|reason| !reason.trim().is_empty());
        let leak_limit = if excepted {
            limits.leak_bits_by_exception
        } else {
            limits.leak_bits
        };
        if privacy.keyset.get_ref().is_empty() {
            self.findings.add(privacy.keyset.span(), "A062", "names no keyset");
        }
        Privacy {
            bits: self.bounded(&privacy.bits, 0, limits.bits),
            leak_bits: self.bounded(&privacy.leak_bits, 0, leak_limit),
            keyset: privacy.keyset.get_ref().clone(),
        }
    }

    fn service(&mut self, service: &file::Service) -> Service {
        const YEAR: u32 = 366 * 86_400;
        Service {
            lookup_s: self.seconds(&service.lookup, YEAR),
            disclose_urgent_s: self.seconds(&service.disclose_urgent, YEAR),
            disclose_s: self.seconds(&service.disclose, YEAR),
        }
    }
}
