import { WarmsetError } from '../../errors.ts';
import type { TtftEndpoint } from './types.ts';

const PATHS: Readonly<Record<TtftEndpoint, string>> = {
  completions: '/completions',
  chat: '/chat/completions',
};

/** A server's address as a user wrote it, checked: http or https. */
export function serverUrl(written: string | URL): URL {
  const text = String(written);
  // A scheme is what people leave out, and `localhost:8000` would be one by itself.
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null || url.hostname === '' || !/^https?:$/.test(url.protocol)) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${JSON.stringify(text)} is no address of a server.`, {
      subject: 'url',
      remedy: 'Use one such as http://127.0.0.1:8000 or https://[::1]:8443/v1.',
    });
  }
  url.hash = '';
  return url;
}

/** The endpoint that an address names by its end, if it does. */
export function endpointOf(url: URL): TtftEndpoint | null {
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/chat/completions')) return 'chat';
  return path.endsWith('/completions') ? 'completions' : null;
}

/** Where an endpoint is: behind `/v1`, which is added where it isn't there. */
export function endpointUrl(url: URL, endpoint: TtftEndpoint): URL {
  const found = new URL(url);
  found.pathname = `${apiBase(url)}${PATHS[endpoint]}`;
  return found;
}

/** Where the models of the same server are listed. */
export function modelsUrl(url: URL): URL {
  const found = new URL(url);
  found.pathname = `${apiBase(url)}/models`;
  return found;
}

function apiBase(url: URL): string {
  const path = url.pathname.replace(/\/+$/, '');
  const base = path.replace(/(\/chat)?\/completions$/, '');
  // Who writes the whole address, or another version, knows better.
  return base !== path || /\/v\d+$/.test(base) ? base : `${base}/v1`;
}

/** As it may be shown: a password in an address is nobody's business. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
