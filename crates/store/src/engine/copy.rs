//! PostgreSQL's `COPY … FROM STDIN (FORMAT binary)`: rows without a statement that names each of their
//! values, which the server would have to parse, plan and evaluate. The format is of the manual's
//! page on `COPY`, "Binary Format"; a field is written as the value of a parameter is.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArgumentBuffer;
use sqlx::{Encode, PgConnection, Postgres};

/// Signature, flags, and the length of a header extension that is not there.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// In place of a row's number of fields: the end.
const TRAILER: i16 = -1;
/// In place of a field's length.
const NULL: i32 = -1;

/// Rows being written down.
pub(crate) struct Copy {
    buffer: PgArgumentBuffer,
    columns: i16,
    /// How many fields the row under way has.
    fields: i16,
}

impl Copy {
    /// The command, before its table.
    pub(crate) const VERB: &str = "COPY";
    /// The rest of it, after the names of its columns.
    pub(crate) const AFTER_COLUMNS: &str = "FROM STDIN (FORMAT binary)";

    /// Room for so many rows. More columns than a table may have are none.
    pub(crate) fn new(rows: usize, columns: usize) -> Self {
        let mut buffer = PgArgumentBuffer::default();
        buffer.reserve(HEADER.len() + rows * columns * 20);
        buffer.extend_from_slice(HEADER);
        let columns = i16::try_from(columns).unwrap_or_default();
        Self { buffer, columns, fields: columns }
    }

    /// Adds the next field. Its type must be the column's own: nothing is cast here, the server
    /// refuses what does not fit.
    pub(crate) fn push<'t, T: Encode<'t, Postgres>>(&mut self, value: &T) -> Result<(), BoxDynError> {
        if self.fields == self.columns {
            self.buffer.extend_from_slice(&self.columns.to_be_bytes());
            self.fields = 0;
        }
        self.fields += 1;
        let at = self.buffer.len();
        self.buffer.extend_from_slice(&NULL.to_be_bytes());
        if let IsNull::No = value.encode_by_ref(&mut self.buffer)? {
            let length = i32::try_from(self.buffer.len() - at - size_of_val(&NULL))?;
            self.buffer[at..at + size_of_val(&NULL)].copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    /// Sends all of it; yields how many rows there are now more. `into` names table and columns.
    pub(crate) async fn send(mut self, conn: &mut PgConnection, into: &str) -> Result<u64, sqlx::Error> {
        self.buffer.extend_from_slice(&TRAILER.to_be_bytes());
        let mut copy = conn.copy_in_raw(into).await?;
        copy.send(self.buffer.as_slice()).await?;
        copy.finish().await
    }
}
