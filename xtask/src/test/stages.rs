//! The stages of `cargo xtask test`, in the order in which they fail soonest.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::Context;
use crate::dist;
use crate::error::{Error, Result};
use crate::examples;
use crate::phoenix;
use crate::project::WASM_TARGET;
use crate::recorder;
use crate::supply;
use crate::system;
use crate::toolchain::{self, TARGET};

/// Seconds for one program of browser tests; the runner's own 20 are too few for a busy machine.
const BROWSER_TEST_SECONDS: &str = "300";

/// Files of end-to-end tests that need what another stage makes, and run with that.
const ELSEWHERE: [&str; 2] = ["examples.test.mjs", "recorder.test.mjs"];

/// One kind of check.
pub struct Stage {
    /// How the command line names it.
    pub name: &'static str,
    /// What it does, in a few words.
    pub what: &'static str,
    /// Whether a person runs it with every change; the others are run by `--all` and by name.
    pub daily: bool,
    /// Does it.
    pub run: fn(&Context) -> Result<()>,
}

const fn stage(
    name: &'static str,
    what: &'static str,
    daily: bool,
    run: fn(&Context) -> Result<()>,
) -> Stage {
    Stage {
        name,
        what,
        daily,
        run,
    }
}

/// All of them.
pub const STAGES: [Stage; 12] = [
    stage("format", "cargo fmt", true, format),
    stage("lints", "cargo clippy", true, lints),
    stage(
        "supply",
        "licences, versions and sources of what we build on",
        true,
        |context| supply::check(context.project),
    ),
    stage(
        "native",
        "cargo test with the machine's own compiler",
        true,
        native_tests,
    ),
    stage(
        "wasm",
        "cargo test for wasm in headless Chromium",
        true,
        in_browser,
    ),
    stage(
        "dist",
        "what is published, and its budgets",
        true,
        |context| dist::build(context.project, &context.tools()?),
    ),
    stage(
        "readme",
        "the commands of the README in a bare clone, looked at in Chromium",
        true,
        readme,
    ),
    stage(
        "e2e",
        "the built page in Chromium, with accessibility (tests/e2e)",
        true,
        |context| end_to_end_in(context, "chromium", &ELSEWHERE),
    ),
    stage("stores", "what a real Phoenix answers", false, |context| {
        phoenix::test(context.project)
    }),
    stage(
        "recorder",
        "the recorder with real versions of crewai, and every command of the documentation",
        false,
        recorder,
    ),
    stage(
        "examples",
        "portals, notebook and job, built and opened in Chromium",
        false,
        examples,
    ),
    stage(
        "firefox",
        "the built page in Firefox (tests/e2e)",
        false,
        |context| end_to_end_in(context, "firefox", &[]),
    ),
];

fn format(context: &Context) -> Result<()> {
    toolchain::ensure_lints()?;
    native(context, &["fmt", "--all", "--check"])
}

fn lints(context: &Context) -> Result<()> {
    toolchain::ensure_lints()?;
    let options = ["clippy", "--workspace", "--all-targets", "--locked"];
    native(context, &[&options[..], &["--", "-D", "warnings"]].concat())
}

fn native_tests(context: &Context) -> Result<()> {
    native(
        context,
        &["test", "--workspace", "--locked", "--no-fail-fast"],
    )
}

/// `cargo` with the machine's own compiler.
fn native(context: &Context, arguments: &[&str]) -> Result<()> {
    context.run(
        Command::new("cargo")
            .current_dir(&context.project.root)
            .args(arguments),
    )
}

/// Tests of the browser program, inside a browser.
fn in_browser(context: &Context) -> Result<()> {
    let browser = system::ensure_browser()?;
    let mut cargo = context.tools()?.cargo(context.project)?;
    cargo
        .args(["test", "--locked", "--target", TARGET])
        // No others: tests of sources are native, and documentation tests would each start a browser of their own.
        .args(["--package", "crewscope", "--test", "browser"])
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TEST_SECONDS)
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    context.run(&mut cargo)
}

/// What a stranger does first. Tools and compiled dependencies are those of this machine; the clone is new.
fn readme(context: &Context) -> Result<()> {
    let browser = system::ensure_browser()?;
    let tools = context.tools()?;
    let folders = env::join_paths(&tools.first)
        .map_err(|error| Error::Refused(format!("PATH cannot be extended: {error}")))?;
    let mut command = Command::new("node");
    command
        .current_dir(&context.project.root)
        .arg("tests/readme/run.mjs")
        .env("CHROME", &browser.program)
        // Not that of this program, which some systems do not replace while it runs.
        .env("CARGO_TARGET_DIR", context.project.target().join("readme"))
        .env(WASM_TARGET, context.project.wasm_target());
    // Trunk alone takes the compiler that cargo takes.
    if tools.toolchain.has_target() {
        command.env("TOOLS", folders);
    }
    context.run(&mut command)
}

fn recorder(context: &Context) -> Result<()> {
    recorder::recorder(context.project, &recorder::Options::lean())?;
    end_to_end(context, "chromium", &["recorder.test.mjs".into()])
}

fn examples(context: &Context) -> Result<()> {
    examples::examples(context.project)?;
    end_to_end(context, "chromium", &["examples.test.mjs".into()])
}

/// All end-to-end tests but some, or those that the command line names.
fn end_to_end_in(context: &Context, browser: &str, without: &[&str]) -> Result<()> {
    let files = test_files(&context.project.root.join("tests/e2e"))?;
    let wanted = |name: &String| {
        let named = context
            .files
            .iter()
            .any(|part| name.contains(part.as_str()));
        named || (context.files.is_empty() && !without.contains(&name.as_str()))
    };
    let files: Vec<String> = files.into_iter().filter(wanted).collect();
    if files.is_empty() {
        return Err(Error::Usage(format!(
            "no file in tests/e2e is named like {}",
            context.files.join(" or ")
        )));
    }
    end_to_end(context, browser, &files)
}

/// Tests of the built page as a user's browser sees it; `tests/e2e/run.mjs` says in which order.
fn end_to_end(context: &Context, browser: &str, files: &[String]) -> Result<()> {
    system::try_nginx();
    let project = context.project;
    let mut node = Command::new("node");
    node.current_dir(&project.root)
        .env("CREWSCOPE_CLI", recorder::command(project)?);
    if context.thorough {
        node.env("CREWSCOPE_THOROUGH", "1");
    }
    if browser == "firefox" {
        node.env("BROWSER", "firefox")
            .env("FIREFOX", system::ensure_firefox()?);
    } else {
        node.env("CHROME", system::ensure_browser()?.program);
    }
    context.run(node.arg("tests/e2e/run.mjs").args(files))
}

/// The names of the test files of a folder, in order. Named one by one, because Node.js versions differ in what a folder means.
fn test_files(folder: &Path) -> Result<Vec<String>> {
    let mut files: Vec<String> = fs::read_dir(folder)
        .map_err(Error::io("read", folder))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".test.mjs"))
        .collect();
    files.sort();
    Ok(files)
}
