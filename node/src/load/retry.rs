//! Parts of quarantine, loaded again: after an update of the decoder, or under a better mapping.

use super::{LoadError, LoadOptions, LoadReport, Loader};
use crate::store::RecordId;

impl Loader {
    /// Loads a part again; it leaves quarantine if nothing of it is rejected.
    pub fn retry(&self, id: RecordId, options: LoadOptions) -> Result<LoadReport, LoadError> {
        let now = self.ground.clock.now();
        if self.quarantine.show(id, now)?.mapped && options.mapping.is_none() {
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
        if report.travellers.rejected == 0 {
            self.quarantine.forget(id)?;
        }
        Ok(report)
    }
}
