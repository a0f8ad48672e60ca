//! The ledger primitives against the vectors and two independent implementations.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use piux_protocol::transparency::{
    Checkpoint, CheckpointError, LogProof, Nodes, Note, NoteError, NoteSigner, NoteVerifier, Shelf, TILE_WIDTH, Tile,
    TileNodes, Tree, decode_bundle, empty_root, encode_bundle, leaf_hash, node_hash, prove_consistency,
    prove_inclusion, root, tile_bytes, tiles_between, verify_consistency, verify_inclusion,
};
use piux_protocol::vocabulary::Digest;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

fn vector(name: &str) -> Value {
    let path = format!("{}/vectors/transparency/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

fn entry(index: u64) -> Vec<u8> {
    format!("{{\"n\":{index}}}").into_bytes()
}

fn tree(size: u64) -> Tree {
    (0..size).map(|index| leaf_hash(entry(index))).collect()
}

fn signer() -> NoteSigner {
    NoteSigner::new("uto.example/audit/2026", &[7; 32]).unwrap()
}

#[test]
fn the_tree_has_the_roots_of_the_vector() {
    let vector = vector("tree");
    let mut tree = Tree::default();
    assert_eq!(tree.root(), empty_root());
    for (entry, root) in texts(&vector["entries"]).into_iter().zip(texts(&vector["roots"])) {
        tree.push(leaf_hash(hex::decode(entry).unwrap()));
        assert_eq!(hex::encode(tree.root()), root);
    }
}

#[test]
fn roots_and_proofs_equal_those_of_ct_merkle() {
    let (mut ours, mut theirs) = (Tree::default(), MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new());
    for size in 1..=300_u64 {
        ours.push(leaf_hash(entry(size - 1)));
        theirs.push(entry(size - 1));
        assert_eq!(ours.root().0[..], theirs.root().as_bytes()[..], "size {size}");
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = prove_inclusion(&ours, index, size).unwrap();
            assert_eq!(
                proof.concat_bytes(),
                theirs.prove_inclusion(usize::try_from(index).unwrap()).as_bytes()
            );
            verify_inclusion(&leaf_hash(entry(index)), index, size, &proof, &ours.root()).unwrap();
        }
    }
}

trait ConcatBytes {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl ConcatBytes for Vec<Digest> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|hash| hash.0).collect()
    }
}

fn theirs(hash: &Digest) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

fn check_with_tlog_tiles(tree: &Tree, size: u64, indexes: impl IntoIterator<Item = u64>) {
    let head = root(tree, size).unwrap();
    for index in indexes.into_iter().filter(|index| *index < size) {
        let leaf = leaf_hash(entry(index));
        let proof = prove_inclusion(tree, index, size).unwrap();
        verify_inclusion(&leaf, index, size, &proof, &head).unwrap();
        let proof = proof.iter().map(theirs).collect();
        tlog_tiles::check_record(&proof, size, theirs(&head), index, theirs(&leaf)).unwrap();

        let (old_size, old) = (index + 1, root(tree, index + 1).unwrap());
        let proof = prove_consistency(tree, old_size, size).unwrap();
        verify_consistency((old_size, &old), (size, &head), &proof).unwrap();
        let proof = proof.iter().map(theirs).collect();
        tlog_tiles::check_tree(&proof, size, theirs(&head), old_size, theirs(&old)).unwrap();
    }
}

#[test]
fn every_proof_up_to_300_leaves_holds_for_tlog_tiles_too() {
    let tree = tree(300);
    for size in 0..=300 {
        let step = if size < 70 { 1 } else { 13 };
        check_with_tlog_tiles(&tree, size, (0..size).step_by(step).chain(size.checked_sub(1)));
    }
}

