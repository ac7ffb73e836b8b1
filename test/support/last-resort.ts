/**
 * What must not outlive this process: mounts, cgroups, children, temporary files.
 *
 * Each is undone by its own `await using`. Where that never runs (a test that timed out and hangs, Ctrl-C, a crash
 * of the runner), the synchronous undoing registered here runs at exit, newest first.
 */
const undoings = new Map<symbol, () => void>();
let armed = false;

/** Registers `undo` for the end of the process; call the result once the thing has been undone properly. */
export function lastResort(undo: () => void): () => void {
  arm();
  const key = Symbol('undo');
  undoings.set(key, undo);
  return () => {
    undoings.delete(key);
  };
}

function arm(): void {
  if (armed) return;
  armed = true;
  process.on('exit', runAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      runAll();
      // The listener is gone now: the signal does what it would have done.
      process.kill(process.pid, signal);
    });
  }
}

function runAll(): void {
  for (const [key, undo] of [...undoings].reverse()) {
    undoings.delete(key);
    try {
      undo();
    } catch {
      // The others still deserve their turn.
    }
  }
}
