//! Tests of the price table.

use super::*;

fn table() -> Prices {
    Prices::parse(
        "# source: test\n# date: 2026-01-01\n2.5 10 1.25\tgpt-4o\n5 15\tgpt-4o-2024-05-13\n0.15 0.6 0.075\tgpt-4o-mini\n3.75 15\tft:gpt-4o\n\
         3 15 0.3 3.75\tclaude-3-5-sonnet\n3 15 0.3 3.75 >200000*2*1.5\tclaude-sonnet-4-5\n0.15 0.6\tgroq/openai/gpt-oss-120b\n\
         1.25 10 0.125\tgemini-2-5-pro\n0.8 3.2 0.2\tamazon-nova-pro\n1 1\tsonar\n*1.1\tclaude-sonnet-4-5\n",
    )
}

fn input(model: &str) -> Result<f64, NoPrice> {
    table().find(model, None).map(|found| found.price.input)
}

#[test]
fn trap_12_prefixes_dates_and_versions() {
    let same: &[(&str, f64)] = &[
        ("gpt-4o", 2.5),
        ("GPT-4o", 2.5),
        ("openai/gpt-4o", 2.5),
        ("gpt-4o-2024-08-06", 2.5),
        ("azure/gpt-4o-2024-11-20", 2.5),
        ("openrouter/openai/gpt-4o", 2.5),
        ("gpt-4o-latest", 2.5),
        // A date with a price of its own.
        ("openai/gpt-4o-2024-05-13", 5.0),
        ("gpt-4o-mini", 0.15),
        ("gpt-4o-mini-2024-07-18", 0.15),
        ("ft:gpt-4o-2024-08-06:org::id", 3.75),
        ("openai/ft:gpt-4o:org::id", 3.75),
        ("claude-3-5-sonnet-20241022", 3.0),
        ("claude-3.5-sonnet", 3.0),
        ("anthropic/claude-3-5-sonnet-latest", 3.0),
        ("vertex_ai/claude-3-5-sonnet-v2@20241022", 3.0),
        ("vertex_ai/claude-3-5-sonnet@20240620", 3.0),
        ("anthropic.claude-3-5-sonnet-20240620-v1:0", 3.0),
        (
            "bedrock/us.anthropic.claude-3-5-sonnet-20241022-v2:0",
            3.0,
        ),
        (
            "bedrock/converse/eu.anthropic.claude-3-5-sonnet-20241022-v2:0:200k",
            3.0,
        ),
        (
            "bedrock/us-east-1/anthropic.claude-3-5-sonnet-20240620-v1:0",
            3.0,
        ),
        (
            "arn:aws:bedrock:us-east-1:1234:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            3.0,
        ),
        (
            "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            3.0,
        ),
        ("groq/openai/gpt-oss-120b", 0.15),
        ("gemini/gemini-2.5-pro", 1.25),
        ("models/gemini-2.5-pro-preview-05-06", 1.25),
        ("vertex_ai/gemini-2.5-pro-001", 1.25),
        (
            "projects/p/locations/us/publishers/google/models/gemini-2.5-pro",
            1.25,
        ),
        ("bedrock/us.amazon.nova-pro-v1:0", 0.8),
        ("perplexity/sonar", 1.0),
    ];
    for (model, price) in same {
        assert_eq!(input(model), Ok(*price), "{model}");
    }
    // Bedrock asks a tenth more where a region answers.
    for model in [
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
    ] {
        assert!((input(model).unwrap() - 3.3).abs() < 1e-9, "{model}");
    }
    assert!(table().find("openai/gpt-oss-120b", Some("groq")).is_ok());
    assert!(table().find("openai/gpt-oss-120b", Some("openai")).is_err());
    let groq = Prices::parse("0.59 0.79\tgroq/llama-3-3-70b-versatile\n");
    assert!(groq.find("llama-3.3-70b-versatile", Some("groq")).is_ok());
    assert!(groq.find("llama-3.3-70b-versatile", None).is_err());
}

