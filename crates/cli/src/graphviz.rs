//! Pictures that Graphviz's `dot` draws.

use crate::failure::{Failure, Result};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What is written where the name of the output asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Picture {
    /// The graph itself, in the language of Graphviz.
    Dot,
    /// A picture in a format of Graphviz, and whether that is binary.
    Drawn(&'static str, bool),
}

const PICTURES: &[(&str, Picture)] = &[
    ("dot", Picture::Dot),
    ("gv", Picture::Dot),
    ("svg", Picture::Drawn("svg", false)),
    ("png", Picture::Drawn("png", true)),
    ("pdf", Picture::Drawn("pdf", true)),
];

impl Picture {
    /// Returns what the name of an output asks for; the graph itself for stdout.
    ///
    /// # Errors
    ///
    /// An ending that no picture has is an error that lists those there are.
    pub fn of(output: Option<&Path>) -> Result<Picture> {
        let Some(path) = output.filter(|path| *path != Path::new("-")) else { return Ok(Picture::Dot) };
        let name = path.display().to_string().to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let found = PICTURES.iter().find(|(ending, _)| name.ends_with(&format!(".{ending}")));
        // A pipe or a device has no ending to tell.
        if found.is_none() && std::fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
            return Ok(Picture::Dot);
        }
        let endings = || PICTURES.iter().map(|(ending, _)| format!(".{ending}")).collect::<Vec<_>>().join(", ");
        found.map(|&(_, picture)| picture).ok_or_else(|| {
            Failure::Error(format!("{}: the name tells no sort of picture; there are {}", path.display(), endings()))
        })
    }

    /// Returns whether the bytes would spoil a terminal.
    pub fn is_binary(self) -> bool {
        matches!(self, Picture::Drawn(_, true))
    }

    /// Returns the bytes of the picture of a graph.
    ///
    /// # Errors
    ///
    /// Fails where Graphviz is not installed, with the way to get it, and where it fails.
    pub fn of_graph(self, dot: String) -> Result<Vec<u8>> {
        match self {
            Picture::Dot => Ok(dot.into_bytes()),
            Picture::Drawn(format, _) => drawn(dot, format),
        }
    }
}

fn drawn(dot: String, format: &str) -> Result<Vec<u8>> {
    let mut command = Command::new("dot");
    command.arg(format!("-T{format}")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::Error(format!(
            "cannot draw {format}: Graphviz's dot is not installed (apt install graphviz, dnf install graphviz, \
             brew install graphviz, or https://graphviz.org/download); the graph itself needs none: -o graph.dot"
        )),
        _ => Failure::Error(format!("cannot run Graphviz's dot: {error}")),
    })?;
    let stdin = child.stdin.take();
    let feeder = std::thread::spawn(move || {
        // What dot does not read it complains about itself.
        stdin.map(|mut stdin| stdin.write_all(dot.as_bytes()))
    });
    let output = child.wait_with_output().map_err(|error| Failure::Error(format!("Graphviz's dot: {error}")))?;
    let _ = feeder.join();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or("it does not say why").to_owned();
        return Err(Failure::Error(format!("Graphviz's dot failed: {said}")));
    }
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_picture() {
        let of = |name: &str| Picture::of(Some(Path::new(name))).ok();
        assert_eq!([of("-"), of("a.DOT"), of("a.gv.gz")], [Some(Picture::Dot); 3]);
        assert_eq!(of("a.svg.gz"), Some(Picture::Drawn("svg", false)));
        assert!(of("a.png").is_some_and(Picture::is_binary));
        assert_eq!([of("a.txt"), of("svg"), of("a")], [None; 3]);
        assert_eq!(of("/dev/null"), Some(Picture::Dot));
    }
}
