"""The course assistant: who answers, and what it may cost."""

from config.settings.variables import env

# `extractive` answers from the course's own words; `openai` means any endpoint that speaks its format.
ASSISTANT_PROVIDER = env.str("ASSISTANT_PROVIDER", default="extractive")
ASSISTANT_BASE_URL = env.str("ASSISTANT_BASE_URL", default="")
ASSISTANT_MODEL = env.str("ASSISTANT_MODEL", default="")
ASSISTANT_API_KEY = env.str("ASSISTANT_API_KEY", default="")
# Lets the base URL be http or lead to a private network: for a model that runs beside Cairn.
ASSISTANT_ALLOW_PRIVATE = env.bool("ASSISTANT_ALLOW_PRIVATE", default=False)
ASSISTANT_MAX_OUTPUT_TOKENS = env.int("ASSISTANT_MAX_OUTPUT_TOKENS", default=800)
ASSISTANT_TOKENS_LEARNER_A_DAY = env.int("ASSISTANT_TOKENS_LEARNER_A_DAY", default=100_000)
ASSISTANT_TOKENS_COURSE_A_DAY = env.int("ASSISTANT_TOKENS_COURSE_A_DAY", default=2_000_000)
ASSISTANT_TOKENS_SITE_A_DAY = env.int("ASSISTANT_TOKENS_SITE_A_DAY", default=10_000_000)
# Millionths of the currency that you reckon in, for a million tokens.
ASSISTANT_PRICE_INPUT = env.int("ASSISTANT_PRICE_INPUT", default=0)
ASSISTANT_PRICE_OUTPUT = env.int("ASSISTANT_PRICE_OUTPUT", default=0)
ASSISTANT_QUESTIONS_A_MINUTE = env.int("ASSISTANT_QUESTIONS_A_MINUTE", default=20)
ASSISTANT_QUESTIONS_A_DAY = env.int("ASSISTANT_QUESTIONS_A_DAY", default=200)
