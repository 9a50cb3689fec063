use proptest::prelude::*;

use super::super::{CsvFile, read_credentials, read_memberships};
use super::*;

/// All records as the reader gives them, or the first fault.
fn records(reader: impl Read) -> Result<Vec<Vec<String>>, RejectedRow> {
    let mut file = CsvFile::open(reader, ',')?;
    let mut records = vec![file.header().to_vec()];
    while let Some(row) = file.next_row()? {
        let row = row?;
        records.push((0..records[0].len()).map(|column| row.raw(column).to_owned()).collect());
    }
    Ok(records)
}

/// Pieces of which both sensible and broken files are made.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![HEADER, "employee_id,team,role", "E1", "E2", "ann", "a@b.c", "2020-01-01", "=1", "Ö", "\u{feff}", "x\u{7}"]).prop_map(|text| text.as_bytes().to_vec()),
        4 => prop::sample::select(vec![",", "\"", "\"\"", "\n", "\r\n", "\r", ",,,", " "]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_bytes_make_a_reader_panic_and_each_fault_has_a_line_and_a_reason(
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..300), soup(), soup().prop_map(|soup| [HEADER.as_bytes(), b"\n", &soup].concat())],
        at_once in 1usize..20,
    ) {
        let people = read_people(&bytes[..], &Mapping::default());
        // How the bytes arrive makes no difference.
        prop_assert_eq!(&read_people(Drip::new(&bytes, at_once), &Mapping::default()), &people);
        let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
        let faults = match people {
            Ok(snapshot) => [snapshot.rejected, snapshot.warnings].concat(),
            Err(fault) => vec![fault],
        };
        for fault in faults {
            prop_assert!(fault.line >= 1 && fault.line <= lines && !fault.reason.is_empty(), "{fault}");
        }
        let _ = read_memberships(&bytes[..]);
        let _ = read_credentials(&bytes[..]);
    }

    #[test]
    fn what_a_writer_of_csv_writes_is_read_back(
        rows in (1usize..5).prop_flat_map(|columns| prop::collection::vec(prop::collection::vec("[a-z,\"\r\n ;Ö]{0,6}", columns), 1..6)),
        always in any::<bool>(),
        crlf in any::<bool>(),
        at_once in 1usize..50,
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().quote_style(style).terminator(terminator).from_writer(Vec::new());
        let header: Vec<String> = (0..rows[0].len()).map(|index| format!("c{index}")).collect();
        let written: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
        for row in &written {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        prop_assert_eq!(records(&bytes[..]).unwrap(), written.clone());
        prop_assert_eq!(records(Drip::new(&bytes, at_once)).unwrap(), written);
    }
}
