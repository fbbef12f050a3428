"""Technical checks from the bot's side: DNS, TCP, TLS and HTTP, bounded, guarded, from the catalogue only."""
