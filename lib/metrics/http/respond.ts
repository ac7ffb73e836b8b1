import type { Registry } from 'prom-client';
import { ICON } from '../page/icon.ts';
import { renderPage } from '../page/page.ts';
import { STYLE_SOURCE } from '../page/style.ts';
import { statusDocument } from '../seed-names.ts';
import type { Health, KeeperView } from '../types.ts';
import { OPEN_METRICS_TYPE, prefersOpenMetrics, TEXT_TYPE, toOpenMetrics } from './open-metrics.ts';

/** What is served. Both functions are called for each request that needs them, and must answer from memory. */
export interface Served {
  readonly registry: Registry;
  status(): KeeperView;
  healthy(): Health;
}

/** What of a request decides the answer. Nothing else of it is looked at. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly accept: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_URL = 1024;
const PLAIN = 'text/plain; charset=utf-8';

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `default-src 'none'; style-src '${STYLE_SOURCE}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const ROUTES: Readonly<
  Record<string, (served: Served, asked: Asked, query: string) => Answer | Promise<Answer>>
> = {
  '/': (served, _asked, query) => {
    const refreshSeconds = refreshOf(query);
    const body = renderPage(served.status(), served.healthy(), refreshSeconds);
    const headers = refreshSeconds === null ? {} : { Refresh: String(refreshSeconds) };
    return { status: 200, type: 'text/html; charset=utf-8', body, headers };
  },
  '/metrics': async ({ registry }, { accept }) => {
    const text = await registry.metrics();
    const headers = { Vary: 'Accept' };
    return prefersOpenMetrics(accept)
      ? { status: 200, type: OPEN_METRICS_TYPE, body: toOpenMetrics(text), headers }
      : { status: 200, type: TEXT_TYPE, body: text, headers };
  },
  '/status.json': (served) => ({
    status: 200,
    type: 'application/json',
    body: `${statusDocument(served.status(), served.healthy())}\n`,
  }),
  '/healthz': (served) => {
    const { live, reasons } = served.healthy();
    return verdict(live, 'live', reasons);
  },
  '/readyz': (served) => {
    const { live, ready, reasons } = served.healthy();
    return verdict(live && ready, 'ready', reasons);
  },
  '/icon.svg': () => ({ status: 200, type: 'image/svg+xml', body: ICON }),
};

/** The answer to a request. A path is only ever looked up among a few names, never in a filesystem. */
export async function respond(served: Served, asked: Asked): Promise<Answer> {
  if (asked.method !== 'GET' && asked.method !== 'HEAD') {
    return plain(405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' });
  }
  if (asked.url.length > MAX_URL) return plain(414, `Paths have at most ${MAX_URL} characters here.`);
  const [path = '', query = ''] = asked.url.split('?', 2);
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (route === undefined)
    return plain(404, `There is ${Object.keys(ROUTES).join(', ')} here, and nothing else.`);
  return route(served, asked, query);
}

export function plain(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, type: PLAIN, body: `${text}\n`, headers };
}

function verdict(good: boolean, word: string, reasons: readonly string[]): Answer {
  return plain(good ? 200 : 503, [good ? word : `not ${word}`, ...reasons].join('\n'));
}

/** `?refresh=10`: seconds, from 2 to 3600. Anything else means a page that stands still. */
function refreshOf(query: string): number | null {
  const seconds = Number(/^refresh=(\d{1,4})$/.exec(query)?.[1] ?? Number.NaN);
  return seconds >= 2 && seconds <= 3600 ? seconds : null;
}
