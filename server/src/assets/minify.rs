//! Makes text smaller where that is safe without parsing it. Compiled into `build.rs`, and here for its tests.

/// Strips comments and needless space from a style sheet. Strings stay as they are.
pub fn css(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    // A space is written late, once it is known what follows it.
    let mut space = false;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            space = true;
            continue;
        }
        if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
            space = true;
            continue;
        }
        let token = if c == '"' || c == '\'' { quoted(rest, c) } else { &rest[..c.len_utf8()] };
        if space && !glued(out.chars().next_back()) && !glued(Some(c)) {
            out.push(' ');
        }
        space = false;
        if c == '}' && out.ends_with(';') {
            out.pop();
        }
        out.push_str(token);
        rest = &rest[token.len()..];
    }
    out
}

/// Around these, space means nothing in CSS. Not so around `:`, `+`, `-`, `(` or `*`.
fn glued(c: Option<char>) -> bool {
    matches!(c, None | Some('{' | '}' | ';' | ','))
}

/// The string that `text` begins with, quotes included.
fn quoted(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return &text[..=at];
        }
    }
    text
}

/// Drops the comment lines, empty lines and indentation of our own loader.
/// Not for scripts in general: it knows neither template strings nor comments after code.
pub fn script(source: &str) -> String {
    let lines = source.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_space_go() {
        assert_eq!(css("/* a */\n.a ,\n.b {\n  color : red;\n  margin: 0 auto;\n}\n"), ".a,.b{color : red;margin: 0 auto}");
    }

    #[test]
    fn space_that_means_something_stays() {
        assert_eq!(css("a :hover{}"), "a :hover{}");
        assert_eq!(css("a/**/b{}"), "a b{}");
        assert_eq!(css("a{width:calc(1px  +  2px)}"), "a{width:calc(1px + 2px)}");
        assert_eq!(css("@media (a) and (b) {}"), "@media (a) and (b){}");
        assert_eq!(css("a > b + c{}"), "a > b + c{}");
    }

    #[test]
    fn strings_stay() {
        assert_eq!(css(r#"a::after { content: " /* ; \" } "; }"#), r#"a::after{content: " /* ; \" } "}"#);
        assert_eq!(css("a{content:'é  ü'}"), "a{content:'é  ü'}");
    }

    #[test]
    fn what_is_broken_ends_rather_than_hangs() {
        assert_eq!(css("a{} /* open"), "a{}");
        assert_eq!(css("a{content:\"open"), "a{content:\"open");
    }

    #[test]
    fn scripts_lose_comment_lines_only() {
        assert_eq!(script("// why\nconst a = 1;\n\n  f(\"//x\");\n"), "const a = 1;\nf(\"//x\");\n");
    }
}
