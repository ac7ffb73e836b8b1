import { spawnSync } from 'node:child_process';

/** Runs a program to its end; its output only shows when it fails. */
export function tool(program, args, { seconds = 120, cwd, env } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C', ...env },
    encoding: 'utf8',
    timeout: seconds * 1000,
    maxBuffer: 64 << 20,
  });
  if (status === 0) return stdout;
  const why = error === undefined ? `exit code ${status}` : error.message;
  throw new Error(`${[program, ...args].join(' ')}: ${why}\n${stdout ?? ''}${stderr ?? ''}`);
}

export function hasProgram(name) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { stdio: 'ignore' }).status === 0;
}
