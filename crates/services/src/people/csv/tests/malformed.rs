//! Generator of files with one fault each, and where and how that fault must be told.

/// A file with one fault.
pub(super) struct Malformed {
    /// What was done to it.
    pub(super) what: String,
    pub(super) bytes: Vec<u8>,
    /// The line that must be named.
    pub(super) line: u64,
    /// What the reason must say.
    pub(super) says: &'static str,
    /// Rows that stay; None when nothing of the file may be taken.
    pub(super) stay: Option<usize>,
}

const PEOPLE: usize = 6;
const HEADER: [&str; 12] = [
    "employee_id",
    "user_name",
    "given_name",
    "family_name",
    "email",
    "department",
    "title",
    "manager_id",
    "start_date",
    "end_date",
    "time_zone",
    "display_name",
];

/// Faults of one field: column, what stands there, what must be said.
const FIELDS: [(usize, &str, &str); 68] = [
    (0, "", "is empty"),
    (0, "   ", "is empty"),
    (0, "=E1", "begins with `=`"),
    (0, "-", "is only `-`"),
    (0, "\tE1", "begins with a tab"),
    (0, "E\u{7}1", "U+0007"),
    (0, "E\n1", "line break"),
    (0, "E\u{202e}1", "U+202E"),
    (0, "E\u{200b}1", "U+200B"),
    (1, "", "is empty"),
    (1, "\u{a0}", "is empty"),
    (1, "=cmd|' /C calc'!A0", "begins with `=`"),
    (1, "+ann", "begins with `+`"),
    (1, "@ann", "begins with `@`"),
    (1, "-ann", "begins with `-`"),
    (1, "an\tn", "line break or a tab"),
    (1, "ann\u{1b}[0m", "U+001B"),
    (1, "a\u{85}b", "U+0085"),
    (1, "\rann", "begins with a tab or a return"),
    (2, "=HYPERLINK(\"http://x\")", "begins with `=`"),
    (2, "+1", "begins with `+`"),
    (2, "-", "is only `-`"),
    (2, "@SUM(A1)", "begins with `@`"),
    (2, "\t=1", "begins with a tab"),
    (2, " \u{feff}Ann", "U+FEFF"),
    (2, "J\u{fffd}rg", "U+FFFD"),
    (2, "＝1", "begins with `＝`"),
    (3, "-Li", "begins with `-`"),
    (3, "\r=1", "begins with a tab or a return"),
    (3, "L\u{8}i", "U+0008"),
    (3, "Li\u{2066}", "U+2066"),
    (3, "－1", "begins with `－`"),
    (4, "ann", "not a mail address"),
    (4, "@example.com", "begins with `@`"),
    (4, "ann@", "not a mail address"),
    (4, "a@b@c", "not a mail address"),
    (4, "ann @example.com", "not a mail address"),
    (4, "=ann@example.com", "begins with `=`"),
    (4, "-ann@example.com", "begins with `-`"),
    (4, "+ann@example.com", "begins with `+`"),
    (4, "-", "is only `-`"),
    (4, "ann@exa\nmple.com", "line break"),
    (5, "=1+1", "begins with `=`"),
    (5, "+", "is only `+`"),
    (5, "co\u{1}re", "U+0001"),
    (5, "co\u{7f}re", "U+007F"),
    (6, "@x", "begins with `@`"),
    (6, "=A1", "begins with `=`"),
    (6, "Le\u{2028}ad", "U+2028"),
    (7, "E999", "manager_id `E999` is not in the file"),
    (7, "e1", "`e1` is not in the file"),
    (7, "=E1", "begins with `=`"),
    (7, "E\u{0b}1", "U+000B"),
    (8, "01.02.2020", "not a day of the calendar"),
    (8, "2020-02-30", "not a day of the calendar"),
    (8, "2020-2-3", "not a day of the calendar"),
    (8, "2020-01-01T00:00:00Z", "not a day of the calendar"),
    (8, "20200101", "not a day of the calendar"),
    (8, "0202-01-01", "not between 1900 and 2200"),
    (8, "9999-12-31", "not between 1900 and 2200"),
    (8, "soon", "not a day of the calendar"),
    (8, "２020-01-01", "not a day of the calendar"),
    (9, "2019-12-31", "is before the first"),
    (9, "2020-13-01", "not a day of the calendar"),
    (9, "31/12/2020", "not a day of the calendar"),
    (10, "Vienna", "not a time zone"),
    (10, "+01:00", "begins with `+`"),
    (10, "Europe/Wien", "not a time zone"),
];

/// A small generator of numbers, the same each time: cases differ, runs do not.
pub(super) struct Seed(pub(super) u64);

impl Seed {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}

