import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpContext } from '#src/context/http-context.js';
import { isSameOrigin } from '#src/security/same-origin.js';
import { guarded } from './guarded.js';

const answers = async (trustProxy: boolean, headers: Record<string, string>, origin: string) => {
  let same: boolean | undefined;
  const look = (context: HttpContext) => {
    same = isSameOrigin(origin, context);
  };
  const app = await guarded([look], { trustProxy });
  await fetch(`${app.url}/http`, { headers });
  await app.close();
  return same;
};

describe('isSameOrigin()', () => {
  it('knows the host that a trusted proxy names, and of others only the own', async () => {
    const headers = { 'X-Forwarded-Host': 'public.example' };
    assert.equal(await answers(true, headers, 'https://public.example'), true);
    assert.equal(await answers(false, headers, 'https://public.example'), false);
    assert.equal(await answers(true, headers, 'https://other.example'), false);
  });

  it('bears a proxy that names no host', async () => {
    assert.equal(await answers(true, { 'X-Forwarded-Host': 'a b' }, 'https://public.example'), false);
  });
});
