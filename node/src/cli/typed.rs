//! Values as people type them.

use piux_protocol::vocabulary::{ElementId, UnitId};

/// A unit, by its state's code or its whole name.
pub(super) fn unit(text: &str) -> Result<UnitId, String> {
    UnitId::of_state(text)
        .or_else(|_| text.parse())
        .map_err(|error| error.to_string())
}

/// A data element.
pub(super) fn element(text: &str) -> Result<ElementId, String> {
    ElementId::new(text.trim()).map_err(|_| "an element is written like pnr.04_names".to_owned())
}