#[test]
fn no_price_is_better_than_a_wrong_one() {
    let none: &[(&str, NoPrice)] = &[
        ("gpt-4o-audio-preview", NoPrice::Unknown),
        ("gpt-4o-mini-tts", NoPrice::Unknown),
        ("gpt-4o-max", NoPrice::Unknown),
        ("gpt-4", NoPrice::Unknown),
        ("gpt", NoPrice::Unknown),
        ("", NoPrice::Unknown),
        ("-2024-08-06", NoPrice::Unknown),
        ("-latest", NoPrice::Unknown),
        ("é-2024-08-06", NoPrice::Unknown),
        ("é-1234567", NoPrice::Unknown),
        ("together_ai/openai/gpt-4o", NoPrice::Unknown),
        ("openrouter/somebody/gpt-4o", NoPrice::Unknown),
        ("openai/gpt-4o:free", NoPrice::Unknown),
        ("claude-sonnet-4-5-thinking-v", NoPrice::Unknown),
        ("ollama/gpt-4o", NoPrice::Local),
        ("ollama_chat/llama3.1:8b", NoPrice::Local),
        ("hosted_vllm/meta-llama/Llama-3.1-8B", NoPrice::Local),
        ("ft:gpt-4o-mini-2024-07-18:org::id", NoPrice::FineTuned),
        ("ft:", NoPrice::FineTuned),
        ("gpt-4o-mini-2024-07-18.ft-abc", NoPrice::FineTuned),
    ];
    for (model, why) in none {
        assert_eq!(input(model), Err(*why), "{model}");
    }
    assert_eq!(
        table().find("gpt-4o", Some("ollama")),
        Err(NoPrice::Local),
        "the provider tells"
    );
}

fn usage(prompt: u64, completion: u64, cached: u64, written: u64) -> Usage {
    Usage {
        prompt: Some(prompt),
        completion: Some(completion),
        cached: Some(cached),
        cache_write: Some(written),
        ..Usage::default()
    }
}

fn near(cost: Option<f64>, usd: f64) {
    assert!((cost.unwrap() - usd).abs() < 1e-9, "{cost:?} is not {usd}");
}

#[test]
fn cached_and_written_tokens_are_a_part_of_the_prompt() {
    let prices = table();
    // 600,000 plain at 3, 300,000 read at 0.3, 100,000 written at 3.75, 10,000 out at 15.
    near(
        prices.cost(
            "claude-3-5-sonnet",
            &usage(1_000_000, 10_000, 300_000, 100_000),
        ),
        1.8 + 0.09 + 0.375 + 0.15,
    );
    // No price for writing: it costs like any.
    near(
        prices.cost("gpt-4o", &usage(1_000_000, 0, 400_000, 100_000)),
        1.5 + 0.5,
    );
    assert_eq!(prices.cost("gpt-4o", &Usage::default()), None);
    assert_eq!(prices.cost("other", &usage(1, 1, 0, 0)), None);
}

#[test]
fn a_long_prompt_costs_more_for_the_whole_call() {
    let prices = table();
    near(
        prices.cost("claude-sonnet-4-5", &usage(200_000, 1_000, 0, 0)),
        0.6 + 0.015,
    );
    near(
        prices.cost("claude-sonnet-4-5", &usage(200_001, 1_000, 100_000, 0)),
        (100_001.0 * 6.0 + 100_000.0 * 0.6) / 1e6 + 0.0225,
    );
}

#[test]
fn the_bundled_table_is_whole() {
    let prices = Prices::bundled();
    assert!(prices.models.len() > 250 && !prices.date.is_empty() && !prices.source.is_empty());
    assert!(prices
        .models
        .iter()
        .all(|(_, price)| price.input >= 0.0 && price.output >= 0.0 && price.input < 1000.0));
    // Facts of the source, each known from the maker's price list too.
    for (model, input, output) in [
        ("openai/gpt-4o-mini-2024-07-18", 0.15, 0.6),
        ("gpt-4.1-mini-2025-04-14", 0.4, 1.6),
        ("anthropic/claude-3-7-sonnet-20250219", 3.0, 15.0),
        ("claude-3-haiku-20240307", 0.25, 1.25),
        ("gemini/gemini-2.5-flash", 0.3, 2.5),
        ("groq/llama-3.3-70b-versatile", 0.59, 0.79),
        ("us.amazon.nova-micro-v1:0", 0.035, 0.14),
        ("o3-mini", 1.1, 4.4),
    ] {
        let price = prices.of(model).unwrap();
        assert_eq!((price.input, price.output), (input, output), "{model}");
    }
    assert_eq!(
        prices.of("gemini-2.5-pro").unwrap().long.unwrap().above,
        200_000
    );
    assert_eq!(prices.of("gpt-4o-audio-preview"), None);
}

