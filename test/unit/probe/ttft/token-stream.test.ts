import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenStream } from '../../../../lib/probe/ttft/token-stream.ts';
import { DONE, event, textChunk, usageChunk } from '../../../support/openai-server/events.ts';

const WHOLE =
  [textChunk('a'), textChunk('b'), textChunk('', 'stop'), usageChunk(9)].map(event).join('') + DONE;

function read(pieces: readonly string[], maxTokens = 64): TokenStream {
  const stream = new TokenStream(maxTokens);
  pieces.forEach((piece, at) => {
    stream.feed(piece, at);
  });
  stream.end(pieces.length);
  return stream;
}

test('an answer is the same however it is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(WHOLE.length)), fc.boolean(), (cuts, carriageReturns) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), WHOLE.length];
      const pieces = places.slice(1).map((end, at) => WHOLE.slice(places[at], end));
      const sent = carriageReturns ? pieces.map((piece) => piece.replaceAll('\n', '\r\n')) : pieces;
      const stream = read(sent);
      expect(stream.state).toEqual({ state: 'done' });
      expect(stream.tokens).toEqual({ tokens: 9, source: 'usage' });
      expect(stream.interTokenMs).toHaveLength(1);
      expect(stream.finishReason).toBe('stop');
    }),
  );
});

test('whatever a server sends, nothing is thrown and what is kept is bounded', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json().map((json) => event(json)),
    fc.constantFrom(
      WHOLE.slice(0, 50),
      '\n\n',
      'data: ',
      ': ping\n',
      'retry: x\n',
      'event: error\n',
      '\r',
      DONE,
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const stream = read(pieces, 4);
      expect(stream.interTokenMs.length).toBeLessThan(4);
      expect(stream.tokens.tokens).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('times are those of the pieces in which chunks came', () => {
  const stream = read([
    ': ping\n\n',
    event({ choices: [] }),
    event({ choices: [{}] }),
    event(textChunk('a')),
    event(textChunk('b')),
  ]);
  expect([stream.firstChunkMs, stream.firstTokenMs, stream.lastDataMs, stream.interTokenMs]).toEqual([
    2,
    3,
    4,
    [1],
  ]);
  expect(stream.complete).toBe(false);
});

test('what comes behind the end is not looked at', () => {
  const stream = read([DONE, event({ error: 'late' }), 'x'.repeat(10_000_000)]);
  expect(stream.state).toEqual({ state: 'done' });
});

test.each([
  [{ error: 'plain' }, 'plain'],
  [{ error: { message: 'deep', code: 5 } }, 'deep'],
  [{ error: { code: 5 } }, '{"code":5}'],
  [{ object: 'error', message: 'old' }, 'old'],
])('an error is told: %j', (data, message) => {
  expect(read([event(data)]).state).toEqual({ state: 'server-error', message });
});

test('no error is one that says null', () => {
  expect(read([event({ ...textChunk('a', 'stop'), error: null })]).complete).toBe(true);
});
