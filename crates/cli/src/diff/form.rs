//! What comes out of a comparison.

use crate::args::{FormatArgs, FormatName};
use crate::failure::{Failure, Result};
use std::path::Path;

/// What comes out.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Form {
    /// A table for people.
    Text,
    /// JSON.
    Json,
    /// Comma separated values.
    Csv,
    /// Markdown.
    Markdown,
    /// A profile of the values before and after.
    Profile(FormatName),
    /// A differential flame graph: a picture.
    Svg,
    /// A differential flame graph: a page.
    Html,
    /// A differential call graph, in the language of Graphviz.
    Dot,
}

impl Form {
    /// Returns what comes out: what was asked for, else what the name of the output tells, else a table.
    ///
    /// # Errors
    ///
    /// A name that does not tell is an error that lists the formats.
    pub fn of(asked: Option<Form>, format: &FormatArgs, path: Option<&Path>) -> Result<Form> {
        if let Some(form) = asked {
            return Ok(form);
        }
        if let Some(format) = format.to {
            return Ok(Form::Profile(format));
        }
        let Some(path) = path.filter(|path| *path != Path::new("-")) else { return Ok(Form::Text) };
        if let Some(form) = Form::named(path) {
            return Ok(form);
        }
        let told = profkit_formats::for_output(&path.display().to_string());
        match told {
            // A pipe or a device has no ending to tell.
            Err(_) if std::fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) => Ok(Form::Text),
            Err(error) => Err(Failure::Error(error.message().to_owned())),
            Ok(format) => Ok(Form::Profile(FormatName(format))),
        }
    }

    /// Returns what comes out of the explanation of a change, which is no picture and no profile: what was asked for, else
    /// what the name of the output tells, else a table.
    ///
    /// # Errors
    ///
    /// A name that tells anything else is an error.
    pub fn of_explanation(asked: Option<Form>, path: Option<&Path>) -> Result<Form> {
        let ending = path.and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
        match (asked, ending.as_deref()) {
            (Some(form), _) => Ok(form),
            (None, Some("json")) => Ok(Form::Json),
            (None, None | Some("txt")) => Ok(Form::Text),
            (None, Some(ending)) => {
                let message = format!("--explain: the result is a table or JSON, not what is called .{ending}");
                Err(Failure::Error(message))
            }
        }
    }

    /// Returns what the ending of a name tells, less that of a compression, where it is not that of a profile.
    fn named(path: &Path) -> Option<Form> {
        let name = path.to_string_lossy().to_lowercase();
        match name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?.1 {
            "svg" => Some(Form::Svg),
            "html" | "htm" => Some(Form::Html),
            "dot" | "gv" => Some(Form::Dot),
            "md" | "markdown" => Some(Form::Markdown),
            "csv" => Some(Form::Csv),
            // Of a comparison, a text is what stands on the terminal; collapsed stacks have a name of their own.
            "txt" => Some(Form::Text),
            _ => None,
        }
    }

    /// Returns whether it holds stacks or arcs of the sides and not a row for each function.
    pub(super) fn is_drawn(self) -> bool {
        matches!(self, Form::Profile(_) | Form::Svg | Form::Html | Form::Dot)
    }
}
