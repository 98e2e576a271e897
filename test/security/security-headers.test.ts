import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MiddlewareFunction } from '#src/context/middleware.js';
import { HttpError } from '#src/errors/http-error.js';
import { StartupError } from '#src/errors/startup-error.js';
import { securityHeaders, type SecurityHeadersOptions } from '#src/security/security-headers.js';
import { exchange } from '../integration/http-raw-client.js';
import { upgradeBytes } from '../integration/web-socket-client.js';
import { guarded } from './guarded.js';

const headersOf = async (use: readonly MiddlewareFunction[], path = '/http') => {
  const app = await guarded([], { use });
  try {
    const response = await fetch(app.url + path);
    await response.text();
    return response.headers;
  } finally {
    await app.close();
  }
};

describe('securityHeaders()', () => {
  it('stand on answers, event streams and errors', async () => {
    const refuse: MiddlewareFunction = () => {
      throw HttpError.forbidden();
    };
    for (const [use, path] of [
      [[securityHeaders()], '/http'],
      [[securityHeaders()], '/events'],
      [[securityHeaders()], '/nowhere'],
      [[securityHeaders(), refuse], '/http'],
    ] as const) {
      const headers = await headersOf(use, path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'self';.*frame-ancestors 'none'/, path);
      assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
      assert.equal(headers.get('x-frame-options'), 'DENY');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
      assert.equal(headers.get('origin-agent-cluster'), '?1');
      assert.equal(headers.get('permissions-policy'), null);
    }
  });

  it('stand on the answers to WebSocket upgrades, accepted or refused', async () => {
    const refuse: MiddlewareFunction = () => {
      throw HttpError.forbidden();
    };
    for (const [use, status] of [
      [[securityHeaders()], 101],
      [[securityHeaders(), refuse], 403],
    ] as const) {
      const app = await guarded(use);
      const answer = await exchange(app.port, upgradeBytes('/socket'));
      await app.close();
      assert.equal(answer.status, status);
      assert.deepEqual(answer.headers.get('x-content-type-options'), ['nosniff']);
      assert.deepEqual(answer.headers.get('strict-transport-security'), ['max-age=31536000']);
    }
  });

  it('can each be another or none, and a handler has the last word', async () => {
    const own: MiddlewareFunction = (context, next) => {
      context.response.setHeader('Referrer-Policy', 'origin');
      return next();
    };
    const headers = await headersOf([
      securityHeaders({
        frameOptions: false,
        permissionsPolicy: 'camera=()',
        contentSecurityPolicy: "default-src 'none'",
      }),
      own,
    ]);
    assert.equal(headers.get('x-frame-options'), null);
    assert.equal(headers.get('permissions-policy'), 'camera=()');
    assert.equal(headers.get('content-security-policy'), "default-src 'none'");
    assert.equal(headers.get('referrer-policy'), 'origin');
  });

  it('are refused at start where a name or a value cannot be meant so', () => {
    assert.throws(() => securityHeaders({ frameOption: false } as SecurityHeadersOptions), StartupError);
    assert.throws(() => securityHeaders({ frameOptions: 'a\r\nb' }), StartupError);
    assert.throws(() => securityHeaders({ frameOptions: '' }), StartupError);
  });
});
