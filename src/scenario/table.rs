//! CSV files as tables of located cells.

use super::problem::Problem;
use super::source::{FileId, Origin, Sources};
use std::collections::HashMap;
use std::sync::Arc;

const MAX_ROWS: usize = 1_000_000;
const MAX_COLUMNS: usize = 256;
const MAX_CELL: usize = 64 * 1024;

/// Rows for each combination of cells in a set of columns.
pub type Index = HashMap<Vec<String>, Vec<usize>>;

/// A CSV file, checked for shape: every row has as many cells as the header.
#[derive(Debug)]
pub struct CsvFile {
    /// The file.
    pub file: FileId,
    /// Column names.
    pub headers: Vec<String>,
    cells: Vec<csv::StringRecord>,
    /// First byte of each row.
    starts: Vec<usize>,
}

impl CsvFile {
    /// Reads a file; the first fault of each kind is reported and makes the file unusable.
    pub fn read(file: FileId, sources: &Sources) -> Result<Self, Problem> {
        let Some(source) = sources.get(file) else {
            return Ok(Self { file, headers: vec![], cells: vec![], starts: vec![] });
        };
        let name = &source.name;
        let skip = if source.bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let bytes = source.bytes.get(skip..).unwrap_or(&[]);
        let line_at = |start: usize, end: usize| Origin { file, start: source.floor(start), end: source.floor(end) };
        let malformed = |at: usize, title: String, label: String| {
            let end =
                at + bytes.get(at.saturating_sub(skip)..).map_or(0, |b| b.iter().take_while(|c| **c != b'\n').count());
            let help = "the first row names the columns; every row has one cell for each, in UTF-8, text with commas in double quotes";
            Problem::error("E0404", title, line_at(at, end), label, help)
        };
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut out = Self { file, headers: vec![], cells: vec![], starts: vec![] };
        let mut record = csv::ByteRecord::new();
        let mut row = 0_usize;
        loop {
            let at = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).saturating_add(skip);
            match reader.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => return Err(malformed(at, format!("`{name}` cannot be read as CSV"), error.to_string())),
            }
            let at =
                at + source.bytes.get(at..).map_or(0, |b| b.iter().take_while(|c| matches!(c, b'\n' | b'\r')).count());
            let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).saturating_add(skip);
            let raw = source.bytes.get(at..end).unwrap_or(&[]);
            row += 1;
            let limit = |what: &str| {
                let help = "split the file, or leave out what the model does not read";
                Problem::error("E0503", format!("`{name}` is too large"), line_at(at, at), what, help)
            };
            if row > MAX_ROWS + 1 {
                return Err(limit("more than 1,000,000 rows"));
            }
            if record.len() > MAX_COLUMNS {
                return Err(limit("more than 256 columns"));
            }
            if record.iter().any(|cell| cell.len() > MAX_CELL) {
                return Err(limit("a cell of more than 64 KiB"));
            }
            // The reader lets an open quote swallow the rest of the file; no row may vanish like that.
            if raw.iter().fold(false, |open, byte| open ^ (*byte == b'"')) {
                let title = format!("`{name}` has an open quote in row {row}");
                return Err(malformed(at, title, format!("row {row}: a double quote is never closed")));
            }
            let text = match csv::StringRecord::from_byte_record(record.clone()) {
                Ok(text) => text,
                Err(error) => {
                    let column = error.utf8_error().field() + 1;
                    let title = format!("`{name}` is not UTF-8 in row {row}");
                    return Err(malformed(at, title, format!("row {row}, cell {column} is not UTF-8")));
                }
            };
            if row == 1 {
                out.headers = text.iter().map(|h| h.trim().to_owned()).collect();
                for (i, header) in out.headers.iter().enumerate() {
                    if header.is_empty() || out.headers.iter().take(i).any(|h| h == header) {
                        let title = format!("`{name}` has no usable header row");
                        return Err(malformed(
                            at,
                            title,
                            format!("column {} is unnamed or named twice: `{header}`", i + 1),
                        ));
                    }
                }
                continue;
            }
            if text.len() != out.headers.len() {
                let label = format!("row {row} has {} cells, the header has {}", text.len(), out.headers.len());
                return Err(malformed(at, format!("`{name}` has a ragged row"), label));
            }
            out.cells.push(text);
            out.starts.push(at);
        }
        if out.headers.is_empty() {
            return Err(malformed(skip, format!("`{name}` is empty"), "no header row".into()));
        }
        Ok(out)
    }

    /// Position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.headers.iter().position(|h| h == name)
    }

    /// Number of rows below the header.
    pub fn row_count(&self) -> usize {
        self.cells.len()
    }

    /// A cell, trimmed; empty if there is none.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.cells.get(row).and_then(|r| r.get(column)).unwrap_or("").trim()
    }

    /// The place of a cell, or of the whole row if `column` is `None`.
    pub fn origin(&self, row: usize, column: Option<usize>, sources: &Sources) -> Origin {
        let start = self.starts.get(row).copied().unwrap_or(0);
        let bytes = sources.get(self.file).map_or(&[] as &[u8], |s| &s.bytes);
        let line = bytes.get(start..).unwrap_or(&[]);
        let range = cell_range(line, column);
        Origin { file: self.file, start: start + range.start, end: start + range.end }
    }

    /// All rows grouped by their cells in some columns, for quick filters on files that many keys share.
    pub fn index(&self, columns: &[usize]) -> Index {
        let mut index = Index::new();
        for row in 0..self.row_count() {
            let key = columns.iter().map(|c| self.cell(row, *c).to_owned()).collect();
            index.entry(key).or_default().push(row);
        }
        index
    }
}

