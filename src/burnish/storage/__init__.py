"""Everything durable: sources, the commit protocol, journal, ledger, quarantine, lock, verification."""