#[test]
fn a_users_own_prices_come_first() {
    let text = r#"{"currency":"USD","source":"our contract","prices":{
        "gpt-4o":{"input":2,"output":8,"cache_read":1,"cache_write":null},
        "azure/my-deployment":{"input":1,"output":4,"above":{"tokens":1000,"input":2,"output":6}},
        "llama3.1:8b":{"input":0,"output":0},
        "gemini-2.5-pro":null}}"#;
    let prices = table().with_overrides(text).unwrap();
    assert_eq!(prices.own_source.as_deref(), Some("our contract"));
    assert_eq!(prices.own_count(), 4);
    let found = prices.find("openai/gpt-4o-2024-08-06", None).unwrap();
    assert!(found.own && found.price.input == 2.0 && found.price.cache_write.is_none());
    assert!(!prices.find("gpt-4o-mini", None).unwrap().own);
    assert!(prices.find("together_ai/gpt-4o", None).unwrap().own);
    near(
        prices.cost("azure/my-deployment", &usage(1_000, 0, 0, 0)),
        0.001,
    );
    near(
        prices.cost("azure/my-deployment", &usage(2_000, 1_000, 0, 0)),
        0.004 + 0.006,
    );
    near(prices.cost("ollama/llama3.1:8b", &usage(5, 5, 0, 0)), 0.0);
    assert_eq!(prices.find("gemini-2.5-pro", None), Err(NoPrice::ByUser));
}

#[test]
fn a_litellm_file_is_read_too() {
    let text = r#"{"sample_spec":{"input_cost_per_token":0.0,"litellm_provider":"one of"},
        "dall-e":{"input_cost_per_pixel":1e-8},
        "my-claude":{"input_cost_per_token":3e-06,"output_cost_per_token":1.5e-05,"cache_read_input_token_cost":3e-07,
          "input_cost_per_token_above_200k_tokens":6e-06,"output_cost_per_token_above_200k_tokens":2.25e-05,"mode":"chat"}}"#;
    let prices = table().with_overrides(text).unwrap();
    assert_eq!(prices.own_count(), 1);
    let price = prices.of("my-claude").unwrap();
    assert!((price.input - 3.0).abs() < 1e-9 && (price.cache_read.unwrap() - 0.3).abs() < 1e-9);
    let step = price.long.unwrap();
    assert_eq!(step.above, 200_000);
    assert!((step.input - 2.0).abs() < 1e-9 && (step.output - 1.5).abs() < 1e-9);
}

#[test]
fn a_wrong_price_file_is_told_with_its_place() {
    for (text, line, column, says) in [
        ("", 1, 1, "no JSON"),
        ("{\"prices\":", 1, 10, "no JSON"),
        ("[1]", 1, 1, "is a JSON object"),
        ("{}", 1, 1, "no price in it"),
        ("{\"a\":{\"b\":1}}", 1, 1, "no price in it"),
        ("{\"currency\":\"EUR\",\"prices\":{}}", 1, 13, "in USD"),
        ("{\"prices\":[]}", 1, 11, "no object"),
        (
            "{\"prices\":{\n \"m\": 3}}",
            2,
            7,
            "\u{201c}m\u{201d} is no object",
        ),
        (
            "{\"prices\":{\n \"m\": {\"input\":-1,\"output\":2}}}",
            2,
            16,
            "no number from 0",
        ),
        (
            "{\"prices\":{\"m\":{\"input\":\"x\",\"output\":2}}}",
            1,
            25,
            "no number from 0",
        ),
        (
            "{\"prices\":{\"m\":{\"input\":1}}}",
            1,
            16,
            "no output price",
        ),
        (
            "{\"prices\":{\"m\":{\"input\":1,\"ouput\":1}}}",
            1,
            35,
            "unknown entry \u{201c}ouput\u{201d}",
        ),
        (
            "{\"prices\":{\"m\":{\"input\":1,\"output\":1,\"above\":{\"input\":2}}}}",
            1,
            46,
            "needs tokens",
        ),
    ] {
        let error = table().with_overrides(text).map(|_| ()).unwrap_err();
        assert!(error.message.contains(says), "{text}: {error}");
        assert_eq!(
            (error.line, error.column),
            (line, column),
            "{text}: {error}"
        );
    }
}
