//! The fuzz targets and their programs.

use profkit_testkit::fuzz::{TARGETS, seeds};

#[test]
fn every_target_has_its_program_and_seeds() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).expect("a manifest");
    let programs = manifest.split("[[bin]]\nname = \"").skip(1).filter_map(|it| it.split('"').next());
    assert_eq!(programs.collect::<Vec<_>>(), TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
    for target in TARGETS {
        let seeds = seeds(target);
        assert!(seeds.len() > 200, "{} has {} seeds", target.name, seeds.len());
        // One of each sort; the programs try them all.
        for (name, bytes) in seeds.iter().step_by(97) {
            let done = std::panic::catch_unwind(|| (target.run)(bytes));
            assert!(done.is_ok(), "{}: {name}", target.name);
        }
    }
}
