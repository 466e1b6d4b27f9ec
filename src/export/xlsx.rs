//! One workbook: a cover with provenance, and a sheet for each table with its header frozen.

use super::{ExportError, is_numeric, tables};
use crate::results::archive::{Archive, Sheet};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// Rows that fit a sheet below its header.
const MOST_ROWS: usize = 1_048_575;
/// Longest text of a cell.
const MOST_CHARACTERS: usize = 32_767;

/// The workbook. The same run gives the same bytes: its date is that of the release of the format, not of the day.
///
/// # Errors
/// If the run cannot be read, or a table does not fit.
pub fn workbook(archive: &Archive<'_>) -> Result<Vec<u8>, ExportError> {
    let tables = tables(archive)?;
    write(archive, &tables).map_err(|cause| ExportError::Form { form: "a workbook", cause: cause.to_string() })
}

fn write(archive: &Archive<'_>, tables: &[(String, Sheet)]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let date = ExcelDateTime::from_ymd(2025, 1, 1)?;
    let manifest = &archive.manifest;
    book.set_properties(
        &DocProperties::new().set_title(&manifest.title).set_author("urbanmine").set_creation_datetime(&date),
    );
    let bold = Format::new().set_bold();
    cover(book.add_worksheet(), archive, tables, &bold)?;
    let header = Format::new().set_bold().set_align(FormatAlign::Left).set_background_color("#E3E6E9");
    for (name, table) in tables {
        // A table without rows still has its sheet.
        let parts = table.rows.chunks(MOST_ROWS).chain(table.rows.is_empty().then_some(&[][..]));
        for (part, rows) in parts.enumerate() {
            let sheet = book.add_worksheet();
            let name = if part == 0 { name.clone() } else { format!("{name}_{}", part + 1) };
            sheet.set_name(name.chars().take(31).collect::<String>())?;
            sheet.set_freeze_panes(1, 0)?;
            for (column, title) in table.header.iter().enumerate() {
                let at = column as u16;
                sheet.write_string_with_format(0, at, title, &header)?;
                let numeric = is_numeric(table, column);
                let mut widest = title.chars().count();
                for (row, cells) in rows.iter().enumerate() {
                    let (row, cell) = (row as u32 + 1, cells.get(column).unwrap_or_default());
                    if let Some(number) = cell.parse::<f64>().ok().filter(|_| numeric) {
                        sheet.write_number(row, at, number)?;
                        widest = widest.max(12);
                    } else {
                        // Text is never a formula, whatever it begins with.
                        let text: String = cell.chars().take(MOST_CHARACTERS).collect();
                        widest = widest.max(text.chars().count());
                        sheet.write_string(row, at, text)?;
                    }
                }
                sheet.set_column_width(at, widest.min(48) as f64 + 2.0)?;
            }
            if let Some(last) = table.header.len().checked_sub(1) {
                sheet.autofilter(0, 0, rows.len() as u32, last as u16)?;
            }
        }
    }
    book.save_to_buffer()
}

fn cover(
    sheet: &mut Worksheet,
    archive: &Archive<'_>,
    tables: &[(String, Sheet)],
    bold: &Format,
) -> Result<(), XlsxError> {
    let manifest = &archive.manifest;
    sheet.set_name("about")?;
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, 90)?;
    let set = if manifest.set.is_empty() { "none".to_owned() } else { manifest.set.join("; ") };
    let lines = [
        ("scenario", manifest.id.clone()),
        ("title", manifest.title.clone()),
        ("made by", format!("urbanmine {} ({})", manifest.version, manifest.commit)),
        ("results key", manifest.results_key.clone()),
        ("changes by --set", set),
        ("largest balance error", crate::base::number::text(manifest.max_relative_error)),
        ("units", "in column `unit` of each table; t is a metric ton".to_owned()),
    ];
    let mut row = 0;
    for (name, text) in lines {
        sheet.write_string_with_format(row, 0, name, bold)?;
        sheet.write_string(row, 1, text)?;
        row += 1;
    }
    row += 1;
    sheet.write_string_with_format(row, 0, "table", bold)?;
    sheet.write_string_with_format(row, 1, "rows", bold)?;
    for (name, table) in tables {
        row += 1;
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, table.rows.len().to_string())?;
    }
    row += 2;
    sheet.write_string_with_format(row, 0, "input file", bold)?;
    sheet.write_string_with_format(row, 1, "sha256", bold)?;
    for file in &manifest.inputs {
        row += 1;
        sheet.write_string(row, 0, &file.path)?;
        sheet.write_string(row, 1, &file.sha256)?;
    }
    Ok(())
}
