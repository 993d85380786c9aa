//! What the hand-written Kotlin shows: every declaration says who may see it, and what everybody may see is described.
//! The compiler's own check (`explicitApi`) would have to read the generated code, too, which says neither.

/// The faults of one source file, each with its line.
fn faults(source: &str) -> Vec<String> {
    let lines: Vec<_> = source.lines().collect();
    let mut faults = Vec::new();
    // Whether the declaration at the left margin that we are in is one whose members everybody sees.
    let mut in_public = false;
    for (number, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if !is_declaration(line) || indent > 8 || (indent > 0 && !in_public) {
            continue;
        }
        let words: Vec<_> = line.split_whitespace().collect();
        let has = |word| words.contains(&word);
        if indent == 0 {
            in_public = has("public") && (has("class") || has("interface") || has("object"));
        } else if indent == 8 && !is_member_of_companion(&lines, number) {
            continue;
        }
        if has("public") {
            let before = number.checked_sub(1).and_then(|before| lines.get(before));
            let is_described = before.is_some_and(|before| before.trim_end().ends_with("*/"));
            if !is_described && !has("companion") {
                faults.push(format!("{}: no KDoc: {line}", number + 1));
            }
        } else if !["private", "internal", "override", "protected"]
            .into_iter()
            .any(has)
        {
            faults.push(format!("{}: who may see it? {line}", number + 1));
        }
    }
    faults
}

/// Whether a line begins a declaration; a statement in a function that does is further to the right.
fn is_declaration(line: &str) -> bool {
    const MODIFIERS: [&str; 14] = [
        "public",
        "private",
        "internal",
        "protected",
        "override",
        "suspend",
        "inline",
        "data",
        "sealed",
        "const",
        "lateinit",
        "companion",
        "value",
        "open",
    ];
    let mut words = line
        .split_whitespace()
        .skip_while(|word| MODIFIERS.contains(word));
    let first = words.next().unwrap_or_default();
    ["fun", "val", "var", "class", "interface", "object"].contains(&first)
        || (first.is_empty() && line.trim().ends_with("companion object {"))
}

/// Whether the innermost line further to the left opens a public companion.
fn is_member_of_companion(lines: &[&str], number: usize) -> bool {
    let above = lines.iter().take(number).rev();
    let mut outer = above.filter(|line| {
        line.starts_with("    ") && !line.starts_with("     ") && !line.starts_with("    }")
    });
    outer
        .next()
        .is_some_and(|line| line.trim_start().starts_with("public companion object"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::root;
    use std::fs;
    use std::path::Path;

    #[test]
    fn what_is_not_said_or_not_described_is_found() {
        let source = "/** Described. */\npublic class A {\n    val a = 1\n    private val b = 2\n    public fun c() {\n        val d = 3\n    }\n}\nfun e() {}\n\nprivate class F {\n    val g = 4\n}\n";
        let faults = faults(source);
        assert_eq!(faults.len(), 3, "{faults:?}");
        for (fault, line) in faults.iter().zip(["3: who", "5: no KDoc", "9: who"]) {
            assert!(fault.starts_with(line), "{fault}");
        }
    }

    #[test]
    fn the_kotlin_library_says_and_describes_all_it_shows() {
        let layer = root().join("bindings/kotlin/wallet/src/main/kotlin/org/citizenwallet");
        let mut files = 0;
        for folder in [layer.clone(), layer.join("jvm")] {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                if entry
                    .path()
                    .extension()
                    .is_some_and(|extension| extension == "kt")
                {
                    files += 1;
                    let source = fs::read_to_string(entry.path()).unwrap_or_default();
                    let found = faults(&source);
                    let name = entry.file_name();
                    assert!(
                        found.is_empty(),
                        "{}: {found:#?}",
                        Path::new(&name).display()
                    );
                }
            }
        }
        assert!(files >= 9, "{files}");
    }
}
