//! The inputs by name, made when they are first needed and kept in a folder of the build.

use crate::large;
use profkit_testkit::inputs::{Drift, Graph, Stacks, callgrind, collapsed, pprof, pstats, speedscope};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// To be raised when an input changes, so that no kept one is taken for it.
const VERSION: u32 = 2;
/// The size of the large inputs as collapsed lines.
const BYTES: f64 = 100e6;
const FUNCTIONS: f64 = 50_000.0;
const ARCS: f64 = 300_000.0;
/// How many small files there are, how many stacks they are taken from, and how many each has.
const SMALL: f64 = 10_000.0;
const SMALL_FROM: usize = 20_000;
const SMALL_STACKS: usize = 11;
const TINY_BYTES: usize = 1_500;

/// A folder of inputs of one size.
pub(crate) struct Inputs {
    /// Where they are.
    pub(crate) folder: PathBuf,
    scale: f64,
}

impl Inputs {
    /// Returns the inputs of the given size, 1 being the full one, below the folder of the build.
    pub(crate) fn new(target: &Path, scale: f64) -> io::Result<Inputs> {
        let folder = target.join("bench").join(format!("v{VERSION}-{scale}"));
        fs::create_dir_all(folder.join("out"))?;
        Ok(Inputs { folder, scale })
    }

    /// Makes the input of the given name if it is not there.
    pub(crate) fn make(&self, name: &str) -> io::Result<()> {
        if self.folder.join(name).exists() {
            return Ok(());
        }
        eprintln!("making {name}");
        let part = self.folder.join("part");
        self.write(name, &part)?;
        fs::rename(part, self.folder.join(name))
    }

    fn write(&self, name: &str, part: &Path) -> io::Result<()> {
        if name == "small" {
            return self.write_small(part);
        }
        let mut out = File::create(part)?;
        let bytes = (BYTES * self.scale) as usize;
        let first = || Stacks::of_collapsed_bytes(bytes, 1, Drift::None);
        let second = || Stacks::of_collapsed_bytes(bytes, 1, Drift::Some);
        let graph = || Graph::new((FUNCTIONS * self.scale) as usize, (ARCS * self.scale) as usize);
        match name {
            "s100.folded" => collapsed(&first(), &mut out),
            "s100.pb.gz" => all(&first(), &mut out),
            "s100b.pb.gz" => all(&second(), &mut out),
            "s100.speedscope.json" => speedscope(&first(), &mut out),
            "graph.pstats" => pstats(&graph(), &mut out),
            "graph.callgrind" => callgrind(&graph(), &mut out),
            "tiny.pb.gz" => all(&Stacks::of_collapsed_bytes(TINY_BYTES, 1, Drift::None), &mut out),
            name => large::write(name, bytes, &mut out),
        }
    }

    /// Writes small profiles of one program, each of other stacks.
    fn write_small(&self, folder: &Path) -> io::Result<()> {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
        let stacks = Stacks::of_number(SMALL_FROM, 2);
        for index in 0..(SMALL * self.scale).max(1.0) as usize {
            // A step that has no factor in common with the number of stacks brings up each of them.
            let rows = (0..SMALL_STACKS).map(|row| (index * 7 + row * 907) % SMALL_FROM);
            let mut out = File::create(folder.join(format!("{index:05}.pb.gz")))?;
            pprof(&stacks, rows, &mut out)?;
        }
        Ok(())
    }

    /// Returns the words of a command as they are typed in the folder of the inputs, which are made: `@small` stands
    /// for all files of that folder, `@small/10` for a tenth of them.
    pub(crate) fn words(&self, command: &[&str]) -> io::Result<Vec<String>> {
        let mut words = Vec::new();
        for &word in command {
            let Some(folder) = word.strip_prefix('@') else {
                words.push(word.to_owned());
                continue;
            };
            let (folder, part) = folder.split_once('/').unwrap_or((folder, "1"));
            let files = fs::read_dir(self.folder.join(folder))?;
            let mut files: Vec<_> = files.map(|it| it.map(|it| it.file_name())).collect::<io::Result<_>>()?;
            files.sort_unstable();
            files.truncate((files.len() / part.parse::<usize>().unwrap_or(1)).max(1));
            words.extend(files.iter().map(|file| format!("{folder}/{}", file.to_string_lossy())));
        }
        Ok(words)
    }
}

fn all(stacks: &Stacks, out: &mut dyn Write) -> io::Result<()> {
    pprof(stacks, 0..stacks.len(), out)
}
