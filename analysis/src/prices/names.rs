//! Which entry of a price table a model's name means.
//!
//! Names reach a trace in many spellings: `gpt-4o`, `openai/gpt-4o-2024-08-06`, `bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0`,
//! `vertex_ai/claude-3-5-sonnet@20240620`, `models/gemini-2.5-pro`. Only what is known to say nothing about the price is dropped: the
//! provider, the date, the version. `gpt-4o-mini` is never read as `gpt-4o`.

/// Why a model has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason())]
pub enum NoPrice {
    /// The table does not know it.
    Unknown,
    /// It runs on a machine of the user's.
    Local,
    /// A fine-tuned model whose base has no known price for it.
    FineTuned,
    /// The user's price file says so.
    ByUser,
    /// The trace does not name the model.
    Unnamed,
}

impl NoPrice {
    /// The reason, to stand behind "no price for X:".
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unknown => "not in the price table",
            Self::Local => "a local model",
            Self::FineTuned => "a fine-tuned model whose price is not in the table",
            Self::ByUser => "set to no price in your price file",
            Self::Unnamed => "the trace does not name the model",
        }
    }
}

/// Providers whose models cost what the maker of the model asks, and words that stand in paths of model names.
/// Hosts of other people's weights (together_ai, fireworks_ai, deepinfra, …) are not here: each has prices of its own.
const SAME_PRICE: &[&str] = &[
    "openai",
    "anthropic",
    "google",
    "gemini",
    "vertex_ai",
    "vertex_ai_beta",
    "azure",
    "azure_ai",
    "azure_openai",
    "bedrock",
    "bedrock_converse",
    "converse",
    "invoke",
    "mistral",
    "mistralai",
    "cohere",
    "cohere_chat",
    "deepseek",
    "xai",
    "x-ai",
    "perplexity",
    "moonshot",
    "moonshotai",
    "openrouter",
    "litellm_proxy",
    "text-completion-openai",
    "chat",
    "responses",
    "models",
    "publishers",
    "language_models",
];

/// Makers whose prices openrouter passes on; those of open weights depend on who hosts them.
const PASSED_ON: &[&str] = &[
    "openai",
    "anthropic",
    "google",
    "x-ai",
    "mistralai",
    "cohere",
    "perplexity",
];

/// Programs that serve models on a machine of one's own.
const LOCAL: &[&str] = &[
    "ollama",
    "ollama_chat",
    "lm_studio",
    "llamafile",
    "hosted_vllm",
    "vllm",
    "xinference",
    "docker_model_runner",
    "lemonade",
    "local",
    "localai",
];

/// Where Bedrock answers a call; it stands before the maker.
const PLACES: &[&str] = &[
    "us", "eu", "apac", "au", "jp", "in", "ca", "us-gov", "global",
];

/// What the end of a name may say about the version. 9: any digit, 1: 0 or 1 (the first digit of a month).
const ENDINGS: &[&str] = &[
    "-20999999",
    "@20999999",
    "-2099-19-99",
    "-19-2099",
    "-099",
    "-latest",
    "-preview",
    "-preview-19-99",
];

/// A model's name, taken apart.
pub struct Reading {
    /// Spellings to look for in the bundled table, the most exact first.
    pub keys: Vec<String>,
    /// Spellings to look for among the user's own prices: any provider may be dropped there.
    pub own: Vec<String>,
    /// Bedrock, and not its global endpoint.
    pub regional: bool,
    /// What to say if nothing is found.
    pub otherwise: NoPrice,
}

/// The spelling that names are compared in: small letters, `-` for `.` (`claude-3.5-sonnet` is `claude-3-5-sonnet`).
pub fn plain(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace('.', "-")
}

