//! The frame of every binary.

use crate::args::Shared;
use crate::failure::Result;
use crate::formats;
use crate::session::Session;
use clap::{ColorChoice, Parser, ValueEnum};
use std::ffi::OsString;
use std::process::ExitCode;

/// A command line tool: its arguments, and what it does with them.
pub trait Tool: Parser {
    /// Returns the options that every tool has.
    fn shared(&self) -> &Shared;

    /// Does the work.
    ///
    /// # Errors
    ///
    /// Fails where there is no result.
    fn run(&self, session: &mut Session) -> Result<()>;
}

/// Runs a tool with the arguments of the process and returns its exit code.
pub fn main<T: Tool>() -> ExitCode {
    let color = color_wanted(std::env::args_os());
    color_choice(color).write_global();
    let mut command = T::command().color(color);
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    let tool = match parsed.and_then(|matches| T::from_arg_matches(&matches)) {
        Ok(tool) => tool,
        Err(error) => {
            // Help and usage errors go to a stream that may be closed, which changes nothing.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut session = Session::new(tool.shared());
    let done = match about_itself(tool.shared(), &mut command) {
        Some(text) => session.print(None, &text),
        None => tool.run(&mut session),
    };
    session.end(done)
}

/// Returns what a tool prints about itself instead of working, if that is asked for.
fn about_itself(shared: &Shared, command: &mut clap::Command) -> Option<String> {
    let mut text = Vec::new();
    if shared.list_formats {
        return Some(if shared.json { formats::json() } else { formats::text() });
    } else if let Some(shell) = shared.completions {
        let name = command.get_name().to_owned();
        clap_complete::generate(shell, command, name, &mut text);
    } else if shared.man {
        // Writing to memory cannot fail.
        let _ = clap_mangen::Man::new(command.clone()).render(&mut text);
    } else {
        return None;
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Returns what `--color` says, before anything else is parsed: help and usage errors heed it too.
fn color_wanted(args: impl Iterator<Item = OsString>) -> ColorChoice {
    let args: Vec<String> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
    let options = args.iter().take_while(|arg| *arg != "--");
    let after = args.iter().skip(1);
    let values =
        options.zip(after.map(Some).chain([None])).filter_map(|(arg, next)| match arg.strip_prefix("--color") {
            Some("") => next.map(String::as_str),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        });
    values.last().and_then(|value| ColorChoice::from_str(value, false).ok()).unwrap_or(ColorChoice::Auto)
}

fn color_choice(color: ColorChoice) -> anstream::ColorChoice {
    match color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_is_known_before_parsing() {
        let wanted = |args: &[&str]| color_wanted(args.iter().map(OsString::from));
        assert_eq!(wanted(&["ptop", "a.prof"]), ColorChoice::Auto);
        assert_eq!(wanted(&["ptop", "--color=always"]), ColorChoice::Always);
        assert_eq!(wanted(&["ptop", "--color", "never", "a.prof"]), ColorChoice::Never);
        assert_eq!(wanted(&["ptop", "--color"]), ColorChoice::Auto);
        assert_eq!(wanted(&["ptop", "--", "--color=never"]), ColorChoice::Auto);
    }
}
