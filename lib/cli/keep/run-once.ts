import type { Config } from '../../config/index.ts';
import { createKeeper, type KeeperNow } from '../../keeper/index.ts';
import { statusDocument, watchKeeper } from '../../metrics/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { Log } from '../log.ts';
import { renderKeeper } from '../render/keeper.ts';
import type { Session } from '../session.ts';
import { judgeOnce } from './judge-once.ts';
import { logEvents } from './log-events.ts';
import type { KeepStatus } from './status.ts';
import { untilResident } from './watch-other.ts';

// What closing a keeper takes at most, and printing what became of it.
const LAST_MS = 1_200;
const LEAST_SHARE_OF_DEADLINE = 0.5;

/** Fills, verifies, says what became of it: the init container. Returns the exit code. */
export async function runOnce(config: Config, log: Log, session: Session, json: boolean): Promise<number> {
  await using keeper = createKeeper(config);
  using watch = watchKeeper(keeper);
  logEvents(keeper, log);
  const { deadline, share } = config;
  const over = new AbortController();
  let byOther = false;
  const close = (): void => {
    over.abort();
    void keeper.close();
  };
  keeper.on('lock', ({ state }) => {
    if (state !== 'waiting') return;
    untilResident(config, over.signal).then(
      () => {
        byOther = true;
        log.info('lock', 'what was asked for is resident by the other keeper: nothing to wait for');
        close();
      },
      () => undefined,
    );
  });
  session.signal.addEventListener('abort', close, { once: true });
  const timer = deadline === null ? undefined : setTimeout(close, leftOf(deadline));
  try {
    await keeper.sweep({ patient: deadline !== null });
  } catch {
    // Told as a problem already, and by the exit code: nothing was swept.
  } finally {
    clearTimeout(timer);
    over.abort();
    session.signal.removeEventListener('abort', close);
  }
  const now = keeper.view();
  // An ending that was asked for has its report by now, or will never have one.
  if (now.state.name === 'stopped' && now.state.why === 'closed') await keeper.close();
  await print({ ...watch.view(), state: now.state }, now, session, json);
  return byOther ? EXIT.done : judgeOnce(keeper.view(), share);
}

/** Milliseconds from now until closing has to begin; the time that the program took to start counts. */
function leftOf(deadlineMs: number): number {
  const last = Math.min(LAST_MS, deadlineMs * LEAST_SHARE_OF_DEADLINE);
  return Math.max(0, deadlineMs - last - performance.now());
}

async function print(
  view: ReturnType<ReturnType<typeof watchKeeper>['view']>,
  { health }: KeeperNow,
  { out, terminal }: Session,
  json: boolean,
): Promise<void> {
  const document = statusDocument(view, health, terminal.isTTY ? 2 : undefined);
  if (json) await out.writeLines([document]);
  else await out.writeLines(renderKeeper(terminal, JSON.parse(document) as KeepStatus));
}
