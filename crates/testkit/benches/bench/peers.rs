//! The programs that others wrote: where they are, and which version.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;
use std::{env, iter};

/// A program of others.
pub(crate) struct Peer {
    /// What is typed.
    pub(crate) program: &'static str,
    /// Lines of a shell that print the version.
    version: &'static str,
    /// How to get it.
    pub(crate) get: &'static str,
}

/// All of them.
pub(crate) const PEERS: &[Peer] = &[
    Peer {
        program: "inferno-flamegraph",
        version: r#"sed -n 's/^"\(inferno [^ ]*\).*/\1/p' "$(dirname "$(command -v inferno-flamegraph)")/../.crates.toml""#,
        get: "cargo install inferno --root target/peers",
    },
    Peer { program: "go", version: "go version", get: "the package golang-go" },
    Peer { program: "node", version: "echo node $(node --version)", get: "the package nodejs" },
    Peer {
        program: "gprof2dot",
        version: r#"$(sed -n '1s/^#!//p' "$(command -v gprof2dot)") -c 'from importlib.metadata import version
print("gprof2dot", version("gprof2dot"))'"#,
        get: "python3 -m venv target/peers && target/peers/bin/pip install gprof2dot",
    },
    Peer { program: "python3", version: "python3 --version", get: "the package python3" },
    Peer {
        program: "callgrind_annotate",
        version: "callgrind_annotate --version 2>&1 || true",
        get: "the package valgrind",
    },
];

/// Returns the search path with those peers first that are in the folder of the build, then ours, then all others.
pub(crate) fn path(target: &Path, tools: &Path) -> OsString {
    let usual = env::var_os("PATH").unwrap_or_default();
    let first = iter::once(tools.to_owned()).chain([target.join("peers/bin")]);
    env::join_paths(first.chain(env::split_paths(&usual))).unwrap_or(usual)
}

impl Peer {
    /// Returns the version, or nothing if the program is not there.
    pub(crate) fn version(&self, path: &OsStr) -> Option<String> {
        shell(&format!("command -v {}", self.program), path)?;
        let version = shell(self.version, path).filter(|version| !version.is_empty());
        Some(version.unwrap_or_else(|| format!("{} of unknown version", self.program)))
    }
}

fn shell(line: &str, path: &OsStr) -> Option<String> {
    let said = Command::new("sh").args(["-c", line]).env("PATH", path).output().ok()?;
    said.status.success().then(|| String::from_utf8_lossy(&said.stdout).trim().to_owned())
}
