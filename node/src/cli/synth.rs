//! `piux synth`: invented traffic for trials and tests.

use super::Cannot;
use crate::command::Report;
use crate::synth::{self, Feed, Rates, Recipe};
use clap::Args;
use jiff::civil::{Date, date};
use serde_json::json;
use std::path::PathBuf;

/// The day the invented world begins, unless another is named.
const FIRST_DAY: Date = date(2026, 11, 1);

/// What `piux synth` takes.
#[derive(Debug, Args)]
pub struct SynthArguments {
    /// A new or empty folder.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// At least so many travellers.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    travellers: u64,
    /// The same seed writes the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The first day of departure.
    #[arg(long, value_name = "YYYY-MM-DD", default_value_t = FIRST_DAY)]
    first_day: Date,
    /// paxlst, pnrgov, xml or ndjson; may repeat; all if none is named.
    #[arg(long = "feed", value_name = "FEED")]
    feeds: Vec<Feed>,
    /// Nothing goes wrong: no slips, no lost parts, no other delimiters.
    #[arg(long)]
    clean: bool,
}

/// Writes the traffic and the truth about it.
pub(super) fn run(arguments: SynthArguments) -> Result<Report, Cannot> {
    let feeds = if arguments.feeds.is_empty() {
        Feed::ALL.to_vec()
    } else {
        arguments.feeds
    };
    let recipe = Recipe {
        seed: arguments.seed,
        travellers: arguments.travellers,
        first_day: arguments.first_day,
        feeds: feeds.into_iter().collect(),
        rates: if arguments.clean { Rates::NONE } else { Rates::default() },
    };
    let sums = synth::write(&arguments.out, &recipe).map_err(|error| Cannot::because(&error))?;
    let mut text = String::new();
    for (feed, sum) in &sums {
        text += &format!(
            "{:7} {} travellers in {} bookings, {} files\n",
            feed.word(),
            sum.travellers,
            sum.bookings,
            sum.files
        );
    }
    text += &format!(
        "All of them are invented. What a decoder must find: {}\n",
        arguments.out.join("truth.ndjson").display()
    );
    Ok(Report::done(json!({ "seed": arguments.seed, "feeds": sums }), text))
}