fn table() -> Vec<Vec<String>> {
    let person = |n: usize| {
        let manager = if n == 1 { String::new() } else { "E1".to_owned() };
        [
            &format!("E{n}"),
            &format!("user{n}"),
            "Ann",
            "Öberg",
            &format!("u{n}@example.com"),
            "core",
            "Lead",
            &manager,
            "2020-01-01",
            "2030-01-01",
            "Europe/Vienna",
            "Ann Ö",
        ]
        .map(|field: &str| field.to_owned())
        .to_vec()
    };
    std::iter::once(HEADER.map(str::to_owned).to_vec()).chain((1..=PEOPLE).map(person)).collect()
}

fn quote(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

fn render(table: &[Vec<String>], end: &str) -> String {
    table.iter().map(|row| row.iter().map(|field| quote(field)).collect::<Vec<_>>().join(",") + end).collect()
}

/// Every fault, each in files of several styles.
pub(super) fn all() -> Vec<Malformed> {
    let mut seed = Seed(2026);
    let mut all = Vec::new();
    for end in ["\n", "\r\n", "\r"] {
        for (column, value, says) in FIELDS {
            // Row 1 is everybody's manager: without its key all rows would have a fault.
            let row = 2 + seed.below(PEOPLE - 1);
            all.push(field(row, column, value, says, end));
        }
        for row in 2..=PEOPLE {
            all.extend(rows(row, end, &mut seed));
            all.extend(bytes(row, end));
        }
        all.extend(files(end));
    }
    all.extend(binaries());
    all
}

fn field(row: usize, column: usize, value: &str, says: &'static str, end: &str) -> Malformed {
    let mut table = table();
    table[row][column] = value.to_owned();
    Malformed {
        what: format!("{} is {value:?} in row {row}, {end:?}", HEADER[column]),
        bytes: render(&table, end).into(),
        line: row as u64 + 1,
        says,
        stay: Some(PEOPLE - 1),
    }
}

fn rows(row: usize, end: &str, seed: &mut Seed) -> Vec<Malformed> {
    let line = row as u64 + 1;
    let case = |what: &str, change: &dyn Fn(&mut Vec<Vec<String>>), line: u64, says: &'static str, stay: usize| {
        let mut table = table();
        change(&mut table);
        Malformed { what: format!("{what} in row {row}, {end:?}"), bytes: render(&table, end).into(), line, says, stay: Some(stay) }
    };
    let column = 1 + seed.below(10);
    let other = if row == PEOPLE { 2 } else { row + 1 };
    let early = row.min(other) as u64 + 1;
    vec![
        case("a field too few", &|t| drop(t[row].remove(column)), line, "11 fields where the header has 12", PEOPLE - 1),
        case("a field too many", &|t| t[row].insert(column, "x".into()), line, "13 fields where the header has 12", PEOPLE - 1),
        case("one field only", &|t| t[row].truncate(1), line, "1 fields where the header has 12", PEOPLE - 1),
        case("the key of another", &|t| t[row][0] = t[other][0].clone(), early, "one person has one row", PEOPLE - 2),
        case("the user name of another", &|t| t[row][1] = t[other][1].to_uppercase(), early, "case does not count", PEOPLE - 2),
        case("own manager", &|t| t[row][7] = t[row][0].clone(), line, "manager of themselves", PEOPLE - 1),
        case("a long name", &|t| t[row][2] = "ö".repeat(501), line, "has 501 characters, at most 500", PEOPLE - 1),
        case("a long key", &|t| t[row][0] = "x".repeat(256), line, "has 256 characters, at most 255", PEOPLE - 1),
        case("a very long title", &|t| t[row][6] = "x".repeat(4_097), line, "has 4097 characters", PEOPLE - 1),
        case("a long mail address", &|t| t[row][4] = format!("{}@b.c", "x".repeat(320)), line, "at most 320", PEOPLE - 1),
    ]
}

/// Faults of the bytes themselves, put in front of the last field but one of a row.
fn bytes(row: usize, end: &str) -> Vec<Malformed> {
    let text = render(&table(), end);
    let line = row as u64 + 1;
    let at = text.find(&format!("E{row},")).unwrap_or_default() + 3;
    let put = |what: &str, inserted: &[u8], line: u64, says: &'static str| Malformed {
        what: format!("{what} in row {row}, {end:?}"),
        bytes: [&text.as_bytes()[..at], inserted, &text.as_bytes()[at..]].concat(),
        line,
        says,
        stay: None,
    };
    vec![
        put("a Latin-1 letter", b"M\xf6ller", line, "0xF6 (`ö` in Windows-1252) at character 5 of the line"),
        put("half a character", b"\xe2\x82x", line, "0xE2"),
        put("a byte that is never UTF-8", b"\xff", line, "0xFF"),
        put("a surrogate", b"\xed\xa0\x80", line, "not UTF-8"),
        put("an overlong slash", b"\xc0\xaf", line, "0xC0"),
        put("a NUL byte", b"a\0", line, "NUL byte at character 5"),
        put("a stray quote", b"a\"b", line, "at character 5, a quote stands inside a field without quotes"),
        put("text after a quote", b"\"a\"b", line, "at character 7, text follows a closing quote"),
        put("an open quote", b"\"", line, "never closed"),
        put("a huge record", &vec![b'x'; 1 << 20], line, "over 1024 KiB; it may not be CSV"),
        put("a huge text", &[b"\"".to_vec(), vec![b'\n'; 1 << 20]].concat(), line, "over 1024 KiB; a quote that opens on line"),
        put("a thousand fields", &[b','; 1_000], line, "more than 1000 fields"),
        Malformed {
            what: format!("cut off in row {row}, {end:?}"),
            bytes: text.as_bytes()[..at + 8].to_vec(),
            line,
            says: "the file ends inside this record",
            stay: None,
        },
        Malformed {
            what: format!("cut off inside a letter in row {row}, {end:?}"),
            bytes: text.as_bytes()[..at + text[at..].find('Ö').unwrap_or_default() + 1].to_vec(),
            line,
            says: "in the middle of a character",
            stay: None,
        },
    ]
}

