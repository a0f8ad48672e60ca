//! Looks for markers in everything below a folder, in every spelling a leak could have.

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::path::{Path, PathBuf};

/// A marker that was found where none may be.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: PathBuf,
    /// The marker and its spelling.
    pub marker: String,
}

/// Every occurrence of a marker: raw in both cases, hex, base64 and base64url at each alignment.
pub fn find(folder: &Path, markers: &[&str]) -> Vec<Finding> {
    let (names, spellings): (Vec<String>, Vec<Vec<u8>>) = markers.iter().flat_map(|marker| spellings(marker)).unzip();
    let searcher = AhoCorasick::new(spellings).unwrap();
    let mut findings = Vec::new();
    search(folder, &searcher, &names, &mut findings);
    findings
}

/// A marker in every spelling, each with its name.
fn spellings(marker: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for case in [marker.to_uppercase(), marker.to_lowercase()] {
        all.push((format!("{case} as it is"), case.clone().into_bytes()));
        let utf16 = case.encode_utf16().flat_map(u16::to_le_bytes).collect();
        all.push((format!("{case} in UTF-16"), utf16));
        all.push((format!("{case} in hex"), hex::encode(&case).into_bytes()));
        all.push((format!("{case} in HEX"), hex::encode_upper(&case).into_bytes()));
        for shift in 0..3 {
            for (name, text) in [
                ("base64", inner(&STANDARD_NO_PAD, &case, shift)),
                ("base64url", inner(&URL_SAFE_NO_PAD, &case, shift)),
            ] {
                all.push((format!("{case} in {name} at {shift}"), text.into_bytes()));
            }
        }
    }
    all
}

/// The letters that depend on nothing around the marker, when it stands `shift` bytes into a group.
fn inner(engine: &impl Engine, marker: &str, shift: usize) -> String {
    let padded = [vec![0; shift], marker.as_bytes().to_vec()].concat();
    let whole = padded.len() / 3 * 3;
    let text = engine.encode(&padded[..whole]);
    text[(shift * 8).div_ceil(6)..].to_owned()
}

fn search(folder: &Path, searcher: &AhoCorasick, names: &[String], findings: &mut Vec<Finding>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, searcher, names, findings);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for found in searcher.find_iter(&bytes) {
            findings.push(Finding {
                file: path.clone(),
                marker: names[found.pattern()].clone(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_found_in_every_spelling_at_every_place() {
        let folder = tempfile::tempdir().unwrap();
        for before in 0..4 {
            let text = [vec![b'.'; before], b"ZZQMARKER".to_vec(), b"..".to_vec()].concat();
            for bytes in [
                text.clone(),
                hex::encode(&text).into(),
                STANDARD_NO_PAD.encode(&text).into(),
                URL_SAFE_NO_PAD.encode(&text).into(),
            ] {
                std::fs::write(folder.path().join("file"), bytes).unwrap();
                assert!(!find(folder.path(), &["zzqMarker"]).is_empty());
            }
        }
        std::fs::write(folder.path().join("file"), b"ZZQMARKE").unwrap();
        assert_eq!(find(folder.path(), &["ZZQMARKER"]), []);
    }
}
