use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::{MAX_KEPT, MAX_RECORD_BYTES, MAX_ROWS, read_memberships};
use super::*;

/// Counts what was read.
struct Counted<'a, R>(R, &'a AtomicU64);

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.0.read(out)?;
        self.1.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

#[test]
fn a_line_of_a_gigabyte_is_refused_after_its_first_mebibyte() {
    for (start, byte, says) in
        [("", b'x', "may not be CSV"), ("\"", b'x', "a quote that opens on line 1"), ("", b',', "more than 1000 fields")]
    {
        for head in [String::new(), format!("{HEADER}\nE1,a,,,,,,,\n")] {
            let read_bytes = AtomicU64::new(0);
            let source = format!("{head}{start}");
            let fault = read_people(Counted(source.as_bytes().chain(io::repeat(byte).take(1 << 30)), &read_bytes), &Mapping::default())
                .unwrap_err();
            assert_eq!(fault.line, if head.is_empty() { 1 } else { 3 }, "{fault}");
            assert!(
                fault.reason.contains(says) || says.starts_with("a quote") && fault.reason.contains("a quote that opens on line 3"),
                "{fault}"
            );
            assert!(read_bytes.load(Ordering::Relaxed) <= 2 * MAX_RECORD_BYTES as u64);
        }
    }
}

#[test]
fn the_largest_record_is_one_mebibyte() {
    let text = |bytes: usize| format!("employee_id,team,role\nE1,t,\"{}\"\n", "x".repeat(bytes - 8));
    let record = read_memberships(text(MAX_RECORD_BYTES - 1).as_bytes()).unwrap();
    assert!(record.rejected[0].reason.contains("characters, at most 255"), "{}", record.rejected[0]);
    assert!(read_memberships(text(MAX_RECORD_BYTES + 1).as_bytes()).unwrap_err().reason.contains("over 1024 KiB"));
}

#[test]
fn of_very_many_rejected_rows_the_first_thousand_are_kept_and_the_others_counted() {
    let mut file = format!("{HEADER}\n");
    for n in 0..2_500 {
        // Every second fault is one that only the whole file tells.
        file += &if n % 2 == 0 { format!("E{n},u{n},,,,,,,bad\n") } else { format!("E{n},u{n},,,,,,nobody,\n") };
    }
    let snapshot = read(&file).unwrap();
    assert_eq!((snapshot.rejected.len(), snapshot.rejected_more), (MAX_KEPT + 1, 1_500));
    assert!(snapshot.rejected[..MAX_KEPT].iter().enumerate().all(|(index, row)| row.line == index as u64 + 2));
    let last = &snapshot.rejected[MAX_KEPT];
    assert!(last.reason.starts_with("… and 1500 more rejected rows"), "{last}");
    assert_eq!(last.employee_id, None, "so that nobody leaves by this file");
}

#[test]
fn of_very_many_warnings_the_first_thousand_are_kept() {
    let mut file = format!("{HEADER}\n");
    for n in 0..2_200 {
        file += &format!("E{n},u{n},,,,,,E{},\n", n ^ 1);
    }
    let snapshot = read(&file).unwrap();
    assert_eq!((snapshot.rows.len(), snapshot.warnings.len()), (2_200, MAX_KEPT + 1));
    assert_eq!(snapshot.warnings[MAX_KEPT].reason, "… and 100 more warnings");
}

#[test]
fn a_file_has_at_most_two_million_rows() {
    struct Rows(u64);
    impl Read for Rows {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let row = b"1,t\n";
            let rows = (out.len() / row.len()).min(usize::try_from(self.0).unwrap());
            out[..rows * row.len()].copy_from_slice(&row.repeat(rows));
            self.0 -= rows as u64;
            Ok(rows * row.len())
        }
    }
    let count = |rows: u64| {
        let mut file = super::super::CsvFile::open((&b"a,b\n"[..]).chain(Rows(rows)), ',')?;
        let mut count = 0;
        while file.next_row()?.is_some() {
            count += 1;
        }
        Ok::<u64, RejectedRow>(count)
    };
    assert_eq!(count(MAX_ROWS).unwrap(), MAX_ROWS);
    let fault = count(MAX_ROWS + 1).unwrap_err();
    assert_eq!((fault.line, fault.reason.as_str()), (MAX_ROWS + 2, "the file has more than 2000000 rows; split it by source"));
}

#[test]
fn a_source_that_fails_is_a_fault_with_the_line_it_came_to() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable was pulled"))
        }
    }
    let file = format!("{HEADER}\nE1,a,,,,,,,\n");
    let fault = read_people(file.as_bytes().chain(Broken), &Mapping::default()).unwrap_err();
    assert_eq!(fault.to_string(), "line 3: the file could not be read on: the cable was pulled; send it again");
}
