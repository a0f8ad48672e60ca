//! The settings of one state: they narrow the profile, and never widen it.

use crate::finding::{Finding, Findings, SourceFile};
use crate::profile::{Limits, Profile};
use crate::retention::Period;
use serde::Deserialize;
use toml::Spanned;

/// The path of the file of national settings.
pub const SETTINGS: &str = "national.toml";

/// `national.toml`; everything in it may be left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<String>,
    /// Whether the strict rules of the profile hold.
    #[serde(default = "yes")]
    strict: bool,
    retention: Option<Retention>,
    limits: Option<Spanned<LowerLimits>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Retention {
    full: Option<Spanned<String>>,
    erase: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LowerLimits {
    recipient_retention_days: Option<u32>,
    agreement_years: Option<u16>,
    queries_per_day: Option<u32>,
    slots_per_day: Option<u32>,
    window_quarters: Option<u16>,
    approval_valid_hours: Option<u32>,
    bits: Option<u8>,
    leak_bits: Option<u8>,
    leak_bits_by_exception: Option<u8>,
}

fn yes() -> bool {
    true
}

/// Narrows a profile by national settings; tells whether the strict rules hold.
pub(crate) fn narrow(mut profile: Profile, settings: Option<&SourceFile>) -> Result<(Profile, bool), Vec<Finding>> {
    let Some(settings) = settings else {
        return Ok((profile, true));
    };
    let mut findings = Findings::new(&settings.path, &settings.text);
    let file: File = match toml::from_str(&settings.text) {
        Ok(file) => file,
        Err(error) => {
            findings.add_toml("N000", &error);
            return Err(findings.into_vec());
        }
    };
    if file.format.get_ref() != "piux-national/1" {
        findings.add(
            file.format.span(),
            "N001",
            "national settings start with `format = \"piux-national/1\"`",
        );
    }
    if let Some(retention) = &file.retention {
        shorten(&mut profile.schedule.full, retention.full.as_ref(), &mut findings);
        shorten(&mut profile.schedule.erase, retention.erase.as_ref(), &mut findings);
    }
    if let Some(limits) = &file.limits {
        lower_all(&mut profile.limits, limits, &mut findings);
    }
    if findings.is_empty() {
        Ok((profile, file.strict))
    } else {
        Err(findings.into_vec())
    }
}

fn shorten(bound: &mut Period, wanted: Option<&Spanned<String>>, findings: &mut Findings<'_>) {
    let Some(wanted) = wanted else { return };
    match wanted.get_ref().parse::<Period>() {
        Err(error) => findings.add(wanted.span(), "N002", error.to_string()),
        Ok(period) if period.is_within(*bound) => *bound = period,
        Ok(_) => findings.add(
            wanted.span(),
            "N010",
            format!("longer than the profile allows ({bound})"),
        ),
    }
}

fn lower_all(bounds: &mut Limits, wanted: &Spanned<LowerLimits>, findings: &mut Findings<'_>) {
    let (span, limits) = (wanted.span(), wanted.get_ref());
    let mut widened = Vec::new();
    let mut note = |name, narrows: bool| {
        if !narrows {
            widened.push(name);
        }
    };
    macro_rules! lower {
        ($($field:ident),*) => {$(
            note(stringify!($field), lower(&mut bounds.$field, limits.$field));
        )*};
    }
    lower!(
        recipient_retention_days,
        agreement_years,
        queries_per_day,
        slots_per_day,
        window_quarters
    );
    lower!(approval_valid_hours, bits, leak_bits, leak_bits_by_exception);
    for name in widened {
        findings.add(
            span.clone(),
            "N010",
            format!("`limits.{name}` is above the bound of the profile"),
        );
    }
}

/// Lowers a bound; false if it would be raised.
fn lower<T: PartialOrd + Copy>(bound: &mut T, wanted: Option<T>) -> bool {
    match wanted {
        Some(wanted) if wanted > *bound => false,
        Some(wanted) => {
            *bound = wanted;
            true
        }
        None => true,
    }
}
