// `npm start`: installs and builds where needed, then is the CLI; without arguments it demonstrates the main job.
import { ensure } from './ensure.mjs';

ensure();
if (process.argv.length === 2) process.argv.push('demo');
await import('../dist/cli.js');