/// Byte range of a cell in a raw CSV row, or of the row's first line.
fn cell_range(line: &[u8], column: Option<usize>) -> std::ops::Range<usize> {
    let mut quoted = false;
    let mut start = 0;
    let mut at = 0;
    for (i, byte) in line.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                if column == Some(at) {
                    return start..i;
                }
                at += 1;
                start = i + 1;
            }
            b'\n' | b'\r' if !quoted => {
                return if column.is_some() { start..i } else { 0..i };
            }
            _ => {}
        }
    }
    if column.is_some() { start..line.len() } else { 0..line.len() }
}

/// The rows of a CSV file that a key refers to.
#[derive(Clone, Debug)]
pub struct CsvTable {
    pub(super) file: Arc<CsvFile>,
    pub(super) sources: Option<Arc<Sources>>,
    pub(super) rows: Vec<usize>,
    pub(super) key: String,
    /// The column with the numbers.
    pub(super) column: String,
    /// Values in base units, by row, as the check read them.
    pub(super) values: HashMap<usize, f64>,
    /// Rows by what their names and year say: `lfp.electrode.Li`.
    pub(super) named: Arc<HashMap<String, usize>>,
}

impl CsvTable {
    /// The rows, in file order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|row| Row { table: self, row: *row })
    }

    /// Name of the column with the numbers: `column` of the reference, else `value`.
    #[must_use]
    pub fn value_column(&self) -> &str {
        &self.column
    }

    /// True if the file has this column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.file.column(column).is_some()
    }
}

/// One row of a [`CsvTable`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    table: &'a CsvTable,
    row: usize,
}

impl<'a> Row<'a> {
    /// The cell of a column, trimmed; empty if the file has no such column.
    #[must_use]
    pub fn text(&self, column: &str) -> &'a str {
        self.table.file.column(column).map_or("", |c| self.table.file.cell(self.row, c))
    }

    /// The number of the row's value column in base units, or the plain number in any other column.
    ///
    /// # Errors
    /// A located problem if the cell is empty or no finite number.
    pub fn number(&self, column: &str) -> Result<f64, Problem> {
        if column == self.table.column
            && let Some(value) = self.table.values.get(&self.row)
        {
            return Ok(*value);
        }
        let text = self.text(column);
        match text.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(x),
            _ => {
                let code = if text.is_empty() { "E0312" } else { "E0201" };
                let label = format!("row {}, column `{column}`: expected a number", self.line());
                let title = format!("`{text}` is not a number");
                Err(Problem::error(code, title, self.origin(column), label, "write a number").with_key(&self.table.key))
            }
        }
    }

    /// The dotted key that refers to the file.
    #[must_use]
    pub fn key(&self) -> &'a str {
        &self.table.key
    }

    /// The year in a column; `None` if the cell is empty or the column is missing.
    #[must_use]
    pub fn year(&self, column: &str) -> Option<i32> {
        self.text(column).parse().ok()
    }

    /// The place of a cell; the whole row if the file has no such column.
    #[must_use]
    pub fn origin(&self, column: &str) -> Origin {
        let file = &self.table.file;
        let fallback = Sources::default();
        let sources = self.table.sources.as_deref().unwrap_or(&fallback);
        file.origin(self.row, file.column(column), sources)
    }

    /// Row number as a spreadsheet counts: the header is row 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.row + 2
    }
}
