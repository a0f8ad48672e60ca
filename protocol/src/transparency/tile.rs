//! C2SP tlog-tiles: where the hashes and entries of a log lie, and how they are packed.

use super::merkle::{Nodes, ProofError, node_hash};
use crate::vocabulary::Digest;
use std::fmt;
use std::str::FromStr;

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;
/// The longest entry a bundle can hold, in bytes.
pub const BUNDLE_ENTRY_MAX: usize = u16::MAX as usize;
/// Tiles have 8 levels, and a tree of 64-bit size at most 64.
const LEVEL_MAX: u8 = 7;

/// Why a tile path or an entry bundle is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// Not a path of tlog-tiles.
    #[error("not the path of a tile")]
    Path,
    /// The bundle ends inside an entry.
    #[error("the entry bundle ends inside an entry")]
    Bundle,
    /// An entry is longer than 65,535 bytes.
    #[error("an entry is longer than 65,535 bytes")]
    Entry,
}

/// What lies on a shelf of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// `tile/<level>/`: hashes of complete subtrees of height `8 * level`.
    Hashes(u8),
    /// `tile/entries/`: the entries themselves.
    Entries,
}

/// One tile or entry bundle: its shelf, its place, how much of it is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    shelf: Shelf,
    index: u64,
    width: u64,
}

impl Tile {
    /// The tile at a place, filled as far as a tree of `size` leaves fills it.
    pub fn of_size(shelf: Shelf, index: u64, size: u64) -> Option<Self> {
        let level = match shelf {
            Shelf::Hashes(level) if level <= LEVEL_MAX => u32::from(level),
            Shelf::Hashes(_) => return None,
            Shelf::Entries => 0,
        };
        let filled = (size >> (8 * level)).checked_sub(index.checked_mul(TILE_WIDTH)?)?;
        (filled > 0).then_some(Self {
            shelf,
            index,
            width: filled.min(TILE_WIDTH),
        })
    }

    /// Hashes or entries, and of which level.
    pub const fn shelf(&self) -> Shelf {
        self.shelf
    }

    /// The place on the shelf.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Hashes or entries it holds, 1 to 256.
    pub const fn width(&self) -> u64 {
        self.width
    }

    /// The same place, filled to another width (1 to 256).
    pub fn with_width(self, width: u64) -> Option<Self> {
        (1..=TILE_WIDTH).contains(&width).then_some(Self { width, ..self })
    }

    /// Whether nothing will ever be added.
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }
}

/// The path below the log's address, such as `tile/0/x001/x234/067.p/8`.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shelf {
            Shelf::Hashes(level) => write!(f, "tile/{level}/")?,
            Shelf::Entries => f.write_str("tile/entries/")?,
        }
        let digits = self.index.checked_ilog10().unwrap_or(0) / 3;
        for group in (0..=digits).rev() {
            let part = self.index / 1000_u64.pow(group) % 1000;
            let mark = if group == 0 { "" } else { "x" };
            let slash = if group == 0 { "" } else { "/" };
            write!(f, "{mark}{part:03}{slash}")?;
        }
        if self.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", self.width)
        }
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        let rest = path.strip_prefix("tile/").ok_or(TileError::Path)?;
        let (shelf, rest) = rest.split_once('/').ok_or(TileError::Path)?;
        let shelf = match shelf {
            "entries" => Shelf::Entries,
            level => Shelf::Hashes(level.parse().map_err(|_| TileError::Path)?),
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().map_err(|_| TileError::Path)?),
            None => (rest, TILE_WIDTH),
        };
        let index = groups.split('/').try_fold(0_u64, |index, group| {
            let part: u64 = group.trim_start_matches('x').parse().map_err(|_| TileError::Path)?;
            index
                .checked_mul(1000)
                .and_then(|index| index.checked_add(part))
                .ok_or(TileError::Path)
        })?;
        let tile = Self { shelf, index, width };
        // Only the one form that prints back is a path.
        let known = (1..=TILE_WIDTH).contains(&width)
            && !matches!(shelf, Shelf::Hashes(level) if level > LEVEL_MAX)
            && tile.to_string() == path;
        if known { Ok(tile) } else { Err(TileError::Path) }
    }
}