#[test]
fn proofs_hold_around_the_border_of_a_second_level_tile() {
    let tree = tree(65_537);
    for size in 65_535..=65_537 {
        check_with_tlog_tiles(
            &tree,
            size,
            [0, 1, 255, 256, 32_767, 32_768, 65_279, 65_534, 65_535, 65_536],
        );
    }
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree() {
    let tree = tree(5);
    verify_consistency((0, &empty_root()), (5, &tree.root()), &[]).unwrap();
    assert!(verify_consistency((0, &tree.root()), (5, &tree.root()), &[]).is_err());
    assert!(verify_consistency((5, &empty_root()), (5, &tree.root()), &[]).is_err());
    assert!(verify_consistency((0, &empty_root()), (5, &tree.root()), &[tree.root()]).is_err());
}

proptest! {
    #[test]
    fn a_changed_proof_never_verifies(
        size in 1..400_u64, at in any::<prop::sample::Index>(), which in 0..5_usize,
        spot in any::<prop::sample::Index>(), bit in 0..256_usize,
    ) {
        let tree = tree(size);
        let index = at.index(usize::try_from(size).unwrap()) as u64;
        let mut leaf = leaf_hash(entry(index));
        let (mut proof, mut head) = (prove_inclusion(&tree, index, size).unwrap(), tree.root());
        let flip = |hash: &mut Digest| hash.0[bit / 8] ^= 1 << (bit % 8);
        match which {
            0 => flip(&mut leaf),
            1 => flip(&mut head),
            2 => proof.push(leaf),
            3 if !proof.is_empty() => { proof.pop(); }
            _ if !proof.is_empty() => { let at = spot.index(proof.len()); flip(&mut proof[at]); }
            _ => flip(&mut leaf),
        }
        prop_assert!(verify_inclusion(&leaf, index, size, &proof, &head).is_err());
    }

    #[test]
    fn a_changed_consistency_proof_never_verifies(
        size in 2..400_u64, at in any::<prop::sample::Index>(), which in 0..5_usize,
        spot in any::<prop::sample::Index>(), bit in 0..256_usize,
    ) {
        let tree = tree(size);
        let old = 1 + at.index(usize::try_from(size - 1).unwrap()) as u64;
        let (mut before, mut head) = (root(&tree, old).unwrap(), tree.root());
        let mut proof = prove_consistency(&tree, old, size).unwrap();
        let flip = |hash: &mut Digest| hash.0[bit / 8] ^= 1 << (bit % 8);
        match which {
            0 => flip(&mut before),
            1 => flip(&mut head),
            2 => proof.push(before),
            3 => { proof.pop(); }
            _ => { let at = spot.index(proof.len()); flip(&mut proof[at]); }
        }
        prop_assert!(verify_consistency((old, &before), (size, &head), &proof).is_err());
    }

    #[test]
    fn every_tile_prints_as_a_path_that_parses(level in 0..8_u8, index in 0..1_u64 << 40, width in 1..=256_u64) {
        for shelf in [Shelf::Entries, Shelf::Hashes(level)] {
            if let Some(tile) = Tile::of_size(shelf, index, u64::MAX).and_then(|tile| tile.with_width(width)) {
                prop_assert_eq!(tile.to_string().parse::<Tile>(), Ok(tile));
            }
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "[ -~\n\u{2014}]{0,300}", path in "tile/[x0-9/.p]{0,30}") {
        let _ = text.parse::<Note>();
        let _ = text.parse::<NoteVerifier>();
        let _ = text.parse::<Checkpoint>();
        let _ = format!("c2sp.org/tlog-proof@v1\n{text}").parse::<LogProof>();
        let _ = path.parse::<Tile>();
        let _ = decode_bundle(text.as_bytes());
    }

    #[test]
    fn a_bundle_unpacks_to_its_entries(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20)) {
        prop_assert_eq!(decode_bundle(&encode_bundle(&entries).unwrap()), Ok(entries));
    }
}

#[test]
fn an_entry_of_more_than_65535_bytes_fits_no_bundle() {
    assert!(encode_bundle([vec![0; 65_536]]).is_err());
    assert!(decode_bundle(&[0, 2, 1]).is_err());
}

#[test]
fn tile_paths_are_those_of_the_vector() {
    let vector = vector("tile_paths");
    let size = vector["size"].as_u64().unwrap();
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for tile in tiles_between(0, size) {
        last.insert(format!("{:?}", tile.shelf()), tile.to_string());
    }
    let mut last: Vec<_> = last.into_values().collect();
    last.sort();
    assert_eq!(last, texts(&vector["last"]));
    for path in texts(&vector["paths"]) {
        assert_eq!(path.parse::<Tile>().unwrap().to_string(), path);
    }
    for path in texts(&vector["refused"]) {
        assert!(path.parse::<Tile>().is_err(), "{path}");
    }
}

#[test]
fn the_note_of_the_vector_verifies_and_a_changed_one_does_not() {
    let vector = vector("note");
    let verifier: NoteVerifier = vector["vkey"].as_str().unwrap().parse().unwrap();
    let text = vector["note"].as_str().unwrap();
    let note: Note = text.parse().unwrap();
    assert!(note.verify(&verifier).unwrap().starts_with("If you think"));
    assert_eq!(note.to_string(), text);
    assert_eq!(verifier.to_string(), vector["vkey"]);

    let changed: Note = text.replace("your problem is", "your problem was").parse().unwrap();
    assert_eq!(changed.verify(&verifier), Err(NoteError::Signature));
    assert_eq!(note.verify(&signer().verifier()), Err(NoteError::Unsigned));
}

#[test]
fn a_checkpoint_is_signed_and_opened_under_its_origin_only() {
    let checkpoint = Checkpoint::new("uto.example/audit/2026", 5, tree(5).root());
    let note = checkpoint.sign(&signer()).unwrap();
    let reread: Note = note.to_string().parse().unwrap();
    assert_eq!(Checkpoint::open(&reread, &signer().verifier()), Ok(checkpoint.clone()));

    let other = Checkpoint::new("rur.example/audit/2026", 5, tree(5).root());
    assert_eq!(other.sign(&signer()), Err(CheckpointError::Origin));
    for text in ["a\n05\n", "a\n+5\n", "a\n5\nAAAA\n", "\n5\n", "a\n5", ""] {
        assert!(text.parse::<Checkpoint>().is_err(), "{text:?}");
    }
}

#[test]
fn a_tlog_proof_proves_its_entry_and_no_other() {
    let tree = tree(300);
    let checkpoint = Checkpoint::new("uto.example/audit/2026", 300, tree.root())
        .sign(&signer())
        .unwrap();
    let proof = LogProof {
        index: 77,
        hashes: prove_inclusion(&tree, 77, 300).unwrap(),
        checkpoint,
    };
    let reread: LogProof = proof.to_string().parse().unwrap();
    assert_eq!(reread, proof);
    assert_eq!(reread.verify(&entry(77), &signer().verifier()).unwrap().size, 300);
    assert!(reread.verify(&entry(78), &signer().verifier()).is_err());
    assert!(
        LogProof {
            index: 78,
            ..proof.clone()
        }
        .verify(&entry(77), &signer().verifier())
        .is_err()
    );

    let with_extra = proof.to_string().replacen("\nindex", "\nextra AAAA\nindex", 1);
    assert_eq!(with_extra.parse::<LogProof>().unwrap(), proof);
    assert!(
        proof
            .to_string()
            .replacen("index 77", "index 077", 1)
            .parse::<LogProof>()
            .is_err()
    );
}

type Tiles = BTreeMap<Tile, Vec<u8>>;

fn tiles(tree: &Tree, size: u64) -> Tiles {
    let hashes = tiles_between(0, size)
        .into_iter()
        .filter(|tile| tile.shelf() != Shelf::Entries);
    hashes.map(|tile| (tile, tile_bytes(tree, &tile).unwrap())).collect()
}

/// Our C2SP tiles, served to `tlog_tiles` under its own names.
struct Served<'a>(&'a Tiles);

