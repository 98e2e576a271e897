import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { entryJson } from '#src/telemetry/entry-json.js';
import { Redactor } from '#src/telemetry/redact.js';

const usual = new Redactor();
const parsed = (entry: Record<string, unknown>, redactor = usual) => JSON.parse(entryJson(entry, redactor)) as unknown;

describe('entryJson', () => {
  it('writes what JSON writes where nothing is secret', () => {
    const key = fc
      .string({ maxLength: 8 })
      .filter((name) => !usual.isSecret(name) && name !== 'rawHeaders' && name !== 'toJSON');
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 9 },
        fc.string(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.date(),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('any'), { maxLength: 3 }),
      object: fc.dictionary(key, tie('any'), { maxKeys: 3 }),
    })).object; // prettier-ignore
    fc.assert(
      fc.property(value, (entry) => assert.equal(entryJson(entry, usual), JSON.stringify(entry))),
      { numRuns: 300 },
    );
  });

  it('never shows what stands under a secret’s key, however deep and in whatever', () => {
    const secret = fc.constantFrom('password', 'Authorization', 'x-fc-security-token', 'nationalId', 'API_KEY');
    const way = fc.array(fc.oneof(fc.constant('list'), fc.constant('json'), fc.constant('key')), { maxLength: 10 });
    fc.assert(
      fc.property(secret, way, (key, steps) => {
        let entry: unknown = { [key]: fc.sample(fc.constantFrom('S3CRET', ['S3CRET'], { a: 'S3CRET' }), 1)[0] };
        for (const step of steps) {
          const inner = entry;
          if (step === 'list') entry = [inner];
          else entry = { inner: step === 'json' ? { toJSON: () => inner } : inner };
        }
        const text = entryJson({ at: entry, msg: 'm' }, new Redactor(['nationalId']));
        assert.ok(!text.includes('S3CRET') && text.includes('[redacted]'), text);
      }),
      { numRuns: 300 },
    );
  });

  it('redacts paths from the top of the entry, and nothing else of that name', () => {
    const redactor = new Redactor(['user.email', 'orders.*.card']);
    const entry = {
      email: 'a',
      user: { email: 'b', name: 'n' },
      orders: [{ card: 'c', n: 1 }],
      deep: { user: { email: 'd' } },
    };
    assert.deepEqual(parsed(entry, redactor), {
      email: 'a',
      user: { email: '[redacted]', name: 'n' },
      orders: [{ card: '[redacted]', n: 1 }],
      deep: { user: { email: 'd' } },
    });
  });

  it('says whether there is a secret, where a switch does', () => {
    assert.deepEqual(parsed({ password: false, token: null, secret: 5 }), {
      password: false,
      token: null,
      secret: '[redacted]',
    });
  });

  it('redacts node’s list of headers by its names', () => {
    const rawHeaders = ['Host', 'a', 'Cookie', 'sid=1', 'X-Scf-Session-Token', 't'];
    assert.deepEqual(parsed({ rawHeaders }), {
      rawHeaders: ['Host', 'a', 'Cookie', '[redacted]', 'X-Scf-Session-Token', '[redacted]'],
    });
  });

  it('shows errors under any name by their message and stack, and not what hangs on them', () => {
    const error = Object.assign(new Error('no'), { config: { headers: { Authorization: 'Bearer abcdefgh' } } });
    const { failure } = parsed({ failure: error }) as { failure: Record<string, unknown> };
    assert.deepEqual(Object.keys(failure), ['type', 'message', 'stack']);
  });

  it('loses no line to a cycle', () => {
    const circle: Record<string, unknown> = { level: 'info', msg: 'm', requestId: 'r' };
    circle['self'] = { circle };
    const { level, msg, requestId, logError } = parsed(circle) as Record<string, unknown>;
    assert.deepEqual([level, msg, requestId], ['info', 'm', 'r']);
    assert.match(String(logError), /circular/);
  });
});
