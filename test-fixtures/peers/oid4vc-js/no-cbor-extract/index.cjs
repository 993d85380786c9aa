// cbor-x tries to load this and falls back to JavaScript when it cannot.
throw new Error('left out on purpose')