impl tlog_tiles::TileReader for Served<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let find = |tile: &tlog_tiles::Tile| {
            let found = self
                .0
                .iter()
                .find(|(ours, _)| ours.shelf() == Shelf::Hashes(tile.level()) && ours.index() == tile.level_index());
            found.unwrap().1[..32 * tile.width() as usize].to_vec()
        };
        Ok(tiles.iter().map(find).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

/// The attack of CVE-2026-56865: with the entry its tile is forged, and a tile
/// reader that trusts the tiles it fetched calls the forgery authentic.
#[test]
fn a_forged_tile_is_never_evidence() {
    const SIZE: u64 = 70_000;
    let tree = tree(SIZE);
    let forged = leaf_hash("forged");
    let mut fooled = 0;
    for index in [5_u64, 300, 65_600, 69_000, 69_990] {
        let mut tiles = tiles(&tree, SIZE);
        let tile = Tile::of_size(Shelf::Hashes(0), index / TILE_WIDTH, SIZE).unwrap();
        let at = usize::try_from(index % TILE_WIDTH).unwrap() * 32;
        tiles.get_mut(&tile).unwrap()[at..at + 32].copy_from_slice(&forged.0);

        let served = Served(&tiles);
        let reader = tlog_tiles::TileHashReader::new(SIZE, theirs(&tree.root()), &served);
        let position = tlog_tiles::stored_hash_index(0, index);
        let answer = tlog_tiles::HashReader::read_hashes(&reader, &[position]);
        fooled += usize::from(answer.is_ok_and(|hashes| hashes[0].0 == forged.0));

        let nodes = TileNodes::new(SIZE, |tile| tiles.get(tile).cloned());
        let proof = prove_inclusion(&nodes, index, SIZE).unwrap();
        assert!(
            verify_inclusion(&forged, index, SIZE, &proof, &tree.root()).is_err(),
            "index {index}"
        );
        assert_eq!(nodes.node(0, index), Some(forged), "the tile does lie");
    }
    assert!(
        fooled > 0,
        "the oracle has been mended: find another reader that shows the attack"
    );
}

#[test]
fn proofs_built_from_honest_tiles_equal_those_of_the_tree() {
    const SIZE: u64 = 70_000;
    let tree = tree(SIZE);
    let tiles = tiles(&tree, SIZE);
    let nodes = TileNodes::new(SIZE, |tile| tiles.get(tile).cloned());
    for index in [0, 255, 256, 65_535, 65_536, 69_999] {
        assert_eq!(
            prove_inclusion(&nodes, index, SIZE),
            prove_inclusion(&tree, index, SIZE)
        );
        assert_eq!(
            prove_consistency(&nodes, index + 1, SIZE),
            prove_consistency(&tree, index + 1, SIZE)
        );
    }
    assert_eq!(
        nodes.node(1, 0),
        Some(node_hash(&tree.leaf(0).unwrap(), &tree.leaf(1).unwrap()))
    );
}