/// The tiles and bundles that a tree of `new` leaves has and a tree of `old` had not, or not so full.
pub fn tiles_between(old: u64, new: u64) -> Vec<Tile> {
    let shelves = std::iter::once(Shelf::Entries).chain((0..=LEVEL_MAX).map(Shelf::Hashes));
    shelves.flat_map(|shelf| shelf_between(shelf, old, new)).collect()
}

fn shelf_between(shelf: Shelf, old: u64, new: u64) -> Vec<Tile> {
    let level = match shelf {
        Shelf::Hashes(level) => u32::from(level),
        Shelf::Entries => 0,
    };
    let (before, after) = (old >> (8 * level), new >> (8 * level));
    if before >= after {
        return Vec::new();
    }
    let places = before / TILE_WIDTH..after.div_ceil(TILE_WIDTH);
    places.filter_map(|index| Tile::of_size(shelf, index, new)).collect()
}

/// The bytes of a hash tile: its hashes, one after the other.
pub fn tile_bytes(nodes: &dyn Nodes, tile: &Tile) -> Result<Vec<u8>, ProofError> {
    let Shelf::Hashes(level) = tile.shelf else {
        return Err(ProofError::Range);
    };
    let first = tile.index * TILE_WIDTH;
    let mut bytes = Vec::new();
    for index in first..first + tile.width {
        let hash = nodes.node(8 * u32::from(level), index).ok_or(ProofError::Node)?;
        bytes.extend_from_slice(&hash.0);
    }
    Ok(bytes)
}

/// Packs entries as a bundle: a big-endian 16-bit length before each.
pub fn encode_bundle<E: AsRef<[u8]>>(entries: impl IntoIterator<Item = E>) -> Result<Vec<u8>, TileError> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.as_ref().len()).map_err(|_| TileError::Entry)?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry.as_ref());
    }
    Ok(bundle)
}

/// Unpacks a bundle.
pub fn decode_bundle(mut bundle: &[u8]) -> Result<Vec<Vec<u8>>, TileError> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk::<2>().ok_or(TileError::Bundle)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or(TileError::Bundle)?;
        entries.push(entry.to_vec());
        bundle = rest;
    }
    Ok(entries)
}

/// Nodes read from tiles, to build proofs from; as untrusted as the tiles are.
pub struct TileNodes<F> {
    size: u64,
    read: F,
}

impl<F: Fn(&Tile) -> Option<Vec<u8>>> TileNodes<F> {
    /// Reads the tiles of a tree of `size` leaves through `read`.
    pub const fn new(size: u64, read: F) -> Self {
        Self { size, read }
    }
}

impl<F> fmt::Debug for TileNodes<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TileNodes({})", self.size)
    }
}

impl<F: Fn(&Tile) -> Option<Vec<u8>>> Nodes for TileNodes<F> {
    fn node(&self, level: u32, index: u64) -> Option<Digest> {
        let shelf = Shelf::Hashes(u8::try_from(level / 8).ok()?);
        let (first, count) = (index.checked_shl(level % 8)?, 1_usize << (level % 8));
        let tile = Tile::of_size(shelf, first / TILE_WIDTH, self.size)?;
        let bytes = (self.read)(&tile)?;
        let start = usize::try_from(first % TILE_WIDTH).ok()?;
        let hashes = bytes.as_chunks::<32>().0.get(start..start + count)?;
        let mut row: Vec<Digest> = hashes.iter().copied().map(Digest).collect();
        while row.len() > 1 {
            row = row
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[left, right]| node_hash(left, right))
                .collect();
        }
        row.first().copied()
    }
}
