//! `urbanmine export RUN --to FORM [-o DIR]`

use super::args::handover::{Export, Form};
use super::{Terminal, exit};
use crate::base::words::{Language, translate};
use crate::charts::Chart;
use crate::disk::{self, write_file};
use crate::export::sankey::LoopFlows;
use crate::export::{ExportError, datapackage, iamc};
use crate::figures::sankey::{View, chart};
use crate::results::archive::Archive;
use serde_json::json;
use std::path::PathBuf;

/// Files to write, by name below the output directory.
type Files = Vec<(String, Vec<u8>)>;

/// Why nothing was written: exit code and message.
type Refusal = (u8, String);

/// Writes a run in another form.
pub fn run(arguments: &Export, language: Language, terminal: &Terminal) -> u8 {
    match write(arguments, language) {
        Ok(written) => {
            for path in &written {
                terminal.say(&path.display().to_string());
            }
            if terminal.json {
                let files: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
                terminal.print(&json!({ "schema": "urbanmine.export/1", "ok": true, "files": files }).to_string());
            }
            exit::DONE
        }
        Err((code, text)) => terminal.refuse("export", code, &text),
    }
}

fn write(arguments: &Export, language: Language) -> Result<Vec<PathBuf>, Refusal> {
    let archive = super::open(&arguments.run)?;
    let files = files(&archive, arguments, language)?;
    let directory = arguments.output.clone().unwrap_or_else(|| arguments.run.join("export"));
    let mut written = Vec::new();
    for (name, bytes) in files {
        let path = directory.join(&name);
        write_file(&disk::System, &path, &bytes).map_err(|error| (exit::IO, format!("error: {error}")))?;
        written.push(path);
    }
    Ok(written)
}

fn files(archive: &Archive<'_>, arguments: &Export, language: Language) -> Result<Files, Refusal> {
    let id = &archive.manifest.id;
    let failed = |error: ExportError| match error {
        ExportError::Archive(error) => (exit::IO, format!("error: {error}")),
        error @ ExportError::Form { .. } => (exit::INTERNAL, format!("error: {error}")),
    };
    match arguments.to {
        Form::Iamc => {
            Ok(vec![("iamc.csv".to_owned(), iamc::table(archive).map_err(ExportError::from).map_err(failed)?)])
        }
        #[cfg(feature = "xlsx")]
        Form::Xlsx => Ok(vec![(format!("{id}.xlsx"), crate::export::xlsx::workbook(archive).map_err(failed)?)]),
        #[cfg(not(feature = "xlsx"))]
        Form::Xlsx => Err(not_built(id, "xlsx")),
        #[cfg(feature = "parquet")]
        Form::Parquet => {
            let tables = crate::export::tables(archive).map_err(ExportError::from).map_err(failed)?;
            let file = |(name, table): &(String, _)| {
                Ok((format!("{name}.parquet"), crate::export::parquet::file(table).map_err(failed)?))
            };
            tables.iter().map(file).collect()
        }
        #[cfg(not(feature = "parquet"))]
        Form::Parquet => Err(not_built(id, "parquet")),
        Form::Sankey => sankey(archive, arguments, language),
        Form::Datapackage => {
            let mut files = Vec::new();
            for path in archive.names("", ".csv").into_iter().filter(|path| !path.starts_with("inputs/")) {
                let bytes = archive.bytes(&path).map_err(ExportError::from).map_err(failed)?;
                files.extend(bytes.map(|bytes| (path, bytes.into_owned())));
            }
            let descriptor = datapackage::descriptor(archive).map_err(ExportError::from).map_err(failed)?;
            files.push(("datapackage.json".to_owned(), descriptor));
            Ok(files)
        }
    }
}

#[cfg(not(all(feature = "xlsx", feature = "parquet")))]
fn not_built(id: &str, feature: &str) -> Refusal {
    let text = format!(
        "error: this program was built without `{feature}`, so `{id}` stays as it is\n  = help: build it with `cargo build --release --features {feature}`"
    );
    (exit::INPUT, text)
}

fn sankey(archive: &Archive<'_>, arguments: &Export, language: Language) -> Result<Files, Refusal> {
    let io = |error: crate::results::archive::ArchiveError| (exit::IO, format!("error: {error}"));
    let flows = LoopFlows::read(archive).map_err(io)?;
    let (Some(start), Some(end)) = (flows.years.first().copied(), flows.years.last().copied()) else {
        return Err((exit::INPUT, format!("error: the run of `{}` has no flows", archive.manifest.id)));
    };
    if let Some(year) = arguments.year.filter(|year| !flows.years.contains(year)) {
        return Err((
            exit::INPUT,
            format!("error: {year} is not simulated\n  = help: choose a year from {start} to {end}"),
        ));
    }
    let substance = arguments.substance.as_deref();
    if let Some(wanted) = substance.filter(|wanted| !flows.substances.iter().any(|known| known == wanted)) {
        let help = crate::scenario::suggestion(wanted, flows.substances.iter().map(String::as_str));
        return Err((exit::INPUT, format!("error: no substance `{wanted}` in the run\n  = help: {help}")));
    }
    let view = View {
        first: arguments.year.unwrap_or(start),
        last: arguments.year.unwrap_or(end),
        substance,
        title: &archive.manifest.title,
    };
    let picture = Chart::from(chart(&flows, &view)).in_words(&|text| translate(language, text));
    let drawn = |error: crate::charts::ChartError| (exit::INTERNAL, format!("error: {error}"));
    let svg = picture.svg().map_err(drawn)?;
    let mut files = vec![("sankey.csv".to_owned(), flows.table(substance))];
    #[cfg(feature = "png")]
    files.push(("sankey.png".to_owned(), crate::charts::png(&svg).map_err(drawn)?));
    files.push(("sankey.svg".to_owned(), svg.into_bytes()));
    Ok(files)
}
