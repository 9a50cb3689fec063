//! How many tests passed and failed, read from what a test program prints.

use std::{fmt, ops::AddAssign};

/// Tests, by what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: usize,
    pub failed: usize,
    /// Not run, and said so by the test itself: a person runs it, or another mode does.
    pub ignored: usize,
}

impl Count {
    /// A check that is one test by itself.
    pub const fn passed() -> Self {
        Count { passed: 1, failed: 0, ignored: 0 }
    }

    /// The same, failed; also a suite that could not run.
    pub const fn failed() -> Self {
        Count { passed: 0, failed: 1, ignored: 0 }
    }

    /// Takes one line that libtest or node's TAP reporter prints. Others say nothing.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(result) = line.strip_prefix("test result: ") {
            // test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …
            let numbers = result.split_once(". ").map_or("", |(_, numbers)| numbers);
            for item in numbers.split(';') {
                match item.trim().split_once(' ') {
                    Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                    Some((number, "ignored")) => self.ignored += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        } else if let Some((name, number)) = line.strip_prefix("# ").and_then(|it| it.split_once(' '))
            && let Ok(number) = number.parse::<usize>()
        {
            match name {
                "pass" => self.passed += number,
                "fail" | "cancelled" => self.failed += number,
                "skipped" | "todo" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// Holds the numbers against the program's own end: a program that failed without a failed test
    /// did not compile or crashed, and one that ran no test at all tested nothing.
    pub fn judged(mut self, success: bool) -> Self {
        let ran = self.passed + self.failed;
        if (!success && self.failed == 0) || ran == 0 {
            self.failed += 1;
        }
        self
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>5} passed, {:>3} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(f, ", {} ignored", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Count {
        let mut count = Count::default();
        text.lines().for_each(|line| count.read(line));
        count
    }

    fn count(passed: usize, failed: usize, ignored: usize) -> Count {
        Count { passed, failed, ignored }
    }

    #[test]
    fn libtest_is_summed_over_its_programs() {
        let text = "running 2 tests\ntest a ... ok\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(read(text), count(15, 2, 1));
    }

    #[test]
    fn node_is_read_from_its_closing_lines() {
        let text = "TAP version 13\n# Subtest: a\nok 1 - a\n# tests 5\n# suites 0\n# pass 3\n\
            # fail 1\n# cancelled 1\n# skipped 0\n# todo 0\n# duration_ms 12.5\n";
        assert_eq!(read(text), count(3, 2, 0));
    }

    #[test]
    fn what_did_not_compile_or_tested_nothing_has_failed() {
        assert_eq!(count(0, 0, 0).judged(false), count(0, 1, 0));
        assert_eq!(count(4, 0, 0).judged(false), count(4, 1, 0));
        assert_eq!(count(0, 0, 3).judged(true), count(0, 1, 3));
        assert_eq!(count(4, 2, 0).judged(false), count(4, 2, 0));
        assert_eq!(count(4, 0, 0).judged(true), count(4, 0, 0));
    }
}
