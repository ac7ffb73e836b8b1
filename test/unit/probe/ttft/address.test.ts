import { expect, test } from 'vitest';
import {
  endpointOf,
  endpointUrl,
  modelsUrl,
  serverUrl,
  shownUrl,
} from '../../../../lib/probe/ttft/address.ts';

test.each([
  ['http://h:8000', 'http://h:8000/v1/completions'],
  ['h:8000', 'http://h:8000/v1/completions'],
  ['localhost', 'http://localhost/v1/completions'],
  ['[::1]:8000', 'http://[::1]:8000/v1/completions'],
  ['https://h/', 'https://h/v1/completions'],
  ['https://h/v1', 'https://h/v1/completions'],
  ['https://h/proxy/v1/?a=b#c', 'https://h/proxy/v1/completions?a=b'],
  ['https://h/team', 'https://h/team/v1/completions'],
  ['https://h/openai/v2', 'https://h/openai/v2/completions'],
  ['https://h/v1/chat/completions', 'https://h/v1/completions'],
  ['https://h/deployments/x/completions', 'https://h/deployments/x/completions'],
])('%s leads to %s', (written, found) => {
  expect(endpointUrl(serverUrl(written), 'completions').href).toBe(found);
});

test('an address may name its endpoint, and models are beside it', () => {
  expect(endpointOf(serverUrl('h/v1/chat/completions/'))).toBe('chat');
  expect(endpointOf(serverUrl('h/v1/completions'))).toBe('completions');
  expect(endpointOf(serverUrl('h/v1'))).toBeNull();
  expect(modelsUrl(serverUrl('h/v1/chat/completions')).pathname).toBe('/v1/models');
});

test.each(['', 'ftp://h', 'http://', 'http://h:99999', 'unix:///run/x', 'a b'])(
  '%j is refused',
  (written) => {
    expect(() => serverUrl(written)).toThrow(
      expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT', subject: 'url' }),
    );
  },
);

test('a password is not shown', () => {
  expect(shownUrl(serverUrl('http://me:secret@h/v1'))).toBe('http://h/v1');
});
