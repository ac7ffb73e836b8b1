import { readChildren } from '../../host/children.ts';
import { reapChild } from '../../native/process.ts';

/**
 * The duty of process 1: collects orphans that have ended, which would stay as zombies for as long as the container
 * lives.
 *
 * @param isOwn of whom Node itself wants to know how it ended
 * @returns ends it
 */
export function startReaper(isOwn: (pid: number) => boolean): () => void {
  let wanted = false;
  let running = false;
  const collect = async (): Promise<void> => {
    wanted = true;
    if (running) return;
    running = true;
    // One signal may stand for several that ended, also for one that ends while we look.
    while (wanted) {
      wanted = false;
      const children = (await readChildren('self')) ?? [];
      for (const pid of children) if (!isOwn(pid)) reapChild(pid);
    }
    running = false;
  };
  // A listing that fails is tried again at the next signal.
  const listener = (): void => void collect().catch(() => {});
  process.on('SIGCHLD', listener);
  listener();
  return () => {
    process.off('SIGCHLD', listener);
  };
}
