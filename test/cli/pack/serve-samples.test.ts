import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ROOT, runText } from '../../fixtures/run-process.js';

const PACK = pathToFileURL(join(ROOT, 'built/cli/pack/')).href;

/** Serves samples in a process of its own, since they run until it ends; says what came of it. */
function outcome(samples: string) {
  return runText(`
    import 'reflect-metadata';
    import { createServer } from 'node:net';
    const { serveSamples } = await import('${PACK}serve-samples.js');
    const { SampleOrderController, SAMPLE_ORDER } = await import('${PACK}sample-events.js');
    const fetched = [];
    const { fetch } = globalThis;
    globalThis.fetch = async (url, init) => {
      const response = await fetch(url, init);
      fetched.push([new URL(url).hostname, new URL(url).pathname, response.status]);
      return response;
    };
    try {
      await serveSamples(${samples});
      console.log(JSON.stringify(fetched));
      process.exit(0);
    } catch (error) {
      console.log(error.message);
      process.exit(5);
    }
  `);
}

describe('serveSamples', () => {
  it('starts the samples on this machine only and gets their answers, writing no log', async () => {
    const { code, stdout, stderr } = await outcome('[], []');
    assert.deepEqual([code, stderr, JSON.parse(stdout)], [0, '', [['127.0.0.1', '/hello', 200]]]);
  });

  it('sends each event twice', async () => {
    const { code, stdout } = await outcome('[SampleOrderController], [SAMPLE_ORDER]');
    const post = ['127.0.0.1', '/sample/1/orders', 201];
    assert.deepEqual([code, JSON.parse(stdout)], [0, [['127.0.0.1', '/hello', 200], post, post]]);
  });

  it('fails where a sample is refused, and says how', async () => {
    const { code, stdout } = await outcome(
      `[SampleOrderController], [{ path: SAMPLE_ORDER.path, body: { customer: 5 } }]`,
    );
    assert.equal(code, 5);
    assert.match(stdout, /^a sample was answered 400: .*VALIDATION_FAILED/);
  });
});
