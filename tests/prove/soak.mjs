// npm run prove -- soak [--seconds 600] [--clients 16]: tests/soak for longer.
process.argv.splice(2, 0, '--seconds', '600');
await import('../soak/soak.mjs');