/// Takes a model's name apart.
pub fn read(model: &str, provider: Option<&str>) -> Reading {
    let name = model.trim().to_ascii_lowercase();
    let mut reading = Reading {
        keys: Vec::new(),
        own: Vec::new(),
        regional: false,
        otherwise: NoPrice::Unknown,
    };
    let mut rest = name.as_str();
    loop {
        reading.own.push(plain(rest));
        match rest.split_once('/') {
            Some((_, behind)) => rest = behind,
            None => break,
        }
    }
    let last = rest;
    let provider = provider.map(str::to_ascii_lowercase);
    let local = |word: &str| LOCAL.contains(&word);
    if name.split('/').rev().skip(1).any(local) || provider.as_deref().is_some_and(local) {
        reading.otherwise = NoPrice::Local;
        return reading;
    }
    if let Some(base) = fine_tuned(last) {
        reading.otherwise = NoPrice::FineTuned;
        let mut key = "ft:".to_owned();
        key.push_str(base);
        reading.keys.push(plain(&key));
        return reading;
    }
    if let Some(provider) = &provider {
        let mut key = plain(provider);
        key.push('/');
        key.push_str(&plain(&name));
        reading.keys.push(key);
    }
    without_provider(&name, &mut reading.keys);
    if let Some((regional, key)) = bedrock(last) {
        reading.regional = regional;
        reading.keys = vec![key];
    }
    reading
}

/// The name, and the name without each provider that does not change the price.
fn without_provider(name: &str, keys: &mut Vec<String>) {
    let mut rest = name;
    let mut passed_on = false;
    loop {
        keys.push(plain(rest));
        let Some((first, behind)) = rest.split_once('/') else {
            return;
        };
        if passed_on && !PASSED_ON.contains(&first) {
            return;
        }
        passed_on = first == "openrouter";
        rest = match first {
            // A region, a project or an account may stand between.
            "bedrock" | "projects" => behind.rsplit('/').next().unwrap_or(behind),
            _ if first.starts_with("arn:aws") => behind,
            _ if SAME_PRICE.contains(&first) => behind,
            _ => return,
        };
    }
}

/// `ft:gpt-4o-2024-08-06:org::id` (OpenAI) and `gpt-4o-2024-08-06.ft-id` (Azure): the base.
fn fine_tuned(name: &str) -> Option<&str> {
    match name.strip_prefix("ft:") {
        Some(rest) => rest.split(':').next(),
        None => name.split_once(".ft-").map(|(base, _)| base),
    }
}

/// Bedrock's `us.anthropic.claude-sonnet-4-5-20250929-v1:0`: whether a region answers, and the name to look for.
fn bedrock(name: &str) -> Option<(bool, String)> {
    let (first, behind) = name.split_once('.')?;
    let (place, maker, model) = if PLACES.contains(&first) {
        let (maker, model) = behind.split_once('.')?;
        (first, maker, model)
    } else {
        ("", first, behind)
    };
    let key = match maker {
        // Their names mean the same elsewhere.
        "anthropic" | "openai" => plain(model),
        "amazon" | "meta" | "mistral" | "cohere" | "deepseek" | "ai21" | "moonshotai" | "qwen" => {
            let mut key = plain(maker);
            key.push('-');
            key.push_str(&plain(model));
            key
        }
        _ => return None,
    };
    Some((place != "global", key))
}

/// The name without its last word, if that is a date or a version: `gpt-4o-2024-08-06` → `gpt-4o`. `tools/update_prices.py` does the same.
pub fn shorter(name: &str) -> Option<&str> {
    let without = |ending: &str| {
        let at = name.len().checked_sub(ending.len()).filter(|&at| at > 0)?;
        let same = name
            .get(at..)?
            .bytes()
            .zip(ending.bytes())
            .all(|(byte, of)| match of {
                b'9' => byte.is_ascii_digit(),
                b'1' => matches!(byte, b'0' | b'1'),
                _ => byte == of,
            });
        same.then(|| name.get(..at)).flatten()
    };
    ENDINGS
        .iter()
        .find_map(|ending| without(ending))
        .or_else(|| without_version(name))
}

/// `…-v1:0`, `…-v2:0:200k` (Bedrock), and Vertex' `claude-3-5-sonnet-v2`.
fn without_version(name: &str) -> Option<&str> {
    let (base, version) = name
        .rsplit_once("-v")
        .filter(|(base, _)| !base.is_empty())?;
    let numbers = version
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'k'));
    let begins = version
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit());
    let colon = version.contains(':') || (base.starts_with("claude") && !version.contains('k'));
    (begins && numbers && colon).then_some(base)
}
