//! Broken files, each with the line that must be named.

/// A sound file of six people.
pub const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,ada.one,Ada,One,ada@example.com,core,Lead,,2020-01-01
E2,bea.two,Bea,Two,bea@example.com,core,Engineer,E1,2020-01-01
E3,cyd.three,Cyd,Three,cyd@example.com,core,Engineer,E1,2020-01-01
E4,dan.four,Dan,Four,dan@example.com,sales,Seller,E1,2020-01-01
E5,eve.five,Eve,Five,eve@example.com,sales,Seller,E4,2020-01-01
E6,fay.six,Fay,Six,fay@example.com,sales,Analyst,E4,2020-01-01
";

const COLUMNS: usize = 9;

/// A broken file.
pub struct Malformed {
    pub what: String,
    pub bytes: Vec<u8>,
    pub line: u64,
}

type Table = Vec<Vec<String>>;

fn table() -> Table {
    let fields = |line: &str| line.split(',').map(str::to_owned).collect();
    PEOPLE.lines().map(fields).collect()
}

fn render(table: &Table, end: &str) -> Vec<u8> {
    let quote = |field: &String| {
        if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.clone() }
    };
    let lines = table.iter().map(|row| row.iter().map(quote).collect::<Vec<_>>().join(",") + end);
    lines.collect::<String>().into_bytes()
}

/// What must not stand in a field, by column.
const FIELDS: [(usize, &[&str]); 9] = [
    (0, &["", " ", "=E2", "-", "@E2", "\tE2", "E\u{7}2", "E\n2", "E\u{202e}2", "E\u{200b}2", "+E2"]),
    (1, &["", "=cmd|' /C calc'!A0", "+bea", "@bea", "-bea", "be\ta", "bea\u{1b}[0m", "be\u{85}a", "ADA.ONE", "\u{feff}"]),
    (2, &["=HYPERLINK(\"http://x\")", "+1", "-", "@SUM(A1)", "\t=1", "B\u{fffd}a", "＝1", "Bea\u{2066}"]),
    (3, &["-Two", "\r=1", "T\u{8}wo", "－1", "＠x"]),
    (4, &["bea", "@example.com", "bea@", "a@b@c", "bea @example.com", "=bea@example.com", "-"]),
    (5, &["=1+1", "+", "co\u{1}re", "co\u{7f}re", "-core"]),
    (6, &["@x", "=A1", "Le\u{2028}ad", "+49 1", "\t@x"]),
    (7, &["E999", "e1", "E2", "=E1", "E\u{b}1", "bea.two", "-"]),
    (
        8,
        &[
            "01.02.2020",
            "2020-02-30",
            "2020-2-3",
            "2020-01-01T00:00:00Z",
            "20200101",
            "0202-01-01",
            "9999-12-31",
            "soon",
            "２020-01-01",
            "2020-13-01",
            "=TODAY()",
        ],
    ),
];

/// Two hundred files and more.
pub fn malformed() -> Vec<Malformed> {
    let mut all = Vec::new();
    // Row 2 is an ordinary person, so that one fault is the only one.
    for (column, values) in FIELDS {
        for (number, value) in values.iter().enumerate() {
            let end = ["\n", "\r\n"][number % 2];
            let mut table = table();
            table[2][column] = (*value).to_owned();
            all.push(Malformed { what: format!("column {column} is {value:?}"), bytes: render(&table, end), line: 3 });
        }
    }
    for end in ["\n", "\r\n"] {
        for row in [2, 3, 5, 6] {
            all.extend(rows(row, end));
            all.extend(bytes(row, end));
        }
        all.extend(headers(end));
    }
    all.extend(cycles());
    all.extend(whole());
    all
}

fn rows(row: usize, end: &str) -> Vec<Malformed> {
    let line = row as u64 + 1;
    let case = |what: &str, change: &dyn Fn(&mut Table)| {
        let mut table = table();
        change(&mut table);
        Malformed { what: format!("{what} in row {row}, {end:?}"), bytes: render(&table, end), line }
    };
    vec![
        case("a field too few", &|t| drop(t[row].pop())),
        case("a field too many", &|t| t[row].push("x".into())),
        case("one field", &|t| t[row].truncate(1)),
        case("the key of another", &|t| t[row][0] = t[1][0].clone()),
        case("a row twice", &|t| t.push(t[row].clone())),
        case("the user name of another", &|t| t[row][1] = t[1][1].to_uppercase()),
        case("their own manager", &|t| t[row][7] = t[row][0].clone()),
        case("a long key", &|t| t[row][0] = "x".repeat(256)),
        case("a long name", &|t| t[row][2] = "ö".repeat(501)),
        case("a long title", &|t| t[row][6] = "x".repeat(4_097)),
    ]
}