/// Faults of the header, or of the whole file.
fn files(end: &str) -> Vec<Malformed> {
    let whole = |what: &str, text: String, line: u64, says: &'static str| Malformed {
        what: format!("{what}, {end:?}"),
        bytes: text.into(),
        line,
        says,
        stay: None,
    };
    let header = |what: &str, change: &dyn Fn(&mut Vec<Vec<String>>), says: &'static str| {
        let mut table = table();
        change(&mut table);
        whole(what, render(&table, end), 1, says)
    };
    let mut cases = vec![
        whole("blank lines only", end.repeat(3), 1, "the file is empty"),
        whole("a mark only", format!("\u{feff}{end}"), 1, "the file is empty"),
        whole("header only", render(&table()[..1], end), 1, "a header and no rows"),
        whole("header only, after blank lines", format!("{end}{end}{}", render(&table()[..1], end)), 3, "a header and no rows"),
        whole("no header", render(&table()[1..], end), 1, "or put a header on the first line"),
        whole("semicolons", render(&table(), end).replace(',', ";"), 1, "separated by ';'"),
        whole("tabs", render(&table(), end).replace(',', "\t"), 1, "line break or a tab"),
        header("a column twice", &|t| t.iter_mut().for_each(|row| row.push("x".into())), "the column is unknown"),
        header(
            "two columns of one name",
            &|t| t.iter_mut().for_each(|row| row.push(row[1].to_uppercase())),
            "columns 2 and 13 have the same name",
        ),
        header("a column without a name", &|t| t.iter_mut().for_each(|row| row.push(String::new())), "column 13 of 13 has no name"),
        header("a formula in the header", &|t| t[0][11] = "=display_name".into(), "the name of column 12 in the header"),
        header("an unknown column", &|t| t[0][11] = "salary".into(), "map it to an attribute or ignore it"),
    ];
    for (index, name) in HEADER.iter().enumerate().take(9) {
        let mut case = header(name, &|t| t.iter_mut().for_each(|row| drop(row.remove(index))), "the column is missing; the header has `");
        case.what = format!("without the column {}", case.what);
        cases.push(case);
    }
    cases
}

/// Files that are no CSV at all.
fn binaries() -> Vec<Malformed> {
    let text = render(&table(), "\n");
    let wide = |mark: &[u8], unit: fn(u16) -> [u8; 2]| mark.iter().copied().chain(text.encode_utf16().flat_map(unit)).collect::<Vec<u8>>();
    [
        ("nothing", Vec::new(), 1, "the file is empty"),
        ("half a mark", b"\xef\xbb".to_vec(), 1, "in the middle of a character"),
        ("UTF-16, little", wide(b"\xff\xfe", u16::to_le_bytes), 1, "UTF-16 text; save it as UTF-8"),
        ("UTF-16, big", wide(b"\xfe\xff", u16::to_be_bytes), 1, "UTF-16 text; save it as UTF-8"),
        ("UTF-16, no mark", wide(b"", u16::to_le_bytes), 1, "NUL byte at character 2"),
        ("UTF-32", b"\xff\xfe\0\0e\0\0\0".to_vec(), 1, "UTF-32"),
        ("a workbook", b"PK\x03\x04\x14\0\x06\0".to_vec(), 1, "Excel workbook"),
        ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec(), 1, "old Excel workbook"),
        ("gzip", b"\x1f\x8b\x08\0".to_vec(), 1, "gzip"),
        ("a PDF", b"%PDF-1.7\n".to_vec(), 1, "PDF"),
        ("NUL bytes", vec![0; 100_000], 1, "NUL byte at character 1"),
        (
            "Windows-1252 in the header",
            b"employee_id,user_name,Stra\xdfe\nE1,a,b\n".to_vec(),
            1,
            "0xDF (`ß` in Windows-1252) at character 27",
        ),
    ]
    .into_iter()
    .map(|(what, bytes, line, says)| Malformed { what: what.to_owned(), bytes, line, says, stay: None })
    .collect()
}
