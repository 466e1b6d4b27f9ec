//! A table as a Parquet file: numbers as doubles, all else as text, compressed with Snappy.

use super::{ExportError, is_numeric};
use crate::results::archive::Sheet;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::sync::Arc;

/// The bytes of the file. The same table gives the same bytes.
///
/// # Errors
/// If the format refuses it.
pub fn file(sheet: &Sheet) -> Result<Vec<u8>, ExportError> {
    write(sheet).map_err(|cause| ExportError::Form { form: "Parquet", cause: cause.to_string() })
}

fn write(sheet: &Sheet) -> Result<Vec<u8>, ParquetError> {
    let numeric: Vec<bool> = (0..sheet.header.len()).map(|column| is_numeric(sheet, column)).collect();
    let fields = sheet.header.iter().zip(&numeric).map(|(name, numeric)| {
        let builder = if *numeric {
            Type::primitive_type_builder(name, Physical::DOUBLE)
        } else {
            Type::primitive_type_builder(name, Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String))
        };
        builder.with_repetition(Repetition::REQUIRED).build().map(Arc::new)
    });
    let schema = Type::group_type_builder("table").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("urbanmine {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    let mut column = 0;
    while let Some(mut open) = group.next_column()? {
        let cells = sheet.rows.iter().map(|row| row.get(column).unwrap_or_default());
        if numeric[column] {
            let values: Vec<f64> = cells.map(|cell| cell.parse().unwrap_or(f64::NAN)).collect();
            open.typed::<DoubleType>().write_batch(&values, None, None)?;
        } else {
            let values: Vec<ByteArray> = cells.map(ByteArray::from).collect();
            open.typed::<ByteArrayType>().write_batch(&values, None, None)?;
        }
        open.close()?;
        column += 1;
    }
    group.close()?;
    writer.close()?;
    Ok(out)
}
