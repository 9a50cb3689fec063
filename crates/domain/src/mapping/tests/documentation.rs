use super::super::parse;
use super::nadia;

/// The examples are a table of what an expression gives for Nadia.
#[test]
fn the_examples_of_the_documentation_are_true() {
    let page = include_str!("../../../../../docs/targets.md");
    let (_, section) = page.split_once("## Attribute mappings").expect("the page has the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let cell = |text: &str| text.trim().strip_prefix('`').and_then(|text| text.strip_suffix('`')).map(str::to_owned);
    let mut examples = 0;
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let source = cell(cells[0]).expect(row);
        let result = parse(&source).unwrap_or_else(|error| panic!("{source}: {error}")).evaluate(&nadia());
        assert_eq!(result, cell(cells[1]), "{source}");
        examples += 1;
    }
    assert_eq!(examples, 10);
}
