//! One text, two engines: the macros expand a query to both arms, each with its native types.

/// Runs a body with the transaction of whichever engine it is. The body is compiled once for each.
macro_rules! on_both {
    ($tx:expr, $conn:ident => $body:expr) => {{
        $tx.write_owed().await?;
        match &mut $tx.conn {
            $crate::engine::Conn::Sqlite($conn) => $body,
            $crate::engine::Conn::Postgres($conn) => $body,
        }
    }};
}

/// `execute!(tx, "SQL", bind, …)`: the number of rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_both!($tx, conn => sqlx::query($sql)$(.bind($bind))*.execute(&mut **conn).await?.rows_affected())
    };
}

/// `fetch_all!(tx, Row, "SQL", bind, …)`: all rows.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_both!($tx, conn => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **conn).await?)
    };
}

/// `fetch_optional!(tx, Row, "SQL", bind, …)`: one row or none.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_both!($tx, conn => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **conn).await?)
    };
}

/// `fetch_one!(tx, Row, "SQL", bind, …)`: exactly one row.
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on_both!($tx, conn => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_one(&mut **conn).await?)
    };
}

/// `look!(store, Row, "SQL", bind, …)`: one row or none, by one statement that needs no transaction.
macro_rules! look {
    ($store:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &$store.pools {
            $crate::engine::Pools::Sqlite { read, .. } => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(read).await?,
            $crate::engine::Pools::Postgres(pool) => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(pool).await?,
        }
    };
}

/// Many rows in few statements; yields how many were touched. An error leaves part of the rows
/// written: the transaction is over then, as after any error.
///
/// `insert_rows!(tx, columns: 3, "INSERT INTO t (a, b, c) ", rows, |b, row| { b.push_bind(row.a); … }, " ON CONFLICT …")`
macro_rules! insert_rows {
    ($tx:expr, columns: $columns:literal, $head:literal, $rows:expr, |$b:ident, $row:ident| $bind:block, $tail:expr) => {{
        let rows = $rows;
        let mut touched = 0_u64;
        // Nothing is asked of the engine for nothing.
        if !rows.is_empty() { on_both!($tx, conn => {
            let insert = $crate::engine::BulkInsert::new(&**conn, $head, rows.len(), $columns, $tail);
            let mut chunks = rows.chunks(insert.rows_per_statement());
            let mut prepare = || chunks.next().map(|chunk| {
                let mut values = insert.values(chunk.len());
                for $row in chunk {
                    let $b = &mut values;
                    $bind
                }
                values
            });
            let mut next = prepare();
            while let Some(values) = next {
                // The next rows are written down while the engine is busy with these.
                let (done, following) = futures::future::join(insert.put(&mut **conn, values), async { prepare() }).await;
                touched += done?;
                next = following;
            }
        }); }
        $tx.inserted += touched;
        touched
    }};
}

/// As [`insert_rows`], for the few rows of a short change ([`crate::engine::Store::write_together`]): they are written
/// together with those that follow, before anything else is asked. How many were touched is not told.
macro_rules! insert_rows_later {
    ($tx:expr, columns: $columns:literal, $head:literal, $rows:expr, |$b:ident, $row:ident| $bind:block, $tail:expr) => {{
        let rows = $rows;
        if $tx.is_short && rows.len() <= $crate::engine::FEW {
            if !rows.is_empty() {
                match &mut $tx.conn {
                    $crate::engine::Conn::Sqlite(conn) => owe_rows!($tx.owed.script, conn, $columns, $head, rows, |$b, $row| $bind, $tail),
                    $crate::engine::Conn::Postgres(conn) => owe_rows!($tx.owed.parts, conn, $columns, $head, rows, |$b, $row| $bind, $tail),
                }
            }
        } else {
            insert_rows!($tx, columns: $columns, $head, rows, |$b, $row| $bind, $tail);
        }
    }};
}

/// The rows of one table, added to those that are still to be written.
macro_rules! owe_rows {
    ($owed:expr, $conn:ident, $columns:literal, $head:literal, $rows:ident, |$b:ident, $row:ident| $bind:block, $tail:expr) => {{
        let insert = $crate::engine::BulkInsert::new(&**$conn, $head, $rows.len(), $columns, $tail);
        let mut values = $owed.values();
        for $row in $rows {
            let $b = &mut values;
            $bind
        }
        $owed.add(&insert, $rows.len(), values)?;
    }};
}

/// Reads what none of the rows that are still to be written has to do with: they are not of these tables.
macro_rules! apart_from {
    ($tx:expr, [$($table:literal),+], $read:expr) => {{
        let owed = if $($tx.owed.is_of($table))||+ { None } else { Some(std::mem::take(&mut $tx.owed)) };
        let found = async { Ok::<_, $crate::engine::StoreError>($read) }.await;
        if let Some(owed) = owed {
            $tx.owed = owed;
        }
        found?
    }};
}

/// `fetch_for_ids!(tx, Row, ids, "SELECT … WHERE id IN (", ")")`: all rows of it, in a fixed number of identifiers
/// a statement. Where more than texts stands around the identifiers: `|q| { q.push(…).push_bind(…); }` for each side.
macro_rules! fetch_for_ids {
    ($tx:expr, $row:ty, $ids:expr, $head:literal, $tail:literal) => {
        fetch_for_ids!($tx, $row, $ids, |q| { q.push($head); }, |q| { q.push($tail); })
    };
    ($tx:expr, $row:ty, $ids:expr, |$h:ident| $head:block, |$t:ident| $tail:block) => {{
        let ids = $ids;
        let mut found: Vec<$row> = Vec::new();
        if !ids.is_empty() { on_both!($tx, conn => {
            for chunk in ids.chunks(1000) {
                let mut query = sqlx::QueryBuilder::new("");
                {
                    let $h = &mut query;
                    $head
                }
                {
                    let mut list = query.separated(", ");
                    for id in chunk { list.push_bind(id.to_owned()); }
                }
                {
                    let $t = &mut query;
                    $tail
                }
                // Chunks differ in length: only those that most changes ask for are worth keeping prepared.
                found.extend(query.build_query_as::<$row>().persistent(chunk.len() <= 16).fetch_all(&mut **conn).await?);
            }
        }); }
        found
    }};
}

/// Runs `"HEAD (ids…) TAIL"` in chunks over a slice of identifiers; yields the touched rows.
macro_rules! execute_for_ids {
    ($tx:expr, $ids:expr, |$q:ident| $head:block, $tail:literal) => {{
        let ids = $ids;
        let mut touched = 0;
        if !ids.is_empty() { on_both!($tx, conn => {
            // Well below what both engines take as values of one statement.
            for chunk in ids.chunks(4000) {
                let mut $q = sqlx::QueryBuilder::new("");
                $head
                {
                    let mut list = $q.separated(", ");
                    for id in chunk { list.push_bind(*id); }
                }
                $q.push($tail);
                touched += $q.build().persistent(chunk.len() == 1).execute(&mut **conn).await?.rows_affected();
            }
        }); }
        touched
    }};
}

/// The condition that nobody holds what goes out: no restored database waits for somebody to look at it.
macro_rules! not_held {
    () => {
        "NOT EXISTS (SELECT 1 FROM restores held WHERE held.released_at IS NULL)"
    };
}
