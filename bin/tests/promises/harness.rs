//! Running a tool in a folder of its own.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

pub(crate) const PCONV: &str = env!("CARGO_BIN_EXE_pconv");
pub(crate) const PDIFF: &str = env!("CARGO_BIN_EXE_pdiff");
pub(crate) const PMERGE: &str = env!("CARGO_BIN_EXE_pmerge");
pub(crate) const PFILTER: &str = env!("CARGO_BIN_EXE_pfilter");
pub(crate) const PGRAPH: &str = env!("CARGO_BIN_EXE_pgraph");
pub(crate) const PFLAME: &str = env!("CARGO_BIN_EXE_pflame");
pub(crate) const PTOP: &str = env!("CARGO_BIN_EXE_ptop");

/// Two values, three functions, two samples with a time.
pub(crate) const SMALL: &str = r#"{"profkit":1,
"meta":{},
"value_types":[
{"kind":"samples","unit":{"name":"count","dimension":"count","factor":1,"exponent":0},"role":"measured"},
{"kind":"cpu","unit":{"name":"nanoseconds","dimension":"time","factor":1,"exponent":-9},"role":"measured"}],
"functions":[
{"name":"main","file":"a.py","start_line":1},
{"name":"f","file":"a.py","start_line":3},
{"name":"g"}],
"frames":[
{"function":0},
{"function":1},
{"function":2}],
"stacks":[
{"frames":[0,1]},
{"frames":[0,2]}],
"samples":[
{"stack":0,"values":[1,9007199254740993],"time_ns":0},
{"stack":1,"values":[3,1000],"time_ns":10}]}
"#;

/// A folder that is gone after the test.
pub(crate) struct Folder(TempDir);

/// How a tool ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Folder {
    /// Returns a folder with `small.profkit` in it.
    pub(crate) fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("small.profkit", SMALL.as_bytes());
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Checks that a file holds the text.
    #[track_caller]
    pub(crate) fn holds(&self, name: &str, text: &str) {
        assert_eq!(String::from_utf8(self.read(name)).unwrap(), text, "{name}");
    }

    /// Returns the names of all files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, tool: &str, line: &str) -> Command {
        let mut command = Command::new(tool);
        // `CI`, `CLICOLOR`, `COLUMNS` and others of whoever runs the tests change what a tool shows.
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("NO_COLOR", "1");
        command.args(line.split_whitespace()).current_dir(self.0.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a tool with the words of `line` as arguments and nothing on stdin.
    pub(crate) fn run(&self, tool: &str, line: &str) -> Run {
        self.pipe(tool, line, b"")
    }

    /// Runs a tool with `input` on stdin. A tool that does not read all of it is fine.
    pub(crate) fn pipe(&self, tool: &str, line: &str, input: &[u8]) -> Run {
        let mut child = self.command(tool, line).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output.into()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        let stderr = String::from_utf8(output.stderr).unwrap();
        Run { code: output.status.code(), stdout: output.stdout, stderr }
    }
}

impl Run {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// Checks that the tool is done and has nothing to say.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Run {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""));
        self
    }

    /// Checks that the tool failed with the given code, wrote nothing to stdout and ended with an error
    /// that has all the given words.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, words: &[&str]) {
        assert_eq!((self.code, self.text()), (Some(code), ""), "{}", self.stderr);
        let at = self.stderr.find("error: ").unwrap_or_else(|| panic!("no error in {:?}", self.stderr));
        words.iter().for_each(|word| assert!(self.stderr[at..].contains(word), "{word:?} in {:?}", self.stderr));
    }
}
