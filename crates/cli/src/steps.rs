//! The steps of a filter on the command line, in the order in which they are written there.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use profkit_ops::{Pattern, STEPS, Step, StepKind};

/// Steps in the order written, whatever they are.
#[derive(Clone, Debug, Default)]
pub struct StepArgs {
    /// The steps.
    pub steps: Vec<Step>,
}

/// The option that allows texts to stay, and the one that pseudonyms depend on.
const KEEP: &str = "keep";
const SALT: &str = "salt";

fn arg(step: &'static StepKind) -> Arg {
    let help = match step.on_call_graphs() {
        "" => step.help.to_owned(),
        on_graph => format!("{} [call graphs: {on_graph}]", step.help),
    };
    let arg = Arg::new(step.name).long(step.name).help(help).action(ArgAction::Append);
    let parse = |text: &str| Step::parse(step.name, text).map_err(|error| error.message().to_owned());
    match step.takes {
        "" => arg.num_args(0).default_missing_value("").value_parser(parse),
        takes => arg.value_name(takes).value_parser(parse),
    }
}

impl Args for StepArgs {
    fn augment_args(command: Command) -> Command {
        let heading = "Steps, done in the order written";
        let parse = |text: &str| Pattern::parse(text).map_err(|error| error.message().to_owned());
        let keep = Arg::new(KEEP).long(KEEP).value_name("RE").action(ArgAction::Append).requires("anonymize");
        let salt = Arg::new(SALT).long(SALT).value_name("TEXT").requires("anonymize");
        command
            .next_help_heading(heading)
            .args(STEPS.iter().map(arg))
            .arg(keep.value_parser(parse).help("Functions, files and modules that --anonymize leaves as they are"))
            .arg(salt.help(
                "A text that the pseudonyms of --anonymize depend on: without one, who can guess a name can check the guess",
            ))
            .next_help_heading(None)
    }

    fn augment_args_for_update(command: Command) -> Command {
        StepArgs::augment_args(command)
    }
}

impl FromArgMatches for StepArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<StepArgs, clap::Error> {
        let mut steps: Vec<(usize, Step)> = Vec::new();
        for step in STEPS {
            let places = matches.indices_of(step.name).into_iter().flatten();
            let values = matches.get_many::<Step>(step.name).into_iter().flatten().cloned();
            steps.extend(places.zip(values));
        }
        steps.sort_by_key(|(place, _)| *place);
        let keep: Vec<Pattern> = matches.get_many(KEEP).into_iter().flatten().cloned().collect();
        let salt = matches.get_one::<String>(SALT).map_or("", String::as_str);
        Ok(StepArgs { steps: steps.into_iter().map(|(_, step)| step.with_anonymity(keep.clone(), salt)).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = StepArgs::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(args: &[&str]) -> Result<Vec<String>, String> {
        let matches = StepArgs::augment_args(Command::new("t").no_binary_name(true)).try_get_matches_from(args);
        let steps = matches.and_then(|matches| StepArgs::from_arg_matches(&matches));
        steps.map(|it| it.steps.iter().map(ToString::to_string).collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn steps_come_in_the_order_written() {
        let written = [
            "--hide",
            "b",
            "--focus=a",
            "--collapse-recursion",
            "--hide",
            "c",
            "--strip-paths",
            "--collapse-recursion",
            "--anonymize",
            "--keep",
            "x",
        ];
        let wanted = [
            "--hide 'b'",
            "--focus 'a'",
            "--collapse-recursion",
            "--hide 'c'",
            "--strip-paths",
            "--collapse-recursion",
            "--anonymize",
        ];
        assert_eq!(steps(&written).unwrap(), wanted);
    }

    #[test]
    fn what_is_wrong_is_shown_where_it_is() {
        let message = |args: &[&str]| steps(args).unwrap_err();
        let unclosed = message(&["--focus", "a(b"]);
        assert!(
            unclosed.contains("'a(b'") && unclosed.contains("--focus <RE>") && unclosed.contains("\n     ^\n"),
            "{unclosed}"
        );
        assert!(message(&["--time", "3..4s"]).contains("found \"3\""));
        assert!(message(&["--label", "x"]).contains("KEY=LOW..HIGH"));
        assert!(message(&["--min", "x"]).contains("from 0 to 100"));
        assert!(message(&["--keep", "x"]).contains("--anonymize"));
        assert!(message(&["--max-depth", "0"]).contains("at least 1"));
    }
}
