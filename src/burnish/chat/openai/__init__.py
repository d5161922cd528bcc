"""Models behind an OpenAI-compatible server (vLLM, SGLang, llama.cpp, a vendor): Chat Completions with images.

Settings and the key are read in `settings`; `bodies` writes requests, `wire` carries one, `answers` says what came
back. `calls` repeats what deserves it, under `pacing` (how many at once) and `breaker` (is it the pair or the server?).
`probing` finds what the server can do before the first pair, `canaries` that it stays the same, `model` is the whole.
Everything asynchronous runs in a thread of its own (`thread`): outside, a call is a call.
"""
