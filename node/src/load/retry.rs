//! Parts of quarantine, loaded again: after an update of the decoder, or under a better mapping.

use super::{LoadError, LoadOptions, LoadReport, Loader};
use crate::store::RecordId;

impl Loader {
    /// Loads a part again; it leaves quarantine if all of it is read. One in which nothing is found any
    /// more, as under a mapping that skips it, was not read.
    pub fn retry(&self, id: RecordId, options: LoadOptions) -> Result<LoadReport, LoadError> {
        let now = self.ground.clock.now();
        let held = self.quarantine.show(id, now)?;
        if held.mapped && options.mapping.is_none() {
            return Err(LoadError::Unmapped);
        }
        let content = self.quarantine.reopened(id, now)?;
        let mut report = LoadReport::default();
        let name = format!("quarantine {}", String::from(id));
        let options = LoadOptions {
            without_quarantine: true,
            ..options
        };
        self.load_stream(&name, &mut content.as_slice(), &options, &mut report, &mut |_| {})?;
        let counts = report.travellers;
        if counts.rejected == 0 && report.messages > 0 && counts.read >= held.travellers {
            self.quarantine.forget(id)?;
        }
        Ok(report)
    }
}