/// Faults of the bytes, put behind the key of a row.
fn bytes(row: usize, end: &str) -> Vec<Malformed> {
    let text = render(&table(), end);
    let key = format!("E{row},");
    let at = text.windows(key.len()).position(|w| w == key.as_bytes()).expect("the row") + key.len();
    let put = |what: &str, inserted: &[u8]| {
        let bytes = [&text[..at], inserted, &text[at..]].concat();
        Malformed { what: format!("{what} in row {row}, {end:?}"), bytes, line: row as u64 + 1 }
    };
    let cut = |what: &str, keep: usize| Malformed {
        what: format!("{what} in row {row}, {end:?}"),
        bytes: text[..at + keep].to_vec(),
        line: row as u64 + 1,
    };
    vec![
        put("a Latin-1 letter", b"M\xf6ller"),
        put("half a character", b"\xe2\x82x"),
        put("a byte that is never UTF-8", b"\xff"),
        put("a surrogate", b"\xed\xa0\x80"),
        put("an overlong slash", b"\xc0\xaf"),
        put("a NUL byte", b"a\0"),
        put("a stray quote", b"a\"b"),
        put("text after a quote", b"\"a\"b"),
        put("an open quote", b"\""),
        put("a long record", &vec![b'x'; (1 << 20) + 1]),
        put("a thousand fields", &[b','; 1_000]),
        cut("cut off", 3),
        cut("cut off at a comma", 0),
    ]
}

fn headers(end: &str) -> Vec<Malformed> {
    let mut all = Vec::new();
    let mut case = |what: String, change: &dyn Fn(&mut Table)| {
        let mut table = table();
        change(&mut table);
        all.push(Malformed { what: format!("{what}, {end:?}"), bytes: render(&table, end), line: 1 });
    };
    for column in 0..COLUMNS {
        case(format!("no column {column}"), &|t| t.iter_mut().for_each(|row| drop(row.remove(column))));
        case(format!("column {column} misspelt"), &|t| t[0][column].push('x'));
        case(format!("column {column} without a name"), &|t| t[0][column].clear());
    }
    case("an unknown column".to_owned(), &|t| t.iter_mut().for_each(|row| row.push("salary".into())));
    case("a column twice".to_owned(), &|t| t.iter_mut().for_each(|row| row.push(row[1].to_uppercase())));
    case("a formula in the header".to_owned(), &|t| t[0][2] = "=given_name".into());
    case("no header".to_owned(), &|t| drop(t.remove(0)));
    case("no row".to_owned(), &|t| t.truncate(1));
    all
}

fn cycles() -> Vec<Malformed> {
    let circle = |what: &str, managers: &[(usize, &str)], line: u64| {
        let mut table = table();
        for (row, manager) in managers {
            table[*row][7] = (*manager).to_owned();
        }
        Malformed { what: what.to_owned(), bytes: render(&table, "\n"), line }
    };
    vec![
        circle("a circle of two", &[(2, "E3"), (3, "E2")], 3),
        circle("a circle of three", &[(2, "E3"), (3, "E5"), (5, "E2")], 3),
        circle("a circle through the top", &[(1, "E5")], 2),
        circle("a circle of all", &[(1, "E2"), (2, "E3"), (3, "E4"), (4, "E5"), (5, "E6"), (6, "E1")], 2),
        circle("two circles", &[(2, "E3"), (3, "E2"), (5, "E6"), (6, "E5")], 6),
        circle("a circle, and one below it", &[(4, "E5"), (5, "E4")], 5),
    ]
}

/// Files that are not what they are called, and such as are none.
fn whole() -> Vec<Malformed> {
    let utf16 =
        |mark: &[u8], unit: fn(u16) -> [u8; 2]| mark.iter().copied().chain(PEOPLE.encode_utf16().flat_map(unit)).collect::<Vec<u8>>();
    let semicolons = PEOPLE.replace(',', ";").into_bytes();
    [
        ("nothing", Vec::new(), 1),
        ("a mark alone", b"\xef\xbb\xbf".to_vec(), 1),
        ("half a mark", b"\xef\xbb".to_vec(), 1),
        ("blank lines", b"\n\n\n".to_vec(), 1),
        ("UTF-16, little", utf16(b"\xff\xfe", u16::to_le_bytes), 1),
        ("UTF-16, big", utf16(b"\xfe\xff", u16::to_be_bytes), 1),
        ("UTF-16 without a mark", utf16(b"", u16::to_le_bytes), 1),
        ("UTF-32", b"\xff\xfe\0\0e\0\0\0".to_vec(), 1),
        ("a workbook", b"PK\x03\x04\x14\0\x06\0".to_vec(), 1),
        ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), 1),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), 1),
        ("a PDF", b"%PDF-1.7\n".to_vec(), 1),
        ("NUL bytes", vec![0; 4096], 1),
        ("JSON", b"{\"employee_id\": \"E1\"}\n".to_vec(), 1),
        ("HTML", b"<html><body>Sign in</body></html>\n".to_vec(), 1),
        ("semicolons", semicolons, 1),
        ("tabs", PEOPLE.replace(',', "\t").into_bytes(), 1),
        ("Windows-1252 in the header", b"employee_id,user_name,Stra\xdfe\nE1,a,b\n".to_vec(), 1),
        ("random bytes", (0..2000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect(), 1),
    ]
    .into_iter()
    .map(|(what, bytes, line)| Malformed { what: what.to_owned(), bytes, line })
    .collect()
}
